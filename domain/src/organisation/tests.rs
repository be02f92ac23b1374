use super::command::OrganisationCommand;
use super::event::{OrganisationEvent, OrganisationKind, Phase, PhaseReading, ReadingSource};
use super::number::{NumberError, OrganisationNumber};
use crate::event::Event;
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, day, established, name, network, organisation, proposed, reading, registered, school,
};
use crate::time::Effective;

fn register(n: u32, parent: Option<u32>) -> OrganisationCommand {
    OrganisationCommand::Register {
        organisation: organisation(n),
        called: name(&format!("Organisation {n}")),
        kind: OrganisationKind::School,
        parent: parent.map(organisation),
        school_type: None,
        pupils: None,
    }
}

fn close(n: u32) -> OrganisationCommand {
    OrganisationCommand::Close {
        organisation: organisation(n),
    }
}

fn closed(n: u32) -> Event {
    OrganisationEvent::Closed {
        organisation: organisation(n),
    }
    .into()
}

fn read_phase(n: u32) -> OrganisationCommand {
    OrganisationCommand::ReadPhase {
        reading: reading(1),
        network: network(1),
        organisation: organisation(n),
        phase: Phase::Initiation,
        source: ReadingSource::Assessed,
    }
}

fn read_motivation(counts: [u32; 5]) -> OrganisationCommand {
    OrganisationCommand::ReadMotivation {
        reading: reading(1),
        network: network(1),
        organisation: organisation(1),
        counts,
    }
}

#[test]
fn a_school_is_registered_once() {
    Scenario::given([])
        .when(register(1, None))
        .then([school(1)])
        .when(register(1, None))
        .then_rejected(Rejection::AlreadyRegistered);
}

#[test]
fn the_same_registration_sent_twice_registers_once() {
    Scenario::given([])
        .when(register(1, None))
        .again()
        .then_nothing();
}

#[test]
fn a_school_belongs_to_an_owner_that_is_there_and_not_closed() {
    Scenario::given([registered(2, OrganisationKind::Municipality)])
        .when(register(1, Some(3)))
        .then_rejected(Rejection::UnknownOrganisation)
        .and([registered(3, OrganisationKind::Municipality), closed(3)])
        .when(register(1, Some(3)))
        .then_rejected(Rejection::OrganisationClosed)
        .when(register(1, Some(2)))
        .then_accepted(|brought| assert_eq!(brought.len(), 1));
}

#[test]
fn a_school_gets_another_name_and_remembers_the_old_one() {
    let rename = |to: &str| OrganisationCommand::Rename {
        organisation: organisation(1),
        called: name(to),
    };
    Scenario::given([school(1)])
        .when(rename("Organisation 1"))
        .then_rejected(Rejection::SameName)
        .when(rename("Bygda oppvekstsenter"))
        .then([OrganisationEvent::Renamed {
            organisation: organisation(1),
            from: name("Organisation 1"),
            to: name("Bygda oppvekstsenter"),
        }
        .into()]);
}

#[test]
fn nothing_more_happens_to_a_closed_school() {
    Scenario::given([school(1), proposed(1), established(1)])
        .when(close(1))
        .then([closed(1)])
        .when(close(1))
        .then_rejected(Rejection::OrganisationClosed)
        .when(read_phase(1))
        .then_rejected(Rejection::OrganisationClosed);
}

#[test]
fn a_phase_is_read_at_a_unit_in_the_work_of_a_network() {
    Scenario::given([school(1), registered(2, OrganisationKind::Ppt)])
        .when(read_phase(1))
        .then_rejected(Rejection::UnknownNetwork)
        .and([proposed(1), established(1)])
        .when(read_phase(2))
        .then_rejected(Rejection::NotAUnit)
        .when(read_phase(3))
        .then_rejected(Rejection::UnknownOrganisation)
        .when(read_phase(1))
        .then([PhaseReading {
            reading: reading(1),
            network: network(1),
            organisation: organisation(1),
            phase: Phase::Initiation,
        }
        .by(ReadingSource::Assessed)
        .into()]);
}

#[test]
fn motivation_is_kept_only_where_nobody_can_be_recognised() {
    Scenario::given([school(1), proposed(1), established(1)])
        .when(read_motivation([1, 0, 1, 1, 1]))
        .then_rejected(Rejection::TooFewAnswers)
        .when(read_motivation([u32::MAX, 1, 0, 0, 0]))
        .then_rejected(Rejection::TooMuchAtOnce)
        .when(read_motivation([1, 0, 1, 2, 1]))
        .then([OrganisationEvent::MotivationCounted {
            reading: reading(1),
            network: network(1),
            organisation: organisation(1),
            counts: [1, 0, 1, 2, 1],
        }
        .into()]);
}

#[test]
fn what_happened_lies_neither_in_the_future_nor_before_there_were_networks() {
    Scenario::given([])
        .effective(Effective::day(day(2026, 3, 3)))
        .when(register(1, None))
        .then_rejected(Rejection::InTheFuture)
        .effective(Effective::year(1989).unwrap())
        .when(register(1, None))
        .then_rejected(Rejection::TooLongAgo)
        .effective(Effective::Unknown)
        .when(register(1, None))
        .then([school(1)])
        .effective(Effective::year(1990).unwrap())
        .when(register(2, None))
        .then_accepted(|brought| {
            assert_eq!(brought[0].effective, Effective::year(1990).unwrap());
        });
}

fn number(text: &str) -> OrganisationNumber {
    OrganisationNumber::parse(text).unwrap()
}

#[test]
fn an_organisation_number_is_nine_digits_that_fit_each_other() {
    for (text, expected) in [
        ("974760673", Ok("974760673")),
        (" 974 760 673 ", Ok("974760673")),
        ("974\u{a0}760\u{a0}673", Ok("974760673")),
        ("974760674", Err(NumberError::Check)),
        // Two digits changed places.
        ("947760673", Err(NumberError::Check)),
        ("97476067", Err(NumberError::Digits)),
        ("9747606730", Err(NumberError::Digits)),
        ("97476067A", Err(NumberError::Digits)),
        ("", Err(NumberError::Digits)),
    ] {
        let read = OrganisationNumber::parse(text);
        assert_eq!(
            read.as_ref().map(OrganisationNumber::as_str),
            expected.as_ref().map(|n| *n),
            "{text}"
        );
    }
    // The digit that would have to be 10 is none of the ten there are.
    for last in 0..10 {
        let text = format!("90100000{last}");
        assert_eq!(OrganisationNumber::parse(&text), Err(NumberError::Check));
    }
    assert_eq!(number("974760673").to_string(), "974\u{a0}760\u{a0}673");
    assert!(serde_json::from_str::<OrganisationNumber>("\"974760674\"").is_err());
}

#[test]
fn an_organisation_is_given_its_number_while_it_is_at_work() {
    let give = |text| OrganisationCommand::GiveNumber {
        organisation: organisation(1),
        number: number(text),
    };
    let given = |text| -> Event {
        OrganisationEvent::NumberGiven {
            organisation: organisation(1),
            number: number(text),
        }
        .into()
    };
    Scenario::given([])
        .when(give("974760673"))
        .then_rejected(Rejection::UnknownOrganisation)
        .when(register(1, None))
        .then([school(1)])
        .when(give("974760673"))
        .then([given("974760673")])
        .when(give("974760673"))
        .then_rejected(Rejection::SameNumber)
        .when(give("971035854"))
        .then([given("971035854")])
        .when(close(1))
        .then([closed(1)])
        .when(give("974760673"))
        .then_rejected(Rejection::OrganisationClosed);
}
