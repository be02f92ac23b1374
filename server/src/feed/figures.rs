//! What a process has done for the feed since it started.

use crate::metrics::{self, Counter};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counted for one feed, and among the metrics of the process.
#[derive(Debug)]
pub struct Figure {
    own: AtomicU64,
    all: &'static Counter,
}

impl Figure {
    const fn new(all: &'static Counter) -> Self {
        let own = AtomicU64::new(0);
        Self { own, all }
    }

    /// So many more.
    pub(super) fn add(&self, more: u64) {
        self.own.fetch_add(more, Relaxed);
        self.all.add(more);
    }

    /// How many until now.
    pub fn get(&self) -> u64 {
        self.own.load(Relaxed)
    }
}

/// All that is counted.
#[derive(Debug)]
pub struct Figures {
    /// Queries that asked which regions are behind.
    pub looks: Figure,
    /// Slices worked on.
    pub slices: Figure,
    /// Events dealt with.
    pub events: Figure,
    /// Events that were set aside because they failed.
    pub set_aside: Figure,
    /// Slices undone because another process had taken over.
    pub fenced: Figure,
    /// Notifications sent.
    pub told: Figure,
    /// Notifications of other processes heard.
    pub heard: Figure,
}

impl Figures {
    pub(super) const fn new() -> Self {
        Self {
            looks: Figure::new(&metrics::FEED_LOOKS),
            slices: Figure::new(&metrics::FEED_SLICES),
            events: Figure::new(&metrics::FEED_EVENTS),
            set_aside: Figure::new(&metrics::FEED_SET_ASIDE),
            fenced: Figure::new(&metrics::FEED_FENCED),
            told: Figure::new(&metrics::FEED_TOLD),
            heard: Figure::new(&metrics::FEED_HEARD),
        }
    }
}
