//! What executors owe each other and their callers: a share for everybody, nothing stale, memory given back. Figures
//! are the whole process's; the runner gives each test one of its own.

use crate::helpers::{
    Region, executors, master, open_tenant, order, organisation, register, rename,
};
use domain::about::about;
use domain::ids::TenantId;
use domain::rejection::Rejection;
use server::chance::OsChance;
use server::clock::SystemClock;
use server::executor::{CommandError, Executors, Limits};
use server::metrics;
use server::store::land::{CommandRow, Landed, Landing, Parcel};
use server::store::tenants::Tenant;
use server::store::{Store, chain};
use server::transfer::verify::{Verified, verify};
use std::sync::Arc;
use std::time::{Duration, Instant};
use storm::proxy::{Cut, Proxy};

/// What stands in every landing of what is ordered here and in no read.
const LANDING: &str = "organisation.registered.v1";

/// Asks again and again until it is so, for ten seconds at most.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "never {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn head(store: &Store, tenant: TenantId) -> u64 {
    let mut scope = store.reading(tenant).await.expect("begins");
    scope.head().await.expect("is there").position
}

async fn assert_whole(store: &Store, tenant: &Tenant, events: i64) {
    match verify(store, tenant).await.expect("reads") {
        Verified::Fits { events: found, .. } => assert_eq!(found, events, "{}", tenant.slug),
        broken => panic!("{}: {broken:?}", tenant.slug),
    }
}

async fn regions(store: &Store, many: usize) -> Vec<Tenant> {
    let mut tenants = Vec::new();
    for n in 0..many {
        tenants.push(open_tenant(store, &format!("region-{n}")).await);
    }
    tenants
}

/// A landing of one event behind the region's only one.
async fn one_more(store: &Store, tenant: TenantId) -> Landing {
    let mut scope = store.reading(tenant).await.expect("begins");
    let log_id = scope.head().await.expect("is there").log_id;
    let first = scope.rows_after(0, 1).await.expect("reads").remove(0);
    let previous = first.hash.clone().try_into().expect("is a hash");
    let mut row = first;
    (row.position, row.version) = (2, 1);
    row.stream_id = crate::helpers::new_id();
    row.command_id = crate::helpers::new_id();
    row.hash = chain::next(log_id, &previous, &row).to_vec();
    let event = row.recorded().expect("is read").event;
    Landing {
        commands: vec![CommandRow {
            id: row.command_id,
            digest: [0; 32],
            first_position: 2,
            events: 1,
        }],
        abouts: about(&event, tenant)
            .into_iter()
            .map(|id| (id, 2))
            .collect(),
        events: vec![row],
        ..Landing::default()
    }
}

#[tokio::test]
async fn of_regions_in_one_call_what_becomes_of_one_is_nothing_to_the_others() {
    let region = Region::new().await;
    let tenants = regions(&region.store, 5).await;
    let mut parcels = Vec::new();
    for (n, tenant) in tenants.iter().enumerate() {
        let executor = region.executors.of(tenant.tenant()).await.expect("starts");
        let first = register(organisation());
        let known = first.id.0;
        executor.submit(order(first)).await.expect("is accepted");
        let mut landing = one_more(&region.store, tenant.tenant()).await;
        if n == 3 {
            landing.commands[0].id = known;
        }
        parcels.push(Parcel {
            tenant: tenant.tenant(),
            from: if n == 1 { 0 } else { 1 },
            landing: Arc::new(landing),
        });
    }
    // Somebody else holds the lock of one head: it is not waited for.
    let mut holder = region
        .store
        .writing(tenants[2].tenant())
        .await
        .expect("begins");
    holder.lock_head().await.expect("is locked");
    let mut line = region.store.line().await.expect("connects");
    let verdicts = line.land(&parcels).await.expect("answers");
    drop(holder);
    let seen: Vec<_> = verdicts
        .iter()
        .map(|verdict| match verdict {
            Ok(landed) => Ok(*landed),
            Err(error) => Err(error.constraint()),
        })
        .collect();
    assert_eq!(
        seen,
        [
            Ok(Landed::Yes),
            Ok(Landed::Overtaken),
            Ok(Landed::Overtaken),
            Err(Some("commands_pkey")),
            Ok(Landed::Yes),
        ]
    );
    for (n, tenant) in tenants.iter().enumerate() {
        let events = if n == 0 || n == 4 { 2 } else { 1 };
        assert_whole(&region.store, tenant, events).await;
    }
}

/// Each of so many regions written to by some callers at once; how long each region's callers took.
async fn write_everywhere(
    processes: &[Executors],
    tenants: &[Tenant],
    callers: usize,
    times: usize,
) -> Vec<Duration> {
    let mut tasks = Vec::new();
    for executors in processes {
        for tenant in tenants {
            for _ in 0..callers {
                let executor = executors.of(tenant.tenant()).await.expect("starts");
                tasks.push(tokio::spawn(async move {
                    let began = Instant::now();
                    for _ in 0..times {
                        let accepted = executor.submit(order(register(organisation()))).await;
                        accepted.expect("is accepted");
                    }
                    began.elapsed()
                }));
            }
        }
    }
    let mut took = Vec::new();
    for task in tasks {
        took.push(task.await.expect("does not panic"));
    }
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn regions_that_wait_together_share_a_call() {
    let region = Region::new().await;
    let tenants = regions(&region.store, 12).await;
    let one = std::slice::from_ref(&region.executors);
    write_everywhere(one, &tenants, 2, 15).await;
    for tenant in &tenants {
        assert_whole(&region.store, tenant, 30).await;
    }
    let (batches, calls) = (metrics::BATCH_ORDERS.count(), metrics::CALL_BATCHES.count());
    assert!(calls < batches, "{calls} calls for {batches} batches");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_in_many_regions_neither_starves_in_any() {
    let region = Region::new().await;
    let tenants = regions(&region.store, 5).await;
    let processes = [
        region.another_process().await,
        region.another_process().await,
    ];
    let took = write_everywhere(&processes, &tenants, 2, 12).await;
    for tenant in &tenants {
        assert_whole(&region.store, tenant, 48).await;
    }
    let (fast, slow) = (took.iter().min(), took.iter().max());
    let (fast, slow) = (fast.expect("some"), slow.expect("some"));
    assert!(
        *slow < *fast * 4 + Duration::from_secs(2),
        "one took {fast:?}, another {slow:?}"
    );
}

#[tokio::test]
async fn a_process_frozen_before_it_landed_cannot_land_what_is_stale_by_then() {
    let region = Region::new().await;
    let proxy = Proxy::before(&region.url, LANDING)
        .await
        .expect("a free port");
    let store = Store::attach(&proxy.url, master())
        .await
        .expect("the pool opens");
    let frozen = executors(&store).of(region.id()).await.expect("starts");
    frozen
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    // It has decided two registrations, and freezes as they leave.
    let (taken, free) = (organisation(), organisation());
    proxy.arm(Cut::Hold);
    let first = frozen
        .enqueue(order(register(taken)))
        .await
        .expect("queued");
    let second = frozen.enqueue(order(register(free))).await.expect("queued");
    until("held", || proxy.cuts() == 1).await;
    // Meanwhile another process registers one of the two, and renames it.
    let awake = region.executor().await;
    for other in [register(taken), rename(taken, "Indre skole")] {
        awake.submit(order(other)).await.expect("is accepted");
    }
    assert_eq!(region.head().await.position, 3);
    proxy.release();
    assert_eq!(
        first.answer().await,
        Err(CommandError::Refused(Rejection::AlreadyRegistered))
    );
    let accepted = second.answer().await.expect("is decided again");
    assert_eq!(accepted.position, 4);
    assert_whole(&region.store, &region.tenant, 4).await;
}

#[tokio::test]
async fn a_process_frozen_with_the_heads_lock_keeps_a_region_from_nobody_for_long() {
    let region = Region::new().await;
    let executor = region.executor().await;
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    let stale = one_more(&region.store, region.id()).await;
    let mut frozen = region.store.writing(region.id()).await.expect("begins");
    frozen.idle_a_second_at_most().await.expect("is set");
    let head = frozen.lock_head().await.expect("is locked");
    assert_eq!(head.position, 1);
    let began = Instant::now();
    let accepted = executor.submit(order(register(organisation()))).await;
    assert_eq!(accepted.expect("is accepted").position, 2);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "it took {:?}",
        began.elapsed()
    );
    // It wakes, and finds its transaction gone.
    frozen.land(1, &stale).await.expect_err("is too late");
    assert_whole(&region.store, &region.tenant, 2).await;
}

#[tokio::test]
async fn who_brings_a_thousand_orders_keeps_no_other_caller_waiting() {
    let region = Region::new().await;
    let many = region.executor().await.for_one_caller();
    let mut pending = Vec::new();
    for _ in 0..1_000 {
        let one = many.enqueue(order(register(organisation()))).await;
        pending.push(one.expect("is queued"));
    }
    let other = region.executor().await;
    let accepted = other
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    assert!(
        accepted.position <= 300,
        "another caller's order came at {}",
        accepted.position
    );
    for one in pending {
        one.answer().await.expect("is accepted");
    }
}

#[tokio::test]
async fn what_had_begun_is_found_by_who_presumed_it_had_not() {
    let region = Region::new().await;
    let school = organisation();
    region
        .executor()
        .await
        .submit(order(register(school)))
        .await
        .expect("is accepted");
    // A process that has never heard of it, and asks nobody before it lands.
    let other = region.another_process().await;
    let other = other.of(region.id()).await.expect("starts");
    let mut pending = Vec::new();
    for one in [organisation(), school, organisation()] {
        pending.push(other.enqueue(order(register(one))).await.expect("queued"));
    }
    let mut answers = Vec::new();
    for one in pending {
        answers.push(one.answer().await.map(|accepted| accepted.position));
    }
    let refused = Err(CommandError::Refused(Rejection::AlreadyRegistered));
    assert_eq!(answers, [Ok(2), refused, Ok(3)]);
    assert_whole(&region.store, &region.tenant, 3).await;
}

fn with_limits(region: &Region, limits: Limits) -> Executors {
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(OsChance));
    Executors::with_limits(region.store.clone(), clock, chance, limits)
}

#[tokio::test]
async fn an_executor_without_orders_gives_its_memory_back_and_the_next_order_starts_another() {
    let region = Region::new().await;
    let limits = Limits {
        idle: Duration::from_millis(50),
        ..Limits::default()
    };
    let executors = with_limits(&region, limits);
    let executor = executors.of(region.id()).await.expect("starts");
    for n in 1..=3 {
        let accepted = executor.submit(order(register(organisation()))).await;
        assert_eq!(accepted.expect("is accepted").position, n);
        assert!(metrics::CACHE_BYTES.get() > 0);
        until("idle", || executors.active() == 0).await;
        until("empty", || metrics::CACHE_BYTES.get() == 0).await;
    }
    assert_eq!(head(&region.store, region.id()).await, 3);
}

#[tokio::test]
async fn a_cache_that_is_too_small_costs_reads_and_nothing_else() {
    let region = Region::new().await;
    let limits = Limits {
        cache_bytes: 0,
        ..Limits::default()
    };
    let executors = with_limits(&region, limits);
    let executor = executors.of(region.id()).await.expect("starts");
    let schools: Vec<_> = (0..700).map(|_| organisation()).collect();
    for to in [None, Some("Indre skole"), Some("Øvre skole")] {
        let mut pending = Vec::new();
        for school in &schools {
            let order = order(to.map_or_else(|| register(*school), |to| rename(*school, to)));
            pending.push(executor.enqueue(order).await.expect("is queued"));
        }
        for one in pending {
            one.answer().await.expect("is accepted");
        }
    }
    assert!(metrics::CACHE_EVICTIONS.get() > 0 && metrics::CACHE_MISSES.get() > 0);
    assert!(metrics::CACHE_BYTES.get() <= 256 << 10);
    assert_whole(&region.store, &region.tenant, 2_100).await;
}
