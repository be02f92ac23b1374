//! The demo regions on a real log.

use crate::helpers;
use app::backend::{Backend as _, Caller};
use app::query::{Asked, NetworkPage, Networks, Query};
use domain::event::Event;
use domain::ids::StreamId;
use domain::meeting::event::MeetingEvent;
use domain::organisation::command::OrganisationCommand;
use server::backend::{DemoDoors, PgBackend};
use server::demo::{self, Region};
use server::executor::{Executors, Order};
use server::store::Store;
use server::store::tenants::{NewTenant, Opened};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::collections::{BTreeSet, HashMap};

async fn empty() -> Executors {
    attached(&helpers::database().await).await
}

async fn attached(url: &str) -> Executors {
    let store = Store::attach(url, helpers::master())
        .await
        .expect("the pool opens");
    helpers::executors(&store)
}

/// The word before and the word after a space: what every sentence and every full name has, and ids, hashes and sealed
/// words have not.
fn around(text: &str, space: usize) -> (&str, &str) {
    let (before, after) = (&text[..space], &text[space + 1..]);
    let part = |c: char| !c.is_alphanumeric();
    (
        before.rsplit(part).next().unwrap_or_default(),
        after.split(part).next().unwrap_or_default(),
    )
}

/// Where in rows of a dump somebody's words are.
fn found<'a>(rows: &[String], said: &'a BTreeSet<String>) -> Vec<&'a str> {
    let mut by_start: HashMap<(&str, &str), Vec<&'a str>> = HashMap::new();
    for words in said {
        let space = words.find(' ').expect("a name or sentence has two words");
        by_start
            .entry(around(words, space))
            .or_default()
            .push(words);
    }
    let mut found = Vec::new();
    for row in rows {
        for (space, _) in row.match_indices(' ') {
            let candidates = by_start.get(&around(row, space)).into_iter().flatten();
            found.extend(candidates.filter(|words| row.contains(**words)));
        }
    }
    found
}

/// A dump of everything but the keys' schema holds no person's name and no sentence that somebody wrote.
async fn nothing_in_a_dump_was_said_by_anybody(url: &str) {
    let store = Store::attach(url, helpers::master()).await.expect("opens");
    let now = server::clock::Clock::now(&server::clock::SystemClock);
    server::views::rebuild::fill(&store, now)
        .await
        .expect("fills the snapshots");
    let mut said = BTreeSet::new();
    for region in Region::ALL {
        for step in region.steps(0).expect("set-up") {
            let submission = step.expect("accepted").submission;
            said.extend(
                submission
                    .names
                    .iter()
                    .map(|named| named.name.as_str().to_owned()),
            );
            said.extend(
                submission
                    .texts
                    .iter()
                    .map(|text| text.words.as_str().to_owned()),
            );
        }
    }
    // Where somebody meets can be one word, and that an organisation's name.
    said.retain(|words| words.contains(' '));
    assert!(said.len() > 1_000, "{}", said.len());
    let mut superuser = PgConnection::connect(url).await.expect("answers");
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('keys', 'pg_catalog', 'information_schema')
           AND n.nspname NOT LIKE 'pg_toast%'",
    )
    .fetch_all(&mut superuser)
    .await
    .expect("lists");
    let mut rows = Vec::new();
    for table in tables {
        let all = format!("SELECT t::text FROM {table} AS t");
        let all: Vec<String> = sqlx::query_scalar(AssertSqlSafe(all))
            .fetch_all(&mut superuser)
            .await
            .expect("reads");
        rows.extend(all);
    }
    assert!(
        rows.len() > 200_000,
        "only {} rows were looked at",
        rows.len()
    );
    assert_eq!(found(&rows, &said), [""; 0]);
    // What is public is found, so what is not found is not there.
    let public = BTreeSet::from(["Evalueringsnettverket (EVA)".to_owned()]);
    assert!(found(&rows, &public).len() > 1);
}

fn shown(url: &str, arguments: &[&str]) -> serde_json::Value {
    let output = crate::command_line::samspor(url, arguments);
    serde_json::from_str(&crate::command_line::said(&output)).expect("is JSON")
}

/// `samspor show` and the page give the same network of the same day, which is not today's.
async fn a_day_is_shown_as_the_page_shows_it(url: &str, executors: &Executors) {
    let backend = PgBackend::new(executors.clone(), DemoDoors::Open);
    let administrator = demo::cast(Region::Nordmore)[5].person;
    let (session, _) = backend
        .enter("nordmore", administrator, chrono::TimeDelta::days(1))
        .await
        .expect("enters");
    let caller = Caller {
        session: Some(session),
        ..Caller::default()
    };
    let on = |on: Option<&str>| Asked {
        on: on.map(|on| on.parse().expect("is a day")),
        known_at: None,
    };
    let read = async |query, asked| {
        let reply = backend.read(&caller, "nordmore", query, asked).await;
        reply.expect("is answered").answer
    };
    let answer = read(Query::Networks, on(None)).await;
    let networks: Networks = answer.read().expect("the answer asked for");
    let mut differ = 0;
    for (network, row) in &networks.region.networks {
        let key = network.to_string();
        let show = ["show", "nordmore", "network", key.as_str()];
        let then = ["--on", "2018-06-01"];
        let Ok(reply) = backend
            .read(
                &caller,
                "nordmore",
                Query::Network(*network),
                on(Some("2018-06-01")),
            )
            .await
        else {
            // It was not thought of yet: then there is nothing to show either.
            let output = crate::command_line::samspor(url, &[&show[..], &then[..]].concat());
            assert_eq!(output.status.code(), Some(2), "{row:?}");
            continue;
        };
        let page: NetworkPage = reply.answer.read().expect("the answer asked for");
        let told = shown(url, &[&show[..], &then[..]].concat());
        assert_eq!(told, serde_json::to_value(&page.network).expect("is JSON"));
        differ += usize::from(told != shown(url, &show));
    }
    assert!(differ >= 7, "{differ} networks were otherwise then");
}

/// The day of a gathering was wrong, was corrected, and that correction was corrected.
async fn a_corrected_date_is_the_old_one_as_known_before(url: &str, executors: &Executors) {
    let mut scope = executors
        .store()
        .reading(Region::Nordmore.tenant())
        .await
        .expect("begins");
    let rows = scope.rows_after(0, i64::MAX).await.expect("reads");
    drop(scope);
    let gathering = rows
        .iter()
        .find_map(|row| match row.recorded().ok()?.event {
            Event::Meeting(MeetingEvent::Planned { meeting, on, .. })
                if on.to_string() == "2017-05-11" =>
            {
                Some(meeting.to_string())
            }
            _ => None,
        });
    let gathering = gathering.expect("the gathering of 2017");
    let on = |known_at: &[&str]| {
        let show = ["show", "nordmore", "meeting", gathering.as_str()];
        shown(url, &[&show[..], known_at].concat())["on"].clone()
    };
    assert_eq!(on(&["--known-at", "2018-01-01T00:00:00Z"]), "2017-05-11");
    assert_eq!(on(&["--known-at", "2020-01-01T00:00:00Z"]), "2017-05-18");
    assert_eq!(on(&[]), "2017-05-19");
}

async fn head(executors: &Executors, region: Region) -> server::store::read::Head {
    let mut scope = executors
        .store()
        .reading(region.tenant())
        .await
        .expect("begins");
    scope.head().await.expect("is there")
}

fn counted(region: Region) -> u64 {
    region
        .count(0)
        .expect("every step is accepted")
        .values()
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_goes_on_where_it_was_cut_short_and_then_leaves_the_regions_alone() {
    let url = helpers::database().await;
    let executors = attached(&url).await;
    let region = Region::Jaeren;
    let new = NewTenant {
        slug: region.slug(),
        name: region.name(),
        language: region.language(),
        demo: true,
        ids: Some((region.tenant(), helpers::new_id())),
    };
    let opened = executors
        .store()
        .open_tenant(new, helpers::then(), executors.chance())
        .await
        .expect("opens");
    assert!(matches!(opened, Opened::New(_)));
    let executor = executors.of(region.tenant()).await.expect("starts");
    for step in region.steps(0).expect("set-up").take(300) {
        let step = step.expect("accepted");
        let order = Order {
            now: Some(step.now),
            ..Order::new(step.submission, step.actor)
        };
        executor.submit(order).await.expect("accepted");
    }

    demo::load(&executors, None).await.expect("loads the rest");
    for region in Region::ALL {
        assert_eq!(head(&executors, region).await.position, counted(region));
    }
    nothing_in_a_dump_was_said_by_anybody(&url).await;
    a_day_is_shown_as_the_page_shows_it(&url, &executors).await;
    a_corrected_date_is_the_old_one_as_known_before(&url, &executors).await;
    let heads = [
        head(&executors, Region::Nordmore).await,
        head(&executors, Region::Jaeren).await,
    ];

    demo::load(&executors, None).await.expect("does nothing");
    assert_eq!(head(&executors, Region::Nordmore).await, heads[0]);
    assert_eq!(head(&executors, Region::Jaeren).await, heads[1]);

    // What is stored is what the generator foresaw: the same events in the same streams at the same places.
    let mut scope = executors
        .store()
        .reading(region.tenant())
        .await
        .expect("begins");
    let school = demo::cast(region)[1].person;
    let rows = scope
        .rows_of_streams(&[StreamId::from(school)], heads[1].position)
        .await
        .expect("reads");
    assert!(
        rows.len() >= 2,
        "the principal was entered and works at a school"
    );
    assert!(rows.iter().all(|row| row.recorded().is_ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_no_demo_or_has_a_life_of_its_own_is_left_alone() {
    let executors = empty().await;
    let mut new = NewTenant {
        slug: Region::Nordmore.slug(),
        name: "Et annet Nordmøre",
        language: "nb",
        demo: false,
        ids: None,
    };
    let open = executors
        .store()
        .open_tenant(new.clone(), helpers::then(), executors.chance());
    assert!(matches!(open.await.expect("opens"), Opened::New(_)));
    let refused = demo::load(&executors, None)
        .await
        .expect_err("is not a demo");
    assert!(refused.to_string().contains("is not a demo"), "{refused}");

    let executors = empty().await;
    new.demo = true;
    new.ids = Some((Region::Nordmore.tenant(), helpers::new_id()));
    let open = executors
        .store()
        .open_tenant(new, helpers::then(), executors.chance());
    assert!(matches!(open.await.expect("opens"), Opened::New(_)));
    let executor = executors
        .of(Region::Nordmore.tenant())
        .await
        .expect("starts");
    let school = helpers::register(helpers::organisation());
    assert!(matches!(
        school.command,
        domain::command::Command::Organisation(OrganisationCommand::Register { .. })
    ));
    executor
        .submit(helpers::order(school))
        .await
        .expect("accepted");
    demo::load(&executors, None)
        .await
        .expect("loads the other region");
    assert_eq!(head(&executors, Region::Nordmore).await.position, 1);
    assert_eq!(
        head(&executors, Region::Jaeren).await.position,
        counted(Region::Jaeren)
    );
}
