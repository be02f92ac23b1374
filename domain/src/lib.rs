//! What Samspor decides and remembers, without IO: commands, events, rules, states, views as folds, the two clocks.
//!
//! The same code runs in the server (to decide and to keep views), in the server again (to answer "as of"), and in
//! the browser (to check a form, to work offline, to replay). So nothing here reads a clock, makes an id or waits.
//!
//! Reading order: ids and texts, then one area ([`commitment`] is the smallest whole one), then [`rule`] (how a
//! command is decided), [`history`] (how events are put in order of when they were true), [`views`].
//!
//! Invariants, mostly of absence: areas do not import each other's rules; no event holds words or a person's name
//! ([`text`]); a state and a view are total folds and cannot fail; nothing is folded but through [`history`].
#![deny(missing_docs)]

pub mod about;
pub mod actor;
pub mod event;
pub mod history;
pub mod ids;
pub mod limits;
pub mod moment;
pub mod recorded;
pub mod rejection;
pub mod text;
pub mod time;
pub mod wire;

pub mod commitment;
pub mod correction;
pub mod meeting;
pub mod network;
pub mod organisation;
pub mod person;
pub mod region;
pub mod templates;
pub mod withdrawal;

pub mod access;
pub mod command;
pub mod rule;
pub mod views;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

use command::Submission;
use event::Event;
use ids::StreamId;
use moment::Moment;
use person::PersonCommand;
use region::RegionCommand;
use rejection::Rejection;
use rule::{Loaded, Stop};

/// Rules about people that reach beyond the person: the name must be there, the organisation must exist.
fn person_rules(
    command: &PersonCommand,
    loaded: &Loaded,
    submission: &Submission,
    moment: &Moment,
) -> Result<Vec<(StreamId, Event)>, Stop> {
    let person = match *command {
        PersonCommand::Register { person } | PersonCommand::Rename { person } => {
            if !submission.names.iter().any(|named| named.person == person) {
                return Err(Rejection::WordsMissing.into());
            }
            person
        }
        PersonCommand::Join {
            person,
            organisation,
            ..
        }
        | PersonCommand::Leave {
            person,
            organisation,
        } => {
            loaded.organisation(organisation)?;
            person
        }
        PersonCommand::Forget { person } => person,
    };
    let state = loaded.any(person)?.person.clone().unwrap_or_default();
    let mut events = vec![(person.into(), state.decide(command)?.into())];
    if let PersonCommand::Forget { person } = *command {
        // Nobody can act as a forgotten person: who administers is dismissed, and the last one names another first.
        let region = loaded.region(moment.tenant)?;
        if region.administrators.contains(&person) {
            let dismiss = region.decide(&RegionCommand::DismissAdministrator { person })?;
            events.push((moment.tenant.into(), dismiss.into()));
        }
    }
    Ok(events)
}
