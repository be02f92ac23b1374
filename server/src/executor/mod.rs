//! The executor: decides commands on the state at the head of a region's log and lands what they bring.
//!
//! # An append, from call to commit
//!
//! 1. [`Executor::submit`] puts the order into its region's queue ([`queue`]), into the lane of who acts. A full lane or
//!    queue answers "try again" at once.
//! 2. The region's one task ([`worker`]) lets everybody who is ready speak, then takes up to 256 orders, one of each lane
//!    in turn. A lone order is not kept waiting for company.
//! 3. Each is decided by [`domain::rule::decide`] on cached states ([`cache`]) as the orders before it have left them
//!    ([`batch`]). What is missing is read in one query for all orders of the batch. A stream that is not cached is
//!    presumed not to have begun, if the order begins it: its first event lands as version 1, which only one can have.
//! 4. What it brings is sealed, numbered and hashed, and taken into copies of the states.
//! 5. The batch goes to the process's [`lander`]. Batches of several regions that wait there share one call: `land_each`
//!    sets one region after the other and lands each with `land`, on condition that its log still ends where its states
//!    stand, in a block of its own. One batch alone is landed by `land` itself. There are at most two calls under way.
//! 6. Postgres has flushed: the states are taken over, listeners are told, callers are answered.
//!
//! Where the log ended elsewhere, the batch was *overtaken*: the head's lock is taken first, what was missed is read, and
//! the batch is decided again and landed in that transaction. Where the *reply was lost*, the log is asked before anybody
//! is answered ([`recover`]). Where a batch fails for any other reason, its orders are landed one by one. A region in
//! which nobody has ordered anything for minutes gives its memory back.
//!
//! Batches are not decided ahead of the one that is being flushed: with callers that wait for their answers there is
//! nothing to decide then, and `samspor bench append` shows that deciding is a small part of the time.
//!
//! # What is promised, and the test that proves it
//!
//! - An accepted command's events are in the log, flushed, in one place, without gaps, whoever else writes:
//!   `store_contract::sixteen_writers_on_one_stream_through_two_processes_lose_and_double_nothing`; and whatever breaks
//!   meanwhile, from SIGKILL to a full disk: `cargo xtask storm`, of which the checks hold a short one.
//! - Who follows the log is handed every event once and in order, also while a transaction stays open:
//!   `torture::sixteen_writers_and_an_open_transaction_make_a_follower_miss_nothing`, beside a store that orders by a
//!   sequence and loses one.
//! - Every decision was made on the region's whole state, nothing stale lands:
//!   `store_contract::an_overtaken_executor_reads_what_it_missed_and_decides_again`; not by a process that froze before
//!   it landed, nor by one that froze with the lock in hand, which holds nobody up for long:
//!   `executors::a_process_frozen_before_it_landed_cannot_land_what_is_stale_by_then`,
//!   `executors::a_process_frozen_with_the_heads_lock_keeps_a_region_from_nobody_for_long`, and a whole service stopped
//!   by SIGSTOP and woken in the storm's `server frozen`.
//! - What was presumed is proved: `executors::what_had_begun_is_found_by_who_presumed_it_had_not`.
//! - A command sent again gets its first answer, also after a lost reply; its id with other content is an error; a
//!   refused command is not remembered: `store_contract::the_same_command_twice_gets_the_first_answer`,
//!   `faults::a_landing_whose_reply_was_lost_is_found_in_the_log`,
//!   `faults::a_landing_that_never_arrived_is_landed_again`,
//!   `store_contract::another_command_with_the_same_id_is_an_error`,
//!   `store_contract::a_refused_command_is_not_remembered`.
//! - A command that overwrites what changed since it was seen is refused with the event that changed it:
//!   `features_meeting`, `features_network` and `features_commitment` expect `Rejection::Changed` with its position.
//! - One bad command hurts only itself: `store_contract::one_bad_command_hurts_only_itself`. What becomes of one region's
//!   batch is nothing to the others of its call:
//!   `executors::of_regions_in_one_call_what_becomes_of_one_is_nothing_to_the_others`.
//! - Whoever is told that a person was forgotten or a text withdrawn finds the key destroyed; where a process died before
//!   it got to that, a follower does it: `privacy::a_process_that_died_before_it_destroyed_the_key_is_made_up_for`.
//! - A rotated region key is met by processes that still hold the one before:
//!   `privacy::an_executor_that_holds_the_key_before_the_rotation_seals_nothing_with_it`.
//! - Regions that wait together share a call: `executors::regions_that_wait_together_share_a_call`.
//! - Each process gets its share of a region, and of many: `store_contract::of_two_processes_neither_starves`,
//!   `executors::of_two_processes_in_many_regions_neither_starves_in_any`.
//! - Each caller gets a share too, and the orders of one keep their order:
//!   `executors::who_brings_a_thousand_orders_keeps_no_other_caller_waiting`,
//!   `store_contract::orders_of_one_caller_are_decided_in_their_order`.
//! - Memory is bounded and given back: `executors::a_cache_that_is_too_small_costs_reads_and_nothing_else`,
//!   `executors::an_executor_without_orders_gives_its_memory_back_and_the_next_order_starts_another`.

mod batch;
mod cache;
mod erase;
mod lander;
mod newer;
mod queue;
mod recover;
mod seal;
mod source;
mod worker;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::metrics;
use crate::store::newer::Newer;
use crate::store::{Store, StoreError};
use cache::Budget;
use domain::actor::Actor;
use domain::command::Submission;
use domain::ids::TenantId;
use domain::recorded::Position;
use domain::rejection::Rejection;
use domain::time::Timestamp;
use lander::Lander;
use queue::{Full, Lane, Queue};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

/// Landings that a listener may lag behind before it has to look for itself.
const LANDED_MAX: usize = 4_096;
/// How often an order looks for an executor that takes it: one that is about to stop may be found twice.
const KNOCKS_MAX: u32 = 3;

/// What the executors of a process may hold on to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Estimated bytes of cached states, of all regions together.
    pub cache_bytes: usize,
    /// How long an executor without orders keeps its states.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            idle: Duration::from_mins(5),
        }
    }
}

/// A command on its way to be decided.
#[derive(Clone, Debug)]
pub struct Order {
    /// The command with what accompanies it.
    pub submission: Submission,
    /// Who issues it.
    pub actor: Actor,
    /// When, where somebody else's clock counts: the demo moves through the years. `None`: the executor's clock.
    pub now: Option<Timestamp>,
    /// What it began with; `None`: with this command.
    pub correlation: Option<Uuid>,
    /// The event that caused it.
    pub causation: Option<Position>,
}

impl Order {
    /// An order issued now, caused by nothing.
    #[must_use]
    pub const fn new(submission: Submission, actor: Actor) -> Self {
        Self {
            submission,
            actor,
            now: None,
            correlation: None,
            causation: None,
        }
    }
}

/// The answer to an accepted command. The same command again gets the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Where its events begin.
    pub first_position: Position,
    /// How many it brought.
    pub events: u32,
    /// Its last event: a reader that has come this far sees all of it.
    pub position: Position,
}

impl Accepted {
    pub(crate) fn new(first_position: Position, events: u32) -> Self {
        Self {
            first_position,
            events,
            position: (first_position + u64::from(events)).saturating_sub(1),
        }
    }
}

/// Why a command brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The answer is no.
    #[error("refused: {0}")]
    Refused(Rejection),
    /// Its id belongs to a command with other content.
    #[error("another command has this id")]
    OtherContent,
    /// Too much is going on, or the database does not answer; the same command may be sent again.
    #[error("try again")]
    TryAgain,
    /// A newer release has recorded what this one cannot judge by.
    #[error("nothing was recorded: {0}")]
    Newer(Newer),
    /// Our fault; the reason is in the server's own log.
    #[error("something went wrong in the server")]
    Internal,
}

/// Says that a region's log has come this far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Which region's.
    pub tenant: TenantId,
    /// Its last event's position.
    pub position: Position,
}

struct Job {
    order: Order,
    answer: oneshot::Sender<Result<Accepted, CommandError>>,
    arrived: Instant,
}

impl Job {
    fn new(order: Order) -> (Self, Pending) {
        let (answer, pending) = oneshot::channel();
        let job = Self {
            order,
            answer,
            arrived: Instant::now(),
        };
        (job, Pending(pending))
    }

    /// Answers. A caller that has gone away misses it.
    fn answer(self, answer: Result<Accepted, CommandError>) {
        let outcome = match &answer {
            Ok(_) => "accepted",
            Err(CommandError::Refused(Rejection::Changed { .. })) => "changed",
            Err(CommandError::Refused(_)) => "refused",
            Err(CommandError::OtherContent) => "other_content",
            Err(CommandError::TryAgain) => "try_again",
            Err(CommandError::Newer(_)) => "newer",
            Err(CommandError::Internal) => "internal",
        };
        self.tell(outcome, answer);
    }

    /// Answers a command that was accepted before as then.
    fn answer_again(self, answer: Result<Accepted, CommandError>) {
        if answer.is_ok() {
            self.tell("repeated", answer);
        } else {
            self.answer(answer);
        }
    }

    fn tell(self, outcome: &'static str, answer: Result<Accepted, CommandError>) {
        metrics::ORDERS.add(outcome, 1);
        metrics::APPEND_SECONDS.observe_since(self.arrived);
        self.answer.send(answer).ok();
    }
}

/// All executors of this process.
#[derive(Clone)]
pub struct Executors {
    store: Store,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    limits: Limits,
    lander: Lander,
    active: Arc<Active>,
    landed: broadcast::Sender<Landed>,
}

/// The executors at work. When nobody can order anything any more, they finish what waits and stop.
#[derive(Default)]
struct Active {
    queues: Mutex<HashMap<TenantId, Arc<Queue>>>,
    budget: Arc<Budget>,
    callers: AtomicU64,
}

impl Active {
    fn queues(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Queue>>> {
        self.queues
            .lock()
            .expect("nothing panics while it holds the queues")
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        for queue in self.queues().values() {
            queue.finish();
        }
    }
}

/// Held by an executor's task: when that ends, however it ends, its queue takes nothing more and another can start.
struct Leaving {
    active: Weak<Active>,
    tenant: TenantId,
    queue: Arc<Queue>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.queue.close();
        metrics::EXECUTORS.add(-1);
        if let Some(active) = self.active.upgrade() {
            let mut queues = active.queues();
            if queues
                .get(&self.tenant)
                .is_some_and(|queue| Arc::ptr_eq(queue, &self.queue))
            {
                queues.remove(&self.tenant);
            }
        }
    }
}

impl Executors {
    /// None is active yet.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self::with_limits(store, clock, chance, Limits::default())
    }

    /// As [`new`](Self::new), with other limits.
    #[must_use]
    pub fn with_limits(
        store: Store,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        limits: Limits,
    ) -> Self {
        let (landed, _) = broadcast::channel(LANDED_MAX);
        Self {
            lander: Lander::new(store.clone()),
            store,
            clock,
            chance,
            limits,
            active: Arc::default(),
            landed,
        }
    }

    /// The executor of a region; starts it where it is not active. Orders are taken in turn of who acts in them.
    ///
    /// # Errors
    /// [`StoreError::UnknownTenant`], or of the database.
    pub async fn of(&self, tenant: TenantId) -> Result<Executor, StoreError> {
        let queue = self.queue(tenant).await?;
        Ok(Executor {
            executors: self.clone(),
            tenant,
            queue,
            caller: None,
        })
    }

    async fn queue(&self, tenant: TenantId) -> Result<Arc<Queue>, StoreError> {
        // A worker that stopped has closed its queue; another takes its place.
        let open = |queue: &&Arc<Queue>| !queue.is_closed();
        if let Some(queue) = self.active.queues().get(&tenant).filter(open) {
            return Ok(queue.clone());
        }
        let row = self.store.tenant(tenant).await?;
        let mut queues = self.active.queues();
        if let Some(queue) = queues.get(&tenant).filter(open) {
            return Ok(queue.clone());
        }
        let queue = Arc::new(Queue::default());
        queues.insert(tenant, queue.clone());
        drop(queues);
        metrics::EXECUTORS.add(1);
        let leaving = Leaving {
            active: Arc::downgrade(&self.active),
            tenant,
            queue: queue.clone(),
        };
        let worker = worker::Worker::new(self, row, leaving);
        tokio::spawn(worker.run());
        Ok(queue)
    }

    /// How many regions have an executor at work.
    #[must_use]
    pub fn active(&self) -> usize {
        self.active.queues().len()
    }

    /// Hears of every landing of this process from now on; of other processes' too through [`crate::feed::Feed::grown`].
    #[must_use]
    pub fn landings(&self) -> broadcast::Receiver<Landed> {
        self.landed.subscribe()
    }

    /// Where the events lie.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The clock that decisions are made by.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The clock, to keep.
    #[must_use]
    pub fn shared_clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Where ids and keys come from.
    #[must_use]
    pub fn chance(&self) -> &dyn Chance {
        self.chance.as_ref()
    }

    /// Where ids and keys come from, to keep.
    #[must_use]
    pub fn shared_chance(&self) -> Arc<dyn Chance> {
        self.chance.clone()
    }
}

/// The executor of one region. Cheap to clone.
#[derive(Clone)]
pub struct Executor {
    executors: Executors,
    tenant: TenantId,
    queue: Arc<Queue>,
    caller: Option<u64>,
}

/// An order in the queue.
#[must_use = "an order is only known to be accepted once its answer has come"]
pub struct Pending(oneshot::Receiver<Result<Accepted, CommandError>>);

impl Pending {
    /// Waits for the answer.
    ///
    /// # Errors
    /// [`CommandError`] when the command brought nothing.
    pub async fn answer(self) -> Result<Accepted, CommandError> {
        // Without an answer the worker stopped: whether it had landed, the same command again will tell.
        self.0.await.unwrap_or(Err(CommandError::TryAgain))
    }
}

impl Executor {
    /// For a caller whose orders are one row of orders, whoever acts in them: they are decided in the order in which
    /// this executor and its clones are given them.
    #[must_use]
    pub fn for_one_caller(self) -> Self {
        let caller = self
            .executors
            .active
            .callers
            .fetch_add(1, Ordering::Relaxed);
        Self {
            caller: Some(caller),
            ..self
        }
    }

    /// Decides an order and lands what it brings.
    ///
    /// # Errors
    /// [`CommandError`] when the command brought nothing; [`CommandError::TryAgain`] also when the queue is full.
    pub async fn submit(&self, order: Order) -> Result<Accepted, CommandError> {
        let lane = self.lane(&order);
        let (job, pending) = Job::new(order);
        let mut pushed = self.queue.push(lane, job);
        for _ in 0..KNOCKS_MAX {
            match pushed {
                Err(Full::Closed(job)) => pushed = self.open_queue().await?.push(lane, *job),
                Err(Full::Queue(job)) => {
                    job.answer(Err(CommandError::TryAgain));
                    break;
                }
                Ok(()) => break,
            }
        }
        pending.answer().await
    }

    /// Queues an order, waiting for room, and returns before it is decided. Orders queued one after another by one
    /// caller are decided in that order: by one person, or with [`for_one_caller`](Self::for_one_caller).
    ///
    /// # Errors
    /// [`CommandError::TryAgain`] when no executor takes it.
    pub async fn enqueue(&self, order: Order) -> Result<Pending, CommandError> {
        let lane = self.lane(&order);
        let (mut job, pending) = Job::new(order);
        let mut queue = self.queue.clone();
        for _ in 0..KNOCKS_MAX {
            match queue.push_when_there_is_room(lane, job).await {
                Err(Full::Closed(back) | Full::Queue(back)) => job = *back,
                Ok(()) => return Ok(pending),
            }
            queue = self.open_queue().await?;
        }
        Err(CommandError::TryAgain)
    }

    fn lane(&self, order: &Order) -> Lane {
        self.caller.map_or(Lane::Actor(order.actor), Lane::Caller)
    }

    /// The queue of an executor that started after ours stopped.
    async fn open_queue(&self) -> Result<Arc<Queue>, CommandError> {
        self.executors.queue(self.tenant).await.map_err(|error| {
            tracing::warn!(%error, "an executor could not be started");
            CommandError::TryAgain
        })
    }
}
