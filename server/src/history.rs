//! The history of one thing: its events as recorded, corrections among them, page by page, newest first.

use crate::store::newer::Newer;
use crate::store::row::position;
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
    /// Those among them that only a newer release can read, newest first.
    pub newer: Vec<Newer>,
    /// Where the next page begins: pass it as `before`. `None` on the last one.
    pub older: Option<Position>,
}

/// Reads one page of what was recorded about an id before a position, as known at a moment.
///
/// # Errors
/// Of the database, or an event that is not what its name says.
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
    let older = rows.last().map(|last| position(last.position));
    let mut page = Page {
        events: Vec::with_capacity(rows.len()),
        newer: Vec::new(),
        older: older.filter(|_| more),
    };
    for row in &rows {
        match row.recorded() {
            Ok(recorded) => page.events.push(recorded),
            Err(StoreError::Newer(newer)) => page.newer.push(newer),
            Err(error) => return Err(error),
        }
    }
    Ok(page)
}
