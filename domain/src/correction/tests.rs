use super::{CorrectionEvent, Instead};
use crate::commitment::event::CommitmentEvent;
use crate::event::Event;
use crate::ids::commitment_id;
use crate::network::event::NetworkEvent;
use crate::organisation::event::{OrganisationEvent, Phase, PhaseReading, ReadingSource};
use crate::recorded::Recorded;
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, day, established, meeting, name, network, organisation, proposed, reading, school,
    seat, seated, tenant, text, two_schools,
};
use crate::time::Effective;
use uuid::Uuid;

fn read(network_n: u32, phase: Phase) -> Event {
    PhaseReading {
        reading: reading(1),
        network: network(network_n),
        organisation: organisation(1),
        phase,
    }
    .by(ReadingSource::Assessed)
    .into()
}

fn instead(event: Event, on: u32) -> Instead {
    Instead::Replacement {
        event: Box::new(event),
        effective: Effective::day(day(2026, 3, on)),
    }
}

/// Two networks, a school, and at position 6 a reading of it in the first network, on 2 March.
fn one_reading() -> Scenario {
    Scenario::given([
        proposed(1),
        established(1),
        proposed(2),
        established(2),
        school(1),
        read(1, Phase::Initiation),
    ])
    .on(day(2026, 3, 20))
}

fn correction(recorded: &Recorded) -> (u64, u64, &[Uuid]) {
    match &recorded.event {
        Event::Correction(CorrectionEvent::Made {
            of, root, concerns, ..
        }) => (*of, *root, concerns),
        other => panic!("no correction: {other:?}"),
    }
}

#[test]
fn a_reading_moves_to_the_network_it_was_about_and_both_are_told() {
    one_reading()
        .when_corrected(6, instead(read(2, Phase::Initiation), 2))
        .then_accepted(|brought| {
            assert_eq!(brought.len(), 1);
            assert_eq!(brought[0].stream, organisation(1).into());
            let (of, root, concerns) = correction(&brought[0]);
            assert_eq!((of, root), (6, 6));
            for id in [tenant(1).0, organisation(1).0, network(1).0, network(2).0] {
                assert!(concerns.contains(&id), "{id}");
            }
        });
}

#[test]
fn the_same_correction_sent_twice_is_one() {
    one_reading()
        .when_corrected(6, Instead::Retracted)
        .again()
        .then_nothing();
}

#[test]
fn a_correction_of_a_correction_leads_back_to_the_first_event() {
    one_reading()
        .when_corrected(6, instead(read(2, Phase::Initiation), 2))
        .then_accepted(|_| {})
        .when_corrected(7, instead(read(1, Phase::Implementation), 3))
        .then_accepted(|brought| {
            let (of, root, concerns) = correction(&brought[0]);
            assert_eq!((of, root), (7, 6));
            assert!(
                concerns.contains(&network(2).0),
                "the network that loses it"
            );
        });
}

#[test]
fn a_later_correction_tells_everybody_whom_an_earlier_one_told() {
    one_reading()
        .when_corrected(6, instead(read(2, Phase::Initiation), 2))
        .then_accepted(|_| {})
        .when_corrected(6, instead(read(1, Phase::Implementation), 2))
        .then_accepted(|brought| {
            assert!(correction(&brought[0]).2.contains(&network(2).0));
        });
}

#[test]
fn only_what_lies_in_the_stream_is_corrected() {
    one_reading()
        .when_corrected(99, Instead::Retracted)
        .then_rejected(Rejection::UnknownEvent);
}

#[test]
fn a_correction_does_not_make_another_thing_of_an_event() {
    let another_school = PhaseReading {
        reading: reading(1),
        network: network(1),
        organisation: organisation(2),
        phase: Phase::Initiation,
    }
    .by(ReadingSource::Assessed);
    let closed = OrganisationEvent::Closed {
        organisation: organisation(1),
    };
    one_reading()
        .when_corrected(6, instead(closed.into(), 2))
        .then_rejected(Rejection::AnotherKindOfEvent)
        .when_corrected(6, instead(another_school.into(), 2))
        .then_rejected(Rejection::AnotherKindOfEvent);
}

#[test]
fn a_promise_cannot_be_corrected_into_another_schools_second_one() {
    let made = |organisation_n, text_n| {
        Event::from(CommitmentEvent::Made {
            commitment: commitment_id(meeting(1), organisation(1)),
            meeting: meeting(1),
            network: network(1),
            organisation: organisation(organisation_n),
            text: text(text_n),
            due: None,
            carried_from: None,
        })
    };
    let before = Scenario::given(two_schools()).and([made(1, 1)]);
    let position = before.log().head();
    before
        .when_corrected(position, instead(made(2, 1), 2))
        .then_rejected(Rejection::AnotherKindOfEvent)
        .when_corrected(position, instead(made(1, 2), 2))
        .then_accepted(|_| {});
}

#[test]
fn what_is_put_instead_does_not_lie_in_the_future() {
    one_reading()
        .when_corrected(6, instead(read(2, Phase::Initiation), 21))
        .then_rejected(Rejection::InTheFuture);
}

#[test]
fn a_correction_changes_something() {
    one_reading()
        .when_corrected(6, instead(read(1, Phase::Initiation), 2))
        .then_rejected(Rejection::NothingCorrected)
        .when_corrected(6, instead(read(1, Phase::Initiation), 3))
        .then_accepted(|_| {})
        .when_corrected(6, instead(read(1, Phase::Initiation), 3))
        .then_rejected(Rejection::NothingCorrected)
        .when_corrected(6, Instead::Retracted)
        .then_accepted(|_| {})
        .when_corrected(6, Instead::Retracted)
        .then_rejected(Rejection::NothingCorrected)
        .when_corrected(7, instead(read(2, Phase::Initiation), 4))
        .then_rejected(Rejection::NothingCorrected)
        .when_corrected(8, Instead::Retracted)
        .then_accepted(|_| {})
        .when_corrected(8, Instead::Retracted)
        .then_rejected(Rejection::NothingCorrected);
}

#[test]
fn a_retracted_seat_was_never_there() {
    let before = Scenario::given([proposed(1), school(1), seated(1, 1)]);
    let after = before
        .when_corrected(3, Instead::Retracted)
        .then_accepted(|_| {})
        .when(crate::network::command::NetworkCommand::EndSeat {
            network: network(1),
            seat: seat(1),
        })
        .then_rejected(Rejection::UnknownSeat);
    let network = after.log().state(network(1)).network.unwrap();
    assert!(network.seats.is_empty());
}

#[test]
fn a_decision_sees_the_name_as_corrected() {
    let renamed = |to: &str| {
        Event::from(NetworkEvent::Renamed {
            network: network(1),
            from: name("Network 1"),
            to: name(to),
        })
    };
    Scenario::given([proposed(1), renamed("Nettverk nrod")])
        .when_corrected(2, instead(renamed("Nettverk nord"), 2))
        .then_accepted(|_| {})
        .when(crate::network::command::NetworkCommand::Rename {
            network: network(1),
            called: name("Nettverk nord"),
        })
        .then_rejected(Rejection::SameName);
}
