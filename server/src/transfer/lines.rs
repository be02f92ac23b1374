//! The lines of an exported log.

use crate::store::row::EventRow;
use chrono::NaiveDate;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The format this release writes and reads; the hash chain says the same.
pub const FORMAT: &str = "samspor/1";

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// [`FORMAT`].
    pub format: String,
    /// The log's own id.
    pub log_id: Uuid,
    /// The id that the events know the region by.
    pub region: Uuid,
    /// Its name.
    pub name: String,
    /// `nb`, `nn` or `en`.
    pub language: String,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    position: i64,
    stream_kind: String,
    stream_id: Uuid,
    version: i32,
    name: String,
    /// The exact text that is hashed, as a string.
    payload: String,
    actor: String,
    command_id: Uuid,
    correlation: Uuid,
    causation: Option<i64>,
    recorded_at: Timestamp,
    effective_from: Option<NaiveDate>,
    effective_to: Option<NaiveDate>,
    occurred_at: Option<Timestamp>,
    #[serde(with = "as_hex")]
    salt: Vec<u8>,
    #[serde(with = "as_hex")]
    hash: Vec<u8>,
}

impl From<EventRow> for Line {
    fn from(row: EventRow) -> Self {
        Self {
            position: row.position,
            stream_kind: row.stream_kind,
            stream_id: row.stream_id,
            version: row.version,
            name: row.name,
            payload: row.payload,
            actor: row.actor,
            command_id: row.command_id,
            correlation: row.correlation,
            causation: row.causation,
            recorded_at: row.recorded_at,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            occurred_at: row.occurred_at,
            salt: row.salt,
            hash: row.hash,
        }
    }
}

impl From<Line> for EventRow {
    fn from(line: Line) -> Self {
        Self {
            position: line.position,
            stream_kind: line.stream_kind,
            stream_id: line.stream_id,
            version: line.version,
            name: line.name,
            payload: line.payload,
            actor: line.actor,
            command_id: line.command_id,
            correlation: line.correlation,
            causation: line.causation,
            recorded_at: line.recorded_at,
            effective_from: line.effective_from,
            effective_to: line.effective_to,
            occurred_at: line.occurred_at,
            salt: line.salt,
            hash: line.hash,
        }
    }
}

/// Bytes as hexadecimal digits.
mod as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
