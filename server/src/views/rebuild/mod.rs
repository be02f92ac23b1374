//! Filling the snapshots from the log while everybody goes on reading and writing.
//!
//! The new documents grow beside those that are read, under the code with a plus sign, and take their place in one
//! statement a view when the last event is in. A document at a position is a valid snapshot whatever comes after it, so
//! a filling writes what has grown every so often and notes how far it is: killed, the next one goes on from there. What
//! is not in memory is read back when another event for it comes; so the memory it takes does not grow with the log.
//!
//! One process fills a region at a time; others wait for their turn and mostly find nothing left to do.

mod grown;
pub(super) mod growth;
mod pass;
mod turn;

use super::codes::{self, UNUSED_DAYS};
use super::registry::{self, Entry};
use crate::clock::Clock;
use crate::store::newer::Newer;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::event::Event;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use pass::Pass;
use std::time::Duration;
use turn::Turn;
use uuid::Uuid;

/// How often a process says that it still runs its codes, and looks for rows that nobody reads any more.
const DAY: Duration = Duration::from_hours(24);
/// How often rows are put in place of others that somebody writes at the same moment.
const SERVE_TRIES: u32 = 8;

/// How much of a rebuild is done at a time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Events that are read at once.
    pub page: i64,
    /// Events after which what has grown is written; a run that is cut short goes on there.
    pub events: Position,
    /// Grown documents after which it is written earlier.
    pub documents: usize,
    /// Bytes of documents, as stored, that stay in memory.
    pub bytes: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            page: 4_000,
            events: 100_000,
            documents: 1_500,
            bytes: 24 * 1024 * 1024,
        }
    }
}

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events taken in, those of an earlier run that was cut short included.
    pub events: Position,
    /// Of so many.
    pub of: Position,
}

/// What a rebuild did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where it began: not 0 when an earlier run was cut short there.
    pub from: Position,
    /// Events of the log that the documents now hold.
    pub events: Position,
    /// Documents there are.
    pub documents: u64,
    /// The event of a newer release before which it ended.
    pub newer: Option<Newer>,
}

/// Fills the snapshots of all views, or one, of a region anew, or goes on with a filling that was cut short.
///
/// # Errors
/// Of the database, or an event that is not what its name says.
pub async fn rebuild(
    store: &Store,
    tenant: &Tenant,
    only: Option<&'static str>,
    now: Timestamp,
    progress: impl FnMut(Progress),
) -> Result<Rebuilt, StoreError> {
    let wanted = |view: &&Entry| only.is_none_or(|only| view.name == only);
    let views: Vec<Entry> = registry::ALL.iter().filter(wanted).copied().collect();
    rebuild_at(Pace::default(), store, tenant, &views, now, progress).await
}

/// [`rebuild`] of these views at a pace.
///
/// # Errors
/// As [`rebuild`].
pub async fn rebuild_at(
    pace: Pace,
    store: &Store,
    tenant: &Tenant,
    views: &[Entry],
    now: Timestamp,
    progress: impl FnMut(Progress),
) -> Result<Rebuilt, StoreError> {
    let turn = Turn::wait(store, tenant.tenant()).await?;
    let rebuilt = build(pace, store, tenant, views, now, progress).await;
    turn.end().await;
    rebuilt
}

/// Fills those of these views of a region that were never filled under their code: a new release's, or all of them
/// after an import.
///
/// # Errors
/// As [`rebuild`].
pub async fn fill_region(
    store: &Store,
    tenant: &Tenant,
    views: &[Entry],
    now: Timestamp,
) -> Result<Rebuilt, StoreError> {
    let mut scope = store.writing(tenant.tenant()).await?;
    codes::stamp(&mut scope, views, now).await?;
    let missing = codes::missing(&mut scope, views).await?;
    scope.commit().await?;
    if missing.is_empty() {
        return Ok(Rebuilt::default());
    }
    let turn = Turn::wait(store, tenant.tenant()).await?;
    // Another process may have had the turn before.
    let mut scope = store.reading(tenant.tenant()).await?;
    let missing = codes::missing(&mut scope, views).await?;
    drop(scope);
    let filled = if missing.is_empty() {
        Ok(Rebuilt::default())
    } else {
        build(Pace::default(), store, tenant, &missing, now, |_| {}).await
    };
    turn.end().await;
    filled
}

/// [`fill_region`] of all regions, with all views.
///
/// # Errors
/// As [`rebuild`].
pub async fn fill(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    for tenant in store.tenants().await? {
        let filled = fill_region(store, &tenant, registry::ALL, now).await?;
        if let Some(newer) = filled.newer {
            tracing::warn!(region = %tenant.slug, %newer, "the views end before it");
        }
    }
    Ok(())
}

/// Keeps the snapshots of this release filled, and says each day that it is still there.
pub async fn keep(store: &Store, clock: &dyn Clock) {
    loop {
        if let Err(error) = fill(store, clock.now()).await {
            tracing::warn!(%error, "the views were not filled; pages fold them from the log");
        }
        match codes::prune(store, clock.now(), UNUSED_DAYS).await {
            Ok(pruned) if pruned.documents > 0 => {
                tracing::info!(
                    ?pruned,
                    "snapshots that no release reads any more were removed"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old snapshots were not removed"),
        }
        tokio::time::sleep(DAY).await;
    }
}

async fn build(
    pace: Pace,
    store: &Store,
    tenant: &Tenant,
    views: &[Entry],
    now: Timestamp,
    progress: impl FnMut(Progress),
) -> Result<Rebuilt, StoreError> {
    let mut scope = store.writing(tenant.tenant()).await?;
    let from = codes::begin(&mut scope, views, now).await?;
    let head = scope.head().await?.position;
    scope.commit().await?;
    let mut rebuilt = Rebuilt {
        from: from.iter().copied().min().unwrap_or(0),
        ..Rebuilt::default()
    };
    let pass = Pass {
        store,
        tenant,
        views,
        from: &from,
        head,
        today: tenant.day(now),
        pace,
    };
    rebuilt.newer = pass.run(progress).await?;
    rebuilt.events = rebuilt
        .newer
        .as_ref()
        .map_or(head, |newer| newer.position - 1);
    for view in views {
        rebuilt.documents += serve(store, tenant.tenant(), view, rebuilt.events).await?;
    }
    Ok(rebuilt)
}

/// Whoever writes a first snapshot in the moment between must be waited for: then it is replaced too.
async fn serve(
    store: &Store,
    tenant: TenantId,
    view: &Entry,
    to: Position,
) -> Result<u64, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut scope = store.writing(tenant).await?;
        match codes::serve_built(&mut scope, view, to).await {
            Ok(served) => {
                scope.commit().await?;
                return Ok(served);
            }
            Err(error)
                if tries < SERVE_TRIES
                    && (error.contended() || error.constraint() == Some("snapshots_pkey")) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The documents that an event belongs to or, as a correction, may change: index into `views`, and key.
fn documents_of(recorded: &Recorded, tenant: TenantId, views: &[Entry]) -> Vec<(usize, Uuid)> {
    let mut documents = Vec::new();
    if let Event::Correction(_) = &recorded.event {
        for id in domain::about::about(&recorded.event, tenant) {
            documents.extend((0..views.len()).map(|view| (view, id)));
        }
        return documents;
    }
    for (index, view) in views.iter().enumerate() {
        let keys = (view.keys)(&recorded.event, tenant);
        documents.extend(keys.into_iter().map(|key| (index, key)));
    }
    documents
}
