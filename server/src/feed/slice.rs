//! One turn of a follower in a region: what is due of what was set aside, then the next events.

use super::schedule::Outcome;
use super::{Feed, FollowError, Follower, Work};
use crate::store::StoreError;
use crate::store::feed::{Aside, Failure, Lease};
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use chrono::TimeDelta;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// Keys that are tried again in one turn at most.
const DUE_MAX: i64 = 64;
/// Bytes of an error's text that are kept.
const ERROR_BYTES_MAX: usize = 1_000;
/// How often a handling is repeated that another session got in the way of, before that counts as a failure.
const CONTENDED_MAX: u32 = 3;
/// How long a region is left alone whose database does not do what it should.
const TROUBLE: TimeDelta = TimeDelta::seconds(2);
/// How long a region is left to others whose next event this release cannot read.
const UNREADABLE: TimeDelta = TimeDelta::seconds(60);

/// What a process has taken, from one turn to the next.
pub(super) struct Held {
    tenant: Tenant,
    lease: Lease,
    /// When to say again that it is ours: long before the lease ends.
    renew: Instant,
}

/// Why a turn ended early.
enum Stopped {
    /// Another process has taken over. What was begun is undone.
    Fenced,
    /// The database.
    Store(StoreError),
    /// This release does not know the next event.
    Unreadable(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Newer(_) | StoreError::Unreadable { .. } => Self::Unreadable(error),
            other => Self::Store(other),
        }
    }
}

/// Works on one slice.
pub(super) async fn slice(feed: &Feed, work: Work) -> Outcome {
    let inner = &feed.0;
    let follower = inner.followers[work.0].clone();
    let (name, tenant) = (follower.name(), work.1);
    let now = inner.clock.now();
    inner.figures.slices.add(1);
    let held = match take(feed, work, name).await {
        Ok(Some(held)) => held,
        Ok(None) => return Outcome::Done,
        Err(error) => {
            tracing::warn!(%error, %tenant, follower = name, "a region cannot be followed for now");
            return Outcome::Again(now + TROUBLE);
        }
    };
    let fence = held.lease.fence;
    let mut turn = Turn {
        feed,
        follower,
        held,
        now,
    };
    let ended = tokio::select! {
        ended = turn.work() => ended,
        () = keep(feed, work, name, fence) => Err(Stopped::Fenced),
    };
    match ended {
        Ok(outcome) => {
            let mut all = inner.held.lock().expect("nothing panics while it holds it");
            all.insert(work, turn.held);
            outcome
        }
        // What was taken is forgotten: where it stands is asked of the database next time.
        Err(Stopped::Fenced) => {
            inner.figures.fenced.add(1);
            tracing::info!(%tenant, follower = name, "another process has taken over");
            Outcome::Done
        }
        Err(Stopped::Store(error)) => {
            tracing::warn!(%error, %tenant, follower = name, "a region cannot be followed for now");
            Outcome::Again(now + TROUBLE)
        }
        Err(Stopped::Unreadable(error)) => {
            tracing::error!(%error, %tenant, follower = name, "a region is left to a release that knows its events");
            inner.store.leave(tenant, name, &turn.held.lease).await.ok();
            Outcome::Again(now + UNREADABLE)
        }
    }
}

async fn take(feed: &Feed, work: Work, name: &str) -> Result<Option<Held>, StoreError> {
    let inner = &feed.0;
    let ours = {
        let mut all = inner.held.lock().expect("nothing panics while it holds it");
        all.remove(&work)
    };
    let lease = inner.settings.lease;
    let renew = Instant::now() + lease / 2;
    if let Some(held) = ours {
        if Instant::now() < held.renew {
            return Ok(Some(held));
        }
        let taken = inner.store.take(work.1, name, inner.holder, lease).await?;
        let tenant = held.tenant;
        return Ok(taken.map(|lease| Held {
            tenant,
            lease,
            renew,
        }));
    }
    let Some(lease) = inner.store.take(work.1, name, inner.holder, lease).await? else {
        return Ok(None);
    };
    let tenant = inner.store.tenant(work.1).await?;
    Ok(Some(Held {
        tenant,
        lease,
        renew,
    }))
}

/// Says again and again that the region is ours, for a turn that takes long. Ends when it is not.
async fn keep(feed: &Feed, work: Work, name: &str, fence: i64) {
    let inner = &feed.0;
    loop {
        tokio::time::sleep(inner.settings.lease / 3).await;
        let lease = inner.settings.lease;
        match inner.store.take(work.1, name, inner.holder, lease).await {
            Ok(Some(lease)) if lease.fence == fence => {}
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, follower = name, "a lease cannot be renewed"),
        }
    }
}

struct Turn<'a> {
    feed: &'a Feed,
    follower: Arc<dyn Follower>,
    held: Held,
    now: Timestamp,
}

impl Turn<'_> {
    async fn work(&mut self) -> Result<Outcome, Stopped> {
        let (name, size) = (self.follower.name(), self.follower.slice().max(1));
        let store = &self.feed.0.store;
        let mut scope = store.reading(self.held.tenant.tenant()).await?;
        let due = scope.due(name, self.now, DUE_MAX).await?;
        let rows = scope.rows_after(self.held.lease.position, size).await?;
        drop(scope);
        for (event, attempts) in &due {
            self.retry(*event, *attempts).await?;
        }
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == size);
        let (mut events, mut unreadable) = (Vec::with_capacity(rows.len()), None);
        for row in rows {
            match row.recorded() {
                Ok(recorded) => events.push(recorded),
                Err(error) => {
                    unreadable = Some(error);
                    break;
                }
            }
        }
        self.deliver_all(&events).await?;
        if let Some(error) = unreadable {
            return Err(error.into());
        }
        Ok(if full || !due.is_empty() {
            Outcome::More
        } else if self.follower.rest().is_zero() {
            Outcome::Done
        } else {
            Outcome::Rest(self.now + delta(self.follower.rest()))
        })
    }

    /// Delivers events; where that fails, halves them until those are found that cannot be dealt with.
    async fn deliver_all(&mut self, events: &[Recorded]) -> Result<(), Stopped> {
        let mut todo = Vec::new();
        if !events.is_empty() {
            todo.push(events);
        }
        while let Some(some) = todo.pop() {
            let Err(error) = self.deliver(some).await? else {
                continue;
            };
            match some {
                [one] => self.set_aside(one, &error).await?,
                more => {
                    let (first, second) = more.split_at(more.len() / 2);
                    todo.push(second);
                    todo.push(first);
                }
            }
        }
        Ok(())
    }

    /// Delivers events in one transaction with the checkpoint; those whose key is held up go behind it.
    async fn deliver(&mut self, events: &[Recorded]) -> Result<Result<(), FollowError>, Stopped> {
        let Some(last) = events.last() else {
            return Ok(Ok(()));
        };
        let name = self.follower.name();
        let mut contended = 0;
        let (mut scope, behind, delivered) = loop {
            let mut scope = self.writing().await?;
            let held_up: HashSet<_> = scope.held_up(name).await?.into_iter().collect();
            let (behind, fresh) = self.apart(events, &held_up);
            if fresh.is_empty() {
                break (scope, behind, 0);
            }
            match self.handle(&mut scope, &fresh).await {
                Ok(()) => break (scope, behind, fresh.len()),
                Err(FollowError::Store(error)) if error.reply_lost() => return Err(error.into()),
                Err(FollowError::Store(error))
                    if error.contended() && contended < CONTENDED_MAX =>
                {
                    contended += 1;
                    drop(scope);
                    tokio::time::sleep(Duration::from_millis(50) * contended).await;
                }
                Err(error) => return Ok(Err(error)),
            }
        };
        self.advance(&mut scope, last.position).await?;
        if !behind.is_empty() {
            scope.set_behind(name, &behind, self.now).await?;
            scope.recount(name).await?;
        }
        scope.commit().await?;
        self.held.lease.position = last.position;
        self.count(delivered);
        Ok(Ok(()))
    }

    fn apart<'a>(
        &self,
        events: &'a [Recorded],
        held_up: &HashSet<uuid::Uuid>,
    ) -> (Vec<Aside>, Cow<'a, [Recorded]>) {
        if held_up.is_empty() {
            return (Vec::new(), Cow::Borrowed(events));
        }
        let (mut behind, mut fresh) = (Vec::new(), Vec::new());
        for event in events {
            let aside = self.aside(event);
            if held_up.contains(&aside.key) {
                behind.push(aside);
            } else {
                fresh.push(event.clone());
            }
        }
        (behind, Cow::Owned(fresh))
    }

    /// An event that failed by itself is set aside, and the checkpoint moves on.
    async fn set_aside(&mut self, event: &Recorded, error: &FollowError) -> Result<(), Stopped> {
        let (name, tenant) = (self.follower.name(), self.held.tenant.id);
        let position = event.position;
        tracing::error!(%error, %tenant, position, follower = name, "an event cannot be dealt with and is set aside");
        let error = shortened(error);
        let failure = self.failure(1, &error);
        let mut scope = self.writing().await?;
        self.advance(&mut scope, position).await?;
        scope
            .hold_up(name, self.aside(event), failure, self.now)
            .await?;
        scope.recount(name).await?;
        scope.commit().await?;
        self.held.lease.position = position;
        self.feed.0.figures.set_aside.add(1);
        Ok(())
    }

    /// Tries an event that was set aside. Once it is dealt with, the next of its key is due.
    async fn retry(&mut self, event: Aside, attempts: i32) -> Result<(), Stopped> {
        let name = self.follower.name();
        let at = crate::store::row::stored(event.position);
        let mut scope = self.writing().await?;
        let Some(row) = scope.rows_at(&[at]).await?.pop() else {
            let lost = format!("the event at position {at} was set aside and is not in the log");
            return Err(StoreError::Damaged(lost).into());
        };
        let error = match self.handle(&mut scope, &[row.recorded()?]).await {
            Ok(()) => {
                self.advance(&mut scope, self.held.lease.position).await?;
                if scope.move_up(name, event, self.now).await? {
                    scope.recount(name).await?;
                    scope.commit().await?;
                    self.count(1);
                }
                return Ok(());
            }
            Err(FollowError::Store(error)) if error.reply_lost() => return Err(error.into()),
            Err(error) => error,
        };
        drop(scope);
        let failure_text = shortened(&error);
        let failure = self.failure(attempts + 1, &failure_text);
        if failure.retry_at.is_none() {
            let tenant = self.held.tenant.id;
            tracing::error!(%error, %tenant, position = at, follower = name, "an event waits for a person to look at it");
        }
        let mut scope = self.writing().await?;
        self.advance(&mut scope, self.held.lease.position).await?;
        scope.failed_again(name, event, failure).await?;
        scope.recount(name).await?;
        scope.commit().await?;
        Ok(())
    }

    /// What the follower does; a panic in it is an error like any other.
    async fn handle(
        &self,
        scope: &mut TenantScope,
        events: &[Recorded],
    ) -> Result<(), FollowError> {
        let mut handling = pin!(self.follower.handle(scope, &self.held.tenant, events));
        std::future::poll_fn(|context| {
            match catch_unwind(AssertUnwindSafe(|| handling.as_mut().poll(context))) {
                Ok(poll) => poll,
                Err(panic) => {
                    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
                    let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
                    let said = said.unwrap_or_else(|| "it panicked".to_owned());
                    Poll::Ready(Err(FollowError::Effect(said)))
                }
            }
        })
        .await
    }

    async fn writing(&self) -> Result<TenantScope, StoreError> {
        self.feed.0.store.writing(self.held.tenant.tenant()).await
    }

    async fn advance(&self, scope: &mut TenantScope, to: Position) -> Result<(), Stopped> {
        let name = self.follower.name();
        if scope.advance(name, &self.held.lease, to).await? {
            Ok(())
        } else {
            Err(Stopped::Fenced)
        }
    }

    fn aside(&self, event: &Recorded) -> Aside {
        Aside {
            key: self.follower.key(event),
            position: event.position,
        }
    }

    fn failure<'e>(&self, attempts: i32, error: &'e str) -> Failure<'e> {
        let settings = &self.feed.0.settings;
        let wait = settings.again * 4u32.pow(attempts.clamp(1, 12).unsigned_abs() - 1);
        Failure {
            attempts,
            error,
            retry_at: (attempts < settings.attempts).then(|| self.now + delta(wait)),
        }
    }

    fn count(&self, events: usize) {
        let events = u64::try_from(events).unwrap_or(0);
        self.feed.0.figures.events.add(events);
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

fn shortened(error: &FollowError) -> String {
    let mut text = error.to_string();
    text.truncate(text.floor_char_boundary(ERROR_BYTES_MAX));
    text
}
