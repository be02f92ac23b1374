//! Reading what a region has, and doing what a plan says.

use super::plan::{Known, KnownPerson, Plan, PlannedRow, Step};
use super::read::Of;
use crate::chance::Chance;
use crate::executor::{CommandError, Executor, Order};
use crate::mail::Address;
use crate::people::{Somebody, everybody};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::actor::Actor;
use domain::rejection::Rejection;
use domain::time::{AsOf, Timestamp};
use domain::views::region::OrganisationsView;
use futures_util::{StreamExt as _, stream};

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
    let (everybody, _newer) = everybody(store, tenant.tenant(), tenant.day(now)).await?;
    let mut scope = store.reading(tenant.tenant()).await?;
    let mut people = Vec::with_capacity(everybody.len());
    for Somebody {
        person,
        name,
        works_at,
    } in everybody
    {
        let sealed = scope.contact(person).await?;
        let key = crate::open::person_key(store, &mut scope, person).await?;
        let address = sealed.zip(key).and_then(|(sealed, key)| key.open(&sealed));
        people.push(KnownPerson {
            person,
            name,
            works_at,
            address: address.and_then(|address| Address::parse(&address).ok()),
        });
    }
    Ok(people)
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
