//! Names, words and times of day, opened at the edge: whatever ids an answer holds, those that are people, texts,
//! organisations and networks get their names here and nowhere else; whatever moments, the hour they were in the region.

use super::{PgBackend, Visit, internal};
use crate::store::StoreError;
use app::backend::Caller;
use app::error::AppError;
use app::query::{Directory, Part, RegionClock};
use domain::ids::{NetworkId, OrganisationId, PersonId, TenantId, TextId};
use domain::time::{AsOf, Timestamp};
use domain::views::region::{OrganisationsView, RegionView};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What an answer refers to.
#[derive(Default)]
struct Found {
    ids: BTreeSet<Uuid>,
    moments: BTreeSet<Timestamp>,
}

impl Found {
    /// Everything in an answer. Its JSON is what the page gets, so nothing that the page can show is missed.
    fn look(&mut self, answer: &Part) {
        // Between two quotes stands a whole string, or what is between two strings.
        for text in answer.json().split('"') {
            self.ids.extend(id(text));
            self.moments.extend(moment(text));
        }
    }
}

/// A moment as JSON holds it: `2026-03-02T09:00:00Z`, with or without parts of a second.
fn moment(text: &str) -> Option<Timestamp> {
    if text.len() >= 20 && text.ends_with('Z') {
        text.parse().ok()
    } else {
        None
    }
}

fn id(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::parse_str(text).ok()
    } else {
        None
    }
}

/// The names of these people; `None` for an erased one; who never was is missing.
pub(super) async fn names(
    backend: &PgBackend,
    tenant: TenantId,
    persons: &[PersonId],
) -> Result<BTreeMap<PersonId, Option<String>>, StoreError> {
    Ok(crate::open::open(backend.store(), tenant, &[], persons)
        .await?
        .names)
}

/// Opens everything an answer refers to.
pub(super) async fn open(
    backend: &PgBackend,
    caller: &Caller,
    visit: &Visit,
    answer: &Part,
    as_of: AsOf,
) -> Result<Directory, AppError> {
    let mut found = Found::default();
    found.ids.insert(visit.person.0);
    found.moments.extend(as_of.known_at);
    found.look(answer);
    let broken = |error: StoreError| internal(caller, &error);
    let organisations = backend
        .view::<OrganisationsView>(visit, visit.tenant.region_id, as_of)
        .await
        .map_err(broken)?;
    let region = backend
        .view::<RegionView>(visit, visit.tenant.region_id, as_of)
        .await
        .map_err(broken)?;
    let mut directory = Directory::default();
    // A page of another day shows names of that day; what did not exist then has today's.
    let today = if as_of.is_live() {
        None
    } else {
        let organisations = backend
            .view::<OrganisationsView>(visit, visit.tenant.region_id, AsOf::LIVE)
            .await;
        let region = backend
            .view::<RegionView>(visit, visit.tenant.region_id, AsOf::LIVE)
            .await;
        Some((
            organisations.map_err(broken)?.view,
            region.map_err(broken)?.view,
        ))
    };
    // Choices in forms name any organisation and network at work, so all of them are there.
    for organisations in [
        today.as_ref().map(|(all, _)| all),
        Some(&organisations.view),
    ]
    .into_iter()
    .flatten()
    {
        for (id, row) in &organisations.organisations {
            directory
                .organisations
                .insert(*id, (row.called.as_str().to_owned(), row.kind));
        }
    }
    for region in [today.as_ref().map(|(_, region)| region), Some(&region.view)]
        .into_iter()
        .flatten()
    {
        for (id, row) in &region.networks {
            if let Some(called) = &row.called {
                directory.networks.insert(*id, called.as_str().to_owned());
            }
        }
    }
    let wanted: Vec<Uuid> = found
        .ids
        .into_iter()
        .filter(|id| {
            !directory.organisations.contains_key(&OrganisationId(*id))
                && !directory.networks.contains_key(&NetworkId(*id))
        })
        .collect();
    let persons: Vec<PersonId> = wanted.iter().copied().map(PersonId).collect();
    let texts: Vec<TextId> = wanted.iter().copied().map(TextId).collect();
    let tenant = visit.tenant.tenant();
    let opened = crate::open::open(backend.store(), tenant, &texts, &persons)
        .await
        .map_err(broken)?;
    directory.names = opened.names;
    directory.texts = opened.words;
    let ahead = |moment| (moment, visit.tenant.ahead(moment));
    directory.clock = RegionClock::at(found.moments.into_iter().map(ahead));
    Ok(directory)
}
