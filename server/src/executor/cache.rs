//! States of streams at one position of the log.

use crate::store::row::EventRow;
use chrono::NaiveDate;
use domain::history::{Fold, Live, MustRefold};
use domain::ids::StreamId;
use domain::recorded::Recorded;
use domain::rule::State;
use std::collections::HashMap;
use std::sync::Arc;

/// Streams that one region's executor keeps states of.
const STREAMS_MAX: usize = 16_384;
/// Longest list of a stream's events that is kept beside its state.
const EVENTS_KEPT_MAX: usize = 64;

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
    pub unreadable: Option<String>,
    used: u64,
}

impl Cached {
    /// From all events of the stream.
    pub fn of(events: Vec<Recorded>, today: NaiveDate) -> Self {
        let version = events.last().map_or(0, |last| last.version);
        Self {
            live: Live::of(&events, today),
            version,
            events: Some(Arc::new(events)),
            ..Self::default()
        }
    }

    /// From its rows.
    pub fn of_rows(rows: &[EventRow], today: NaiveDate) -> Self {
        match rows.iter().map(EventRow::recorded).collect() {
            Ok(events) => Self::of(events, today),
            Err(error) => Self {
                unreadable: Some(error.to_string()),
                ..Self::default()
            },
        }
    }

    /// Takes in one more event, if nothing has to be folded anew for it.
    pub fn push(&mut self, recorded: &Recorded) -> Result<(), MustRefold> {
        self.live.push(recorded)?;
        self.version = recorded.version;
        if let Some(events) = &mut self.events {
            Arc::make_mut(events).push(recorded.clone());
        }
        Ok(())
    }

    /// Takes in one more event by folding all of them anew; needs the list of events.
    pub fn refold(&mut self, recorded: &Recorded, today: NaiveDate) {
        let mut events = self.events.take().unwrap_or_default();
        Arc::make_mut(&mut events).push(recorded.clone());
        self.live = Live::of(&events, today);
        self.version = recorded.version;
        self.events = Some(events);
    }
}

/// The streams used last.
#[derive(Default)]
pub(super) struct Cache {
    streams: HashMap<StreamId, Cached>,
    tick: u64,
}

impl Cache {
    pub fn get(&mut self, stream: StreamId) -> Option<&Cached> {
        self.tick += 1;
        let cached = self.streams.get_mut(&stream)?;
        cached.used = self.tick;
        Some(cached)
    }

    pub fn put(&mut self, stream: StreamId, mut cached: Cached) {
        self.tick += 1;
        cached.used = self.tick;
        self.streams.insert(stream, cached);
        if self.streams.len() > STREAMS_MAX {
            self.evict();
        }
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
        let Some(cached) = self.streams.get_mut(&stream) else {
            return;
        };
        let taken_in = row
            .recorded()
            .is_ok_and(|recorded| cached.push(&recorded).is_ok());
        if !taken_in {
            self.streams.remove(&stream);
        }
    }

    pub fn clear(&mut self) {
        self.streams.clear();
    }

    /// Drops the quarter that was not used for longest, so that this is done seldom.
    fn evict(&mut self) {
        let mut used: Vec<u64> = self.streams.values().map(|cached| cached.used).collect();
        let quarter = used.len() / 4;
        let (_, oldest_kept, _) = used.select_nth_unstable(quarter);
        let oldest_kept = *oldest_kept;
        self.streams.retain(|_, cached| cached.used >= oldest_kept);
    }
}
