//! What a newer release recorded in words this one does not know. It is never passed over: whoever folds stops before
//! it and says so; whoever decides refuses.

use super::error::StoreError;
use super::row::{position, stored};
use super::scope::TenantScope;
use domain::recorded::Position;
use domain::wire;

/// An event that only a newer release can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a newer release of Samspor recorded {what} at position {position}, which this one cannot read: run the newer one"
)]
pub struct Newer {
    /// Where it lies.
    pub position: Position,
    /// What is not known: mostly the event's name.
    pub what: String,
}

/// A name of events that this release cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewerName {
    /// The stored name.
    pub name: String,
    /// How many such events there are.
    pub events: i64,
    /// Where the first of them lies.
    pub first: Position,
}

impl TenantScope {
    /// Names of events after a position that this release cannot read, in order of appearance.
    ///
    /// # Errors
    /// Of the database.
    pub async fn newer_names(&mut self, after: Position) -> Result<Vec<NewerName>, StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT name, count(*), min(position)
             FROM events
             WHERE tenant_id = $1 AND position > $2 AND name <> ALL ($3)
             GROUP BY name
             ORDER BY min(position)",
        )
        .bind(self.tenant().0)
        .bind(stored(after))
        .bind(wire::names().collect::<Vec<_>>())
        .fetch_all(self.connection())
        .await?;
        let name = |(name, events, first)| NewerName {
            name,
            events,
            first: position(first),
        };
        Ok(rows.into_iter().map(name).collect())
    }
}
