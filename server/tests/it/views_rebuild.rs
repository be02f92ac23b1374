//! A view is the same however it comes about: read live, rebuilt, or folded from its first event.

use crate::helpers::{Region, new_id, order, organisation, register, rename, submission, written};
use domain::command::Command;
use domain::command::Submission;
use domain::correction::Instead;
use domain::ids::{NetworkId, OrganisationId, ReadingId, TextId};
use domain::network::command::NetworkCommand;
use domain::network::event::NetworkKind;
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{OrganisationEvent, Phase, ReadingSource};
use domain::text::{Name, Prose};
use domain::time::{AsOf, Effective};
use domain::views::organisation::OrganisationView;
use domain::views::region::OrganisationsView;
use server::clock::{Clock, SystemClock};
use server::views::check::{Checked, check};
use server::views::rebuild;
use server::views::writer::Snapshots;
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
    check(&region.store, &region.tenant, SystemClock.now())
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
        (difference.view, difference.key),
        ("organisation", school.0)
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
