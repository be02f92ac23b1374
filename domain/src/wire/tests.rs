//! Every event ever released can be read for ever. A golden file is written once (`SAMSPOR_GOLDEN=write cargo test -p
//! domain golden` writes those that are missing) and never edited.
#![allow(clippy::disallowed_methods)] // Tests read and write golden files.

use super::names::NEWEST;
use super::upcast::STEPS;
use super::{STILL_WRITTEN, WireError, decode, encode, encode_as, name_of, names as readable};
use crate::about::{about, names, stream_of, texts};
use crate::commitment::event::{CommitmentEvent, Outcome};
use crate::correction::{CorrectionEvent, Instead};
use crate::event::Event;
use crate::ids::{TextId, commitment_id};
use crate::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingEvent, MeetingKind,
    NoticeAnswer, Presence, Requirement,
};
use crate::network::event::{
    CharterSection, NetworkEvent, NetworkKind, NetworkRole, Relation, Vote,
};
use crate::organisation::event::{
    OrganisationEvent, OrganisationKind, Phase, PhaseReading, ReadingSource, SchoolType,
};
use crate::organisation::number::OrganisationNumber;
use crate::person::{PersonEvent, WorkRole};
use crate::region::RegionEvent;
use crate::templates::{TemplateItem, item_id};
use crate::testing::{
    NETWORK, ORGANISATION, PERSON, TEXT, at, change, day, decision, item, meeting, name, network,
    organisation, person, reading, seat, tenant, text,
};
use crate::text::Personal;
use crate::time::Effective;
use crate::withdrawal::TextEvent;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use uuid::Uuid;

/// Golden files: the stored name, and `.case` where one file cannot show every field filled and every field empty.
fn samples() -> BTreeMap<String, Event> {
    let mut samples = BTreeMap::new();
    let mut add = |case: &str, event: Event| {
        let key = format!("{}{case}", name_of(&event));
        assert!(samples.insert(key.clone(), event).is_none(), "{key} twice");
    };
    for event in region_and_register() {
        add("", event);
    }
    for event in networks() {
        add("", event);
    }
    for event in meetings() {
        add("", event);
    }
    for event in commitments() {
        add("", event);
    }
    for (case, event) in bare() {
        add(case, event);
    }
    samples
}

fn region_and_register() -> Vec<Event> {
    vec![
        RegionEvent::AdministratorNamed { person: person(1) }.into(),
        RegionEvent::AdministratorDismissed { person: person(1) }.into(),
        OrganisationEvent::Registered {
            organisation: organisation(1),
            called: name("Bøfjorden skole"),
            kind: OrganisationKind::School,
            parent: Some(organisation(2)),
            school_type: Some(SchoolType::Combined),
            pupils: Some(85),
        }
        .into(),
        OrganisationEvent::Renamed {
            organisation: organisation(1),
            from: name("Bøfjorden skole"),
            to: name("Bøfjorden oppvekstsenter"),
        }
        .into(),
        OrganisationEvent::NumberGiven {
            organisation: organisation(1),
            number: OrganisationNumber::parse("974760673").unwrap(),
        }
        .into(),
        OrganisationEvent::Closed {
            organisation: organisation(1),
        }
        .into(),
        PhaseReading {
            reading: reading(1),
            network: network(1),
            organisation: organisation(1),
            phase: Phase::Implementation,
        }
        .by(ReadingSource::SelfReported)
        .into(),
        PhaseReading {
            reading: reading(1),
            network: network(1),
            organisation: organisation(1),
            phase: Phase::Initiation,
        }
        .by(ReadingSource::Assessed)
        .into(),
        OrganisationEvent::MotivationCounted {
            reading: reading(2),
            network: network(1),
            organisation: organisation(1),
            counts: [0, 1, 4, 6, 2],
        }
        .into(),
        PersonEvent::Registered {
            person: person(1),
            called: Personal::sealed(),
        }
        .into(),
        PersonEvent::Renamed {
            person: person(1),
            called: Personal::sealed(),
        }
        .into(),
        PersonEvent::Joined {
            person: person(1),
            organisation: organisation(1),
            role: WorkRole::Principal,
        }
        .into(),
        PersonEvent::Left {
            person: person(1),
            organisation: organisation(1),
            role: Some(WorkRole::Teacher),
        }
        .into(),
        PersonEvent::Erased { person: person(1) }.into(),
        TextEvent::Withdrawn {
            of: 7,
            text: text(2).0,
            reason: text(1),
            concerns: vec![network(1).0],
        }
        .into(),
    ]
}

fn networks() -> Vec<Event> {
    let network = network(1);
    let to = crate::testing::network(2);
    let (seat, organisation, person) = (seat(1), organisation(1), person(1));
    [
        NetworkEvent::Proposed {
            network,
            called: name("Leiarnettverk sør"),
            kind: NetworkKind::LeaderNetwork,
            purpose: text(1),
        },
        NetworkEvent::Established { network },
        NetworkEvent::Renamed {
            network,
            from: name("Leiarnettverk sør"),
            to: name("Leiarnettverk søraust"),
        },
        NetworkEvent::Related {
            network,
            to,
            relation: Relation::Sub,
        },
        NetworkEvent::Unrelated { network, to },
        NetworkEvent::Merged {
            network,
            into: to,
            reason: text(1),
        },
        NetworkEvent::Ended {
            network,
            reason: text(1),
        },
        NetworkEvent::SeatCreated {
            network,
            seat,
            organisation,
            vote: Vote::Voting,
        },
        NetworkEvent::SeatVoteSet {
            network,
            seat,
            organisation,
            vote: Vote::NonVoting,
        },
        NetworkEvent::SeatFilled {
            network,
            seat,
            organisation,
            person,
        },
        NetworkEvent::SeatVacated {
            network,
            seat,
            organisation,
            person,
        },
        NetworkEvent::SeatEnded {
            network,
            seat,
            organisation,
        },
        NetworkEvent::RoleGiven {
            network,
            role: NetworkRole::Leader,
            person,
            before: Some(crate::testing::person(2)),
        },
        NetworkEvent::RoleEnded {
            network,
            role: NetworkRole::MinuteTaker,
            person,
        },
        NetworkEvent::CharterSectionWritten {
            network,
            section: CharterSection::SuccessCriteria,
            text: text(1),
        },
        NetworkEvent::CharterAdopted {
            network,
            version: 2,
            sections: vec![
                (CharterSection::Purpose, text(1)),
                (CharterSection::Values, text(2)),
            ],
        },
    ]
    .into_iter()
    .map(Event::from)
    .collect()
}

fn meetings() -> Vec<Event> {
    let (meeting, network) = (meeting(1), network(1));
    [
        MeetingEvent::Planned {
            meeting,
            network,
            kind: MeetingKind::Ordinary,
            on: day(2026, 4, 14),
            starts: at(9, 0),
            place: Some(text(1)),
            host: Some(organisation(1)),
            theme: Some(text(2)),
            previous: Some(crate::testing::meeting(2)),
        },
        MeetingEvent::Rescheduled {
            meeting,
            network,
            from: day(2026, 4, 14),
            to: day(2026, 4, 21),
            starts: at(9, 30),
            reason: text(1),
        },
        MeetingEvent::Cancelled {
            meeting,
            network,
            reason: text(1),
        },
        MeetingEvent::ItemAdded {
            meeting,
            network,
            item: item(1),
            kind: ItemKind::Experience,
            title: ItemTitle::Own(text(1)),
            minutes: Some(30),
            presenter: Some(person(1)),
            because: None,
        },
        MeetingEvent::ItemMoved {
            meeting,
            network,
            item: item(1),
            from: 3,
            to: 0,
        },
        MeetingEvent::ItemWithdrawn {
            meeting,
            network,
            item: item(1),
        },
        MeetingEvent::NoticePublished {
            meeting,
            network,
            lead_days: 9,
            late: true,
        },
        MeetingEvent::NoticeAnswered {
            meeting,
            network,
            organisation: organisation(1),
            person: person(1),
            answer: NoticeAnswer::Coming,
        },
        MeetingEvent::Opened { meeting, network },
        MeetingEvent::AttendanceRecorded {
            meeting,
            network,
            organisation: organisation(1),
            person: Some(person(1)),
            presence: Presence::Present,
        },
        MeetingEvent::ItemStarted {
            meeting,
            network,
            item: item(1),
        },
        MeetingEvent::ItemEnded {
            meeting,
            network,
            item: item(1),
            minutes: 42,
        },
        MeetingEvent::DecisionTaken {
            meeting,
            network,
            decision: decision(1),
            item: Some(item(1)),
            kind: DecisionKind::Recommendation,
            method: DecisionMethod::Vote {
                ayes: 5,
                noes: 1,
                blank: 1,
            },
            text: text(1),
        },
        MeetingEvent::ContractAgreed {
            meeting,
            network,
            contract: Contract {
                on: day(2026, 6, 2),
                starts: at(12, 15),
                place: Some(text(1)),
                host: Some(organisation(1)),
                theme: text(2),
                responsible: Some(person(1)),
            },
        },
        MeetingEvent::EvaluationOpened { meeting, network },
        MeetingEvent::ChangeAgreed {
            meeting,
            network,
            change: change(1),
            item: Some(TemplateItem::Dialogue),
            minutes_delta: -10,
            text: text(1),
        },
        MeetingEvent::RequirementWaived {
            meeting,
            network,
            requirement: Requirement::Contract,
            reason: text(1),
        },
        MeetingEvent::MinutesWritten {
            meeting,
            network,
            text: text(1),
        },
        MeetingEvent::FileAdded {
            meeting,
            network,
            file: text(1),
            kind: crate::meeting::file::FileKind::Pdf,
            bytes: 48_213,
            digest: crate::meeting::file::FileDigest([0xa7; 32]),
        },
        MeetingEvent::Closed { meeting, network },
        MeetingEvent::MinutesPublished { meeting, network },
    ]
    .into_iter()
    .map(Event::from)
    .collect()
}

fn commitments() -> Vec<Event> {
    let (meeting, network, organisation) = (meeting(1), network(1), organisation(1));
    let commitment = commitment_id(meeting, organisation);
    let earlier = commitment_id(crate::testing::meeting(2), organisation);
    vec![
        CommitmentEvent::Made {
            commitment,
            meeting,
            network,
            organisation,
            text: text(1),
            due: Some(day(2026, 6, 2)),
            carried_from: Some(earlier),
        }
        .into(),
        CommitmentEvent::Reworded {
            commitment,
            network,
            organisation,
            meeting,
            text: text(1),
        }
        .into(),
        CommitmentEvent::Declined {
            commitment,
            meeting,
            network,
            organisation,
            reason: text(1),
        }
        .into(),
        CommitmentEvent::Reported {
            commitment,
            meeting,
            network,
            organisation,
            outcome: Outcome::Partly,
            learned: Some(text(1)),
        }
        .into(),
        CommitmentEvent::CarriedOver {
            commitment: earlier,
            meeting: crate::testing::meeting(2),
            network,
            organisation,
            to: commitment,
        }
        .into(),
    ]
}

/// The same with nothing that may be missing.
fn bare() -> Vec<(&'static str, Event)> {
    let (meeting, network, organisation) = (meeting(1), network(1), organisation(1));
    let commitment = commitment_id(meeting, organisation);
    let read = PhaseReading {
        reading: reading(1),
        network: crate::testing::network(2),
        organisation,
        phase: Phase::Institutionalisation,
    }
    .by(ReadingSource::Assessed);
    vec![
        (
            ".replaced",
            CorrectionEvent::Made {
                of: 12,
                root: 7,
                instead: Instead::Replacement {
                    event: Box::new(read.into()),
                    effective: Effective::month(2025, 12).unwrap(),
                },
                reason: text(1),
                concerns: vec![tenant(1).0, organisation.0, network.0],
            }
            .into(),
        ),
        (
            ".bare",
            PersonEvent::Left {
                person: person(1),
                organisation,
                role: None,
            }
            .into(),
        ),
        (
            ".bare",
            OrganisationEvent::Registered {
                organisation,
                called: name("KS"),
                kind: OrganisationKind::Ks,
                parent: None,
                school_type: None,
                pupils: None,
            }
            .into(),
        ),
        (
            ".bare",
            NetworkEvent::RoleGiven {
                network,
                role: NetworkRole::Deputy,
                person: person(1),
                before: None,
            }
            .into(),
        ),
        (
            ".bare",
            MeetingEvent::Planned {
                meeting,
                network,
                kind: MeetingKind::DialogueConference,
                on: day(2026, 4, 14),
                starts: at(9, 0),
                place: None,
                host: None,
                theme: None,
                previous: None,
            }
            .into(),
        ),
        (
            ".off_the_record",
            MeetingEvent::ItemAdded {
                meeting,
                network,
                item: item(1),
                kind: ItemKind::OffRecord,
                title: ItemTitle::Own(text(1)),
                minutes: None,
                presenter: None,
                because: None,
            }
            .into(),
        ),
        (
            ".template",
            MeetingEvent::ItemAdded {
                meeting,
                network,
                item: item_id(meeting, TemplateItem::Dialogue),
                kind: ItemKind::Dialogue,
                title: ItemTitle::Template(TemplateItem::Dialogue),
                minutes: Some(50),
                presenter: None,
                because: Some((crate::testing::meeting(2), change(1))),
            }
            .into(),
        ),
        (
            ".absent",
            MeetingEvent::AttendanceRecorded {
                meeting,
                network,
                organisation,
                person: None,
                presence: Presence::Absent,
            }
            .into(),
        ),
        (
            ".agreement",
            MeetingEvent::DecisionTaken {
                meeting,
                network,
                decision: decision(1),
                item: None,
                kind: DecisionKind::Resolution,
                method: DecisionMethod::Agreement,
                text: text(1),
            }
            .into(),
        ),
        (
            ".bare",
            MeetingEvent::ContractAgreed {
                meeting,
                network,
                contract: Contract {
                    on: day(2026, 6, 2),
                    starts: at(12, 15),
                    place: None,
                    host: None,
                    theme: text(1),
                    responsible: None,
                },
            }
            .into(),
        ),
        (
            ".bare",
            MeetingEvent::ChangeAgreed {
                meeting,
                network,
                change: change(1),
                item: None,
                minutes_delta: 0,
                text: text(1),
            }
            .into(),
        ),
        (
            ".bare",
            CommitmentEvent::Made {
                commitment,
                meeting,
                network,
                organisation,
                text: text(1),
                due: None,
                carried_from: None,
            }
            .into(),
        ),
        (
            ".bare",
            CommitmentEvent::Reported {
                commitment,
                meeting,
                network,
                organisation,
                outcome: Outcome::Not,
                learned: None,
            }
            .into(),
        ),
        (
            ".retracted",
            CorrectionEvent::Made {
                of: 7,
                root: 7,
                instead: Instead::Retracted,
                reason: text(1),
                concerns: vec![network.0],
            }
            .into(),
        ),
        (
            ".unknown_day",
            CorrectionEvent::Made {
                of: 7,
                root: 7,
                instead: Instead::Replacement {
                    event: Box::new(NetworkEvent::Established { network }.into()),
                    effective: Effective::Unknown,
                },
                reason: text(1),
                concerns: vec![network.0],
            }
            .into(),
        ),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/wire/golden")
}

/// File stem and content of every golden file.
fn golden() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "json", "{}", path.display());
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        files.insert(stem, std::fs::read_to_string(&path).unwrap());
    }
    files
}

/// The stored name that a golden file is of: its first three parts.
fn stored_name(stem: &str) -> String {
    stem.split('.').take(3).collect::<Vec<_>>().join(".")
}

fn json(event: &Event) -> Value {
    serde_json::to_value(event).unwrap()
}

#[test]
fn golden_files_are_what_this_release_writes() {
    if std::env::var("SAMSPOR_GOLDEN").is_ok_and(|value| value == "write") {
        for (stem, event) in samples() {
            let path = folder().join(format!("{stem}.json"));
            if !path.exists() {
                let text = serde_json::to_string_pretty(&json(&event)).unwrap() + "\n";
                std::fs::write(path, text).unwrap();
            }
        }
    }
    let golden = golden();
    for (stem, event) in samples() {
        let file = golden
            .get(&stem)
            .unwrap_or_else(|| panic!("no golden file for {stem}"));
        assert_eq!(
            serde_json::from_str::<Value>(file).unwrap(),
            json(&event),
            "{stem} is written differently now: it needs a new version and an upcaster"
        );
    }
}

/// Whether an event, or one inside it, is of an older version: brought up when read, never written again.
fn is_older(stored: &Value) -> bool {
    let older = |name: &Value| STEPS.iter().any(|step| *name == step.from);
    let inner = stored.pointer("/data/instead/replacement/event/name");
    older(&stored["name"]) || inner.is_some_and(older)
}

#[test]
fn every_event_ever_released_is_read_and_written_again_as_it_was() {
    let mut older = BTreeSet::new();
    for (stem, file) in golden() {
        let name = stored_name(&stem);
        let stored: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(stored["name"], name.as_str(), "{stem}");
        let event = decode(&name, &stored["data"].to_string())
            .unwrap_or_else(|error| panic!("{stem}: {error}"));
        let (written_name, written) = encode_as(&event, &[]);
        assert_eq!(decode(&written_name, &written).unwrap(), event, "{stem}");
        if is_older(&stored) {
            older.insert(name);
            continue;
        }
        assert_eq!(written_name, name, "{stem}");
        assert_eq!(
            serde_json::from_str::<Value>(&written).unwrap(),
            stored["data"],
            "{stem}"
        );
    }
    for step in STEPS {
        assert!(
            older.contains(step.from),
            "no golden file for {}",
            step.from
        );
    }
}

/// What the newest shape has that an older version cannot say, as that version leaves it.
fn as_the_older_says(event: Event) -> Event {
    match event {
        Event::Person(PersonEvent::Left {
            person,
            organisation,
            ..
        }) => PersonEvent::Left {
            person,
            organisation,
            role: None,
        }
        .into(),
        other => other,
    }
}

#[test]
fn a_release_that_reads_a_new_version_can_still_write_the_old_one() {
    let every: Vec<&str> = STEPS.iter().map(|step| step.from).collect();
    let golden = golden();
    let mut stepped_down = BTreeSet::new();
    for (stem, event) in samples() {
        let (name, data) = encode_as(&event, &every);
        if let Some(step) = STEPS.iter().find(|step| step.to.contains(&name_of(&event))) {
            assert_eq!(name, step.from, "{stem}");
            stepped_down.insert(name_of(&event));
            // The same fields as what was really written then.
            let was: Value = serde_json::from_str(&golden[&name]).unwrap();
            let is: Value = serde_json::from_str(&data).unwrap();
            let fields = |value: &Value| -> Vec<String> {
                value.as_object().unwrap().keys().cloned().collect()
            };
            assert_eq!(fields(&is), fields(&was["data"]), "{stem}");
        } else {
            assert_eq!(name, name_of(&event), "{stem}");
        }
        assert_eq!(
            decode(&name, &data).unwrap(),
            as_the_older_says(event),
            "{stem}"
        );
    }
    for step in STEPS {
        for name in step.to {
            assert!(
                stepped_down.contains(name),
                "{name} was not written as {}",
                step.from
            );
        }
    }
    // Also inside a correction.
    let (_, data) = encode_as(&samples()["correction.made.v1.replaced"], &every);
    let was: Value = serde_json::from_str(&golden["correction.made.v1"]).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&data).unwrap(), was["data"]);
}

#[test]
fn steps_lead_from_what_is_not_newest_to_what_is_readable() {
    let readable: BTreeSet<&str> = readable().collect();
    for step in STEPS {
        assert!(
            !NEWEST.contains(&step.from),
            "{} is still the newest",
            step.from
        );
        for to in step.to {
            assert!(readable.contains(to), "{} leads nowhere: {to}", step.from);
        }
    }
    assert_eq!(readable.len(), NEWEST.len() + STEPS.len(), "a name twice");
    for name in STILL_WRITTEN {
        assert!(
            STEPS.iter().any(|step| step.from == *name),
            "{name} is no older version of anything"
        );
    }
}

#[test]
fn an_older_event_is_about_nothing_that_it_was_not_about_when_it_was_stored() {
    // What events are about is kept in a table, worked out when they were stored.
    for (stem, file) in golden() {
        let stored: Value = serde_json::from_str(&file).unwrap();
        let event = decode(&stored_name(&stem), &stored["data"].to_string()).unwrap();
        let mut all = BTreeSet::from([tenant(1).0]);
        ids(&stored["data"], &mut all);
        for id in about(&event, tenant(1)) {
            assert!(all.contains(&id), "{stem} has become about {id}");
        }
    }
}

/// Names that are written but not read by the release before.
fn unread<'a>(written: impl Iterator<Item = &'a str>, released: &BTreeSet<&str>) -> Vec<&'a str> {
    written.filter(|name| !released.contains(name)).collect()
}

/// What this release writes: the newest names, but for those events of which an older one is still written.
fn written(still_written: &[&'static str]) -> BTreeSet<String> {
    samples()
        .values()
        .map(|event| encode_as(event, still_written).0)
        .collect()
}

fn released() -> PathBuf {
    folder().join("../released.txt")
}

#[test]
fn nothing_is_written_that_the_last_release_does_not_read() {
    let all: BTreeSet<&str> = readable().collect();
    if std::env::var("SAMSPOR_GOLDEN").is_ok_and(|value| value == "release") {
        let names: Vec<&str> = all.iter().copied().collect();
        std::fs::write(released(), names.join("\n") + "\n").unwrap();
    }
    let text = std::fs::read_to_string(released()).unwrap();
    let released: BTreeSet<&str> = text.lines().collect();
    let lost: Vec<_> = released.difference(&all).collect();
    assert!(
        lost.is_empty(),
        "these were read once, and lie in logs: {lost:?}"
    );
    let written_now = written(STILL_WRITTEN);
    let unread_now = unread(written_now.iter().map(String::as_str), &released);
    assert!(
        unread_now.is_empty(),
        "the last release does not read {unread_now:?}: for one release, list the older names in STILL_WRITTEN"
    );
    // The check finds what it looks for: as if the last release had known only the older names.
    let before: BTreeSet<&str> = all
        .iter()
        .copied()
        .filter(|name| !STEPS.iter().any(|step| step.to.contains(name)))
        .collect();
    let newer = written(&[]);
    assert_eq!(unread(newer.iter().map(String::as_str), &before).len(), 4);
    let older: Vec<&str> = STEPS.iter().map(|step| step.from).collect();
    let older = written(&older);
    assert_eq!(unread(older.iter().map(String::as_str), &before), [""; 0]);
}

#[test]
fn a_newer_event_inside_a_correction_is_not_known_either() {
    let (name, data) = encode(&samples()["correction.made.v1.replaced"]);
    let newer = data.replace(
        "organisation.phase_assessed.v1",
        "organisation.phase_assessed.v2",
    );
    assert_ne!(newer, data);
    let read = decode(&name, &newer);
    assert!(
        matches!(&read, Err(WireError::UnknownName(unknown)) if unknown == "organisation.phase_assessed.v2"),
        "{read:?}"
    );
}

#[test]
fn an_older_event_that_is_not_what_its_version_wrote_is_an_error() {
    for (name, data) in [
        ("organisation.phase_read.v1", "{}"),
        ("organisation.phase_read.v1", "{\"source\":\"heard\"}"),
        ("organisation.phase_read.v1", "[]"),
        ("person.left.v1", "{\"person\":7}"),
        ("organisation.motivation_read.v1", "null"),
    ] {
        let read = decode(name, data);
        assert!(
            matches!(read, Err(WireError::Data { .. })),
            "{name} {data}: {read:?}"
        );
    }
}

#[test]
fn every_event_has_a_golden_file_under_its_stored_name() {
    let covered: BTreeSet<String> = golden().keys().map(|stem| stored_name(stem)).collect();
    for name in NEWEST {
        assert!(covered.contains(*name), "no golden file for {name}");
    }
    for event in samples().values() {
        assert_eq!(encode(event).0, name_of(event));
    }
}

#[test]
fn stored_names_are_area_event_and_version() {
    for name in NEWEST {
        let parts: Vec<&str> = name.split('.').collect();
        assert_eq!(parts.len(), 3, "{name}");
        assert!(
            parts[2].starts_with('v') && parts[2][1..].parse::<u32>().is_ok(),
            "{name}"
        );
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c))
        );
    }
    assert_eq!(NEWEST.iter().collect::<BTreeSet<_>>().len(), NEWEST.len());
}

fn ids(value: &Value, found: &mut BTreeSet<Uuid>) {
    match value {
        Value::String(text) => found.extend(Uuid::parse_str(text).ok()),
        Value::Array(values) => values.iter().for_each(|value| ids(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| ids(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn of_kind(all: &BTreeSet<Uuid>, kind: u16) -> BTreeSet<Uuid> {
    let is = |id: &&Uuid| u16::from_be_bytes([id.as_bytes()[0], id.as_bytes()[1]]) == kind;
    all.iter().filter(is).copied().collect()
}

#[test]
fn an_event_lists_every_text_it_refers_to() {
    for (stem, event) in samples() {
        let mut all = BTreeSet::new();
        ids(&serde_json::to_value(&event).unwrap(), &mut all);
        let listed: BTreeSet<Uuid> = texts(&event).into_iter().map(|TextId(id)| id).collect();
        assert_eq!(listed, of_kind(&all, TEXT), "{stem}");
    }
}

#[test]
fn an_event_is_about_its_stream_and_every_network_organisation_and_person_in_it() {
    for (stem, event) in samples() {
        let mut all = BTreeSet::new();
        ids(&serde_json::to_value(&event).unwrap(), &mut all);
        let listed = about(&event, tenant(1));
        for kind in [NETWORK, ORGANISATION, PERSON] {
            for id in of_kind(&all, kind) {
                assert!(listed.contains(&id), "{stem} is not about {id}");
            }
        }
        if let Some(stream) = stream_of(&event, tenant(1)) {
            assert!(
                listed.contains(&stream.id),
                "{stem} is not about its stream"
            );
            assert_eq!(Some(stream.kind), event.stream_kind(), "{stem}");
        }
        let sorted: Vec<Uuid> = listed
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(listed, sorted, "{stem}: sorted, each once");
    }
}

#[test]
fn a_sealed_name_is_listed_exactly_where_an_event_marks_one() {
    for (stem, event) in samples() {
        let marked = serde_json::to_string(&event)
            .unwrap()
            .contains("\"sealed\"");
        assert_eq!(!names(&event).is_empty(), marked, "{stem}");
    }
}

#[test]
fn a_name_of_a_newer_release_is_not_known() {
    for name in [
        "meeting.danced.v1",
        "meeting.opened.v2",
        "weather.changed.v1",
        "",
        "meeting",
    ] {
        let read = decode(name, "{}");
        assert!(
            matches!(&read, Err(WireError::UnknownName(unknown)) if unknown == name),
            "{name}: {read:?}"
        );
    }
}

#[test]
fn data_that_does_not_fit_its_name_is_an_error() {
    for data in [
        "{}",
        "[]",
        "null",
        "{\"meeting\":7}",
        "nonsense",
        "{\"person\":",
    ] {
        let read = decode("meeting.opened.v1", data);
        assert!(
            matches!(&read, Err(WireError::Data { name, .. }) if name == "meeting.opened.v1"),
            "{data}: {read:?}"
        );
    }
}

#[test]
fn a_field_that_a_newer_release_added_is_passed_over() {
    let event: Event = RegionEvent::AdministratorNamed { person: person(1) }.into();
    let data = format!("{{\"person\":\"{}\",\"because\":\"?\"}}", person(1));
    assert_eq!(
        decode("region.administrator_named.v1", &data).unwrap(),
        event
    );
}
