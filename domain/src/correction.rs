//! Corrections: an event is never altered, another one says what should have stood there.

use crate::about::{about, stream_of};
use crate::event::Event;
use crate::history::timeline;
use crate::ids::{StreamId, commitment_id};
use crate::moment::Moment;
use crate::recorded::{Position, Recorded};
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use crate::text::Prose;
use crate::time::Effective;
use crate::wire::name_of;
use crate::withdrawal::is_final;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// This event, with its own day.
    Replacement {
        /// The event as it should have been.
        event: Box<Event>,
        /// When it was true.
        effective: Effective,
    },
    /// Nothing: it did not happen.
    Retracted,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CorrectionEvent {
    /// An earlier event was wrong. It lies in the stream of that event.
    #[serde(rename = "correction.made.v1")]
    Made {
        /// The position of the event it corrects: an ordinary one, or a correction.
        of: Position,
        /// The position of the ordinary event at the bottom of it.
        root: Position,
        /// What stands instead.
        instead: Instead,
        /// Why, in words.
        reason: Prose,
        /// The ids that any version of the event was about, so that views that lose it are folded again.
        concerns: Vec<Uuid>,
    },
}

/// Decides a correction. It lies in the stream of what it corrects and points backwards; the replacement is the same
/// kind of event in the same stream, on a day that is not in the future. It may name another network or unit.
///
/// # Errors
/// [`Stop`]: the stream's events are needed, or a refusal.
pub fn decide(
    stream: StreamId,
    of: Position,
    instead: &Instead,
    reason: Prose,
    loaded: &Loaded,
    moment: &Moment,
) -> Result<CorrectionEvent, Stop> {
    let history = loaded.history(stream)?;
    let find = |position: Position| {
        history
            .iter()
            .find(|recorded| recorded.position == position)
    };
    let target = find(of).ok_or(Rejection::UnknownEvent)?;
    let (root, mut concerns) = match &target.event {
        Event::Correction(CorrectionEvent::Made { root, concerns, .. }) => {
            let mut concerns = concerns.clone();
            concerns.extend(about(&target.event, moment.tenant));
            (*root, concerns)
        }
        event => (of, about(event, moment.tenant)),
    };
    let original = find(root).ok_or(Rejection::UnknownEvent)?;
    if is_final(&original.event) {
        return Err(Rejection::Final.into());
    }
    for earlier in history {
        if let Event::Correction(CorrectionEvent::Made { root: same, .. }) = &earlier.event
            && *same == root
        {
            concerns.extend(about(&earlier.event, moment.tenant));
        }
    }
    if let Instead::Replacement { event, effective } = instead {
        if name_of(event) != name_of(&original.event)
            || stream_of(event, moment.tenant) != stream_of(&original.event, moment.tenant)
            || another_answer(event)
        {
            return Err(Rejection::AnotherKindOfEvent.into());
        }
        if effective.from().is_some_and(|from| from > moment.today) {
            return Err(Rejection::InTheFuture.into());
        }
        concerns.extend(about(event, moment.tenant));
    }
    concerns.sort_unstable();
    concerns.dedup();
    let made = CorrectionEvent::Made {
        of,
        root,
        instead: instead.clone(),
        reason,
        concerns,
    };
    // The replacement that stands already, a second retraction, a correction of one that another overruled.
    let mut after = history.to_vec();
    after.push(Recorded {
        position: history.last().map_or(0, |last| last.position) + 1,
        event: made.clone().into(),
        ..target.clone()
    });
    if timeline(&after, moment.today, None) == timeline(history, moment.today, None) {
        return Err(Rejection::NothingCorrected.into());
    }
    Ok(made)
}

/// An answer's id follows from its meeting and organisation; another organisation's is another answer, and would be
/// its second.
fn another_answer(event: &Event) -> bool {
    match event {
        Event::Commitment(event) => {
            let (commitment, meeting, organisation) = event.identity();
            commitment != commitment_id(meeting, organisation)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
