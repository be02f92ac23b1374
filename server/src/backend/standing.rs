//! What the visitor is, as the views tell it. Orders are judged again by the executor on the state at the head.

use super::{PgBackend, Visit};
use crate::store::StoreError;
use domain::access::{Standing, in_network};
use domain::history::Live;
use domain::ids::NetworkId;
use domain::network::state::{Network, Seat};
use domain::person::Person;
use domain::rule::State;
use domain::time::AsOf;
use domain::views::network::NetworkView;
use domain::views::region::RegionView;
use std::collections::BTreeSet;

impl PgBackend {
    /// The visitor as the log tells it.
    pub(super) async fn person(&self, visit: &Visit) -> Result<Person, StoreError> {
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let rows = scope
            .rows_of_streams(&[visit.person.into()], u64::MAX >> 1)
            .await?;
        let (events, newer) = crate::views::readable(&rows, None)?;
        visit.met(newer.as_ref());
        Ok(Live::<State>::of(&events, visit.today)
            .state
            .person
            .unwrap_or_default())
    }

    /// What the visitor is in the region and, where one is given, in a network.
    pub(super) async fn standings(
        &self,
        visit: &Visit,
        network: Option<&NetworkView>,
    ) -> Result<BTreeSet<Standing>, StoreError> {
        let mut standings = BTreeSet::from([Standing::Guest]);
        let region = self
            .view::<RegionView>(visit, visit.tenant.region_id, AsOf::LIVE)
            .await?;
        if region.view.administrators.contains(&visit.person) {
            standings.insert(Standing::Administrator);
        }
        if let Some(network) = network {
            standings.extend(in_network(&state(network), visit.person));
            let person = self.person(visit).await?;
            if network
                .seats
                .iter()
                .any(|seat| person.works_at.contains_key(&seat.organisation))
            {
                standings.insert(Standing::Representative);
            }
        }
        Ok(standings)
    }

    /// What the visitor is in a network now, whatever day a page shows.
    pub(super) async fn standings_in(
        &self,
        visit: &Visit,
        network: NetworkId,
    ) -> Result<BTreeSet<Standing>, StoreError> {
        let live = self
            .view::<NetworkView>(visit, network.0, AsOf::LIVE)
            .await?;
        self.standings(visit, Some(&live.view)).await
    }
}

fn state(view: &NetworkView) -> Network {
    let seats = view.seats.iter().map(|row| {
        let seat = Seat {
            organisation: row.organisation,
            vote: row.vote,
            person: row.person,
        };
        (row.seat, seat)
    });
    Network {
        seats: seats.collect(),
        roles: view.roles.clone(),
        ..Network::default()
    }
}
