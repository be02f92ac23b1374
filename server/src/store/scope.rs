//! The only way to a transaction: inside one region.

use super::error::StoreError;
use domain::ids::TenantId;
use sqlx::{PgConnection, Postgres, Transaction};

/// A transaction that sees and changes one region's rows only; row-level security holds it to that. Dropped without
/// [`commit`](Self::commit), it has changed nothing.
#[derive(Debug)]
pub struct TenantScope {
    transaction: Transaction<'static, Postgres>,
    tenant: TenantId,
}

impl TenantScope {
    pub(in crate::store) const fn new(
        transaction: Transaction<'static, Postgres>,
        tenant: TenantId,
    ) -> Self {
        Self {
            transaction,
            tenant,
        }
    }

    /// The region.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// For statements in this transaction.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Makes everything last.
    ///
    /// # Errors
    /// When Postgres does not confirm it.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}
