//! The feed: what follows the logs of all regions, from any process, and loses nothing.
//!
//! **Reading.** A region's positions have no gaps and are handed out under its head's lock, so "the events after *p*"
//! is the whole truth about order: no sequence, no transaction id, no clock, and a transaction left open somewhere
//! holds nobody up. [`Feed::page`] reads them.
//!
//! **Waking.** A process tells its own listeners of each landing at once, and other processes by one notification per
//! 20 ms at most, sent outside the landing's transaction ([`wake`]). That is a hint and may be lost; every two seconds
//! one query over all regions finds who is behind ([`crate::store::feed`]). Regions where nothing happens cost nothing
//! but their line in that query. [`Feed::grown`] is the same hint for whoever shows a page.
//!
//! **Following.** A [`Follower`] is given the events of a region in order, in slices. Its checkpoint lies in
//! `followers` and moves in the transaction that its effects were written in: what a follower does in Postgres happens
//! exactly once, whatever is killed and when; what it does elsewhere happens at least once. A region is worked for by
//! one process at a time, under a lease by the database's clock. Whoever was frozen and comes back finds that the
//! *fence* of its lease is no longer the row's: its checkpoint does not move, so its effects are undone with it
//! ([`mod@slice`]).
//!
//! **Fairness.** Regions and followers take turns, a slice each, a few at a time ([`schedule`]): a region that is far
//! behind delays another by one slice.
//!
//! **Failing.** A slice that fails is halved until the event is found that cannot be dealt with. It is set aside in
//! `parked` under the key that the follower gives it, its later events behind it; all others flow on. It is tried
//! again a few times, ever less often, and then waits for a person: `samspor feed status` shows it, `samspor feed
//! retry` asks for another round, after which what waits behind it follows in order. `samspor feed drop` does without
//! an event, says why, and is kept for ever. An event that this release cannot *read* is never set aside: the region is
//! left to a process that can.
//!
//! # To add a follower
//!
//! 1. Implement [`Follower`]: a name for ever, what its events are about ([`Follower::key`]), what it does with them.
//!    Write its effects through the scope it is given, so that they are done once; send mail and the like from rows
//!    written so, under ids made from (name, position).
//! 2. Add it to the list in [`crate::run`]. It begins with the first event of every region. There is no migration: its
//!    rows in `followers` come by themselves.
//! 3. Test it through a [`Runner`], which does round by round what the service does by itself.

mod figures;
mod follower;
mod runner;
mod schedule;
mod slice;
mod wake;

pub use figures::{Figure, Figures};
pub use follower::{FollowError, Follower};
pub use runner::Runner;

use crate::clock::Clock;
use crate::executor::Landed;
use crate::store::row::EventRow;
use crate::store::{Store, StoreError};
use domain::ids::TenantId;
use domain::recorded::Position;
use slice::Held;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Growths that a listener may lag behind.
const GROWN_MAX: usize = 4_096;

/// How patient the feed is.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How often all regions are asked for, lest a notification was lost.
    pub poll: Duration,
    /// The shortest time between two notifications of one process.
    pub notify: Duration,
    /// How long a region belongs to a process that says nothing more.
    pub lease: Duration,
    /// Slices that are worked on at a time. Each needs one connection, some followers a second.
    pub slices: usize,
    /// How often an event is tried before it waits for a person.
    pub attempts: i32,
    /// How long after the first failure it is tried again; four times longer after each further one.
    pub again: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(2),
            notify: Duration::from_millis(20),
            lease: Duration::from_secs(10),
            slices: 3,
            attempts: 5,
            again: Duration::from_secs(1),
        }
    }
}

/// The followers of this process. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    /// This process, as long as it runs.
    holder: Uuid,
    followers: Vec<Arc<dyn Follower>>,
    settings: Settings,
    held: Mutex<HashMap<Work, Held>>,
    grown: broadcast::Sender<Landed>,
    figures: Figures,
}

/// A follower, by its place in the list, in a region.
type Work = (usize, TenantId);

impl Feed {
    /// Follows nothing yet; `holder` is an id that no other process has.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        holder: Uuid,
        followers: Vec<Arc<dyn Follower>>,
        settings: Settings,
    ) -> Self {
        let (grown, _) = broadcast::channel(GROWN_MAX);
        Self(Arc::new(Inner {
            store,
            clock,
            holder,
            followers,
            settings,
            held: Mutex::default(),
            grown,
            figures: Figures::new(),
        }))
    }

    /// Events of a region after a position, at most `limit`, in order, with where its log ends.
    ///
    /// # Errors
    /// Of the database.
    pub async fn page(
        store: &Store,
        tenant: TenantId,
        after: Position,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        store.reading(tenant).await?.rows_after(after, limit).await
    }

    /// Follows until it is dropped: hears of this process's landings, tells others, is told by them, and works.
    pub async fn run(&self, landings: broadcast::Receiver<Landed>) {
        tokio::join!(
            wake::tell(self, landings),
            wake::listen(self),
            self.runner().run(self.grown()),
        );
    }

    /// What works for the followers, to be moved by hand.
    #[must_use]
    pub fn runner(&self) -> Runner {
        Runner::new(self.clone())
    }

    /// Hears of every region's growth from now on, in whatever process it was. A hint: it may come late or, with a
    /// broken connection, never. Who must not miss anything is a [`Follower`].
    #[must_use]
    pub fn grown(&self) -> broadcast::Receiver<Landed> {
        self.0.grown.subscribe()
    }

    /// What this process has done.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// Lets go of the regions this process works for, so that others need not wait for its leases to end. To be called
    /// once nothing runs any more.
    ///
    /// # Errors
    /// Of the database.
    pub async fn stop(&self) -> Result<(), StoreError> {
        self.0.store.let_go(self.0.holder).await
    }
}
