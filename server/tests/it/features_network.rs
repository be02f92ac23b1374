//! A network's charter, seats and founding, and where its units stand; through HTTP.

use crate::helpers::app::{Place, TestApp, Who, around, created};
use app::error::{AppError, FieldProblem};
use app::query::{NetworkPage, Networks, Query, RiverPage};
use domain::ids::NetworkId;
use domain::network::event::{CharterSection, Relation};
use domain::network::state::NetworkStatus;
use domain::organisation::event::Phase;
use domain::rejection::Rejection;
use domain::views::organisation::OrganisationView;
use domain::views::river::RiverView;

async fn network(app: &TestApp, place: &Place, who: Who, network: NetworkId) -> NetworkPage {
    let reply = app.read(place, who, Query::Network(network)).await;
    reply.answer.read().expect("the answer asked for")
}

#[tokio::test]
async fn a_charter_is_written_by_several_without_overwriting_and_adopted() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let id = alfa.network.to_string();
    let write = |text, seen| {
        [
            ("network", id.as_str()),
            ("section", "values"),
            ("text", text),
            ("seen", seen),
        ]
    };
    let (first, _) = app
        .accept(
            alfa,
            Who::Leader,
            "charter_section",
            &write("Åpenhet.", "0"),
        )
        .await;
    // The deputy had the page open from before.
    let error = app
        .refuse(
            alfa,
            Who::Deputy,
            "charter_section",
            &write("Raushet.", "0"),
            409,
        )
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::Changed {
                position: first.position
            }
        }
    );
    let seen = first.position.to_string();
    app.accept(
        alfa,
        Who::Deputy,
        "charter_section",
        &write("Åpenhet og raushet.", &seen),
    )
    .await;
    app.accept(alfa, Who::Leader, "adopt_charter", &[("network", &id)])
        .await;
    let error = app
        .refuse(alfa, Who::Leader, "adopt_charter", &[("network", &id)], 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::NothingToAdopt
        }
    );

    let reply = app
        .read(alfa, Who::Member, Query::Network(alfa.network))
        .await;
    let page: NetworkPage = reply.answer.read().expect("the answer asked for");
    let section = &page.network.charter[&CharterSection::Values];
    assert!(section.adopted);
    assert_eq!(page.network.charter_version, 1);
    assert_eq!(
        around(&reply).directory.texts[&section.text.0].as_deref(),
        Some("Åpenhet og raushet.")
    );
    app.finish().await;
}

#[tokio::test]
async fn a_network_is_proposed_under_another_and_established() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let parent = alfa.network.to_string();
    let propose = [
        ("called", "Begynneropplæring"),
        ("kind", "professional_network"),
        ("purpose", "Flere barn skal lese tidlig."),
        ("parent", parent.as_str()),
        ("relation", "sub"),
    ];
    let (_, fields) = app
        .accept(alfa, Who::Member, "propose_network", &propose)
        .await;
    let new = NetworkId(created(&fields, "network"));
    let id = new.to_string();
    app.refuse(alfa, Who::Leader, "establish", &[("network", &id)], 403)
        .await;
    app.accept(alfa, Who::Administrator, "establish", &[("network", &id)])
        .await;
    let page = network(&app, alfa, Who::Guest, new).await;
    assert_eq!(page.network.status, NetworkStatus::AtWork);
    assert_eq!(
        page.network.relations.get(&alfa.network),
        Some(&Relation::Sub)
    );
    let all: Networks = app
        .read(alfa, Who::Guest, Query::Networks)
        .await
        .answer
        .read()
        .expect("the answer asked for");
    assert_eq!(all.region.networks.len(), 3);
    assert_eq!(all.facts[&alfa.network].organisations, 2);
    app.finish().await;
}

#[tokio::test]
async fn who_loses_the_seat_sees_and_does_no_more() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await;
    app.close_meeting(alfa, meeting).await;
    assert!(
        !app.meeting(alfa, Who::Member, meeting)
            .await
            .page
            .meeting
            .units
            .is_empty()
    );
    let (id, seat) = (alfa.network.to_string(), alfa.seat.to_string());
    app.accept(
        alfa,
        Who::Leader,
        "vacate_seat",
        &[("network", &id), ("seat", &seat)],
    )
    .await;
    assert!(
        app.meeting(alfa, Who::Member, meeting)
            .await
            .page
            .meeting
            .units
            .is_empty()
    );
    let next = app.called_meeting(alfa).await.to_string();
    let item = [
        ("meeting", next.as_str()),
        ("kind", "discussion"),
        ("title", "Budsjett"),
    ];
    app.refuse(alfa, Who::Member, "add_item", &item, 403).await;
    app.accept(alfa, Who::Voting, "add_item", &item).await;
    app.finish().await;
}

#[tokio::test]
async fn phases_and_motivation_are_read_and_shown() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let (id, second) = (alfa.network.to_string(), alfa.second.to_string());
    let phase = |phase, source| {
        [
            ("network", id.as_str()),
            ("organisation", second.as_str()),
            ("phase", phase),
            ("source", source),
        ]
    };
    app.accept(
        alfa,
        Who::Representative,
        "read_phase",
        &phase("initiation", "self_reported"),
    )
    .await;
    app.refuse(
        alfa,
        Who::Representative,
        "read_phase",
        &phase("initiation", "assessed"),
        403,
    )
    .await;
    app.days_pass(1);
    app.accept(
        alfa,
        Who::Leader,
        "read_phase",
        &phase("implementation", "assessed"),
    )
    .await;
    app.refuse(
        alfa,
        Who::Leader,
        "read_phase",
        &phase("implementation", "self_reported"),
        403,
    )
    .await;
    let school: OrganisationView = app
        .read(alfa, Who::Guest, Query::Organisation(alfa.second))
        .await
        .answer
        .read()
        .expect("the answer asked for");
    let row = &school.phases[&alfa.network];
    assert_eq!(
        row.self_reported.map(|(phase, _)| phase),
        Some(Phase::Initiation)
    );
    assert_eq!(
        row.assessed.map(|(phase, _)| phase),
        Some(Phase::Implementation)
    );

    let round = |answers: &'static [(&'static str, &'static str)]| {
        let mut pairs = vec![("network", id.as_str()), ("organisation", second.as_str())];
        pairs.extend_from_slice(answers);
        pairs
    };
    let few = round(&[("three", "2"), ("five", "2")]);
    let error = app
        .refuse(alfa, Who::Representative, "read_motivation", &few, 422)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::TooFewAnswers
        }
    );
    let negative = round(&[("three", "-5")]);
    let error = app
        .refuse(alfa, Who::Representative, "read_motivation", &negative, 422)
        .await;
    assert_eq!(
        error,
        AppError::Field {
            field: "three".to_owned(),
            problem: FieldProblem::Number
        }
    );
    let enough = round(&[("three", "2"), ("five", "3")]);
    app.accept(alfa, Who::Representative, "read_motivation", &enough)
        .await;
    let page: RiverPage = app
        .read(alfa, Who::Guest, Query::River(Some(alfa.network)))
        .await
        .answer
        .read()
        .expect("the answer asked for");
    assert_ne!(page.river, RiverView::default());
    assert_eq!(
        page.river,
        app.view::<RiverView>(alfa, alfa.network.0).await
    );
    app.finish().await;
}
