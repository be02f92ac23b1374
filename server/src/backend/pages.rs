//! Pages put together from views. Each answer is made of whole documents; what the visitor may not see is taken out
//! of them before they leave.

use super::{PgBackend, Visit, internal};
use crate::store::StoreError;
use crate::views::registry::Kept;
use app::backend::Caller;
use app::error::AppError;
use app::query::{
    CommitmentPage, MeetingPage, NetworkFacts, NetworkPage, Networks, Part, Preparation, Query,
    RiverPage, StoryQuery, Today,
};
use domain::access::{Permission, Standing, may};
use domain::history::Live;
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId};
use domain::network::state::NetworkStatus;
use domain::recorded::Position;
use domain::rule::State;
use domain::time::AsOf;
use domain::views::commitments::{CommitmentRow, CommitmentsView};
use domain::views::meeting::MeetingView;
use domain::views::network::NetworkView;
use domain::views::organisation::OrganisationView;
use domain::views::region::{OrganisationsView, RegionView};
use domain::views::river::RiverView;
use std::collections::{BTreeMap, BTreeSet};

/// What was recorded lately in each network, as much as Today has room for.
const LATELY: usize = 8;

/// An answer with what goes round it.
pub(super) struct Page {
    pub answer: Part,
    pub standings: BTreeSet<Standing>,
    pub position: Position,
    pub unknown_days: u32,
}

/// Why there is no page.
enum Missing {
    NotFound,
    Store(StoreError),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Missing {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(StoreError::Damaged(format!(
            "an answer cannot be written: {error}"
        )))
    }
}

type Answered = Result<Page, Missing>;

pub(super) async fn answer(
    backend: &PgBackend,
    caller: &Caller,
    visit: &Visit,
    query: Query,
    as_of: AsOf,
) -> Result<Page, AppError> {
    let asked = Asked {
        backend,
        visit,
        as_of,
    };
    let page = match query {
        Query::Frame => asked.frame().await,
        Query::Today => asked.today().await,
        Query::Networks => asked.networks().await,
        Query::Network(network) => asked.network(network).await,
        Query::Meeting(meeting) => asked.meeting(meeting).await,
        Query::Commitments => asked.commitments().await,
        Query::Commitment(commitment) => asked.commitment(commitment).await,
        Query::Organisation(organisation) => asked.organisation(organisation).await,
        Query::River(network) => asked.river(network).await,
        Query::Story(query) => asked.story(&query).await,
    };
    page.map_err(|missing| match missing {
        Missing::NotFound => AppError::NotFound,
        Missing::Store(error) => internal(caller, &error),
    })
}

struct Asked<'a> {
    backend: &'a PgBackend,
    visit: &'a Visit,
    as_of: AsOf,
}

impl Asked<'_> {
    async fn view<V: Kept>(&self, key: uuid::Uuid) -> Result<crate::views::Read<V>, StoreError> {
        self.backend.view(self.visit, key, self.as_of).await
    }

    async fn live<V: Kept>(&self, key: uuid::Uuid) -> Result<V, StoreError> {
        Ok(self.backend.view(self.visit, key, AsOf::LIVE).await?.view)
    }

    fn region(&self) -> uuid::Uuid {
        self.visit.tenant.region_id
    }

    /// The day the page shows.
    fn on(&self) -> chrono::NaiveDate {
        self.as_of.on.unwrap_or(self.visit.today)
    }

    /// What the visitor is in a network now, whatever day the page shows.
    async fn standings(&self, network: NetworkId) -> Result<BTreeSet<Standing>, StoreError> {
        let live = self.live::<NetworkView>(network.0).await?;
        self.backend.standings(self.visit, Some(&live)).await
    }

    /// The visitor's organisations on that day, with what they are.
    async fn mine(&self) -> Result<Vec<OrganisationView>, StoreError> {
        let mut mine = Vec::new();
        for organisation in self.backend.person(self.visit).await?.works_at.keys() {
            mine.push(self.view::<OrganisationView>(organisation.0).await?.view);
        }
        Ok(mine)
    }

    /// The networks the visitor holds a seat in; else those of the visitor's organisations.
    fn networks_of(&self, mine: &[OrganisationView]) -> Vec<NetworkId> {
        let seats = || {
            mine.iter()
                .flat_map(|organisation| organisation.seats.values())
        };
        let held: BTreeSet<NetworkId> = seats()
            .filter(|seat| seat.person == Some(self.visit.person))
            .map(|seat| seat.network)
            .collect();
        if held.is_empty() {
            seats().map(|seat| seat.network).collect()
        } else {
            held
        }
        .into_iter()
        .collect()
    }

    async fn frame(&self) -> Answered {
        let networks = self.networks_of(&self.mine().await?);
        Ok(Page {
            answer: Part::of(&networks)?,
            standings: self.backend.standings(self.visit, None).await?,
            position: 0,
            unknown_days: 0,
        })
    }

    async fn today(&self) -> Answered {
        let mine = self.mine().await?;
        let networks = self.networks_of(&mine);
        let mut today = Today {
            networks: networks.clone(),
            ..Today::default()
        };
        let mut position = 0;
        for network in &networks {
            let read = self.view::<NetworkView>(network.0).await?;
            position = position.max(read.position);
            let ahead = read.view.ahead(self.on());
            for row in read.view.going_on().chain(ahead) {
                let meeting = self.view::<MeetingView>(row.meeting.0).await?.view;
                let answer = mine
                    .iter()
                    .filter_map(|organisation| organisation.organisation)
                    .find_map(|organisation| {
                        meeting
                            .units
                            .get(&organisation)
                            .and_then(|unit| unit.answer)
                    });
                let preparation = Preparation {
                    items: count(meeting.items.len()),
                    answered: count(
                        meeting
                            .units
                            .values()
                            .filter(|unit| unit.answer.is_some())
                            .count(),
                    ),
                    organisations: count(read.view.organisations().len()),
                    mine: answer,
                };
                today.meetings.push((*network, row.clone(), preparation));
            }
        }
        today
            .meetings
            .sort_by_key(|(_, row, _)| (row.on, row.starts));
        for organisation in mine
            .iter()
            .filter_map(|organisation| organisation.organisation)
        {
            let view = self.view::<CommitmentsView>(organisation.0).await?.view;
            let open = view
                .commitments
                .into_iter()
                .rev()
                .filter(CommitmentRow::is_open);
            today
                .commitments
                .extend(open.take(5).map(|row| (organisation, row)));
        }
        let mut lately = Vec::new();
        for network in networks.iter().take(4) {
            let standings = self.standings(*network).await?;
            let lines = self
                .backend
                .lately(self.visit, network.0, LATELY, self.as_of, &standings)
                .await?;
            lately.extend(lines);
        }
        lately.sort_by_key(|line| std::cmp::Reverse(line.recorded.position));
        lately.dedup_by_key(|line| line.recorded.position);
        lately.truncate(10);
        today.lately = lately;
        let standings = self.backend.standings(self.visit, None).await?;
        Ok(Page {
            answer: Part::of(&today)?,
            standings,
            position,
            unknown_days: 0,
        })
    }

    async fn networks(&self) -> Answered {
        let read = self.view::<RegionView>(self.region()).await?;
        let mut facts = BTreeMap::new();
        for (network, row) in &read.view.networks {
            if row.status == NetworkStatus::AtWork {
                let view = self.view::<NetworkView>(network.0).await?.view;
                let fact = NetworkFacts {
                    organisations: count(view.organisations().len()),
                    next: view.next_meeting(self.on()).map(|row| row.on),
                };
                facts.insert(*network, fact);
            }
        }
        let mine = self.networks_of(&self.mine().await?).into_iter().collect();
        let standings = self.backend.standings(self.visit, None).await?;
        Ok(Page {
            answer: Part::of(&Networks {
                region: read.view,
                facts,
                mine,
            })?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn network(&self, network: NetworkId) -> Answered {
        let read = self.view::<NetworkView>(network.0).await?;
        // Another region's network, a missing one and one that was not yet thought of that day are the same answer.
        if read.view.network.is_none() {
            return Err(Missing::NotFound);
        }
        let standings = self.standings(network).await?;
        let river = self.view::<RiverView>(network.0).await?.view;
        let inside = may(&standings, Permission::ReadInside);
        let mut page = NetworkPage {
            network: read.view,
            river,
            last: None,
            mine: Vec::new(),
            people: Vec::new(),
        };
        if let Some(last) = page.network.last_meeting() {
            let mut meeting = self.view::<MeetingView>(last.meeting.0).await?.view;
            if !inside {
                conceal(&mut meeting);
            }
            page.last = Some(meeting);
        }
        for organisation in self.backend.person(self.visit).await?.works_at.keys() {
            let view = self.view::<CommitmentsView>(organisation.0).await?.view;
            let open = view
                .commitments
                .into_iter()
                .filter(|row| row.network == network && row.is_open());
            page.mine.extend(open.map(|row| (*organisation, row)));
        }
        if !inside {
            conceal_network(&mut page.network);
        }
        if self.as_of.is_live() && may(&standings, Permission::KeepNetwork) {
            for organisation in page.network.organisations() {
                let people = self
                    .view::<OrganisationView>(organisation.0)
                    .await?
                    .view
                    .people;
                let working = people.into_keys().map(|person| (organisation, person));
                page.people.extend(working);
            }
        }
        Ok(Page {
            answer: Part::of(&page)?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn meeting(&self, meeting: MeetingId) -> Answered {
        let read = self.view::<MeetingView>(meeting.0).await?;
        let Some(network) = read.view.network else {
            return Err(Missing::NotFound);
        };
        let standings = self.standings(network).await?;
        let inside = may(&standings, Permission::ReadInside);
        let body = self.view::<NetworkView>(network.0).await?.view;
        let names = self.view::<OrganisationsView>(self.region()).await?.view;
        let mut page = MeetingPage {
            meeting: read.view,
            network: body,
            ..MeetingPage::default()
        };
        if let Some(previous) = page.meeting.previous {
            page.previous = Some(self.view::<MeetingView>(previous.0).await?.view);
        }
        page.organisations = page.network.organisations();
        // An organisation that has left since took part all the same.
        for organisation in page.meeting.units.keys() {
            if !page.organisations.contains(organisation) {
                page.organisations.push(*organisation);
            }
        }
        page.organisations
            .sort_by_key(|organisation| names.called(*organisation).unwrap_or("").to_lowercase());
        page.people = page
            .network
            .seats
            .iter()
            .filter_map(|seat| seat.person)
            .collect();
        page.people.sort_unstable();
        page.people.dedup();
        for organisation in self.backend.person(self.visit).await?.works_at.keys() {
            if page.organisations.contains(organisation) {
                let view = self.view::<CommitmentsView>(organisation.0).await?.view;
                let latest = view
                    .commitments
                    .into_iter()
                    .rev()
                    .filter(|row| row.network == network && row.meeting != meeting);
                page.mine.insert(*organisation, latest.take(2).collect());
            }
        }
        if !inside {
            conceal(&mut page.meeting);
            page.previous = None;
            conceal_network(&mut page.network);
        }
        Ok(Page {
            answer: Part::of(&page)?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn commitments(&self) -> Answered {
        let mut all = Vec::new();
        let mut position = 0;
        for organisation in self.backend.person(self.visit).await?.works_at.keys() {
            let read = self.view::<CommitmentsView>(organisation.0).await?;
            position = position.max(read.position);
            all.push((*organisation, read.view));
        }
        let mut standings = self.backend.standings(self.visit, None).await?;
        standings.insert(Standing::Representative);
        Ok(Page {
            answer: Part::of(&all)?,
            standings,
            position,
            unknown_days: 0,
        })
    }

    async fn commitment(&self, commitment: CommitmentId) -> Answered {
        let mut scope = self
            .backend
            .store()
            .reading(self.visit.tenant.tenant())
            .await?;
        let rows = scope
            .rows_of_streams(&[commitment.into()], i64::MAX.unsigned_abs())
            .await?;
        drop(scope);
        let (events, newer) = crate::views::readable(&rows, None)?;
        self.visit.met(newer.as_ref());
        let state = Live::<State>::of(&events, self.visit.today)
            .state
            .commitment;
        let Some(origin) = state.and_then(|state| state.origin) else {
            return Err(Missing::NotFound);
        };
        let standings = self.standings(origin.network).await?;
        if !may(&standings, Permission::ReadInside) {
            return Err(Missing::NotFound);
        }
        let read = self.view::<CommitmentsView>(origin.organisation.0).await?;
        let chain = chain(&read.view.commitments, commitment);
        if chain.is_empty() {
            return Err(Missing::NotFound);
        }
        let page = CommitmentPage {
            organisation: origin.organisation,
            chain,
            commitment,
        };
        Ok(Page {
            answer: Part::of(&page)?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn organisation(&self, organisation: OrganisationId) -> Answered {
        let read = self.view::<OrganisationView>(organisation.0).await?;
        if read.view.organisation.is_none() {
            return Err(Missing::NotFound);
        }
        let mut standings = self.backend.standings(self.visit, None).await?;
        if self
            .backend
            .person(self.visit)
            .await?
            .works_at
            .contains_key(&organisation)
        {
            standings.insert(Standing::Representative);
        }
        Ok(Page {
            answer: Part::of(&read.view)?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn river(&self, network: Option<NetworkId>) -> Answered {
        let key = network.map_or(self.region(), |network| network.0);
        let region = self.view::<RegionView>(self.region()).await?.view;
        if let Some(network) = network
            && !self
                .live::<RegionView>(self.region())
                .await?
                .networks
                .contains_key(&network)
        {
            return Err(Missing::NotFound);
        }
        let read = self.view::<RiverView>(key).await?;
        let whole = self.live::<RiverView>(key).await?;
        let first = whole
            .quarters
            .keys()
            .next()
            .map(|quarter| quarter.first_day());
        let standings = match network {
            Some(network) => self.standings(network).await?,
            None => self.backend.standings(self.visit, None).await?,
        };
        let page = RiverPage {
            network,
            river: read.view,
            region,
            first,
            last: Some(self.visit.today),
        };
        Ok(Page {
            answer: Part::of(&page)?,
            standings,
            position: read.position,
            unknown_days: read.unknown_days,
        })
    }

    async fn story(&self, query: &StoryQuery) -> Answered {
        let about = query.about.unwrap_or(self.region());
        let mut standings = self.backend.standings(self.visit, None).await?;
        if about != self.region() {
            // What the story is about decides what the visitor is there: a network, or the one a meeting belongs to.
            let network = match self.live::<MeetingView>(about).await?.network {
                Some(network) => network,
                None => NetworkId(about),
            };
            standings.extend(self.standings(network).await?);
            if self
                .backend
                .person(self.visit)
                .await?
                .works_at
                .contains_key(&OrganisationId(about))
            {
                standings.insert(Standing::Representative);
            }
        }
        let story = self
            .backend
            .story(self.visit, about, query, self.as_of, &standings)
            .await?;
        let position = story
            .lines
            .iter()
            .map(|line| line.recorded.position)
            .max()
            .unwrap_or(0);
        Ok(Page {
            answer: Part::of(&story)?,
            standings,
            position,
            unknown_days: 0,
        })
    }
}

/// Takes out of a network what only itself may see.
pub(super) fn conceal_network(network: &mut NetworkView) {
    network.contract = None;
    network.changes.clear();
}

/// Takes out of a meeting what only the network may see.
pub(super) fn conceal(meeting: &mut MeetingView) {
    meeting.units.clear();
    meeting.decisions.clear();
    meeting.contract = None;
    meeting.changes.clear();
    meeting.waived.clear();
    meeting.minutes = None;
    meeting.items.clear();
}

/// The commitments that built on each other, oldest first.
fn chain(all: &[CommitmentRow], one: CommitmentId) -> Vec<CommitmentRow> {
    let find = |id: CommitmentId| all.iter().find(|row| row.commitment == id);
    let Some(mut first) = find(one) else {
        return Vec::new();
    };
    // A chain is as long as the list at most, whatever corrections made of it.
    for _ in all {
        match first.carried_from.and_then(find) {
            Some(earlier) => first = earlier,
            None => break,
        }
    }
    let mut chain = vec![first.clone()];
    for _ in all {
        match chain.last().and_then(|row| row.carried_to).and_then(find) {
            Some(next) if !chain.contains(next) => chain.push(next.clone()),
            Some(_) | None => break,
        }
    }
    chain
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
