//! A view is the same however it comes about: read live, rebuilt, or folded from its first event.

use crate::helpers::{Region, new_id, order, organisation, register, rename, submission, written};
use domain::command::Command;
use domain::command::Submission;
use domain::correction::Instead;
use domain::event::Event;
use domain::history::Fold;
use domain::ids::{NetworkId, OrganisationId, ReadingId, TenantId, TextId};
use domain::network::command::NetworkCommand;
use domain::network::event::NetworkKind;
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{OrganisationEvent, Phase, ReadingSource};
use domain::recorded::Recorded;
use domain::text::{Name, Prose};
use domain::time::{AsOf, Effective};
use domain::views::View;
use domain::views::organisation::OrganisationView;
use domain::views::region::OrganisationsView;
use serde::{Deserialize, Serialize};
use server::clock::{Clock, SystemClock};
use server::views::check::{Checked, check};
use server::views::rebuild::Pace;
use server::views::registry::{Entry, Kept};
use server::views::writer::Snapshots;
use server::views::{codes, rebuild, registry};
use sqlx::AssertSqlSafe;
use std::sync::Arc;

async fn called(region: &Region, school: OrganisationId, as_of: AsOf) -> Option<String> {
    let read = server::views::read::<OrganisationView>(
        &region.store,
        &region.tenant,
        school.0,
        as_of,
        SystemClock.now(),
    );
    read.await
        .expect("reads")
        .view
        .called
        .map(|name| name.as_str().to_owned())
}

/// A reading of a day long past.
fn read_phase(organisation: OrganisationId, network: NetworkId, on: &str) -> Submission {
    let mut read = submission(OrganisationCommand::ReadPhase {
        reading: ReadingId(new_id()),
        network,
        organisation,
        phase: Phase::Initiation,
        source: ReadingSource::SelfReported,
    });
    read.effective = Some(Effective::day(on.parse().expect("is a day")));
    read
}

async fn checked(region: &Region) -> Checked {
    check(&region.store, &region.tenant, SystemClock.now(), |_| {})
        .await
        .expect("checks")
}

async fn rebuilt(region: &Region) {
    let now = SystemClock.now();
    rebuild::rebuild(&region.store, &region.tenant, None, now, |_| {})
        .await
        .expect("rebuilds");
}

async fn written_behind(region: &Region) {
    let snapshots = Snapshots::new(region.store.clone(), Arc::new(SystemClock));
    region
        .feed(vec![Arc::new(snapshots)])
        .runner()
        .settle()
        .await
        .expect("follows");
}

/// A rename today, a reading from long ago, and a correction of the rename, which moves it back.
async fn history(region: &Region) -> (OrganisationId, NetworkId) {
    let executor = region.executor().await;
    let school = organisation();
    let day = |text: &str| Effective::day(text.parse().expect("is a day"));
    let mut registered = register(school);
    registered.effective = Some(day("2019-08-01"));
    executor
        .submit(order(registered))
        .await
        .expect("is accepted");
    let network = NetworkId(new_id());
    let purpose = TextId(new_id());
    let mut propose = submission(NetworkCommand::Propose {
        network,
        called: Name::parse("Leiarnettverk").expect("is a name"),
        kind: NetworkKind::LeaderNetwork,
        purpose: Prose(purpose),
        parent: None,
    });
    propose.texts.push(written(purpose, "Å lære av kvarandre"));
    propose.effective = Some(day("2019-09-01"));
    executor.submit(order(propose)).await.expect("is accepted");
    let wrong = executor
        .submit(order(rename(school, "Feil skule")))
        .await
        .expect("is accepted");
    executor
        .submit(order(read_phase(school, network, "2021-08-01")))
        .await
        .expect("is accepted");
    let reason = TextId(new_id());
    let mut correct = submission(Command::Correct {
        stream: school.into(),
        of: wrong.position,
        instead: Instead::Replacement {
            event: Box::new(
                OrganisationEvent::Renamed {
                    organisation: school,
                    from: Name::parse("Ytre skole").expect("is a name"),
                    to: Name::parse("Ny skule").expect("is a name"),
                }
                .into(),
            ),
            effective: day("2023-01-01"),
        },
        reason: Prose(reason),
    });
    correct.texts.push(written(reason, "Skrivefeil"));
    executor.submit(order(correct)).await.expect("is accepted");
    (school, network)
}

#[tokio::test]
async fn live_as_of_and_rebuilt_views_agree() {
    let region = Region::new().await;
    let (school, network) = history(&region).await;
    let on = |day: &str| AsOf {
        on: day.parse().ok(),
        known_at: None,
    };
    assert_eq!(
        called(&region, school, AsOf::LIVE).await.as_deref(),
        Some("Ny skule")
    );
    assert_eq!(
        called(&region, school, on("2023-06-01")).await.as_deref(),
        Some("Ny skule")
    );
    assert_eq!(
        called(&region, school, on("2022-06-01")).await.as_deref(),
        Some("Ytre skole")
    );
    assert_eq!(called(&region, school, on("2018-06-01")).await, None);
    assert_eq!(checked(&region).await.difference, None);
    rebuilt(&region).await;
    let after = checked(&region).await;
    assert_eq!(after.difference, None);
    assert!(after.documents >= 2, "{after:?}");
    assert_eq!(
        called(&region, school, AsOf::LIVE).await.as_deref(),
        Some("Ny skule")
    );
    // On top of snapshots: what is simply applied, and what folds anew.
    let executor = region.executor().await;
    executor
        .submit(order(rename(school, "Nyaste skule")))
        .await
        .expect("is accepted");
    assert_eq!(
        called(&region, school, AsOf::LIVE).await.as_deref(),
        Some("Nyaste skule")
    );
    executor
        .submit(order(read_phase(school, network, "2022-01-01")))
        .await
        .expect("is accepted");
    assert_eq!(
        called(&region, school, AsOf::LIVE).await.as_deref(),
        Some("Nyaste skule")
    );
    assert_eq!(checked(&region).await.difference, None);
}

#[tokio::test]
async fn snapshots_written_behind_the_log_change_nothing_that_is_read() {
    let region = Region::new().await;
    let executor = region.executor().await;
    for _ in 0..40 {
        executor
            .submit(order(register(organisation())))
            .await
            .expect("is accepted");
    }
    let read = async || {
        let key = region.tenant.region_id;
        let now = SystemClock.now();
        server::views::read::<OrganisationsView>(
            &region.store,
            &region.tenant,
            key,
            AsOf::LIVE,
            now,
        )
        .await
        .expect("reads")
    };
    let before = read().await;
    assert_eq!(before.view.organisations.len(), 40);
    written_behind(&region).await;
    let kept: i64 =
        sqlx::query_scalar("SELECT position FROM snapshots WHERE view = 'organisations'")
            .fetch_one(&mut region.superuser().await)
            .await
            .expect("is kept");
    assert_eq!(kept, 40);
    assert_eq!(read().await, before);
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    assert_eq!(read().await.view.organisations.len(), 41);
}

#[tokio::test]
async fn a_snapshot_that_is_not_what_its_events_say_is_found_and_a_rebuild_repairs_it() {
    let region = Region::new().await;
    let (school, _) = history(&region).await;
    rebuilt(&region).await;
    let spoil = "UPDATE snapshots SET body = replace(body, 'Ny skule', 'Ein annan') WHERE view = 'organisation'";
    let spoilt = sqlx::raw_sql(AssertSqlSafe(spoil))
        .execute(&mut region.superuser().await)
        .await
        .expect("spoils");
    assert_eq!(spoilt.rows_affected(), 1);
    let difference = checked(&region).await.difference.expect("is found");
    assert_eq!(
        difference.to_string(),
        format!(
            "the view organisation of {} is not what its events say: its called differs",
            school.0
        )
    );
    rebuilt(&region).await;
    assert_eq!(checked(&region).await.difference, None);
    // One that cannot be read at all is folded anew.
    let spoil = "UPDATE snapshots SET body = 'x'";
    sqlx::raw_sql(AssertSqlSafe(spoil))
        .execute(&mut region.superuser().await)
        .await
        .expect("spoils");
    assert_eq!(
        called(&region, school, AsOf::LIVE).await.as_deref(),
        Some("Ny skule")
    );
    assert_eq!(checked(&region).await.difference, None);
}

/// A pace at which a small log is written many times, and hardly anything fits into memory.
const SMALL: Pace = Pace {
    page: 7,
    events: 10,
    documents: 5,
    bytes: 1_500,
};

/// A region with enough in it to be rebuilt in many steps.
async fn grown(region: &Region, schools: usize) -> OrganisationId {
    let (school, network) = history(region).await;
    let executor = region.executor().await;
    for n in 0..schools {
        let other = organisation();
        let orders = [
            register(other),
            rename(other, &format!("Skule {n}")),
            read_phase(school, network, "2020-01-01"),
        ];
        for one in orders {
            executor.submit(order(one)).await.expect("is accepted");
        }
    }
    school
}

/// A kept row: view, key, position; and who wrote it, with its body.
type Row = (String, uuid::Uuid, i64, String);

/// Every kept row of a code, to see whether it was touched.
async fn rows(region: &Region, code: &str) -> Vec<Row> {
    sqlx::query_as("SELECT view, key, position, xmin::text || body FROM snapshots WHERE code = $1 ORDER BY view, key")
        .bind(code)
        .fetch_all(&mut region.superuser().await)
        .await
        .expect("can be listed")
}

/// How the organisation's view was folded by a release before this one: it kept every name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OlderView {
    names: Vec<String>,
}

impl Fold for OlderView {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Organisation(OrganisationEvent::Registered { called: name, .. })
            | Event::Organisation(OrganisationEvent::Renamed { to: name, .. }) => {
                self.names.push(name.as_str().to_owned());
            }
            _ => {}
        }
    }
}

impl View for OlderView {
    const NAME: &'static str = OrganisationView::NAME;
    const READS: &'static [&'static str] = OrganisationView::READS;

    fn keys(event: &Event, tenant: TenantId) -> Vec<uuid::Uuid> {
        OrganisationView::keys(event, tenant)
    }
}

impl Kept for OlderView {
    const CODE: &'static str = "older";
}

/// Reads a view as snapshot and tail, and as a full fold, at one moment of the log.
async fn both_ways<V: Kept + std::fmt::Debug>(region: &Region, key: uuid::Uuid) -> V {
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let now = SystemClock.now();
    let today = AsOf {
        on: Some(region.tenant.day(now)),
        known_at: None,
    };
    let live = server::views::read_in::<V>(&mut scope, &region.tenant, key, AsOf::LIVE, now)
        .await
        .expect("reads");
    let full = server::views::read_in::<V>(&mut scope, &region.tenant, key, today, now)
        .await
        .expect("folds");
    assert_eq!(live, full);
    live.view
}

#[tokio::test]
async fn two_releases_keep_a_view_each_its_own_way_on_one_log() {
    let region = Region::new().await;
    let school = grown(&region, 3).await;
    let now = SystemClock.now();
    rebuild::fill_region(&region.store, &region.tenant, registry::ALL, now)
        .await
        .expect("the newer one fills its rows");
    let newer_code = OrganisationView::CODE;
    let newer_rows = rows(&region, newer_code).await;
    assert!(!newer_rows.is_empty());
    // A release whose code of one view is another fills that one only, beside the others.
    let mut older: Vec<Entry> = registry::ALL.to_vec();
    older.retain(|entry| entry.name != OlderView::NAME);
    older.push(Entry::of::<OlderView>());
    let filled = rebuild::fill_region(&region.store, &region.tenant, &older, now)
        .await
        .expect("the older one fills its rows");
    let older_rows = rows(&region, OlderView::CODE).await;
    assert_eq!(filled.documents, 4);
    assert_eq!(older_rows.len(), 4);
    assert_eq!(rows(&region, newer_code).await, newer_rows);
    let again = rebuild::fill_region(&region.store, &region.tenant, &older, now)
        .await
        .expect("nothing is left to fill");
    assert_eq!(again, rebuild::Rebuilt::default());
    // Both go on reading what is written, each by its own code.
    region
        .executor()
        .await
        .submit(order(rename(school, "Heilt ny skule")))
        .await
        .expect("is accepted");
    let older_view: OlderView = both_ways(&region, school.0).await;
    assert_eq!(
        older_view.names,
        ["Ytre skole", "Ny skule", "Heilt ny skule"]
    );
    let newer_view: OrganisationView = both_ways(&region, school.0).await;
    assert_eq!(
        newer_view.called.map(|name| name.as_str().to_owned()),
        Some("Heilt ny skule".to_owned())
    );
    // A rebuild of the one leaves the other's rows alone.
    rebuilt(&region).await;
    assert_eq!(rows(&region, OlderView::CODE).await, older_rows);
    assert_ne!(rows(&region, newer_code).await, newer_rows);
    assert_eq!(checked(&region).await.difference, None);
}

#[tokio::test]
async fn rows_of_a_release_go_once_nobody_has_run_it_for_days() {
    let region = Region::new().await;
    let school = grown(&region, 2).await;
    let now = SystemClock.now();
    let ago = |days| now - chrono::TimeDelta::days(days);
    let older = [Entry::of::<OlderView>()];
    rebuild::fill_region(&region.store, &region.tenant, registry::ALL, ago(30))
        .await
        .expect("fills");
    rebuild::fill_region(&region.store, &region.tenant, &older, ago(6))
        .await
        .expect("fills");
    // One that nobody has said anything about counts as run today.
    let unknown = "INSERT INTO snapshots SELECT tenant_id, view, key, 'unknown', position, body FROM snapshots
                   WHERE code = 'older'";
    sqlx::raw_sql(AssertSqlSafe(unknown))
        .execute(&mut region.superuser().await)
        .await
        .expect("is there");
    let pruned = codes::prune(&region.store, now, 7).await.expect("prunes");
    assert_eq!(pruned, codes::Pruned::default());
    // The older one says no more that it is there; whoever prunes runs its own codes.
    let pruned = codes::prune(&region.store, ago(-2), 7)
        .await
        .expect("prunes");
    assert_eq!((pruned.documents, pruned.codes), (3, 1));
    assert_eq!(rows(&region, OlderView::CODE).await, []);
    assert_eq!(rows(&region, "unknown").await.len(), 3);
    assert!(!rows(&region, OrganisationView::CODE).await.is_empty());
    // Were it there all the same, it would fold from the log.
    let view: OlderView = both_ways(&region, school.0).await;
    assert_eq!(view.names, ["Ytre skole", "Ny skule"]);
}

#[tokio::test]
async fn a_rebuild_that_was_killed_goes_on_where_it_was() {
    let region = Region::new().await;
    grown(&region, 20).await;
    rebuilt(&region).await;
    let code = OrganisationView::CODE;
    let served = rows(&region, code).await;
    let head = region.head().await.position;
    let now = SystemClock.now();
    // Dropped in the middle of a step, as often as it takes: nothing it held in memory is left.
    let mut furthest = 0;
    for stop in [25, 40] {
        let (reached, mut waits) = tokio::sync::mpsc::unbounded_channel();
        let rebuilding = rebuild::rebuild_at(
            SMALL,
            &region.store,
            &region.tenant,
            registry::ALL,
            now,
            |progress| {
                reached.send(progress.events).ok();
            },
        );
        let killed = async {
            while let Some(events) = waits.recv().await {
                if events >= stop {
                    return events;
                }
            }
            0
        };
        tokio::select! {
            ended = rebuilding => panic!("it should not have ended: {ended:?}"),
            at = killed => assert!(at > furthest && at < head),
        }
        // Meanwhile everybody reads what was there before.
        assert_eq!(rows(&region, code).await, served);
        let building: i64 =
            sqlx::query_scalar("SELECT min(building) FROM view_codes WHERE view = 'organisation'")
                .fetch_one(&mut region.superuser().await)
                .await
                .expect("it is noted how far it came");
        let building = u64::try_from(building).expect("is a position");
        assert!(building >= furthest && building < head, "{building}");
        furthest = building;
    }
    assert!(furthest > 0, "something was kept");
    let mut seen = Vec::new();
    let rebuilt = rebuild::rebuild_at(
        SMALL,
        &region.store,
        &region.tenant,
        registry::ALL,
        now,
        |progress| seen.push(progress.events),
    )
    .await
    .expect("goes on");
    assert_eq!((rebuilt.from, rebuilt.events), (furthest, head));
    assert!(seen.iter().all(|events| *events > furthest), "{seen:?}");
    let after = checked(&region).await;
    assert_eq!(after.difference, None);
    assert_eq!(rebuilt.documents, after.documents as u64);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM snapshots WHERE code LIKE '%+'")
        .fetch_one(&mut region.superuser().await)
        .await
        .expect("counts");
    assert_eq!(left, 0);
    // Snapshots alone, without their tails, are what they should be.
    let kept = rows(&region, code).await;
    let said = |rows: &[Row]| rows.iter().map(said).collect::<Vec<_>>();
    assert_eq!(said(&kept), said(&served));
}

/// What a row says, whichever position it stands at.
fn said(row: &Row) -> (uuid::Uuid, serde_json::Value) {
    let at = row.3.find('{').expect("is JSON");
    let mut body: serde_json::Value = serde_json::from_str(&row.3[at..]).expect("is JSON");
    body["live"]["reached"]["position"].take();
    (row.1, body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_during_a_rebuild_never_fail_and_are_what_the_events_say() {
    let region = Region::new().await;
    let school = grown(&region, 15).await;
    let (store, tenant) = (region.store.clone(), region.tenant.clone());
    let rebuilding = tokio::spawn(async move {
        let mut times = 0;
        for _ in 0..4 {
            let now = SystemClock.now();
            rebuild::rebuild_at(SMALL, &store, &tenant, registry::ALL, now, |_| {})
                .await
                .expect("rebuilds");
            times += 1;
        }
        times
    });
    let executor = region.executor().await;
    let (mut reads, mut n) = (0, 0);
    while !rebuilding.is_finished() {
        n += 1;
        executor
            .submit(order(rename(school, &format!("Skule i endring {n}"))))
            .await
            .expect("is accepted");
        if n % 3 == 0 {
            written_behind(&region).await;
        }
        let view: OrganisationView = both_ways(&region, school.0).await;
        assert_eq!(
            view.called.map(|name| name.as_str().to_owned()),
            Some(format!("Skule i endring {n}"))
        );
        let _: OrganisationsView = both_ways(&region, region.tenant.region_id).await;
        reads += 2;
    }
    assert_eq!(rebuilding.await.expect("ends"), 4);
    assert!(reads >= 4, "{reads} reads");
    assert_eq!(checked(&region).await.difference, None);
}

#[tokio::test]
async fn one_process_fills_a_region_at_a_time() {
    let region = Region::new().await;
    grown(&region, 5).await;
    let now = SystemClock.now();
    let other = server::store::Store::attach(&region.url, crate::helpers::master())
        .await
        .expect("the pool opens");
    let (one, two) = tokio::join!(
        rebuild::fill_region(&region.store, &region.tenant, registry::ALL, now),
        rebuild::fill_region(&other, &region.tenant, registry::ALL, now),
    );
    let documents = [one, two].map(|filled| filled.expect("fills").documents);
    assert!(
        documents.contains(&0),
        "only one had something to do: {documents:?}"
    );
    assert_eq!(
        documents.iter().sum::<u64>(),
        checked(&region).await.documents as u64
    );
}
