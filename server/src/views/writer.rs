//! Writes snapshots behind the log: once a second the documents that changed and have a tail worth folding.

use super::documents::{self, Replace};
use super::registry::with_view;
use super::{current, registry};
use crate::clock::Clock;
use crate::executor::Landed;
use crate::store::{Store, StoreError};
use domain::ids::TenantId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use uuid::Uuid;

/// How often changed documents are looked at.
const PAUSE: Duration = Duration::from_secs(1);
/// Events behind a snapshot that are folded faster than the snapshot is written.
const TAIL_KEPT: usize = 16;

/// Runs until the executors are gone.
pub async fn run(store: Store, clock: Arc<dyn Clock>, mut landings: broadcast::Receiver<Landed>) {
    let mut dirty: HashMap<TenantId, HashSet<(&'static str, Uuid)>> = HashMap::new();
    let mut tick = tokio::time::interval(PAUSE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            landed = landings.recv() => match landed {
                Ok(landed) => dirty.entry(landed.tenant).or_default().extend(landed.documents.iter()),
                // What was missed keeps a longer tail until it changes again.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => break,
            },
            _ = tick.tick() => {
                for (tenant, documents) in dirty.drain() {
                    if let Err(error) = write(&store, clock.as_ref(), tenant, documents).await {
                        tracing::warn!(%error, %tenant, "snapshots could not be written");
                    }
                }
            }
        }
    }
}

/// Writes those of these documents whose tail has grown.
///
/// # Errors
/// Of the database.
pub async fn write(
    store: &Store,
    clock: &dyn Clock,
    tenant: TenantId,
    documents: impl IntoIterator<Item = (&'static str, Uuid)>,
) -> Result<(), StoreError> {
    let row = store.tenant(tenant).await?;
    let mut by_view: HashMap<&'static str, Vec<Uuid>> = HashMap::new();
    for (view, key) in documents {
        by_view.entry(view).or_default().push(key);
    }
    for (view, keys) in by_view {
        for some in keys.chunks(64) {
            let mut rows = Vec::new();
            let mut scope = store.reading(tenant).await?;
            for key in some {
                let now = clock.now();
                let written = with_view!(view, V => {
                    let (document, behind) = current::<V>(&mut scope, &row, *key, now).await?;
                    (behind.0 > TAIL_KEPT && document.live.state != V::default()).then(|| document.row(*key))
                });
                rows.extend(written.flatten().transpose()?);
            }
            drop(scope);
            let mut scope = store.writing(tenant).await?;
            documents::store(&mut scope, view, &rows, Replace::Older).await?;
            scope.commit().await?;
        }
    }
    Ok(())
}

/// Which documents an event changes, for [`Landed`]. A correction may change any document about its ids.
#[must_use]
pub fn changed_by(
    event: &domain::event::Event,
    about: &[Uuid],
    tenant: TenantId,
) -> Vec<(&'static str, Uuid)> {
    if matches!(event, domain::event::Event::Correction(_)) {
        registry::NAMES
            .iter()
            .flat_map(|view| about.iter().map(|id| (*view, *id)))
            .collect()
    } else {
        registry::keys(event, tenant)
    }
}
