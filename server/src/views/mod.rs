//! Reading views: the stored snapshot, and the events about its key since then, folded. So every process reads what was
//! just written, an append writes no document, and the live page, "as of" and a rebuild are one mechanism.

//!
//! A newer release may have recorded what this one cannot read. A fold never passes over it: it ends before the first
//! such event about its key, as if it had been asked as known just then, and says so ([`Read::newer`]), so that the page
//! can. Views of other keys, and the same one as known earlier, are whole.

pub mod check;
pub mod codes;
mod documents;
pub mod drift;
pub mod rebuild;
pub mod registry;
pub mod writer;

use crate::store::newer::Newer;
use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use chrono::NaiveDate;
use documents::Document;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::{AsOf, Effective, Timestamp};
use domain::views::{View, document};
use registry::Kept;
use uuid::Uuid;

/// A view as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Read<V> {
    /// The view; the default where nothing is known of the key.
    pub view: V,
    /// Whether anything was ever recorded about the key.
    pub known: bool,
    /// Events that stand last because nobody knows their day.
    pub unknown_days: u32,
    /// The last event about the key that it holds.
    pub position: Position,
    /// The event of a newer release before which it ends.
    pub newer: Option<Newer>,
}

/// Reads a view as of a day and a moment; [`AsOf::LIVE`] is what decisions see.
///
/// # Errors
/// Of the database, or an event that is not what its name says.
pub async fn read<V: Kept>(
    store: &Store,
    tenant: &Tenant,
    key: Uuid,
    as_of: AsOf,
    now: Timestamp,
) -> Result<Read<V>, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    read_in(&mut scope, tenant, key, as_of, now).await
}

/// As [`read`], in a transaction with other reads.
///
/// # Errors
/// As [`read`].
pub async fn read_in<V: Kept>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    key: Uuid,
    as_of: AsOf,
    now: Timestamp,
) -> Result<Read<V>, StoreError> {
    let today = tenant.day(now);
    if as_of.is_live() {
        let (document, _) = current::<V>(scope, tenant, key, now).await?;
        return Ok(document.into_read());
    }
    let About { recorded, newer } = all_about(scope, key, as_of.known_at).await?;
    let on = as_of.on.unwrap_or(today);
    let folded = document::fold::<V>(key, tenant.region(), &recorded, on, as_of.known_at);
    let position = recorded.iter().map(|one| one.position).max();
    Ok(Read {
        view: folded.view,
        known: position.is_some(),
        unknown_days: folded.unknown_days,
        position: position.unwrap_or(0),
        newer,
    })
}

/// How much a snapshot was behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Behind(usize);

impl Behind {
    /// Everything had to be folded anew: the next reader should not have to.
    const EVERYTHING: Self = Self(usize::MAX);
}

/// The live document: snapshot and tail.
pub(crate) async fn current<V: Kept>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    key: Uuid,
    now: Timestamp,
) -> Result<(Document<V>, Behind), StoreError> {
    let Some(mut document) = documents::load::<V>(scope, key).await? else {
        return Ok((full(scope, tenant, key, now).await?, Behind::EVERYTHING));
    };
    let rows = scope
        .rows_about(key, document.live.reached.position, None, i64::MAX)
        .await?;
    let (tail, newer) = readable(&rows, None)?;
    for recorded in &tail {
        if document.push(key, tenant.region(), recorded).is_err() {
            return Ok((full(scope, tenant, key, now).await?, Behind::EVERYTHING));
        }
    }
    document.newer = newer;
    Ok((document, Behind(tail.len())))
}

/// The live document, folded from its first event.
pub(crate) async fn full<V: View>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    key: Uuid,
    now: Timestamp,
) -> Result<Document<V>, StoreError> {
    full_up_to(scope, tenant, key, now, None).await
}

/// The document as it was live at an earlier position, folded from its first event.
pub(crate) async fn full_up_to<V: View>(
    scope: &mut TenantScope,
    tenant: &Tenant,
    key: Uuid,
    now: Timestamp,
    up_to: Option<Position>,
) -> Result<Document<V>, StoreError> {
    let about = all_about_up_to(scope, key, up_to, None).await?;
    Ok(Document::of(&about, key, tenant.region(), tenant.day(now)))
}

/// Events about an id.
pub struct About {
    /// In order.
    pub recorded: Vec<Recorded>,
    /// The event of a newer release before which they end.
    pub newer: Option<Newer>,
}

/// All events about an id as known at a moment, and where a correction moved one here, that event with all its
/// corrections; up to the first that only a newer release can read.
///
/// # Errors
/// Of the database, or an event that is not what its name says.
pub async fn all_about(
    scope: &mut TenantScope,
    id: Uuid,
    known_at: Option<Timestamp>,
) -> Result<About, StoreError> {
    all_about_up_to(scope, id, None, known_at).await
}

async fn all_about_up_to(
    scope: &mut TenantScope,
    id: Uuid,
    up_to: Option<Position>,
    known_at: Option<Timestamp>,
) -> Result<About, StoreError> {
    let rows = scope.rows_about(id, 0, up_to, i64::MAX).await?;
    let (mut recorded, mut newer) = readable(&rows, known_at)?;
    drop(rows);
    let chains = document::chains(&recorded);
    if !chains.is_empty() {
        let streams: Vec<_> = chains.iter().map(|(stream, _)| *stream).collect();
        let up_to = up_to.unwrap_or(i64::MAX.unsigned_abs());
        let rows = scope.rows_of_streams(&streams, up_to).await?;
        let (beside, newer_beside) = readable(&rows, known_at)?;
        let in_chain = |one: &Recorded| {
            chains
                .iter()
                .any(|(stream, root)| one.stream == *stream && document::in_chain(one, *root))
        };
        recorded.extend(beside.into_iter().filter(in_chain));
        recorded.sort_by_key(|one| one.position);
        recorded.dedup_by_key(|one| one.position);
        // It may belong to one of the chains: nobody here can tell.
        let first = |newer: &Newer| newer.position;
        newer = newer.into_iter().chain(newer_beside).min_by_key(first);
        if let Some(newer) = &newer {
            recorded.retain(|one| one.position < newer.position);
        }
    }
    Ok(About { recorded, newer })
}

/// The events of rows as known at a moment, up to the first that only a newer release can read.
pub(crate) fn readable(
    rows: &[EventRow],
    known_at: Option<Timestamp>,
) -> Result<(Vec<Recorded>, Option<Newer>), StoreError> {
    let mut events = Vec::with_capacity(rows.len());
    let known = |row: &&EventRow| known_at.is_none_or(|moment| row.recorded_at <= moment);
    for row in rows.iter().filter(known) {
        match row.recorded() {
            Ok(recorded) => events.push(recorded),
            Err(StoreError::Newer(newer)) => return Ok((events, Some(newer))),
            Err(error) => return Err(error),
        }
    }
    Ok((events, None))
}

impl<V: View> Document<V> {
    /// Folded from everything about its key.
    fn of(about: &About, key: Uuid, tenant: TenantId, today: NaiveDate) -> Self {
        let (live, unknown_days) = document::kept::<V>(key, tenant, &about.recorded, today);
        Self {
            live,
            unknown_days,
            newer: about.newer.clone(),
        }
    }

    fn into_read(self) -> Read<V> {
        Read {
            known: self.live.reached.position > 0,
            view: self.live.state,
            unknown_days: self.unknown_days,
            position: self.live.reached.position,
            newer: self.newer,
        }
    }

    /// Takes in one more event about the key; one that it holds already changes nothing.
    pub(crate) fn push(
        &mut self,
        key: Uuid,
        tenant: TenantId,
        recorded: &Recorded,
    ) -> Result<(), domain::history::MustRefold> {
        if recorded.position <= self.live.reached.position {
            return Ok(());
        }
        document::push::<V>(&mut self.live, key, tenant, recorded)?;
        let unknown = recorded.effective == Effective::Unknown;
        if unknown && V::keys(&recorded.event, tenant).contains(&key) {
            self.unknown_days += 1;
        }
        Ok(())
    }
}
