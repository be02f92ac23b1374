//! Refusals as problems, the description, requests made up from it, and the example of the README.

use super::*;

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
    let router = include_str!("../../../src/http/mod.rs");
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
    let readme = include_str!("../../../../README.md");
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
