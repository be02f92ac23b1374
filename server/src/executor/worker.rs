//! The task of one region: takes what waits, decides it, lands it, answers.

use super::batch::{Batch, Decider, Verdict, digest};
use super::cache::Cache;
use super::erase::erases;
use super::lander::Lander;
use super::source::Source;
use super::{Accepted, CommandError, Executors, Job, Landed as Landing, Leaving};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::crypto::RegionKey;
use crate::metrics;
use crate::store::land::{Landed, Parcel};
use crate::store::newer::Newer;
use crate::store::read::Head;
use crate::store::row::{position, stored};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::rejection::Rejection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Orders that are decided and landed together at most: more gives no more throughput, only longer waits.
const BATCH_ORDERS_MAX: usize = 256;
/// How often a batch is tried before its callers are told to try again.
const ATTEMPTS_MAX: u32 = 12;

/// The task's own memory.
pub(super) struct Worker {
    pub(super) store: Store,
    pub(super) tenant: Tenant,
    pub(super) clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    lander: Lander,
    landed: broadcast::Sender<Landing>,
    idle: Duration,
    pub(super) cache: Cache,
    /// Where the log ends as far as the cached states go; `None` before the first order.
    pub(super) head: Option<Head>,
    pub(super) region_key: Option<RegionKey>,
    leaving: Leaving,
    /// What a newer release recorded, once it was met: nothing is decided any more.
    pub(super) newer: Option<Newer>,
}

/// How a batch is tried.
#[derive(Clone, Copy, Debug)]
struct How {
    /// With the head's lock in hand, so that nobody can be first.
    locked: bool,
    /// Taking a stream that nobody asked about before for one that has not begun; the landing proves it.
    presuming: bool,
}

/// What became of one try at a batch.
enum Tried {
    /// All are answered.
    Done,
    /// These are to be decided again, because another process was first or holds the head's lock.
    Overtaken(Vec<Job>),
    /// These are to be decided again, because a stream had begun or other commands of the batch were known already.
    Wiser(Vec<Job>),
    /// These are to be tried again after a moment.
    Again(Vec<Job>),
    /// One of these is at fault: each by itself.
    OneByOne(Vec<Job>),
}

impl Worker {
    pub(super) fn new(executors: &Executors, tenant: Tenant, leaving: Leaving) -> Self {
        let budget = executors.active.budget.clone();
        Self {
            store: executors.store.clone(),
            tenant,
            clock: executors.clock.clone(),
            chance: executors.chance.clone(),
            lander: executors.lander.clone(),
            landed: executors.landed.clone(),
            idle: executors.limits.idle,
            cache: Cache::new(budget, executors.limits.cache_bytes),
            head: None,
            region_key: None,
            leaving,
            newer: None,
        }
    }

    /// Runs until nobody can order any more, or nobody has for a while.
    pub(super) async fn run(mut self) {
        let queue = self.leaving.queue.clone();
        loop {
            if tokio::time::timeout(self.idle, queue.filled())
                .await
                .is_err()
                && queue.close_if_empty()
            {
                return;
            }
            // Whoever is ready now comes along; a lone caller loses nothing by it.
            tokio::task::yield_now().await;
            let jobs = queue.take(BATCH_ORDERS_MAX);
            if jobs.is_empty() {
                if queue.is_closed() {
                    return;
                }
                continue;
            }
            if let Some(jobs) = self.persist(jobs).await {
                // Its order is kept: nothing else is taken from the queue meanwhile.
                for job in jobs {
                    self.persist(vec![job]).await;
                }
            }
            self.cache.trim();
        }
    }

    /// Tries until all are answered, or gives them back to be landed one by one.
    async fn persist(&mut self, mut jobs: Vec<Job>) -> Option<Vec<Job>> {
        metrics::BATCH_ORDERS.observe(jobs.len() as u64);
        let mut how = How {
            locked: false,
            presuming: true,
        };
        for attempt in 0..ATTEMPTS_MAX {
            metrics::RETRIES.add(u64::from(attempt > 0));
            match self.attempt(jobs, how).await {
                Tried::Done => return None,
                Tried::OneByOne(jobs) => return Some(jobs),
                Tried::Overtaken(rest) => {
                    // Overtaken once: with the head's lock in hand nobody can be first again.
                    metrics::OVERTAKEN.add(1);
                    how.locked = true;
                    jobs = rest;
                }
                Tried::Wiser(rest) => {
                    how.presuming = false;
                    jobs = rest;
                }
                Tried::Again(rest) => {
                    jobs = rest;
                    tokio::time::sleep(Duration::from_millis(20) * 2u32.pow(attempt.min(6))).await;
                }
            }
        }
        give_up(jobs);
        None
    }

    async fn attempt(&mut self, jobs: Vec<Job>, how: How) -> Tried {
        match if how.locked {
            self.try_locked(&jobs, how).await
        } else {
            self.try_freely(&jobs, how).await
        } {
            Ok((batch, Landed::Yes)) => {
                self.after_landing(jobs, batch).await;
                Tried::Done
            }
            Ok((_, Landed::Overtaken)) => Tried::Overtaken(jobs),
            Err((batch, error)) => self.after_error(jobs, how, batch, error).await,
        }
    }

    /// Decides on what is cached, and lands if the log still ends there.
    async fn try_freely(
        &mut self,
        jobs: &[Job],
        how: How,
    ) -> Result<(Batch, Landed), (Option<Batch>, StoreError)> {
        let (head, region_key) = self.ready().await.map_err(|error| (None, error))?;
        self.refuse_newer().map_err(|error| (None, error))?;
        let (store, tenant) = (self.store.clone(), self.tenant.tenant());
        let mut source = Source::Pool(&store, tenant);
        let batch = self
            .decide(jobs, how, head, &region_key, &mut source)
            .await
            .map_err(|error| (None, error))?;
        if batch.landing.events.is_empty() {
            // Nothing to land, so nothing has told us yet whether the log still ends where this was decided.
            let now = self.read_head().await.map_err(|error| (None, error))?;
            let landed = if now.position == head.position {
                Landed::Yes
            } else {
                Landed::Overtaken
            };
            return Ok((batch, landed));
        }
        let parcel = Parcel {
            tenant,
            from: stored(head.position),
            landing: batch.landing.clone(),
        };
        match self.lander.land(parcel).await {
            Ok(landed) => Ok((batch, landed)),
            Err(error) => Err((Some(batch), error)),
        }
    }

    /// Takes the head's lock first, then reads, decides and lands in that transaction.
    async fn try_locked(
        &mut self,
        jobs: &[Job],
        how: How,
    ) -> Result<(Batch, Landed), (Option<Batch>, StoreError)> {
        let unsent = |error| (None, error);
        let (_, region_key) = self.ready().await.map_err(unsent)?;
        let mut scope = self
            .store
            .writing(self.tenant.tenant())
            .await
            .map_err(unsent)?;
        scope.idle_a_second_at_most().await.map_err(unsent)?;
        let head = scope.lock_head().await.map_err(unsent)?;
        self.catch_up_to(head, &mut scope).await.map_err(unsent)?;
        self.refuse_newer().map_err(unsent)?;
        let mut source = Source::Locked(&mut scope);
        let batch = self
            .decide(jobs, how, head, &region_key, &mut source)
            .await
            .map_err(unsent)?;
        match scope.land(stored(head.position), &batch.landing).await {
            Ok(Landed::Yes) => {}
            Ok(Landed::Overtaken) => return Ok((batch, Landed::Overtaken)),
            Err(error) => return Err((Some(batch), error)),
        }
        match scope.commit().await {
            Ok(()) => Ok((batch, Landed::Yes)),
            Err(error) => Err((Some(batch), error)),
        }
    }

    async fn decide(
        &mut self,
        jobs: &[Job],
        how: How,
        head: Head,
        region_key: &RegionKey,
        source: &mut Source<'_>,
    ) -> Result<Batch, StoreError> {
        let began = Instant::now();
        let mut decider = Decider {
            tenant: &self.tenant,
            clock: self.clock.as_ref(),
            chance: self.chance.as_ref(),
            region_key,
            cache: &mut self.cache,
            head,
            presuming: how.presuming,
        };
        let decided = decider.decide(jobs, source).await;
        metrics::DECIDE_SECONDS.observe_since(began);
        decided
    }

    /// The head and the region's key, read once.
    async fn ready(&mut self) -> Result<(Head, RegionKey), StoreError> {
        if let (Some(head), Some(key)) = (self.head, &self.region_key) {
            return Ok((head, key.clone()));
        }
        let mut scope = self.store.reading(self.tenant.tenant()).await?;
        let (key, _) = self.store.region_key(&mut scope).await?;
        let head = scope.head().await?;
        self.look_for_newer(&mut scope).await?;
        self.cache.clear();
        self.head = Some(head);
        self.region_key = Some(key.clone());
        Ok((head, key))
    }

    /// The batch is in the log: take it over, tell everybody, answer.
    async fn after_landing(&mut self, jobs: Vec<Job>, batch: Batch) {
        let erasures = batch.erasures();
        if let Some(last) = batch.landing.events.last() {
            metrics::EVENTS_LANDED.add(batch.landing.events.len() as u64);
            let message = Landing {
                tenant: self.tenant.tenant(),
                position: position(last.position),
            };
            // Nobody listens: fine.
            self.landed.send(message).ok();
            self.head = Some(batch.tip);
            self.cache.take_over(batch.changed);
        }
        // Whoever is told that something was erased finds it erased.
        let erased = self.erase(&erasures).await;
        let mut refused = Vec::new();
        for (job, verdict) in jobs.into_iter().zip(batch.verdicts) {
            match verdict {
                Verdict::Accepted(_) if !erased && erases(&job.order) => {
                    job.answer(Err(CommandError::TryAgain));
                }
                Verdict::Accepted(accepted) => job.answer(Ok(accepted)),
                Verdict::Failed(error) => job.answer(Err(error)),
                Verdict::Refused(rejection) => refused.push((job, rejection)),
            }
        }
        if !refused.is_empty() {
            self.answer_refused(refused).await;
        }
    }

    /// A refused command may have been accepted before, which is why it is refused now: then it gets that answer.
    async fn answer_refused(&mut self, refused: Vec<(Job, Rejection)>) {
        let ids: Vec<_> = refused
            .iter()
            .map(|(job, _)| job.order.submission.id.0)
            .collect();
        let remembered = self.remembered(&ids).await;
        for (job, rejection) in refused {
            match &remembered {
                Ok(remembered) => match self.first_answer(&job, remembered) {
                    Some(first) => self.answer_as_first(job, first).await,
                    None => job.answer(Err(CommandError::Refused(rejection))),
                },
                Err(error) => {
                    tracing::warn!(%error, "accepted commands cannot be read");
                    job.answer(Err(CommandError::TryAgain));
                }
            }
        }
    }

    /// The answer a command got when it was accepted, if it was.
    pub(super) fn first_answer(
        &self,
        job: &Job,
        remembered: &super::recover::Remembered,
    ) -> Option<Result<Accepted, CommandError>> {
        let before = remembered.get(&job.order.submission.id.0)?;
        let same = self
            .region_key
            .as_ref()
            .is_some_and(|key| digest(key, &job.order) == before.digest);
        Some(if same {
            Ok(Accepted::new(before.first_position, before.events))
        } else {
            Err(CommandError::OtherContent)
        })
    }

    /// Nothing landed, or nobody knows.
    async fn after_error(
        &mut self,
        jobs: Vec<Job>,
        how: How,
        batch: Option<Batch>,
        error: StoreError,
    ) -> Tried {
        if let StoreError::Newer(newer) = error {
            self.answer_newer(jobs, newer).await;
            return Tried::Done;
        }
        if error.reply_lost() {
            tracing::warn!(%error, "the connection was lost");
            return match batch {
                Some(mut batch) => match self.recover(&batch).await {
                    Ok(true) => {
                        // Others may have landed behind it: the states are read from the log anew.
                        batch.changed.clear();
                        self.after_landing(jobs, batch).await;
                        self.head = None;
                        Tried::Done
                    }
                    Ok(false) => Tried::Again(jobs),
                    Err(error) => {
                        tracing::error!(%error, "it stays unknown whether a batch landed");
                        give_up(jobs);
                        Tried::Done
                    }
                },
                None => Tried::Again(jobs),
            };
        }
        if self.key_was_rotated(&error).await {
            return Tried::Again(jobs);
        }
        if error.contended() {
            return if how.locked {
                Tried::Again(jobs)
            } else {
                Tried::Overtaken(jobs)
            };
        }
        if how.presuming && error.constraint() == Some("events_stream_version_key") {
            return Tried::Wiser(jobs);
        }
        if error.constraint() == Some("commands_pkey") {
            return self.answer_repeated(jobs).await;
        }
        if jobs.len() > 1 {
            return Tried::OneByOne(jobs);
        }
        let verdict = match error.constraint() {
            // The words of a text, or something only one may have: it is taken.
            Some("text_keys_pkey" | "reservations_pkey") => {
                CommandError::Refused(Rejection::AlreadyRegistered)
            }
            _ => {
                tracing::error!(%error, "a command could not be landed");
                CommandError::Internal
            }
        };
        for job in jobs {
            job.answer(Err(verdict.clone()));
        }
        Tried::Done
    }

    /// Some were accepted before: those get their first answer, the others are decided again without them.
    async fn answer_repeated(&mut self, jobs: Vec<Job>) -> Tried {
        let ids: Vec<_> = jobs.iter().map(|job| job.order.submission.id.0).collect();
        let remembered = match self.remembered(&ids).await {
            Ok(remembered) => remembered,
            Err(error) => {
                tracing::warn!(%error, "accepted commands cannot be read");
                return Tried::Again(jobs);
            }
        };
        let mut rest = Vec::new();
        for job in jobs {
            match self.first_answer(&job, &remembered) {
                Some(first) => self.answer_as_first(job, first).await,
                None => rest.push(job),
            }
        }
        if rest.is_empty() {
            Tried::Done
        } else {
            Tried::Wiser(rest)
        }
    }
}

fn give_up(jobs: Vec<Job>) {
    for job in jobs {
        job.answer(Err(CommandError::TryAgain));
    }
}
