//! What a newer release recorded. Nobody here knows what it changed, so nothing is decided in that region any more until
//! the newer release is run: an order is refused, in words that say so, and an accepted one gets its first answer.

use super::worker::Worker;
use super::{CommandError, Job};
use crate::store::StoreError;
use crate::store::newer::Newer;
use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::views::codes;
use domain::recorded::Position;

impl Worker {
    /// Looks for it in the whole log, but for what a filling of the views has read already.
    pub(super) async fn look_for_newer(
        &mut self,
        scope: &mut TenantScope,
    ) -> Result<(), StoreError> {
        let read_to = codes::read_to(scope).await?;
        self.look_for_newer_after(read_to, scope).await
    }

    /// Looks for it in the log after a position.
    pub(super) async fn look_for_newer_after(
        &mut self,
        after: Position,
        scope: &mut TenantScope,
    ) -> Result<(), StoreError> {
        if let Some(name) = scope.newer_names(after).await?.into_iter().next() {
            self.met(Newer {
                position: name.first,
                what: format!("the event {}", name.name),
            });
        }
        Ok(())
    }

    /// Looks for it in an event that another process recorded.
    pub(super) fn look_for_newer_in(&mut self, row: &EventRow) {
        if let Err(StoreError::Newer(newer)) = row.recorded() {
            self.met(newer);
        }
    }

    fn met(&mut self, newer: Newer) {
        if self.newer.is_none() {
            tracing::error!(region = %self.tenant.slug, %newer, "orders are refused from now on");
            self.newer = Some(newer);
        }
    }

    /// Fails once something was met.
    pub(super) fn refuse_newer(&self) -> Result<(), StoreError> {
        match &self.newer {
            Some(newer) => Err(newer.clone().into()),
            None => Ok(()),
        }
    }

    /// Refuses orders, but for those that were accepted before.
    pub(super) async fn answer_newer(&self, jobs: Vec<Job>, newer: Newer) {
        let ids: Vec<_> = jobs.iter().map(|job| job.order.submission.id.0).collect();
        let remembered = self.remembered(&ids).await.unwrap_or_default();
        for job in jobs {
            match self.first_answer(&job, &remembered) {
                Some(first) => job.answer_again(first),
                None => job.answer(Err(CommandError::Newer(newer.clone()))),
            }
        }
    }
}
