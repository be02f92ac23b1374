//! The two clocks. Everything that folds events goes through [`timeline`]: live views, states of decisions, "as of",
//! rebuilds. Nothing else knows how corrections and back-dated events are put in place.

use crate::correction::{CorrectionEvent, Instead};
use crate::event::Event;
use crate::recorded::{Position, Recorded};
use crate::time::{Effective, Timestamp};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Something that events are folded into. Total: no event can make it fail, in any order.
pub trait Fold: Default {
    /// Takes one event in.
    fn apply(&mut self, recorded: &Recorded);
}

/// Events in the order in which they were true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Corrections put in place, in order of (effective, position); no correction is among them.
    pub events: Vec<Recorded>,
    /// How many of them have no known day; they stand last.
    pub unknown_days: u32,
}

impl Timeline {
    fn of(events: Vec<Recorded>) -> Self {
        let unknown_days = events
            .iter()
            .filter(|recorded| recorded.effective == Effective::Unknown)
            .count();
        Self {
            events,
            unknown_days: u32::try_from(unknown_days).unwrap_or(u32::MAX),
        }
    }

    /// Only the events that something asks for.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&Event) -> bool) -> Self {
        self.events.retain(|recorded| keep(&recorded.event));
        Self::of(self.events)
    }

    /// Folds them.
    #[must_use]
    pub fn fold<S: Fold>(&self) -> S {
        let mut state = S::default();
        for recorded in &self.events {
            state.apply(recorded);
        }
        state
    }
}

/// What an event says after corrections: `None` when it was retracted.
fn in_force(
    recorded: &Recorded,
    corrections: &BTreeMap<Position, Vec<&Recorded>>,
) -> Option<(Event, Effective)> {
    // The last correction that is itself in force wins. A correction points backwards only, so this ends.
    for correction in corrections
        .get(&recorded.position)
        .into_iter()
        .flatten()
        .rev()
    {
        match in_force(correction, corrections) {
            Some((Event::Correction(CorrectionEvent::Made { instead, .. }), _)) => {
                return match instead {
                    Instead::Replacement { event, effective } => Some((*event, effective)),
                    Instead::Retracted => None,
                };
            }
            // The correction itself was replaced: what stands instead of it stands here.
            Some((event, effective)) => return Some((event, effective)),
            // The correction was retracted: the one before it counts again.
            None => {}
        }
    }
    Some((recorded.event.clone(), recorded.effective))
}

/// What was true `on` a day (the whole of it), as known at a moment: take what was recorded up to `known_at`, put
/// corrections in place (the last one known wins; a correction can itself be corrected or retracted), order by
/// (effective, position), stop after `on`. Unknown days come last.
///
/// The events must be all of one stream, or all about one id, corrections included.
#[must_use]
pub fn timeline<'a>(
    recorded: impl IntoIterator<Item = &'a Recorded>,
    on: NaiveDate,
    known_at: Option<Timestamp>,
) -> Timeline {
    let mut ordinary = Vec::new();
    let mut corrections: BTreeMap<Position, Vec<&Recorded>> = BTreeMap::new();
    for recorded in recorded {
        if known_at.is_some_and(|moment| recorded.recorded_at > moment) {
            continue;
        }
        if let Event::Correction(CorrectionEvent::Made { of, .. }) = &recorded.event {
            corrections.entry(*of).or_default().push(recorded);
        } else {
            ordinary.push(recorded);
        }
    }
    for of_one in corrections.values_mut() {
        of_one.sort_by_key(|recorded| recorded.position);
    }
    let mut events: Vec<Recorded> = ordinary
        .into_iter()
        .filter_map(|recorded| {
            if !corrections.contains_key(&recorded.position) {
                return Some(recorded.clone());
            }
            let (event, effective) = in_force(recorded, &corrections)?;
            Some(Recorded {
                event,
                effective,
                ..recorded.clone()
            })
        })
        .filter(|recorded| recorded.effective.from().is_none_or(|from| from <= on))
        .collect();
    events.sort_by_key(|recorded| (recorded.effective.order(), recorded.position));
    Timeline::of(events)
}

/// How far a fold has come, and whether the next event can simply be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reached {
    /// The position of the last event taken in, whatever it changed.
    pub position: Position,
    /// The latest place on the timeline taken in.
    pub order: (NaiveDate, NaiveDate),
}

impl Default for Reached {
    fn default() -> Self {
        Self {
            position: 0,
            order: (NaiveDate::MIN, NaiveDate::MIN),
        }
    }
}

/// The live fold of a stream or key, kept up event by event.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Live<S> {
    /// What it was folded into.
    pub state: S,
    /// How far.
    pub reached: Reached,
}

/// Says that an event does not come last on the timeline (back-dated, or a correction): the fold must be made anew
/// from [`timeline`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MustRefold;

impl<S: Fold> Live<S> {
    /// Folds all events of a stream or key, as true on `today` and known now.
    #[must_use]
    pub fn of(recorded: &[Recorded], today: NaiveDate) -> Self {
        let timeline = timeline(recorded, today, None);
        let order = timeline
            .events
            .last()
            .map_or(Reached::default().order, |last| last.effective.order());
        let position = recorded
            .iter()
            .map(|recorded| recorded.position)
            .max()
            .unwrap_or(0);
        Self {
            state: timeline.fold(),
            reached: Reached { position, order },
        }
    }

    /// Takes in one more event, if it comes last on the timeline.
    ///
    /// # Errors
    /// [`MustRefold`] for a correction or a back-dated event; nothing has changed then.
    pub fn push(&mut self, recorded: &Recorded) -> Result<(), MustRefold> {
        if recorded.position <= self.reached.position {
            return Ok(());
        }
        if matches!(recorded.event, Event::Correction(_))
            || recorded.effective.order() < self.reached.order
        {
            return Err(MustRefold);
        }
        self.state.apply(recorded);
        self.reached = Reached {
            position: recorded.position,
            order: recorded.effective.order(),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
