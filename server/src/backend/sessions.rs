//! Who is signed in where.

use super::{DemoDoors, PgBackend, Visit, internal};
use crate::accounts::{hash, secret};
use crate::store::StoreError;
use app::backend::Caller;
use app::error::AppError;
use chrono::TimeDelta;
use domain::ids::PersonId;

impl PgBackend {
    /// Whose session it is. A region that is not theirs is answered as one that does not exist: sign in.
    pub(super) async fn visit(&self, caller: &Caller, region: &str) -> Result<Visit, AppError> {
        let token = caller.session.as_deref().ok_or(AppError::SignInRequired)?;
        let now = self.executors.clock().now();
        let session = self.store().session(hash(token), region, now).await;
        let (tenant, person) = session
            .map_err(|error| internal(caller, &error))?
            .ok_or(AppError::SignInRequired)?;
        let today = tenant.day(now);
        Ok(Visit {
            tenant,
            person,
            today,
            now,
            newer: false.into(),
        })
    }

    /// Enters a demo region as one of its people; answers the session's token and the region's language.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] where the demo doors are shut, [`AppError::NotFound`] for another region or person.
    pub async fn enter(
        &self,
        region: &str,
        person: PersonId,
        lasts: TimeDelta,
    ) -> Result<(String, String), AppError> {
        let caller = Caller::default();
        if self.doors == DemoDoors::Shut {
            return Err(AppError::Forbidden);
        }
        let broken = |error: StoreError| internal(&caller, &error);
        let tenant = self
            .store()
            .find_tenant(region)
            .await
            .map_err(broken)?
            .ok_or(AppError::NotFound)?;
        if !tenant.demo {
            return Err(AppError::NotFound);
        }
        let known = super::directory::names(self, tenant.tenant(), &[person])
            .await
            .map_err(broken)?;
        // Neither somebody else's person nor a forgotten one has a door here.
        if known.get(&person).is_none_or(Option::is_none) {
            return Err(AppError::NotFound);
        }
        let token = secret(self.executors.chance());
        let now = self.executors.clock().now();
        self.store()
            .begin_session(hash(&token), tenant.tenant(), person, now, now + lasts)
            .await
            .map_err(broken)?;
        Ok((token, tenant.language))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the database does not answer.
    pub async fn leave(&self, token: &str) -> Result<(), AppError> {
        let ended = self.store().end_session(hash(token)).await;
        ended.map_err(|error| internal(&Caller::default(), &error))
    }
}
