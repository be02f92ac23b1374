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
//! SHA-256(envelope)       fa89c14f58cecc330a783a035135d8f4eae59059a74f27ad37481977e5504b1c
//! SHA-256(salt ‖ payload) ffb3d6ca46c1e3788357634e54e12ed7043080581284b00ae946627f3480dc5c
//! leaf                    856d53280e9b1a51041c42960c8826b3492b6865d8273845742dedf7af29b9e7
//! hash                    7bb90eecebf5f64e452995513448db7e0ac6549268bdf109aea0163e397e0f74
//! ```

use crate::store::row::EventRow;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What stands before the first event.
pub const GENESIS: Hash = [0; 32];

const FORMAT: &[u8] = b"samspor/1";

/// Hash of the envelope.
#[must_use]
pub fn envelope(row: &EventRow) -> Hash {
    let mut bytes = Vec::with_capacity(256);
    let mut field = |content: &[u8]| {
        let length = u32::try_from(content.len()).expect("no field of an envelope is that long");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(content);
    };
    field(row.stream_kind.as_bytes());
    field(row.stream_id.as_bytes());
    field(&row.version.to_be_bytes());
    field(row.name.as_bytes());
    field(row.actor.as_bytes());
    field(row.command_id.as_bytes());
    field(row.correlation.as_bytes());
    field(
        row.causation
            .map(i64::to_be_bytes)
            .as_ref()
            .map_or(&[], |bytes| bytes.as_slice()),
    );
    field(&row.recorded_at.timestamp_micros().to_be_bytes());
    for day in [row.effective_from, row.effective_to] {
        field(
            day.map(|day| day.to_string())
                .unwrap_or_default()
                .as_bytes(),
        );
    }
    let occurred_at = row
        .occurred_at
        .map(|moment| moment.timestamp_micros().to_be_bytes());
    field(occurred_at.as_ref().map_or(&[], |bytes| bytes.as_slice()));
    Sha256::digest(&bytes).into()
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
    link(
        previous,
        &leaf(
            log_id,
            row.position,
            &envelope(row),
            &content(&row.salt, &row.payload),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeZone, Utc};

    #[test]
    fn the_worked_example_holds() {
        let day = NaiveDate::from_ymd_opt(2026, 8, 17);
        let row = EventRow {
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
        };
        let log_id = Uuid::from_bytes([1; 16]);
        let (envelope, content) = (envelope(&row), content(&row.salt, &row.payload));
        let leaf = leaf(log_id, 1, &envelope, &content);
        let doc = include_str!("chain.rs");
        for (name, hash) in [
            ("SHA-256(envelope)      ", envelope),
            ("SHA-256(salt ‖ payload)", content),
            ("leaf                   ", leaf),
            ("hash                   ", next(log_id, &GENESIS, &row)),
        ] {
            let line = format!("//! {name} {}", hex::encode(hash));
            assert!(
                doc.contains(&line),
                "the module's documentation should hold\n{line}"
            );
        }
    }
}
