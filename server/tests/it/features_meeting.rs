//! A meeting from plan to published minutes, and what the next one inherits, through HTTP.

use crate::helpers::app::{TestApp, Who, created, fields, in_days};
use app::error::AppError;
use app::query::{Query, Today};
use domain::ids::{ChangeId, MeetingId};
use domain::meeting::event::{ItemTitle, NoticeAnswer, Presence, Requirement};
use domain::meeting::state::MeetingStatus;
use domain::rejection::Rejection;
use domain::templates::TemplateItem;

#[tokio::test]
async fn a_meeting_goes_from_plan_to_published_minutes() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let id = meeting.to_string();
    let (first, second) = (alfa.first.to_string(), alfa.second.to_string());

    let seen = app.meeting(alfa, Who::Member, meeting).await;
    assert_eq!(seen.page.meeting.status, MeetingStatus::Called);
    assert_eq!(
        seen.words(seen.page.meeting.theme.expect("has a theme")),
        "Kollegaveiledning"
    );
    assert_eq!(seen.page.organisations, [alfa.first, alfa.second]);
    let notice = seen.page.meeting.notice.expect("is out");
    assert_eq!((notice.lead_days, notice.late), (28, false));

    let coming = [
        ("meeting", id.as_str()),
        ("organisation", &second),
        ("answer", "coming"),
    ];
    app.accept(alfa, Who::Representative, "answer_notice", &coming)
        .await;

    app.days_pass(28);
    app.accept(alfa, Who::MinuteTaker, "open_meeting", &[("meeting", &id)])
        .await;
    for (organisation, presence) in [(&first, "present"), (&second, "absent")] {
        let there = [
            ("meeting", id.as_str()),
            ("organisation", organisation),
            ("presence", presence),
        ];
        app.accept(alfa, Who::MinuteTaker, "attendance", &there)
            .await;
    }
    let seen = app.meeting(alfa, Who::Leader, meeting).await;
    let units = &seen.page.meeting.units;
    assert_eq!(units[&alfa.second].answer, Some(NoticeAnswer::Coming));
    assert_eq!(units[&alfa.first].presence, Some(Presence::Present));
    assert_eq!(units[&alfa.second].presence, Some(Presence::Absent));

    let row = |template| {
        let wanted = ItemTitle::Template(template);
        let row = seen
            .page
            .meeting
            .items
            .iter()
            .find(|row| row.title == wanted);
        row.expect("is in the template").item
    };
    let (walk, priorities) = (row(TemplateItem::SchoolWalk), row(TemplateItem::Priorities));
    let walk_id = walk.to_string();
    app.accept(
        alfa,
        Who::Leader,
        "start_item",
        &[("meeting", &id), ("item", &walk_id)],
    )
    .await;
    app.minutes_pass(42);
    app.accept(
        alfa,
        Who::Leader,
        "end_item",
        &[("meeting", &id), ("item", &walk_id)],
    )
    .await;

    let priorities = priorities.to_string();
    let decision = [
        ("meeting", id.as_str()),
        ("item", &priorities),
        ("kind", "resolution"),
        ("method", "vote"),
        ("ayes", "2"),
        ("text", "Vi prøver ut kollegaveiledning i vår."),
    ];
    app.accept(alfa, Who::Leader, "decide", &decision).await;
    let too_many = [
        ("meeting", id.as_str()),
        ("kind", "resolution"),
        ("method", "vote"),
        ("ayes", "3"),
        ("text", "Tre stemmer av to."),
    ];
    let error = app
        .refuse(alfa, Who::Leader, "decide", &too_many, 422)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::TooManyVotes
        }
    );

    // Nothing that a meeting must have is there yet, and the answer says what.
    let error = app
        .refuse(alfa, Who::Leader, "close_meeting", &[("meeting", &id)], 409)
        .await;
    let mut both = vec![alfa.first, alfa.second];
    both.sort_unstable();
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::MeetingIncomplete {
                missing: vec![
                    Requirement::Commitments,
                    Requirement::Contract,
                    Requirement::Evaluation
                ],
                organisations: both,
            }
        }
    );
    app.close_meeting(alfa, meeting).await;

    let error = app
        .refuse(
            alfa,
            Who::Leader,
            "publish_minutes",
            &[("meeting", &id)],
            409,
        )
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::NoMinutes
        }
    );
    let minutes = [
        ("meeting", id.as_str()),
        ("seen", "0"),
        ("text", "Referat.\n\nVi gikk skolevandring."),
    ];
    app.accept(alfa, Who::MinuteTaker, "write_minutes", &minutes)
        .await;
    app.accept(
        alfa,
        Who::MinuteTaker,
        "publish_minutes",
        &[("meeting", &id)],
    )
    .await;

    let seen = app.meeting(alfa, Who::Voting, meeting).await;
    let meeting = &seen.page.meeting;
    assert_eq!(meeting.status, MeetingStatus::Minuted);
    assert_eq!(
        seen.words(meeting.minutes.expect("are written")),
        "Referat.\n\nVi gikk skolevandring."
    );
    assert_eq!(meeting.decisions.len(), 1);
    assert_eq!(
        seen.words(meeting.decisions[0].text),
        "Vi prøver ut kollegaveiledning i vår."
    );
    assert_eq!(
        meeting
            .items
            .iter()
            .find(|row| row.item == walk)
            .and_then(|row| row.used),
        Some(42)
    );
    let promised = meeting.units[&alfa.second].commitment.expect("is made");
    assert_eq!(
        seen.words(promised),
        "Vi prøver kollegaveiledning på ett trinn."
    );

    // A guest sees that the meeting was, not what was said in it.
    let seen = app
        .meeting(alfa, Who::Guest, seen.page.meeting.meeting.expect("is it"))
        .await;
    let meeting = &seen.page.meeting;
    assert_eq!(meeting.status, MeetingStatus::Minuted);
    assert!(meeting.minutes.is_none() && meeting.decisions.is_empty() && meeting.units.is_empty());
    assert!(meeting.items.is_empty() && meeting.contract.is_none());
    app.finish().await;
}

#[tokio::test]
async fn an_agreed_change_changes_the_next_agenda() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await;
    let id = meeting.to_string();
    let longer = [
        ("meeting", id.as_str()),
        ("item", "dialogue"),
        ("minutes_delta", "15"),
        ("text", "Vi trenger mer tid til dialogen."),
    ];
    let error = app
        .refuse(alfa, Who::Leader, "agree_change", &longer, 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::EvaluationNotOpen
        }
    );
    app.accept(alfa, Who::Leader, "open_evaluation", &[("meeting", &id)])
        .await;
    let (_, change) = app.accept(alfa, Who::Leader, "agree_change", &longer).await;
    let change = ChangeId(created(&change, "change"));
    for (requirement, why) in [
        ("contract", "Vi avtaler neste gang på e-post."),
        ("commitments", "Vi rakk det ikke."),
    ] {
        let waive = [
            ("meeting", id.as_str()),
            ("requirement", requirement),
            ("reason", why),
        ];
        app.accept(alfa, Who::Leader, "waive", &waive).await;
    }
    app.accept(alfa, Who::Leader, "close_meeting", &[("meeting", &id)])
        .await;

    let network = alfa.network.to_string();
    let plan = |previous: &str| {
        fields(
            "plan_meeting",
            &[
                ("network", &network),
                ("kind", "ordinary"),
                ("on", &in_days(60)),
                ("starts", "09:00"),
                ("previous", previous),
            ],
        )
    };
    let (with, without) = (plan(&id), plan(""));
    for plan in [&with, &without] {
        assert_eq!(app.submit(alfa, Who::Leader, plan).await.status, 200);
    }
    for (plan, minutes, because) in [
        (with, Some(55), Some((meeting, change))),
        (without, Some(40), None),
    ] {
        let next = MeetingId(created(&plan, "meeting"));
        let seen = app.meeting(alfa, Who::Member, next).await;
        let dialogue = ItemTitle::Template(TemplateItem::Dialogue);
        let row = seen
            .page
            .meeting
            .items
            .iter()
            .find(|row| row.title == dialogue);
        let row = row.expect("is in the template");
        assert_eq!((row.minutes, row.because), (minutes, because));
        assert_eq!(seen.page.previous.is_some(), because.is_some());
    }
    app.finish().await;
}

#[tokio::test]
async fn a_date_that_was_moved_meanwhile_is_told_with_its_position() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let id = meeting.to_string();
    let dated = app
        .meeting(alfa, Who::Leader, meeting)
        .await
        .page
        .meeting
        .dated;
    let seen = dated.to_string();
    let (sooner, later) = (in_days(30), in_days(31));
    let to = |on| {
        [
            ("meeting", id.as_str()),
            ("on", on),
            ("starts", "10:00"),
            ("reason", "Kollisjon."),
            ("seen", seen.as_str()),
        ]
    };
    let (one, other) = (to(sooner.as_str()), to(later.as_str()));
    let (accepted, _) = app.accept(alfa, Who::Leader, "reschedule", &one).await;
    let error = app
        .refuse(alfa, Who::Deputy, "reschedule", &other, 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::Changed {
                position: accepted.position
            }
        }
    );
    let page = app.meeting(alfa, Who::Leader, meeting).await.page;
    assert_eq!(page.meeting.on.map(|on| on.to_string()), Some(in_days(30)));
    app.finish().await;
}

#[tokio::test]
async fn today_shows_each_meeting_that_goes_on_beside_the_next_one() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let network = alfa.network.to_string();
    // It is held before its day; another one is ahead of it.
    let open = app.open_meeting(alfa).await;
    let plan = [
        ("network", network.as_str()),
        ("kind", "ordinary"),
        ("on", &in_days(7)),
        ("starts", "09:00"),
    ];
    let (_, planned) = app.accept(alfa, Who::Leader, "plan_meeting", &plan).await;
    let planned = MeetingId(created(&planned, "meeting"));
    let shown = async || {
        let reply = app.read(alfa, Who::Representative, Query::Today).await;
        let today: Today = reply.answer.read().expect("the answer asked for");
        today
            .meetings
            .into_iter()
            .map(|(_, row, _)| (row.meeting, row.status))
            .collect::<Vec<_>>()
    };
    let both = [
        (planned, MeetingStatus::Planned),
        (open, MeetingStatus::Open),
    ];
    assert_eq!(shown().await, both);
    // It goes on until it is closed, also beyond its day; what was planned and not held is not ahead any more.
    app.days_pass(40);
    assert_eq!(shown().await, both[1..]);
    app.finish().await;
}

#[tokio::test]
async fn today_shows_what_is_ahead_and_what_is_left_to_prepare() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let id = meeting.to_string();
    let second = alfa.second.to_string();
    let coming = [
        ("meeting", id.as_str()),
        ("organisation", &second),
        ("answer", "not_coming"),
    ];
    app.accept(alfa, Who::Representative, "answer_notice", &coming)
        .await;
    let today: Today = app
        .read(alfa, Who::Representative, Query::Today)
        .await
        .answer
        .read()
        .expect("the answer asked for");
    let [(network, row, preparation)] = today.meetings.as_slice() else {
        panic!("{:?}", today.meetings)
    };
    assert_eq!((*network, row.meeting), (alfa.network, meeting));
    assert_eq!((preparation.answered, preparation.organisations), (1, 2));
    assert_eq!(preparation.mine, Some(NoticeAnswer::NotComing));
    assert_eq!(preparation.items, 8);
    // Nothing of it is anybody else's business.
    let today: Today = app
        .read(alfa, Who::Guest, Query::Today)
        .await
        .answer
        .read()
        .expect("the answer asked for");
    assert!(today.meetings.is_empty() && today.networks.is_empty());
    // Cancelled, it is ahead no more.
    let cancel = [("meeting", id.as_str()), ("reason", "Snøstorm.")];
    app.accept(alfa, Who::Leader, "cancel_meeting", &cancel)
        .await;
    let today: Today = app
        .read(alfa, Who::Representative, Query::Today)
        .await
        .answer
        .read()
        .expect("the answer asked for");
    assert!(today.meetings.is_empty());
    app.finish().await;
}
