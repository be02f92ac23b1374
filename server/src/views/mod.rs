//! Reading views: the stored snapshot, and the events about its key since then, folded. So every process reads what was
//! just written, an append writes no document, and the live page, "as of" and a rebuild are one mechanism.

pub mod check;
mod documents;
pub mod drift;
pub mod rebuild;
pub mod registry;
pub mod writer;

use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use documents::Document;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::{AsOf, Effective, Timestamp};
use domain::views::{View, document};
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
}

/// Reads a view as of a day and a moment; [`AsOf::LIVE`] is what decisions see.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn read<V: View>(
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
pub async fn read_in<V: View>(
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
    let recorded = all_about(scope, key).await?;
    let on = as_of.on.unwrap_or(today);
    let folded = document::fold::<V>(key, tenant.region(), &recorded, on, as_of.known_at);
    let known = recorded.iter().filter(|one| {
        as_of
            .known_at
            .is_none_or(|moment| one.recorded_at <= moment)
    });
    let position = known.map(|one| one.position).max();
    Ok(Read {
        view: folded.view,
        known: position.is_some(),
        unknown_days: folded.unknown_days,
        position: position.unwrap_or(0),
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
pub(crate) async fn current<V: View>(
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
    for row in &rows {
        if document
            .push(key, tenant.region(), &row.recorded()?)
            .is_err()
        {
            return Ok((full(scope, tenant, key, now).await?, Behind::EVERYTHING));
        }
    }
    Ok((document, Behind(rows.len())))
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
    let recorded = all_about_up_to(scope, key, up_to).await?;
    let (id, today) = (tenant.region(), tenant.day(now));
    let live = document::live::<V>(key, id, &recorded, today);
    let unknown_days = document::fold::<V>(key, id, &recorded, today, None).unknown_days;
    Ok(Document { live, unknown_days })
}

/// All events about an id, and where a correction moved one here, that event with all its corrections.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn all_about(scope: &mut TenantScope, id: Uuid) -> Result<Vec<Recorded>, StoreError> {
    all_about_up_to(scope, id, None).await
}

async fn all_about_up_to(
    scope: &mut TenantScope,
    id: Uuid,
    up_to: Option<Position>,
) -> Result<Vec<Recorded>, StoreError> {
    let rows = scope.rows_about(id, 0, up_to, i64::MAX).await?;
    let mut recorded: Vec<Recorded> = rows
        .iter()
        .map(EventRow::recorded)
        .collect::<Result<_, _>>()?;
    let chains = document::chains(&recorded);
    if !chains.is_empty() {
        let streams: Vec<_> = chains.iter().map(|(stream, _)| *stream).collect();
        let up_to = up_to.unwrap_or(i64::MAX.unsigned_abs());
        for row in scope.rows_of_streams(&streams, up_to).await? {
            let one = row.recorded()?;
            if chains
                .iter()
                .any(|(stream, root)| one.stream == *stream && document::in_chain(&one, *root))
            {
                recorded.push(one);
            }
        }
        recorded.sort_by_key(|one| one.position);
        recorded.dedup_by_key(|one| one.position);
    }
    Ok(recorded)
}

impl<V: View> Document<V> {
    fn into_read(self) -> Read<V> {
        Read {
            known: self.live.reached.position > 0,
            view: self.live.state,
            unknown_days: self.unknown_days,
            position: self.live.reached.position,
        }
    }

    /// Takes in one more event about the key.
    pub(crate) fn push(
        &mut self,
        key: Uuid,
        tenant: TenantId,
        recorded: &Recorded,
    ) -> Result<(), domain::history::MustRefold> {
        document::push::<V>(&mut self.live, key, tenant, recorded)?;
        let unknown = recorded.effective == Effective::Unknown;
        if unknown && V::keys(&recorded.event, tenant).contains(&key) {
            self.unknown_days += 1;
        }
        Ok(())
    }
}
