//! The hash chain of a region's log.
//!
//! For each event
//!
//! ```text
//! leaf = SHA-256(format ‖ log_id ‖ position ‖ SHA-256(envelope) ‖ SHA-256(salt ‖ payload))
//! hash = SHA-256(previous hash ‖ leaf)
//! ```
//!
//! with `format` the 9 bytes `samspor/1`, `log_id` 16 bytes, `position` 8 bytes with the highest first; the previous
//! hash of the first event is 32 zero bytes. `envelope` is these fields in this order, each with its length in bytes
//! before it (4 bytes, highest first); integers have their highest byte first:
//!
//! | field | bytes |
//! |---|---|
//! | stream kind | UTF-8 |
//! | stream id | 16 |
//! | version | 4 |
//! | name | UTF-8 |
//! | actor | UTF-8: `person:ID`, `operator`, `clock` |
//! | command id, correlation | 16 each |
//! | causation | 8, or nothing |
//! | recorded at | 8: microseconds since 1970 in UTC, two's complement |
//! | effective from, to | 10 each: `2026-08-17`; or nothing when unknown |
//! | occurred at | 8 as recorded at, or nothing |
//!
//! # A worked example
//!
//! Log `0101…01`, position 1, stream `person` `0202…02`, version 1, name `person.registered.v1`, actor `operator`,
//! command id `0303…03`, correlation `0404…04`, no causation, recorded 2026-08-17T10:00:00Z, effective that day, nothing
//! occurred, salt `0505…05`, payload `{"event":{}}`. Then
//!
//! ```text
//! envelope
//!   00000006 706572736f6e                               stream kind
//!   00000010 02020202020202020202020202020202           stream id
//!   00000004 00000001                                   version
//!   00000014 706572736f6e2e726567697374657265642e7631   name
//!   00000008 6f70657261746f72                           actor
//!   00000010 03030303030303030303030303030303           command id
//!   00000010 04040404040404040404040404040404           correlation
//!   00000000                                            causation: nothing
//!   00000008 0006593b3bb62800                           recorded at
//!   0000000a 323032362d30382d3137                       effective from
//!   0000000a 323032362d30382d3137                       effective to
//!   00000000                                            occurred at: nothing
//! SHA-256(envelope)       fa89c14f58cecc330a783a035135d8f4eae59059a74f27ad37481977e5504b1c
//! SHA-256(salt ‖ payload) ffb3d6ca46c1e3788357634e54e12ed7043080581284b00ae946627f3480dc5c
//! leaf                    856d53280e9b1a51041c42960c8826b3492b6865d8273845742dedf7af29b9e7
//! hash                    7bb90eecebf5f64e452995513448db7e0ac6549268bdf109aea0163e397e0f74
//! ```

use crate::store::row::EventRow;
use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What stands before the first event.
pub const GENESIS: Hash = [0; 32];

const FORMAT: &[u8] = b"samspor/1";

/// What of an event is hashed, borrowed from wherever it lies.
#[derive(Clone, Copy, Debug)]
pub struct Hashed<'a> {
    /// Place in the log.
    pub position: i64,
    /// Everything but the content.
    pub envelope: Envelope<'a>,
    /// The row's 16 random bytes.
    pub salt: &'a [u8],
    /// The exact text.
    pub payload: &'a str,
}

/// The envelope's fields in their order. Moments are microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// Kind of its stream.
    pub stream_kind: &'a str,
    /// Which stream of that kind.
    pub stream_id: Uuid,
    /// Place in the stream.
    pub version: i32,
    /// Stored name.
    pub name: &'a str,
    /// Who.
    pub actor: &'a str,
    /// The command that brought it.
    pub command_id: Uuid,
    /// What it began with.
    pub correlation: Uuid,
    /// The event that caused the command.
    pub causation: Option<i64>,
    /// When it was recorded.
    pub recorded_at: i64,
    /// First day it can have been true.
    pub effective_from: Option<NaiveDate>,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
    /// What a device that was offline says.
    pub occurred_at: Option<i64>,
}

impl<'a> From<&'a EventRow> for Hashed<'a> {
    fn from(row: &'a EventRow) -> Self {
        Self {
            position: row.position,
            envelope: Envelope {
                stream_kind: &row.stream_kind,
                stream_id: row.stream_id,
                version: row.version,
                name: &row.name,
                actor: &row.actor,
                command_id: row.command_id,
                correlation: row.correlation,
                causation: row.causation,
                recorded_at: row.recorded_at.timestamp_micros(),
                effective_from: row.effective_from,
                effective_to: row.effective_to,
                occurred_at: row.occurred_at.map(|moment| moment.timestamp_micros()),
            },
            salt: &row.salt,
            payload: &row.payload,
        }
    }
}

impl Hashed<'_> {
    /// Its leaf in the chain of a log.
    #[must_use]
    pub fn leaf(&self, log_id: Uuid) -> Hash {
        let content = content(self.salt, self.payload);
        leaf(log_id, self.position, &self.envelope.digest(), &content)
    }
}

impl Envelope<'_> {
    /// Hash of the envelope.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Sha256::digest(self.bytes()).into()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        let mut field = |content: &[u8]| {
            let length =
                u32::try_from(content.len()).expect("no field of an envelope is that long");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(content);
        };
        field(self.stream_kind.as_bytes());
        field(self.stream_id.as_bytes());
        field(&self.version.to_be_bytes());
        field(self.name.as_bytes());
        field(self.actor.as_bytes());
        field(self.command_id.as_bytes());
        field(self.correlation.as_bytes());
        let eight = |number: Option<i64>| number.map(i64::to_be_bytes);
        field(
            eight(self.causation)
                .as_ref()
                .map_or(&[], <[u8; 8]>::as_slice),
        );
        field(&self.recorded_at.to_be_bytes());
        for day in [self.effective_from, self.effective_to] {
            match day {
                Some(day) => match digits(day) {
                    Some(text) => field(&text),
                    None => field(day.to_string().as_bytes()),
                },
                None => field(&[]),
            }
        }
        field(
            eight(self.occurred_at)
                .as_ref()
                .map_or(&[], <[u8; 8]>::as_slice),
        );
        bytes
    }
}

/// A day of the years 0 to 9999 as it is written, `2026-08-17`: several times faster than formatting it.
fn digits(day: NaiveDate) -> Option<[u8; 10]> {
    let year = u32::try_from(day.year())
        .ok()
        .filter(|year| *year < 10_000)?;
    let digit = |number: u32, unit: u32| b'0' + u8::try_from(number / unit % 10).unwrap_or(0);
    let (month, day) = (day.month(), day.day());
    Some([
        digit(year, 1000),
        digit(year, 100),
        digit(year, 10),
        digit(year, 1),
        b'-',
        digit(month, 10),
        digit(month, 1),
        b'-',
        digit(day, 10),
        digit(day, 1),
    ])
}

/// Hash of the content.
#[must_use]
pub fn content(salt: &[u8], payload: &str) -> Hash {
    Sha256::new()
        .chain_update(salt)
        .chain_update(payload)
        .finalize()
        .into()
}

/// Hash of an event by itself, from the digests of its two halves: so a part of a log can be handed over with digests
/// for what is withheld, and still be checked.
#[must_use]
pub fn leaf(log_id: Uuid, position: i64, envelope: &Hash, content: &Hash) -> Hash {
    Sha256::new()
        .chain_update(FORMAT)
        .chain_update(log_id.as_bytes())
        .chain_update(position.to_be_bytes())
        .chain_update(envelope)
        .chain_update(content)
        .finalize()
        .into()
}

/// The chain with one more leaf.
#[must_use]
pub fn link(previous: &Hash, leaf: &Hash) -> Hash {
    Sha256::new()
        .chain_update(previous)
        .chain_update(leaf)
        .finalize()
        .into()
}

/// The chain with one more event.
#[must_use]
pub fn next(log_id: Uuid, previous: &Hash, row: &EventRow) -> Hash {
    link(previous, &Hashed::from(row).leaf(log_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeZone, Utc};

    fn example() -> EventRow {
        let day = NaiveDate::from_ymd_opt(2026, 8, 17);
        EventRow {
            position: 1,
            stream_kind: "person".into(),
            stream_id: Uuid::from_bytes([2; 16]),
            version: 1,
            name: "person.registered.v1".into(),
            payload: r#"{"event":{}}"#.into(),
            actor: "operator".into(),
            command_id: Uuid::from_bytes([3; 16]),
            correlation: Uuid::from_bytes([4; 16]),
            causation: None,
            recorded_at: Utc.with_ymd_and_hms(2026, 8, 17, 10, 0, 0).unwrap(),
            effective_from: day,
            effective_to: day,
            occurred_at: None,
            salt: vec![5; 16],
            hash: Vec::new(),
        }
    }

    const DOC: &str = include_str!("chain.rs");

    /// What stands after a name in the worked example.
    fn documented(name: &str) -> Vec<u8> {
        let line = DOC
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("//! ")?.strip_prefix(name))
            .expect("the documentation has that line");
        hex::decode(line.trim()).expect("is hexadecimal")
    }

    /// The envelope of the worked example, byte by byte as documented.
    fn documented_envelope() -> Vec<u8> {
        let (_, after) = DOC.split_once("//! envelope\n").expect("is documented");
        let digits: String = after
            .lines()
            .map_while(|line| line.strip_prefix("//!   "))
            .flat_map(|line| line.split("  ").next())
            .collect();
        hex::decode(digits.replace(' ', "")).expect("is hexadecimal")
    }

    #[test]
    fn the_code_hashes_the_bytes_of_the_worked_example() {
        let (row, log_id) = (example(), Uuid::from_bytes([1; 16]));
        let event = Hashed::from(&row);
        assert_eq!(
            hex::encode(event.envelope.bytes()),
            hex::encode(documented_envelope())
        );
        assert_eq!(event.leaf(log_id).as_slice(), documented("leaf "));
        assert_eq!(next(log_id, &GENESIS, &row).as_slice(), documented("hash "));
    }

    #[test]
    fn the_worked_example_can_be_recomputed_from_its_bytes_alone() {
        let sha = |bytes: &[u8]| Sha256::digest(bytes).to_vec();
        let envelope = sha(&documented_envelope());
        assert_eq!(envelope, documented("SHA-256(envelope) "));
        let content = sha(&[[5; 16].as_slice(), br#"{"event":{}}"#].concat());
        assert_eq!(content, documented("SHA-256(salt ‖ payload) "));
        let position = [0, 0, 0, 0, 0, 0, 0, 1];
        let leaf = sha(&[
            b"samspor/1".as_slice(),
            &[1; 16],
            &position,
            &envelope,
            &content,
        ]
        .concat());
        assert_eq!(leaf, documented("leaf "));
        assert_eq!(
            sha(&[[0; 32].as_slice(), &leaf].concat()),
            documented("hash ")
        );
    }

    #[test]
    fn a_day_is_hashed_as_it_is_written() {
        for (year, month, day) in [(2026, 8, 17), (1, 1, 1), (9999, 12, 31), (987, 10, 5)] {
            let day = NaiveDate::from_ymd_opt(year, month, day).expect("is a day");
            assert_eq!(
                digits(day).as_ref().map(<[u8; 10]>::as_slice),
                Some(day.to_string().as_bytes())
            );
        }
        for year in [-1, 10_000] {
            assert_eq!(
                digits(NaiveDate::from_ymd_opt(year, 1, 1).expect("is a day")),
                None
            );
        }
    }
}
