//! Whose turn it is to fill a region.

use crate::store::scope::TenantScope;
use crate::store::{Store, StoreError};
use domain::ids::TenantId;
use std::time::Duration;

/// Between two looks at whether it is our turn.
const PAUSE: Duration = Duration::from_millis(250);
/// Tells this lock from others that are keyed by a region.
const FILLING: i32 = 0x66_69_6c_6c;

/// The right to fill a region. It ends with the connection, so a process that was killed leaves none behind.
pub(super) struct Turn(TenantScope);

impl Turn {
    /// Waits until nobody else fills the region.
    pub async fn wait(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        loop {
            let mut scope = store.writing(tenant).await?;
            // It is held for as long as the filling takes, without a statement in between.
            sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                .execute(scope.connection())
                .await?;
            let ours: bool =
                sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1, hashtext($2::text))")
                    .bind(FILLING)
                    .bind(tenant.0)
                    .fetch_one(scope.connection())
                    .await?;
            if ours {
                return Ok(Self(scope));
            }
            drop(scope);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets the next one begin.
    pub async fn end(self) {
        // A connection that is gone has let go already.
        self.0.commit().await.ok();
    }
}
