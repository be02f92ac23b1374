//! The history of one thing: its events as recorded, corrections among them, page by page, newest first.

use crate::store::row::EventRow;
use crate::store::{Store, StoreError};
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use uuid::Uuid;

/// Events of one page at most.
pub const PAGE_MAX: u32 = 200;

/// One page of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Newest first.
    pub events: Vec<Recorded>,
    /// Where the next page begins: pass it as `before`. `None` on the last one.
    pub older: Option<Position>,
}

/// Reads one page of what was recorded about an id before a position, as known at a moment.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn page(
    store: &Store,
    tenant: TenantId,
    about: Uuid,
    before: Option<Position>,
    known_at: Option<Timestamp>,
    events_max: u32,
) -> Result<Page, StoreError> {
    let limit = i64::from(events_max.clamp(1, PAGE_MAX));
    let mut scope = store.reading(tenant).await?;
    // One more than asked for tells whether there is another page.
    let mut rows = scope
        .rows_about_backwards(about, before, known_at, limit + 1)
        .await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    if more {
        rows.pop();
    }
    let events: Vec<Recorded> = rows
        .iter()
        .map(EventRow::recorded)
        .collect::<Result<_, _>>()?;
    let older = events.last().map(|last| last.position).filter(|_| more);
    Ok(Page { events, older })
}
