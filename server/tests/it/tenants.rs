//! Two regions with the same people, names and words. Whatever one asks of the other is answered as if it were not
//! there: by the service, and by the database itself.

use crate::helpers::app::{Place, TestApp, Who, fields};
use crate::helpers::http::{Answer, Call};
use app::forms::Fields;
use app::query::{Query, StoryQuery};
use axum::http::StatusCode;
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId, commitment_id};
use domain::time::AsOf;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An answer with its ids taken out: what is left must not tell a foreign thing from a missing one.
fn shape(answer: &Answer, ids: &[Uuid]) -> (StatusCode, String) {
    let mut text = answer.text();
    for id in ids {
        text = text.replace(&id.to_string(), "ID");
    }
    (answer.status, text)
}

/// Ids of a region's own.
pub struct Things {
    pub network: Uuid,
    pub meeting: Uuid,
    pub commitment: Uuid,
    pub organisation: Uuid,
    pub person: Uuid,
    pub seat: Uuid,
    pub item: Uuid,
    pub draft: Uuid,
}

/// What stands beside another's ids in an order, so that it is refused because of those alone.
pub struct Own {
    pub network: Uuid,
    pub school: Uuid,
    pub seat: Uuid,
}

impl Own {
    fn of(place: &Place) -> Self {
        Self {
            network: place.network.0,
            school: place.first.0,
            seat: place.seat.0,
        }
    }
}

impl Things {
    /// Of a region where all of them are there.
    async fn of(app: &TestApp, place: &Place) -> Self {
        let meeting = app.open_meeting(place).await;
        app.close_meeting(place, meeting).await;
        let open = app.open_meeting(place).await;
        let item = app
            .meeting(place, Who::Leader, open)
            .await
            .page
            .meeting
            .items[0]
            .item;
        let refused = fields(
            "open_meeting",
            &[("meeting", &open.to_string()), ("back", "/")],
        );
        let address = app
            .post_form(place, Who::Leader, &refused)
            .await
            .leads_to()
            .to_owned();
        let (_, draft) = address.split_once("utkast=").expect("a draft is kept");
        Self {
            network: place.network.0,
            meeting: open.0,
            commitment: commitment_id(meeting, place.second).0,
            organisation: place.second.0,
            person: place.person(Who::Member).0,
            seat: place.seat.0,
            item: item.0,
            draft: draft.parse().expect("is an id"),
        }
    }

    /// That never were.
    pub fn missing() -> Self {
        Self {
            network: crate::helpers::new_id(),
            meeting: crate::helpers::new_id(),
            commitment: crate::helpers::new_id(),
            organisation: crate::helpers::new_id(),
            person: crate::helpers::new_id(),
            seat: crate::helpers::new_id(),
            item: crate::helpers::new_id(),
            draft: crate::helpers::new_id(),
        }
    }

    fn ids(&self) -> [Uuid; 8] {
        [
            self.network,
            self.meeting,
            self.commitment,
            self.organisation,
            self.person,
            self.seat,
            self.item,
            self.draft,
        ]
    }

    /// Every question that names a thing.
    pub fn questions(&self) -> Vec<Query> {
        let story = |about| {
            Query::Story(StoryQuery {
                about: Some(about),
                kinds: BTreeSet::new(),
                after: None,
                school_year: None,
            })
        };
        vec![
            Query::Network(NetworkId(self.network)),
            Query::Meeting(MeetingId(self.meeting)),
            Query::Commitment(CommitmentId(self.commitment)),
            Query::Organisation(OrganisationId(self.organisation)),
            Query::River(Some(NetworkId(self.network))),
            story(self.network),
            story(self.meeting),
            story(self.organisation),
            story(self.commitment),
            story(self.person),
        ]
    }

    /// Every form, with these ids wherever one is named, and a region's own elsewhere.
    pub fn orders(&self, own: Own) -> Vec<Fields> {
        let t = |id: Uuid| id.to_string();
        let (network, meeting, commitment) = (t(self.network), t(self.meeting), t(self.commitment));
        let (organisation, person, seat, item) = (
            t(self.organisation),
            t(self.person),
            t(self.seat),
            t(self.item),
        );
        let (own_network, own_school) = (own.network.to_string(), own.school.to_string());
        let meeting_forms: [(&str, Vec<(&str, &str)>); 18] = [
            (
                "reschedule",
                vec![
                    ("on", "2026-05-05"),
                    ("starts", "09:00"),
                    ("reason", "Flyttet."),
                ],
            ),
            ("cancel_meeting", vec![("reason", "Avlyst.")]),
            ("add_item", vec![("kind", "discussion"), ("title", "Sak")]),
            ("move_item", vec![("item", &item), ("to", "2")]),
            ("withdraw_item", vec![("item", &item)]),
            ("publish_notice", vec![]),
            (
                "answer_notice",
                vec![("organisation", &organisation), ("answer", "coming")],
            ),
            ("open_meeting", vec![]),
            (
                "attendance",
                vec![("organisation", &organisation), ("presence", "present")],
            ),
            ("start_item", vec![("item", &item)]),
            ("end_item", vec![("item", &item)]),
            ("decide", vec![("kind", "resolution"), ("text", "Vedtak.")]),
            (
                "contract",
                vec![("on", "2026-09-01"), ("starts", "09:00"), ("theme", "Tema")],
            ),
            ("open_evaluation", vec![]),
            ("agree_change", vec![("text", "Endring.")]),
            (
                "waive",
                vec![("requirement", "contract"), ("reason", "Grunn.")],
            ),
            ("write_minutes", vec![("text", "Referat.")]),
            ("publish_minutes", vec![]),
        ];
        let network_forms: [(&str, Vec<(&str, &str)>); 14] = [
            ("establish", vec![]),
            ("rename_network", vec![("called", "Kapret")]),
            ("relate", vec![("to", &own_network), ("relation", "side")]),
            ("unrelate", vec![("to", &own_network)]),
            ("merge", vec![("into", &own_network), ("reason", "Grunn.")]),
            ("end_network", vec![("reason", "Grunn.")]),
            (
                "create_seat",
                vec![("organisation", &own_school), ("vote", "non_voting")],
            ),
            ("set_vote", vec![("seat", &seat), ("vote", "voting")]),
            ("fill_seat", vec![("seat", &seat), ("person", &person)]),
            ("vacate_seat", vec![("seat", &seat)]),
            ("end_seat", vec![("seat", &seat)]),
            ("give_role", vec![("role", "leader"), ("person", &person)]),
            ("end_role", vec![("role", "leader")]),
            ("adopt_charter", vec![]),
        ];
        let mut all = Vec::new();
        for (form, pairs) in meeting_forms {
            let mut pairs = pairs;
            pairs.push(("meeting", &meeting));
            all.push(fields(form, &pairs));
        }
        all.push(fields("close_meeting", &[("meeting", &meeting)]));
        for (form, pairs) in network_forms {
            let mut pairs = pairs;
            pairs.push(("network", &network));
            all.push(fields(form, &pairs));
        }
        let plan = [
            ("network", network.as_str()),
            ("kind", "ordinary"),
            ("on", "2026-05-05"),
            ("starts", "09:00"),
        ];
        all.push(fields("plan_meeting", &plan));
        let plan_after = [
            ("network", own_network.as_str()),
            ("kind", "ordinary"),
            ("on", "2026-05-05"),
            ("starts", "09:00"),
            ("previous", &meeting),
        ];
        all.push(fields("plan_meeting", &plan_after));
        let plan_at = [
            ("network", own_network.as_str()),
            ("kind", "ordinary"),
            ("on", "2026-05-05"),
            ("starts", "09:00"),
            ("host", &organisation),
        ];
        all.push(fields("plan_meeting", &plan_at));
        let section = [
            ("network", network.as_str()),
            ("section", "values"),
            ("text", "Verdier."),
        ];
        all.push(fields("charter_section", &section));
        let propose = [
            ("called", "Nytt"),
            ("kind", "forum"),
            ("purpose", "Hvorfor."),
            ("parent", &network),
            ("relation", "sub"),
        ];
        all.push(fields("propose_network", &propose));
        for (form, field, value) in [
            ("relate", "to", &network),
            ("create_seat", "organisation", &organisation),
            ("fill_seat", "person", &person),
            ("give_role", "person", &person),
        ] {
            let own_seat = own.seat.to_string();
            let mut pairs = vec![
                ("network", own_network.as_str()),
                ("relation", "side"),
                ("vote", "non_voting"),
                ("seat", &own_seat),
                ("role", "deputy"),
            ];
            pairs.push((field, value));
            all.push(fields(form, &pairs));
        }
        let merge = [
            ("network", own_network.as_str()),
            ("into", &network),
            ("reason", "Grunn."),
        ];
        all.push(fields("merge", &merge));
        for form in ["commit", "decline"] {
            let pairs = [
                ("meeting", meeting.as_str()),
                ("organisation", &organisation),
                ("text", "Ja."),
                ("reason", "Nei."),
            ];
            all.push(fields(form, &pairs));
        }
        for form in ["reword", "report"] {
            let pairs = [
                ("commitment", commitment.as_str()),
                ("text", "Nytt."),
                ("outcome", "done"),
            ];
            all.push(fields(form, &pairs));
        }
        for (network, organisation) in [(&network, &own_school), (&own_network, &organisation)] {
            let phase = [
                ("network", network.as_str()),
                ("organisation", organisation),
                ("phase", "initiation"),
                ("source", "assessed"),
            ];
            all.push(fields("read_phase", &phase));
            let motivation = [
                ("network", network.as_str()),
                ("organisation", organisation),
                ("three", "9"),
            ];
            all.push(fields("read_motivation", &motivation));
        }
        for (kind, stream) in [
            ("network", &network),
            ("meeting", &meeting),
            ("commitment", &commitment),
            ("organisation", &organisation),
            ("person", &person),
        ] {
            let retract = [
                ("stream_kind", kind),
                ("stream", stream.as_str()),
                ("of", "5"),
                ("reason", "Grunn."),
            ];
            all.push(fields("retract", &retract));
        }
        let event: domain::event::Event = domain::network::event::NetworkEvent::Established {
            network: NetworkId(self.network),
        }
        .into();
        let event = serde_json::to_string(&event).expect("is JSON");
        let correct = [
            ("stream_kind", "network"),
            ("stream", network.as_str()),
            ("of", "5"),
            ("event", &event),
            ("true_on", "2024-03-01"),
            ("reason", "Grunn."),
        ];
        all.push(fields("correct", &correct));
        all
    }

    pub fn pages(&self, slug: &str) -> Vec<String> {
        use app::paths;
        vec![
            paths::network(slug, NetworkId(self.network)),
            paths::plan_meeting(slug, NetworkId(self.network)),
            paths::meeting(slug, MeetingId(self.meeting)),
            paths::commitment(slug, CommitmentId(self.commitment)),
            paths::organisation(slug, OrganisationId(self.organisation)),
            paths::network_history(slug, NetworkId(self.network)),
        ]
    }
}

/// Who in a region could do most.
const ASKERS: [Who; 3] = [Who::Leader, Who::Administrator, Who::Guest];

#[tokio::test]
async fn questions_about_another_regions_things_are_answered_as_about_missing_ones() {
    let app = TestApp::new().await;
    let theirs = Things::of(&app, &app.beta).await;
    let missing = Things::missing();
    for who in ASKERS {
        let token = app.alfa.token(who);
        let both = theirs.questions().into_iter().zip(missing.questions());
        for (their_question, missing_question) in both {
            for as_of in [
                AsOf::LIVE,
                AsOf {
                    on: Some("2026-03-01".parse().expect("is a day")),
                    known_at: None,
                },
            ] {
                let told = app.ask("alfa", token, &their_question, as_of).await;
                let never = app.ask("alfa", token, &missing_question, as_of).await;
                assert_eq!(told.status, never.status, "{who:?} {their_question:?}");
                if told.status.is_success() {
                    // Only a story of nothing is an answer; its page has a fresh id of its own.
                    let (told, never): (app::query::Reply, app::query::Reply) =
                        (told.json(), never.json());
                    assert_eq!(
                        (told.answer, told.around, told.position),
                        (never.answer, never.around, never.position),
                        "{who:?} {their_question:?}"
                    );
                } else {
                    assert_eq!(
                        shape(&told, &theirs.ids()),
                        shape(&never, &missing.ids()),
                        "{who:?} {their_question:?}"
                    );
                }
            }
        }
        // Where it is theirs, all of it is there, so that the comparison above compares something.
        for question in theirs.questions() {
            let answer = app
                .ask("beta", app.beta.token(Who::Leader), &question, AsOf::LIVE)
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{question:?}: {answer}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn orders_about_another_regions_things_are_refused_as_about_missing_ones() {
    let app = TestApp::new().await;
    let theirs = Things::of(&app, &app.beta).await;
    let missing = Things::missing();
    let heads = app.heads().await;
    for who in ASKERS {
        let token = app.alfa.token(who);
        for (their_order, missing_order) in theirs
            .orders(Own::of(&app.alfa))
            .iter()
            .zip(&missing.orders(Own::of(&app.alfa)))
        {
            let told = app.order("alfa", token, their_order).await;
            let never = app.order("alfa", token, missing_order).await;
            assert_eq!(
                shape(&told, &theirs.ids()),
                shape(&never, &missing.ids()),
                "{who:?} {their_order:?}"
            );
            assert!(
                told.status.is_client_error(),
                "{who:?} {their_order:?}: {told}"
            );
            assert_ne!(
                told.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "never judged: {their_order:?}: {told}"
            );
        }
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn another_regions_address_is_answered_as_one_that_does_not_exist() {
    let app = TestApp::new().await;
    let theirs = Things::of(&app, &app.beta).await;
    let heads = app.heads().await;
    let token = app.alfa.token(Who::Administrator);
    for question in theirs.questions().into_iter().chain([
        Query::Today,
        Query::Networks,
        Query::Commitments,
        Query::River(None),
    ]) {
        let told = app.ask("beta", token, &question, AsOf::LIVE).await;
        let never = app.ask("gamma", token, &question, AsOf::LIVE).await;
        assert_eq!(shape(&told, &[]), shape(&never, &[]), "{question:?}");
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{question:?}");
    }
    for order in theirs.orders(Own::of(&app.beta)) {
        let told = app.order("beta", token, &order).await;
        let never = app.order("gamma", token, &order).await;
        assert_eq!(shape(&told, &[]), shape(&never, &[]), "{order:?}");
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{order:?}");
        let told = app
            .send(Call::post("/beta/do").session(token).form(&order))
            .await;
        let never = app
            .send(Call::post("/gamma/do").session(token).form(&order))
            .await;
        assert_eq!(
            (told.status, told.leads_to()),
            (never.status, never.leads_to())
        );
    }
    for slug in ["alfa", "beta", "gamma"] {
        let body = json!({ "region": slug, "id": theirs.draft });
        let draft = app
            .send(Call::post("/api/draft").session(token).json(&body))
            .await;
        let expected = if slug == "alfa" {
            StatusCode::OK
        } else {
            StatusCode::UNAUTHORIZED
        };
        assert_eq!(draft.status, expected, "{slug}: {draft}");
        assert!(slug != "alfa" || draft.text() == "null", "{draft}");
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn pages_of_another_regions_things_are_those_of_missing_ones() {
    let app = TestApp::new().await;
    let theirs = Things::of(&app, &app.beta).await;
    let missing = Things::missing();
    let mut compared = 0;
    for (their_path, missing_path) in theirs.pages("alfa").iter().zip(missing.pages("alfa")) {
        let told = app.page(&app.alfa, Who::Leader, their_path).await;
        let never = app.page(&app.alfa, Who::Leader, &missing_path).await;
        assert_eq!(told.status, never.status, "{their_path}");
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{their_path}");
        for words in ["Kollegaveiledning", "kollegaveiledning", "Klasseledelse"] {
            assert!(!told.text().contains(words), "{their_path} tells {words}");
        }
        compared += 1;
    }
    for (their_path, missing_path) in theirs.pages("beta").iter().zip(missing.pages("gamma")) {
        let told = app.page(&app.alfa, Who::Leader, their_path).await;
        let never = app.page(&app.alfa, Who::Leader, &missing_path).await;
        assert_eq!(told.status, never.status, "{their_path}");
        assert!(!told.text().contains("ollegaveiledning"), "{their_path}");
        compared += 1;
    }
    assert_eq!(compared, 12);
    app.finish().await;
}

#[tokio::test]
async fn the_database_shows_a_region_no_row_of_another() {
    let app = TestApp::new().await;
    Things::of(&app, &app.alfa).await;
    Things::of(&app, &app.beta).await;
    let mut superuser = PgConnection::connect(&app.url)
        .await
        .expect("the database answers");
    // What is only written when something goes wrong.
    sqlx::raw_sql(
        "INSERT INTO parked (tenant_id, follower, key, position, leads, attempts, parked_at)
         SELECT tenant_id, 'follower', tenant_id, 1, true, 1, now() FROM tenants;
         INSERT INTO dropped (tenant_id, follower, position, key, attempts, reason, dropped_at)
         SELECT tenant_id, 'follower', 1, tenant_id, 1, 'Fordi.', now() FROM tenants;
         INSERT INTO drifts (tenant_id, view, key, times, position, found_at)
         SELECT tenant_id, 'view', tenant_id, 1, 1, now() FROM tenants;
         INSERT INTO contacts (tenant_id, person_id, address)
         SELECT tenant_id, tenant_id, 'sealed' FROM tenants;
         INSERT INTO files (tenant_id, text_id, content)
         SELECT tenant_id, tenant_id, 'sealed' FROM tenants;
         INSERT INTO keys.erased (tenant_id, sort, id, position, erased_at)
         SELECT tenant_id, 'person', tenant_id, 1, now() FROM tenants",
    )
    .execute(&mut superuser)
    .await
    .expect("is written");
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT a.attrelid::regclass::text
         FROM pg_attribute AS a
         JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
         WHERE a.attname = 'tenant_id' AND NOT a.attisdropped
           AND c.relname NOT IN (
               'tenants', 'sessions', 'memberships', 'links', 'mails', 'access_tokens', 'feed_heads', 'followers',
               'providers'
           )
         ORDER BY 1",
    )
    .fetch_all(&mut superuser)
    .await
    .expect("the catalogue answers");
    assert!(tables.len() >= 10, "{tables:?}");
    let (alfa, beta) = (app.alfa.tenant.tenant(), app.beta.tenant.tenant());
    for table in tables {
        let count = async |connection: &mut PgConnection, condition: String| -> i64 {
            sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT count(*) FROM {table} WHERE {condition}"
            )))
            .fetch_one(connection)
            .await
            .expect("counts")
        };
        let of_alfa = format!("tenant_id = '{alfa}'");
        let of_beta = format!("tenant_id = '{beta}'");
        // Both have rows there, else there would be nothing to hide; reservations have no user yet.
        for of in [&of_alfa, &of_beta] {
            let there = count(&mut superuser, of.clone()).await;
            assert!(
                there > 0 || table == "reservations",
                "{table} is empty, so this proves nothing"
            );
        }
        let mut scope = app.store.writing(alfa).await.expect("begins");
        let connection = scope.connection();
        assert_eq!(
            count(connection, of_beta.clone()).await,
            0,
            "{table} shows another region's rows"
        );
        let all = count(connection, "true".to_owned()).await;
        assert_eq!(all, count(connection, of_alfa).await, "{table}");
        // Nor can it change them: either the right is missing or there is no such row.
        let changed = sqlx::query(AssertSqlSafe(format!(
            "DELETE FROM {table} WHERE {of_beta}"
        )))
        .execute(connection)
        .await;
        assert!(
            changed.map_or(0, |done| done.rows_affected()) == 0,
            "{table}"
        );
        drop(scope);
        // Without a region there is nothing at all.
        let mut scope = app.store.writing(alfa).await.expect("begins");
        sqlx::query("SELECT set_config('samspor.tenant', '', true)")
            .execute(scope.connection())
            .await
            .expect("sets");
        assert_eq!(
            count(scope.connection(), "true".to_owned()).await,
            0,
            "{table} shows rows to nobody"
        );
    }
    app.finish().await;
}
