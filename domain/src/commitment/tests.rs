use super::command::CommitmentCommand;
use super::event::{CommitmentEvent, Outcome};
use crate::event::Event;
use crate::ids::{CommitmentId, commitment_id};
use crate::meeting::event::{Contract, MeetingEvent, MeetingKind};
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, at, day, meeting, network, organisation, school, text, two_schools,
};

fn planned(n: u32) -> Event {
    MeetingEvent::Planned {
        meeting: meeting(n),
        network: network(1),
        kind: MeetingKind::Ordinary,
        on: day(2026, 3, 2),
        starts: at(9, 0),
        place: None,
        host: None,
        theme: None,
        previous: None,
    }
    .into()
}

fn opened(n: u32) -> Event {
    MeetingEvent::Opened {
        meeting: meeting(n),
        network: network(1),
    }
    .into()
}

fn closed(n: u32) -> Event {
    MeetingEvent::Closed {
        meeting: meeting(n),
        network: network(1),
    }
    .into()
}

fn id(meeting_n: u32, organisation_n: u32) -> CommitmentId {
    commitment_id(meeting(meeting_n), organisation(organisation_n))
}

fn make(
    meeting_n: u32,
    organisation_n: u32,
    carried_from: Option<CommitmentId>,
) -> CommitmentCommand {
    CommitmentCommand::Make {
        meeting: meeting(meeting_n),
        organisation: organisation(organisation_n),
        text: text(1),
        carried_from,
    }
}

fn made(meeting_n: u32, carried_from: Option<CommitmentId>) -> Event {
    CommitmentEvent::Made {
        commitment: id(meeting_n, 1),
        meeting: meeting(meeting_n),
        network: network(1),
        organisation: organisation(1),
        text: text(1),
        due: None,
        carried_from,
    }
    .into()
}

fn decline() -> CommitmentCommand {
    CommitmentCommand::Decline {
        meeting: meeting(1),
        organisation: organisation(1),
        reason: text(2),
    }
}

fn report(outcome: Outcome) -> CommitmentCommand {
    CommitmentCommand::Report {
        commitment: id(1, 1),
        outcome,
        learned: Some(text(3)),
    }
}

fn reported(outcome: Outcome) -> Event {
    CommitmentEvent::Reported {
        commitment: id(1, 1),
        meeting: meeting(1),
        network: network(1),
        organisation: organisation(1),
        outcome,
        learned: Some(text(3)),
    }
    .into()
}

fn in_a_meeting() -> Scenario {
    Scenario::given(two_schools()).and([planned(1), opened(1)])
}

#[test]
fn a_school_promises_itself_something_once_a_meeting() {
    in_a_meeting()
        .when(make(1, 1, None))
        .then([made(1, None)])
        .when(make(1, 1, None))
        .then_rejected(Rejection::AlreadyCommitted)
        .when(decline())
        .then_rejected(Rejection::AlreadyCommitted);
}

#[test]
fn the_same_promise_sent_twice_is_one() {
    in_a_meeting().when(make(1, 1, None)).again().then_nothing();
}

#[test]
fn a_promise_is_due_at_the_next_meeting_once_it_is_agreed() {
    let agreed = MeetingEvent::ContractAgreed {
        meeting: meeting(1),
        network: network(1),
        contract: Contract {
            on: day(2026, 4, 20),
            starts: at(9, 0),
            place: None,
            host: None,
            theme: text(9),
            responsible: None,
        },
    };
    in_a_meeting()
        .and([agreed.into()])
        .when(make(1, 1, None))
        .then([CommitmentEvent::Made {
            commitment: id(1, 1),
            meeting: meeting(1),
            network: network(1),
            organisation: organisation(1),
            text: text(1),
            due: Some(day(2026, 4, 20)),
            carried_from: None,
        }
        .into()]);
}

#[test]
fn promises_are_made_while_the_meeting_goes_on_by_those_who_take_part() {
    Scenario::given(two_schools())
        .and([school(3)])
        .when(make(1, 1, None))
        .then_rejected(Rejection::UnknownMeeting)
        .and([planned(1)])
        .when(make(1, 1, None))
        .then_rejected(Rejection::MeetingNotOpen)
        .and([opened(1)])
        .when(make(1, 3, None))
        .then_rejected(Rejection::NotTakingPart)
        .and([closed(1)])
        .when(make(1, 1, None))
        .then_rejected(Rejection::MeetingClosed);
}

#[test]
fn a_school_can_decline_with_a_reason_and_change_its_mind() {
    in_a_meeting()
        .when(decline())
        .then([CommitmentEvent::Declined {
            commitment: id(1, 1),
            meeting: meeting(1),
            network: network(1),
            organisation: organisation(1),
            reason: text(2),
        }
        .into()])
        .when(report(Outcome::Done))
        .then_rejected(Rejection::CommitmentDeclined)
        .when(make(1, 1, None))
        .then([made(1, None)]);
}

#[test]
fn how_it_went_can_be_told_again() {
    in_a_meeting()
        .when(report(Outcome::Partly))
        .then_rejected(Rejection::UnknownCommitment)
        .and([made(1, None), closed(1)])
        .when(report(Outcome::Partly))
        .then([reported(Outcome::Partly)])
        .when(report(Outcome::Done))
        .then([reported(Outcome::Done)]);
}

#[test]
fn a_promise_is_worded_anew_only_by_who_saw_the_last_wording() {
    let reword = |seen| CommitmentCommand::Reword {
        commitment: id(1, 1),
        text: text(4),
        seen,
    };
    let before = in_a_meeting().and([made(1, None)]);
    let position = before.log().head();
    before
        .when(reword(position - 1))
        .then_rejected(Rejection::Changed { position })
        .when(reword(position))
        .then([CommitmentEvent::Reworded {
            commitment: id(1, 1),
            network: network(1),
            organisation: organisation(1),
            meeting: meeting(1),
            text: text(4),
        }
        .into()])
        .when(reword(position))
        .then_rejected(Rejection::Changed {
            position: position + 1,
        })
        .and([closed(1)])
        .when(reword(position + 1))
        .then_rejected(Rejection::MeetingClosed);
}

#[test]
fn an_earlier_promise_goes_on_in_a_new_one_once() {
    let carried = Event::from(CommitmentEvent::CarriedOver {
        commitment: id(1, 1),
        meeting: meeting(1),
        network: network(1),
        organisation: organisation(1),
        to: id(2, 1),
    });
    in_a_meeting()
        .and([made(1, None), planned(2), opened(2), planned(3), opened(3)])
        .when(make(2, 2, Some(id(1, 1))))
        .then_rejected(Rejection::AnotherOrganisations)
        .when(make(2, 1, Some(id(9, 1))))
        .then_rejected(Rejection::UnknownCommitment)
        .when(make(2, 1, Some(id(1, 1))))
        .then([made(2, Some(id(1, 1))), carried])
        .when(make(3, 1, Some(id(1, 1))))
        .then_rejected(Rejection::AlreadyCarriedOver);
}
