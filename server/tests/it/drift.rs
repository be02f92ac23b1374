//! A snapshot that is not what its events say is found soon, repaired, and not kept quiet about.

use crate::helpers::{
    Region, database, executors, master, new_id, order, organisation, register, rename, then,
};
use chrono::TimeDelta;
use domain::ids::TenantId;
use server::clock::{Clock, ManualClock, SystemClock};
use server::demo;
use server::executor::{Executors, Order};
use server::store::Store;
use server::store::tenants::{NewTenant, Opened, Tenant};
use server::views::check::check;
use server::views::drift::{self, Drift, Verifier};
use server::views::rebuild;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::Arc;
use uuid::Uuid;

async fn execute(connection: &mut PgConnection, sql: String) -> u64 {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .expect("can be done")
        .rows_affected()
}

async fn rebuilt(store: &Store, tenant: &Tenant) {
    rebuild::rebuild(store, tenant, None, SystemClock.now(), |_| {})
        .await
        .expect("rebuilds");
}

async fn noted(store: &Store, tenant: TenantId) -> Vec<(String, Uuid, i32)> {
    let mut scope = store.reading(tenant).await.expect("begins");
    let noted = drift::noted(&mut scope).await.expect("reads");
    noted
        .into_iter()
        .map(|one| (one.view, one.key, one.times))
        .collect()
}

#[tokio::test]
async fn a_spoilt_snapshot_is_found_repaired_and_noted() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let school = organisation();
    for submission in [register(school), rename(school, "Ny skule")] {
        executor.submit(order(submission)).await.expect("accepts");
    }
    rebuilt(&region.store, &region.tenant).await;
    let clock = Arc::new(SystemClock);
    let mut verifier = Verifier::new(region.store.clone(), clock.clone());
    let mut another = Verifier::new(region.store.clone(), clock);
    let first = verifier.look().await.expect("looks");
    assert_eq!(first.drifts, []);
    assert!(first.documents >= 2 && first.compared == first.documents);
    let second = verifier.look().await.expect("looks");
    assert_eq!((second.documents, second.compared), (first.documents, 0));

    let mut superuser = region.superuser().await;
    for (times, spoil) in [
        // Other words than its events'.
        "body = replace(body, 'Ny skule', 'Ein annan')",
        // Nothing that could be read.
        "body = 'x'",
        // A claim to hold events that are not in it, which would be left out of every page; even ones to come.
        "body = replace(body, '\"position\":2', '\"position\":9'), position = 9",
    ]
    .iter()
    .enumerate()
    {
        let spoil = format!("UPDATE snapshots SET {spoil} WHERE view = 'organisation'");
        assert_eq!(execute(&mut superuser, spoil.clone()).await, 1);
        let looked = verifier.look().await.expect("looks");
        let position = if times == 2 { 9 } else { 2 };
        let found = Drift {
            tenant: region.id(),
            view: "organisation",
            key: school.0,
            position,
        };
        assert_eq!(looked.drifts, [found], "{spoil}");
        assert_eq!(looked.compared, 1, "only what has changed is compared");
        let again = another.look().await.expect("looks");
        assert_eq!(again.drifts, [], "it is repaired and told of once");
        let times = i32::try_from(times + 1).expect("is small");
        assert_eq!(
            noted(&region.store, region.id()).await,
            [("organisation".to_owned(), school.0, times)]
        );
        let all = check(&region.store, &region.tenant, SystemClock.now(), |_| {}).await;
        assert_eq!(all.expect("checks").difference, None);
        let (at, body): (i64, String) =
            sqlx::query_as("SELECT position, body FROM snapshots WHERE view = 'organisation'")
                .fetch_one(&mut superuser)
                .await
                .expect("is there");
        assert!(at == 2 && body.contains("Ny skule"), "{at} {body}");
    }
    assert_eq!(verifier.look().await.expect("looks").drifts, []);
}

/// How long it takes until a verifier that looks at its pace has found something.
async fn found_after(verifier: &mut Verifier, clock: &ManualClock) -> (TimeDelta, Drift) {
    let began = clock.now();
    loop {
        clock.advance(TimeDelta::from_std(drift::PAUSE).expect("is short"));
        let looked = verifier.look().await.expect("looks");
        let passed = clock.now() - began;
        if let [found] = looked.drifts.as_slice() {
            return (passed, *found);
        }
        assert_eq!(looked.drifts, []);
        assert!(passed < TimeDelta::minutes(10), "is not found");
    }
}

/// The whole of one demo region.
async fn jaeren(executors: &Executors) -> Tenant {
    let region = demo::Region::Jaeren;
    let new = NewTenant {
        slug: region.slug(),
        name: region.name(),
        language: region.language(),
        demo: true,
        ids: Some((region.tenant(), new_id())),
    };
    let store = executors.store();
    let opened = store.open_tenant(new, then(), executors.chance()).await;
    let Opened::New(tenant) = opened.expect("opens") else {
        panic!("it is there already")
    };
    let executor = executors.of(tenant.tenant()).await.expect("starts");
    let executor = executor.for_one_caller();
    let mut answers = Vec::new();
    for step in region.steps(0).expect("set-up") {
        let step = step.expect("accepted");
        let order = Order {
            now: Some(step.now),
            ..Order::new(step.submission, step.actor)
        };
        answers.push(executor.enqueue(order).await.expect("is queued"));
    }
    for answer in answers {
        answer.answer().await.expect("is accepted");
    }
    tenant
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_snapshot_among_all_of_a_demo_is_found_within_a_minute() {
    let url = database().await;
    let store = Store::attach(&url, master()).await.expect("the pool opens");
    let tenant = jaeren(&executors(&store)).await;
    rebuilt(&store, &tenant).await;
    let mut superuser = PgConnection::connect(&url).await.expect("answers");
    let snapshots: Vec<(String, Uuid)> =
        sqlx::query_as("SELECT view, key FROM snapshots ORDER BY view, key")
            .fetch_all(&mut superuser)
            .await
            .expect("reads");
    assert!(snapshots.len() > 100, "{}", snapshots.len());
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let mut warm = Verifier::new(store.clone(), clock.clone());
    let mut looked = 0;
    while looked < snapshots.len() {
        let look = warm.look().await.expect("looks");
        assert_eq!(look.drifts, [], "a rebuild and a fold agree");
        looked += look.documents;
    }
    // The first of all, one in the middle and the last, by one that knows all others already and by one that has just
    // started and knows none.
    for n in [0, snapshots.len() / 2, snapshots.len() - 1] {
        let (view, key) = &snapshots[n];
        let spoil =
            format!("UPDATE snapshots SET body = 'x' WHERE view = '{view}' AND key = '{key}'");
        let mut cold = Verifier::new(store.clone(), clock.clone());
        for verifier in [&mut warm, &mut cold] {
            assert_eq!(execute(&mut superuser, spoil.clone()).await, 1);
            let (passed, found) = found_after(verifier, &clock).await;
            assert_eq!((found.view, found.key), (view.as_str(), *key));
            assert!(
                passed < TimeDelta::minutes(1),
                "{passed} for one of {} snapshots",
                snapshots.len()
            );
        }
    }
}

#[test]
fn a_minute_is_enough_for_both_demos_however_little_is_known_of_them() {
    // 57,014 events; 900 and 371 snapshots.
    let looks = [900, 371].map(|snapshots: usize| snapshots.div_ceil(drift::COMPARED));
    let looks = u32::try_from(looks.iter().sum::<usize>()).expect("is small");
    assert!(drift::PAUSE * (looks + 1) < std::time::Duration::from_secs(60));
}
