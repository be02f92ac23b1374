//! The queue of one region: bounded, fair between callers, in order for each of them.
//!
//! Every caller has a lane. A batch takes one order from each lane in turn, so that somebody who brings thousands waits
//! behind nobody, and nobody behind all of theirs. A lane is bounded well below the whole: one caller alone cannot fill
//! the queue.

use super::Job;
use crate::metrics;
use domain::actor::Actor;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::Notify;

/// Orders that wait for one region before callers are told to try again: about a second of work.
const ORDERS_MAX: usize = 4_096;
/// Orders of one caller among them.
const LANE_ORDERS_MAX: usize = 1_024;

/// Whose orders keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Of everybody who acts as this.
    Actor(Actor),
    /// Of one caller who acts as many.
    Caller(u64),
}

/// Why an order was not taken.
pub(super) enum Full {
    /// For now.
    Queue(Box<Job>),
    /// For good: the executor has stopped.
    Closed(Box<Job>),
}

#[derive(Default)]
pub(super) struct Queue {
    lanes: Mutex<Lanes>,
    /// Told when something was put in.
    filled: Notify,
    /// Told when something was taken out.
    emptied: Notify,
}

#[derive(Default)]
struct Lanes {
    /// Never empty ones.
    waiting: HashMap<Lane, VecDeque<Job>>,
    /// Each lane that waits, once.
    turns: VecDeque<Lane>,
    orders: usize,
    closed: bool,
}

impl Queue {
    /// Puts an order in, if there is room.
    pub fn push(&self, lane: Lane, job: Job) -> Result<(), Full> {
        let mut lanes = self.lanes();
        if lanes.closed {
            return Err(Full::Closed(Box::new(job)));
        }
        let before = lanes.waiting.get(&lane).map_or(0, VecDeque::len);
        if lanes.orders >= ORDERS_MAX || before >= LANE_ORDERS_MAX {
            return Err(Full::Queue(Box::new(job)));
        }
        if before == 0 {
            lanes.turns.push_back(lane);
        }
        lanes.waiting.entry(lane).or_default().push_back(job);
        lanes.orders += 1;
        drop(lanes);
        metrics::QUEUED.add(1);
        self.filled.notify_one();
        Ok(())
    }

    /// As [`push`](Self::push), waiting for room.
    pub async fn push_when_there_is_room(&self, lane: Lane, job: Job) -> Result<(), Full> {
        let mut job = job;
        loop {
            // Listening begins before looking, so that no room is missed in between.
            let emptied = self.emptied.notified();
            match self.push(lane, job) {
                Err(Full::Queue(back)) => job = *back,
                other => return other,
            }
            emptied.await;
        }
    }

    /// Waits until something is there, or nothing more can come.
    pub async fn filled(&self) {
        loop {
            {
                let lanes = self.lanes();
                if lanes.orders > 0 || lanes.closed {
                    return;
                }
            }
            self.filled.notified().await;
        }
    }

    /// Takes at most so many, one of each lane in turn.
    pub fn take(&self, at_most: usize) -> Vec<Job> {
        let mut lanes = self.lanes();
        let mut jobs = Vec::with_capacity(at_most.min(lanes.orders));
        while jobs.len() < at_most {
            let Some(lane) = lanes.turns.pop_front() else {
                break;
            };
            let Some(waiting) = lanes.waiting.get_mut(&lane) else {
                continue;
            };
            jobs.extend(waiting.pop_front());
            if waiting.is_empty() {
                lanes.waiting.remove(&lane);
            } else {
                lanes.turns.push_back(lane);
            }
        }
        lanes.orders -= jobs.len();
        drop(lanes);
        metrics::QUEUED.add(-i64::try_from(jobs.len()).unwrap_or(0));
        self.emptied.notify_waiters();
        jobs
    }

    /// Closes it for good, if nothing waits in it. Whether it did.
    pub fn close_if_empty(&self) -> bool {
        let mut lanes = self.lanes();
        lanes.closed |= lanes.orders == 0;
        lanes.closed
    }

    /// Takes nothing more; what waits can still be taken out.
    pub fn finish(&self) {
        self.lanes().closed = true;
        self.filled.notify_one();
        self.emptied.notify_waiters();
    }

    /// Closes it for good. What waits is dropped, which its callers hear as "try again".
    pub fn close(&self) {
        self.lanes().closed = true;
        self.take(usize::MAX);
    }

    pub fn is_closed(&self) -> bool {
        self.lanes().closed
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes
            .lock()
            .expect("nothing panics while it holds the lanes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Order;
    use domain::command::Submission;
    use domain::ids::{CommandId, OrganisationId};
    use domain::organisation::command::OrganisationCommand;
    use uuid::Uuid;

    fn job(n: u128) -> Job {
        let command = OrganisationCommand::Close {
            organisation: OrganisationId(Uuid::nil()),
        };
        let submission = Submission::new(CommandId(Uuid::from_u128(n)), command);
        Job::new(Order::new(submission, Actor::Operator)).0
    }

    fn put(queue: &Queue, lane: u64, n: u128) -> bool {
        queue.push(Lane::Caller(lane), job(n)).is_ok()
    }

    fn numbers(jobs: &[Job]) -> Vec<u128> {
        jobs.iter()
            .map(|job| job.order.submission.id.0.as_u128())
            .collect()
    }

    #[test]
    fn who_brings_many_keeps_nobody_waiting() {
        let queue = Queue::default();
        for n in 0..1_000 {
            assert!(put(&queue, 1, n));
        }
        assert!(put(&queue, 2, 5_000) && put(&queue, 2, 5_001) && put(&queue, 3, 6_000));
        // One of each in turn; each lane in its own order.
        let taken = numbers(&queue.take(7));
        assert_eq!(taken, [0, 5_000, 6_000, 1, 5_001, 2, 3]);
        assert!(put(&queue, 2, 5_002));
        assert_eq!(numbers(&queue.take(3)), [4, 5_002, 5]);
        assert_eq!(queue.take(usize::MAX).len(), 994);
    }

    #[test]
    fn one_caller_cannot_fill_it_alone_and_all_together_can() {
        let queue = Queue::default();
        for n in 0..LANE_ORDERS_MAX {
            assert!(put(&queue, 1, n as u128));
        }
        assert!(!put(&queue, 1, 0), "the lane is full");
        for lane in 2..=4 {
            for n in 0..LANE_ORDERS_MAX {
                assert!(put(&queue, lane, n as u128));
            }
        }
        assert!(!put(&queue, 9, 0), "the queue is full");
        queue.take(1);
        assert!(put(&queue, 9, 0));
    }

    #[tokio::test]
    async fn who_waits_for_room_gets_it() {
        let queue = std::sync::Arc::new(Queue::default());
        for n in 0..LANE_ORDERS_MAX {
            assert!(put(&queue, 1, n as u128));
        }
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move {
                let pushed = queue.push_when_there_is_room(Lane::Caller(1), job(9_999));
                pushed.await.is_ok()
            }
        });
        tokio::task::yield_now().await;
        assert_eq!(queue.take(1).len(), 1);
        assert!(waiting.await.expect("ends"));
        assert_eq!(numbers(&queue.take(usize::MAX)).last(), Some(&9_999));
    }

    #[test]
    fn a_closed_one_takes_nothing_and_one_with_orders_does_not_close_by_itself() {
        let queue = Queue::default();
        assert!(put(&queue, 1, 1));
        assert!(!queue.close_if_empty());
        queue.take(1);
        assert!(queue.close_if_empty());
        assert!(matches!(
            queue.push(Lane::Caller(1), job(2)),
            Err(Full::Closed(_))
        ));
    }
}
