//! Everybody in a region who is not forgotten: read from their streams, names opened.

use crate::store::keys::Sort;
use crate::store::newer::Newer;
use crate::store::{Store, StoreError};
use chrono::NaiveDate;
use domain::history::Live;
use domain::ids::{OrganisationId, PersonId, StreamId, TenantId};
use domain::person::WorkRole;
use domain::rule::State;
use std::collections::BTreeMap;

/// Persons read at once.
const PAGE: i64 = 500;

/// A person of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Somebody {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// Where they work today, and as what.
    pub works_at: BTreeMap<OrganisationId, WorkRole>,
}

/// Everybody, by id, and the first event of a newer release that was met on the way.
///
/// # Errors
/// Of the database.
pub async fn everybody(
    store: &Store,
    tenant: TenantId,
    today: NaiveDate,
) -> Result<(Vec<Somebody>, Option<Newer>), StoreError> {
    let (mut people, mut after, mut met) = (Vec::new(), None, None);
    loop {
        let mut scope = store.reading(tenant).await?;
        let kept = scope.keys_after(Sort::Person, after, PAGE).await?;
        let Some(last) = kept.last() else {
            return Ok((people, met));
        };
        after = Some(last.id);
        let persons: Vec<PersonId> = kept
            .iter()
            .filter(|kept| kept.wrapped.is_some())
            .map(|kept| PersonId(kept.id))
            .collect();
        let streams: Vec<StreamId> = persons.iter().map(|person| (*person).into()).collect();
        let rows = scope.rows_of_streams(&streams, u64::MAX >> 1).await?;
        let opened = crate::open::open_in(store, &mut scope, &[], &persons).await?;
        let (events, newer) = crate::views::readable(&rows, None)?;
        met = met.or(newer);
        let mut by_person = BTreeMap::<StreamId, Vec<_>>::new();
        for event in events {
            by_person.entry(event.stream).or_default().push(event);
        }
        for (person, name) in opened.names {
            let Some(name) = name else { continue };
            let events = by_person.remove(&person.into()).unwrap_or_default();
            let state = Live::<State>::of(&events, today).state;
            people.push(Somebody {
                person,
                name,
                works_at: state.person.unwrap_or_default().works_at,
            });
        }
    }
}
