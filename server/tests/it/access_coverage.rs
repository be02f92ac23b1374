//! Nothing can be reached that no test of access knows: server functions, routes, pages, forms and questions are
//! listed from the program itself and compared with what the tests try.

use crate::tenants;
use std::collections::BTreeSet;

/// Each way in, and the tests that try it as somebody who may and as somebody who may not.
const COVERED: [(&str, &[&str]); 52] = [
    // Public, and the same for everybody.
    (
        "GET /api/v1/openapi.json",
        &["api::the_description_and_the_routes_say_the_same"],
    ),
    (
        "GET /api/v1/regions/{region}",
        &[
            "api::a_token_is_shown_once_and_lets_its_bearer_in_until_it_is_revoked",
            "api::another_regions_things_are_answered_as_missing_ones",
        ],
    ),
    (
        "GET /api/v1/regions/{region}/networks",
        &[
            "api::views_are_what_the_command_line_shows",
            "api::another_regions_things_are_answered_as_missing_ones",
        ],
    ),
    (
        "GET /api/v1/regions/{region}/views/{view}/{key}",
        &[
            "api::who_is_outside_sees_nothing_of_the_inside",
            "api::another_regions_things_are_answered_as_missing_ones",
        ],
    ),
    (
        "POST /api/v1/regions/{region}/commands",
        &[
            "api::orders_are_taken_from_other_programs",
            "api::who_is_outside_sees_nothing_of_the_inside",
            "api::another_regions_things_are_answered_as_missing_ones",
        ],
    ),
    (
        "GET /api/v1/regions/{region}/events",
        &[
            "api::events_come_once_and_in_order_in_pages_and_in_streams",
            "api::who_is_outside_sees_nothing_of_the_inside",
            "api::another_regions_things_are_answered_as_missing_ones",
        ],
    ),
    ("ANY /api/v1", &["api::every_refusal_is_told_as_a_problem"]),
    ("ANY /api/v1/", &["api::every_refusal_is_told_as_a_problem"]),
    (
        "ANY /api/v1/{*address}",
        &["api::every_refusal_is_told_as_a_problem"],
    ),
    (
        "POST /api/read",
        &[
            "policy_table::each_cell_is_as_the_table_says",
            "policy_table::each_question_shows_those_outside_nothing_of_the_inside",
            "tenants::questions_about_another_regions_things_are_answered_as_about_missing_ones",
        ],
    ),
    (
        "POST /api/submit",
        &[
            "policy_table::each_cell_is_as_the_table_says",
            "tenants::orders_about_another_regions_things_are_refused_as_about_missing_ones",
        ],
    ),
    (
        "POST /api/draft",
        &["features_forms::a_refused_form_without_script_keeps_what_was_typed"],
    ),
    // Public: which demo regions there are.
    (
        "POST /api/doors",
        &["access_coverage::the_doors_name_demo_people_only"],
    ),
    // Sends what no list names to nobody.
    (
        "POST /api/{*function}",
        &["access_coverage::a_function_that_is_not_there_is_not_run"],
    ),
    (
        "POST /{region}/do",
        &[
            "features_forms::a_refused_form_without_script_keeps_what_was_typed",
            "features_forms::an_accepted_form_leads_where_it_says_but_never_to_another_site",
            "tenants::another_regions_address_is_answered_as_one_that_does_not_exist",
        ],
    ),
    (
        "POST /enter",
        &["features_guard::a_session_begins_at_a_door_and_ends_when_one_leaves_or_time_is_up"],
    ),
    (
        "POST /leave",
        &["features_guard::a_session_begins_at_a_door_and_ends_when_one_leaves_or_time_is_up"],
    ),
    (
        "POST /language",
        &["features_guard::a_language_is_chosen_among_those_there_are"],
    ),
    // Public; says the same about every address.
    (
        "GET /sign-in",
        &["accounts::a_link_signs_in_once_in_the_browser_that_asked"],
    ),
    (
        "POST /sign-in",
        &[
            "accounts::a_link_signs_in_once_in_the_browser_that_asked",
            "accounts::an_address_that_is_nobodys_is_answered_like_any_other",
        ],
    ),
    (
        "GET /sign-in/with/{provider}",
        &["providers::an_invitation_is_taken_with_a_provider"],
    ),
    (
        "GET /sign-in/back",
        &[
            "providers::what_comes_back_is_used_once_and_where_it_began",
            "providers::what_a_provider_says_must_hold",
        ],
    ),
    (
        "POST /account/ways/drop",
        &["providers::the_last_way_in_stays_and_nobody_elses_is_taken"],
    ),
    (
        "GET /link/{token}",
        &["accounts::looking_at_a_link_does_not_use_it"],
    ),
    (
        "POST /link/{token}",
        &[
            "accounts::a_link_signs_in_once_in_the_browser_that_asked",
            "accounts::an_invitation_makes_an_account_a_person_of_a_region_and_of_no_other",
        ],
    ),
    (
        "GET /account",
        &["accounts::sessions_are_their_owners_to_see_and_to_end"],
    ),
    (
        "GET /{region}/people",
        &["accounts::people_are_the_administrators_to_see_and_to_invite"],
    ),
    (
        "POST /{region}/people",
        &["accounts::people_are_the_administrators_to_see_and_to_invite"],
    ),
    (
        "POST /{region}/people/forget",
        &["accounts::an_administrator_forgets_somebody_and_everybody_has_their_own_data"],
    ),
    (
        "GET /{region}/register",
        &["register::a_file_is_the_administrators_to_bring"],
    ),
    (
        "POST /{region}/register",
        &["register::a_file_is_the_administrators_to_bring"],
    ),
    (
        "POST /{region}/register/apply",
        &["register::a_file_is_the_administrators_to_bring"],
    ),
    (
        "GET /{region}/my-data",
        &["accounts::an_administrator_forgets_somebody_and_everybody_has_their_own_data"],
    ),
    (
        "GET /{region}/meetings/{meeting}/files",
        &[
            "files::files_are_for_those_inside_and_added_by_who_runs_meetings",
            "files::another_regions_file_is_answered_as_a_missing_one",
        ],
    ),
    (
        "POST /{region}/meetings/{meeting}/files",
        &[
            "files::files_are_for_those_inside_and_added_by_who_runs_meetings",
            "files::another_regions_file_is_answered_as_a_missing_one",
        ],
    ),
    (
        "GET /{region}/meetings/{meeting}/files/{file}",
        &[
            "files::files_are_for_those_inside_and_added_by_who_runs_meetings",
            "files::another_regions_file_is_answered_as_a_missing_one",
        ],
    ),
    (
        "POST /{region}/meetings/{meeting}/files/withdraw",
        &[
            "files::a_withdrawn_file_is_nowhere",
            "files::another_regions_file_is_answered_as_a_missing_one",
        ],
    ),
    (
        "POST /account/sessions/end",
        &["accounts::sessions_are_their_owners_to_see_and_to_end"],
    ),
    // One's own passkeys; whoever has none is answered like whoever signs wrongly.
    (
        "GET /sign-in/passkeys.js",
        &["passkeys::a_passkey_is_added_signs_in_and_is_removed"],
    ),
    (
        "POST /sign-in/passkey/begin",
        &["passkeys::a_passkey_is_added_signs_in_and_is_removed"],
    ),
    (
        "POST /sign-in/passkey",
        &[
            "passkeys::a_passkey_is_added_signs_in_and_is_removed",
            "passkeys::an_answer_is_taken_once_in_time_in_the_browser_that_asked",
        ],
    ),
    (
        "POST /account/passkeys/begin",
        &["passkeys::passkeys_are_their_owners_alone"],
    ),
    (
        "POST /account/passkeys",
        &["passkeys::passkeys_are_their_owners_alone"],
    ),
    (
        "POST /account/passkeys/remove",
        &["passkeys::passkeys_are_their_owners_alone"],
    ),
    // Public, and the same for everybody.
    (
        "GET /words/{file}",
        &["features_guard::answers_are_not_kept"],
    ),
    (
        "GET /health",
        &["access_coverage::what_is_public_holds_nothing_of_a_region"],
    ),
    // Where the service listens on loopback, and then for everybody.
    (
        "GET /metrics",
        &["access_coverage::figures_are_for_this_machine_only"],
    ),
    (
        "GET /favicon.svg",
        &["access_coverage::what_is_public_holds_nothing_of_a_region"],
    ),
    (
        "files /pkg",
        &["features_guard::a_page_that_is_not_there_says_so"],
    ),
    (
        "files /fonts",
        &["access_coverage::what_is_public_holds_nothing_of_a_region"],
    ),
    // Pages hold what /api/read answers; they are tried as those who may not in `tenants`.
    (
        "pages",
        &["tenants::pages_of_another_regions_things_are_those_of_missing_ones"],
    ),
    (
        "anything else",
        &["features_guard::a_page_that_is_not_there_says_so"],
    ),
];

const TESTS: [(&str, &str); 11] = [
    (
        "api",
        concat!(
            include_str!("api.rs"),
            include_str!("api/description.rs"),
            include_str!("api/orders.rs"),
            include_str!("api/streams.rs"),
        ),
    ),
    ("access_coverage", include_str!("access_coverage.rs")),
    ("accounts", include_str!("accounts.rs")),
    ("features_forms", include_str!("features_forms.rs")),
    ("features_guard", include_str!("features_guard.rs")),
    ("files", include_str!("files.rs")),
    ("passkeys", include_str!("passkeys.rs")),
    ("policy_table", include_str!("policy_table.rs")),
    ("providers", include_str!("providers.rs")),
    ("register", include_str!("register.rs")),
    ("tenants", include_str!("tenants.rs")),
];

/// What stands between the first two quotes after a word, each time the word stands there.
fn quoted_after<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    text.split(word)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

#[test]
fn every_way_in_is_tried() {
    let mut there: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| format!("{method} {path}"))
        .collect();
    assert!(
        there.len() >= 4,
        "the server functions are not linked: {there:?}"
    );
    let router = include_str!("../../src/http/mod.rs");
    let router = router
        .split("#[cfg(test)]")
        .next()
        .expect("has a beginning");
    for route in router.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("has a path");
        let (_, after) = route.split_once("\",").expect("has a method");
        let method = after.trim_start().split('(').next().expect("has a method");
        there.insert(format!("{} {path}", method.to_uppercase()));
    }
    for path in quoted_after(router, ".nest_service(") {
        there.insert(format!("files {path}"));
    }
    for (word, name) in [
        (".leptos_routes_with_context(", "pages"),
        (".fallback(", "anything else"),
    ] {
        assert!(router.contains(word), "{word} is not there any more");
        there.insert(name.to_owned());
    }
    for word in [".merge(", ".nest(", ".route_service(", ".leptos_routes("] {
        assert!(
            !router.contains(word),
            "{word} adds ways in that this test does not see"
        );
    }
    for way in &there {
        let first = way
            .split('/')
            .nth(1)
            .filter(|first| !first.starts_with('{'));
        assert!(
            first.is_none_or(|first| app::paths::RESERVED.contains(&first)),
            "a region could be called what {way} begins with"
        );
    }
    let covered: BTreeSet<String> = COVERED.iter().map(|(way, _)| (*way).to_owned()).collect();
    assert_eq!(
        there, covered,
        "what there is (left) and what is tried (right)"
    );
    for (way, tests) in COVERED {
        for test in tests {
            let (file, name) = test.split_once("::").expect("names a file and a test");
            let (_, text) = TESTS
                .iter()
                .find(|(known, _)| *known == file)
                .expect("is a file of tests");
            assert!(
                text.contains(&format!("fn {name}(")),
                "{way} is said to be tried by {test}, which is not there"
            );
        }
    }
}

#[test]
fn every_page_about_a_thing_is_tried_with_another_regions() {
    let there: BTreeSet<String> = leptos_axum::generate_route_list(app::root::App)
        .into_iter()
        .map(|route| route.path().to_owned())
        .collect();
    assert!(there.len() >= 8, "{there:?}");
    let things = tenants::Things::missing();
    let tried = things.pages("REGION");
    // A page names a thing when something follows that is different each time.
    let about_things: Vec<&String> = there
        .iter()
        .filter(|path| path.matches('{').count() > 1 && !path.contains("{*"))
        .collect();
    assert!(!about_things.is_empty(), "{there:?}");
    for path in about_things {
        let fits = |tried: &String| {
            let (pattern, tried): (Vec<&str>, Vec<&str>) =
                (path.split('/').collect(), tried.split('/').collect());
            pattern.len() == tried.len()
                && pattern
                    .iter()
                    .zip(&tried)
                    .all(|(one, other)| one.starts_with('{') || one == other)
        };
        assert!(
            tried.iter().any(fits),
            "no test opens {path} with another region's id"
        );
    }
}

#[test]
fn every_form_is_tried_with_another_regions_ids() {
    // The forms are the arms that match a form's name; they alone begin a line with a quoted word and an arrow.
    let source = include_str!("../../../app/src/forms.rs");
    let source = source
        .split("#[cfg(test)]")
        .next()
        .expect("has a beginning");
    let there: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\" =>"))
        .map(|(name, _)| name)
        .collect();
    assert!(there.len() >= 40, "{there:?}");
    let things = tenants::Things::missing();
    let orders = things.orders(tenants::Own {
        network: things.network,
        school: things.organisation,
        seat: things.seat,
    });
    let tried: BTreeSet<&str> = orders.iter().map(|order| order["form"].as_str()).collect();
    assert_eq!(
        there, tried,
        "what there is (left) and what is tried (right)"
    );
}

#[test]
fn every_question_about_a_thing_is_tried_with_another_regions() {
    let source = include_str!("../../../app/src/query.rs");
    let (_, body) = source.split_once("pub enum Query {").expect("is there");
    let body = body.split("\n}").next().expect("ends");
    let there: BTreeSet<&str> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"))
        .filter_map(|line| line.split_once('(').map(|(name, _)| name))
        .collect();
    let things = tenants::Things::missing();
    let asked = things.questions();
    let names: Vec<String> = asked
        .iter()
        .map(|question| format!("{question:?}"))
        .collect();
    let tried: BTreeSet<&str> = names
        .iter()
        .filter_map(|name| name.split('(').next())
        .collect();
    assert_eq!(
        there, tried,
        "what there is (left) and what is tried (right)"
    );
}

use crate::helpers::app::{TestApp, Who};
use crate::helpers::http::Call;
use axum::http::{StatusCode, header};
use serde_json::json;
use server::backend::{DemoDoors, PgBackend};
use std::sync::Arc;

#[tokio::test]
async fn the_doors_name_demo_people_only() {
    let app = TestApp::new().await;
    let doors = app.send(Call::post("/api/doors").json(&json!({}))).await;
    let doors: app::query::Doors = doors.accepted();
    // The regions of this test are not those that the demo loads, so none of their people stands at a door.
    assert_eq!(doors, app::query::Doors::default());
    app.finish().await;
}

#[tokio::test]
async fn a_function_that_is_not_there_is_not_run() {
    let app = TestApp::new().await;
    let heads = app.heads().await;
    for path in [
        "/api/everything",
        "/api/read/more",
        "/api/",
        "/api/../enter",
        "/api/submit%2f",
    ] {
        let call = Call::post(path)
            .session(app.alfa.token(Who::Administrator))
            .json(&json!({}));
        let answer = app.send(call).await;
        assert!(answer.status.is_client_error(), "{path}: {answer}");
        assert!(answer.header(header::SET_COOKIE).is_none(), "{path}");
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn what_is_public_holds_nothing_of_a_region() {
    let app = TestApp::new().await;
    let health = app.send(Call::get("/health")).await;
    assert_eq!(
        (health.status, health.text().as_str()),
        (StatusCode::OK, "ok\n")
    );
    for path in [
        "/favicon.svg",
        "/fonts/none.woff2",
        "/pkg/../../Cargo.toml",
        "/fonts/..%2f..%2fCargo.toml",
    ] {
        let answer = app.send(Call::get(path)).await;
        assert!(
            answer.status == StatusCode::OK && path == "/favicon.svg"
                || answer.status == StatusCode::NOT_FOUND,
            "{path}: {answer}"
        );
        assert!(
            !answer.text().contains("[package]") && !answer.text().contains("[workspace]"),
            "{path}"
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn figures_are_for_this_machine_only() {
    let app = TestApp::new().await;
    let figures = app.send(Call::get("/metrics")).await;
    assert_eq!(figures.status, StatusCode::OK);
    let text = figures.text();
    // The regions of this test were filled through executors of this process.
    let landed = text
        .lines()
        .find_map(|line| line.strip_prefix("samspor_events_landed_total "));
    assert!(
        landed.is_some_and(|landed| landed.parse::<u64>().is_ok_and(|landed| landed > 0)),
        "{text}"
    );
    assert!(!text.contains("alfa") && !text.contains(&app.alfa.tenant.id.to_string()));
    let backend = PgBackend::new(app.executors.clone(), DemoDoors::Shut);
    let elsewhere = server::http::router(
        Arc::new(backend),
        app.accounts.clone(),
        server::http::Proxy::None,
        "no-site".into(),
    );
    let outside = Call::get("/metrics").send(&elsewhere).await;
    // There it is an address like any region's, and nobody has signed in.
    assert_eq!(outside.status, StatusCode::UNAUTHORIZED);
    assert!(!outside.text().contains("samspor_events_landed_total"));
    app.finish().await;
}
