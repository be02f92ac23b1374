//! The lander: batches of all regions of this process that wait together share one call and one flush.
//!
//! Nobody waits for company: a batch that finds a flight free leaves at once, and what comes in meanwhile leaves together
//! with the next one.

use crate::metrics;
use crate::store::land::{Landed, Line, Parcel};
use crate::store::{Store, StoreError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Calls under way at once: while one is being flushed, another is being worked on.
const FLIGHTS_MAX: usize = 2;
/// Regions in one call. Each is a sub-transaction, of which Postgres keeps 64 at hand.
const BATCHES_MAX: usize = 60;
/// Events in one call, once it has one batch: a call should end before the next one's callers grow impatient.
const EVENTS_MAX: usize = 1_024;
/// Postgres gives up on a statement after a minute; who has heard nothing then has lost the way to it.
const CALL_MAX: Duration = Duration::from_secs(65);

type Answer = oneshot::Sender<Result<Landed, StoreError>>;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Lander {
    store: Store,
    hall: Arc<Mutex<Hall>>,
}

/// Where batches wait. At most one of each region: its executor waits with it.
#[derive(Default)]
struct Hall {
    waiting: VecDeque<(Parcel, Answer)>,
    flights: usize,
    /// Connections that nobody is using.
    lines: Vec<Line>,
}

/// One of the calls that may be under way.
struct Flight {
    lander: Lander,
    /// Its place has been given back.
    over: bool,
}

impl Lander {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            hall: Arc::default(),
        }
    }

    /// Lands a batch.
    ///
    /// # Errors
    /// As of [`Store::land`].
    pub async fn land(&self, parcel: Parcel) -> Result<Landed, StoreError> {
        let (answer, landed) = oneshot::channel();
        if self.wait((parcel, answer)) {
            let mut flight = Flight {
                lander: self.clone(),
                over: false,
            };
            // Ours is flown here, not by a task that would have to be woken first; what came in meanwhile is not.
            if flight.fly_once().await && !flight.lands_if_nobody_waits() {
                tokio::spawn(flight.fly());
            }
        }
        let broken = |_| Err(StoreError::Lost("the call broke off".to_owned()));
        landed.await.unwrap_or_else(broken)
    }

    /// Puts a batch among those that wait; whether a flight is free for it.
    fn wait(&self, waiting: (Parcel, Answer)) -> bool {
        let mut hall = self.hall();
        hall.waiting.push_back(waiting);
        let leaves = hall.flights < FLIGHTS_MAX;
        hall.flights += usize::from(leaves);
        leaves
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        self.hall
            .lock()
            .expect("nothing panics while it holds the hall")
    }
}

impl Flight {
    /// Flies until nobody waits.
    async fn fly(mut self) {
        while self.fly_once().await {
            // Those who were just answered may have more: let them say so before looking.
            tokio::task::yield_now().await;
        }
    }

    /// Lands what waits; whether anything did.
    async fn fly_once(&mut self) -> bool {
        let (parcels, answers, line) = self.board();
        if parcels.is_empty() {
            return false;
        }
        metrics::CALL_BATCHES.observe(parcels.len() as u64);
        let began = Instant::now();
        let (landed, line) = self.land(&parcels, line).await;
        metrics::LANDING_SECONDS.observe_since(began);
        self.lander.hall().lines.extend(line);
        for (answer, landed) in answers.into_iter().zip(landed) {
            // An executor that broke off meanwhile has nobody to tell.
            answer.send(landed).ok();
        }
        true
    }

    /// Gives the place back if nobody waits for it; whether it did.
    fn lands_if_nobody_waits(&mut self) -> bool {
        let mut hall = self.lander.hall();
        let nobody = hall.waiting.is_empty();
        hall.flights -= usize::from(nobody);
        drop(hall);
        self.over |= nobody;
        nobody
    }

    /// Takes on who waits; where nobody does, the place is given back in the same breath, so that whoever comes next
    /// finds it free.
    fn board(&mut self) -> (Vec<Parcel>, Vec<Answer>, Option<Line>) {
        let mut hall = self.lander.hall();
        let (mut parcels, mut answers, mut events) = (Vec::new(), Vec::new(), 0);
        while let Some((next, _)) = hall.waiting.front() {
            events += next.landing.events.len();
            if !parcels.is_empty() && (events > EVENTS_MAX || parcels.len() >= BATCHES_MAX) {
                break;
            }
            if let Some((parcel, answer)) = hall.waiting.pop_front() {
                parcels.push(parcel);
                answers.push(answer);
            }
        }
        if parcels.is_empty() {
            hall.flights -= 1;
            drop(hall);
            self.over = true;
            return (parcels, answers, None);
        }
        let line = hall.lines.pop();
        (parcels, answers, line)
    }

    /// One call for all; where that fails as a whole, one for each. The line comes back if it can be used again.
    async fn land(
        &self,
        parcels: &[Parcel],
        line: Option<Line>,
    ) -> (Vec<Result<Landed, StoreError>>, Option<Line>) {
        let lost = |error: &StoreError| {
            let lost = || Err(StoreError::Lost(error.to_string()));
            parcels.iter().map(|_| lost()).collect()
        };
        let mut line = match line {
            Some(line) => line,
            None => match self.lander.store.line().await {
                Ok(line) => line,
                Err(error) => return (lost(&error), None),
            },
        };
        match call(&mut line, parcels).await {
            Ok(landed) => (landed, Some(line)),
            Err(error) if error.reply_lost() => (lost(&error), None),
            Err(error) if parcels.len() == 1 => (vec![Err(error)], Some(line)),
            Err(error) => {
                tracing::warn!(%error, "a shared landing was undone; each region's part is landed by itself");
                let mut each = Vec::with_capacity(parcels.len());
                for (n, one) in parcels.iter().enumerate() {
                    match call(&mut line, std::slice::from_ref(one)).await {
                        Ok(landed) => each.extend(landed),
                        Err(error) if error.reply_lost() => {
                            let rest = parcels[n..].iter();
                            each.extend(rest.map(|_| Err(StoreError::Lost(error.to_string()))));
                            return (each, None);
                        }
                        Err(error) => each.push(Err(error)),
                    }
                }
                (each, Some(line))
            }
        }
    }
}

async fn call(
    line: &mut Line,
    parcels: &[Parcel],
) -> Result<Vec<Result<Landed, StoreError>>, StoreError> {
    match tokio::time::timeout(CALL_MAX, line.land(parcels)).await {
        Ok(landed) => landed,
        Err(_) => Err(StoreError::Lost("the database does not answer".to_owned())),
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Only where it broke off.
        if !self.over {
            self.lander.hall().flights -= 1;
        }
    }
}
