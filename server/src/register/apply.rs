//! Reading what a region has, and doing what a plan says.

use super::plan::{Known, KnownPerson, Plan, PlannedRow, Step};
use super::read::Of;
use crate::chance::Chance;
use crate::executor::{CommandError, Executor, Order};
use crate::mail::Address;
use crate::store::keys::Sort;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::actor::Actor;
use domain::history::Live;
use domain::ids::{PersonId, StreamId};
use domain::rejection::Rejection;
use domain::rule::State;
use domain::time::{AsOf, Timestamp};
use domain::views::region::OrganisationsView;
use futures_util::{StreamExt as _, stream};
use std::collections::BTreeMap;

/// Persons read at once.
const PAGE: i64 = 500;
/// Rows under way at once: they share landings.
const ROWS_AT_ONCE: usize = 64;

/// Why a plan could not be made or done.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An order was not taken.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// What the region has, as far as a file of that kind can be about it.
///
/// # Errors
/// Of the database.
pub async fn known(
    store: &Store,
    tenant: &Tenant,
    of: Of,
    now: Timestamp,
) -> Result<Known, StoreError> {
    let read =
        crate::views::read::<OrganisationsView>(store, tenant, tenant.region_id, AsOf::LIVE, now);
    let organisations = read.await?.view.organisations;
    let head = store.reading(tenant.tenant()).await?.head().await?.position;
    let people = match of {
        Of::Organisations => Vec::new(),
        Of::People => people(store, tenant, now).await?,
    };
    Ok(Known {
        region: tenant.region_id,
        head,
        organisations,
        people,
    })
}

async fn people(
    store: &Store,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Vec<KnownPerson>, StoreError> {
    let today = tenant.day(now);
    let mut people = Vec::new();
    let mut after = None;
    loop {
        let mut scope = store.reading(tenant.tenant()).await?;
        let kept = scope.keys_after(Sort::Person, after, PAGE).await?;
        let Some(last) = kept.last() else {
            return Ok(people);
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
        let (events, _newer) = crate::views::readable(&rows, None)?;
        let mut by_person = BTreeMap::<StreamId, Vec<_>>::new();
        for event in events {
            by_person.entry(event.stream).or_default().push(event);
        }
        for (person, name) in opened.names {
            let Some(name) = name else { continue };
            let events = by_person.remove(&person.into()).unwrap_or_default();
            let state = Live::<State>::of(&events, today).state;
            let sealed = scope.contact(person).await?;
            let key = crate::open::person_key(store, &mut scope, person).await?;
            let address = sealed.zip(key).and_then(|(sealed, key)| key.open(&sealed));
            people.push(KnownPerson {
                person,
                name,
                works_at: state.person.unwrap_or_default().works_at,
                address: address.and_then(|address| Address::parse(&address).ok()),
            });
        }
    }
}

/// Does what a plan says, owners before their units: as many rows as were done. What is done already stays done when a
/// later row fails; the same file again goes on from there.
///
/// # Errors
/// The first order that was not taken.
pub async fn apply(
    store: &Store,
    executor: &Executor,
    chance: &dyn Chance,
    tenant: &Tenant,
    actor: &Actor,
    plan: &Plan,
) -> Result<usize, RegisterError> {
    let mut done = 0;
    for first in [true, false] {
        let mut rows = Vec::new();
        for row in &plan.rows {
            if row.first == first && !row.steps.is_empty() {
                rows.push(one(store, executor, chance, tenant, actor, row));
            }
        }
        let mut under_way = stream::iter(rows).buffered(ROWS_AT_ONCE);
        while let Some(row) = under_way.next().await {
            row?;
            done += 1;
        }
    }
    Ok(done)
}

async fn one(
    store: &Store,
    executor: &Executor,
    chance: &dyn Chance,
    tenant: &Tenant,
    actor: &Actor,
    row: &PlannedRow,
) -> Result<(), RegisterError> {
    for step in &row.steps {
        match step {
            Step::Order(submission) => {
                let order = Order::new((**submission).clone(), *actor);
                match executor.enqueue(order).await?.answer().await {
                    // Somebody else brought the same meanwhile.
                    Ok(_)
                    | Err(CommandError::Refused(
                        Rejection::SameName | Rejection::SameNumber | Rejection::AlreadyThere,
                    )) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Step::Contact(person, address) => {
                let mut scope = store.writing(tenant.tenant()).await?;
                if let Some(key) = crate::open::person_key(store, &mut scope, *person).await? {
                    let sealed = key.seal(chance, address.as_str());
                    scope.keep_contact(*person, &sealed).await?;
                    scope.commit().await?;
                }
            }
        }
    }
    Ok(())
}
