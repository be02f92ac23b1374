//! What an order about an organisation brings.

use super::command::OrganisationCommand;
use super::event::{OrganisationEvent, OrganisationKind, PhaseReading};
use super::state::Organisation;
use crate::event::Event;
use crate::ids::{OrganisationId, StreamId};
use crate::limits::MOTIVATION_ANSWERS_MIN;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};

fn at_work(loaded: &Loaded, id: OrganisationId) -> Result<&Organisation, Stop> {
    let organisation = loaded.organisation(id)?;
    if organisation.closed {
        return Err(Rejection::OrganisationClosed.into());
    }
    Ok(organisation)
}

fn unit(loaded: &Loaded, id: OrganisationId) -> Result<(), Stop> {
    if at_work(loaded, id)?
        .kind
        .is_some_and(OrganisationKind::is_unit)
    {
        Ok(())
    } else {
        Err(Rejection::NotAUnit.into())
    }
}

/// Decides.
///
/// # Errors
/// [`Stop`]: more is needed, or a refusal.
pub fn decide(
    command: &OrganisationCommand,
    loaded: &Loaded,
) -> Result<Vec<(StreamId, Event)>, Stop> {
    let (stream, event) = match command.clone() {
        OrganisationCommand::Register {
            organisation,
            called,
            kind,
            parent,
            school_type,
            pupils,
        } => {
            if loaded.any(organisation)?.organisation.is_some() {
                return Err(Rejection::AlreadyRegistered.into());
            }
            if let Some(parent) = parent {
                at_work(loaded, parent)?;
            }
            let event = OrganisationEvent::Registered {
                organisation,
                called,
                kind,
                parent,
                school_type,
                pupils,
            };
            (organisation, event)
        }
        OrganisationCommand::Rename {
            organisation,
            called,
        } => {
            let before = at_work(loaded, organisation)?
                .called
                .clone()
                .ok_or(Rejection::UnknownOrganisation)?;
            if before == called {
                return Err(Rejection::SameName.into());
            }
            (
                organisation,
                OrganisationEvent::Renamed {
                    organisation,
                    from: before,
                    to: called,
                },
            )
        }
        OrganisationCommand::GiveNumber {
            organisation,
            number,
        } => {
            if at_work(loaded, organisation)?.number.as_ref() == Some(&number) {
                return Err(Rejection::SameNumber.into());
            }
            let event = OrganisationEvent::NumberGiven {
                organisation,
                number,
            };
            (organisation, event)
        }
        OrganisationCommand::Close { organisation } => {
            at_work(loaded, organisation)?;
            (organisation, OrganisationEvent::Closed { organisation })
        }
        OrganisationCommand::ReadPhase {
            reading,
            network,
            organisation,
            phase,
            source,
        } => {
            unit(loaded, organisation)?;
            loaded.network(network)?;
            (
                organisation,
                PhaseReading {
                    reading,
                    network,
                    organisation,
                    phase,
                }
                .by(source),
            )
        }
        OrganisationCommand::ReadMotivation {
            reading,
            network,
            organisation,
            counts,
        } => {
            unit(loaded, organisation)?;
            loaded.network(network)?;
            let answers = counts
                .iter()
                .try_fold(0_u32, |sum, count| sum.checked_add(*count));
            match answers {
                None => return Err(Rejection::TooMuchAtOnce.into()),
                Some(answers) if answers < MOTIVATION_ANSWERS_MIN => {
                    return Err(Rejection::TooFewAnswers.into());
                }
                Some(_) => {}
            }
            (
                organisation,
                OrganisationEvent::MotivationCounted {
                    reading,
                    network,
                    organisation,
                    counts,
                },
            )
        }
    };
    Ok(vec![(stream.into(), event.into())])
}
