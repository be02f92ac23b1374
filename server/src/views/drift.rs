//! Finds snapshots that are not what their events say, and repairs them.
//!
//! Every few seconds some snapshots of one region are looked at, region after region, round and round. A snapshot that
//! was compared before and has not changed since costs a digest; one that is new or changed is folded from its first
//! event up to where it claims to stand, and compared. So each snapshot is compared once, and anything that alters one
//! without an event is found when its turn comes again. The price is the same however many regions there are.

use super::documents::Document;
use super::full_up_to;
use super::registry::{self, find, with_view};
use crate::clock::Clock;
use crate::metrics;
use crate::store::row::position;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::ids::TenantId;
use domain::recorded::Position;
use domain::time::Timestamp;
use domain::views::View;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// How often some are looked at.
pub const PAUSE: Duration = Duration::from_secs(4);
/// How many are looked at each time.
const LOOKED_AT: i64 = 2_000;
/// How many of them are folded and compared at most.
pub const COMPARED: usize = 500;
/// Snapshots that are remembered as compared; beyond, all are forgotten and compared anew.
const SOUND_MAX: usize = 1_000_000;

/// A snapshot that was not what its events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// In which region.
    pub tenant: TenantId,
    /// Of which view.
    pub view: &'static str,
    /// About what.
    pub key: Uuid,
    /// Up to where it claimed to be folded.
    pub position: Position,
}

/// What one look brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Snapshots looked at.
    pub documents: usize,
    /// Those of them that were folded and compared.
    pub compared: usize,
    /// Those that were wrong. They are repaired.
    pub drifts: Vec<Drift>,
}

/// A drift as it is kept for whoever looks into it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Noted {
    /// Of which view.
    pub view: String,
    /// About what.
    pub key: Uuid,
    /// How often.
    pub times: i32,
    /// Up to where it claimed to be folded, the last time.
    pub position: i64,
    /// When that was found.
    pub found_at: Timestamp,
}

/// Goes round all snapshots. Every process has one: whoever repairs first reports.
pub struct Verifier {
    store: Store,
    clock: Arc<dyn Clock>,
    /// The region it is in, and the document it has come to.
    at: Option<(TenantId, String, Uuid)>,
    last: Option<TenantId>,
    /// Digests of what was compared, by region; those seen on the present way through its region.
    sound: HashMap<TenantId, HashSet<u64>>,
    seen: HashSet<u64>,
}

#[derive(sqlx::FromRow)]
struct Digest {
    view: String,
    code: String,
    key: Uuid,
    position: i64,
    digest: i64,
}

impl Digest {
    fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.view, self.key, self.position, self.digest).hash(&mut hasher);
        hasher.finish()
    }
}

impl Verifier {
    /// Has seen nothing yet.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            at: None,
            last: None,
            sound: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    /// Looks again and again.
    pub async fn run(mut self) {
        let mut tick = tokio::time::interval(PAUSE);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "snapshots could not be compared with their events");
            }
        }
    }

    /// Looks at the next snapshots.
    ///
    /// # Errors
    /// Of the database, or an event that this release cannot read. The next look goes on behind it.
    pub async fn look(&mut self) -> Result<Looked, StoreError> {
        let (id, mut view, mut key) = match self.at.take() {
            Some(at) => at,
            None => match self.store.region_after(self.last).await? {
                Some(next) => (next, String::new(), Uuid::nil()),
                None => return Ok(Looked::default()),
            },
        };
        self.last = Some(id);
        let tenant = self.store.tenant(id).await?;
        let mut scope = self.store.reading(id).await?;
        let digests = digests(&mut scope, &view, key).await?;
        let mut more = i64::try_from(digests.len()).is_ok_and(|found| found == LOOKED_AT);
        let mut looked = Looked::default();
        for digest in digests {
            let print = digest.print();
            let known = self
                .sound
                .get(&id)
                .is_some_and(|sound| sound.contains(&print));
            if !known && looked.compared == COMPARED {
                more = true;
                break;
            }
            (view, key) = (digest.view.clone(), digest.key);
            looked.documents += 1;
            let compared = if known {
                Compared::Sound
            } else {
                looked.compared += 1;
                match self.compare(&mut scope, &tenant, &digest).await {
                    Ok(compared) => compared,
                    Err(error) => {
                        self.at = Some((id, view, key));
                        return Err(error);
                    }
                }
            };
            match compared {
                Compared::Sound => drop(self.seen.insert(print)),
                Compared::Gone => {}
                Compared::Drift(drift) => looked.drifts.push(drift),
            }
        }
        if more {
            self.at = Some((id, view, key));
        } else {
            self.passed(id);
        }
        Ok(looked)
    }

    /// A region was gone through: what was seen on the way is what is remembered.
    fn passed(&mut self, region: TenantId) {
        if self.sound.values().map(HashSet::len).sum::<usize>() > SOUND_MAX {
            self.sound.clear();
        }
        self.sound.insert(region, std::mem::take(&mut self.seen));
    }

    async fn compare(
        &self,
        scope: &mut TenantScope,
        tenant: &Tenant,
        digest: &Digest,
    ) -> Result<Compared, StoreError> {
        let Some(view) = find(&digest.view) else {
            return Ok(Compared::Gone);
        };
        let Some(body) = body(scope, digest).await? else {
            return Ok(Compared::Gone);
        };
        metrics::SNAPSHOTS_COMPARED.add(1);
        let now = self.clock.now();
        let right = with_view!(view, V => right::<V>(scope, tenant, digest, &body, now).await?);
        let Some(Some((at, right))) = right else {
            return Ok(Compared::Sound);
        };
        if !repair(
            &self.store,
            tenant.tenant(),
            digest,
            &body,
            (at, &right),
            now,
        )
        .await?
        {
            return Ok(Compared::Gone);
        }
        metrics::SNAPSHOTS_DRIFTED.add(1);
        let drift = Drift {
            tenant: tenant.tenant(),
            view,
            key: digest.key,
            position: position(digest.position),
        };
        let (slug, key, position) = (&tenant.slug, drift.key, drift.position);
        tracing::error!(tenant = slug, view, %key, position, "a snapshot was not what its events say; it is repaired");
        Ok(Compared::Drift(drift))
    }
}

/// What a comparison brought.
enum Compared {
    /// It is what its events say.
    Sound,
    /// It was replaced or repaired by somebody else meanwhile.
    Gone,
    /// It was wrong.
    Drift(Drift),
}

/// What a snapshot should be, position and body, if it is not.
async fn right<V: View>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    digest: &Digest,
    body: &str,
    now: Timestamp,
) -> Result<Option<(i64, String)>, StoreError> {
    let head = scope.head().await?.position;
    let at = position(digest.position);
    let mut folded = full_up_to::<V>(scope, tenant, digest.key, now, Some(at)).await?;
    if folded.newer.is_some() {
        // Whoever can read what a newer release recorded will compare it.
        return Ok(None);
    }
    let kept: Option<Document<V>> = serde_json::from_str(body).ok();
    let same = kept.is_some_and(|kept| {
        kept.live.state == folded.live.state
            && kept.unknown_days == folded.unknown_days
            && kept.live.reached.order == folded.live.reached.order
            && kept.live.reached.position == at
            && at <= head
    });
    if same {
        return Ok(None);
    }
    folded.live.reached.position = at.min(head);
    let row = folded.row(digest.key)?;
    Ok(Some((row.position, row.body)))
}

async fn digests(
    scope: &mut TenantScope,
    view: &str,
    key: Uuid,
) -> Result<Vec<Digest>, StoreError> {
    let codes: Vec<&str> = registry::ALL.iter().map(|view| view.code).collect();
    let rows = sqlx::query_as(
        "SELECT s.view, s.code, s.key, s.position, hashtextextended(s.body, 0) AS digest
         FROM snapshots AS s
         JOIN unnest($2::text[], $3::text[]) AS v (view, code) ON v.view = s.view AND v.code = s.code
         WHERE s.tenant_id = $1 AND (s.view, s.key) > ($4, $5)
         ORDER BY s.view, s.key
         LIMIT $6",
    )
    .bind(scope.tenant().0)
    .bind(registry::NAMES)
    .bind(codes)
    .bind(view)
    .bind(key)
    .bind(LOOKED_AT)
    .fetch_all(scope.connection())
    .await?;
    Ok(rows)
}

async fn body(scope: &mut TenantScope, digest: &Digest) -> Result<Option<String>, StoreError> {
    let body = sqlx::query_scalar(
        "SELECT body FROM snapshots
         WHERE tenant_id = $1 AND view = $2 AND key = $3 AND code = $4 AND position = $5",
    )
    .bind(scope.tenant().0)
    .bind(&digest.view)
    .bind(digest.key)
    .bind(&digest.code)
    .bind(digest.position)
    .fetch_optional(scope.connection())
    .await?;
    Ok(body)
}

/// Puts what is right in place of what was found, if that still stands there, and keeps a note.
async fn repair(
    store: &Store,
    tenant: TenantId,
    found: &Digest,
    body: &str,
    (at, right): (i64, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut scope = store.writing(tenant).await?;
    let repaired = sqlx::query(
        "UPDATE snapshots SET position = $7, body = $8
         WHERE tenant_id = $1 AND view = $2 AND key = $3 AND code = $4 AND position = $5 AND body = $6",
    )
    .bind(tenant.0)
    .bind(&found.view)
    .bind(found.key)
    .bind(&found.code)
    .bind(found.position)
    .bind(body)
    .bind(at)
    .bind(right)
    .execute(scope.connection())
    .await?;
    if repaired.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO drifts AS d (tenant_id, view, key, times, position, found_at)
         VALUES ($1, $2, $3, 1, $4, $5)
         ON CONFLICT ON CONSTRAINT drifts_pkey
         DO UPDATE SET times = d.times + 1, position = EXCLUDED.position, found_at = EXCLUDED.found_at",
    )
    .bind(tenant.0)
    .bind(&found.view)
    .bind(found.key)
    .bind(found.position)
    .bind(now)
    .execute(scope.connection())
    .await?;
    scope.commit().await?;
    Ok(true)
}

/// What was found in a region so far, the newest first.
///
/// # Errors
/// Of the database.
pub async fn noted(scope: &mut TenantScope) -> Result<Vec<Noted>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT view, key, times, position, found_at FROM drifts WHERE tenant_id = $1 ORDER BY found_at DESC, view, key",
    )
    .bind(scope.tenant().0)
    .fetch_all(scope.connection())
    .await?;
    Ok(rows)
}
