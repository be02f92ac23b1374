//! Reads take the way that their keys offer, whatever Postgres knows or does not know about a region.

use crate::helpers::{Region, executors, open_tenant, order, organisation, register};
use domain::ids::{OrganisationId, TenantId};
use server::store::Store;
use server::store::scope::TenantScope;
use server::store::tenants::Tenant;

/// Enough that reading all of them is not the cheapest way.
const EVENTS: usize = 3_000;

/// Fills a region with schools; the last of them.
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

/// A region whose figures Postgres makes only when it is told to.
async fn without_figures() -> Region {
    let region = Region::new().await;
    sqlx::raw_sql(
        "ALTER TABLE events SET (autovacuum_enabled = false); ALTER TABLE abouts SET (autovacuum_enabled = false)",
    )
    .execute(&mut region.superuser().await)
    .await
    .expect("is set");
    region
}

/// How many rows of events a session has looked at. Postgres counts those of the transactions before, too, until it
/// gets to reporting them, so only a difference says anything.
async fn looked_at(scope: &mut TenantScope) -> i64 {
    sqlx::query_scalar(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'events'",
    )
    .fetch_one(scope.connection())
    .await
    .expect("counts")
}

/// Reads about a school, back from the end, its stream, and a page of the log: rows got and rows looked at.
async fn reads(store: &Store, tenant: TenantId, school: OrganisationId) -> [(usize, i64); 4] {
    let begin = async || {
        let mut scope = store.reading(tenant).await.expect("begins");
        let before = looked_at(&mut scope).await;
        (scope, before)
    };
    let (mut scope, before) = begin().await;
    let about = scope.rows_about(school.0, 0, None, 10).await;
    let about = (
        about.expect("reads").len(),
        looked_at(&mut scope).await - before,
    );
    let (mut scope, before) = begin().await;
    let back = scope.rows_about_backwards(school.0, None, None, 10).await;
    let back = (
        back.expect("reads").len(),
        looked_at(&mut scope).await - before,
    );
    let (mut scope, before) = begin().await;
    let stream = scope.rows_of_streams(&[school.into()], 10_000).await;
    let stream = (
        stream.expect("reads").len(),
        looked_at(&mut scope).await - before,
    );
    let (mut scope, before) = begin().await;
    let page = scope.rows_after(100, 10).await;
    let page = (
        page.expect("reads").len(),
        looked_at(&mut scope).await - before,
    );
    [about, back, stream, page]
}

/// That what is looked at is what is got: Postgres counts a row twice where it goes through a bitmap.
#[track_caller]
fn assert_by_keys(reads: [(usize, i64); 4]) {
    assert_eq!(reads.map(|(got, _)| got), [1, 1, 1, 10]);
    for (n, (got, looked_at)) in reads.into_iter().enumerate() {
        let most = 2 * i64::try_from(got).expect("is small");
        assert!(
            looked_at <= most,
            "read {n} looked at {looked_at} rows for {got}"
        );
    }
}

/// A region that is new beside a large one has no rows at all as far as Postgres' figures say: then every way looks as
/// short as any other, and one of them is to read the whole log for each row.
#[tokio::test]
async fn a_region_that_postgres_has_no_figures_of_is_read_by_its_keys() {
    let region = without_figures().await;
    filled(&region.store, &region.tenant).await;
    sqlx::raw_sql("ANALYZE")
        .execute(&mut region.superuser().await)
        .await
        .expect("analyses");
    let new = open_tenant(&region.store, "jaeren").await;
    let school = filled(&region.store, &new).await;
    assert_by_keys(reads(&region.store, new.tenant(), school).await);
}

/// Of a database that was filled a moment ago it has no figures at all, and guesses.
#[tokio::test]
async fn a_log_that_postgres_has_no_figures_of_is_read_by_its_keys() {
    let region = without_figures().await;
    let school = filled(&region.store, &region.tenant).await;
    assert_by_keys(reads(&region.store, region.id(), school).await);
}
