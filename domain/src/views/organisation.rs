//! An organisation's page: what it is, who works there, where it sits, which phase it is in.

use super::View;
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{NetworkId, OrganisationId, PersonId, SeatId, TenantId};
use crate::network::event::{NetworkEvent, Vote};
use crate::organisation::event::{OrganisationEvent, OrganisationKind, Phase, SchoolType};
use crate::organisation::number::OrganisationNumber;
use crate::person::{PersonEvent, WorkRole};
use crate::recorded::Recorded;
use crate::text::Name;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A seat the organisation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRow {
    /// In which network.
    pub network: NetworkId,
    /// With vote or without.
    pub vote: Vote,
    /// Who holds it.
    pub person: Option<PersonId>,
}

/// The phase in one network's work, as last read by each source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseRow {
    /// By the unit itself, and when.
    pub self_reported: Option<(Phase, Option<NaiveDate>)>,
    /// By evaluators, and when.
    pub assessed: Option<(Phase, Option<NaiveDate>)>,
}

/// An organisation. Key: the organisation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrganisationView {
    /// Its id, once registered.
    pub organisation: Option<OrganisationId>,
    /// Its name on that day.
    pub called: Option<Name>,
    /// Its number in the register of legal entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<OrganisationNumber>,
    /// What it is.
    pub kind: Option<OrganisationKind>,
    /// Its owner.
    pub parent: Option<OrganisationId>,
    /// For schools.
    pub school_type: Option<SchoolType>,
    /// Pupils or children.
    pub pupils: Option<u32>,
    /// Closed down.
    pub closed: bool,
    /// Who works there.
    pub people: BTreeMap<PersonId, WorkRole>,
    /// Where it sits.
    pub seats: BTreeMap<SeatId, SeatRow>,
    /// Its phase in each network's work.
    pub phases: BTreeMap<NetworkId, PhaseRow>,
}

impl OrganisationView {
    /// The networks it sits in, each once.
    #[must_use]
    pub fn networks(&self) -> Vec<NetworkId> {
        let mut all: Vec<_> = self.seats.values().map(|seat| seat.network).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The document is one organisation's; an event may be about two (a school and its owner).
    fn is_about(&self, organisation: OrganisationId) -> bool {
        self.organisation.is_none_or(|me| me == organisation)
    }

    fn on_organisation(&mut self, event: &OrganisationEvent, day: Option<NaiveDate>) {
        match event {
            OrganisationEvent::Registered {
                organisation,
                called,
                kind,
                parent,
                school_type,
                pupils,
            } => {
                self.organisation = Some(*organisation);
                self.called = Some(called.clone());
                self.kind = Some(*kind);
                self.parent = *parent;
                self.school_type = *school_type;
                self.pupils = *pupils;
            }
            OrganisationEvent::Renamed { to, .. } => self.called = Some(to.clone()),
            OrganisationEvent::NumberGiven { number, .. } => self.number = Some(number.clone()),
            OrganisationEvent::Closed { .. } => self.closed = true,
            OrganisationEvent::PhaseReported(reading) => {
                let row = self.phases.entry(reading.network).or_default();
                row.self_reported = Some((reading.phase, day));
            }
            OrganisationEvent::PhaseAssessed(reading) => {
                let row = self.phases.entry(reading.network).or_default();
                row.assessed = Some((reading.phase, day));
            }
            OrganisationEvent::MotivationCounted { .. } => {}
        }
    }

    fn on_seat(&mut self, event: &NetworkEvent) {
        match event {
            NetworkEvent::SeatCreated {
                network,
                seat,
                vote,
                ..
            } => {
                self.seats.insert(
                    *seat,
                    SeatRow {
                        network: *network,
                        vote: *vote,
                        person: None,
                    },
                );
            }
            NetworkEvent::SeatVoteSet { seat, vote, .. } => {
                if let Some(row) = self.seats.get_mut(seat) {
                    row.vote = *vote;
                }
            }
            NetworkEvent::SeatFilled { seat, person, .. } => {
                if let Some(row) = self.seats.get_mut(seat) {
                    row.person = Some(*person);
                }
            }
            NetworkEvent::SeatVacated { seat, .. } => {
                if let Some(row) = self.seats.get_mut(seat) {
                    row.person = None;
                }
            }
            NetworkEvent::SeatEnded { seat, .. } => {
                self.seats.remove(seat);
            }
            _ => {}
        }
    }
}

impl Fold for OrganisationView {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Organisation(event) => self.on_organisation(event, recorded.effective.from()),
            Event::Person(PersonEvent::Joined {
                person,
                organisation,
                role,
            }) if self.is_about(*organisation) => {
                self.people.insert(*person, *role);
            }
            Event::Person(PersonEvent::Left {
                person,
                organisation,
                ..
            }) if self.is_about(*organisation) => {
                self.people.remove(person);
            }
            Event::Network(event) => self.on_seat(event),
            _ => {}
        }
    }
}

impl View for OrganisationView {
    const NAME: &'static str = "organisation";
    const READS: &'static [&'static str] = &[
        "organisation.registered.v1",
        "organisation.renamed.v1",
        "organisation.number_given.v1",
        "organisation.closed.v1",
        "organisation.phase_reported.v1",
        "organisation.phase_assessed.v1",
        "person.joined.v1",
        "person.left.v2",
        "network.seat_created.v1",
        "network.seat_vote_set.v1",
        "network.seat_filled.v1",
        "network.seat_vacated.v1",
        "network.seat_ended.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        match event {
            Event::Organisation(OrganisationEvent::MotivationCounted { .. }) => Vec::new(),
            Event::Organisation(_) => crate::about::stream_of(event, tenant)
                .map(|stream| stream.id)
                .into_iter()
                .collect(),
            Event::Person(
                PersonEvent::Joined { organisation, .. } | PersonEvent::Left { organisation, .. },
            )
            | Event::Network(
                NetworkEvent::SeatCreated { organisation, .. }
                | NetworkEvent::SeatVoteSet { organisation, .. }
                | NetworkEvent::SeatFilled { organisation, .. }
                | NetworkEvent::SeatVacated { organisation, .. }
                | NetworkEvent::SeatEnded { organisation, .. },
            ) => vec![organisation.0],
            _ => Vec::new(),
        }
    }
}
