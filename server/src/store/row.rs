//! Events as rows, and back.

use super::error::StoreError;
use super::newer::Newer;
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::event::Event;
use domain::ids::{CommandId, PersonId, StreamId, StreamKind, TextId};
use domain::recorded::{Position, Recorded};
use domain::time::{Effective, Timestamp};
use domain::wire::{self, WireError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An event as Postgres and exports hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Place in the region's log.
    pub position: i64,
    /// Kind of its stream.
    pub stream_kind: String,
    /// Which stream of that kind.
    pub stream_id: Uuid,
    /// Place in the stream.
    pub version: i32,
    /// Stored name.
    pub name: String,
    /// The exact text that is hashed: see [`Payload`].
    pub payload: String,
    /// Who: see [`actor_text`].
    pub actor: String,
    /// The command that brought it.
    pub command_id: Uuid,
    /// What it began with.
    pub correlation: Uuid,
    /// The event that caused the command.
    pub causation: Option<i64>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// First day it can have been true.
    pub effective_from: Option<NaiveDate>,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
    /// What a device that was offline says.
    pub occurred_at: Option<Timestamp>,
    /// 16 random bytes.
    pub salt: Vec<u8>,
    /// The chain up to and with this event.
    pub hash: Vec<u8>,
}

/// By place, in the order of the fields: finding each of sixteen columns by its name took a third of the time that reading
/// a stream did.
impl FromRow<'_, PgRow> for EventRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get(0)?,
            stream_kind: row.try_get(1)?,
            stream_id: row.try_get(2)?,
            version: row.try_get(3)?,
            name: row.try_get(4)?,
            payload: row.try_get(5)?,
            actor: row.try_get(6)?,
            command_id: row.try_get(7)?,
            correlation: row.try_get(8)?,
            causation: row.try_get(9)?,
            recorded_at: row.try_get(10)?,
            effective_from: row.try_get(11)?,
            effective_to: row.try_get(12)?,
            occurred_at: row.try_get(13)?,
            salt: row.try_get(14)?,
            hash: row.try_get(15)?,
        })
    }
}

/// What a payload holds: `{"event":…,"sealed":{"TEXT ID":"base64","name:PERSON ID":"base64"}}`, `sealed` only where
/// there is something.
#[derive(Serialize, Deserialize)]
pub struct Payload<'a> {
    /// The event's data, as the domain wrote it.
    #[serde(borrow)]
    pub event: &'a RawValue,
    /// Sealed words and names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sealed: BTreeMap<String, String>,
}

/// Under which key a text's sealed words stand in a payload.
#[must_use]
pub fn text_place(text: TextId) -> String {
    text.to_string()
}

/// Under which key a person's sealed name stands in a payload.
#[must_use]
pub fn name_place(person: PersonId) -> String {
    format!("name:{person}")
}

/// The stored form of an actor.
#[must_use]
pub fn actor_text(actor: Actor) -> String {
    match actor {
        Actor::Person(person) => format!("person:{person}"),
        Actor::Operator => "operator".to_owned(),
        Actor::Clock => "clock".to_owned(),
    }
}

fn actor(text: &str) -> Option<Actor> {
    match text {
        "operator" => Some(Actor::Operator),
        "clock" => Some(Actor::Clock),
        _ => text
            .strip_prefix("person:")?
            .parse()
            .ok()
            .map(Actor::Person),
    }
}

/// A position as Postgres keeps it.
///
/// # Panics
/// Beyond 2⁶³ events.
#[must_use]
pub fn stored(position: Position) -> i64 {
    i64::try_from(position).expect("no log has 2^63 events")
}

/// A position as the domain has it; Postgres checks that none is negative.
#[must_use]
pub fn position(stored: i64) -> Position {
    u64::try_from(stored).unwrap_or(0)
}

/// What an event says, from its stored name and payload alone.
///
/// # Errors
/// [`StoreError::Newer`] when only a newer release can read it, [`StoreError::Unreadable`] when it is not what its
/// name says.
pub fn event_of(position: Position, name: &str, payload: &str) -> Result<Event, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { position, why };
    let payload: Payload<'_> =
        serde_json::from_str(payload).map_err(|error| unreadable(error.to_string()))?;
    wire::decode(name, payload.event.get()).map_err(|error| match error {
        WireError::UnknownName(name) => Newer {
            position,
            what: format!("the event {name}"),
        }
        .into(),
        WireError::Data { .. } => unreadable(error.to_string()),
    })
}

impl EventRow {
    /// The stream it lies in, if its kind is known.
    #[must_use]
    pub fn stream(&self) -> Option<StreamId> {
        StreamKind::parse(&self.stream_kind).map(|kind| StreamId {
            kind,
            id: self.stream_id,
        })
    }

    /// Its payload, taken apart.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when it is not what the store writes.
    pub fn payload(&self) -> Result<Payload<'_>, StoreError> {
        serde_json::from_str(&self.payload).map_err(|error| self.unreadable(&error))
    }

    /// The event in its envelope.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when only a newer release can read it, [`StoreError::Unreadable`] when it is not what its
    /// name says.
    pub fn recorded(&self) -> Result<Recorded, StoreError> {
        let event = event_of(position(self.position), &self.name, &self.payload)?;
        let effective = match (self.effective_from, self.effective_to) {
            (Some(from), Some(to)) => Effective::Days { from, to },
            _ => Effective::Unknown,
        };
        Ok(Recorded {
            position: position(self.position),
            stream: self
                .stream()
                .ok_or_else(|| self.newer(format!("a {}", self.stream_kind)))?,
            version: u32::try_from(self.version).unwrap_or(0),
            event,
            actor: actor(&self.actor)
                .ok_or_else(|| self.newer(format!("something done by {}", self.actor)))?,
            command: CommandId(self.command_id),
            correlation: self.correlation,
            causation: self.causation.map(position),
            recorded_at: self.recorded_at,
            effective,
            occurred_at: self.occurred_at,
        })
    }

    fn newer(&self, what: String) -> StoreError {
        Newer {
            position: position(self.position),
            what,
        }
        .into()
    }

    fn unreadable(&self, why: &dyn std::fmt::Display) -> StoreError {
        StoreError::Unreadable {
            position: position(self.position),
            why: why.to_string(),
        }
    }
}
