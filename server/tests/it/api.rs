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

mod description;
mod orders;
mod streams;

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
