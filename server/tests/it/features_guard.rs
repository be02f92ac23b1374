//! What goes round every answer: the content security policy, no copies kept, no orders from other sites, sessions.

use crate::helpers::app::{TestApp, Who, fields};
use crate::helpers::http::{Call, HOST};
use app::error::AppError;
use app::query::Query;
use axum::http::{StatusCode, header};
use domain::time::AsOf;
use serde_json::json;

/// The values of an attribute in all tags of a name.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!("<{name}"))
        .skip(1)
        .filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
        .collect()
}

#[tokio::test]
async fn every_page_has_a_strict_policy_and_only_scripts_that_carry_its_nonce() {
    let app = TestApp::new().await;
    let mut nonces = Vec::new();
    for path in [
        "/",
        "/alfa",
        "/alfa/networks",
        "/alfa/commitments",
        "/alfa/history",
        "/no/such/page",
    ] {
        let page = app.page(&app.alfa, Who::Leader, path).await;
        assert!(!page.status.is_server_error(), "{path}: {page}");
        let policy = page
            .header(header::CONTENT_SECURITY_POLICY)
            .expect("is there")
            .to_owned();
        for word in [
            "default-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "style-src 'self'",
        ] {
            assert!(policy.contains(word), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        let nonce = policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map(|(nonce, _)| nonce.to_owned())
            .expect("scripts have a nonce");
        assert!(nonce.len() >= 22, "{nonce}");
        let html = page.text();
        let scripts = tags(&html, "script");
        assert!(
            !scripts.is_empty(),
            "{path} has no script that hydrates it:\n{html}"
        );
        for script in scripts {
            assert!(
                script.contains(&format!("nonce=\"{nonce}\""))
                    || script.contains("application/json"),
                "{path}: <script{script}>"
            );
        }
        assert!(
            !html.contains(" style=\""),
            "{path} has an inline style, which the policy forbids"
        );
        assert!(
            tags(&html, "style").is_empty(),
            "{path} has an inline style sheet"
        );
        assert_eq!(
            page.header(header::CACHE_CONTROL),
            Some("no-store"),
            "{path}"
        );
        assert_eq!(
            page.header(header::X_CONTENT_TYPE_OPTIONS),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            page.header(header::REFERRER_POLICY),
            Some("same-origin"),
            "{path}"
        );
        nonces.push(nonce);
    }
    let all = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), all, "a nonce was used twice");
    app.finish().await;
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so() {
    let app = TestApp::new().await;
    let unknown = uuid::Uuid::now_v7();
    for path in [
        "/alfa/no/such/page".to_owned(),
        "/pkg/none.js".to_owned(),
        format!("/alfa/networks/{unknown}"),
    ] {
        let page = app.page(&app.alfa, Who::Leader, &path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let found = app
        .page(
            &app.alfa,
            Who::Leader,
            &format!("/alfa/networks/{}", app.alfa.network),
        )
        .await;
    assert_eq!(found.status, StatusCode::OK, "{found}");
    app.finish().await;
}

#[tokio::test]
async fn answers_are_not_kept() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let read = app
        .ask("alfa", alfa.token(Who::Leader), &Query::Today, AsOf::LIVE)
        .await;
    assert_eq!(read.header(header::CACHE_CONTROL), Some("no-store"));
    let refused = app.send(Call::post("/api/read").json(&json!({}))).await;
    assert_eq!(refused.header(header::CACHE_CONTROL), Some("no-store"));
    let words = app.send(Call::get("/words/nn.json")).await;
    assert_eq!(
        (words.status, words.header(header::CACHE_CONTROL)),
        (StatusCode::OK, Some("public, max-age=300"))
    );
    assert_eq!(
        app.send(Call::get("/words/xx.json")).await.status,
        StatusCode::NOT_FOUND
    );
    app.finish().await;
}

#[tokio::test]
async fn orders_come_from_our_own_pages_only() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let network = alfa.network.to_string();
    let token = alfa.token(Who::Leader);
    let heads = app.heads().await;
    let form = || {
        fields(
            "rename_network",
            &[("network", &network), ("called", "Kapret")],
        )
    };
    let body = || json!({ "region": "alfa", "fields": form() });
    for origin in [
        "https://evil.example",
        "null",
        "http://samspor.test.evil.example",
        "http://samspor.test:8080",
    ] {
        for call in [
            Call::post("/api/submit").session(token).json(&body()),
            Call::post("/alfa/do").session(token).form(&form()),
            Call::post("/enter").form(&fields("enter", &[])),
            Call::post("/leave").session(token),
            Call::post("/language").form(&fields("language", &[("language", "en")])),
        ] {
            let answer = app.send(call.header(header::ORIGIN, origin)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
            assert_eq!(answer.text(), "This request came from another site.\n");
            assert!(answer.header(header::SET_COOKIE).is_none());
        }
    }
    assert_eq!(app.heads().await, heads);
    let here = Call::post("/api/submit").session(token).json(&body());
    let answer = app
        .send(here.header(header::ORIGIN, &format!("https://{HOST}")))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{answer}");
    app.finish().await;
}

#[tokio::test]
async fn a_session_begins_at_a_door_and_ends_when_one_leaves_or_time_is_up() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let person = alfa.person(Who::Guest).to_string();
    let door = |region: &str, person: &str| {
        let pairs = [
            ("region".to_owned(), region.to_owned()),
            ("person".to_owned(), person.to_owned()),
        ];
        app.send(Call::post("/enter").form(&pairs.into()))
    };
    let entered = door("alfa", &person).await;
    assert_eq!(entered.leads_to(), "/alfa");
    let cookie = entered
        .header(header::SET_COOKIE)
        .expect("is set")
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let token = cookie
        .strip_prefix("samspor_session=")
        .and_then(|rest| rest.split(';').next())
        .expect("holds a token")
        .to_owned();
    let read = || app.ask("alfa", &token, &Query::Today, AsOf::LIVE);
    assert_eq!(read().await.status, StatusCode::OK);

    // Another region's person has no door here, like one who never was.
    let missing = door("alfa", &uuid::Uuid::now_v7().to_string()).await;
    let theirs = door("beta", &person).await;
    let nowhere = door("gamma", &person).await;
    for answer in [&theirs, &nowhere] {
        assert_eq!(
            (answer.status, answer.text()),
            (missing.status, missing.text())
        );
    }
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    let left = app.send(Call::post("/leave").session(&token)).await;
    assert_eq!(left.leads_to(), "/");
    assert_eq!(read().await.refused(401), AppError::SignInRequired);

    let entered = door("alfa", &person).await;
    let cookie = entered
        .header(header::SET_COOKIE)
        .expect("is set")
        .to_owned();
    let token = cookie["samspor_session=".len()..]
        .split(';')
        .next()
        .expect("is there")
        .to_owned();
    assert_eq!(
        app.ask("alfa", &token, &Query::Today, AsOf::LIVE)
            .await
            .status,
        StatusCode::OK
    );
    app.days_pass(1);
    let late = app.ask("alfa", &token, &Query::Today, AsOf::LIVE).await;
    assert_eq!(late.refused(401), AppError::SignInRequired);
    app.finish().await;
}

#[tokio::test]
async fn a_language_is_chosen_among_those_there_are() {
    let app = TestApp::new().await;
    let choose = |language: &str, back: &str| {
        let pairs = [
            ("language".to_owned(), language.to_owned()),
            ("back".to_owned(), back.to_owned()),
        ];
        app.send(Call::post("/language").form(&pairs.into()))
    };
    let chosen = choose("nn", "/alfa?dato=2024-01-01").await;
    assert_eq!(chosen.leads_to(), "/alfa?dato=2024-01-01");
    assert!(
        chosen
            .header(header::SET_COOKIE)
            .is_some_and(|cookie| cookie.starts_with("samspor_language=nn;"))
    );
    assert_eq!(choose("nn", "//evil.example").await.leads_to(), "/");
    let unknown = choose("tlh", "/").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.header(header::SET_COOKIE).is_none());
    app.finish().await;
}
