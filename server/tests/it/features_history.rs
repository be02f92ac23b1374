//! Any page as of another day, as known at another moment, and corrections; through HTTP.

use crate::helpers::app::{Place, TestApp, Who, around, fields, today};
use app::error::AppError;
use app::query::{NetworkPage, Query, Story, StoryKind, StoryLine, StoryQuery, Today};
use domain::event::Event;
use domain::network::event::NetworkEvent;
use domain::recorded::Position;
use domain::rejection::Rejection;
use domain::time::AsOf;
use server::history::PAGE_MAX;
use std::collections::BTreeSet;

async fn called(app: &TestApp, place: &Place, as_of: AsOf) -> Option<String> {
    let query = Query::Network(place.network);
    let reply = app.read_as_of(place, Who::Guest, query, as_of).await;
    let page: NetworkPage = reply.answer.read().expect("the answer asked for");
    page.network.called.map(|name| name.as_str().to_owned())
}

async fn rename(app: &TestApp, called: &str) -> Position {
    let network = app.alfa.network.to_string();
    let pairs = [("network", network.as_str()), ("called", called)];
    app.accept(&app.alfa, Who::Leader, "rename_network", &pairs)
        .await
        .0
        .position
}

fn story(place: &Place) -> StoryQuery {
    StoryQuery {
        about: Some(place.network.0),
        kinds: BTreeSet::new(),
        after: None,
        school_year: None,
    }
}

async fn told(app: &TestApp, who: Who, query: StoryQuery) -> Story {
    let reply = app.read(&app.alfa, who, Query::Story(query)).await;
    reply.answer.read().expect("the answer asked for")
}

const OLD: &str = "Ledernettverk nord";

#[tokio::test]
async fn a_page_of_another_day_shows_that_day() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    app.days_pass(10);
    rename(&app, "Ledernettverk Fjord").await;
    let on = |on| AsOf {
        on: Some(on),
        known_at: None,
    };
    assert_eq!(
        called(&app, alfa, AsOf::LIVE).await.as_deref(),
        Some("Ledernettverk Fjord")
    );
    assert_eq!(called(&app, alfa, on(today())).await.as_deref(), Some(OLD));
    // The directory names networks as they were called that day.
    let then = app
        .read_as_of(alfa, Who::Guest, Query::Networks, on(today()))
        .await;
    assert_eq!(around(&then).directory.networks[&alfa.network], OLD);
    // A day in the future is today; a day before the network was thought of has no such page.
    let ahead = "2031-01-01".parse().expect("is a day");
    assert_eq!(
        called(&app, alfa, on(ahead)).await.as_deref(),
        Some("Ledernettverk Fjord")
    );
    let before = on("2001-01-01".parse().expect("is a day"));
    let query = Query::Network(alfa.network);
    let answer = app
        .ask(alfa.slug, alfa.token(Who::Guest), &query, before)
        .await;
    assert_eq!(answer.refused(404), AppError::NotFound);
    // Nothing of the past changed in the other region, which has the same day and names.
    assert_eq!(
        called(&app, &app.beta, AsOf::LIVE).await.as_deref(),
        Some(OLD)
    );
    app.finish().await;
}

#[tokio::test]
async fn moments_are_shown_and_days_end_by_the_regions_clock() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    // From 2 March at 9 to the night in which clocks go forward: 00.30 on 29 March in Oslo is still the 28th in
    // universal time.
    app.days_pass(26);
    app.minutes_pass(14 * 60 + 30);
    assert_eq!(app.clock_now().to_string(), "2026-03-28 23:30:00 UTC");
    rename(&app, "Ledernettverk vinter").await;
    app.minutes_pass(2 * 60);
    rename(&app, "Ledernettverk sommer").await;
    app.days_pass(1);
    let page = app
        .page(
            alfa,
            Who::Leader,
            &format!("/alfa/history/{}", alfa.network),
        )
        .await
        .text();
    assert!(page.contains("29. mars 2026 kl. 00.30"), "{page}");
    assert!(page.contains("29. mars 2026 kl. 03.30"), "{page}");
    assert!(!page.contains("kl. 23.30") && !page.contains("kl. 01.30"));
    for (known, name) in [
        ("2026-03-28", OLD),
        ("2026-03-29", "Ledernettverk sommer"),
        ("2026-03-28T23:30:00Z", "Ledernettverk vinter"),
    ] {
        let path = format!("/alfa/networks/{}?kjent={known}", alfa.network);
        let page = app.page(alfa, Who::Guest, &path).await.text();
        let heading = page.split("<h1").nth(1).expect("has a heading");
        let heading = heading.split("</h1>").next().expect("ends");
        assert!(heading.contains(name), "known at {known}: {heading}");
        // The page says up to when, by the same clock; the day the clocks go forward has 23 hours.
        let told = match known {
            "2026-03-28" => "28. mars 2026 kl. 23.59",
            "2026-03-29" => "29. mars 2026 kl. 23.59",
            _ => "29. mars 2026 kl. 00.30",
        };
        assert!(page.contains(told), "known at {known}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_was_entered_late_is_on_its_day_but_was_not_known_then() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    app.days_pass(30);
    let before = app.clock_now();
    app.days_pass(1);
    let network = alfa.network.to_string();
    let mut late = fields(
        "rename_network",
        &[("network", &network), ("called", "Nettverk vest")],
    );
    late.insert("effective".to_owned(), "2026-03-12".to_owned());
    assert_eq!(app.submit(alfa, Who::Leader, &late).await.status, 200);
    let on = Some("2026-03-15".parse().expect("is a day"));
    let now = AsOf { on, known_at: None };
    let then = AsOf {
        on,
        known_at: Some(before),
    };
    assert_eq!(
        called(&app, alfa, now).await.as_deref(),
        Some("Nettverk vest")
    );
    assert_eq!(called(&app, alfa, then).await.as_deref(), Some(OLD));
    // A day ahead makes no sense for what happened.
    let mut ahead = late.clone();
    ahead.insert("command".to_owned(), crate::helpers::new_id().to_string());
    ahead.insert("called".to_owned(), "Nettverk aust".to_owned());
    ahead.insert("effective".to_owned(), "2030-01-01".to_owned());
    let heads = app.heads().await;
    let answer = app.submit(alfa, Who::Leader, &ahead).await;
    assert_eq!(
        answer.refused(422),
        AppError::Rejected {
            rejection: Rejection::InTheFuture
        }
    );
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn a_retracted_event_is_gone_today_and_known_before() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    app.days_pass(2);
    let renamed = rename(&app, "Feil navn").await;
    let before = app.clock_now();
    app.days_pass(2);
    let (network, of) = (alfa.network.to_string(), renamed.to_string());
    let retract = [
        ("stream_kind", "network"),
        ("stream", network.as_str()),
        ("of", &of),
        ("reason", "Navnet ble aldri vedtatt."),
    ];
    app.refuse(alfa, Who::Member, "retract", &retract, 403)
        .await;
    let (accepted, _) = app.accept(alfa, Who::Deputy, "retract", &retract).await;
    assert_eq!(accepted.events, 1);
    let error = app
        .refuse(alfa, Who::Deputy, "retract", &retract, 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::NothingCorrected
        }
    );

    assert_eq!(called(&app, alfa, AsOf::LIVE).await.as_deref(), Some(OLD));
    let known = AsOf {
        on: None,
        known_at: Some(before),
    };
    assert_eq!(
        called(&app, alfa, known).await.as_deref(),
        Some("Feil navn")
    );
    let lines = told(&app, Who::Leader, story(alfa)).await.lines;
    assert!(lines.iter().all(|line| line.recorded.position != renamed));
    app.finish().await;
}

#[tokio::test]
async fn a_corrected_event_stands_corrected_and_shows_what_stood_before() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    app.days_pass(2);
    let renamed = rename(&app, "Ledernettverk Fjrod").await;
    let lines = told(&app, Who::Leader, story(alfa)).await.lines;
    let line = lines.iter().find(|line| line.recorded.position == renamed);
    let mut event = line.expect("is told").recorded.event.clone();
    let Event::Network(NetworkEvent::Renamed { to, .. }) = &mut event else {
        panic!("{event:?}")
    };
    *to = domain::text::Name::parse("Ledernettverk Fjord").expect("is a name");
    let event = serde_json::to_string(&event).expect("is JSON");
    let (network, of) = (alfa.network.to_string(), renamed.to_string());
    let correct = |event| {
        [
            ("stream_kind", "network"),
            ("stream", network.as_str()),
            ("of", of.as_str()),
            ("event", event),
            ("true_on", "2026-03-04"),
            ("reason", "Skrivefeil."),
        ]
    };
    app.refuse(alfa, Who::Leader, "correct", &correct("{\"name\":"), 422)
        .await;
    app.accept(alfa, Who::Leader, "correct", &correct(&event))
        .await;
    assert_eq!(
        called(&app, alfa, AsOf::LIVE).await.as_deref(),
        Some("Ledernettverk Fjord")
    );

    let mut query = story(alfa);
    query.kinds = BTreeSet::from([StoryKind::Corrections]);
    let lines = told(&app, Who::Leader, query).await.lines;
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line.recorded.position, renamed);
    assert_eq!(line.before.len(), 2);
    assert_eq!(line.before[0].position, renamed);
    app.finish().await;
}

#[tokio::test]
async fn a_story_is_told_in_parts_without_gap_or_repeat() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    for n in 0..45 {
        rename(&app, &format!("Nettverk {n}")).await;
    }
    let mut query = story(alfa);
    query.kinds = BTreeSet::from([StoryKind::Bodies]);
    let mut positions = Vec::new();
    let mut parts = 0;
    loop {
        let part = told(&app, Who::Guest, query.clone()).await;
        positions.extend(part.lines.iter().map(|line| line.recorded.position));
        parts += 1;
        match part.more {
            Some(after) => query.after = Some(after),
            None => break,
        }
    }
    assert_eq!(parts, 2);
    let distinct: BTreeSet<Position> = positions.iter().copied().collect();
    assert_eq!(distinct.len(), positions.len());
    // 45 names, founded, proposed.
    assert_eq!(positions.len(), 47);
    app.finish().await;
}

#[tokio::test]
async fn a_retraction_that_was_overruled_is_told_inside_only() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    app.days_pass(2);
    let renamed = rename(&app, "Ledernettverk Fjrod").await;
    let lines = told(&app, Who::Leader, story(alfa)).await.lines;
    let line = lines.iter().find(|line| line.recorded.position == renamed);
    let mut event = line.expect("is told").recorded.event.clone();
    let (network, of) = (alfa.network.to_string(), renamed.to_string());
    let retract = [
        ("stream_kind", "network"),
        ("stream", network.as_str()),
        ("of", &of),
        ("reason", "Sagt i fortrolighet."),
    ];
    let (retracted, _) = app.accept(alfa, Who::Leader, "retract", &retract).await;
    let Event::Network(NetworkEvent::Renamed { to, .. }) = &mut event else {
        panic!("{event:?}")
    };
    *to = domain::text::Name::parse("Ledernettverk Fjord").expect("is a name");
    let (event, of) = (
        serde_json::to_string(&event).expect("is JSON"),
        retracted.position.to_string(),
    );
    let correct = [
        ("stream_kind", "network"),
        ("stream", network.as_str()),
        ("of", &of),
        ("event", &event),
        ("true_on", "2026-03-04"),
        ("reason", "Det ble vedtatt likevel."),
    ];
    app.accept(alfa, Who::Leader, "correct", &correct).await;
    for (who, versions) in [(Who::Leader, 3), (Who::Guest, 2)] {
        let lines = told(&app, who, story(alfa)).await.lines;
        let line = lines.iter().find(|line| line.recorded.position == renamed);
        let line = line.expect("stands again");
        assert_eq!(line.before.len(), versions, "{who:?}");
        let read = app
            .ask(
                alfa.slug,
                alfa.token(who),
                &Query::Story(story(alfa)),
                AsOf::LIVE,
            )
            .await;
        assert_eq!(
            read.text().contains("Sagt i fortrolighet."),
            versions == 3,
            "{who:?}"
        );
    }
    app.finish().await;
}

/// What Today says of lately, by the names of the events.
async fn lately(app: &TestApp, who: Who) -> Vec<StoryLine> {
    let reply = app.read(&app.alfa, who, Query::Today).await;
    let today: Today = reply.answer.read().expect("the answer asked for");
    today.lately
}

#[tokio::test]
async fn today_tells_what_the_story_does_however_much_lies_between() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await.to_string();
    let second = alfa.second.to_string();
    let renamed = rename(&app, "Ledernettverk fjord").await;
    let network = alfa.network.to_string();
    let retract = [
        ("stream_kind", "network"),
        ("stream", network.as_str()),
        ("of", &renamed.to_string()),
        ("reason", "Vi ble ikke enige."),
    ];
    let newest_of_the_story = async || {
        let mut lines = told(&app, Who::Representative, story(alfa)).await.lines;
        lines.sort_by_key(|line| std::cmp::Reverse(line.recorded.position));
        lines.truncate(8);
        lines
    };
    let before = lately(&app, Who::Representative).await;
    assert_eq!(before[0].recorded.position, renamed);
    assert_eq!(before, newest_of_the_story().await);
    // More than a page of the history that is no line of the story, on top of it.
    for n in 0..=PAGE_MAX {
        let answer = ["coming", "not_coming"][n as usize % 2];
        let pairs = [
            ("meeting", meeting.as_str()),
            ("organisation", &second),
            ("answer", answer),
        ];
        app.accept(alfa, Who::Representative, "answer_notice", &pairs)
            .await;
    }
    assert_eq!(lately(&app, Who::Representative).await, before);
    // A correction of what lies further back than a page.
    app.accept(alfa, Who::Leader, "retract", &retract).await;
    let after = lately(&app, Who::Representative).await;
    assert!(after.iter().all(|line| line.recorded.position != renamed));
    assert_eq!(after, newest_of_the_story().await);
    app.finish().await;
}
