//! Writes snapshots behind the log: a follower that looks at the documents that changed, and writes those that have a
//! tail worth folding.

use super::documents::{self, Replace, Row};
use super::registry::with_view;
use super::{current, registry};
use crate::clock::Clock;
use crate::feed::{FollowError, Follower};
use crate::store::row::stored;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use async_trait::async_trait;
use domain::event::Event;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How often changed documents of a region are looked at.
const PAUSE: Duration = Duration::from_secs(1);
/// Events of a region that are looked at sooner; hardly more than 64 of them are about one key.
const HURRY: u64 = 512;
/// Events whose documents are looked at together: one that many of them change is written once.
const SLICE: i64 = 1_024;
/// Events behind a snapshot that are folded faster than the snapshot is written.
const TAIL_KEPT: usize = 16;

/// Documents and the last event that changed each, by view.
type Changed = BTreeMap<&'static str, BTreeMap<Uuid, Position>>;

/// The follower.
pub struct Snapshots {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Snapshots {
    /// Reads documents in a transaction of their own, each at one moment.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Those of these documents whose tail has grown, folded.
    async fn grown(
        &self,
        tenant: &Tenant,
        view: &'static str,
        keys: &BTreeMap<Uuid, Position>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut scope = self.store.reading(tenant.tenant()).await?;
        let written = written(&mut scope, view, keys).await?;
        let (mut rows, now) = (Vec::new(), self.clock.now());
        for (key, last) in keys {
            // Somebody was faster: a rebuild, or this follower before it was killed.
            if written.get(key).is_some_and(|at| *at >= stored(*last)) {
                continue;
            }
            let row = with_view!(view, V => {
                let (document, behind) = current::<V>(&mut scope, tenant, *key, now).await?;
                (behind.0 > TAIL_KEPT && document.live.state != V::default()).then(|| document.row(*key))
            });
            rows.extend(row.flatten().transpose()?);
        }
        Ok(rows)
    }
}

#[async_trait]
impl Follower for Snapshots {
    fn name(&self) -> &'static str {
        "snapshots"
    }

    fn slice(&self) -> i64 {
        SLICE
    }

    fn rest(&self) -> Duration {
        PAUSE
    }

    fn hurry(&self) -> u64 {
        HURRY
    }

    async fn handle(
        &self,
        scope: &mut TenantScope,
        tenant: &Tenant,
        events: &[Recorded],
    ) -> Result<(), FollowError> {
        for (view, keys) in changed(events, tenant.region()) {
            let rows = self.grown(tenant, view, &keys).await?;
            documents::store(scope, view, &rows, Replace::Older).await?;
        }
        Ok(())
    }
}

fn changed(events: &[Recorded], tenant: TenantId) -> Changed {
    let mut changed = Changed::new();
    for recorded in events {
        let about = match &recorded.event {
            Event::Correction(_) => domain::about::about(&recorded.event, tenant),
            _ => Vec::new(),
        };
        for (view, key) in changed_by(&recorded.event, &about, tenant) {
            let keys = changed.entry(view).or_default();
            keys.insert(key, recorded.position);
        }
    }
    changed
}

/// Up to where the snapshots of these keys are folded.
async fn written(
    scope: &mut TenantScope,
    view: &str,
    keys: &BTreeMap<Uuid, Position>,
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let code = registry::entry(view).map(|view| view.code);
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "SELECT key, position FROM snapshots WHERE tenant_id = $1 AND view = $2 AND code = $3 AND key = ANY($4)",
    )
    .bind(scope.tenant().0)
    .bind(view)
    .bind(code)
    .bind(keys.keys().copied().collect::<Vec<_>>())
    .fetch_all(scope.connection())
    .await?;
    Ok(rows.into_iter().collect())
}

/// Which documents an event changes. A correction may change any document about its ids.
pub(super) fn changed_by(
    event: &Event,
    about: &[Uuid],
    tenant: TenantId,
) -> Vec<(&'static str, Uuid)> {
    if matches!(event, Event::Correction(_)) {
        registry::NAMES
            .iter()
            .flat_map(|view| about.iter().map(|id| (*view, *id)))
            .collect()
    } else {
        registry::keys(event, tenant)
    }
}
