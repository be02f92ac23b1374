//! The lines of an exported log.
//!
//! The first line says what follows; see [`First`]. Then one line an event, see [`Line`]. In a part of a log an event
//! may be withheld: its payload and salt, with a digest of the two in their place (`content`), or everything but its
//! leaf, see [`Withheld`].

use super::walk::{Extent, Seen, Step};
use crate::store::chain::{self, Envelope, Hash, Hashed};
use crate::store::copy::Copied;
use crate::store::row::EventRow;
use chrono::{DateTime, NaiveDate};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// The format this release writes.
pub const FORMAT: &str = "samspor-log/2";
/// The format before it, which is read as well: no end in the first line, no digests of commands, no parts.
pub const FORMAT_BEFORE: &str = "samspor/1";

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
    /// Where the file ends: without it a file that was cut off could not be told from a shorter log.
    #[serde(flatten)]
    pub end: Option<End>,
    /// Whether events are withheld.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// Where a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Position of the last event.
    pub events: i64,
    /// The chain up to there.
    #[serde(with = "as_hex")]
    pub head: Hash,
}

impl First {
    /// Reads the first line of an exported log.
    ///
    /// # Errors
    /// Why it is none that this release reads.
    pub fn parse(line: &str) -> Result<Self, String> {
        let first: Self = serde_json::from_str(line).map_err(|error| error.to_string())?;
        match first.format.as_str() {
            FORMAT if first.end.is_some() => Ok(first),
            FORMAT => Err("it does not say where the log ends".to_owned()),
            FORMAT_BEFORE if !first.partial => Ok(first),
            other => Err(format!(
                "the format {other} is neither {FORMAT} nor {FORMAT_BEFORE}"
            )),
        }
    }

    /// How much of the log the file holds.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        if self.partial {
            Extent::Part
        } else {
            Extent::Whole
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line<'a> {
    position: i64,
    #[serde(borrow)]
    stream_kind: Cow<'a, str>,
    stream_id: Uuid,
    version: i32,
    #[serde(borrow)]
    name: Cow<'a, str>,
    /// The exact text that is hashed, as a string.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    payload: Option<Cow<'a, str>>,
    /// Where payload and salt are withheld: the hash of the two.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_hex::maybe"
    )]
    content: Option<Hash>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    command_id: Uuid,
    correlation: Uuid,
    causation: Option<i64>,
    recorded_at: Timestamp,
    effective_from: Option<NaiveDate>,
    effective_to: Option<NaiveDate>,
    occurred_at: Option<Timestamp>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_hex::maybe"
    )]
    salt: Option<[u8; 16]>,
    #[serde(with = "as_hex")]
    hash: Hash,
    /// Not hashed: beside the first event of a command, the keyed hash of what it said. Means something to who has
    /// the region's key, and nothing to anybody else.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_hex::maybe"
    )]
    digest: Option<Hash>,
}

/// An event of which nothing but its hashes is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    position: i64,
    #[serde(with = "as_hex")]
    leaf: Hash,
    #[serde(with = "as_hex")]
    hash: Hash,
}

/// A line of a part of a log.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is looked at, and none is kept"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyLine<'a> {
    /// At least the envelope.
    Seen(Line<'a>),
    /// The leaf alone.
    Withheld(Withheld),
}

const MOMENT: &str = "a moment is beyond all calendars";
const HASH: &str = "a hash is not 32 bytes long";

fn moment(micros: i64) -> Result<Timestamp, &'static str> {
    DateTime::from_timestamp_micros(micros).ok_or(MOMENT)
}

impl<'a> Line<'a> {
    /// An event as it lies in the log.
    ///
    /// # Errors
    /// Why it cannot be written down.
    pub fn full(copied: &Copied<'a>) -> Result<Self, &'static str> {
        let Hashed {
            position,
            envelope,
            salt,
            payload,
        } = copied.event;
        Ok(Self {
            position,
            stream_kind: envelope.stream_kind.into(),
            stream_id: envelope.stream_id,
            version: envelope.version,
            name: envelope.name.into(),
            payload: Some(payload.into()),
            content: None,
            actor: envelope.actor.into(),
            command_id: envelope.command_id,
            correlation: envelope.correlation,
            causation: envelope.causation,
            recorded_at: moment(envelope.recorded_at)?,
            effective_from: envelope.effective_from,
            effective_to: envelope.effective_to,
            occurred_at: envelope.occurred_at.map(moment).transpose()?,
            salt: Some(salt.try_into().ok().ok_or("a salt is not 16 bytes long")?),
            hash: copied.hash.try_into().ok().ok_or(HASH)?,
            digest: copied
                .digest
                .map(Hash::try_from)
                .transpose()
                .ok()
                .ok_or(HASH)?,
        })
    }

    /// The same without what it says: the salt is withheld with the payload, so that nobody can guess at it.
    #[must_use]
    pub fn without_payload(mut self) -> Self {
        if let (Some(payload), Some(salt)) = (self.payload.take(), self.salt.take()) {
            self.content = Some(chain::content(&salt, &payload));
        }
        self.digest = None;
        self
    }

    /// The same without the digest of its command.
    #[must_use]
    pub fn without_digest(mut self) -> Self {
        self.digest = None;
        self
    }

    /// Its place in the log.
    #[must_use]
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// The keyed hash of what its command said, if it is the command's first event and the digest came along.
    #[must_use]
    pub const fn digest(&self) -> Option<Hash> {
        self.digest
    }

    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            stream_kind: &self.stream_kind,
            stream_id: self.stream_id,
            version: self.version,
            name: &self.name,
            actor: &self.actor,
            command_id: self.command_id,
            correlation: self.correlation,
            causation: self.causation,
            recorded_at: self.recorded_at.timestamp_micros(),
            effective_from: self.effective_from,
            effective_to: self.effective_to,
            occurred_at: self.occurred_at.map(|moment| moment.timestamp_micros()),
        }
    }

    /// What the walk along the chain needs.
    ///
    /// # Errors
    /// When the line holds neither the content nor its digest, or both.
    pub fn step(&self, log_id: Uuid) -> Result<Step, &'static str> {
        let envelope = self.envelope();
        let content = match (&self.payload, &self.salt, self.content) {
            (Some(payload), Some(salt), None) => chain::content(salt, payload),
            (None, None, Some(content)) => content,
            _ => return Err("it needs a payload and a salt, or the digest of the two"),
        };
        Ok(Step {
            position: self.position,
            leaf: chain::leaf(log_id, self.position, &envelope.digest(), &content),
            hash: Some(self.hash),
            seen: Some(Seen::of(&envelope)),
        })
    }

    /// The event as a row.
    ///
    /// # Errors
    /// When its content is withheld.
    pub fn into_row(self) -> Result<EventRow, &'static str> {
        let (Some(payload), Some(salt)) = (self.payload, self.salt) else {
            return Err("its payload is withheld");
        };
        Ok(EventRow {
            position: self.position,
            stream_kind: self.stream_kind.into_owned(),
            stream_id: self.stream_id,
            version: self.version,
            name: self.name.into_owned(),
            payload: payload.into_owned(),
            actor: self.actor.into_owned(),
            command_id: self.command_id,
            correlation: self.correlation,
            causation: self.causation,
            recorded_at: self.recorded_at,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
            occurred_at: self.occurred_at,
            salt: salt.to_vec(),
            hash: self.hash.to_vec(),
        })
    }
}

impl Withheld {
    /// The leaf of an event and nothing else.
    ///
    /// # Errors
    /// When the stored hash is none.
    pub fn of(log_id: Uuid, copied: &Copied<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            position: copied.event.position,
            leaf: copied.event.leaf(log_id),
            hash: copied.hash.try_into().ok().ok_or(HASH)?,
        })
    }
}

impl<'a> AnyLine<'a> {
    /// Reads a line of a file that holds this much.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn parse(extent: Extent, line: &'a str) -> Result<Self, String> {
        if extent == Extent::Part
            && let Ok(withheld) = serde_json::from_str(line)
        {
            return Ok(Self::Withheld(withheld));
        }
        let seen: Line<'a> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if extent == Extent::Whole && seen.payload.is_none() {
            return Err("its payload is missing".to_owned());
        }
        Ok(Self::Seen(seen))
    }

    /// What the walk along the chain needs.
    ///
    /// # Errors
    /// As [`Line::step`].
    pub fn step(&self, log_id: Uuid) -> Result<Step, &'static str> {
        match self {
            Self::Seen(line) => line.step(log_id),
            Self::Withheld(withheld) => Ok(Step {
                position: withheld.position,
                leaf: withheld.leaf,
                hash: Some(withheld.hash),
                seen: None,
            }),
        }
    }

    /// Whether all of the event is there.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        match self {
            Self::Seen(line) => line.payload.is_some(),
            Self::Withheld(_) => false,
        }
    }
}

/// Bytes as hexadecimal digits.
pub(super) mod as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let digits: Cow<'de, str> = Cow::deserialize(deserializer)?;
        let mut bytes = [0; N];
        hex::decode_to_slice(digits.as_bytes(), &mut bytes).map_err(D::Error::custom)?;
        Ok(bytes)
    }

    /// Bytes that may be missing.
    pub mod maybe {
        use serde::{Deserializer, Serializer};

        pub fn serialize<S: Serializer, const N: usize>(
            bytes: &Option<[u8; N]>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match bytes {
                Some(bytes) => super::serialize(bytes, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
            deserializer: D,
        ) -> Result<Option<[u8; N]>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}
