//! A process that meets what a newer release recorded: it goes on reading, says so, and refuses to decide.

use crate::helpers::app::{TestApp, Who, around};
use crate::helpers::{Region, new_id, order, organisation, register, rename};
use app::error::AppError;
use app::query::Query;
use domain::ids::{OrganisationId, TenantId};
use domain::time::{AsOf, Timestamp};
use domain::views::organisation::OrganisationView;
use domain::views::region::OrganisationsView;
use server::clock::{Clock, SystemClock};
use server::executor::CommandError;
use server::store::Store;
use server::store::chain;
use server::store::land::{CommandRow, Landed, Landing};
use server::store::row::EventRow;
use server::views::{Read, check, rebuild};
use uuid::Uuid;

/// Lands an event of a name that this release does not know, as a process of the newer one does.
async fn land_newer(store: &Store, tenant: TenantId, school: OrganisationId, region: Uuid) {
    let mut scope = store.reading(tenant).await.expect("begins");
    let head = scope.head().await.expect("is there");
    let before = scope
        .rows_of_streams(&[school.into()], head.position)
        .await
        .expect("reads");
    drop(scope);
    let last = before.last().expect("the school is there");
    let position = i64::try_from(head.position).expect("is small") + 1;
    let mut row = EventRow {
        position,
        version: last.version + 1,
        name: "organisation.accredited.v1".to_owned(),
        payload: format!("{{\"event\":{{\"organisation\":\"{school}\"}}}}"),
        command_id: new_id(),
        recorded_at: head.recorded_at + chrono::TimeDelta::microseconds(1),
        ..last.clone()
    };
    row.hash = chain::next(head.log_id, &head.hash, &row).to_vec();
    let landing = Landing {
        commands: vec![CommandRow {
            id: row.command_id,
            digest: [0; 32],
            first_position: position,
            events: 1,
        }],
        events: vec![row],
        abouts: vec![(region, position), (school.0, position)],
        ..Landing::default()
    };
    let landed = store
        .land(tenant, position - 1, &landing)
        .await
        .expect("lands");
    assert_eq!(landed, Landed::Yes);
}

async fn read<V: server::views::registry::Kept>(
    region: &Region,
    key: Uuid,
    known_at: Option<Timestamp>,
) -> Read<V> {
    let as_of = AsOf { on: None, known_at };
    server::views::read(&region.store, &region.tenant, key, as_of, SystemClock.now())
        .await
        .expect("reads")
}

fn called(read: &Read<OrganisationView>) -> Option<&str> {
    read.view.called.as_ref().map(domain::text::Name::as_str)
}

#[tokio::test]
async fn orders_are_refused_by_whoever_meets_it_and_a_repeated_one_is_answered() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (school, other) = (organisation(), organisation());
    let accepted = register(school);
    let first = executor
        .submit(order(accepted.clone()))
        .await
        .expect("is accepted");
    executor
        .submit(order(register(other)))
        .await
        .expect("is accepted");
    land_newer(&region.store, region.id(), school, region.tenant.region_id).await;
    let refused = |answer: Result<_, CommandError>| match answer {
        Err(error @ CommandError::Newer(_)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let sentence = "nothing was recorded: a newer release of Samspor recorded the event \
                    organisation.accredited.v1 at position 3, which this one cannot read: run the newer one";
    // This one had the states of before, and finds out when it tries to land.
    let answer = executor.submit(order(rename(other, "Ny skole"))).await;
    assert_eq!(refused(answer), sentence);
    let answer = executor.submit(order(register(organisation()))).await;
    assert_eq!(refused(answer), sentence);
    // One that starts now looks first.
    let fresh = region.another_process().await;
    let fresh = fresh.of(region.id()).await.expect("starts");
    let answer = fresh.submit(order(register(organisation()))).await;
    assert_eq!(refused(answer), sentence);
    for executor in [&executor, &fresh] {
        let again = executor.submit(order(accepted.clone())).await;
        assert_eq!(again, Ok(first));
    }
    assert_eq!(region.head().await.position, 3);
}

#[tokio::test]
async fn a_read_ends_before_it_and_says_so() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (school, other) = (organisation(), organisation());
    for one in [
        register(school),
        register(other),
        rename(school, "Midtre skole"),
    ] {
        executor.submit(order(one)).await.expect("is accepted");
    }
    let before = region.head().await.recorded_at;
    land_newer(&region.store, region.id(), school, region.tenant.region_id).await;
    // What the newer release goes on with is not shown either: nobody knows what lies between.
    let newest = "INSERT INTO events
                  SELECT tenant_id, 5, stream_kind, stream_id, 4, name, replace(payload, 'Midtre', 'Nyaste'), actor,
                         gen_random_uuid(), correlation, causation, recorded_at + interval '1 second', effective_from, effective_to,
                         occurred_at, salt, hash
                  FROM events WHERE position = 3;
                  INSERT INTO abouts SELECT tenant_id, id, 5 FROM abouts WHERE position = 3;
                  UPDATE heads SET position = 5";
    sqlx::raw_sql(newest)
        .execute(&mut region.superuser().await)
        .await
        .expect("is there");
    for filled in [false, true] {
        let read_now: Read<OrganisationView> = read(&region, school.0, None).await;
        assert_eq!(called(&read_now), Some("Midtre skole"), "filled: {filled}");
        let newer = read_now.newer.expect("is said");
        assert_eq!(
            (newer.position, newer.what.as_str()),
            (4, "the event organisation.accredited.v1")
        );
        // As known before it, the page is whole; and so is what it is not about.
        let then: Read<OrganisationView> = read(&region, school.0, Some(before)).await;
        assert_eq!(
            (called(&then), then.newer.is_none()),
            (Some("Midtre skole"), true)
        );
        let beside: Read<OrganisationView> = read(&region, other.0, None).await;
        assert_eq!(
            (called(&beside), beside.newer.is_none()),
            (Some("Ytre skole"), true)
        );
        let all: Read<OrganisationsView> = read(&region, region.tenant.region_id, None).await;
        assert_eq!(all.view.organisations.len(), 2);
        assert!(all.newer.is_some());
        let checked = check::check(&region.store, &region.tenant, SystemClock.now(), |_| {})
            .await
            .expect("checks");
        assert_eq!(checked.difference, None);
        if !filled {
            let now = SystemClock.now();
            let rebuilt = rebuild::rebuild(&region.store, &region.tenant, None, now, |_| {})
                .await
                .expect("fills up to there");
            assert_eq!(rebuilt.events, 3);
            assert_eq!(rebuilt.newer.map(|newer| newer.position), Some(4));
        }
    }
    let said = server::run::of_newer_releases(&region.store)
        .await
        .expect("looks");
    assert_eq!(
        said,
        [
            "nordmore: 1 events organisation.accredited.v1, the first at position 4, are of a newer release of Samspor: \
          this one shows what was recorded before them and refuses orders; run the newer one"
        ]
    );
}

#[tokio::test]
async fn a_page_says_it_in_the_readers_words_and_a_form_is_refused() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let page = format!("/alfa/organisations/{}", alfa.first);
    let band = "En nyere utgave av Samspor har skrevet noe her som denne ikke kan vise.";
    let before = app.page(alfa, Who::Leader, &page).await;
    assert_eq!(before.status, 200);
    assert!(!before.text().contains(band));
    land_newer(
        &app.store,
        alfa.tenant.tenant(),
        alfa.first,
        alfa.tenant.region_id,
    )
    .await;
    let after = app.page(alfa, Who::Leader, &page).await;
    assert_eq!(after.status, 200);
    assert!(after.text().contains(band));
    let reply = app
        .read(alfa, Who::Leader, Query::Organisation(alfa.first))
        .await;
    assert!(around(&reply).newer);
    let view: OrganisationView = reply.answer.read().expect("the answer asked for");
    assert!(view.called.is_some());
    // A form is refused with a status that sends a balancer to another process, and nothing is recorded.
    let head = app.head(alfa).await;
    let id = alfa.network.to_string();
    let charter = [
        ("network", id.as_str()),
        ("section", "values"),
        ("text", "Åpenhet."),
        ("seen", "0"),
    ];
    let error = app
        .refuse(alfa, Who::Leader, "charter_section", &charter, 503)
        .await;
    assert_eq!(error, AppError::Newer);
    assert_eq!(app.head(alfa).await, head);
    // The other region goes on.
    let id = app.beta.network.to_string();
    let charter = [("network", id.as_str()), charter[1], charter[2], charter[3]];
    app.accept(&app.beta, Who::Leader, "charter_section", &charter)
        .await;
    app.finish().await;
}
