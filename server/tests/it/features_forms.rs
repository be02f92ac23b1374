//! Forms: the same one twice, without script, and what cannot be taken; the log ends where it ended.

use crate::helpers::app::{TestApp, Who, fields};
use crate::helpers::http::{Answer, Call};
use app::error::{AppError, FieldProblem};
use app::forms::Fields;
use app::query::Accepted;
use axum::http::{StatusCode, header};
use domain::rejection::Rejection;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

type Draft = Option<(BTreeMap<String, String>, AppError)>;

async fn draft(app: &TestApp, slug: &str, token: &str, id: &str) -> Answer {
    let body = json!({ "region": slug, "id": id });
    app.send(Call::post("/api/draft").session(token).json(&body))
        .await
}

fn draft_id(address: &str) -> &str {
    let (_, after) = address
        .split_once("utkast=")
        .expect("the address names a draft");
    after.split(['&', '#']).next().expect("has a first part")
}

fn with(mut fields: Fields, name: &str, value: &str) -> Fields {
    fields.insert(name.to_owned(), value.to_owned());
    fields
}

#[tokio::test]
async fn the_same_order_again_gets_the_first_answer_and_other_content_none() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let network = alfa.network.to_string();
    let order = fields(
        "rename_network",
        &[("network", &network), ("called", "Nytt navn")],
    );
    let first: Accepted = app.submit(alfa, Who::Leader, &order).await.accepted();
    let heads = app.heads().await;
    let again: Accepted = app.submit(alfa, Who::Leader, &order).await.accepted();
    assert_eq!(again, first);
    let other = with(order.clone(), "called", "Et annet navn");
    assert_eq!(
        app.submit(alfa, Who::Leader, &other).await.refused(409),
        AppError::Repeated
    );
    // Somebody else's order with this id is another order.
    assert_eq!(
        app.submit(alfa, Who::Deputy, &order).await.refused(409),
        AppError::Repeated
    );
    assert_eq!(app.heads().await, heads);
    // In another region the id means nothing.
    let network = app.beta.network.to_string();
    let theirs = with(order, "network", &network);
    assert_eq!(
        app.submit(&app.beta, Who::Leader, &theirs).await.status,
        StatusCode::OK
    );
    app.finish().await;
}

#[tokio::test]
async fn a_refused_order_can_be_sent_again_when_it_is_allowed() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await.to_string();
    let evaluation = fields("open_evaluation", &[("meeting", &meeting)]);
    let error = app
        .submit(alfa, Who::Leader, &evaluation)
        .await
        .refused(409);
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::MeetingNotOpen
        }
    );
    app.accept(alfa, Who::Leader, "open_meeting", &[("meeting", &meeting)])
        .await;
    assert_eq!(
        app.submit(alfa, Who::Leader, &evaluation).await.status,
        StatusCode::OK
    );
    app.finish().await;
}

#[tokio::test]
async fn a_refused_form_without_script_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await.to_string();
    let back = format!("/alfa/meetings/{meeting}?dato=2026-03-01#agenda");
    let typed = "Vi prøver kollegaveiledning & mer <b>tid</b>.";
    let first = alfa.first.to_string();
    let form = fields(
        "commit",
        &[
            ("meeting", &meeting),
            ("organisation", &first),
            ("text", typed),
            ("back", &back),
        ],
    );
    let heads = app.heads().await;
    let refused = app.post_form(alfa, Who::Leader, &form).await;
    let address = refused.leads_to().to_owned();
    assert!(
        address.starts_with(&format!("/alfa/meetings/{meeting}?dato=2026-03-01&utkast=")),
        "{address}"
    );
    assert!(address.ends_with("#agenda"), "{address}");
    let id = draft_id(&address);
    let kept: Draft = draft(&app, "alfa", alfa.token(Who::Leader), id)
        .await
        .accepted();
    let (kept, error) = kept.expect("was kept");
    assert_eq!(kept["text"], typed);
    assert_eq!(kept["meeting"], meeting);
    assert!(
        !kept.contains_key("command"),
        "the next try is another order"
    );
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::MeetingNotOpen
        }
    );
    assert_eq!(app.heads().await, heads);

    // Nobody else reads it, in this region or another, signed in or not.
    for who in [Who::Administrator, Who::Deputy] {
        let theirs: Draft = draft(&app, "alfa", alfa.token(who), id).await.accepted();
        assert_eq!(theirs, None, "{who:?}");
    }
    let elsewhere: Draft = draft(&app, "beta", app.beta.token(Who::Leader), id)
        .await
        .accepted();
    assert_eq!(elsewhere, None);
    let body = json!({ "region": "alfa", "id": id });
    let nobody = app.send(Call::post("/api/draft").json(&body)).await;
    assert_eq!(nobody.refused(401), AppError::SignInRequired);

    // Sent again when it is allowed: back without the draft.
    app.accept(alfa, Who::Leader, "open_meeting", &[("meeting", &meeting)])
        .await;
    let form = with(form, "back", &address);
    let accepted = app.post_form(alfa, Who::Leader, &form).await;
    assert_eq!(accepted.leads_to(), back);
    app.finish().await;
}

#[tokio::test]
async fn an_accepted_form_leads_where_it_says_but_never_to_another_site() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let network = alfa.network.to_string();
    for (n, (then, leads_to)) in [
        ("/alfa/networks", "/alfa/networks"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("", "/alfa?a=1"),
    ]
    .into_iter()
    .enumerate()
    {
        let called = format!("Nettverk {n}");
        let pairs = [
            ("network", network.as_str()),
            ("called", &called),
            ("then", then),
            ("back", "/alfa?a=1"),
        ];
        let form = fields("rename_network", &pairs);
        let answer = app.post_form(alfa, Who::Leader, &form).await;
        assert_eq!(answer.leads_to(), leads_to);
    }
    // Without a session, or with another region's: to the doors.
    let form = fields(
        "rename_network",
        &[("network", &network), ("called", "Uten dør")],
    );
    let heads = app.heads().await;
    let nobody = app.send(Call::post("/alfa/do").form(&form)).await;
    assert_eq!(nobody.leads_to(), "/");
    let token = app.beta.token(Who::Leader);
    let theirs = app
        .send(Call::post("/alfa/do").session(token).form(&form))
        .await;
    assert_eq!(theirs.leads_to(), "/");
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn a_long_refused_form_is_kept_whole() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await.to_string();
    // Far above what is accepted, as somebody pastes it; nothing of it may be lost on the way back.
    let pasted = "x".repeat(110_000);
    let form = fields(
        "write_minutes",
        &[
            ("meeting", &meeting),
            ("seen", "0"),
            ("text", &pasted),
            ("back", "/alfa"),
        ],
    );
    let refused = app.post_form(alfa, Who::Leader, &form).await;
    let id = draft_id(refused.leads_to()).to_owned();
    let kept: Draft = draft(&app, "alfa", alfa.token(Who::Leader), &id)
        .await
        .accepted();
    let (kept, error) = kept.expect("was kept");
    assert_eq!(kept["text"], pasted);
    assert_eq!(
        error,
        AppError::Field {
            field: "text".to_owned(),
            problem: FieldProblem::TooLong { max: 8_000 }
        }
    );
    app.finish().await;
}

#[tokio::test]
async fn a_field_that_cannot_be_taken_is_named() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await.to_string();
    let (network, first) = (alfa.network.to_string(), alfa.first.to_string());
    let plan = |on, starts, kind| {
        vec![
            ("network", network.as_str()),
            ("kind", kind),
            ("on", on),
            ("starts", starts),
        ]
    };
    let commit = |text| {
        vec![
            ("meeting", meeting.as_str()),
            ("organisation", first.as_str()),
            ("text", text),
        ]
    };
    let (long, longer) = ("å".repeat(501), "å".repeat(8_001));
    let (as_long_as_it_gets, name) = ("å".repeat(500), "å".repeat(121));
    let cases = [
        (
            "plan_meeting",
            plan("2026-02-30", "09:00", "ordinary"),
            "on",
            FieldProblem::Date,
        ),
        (
            "plan_meeting",
            plan("", "09:00", "ordinary"),
            "on",
            FieldProblem::Missing,
        ),
        (
            "plan_meeting",
            plan("2026-04-01", "25:00", "ordinary"),
            "starts",
            FieldProblem::Time,
        ),
        (
            "plan_meeting",
            plan("2026-04-01", "09:00", "party"),
            "kind",
            FieldProblem::Choice,
        ),
        (
            "commit",
            commit(&long),
            "text",
            FieldProblem::TooLong { max: 500 },
        ),
        ("commit", commit("a\0b"), "text", FieldProblem::Character),
        ("commit", commit(" \n "), "text", FieldProblem::Missing),
        (
            "write_minutes",
            vec![("meeting", meeting.as_str()), ("text", &longer)],
            "text",
            FieldProblem::TooLong { max: 8_000 },
        ),
        (
            "rename_network",
            vec![("network", network.as_str()), ("called", &name)],
            "called",
            FieldProblem::TooLong { max: 120 },
        ),
        (
            "rename_network",
            vec![("network", "1' OR 1=1"), ("called", "x")],
            "network",
            FieldProblem::Choice,
        ),
        ("no_such_form", vec![], "form", FieldProblem::Choice),
    ];
    for (form, pairs, field, problem) in cases {
        let error = app.refuse(alfa, Who::Leader, form, &pairs, 422).await;
        assert_eq!(
            error,
            AppError::Field {
                field: field.to_owned(),
                problem
            },
            "{form} {field}"
        );
    }
    app.accept(alfa, Who::Leader, "commit", &commit(&as_long_as_it_gets))
        .await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_is_over_is_a_conflict() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let unknown = Uuid::now_v7().to_string();
    let rejected = |rejection| AppError::Rejected { rejection };
    let error = app
        .refuse(
            alfa,
            Who::Leader,
            "open_meeting",
            &[("meeting", &unknown)],
            404,
        )
        .await;
    assert_eq!(error, rejected(Rejection::UnknownMeeting));
    let called = [("network", unknown.as_str()), ("called", "Ingen")];
    let error = app
        .refuse(alfa, Who::Administrator, "rename_network", &called, 404)
        .await;
    assert_eq!(error, rejected(Rejection::UnknownNetwork));
    let report = [("commitment", unknown.as_str()), ("outcome", "done")];
    let error = app.refuse(alfa, Who::Leader, "report", &report, 404).await;
    assert_eq!(error, rejected(Rejection::UnknownCommitment));

    let meeting = app.open_meeting(alfa).await;
    app.close_meeting(alfa, meeting).await;
    let id = meeting.to_string();
    let item = [
        ("meeting", id.as_str()),
        ("kind", "discussion"),
        ("title", "For sent"),
    ];
    let error = app.refuse(alfa, Who::Leader, "add_item", &item, 409).await;
    assert_eq!(error, rejected(Rejection::MeetingClosed));
    app.finish().await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_so_and_changes_nothing() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let token = alfa.token(Who::Leader);
    let heads = app.heads().await;
    let post = |path: &str, kind: &str, body: Vec<u8>| {
        app.send(Call::post(path).session(token).body(kind, body))
    };
    let json = "application/json";
    for (path, body) in [
        ("/api/submit", "{\"region\":\"alfa\",\"fields\":"),
        ("/api/submit", "{\"region\":\"alfa\",\"fields\":[1,2]}"),
        (
            "/api/read",
            "{\"region\":\"alfa\",\"query\":{\"everything\":1},\"as_of\":{}}",
        ),
        ("/api/read", ""),
        ("/api/draft", "{\"region\":\"alfa\",\"id\":\"1\"}"),
    ] {
        let answer = post(path, json, body.into()).await;
        let error = answer.refused(400);
        assert!(
            matches!(error, AppError::Transport { .. }),
            "{path} {body}: {error:?}"
        );
    }
    let huge = format!(
        "{{\"region\":\"alfa\",\"fields\":{{\"text\":\"{}\"}}}}",
        "x".repeat(300 * 1024)
    );
    let answer = post("/api/submit", json, huge.into()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
    assert!(
        matches!(answer.json(), AppError::Transport { .. }),
        "{answer}"
    );
    let huge = format!("form=commit&text={}", "x".repeat(300 * 1024));
    let answer = post("/alfa/do", "application/x-www-form-urlencoded", huge.into()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
    let answer = post("/alfa/do", json, b"{}".to_vec()).await;
    assert_eq!(
        answer.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "{answer}"
    );
    let answer = app.send(Call::get("/api/submit").session(token)).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{answer}");
    assert!(answer.header(header::SET_COOKIE).is_none());
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn bad_input_without_script_gets_a_sentence_on_the_page_and_changes_nothing() {
    let app = TestApp::new().await;
    let (alfa, beta) = (&app.alfa, &app.beta);
    let open = app.open_meeting(alfa).await.to_string();
    let theirs = app.open_meeting(beta).await.to_string();
    let closed = app.open_meeting(alfa).await;
    app.close_meeting(alfa, closed).await;
    let (closed, unknown) = (closed.to_string(), Uuid::now_v7().to_string());
    let (network, first) = (alfa.network.to_string(), alfa.first.to_string());
    let long = "å".repeat(501);
    let text = "Vi prøver kollegaveiledning.";
    let commit = |meeting, text| {
        vec![
            ("meeting", meeting),
            ("organisation", &*first),
            ("text", text),
        ]
    };
    let plan = |on| {
        vec![
            ("network", &*network),
            ("kind", "ordinary"),
            ("on", on),
            ("starts", "09:00"),
        ]
    };
    let of_commit = format!("commit-{first}");
    let on_meeting = format!("/alfa/meetings/{open}");
    let on_plan = format!("/alfa/networks/{network}/plan");
    let not_here = "Møtet finnes ikke her. Last siden på nytt.";
    let heads = app.heads().await;
    for (form, key, page, pairs, sentence) in [
        (
            "commit",
            &of_commit,
            &on_meeting,
            commit(&open, &long),
            "Teksten er for lang. Kort den ned til 500 tegn.",
        ),
        (
            "commit",
            &of_commit,
            &on_meeting,
            commit(&open, " "),
            "Fyll ut feltet.",
        ),
        (
            "plan_meeting",
            &"plan".to_owned(),
            &on_plan,
            plan("2026-02-30"),
            "Skriv en dato som finnes, for eksempel 14.03.2026.",
        ),
        (
            "plan_meeting",
            &"plan".to_owned(),
            &on_plan,
            plan("2020-02-03"),
            "Dagen er passert. Velg i dag eller en senere dag.",
        ),
        (
            "plan_meeting",
            &"plan".to_owned(),
            &on_plan,
            plan("9999-12-31"),
            "Dagen ligger for langt fram. Velg en dag som er nærmere.",
        ),
        (
            "commit",
            &of_commit,
            &on_meeting,
            commit(&unknown, text),
            not_here,
        ),
        (
            "commit",
            &of_commit,
            &on_meeting,
            commit(&theirs, text),
            not_here,
        ),
        (
            "commit",
            &of_commit,
            &on_meeting,
            commit(&closed, text),
            "Møtet er avsluttet. Er noe feil, kan det rettes i historien.",
        ),
    ] {
        let mut form = fields(form, &pairs);
        form.insert("key".to_owned(), key.clone());
        form.insert("back".to_owned(), page.clone());
        let answer = app.post_form(alfa, Who::Leader, &form).await;
        let address = answer.leads_to();
        let shown = app.page(alfa, Who::Leader, address).await;
        assert_eq!(shown.status, StatusCode::OK, "{address}");
        // As one reads it: what the page keeps for its script is no sentence.
        let read: String = shown
            .text()
            .split("<script")
            .map(|part| part.split_once("</script>").map_or(part, |(_, rest)| rest))
            .collect();
        assert!(read.contains(sentence), "{pairs:?} is not told: {sentence}");
        assert!(!read.contains("unknown_meeting") && !read.contains("too_long"));
        if let Some(typed) = form.get("text") {
            assert!(read.contains(typed.trim()), "{pairs:?} was not kept");
        }
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}
