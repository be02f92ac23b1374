//! States of streams at one position of the log, bounded by bytes.
//!
//! The bytes are an estimate. A state can hold only what its events told, so a stream counts what lies in the map for
//! it, and for its events' stored data [`TOLD`] bytes a byte, because what is short as JSON is padded, boxed and put
//! into maps here. Events that are kept beside the state count as they lie in memory, and their texts once more. How
//! far that is from the truth, `samspor bench append` prints: estimate and grown memory.
//!
//! What is in the cache is never the reason why something is accepted: a batch lands only if the log still ends where
//! these states stand. So a stale entry costs another try.

use crate::metrics;
use crate::store::row::EventRow;
use chrono::NaiveDate;
use domain::history::{Fold, Live, MustRefold};
use domain::ids::StreamId;
use domain::recorded::Recorded;
use domain::rule::State;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Longest list of a stream's events that is kept beside its state.
const EVENTS_KEPT_MAX: usize = 64;
/// Bytes in memory for a byte that an event told.
const TOLD: usize = 2;
/// The smallest nodes of the maps that nearly every state has.
const NODES_BYTES: usize = 512;
/// What an executor may always keep, however many there are.
const SHARE_BYTES_MIN: usize = 256 << 10;

/// What all caches of a process share.
#[derive(Debug, Default)]
pub(super) struct Budget {
    caches: AtomicUsize,
}

/// A state that copies itself only when somebody else still looks at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(pub Arc<State>);

impl Fold for Shared {
    fn apply(&mut self, recorded: &Recorded) {
        Arc::make_mut(&mut self.0).apply(recorded);
    }
}

/// One stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Cached {
    pub live: Live<Shared>,
    pub version: u32,
    /// All its events, where somebody needed them.
    pub events: Option<Arc<Vec<Recorded>>>,
    /// Why it cannot be read, if it cannot: commands that need it are refused, others go on.
    pub unreadable: Option<Arc<str>>,
    /// Bytes of its events' stored data.
    told: usize,
}

/// Whether all events of a stream stay beside its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Events,
    StateOnly,
}

impl Cached {
    /// From its rows.
    pub fn of_rows(rows: &[EventRow], today: NaiveDate, keep: Keep) -> Self {
        let recorded: Result<Vec<Recorded>, _> = rows.iter().map(EventRow::recorded).collect();
        let events = match recorded {
            Ok(events) => events,
            Err(error) => {
                return Self {
                    unreadable: Some(error.to_string().into()),
                    ..Self::default()
                };
            }
        };
        Self {
            live: Live::of(&events, today),
            version: events.last().map_or(0, |last| last.version),
            events: (keep == Keep::Events).then(|| Arc::new(events)),
            told: rows.iter().map(|row| row.payload.len()).sum(),
            unreadable: None,
        }
    }

    /// Takes in one more event of so many stored bytes, if nothing has to be folded anew for it.
    pub fn push(&mut self, recorded: &Recorded, bytes: usize) -> Result<(), MustRefold> {
        self.live.push(recorded)?;
        self.version = recorded.version;
        self.told += bytes;
        if let Some(events) = &mut self.events {
            Arc::make_mut(events).push(recorded.clone());
        }
        Ok(())
    }

    /// Takes in one more event by folding all of them anew; needs the list of events.
    pub fn refold(&mut self, recorded: &Recorded, bytes: usize, today: NaiveDate) {
        let mut events = self.events.take().unwrap_or_default();
        Arc::make_mut(&mut events).push(recorded.clone());
        self.live = Live::of(&events, today);
        self.version = recorded.version;
        self.told += bytes;
        self.events = Some(events);
    }

    fn bytes(&self) -> usize {
        let kept = self
            .events
            .as_ref()
            .map_or(0, |events| size_of_val(events.as_slice()) + self.told);
        size_of::<(StreamId, Entry)>() + size_of::<State>() + NODES_BYTES + TOLD * self.told + kept
    }
}

struct Entry {
    cached: Cached,
    used: u64,
    bytes: usize,
}

/// The streams used last.
pub(super) struct Cache {
    streams: HashMap<StreamId, Entry>,
    bytes: usize,
    tick: u64,
    budget: Arc<Budget>,
    /// What all caches of the process may hold.
    bytes_max: usize,
}

impl Cache {
    pub fn new(budget: Arc<Budget>, bytes_max: usize) -> Self {
        budget.caches.fetch_add(1, Ordering::Relaxed);
        Self {
            streams: HashMap::new(),
            bytes: 0,
            tick: 0,
            budget,
            bytes_max,
        }
    }

    pub fn get(&mut self, stream: StreamId) -> Option<&Cached> {
        self.tick += 1;
        let entry = self.streams.get_mut(&stream)?;
        entry.used = self.tick;
        Some(&entry.cached)
    }

    pub fn put(&mut self, stream: StreamId, cached: Cached) {
        self.tick += 1;
        let entry = Entry {
            bytes: cached.bytes(),
            used: self.tick,
            cached,
        };
        let more = entry.bytes;
        let before = self.streams.insert(stream, entry);
        self.resize(before.map_or(0, |before| before.bytes), more);
    }

    /// After a landing: what it changed replaces what was kept.
    pub fn take_over(&mut self, changed: HashMap<StreamId, Cached>) {
        for (stream, mut cached) in changed {
            if cached
                .events
                .as_ref()
                .is_some_and(|events| events.len() > EVENTS_KEPT_MAX)
            {
                cached.events = None;
            }
            self.put(stream, cached);
        }
    }

    /// An event that somebody else recorded.
    pub fn hear(&mut self, row: &EventRow) {
        let Some(stream) = row.stream() else { return };
        let Some(entry) = self.streams.remove(&stream) else {
            return;
        };
        self.resize(entry.bytes, 0);
        let mut cached = entry.cached;
        let taken_in = row
            .recorded()
            .is_ok_and(|recorded| cached.push(&recorded, row.payload.len()).is_ok());
        if taken_in {
            self.put(stream, cached);
        }
    }

    pub fn clear(&mut self) {
        self.streams.clear();
        self.resize(self.bytes, 0);
    }

    /// Drops what was not used for longest until a quarter of this cache's share is free, if it holds more than its
    /// share. Not while a batch is being decided: it may need more than fits.
    pub fn trim(&mut self) {
        let caches = self.budget.caches.load(Ordering::Relaxed).max(1);
        let share = (self.bytes_max / caches).max(SHARE_BYTES_MIN);
        if self.bytes <= share {
            return;
        }
        let mut by_use: Vec<(u64, StreamId)> = self
            .streams
            .iter()
            .map(|(stream, entry)| (entry.used, *stream))
            .collect();
        by_use.sort_unstable();
        for (_, stream) in by_use {
            if self.bytes <= share / 4 * 3 {
                break;
            }
            if let Some(entry) = self.streams.remove(&stream) {
                self.resize(entry.bytes, 0);
                metrics::CACHE_EVICTIONS.add(1);
            }
        }
    }

    fn resize(&mut self, less: usize, more: usize) {
        self.bytes = self.bytes + more - less;
        let change = |bytes: usize| i64::try_from(bytes).unwrap_or(0);
        metrics::CACHE_BYTES.add(change(more) - change(less));
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.clear();
        self.budget.caches.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::OrganisationId;
    use uuid::Uuid;

    fn stream(n: u128) -> StreamId {
        OrganisationId(Uuid::from_u128(n)).into()
    }

    fn cached(told: usize) -> Cached {
        Cached {
            told,
            ..Cached::default()
        }
    }

    #[test]
    fn what_was_used_last_stays_within_the_bytes() {
        let mut cache = Cache::new(Arc::default(), 1 << 20);
        for n in 0..1_000 {
            cache.put(stream(n), cached(2_000));
            // The first one is used all the time.
            assert!(cache.get(stream(0)).is_some());
        }
        assert!(
            cache.bytes > 1 << 20,
            "nothing is dropped before it is said"
        );
        cache.trim();
        assert!(cache.bytes <= 3 << 18, "{}", cache.bytes);
        assert!(cache.get(stream(0)).is_some() && cache.get(stream(999)).is_some());
        assert!(cache.get(stream(1)).is_none());
        let counted: usize = cache.streams.values().map(|entry| entry.bytes).sum();
        assert_eq!(cache.bytes, counted);
        cache.put(stream(0), cached(0));
        cache.clear();
        assert_eq!(cache.bytes, 0);
    }

    #[test]
    fn caches_share_what_there_is() {
        let budget = Arc::new(Budget::default());
        let mut one = Cache::new(budget.clone(), 1 << 20);
        let another = Cache::new(budget, 1 << 20);
        for n in 0..150 {
            one.put(stream(n), cached(2_000));
        }
        one.trim();
        assert!(one.bytes <= 1 << 19, "{} of half a megabyte", one.bytes);
        drop(another);
        let alone = one.streams.len();
        for n in 200..230 {
            one.put(stream(n), cached(2_000));
        }
        one.trim();
        assert_eq!(one.streams.len(), alone + 30, "the other's half is free");
    }
}
