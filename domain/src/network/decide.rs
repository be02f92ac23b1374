//! What an order to a network brings.

use super::command::NetworkCommand;
use super::event::{CharterSection, NetworkEvent, NetworkRole, Vote};
use super::state::{Network, NetworkStatus, Seat};
use crate::event::Event;
use crate::ids::{NetworkId, OrganisationId, PersonId, SeatId, StreamId};
use crate::limits::SEATS_MAX;
use crate::recorded::Position;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use crate::text::{Name, Prose};

type Events = Result<Vec<NetworkEvent>, Stop>;

/// Decides.
///
/// # Errors
/// [`Stop`]: more is needed, or a refusal.
pub fn decide(command: &NetworkCommand, loaded: &Loaded) -> Result<Vec<(StreamId, Event)>, Stop> {
    let (network, events) = match command.clone() {
        NetworkCommand::Propose {
            network,
            called,
            kind,
            purpose,
            parent,
        } => {
            if loaded.any(network)?.network.is_some() {
                return Err(Rejection::AlreadyRegistered.into());
            }
            let mut events = vec![NetworkEvent::Proposed {
                network,
                called,
                kind,
                purpose,
            }];
            if let Some((to, relation)) = parent {
                loaded.network(to)?;
                events.push(NetworkEvent::Related {
                    network,
                    to,
                    relation,
                });
            }
            (network, events)
        }
        NetworkCommand::Establish { network } => (network, establish(loaded, network)?),
        NetworkCommand::Rename { network, called } => (network, rename(loaded, network, called)?),
        NetworkCommand::Relate {
            network,
            to,
            relation,
        } => {
            let state = living(loaded, network)?;
            loaded.network(to)?;
            if network == to {
                return Err(Rejection::ItselfRelated.into());
            }
            if state.relations.get(&to) == Some(&relation) {
                return Err(Rejection::AlreadyRelated.into());
            }
            (
                network,
                vec![NetworkEvent::Related {
                    network,
                    to,
                    relation,
                }],
            )
        }
        NetworkCommand::Unrelate { network, to } => {
            if !living(loaded, network)?.relations.contains_key(&to) {
                return Err(Rejection::NotRelated.into());
            }
            (network, vec![NetworkEvent::Unrelated { network, to }])
        }
        NetworkCommand::Merge {
            network,
            into,
            reason,
        } => {
            at_work(loaded, network)?;
            at_work(loaded, into)?;
            if network == into {
                return Err(Rejection::ItselfRelated.into());
            }
            (
                network,
                vec![NetworkEvent::Merged {
                    network,
                    into,
                    reason,
                }],
            )
        }
        NetworkCommand::End { network, reason } => {
            living(loaded, network)?;
            (network, vec![NetworkEvent::Ended { network, reason }])
        }
        NetworkCommand::CreateSeat {
            network,
            seat,
            organisation,
            vote,
            person,
        } => (
            network,
            create_seat(loaded, network, seat, organisation, vote, person)?,
        ),
        NetworkCommand::SetVote {
            network,
            seat,
            vote,
        } => {
            let Seat {
                organisation,
                vote: before,
                ..
            } = seated(loaded, network, seat)?;
            if before == vote {
                return Err(Rejection::SameVote.into());
            }
            let votes_already = living(loaded, network)?
                .seats
                .values()
                .any(|other| other.organisation == organisation && other.vote == Vote::Voting);
            if vote == Vote::Voting && votes_already {
                return Err(Rejection::AlreadySeated.into());
            }
            (
                network,
                vec![NetworkEvent::SeatVoteSet {
                    network,
                    seat,
                    organisation,
                    vote,
                }],
            )
        }
        NetworkCommand::FillSeat {
            network,
            seat,
            person,
        } => (network, fill_seat(loaded, network, seat, person)?),
        NetworkCommand::VacateSeat { network, seat } => {
            let Seat {
                organisation,
                person,
                ..
            } = seated(loaded, network, seat)?;
            let person = person.ok_or(Rejection::SeatEmpty)?;
            let mut events = roles_ended(living(loaded, network)?, network, seat, person);
            events.push(NetworkEvent::SeatVacated {
                network,
                seat,
                organisation,
                person,
            });
            (network, events)
        }
        NetworkCommand::EndSeat { network, seat } => {
            let Seat {
                organisation,
                person,
                ..
            } = seated(loaded, network, seat)?;
            let mut events = Vec::new();
            if let Some(person) = person {
                events = roles_ended(living(loaded, network)?, network, seat, person);
                events.push(NetworkEvent::SeatVacated {
                    network,
                    seat,
                    organisation,
                    person,
                });
            }
            events.push(NetworkEvent::SeatEnded {
                network,
                seat,
                organisation,
            });
            (network, events)
        }
        NetworkCommand::GiveRole {
            network,
            role,
            person,
        } => (network, give_role(loaded, network, role, person)?),
        NetworkCommand::EndRole { network, role } => {
            let person = *living(loaded, network)?
                .roles
                .get(&role)
                .ok_or(Rejection::RoleEmpty)?;
            (
                network,
                vec![NetworkEvent::RoleEnded {
                    network,
                    role,
                    person,
                }],
            )
        }
        NetworkCommand::WriteCharterSection {
            network,
            section,
            text,
            seen,
        } => (
            network,
            write_section(loaded, network, section, text, seen)?,
        ),
        NetworkCommand::AdoptCharter { network } => (network, adopt(loaded, network)?),
    };
    Ok(events
        .into_iter()
        .map(|event| (network.into(), event.into()))
        .collect())
}

/// Proposed or at work: it can still be shaped.
fn living(loaded: &Loaded, id: NetworkId) -> Result<&Network, Stop> {
    let network = loaded.network(id)?;
    match network.status {
        NetworkStatus::Proposed | NetworkStatus::AtWork => Ok(network),
        NetworkStatus::Merged | NetworkStatus::Ended => Err(Rejection::NotAtWork.into()),
    }
}

fn at_work(loaded: &Loaded, id: NetworkId) -> Result<&Network, Stop> {
    let network = loaded.network(id)?;
    if network.status == NetworkStatus::AtWork {
        Ok(network)
    } else {
        Err(Rejection::NotAtWork.into())
    }
}

fn seated(loaded: &Loaded, network: NetworkId, seat: SeatId) -> Result<Seat, Stop> {
    living(loaded, network)?
        .seats
        .get(&seat)
        .cloned()
        .ok_or(Stop::Refused(Rejection::UnknownSeat))
}

fn establish(loaded: &Loaded, network: NetworkId) -> Events {
    if loaded.network(network)?.status != NetworkStatus::Proposed {
        return Err(Rejection::NotProposed.into());
    }
    Ok(vec![NetworkEvent::Established { network }])
}

fn rename(loaded: &Loaded, network: NetworkId, to: Name) -> Events {
    let from = living(loaded, network)?
        .called
        .clone()
        .ok_or(Rejection::UnknownNetwork)?;
    if from == to {
        return Err(Rejection::SameName.into());
    }
    Ok(vec![NetworkEvent::Renamed { network, from, to }])
}

fn create_seat(
    loaded: &Loaded,
    network: NetworkId,
    seat: SeatId,
    organisation: OrganisationId,
    vote: Vote,
    person: Option<PersonId>,
) -> Events {
    let state = living(loaded, network)?;
    if loaded.organisation(organisation)?.closed {
        return Err(Rejection::OrganisationClosed.into());
    }
    if state.seats.contains_key(&seat) {
        return Err(Rejection::AlreadySeated.into());
    }
    if state.seats.len() >= SEATS_MAX {
        return Err(Rejection::TooManySeats.into());
    }
    // A second seat of an organisation is a second leader's: a member like the first, but without a second vote.
    let votes_already = state.seats.values().any(|other| {
        other.organisation == organisation && (other.vote == vote && vote == Vote::Voting)
    });
    if votes_already {
        return Err(Rejection::AlreadySeated.into());
    }
    let mut events = vec![NetworkEvent::SeatCreated {
        network,
        seat,
        organisation,
        vote,
    }];
    if let Some(person) = person {
        loaded.known_person(person)?;
        events.push(NetworkEvent::SeatFilled {
            network,
            seat,
            organisation,
            person,
        });
    }
    Ok(events)
}

/// The roles a person loses together with the only seat held.
fn roles_ended(
    state: &Network,
    network: NetworkId,
    seat: SeatId,
    person: PersonId,
) -> Vec<NetworkEvent> {
    let elsewhere = state
        .seats
        .iter()
        .any(|(other, held)| *other != seat && held.person == Some(person));
    if elsewhere {
        return Vec::new();
    }
    let held = state.roles.iter().filter(|(_, holder)| **holder == person);
    held.map(|(role, _)| NetworkEvent::RoleEnded {
        network,
        role: *role,
        person,
    })
    .collect()
}

fn fill_seat(loaded: &Loaded, network: NetworkId, seat: SeatId, person: PersonId) -> Events {
    let Seat {
        organisation,
        person: before,
        ..
    } = seated(loaded, network, seat)?;
    loaded.known_person(person)?;
    if before == Some(person) {
        return Err(Rejection::AlreadyInSeat.into());
    }
    let mut events = Vec::new();
    if let Some(before) = before {
        events = roles_ended(living(loaded, network)?, network, seat, before);
        events.push(NetworkEvent::SeatVacated {
            network,
            seat,
            organisation,
            person: before,
        });
    }
    events.push(NetworkEvent::SeatFilled {
        network,
        seat,
        organisation,
        person,
    });
    Ok(events)
}

fn give_role(loaded: &Loaded, network: NetworkId, role: NetworkRole, person: PersonId) -> Events {
    let state = living(loaded, network)?;
    loaded.known_person(person)?;
    if !state.is_seated(person) {
        return Err(Rejection::RoleNeedsASeat.into());
    }
    let before = state.roles.get(&role).copied();
    if before == Some(person) {
        return Err(Rejection::AlreadyInRole.into());
    }
    Ok(vec![NetworkEvent::RoleGiven {
        network,
        role,
        person,
        before,
    }])
}

fn write_section(
    loaded: &Loaded,
    network: NetworkId,
    section: CharterSection,
    text: Prose,
    seen: Position,
) -> Events {
    let last = living(loaded, network)?
        .charter
        .get(&section)
        .map_or(0, |(_, position)| *position);
    if last > seen {
        return Err(Rejection::Changed { position: last }.into());
    }
    Ok(vec![NetworkEvent::CharterSectionWritten {
        network,
        section,
        text,
    }])
}

fn adopt(loaded: &Loaded, network: NetworkId) -> Events {
    let state = living(loaded, network)?;
    if !state.charter_changed {
        return Err(Rejection::NothingToAdopt.into());
    }
    let sections = state
        .charter
        .iter()
        .map(|(section, (text, _))| (*section, *text))
        .collect();
    Ok(vec![NetworkEvent::CharterAdopted {
        network,
        version: state.charter_version + 1,
        sections,
    }])
}
