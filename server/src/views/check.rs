//! Comparing every document with a full fold of its events: one id of the log after the other, so that no more is held
//! than everything about one id.

use super::documents::Document;
use super::registry::{self, Kept, with_view};
use super::{About, all_about, current};
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::time::Timestamp;
use domain::views::View;
use std::collections::HashSet;
use uuid::Uuid;

/// Ids that are looked up at once.
const IDS: i64 = 500;

/// The first document that is not what its events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which view.
    pub view: &'static str,
    /// About what.
    pub key: Uuid,
    /// The first of its parts that differs.
    pub part: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the view {} of {} is not what its events say: its {} differs",
            self.view, self.key, self.part
        )
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Documents compared.
    pub documents: usize,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Ids looked at.
    pub ids: u64,
    /// Of so many.
    pub of: u64,
}

/// Compares every document of a region, as snapshot and tail give it, with a fold from its first event.
///
/// # Errors
/// Of the database, or an event that is not what its name says.
pub async fn check(
    store: &Store,
    tenant: &Tenant,
    now: Timestamp,
    mut progress: impl FnMut(Progress),
) -> Result<Checked, StoreError> {
    let mut checked = Checked {
        documents: 0,
        difference: None,
    };
    let mut scope = store.reading(tenant.tenant()).await?;
    let of = count(&mut scope).await?;
    checked.difference = orphan(&mut scope).await?;
    drop(scope);
    let (mut ids, mut after) = (0, Uuid::nil());
    while checked.difference.is_none() {
        // One moment for snapshots and events: what is recorded meanwhile is in neither or in both.
        let mut scope = store.reading(tenant.tenant()).await?;
        let some = ids_after(&mut scope, after).await?;
        let Some(last) = some.last() else { break };
        after = *last;
        let stored = stored(&mut scope, &some).await?;
        for id in some {
            let about = all_about(&mut scope, id, None).await?;
            for view in registry::NAMES {
                let stored = stored.contains(&((*view).to_owned(), id));
                let compared = with_view!(*view, V => {
                    compare::<V>(&mut scope, tenant, id, &about, stored, now).await?
                });
                match compared.unwrap_or(Compared::Nothing) {
                    Compared::Nothing => {}
                    Compared::Same => checked.documents += 1,
                    Compared::Differs(part) => {
                        let difference = Difference {
                            view,
                            key: id,
                            part,
                        };
                        checked.difference.get_or_insert(difference);
                    }
                }
            }
            ids += 1;
        }
        progress(Progress { ids, of });
    }
    Ok(checked)
}

enum Compared {
    Nothing,
    Same,
    Differs(String),
}

async fn compare<V: Kept>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    key: Uuid,
    about: &About,
    stored: bool,
    now: Timestamp,
) -> Result<Compared, StoreError> {
    let full = Document::<V>::of(about, key, tenant.region(), tenant.day(now));
    if stored {
        let (kept, _) = current::<V>(scope, tenant, key, now).await?;
        if kept.live.state != full.live.state || kept.unknown_days != full.unknown_days {
            return Ok(Compared::Differs(part(&kept.live.state, &full.live.state)));
        }
    }
    // Without a snapshot a reader folds exactly this.
    Ok(if full.live.state == V::default() {
        Compared::Nothing
    } else {
        Compared::Same
    })
}

/// The first part of a document that differs.
fn part<V: View>(kept: &V, full: &V) -> String {
    let parts = |view: &V| serde_json::to_value(view).unwrap_or_default();
    let (kept, full) = (parts(kept), parts(full));
    let names = full.as_object().into_iter().chain(kept.as_object());
    names
        .flat_map(serde_json::Map::keys)
        .find(|name| kept.get(name) != full.get(name))
        .map_or_else(
            || "number of events without a day".to_owned(),
            |name| name.replace('_', " "),
        )
}

/// Ids that events are about, in order. It hops from one to the next, for some have a hundred thousand rows.
async fn ids_after(scope: &mut TenantScope, after: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar(
        "WITH RECURSIVE hop (id, n) AS (
             (SELECT a.id, 1 FROM abouts AS a WHERE a.tenant_id = $1 AND a.id > $2 ORDER BY a.id LIMIT 1)
             UNION ALL
             SELECT
                 (SELECT a.id FROM abouts AS a WHERE a.tenant_id = $1 AND a.id > hop.id ORDER BY a.id LIMIT 1),
                 hop.n + 1
             FROM hop
             WHERE hop.id IS NOT NULL AND hop.n < $3
         )
         SELECT id FROM hop WHERE id IS NOT NULL",
    )
    .bind(scope.tenant().0)
    .bind(after)
    .bind(IDS)
    .fetch_all(scope.connection())
    .await?;
    Ok(ids)
}

/// How many such ids there are.
async fn count(scope: &mut TenantScope) -> Result<u64, StoreError> {
    let ids: i64 = sqlx::query_scalar(
        "WITH RECURSIVE hop (id) AS (
             (SELECT a.id FROM abouts AS a WHERE a.tenant_id = $1 ORDER BY a.id LIMIT 1)
             UNION ALL
             SELECT (SELECT a.id FROM abouts AS a WHERE a.tenant_id = $1 AND a.id > hop.id ORDER BY a.id LIMIT 1)
             FROM hop
             WHERE hop.id IS NOT NULL
         )
         SELECT count(id) FROM hop",
    )
    .bind(scope.tenant().0)
    .fetch_one(scope.connection())
    .await?;
    Ok(ids.unsigned_abs())
}

/// Which of these ids have a snapshot of which view.
async fn stored(
    scope: &mut TenantScope,
    ids: &[Uuid],
) -> Result<HashSet<(String, Uuid)>, StoreError> {
    let stored = sqlx::query_as(
        "SELECT s.view, s.key
         FROM unnest($2::text[], $3::text[]) AS r (view, code)
         CROSS JOIN unnest($4::uuid[]) AS i (id)
         JOIN snapshots AS s
           ON s.tenant_id = $1 AND s.view = r.view AND s.key = i.id AND s.code = r.code",
    )
    .bind(scope.tenant().0)
    .bind(registry::NAMES)
    .bind(codes())
    .bind(ids)
    .fetch_all(scope.connection())
    .await?;
    Ok(stored.into_iter().collect())
}

/// A snapshot about something that no event is about.
async fn orphan(scope: &mut TenantScope) -> Result<Option<Difference>, StoreError> {
    let orphan: Option<(String, Uuid)> = sqlx::query_as(
        "SELECT s.view, s.key
         FROM unnest($2::text[], $3::text[]) AS r (view, code)
         JOIN snapshots AS s ON s.tenant_id = $1 AND s.view = r.view AND s.code = r.code
         WHERE NOT EXISTS (SELECT FROM abouts AS a WHERE a.tenant_id = $1 AND a.id = s.key)
         LIMIT 1",
    )
    .bind(scope.tenant().0)
    .bind(registry::NAMES)
    .bind(codes())
    .fetch_optional(scope.connection())
    .await?;
    Ok(orphan.and_then(|(view, key)| {
        let view = registry::find(&view)?;
        let part = "existence".to_owned();
        Some(Difference { view, key, part })
    }))
}

fn codes() -> Vec<&'static str> {
    registry::ALL.iter().map(|view| view.code).collect()
}
