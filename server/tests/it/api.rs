//! `/api/v1`, as other programs meet it.

use crate::command_line::{said, samspor};
use crate::helpers::app::{Place, TestApp, Who};
use crate::helpers::http::{Answer, Call};
use crate::helpers::{master, new_id};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Method, Request, StatusCode, header};
use chrono::TimeDelta;
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::correction::Instead;
use domain::ids::{CommandId, MeetingId, NetworkId};
use domain::meeting::command::MeetingCommand;
use domain::meeting::event::MeetingKind;
use domain::network::command::NetworkCommand;
use domain::network::event::Vote;
use domain::text::Name;
use domain::time::Effective;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use server::backend::{DemoDoors, Patience, PgBackend};
use server::chance::OsChance;
use server::executor::{Executors, Order};
use server::feed::{Feed, Settings};
use server::http::Proxy;
use server::store::Store;
use server::tokens::{self, NewToken, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Feed];

async fn token(app: &TestApp, place: &Place, who: Who, scopes: &[Scope]) -> String {
    let new = NewToken {
        tenant: place.tenant.tenant(),
        person: place.person(who),
        name: "Prøve",
        scopes,
        lasts: TimeDelta::days(30),
    };
    let made = tokens::make(&app.store, &OsChance, app.clock_now(), new).await;
    made.expect("is made").0
}

trait Bearing {
    fn bearing(self, token: &str) -> Self;
}

impl Bearing for Call {
    fn bearing(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }
}

async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    app.send(Call::get(&format!("/api/v1{path}")).bearing(token))
        .await
}

async fn order(app: &TestApp, token: &str, slug: &str, submission: &Submission) -> Answer {
    let path = format!("/api/v1/regions/{slug}/commands");
    app.send(Call::post(&path).bearing(token).json(submission))
        .await
}

/// The code of a refusal that is told as it should be.
#[track_caller]
fn problem(answer: &Answer, status: u16) -> Option<String> {
    assert_eq!(answer.status.as_u16(), status, "{answer}");
    let kind = answer.header(header::CONTENT_TYPE);
    assert_eq!(kind, Some("application/problem+json"), "{answer}");
    let told: Value = answer.json();
    assert_eq!(told["status"], status, "{answer}");
    for field in ["type", "title", "detail", "instance"] {
        let text = told[field].as_str().unwrap_or("");
        assert!(!text.is_empty(), "{field} of {answer}");
    }
    let id = answer.headers.get("x-request-id").expect("has an id");
    assert_eq!(told["instance"], id.to_str().expect("is text"));
    let challenged = answer.headers.contains_key(header::WWW_AUTHENTICATE);
    assert!(challenged || status != 401, "{answer}");
    told["code"].as_str().map(str::to_owned)
}

fn rename(network: NetworkId, to: &str) -> Submission {
    let command = NetworkCommand::Rename {
        network,
        called: Name::parse(to).expect("is a name"),
    };
    Submission::new(CommandId(new_id()), command)
}

/// A region where something is inside: a closed meeting with commitments and decisions, and an open one.
async fn busy(app: &TestApp, place: &Place) -> MeetingId {
    let meeting = app.open_meeting(place).await;
    app.close_meeting(place, meeting).await;
    meeting
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_lets_its_bearer_in_until_it_is_revoked() {
    let app = TestApp::new().await;
    let person = app.alfa.person(Who::Leader).to_string();
    let create = ["token", "create", "alfa", &person, "--name", "Timeplan"];
    let scoped = [&create[..], &["--scope", "read", "--scope", "feed"]].concat();
    let made = said(&samspor(&app.url, &scoped));
    let token = made.trim_end();
    assert!(token.starts_with("sps_") && token.len() == 47, "{token}");
    let kept = app.store.tokens(app.alfa.tenant.tenant()).await;
    let kept = kept.expect("lists");
    assert_eq!((kept.len(), kept[0].last_used_at), (1, None));

    let region = get(&app, token, "/regions/alfa").await;
    let region: Value = region.accepted();
    assert_eq!(region["name"], "Prøvemark");
    assert_eq!(region["language"], "nb");
    assert_eq!(region["position"], app.head(&app.alfa).await);
    let used = async || {
        let kept = app.store.tokens(app.alfa.tenant.tenant()).await;
        kept.expect("lists")[0].last_used_at
    };
    assert_eq!(used().await, Some(app.clock_now()));
    // Not every request writes.
    let first = app.clock_now();
    app.clock.advance(TimeDelta::seconds(30));
    get(&app, token, "/regions/alfa").await;
    assert_eq!(used().await, Some(first));
    app.minutes_pass(1);
    get(&app, token, "/regions/alfa").await;
    assert_eq!(used().await, Some(app.clock_now()));

    let refused = order(&app, token, "alfa", &rename(app.alfa.network, "Nytt")).await;
    assert_eq!(problem(&refused, 403).as_deref(), Some("token.scope"));

    let listed = said(&samspor(&app.url, &["token", "list", "alfa"]));
    assert!(
        listed.contains("Timeplan") && listed.contains("read,feed"),
        "{listed}"
    );
    assert!(!listed.contains(token), "{listed}");
    assert_eq!(said(&samspor(&app.url, &["token", "list", "beta"])), "");
    let id = listed.split(' ').next().expect("begins with an id");
    for (region, id) in [("beta", id), ("alfa", "ffffffffffffffff")] {
        let output = samspor(&app.url, &["token", "revoke", region, id]);
        assert_eq!(output.status.code(), Some(2));
    }
    said(&samspor(&app.url, &["token", "revoke", "alfa", id]));
    let refused = get(&app, token, "/regions/alfa").await;
    assert_eq!(problem(&refused, 401).as_deref(), Some("token.invalid"));

    // By its text, too; and only for somebody who is there, for something.
    let again = said(&samspor(&app.url, &scoped));
    said(&samspor(
        &app.url,
        &["token", "revoke", "alfa", again.trim_end()],
    ));
    let stranger = app.beta.person(Who::Leader).to_string();
    for wrong in [
        &[
            "token", "create", "alfa", &stranger, "--name", "x", "--scope", "read",
        ][..],
        &create,
        &[
            "token", "create", "alfa", &person, "--name", " ", "--scope", "read",
        ],
        &[
            "token", "create", "alfa", &person, "--name", "x", "--scope", "all",
        ],
    ] {
        assert_eq!(samspor(&app.url, wrong).status.code(), Some(2), "{wrong:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_token_lets_nobody_in_once_it_has_expired_and_a_cookie_never_does() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Leader, &ALL).await;
    assert_eq!(
        get(&app, &token, "/regions/alfa").await.status,
        StatusCode::OK
    );
    app.days_pass(30);
    let refused = get(&app, &token, "/regions/alfa").await;
    assert_eq!(problem(&refused, 401).as_deref(), Some("token.invalid"));
    let session = app.alfa.token(Who::Leader);
    let call = Call::get("/api/v1/regions/alfa").session(session);
    assert_eq!(
        problem(&app.send(call).await, 401).as_deref(),
        Some("token.missing")
    );
    // Nor is a session a token, or the other way round.
    let refused = get(&app, session, "/regions/alfa").await;
    assert_eq!(problem(&refused, 401).as_deref(), Some("token.invalid"));
    let page = app.send(Call::get("/alfa").session(&token)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    app.finish().await;
}

/// Paths about one thing each.
fn about(network: uuid::Uuid, meeting: uuid::Uuid, school: uuid::Uuid) -> [String; 6] {
    [
        format!("network/{network}"),
        format!("meeting/{meeting}"),
        format!("organisation/{school}"),
        format!("commitments/{school}"),
        format!("river/{network}"),
        format!("region/{network}"),
    ]
}

#[tokio::test]
async fn another_regions_things_are_answered_as_missing_ones() {
    let app = TestApp::new().await;
    let meeting = busy(&app, &app.beta).await;
    let theirs = about(app.beta.network.0, meeting.0, app.beta.second.0);
    let missing = about(new_id(), new_id(), new_id());
    let heads = app.heads().await;
    for who in [Who::Leader, Who::Administrator, Who::Guest] {
        let token = token(&app, &app.alfa, who, &ALL).await;
        let told = |answer: &Answer| {
            let mut told: Value = answer.json();
            told["instance"] = Value::Null;
            (answer.status, told)
        };
        for (their_path, missing_path) in theirs.iter().zip(&missing) {
            let their = get(&app, &token, &format!("/regions/alfa/views/{their_path}")).await;
            let never = get(&app, &token, &format!("/regions/alfa/views/{missing_path}")).await;
            assert_eq!(
                problem(&their, 404).as_deref(),
                Some("not_found"),
                "{their_path}"
            );
            assert_eq!(told(&their), told(&never), "{their_path}");
        }
        // A region of others is one that is not there.
        for path in ["", "/networks", "/events", "/views/region/beta"] {
            let their = get(&app, &token, &format!("/regions/beta{path}")).await;
            let never = get(&app, &token, &format!("/regions/gamma{path}")).await;
            problem(&their, 404);
            assert_eq!(told(&their), told(&never), "{path}");
        }
        let their = order(&app, &token, "alfa", &rename(app.beta.network, "Nytt")).await;
        let never = order(&app, &token, "alfa", &rename(NetworkId(new_id()), "Nytt")).await;
        assert_eq!(told(&their), told(&never));
        let their = order(&app, &token, "beta", &rename(app.beta.network, "Nytt")).await;
        let never = order(&app, &token, "gamma", &rename(app.beta.network, "Nytt")).await;
        problem(&their, 404);
        assert_eq!(told(&their), told(&never));
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_what_the_command_line_shows() {
    let app = TestApp::new().await;
    let meeting = busy(&app, &app.alfa).await;
    let token = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let (network, school) = (app.alfa.network.to_string(), app.alfa.second.to_string());
    let meeting = meeting.to_string();
    for (view, key) in [
        ("network", network.as_str()),
        ("meeting", &meeting),
        ("organisation", &school),
        ("commitments", &school),
        ("region", "alfa"),
        ("organisations", "alfa"),
        ("river", "alfa"),
    ] {
        for (on, known_at) in [
            (None, None),
            (Some("2026-03-01"), None),
            (Some("2025-01-01"), Some("2026-03-02T09:00:00Z")),
        ] {
            let mut arguments = vec!["show", "alfa", view, key];
            let mut path = format!("/regions/alfa/views/{view}/{key}?");
            if let Some(on) = on {
                arguments.extend(["--on", on]);
                path.push_str(&format!("on={on}&"));
            }
            if let Some(known_at) = known_at {
                arguments.extend(["--known-at", known_at]);
                path.push_str(&format!("known_at={known_at}"));
            }
            let shown = samspor(&app.url, &arguments);
            let answer = get(&app, &token, &path).await;
            // What was not yet there that day is an empty document on the command line and not there for others.
            if answer.status == StatusCode::NOT_FOUND {
                assert_eq!((view, on.is_some()), ("meeting", true), "{path}");
                continue;
            }
            let shown: Value = serde_json::from_str(&said(&shown)).expect("is JSON");
            let told: Value = answer.accepted();
            assert_eq!(told, shown, "{path}");
            assert!(answer.headers.contains_key("samspor-position"), "{path}");
        }
    }
    let networks = get(&app, &token, "/regions/alfa/networks").await;
    let networks: Vec<Value> = networks.accepted();
    let found = networks
        .iter()
        .find(|line| line["network"] == network.as_str());
    assert_eq!(found.expect("is listed")["called"], "Ledernettverk nord");
    assert_eq!(networks.len(), 2);
    app.finish().await;
}

/// All events that a token is given, page by page.
async fn all_events(app: &TestApp, token: &str, slug: &str, limit: u32) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/regions/{slug}/events?after={after}&limit={limit}");
        let page: Value = get(app, token, &path).await.accepted();
        all.extend(
            page["events"]
                .as_array()
                .expect("is a list")
                .iter()
                .cloned(),
        );
        let next = page["next"].as_u64().expect("is a position");
        if page["more"] != true {
            assert_eq!(next, app.store_head(slug).await);
            return all;
        }
        assert!(next > after, "{page}");
        after = next;
    }
}

impl TestApp {
    async fn store_head(&self, slug: &str) -> u64 {
        let place = if slug == "alfa" {
            &self.alfa
        } else {
            &self.beta
        };
        self.head(place).await
    }

    /// A service whose streams are not patient at all.
    fn hurried(&self) -> (Arc<PgBackend>, Router) {
        let patience = Patience {
            look: Duration::from_millis(50),
            keep_alive: Duration::from_millis(200),
        };
        let backend = PgBackend::new(self.executors.clone(), DemoDoors::Shut).patient(patience);
        let backend = Arc::new(backend);
        (
            backend.clone(),
            server::http::router(
                backend,
                self.accounts.clone(),
                Proxy::None,
                "no-site".into(),
            ),
        )
    }
}

fn position(event: &Value) -> u64 {
    let (_, position) = event["id"]
        .as_str()
        .and_then(|id| id.split_once('/'))
        .expect("an id is log/position");
    position.parse().expect("is a number")
}

#[tokio::test]
async fn who_is_outside_sees_nothing_of_the_inside() {
    let app = TestApp::new().await;
    let meeting = busy(&app, &app.alfa).await;
    let guest = token(&app, &app.alfa, Who::Guest, &ALL).await;
    let leader = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let view = async |token: &str, path: &str| -> Value {
        let path = format!("/regions/alfa/views/{path}");
        get(&app, token, &path).await.accepted()
    };
    let path = format!("meeting/{meeting}");
    let (outside, inside) = (view(&guest, &path).await, view(&leader, &path).await);
    for field in ["units", "items", "contract"] {
        let empty = |value: &Value| value.is_null() || value == &json!([]) || value == &json!({});
        assert!(empty(&outside[field]), "{field}: {outside}");
        assert!(!empty(&inside[field]), "{field}: {inside}");
    }
    let path = format!("network/{}", app.alfa.network);
    assert!(view(&guest, &path).await["contract"].is_null());
    assert!(!view(&leader, &path).await["contract"].is_null());
    let path = format!("/regions/alfa/views/commitments/{}", app.alfa.second);
    let refused = get(&app, &guest, &path).await;
    assert_eq!(problem(&refused, 403).as_deref(), Some("forbidden"));
    for who in [Who::Representative, Who::Voting, Who::Administrator] {
        let token = token(&app, &app.alfa, who, &ALL).await;
        let told: Value = get(&app, &token, &path).await.accepted();
        assert_eq!(
            told["commitments"].as_array().map(Vec::len),
            Some(1),
            "{who:?}"
        );
    }

    let (outside, inside) = (
        all_events(&app, &guest, "alfa", 100).await,
        all_events(&app, &leader, "alfa", 100).await,
    );
    assert_eq!(inside.len() as u64, app.head(&app.alfa).await);
    let names: BTreeSet<&str> = outside
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    assert!(names.contains("meeting.planned.v1"), "{names:?}");
    let is_inside = |name: &str| {
        name.starts_with("commitment.")
            || ["item_", "contract", "decision", "evaluation", "attendance"]
                .iter()
                .any(|part| name.starts_with(&format!("meeting.{part}")))
    };
    assert!(!names.iter().any(|name| is_inside(name)), "{names:?}");
    let kept: Vec<&Value> = inside
        .iter()
        .filter(|event| !is_inside(event["type"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(outside.iter().collect::<Vec<_>>(), kept);
    let refused = order(&app, &guest, "alfa", &rename(app.alfa.network, "Nytt")).await;
    assert_eq!(
        problem(&refused, 403).as_deref(),
        Some("access.not_permitted")
    );
    app.finish().await;
}

/// What comes through a stream.
struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(
        router: &Router,
        token: &str,
        path: &str,
        last: Option<u64>,
    ) -> Result<Self, Answer> {
        let mut request = Request::builder()
            .uri(format!("/api/v1{path}"))
            .header(header::ACCEPT, "text/event-stream")
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).expect("is a request");
        let response = router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        if parts.status != StatusCode::OK {
            let body = axum::body::to_bytes(body, 1 << 20).await.expect("ends");
            return Err(Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.to_vec(),
            });
        }
        assert_eq!(parts.headers[header::CONTENT_TYPE], "text/event-stream");
        assert!(!parts.headers.contains_key(header::CONTENT_ENCODING));
        Ok(Self {
            body: body.into_data_stream(),
            text: String::new(),
        })
    }

    /// The next message: its id, and its event if it tells one. `None`: the stream has ended.
    async fn message(&mut self) -> Option<(Option<u64>, Option<Value>)> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let mut lines = message.lines();
                    lines.find_map(|line| line.strip_prefix(name).map(str::trim))
                };
                let id = field("id:").map(|id| id.parse().expect("is a position"));
                let data = field("data:").map(|data| serde_json::from_str(data).expect("is JSON"));
                return Some((id, data));
            }
            let more = tokio::time::timeout(Duration::from_secs(20), self.body.next());
            let bytes = more.await.expect("comes in time")?.expect("is sent");
            self.text
                .push_str(std::str::from_utf8(&bytes).expect("is text"));
        }
    }

    /// Events up to the one of a position, or until the reader may forget it.
    async fn up_to(&mut self, position: u64) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let (id, event) = self.message().await.expect("goes on");
            if let Some(event) = event {
                assert_eq!(id, Some(self::position(&event)));
                events.push(event);
            }
            if id.is_some_and(|id| id >= position) {
                return events;
            }
        }
    }

    /// Whether nothing more is told before the end.
    async fn ends(mut self) -> bool {
        while let Some((_, event)) = self.message().await {
            if event.is_some() {
                return false;
            }
        }
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_once_and_in_order_in_pages_and_in_streams() {
    let app = TestApp::new().await;
    busy(&app, &app.alfa).await;
    let (_, router) = app.hurried();
    for who in [Who::Leader, Who::Guest] {
        let token = token(&app, &app.alfa, who, &[Scope::Feed]).await;
        let all = all_events(&app, &token, "alfa", 500).await;
        for limit in [1, 7] {
            assert_eq!(
                all_events(&app, &token, "alfa", limit).await,
                all,
                "{limit}"
            );
        }
        let positions: Vec<u64> = all.iter().map(position).collect();
        assert!(
            positions.is_sorted_by(|one, next| one < next),
            "{positions:?}"
        );
        let first = &all[0];
        assert_eq!(first["specversion"], "1.0");
        assert_eq!(first["source"], "/regions/alfa");
        assert_eq!(first["type"], "organisation.registered.v1");
        assert_eq!(first["subject"], format!("organisation/{}", app.alfa.first));
        assert_eq!(first["time"], "2026-03-02T09:00:00Z");
        assert_eq!(first["effectivefrom"], "2024-03-01");
        assert_eq!(first["data"]["called"], "Fjordvang skole");

        let head = app.head(&app.alfa).await;
        let mut stream = Stream::open(&router, &token, "/regions/alfa/events", None)
            .await
            .expect("opens");
        assert_eq!(stream.up_to(head).await, all);
        // It goes on as the log grows, and where it was broken off.
        let mut late = Vec::new();
        for name in ["Nord", "Sør", "Ledernettverk nord"] {
            app.accept(
                &app.alfa,
                Who::Leader,
                "rename_network",
                &[("network", &app.alfa.network.to_string()), ("called", name)],
            )
            .await;
            late.extend(stream.up_to(app.head(&app.alfa).await).await);
        }
        assert_eq!(late.len(), 3, "{late:?}");
        drop(stream);
        let all = all_events(&app, &token, "alfa", 500).await;
        assert!(all.ends_with(&late));
        let head = app.head(&app.alfa).await;
        for at in [0, positions[positions.len() / 2], head - 1] {
            let path = "/regions/alfa/events?after=1";
            let mut stream = Stream::open(&router, &token, path, Some(at))
                .await
                .expect("opens");
            let rest: Vec<&Value> = all.iter().filter(|event| position(event) > at).collect();
            assert_eq!(stream.up_to(head).await.iter().collect::<Vec<_>>(), rest);
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_and_with_the_service() {
    let app = TestApp::new().await;
    let (backend, router) = app.hurried();
    let open = async |token: &str| {
        let mut stream = Stream::open(&router, token, "/regions/alfa/events", None)
            .await
            .expect("opens");
        stream.up_to(app.head(&app.alfa).await).await;
        stream
    };
    let first = token(&app, &app.alfa, Who::Leader, &[Scope::Feed]).await;
    let stream = open(&first).await;
    let gone = tokens::revoke(&app.store, app.alfa.tenant.tenant(), &first).await;
    assert!(matches!(
        gone.expect("is revoked"),
        tokens::Revoked::Gone(_)
    ));
    let network = app.alfa.network.to_string();
    let pairs = [("network", network.as_str()), ("called", "Nord")];
    app.accept(&app.alfa, Who::Leader, "rename_network", &pairs)
        .await;
    assert!(stream.ends().await, "something was told after revocation");

    let second = token(&app, &app.alfa, Who::Leader, &[Scope::Feed]).await;
    let stream = open(&second).await;
    app.days_pass(30);
    assert!(stream.ends().await, "something was told after expiry");

    let third = token(&app, &app.alfa, Who::Leader, &[Scope::Feed]).await;
    let mut open_ones = Vec::new();
    let refused = loop {
        match Stream::open(&router, &third, "/regions/alfa/events", None).await {
            Ok(stream) => open_ones.push(stream),
            Err(refused) => break refused,
        }
    };
    assert_eq!(problem(&refused, 429).as_deref(), Some("streams.full"));
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    open_ones.pop();
    let stream = open(&third).await;
    backend.end_streams();
    assert!(stream.ends().await);
    app.finish().await;
}

/// A service of another process, on the same database.
async fn elsewhere(app: &TestApp) -> (Executors, Feed) {
    let store = Store::attach(&app.url, master()).await.expect("opens");
    let clock = app.clock.clone();
    let executors = Executors::new(store.clone(), clock.clone(), Arc::new(OsChance));
    let feed = Feed::new(store, clock, new_id(), Vec::new(), Settings::default());
    (executors, feed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_hears_of_what_another_process_records_or_looks_for_itself() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Guest, &[Scope::Feed]).await;
    let (executors, feed) = elsewhere(&app).await;
    let (others, other_feed) = elsewhere(&app).await;
    let following = [
        tokio::spawn({
            let (feed, landings) = (feed.clone(), executors.landings());
            async move { feed.run(landings).await }
        }),
        tokio::spawn({
            let landings = others.landings();
            async move { other_feed.run(landings).await }
        }),
    ];
    // The one only hears, as it would not look before the test is over; the other only looks, as it hears nothing.
    let only_hears = Patience {
        look: Duration::from_hours(1),
        ..Patience::default()
    };
    let hearing = PgBackend::new(executors, DemoDoors::Shut).patient(only_hears);
    let hearing = server::http::router(
        Arc::new(hearing.hearing(feed)),
        app.accounts.clone(),
        Proxy::None,
        "no-site".into(),
    );
    let (_, looking) = app.hurried();
    for router in [hearing, looking] {
        let mut stream = Stream::open(&router, &token, "/regions/alfa/events", None)
            .await
            .expect("opens");
        stream.up_to(app.head(&app.alfa).await).await;
        let elsewhere = others.of(app.alfa.tenant.tenant()).await.expect("starts");
        let actor = Actor::Person(app.alfa.person(Who::Leader));
        for name in ["Nord", "Ledernettverk nord"] {
            let order = Order::new(rename(app.alfa.network, name), actor);
            let accepted = elsewhere.submit(order).await.expect("is accepted");
            let told = stream.up_to(accepted.position).await;
            assert_eq!(told.len(), 1);
            assert_eq!(told[0]["data"]["to"], name);
        }
    }
    for one in following {
        one.abort();
    }
    app.finish().await;
}

#[tokio::test]
async fn orders_are_taken_from_other_programs() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let head = app.head(&app.alfa).await;
    let submission = rename(app.alfa.network, "Nord");
    let first = order(&app, &token, "alfa", &submission).await;
    let told: Value = first.accepted();
    assert_eq!(told, json!({"position": head + 1, "events": 1}));
    // The same again gets the same; its id with other content does not.
    let again: Value = order(&app, &token, "alfa", &submission).await.accepted();
    assert_eq!(again, told);
    let mut other = rename(app.alfa.network, "Sør");
    other.id = submission.id;
    let refused = order(&app, &token, "alfa", &other).await;
    assert_eq!(problem(&refused, 409).as_deref(), Some("command.repeated"));
    let events = all_events(&app, &token, "alfa", 500).await;
    let event = events.last().expect("is there");
    assert_eq!(
        (position(event), event["data"]["to"].as_str()),
        (head + 1, Some("Nord"))
    );
    assert_eq!(
        event["actor"],
        format!("person:{}", app.alfa.person(Who::Leader))
    );
    // A rule's refusal has the rule's code.
    let mut seat = rename(app.alfa.network, "Nord");
    seat.command = Command::Network(NetworkCommand::SetVote {
        network: app.alfa.network,
        seat: domain::ids::SeatId(new_id()),
        vote: Vote::Voting,
    });
    let refused = order(&app, &token, "alfa", &seat).await;
    assert_eq!(
        problem(&refused, 404).as_deref(),
        Some("network.unknown_seat")
    );
    assert_eq!(refused.json::<Value>()["rejection"], "network.unknown_seat");
    assert_eq!(app.head(&app.alfa).await, head + 1);
    app.finish().await;
}

#[tokio::test]
async fn what_is_taken_back_is_told_to_those_inside() {
    let app = TestApp::new().await;
    let leader = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let named: Value = order(&app, &leader, "alfa", &rename(app.alfa.network, "Nord"))
        .await
        .accepted();
    let mut retract = rename(app.alfa.network, "Nord");
    let reason = domain::text::Sentence::parse("Feil.").expect("is a sentence");
    let reason = Submission::write(&mut retract.texts, domain::ids::TextId(new_id()), reason);
    retract.command = Command::Correct {
        stream: app.alfa.network.into(),
        of: named["position"].as_u64().expect("is a position"),
        instead: Instead::Retracted,
        reason,
    };
    let retracted: Value = order(&app, &leader, "alfa", &retract).await.accepted();
    for (who, sees) in [
        (Who::Leader, true),
        (Who::Member, true),
        (Who::Representative, true),
        (Who::Administrator, true),
        (Who::Guest, false),
    ] {
        let token = token(&app, &app.alfa, who, &[Scope::Feed]).await;
        let path = format!("/regions/alfa/events?after={}", named["position"]);
        let page: Value = get(&app, &token, &path).await.accepted();
        let names: Vec<&str> = page["events"]
            .as_array()
            .expect("is a list")
            .iter()
            .filter_map(|event| event["type"].as_str())
            .collect();
        let expected: &[&str] = if sees { &["correction.made.v1"] } else { &[] };
        assert_eq!(names, expected, "{who:?}");
        assert_eq!(page["next"], retracted["position"], "{who:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn nothing_new_begins_under_the_id_of_another_thing() {
    let app = TestApp::new().await;
    let meeting = busy(&app, &app.alfa).await;
    let token = token(&app, &app.alfa, Who::Administrator, &ALL).await;
    let propose = |id| {
        let mut order = rename(NetworkId(id), "Nytt");
        let why = domain::text::Sentence::parse("Å lære.").expect("is a sentence");
        let purpose = Submission::write(&mut order.texts, domain::ids::TextId(new_id()), why);
        order.command = Command::Network(NetworkCommand::Propose {
            network: NetworkId(id),
            called: Name::parse("Nytt").expect("is a name"),
            kind: domain::network::event::NetworkKind::LeaderNetwork,
            purpose,
            parent: None,
        });
        order
    };
    let heads = app.heads().await;
    for id in [
        app.alfa.tenant.region_id,
        app.alfa.first.0,
        app.alfa.person(Who::Leader).0,
        meeting.0,
    ] {
        let refused = order(&app, &token, "alfa", &propose(id)).await;
        let code = problem(&refused, 409);
        assert_eq!(code.as_deref(), Some("register.already_registered"));
    }
    assert_eq!(app.heads().await, heads);
    // Another region's ids are as good as any: nothing tells that they are there.
    let new = propose(app.beta.network.0);
    let first: Value = order(&app, &token, "alfa", &new).await.accepted();
    let again: Value = order(&app, &token, "alfa", &new).await.accepted();
    assert_eq!(first, again);
    app.finish().await;
}

#[tokio::test]
async fn days_that_no_form_sends_are_refused_and_not_kept() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Administrator, &ALL).await;
    let network = app.alfa.network;
    let day = |text: &str| text.parse().expect("is a day");
    let days = |from, to| Effective::Days {
        from: day(from),
        to: day(to),
    };
    let mut orders = Vec::new();
    for effective in [
        days("2026-03-01", "2026-02-28"),
        days("-262143-01-01", "2026-03-01"),
        days("2026-03-01", "+262142-12-31"),
    ] {
        let mut order = rename(network, "Nytt");
        order.effective = Some(effective);
        orders.push(order);
        let mut order = rename(network, "Nytt");
        let event = domain::network::event::NetworkEvent::Renamed {
            network,
            from: Name::parse("Nord").expect("is a name"),
            to: Name::parse("Sør").expect("is a name"),
        };
        let reason = domain::text::Sentence::parse("Feil.").expect("is a sentence");
        let reason = Submission::write(&mut order.texts, domain::ids::TextId(new_id()), reason);
        order.command = Command::Correct {
            stream: network.into(),
            of: 1,
            instead: Instead::Replacement {
                event: Box::new(event.into()),
                effective,
            },
            reason,
        };
        orders.push(order);
    }
    for moment in ["-262143-01-01T00:00:00Z", "+262142-12-31T23:59:59Z"] {
        let mut order = rename(network, "Nytt");
        order.occurred_at = Some(moment.parse().expect("is a moment"));
        orders.push(order);
    }
    for on in ["-262143-01-01", "+262142-12-31"] {
        let mut order = rename(network, "Nytt");
        order.command = Command::Meeting(MeetingCommand::Plan {
            meeting: MeetingId(new_id()),
            network,
            kind: MeetingKind::Ordinary,
            on: day(on),
            starts: "09:00:00".parse().expect("is a time"),
            place: None,
            host: None,
            theme: None,
            previous: None,
        });
        orders.push(order);
    }
    let heads = app.heads().await;
    for submission in orders {
        let refused = order(&app, &token, "alfa", &submission).await;
        problem(&refused, 422);
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn every_refusal_is_told_as_a_problem() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let commands = "/api/v1/regions/alfa/commands";
    let post = |kind: &str, body: &str| Call::post(commands).bearing(&token).body(kind, body);
    let get = |path: &str| Call::get(&format!("/api/v1{path}")).bearing(&token);
    let long = format!("\"{}\"", "a".repeat(200_000));
    let cases: Vec<(u16, Call)> = vec![
        (400, get("/regions/alfa/views/region/alfa?on=yesterday")),
        (400, get("/regions/alfa/views/region/alfa?known_at=2026")),
        (400, get("/regions/alfa/events?after=-1")),
        (400, get("/regions/alfa/events?after=18446744073709551615")),
        (400, get("/regions/alfa/events?limit=0")),
        (400, get("/regions/%ff/events")),
        (401, Call::get("/api/v1/regions/alfa")),
        (401, Call::post(commands).json(&json!({}))),
        (
            401,
            Call::get("/api/v1/regions/alfa").header(header::AUTHORIZATION, "Basic YTpi"),
        ),
        (404, get("/regions/gamma")),
        (404, get("/regions/alfa/views/everything/alfa")),
        (404, get("/regions/alfa/views/network/nord")),
        (404, get("/regions")),
        (404, get("")),
        (404, get("/")),
        (404, Call::post("/api/v1/read").json(&json!({}))),
        (
            405,
            Call::new(Method::DELETE, "/api/v1/regions/alfa").bearing(&token),
        ),
        (405, get("/regions/alfa/commands")),
        (
            405,
            Call::post("/api/v1/regions/alfa/events").bearing(&token),
        ),
        (413, post("application/json", &long)),
        (415, post("text/plain", "{}")),
        (415, Call::post(commands).bearing(&token)),
        (422, post("application/json", "{")),
        (422, post("application/json; charset=utf-8", "{}")),
        (422, post("application/json", "[1]")),
    ];
    let heads = app.heads().await;
    for (status, call) in cases {
        let answer = app.send(call).await;
        problem(&answer, status);
        if status == 405 {
            assert!(answer.headers.contains_key(header::ALLOW), "{answer}");
        }
    }
    // From a page of another site nothing happens in somebody's name: there is no token.
    let call = Call::post(commands)
        .session(app.alfa.token(Who::Leader))
        .header(header::ORIGIN, "https://evil.example")
        .json(&rename(app.alfa.network, "Nytt"));
    problem(&app.send(call).await, 401);
    assert_eq!(app.heads().await, heads);
    // Elsewhere refusals are what they were.
    let page = app.send(Call::get("/no/such/page")).await;
    assert!(
        page.header(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    app.finish().await;
}

/// What the description says: ways by path and method.
fn described(description: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let paths = description["paths"].as_object().expect("has paths");
    let methods = |way: &Value| {
        let way = way.as_object().expect("has methods");
        way.keys().map(|method| method.to_uppercase()).collect()
    };
    paths
        .iter()
        .map(|(path, way)| (path.clone(), methods(way)))
        .collect()
}

/// Every reference in it.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                found.push(to.to_owned());
            }
            fields.values().for_each(|one| references(one, found));
        }
        Value::Array(items) => items.iter().for_each(|one| references(one, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_description_and_the_routes_say_the_same() {
    let app = TestApp::new().await;
    let answer = app.send(Call::get("/api/v1/openapi.json")).await;
    let description: Value = answer.accepted();
    assert!(
        description["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let router = include_str!("../../src/http/mod.rs");
    let mut routes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rest in router.split(".route(").skip(1) {
        let mut words = rest.trim_start().splitn(3, '"');
        let (path, after) = (
            words.nth(1).expect("a path"),
            words.next().expect("goes on"),
        );
        let method = after.trim_start_matches([',', ' ', '\n']);
        let method = method.split('(').next().expect("a method").to_uppercase();
        if path.starts_with("/api/v1") && method != "ANY" {
            routes.entry(path.to_owned()).or_default().insert(method);
        }
    }
    assert!(routes.len() >= 6, "{routes:?}");
    assert_eq!(described(&description), routes);
    let mut operations = BTreeSet::new();
    for (path, way) in description["paths"].as_object().expect("has paths") {
        for (method, operation) in way.as_object().expect("has methods") {
            let id = operation["operationId"].as_str().expect("has an id");
            assert!(operations.insert(id.to_owned()), "{id} is there twice");
            let answers = operation["responses"].as_object().expect("has answers");
            assert!(answers.contains_key("200"), "{method} {path}");
            let named: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "path" && one["required"] == true)
                .filter_map(|one| one["name"].as_str())
                .collect();
            let in_path: BTreeSet<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(named, in_path, "{method} {path}");
        }
    }
    let example = description
        .pointer("/paths/~1api~1v1~1regions~1{region}~1commands/post/requestBody/content/application~1json/example")
        .expect("shows an order");
    let _: Submission = serde_json::from_value(example.clone()).expect("is an order");
    let mut found = Vec::new();
    references(&description, &mut found);
    assert!(!found.is_empty());
    for to in found {
        let pointer = to.strip_prefix('#').expect("refers to itself");
        assert!(description.pointer(pointer).is_some(), "{to} is not there");
    }
    app.finish().await;
}

/// The same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

#[tokio::test]
async fn malformed_requests_break_nothing() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Administrator, &ALL).await;
    let description: Value = app.send(Call::get("/api/v1/openapi.json")).await.accepted();
    let ways = described(&description);
    let (network, school) = (app.alfa.network.to_string(), app.alfa.first.to_string());
    let long = "9".repeat(400);
    let pieces = [
        "alfa",
        "beta",
        "network",
        "meeting",
        "commitments",
        "river",
        "region",
        "",
        "%00",
        "%ff",
        "..",
        "%2e%2e%2f",
        "0",
        "-1",
        "æøå",
        "'--",
        "%F0%9F%8C%8A",
        &network,
        &school,
        &long,
        "9223372036854775807",
        "18446744073709551616",
        "00000000-0000-0000-0000-000000000000",
        "{}",
        "%7B%22a%22%3A1%7D",
    ];
    let queries = [
        "",
        "?on=",
        "?on=2026-02-30",
        "?on=-262143-01-01",
        "?on=%2B262142-12-31",
        "?on=9999-12-31",
        "?known_at=-262143-01-01T00:00:00Z",
        "?known_at=%2B262142-12-31T23:59:59Z",
        "?known_at=0001-01-01T00:00:00Z",
        "?after=9223372036854775807",
        "?after=9223372036854775808&limit=1",
        "?after=1e3",
        "?limit=4294967296",
        "?limit=501",
        "?after=9223372036854775806&limit=500",
        "?on=2020-01-01&on=2021-01-01",
        "?%00=%00",
        "?after=%ff",
    ];
    let whole = serde_json::to_string(&rename(app.alfa.network, "Nytt")).expect("is JSON");
    let bodies = [
        "",
        "{}",
        "[]",
        "null",
        "1e999",
        "{\"id\":null}",
        "\u{0}",
        &"[".repeat(5_000),
        &whole[..whole.len() / 2],
        &whole.replace("Nytt", ""),
        &whole.replace("Nytt", "\\u0000"),
        &whole.replace("rename", "ruin"),
        &whole.replace(
            "null",
            "{\"days\":{\"from\":\"-262143-01-01\",\"to\":\"+262142-12-31\"}}",
        ),
        &whole.replace("null", "\"unknown\""),
        &whole.replace('-', ""),
        &whole,
        &format!(
            "{{\"id\":\"{}\",\"command\":{{\"correct\":{{\"stream\":{{\"kind\":\"network\",\"id\":\"{network}\"}},\"of\":18446744073709551615,\"instead\":\"retracted\",\"reason\":\"{school}\"}}}}}}",
            new_id()
        ),
    ];
    let kinds = [
        "application/json",
        "text/plain",
        "application/json;charset=x",
        "",
        "multipart/form-data",
    ];
    let mut numbers = Numbers(1);
    let mut refused = 0;
    for n in 0..1_200 {
        let ways: Vec<(&String, &BTreeSet<String>)> = ways.iter().collect();
        let (path, methods) = ways[numbers.below(ways.len())];
        let mut address = String::new();
        for part in path.split('/').skip(1) {
            address.push('/');
            // Mostly the region that is there, so that what comes after it is looked at.
            address.push_str(match part {
                "{region}" if numbers.below(8) > 0 => "alfa",
                "{view}" if numbers.below(4) > 0 => numbers.one(&pieces[2..7]),
                part if part.starts_with('{') => numbers.one(&pieces),
                part => part,
            });
        }
        address.push_str(numbers.one(&queries));
        let method = match numbers.below(10) {
            0 => numbers.one(&["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"]),
            _ => methods.first().expect("has one"),
        };
        let Ok(uri) = address.parse::<axum::http::Uri>() else {
            continue;
        };
        let mut call = Call::new(method.parse().expect("is a method"), &uri.to_string());
        if numbers.below(10) > 0 {
            call = call.bearing(&token);
        }
        if numbers.below(6) == 0 {
            call = call.header(
                header::ACCEPT,
                numbers.one(&["*/*", "text/html", "", ";", "application/*"]),
            );
        }
        if method == "POST" || numbers.below(6) == 0 {
            call = call.body(numbers.one(&kinds), numbers.one(&bodies));
        }
        let told = format!("{n}: {method} {address}");
        let answer = app.send(call).await;
        assert!(!answer.status.is_server_error(), "{told}: {answer}");
        if !answer.status.is_success() && method != "HEAD" {
            refused += 1;
            problem(&answer, answer.status.as_u16());
        }
    }
    assert!(refused > 400, "only {refused} were refused");
    app.finish().await;
}

/// The example for other programs, as it stands in the README.
fn example() -> &'static str {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme
        .split_once("## For other programs")
        .expect("has the section");
    let (_, script) = section.split_once("```python\n").expect("has an example");
    script.split("```").next().expect("ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_in_the_readme_reads_a_networks_history() {
    let app = TestApp::new().await;
    busy(&app, &app.alfa).await;
    let token = token(&app, &app.alfa, Who::Leader, &[Scope::Feed]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("listens");
    let address = listener.local_addr().expect("has an address");
    let router = app.router.clone();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let run = tokio::task::spawn_blocking({
        let network = app.alfa.network.to_string();
        move || {
            std::process::Command::new("python3")
                .args(["-c", example(), "alfa", &network])
                .env("SAMSPOR_URL", format!("http://{address}"))
                .env("SAMSPOR_TOKEN", token)
                .output()
        }
    });
    match run.await.expect("ends") {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: there is no python3 to run the example with");
        }
        output => {
            let told = said(&output.expect("runs"));
            let lines: Vec<&str> = told.lines().collect();
            assert!(lines[0].contains("network.proposed.v1"), "{told}");
            assert!(
                told.contains("meeting.planned.v1") && told.contains("commitment.made.v1"),
                "{told}"
            );
            assert!(!told.contains("organisation.registered"), "{told}");
        }
    }
    serving.abort();
    app.finish().await;
}
