//! Who may do what: the table as text, and each cell of it tried on the service.

use crate::helpers::app::{Place, TestApp, Who, fields};
use crate::helpers::http::Call;
use crate::helpers::{order, person, submission};
use app::error::AppError;
use app::forms::Fields;
use app::query::{NetworkPage, Query, StoryQuery};
use axum::http::StatusCode;
use domain::access::{Permission, Standing, may, permits};
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::ids::{MeetingId, OrganisationId, commitment_id};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::OrganisationKind;
use domain::person::PersonCommand;
use domain::region::RegionCommand;
use domain::rejection::Rejection;
use domain::text::Name;
use domain::time::AsOf;
use serde_json::json;
use server::executor::{CommandError, Order};
use std::collections::BTreeSet;

/// The stored table. Whoever changes `domain::access::permits` changes this file on purpose.
const TABLE: &str = include_str!("policy_table.txt");

#[test]
fn the_table_is_the_stored_one() {
    let mut table = " ".repeat(18);
    for standing in Standing::ALL {
        table += &format!(" {}", &format!("{standing:?}")[..3]);
    }
    table += "\n";
    for permission in Permission::ALL {
        let marks = Standing::ALL.map(|standing| {
            if permits(standing, permission) {
                "x"
            } else {
                "."
            }
        });
        table += &format!("{:18}  {}\n", format!("{permission:?}"), marks.join("   "));
    }
    assert_eq!(table, TABLE, "\n{table}");
}

/// What somebody is, in the first network and about the second school.
fn standings(who: Who) -> BTreeSet<Standing> {
    let also: &[Standing] = match who {
        Who::Leader => &[Standing::Leader, Standing::VotingMember],
        Who::Deputy => &[Standing::Deputy, Standing::Member],
        Who::MinuteTaker => &[Standing::MinuteTaker, Standing::Member],
        Who::Voting => &[Standing::VotingMember],
        Who::Member => &[Standing::Member],
        Who::Representative => &[Standing::Representative],
        Who::Administrator => &[Standing::Administrator],
        Who::Guest => &[],
    };
    also.iter().copied().chain([Standing::Guest]).collect()
}

/// What somebody tries who uses a permission.
enum Attempt {
    Form(Fields),
    /// No form gives this order; it reaches the executor in the person's name.
    Command(Submission),
    Question(Query),
}

/// Where the attempts happen: a closed meeting with commitments, another that goes on.
struct Scene {
    closed: MeetingId,
    open: MeetingId,
}

/// A fresh attempt that is accepted from whoever has the permission.
async fn attempt(
    app: &TestApp,
    place: &Place,
    scene: &Scene,
    permission: Permission,
    n: usize,
) -> Attempt {
    let network = place.network.to_string();
    let second = place.second.to_string();
    let open = scene.open.to_string();
    let called = format!("Nettverk {permission:?} {n}");
    let form = |name: &str, pairs: &[(&str, &str)]| Attempt::Form(fields(name, pairs));
    match permission {
        Permission::NameAdministrators => {
            let new = person();
            let executor = app
                .executors
                .of(place.tenant.tenant())
                .await
                .expect("starts");
            let enter = crate::helpers::enter(new, "Ny Prøve");
            executor
                .submit(order(enter))
                .await
                .expect("a person is entered");
            Attempt::Command(submission(RegionCommand::NameAdministrator { person: new }))
        }
        Permission::KeepRegister => {
            let register = OrganisationCommand::Register {
                organisation: OrganisationId(crate::helpers::new_id()),
                called: Name::parse(&called).expect("is a name"),
                kind: OrganisationKind::School,
                parent: None,
                school_type: None,
                pupils: None,
            };
            Attempt::Command(submission(register))
        }
        Permission::ProposeNetwork => form(
            "propose_network",
            &[
                ("called", &called),
                ("kind", "forum"),
                ("purpose", "Hvorfor."),
                ("parent", &network),
                ("relation", "sub"),
            ],
        ),
        Permission::ShapeNetworks => {
            let relation = if n.is_multiple_of(2) { "sub" } else { "side" };
            let beside = place.beside.to_string();
            form(
                "relate",
                &[
                    ("network", &network),
                    ("to", &beside),
                    ("relation", relation),
                ],
            )
        }
        Permission::KeepNetwork => form(
            "rename_network",
            &[("network", &network), ("called", &called)],
        ),
        Permission::WriteCharter => {
            let page: NetworkPage = app
                .read(place, Who::Leader, Query::Network(place.network))
                .await
                .answer
                .read()
                .expect("the answer asked for");
            let written = page
                .network
                .charter
                .values()
                .map(|section| section.position)
                .max()
                .unwrap_or(0);
            let seen = written.to_string();
            form(
                "charter_section",
                &[
                    ("network", &network),
                    ("section", "other"),
                    ("text", &called),
                    ("seen", &seen),
                ],
            )
        }
        Permission::ReadOwnPhase | Permission::AssessPhase => {
            let source = if permission == Permission::AssessPhase {
                "assessed"
            } else {
                "self_reported"
            };
            let pairs = [
                ("network", network.as_str()),
                ("organisation", &second),
                ("phase", "initiation"),
                ("source", source),
            ];
            form("read_phase", &pairs)
        }
        Permission::RunMeetings => form(
            "plan_meeting",
            &[
                ("network", &network),
                ("kind", "ordinary"),
                ("on", "2026-06-01"),
                ("starts", "09:00"),
            ],
        ),
        Permission::ShapeAgenda => form(
            "add_item",
            &[
                ("meeting", &open),
                ("kind", "discussion"),
                ("title", &called),
            ],
        ),
        Permission::AnswerNotice => form(
            "answer_notice",
            &[
                ("meeting", &open),
                ("organisation", &second),
                ("answer", "coming"),
            ],
        ),
        Permission::Commit => {
            let commitment = commitment_id(scene.closed, place.second).to_string();
            form(
                "report",
                &[("commitment", &commitment), ("outcome", "done")],
            )
        }
        Permission::Correct => {
            let rename = [("network", network.as_str()), ("called", called.as_str())];
            let (renamed, _) = app
                .accept(place, Who::Leader, "rename_network", &rename)
                .await;
            let of = renamed.position.to_string();
            form(
                "retract",
                &[
                    ("stream_kind", "network"),
                    ("stream", &network),
                    ("of", &of),
                    ("reason", "Feil."),
                ],
            )
        }
        Permission::ForgetPeople => {
            let forgotten = person();
            let executor = app.executors.of(place.tenant.tenant()).await;
            let enter = crate::helpers::enter(forgotten, "Gløymd Prøve");
            let executor = executor.expect("starts");
            let entered = executor.submit(order(enter)).await;
            entered.expect("a person is entered");
            Attempt::Command(submission(PersonCommand::Forget { person: forgotten }))
        }
        Permission::ReadInside => {
            Attempt::Question(Query::Commitment(commitment_id(scene.closed, place.second)))
        }
        Permission::ReadRegion => Attempt::Question(Query::Network(place.network)),
    }
}

async fn scene(app: &TestApp, place: &Place) -> Scene {
    let closed = app.open_meeting(place).await;
    app.close_meeting(place, closed).await;
    let open = app.open_meeting(place).await;
    Scene { closed, open }
}

async fn command_is_accepted(
    app: &TestApp,
    place: &Place,
    actor: Actor,
    submission: Submission,
) -> bool {
    let executor = app
        .executors
        .of(place.tenant.tenant())
        .await
        .expect("starts");
    let told = format!("{:?}", submission.command);
    match executor.submit(Order::new(submission, actor)).await {
        Ok(_) => true,
        Err(CommandError::Refused(Rejection::NotPermitted)) => false,
        Err(other) => panic!("{told} by {actor:?}: {other}"),
    }
}

#[tokio::test]
async fn each_cell_is_as_the_table_says() {
    let app = TestApp::new().await;
    let place = &app.alfa;
    let scene = scene(&app, place).await;
    let mut tried = 0;
    for permission in Permission::ALL {
        for (n, who) in Who::ALL.into_iter().enumerate() {
            let allowed = may(&standings(who), permission);
            let attempt = attempt(&app, place, &scene, permission, n).await;
            let before = app.heads().await;
            let accepted = match attempt {
                Attempt::Form(fields) => {
                    let answer = app.submit(place, who, &fields).await;
                    if !answer.status.is_success() {
                        let error = AppError::Rejected {
                            rejection: Rejection::NotPermitted,
                        };
                        assert_eq!(answer.refused(403), error, "{permission:?} by {who:?}");
                    }
                    answer.status.is_success()
                }
                Attempt::Command(submission) => {
                    command_is_accepted(&app, place, Actor::Person(place.person(who)), submission)
                        .await
                }
                Attempt::Question(query) => {
                    let answer = app
                        .ask(place.slug, place.token(who), &query, AsOf::LIVE)
                        .await;
                    // What is inside is not there for those outside.
                    if !answer.status.is_success() {
                        assert_eq!(
                            answer.refused(404),
                            AppError::NotFound,
                            "{permission:?} by {who:?}"
                        );
                    }
                    answer.status.is_success()
                }
            };
            assert_eq!(accepted, allowed, "{permission:?} by {who:?}");
            if !accepted {
                assert_eq!(app.heads().await, before, "{permission:?} by {who:?}");
            }
            tried += 1;
        }
    }
    assert_eq!(tried, Permission::ALL.len() * Who::ALL.len());
    app.finish().await;
}

#[tokio::test]
async fn nobody_known_may_nothing_and_the_operator_everything() {
    let app = TestApp::new().await;
    let place = &app.alfa;
    let scene = scene(&app, place).await;
    for (n, permission) in Permission::ALL.into_iter().enumerate() {
        let before = match attempt(&app, place, &scene, permission, n).await {
            Attempt::Form(fields) => {
                let before = app.heads().await;
                let body = json!({ "region": place.slug, "fields": fields });
                let answer = app.send(Call::post("/api/submit").json(&body)).await;
                assert_eq!(
                    answer.refused(401),
                    AppError::SignInRequired,
                    "{permission:?}"
                );
                assert_eq!(app.heads().await, before, "{permission:?}");
                // A token that was never given is nobody's.
                let answer = app.order(place.slug, "forged", &fields).await;
                assert_eq!(
                    answer.refused(401),
                    AppError::SignInRequired,
                    "{permission:?}"
                );
                assert_eq!(app.heads().await, before, "{permission:?}");
                // An answer to a notice is a person's; everything else the operator may as well.
                let allowed = permission != Permission::AnswerNotice;
                let submission = app::forms::submission(&fields).expect("is a form");
                assert_eq!(
                    command_is_accepted(&app, place, Actor::Operator, submission).await,
                    allowed,
                    "{permission:?}"
                );
                before
            }
            Attempt::Command(submission) => {
                let before = app.heads().await;
                let nobody = Actor::Person(person());
                assert!(!command_is_accepted(&app, place, nobody, submission.clone()).await);
                assert_eq!(app.heads().await, before, "{permission:?}");
                assert!(command_is_accepted(&app, place, Actor::Operator, submission).await);
                before
            }
            Attempt::Question(query) => {
                let before = app.heads().await;
                let body = json!({ "region": place.slug, "query": query, "as_of": AsOf::LIVE });
                let answer = app.send(Call::post("/api/read").json(&body)).await;
                assert_eq!(
                    answer.refused(401),
                    AppError::SignInRequired,
                    "{permission:?}"
                );
                before
            }
        };
        assert!(app.heads().await[0] >= before[0]);
    }
    app.finish().await;
}

/// Somebody of another network of the same region is as much outside as anybody.
#[tokio::test]
async fn a_leader_is_one_in_the_own_network_only() {
    let app = TestApp::new().await;
    let place = &app.alfa;
    let beside = place.beside.to_string();
    for (form, pairs) in [
        ("rename_network", vec![("called", "Kapret")]),
        (
            "charter_section",
            vec![("section", "other"), ("text", "Vårt."), ("seen", "0")],
        ),
        (
            "plan_meeting",
            vec![
                ("kind", "ordinary"),
                ("on", "2026-06-01"),
                ("starts", "09:00"),
            ],
        ),
        (
            "create_seat",
            vec![("organisation", "ORGANISATION"), ("vote", "voting")],
        ),
    ] {
        let own = place.first.to_string();
        let mut pairs: Vec<(&str, &str)> = pairs
            .into_iter()
            .map(|(name, value)| {
                (
                    name,
                    if value == "ORGANISATION" {
                        own.as_str()
                    } else {
                        value
                    },
                )
            })
            .collect();
        pairs.push(("network", &beside));
        let error = app.refuse(place, Who::Leader, form, &pairs, 403).await;
        assert_eq!(
            error,
            AppError::Rejected {
                rejection: Rejection::NotPermitted
            }
        );
        app.accept(place, Who::Administrator, form, &pairs).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn each_question_shows_those_outside_nothing_of_the_inside() {
    let app = TestApp::new().await;
    let place = &app.alfa;
    let scene = scene(&app, place).await;
    let told = "kollegaveiledning på ett trinn";
    let story = |about| {
        Query::Story(StoryQuery {
            about: Some(about),
            kinds: BTreeSet::new(),
            after: None,
            school_year: None,
        })
    };
    for who in Who::ALL {
        let inside = may(&standings(who), Permission::ReadInside);
        for (query, tells) in [
            (Query::Today, false),
            (Query::Networks, false),
            (Query::Network(place.network), true),
            (Query::Meeting(scene.closed), true),
            (Query::Organisation(place.second), false),
            (Query::River(None), false),
            (Query::River(Some(place.network)), false),
            (story(place.network.0), true),
            (story(scene.closed.0), true),
        ] {
            let answer = app
                .ask(place.slug, place.token(who), &query, AsOf::LIVE)
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{who:?} {query:?}: {answer}");
            let shown = answer.text().contains(told);
            if inside && tells {
                assert!(shown, "{who:?} should be told the commitments: {query:?}");
            }
            if !inside {
                assert!(!shown, "{who:?} is told the commitments: {query:?}");
            }
        }
    }
    app.finish().await;
}

/// Orders that no form gives are not to be reached by one, whatever its name.
#[tokio::test]
async fn no_form_names_administrators_or_enters_people() {
    let app = TestApp::new().await;
    let person = app.alfa.person(Who::Guest).to_string();
    for form in [
        "name_administrator",
        "register",
        "register_person",
        "region",
        "person",
        "organisation",
    ] {
        app.refuse(
            &app.alfa,
            Who::Administrator,
            form,
            &[("person", &person)],
            422,
        )
        .await;
    }
    // Nor is a whole command taken in place of a form's fields.
    let command = Command::from(RegionCommand::NameAdministrator {
        person: app.alfa.person(Who::Guest),
    });
    let text = serde_json::to_string(&command).expect("is JSON");
    app.refuse(
        &app.alfa,
        Who::Administrator,
        &text,
        &[("person", &person)],
        422,
    )
    .await;
    app.finish().await;
}
