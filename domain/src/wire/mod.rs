//! The stored form of events: a hand-set name `area.event.vN` and data as JSON. The names stand at the events
//! themselves (`serde(rename)`); golden files in `golden/` hold every one ever released.

pub mod lean;
mod tagged;
pub mod upcast;

use crate::event::Event;

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

/// Name and data of an event, as stored.
///
/// # Panics
/// Never: every event is a map with string keys.
#[must_use]
pub fn encode(event: &Event) -> (String, String) {
    let json = match event {
        Event::Region(event) => serde_json::to_string(event),
        Event::Organisation(event) => serde_json::to_string(event),
        Event::Person(event) => serde_json::to_string(event),
        Event::Network(event) => serde_json::to_string(event),
        Event::Meeting(event) => serde_json::to_string(event),
        Event::Commitment(event) => serde_json::to_string(event),
        Event::Correction(event) => serde_json::to_string(event),
    }
    .expect("events are maps with string keys");
    // An area's event is written as {"NAME":DATA}, and a name needs no escape.
    json.strip_prefix("{\"")
        .and_then(|json| json.strip_suffix('}'))
        .and_then(|json| json.split_once("\":"))
        .map(|(name, data)| (name.to_owned(), data.to_owned()))
        .expect("every event has data under its name")
}

/// The event with this stored name and data, brought up to the newest version first.
///
/// # Errors
/// [`WireError`] for an unknown name or data that does not fit.
pub fn decode(name: &str, data: &str) -> Result<Event, WireError> {
    match upcast::upcast(name, data)? {
        Some((name, data)) => newest(&name, &data),
        None => newest(name, data),
    }
}

fn newest(name: &str, data: &str) -> Result<Event, WireError> {
    let result = match name.split('.').next() {
        Some("region") => tagged::read(name, data).map(Event::Region),
        Some("organisation") => tagged::read(name, data).map(Event::Organisation),
        Some("person") => tagged::read(name, data).map(Event::Person),
        Some("network") => tagged::read(name, data).map(Event::Network),
        Some("meeting") => tagged::read(name, data).map(Event::Meeting),
        Some("commitment") => tagged::read(name, data).map(Event::Commitment),
        Some("correction") => tagged::read(name, data).map(Event::Correction),
        _ => return Err(WireError::UnknownName(name.to_owned())),
    };
    result.map_err(|source| {
        if source.to_string().starts_with("unknown variant") {
            WireError::UnknownName(name.to_owned())
        } else {
            WireError::Data {
                name: name.to_owned(),
                source,
            }
        }
    })
}

#[cfg(test)]
mod tests;
