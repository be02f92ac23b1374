//! Reads take the way that their keys offer, whatever Postgres knows or does not know about a region.

use crate::helpers::{Region, executors, open_tenant, order, organisation, register};
use domain::ids::{OrganisationId, StreamId};
use server::store::Store;
use server::store::scope::TenantScope;
use server::store::tenants::Tenant;

const EVENTS: usize = 600;

async fn filled(store: &Store, tenant: &Tenant) -> OrganisationId {
    let executor = executors(store).of(tenant.tenant()).await.expect("starts");
    let (last, mut pending) = (organisation(), Vec::new());
    for n in 1..=EVENTS {
        let school = if n == EVENTS { last } else { organisation() };
        let order = order(register(school));
        pending.push(executor.enqueue(order).await.expect("is queued"));
    }
    for one in pending {
        one.answer().await.expect("is accepted");
    }
    last
}

/// How many rows of events this transaction has looked at.
async fn looked_at(scope: &mut TenantScope) -> i64 {
    sqlx::query_scalar(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'events'",
    )
    .fetch_one(scope.connection())
    .await
    .expect("counts")
}

/// A region that is new beside a large one has no rows at all as far as Postgres' figures say: then every way looks as
/// short as any other, and one of them is to read the whole log for each row.
#[tokio::test]
async fn a_region_that_postgres_has_no_figures_of_is_read_by_its_keys() {
    let region = Region::new().await;
    filled(&region.store, &region.tenant).await;
    sqlx::raw_sql("ANALYZE")
        .execute(&mut region.superuser().await)
        .await
        .expect("analyses");
    let new = open_tenant(&region.store, "jaeren").await;
    let school = filled(&region.store, &new).await;
    let begin = || region.store.reading(new.tenant());

    let mut scope = begin().await.expect("begins");
    let read = scope
        .rows_about(school.0, 0, None, 10)
        .await
        .expect("reads");
    assert_eq!((read.len(), looked_at(&mut scope).await), (1, 1));

    let mut scope = begin().await.expect("begins");
    let read = scope
        .rows_about_backwards(school.0, None, None, 10)
        .await
        .expect("reads");
    assert_eq!((read.len(), looked_at(&mut scope).await), (1, 1));

    let mut scope = begin().await.expect("begins");
    let streams: [StreamId; 1] = [school.into()];
    let read = scope
        .rows_of_streams(&streams, 10_000)
        .await
        .expect("reads");
    assert_eq!((read.len(), looked_at(&mut scope).await), (1, 1));

    let mut scope = begin().await.expect("begins");
    let read = scope.rows_after(100, 10).await.expect("reads");
    assert_eq!((read.len(), looked_at(&mut scope).await), (10, 10));
}
