//! What every store is asked to do, and how it is measured.

use anyhow::Result;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use storm::check::Entry;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// Events of one append where a store is filled: what the libraries take at once.
pub const CHUNK: usize = 100;

/// A store in a database of its own.
#[async_trait]
pub trait Peer: Send + Sync {
    /// Begins a stream with so many events, in one append where it can, on condition that it has not begun. The answer comes once they
    /// are flushed; whether they were taken.
    async fn begin(&self, tenant: usize, stream: Uuid, events: usize) -> Result<bool>;

    /// Decides on a stream that has begun, and says no: loads it and folds it.
    async fn refuse(&self, stream: Uuid) -> Result<()> {
        anyhow::ensure!(!self.begin(0, stream, 1).await?, "a stream was begun twice");
        Ok(())
    }

    /// Reads a stream and folds it; how many events it had.
    async fn load(&self, stream: Uuid) -> Result<usize>;

    /// Folds all events into a count of each stream, in memory; how many there were.
    async fn rebuild(&self) -> Result<usize>;

    /// The whole log in the store's order of everything, where it has one.
    async fn log(&self) -> Result<Option<Vec<Entry>>>;

    /// Hands on every event as the store's own subscription does, until it is stopped.
    async fn follow(
        &self,
        _to: mpsc::UnboundedSender<Entry>,
        _stop: watch::Receiver<bool>,
    ) -> Result<()> {
        anyhow::bail!("it has no subscription")
    }
}

/// How fast, and how long each took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Pace {
    /// Events a second.
    pub per_s: f64,
    /// Milliseconds.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
    /// All that were appended, those of the warm-up too.
    #[serde(default)]
    pub appended: usize,
}

impl Pace {
    /// Of what was done between two moments.
    pub fn of(mut times: Vec<Duration>, spent: Duration) -> Self {
        times.sort_unstable();
        let at = |part: f64| {
            let index = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
            times
                .get(index)
                .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
        };
        Self {
            per_s: times.len() as f64 / spent.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            appended: times.len(),
        }
    }
}

/// A new stream of so many events.
pub async fn begun(peer: &dyn Peer, tenant: usize, events: usize) -> Result<Uuid> {
    let stream = Uuid::now_v7();
    let taken = peer.begin(tenant, stream, events).await?;
    anyhow::ensure!(taken, "a new stream had begun");
    Ok(stream)
}

/// Appends by several writers at once, each waiting for its answer.
pub async fn appending(
    peer: &Arc<dyn Peer>,
    writers: usize,
    tenants: usize,
    warm_up: Duration,
    measured: Duration,
) -> Result<Pace> {
    let from = Instant::now() + warm_up;
    let until = from + measured;
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let peer = peer.clone();
        tasks.push(tokio::spawn(async move {
            let (mut times, mut warming) = (Vec::new(), 0);
            while Instant::now() < until {
                let began = Instant::now();
                begun(peer.as_ref(), writer % tenants, 1).await?;
                if began >= from {
                    times.push(began.elapsed());
                } else {
                    warming += 1;
                }
            }
            anyhow::Ok((times, warming))
        }));
    }
    let (mut times, mut warming) = (Vec::new(), 0);
    for task in tasks {
        let (more, warmed) = task.await??;
        times.extend(more);
        warming += warmed;
    }
    let mut pace = Pace::of(times, measured);
    pace.appended += warming;
    Ok(pace)
}

/// Decides many times on a stream, one after the other; milliseconds in the middle.
pub async fn refusing(peer: &Arc<dyn Peer>, events: usize, times: usize) -> Result<f64> {
    let stream = begun(peer.as_ref(), 0, events).await?;
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        peer.refuse(stream).await?;
        took.push(began.elapsed());
    }
    Ok(Pace::of(took, Duration::from_secs(1)).p50_ms)
}

/// Loads a stream many times, one after the other; milliseconds in the middle.
pub async fn loading(peer: &Arc<dyn Peer>, events: usize, times: usize) -> Result<f64> {
    let stream = begun(peer.as_ref(), 0, events).await?;
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        let found = peer.load(stream).await?;
        took.push(began.elapsed());
        anyhow::ensure!(found == events, "{found} of {events} events were loaded");
    }
    Ok(Pace::of(took, Duration::from_secs(1)).p50_ms)
}

/// What a follower was handed while writers wrote and one transaction stayed open.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tortured {
    /// Events in the log.
    pub events: usize,
    /// Never handed to the follower.
    pub lost: usize,
    /// Handed to it twice.
    pub doubled: usize,
    /// Handed to it after later ones.
    pub disordered: usize,
}

/// Judges what a follower was handed.
pub fn judged(log: &[Entry], delivered: &[Entry]) -> Tortured {
    use storm::check::Fault;
    let mut tortured = Tortured {
        events: log.len(),
        ..Tortured::default()
    };
    for fault in storm::check::follower_faults(log, delivered) {
        match fault {
            Fault::NotDelivered(_) => tortured.lost += 1,
            Fault::DeliveredTwice(_) => tortured.doubled += 1,
            _ => tortured.disordered += 1,
        }
    }
    tortured
}
