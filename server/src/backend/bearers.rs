//! Programs that show a token instead of a session.

use super::{PgBackend, Visit, internal};
use crate::store::StoreError;
use crate::tokens::{self, Scope};
use app::backend::Caller;
use app::error::AppError;

/// Why a token did not do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Denied {
    /// None was shown.
    NoToken,
    /// Nobody made it, or it is over.
    NotValid,
    /// It is not for that.
    Scope(Scope),
    /// It is, but not for this region, or something broke.
    Other(AppError),
}

impl PgBackend {
    /// Whom a token stands for, in the region it was made for. Another region is answered as one that does not exist.
    pub(crate) async fn bearer(
        &self,
        caller: &Caller,
        token: Option<&str>,
        region: &str,
        scope: Scope,
    ) -> Result<Visit, Denied> {
        let hash = tokens::hash(token.ok_or(Denied::NoToken)?).ok_or(Denied::NotValid)?;
        let broken = |error: StoreError| Denied::Other(internal(caller, &error));
        let now = self.executors.clock().now();
        let token = self.store().use_token(hash, now).await.map_err(broken)?;
        let token = token.ok_or(Denied::NotValid)?;
        let tenant = match self.store().tenant(token.tenant).await {
            Ok(tenant) if tenant.slug == region => tenant,
            Ok(_) | Err(StoreError::UnknownTenant) => {
                return Err(Denied::Other(AppError::NotFound));
            }
            Err(error) => return Err(broken(error)),
        };
        if !token.scopes.iter().any(|one| one == scope.name()) {
            return Err(Denied::Scope(scope));
        }
        let today = tenant.day(now);
        Ok(Visit {
            tenant,
            person: token.person,
            today,
            now,
            newer: false.into(),
        })
    }
}
