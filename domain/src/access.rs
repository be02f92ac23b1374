//! Who may do what: one pure table ([`permits`]), used by the server to refuse and by the pages to hide. Commands are
//! judged on the state at the head of the log, so whoever lost a seat is out at once.

use crate::actor::Actor;
use crate::command::Command;
use crate::commitment::command::CommitmentCommand;
use crate::ids::{NetworkId, OrganisationId, PersonId, StreamKind};
use crate::meeting::command::MeetingCommand;
use crate::moment::Moment;
use crate::network::command::NetworkCommand;
use crate::network::event::{NetworkRole, Vote};
use crate::network::state::Network;
use crate::organisation::command::OrganisationCommand;
use crate::organisation::event::ReadingSource;
use crate::person::PersonCommand;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody is, seen from one network and one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Runs the installation, on the command line.
    Operator,
    /// Administers the region.
    Administrator,
    /// Leads the network.
    Leader,
    /// Deputy leader.
    Deputy,
    /// Takes the minutes.
    MinuteTaker,
    /// Holds a seat with vote.
    VotingMember,
    /// Holds a seat without vote.
    Member,
    /// Works at the organisation in question.
    Representative,
    /// A person of the region, without any of this here.
    Guest,
    /// Nobody known.
    Public,
}

impl Standing {
    /// All, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Operator,
        Self::Administrator,
        Self::Leader,
        Self::Deputy,
        Self::MinuteTaker,
        Self::VotingMember,
        Self::Member,
        Self::Representative,
        Self::Guest,
        Self::Public,
    ];
}

/// What can be permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Name and dismiss administrators.
    NameAdministrators,
    /// Enter organisations and people.
    KeepRegister,
    /// Propose a network.
    ProposeNetwork,
    /// Establish, merge, end, relate networks.
    ShapeNetworks,
    /// Rename the network, keep its seats and roles.
    KeepNetwork,
    /// Write and adopt the charter.
    WriteCharter,
    /// Read the phase of one's own unit; enter its motivation round.
    ReadOwnPhase,
    /// Read phases of units from outside.
    AssessPhase,
    /// Plan, call, run and close meetings; decisions, contract, minutes.
    RunMeetings,
    /// Put rows onto an agenda.
    ShapeAgenda,
    /// Answer a notice.
    AnswerNotice,
    /// Make, reword, decline and report one's organisation's commitments.
    Commit,
    /// Correct what was recorded; withdraw texts.
    Correct,
    /// Forget people. Everybody may have themselves forgotten.
    ForgetPeople,
    /// See the network's commitments, minutes and decisions.
    ReadInside,
    /// See which networks exist, who sits there, how phases are spread.
    ReadRegion,
}

impl Permission {
    /// All, for tables and tests.
    pub const ALL: [Self; 16] = [
        Self::NameAdministrators,
        Self::KeepRegister,
        Self::ProposeNetwork,
        Self::ShapeNetworks,
        Self::KeepNetwork,
        Self::WriteCharter,
        Self::ReadOwnPhase,
        Self::AssessPhase,
        Self::RunMeetings,
        Self::ShapeAgenda,
        Self::AnswerNotice,
        Self::Commit,
        Self::Correct,
        Self::ForgetPeople,
        Self::ReadInside,
        Self::ReadRegion,
    ];
}

/// The table.
#[must_use]
pub const fn permits(standing: Standing, permission: Permission) -> bool {
    use Permission as P;
    use Standing as S;
    match standing {
        S::Operator => true,
        S::Administrator => !matches!(permission, P::AnswerNotice | P::Commit | P::ReadOwnPhase),
        S::Leader | S::Deputy => matches!(
            permission,
            P::KeepNetwork
                | P::WriteCharter
                | P::AssessPhase
                | P::RunMeetings
                | P::ShapeAgenda
                | P::AnswerNotice
                | P::Commit
                | P::Correct
                | P::ReadInside
                | P::ReadRegion
                | P::ProposeNetwork
        ),
        S::MinuteTaker => matches!(
            permission,
            P::RunMeetings
                | P::ShapeAgenda
                | P::AnswerNotice
                | P::Commit
                | P::ReadInside
                | P::ReadRegion
        ),
        S::VotingMember | S::Member => {
            matches!(
                permission,
                P::ShapeAgenda
                    | P::AnswerNotice
                    | P::ReadInside
                    | P::ReadRegion
                    | P::ProposeNetwork
            )
        }
        S::Representative => {
            matches!(
                permission,
                P::ReadOwnPhase | P::Commit | P::AnswerNotice | P::ReadRegion | P::ReadInside
            )
        }
        S::Guest => matches!(permission, P::ReadRegion),
        S::Public => false,
    }
}

/// Whether any of the standings permits it.
#[must_use]
pub fn may(standings: &BTreeSet<Standing>, permission: Permission) -> bool {
    standings
        .iter()
        .any(|standing| permits(*standing, permission))
}

/// What a network gives a person.
#[must_use]
pub fn in_network(network: &Network, person: PersonId) -> BTreeSet<Standing> {
    let mut standings = BTreeSet::new();
    for (role, holder) in &network.roles {
        if *holder == person {
            standings.insert(match role {
                NetworkRole::Leader => Standing::Leader,
                NetworkRole::Deputy => Standing::Deputy,
                NetworkRole::MinuteTaker => Standing::MinuteTaker,
            });
        }
    }
    for seat in network
        .seats
        .values()
        .filter(|seat| seat.person == Some(person))
    {
        standings.insert(match seat.vote {
            Vote::Voting => Standing::VotingMember,
            Vote::NonVoting => Standing::Member,
        });
    }
    standings
}

/// What an actor is, seen from a network and an organisation.
///
/// # Errors
/// [`Stop::Needs`] when states are not loaded yet; a refusal when a thing does not exist.
pub fn standings(
    loaded: &Loaded,
    moment: &Moment,
    network: Option<NetworkId>,
    organisation: Option<OrganisationId>,
) -> Result<BTreeSet<Standing>, Stop> {
    let person = match moment.actor {
        Actor::Operator | Actor::Clock => return Ok(BTreeSet::from([Standing::Operator])),
        Actor::Person(person) => person,
    };
    loaded.ensure([moment.tenant.into(), person.into()])?;
    let Some(worker) = loaded
        .any(person)?
        .person
        .as_ref()
        .filter(|person| person.registered && !person.erased)
    else {
        return Ok(BTreeSet::from([Standing::Public]));
    };
    let mut standings = BTreeSet::from([Standing::Guest]);
    if loaded
        .region(moment.tenant)?
        .administrators
        .contains(&person)
    {
        standings.insert(Standing::Administrator);
    }
    if organisation.is_some_and(|organisation| worker.works_at.contains_key(&organisation)) {
        standings.insert(Standing::Representative);
    }
    if let Some(network) = network {
        standings.extend(in_network(loaded.network(network)?, person));
    }
    Ok(standings)
}

/// May the actor give this order?
///
/// # Errors
/// [`Stop::Needs`] when states are not loaded yet; [`Rejection::NotPermitted`].
pub fn authorise(command: &Command, loaded: &Loaded, moment: &Moment) -> Result<(), Stop> {
    if matches!(moment.actor, Actor::Operator) {
        return Ok(());
    }
    let (permission, network, organisation) = required(command, loaded)?;
    let standings = standings(loaded, moment, network, organisation)?;
    if may(&standings, permission) || is_own(command, &standings, loaded, moment)? {
        Ok(())
    } else {
        Err(Rejection::NotPermitted.into())
    }
}

/// Whether the order is about the actor alone: to be forgotten, or to withdraw what the actor wrote. The server makes
/// sure that the words of the text came with the event.
fn is_own(
    command: &Command,
    standings: &BTreeSet<Standing>,
    loaded: &Loaded,
    moment: &Moment,
) -> Result<bool, Stop> {
    if !standings.contains(&Standing::Guest) {
        return Ok(false);
    }
    Ok(match command {
        Command::Person(PersonCommand::Forget { person }) => moment.actor == Actor::Person(*person),
        Command::WithdrawText { stream, of, .. } => loaded
            .history(*stream)?
            .iter()
            .any(|recorded| recorded.position == *of && recorded.actor == moment.actor),
        Command::Region(_)
        | Command::Organisation(_)
        | Command::Person(_)
        | Command::Network(_)
        | Command::Meeting(_)
        | Command::Commitment(_)
        | Command::Correct { .. } => false,
    })
}

type Required = (Permission, Option<NetworkId>, Option<OrganisationId>);

fn required(command: &Command, loaded: &Loaded) -> Result<Required, Stop> {
    Ok(match command {
        Command::Region(_) => (Permission::NameAdministrators, None, None),
        Command::Person(PersonCommand::Forget { .. }) => (Permission::ForgetPeople, None, None),
        Command::Person(_) => (Permission::KeepRegister, None, None),
        Command::Organisation(command) => match command {
            OrganisationCommand::Register { .. }
            | OrganisationCommand::Rename { .. }
            | OrganisationCommand::GiveNumber { .. }
            | OrganisationCommand::Close { .. } => (Permission::KeepRegister, None, None),
            OrganisationCommand::ReadPhase {
                network,
                organisation,
                source,
                ..
            } => {
                let permission = match source {
                    ReadingSource::SelfReported => Permission::ReadOwnPhase,
                    ReadingSource::Assessed => Permission::AssessPhase,
                };
                (permission, Some(*network), Some(*organisation))
            }
            OrganisationCommand::ReadMotivation {
                network,
                organisation,
                ..
            } => (
                Permission::ReadOwnPhase,
                Some(*network),
                Some(*organisation),
            ),
        },
        Command::Network(command) => network_required(command),
        Command::Meeting(command) => meeting_required(command, loaded)?,
        Command::Commitment(command) => commitment_required(command, loaded)?,
        Command::Correct { stream, .. } | Command::WithdrawText { stream, .. } => match stream.kind
        {
            StreamKind::Network => (Permission::Correct, Some(NetworkId(stream.id)), None),
            StreamKind::Meeting => {
                let meeting = loaded.meeting(crate::ids::MeetingId(stream.id))?;
                (Permission::Correct, meeting.network, None)
            }
            StreamKind::Commitment => {
                let commitment = loaded.commitment(crate::ids::CommitmentId(stream.id))?;
                (
                    Permission::Correct,
                    commitment.origin.map(|origin| origin.network),
                    None,
                )
            }
            StreamKind::Region | StreamKind::Organisation | StreamKind::Person => {
                (Permission::Correct, None, None)
            }
        },
    })
}

fn network_required(command: &NetworkCommand) -> Required {
    match command {
        NetworkCommand::Propose { parent, .. } => (
            Permission::ProposeNetwork,
            parent.map(|(parent, _)| parent),
            None,
        ),
        NetworkCommand::Establish { network }
        | NetworkCommand::Relate { network, .. }
        | NetworkCommand::Unrelate { network, .. }
        | NetworkCommand::Merge { network, .. }
        | NetworkCommand::End { network, .. } => (Permission::ShapeNetworks, Some(*network), None),
        NetworkCommand::Rename { network, .. }
        | NetworkCommand::CreateSeat { network, .. }
        | NetworkCommand::SetVote { network, .. }
        | NetworkCommand::FillSeat { network, .. }
        | NetworkCommand::VacateSeat { network, .. }
        | NetworkCommand::EndSeat { network, .. }
        | NetworkCommand::GiveRole { network, .. }
        | NetworkCommand::EndRole { network, .. } => {
            (Permission::KeepNetwork, Some(*network), None)
        }
        NetworkCommand::WriteCharterSection { network, .. }
        | NetworkCommand::AdoptCharter { network } => {
            (Permission::WriteCharter, Some(*network), None)
        }
    }
}

fn meeting_required(command: &MeetingCommand, loaded: &Loaded) -> Result<Required, Stop> {
    Ok(match command {
        MeetingCommand::Plan { network, .. } => (Permission::RunMeetings, Some(*network), None),
        MeetingCommand::AnswerNotice {
            meeting,
            organisation,
            ..
        } => (
            Permission::AnswerNotice,
            loaded.meeting(*meeting)?.network,
            Some(*organisation),
        ),
        MeetingCommand::AddItem { meeting, .. } => (
            Permission::ShapeAgenda,
            loaded.meeting(*meeting)?.network,
            None,
        ),
        other => (
            Permission::RunMeetings,
            loaded.meeting(other.meeting())?.network,
            None,
        ),
    })
}

fn commitment_required(command: &CommitmentCommand, loaded: &Loaded) -> Result<Required, Stop> {
    Ok(match command {
        CommitmentCommand::Make {
            meeting,
            organisation,
            ..
        }
        | CommitmentCommand::Decline {
            meeting,
            organisation,
            ..
        } => (
            Permission::Commit,
            loaded.meeting(*meeting)?.network,
            Some(*organisation),
        ),
        CommitmentCommand::Reword { commitment, .. }
        | CommitmentCommand::Report { commitment, .. } => {
            let origin = loaded.commitment(*commitment)?.origin;
            (
                Permission::Commit,
                origin.map(|origin| origin.network),
                origin.map(|origin| origin.organisation),
            )
        }
    })
}

#[cfg(test)]
mod tests;

/// Whether an event may be seen with these standings (in the event's network). Commitments and what was said in
/// meetings stay inside the network; that a network or a meeting exists, who sits there and how phases are spread is
/// the region's.
#[must_use]
pub fn visible(event: &crate::event::Event, standings: &BTreeSet<Standing>) -> bool {
    use crate::correction::{CorrectionEvent, Instead};
    use crate::event::Event;
    use crate::meeting::event::MeetingEvent as M;
    let permission = match event {
        Event::Region(_) | Event::Organisation(_) | Event::Person(_) | Event::Network(_) => {
            Permission::ReadRegion
        }
        Event::Meeting(event) => match event {
            M::Planned { .. }
            | M::Rescheduled { .. }
            | M::Cancelled { .. }
            | M::NoticePublished { .. }
            | M::Opened { .. }
            | M::Closed { .. }
            | M::MinutesPublished { .. } => Permission::ReadRegion,
            M::ItemAdded { .. }
            | M::ItemMoved { .. }
            | M::ItemWithdrawn { .. }
            | M::NoticeAnswered { .. }
            | M::AttendanceRecorded { .. }
            | M::ItemStarted { .. }
            | M::ItemEnded { .. }
            | M::DecisionTaken { .. }
            | M::ContractAgreed { .. }
            | M::EvaluationOpened { .. }
            | M::ChangeAgreed { .. }
            | M::RequirementWaived { .. }
            | M::MinutesWritten { .. }
            | M::FileAdded { .. } => Permission::ReadInside,
        },
        Event::Commitment(_) => Permission::ReadInside,
        Event::Correction(CorrectionEvent::Made { instead, .. }) => match instead {
            Instead::Replacement { event, .. } => return visible(event, standings),
            Instead::Retracted => Permission::ReadInside,
        },
        Event::Text(_) => Permission::ReadInside,
    };
    may(standings, permission)
}
