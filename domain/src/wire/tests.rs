//! Every event ever released can be read for ever. A golden file is written once (`SAMSPOR_GOLDEN=write cargo test -p
//! domain golden` writes those that are missing) and never edited.
#![allow(clippy::disallowed_methods)] // Tests read and write golden files.

use super::{WireError, decode, encode};
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
    OrganisationEvent, OrganisationKind, Phase, ReadingSource, SchoolType,
};
use crate::person::{PersonEvent, WorkRole};
use crate::region::RegionEvent;
use crate::templates::{TemplateItem, item_id};
use crate::testing::{
    NETWORK, ORGANISATION, PERSON, TEXT, at, change, day, decision, item, meeting, name, network,
    organisation, person, reading, seat, tenant, text,
};
use crate::text::Personal;
use crate::time::Effective;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use uuid::Uuid;

/// One list makes both the names and the exhaustive match: a new event does not compile until it stands here, and
/// then has no golden file.
macro_rules! catalogue {
    ($($area:ident($type:ident) { $($variant:ident = $name:literal),+ $(,)? })+) => {
        const NAMES: &[&str] = &[$($($name),+),+];

        fn name_of(event: &Event) -> &'static str {
            match event {
                $(Event::$area(event) => match event { $($type::$variant { .. } => $name),+ }),+
            }
        }
    };
}

catalogue! {
    Region(RegionEvent) {
        AdministratorNamed = "region.administrator_named.v1",
        AdministratorDismissed = "region.administrator_dismissed.v1",
    }
    Organisation(OrganisationEvent) {
        Registered = "organisation.registered.v1",
        Renamed = "organisation.renamed.v1",
        Closed = "organisation.closed.v1",
        PhaseRead = "organisation.phase_read.v1",
        MotivationRead = "organisation.motivation_read.v1",
    }
    Person(PersonEvent) {
        Registered = "person.registered.v1",
        Renamed = "person.renamed.v1",
        Joined = "person.joined.v1",
        Left = "person.left.v1",
    }
    Network(NetworkEvent) {
        Proposed = "network.proposed.v1",
        Established = "network.established.v1",
        Renamed = "network.renamed.v1",
        Related = "network.related.v1",
        Unrelated = "network.unrelated.v1",
        Merged = "network.merged.v1",
        Ended = "network.ended.v1",
        SeatCreated = "network.seat_created.v1",
        SeatVoteSet = "network.seat_vote_set.v1",
        SeatFilled = "network.seat_filled.v1",
        SeatVacated = "network.seat_vacated.v1",
        SeatEnded = "network.seat_ended.v1",
        RoleGiven = "network.role_given.v1",
        RoleEnded = "network.role_ended.v1",
        CharterSectionWritten = "network.charter_section_written.v1",
        CharterAdopted = "network.charter_adopted.v1",
    }
    Meeting(MeetingEvent) {
        Planned = "meeting.planned.v1",
        Rescheduled = "meeting.rescheduled.v1",
        Cancelled = "meeting.cancelled.v1",
        ItemAdded = "meeting.item_added.v1",
        ItemMoved = "meeting.item_moved.v1",
        ItemWithdrawn = "meeting.item_withdrawn.v1",
        NoticePublished = "meeting.notice_published.v1",
        NoticeAnswered = "meeting.notice_answered.v1",
        Opened = "meeting.opened.v1",
        AttendanceRecorded = "meeting.attendance_recorded.v1",
        ItemStarted = "meeting.item_started.v1",
        ItemEnded = "meeting.item_ended.v1",
        DecisionTaken = "meeting.decision_taken.v1",
        ContractAgreed = "meeting.contract_agreed.v1",
        EvaluationOpened = "meeting.evaluation_opened.v1",
        ChangeAgreed = "meeting.change_agreed.v1",
        RequirementWaived = "meeting.requirement_waived.v1",
        MinutesWritten = "meeting.minutes_written.v1",
        Closed = "meeting.closed.v1",
        MinutesPublished = "meeting.minutes_published.v1",
    }
    Commitment(CommitmentEvent) {
        Made = "commitment.made.v1",
        Reworded = "commitment.reworded.v1",
        Declined = "commitment.declined.v1",
        Reported = "commitment.reported.v1",
        CarriedOver = "commitment.carried_over.v1",
    }
    Correction(CorrectionEvent) {
        Made = "correction.made.v1",
    }
}

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
        OrganisationEvent::Closed {
            organisation: organisation(1),
        }
        .into(),
        OrganisationEvent::PhaseRead {
            reading: reading(1),
            network: network(1),
            organisation: organisation(1),
            phase: Phase::Implementation,
            source: ReadingSource::SelfReported,
        }
        .into(),
        OrganisationEvent::MotivationRead {
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
    let read = OrganisationEvent::PhaseRead {
        reading: reading(1),
        network: crate::testing::network(2),
        organisation,
        phase: Phase::Institutionalisation,
        source: ReadingSource::Assessed,
    };
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
    ]
}

/// The same with nothing that may be missing.
fn bare() -> Vec<(&'static str, Event)> {
    let (meeting, network, organisation) = (meeting(1), network(1), organisation(1));
    let commitment = commitment_id(meeting, organisation);
    vec![
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

#[test]
fn every_event_ever_released_is_read_and_written_again_as_it_was() {
    for (stem, file) in golden() {
        let name = stored_name(&stem);
        let stored: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(stored["name"], name.as_str(), "{stem}");
        let event = decode(&name, &stored["data"].to_string())
            .unwrap_or_else(|error| panic!("{stem}: {error}"));
        if !NAMES.contains(&name.as_str()) {
            continue; // An older version: brought up when read, never written again.
        }
        let (written_name, written) = encode(&event);
        assert_eq!(written_name, name, "{stem}");
        assert_eq!(
            serde_json::from_str::<Value>(&written).unwrap(),
            stored["data"],
            "{stem}"
        );
        assert_eq!(decode(&written_name, &written).unwrap(), event, "{stem}");
    }
}

#[test]
fn every_event_has_a_golden_file_under_its_stored_name() {
    let covered: BTreeSet<String> = golden().keys().map(|stem| stored_name(stem)).collect();
    for name in NAMES {
        assert!(covered.contains(*name), "no golden file for {name}");
    }
    for event in samples().values() {
        assert_eq!(encode(event).0, name_of(event));
    }
}

#[test]
fn stored_names_are_area_event_and_version() {
    for name in NAMES {
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
    assert_eq!(NAMES.iter().collect::<BTreeSet<_>>().len(), NAMES.len());
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
