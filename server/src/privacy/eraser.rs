//! Destroys what the log says is erased, wherever it is still there.

use crate::clock::Clock;
use crate::feed::{FollowError, Follower};
use crate::store::erased::Erasure;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use async_trait::async_trait;
use domain::recorded::Recorded;
use std::sync::Arc;

/// Events that are looked through at a time: hardly any of them erases something.
const SLICE: i64 = 1_024;

/// The follower.
pub struct Eraser {
    clock: Arc<dyn Clock>,
}

impl Eraser {
    /// Says by this clock when something was erased.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

#[async_trait]
impl Follower for Eraser {
    fn name(&self) -> &'static str {
        "eraser"
    }

    fn slice(&self) -> i64 {
        SLICE
    }

    async fn handle(
        &self,
        scope: &mut TenantScope,
        _tenant: &Tenant,
        events: &[Recorded],
    ) -> Result<(), FollowError> {
        let erasures: Vec<Erasure> = events.iter().filter_map(Erasure::of).collect();
        if erasures.is_empty() {
            return Ok(());
        }
        let alive = scope.erase(&erasures, self.clock.now()).await?;
        if alive > 0 {
            tracing::warn!(alive, "keys were still there and are destroyed now");
        }
        Ok(())
    }
}
