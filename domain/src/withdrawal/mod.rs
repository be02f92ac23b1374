//! Withdrawals: a text is taken back. Its key is destroyed; who withdrew it, when and why stays.

use crate::about::{about, texts};
use crate::correction::CorrectionEvent;
use crate::event::Event;
use crate::ids::{StreamId, TextId};
use crate::moment::Moment;
use crate::recorded::Position;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use crate::text::Prose;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TextEvent {
    /// A text was withdrawn: its words can never be read again. It lies in the stream of the event that holds the text.
    #[serde(rename = "text.withdrawn.v1")]
    Withdrawn {
        /// The position of the event that the words came with.
        of: Position,
        /// The text.
        text: TextId,
        /// Why, in words.
        reason: Prose,
        /// The ids that the event is about.
        concerns: Vec<Uuid>,
    },
}

/// Decides a withdrawal. It lies in the stream of the event that holds the text, and there is no way back from it.
///
/// # Errors
/// [`Stop`]: the stream's events are needed, or a refusal.
pub fn decide(
    stream: StreamId,
    of: Position,
    text: TextId,
    reason: Prose,
    loaded: &Loaded,
    moment: &Moment,
) -> Result<TextEvent, Stop> {
    let history = loaded.history(stream)?;
    let target = history
        .iter()
        .find(|recorded| recorded.position == of)
        .ok_or(Rejection::UnknownEvent)?;
    if !texts(&target.event).contains(&text) {
        return Err(Rejection::UnknownText.into());
    }
    let withdrawn = |event: &Event| matches!(event, Event::Text(TextEvent::Withdrawn { text: before, .. }) if *before == text);
    if history.iter().any(|earlier| withdrawn(&earlier.event)) {
        return Err(Rejection::AlreadyWithdrawn.into());
    }
    // The reason stays when the words are gone.
    if reason.0 == text {
        return Err(Rejection::WordsMissing.into());
    }
    Ok(TextEvent::Withdrawn {
        of,
        text,
        reason,
        concerns: about(&target.event, moment.tenant),
    })
}

/// Whether what an event says has destroyed something: no correction brings that back.
#[must_use]
pub const fn is_final(event: &Event) -> bool {
    match event {
        Event::Text(_) => true,
        Event::Person(event) => match event {
            crate::person::PersonEvent::Erased { .. } => true,
            crate::person::PersonEvent::Registered { .. }
            | crate::person::PersonEvent::Renamed { .. }
            | crate::person::PersonEvent::Joined { .. }
            | crate::person::PersonEvent::Left { .. } => false,
        },
        Event::Region(_)
        | Event::Organisation(_)
        | Event::Network(_)
        | Event::Meeting(_)
        | Event::Commitment(_)
        | Event::Correction(CorrectionEvent::Made { .. }) => false,
    }
}

#[cfg(test)]
mod tests;
