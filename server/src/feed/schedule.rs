//! Whose turn it is: everybody's in turn.

use super::Work;
use domain::time::Timestamp;
use std::collections::{HashMap, VecDeque};

/// How a slice ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is more: another turn, after all others.
    More,
    /// Nothing more for now, and not before this moment.
    Rest(Timestamp),
    /// To be tried again at this moment.
    Again(Timestamp),
    /// Nothing more for now.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the queue.
    Waiting,
    /// Being worked on; whether something came meanwhile.
    Working { again: bool },
    /// Not before a moment; whether there is something to do then, and whether it rests because something is wrong.
    Resting {
        until: Timestamp,
        again: bool,
        trouble: bool,
    },
}

/// The queue of all followers in all regions that have something to do.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    queue: VecDeque<Work>,
    states: HashMap<Work, State>,
}

impl Schedule {
    /// There is something to do, `urgent` where no rest may be held up by it.
    pub fn add(&mut self, work: Work, urgent: bool) {
        match self.states.get_mut(&work) {
            None => self.enqueue(work),
            Some(State::Waiting) => {}
            Some(State::Resting { trouble: false, .. }) if urgent => self.enqueue(work),
            Some(State::Working { again } | State::Resting { again, .. }) => *again = true,
        }
    }

    /// The next in the queue, if there is one: it is being worked on until [`done`](Self::done).
    pub fn next(&mut self, now: Timestamp) -> Option<Work> {
        self.wake(now);
        let work = self.queue.pop_front()?;
        self.states.insert(work, State::Working { again: false });
        Some(work)
    }

    /// A turn is over.
    pub fn done(&mut self, work: Work, outcome: Outcome) {
        let came = self.states.remove(&work) == Some(State::Working { again: true });
        match outcome {
            Outcome::More => self.enqueue(work),
            Outcome::Done if came => self.enqueue(work),
            Outcome::Done => {}
            Outcome::Rest(until) => self.rest(work, until, came, false),
            Outcome::Again(until) => self.rest(work, until, true, true),
        }
    }

    fn rest(&mut self, work: Work, until: Timestamp, again: bool, trouble: bool) {
        let resting = State::Resting {
            until,
            again,
            trouble,
        };
        self.states.insert(work, resting);
    }

    /// How many wait for their turn.
    pub fn waiting(&mut self, now: Timestamp) -> usize {
        self.wake(now);
        self.queue.len()
    }

    /// When the next of those resting has something to do.
    pub fn rested(&self) -> Option<Timestamp> {
        let untils = self.states.values().filter_map(|state| match state {
            State::Resting {
                until, again: true, ..
            } => Some(*until),
            _ => None,
        });
        untils.min()
    }

    fn enqueue(&mut self, work: Work) {
        self.states.insert(work, State::Waiting);
        self.queue.push_back(work);
    }

    fn wake(&mut self, now: Timestamp) {
        let mut rested: Vec<(Work, bool)> = Vec::new();
        for (work, state) in &self.states {
            if let State::Resting { until, again, .. } = *state
                && until <= now
            {
                rested.push((*work, again));
            }
        }
        rested.sort_unstable();
        for (work, again) in rested {
            self.states.remove(&work);
            if again {
                self.enqueue(work);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use domain::ids::TenantId;
    use uuid::Uuid;

    fn work(n: u128) -> Work {
        (0, TenantId(Uuid::from_u128(n)))
    }

    fn second(n: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(n)
    }

    #[test]
    fn one_that_is_far_behind_takes_turns_with_the_others() {
        let mut schedule = Schedule::default();
        schedule.add(work(1), false);
        let mut turns = Vec::new();
        for turn in 0..6 {
            let next = schedule.next(second(0)).expect("has something to do");
            turns.push(next);
            if turn == 0 {
                schedule.add(work(2), false);
                schedule.add(work(3), false);
            }
            let far_behind = next == work(1);
            schedule.done(
                next,
                if far_behind {
                    Outcome::More
                } else {
                    Outcome::Done
                },
            );
        }
        assert_eq!(turns, [1, 2, 3, 1, 1, 1].map(work));
    }

    #[test]
    fn nobody_is_worked_for_twice_at_a_time_and_nothing_that_came_meanwhile_is_forgotten() {
        let mut schedule = Schedule::default();
        schedule.add(work(1), false);
        schedule.add(work(1), false);
        assert_eq!(schedule.next(second(0)), Some(work(1)));
        schedule.add(work(1), false);
        assert_eq!(schedule.next(second(0)), None);
        schedule.done(work(1), Outcome::Done);
        assert_eq!(schedule.next(second(0)), Some(work(1)));
        schedule.done(work(1), Outcome::Done);
        assert_eq!(schedule.next(second(0)), None);
    }

    #[test]
    fn one_that_rests_goes_on_afterwards_if_there_is_something_to_do() {
        let mut schedule = Schedule::default();
        schedule.add(work(1), false);
        schedule.add(work(2), false);
        for n in [1, 2] {
            assert_eq!(schedule.next(second(0)), Some(work(n)));
            schedule.done(work(n), Outcome::Rest(second(1)));
        }
        schedule.add(work(1), false);
        assert_eq!(schedule.next(second(0)), None);
        assert_eq!(schedule.rested(), Some(second(1)));
        assert_eq!(schedule.next(second(1)), Some(work(1)));
        assert_eq!(schedule.next(second(1)), None);
        schedule.done(work(1), Outcome::Rest(second(3)));
        schedule.add(work(1), true);
        assert_eq!(schedule.next(second(1)), Some(work(1)), "it is urgent");
        schedule.done(work(1), Outcome::Again(second(3)));
        schedule.add(work(1), true);
        assert_eq!(schedule.next(second(2)), None);
        assert_eq!(schedule.next(second(3)), Some(work(1)));
    }
}
