//! A log of made-up events of any length, as an export: to measure with, and to try what a large region would do.

use super::lines::{End, FORMAT, First, Line};
use crate::store::chain::{self, Envelope, GENESIS, Hash, Hashed};
use crate::store::copy::Copied;
use chrono::NaiveDate;
use domain::event::Event;
use domain::ids::OrganisationId;
use domain::organisation::event::{OrganisationEvent, OrganisationKind};
use domain::text::Name;
use domain::wire;
use std::io::Write;
use uuid::Uuid;

/// The log of every sample: the same number of events gives the same bytes.
const LOG: Uuid = Uuid::from_u128(0x5a3e_0000_0000_7000_8000_0000_0000_0001);
const REGION: Uuid = Uuid::from_u128(0x5a3e_0000_0000_7000_8000_0000_0000_0002);
/// 2026-01-01T00:00:00Z
const BEGAN: i64 = 1_767_225_600_000_000;
/// Events of each organisation.
const STREAM: i64 = 8;

/// Writes a log of so many events: organisations registered, and renamed a few times.
///
/// # Errors
/// Of whoever takes the lines.
pub fn write(events: i64, mut out: impl Write) -> std::io::Result<()> {
    let mut head = GENESIS;
    for position in 1..=events {
        head = event(position, &head, |_| Ok(()))?;
    }
    let first = First {
        format: FORMAT.to_owned(),
        log_id: LOG,
        region: REGION,
        name: "Sample".to_owned(),
        language: "en".to_owned(),
        end: Some(End { events, head }),
        partial: false,
    };
    serde_json::to_writer(&mut out, &first)?;
    let mut head = GENESIS;
    for position in 1..=events {
        head = event(position, &head, |copied| {
            out.write_all(b"\n")?;
            let line = Line::full(copied).map_err(std::io::Error::other)?;
            Ok(serde_json::to_writer(&mut out, &line)?)
        })?;
    }
    out.write_all(b"\n")?;
    out.flush()
}

fn id(of: u128, number: i64) -> Uuid {
    Uuid::from_u128(
        0x5a3e_0000_0000_7000_8000_0000_0000_0000 | of << 56 | u128::from(number.unsigned_abs()),
    )
}

fn event(
    position: i64,
    before: &Hash,
    take: impl FnOnce(&Copied<'_>) -> std::io::Result<()>,
) -> std::io::Result<Hash> {
    let (stream, place) = ((position - 1) / STREAM, (position - 1) % STREAM);
    let organisation = OrganisationId(id(3, stream));
    let called = |text: &str| Name::parse(text).map_err(std::io::Error::other);
    let event = Event::Organisation(if place == 0 {
        OrganisationEvent::Registered {
            organisation,
            called: called(&format!("Ytre Solvik skole {stream}"))?,
            kind: OrganisationKind::School,
            parent: None,
            school_type: None,
            pupils: Some(140),
        }
    } else {
        OrganisationEvent::Renamed {
            organisation,
            from: called(&format!("Ytre Solvik skole {stream}"))?,
            to: called(&format!("Indre Solvik skole {stream}, namn nummer {place}"))?,
        }
    });
    let (name, data) = wire::encode(&event);
    let payload = format!("{{\"event\":{data}}}");
    let mut salt = [0; 16];
    if let (Some(half), bytes) = (salt.first_chunk_mut::<8>(), position.to_be_bytes()) {
        *half = bytes;
    }
    let command = id(4, position);
    let day = NaiveDate::from_ymd_opt(2026, 1, 1);
    let hashed = Hashed {
        position,
        envelope: Envelope {
            stream_kind: "organisation",
            stream_id: organisation.0,
            version: i32::try_from(place + 1).unwrap_or(1),
            name: &name,
            actor: "operator",
            command_id: command,
            correlation: command,
            causation: None,
            recorded_at: BEGAN + position * 1_000_000,
            effective_from: day,
            effective_to: day,
            occurred_at: None,
        },
        salt: &salt,
        payload: &payload,
    };
    let hash = chain::link(before, &hashed.leaf(LOG));
    take(&Copied {
        event: hashed,
        hash: &hash,
        digest: None,
    })?;
    Ok(hash)
}
