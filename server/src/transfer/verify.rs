//! Going along a hash chain.

use crate::store::chain::{self, GENESIS, Hash};
use crate::store::read::Head;
use crate::store::row::{EventRow, stored};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::recorded::Position;
use std::collections::HashMap;
use uuid::Uuid;

/// Events that are read at once.
const PAGE: i64 = 5_000;

/// The first event that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position} does not fit: {why}")]
pub struct Misfit {
    /// Where.
    pub position: i64,
    /// Why.
    pub why: &'static str,
}

/// A walk along a chain, event by event.
#[derive(Debug)]
pub struct Walk {
    log_id: Uuid,
    position: i64,
    hash: Hash,
    recorded_at: Option<domain::time::Timestamp>,
    versions: HashMap<(String, Uuid), i32>,
}

impl Walk {
    /// At the beginning of a log.
    #[must_use]
    pub fn new(log_id: Uuid) -> Self {
        Self {
            log_id,
            position: 0,
            hash: GENESIS,
            recorded_at: None,
            versions: HashMap::new(),
        }
    }

    /// One event on.
    ///
    /// # Errors
    /// [`Misfit`] when the event is not the next one of this chain.
    pub fn step(&mut self, row: &EventRow) -> Result<(), Misfit> {
        let expected = self.position + 1;
        let misfit = |why| {
            Err(Misfit {
                position: expected,
                why,
            })
        };
        if row.position != expected {
            return misfit("the event is missing");
        }
        let version = self
            .versions
            .entry((row.stream_kind.clone(), row.stream_id))
            .or_default();
        if row.version != *version + 1 {
            return misfit("its stream has a gap before it");
        }
        if self
            .recorded_at
            .is_some_and(|before| row.recorded_at < before)
        {
            return misfit("it was recorded before the one before it");
        }
        let hash = chain::next(self.log_id, &self.hash, row);
        if row.hash != hash {
            return misfit("its content is not what was hashed");
        }
        *version += 1;
        self.recorded_at = Some(row.recorded_at);
        (self.position, self.hash) = (row.position, hash);
        Ok(())
    }

    /// How far, and the chain up to there.
    #[must_use]
    pub const fn reached(&self) -> (i64, Hash) {
        (self.position, self.hash)
    }
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Everything fits.
    Fits {
        /// How many events.
        events: i64,
        /// The chain's end.
        head: Hash,
    },
    /// Something does not.
    Broken(Misfit),
}

/// Goes along the chain of a region up to its head.
///
/// # Errors
/// Of the database.
pub async fn verify(store: &Store, tenant: &Tenant) -> Result<Verified, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let head = scope.head().await?;
    let mut walk = Walk::new(head.log_id);
    loop {
        let (position, _) = walk.reached();
        let rows = scope.rows_after(position.unsigned_abs(), PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if let Err(misfit) = walk.step(row) {
                return Ok(Verified::Broken(misfit));
            }
        }
    }
    Ok(at_head(&walk, &head))
}

fn at_head(walk: &Walk, head: &Head) -> Verified {
    let (events, hash) = walk.reached();
    let end: Position = head.position;
    if events != stored(end) {
        return Verified::Broken(Misfit {
            position: events + 1,
            why: "the log does not end where its head says",
        });
    }
    if hash != head.hash {
        return Verified::Broken(Misfit {
            position: events,
            why: "the head is not the hash of the last event",
        });
    }
    Verified::Fits { events, head: hash }
}
