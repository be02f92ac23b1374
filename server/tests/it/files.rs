//! Files of meetings: who adds, reads and withdraws them, what is taken, and that nothing is left of what was withdrawn.

use crate::helpers::app::{Place, TestApp, Who};
use crate::helpers::http::{Answer, Call};
use crate::helpers::new_id;
use app::forms::{Fields, derived};
use axum::http::{StatusCode, header};
use domain::ids::MeetingId;
use domain::limits::FILE_BYTES_MAX;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

const SAID: &[u8] = b"%PDF-1.7 Vi provde kollegaveiledning.";
const BOUNDARY: &str = "----samspor";

fn body(command: Uuid, name: &str, content: &[u8]) -> Vec<u8> {
    let before = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\n{command}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/html\r\n\r\n"
    );
    let after = format!("\r\n--{BOUNDARY}--\r\n");
    [before.as_bytes(), content, after.as_bytes()].concat()
}

fn files(slug: &str, meeting: MeetingId) -> String {
    format!("/{slug}/meetings/{meeting}/files")
}

fn adding(slug: &str, token: &str, meeting: MeetingId, body: Vec<u8>) -> Call {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    Call::post(&files(slug, meeting))
        .session(token)
        .body(&kind, body)
}

async fn add(
    app: &TestApp,
    place: &Place,
    who: Who,
    meeting: MeetingId,
    name: &str,
) -> (Answer, Uuid) {
    let command = new_id();
    let call = adding(
        place.slug,
        place.token(who),
        meeting,
        body(command, name, SAID),
    );
    (app.send(call).await, derived(command, "file"))
}

fn withdrawing(slug: &str, token: &str, meeting: MeetingId, file: Uuid, reason: &str) -> Call {
    let fields: Fields = [
        ("command", new_id().to_string()),
        ("file", file.to_string()),
        ("reason", reason.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    Call::post(&format!("{}/withdraw", files(slug, meeting)))
        .session(token)
        .form(&fields)
}

async fn superuser(app: &TestApp) -> PgConnection {
    PgConnection::connect(&app.url)
        .await
        .expect("the database answers")
}

#[tokio::test]
async fn files_are_for_those_inside_and_added_by_who_runs_meetings() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let list = files("alfa", meeting);
    let (added, file) = add(&app, alfa, Who::Leader, meeting, "Møte 1.pdf").await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{added}");
    assert_eq!(added.leads_to(), list);
    for who in Who::ALL {
        let may_read = who != Who::Guest;
        let page = app.page(alfa, who, &list).await;
        let download = app.page(alfa, who, &format!("{list}/{file}")).await;
        let expected = if may_read {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(
            (page.status, download.status),
            (expected, expected),
            "{who:?}"
        );
        assert_eq!(page.text().contains("Møte"), may_read, "{who:?}");
        assert_eq!(download.body == SAID, may_read, "{who:?}");
        let runs = matches!(
            who,
            Who::Leader | Who::Deputy | Who::MinuteTaker | Who::Administrator
        );
        assert_eq!(page.text().contains("multipart/form-data"), runs, "{who:?}");
        let heads = app.heads().await;
        let (added, _) = add(&app, alfa, who, meeting, "nok.pdf").await;
        let expected = if runs {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(added.status, expected, "{who:?}: {added}");
        assert_eq!(app.heads().await != heads, runs, "{who:?}");
    }
    // From another site nothing is taken, and nobody who is not signed in gets anything.
    let foreign = adding(
        "alfa",
        alfa.token(Who::Leader),
        meeting,
        body(new_id(), "a.pdf", SAID),
    )
    .header(header::ORIGIN, "https://evil.example");
    assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN);
    let nobody = app.send(Call::get(&format!("{list}/{file}"))).await;
    assert_eq!(nobody.leads_to(), "/sign-in");
    app.finish().await;
}

#[tokio::test]
async fn a_file_is_downloaded_and_never_shown() {
    let app = TestApp::new().await;
    let meeting = app.called_meeting(&app.alfa).await;
    let (_, file) = add(&app, &app.alfa, Who::Leader, meeting, "Møte.pdf").await;
    let address = format!("{}/{file}", files("alfa", meeting));
    let download = app.page(&app.alfa, Who::Member, &address).await;
    for (name, value) in [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename*=UTF-8''M%C3%B8te.pdf",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ] {
        assert_eq!(download.header(name.clone()), Some(value), "{name}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_such_file_or_too_large_is_refused_with_a_sentence() {
    let app = TestApp::new().await;
    let meeting = app.called_meeting(&app.alfa).await;
    let heads = app.heads().await;
    let large = usize::try_from(FILE_BYTES_MAX).expect("fits");
    let of_size = |bytes: usize| {
        let mut content = b"%PDF-".to_vec();
        content.resize(bytes, b' ');
        content
    };
    for (name, content, status, sentence) in [
        ("side.html", b"<script>".to_vec(), 415, "av et annet slag"),
        (
            "side.pdf",
            b"<script>".to_vec(),
            415,
            "ikke det navnet sier",
        ),
        ("tom.pdf", Vec::new(), 422, "Velg en fil"),
        ("", SAID.to_vec(), 422, "Velg en fil"),
        ("stor.pdf", of_size(large + 1), 413, "større enn 20 MB"),
        (
            "stor.pdf",
            of_size(large + 100_000),
            413,
            "større enn 20 MB",
        ),
    ] {
        let call = adding(
            "alfa",
            app.alfa.token(Who::Leader),
            meeting,
            body(new_id(), name, &content),
        );
        let answer = app.send(call).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {answer}");
        assert!(answer.text().contains(sentence), "{name}: {answer}");
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn another_regions_file_is_answered_as_a_missing_one() {
    let app = TestApp::new().await;
    let theirs = app.called_meeting(&app.beta).await;
    let ours = app.called_meeting(&app.alfa).await;
    let (_, file) = add(&app, &app.beta, Who::Leader, theirs, "Referat.pdf").await;
    let (heads, token) = (app.heads().await, app.alfa.token(Who::Administrator));
    let missing = MeetingId(new_id());
    for (meeting, file) in [
        (theirs, file),
        (missing, new_id()),
        (ours, file),
        (ours, new_id()),
    ] {
        let address = format!("{}/{file}", files("alfa", meeting));
        let download = app.send(Call::get(&address).session(token)).await;
        assert_eq!(download.status, StatusCode::NOT_FOUND, "{address}");
        let withdrawn = app
            .send(withdrawing("alfa", token, meeting, file, "Fordi."))
            .await;
        assert_eq!(withdrawn.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!download.text().contains("Referat"));
    }
    for meeting in [theirs, missing] {
        let list = app
            .send(Call::get(&files("alfa", meeting)).session(token))
            .await;
        assert_eq!(list.status, StatusCode::NOT_FOUND);
        let added = adding("alfa", token, meeting, body(new_id(), "a.pdf", SAID));
        assert_eq!(app.send(added).await.status, StatusCode::NOT_FOUND);
    }
    // By their own address, too.
    let address = format!("{}/{file}", files("beta", theirs));
    let download = app.send(Call::get(&address).session(token)).await;
    assert_eq!(download.leads_to(), "/sign-in");
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn a_withdrawn_file_is_nowhere() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let list = files("alfa", meeting);
    let command = new_id();
    let file = derived(command, "file");
    let sent = || {
        let body = body(command, "Klage.pdf", SAID);
        adding("alfa", alfa.token(Who::Leader), meeting, body)
    };
    assert_eq!(app.send(sent()).await.status, StatusCode::SEE_OTHER);
    let mut superuser = superuser(&app).await;
    let mut rows = async || -> (i64, i64) {
        let statement = format!(
            "SELECT (SELECT count(*) FROM files),
                    (SELECT count(*) FROM keys.text_keys WHERE text_id = '{file}' AND wrapped IS NOT NULL)"
        );
        sqlx::query_as(AssertSqlSafe(statement))
            .fetch_one(&mut superuser)
            .await
            .expect("counts")
    };
    assert_eq!(rows().await, (1, 1));
    // Who neither corrects nor added it cannot; nor can anybody without a reason.
    let withdraw = |who, reason| withdrawing("alfa", alfa.token(who), meeting, file, reason);
    let by_member = app.send(withdraw(Who::Member, "Fordi.")).await;
    assert_eq!(by_member.status, StatusCode::FORBIDDEN, "{by_member}");
    let silent = app.send(withdraw(Who::Leader, "  ")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rows().await, (1, 1));
    let done = app.send(withdraw(Who::Leader, "Den var om et barn.")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done}");
    assert_eq!(rows().await, (0, 0));
    // The same file sent again by the same order comes not back.
    assert_eq!(app.send(sent()).await.status, StatusCode::SEE_OTHER);
    assert_eq!(rows().await, (0, 0));
    let download = app.page(alfa, Who::Leader, &format!("{list}/{file}")).await;
    assert_eq!(download.status, StatusCode::NOT_FOUND);
    let page = app.page(alfa, Who::Leader, &list).await.text();
    assert!(page.contains("trukket tilbake") && !page.contains("Klage"));
    app.finish().await;
}

#[tokio::test]
async fn a_file_whose_bytes_did_not_arrive_comes_whole_with_the_same_order_and_altered_bytes_do_not_open()
 {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let meeting = app.called_meeting(alfa).await;
    let (command, list) = (new_id(), files("alfa", meeting));
    let file = derived(command, "file");
    let sent = |content| {
        let body = body(command, "Referat.pdf", content);
        adding("alfa", alfa.token(Who::Leader), meeting, body)
    };
    app.send(sent(SAID)).await;
    let mut superuser = superuser(&app).await;
    let stored: Vec<u8> = sqlx::query_scalar("SELECT content FROM files")
        .fetch_one(&mut superuser)
        .await
        .expect("is there");
    assert!(!stored.windows(8).any(|part| part == b"%PDF-1.7"));
    sqlx::raw_sql("DELETE FROM files")
        .execute(&mut superuser)
        .await
        .expect("deletes");
    let page = app.page(alfa, Who::Leader, &list).await.text();
    assert!(page.contains("kom ikke fram"), "{page}");
    let address = format!("{list}/{file}");
    let heads = app.heads().await;
    let other = app.send(sent(b"%PDF-1.7 Noe annet.")).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{other}");
    assert_eq!(
        app.page(alfa, Who::Leader, &address).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(app.send(sent(SAID)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.heads().await, heads);
    assert_eq!(app.page(alfa, Who::Leader, &address).await.body, SAID);
    sqlx::raw_sql("UPDATE files SET content = set_byte(content, 30, get_byte(content, 30) # 1)")
        .execute(&mut superuser)
        .await
        .expect("alters");
    let altered = app.page(alfa, Who::Leader, &address).await;
    assert_eq!(altered.status, StatusCode::INTERNAL_SERVER_ERROR);
    app.finish().await;
}
