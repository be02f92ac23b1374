//! The executor: decides commands on the state at the head of a region's log and lands what they bring.
//!
//! One task per active region and process. Orders pass a bounded queue in order; what waits together is decided on a
//! copy of the cached states and lands in one call, on condition that the log still ends where the states stand. So
//! every decision was made on the region's whole state, and nothing is answered before Postgres has flushed it.

mod batch;
mod cache;
mod newer;
mod recover;
mod seal;
mod source;
mod worker;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::store::newer::Newer;
use crate::store::{Store, StoreError};
use domain::actor::Actor;
use domain::command::Submission;
use domain::ids::TenantId;
use domain::recorded::Position;
use domain::rejection::Rejection;
use domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{broadcast, mpsc, oneshot};
use uuid::Uuid;

/// Orders that wait for one region before callers are told to try again: a second of work.
const QUEUE_ORDERS_MAX: usize = 4_096;
/// Landings that a listener may lag behind before it has to look for itself.
const LANDED_MAX: usize = 4_096;

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

/// Says that a region's log grew.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Which region's.
    pub tenant: TenantId,
    /// First new position.
    pub first: Position,
    /// Last new position.
    pub last: Position,
    /// What the new events are about, each once.
    pub about: Arc<[Uuid]>,
    /// Which documents they change, by view, each once.
    pub documents: Arc<[(&'static str, Uuid)]>,
}

struct Job {
    order: Order,
    answer: oneshot::Sender<Result<Accepted, CommandError>>,
}

/// All executors of this process.
#[derive(Clone)]
pub struct Executors {
    store: Store,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    queues: Arc<Mutex<HashMap<TenantId, mpsc::Sender<Job>>>>,
    landed: broadcast::Sender<Landed>,
}

impl Executors {
    /// None is active yet.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        let (landed, _) = broadcast::channel(LANDED_MAX);
        Self {
            store,
            clock,
            chance,
            queues: Arc::default(),
            landed,
        }
    }

    /// The executor of a region; starts it where it is not active.
    ///
    /// # Errors
    /// [`StoreError::UnknownTenant`], or of the database.
    pub async fn of(&self, tenant: TenantId) -> Result<Executor, StoreError> {
        if let Some(queue) = self.active(tenant) {
            return Ok(Executor { queue });
        }
        let row = self.store.tenant(tenant).await?;
        let mut queues = self
            .queues
            .lock()
            .expect("nothing panics while it holds the queues");
        if let Some(queue) = queues.get(&tenant).filter(|queue| !queue.is_closed()) {
            return Ok(Executor {
                queue: queue.clone(),
            });
        }
        let (queue, jobs) = mpsc::channel(QUEUE_ORDERS_MAX);
        queues.insert(tenant, queue.clone());
        let worker = worker::Worker::new(
            self.store.clone(),
            row,
            self.clock.clone(),
            self.chance.clone(),
            self.landed.clone(),
        );
        tokio::spawn(worker.run(jobs));
        Ok(Executor { queue })
    }

    fn active(&self, tenant: TenantId) -> Option<mpsc::Sender<Job>> {
        let queues = self
            .queues
            .lock()
            .expect("nothing panics while it holds the queues");
        // A worker that panicked has closed its queue; another takes its place.
        queues
            .get(&tenant)
            .filter(|queue| !queue.is_closed())
            .cloned()
    }

    /// Hears of every landing of this process from now on.
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
}

/// The executor of one region. Cheap to clone.
#[derive(Clone)]
pub struct Executor {
    queue: mpsc::Sender<Job>,
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
        // Without an answer the worker panicked: whether it had landed, the same command again will tell.
        self.0.await.unwrap_or(Err(CommandError::TryAgain))
    }
}

impl Executor {
    /// Decides an order and lands what it brings.
    ///
    /// # Errors
    /// [`CommandError`] when the command brought nothing; [`CommandError::TryAgain`] also when the queue is full.
    pub async fn submit(&self, order: Order) -> Result<Accepted, CommandError> {
        let (answer, pending) = oneshot::channel();
        if self.queue.try_send(Job { order, answer }).is_err() {
            return Err(CommandError::TryAgain);
        }
        Pending(pending).answer().await
    }

    /// Queues an order, waiting for room, and returns before it is decided. Orders queued one after another by one
    /// caller are decided in that order.
    ///
    /// # Errors
    /// [`CommandError::TryAgain`] when the executor has stopped.
    pub async fn enqueue(&self, order: Order) -> Result<Pending, CommandError> {
        let (answer, pending) = oneshot::channel();
        match self.queue.send(Job { order, answer }).await {
            Ok(()) => Ok(Pending(pending)),
            Err(_) => Err(CommandError::TryAgain),
        }
    }
}
