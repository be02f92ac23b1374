//! A network as its events tell it.

use super::event::{CharterSection, NetworkEvent, NetworkRole, Relation, Vote};
use crate::ids::{NetworkId, OrganisationId, PersonId, SeatId};
use crate::recorded::{Position, Recorded};
use crate::text::{Name, Prose};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a network is in its life.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum NetworkStatus {
    /// Thought of; not in work yet.
    #[default]
    Proposed,
    /// In work.
    AtWork,
    /// Went up in another body.
    Merged,
    /// Ended.
    Ended,
}

/// A seat now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whose.
    pub organisation: OrganisationId,
    /// With vote or without.
    pub vote: Vote,
    /// Who holds it.
    pub person: Option<PersonId>,
}

/// A network as its events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Its name.
    pub called: Option<Name>,
    /// Where it is in its life.
    pub status: NetworkStatus,
    /// How it hangs under or beside others.
    pub relations: BTreeMap<NetworkId, Relation>,
    /// Its seats now.
    pub seats: BTreeMap<SeatId, Seat>,
    /// Who has which role.
    pub roles: BTreeMap<NetworkRole, PersonId>,
    /// The charter as written: text, and the position of its last change.
    pub charter: BTreeMap<CharterSection, (Prose, Position)>,
    /// The version last adopted; 0 before the first.
    pub charter_version: u32,
    /// Whether a section changed since.
    pub charter_changed: bool,
}

impl Network {
    /// The organisations that take part: those with a seat.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OrganisationId> {
        self.seats.values().map(|seat| seat.organisation).collect()
    }

    /// Whether the person holds a seat.
    #[must_use]
    pub fn is_seated(&self, person: PersonId) -> bool {
        self.seats.values().any(|seat| seat.person == Some(person))
    }

    /// How many seats vote.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.seats
            .values()
            .filter(|seat| seat.vote == Vote::Voting)
            .count()
    }

    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &NetworkEvent) {
        match event {
            NetworkEvent::Proposed { called, .. } => {
                self.called = Some(called.clone());
            }
            NetworkEvent::Established { .. } => self.status = NetworkStatus::AtWork,
            NetworkEvent::Renamed { to, .. } => self.called = Some(to.clone()),
            NetworkEvent::Related { to, relation, .. } => {
                self.relations.insert(*to, *relation);
            }
            NetworkEvent::Unrelated { to, .. } => {
                self.relations.remove(to);
            }
            NetworkEvent::Merged { .. } => self.status = NetworkStatus::Merged,
            NetworkEvent::Ended { .. } => self.status = NetworkStatus::Ended,
            NetworkEvent::SeatCreated {
                seat,
                organisation,
                vote,
                ..
            } => {
                self.seats.insert(
                    *seat,
                    Seat {
                        organisation: *organisation,
                        vote: *vote,
                        person: None,
                    },
                );
            }
            NetworkEvent::SeatVoteSet { seat, vote, .. } => {
                if let Some(seat) = self.seats.get_mut(seat) {
                    seat.vote = *vote;
                }
            }
            NetworkEvent::SeatFilled { seat, person, .. } => {
                if let Some(seat) = self.seats.get_mut(seat) {
                    seat.person = Some(*person);
                }
            }
            NetworkEvent::SeatVacated { seat, .. } => {
                if let Some(seat) = self.seats.get_mut(seat) {
                    seat.person = None;
                }
            }
            NetworkEvent::SeatEnded { seat, .. } => {
                self.seats.remove(seat);
            }
            NetworkEvent::RoleGiven { role, person, .. } => {
                self.roles.insert(*role, *person);
            }
            NetworkEvent::RoleEnded { role, .. } => {
                self.roles.remove(role);
            }
            NetworkEvent::CharterSectionWritten { section, text, .. } => {
                self.charter.insert(*section, (*text, recorded.position));
                self.charter_changed = true;
            }
            NetworkEvent::CharterAdopted { version, .. } => {
                self.charter_version = *version;
                self.charter_changed = false;
            }
        }
    }
}
