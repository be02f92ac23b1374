//! What an order about an organisation's answer brings.

use super::command::CommitmentCommand;
use super::event::CommitmentEvent;
use super::state::{Commitment, Origin};
use crate::event::Event;
use crate::ids::{CommitmentId, MeetingId, OrganisationId, StreamId, commitment_id};
use crate::meeting::state::Meeting;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use crate::text::Prose;

/// Decides.
///
/// # Errors
/// [`Stop`]: more is needed, or a refusal.
pub fn decide(
    command: &CommitmentCommand,
    loaded: &Loaded,
) -> Result<Vec<(StreamId, Event)>, Stop> {
    let events = match *command {
        CommitmentCommand::Make {
            meeting,
            organisation,
            text,
            carried_from,
        } => make(loaded, meeting, organisation, text, carried_from)?,
        CommitmentCommand::Reword {
            commitment,
            text,
            seen,
        } => {
            let (
                state,
                Origin {
                    meeting,
                    network,
                    organisation,
                },
            ) = made(loaded, commitment)?;
            open(loaded, meeting)?;
            if state.worded > seen {
                return Err(Rejection::Changed {
                    position: state.worded,
                }
                .into());
            }
            let event = CommitmentEvent::Reworded {
                commitment,
                network,
                organisation,
                meeting,
                text,
            };
            vec![(commitment, event)]
        }
        CommitmentCommand::Decline {
            meeting,
            organisation,
            reason,
        } => {
            let (network, commitment) = answering(loaded, meeting, organisation)?;
            let event = CommitmentEvent::Declined {
                commitment,
                meeting,
                network: network.network,
                organisation,
                reason,
            };
            vec![(commitment, event)]
        }
        CommitmentCommand::Report {
            commitment,
            outcome,
            learned,
        } => {
            let (
                _,
                Origin {
                    meeting,
                    network,
                    organisation,
                },
            ) = made(loaded, commitment)?;
            let event = CommitmentEvent::Reported {
                commitment,
                meeting,
                network,
                organisation,
                outcome,
                learned,
            };
            vec![(commitment, event)]
        }
    };
    Ok(events
        .into_iter()
        .map(|(commitment, event)| (commitment.into(), event.into()))
        .collect())
}

/// A meeting that is going on.
fn open(loaded: &Loaded, id: MeetingId) -> Result<&Meeting, Stop> {
    let meeting = loaded.meeting(id)?;
    meeting.require_open()?;
    Ok(meeting)
}

/// The meeting goes on, the organisation takes part and has not promised anything yet.
fn answering(
    loaded: &Loaded,
    meeting: MeetingId,
    organisation: OrganisationId,
) -> Result<(Origin, CommitmentId), Stop> {
    let network = open(loaded, meeting)?.network()?;
    let commitment = commitment_id(meeting, organisation);
    loaded.ensure([network.into(), commitment.into()])?;
    if !loaded
        .network(network)?
        .organisations()
        .contains(&organisation)
    {
        return Err(Rejection::NotTakingPart.into());
    }
    if loaded
        .any(commitment)?
        .commitment
        .as_ref()
        .is_some_and(|state| state.made)
    {
        return Err(Rejection::AlreadyCommitted.into());
    }
    Ok((
        Origin {
            meeting,
            network,
            organisation,
        },
        commitment,
    ))
}

fn made(loaded: &Loaded, commitment: CommitmentId) -> Result<(&Commitment, Origin), Stop> {
    let state = loaded.commitment(commitment)?;
    let origin = state.origin.ok_or(Rejection::UnknownCommitment)?;
    if state.made {
        Ok((state, origin))
    } else {
        Err(Rejection::CommitmentDeclined.into())
    }
}

fn make(
    loaded: &Loaded,
    meeting: MeetingId,
    organisation: OrganisationId,
    text: Prose,
    carried_from: Option<CommitmentId>,
) -> Result<Vec<(CommitmentId, CommitmentEvent)>, Stop> {
    let (origin, commitment) = answering(loaded, meeting, organisation)?;
    let due = loaded
        .meeting(meeting)?
        .contract
        .map(|contract| contract.on);
    let mut events = vec![(
        commitment,
        CommitmentEvent::Made {
            commitment,
            meeting,
            network: origin.network,
            organisation,
            text,
            due,
            carried_from,
        },
    )];
    if let Some(earlier) = carried_from {
        let (state, from) = made(loaded, earlier)?;
        if from.organisation != organisation {
            return Err(Rejection::AnotherOrganisations.into());
        }
        if state.carried_to.is_some() || earlier == commitment {
            return Err(Rejection::AlreadyCarriedOver.into());
        }
        events.push((
            earlier,
            CommitmentEvent::CarriedOver {
                commitment: earlier,
                meeting: from.meeting,
                network: from.network,
                organisation,
                to: commitment,
            },
        ));
    }
    Ok(events)
}
