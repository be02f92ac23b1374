use super::{Permission, Standing, permits};
use crate::actor::Actor;
use crate::command::Command;
use crate::commitment::command::CommitmentCommand;
use crate::event::Event;
use crate::ids::PersonId;
use crate::meeting::command::MeetingCommand;
use crate::meeting::event::{ItemKind, ItemTitle, MeetingEvent, MeetingKind};
use crate::network::command::NetworkCommand;
use crate::network::event::{NetworkEvent, NetworkKind, NetworkRole, Vote};
use crate::organisation::command::OrganisationCommand;
use crate::organisation::event::{Phase, ReadingSource};
use crate::organisation::number::OrganisationNumber;
use crate::person::PersonCommand;
use crate::region::RegionEvent;
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, at, command, day, entered, item, meeting, name, network, organisation, person,
    reading, school, seat, text, two_schools, works_at,
};

/// The table as a document, to be changed on purpose whenever the table changes.
const DOCUMENT: &str = include_str!("../../ACCESS.md");

/// What the source says about a variant: the lines before it.
fn said(variant: &str) -> String {
    let source = include_str!("../access.rs");
    let (before, _) = source
        .split_once(&format!("    {variant},\n"))
        .expect("is a variant");
    let lines = before.trim_end().lines().rev();
    let mut said: Vec<&str> = lines
        .map_while(|line| line.trim().strip_prefix("/// "))
        .collect();
    said.reverse();
    said.join(" ")
}

#[test]
fn the_document_says_who_may_do_what() {
    let mut document = "# Who may do what\n\nPrinted from `domain::access`; a test compares. What somebody is follows their \
                        seats, roles and workplaces on the day, judged at the head of the log.\n\n"
        .to_owned();
    for standing in Standing::ALL {
        let standing = format!("{standing:?}");
        document += &format!("- **{standing}**: {}\n", said(&standing));
    }
    document += "\n|";
    for standing in Standing::ALL {
        document += &format!(" | {standing:?}");
    }
    document += &format!(" |\n|---{}|\n", "|:-:".repeat(Standing::ALL.len()));
    for permission in Permission::ALL {
        document += &format!("| {}", said(&format!("{permission:?}")));
        for standing in Standing::ALL {
            document += match permits(standing, permission) {
                true => " | yes",
                false => " | ",
            };
        }
        document += " |\n";
    }
    assert_eq!(document, DOCUMENT, "\n{document}");
}

fn role(role: NetworkRole, n: u32) -> Event {
    NetworkEvent::RoleGiven {
        network: network(1),
        role,
        person: person(n),
        before: None,
    }
    .into()
}

fn seat_of(n: u32, vote: Vote) -> [Event; 2] {
    [
        NetworkEvent::SeatCreated {
            network: network(1),
            seat: seat(n),
            organisation: organisation(1),
            vote,
        }
        .into(),
        NetworkEvent::SeatFilled {
            network: network(1),
            seat: seat(n),
            organisation: organisation(1),
            person: person(n),
        }
        .into(),
    ]
}

/// Person 1 leads, 2 has a vote, 3 is deputy, 4 takes the minutes, 5 sits without vote, 6 works at school 2 without
/// a seat, 7 administers, 8 is a guest, 9 is nobody known. The meeting goes on.
fn region() -> Scenario {
    Scenario::given(two_schools())
        .and((3..=8).map(entered))
        .and([works_at(6, 2), school(3)])
        .and(
            [3, 4, 5]
                .into_iter()
                .flat_map(|n| seat_of(n, Vote::NonVoting)),
        )
        .and([
            role(NetworkRole::Deputy, 3),
            role(NetworkRole::MinuteTaker, 4),
            RegionEvent::AdministratorNamed { person: person(7) }.into(),
            MeetingEvent::Planned {
                meeting: meeting(1),
                network: network(1),
                kind: MeetingKind::Ordinary,
                on: day(2026, 3, 2),
                starts: at(9, 0),
                place: None,
                host: None,
                theme: None,
                previous: None,
            }
            .into(),
            MeetingEvent::NoticePublished {
                meeting: meeting(1),
                network: network(1),
                lead_days: 14,
                late: false,
            }
            .into(),
            MeetingEvent::Opened {
                meeting: meeting(1),
                network: network(1),
            }
            .into(),
        ])
}

/// For each order, the people of [`region`] who may give it, about school 2 where it is about one.
fn orders() -> Vec<(Command, &'static [u32])> {
    let meeting = meeting(1);
    let own = OrganisationCommand::ReadPhase {
        reading: reading(1),
        network: network(1),
        organisation: organisation(2),
        phase: Phase::Initiation,
        source: ReadingSource::SelfReported,
    };
    let assessed = OrganisationCommand::ReadPhase {
        reading: reading(1),
        network: network(1),
        organisation: organisation(2),
        phase: Phase::Initiation,
        source: ReadingSource::Assessed,
    };
    let propose = |parent| NetworkCommand::Propose {
        network: network(2),
        called: name("Nytt nettverk"),
        kind: NetworkKind::LeaderNetwork,
        purpose: text(1),
        parent,
    };
    vec![
        (
            crate::region::RegionCommand::NameAdministrator { person: person(1) }.into(),
            &[7],
        ),
        (
            OrganisationCommand::GiveNumber {
                organisation: organisation(3),
                number: OrganisationNumber::parse("974760673").unwrap(),
            }
            .into(),
            &[7],
        ),
        (
            OrganisationCommand::Close {
                organisation: organisation(3),
            }
            .into(),
            &[7],
        ),
        (own.into(), &[2, 6]),
        (assessed.into(), &[1, 3, 7]),
        (
            propose(Some((network(1), crate::network::event::Relation::Sub))).into(),
            &[1, 2, 3, 4, 5, 7],
        ),
        (propose(None).into(), &[7]),
        (
            NetworkCommand::End {
                network: network(1),
                reason: text(1),
            }
            .into(),
            &[7],
        ),
        (
            NetworkCommand::Rename {
                network: network(1),
                called: name("Nytt namn"),
            }
            .into(),
            &[1, 3, 7],
        ),
        (
            NetworkCommand::WriteCharterSection {
                network: network(1),
                section: crate::network::event::CharterSection::Other,
                text: text(1),
                seen: 0,
            }
            .into(),
            &[1, 3, 7],
        ),
        (
            MeetingCommand::OpenEvaluation { meeting }.into(),
            &[1, 3, 4, 7],
        ),
        (
            MeetingCommand::AddItem {
                meeting,
                item: item(1),
                kind: ItemKind::Discussion,
                title: ItemTitle::Own(text(1)),
                minutes: None,
                presenter: None,
            }
            .into(),
            &[1, 2, 3, 4, 5, 7],
        ),
        (
            MeetingCommand::AnswerNotice {
                meeting,
                organisation: organisation(2),
                answer: crate::meeting::event::NoticeAnswer::Coming,
            }
            .into(),
            &[1, 2, 3, 4, 5, 6],
        ),
        (
            CommitmentCommand::Make {
                meeting,
                organisation: organisation(2),
                text: text(1),
                carried_from: None,
            }
            .into(),
            &[1, 2, 3, 4, 6],
        ),
        (
            Command::Correct {
                stream: network(1).into(),
                of: 1,
                instead: crate::correction::Instead::Retracted,
                reason: text(1),
            },
            &[1, 3, 7],
        ),
        (
            Command::Correct {
                stream: organisation(1).into(),
                of: 3,
                instead: crate::correction::Instead::Retracted,
                reason: text(1),
            },
            &[7],
        ),
        (PersonCommand::Forget { person: person(2) }.into(), &[2, 7]),
        (
            Command::WithdrawText {
                stream: network(1).into(),
                of: 1,
                text: text(501).0,
                reason: text(1),
            },
            &[1, 3, 7],
        ),
    ]
}

fn may(scenario: &Scenario, who: PersonId, order: &Command) -> bool {
    let submission = crate::command::Submission::new(command(1), order.clone());
    match scenario.log().decide(Actor::Person(who), &submission) {
        Ok(_) => true,
        Err(Rejection::NotPermitted) => false,
        Err(other) => panic!("{order:?} by {who}: {other:?}"),
    }
}

#[test]
fn each_order_is_given_by_those_whose_standing_permits_it_and_by_nobody_else() {
    let region = region();
    for (order, allowed) in orders() {
        for who in 1..=9 {
            assert_eq!(
                may(&region, person(who), &order),
                allowed.contains(&who),
                "person {who}: {order:?}"
            );
        }
    }
}

#[test]
fn who_loses_the_seat_is_out_at_once() {
    let rename = |to: &str| NetworkCommand::Rename {
        network: network(1),
        called: name(to),
    };
    region()
        .by(person(1))
        .when(rename("Nettverk nord"))
        .then_accepted(|_| {})
        .by_operator()
        .when(NetworkCommand::VacateSeat {
            network: network(1),
            seat: seat(1),
        })
        .then_accepted(|_| {})
        .by(person(1))
        .when(rename("Nettverk sør"))
        .then_rejected(Rejection::NotPermitted);
}

#[test]
fn somebody_not_known_may_nothing_even_about_what_is_not_there() {
    Scenario::given([])
        .by(person(1))
        .when(OrganisationCommand::Close {
            organisation: organisation(1),
        })
        .then_rejected(Rejection::NotPermitted);
}
