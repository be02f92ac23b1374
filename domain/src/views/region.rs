//! The region as a whole: its networks and how they hang together ([`RegionView`]), its organisations
//! ([`OrganisationsView`]).

use super::View;
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{NetworkId, OrganisationId, PersonId, TenantId};
use crate::network::event::{NetworkEvent, NetworkKind, Relation};
use crate::network::state::NetworkStatus;
use crate::organisation::event::{OrganisationEvent, OrganisationKind};
use crate::organisation::number::OrganisationNumber;
use crate::recorded::Recorded;
use crate::region::RegionEvent;
use crate::text::Name;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One body in the map of the region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkRow {
    /// Its name on that day.
    pub called: Option<Name>,
    /// What kind of body.
    pub kind: Option<NetworkKind>,
    /// Where it is in its life.
    pub status: NetworkStatus,
    /// How it hangs under or beside others.
    pub relations: BTreeMap<NetworkId, Relation>,
    /// When it was proposed, established, ended: the days known.
    pub proposed: Option<NaiveDate>,
    /// When it began its work.
    pub established: Option<NaiveDate>,
    /// When it ended or was merged.
    pub ended: Option<NaiveDate>,
    /// Where it went up.
    pub merged_into: Option<NetworkId>,
}

/// The region's networks and administrators. Key: the region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RegionView {
    /// Who administers the region.
    pub administrators: BTreeSet<PersonId>,
    /// All bodies, those of the past too.
    pub networks: BTreeMap<NetworkId, NetworkRow>,
}

impl Fold for RegionView {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Region(RegionEvent::AdministratorNamed { person }) => {
                self.administrators.insert(*person);
            }
            Event::Region(RegionEvent::AdministratorDismissed { person }) => {
                self.administrators.remove(person);
            }
            Event::Network(event) => self.network(event, recorded.effective.from()),
            _ => {}
        }
    }
}

impl RegionView {
    fn network(&mut self, event: &NetworkEvent, day: Option<NaiveDate>) {
        match event {
            NetworkEvent::Proposed {
                network,
                called,
                kind,
                ..
            } => {
                let row = self.networks.entry(*network).or_default();
                row.called = Some(called.clone());
                row.kind = Some(*kind);
                row.proposed = day;
            }
            NetworkEvent::Established { network } => {
                let row = self.networks.entry(*network).or_default();
                row.status = NetworkStatus::AtWork;
                row.established = day;
            }
            NetworkEvent::Renamed { network, to, .. } => {
                self.networks.entry(*network).or_default().called = Some(to.clone());
            }
            NetworkEvent::Related {
                network,
                to,
                relation,
            } => {
                self.networks
                    .entry(*network)
                    .or_default()
                    .relations
                    .insert(*to, *relation);
            }
            NetworkEvent::Unrelated { network, to } => {
                self.networks
                    .entry(*network)
                    .or_default()
                    .relations
                    .remove(to);
            }
            NetworkEvent::Merged { network, into, .. } => {
                let row = self.networks.entry(*network).or_default();
                row.status = NetworkStatus::Merged;
                row.ended = day;
                row.merged_into = Some(*into);
            }
            NetworkEvent::Ended { network, .. } => {
                let row = self.networks.entry(*network).or_default();
                row.status = NetworkStatus::Ended;
                row.ended = day;
            }
            _ => {}
        }
    }
}

impl View for RegionView {
    const NAME: &'static str = "region";
    const READS: &'static [&'static str] = &[
        "region.administrator_named.v1",
        "region.administrator_dismissed.v1",
        "network.proposed.v1",
        "network.established.v1",
        "network.renamed.v1",
        "network.related.v1",
        "network.unrelated.v1",
        "network.merged.v1",
        "network.ended.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        match event {
            Event::Region(_)
            | Event::Network(
                NetworkEvent::Proposed { .. }
                | NetworkEvent::Established { .. }
                | NetworkEvent::Renamed { .. }
                | NetworkEvent::Related { .. }
                | NetworkEvent::Unrelated { .. }
                | NetworkEvent::Merged { .. }
                | NetworkEvent::Ended { .. },
            ) => vec![tenant.0],
            _ => Vec::new(),
        }
    }
}

/// One organisation in the region's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrganisationRow {
    /// Its name on that day.
    pub called: Name,
    /// Its number in the register of legal entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<OrganisationNumber>,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<OrganisationId>,
    /// Closed down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// The region's organisations. Key: the region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrganisationsView {
    /// All, those of the past too.
    pub organisations: BTreeMap<OrganisationId, OrganisationRow>,
}

impl OrganisationsView {
    /// The name of an organisation, if it is known.
    #[must_use]
    pub fn called(&self, id: OrganisationId) -> Option<&str> {
        self.organisations.get(&id).map(|row| row.called.as_str())
    }
}

impl Fold for OrganisationsView {
    fn apply(&mut self, recorded: &Recorded) {
        let Event::Organisation(event) = &recorded.event else {
            return;
        };
        match event {
            OrganisationEvent::Registered {
                organisation,
                called,
                kind,
                parent,
                ..
            } => {
                let row = OrganisationRow {
                    called: called.clone(),
                    number: None,
                    kind: *kind,
                    parent: *parent,
                    closed: false,
                };
                self.organisations.insert(*organisation, row);
            }
            OrganisationEvent::Renamed {
                organisation, to, ..
            } => {
                if let Some(row) = self.organisations.get_mut(organisation) {
                    row.called = to.clone();
                }
            }
            OrganisationEvent::NumberGiven {
                organisation,
                number,
            } => {
                if let Some(row) = self.organisations.get_mut(organisation) {
                    row.number = Some(number.clone());
                }
            }
            OrganisationEvent::Closed { organisation } => {
                if let Some(row) = self.organisations.get_mut(organisation) {
                    row.closed = true;
                }
            }
            OrganisationEvent::PhaseReported(_)
            | OrganisationEvent::PhaseAssessed(_)
            | OrganisationEvent::MotivationCounted { .. } => {}
        }
    }
}

impl View for OrganisationsView {
    const NAME: &'static str = "organisations";
    const READS: &'static [&'static str] = &[
        "organisation.registered.v1",
        "organisation.renamed.v1",
        "organisation.number_given.v1",
        "organisation.closed.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        match event {
            Event::Organisation(
                OrganisationEvent::Registered { .. }
                | OrganisationEvent::Renamed { .. }
                | OrganisationEvent::NumberGiven { .. }
                | OrganisationEvent::Closed { .. },
            ) => vec![tenant.0],
            _ => Vec::new(),
        }
    }
}
