//! How a command is decided: on the states of the streams it needs, all at the head of the region's log.
//!
//! [`decide`] is run with what is loaded. Where it meets a stream that is not, it stops and says so
//! ([`Stop::Needs`]); the caller loads and runs it again until it wants nothing new. So what a rule needs and what it
//! decides cannot drift apart.

use crate::access;
use crate::command::{Command, Submission};
use crate::commitment::state::Commitment;
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{
    CommitmentId, MeetingId, NetworkId, OrganisationId, PersonId, StreamId, TenantId,
};
use crate::limits::EVENTS_PER_COMMAND_MAX;
use crate::meeting::state::Meeting;
use crate::moment::Moment;
use crate::network::event::{NetworkEvent, NetworkRole};
use crate::network::state::Network;
use crate::organisation::event::OrganisationEvent;
use crate::organisation::state::Organisation;
use crate::person::{Person, PersonEvent};
use crate::recorded::Recorded;
use crate::region::{Region, RegionEvent};
use crate::rejection::Rejection;
use crate::time::Effective;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Something a decision has to know first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The state of a stream.
    State(StreamId),
    /// All events of a stream, as recorded.
    Events(StreamId),
}

/// Why a decision did not come about.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// It needs more; load and ask again.
    Needs(Vec<Need>),
    /// The answer is no.
    Refused(Rejection),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

/// The state of any stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// If it is the region's.
    pub region: Option<Region>,
    /// If it is an organisation's.
    pub organisation: Option<Organisation>,
    /// If it is a person's.
    pub person: Option<Person>,
    /// If it is a network's.
    pub network: Option<Network>,
    /// If it is a meeting's.
    pub meeting: Option<Meeting>,
    /// If it is a commitment's.
    pub commitment: Option<Commitment>,
    /// How late on the timeline each part of it was last changed.
    pub changed: BTreeMap<Part, (NaiveDate, NaiveDate)>,
}

/// A part of a stream whose events build on each other: one that is dated before the last of them would change
/// nothing, or undo what came after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its life: a meeting from plan to minutes, a network from proposal to end.
    Life,
    /// One seat, relation, workplace or administrator, or an organisation's number, by id.
    One(Uuid),
    /// One role in a network.
    Role(NetworkRole),
    /// The charter.
    Charter,
}

/// The part that an event changes; `None` for readings, which stand beside each other, for what is final, and for corrections.
#[must_use]
pub fn part(event: &Event) -> Option<Part> {
    Some(match event {
        Event::Region(
            RegionEvent::AdministratorNamed { person }
            | RegionEvent::AdministratorDismissed { person },
        ) => Part::One(person.0),
        Event::Organisation(event) => match event {
            OrganisationEvent::Registered { .. }
            | OrganisationEvent::Renamed { .. }
            | OrganisationEvent::Closed { .. } => Part::Life,
            OrganisationEvent::NumberGiven { organisation, .. } => Part::One(organisation.0),
            OrganisationEvent::PhaseReported(_)
            | OrganisationEvent::PhaseAssessed(_)
            | OrganisationEvent::MotivationCounted { .. } => {
                return None;
            }
        },
        Event::Person(event) => match event {
            PersonEvent::Registered { .. } | PersonEvent::Renamed { .. } => Part::Life,
            PersonEvent::Joined { organisation, .. } | PersonEvent::Left { organisation, .. } => {
                Part::One(organisation.0)
            }
            // Possible always, whatever is recorded of later days.
            PersonEvent::Erased { .. } => return None,
        },
        Event::Network(event) => match event {
            NetworkEvent::Proposed { .. }
            | NetworkEvent::Established { .. }
            | NetworkEvent::Renamed { .. }
            | NetworkEvent::Merged { .. }
            | NetworkEvent::Ended { .. } => Part::Life,
            NetworkEvent::Related { to, .. } | NetworkEvent::Unrelated { to, .. } => {
                Part::One(to.0)
            }
            NetworkEvent::SeatCreated { seat, .. }
            | NetworkEvent::SeatVoteSet { seat, .. }
            | NetworkEvent::SeatFilled { seat, .. }
            | NetworkEvent::SeatVacated { seat, .. }
            | NetworkEvent::SeatEnded { seat, .. } => Part::One(seat.0),
            NetworkEvent::RoleGiven { role, .. } | NetworkEvent::RoleEnded { role, .. } => {
                Part::Role(*role)
            }
            NetworkEvent::CharterSectionWritten { .. } | NetworkEvent::CharterAdopted { .. } => {
                Part::Charter
            }
        },
        Event::Meeting(_) | Event::Commitment(_) => Part::Life,
        Event::Correction(_) | Event::Text(_) => return None,
    })
}

impl Fold for State {
    fn apply(&mut self, recorded: &Recorded) {
        if let Some(part) = part(&recorded.event) {
            self.changed.insert(part, recorded.effective.order());
        }
        match &recorded.event {
            Event::Region(event) => self.region.get_or_insert_default().apply(recorded, event),
            Event::Organisation(event) => self
                .organisation
                .get_or_insert_default()
                .apply(recorded, event),
            Event::Person(event) => self.person.get_or_insert_default().apply(recorded, event),
            Event::Network(event) => self.network.get_or_insert_default().apply(recorded, event),
            Event::Meeting(event) => self.meeting.get_or_insert_default().apply(recorded, event),
            Event::Commitment(event) => self
                .commitment
                .get_or_insert_default()
                .apply(recorded, event),
            Event::Correction(_) | Event::Text(_) => {}
        }
    }
}

/// What is loaded, all at one position of the region's log.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// States of streams; a stream without events has the default.
    pub states: BTreeMap<StreamId, Arc<State>>,
    /// Events of streams as recorded, in order of position.
    pub events: BTreeMap<StreamId, Arc<Vec<Recorded>>>,
}

macro_rules! states {
    ($($name:ident, $id:ident, $state:ident, $unknown:ident, $plural:literal);+ $(;)?) => {$(
        #[doc = concat!("The state of ", $plural, ".")]
        ///
        /// # Errors
        /// [`Stop::Needs`] when not loaded yet; a refusal when there is no such thing.
        pub fn $name(&self, id: $id) -> Result<&$state, Stop> {
            self.state(id.into())?.$name.as_ref().ok_or(Stop::Refused(Rejection::$unknown))
        }
    )+};
}

impl Loaded {
    fn state(&self, stream: StreamId) -> Result<&State, Stop> {
        self.states
            .get(&stream)
            .map(AsRef::as_ref)
            .ok_or_else(|| Stop::Needs(vec![Need::State(stream)]))
    }

    states! {
        organisation, OrganisationId, Organisation, UnknownOrganisation, "an organisation";
        person, PersonId, Person, UnknownPerson, "a person";
        network, NetworkId, Network, UnknownNetwork, "a network";
        meeting, MeetingId, Meeting, UnknownMeeting, "a meeting";
        commitment, CommitmentId, Commitment, UnknownCommitment, "a commitment";
    }

    /// The state of a person who has not been forgotten: whom something new can be about.
    ///
    /// # Errors
    /// [`Stop::Needs`] when not loaded yet; a refusal when there is no such person any more.
    pub fn known_person(&self, id: PersonId) -> Result<&Person, Stop> {
        let person = self.person(id)?;
        if person.erased {
            return Err(Rejection::PersonErased.into());
        }
        Ok(person)
    }

    /// The state of the region; a new one has no administrators.
    ///
    /// # Errors
    /// [`Stop::Needs`] when not loaded yet.
    pub fn region(&self, id: TenantId) -> Result<Region, Stop> {
        Ok(self.state(id.into())?.region.clone().unwrap_or_default())
    }

    /// The state of a stream that may not have begun.
    ///
    /// # Errors
    /// [`Stop::Needs`] when not loaded yet.
    pub fn any(&self, stream: impl Into<StreamId>) -> Result<&State, Stop> {
        self.state(stream.into())
    }

    /// Asks for several streams at once, so that they are loaded in one go.
    ///
    /// # Errors
    /// [`Stop::Needs`] with all that are not loaded yet.
    pub fn ensure(&self, streams: impl IntoIterator<Item = StreamId>) -> Result<(), Stop> {
        let missing: Vec<Need> = streams
            .into_iter()
            .filter(|stream| !self.states.contains_key(stream))
            .map(Need::State)
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Stop::Needs(missing))
        }
    }

    /// All events of a stream.
    ///
    /// # Errors
    /// [`Stop::Needs`] when not loaded yet.
    pub fn history(&self, stream: StreamId) -> Result<&[Recorded], Stop> {
        self.events
            .get(&stream)
            .map(|events| events.as_slice())
            .ok_or_else(|| Stop::Needs(vec![Need::Events(stream)]))
    }
}

/// An event that a decision brings, before it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// Where it goes.
    pub stream: StreamId,
    /// What happened.
    pub event: Event,
    /// When it was true.
    pub effective: Effective,
}

/// Decides a submission: may the actor do this, and does the state allow it? The same code decides in the server and
/// warns in the browser.
///
/// # Errors
/// [`Stop::Needs`] when something must be loaded first, [`Stop::Refused`] when the answer is no.
pub fn decide(
    submission: &Submission,
    loaded: &Loaded,
    moment: &Moment,
) -> Result<Vec<Decided>, Stop> {
    let effective = submission.effective.unwrap_or(Effective::day(moment.today));
    if effective.from().is_some_and(|from| from > moment.today) {
        return Err(Rejection::InTheFuture.into());
    }
    if effective.from().is_some_and(|from| {
        use chrono::Datelike;
        from.year() < crate::limits::FIRST_YEAR
    }) {
        return Err(Rejection::TooLongAgo.into());
    }
    access::authorise(&submission.command, loaded, moment)?;
    let one = |stream: StreamId, event: Event| vec![(stream, event)];
    let events: Vec<(StreamId, Event)> = match &submission.command {
        Command::Region(command) => {
            let event = loaded.region(moment.tenant)?.decide(command)?;
            match command {
                crate::region::RegionCommand::NameAdministrator { person } => {
                    loaded.known_person(*person)?
                }
                crate::region::RegionCommand::DismissAdministrator { person } => {
                    loaded.person(*person)?
                }
            };
            one(moment.tenant.into(), event.into())
        }
        Command::Person(command) => crate::person_rules(command, loaded, submission, moment)?,
        Command::Organisation(command) => crate::organisation::decide::decide(command, loaded)?,
        Command::Network(command) => crate::network::decide::decide(command, loaded)?,
        Command::Meeting(command) => {
            crate::meeting::decide::decide(command, loaded, moment, effective)?
        }
        Command::Commitment(command) => crate::commitment::decide::decide(command, loaded)?,
        Command::Correct {
            stream,
            of,
            instead,
            reason,
        } => {
            let event = crate::correction::decide(*stream, *of, instead, *reason, loaded, moment)?;
            one(*stream, event.into())
        }
        Command::WithdrawText {
            stream,
            of,
            text,
            reason,
        } => {
            let event = crate::withdrawal::decide(*stream, *of, *text, *reason, loaded, moment)?;
            one(*stream, event.into())
        }
    };
    if events.len() > EVENTS_PER_COMMAND_MAX {
        return Err(Rejection::TooMuchAtOnce.into());
    }
    for (stream, event) in &events {
        let last = part(event).and_then(|part| loaded.states.get(stream)?.changed.get(&part));
        if last.is_some_and(|last| effective.order() < *last) {
            return Err(Rejection::BeforeWhatHappened.into());
        }
    }
    Ok(events
        .into_iter()
        .map(|(stream, event)| Decided {
            stream,
            event,
            effective,
        })
        .collect())
}
