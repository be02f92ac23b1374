//! The stored form of events: a hand-set name `area.event.vN` and data as JSON. The names stand at the events
//! themselves (`serde(rename)`); golden files in `golden/` hold every one ever released.

pub mod upcast;

use crate::event::Event;
use serde::Deserialize;

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

#[derive(Deserialize)]
struct Tagged<'a> {
    name: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    data: &'a serde_json::value::RawValue,
}

/// Name and data of an event, as stored.
///
/// # Panics
/// Never: every event is a map with string keys.
#[must_use]
pub fn encode(event: &Event) -> (String, String) {
    let json = serde_json::to_string(event).expect("events are maps with string keys");
    let tagged: Tagged<'_> =
        serde_json::from_str(&json).expect("every event is tagged with its name");
    (tagged.name.into_owned(), tagged.data.get().to_owned())
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
    let json = format!("{{\"name\":\"{name}\",\"data\":{data}}}");
    let read = |result: Result<Event, serde_json::Error>| {
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
    };
    match name.split('.').next() {
        Some("region") => read(serde_json::from_str(&json).map(Event::Region)),
        Some("organisation") => read(serde_json::from_str(&json).map(Event::Organisation)),
        Some("person") => read(serde_json::from_str(&json).map(Event::Person)),
        Some("network") => read(serde_json::from_str(&json).map(Event::Network)),
        Some("meeting") => read(serde_json::from_str(&json).map(Event::Meeting)),
        Some("commitment") => read(serde_json::from_str(&json).map(Event::Commitment)),
        Some("correction") => read(serde_json::from_str(&json).map(Event::Correction)),
        _ => Err(WireError::UnknownName(name.to_owned())),
    }
}

#[cfg(test)]
mod tests;
