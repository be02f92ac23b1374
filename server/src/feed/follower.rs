//! What a follower is.

use crate::store::StoreError;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use async_trait::async_trait;
use domain::recorded::Recorded;
use std::time::Duration;
use uuid::Uuid;

/// Events that are handled together where a follower does not say otherwise.
const SLICE: i64 = 256;

/// Why a follower could not deal with some events.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The database, or an event that cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it does outside the database; in words that may be shown to an operator.
    #[error("{0}")]
    Effect(String),
}

/// Something that happens once for every event of every region, behind the log.
#[async_trait]
pub trait Follower: Send + Sync + 'static {
    /// Its name, for ever: its checkpoints are kept under it. Lower-case letters and underscores.
    fn name(&self) -> &'static str;

    /// What an event is about, as far as order matters: when one fails, later ones of the same key wait behind it, and
    /// no others.
    fn key(&self, recorded: &Recorded) -> Uuid {
        recorded.stream.id
    }

    /// How many events it is given at most at a time. One, where each has an effect outside the database that should
    /// seldom be repeated.
    fn slice(&self) -> i64 {
        SLICE
    }

    /// How long it rests in a region after it has caught up, to gather what comes meanwhile.
    fn rest(&self) -> Duration {
        Duration::ZERO
    }

    /// How many events end its rest early.
    fn hurry(&self) -> u64 {
        u64::MAX
    }

    /// Deals with some events of a region, in order. What is written through `scope` lasts together with the
    /// checkpoint, or not at all; with an error, or when another process has taken over meanwhile, not at all.
    async fn handle(
        &self,
        scope: &mut TenantScope,
        tenant: &Tenant,
        events: &[Recorded],
    ) -> Result<(), FollowError>;
}
