//! Keys that go: destroyed once their event has landed and before anybody is answered; and a region's key that was
//! replaced while this process held it.

use super::worker::Worker;
use super::{Accepted, CommandError, Job, Order};
use crate::store::StoreError;
use crate::store::erased::Erasure;
use crate::store::keys::Sort;
use domain::command::Command;
use domain::person::PersonCommand;
use domain::recorded::Position;
use std::time::Duration;

/// How often destroying is tried, with pauses that grow. The follower does it where nothing helps.
const ATTEMPTS_MAX: u32 = 6;
/// The constraints that refuse what a replaced region key wrapped.
const MARKS: [&str; 2] = ["text_keys_mark_check", "person_keys_mark_check"];

/// Whether an order, once accepted, has destroyed a key.
pub(super) const fn erases(order: &Order) -> bool {
    erasure(order, 0).is_some()
}

/// What an accepted order erased.
const fn erasure(order: &Order, position: Position) -> Option<Erasure> {
    let (sort, id) = match &order.submission.command {
        Command::Person(PersonCommand::Forget { person }) => (Sort::Person, person.0),
        Command::WithdrawText { text, .. } => (Sort::Text, text.0),
        _ => return None,
    };
    Some(Erasure { sort, id, position })
}

impl Worker {
    /// Destroys keys; whether they are gone.
    pub(super) async fn erase(&self, erasures: &[Erasure]) -> bool {
        if erasures.is_empty() {
            return true;
        }
        for attempt in 0..ATTEMPTS_MAX {
            match self.try_to_erase(erasures).await {
                Ok(()) => return true,
                Err(error) => tracing::warn!(%error, attempt, "keys were not destroyed"),
            }
            tokio::time::sleep(Duration::from_millis(20) * 2u32.pow(attempt)).await;
        }
        tracing::error!("keys are left for the follower to destroy");
        false
    }

    async fn try_to_erase(&self, erasures: &[Erasure]) -> Result<(), StoreError> {
        let mut scope = self.store.writing(self.tenant.tenant()).await?;
        scope.erase(erasures, self.clock.now()).await?;
        scope.commit().await
    }

    /// Answers a command that was accepted before. Its first answer may never have come because the key was still
    /// there: it is gone by this one.
    pub(super) async fn answer_as_first(&self, job: Job, first: Result<Accepted, CommandError>) {
        let erasure = first.as_ref().ok().and_then(|accepted| {
            let position = accepted.first_position;
            erasure(&job.order, position)
        });
        match erasure {
            Some(erasure) if !self.erase(&[erasure]).await => {
                job.answer(Err(CommandError::TryAgain));
            }
            _ => job.answer_again(first),
        }
    }

    /// Whether a batch did not land because the region's key was replaced meanwhile; then the new one is held now.
    pub(super) async fn key_was_rotated(&mut self, error: &StoreError) -> bool {
        let refused = error.constraint().is_some_and(|name| MARKS.contains(&name));
        if !refused && !matches!(error, StoreError::RegionKey) {
            return false;
        }
        let Some(held) = self.region_key.take() else {
            return false;
        };
        // Where it cannot be read now, it is before the next order.
        let Ok(mut scope) = self.store.reading(self.tenant.tenant()).await else {
            return refused;
        };
        let Ok((key, _)) = self.store.region_key(&mut scope).await else {
            return refused;
        };
        let rotated = key.mark() != held.mark();
        self.region_key = Some(key);
        rotated
    }
}
