//! The program as somebody types it: input that makes no sense gets one sentence, exit code 2, and leaves nothing behind.

use crate::helpers::app::{TestApp, Who};
use crate::helpers::{Region, order, organisation, register};
use app::query::{NetworkPage, Query};
use domain::time::AsOf;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The key that [`crate::helpers::master`] is made of.
fn master_key() -> String {
    "07".repeat(32)
}

pub fn samspor(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samspor"))
        .args(arguments)
        .args(["--data", "/nowhere/at/all"])
        .env("DATABASE_URL", url)
        .env("SAMSPOR_MASTER_KEY", master_key())
        .env_remove("SAMSPOR_PASSPHRASE")
        .output()
        .expect("the program runs")
}

#[track_caller]
pub fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("is text")
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_gets_one_sentence_and_exit_code_2() {
    let app = TestApp::new().await;
    let heads = app.heads().await;
    let network = app.alfa.network.to_string();
    let long = "a".repeat(121);
    let not_a_log = std::env::temp_dir().join(format!("samspor-no-log-{}", std::process::id()));
    std::fs::write(&not_a_log, "no log\n").expect("can be written");
    let file = not_a_log.to_str().expect("is text");
    let cases: &[(&[&str], &str)] = &[
        (&[], "requires a subcommand"),
        (&["nothing"], "unrecognized subcommand"),
        (&["serve", "--listen", "here"], "--listen"),
        (&["serve", "--site", "/no/such/folder"], "/no/such/folder"),
        (&["demo", "--events", "many"], "--events"),
        (&["tenant"], "create, administrator, list"),
        (&["tenant", "create", "ny"], "--name"),
        (
            &[
                "tenant",
                "create",
                "Ny region",
                "--name",
                "Ny",
                "--language",
                "nb",
            ],
            "cannot stand in an address",
        ),
        (
            &["tenant", "create", "ny", "--name", "Ny", "--language", "de"],
            "nb, nn, en",
        ),
        (
            &["tenant", "create", "ny", "--name", " ", "--language", "nb"],
            "empty",
        ),
        (
            &[
                "tenant",
                "create",
                "ny",
                "--name",
                &long,
                "--language",
                "nb",
            ],
            "120",
        ),
        (
            &[
                "tenant",
                "create",
                "alfa",
                "--name",
                "Ny",
                "--language",
                "nb",
            ],
            "already",
        ),
        (
            &[
                "tenant",
                "create",
                "account",
                "--name",
                "Ny",
                "--language",
                "nb",
            ],
            "an address of Samspor itself",
        ),
        (
            &[
                "tenant",
                "administrator",
                "alfa",
                "--name",
                "Kari",
                "--email",
                "kari",
            ],
            "no e-mail address",
        ),
        (
            &[
                "tenant",
                "administrator",
                "gamma",
                "--name",
                "Kari",
                "--email",
                "kari@skole.example",
            ],
            "no region gamma",
        ),
        (
            &["mail", "retry", "01890000-0000-7000-8000-000000000001"],
            "no parked letter",
        ),
        (
            &["serve", "--site", ".", "--address", "mailto:kari"],
            "https://",
        ),
        (&["export", "gamma"], "no region gamma"),
        (&["export", "alfa", "--to", "last"], "--to"),
        (
            &["export", "alfa", "--with-keys", "/no/such/folder/keys"],
            "passphrase",
        ),
        (&["import", "alfa", "/no/such/file"], "/no/such/file"),
        (&["import", "alfa", file], "line 1"),
        (&["verify", "gamma"], "no region gamma"),
        (&["verify", file], "line 1"),
        (
            &["views", "rebuild", "everything"],
            "there is no view everything",
        ),
        (&["views"], "rebuild, check"),
        (&["feed", "status", "gamma"], "no region gamma"),
        (&["feed", "watch", "gamma"], "no region gamma"),
        (&["feed", "watch", "alfa", "--after", "last"], "--after"),
        (
            &["feed", "watch", "alfa", "--after", "9300000000000000000"],
            "no position",
        ),
        (&["show", "gamma", "network", &network], "no region gamma"),
        (
            &["show", "alfa", "everything", &network],
            "there is no view everything",
        ),
        (&["show", "alfa", "network", "Ingen"], "is called Ingen"),
        (
            &[
                "show",
                "alfa",
                "network",
                "01890000-0000-7000-8000-000000000001",
            ],
            "nothing is recorded",
        ),
        // Another region's network is one that never was.
        (
            &["show", "beta", "network", &network],
            "nothing is recorded",
        ),
        (
            &["show", "alfa", "network", &network, "--on", "2026-02-30"],
            "--on",
        ),
        (
            &[
                "show",
                "alfa",
                "network",
                &network,
                "--known-at",
                "yesterday",
            ],
            "--known-at",
        ),
        (&["bench", "everything"], "unrecognized subcommand"),
    ];
    for (arguments, part) in cases {
        let output = samspor(&app.url, arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(told.trim_end().lines().count(), 1, "{arguments:?}: {told}");
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
    let output = samspor("nonsense", &["tenant", "list"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("the database URL cannot be read"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    std::fs::remove_file(&not_a_log).expect("is there");
    assert!(!Path::new("/nowhere").exists(), "a folder was made");
    assert_eq!(app.heads().await, heads);
    let regions = app.store.tenants().await.expect("lists");
    assert_eq!(regions.len(), 2, "a region was opened");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_the_page_shows_as_of_a_day() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let network = alfa.network.to_string();
    for (n, called) in ["Ledernettverk fjord", "Ledernettverk fjell"]
        .iter()
        .enumerate()
    {
        let mut rename = crate::helpers::app::fields(
            "rename_network",
            &[("network", &network), ("called", called)],
        );
        rename.insert("effective".to_owned(), format!("2025-0{}-01", n + 3));
        assert!(
            app.submit(alfa, Who::Leader, &rename)
                .await
                .status
                .is_success()
        );
    }
    let mut shown = Vec::new();
    for on in ["2024-06-01", "2025-03-15", "2025-09-01"] {
        let output = samspor(&app.url, &["show", "alfa", "network", &network, "--on", on]);
        let told: serde_json::Value = serde_json::from_str(&said(&output)).expect("is JSON");
        let as_of = AsOf {
            on: on.parse().ok(),
            known_at: None,
        };
        let reply = app
            .read_as_of(
                alfa,
                Who::Administrator,
                Query::Network(alfa.network),
                as_of,
            )
            .await;
        let page: NetworkPage = reply.answer.read().expect("the answer asked for");
        assert_eq!(
            told,
            serde_json::to_value(&page.network).expect("is JSON"),
            "{on}"
        );
        shown.push(told);
    }
    assert_ne!(shown[0], shown[1]);
    assert_ne!(shown[1], shown[2]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_check_are_green_until_a_byte_is_changed_behind_our_back() {
    let app = TestApp::new().await;
    let told = said(&samspor(&app.url, &["verify"]));
    assert!(
        told.contains("alfa ok: ") && told.contains("beta ok: "),
        "{told}"
    );
    let told = said(&samspor(&app.url, &["views", "check"]));
    assert!(
        told.contains("alfa ok: ") && told.contains("beta ok: "),
        "{told}"
    );
    let mut superuser = PgConnection::connect(&app.url).await.expect("answers");
    let change = |from: &str, to: &str| {
        format!(
            "SET session_replication_role = replica;
             UPDATE events SET payload = replace(payload, '{from}', '{to}')
             WHERE tenant_id = '{}' AND position = 2",
            app.alfa.tenant.tenant()
        )
    };
    let there = "Liaheim skole";
    sqlx::raw_sql(AssertSqlSafe(change(there, "Liahejm skole")))
        .execute(&mut superuser)
        .await
        .expect("a superuser can");
    let output = samspor(&app.url, &["verify"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("beta ok: "), "{told}");
    let line = told
        .lines()
        .find(|line| line.starts_with("alfa"))
        .expect("is told");
    assert!(line.contains("position 2"), "{line}");
    sqlx::raw_sql(AssertSqlSafe(change("Liahejm skole", there)))
        .execute(&mut superuser)
        .await
        .expect("and back");
    said(&samspor(&app.url, &["verify", "alfa"]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_can_be_watched_from_any_position_until_it_is_stopped() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let land = async || {
        let landed = executor.submit(order(register(organisation()))).await;
        landed.expect("is accepted");
    };
    for _ in 0..3 {
        land().await;
    }
    let mut watching = Command::new(env!("CARGO_BIN_EXE_samspor"))
        .args(["feed", "watch", &region.tenant.slug, "--after", "1"])
        .env("DATABASE_URL", &region.url)
        .env("SAMSPOR_MASTER_KEY", master_key())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(watching.stdout.take().expect("is piped")).lines();
    let mut next = || {
        let line = lines.next().expect("goes on").expect("is text");
        let event: Value = serde_json::from_str(&line).expect("is JSON");
        assert_eq!(event["name"], "organisation.registered.v1");
        assert!(event.get("payload").is_none(), "{line}");
        event["position"].as_u64()
    };
    assert_eq!([next(), next()], [Some(2), Some(3)]);
    // What comes later, too.
    for position in 4..6 {
        land().await;
        assert_eq!(tokio::task::block_in_place(&mut next), Some(position));
    }
    cluster::terminate(&watching).expect("it runs");
    assert_eq!(watching.wait().expect("ends").code(), Some(0));
}
