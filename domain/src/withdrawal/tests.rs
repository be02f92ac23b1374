use super::TextEvent;
use crate::command::Command;
use crate::correction::Instead;
use crate::meeting::command::MeetingCommand;
use crate::meeting::event::{ItemKind, ItemTitle, MeetingKind};
use crate::network::command::NetworkCommand;
use crate::network::event::NetworkKind;
use crate::person::PersonCommand;
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, at, day, entered, item, meeting, name, network, person, tenant, text, two_schools,
};

fn withdraw(of: u64, n: u32) -> Command {
    Command::WithdrawText {
        stream: network(5).into(),
        of,
        text: text(n).0,
        reason: text(90),
    }
}

/// The schools, and a network whose purpose is the text 50; the position of that event.
fn proposed() -> (Scenario, u64) {
    let scenario = Scenario::given(two_schools());
    let of = scenario.log().head() + 1;
    let propose = NetworkCommand::Propose {
        network: network(5),
        called: name("Leiarnettverk"),
        kind: NetworkKind::LeaderNetwork,
        purpose: text(50),
        parent: None,
    };
    (scenario.when(propose).then_accepted(|_| {}), of)
}

#[test]
fn a_text_is_withdrawn_once_and_leaves_who_when_and_why() {
    let (scenario, of) = proposed();
    scenario
        .when(withdraw(of, 50))
        .then([TextEvent::Withdrawn {
            of,
            text: text(50).0,
            reason: text(90),
            concerns: vec![network(5).0, tenant(1).0],
        }
        .into()])
        .when(withdraw(of, 50))
        .then_rejected(Rejection::AlreadyWithdrawn);
}

#[test]
fn only_a_text_that_the_event_holds_can_be_withdrawn() {
    let (scenario, of) = proposed();
    scenario
        .when(withdraw(of, 51))
        .then_rejected(Rejection::UnknownText)
        .when(withdraw(of + 1, 50))
        .then_rejected(Rejection::UnknownEvent)
        .when(Command::WithdrawText {
            stream: network(5).into(),
            of,
            text: text(50).0,
            reason: text(50),
        })
        .then_rejected(Rejection::WordsMissing);
}

#[test]
fn the_reason_of_a_withdrawal_can_be_withdrawn_too_and_no_correction_brings_words_back() {
    let (scenario, of) = proposed();
    scenario
        .when(withdraw(of, 50))
        .then_accepted(|_| {})
        .when_corrected(of + 1, Instead::Retracted)
        .then_rejected(Rejection::Final)
        .when(Command::WithdrawText {
            stream: network(5).into(),
            of: of + 1,
            text: text(90).0,
            reason: text(91),
        })
        .then_accepted(|_| {});
}

#[test]
fn who_may_correct_there_or_wrote_it_withdraws_a_text_and_nobody_else() {
    // Person 2 has a seat, and with it no right to correct; person 1 leads.
    let (scenario, of) = added_by(2);
    let own = |n| Command::WithdrawText {
        stream: meeting(1).into(),
        of,
        text: text(50).0,
        reason: text(n),
    };
    for (who, may) in [(1, true), (2, true), (3, false), (9, false)] {
        let outcome = scenario.clone().by(person(who)).when(own(90));
        if may {
            outcome.then_accepted(|_| {});
        } else {
            outcome.then_rejected(Rejection::NotPermitted);
        }
    }
    // Not any more, once forgotten.
    scenario
        .by_operator()
        .when(PersonCommand::Forget { person: person(2) })
        .then_accepted(|_| {})
        .by(person(2))
        .when(own(90))
        .then_rejected(Rejection::NotPermitted);
}

/// A meeting of the first network with a row that a person put onto its agenda.
fn added_by(who: u32) -> (Scenario, u64) {
    let scenario = Scenario::given(two_schools())
        .and([entered(3)])
        .when(MeetingCommand::Plan {
            meeting: meeting(1),
            network: network(1),
            kind: MeetingKind::Ordinary,
            on: day(2026, 3, 20),
            starts: at(9, 0),
            place: None,
            host: None,
            theme: None,
            previous: None,
        })
        .then_accepted(|_| {})
        .by(person(who));
    let of = scenario.log().head() + 1;
    let add = MeetingCommand::AddItem {
        meeting: meeting(1),
        item: item(1),
        kind: ItemKind::Discussion,
        title: ItemTitle::Own(text(50)),
        minutes: None,
        presenter: None,
    };
    (scenario.when(add).then_accepted(|_| {}), of)
}
