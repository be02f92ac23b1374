//! What schools promise themselves: made, reworded, reported, carried over, declined; through HTTP.

use crate::helpers::app::{TestApp, Who, around};
use app::error::AppError;
use app::query::{CommitmentPage, Query};
use domain::commitment::event::Outcome;
use domain::ids::OrganisationId;
use domain::ids::{CommitmentId, commitment_id};
use domain::rejection::Rejection;
use domain::views::commitments::CommitmentRow;
use domain::views::commitments::CommitmentsView;

async fn chain(app: &TestApp, who: Who, commitment: CommitmentId) -> Vec<CommitmentRow> {
    let reply = app
        .read(&app.alfa, who, Query::Commitment(commitment))
        .await;
    let page: CommitmentPage = reply.answer.read().expect("the answer asked for");
    page.chain
}

#[tokio::test]
async fn a_commitment_is_made_reworded_reported_and_carried_over() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await;
    let id = meeting.to_string();
    let second = alfa.second.to_string();
    let commitment = commitment_id(meeting, alfa.second);
    let commitment_text = commitment.to_string();
    let make = [
        ("meeting", id.as_str()),
        ("organisation", &second),
        ("text", "Vi prøver."),
    ];
    let (made, _) = app.accept(alfa, Who::Representative, "commit", &make).await;
    let error = app
        .refuse(alfa, Who::Representative, "commit", &make, 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::AlreadyCommitted
        }
    );

    let seen = made.position.to_string();
    let reword = |text| {
        [
            ("commitment", commitment_text.as_str()),
            ("text", text),
            ("seen", seen.as_str()),
        ]
    };
    let (reworded, _) = app
        .accept(
            alfa,
            Who::Representative,
            "reword",
            &reword("Vi prøver på 5. trinn."),
        )
        .await;
    let error = app
        .refuse(alfa, Who::Leader, "reword", &reword("Noe annet."), 409)
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::Changed {
                position: reworded.position
            }
        }
    );
    let reply = app
        .read(alfa, Who::Representative, Query::Commitment(commitment))
        .await;
    let page: CommitmentPage = reply.answer.read().expect("the answer asked for");
    let row = page.chain.last().expect("is there");
    assert_eq!(
        around(&reply).directory.texts[&row.text.0].as_deref(),
        Some("Vi prøver på 5. trinn.")
    );
    assert_eq!(row.worded, reworded.position);

    // Everything else the meeting needs, then the next meeting.
    let first = alfa.first.to_string();
    let decline = [
        ("meeting", id.as_str()),
        ("organisation", &first),
        ("reason", "Ombygging hele våren."),
    ];
    app.accept(alfa, Who::Leader, "decline", &decline).await;
    app.accept(alfa, Who::Leader, "open_evaluation", &[("meeting", &id)])
        .await;
    let waive = [
        ("meeting", id.as_str()),
        ("requirement", "contract"),
        ("reason", "Siste møte før sommeren."),
    ];
    app.accept(alfa, Who::Leader, "waive", &waive).await;
    app.accept(alfa, Who::Leader, "close_meeting", &[("meeting", &id)])
        .await;
    let error = app
        .refuse(
            alfa,
            Who::Representative,
            "reword",
            &reword("For sent."),
            409,
        )
        .await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::MeetingClosed
        }
    );

    let next = app.open_meeting(alfa).await;
    let next_id = next.to_string();
    let carried = [
        ("meeting", next_id.as_str()),
        ("organisation", &second),
        ("text", "Vi fortsetter på 6. trinn."),
        ("carried_from", &commitment_text),
    ];
    app.accept(alfa, Who::Representative, "commit", &carried)
        .await;
    let report = [
        ("commitment", commitment_text.as_str()),
        ("outcome", "partly"),
        ("learned", "Tid i møtene må settes av."),
    ];
    app.accept(alfa, Who::Representative, "report", &report)
        .await;

    let later = commitment_id(next, alfa.second);
    let rows = chain(&app, Who::Representative, commitment).await;
    let [before, after] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(
        (before.commitment, before.carried_to),
        (commitment, Some(later))
    );
    assert_eq!(before.outcome, Some(Outcome::Partly));
    assert_eq!(
        (after.commitment, after.carried_from),
        (later, Some(commitment))
    );
    assert_eq!(chain(&app, Who::Member, later).await, rows);

    // The other school's refusal is in its list, and there is nothing to report about it.
    let declined = commitment_id(meeting, alfa.first).to_string();
    let report = [("commitment", declined.as_str()), ("outcome", "done")];
    let error = app.refuse(alfa, Who::Leader, "report", &report, 409).await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::CommitmentDeclined
        }
    );
    let mine: Vec<(OrganisationId, CommitmentsView)> = app
        .read(alfa, Who::Leader, Query::Commitments)
        .await
        .answer
        .read()
        .expect("the answer asked for");
    let [(organisation, view)] = mine.as_slice() else {
        panic!("{mine:?}")
    };
    assert_eq!(*organisation, alfa.first);
    assert!(
        view.commitments
            .iter()
            .any(|row| row.declined && row.meeting == meeting)
    );
    app.finish().await;
}

#[tokio::test]
async fn a_commitment_can_only_be_carried_over_by_its_own_school() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await;
    app.close_meeting(alfa, meeting).await;
    let next = app.open_meeting(alfa).await.to_string();
    let (first, theirs) = (
        alfa.first.to_string(),
        commitment_id(meeting, alfa.second).to_string(),
    );
    let pairs = [
        ("meeting", next.as_str()),
        ("organisation", &first),
        ("text", "Vi tar over deres."),
        ("carried_from", &theirs),
    ];
    let error = app.refuse(alfa, Who::Leader, "commit", &pairs, 409).await;
    assert_eq!(
        error,
        AppError::Rejected {
            rejection: Rejection::AnotherOrganisations
        }
    );
    app.finish().await;
}

#[tokio::test]
async fn what_is_promised_stays_inside_the_network() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.open_meeting(alfa).await;
    app.close_meeting(alfa, meeting).await;
    let commitment = commitment_id(meeting, alfa.first);
    for inside in [
        Who::Leader,
        Who::Member,
        Who::Representative,
        Who::Administrator,
    ] {
        assert_eq!(chain(&app, inside, commitment).await.len(), 1, "{inside:?}");
    }
    // For anybody else there is none: the answer is that of a commitment that never was.
    let query = Query::Commitment(commitment);
    let token = alfa.token(Who::Guest);
    let answer = app
        .ask(alfa.slug, token, &query, domain::time::AsOf::LIVE)
        .await;
    assert_eq!(answer.refused(404), AppError::NotFound);
    app.finish().await;
}
