//! Keeps followers at work: finds who is behind and gives everybody a turn.

use super::schedule::{Outcome, Schedule};
use super::slice::slice;
use super::{Feed, Work};
use crate::executor::Landed;
use crate::metrics;
use crate::store::StoreError;
use chrono::TimeDelta;
use domain::ids::TenantId;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};

/// How long to wait after something of ours went wrong.
const PAUSE: TimeDelta = TimeDelta::seconds(2);
/// Rounds in which everything there is should be done.
const ROUNDS_MAX: usize = 10_000;

/// How often it is measured how far everybody is behind.
const MEASURE: Duration = Duration::from_secs(15);

/// Gives all followers of a process their turns.
pub struct Runner {
    feed: Feed,
    schedule: Schedule,
}

impl Runner {
    pub(super) fn new(feed: Feed) -> Self {
        let schedule = Schedule::default();
        Self { feed, schedule }
    }

    /// Looks who is behind and gives each one turn. Answers how many turns that were.
    ///
    /// # Errors
    /// Of the database.
    pub async fn round(&mut self) -> Result<usize, StoreError> {
        self.look(None).await?;
        let now = self.feed.0.clock.now();
        let mut turns = 0;
        for _ in 0..self.schedule.waiting(now) {
            let Some(work) = self.schedule.next(now) else {
                break;
            };
            let outcome = slice(&self.feed, work).await;
            self.schedule.done(work, outcome);
            turns += 1;
        }
        Ok(turns)
    }

    /// Goes round until nobody has anything to do at this moment.
    ///
    /// # Errors
    /// Of the database.
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        for _ in 0..ROUNDS_MAX {
            if self.round().await? == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn look(&mut self, only: Option<&[TenantId]>) -> Result<(), StoreError> {
        let inner = &self.feed.0;
        let names: Vec<&str> = inner.followers.iter().map(|one| one.name()).collect();
        let now = inner.clock.now();
        inner.figures.looks.add(1);
        let behind = inner.store.behind(&names, inner.holder, now, only).await?;
        for (tenant, name, events) in behind {
            if let Some(n) = names.iter().position(|known| *known == name) {
                let urgent = events >= inner.followers[n].hurry();
                self.schedule.add((n, tenant), urgent);
            }
        }
        Ok(())
    }

    /// Works until nobody can tell of growth any more.
    pub(super) async fn run(mut self, mut grown: broadcast::Receiver<Landed>) {
        let settings = self.feed.0.settings;
        let mut poll = tokio::time::interval(settings.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut measure = tokio::time::interval(MEASURE);
        measure.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut running = JoinSet::new();
        let mut working: HashMap<Id, Work> = HashMap::new();
        let mut woken: HashSet<TenantId> = HashSet::new();
        let mut look_at = Instant::now();
        loop {
            let now = self.feed.0.clock.now();
            while running.len() < settings.slices
                && let Some(work) = self.schedule.next(now)
            {
                let feed = self.feed.clone();
                let started = running.spawn(async move { slice(&feed, work).await });
                working.insert(started.id(), work);
            }
            let rested = self.schedule.rested().map(|until| {
                let wait = (until - now).to_std().unwrap_or(Duration::ZERO);
                Instant::now() + wait
            });
            let idle = running.len() < settings.slices;
            tokio::select! {
                heard = grown.recv() => match heard {
                    Ok(grown) => {
                        woken.insert(grown.tenant);
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => poll.reset_immediately(),
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                () = tokio::time::sleep_until(look_at), if !woken.is_empty() => {
                    let some: Vec<TenantId> = woken.drain().collect();
                    self.look_or_say(Some(&some)).await;
                    look_at = Instant::now() + settings.notify;
                }
                _ = poll.tick() => self.look_or_say(None).await,
                _ = measure.tick() => self.measure().await,
                Some(joined) = running.join_next_with_id() => {
                    let (id, outcome) = match joined {
                        Ok((id, outcome)) => (id, outcome),
                        Err(error) => {
                            tracing::error!(%error, "a turn of a follower broke off");
                            (error.id(), Outcome::Again(self.feed.0.clock.now() + PAUSE))
                        }
                    };
                    if let Some(work) = working.remove(&id) {
                        self.schedule.done(work, outcome);
                    }
                }
                () = sleep_until(rested), if idle => {}
            }
        }
    }

    /// For the metrics.
    async fn measure(&self) {
        let inner = &self.feed.0;
        for follower in &inner.followers {
            let name = follower.name();
            match inner.store.lag(name).await {
                Ok((behind, parked)) => {
                    metrics::FEED_BEHIND.set(name, behind);
                    metrics::FEED_PARKED.set(name, parked);
                }
                Err(error) => tracing::warn!(%error, "how far followers are behind cannot be read"),
            }
        }
    }

    async fn look_or_say(&mut self, only: Option<&[TenantId]>) {
        if let Err(error) = self.look(only).await {
            tracing::warn!(%error, "which regions have grown cannot be read");
        }
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
