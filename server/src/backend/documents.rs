//! Views as documents, for other programs: the same that `samspor show` prints, without what the asker may not see.

use super::{PgBackend, Visit, internal, pages};
use crate::store::StoreError;
use crate::views::Read;
use crate::views::registry::{self, Kept};
use app::backend::Caller;
use app::error::AppError;
use domain::access::{Permission, Standing, may};
use domain::ids::{NetworkId, OrganisationId};
use domain::recorded::Position;
use domain::time::AsOf;
use domain::views::View;
use domain::views::commitments::CommitmentsView;
use domain::views::meeting::MeetingView;
use domain::views::network::NetworkView;
use domain::views::organisation::OrganisationView;
use domain::views::region::{NetworkRow, OrganisationsView, RegionView};
use domain::views::river::RiverView;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A view's document.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its JSON.
    pub json: String,
    /// The last event that it holds.
    pub position: Position,
    /// The event of a newer release before which it ends.
    pub ends_before: Option<Position>,
}

/// A network in the list of all.
#[derive(Debug, Serialize)]
pub(crate) struct NetworkLine {
    /// Its id.
    pub network: NetworkId,
    /// The rest, as the region's view has it.
    #[serde(flatten)]
    pub row: NetworkRow,
}

/// A region, as somebody in it may know it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RegionLine {
    /// Stands in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `nb`, `nn` or `en`.
    pub language: String,
    /// Where its days begin.
    pub time_zone: String,
    /// The key of views of the whole region.
    pub key: Uuid,
    /// Where its log ends.
    pub position: Position,
}

/// Why there is no document.
enum Missing {
    Is(AppError),
    Store(StoreError),
    Json(serde_json::Error),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Missing {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl Missing {
    fn told(self, caller: &Caller) -> AppError {
        match self {
            Self::Is(error) => error,
            Self::Store(error) => internal(caller, &error),
            Self::Json(error) => internal(caller, &error),
        }
    }
}

/// Another region's thing, a missing one, and one that was not yet thought of that day are the same answer.
const NOT_THERE: Missing = Missing::Is(AppError::NotFound);

impl PgBackend {
    /// A view's document as of a time.
    pub(crate) async fn document(
        &self,
        caller: &Caller,
        visit: &Visit,
        view: &str,
        key: &str,
        as_of: AsOf,
    ) -> Result<Document, AppError> {
        let as_of = AsOf {
            // A day in the future is today: nothing in the log lies there.
            on: as_of.on.filter(|on| *on < visit.today),
            ..as_of
        };
        let asked = Asked {
            backend: self,
            visit,
            as_of,
        };
        asked
            .document(view, key)
            .await
            .map_err(|missing| missing.told(caller))
    }

    /// The region's networks, those of the past too.
    pub(crate) async fn network_lines(
        &self,
        caller: &Caller,
        visit: &Visit,
    ) -> Result<Vec<NetworkLine>, AppError> {
        let region = self
            .view::<RegionView>(visit, visit.tenant.region_id, AsOf::LIVE)
            .await
            .map_err(|error| internal(caller, &error))?;
        let line = |(network, row)| NetworkLine { network, row };
        Ok(region.view.networks.into_iter().map(line).collect())
    }

    /// The region itself.
    pub(crate) async fn region_line(
        &self,
        caller: &Caller,
        visit: &Visit,
    ) -> Result<RegionLine, AppError> {
        let broken = |error: StoreError| internal(caller, &error);
        let mut scope = self
            .store()
            .reading(visit.tenant.tenant())
            .await
            .map_err(broken)?;
        let position = scope.head().await.map_err(broken)?.position;
        let tenant = &visit.tenant;
        Ok(RegionLine {
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            language: tenant.language.clone(),
            time_zone: tenant.time_zone.clone(),
            key: tenant.region_id,
            position,
        })
    }
}

struct Asked<'a> {
    backend: &'a PgBackend,
    visit: &'a Visit,
    as_of: AsOf,
}

impl Asked<'_> {
    async fn read<V: Kept>(&self, key: Uuid) -> Result<Read<V>, StoreError> {
        self.backend.view(self.visit, key, self.as_of).await
    }

    /// Whether the asker sees the inside of a network now, whatever day is asked for.
    async fn inside(&self, network: NetworkId) -> Result<bool, StoreError> {
        let standings = self.backend.standings_in(self.visit, network).await?;
        Ok(may(&standings, Permission::ReadInside))
    }

    fn key(&self, key: &str) -> Result<Uuid, Missing> {
        if key == self.visit.tenant.slug {
            return Ok(self.visit.tenant.region_id);
        }
        key.parse().ok().ok_or(NOT_THERE)
    }

    async fn document(&self, view: &str, key: &str) -> Result<Document, Missing> {
        let key = self.key(key)?;
        match registry::find(view).ok_or(NOT_THERE)? {
            RegionView::NAME => self.whole::<RegionView>(key).await,
            OrganisationsView::NAME => self.whole::<OrganisationsView>(key).await,
            NetworkView::NAME => self.network(key).await,
            MeetingView::NAME => self.meeting(key).await,
            OrganisationView::NAME => {
                let read = self.read::<OrganisationView>(key).await?;
                read.view.organisation.ok_or(NOT_THERE)?;
                document(read)
            }
            CommitmentsView::NAME => self.commitments(OrganisationId(key)).await,
            RiverView::NAME => self.river(key).await,
            // A view that nobody has thought about the access of.
            _ => Err(NOT_THERE),
        }
    }

    async fn whole<V: Kept + Serialize>(&self, key: Uuid) -> Result<Document, Missing> {
        let read = self.read::<V>(key).await?;
        if key != self.visit.tenant.region_id || !read.known {
            return Err(NOT_THERE);
        }
        document(read)
    }

    async fn network(&self, key: Uuid) -> Result<Document, Missing> {
        let mut read = self.read::<NetworkView>(key).await?;
        read.view.network.ok_or(NOT_THERE)?;
        if !self.inside(NetworkId(key)).await? {
            pages::conceal_network(&mut read.view);
        }
        document(read)
    }

    async fn meeting(&self, key: Uuid) -> Result<Document, Missing> {
        let mut read = self.read::<MeetingView>(key).await?;
        let network = read.view.network.ok_or(NOT_THERE)?;
        if !self.inside(network).await? {
            pages::conceal(&mut read.view);
        }
        document(read)
    }

    /// Who works there sees all; others what the networks they see the inside of were promised.
    async fn commitments(&self, organisation: OrganisationId) -> Result<Document, Missing> {
        let there = self.read::<OrganisationView>(organisation.0).await?.view;
        there.organisation.ok_or(NOT_THERE)?;
        let mut read = self.read::<CommitmentsView>(organisation.0).await?;
        let person = self.backend.person(self.visit).await?;
        if person.works_at.contains_key(&organisation) {
            return document(read);
        }
        let networks: BTreeSet<NetworkId> = there
            .networks()
            .into_iter()
            .chain(read.view.commitments.iter().map(|row| row.network))
            .collect();
        let mut seen = BTreeMap::new();
        for network in networks {
            seen.insert(network, self.inside(network).await?);
        }
        let everywhere = self.backend.standings(self.visit, None).await?;
        if !everywhere.contains(&Standing::Administrator) && !seen.values().any(|inside| *inside) {
            return Err(Missing::Is(AppError::Forbidden));
        }
        let sees = |network: &NetworkId| seen.get(network).is_some_and(|inside| *inside);
        read.view.commitments.retain(|row| sees(&row.network));
        document(read)
    }

    async fn river(&self, key: Uuid) -> Result<Document, Missing> {
        let region = self.visit.tenant.region_id;
        let live = self
            .backend
            .view::<RegionView>(self.visit, region, AsOf::LIVE);
        if key != region && !live.await?.view.networks.contains_key(&NetworkId(key)) {
            return Err(NOT_THERE);
        }
        document(self.read::<RiverView>(key).await?)
    }
}

fn document<V: Serialize>(read: Read<V>) -> Result<Document, Missing> {
    Ok(Document {
        json: serde_json::to_string(&read.view)?,
        position: read.position,
        ends_before: read.newer.map(|newer| newer.position),
    })
}
