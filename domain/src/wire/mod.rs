//! The stored form of events: a hand-set name `area.event.vN` and data as JSON. The names stand at the events
//! themselves (`serde(rename)`) and in [`mod@names`]; golden files in `golden/` hold every one ever released.
//!
//! An event is stored once and never rewritten. A changed event gets a new name or version, and a [`upcast::Step`] that
//! makes the new JSON of the old one when it is read; so everything behind this module knows the newest shape only.
//! `RECIPES.md` beside this file says, with an example that was really done, how a field is added, how something is
//! renamed, and how an event is split.
//!
//! **Two releases.** Old and new processes work on one log while a release is rolled out. A release that first *reads* a
//! new version still *writes* the old one ([`STILL_WRITTEN`]); the next one writes it. `released.txt` holds the names
//! that the last release reads, and a test fails where this one writes any other. A process that meets a name it does
//! not know all the same ([`WireError::UnknownName`]) goes on answering reads, which end before that event and say so,
//! and refuses commands.

pub mod lean;
pub mod names;
mod tagged;
pub mod upcast;

use crate::correction::CorrectionEvent;
use crate::event::Event;
pub use names::name_of;
use serde_json::{Map, Value};

/// Older names that this release still writes, because the release before it does not read the newer ones.
pub const STILL_WRITTEN: &[&str] = &[];

/// Why a stored event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A name or version that this release does not know.
    #[error("this release does not know the event {0}")]
    UnknownName(String),
    /// Data that does not fit its name.
    #[error("the data of the event {name} cannot be read")]
    Data {
        /// The stored name.
        name: String,
        /// What was wrong.
        #[source]
        source: serde_json::Error,
    },
}

/// Every name that this release can read: the newest, and all older ones.
pub fn names() -> impl Iterator<Item = &'static str> {
    let older = upcast::STEPS.iter().map(|step| step.from);
    names::NEWEST.iter().copied().chain(older)
}

/// Name and data of an event, as stored.
///
/// # Panics
/// Never: every event is a map with string keys.
#[must_use]
pub fn encode(event: &Event) -> (String, String) {
    encode_as(event, STILL_WRITTEN)
}

fn encode_as(event: &Event, still_written: &[&'static str]) -> (String, String) {
    let data = newest_data(event);
    if still_written.is_empty() {
        return (name_of(event).to_owned(), data);
    }
    let data: Map<String, Value> =
        serde_json::from_str(&data).expect("every event's data is a map with string keys");
    let (name, mut data) = upcast::downcast(name_of(event), data, still_written);
    if let Event::Correction(CorrectionEvent::Made { instead, .. }) = event
        && let crate::correction::Instead::Replacement { event, .. } = instead
        && let Some(place) = data
            .get_mut("instead")
            .and_then(|instead| instead.pointer_mut(REPLACEMENT))
    {
        let (name, data) = encode_as(event, still_written);
        let data: Value = serde_json::from_str(&data).expect("was just written");
        *place = serde_json::json!({ "name": name, "data": data });
    }
    (name.to_owned(), Value::Object(data).to_string())
}

fn newest_data(event: &Event) -> String {
    let json = match event {
        Event::Region(event) => serde_json::to_string(event),
        Event::Organisation(event) => serde_json::to_string(event),
        Event::Person(event) => serde_json::to_string(event),
        Event::Network(event) => serde_json::to_string(event),
        Event::Meeting(event) => serde_json::to_string(event),
        Event::Commitment(event) => serde_json::to_string(event),
        Event::Correction(event) => serde_json::to_string(event),
        Event::Text(event) => serde_json::to_string(event),
    }
    .expect("events are maps with string keys");
    // An area's event is written as {"NAME":DATA}, and a name needs no escape.
    json.strip_suffix('}')
        .and_then(|json| json.split_once("\":"))
        .map(|(_, data)| data.to_owned())
        .expect("every event has data under its name")
}

/// Where the event lies that a correction puts in place of another, inside `instead`.
const REPLACEMENT: &str = "/replacement/event";

/// The event with this stored name and data, brought up to the newest version first.
///
/// # Errors
/// [`WireError`] for an unknown name or data that does not fit.
pub fn decode(name: &str, data: &str) -> Result<Event, WireError> {
    if name.starts_with("correction.") {
        return correction(name, data);
    }
    match upcast::upcast(name, data)? {
        Some((name, data)) => newest(name, &data),
        None => newest(name, data),
    }
}

/// A correction may hold an event, which has a version of its own. It is brought up where it stands; here it is only
/// asked for its name, so that one of a newer release is told as such.
fn correction(name: &str, data: &str) -> Result<Event, WireError> {
    let (name, data) = match upcast::upcast(name, data)? {
        Some((name, data)) => (name, std::borrow::Cow::Owned(data)),
        None => (name, std::borrow::Cow::Borrowed(data)),
    };
    let value: Value = serde_json::from_str(&data).map_err(|source| WireError::Data {
        name: name.to_owned(),
        source,
    })?;
    let inner = value
        .get("instead")
        .and_then(|instead| instead.pointer(REPLACEMENT))
        .and_then(|event| event.get("name"))
        .and_then(Value::as_str);
    if let Some(inner) = inner
        && !names().any(|known| known == inner)
    {
        return Err(WireError::UnknownName(inner.to_owned()));
    }
    newest(name, &data)
}

fn newest(name: &str, data: &str) -> Result<Event, WireError> {
    if !names::NEWEST.contains(&name) {
        return Err(WireError::UnknownName(name.to_owned()));
    }
    let result = match name.split('.').next() {
        Some("region") => tagged::read(name, data).map(Event::Region),
        Some("organisation") => tagged::read(name, data).map(Event::Organisation),
        Some("person") => tagged::read(name, data).map(Event::Person),
        Some("network") => tagged::read(name, data).map(Event::Network),
        Some("meeting") => tagged::read(name, data).map(Event::Meeting),
        Some("commitment") => tagged::read(name, data).map(Event::Commitment),
        Some("correction") => tagged::read(name, data).map(Event::Correction),
        Some("text") => tagged::read(name, data).map(Event::Text),
        _ => return Err(WireError::UnknownName(name.to_owned())),
    };
    result.map_err(|source| WireError::Data {
        name: name.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
