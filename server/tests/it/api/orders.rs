//! Orders of other programs, and what is refused before anybody decides.

use super::*;
use domain::meeting::file::{FileDigest, FileKind};

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
async fn no_order_says_that_there_is_a_file_whose_bytes_nobody_sent() {
    let app = TestApp::new().await;
    let token = token(&app, &app.alfa, Who::Leader, &ALL).await;
    let meeting = app.called_meeting(&app.alfa).await;
    let head = app.head(&app.alfa).await;
    let file = domain::ids::TextId(new_id());
    let mut texts = Vec::new();
    let name = domain::text::Sentence::parse("Referat.pdf").expect("is a name");
    let add = MeetingCommand::AddFile {
        meeting,
        file: Submission::write(&mut texts, file, name),
        kind: FileKind::Pdf,
        bytes: 1,
        digest: FileDigest([7; 32]),
    };
    let mut submission = Submission::new(CommandId(new_id()), add);
    submission.texts = texts;
    let refused = order(&app, &token, "alfa", &submission).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused}");
    assert_eq!(app.head(&app.alfa).await, head);
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
