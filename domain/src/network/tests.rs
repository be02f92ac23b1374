use super::command::NetworkCommand;
use super::event::{CharterSection, NetworkEvent, NetworkKind, NetworkRole, Relation, Vote};
use crate::event::Event;
use crate::limits::SEATS_MAX;
use crate::organisation::event::OrganisationEvent;
use crate::rejection::Rejection;
use crate::testing::{
    Scenario, entered, established, name, network, organisation, person, proposed, school, seat,
    seated, sits, text, two_schools,
};

fn propose(n: u32, parent: Option<(u32, Relation)>) -> NetworkCommand {
    NetworkCommand::Propose {
        network: network(n),
        called: name(&format!("Network {n}")),
        kind: NetworkKind::LeaderNetwork,
        purpose: text(500 + n),
        parent: parent.map(|(to, relation)| (network(to), relation)),
    }
}

fn create_seat(n: u32, of: u32, vote: Vote) -> NetworkCommand {
    NetworkCommand::CreateSeat {
        network: network(1),
        seat: seat(n),
        organisation: organisation(of),
        vote,
        person: None,
    }
}

fn fill(seat_n: u32, person_n: u32) -> NetworkCommand {
    NetworkCommand::FillSeat {
        network: network(1),
        seat: seat(seat_n),
        person: person(person_n),
    }
}

fn vacated(n: u32) -> Event {
    NetworkEvent::SeatVacated {
        network: network(1),
        seat: seat(n),
        organisation: organisation(n),
        person: person(n),
    }
    .into()
}

fn leader_ended() -> Event {
    NetworkEvent::RoleEnded {
        network: network(1),
        role: NetworkRole::Leader,
        person: person(1),
    }
    .into()
}

fn end() -> NetworkCommand {
    NetworkCommand::End {
        network: network(1),
        reason: text(2),
    }
}

#[test]
fn a_network_is_proposed_once_and_begins_its_work_once() {
    let establish = NetworkCommand::Establish {
        network: network(1),
    };
    Scenario::given([])
        .when(establish.clone())
        .then_rejected(Rejection::UnknownNetwork)
        .when(propose(1, None))
        .then([proposed(1)])
        .when(propose(1, None))
        .then_rejected(Rejection::AlreadyRegistered)
        .when(establish.clone())
        .then([established(1)])
        .when(establish)
        .then_rejected(Rejection::NotProposed);
}

#[test]
fn the_same_proposal_sent_twice_proposes_once() {
    Scenario::given([])
        .when(propose(1, None))
        .again()
        .then_nothing();
}

#[test]
fn a_network_is_proposed_under_another_that_is_there() {
    Scenario::given([])
        .when(propose(1, Some((2, Relation::Sub))))
        .then_rejected(Rejection::UnknownNetwork)
        .and([proposed(2)])
        .when(propose(1, Some((2, Relation::Sub))))
        .then([
            proposed(1),
            NetworkEvent::Related {
                network: network(1),
                to: network(2),
                relation: Relation::Sub,
            }
            .into(),
        ]);
}

#[test]
fn a_network_gets_another_name_and_remembers_the_old_one() {
    let rename = |to: &str| NetworkCommand::Rename {
        network: network(1),
        called: name(to),
    };
    Scenario::given([proposed(1)])
        .when(rename("Network 1"))
        .then_rejected(Rejection::SameName)
        .when(rename("Nettverk sør"))
        .then([NetworkEvent::Renamed {
            network: network(1),
            from: name("Network 1"),
            to: name("Nettverk sør"),
        }
        .into()]);
}

#[test]
fn a_network_hangs_under_or_beside_others_but_not_itself() {
    let relate = |to, relation| NetworkCommand::Relate {
        network: network(1),
        to: network(to),
        relation,
    };
    let unrelate = NetworkCommand::Unrelate {
        network: network(1),
        to: network(2),
    };
    let related = |relation| {
        Event::from(NetworkEvent::Related {
            network: network(1),
            to: network(2),
            relation,
        })
    };
    Scenario::given([proposed(1), proposed(2)])
        .when(relate(1, Relation::Side))
        .then_rejected(Rejection::ItselfRelated)
        .when(relate(3, Relation::Side))
        .then_rejected(Rejection::UnknownNetwork)
        .when(unrelate.clone())
        .then_rejected(Rejection::NotRelated)
        .when(relate(2, Relation::Side))
        .then([related(Relation::Side)])
        .when(relate(2, Relation::Side))
        .then_rejected(Rejection::AlreadyRelated)
        .when(relate(2, Relation::Sub))
        .then([related(Relation::Sub)])
        .when(unrelate)
        .then([NetworkEvent::Unrelated {
            network: network(1),
            to: network(2),
        }
        .into()]);
}

#[test]
fn two_networks_at_work_become_one() {
    let merge = |into| NetworkCommand::Merge {
        network: network(1),
        into: network(into),
        reason: text(1),
    };
    Scenario::given([proposed(1), established(1), proposed(2)])
        .when(merge(1))
        .then_rejected(Rejection::ItselfRelated)
        .when(merge(2))
        .then_rejected(Rejection::NotAtWork)
        .and([established(2)])
        .when(merge(2))
        .then([NetworkEvent::Merged {
            network: network(1),
            into: network(2),
            reason: text(1),
        }
        .into()])
        .when(merge(2))
        .then_rejected(Rejection::NotAtWork)
        .when(end())
        .then_rejected(Rejection::NotAtWork);
}

#[test]
fn an_ended_network_is_not_shaped_any_more() {
    Scenario::given([proposed(1), school(1)])
        .when(end())
        .then([NetworkEvent::Ended {
            network: network(1),
            reason: text(2),
        }
        .into()])
        .when(end())
        .then_rejected(Rejection::NotAtWork)
        .when(create_seat(1, 1, Vote::Voting))
        .then_rejected(Rejection::NotAtWork);
}

#[test]
fn an_organisation_has_one_seat_with_vote_and_may_have_others_without() {
    Scenario::given([proposed(1), school(1), school(2)])
        .when(create_seat(1, 3, Vote::Voting))
        .then_rejected(Rejection::UnknownOrganisation)
        .when(create_seat(1, 1, Vote::Voting))
        .then([seated(1, 1)])
        .when(create_seat(1, 2, Vote::Voting))
        .then_rejected(Rejection::AlreadySeated)
        .when(create_seat(2, 1, Vote::Voting))
        .then_rejected(Rejection::AlreadySeated)
        .when(create_seat(2, 1, Vote::NonVoting))
        .then([NetworkEvent::SeatCreated {
            network: network(1),
            seat: seat(2),
            organisation: organisation(1),
            vote: Vote::NonVoting,
        }
        .into()]);
}

#[test]
fn the_second_seat_of_an_organisation_does_not_become_a_second_vote() {
    Scenario::given([proposed(1), school(1), seated(1, 1)])
        .when(create_seat(2, 1, Vote::NonVoting))
        .then_accepted(|_| {})
        .when(NetworkCommand::SetVote {
            network: network(1),
            seat: seat(2),
            vote: Vote::Voting,
        })
        .then_rejected(Rejection::AlreadySeated);
}

#[test]
fn a_closed_school_gets_no_seat() {
    Scenario::given([
        proposed(1),
        school(1),
        OrganisationEvent::Closed {
            organisation: organisation(1),
        }
        .into(),
    ])
    .when(create_seat(1, 1, Vote::Voting))
    .then_rejected(Rejection::OrganisationClosed);
}

#[test]
fn a_seat_is_created_with_the_one_who_holds_it() {
    let create = NetworkCommand::CreateSeat {
        network: network(1),
        seat: seat(1),
        organisation: organisation(1),
        vote: Vote::Voting,
        person: Some(person(1)),
    };
    Scenario::given([proposed(1), school(1)])
        .when(create.clone())
        .then_rejected(Rejection::UnknownPerson)
        .and([entered(1)])
        .when(create)
        .then([seated(1, 1), sits(1, 1)]);
}

#[test]
fn a_network_has_room_for_so_many_seats() {
    let seats = (1..=SEATS_MAX).map(|n| {
        let n = u32::try_from(n).unwrap();
        Event::from(NetworkEvent::SeatCreated {
            network: network(1),
            seat: seat(n),
            organisation: organisation(1),
            vote: Vote::NonVoting,
        })
    });
    Scenario::given([proposed(1), school(1)])
        .and(seats)
        .when(create_seat(9_999, 1, Vote::Voting))
        .then_rejected(Rejection::TooManySeats);
}

#[test]
fn a_seat_votes_or_does_not() {
    let set = |vote| NetworkCommand::SetVote {
        network: network(1),
        seat: seat(1),
        vote,
    };
    Scenario::given([proposed(1), school(1)])
        .when(set(Vote::Voting))
        .then_rejected(Rejection::UnknownSeat)
        .and([seated(1, 1)])
        .when(set(Vote::Voting))
        .then_rejected(Rejection::SameVote)
        .when(set(Vote::NonVoting))
        .then([NetworkEvent::SeatVoteSet {
            network: network(1),
            seat: seat(1),
            organisation: organisation(1),
            vote: Vote::NonVoting,
        }
        .into()]);
}

#[test]
fn a_new_principal_takes_the_seat_and_the_old_one_loses_the_role_with_it() {
    Scenario::given(two_schools())
        .and([entered(3)])
        .when(fill(1, 4))
        .then_rejected(Rejection::UnknownPerson)
        .when(fill(1, 1))
        .then_rejected(Rejection::AlreadyInSeat)
        .when(fill(1, 3))
        .then([
            leader_ended(),
            vacated(1),
            NetworkEvent::SeatFilled {
                network: network(1),
                seat: seat(1),
                organisation: organisation(1),
                person: person(3),
            }
            .into(),
        ]);
}

#[test]
fn an_empty_seat_cannot_be_left_again() {
    let vacate = NetworkCommand::VacateSeat {
        network: network(1),
        seat: seat(1),
    };
    Scenario::given(two_schools())
        .when(vacate.clone())
        .then([leader_ended(), vacated(1)])
        .when(vacate)
        .then_rejected(Rejection::SeatEmpty);
}

#[test]
fn who_sits_twice_keeps_the_role_when_one_seat_is_left() {
    Scenario::given(two_schools())
        .when(fill(2, 1))
        .then_accepted(|_| {})
        .when(NetworkCommand::VacateSeat {
            network: network(1),
            seat: seat(1),
        })
        .then([vacated(1)]);
}

#[test]
fn a_seat_that_ends_is_left_first() {
    let end_seat = NetworkCommand::EndSeat {
        network: network(1),
        seat: seat(1),
    };
    Scenario::given(two_schools())
        .when(end_seat.clone())
        .then([
            leader_ended(),
            vacated(1),
            NetworkEvent::SeatEnded {
                network: network(1),
                seat: seat(1),
                organisation: organisation(1),
            }
            .into(),
        ])
        .when(end_seat)
        .then_rejected(Rejection::UnknownSeat);
}

#[test]
fn a_role_goes_from_one_who_sits_there_to_another() {
    let give = |n| NetworkCommand::GiveRole {
        network: network(1),
        role: NetworkRole::Leader,
        person: person(n),
    };
    Scenario::given(two_schools())
        .and([entered(3)])
        .when(give(3))
        .then_rejected(Rejection::RoleNeedsASeat)
        .when(give(1))
        .then_rejected(Rejection::AlreadyInRole)
        .when(give(2))
        .then([NetworkEvent::RoleGiven {
            network: network(1),
            role: NetworkRole::Leader,
            person: person(2),
            before: Some(person(1)),
        }
        .into()]);
}

#[test]
fn a_role_ends_where_somebody_has_it() {
    let end_role = |role| NetworkCommand::EndRole {
        network: network(1),
        role,
    };
    Scenario::given(two_schools())
        .when(end_role(NetworkRole::Deputy))
        .then_rejected(Rejection::RoleEmpty)
        .when(end_role(NetworkRole::Leader))
        .then([leader_ended()]);
}

#[test]
fn the_charter_is_written_by_section_and_adopted_as_it_stands() {
    let write = |text_n, seen| NetworkCommand::WriteCharterSection {
        network: network(1),
        section: CharterSection::Values,
        text: text(text_n),
        seen,
    };
    let written = |text_n| {
        Event::from(NetworkEvent::CharterSectionWritten {
            network: network(1),
            section: CharterSection::Values,
            text: text(text_n),
        })
    };
    let adopted = |version, text_n| {
        Event::from(NetworkEvent::CharterAdopted {
            network: network(1),
            version,
            sections: vec![(CharterSection::Values, text(text_n))],
        })
    };
    let adopt = NetworkCommand::AdoptCharter {
        network: network(1),
    };
    Scenario::given([proposed(1)])
        .when(adopt.clone())
        .then_rejected(Rejection::NothingToAdopt)
        .when(write(1, 0))
        .then([written(1)])
        .when(adopt.clone())
        .then([adopted(1, 1)])
        .when(adopt.clone())
        .then_rejected(Rejection::NothingToAdopt)
        .when(write(2, 0))
        .then_rejected(Rejection::Changed { position: 2 })
        .when(write(2, 2))
        .then([written(2)])
        .when(adopt)
        .then([adopted(2, 2)]);
}
