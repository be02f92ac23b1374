//! Events as a stream that follows the log.

use super::*;

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
