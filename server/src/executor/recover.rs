//! Catching up with the log: with what other processes landed, and with what we may have landed ourselves.

use super::batch::Batch;
use super::worker::Worker;
use crate::store::StoreError;
use crate::store::read;
use crate::store::read::Head;
use crate::store::scope::TenantScope;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// Missed events that are taken in one by one; beyond that the cache is emptied instead.
const TAIL_MAX: u64 = 2_000;
/// How often the database is asked whether a batch landed, with pauses that grow to a second.
const RECOVERIES_MAX: u32 = 15;

/// Accepted commands by id.
pub(super) type Remembered = HashMap<Uuid, read::Remembered>;

impl Worker {
    pub(super) async fn read_head(&self) -> Result<Head, StoreError> {
        self.store.reading(self.tenant.tenant()).await?.head().await
    }

    pub(super) async fn remembered(&self, ids: &[Uuid]) -> Result<Remembered, StoreError> {
        let mut scope = self.store.reading(self.tenant.tenant()).await?;
        Ok(scope.remembered(ids).await?.into_iter().collect())
    }

    /// Brings the cached states up to where the log ends now.
    pub(super) async fn catch_up(&mut self) -> Result<(), StoreError> {
        let mut scope = self.store.reading(self.tenant.tenant()).await?;
        let head = scope.head().await?;
        self.catch_up_to(head, &mut scope).await
    }

    /// Brings the cached states up to a head that `scope` sees.
    pub(super) async fn catch_up_to(
        &mut self,
        head: Head,
        scope: &mut TenantScope,
    ) -> Result<(), StoreError> {
        let from = self.head.map_or(0, |head| head.position);
        // Until all is taken in, the cache stands nowhere.
        self.head = None;
        match head.position.checked_sub(from) {
            Some(0) => {}
            Some(missed) if missed <= TAIL_MAX => {
                let limit = i64::try_from(missed).unwrap_or(i64::MAX);
                for row in scope.rows_after(from, limit).await? {
                    self.look_for_newer_in(&row);
                    self.cache.hear(&row);
                }
            }
            _ => {
                self.cache.clear();
                self.look_for_newer_after(from, scope).await?;
            }
        }
        self.head = Some(head);
        Ok(())
    }

    /// Whether a batch landed whose reply was lost. Asked on a new connection, until the database answers. A session
    /// that is still at it cannot do harm: landing again waits for the head's lock, and only one of the two finds the
    /// log where it should end.
    pub(super) async fn recover(&mut self, batch: &Batch) -> Result<bool, StoreError> {
        let ids: Vec<Uuid> = batch
            .landing
            .commands
            .iter()
            .map(|command| command.id)
            .collect();
        let mut pause = Duration::from_millis(20);
        for _ in 1..RECOVERIES_MAX {
            if let Ok(landed) = self.landed(&ids, batch).await {
                return Ok(landed);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
        self.landed(&ids, batch).await
    }

    async fn landed(&mut self, ids: &[Uuid], batch: &Batch) -> Result<bool, StoreError> {
        let remembered = self.remembered(ids).await?;
        let ours = batch.landing.commands.iter().all(|command| {
            remembered.get(&command.id).is_some_and(|before| {
                before.digest == command.digest
                    && crate::store::row::stored(before.first_position) == command.first_position
            })
        });
        self.catch_up().await?;
        Ok(ours)
    }
}
