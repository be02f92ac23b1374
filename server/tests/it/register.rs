//! Organisations and people from a file: on the page, and on the command line.

use crate::command_line::{said, samspor};
use crate::helpers::app::{TestApp, Who};
use crate::helpers::http::{Answer, Call};
use app::forms::Fields;
use axum::http::StatusCode;
use domain::organisation::number::OrganisationNumber;
use domain::time::AsOf;
use domain::views::region::OrganisationsView;
use rust_xlsxwriter::Workbook;
use server::clock::{Clock as _, SystemClock};
use server::register::apply::{apply, known};
use server::register::plan::{Plan, plan};
use server::register::read::{Of, read};
use sqlx::{Connection as _, PgConnection};

const PATH: &str = "/alfa/register";

/// Organisation numbers that could be given to somebody, a different one for each `n`.
fn number(n: usize) -> String {
    (900_000_000_u32..)
        .map(|number| number.to_string())
        .filter(|text| OrganisationNumber::parse(text).is_ok())
        .nth(n)
        .expect("there are enough")
}

/// Eight municipalities, 45 schools, 80 kindergartens; owners stand after their units.
fn organisations() -> Vec<[String; 6]> {
    let row = |n: usize, name: String, kind: &str, owner: String, school: &str, pupils: String| {
        [
            number(n),
            name,
            kind.to_owned(),
            owner,
            school.to_owned(),
            pupils,
        ]
    };
    let mut rows = Vec::new();
    for n in 0..45 {
        let owner = format!("Kommune {} Ås", n % 8);
        rows.push(row(
            8 + n,
            format!("Skole {n} Bø"),
            "Skole",
            owner,
            "Barneskole",
            (60 + n).to_string(),
        ));
    }
    for n in 0..80 {
        rows.push(row(
            53 + n,
            format!("Barnehage {n}"),
            "barnehage",
            number(n % 8),
            "",
            String::new(),
        ));
    }
    for n in 0..8 {
        rows.push(row(
            n,
            format!("Kommune {n} Ås"),
            "Kommune",
            String::new(),
            "",
            String::new(),
        ));
    }
    rows
}

const HEADER: [&str; 6] = [
    "Organisasjonsnummer",
    "Navn",
    "Type",
    "Kommune",
    "Skoletype",
    "Elever",
];

fn csv(header: &[&str], rows: &[impl AsRef<[String]>], separator: &str) -> String {
    let mut text = header.join(separator) + "\r\n";
    for row in rows {
        text += &(row.as_ref().join(separator) + "\r\n");
    }
    text
}

fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("is in the lower half"))
        .collect()
}

fn xlsx(header: &[&str], rows: &[impl AsRef<[String]>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in header.iter().enumerate() {
        let column = u16::try_from(column).expect("few columns");
        sheet.write_string(0, column, *name).expect("is written");
    }
    for (n, row) in rows.iter().enumerate() {
        let line = u32::try_from(n + 1).expect("few rows");
        for (column, text) in row.as_ref().iter().enumerate() {
            let column = u16::try_from(column).expect("few columns");
            // As spreadsheets do: what looks like a number is one.
            match text.parse::<f64>() {
                Ok(number) => sheet.write_number(line, column, number),
                Err(_) => sheet.write_string(line, column, text),
            }
            .expect("is written");
        }
    }
    book.save_to_buffer().expect("is a workbook")
}

fn upload(bytes: &[u8]) -> Call {
    let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"register\"\r\nContent-Type: application/octet-stream\r\n\r\n".to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    Call::post(PATH).body("multipart/form-data; boundary=edge", body)
}

async fn look(app: &TestApp, bytes: &[u8]) -> Answer {
    let token = app.alfa.token(Who::Administrator);
    app.send(upload(bytes).session(token)).await
}

fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("{name} is not in {page}"));
    after.split('"').next().expect("ends").to_owned()
}

fn shown(preview: &Answer) -> Fields {
    let page = preview.text();
    ["file", "seed", "mark"]
        .into_iter()
        .map(|name| (name.to_owned(), hidden(&page, name)))
        .collect()
}

fn keep() -> Call {
    Call::post(&format!("{PATH}/apply"))
}

/// Looks through a file and keeps what is shown.
async fn take_in(app: &TestApp, bytes: &[u8], counts: &str) {
    let preview = look(app, bytes).await;
    assert_eq!(preview.status, StatusCode::OK, "{preview}");
    assert!(preview.text().contains(counts), "{counts}: {preview}");
    let token = app.alfa.token(Who::Administrator);
    let kept = app.send(keep().session(token).form(&shown(&preview))).await;
    let after = app.send(Call::get(kept.leads_to()).session(token)).await;
    assert!(after.text().contains("rader er lagret"), "{after}");
}

async fn view(app: &TestApp) -> OrganisationsView {
    let region = app.alfa.tenant.region_id;
    server::views::read(
        &app.store,
        &app.alfa.tenant,
        region,
        AsOf::LIVE,
        app.clock.now(),
    )
    .await
    .expect("can be read")
    .view
}

#[tokio::test]
async fn a_regions_organisations_come_from_a_file_once_and_change_with_it() {
    let app = TestApp::new().await;
    let before = view(&app).await.organisations.len();
    let mut rows = organisations();
    let text = csv(&HEADER, &rows, ";");
    // A preview changes nothing.
    let heads = app.heads().await;
    let preview = look(&app, text.as_bytes()).await;
    assert!(
        preview
            .text()
            .contains("133 nye, 0 endres, 0 som før, 0 med feil"),
        "{preview}"
    );
    assert_eq!(app.heads().await, heads);
    take_in(&app, &windows_1252(&text), "133 nye").await;
    let after = view(&app).await;
    assert_eq!(after.organisations.len(), before + 133);
    let school = after
        .organisations
        .values()
        .find(|row| row.called.as_str() == "Skole 7 Bø")
        .expect("is there");
    assert_eq!(
        school.number.as_ref().map(OrganisationNumber::as_str),
        Some(number(15).as_str())
    );
    let owner = school.parent.and_then(|owner| after.called(owner));
    assert_eq!(owner, Some("Kommune 7 Ås"));
    // The same in every way a spreadsheet program writes it.
    let heads = app.heads().await;
    for same in [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        csv(&HEADER, &rows, ",").into_bytes(),
        csv(&HEADER, &rows, "\t").into_bytes(),
        xlsx(&HEADER, &rows),
    ] {
        let preview = look(&app, &same).await;
        assert!(
            preview
                .text()
                .contains("0 nye, 0 endres, 133 som før, 0 med feil"),
            "{preview}"
        );
        assert!(
            !preview.text().contains("name=\"mark\""),
            "there is nothing to keep"
        );
    }
    assert_eq!(app.heads().await, heads);
    // Another name is a new name of the same school.
    rows[7][1] = "Nye Bø skole".to_owned();
    take_in(&app, &xlsx(&HEADER, &rows), "0 nye, 1 endres, 132 som før").await;
    let renamed = view(&app).await;
    assert_eq!(renamed.organisations.len(), before + 133);
    assert!(
        renamed
            .organisations
            .values()
            .any(|row| row.called.as_str() == "Nye Bø skole")
    );
    assert!(
        !renamed
            .organisations
            .values()
            .any(|row| row.called.as_str() == "Skole 7 Bø")
    );
    app.finish().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_and_left_out() {
    let app = TestApp::new().await;
    let good = number(0);
    let text = format!(
        "navn;type;orgnr;eier;elever\n\
         Feil Nummer;skole;974760674;;\n\
         Kort Nummer;skole;97476;;\n\
         Uten Type;slott;;;\n\
         Uten Eier;skole;;Ingensteds;\n\
         Rett;skole;{good};;\"1 234\"\n\
         Rett igjen;skole;{good};;\n\
         ;skole;;;\n\
         Mange;skole;;;flere\n"
    );
    let preview = look(&app, text.as_bytes()).await;
    let page = preview.text();
    for said in [
        "1 nye, 0 endres, 0 som før, 7 med feil",
        "Linje 2 · Organisasjonsnummeret er skrevet feil",
        "Linje 3 · Organisasjonsnummeret må ha ni siffer",
        "Linje 4 · Typen «slott» finnes ikke",
        "Linje 5 · Eieren «Ingensteds» finnes ikke",
        "Linje 7 · Det samme står på linje 6",
        "Linje 8 · Navnet mangler",
        "Linje 9 · «flere» er ikke et antall elever",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let before = view(&app).await.organisations.len();
    take_in(&app, text.as_bytes(), "1 nye").await;
    assert_eq!(view(&app).await.organisations.len(), before + 1);
    // Files of which nothing can be used.
    let heads = app.heads().await;
    let many = format!("navn;type\n{}", "Skole;skole\n".repeat(5_001));
    let swollen = [&b"PK\x03\x04PK\x01\x02"[..], &[0; 20], &[0xff; 4], &[0; 16]].concat();
    let large = "x".repeat(2 * 1024 * 1024 + 1);
    for (bytes, sentence) in [
        (&b""[..], "Velg en fil først"),
        (b"navn;type\n", "ingen rader"),
        (b"navn;eier\nA;B\n", "Kolonnen type mangler"),
        (b"navn;type;namn\nA;B;C\n", "Kolonnen navn står to ganger"),
        (b"PK\x03\x04 no workbook", "kan ikke leses"),
        (b"navn;type\n\"A;skole\n", "kan ikke leses"),
        // A workbook that says it unpacks to more than fits.
        (swollen.as_slice(), "større enn 2 MB"),
        (many.as_bytes(), "flere enn 5000 rader"),
        (large.as_bytes(), "større enn 2 MB"),
    ] {
        let answer = look(&app, bytes).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{sentence}: {answer}"
        );
        assert!(answer.text().contains(sentence), "{sentence}: {answer}");
    }
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

#[tokio::test]
async fn a_file_is_the_administrators_to_bring() {
    let app = TestApp::new().await;
    let text = "navn;type\nEn ny skole;skole\n";
    let fields = shown(&look(&app, text.as_bytes()).await);
    let heads = app.heads().await;
    for who in Who::ALL
        .into_iter()
        .filter(|who| *who != Who::Administrator)
    {
        let token = app.alfa.token(who);
        for call in [
            Call::get(PATH),
            upload(text.as_bytes()),
            keep().form(&fields),
        ] {
            let answer = app.send(call.session(token)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who:?}: {answer}");
        }
    }
    // Another region's administrator is nobody here, and nobody is anybody.
    let foreign = app.beta.token(Who::Administrator);
    for token in [foreign, "nobody"] {
        for call in [
            Call::get(PATH),
            upload(text.as_bytes()),
            keep().form(&fields),
        ] {
            let answer = app.send(call.session(token)).await;
            assert_eq!(answer.leads_to(), "/sign-in");
        }
    }
    assert_eq!(app.heads().await, heads);
    let token = app.alfa.token(Who::Administrator);
    let page = app.send(Call::get(PATH).session(token)).await;
    assert_eq!(page.status, StatusCode::OK, "{page}");
    let people = app.send(Call::get("/alfa/people").session(token)).await;
    assert!(
        people.text().contains("href=\"/alfa/register\""),
        "{people}"
    );
    // What was shown is what is kept: by now it would be something else.
    take_in(&app, text.as_bytes(), "1 nye").await;
    let heads = app.heads().await;
    let late = app.send(keep().session(token).form(&fields)).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{late}");
    assert!(late.text().contains("Noe har endret seg"), "{late}");
    assert_eq!(app.heads().await, heads);
    app.finish().await;
}

const PEOPLE: &str = "Navn;E-post;Arbeidssted;Rolle\n\
    Ane Strand;ane@alfa.example;Skole Ny;Rektor\n\
    Bo Vik;;Skole Ny;lærar\n\
    Ane Strand;ane.strand@alfa.example;Skole Ny;Teacher\n";

async fn planned(app: &TestApp, text: &str) -> Plan {
    let table = read(text.as_bytes()).expect("can be read");
    assert_eq!(table.of, Of::People);
    let now = app.clock.now();
    let known = known(&app.store, &app.alfa.tenant, table.of, now).await;
    plan(
        &table,
        &known.expect("can be read"),
        crate::helpers::new_id(),
    )
}

#[tokio::test]
async fn people_are_entered_with_workplace_role_and_address_and_nobody_is_invited() {
    let app = TestApp::new().await;
    take_in(&app, b"navn;type\nSkole Ny;skole\n", "1 nye").await;
    take_in(
        &app,
        PEOPLE.as_bytes(),
        "3 nye, 0 endres, 0 som før, 0 med feil",
    )
    .await;
    let heads = app.heads().await;
    let again = look(&app, PEOPLE.as_bytes()).await;
    assert!(
        again
            .text()
            .contains("0 nye, 0 endres, 3 som før, 0 med feil"),
        "{again}"
    );
    assert_eq!(app.heads().await, heads);
    let people = app
        .send(Call::get("/alfa/people").session(app.alfa.token(Who::Administrator)))
        .await
        .text();
    assert_eq!(people.matches("<strong>Ane Strand").count(), 2, "{people}");
    assert!(
        people.contains("Lærer, Skole Ny") && people.contains("Rektor, Skole Ny"),
        "{people}"
    );
    let mut connection = PgConnection::connect(&app.url).await.expect("connects");
    let letters: i64 = sqlx::query_scalar("SELECT count(*) FROM mails")
        .fetch_one(&mut connection)
        .await
        .expect("can be counted");
    assert_eq!(letters, 0, "nobody was written to");
    // Found by the address: another name and another role are changes, not another person.
    let changed = PEOPLE
        .replace("Ane Strand;ane@", "Ane Strand Lie;ane@")
        .replace("Bo Vik;;", "Bo Vik;bo@alfa.example;");
    take_in(
        &app,
        changed.as_bytes(),
        "0 nye, 2 endres, 1 som før, 0 med feil",
    )
    .await;
    let wrong = "Navn;E-post;Arbeidssted;Rolle\n\
        Bo Vik;annen@alfa.example;Skole Ny;Lærer\n\
        A;a;Skole Ny;Lærer\n\
        B;;Ingen skole;Lærer\n\
        C;;Skole Ny;Konge\n";
    let preview = look(&app, wrong.as_bytes()).await;
    for said in [
        "4 med feil",
        "har en annen e-postadresse",
        "E-postadressen er skrevet feil",
        "«Ingen skole»",
        "«Konge»",
    ] {
        assert!(preview.text().contains(said), "{said}: {preview}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_import_that_stopped_at_any_step_goes_on() {
    let app = TestApp::new().await;
    take_in(&app, b"navn;type\nSkole Ny;skole\n", "1 nye").await;
    let executor = app
        .executors
        .of(app.alfa.tenant.tenant())
        .await
        .expect("works");
    let actor = domain::actor::Actor::Operator;
    let steps = planned(&app, PEOPLE).await.rows[0].steps.len();
    assert_eq!(steps, 3);
    for done in 1..=steps {
        // As if it had stopped then, with somebody of another name each time.
        let text = PEOPLE
            .replace("Ane", &format!("Ane{done}"))
            .replace("ane", &format!("ane{done}"))
            .replace("Bo", &format!("Bo{done}"));
        let mut half = planned(&app, &text).await;
        assert_eq!(half.counts(), [3, 0, 0, 0]);
        half.rows.truncate(1);
        half.rows[0].steps.truncate(done);
        let chance = &server::chance::OsChance;
        apply(
            &app.store,
            &executor,
            chance,
            &app.alfa.tenant,
            &actor,
            &half,
        )
        .await
        .expect("is done");
        let rest = planned(&app, &text).await;
        assert_eq!(rest.rows[0].steps.len(), steps - done, "{:?}", rest.rows[0]);
        apply(
            &app.store,
            &executor,
            chance,
            &app.alfa.tenant,
            &actor,
            &rest,
        )
        .await
        .expect("is done");
        assert_eq!(planned(&app, &text).await.counts(), [0, 0, 3, 0]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_takes_a_file_whole_or_not_at_all() {
    let app = TestApp::new().await;
    // The program goes by the computer's clock.
    app.clock.advance(SystemClock.now() - app.clock_now());
    let file = std::env::temp_dir().join(format!("samspor-register-{}.csv", std::process::id()));
    let path = file.to_str().expect("is text");
    let run = |options: &[&str]| {
        let arguments = [&["register", "import", "alfa", path][..], options].concat();
        samspor(&app.url, &arguments)
    };
    std::fs::write(
        &file,
        "navn;type;orgnr\nEn skole;skole;\nFeil;skole;974760674\n",
    )
    .expect("is written");
    let before = view(&app).await.organisations.len();
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("nothing was done"), "{told}");
    assert_eq!(view(&app).await.organisations.len(), before);
    let preview = said(&run(&["--preview", "--skip-wrong"]));
    assert!(
        preview.contains("1 new, 0 changed, 0 as before, 1 wrong"),
        "{preview}"
    );
    assert!(preview.contains("the last digit does not fit"), "{preview}");
    assert_eq!(view(&app).await.organisations.len(), before);
    assert!(said(&run(&["--skip-wrong"])).contains("1 rows kept"));
    assert_eq!(view(&app).await.organisations.len(), before + 1);
    assert!(said(&run(&["--skip-wrong"])).contains("0 rows kept"));
    let help = said(&samspor(&app.url, &["register", "import", "--help"]));
    assert!(
        help.contains("organisasjonsnummer") && help.contains("arbeidssted"),
        "{help}"
    );
    std::fs::remove_file(&file).expect("is there");
    app.finish().await;
}
