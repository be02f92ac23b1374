//! Signing in by a link of a letter, invitations, sessions; the outbox and what a real way to a mail server does to it.

use crate::helpers::app::{Place, TestApp, Who};
use crate::helpers::http::{Answer, Call};
use app::query::Query;
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use domain::time::AsOf;
use serde_json::json;
use server::mail::Address;
use server::mail::sender::{Sender, Settings};
use server::store::tenants::Tenant;
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// The cookies of a browser, and what it does with them.
#[derive(Clone, Default)]
pub struct Browser(BTreeMap<String, String>);

impl Browser {
    pub async fn send(&mut self, app: &TestApp, call: Call) -> Answer {
        let cookies: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = app
            .send(call.header(header::COOKIE, &cookies.join("; ")))
            .await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("is text");
            let hidden = cookie.contains("; HttpOnly; SameSite=Lax");
            assert!(
                hidden || cookie.starts_with("samspor_language="),
                "{cookie}"
            );
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("is a cookie");
            self.0.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn ask(&mut self, app: &TestApp, address: &str) -> Answer {
        let fields = BTreeMap::from([("address".to_owned(), address.to_owned())]);
        self.send(app, Call::post("/sign-in").form(&fields)).await
    }

    pub async fn press(&mut self, app: &TestApp, link: &str) -> Answer {
        self.send(app, Call::post(link)).await
    }

    pub async fn today(&mut self, app: &TestApp, region: &str) -> StatusCode {
        let body = json!({ "region": region, "query": Query::Today, "as_of": AsOf::LIVE });
        self.send(app, Call::post("/api/read").json(&body))
            .await
            .status
    }
}

/// A mail server on a port of its own that keeps what it is given.
struct Sink {
    url: String,
    letters: Arc<Mutex<Vec<String>>>,
    /// How many letters are turned away first, and with what.
    refusals: Arc<Mutex<Vec<&'static str>>>,
}

impl Sink {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let sink = Self {
            url: format!("smtp://{}", listener.local_addr().expect("has one")),
            letters: Arc::default(),
            refusals: Arc::default(),
        };
        let (letters, refusals) = (sink.letters.clone(), sink.refusals.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (letters, refusals) = (letters.clone(), refusals.clone());
                tokio::spawn(async move {
                    let (read, mut write) = stream.into_split();
                    let mut lines = BufReader::new(read).lines();
                    write.write_all(b"220 sink\r\n").await.ok();
                    let (mut letter, mut inside) = (String::new(), false);
                    while let Ok(Some(line)) = lines.next_line().await {
                        let answer = match (inside, line.as_str()) {
                            (true, ".") => {
                                inside = false;
                                let refusal = refusals.lock().expect("is free").pop();
                                if refusal.is_none() {
                                    letters
                                        .lock()
                                        .expect("is free")
                                        .push(std::mem::take(&mut letter));
                                }
                                refusal.unwrap_or("250 taken")
                            }
                            (true, text) => {
                                letter.push_str(text);
                                letter.push('\n');
                                continue;
                            }
                            (false, "DATA") => {
                                inside = true;
                                letter.clear();
                                "354 go on"
                            }
                            (false, "QUIT") => "221 bye",
                            (false, _) => "250 fine",
                        };
                        if write
                            .write_all(format!("{answer}\r\n").as_bytes())
                            .await
                            .is_err()
                        {
                            break;
                        }
                    }
                });
            }
        });
        sink
    }

    async fn sender(&self, app: &TestApp) -> Sender {
        let settings = Settings {
            url: self.url.clone(),
            from: "Samspor <samspor@samspor.example>".to_owned(),
        };
        let outbox = app.accounts.outbox().await.expect("is there").clone();
        Sender::new(outbox, app.clock.clone(), &settings).expect("can be used")
    }

    /// Sends what is due; the letters that have come in until now, quoted-printable undone.
    async fn letters(&self, app: &TestApp) -> Vec<String> {
        let sender = self.sender(app).await;
        while sender.send_due().await.expect("the outbox is read") > 0 {}
        let letters = self.letters.lock().expect("is free");
        letters
            .iter()
            .map(|letter| {
                letter
                    .replace("?=\n", "?!\n")
                    .replace("=\n", "")
                    .replace("=3D", "=")
            })
            .collect()
    }
}

/// The path of the link in a letter.
fn link_in(letter: &str) -> String {
    let (_, after) = letter
        .split_once("http://samspor.example:3000")
        .expect("holds a link");
    after
        .split(|c: char| c.is_whitespace() || c == '"')
        .next()
        .expect("ends")
        .to_owned()
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("is an address")
}

/// The link of an invitation, without its site.
pub async fn invited(app: &TestApp, place: &Place, who: Who, to: &str) -> String {
    let link = app
        .accounts
        .invite(&place.tenant, place.person(who), "Kari Moen", &address(to))
        .await
        .expect("is invited");
    link.trim_start_matches("http://samspor.example:3000")
        .to_owned()
}

/// A browser where somebody took an invitation.
pub async fn joined(app: &TestApp, place: &Place, who: Who, to: &str) -> Browser {
    let link = invited(app, place, who, to).await;
    let mut browser = Browser::default();
    let answer = browser.press(app, &link).await;
    assert_eq!(answer.leads_to(), format!("/{}", place.slug));
    browser
}

#[tokio::test]
async fn an_invitation_makes_an_account_a_person_of_a_region_and_of_no_other() {
    let app = TestApp::new().await;
    let link = invited(&app, &app.alfa, Who::Leader, "Kari@skole.example").await;
    let mut browser = Browser::default();
    let page = browser.send(&app, Call::get(&link)).await;
    assert_eq!(page.status, StatusCode::OK, "{page}");
    let answer = browser.press(&app, &link).await;
    assert_eq!(answer.leads_to(), "/alfa");
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(browser.today(&app, "beta").await, StatusCode::UNAUTHORIZED);
    let mut other = Browser::default();
    assert_eq!(
        other.press(&app, &link).await.status,
        StatusCode::NOT_FOUND,
        "it works once"
    );

    // The same person in another region: the one account is both.
    let link = invited(&app, &app.beta, Who::Guest, "kari@other.example").await;
    let answer = browser.press(&app, &link).await;
    assert_eq!(
        answer.leads_to(),
        "/account",
        "where one belongs to several, one chooses"
    );
    for region in ["alfa", "beta"] {
        assert_eq!(
            browser.today(&app, region).await,
            StatusCode::OK,
            "{region}"
        );
    }
    // Somebody else's person cannot be taken, and the link is not lost by trying.
    let link = invited(&app, &app.alfa, Who::Leader, "someone@else.example").await;
    for _ in 0..2 {
        let refused = Browser::default().press(&app, &link).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{refused}");
    }
    let link = invited(&app, &app.alfa, Who::Deputy, "late@skole.example").await;
    app.days_pass(15);
    assert_eq!(
        Browser::default().press(&app, &link).await.status,
        StatusCode::NOT_FOUND
    );
    app.finish().await;
}

#[tokio::test]
async fn an_invitation_never_becomes_somebody_elses_way_into_the_account_that_takes_it() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    let mut victim = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    // Another region's administrator invites an address of their own and hands the link to somebody who is signed in.
    let link = invited(&app, &app.beta, Who::Guest, "mallory@evil.example").await;
    assert_eq!(victim.press(&app, &link).await.leads_to(), "/account");
    let before = sink.letters(&app).await.len();
    let mut mallory = Browser::default();
    mallory.ask(&app, "mallory@evil.example").await;
    assert_eq!(
        sink.letters(&app).await.len(),
        before,
        "the address is nobody's"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_session_is_seen_when_it_is_used_and_swept_when_it_is_over() {
    let app = TestApp::new().await;
    let mut browser = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let mut seen = async || -> Vec<chrono::DateTime<chrono::Utc>> {
        sqlx::query_scalar("SELECT seen_at FROM sessions WHERE account_id IS NOT NULL")
            .fetch_all(&mut owner)
            .await
            .expect("are read")
    };
    let began = app.clock_now();
    assert_eq!(seen().await, [began]);
    app.minutes_pass(14);
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(seen().await, [began], "not written each time");
    app.minutes_pass(2);
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(seen().await, [app.clock_now()]);
    app.days_pass(61);
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);
    joined(&app, &app.beta, Who::Leader, "ola@skole.example").await;
    assert_eq!(
        seen().await,
        [app.clock_now()],
        "the one that is over is gone"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_link_signs_in_once_in_the_browser_that_asked() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let before = sink.letters(&app).await.len();
    let mut browser = Browser::default();
    assert_eq!(
        browser.send(&app, Call::get("/sign-in")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        browser.ask(&app, "no address").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        browser.ask(&app, " KARI@skole.example").await.status,
        StatusCode::OK
    );
    let letters = sink.letters(&app).await;
    assert_eq!(letters.len(), before + 1);
    let link = link_in(letters.last().expect("came"));
    // Somebody who reads the letter elsewhere does not come in, and uses nothing up.
    let elsewhere = Browser::default().press(&app, &link).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "{elsewhere}");
    let token = browser.0.get("samspor_session").cloned();
    assert_eq!(browser.press(&app, &link).await.leads_to(), "/alfa");
    assert_ne!(
        browser.0.get("samspor_session").cloned(),
        token,
        "the session's token is a new one"
    );
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(
        browser.press(&app, &link).await.status,
        StatusCode::NOT_FOUND
    );
    // Ten minutes later it is too late.
    browser.ask(&app, "kari@skole.example").await;
    let link = link_in(sink.letters(&app).await.last().expect("came"));
    app.minutes_pass(11);
    assert_eq!(
        browser.press(&app, &link).await.status,
        StatusCode::NOT_FOUND
    );
    app.finish().await;
}

#[tokio::test]
async fn looking_at_a_link_does_not_use_it() {
    let app = TestApp::new().await;
    let link = invited(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    for _ in 0..3 {
        let page = Browser::default().send(&app, Call::get(&link)).await;
        assert!(page.text().contains(&app.alfa.tenant.name), "{page}");
    }
    assert_eq!(
        Browser::default().press(&app, &link).await.leads_to(),
        "/alfa"
    );
    let gone = Browser::default()
        .send(&app, Call::get("/link/nothing"))
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    app.finish().await;
}

#[tokio::test]
async fn an_address_that_is_nobodys_is_answered_like_any_other() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let before = sink.letters(&app).await.len();
    let known = Browser::default().ask(&app, "kari@skole.example").await;
    let unknown = Browser::default().ask(&app, "ola1@skole.example").await;
    assert_eq!(known.status, unknown.status);
    let same = |answer: &Answer, address: &str| answer.text().replace(address, "");
    assert_eq!(
        same(&known, "kari@skole.example"),
        same(&unknown, "ola1@skole.example")
    );
    assert_eq!(
        sink.letters(&app).await.len(),
        before + 1,
        "and is sent nothing"
    );
    // Nobody can be flooded with letters.
    for _ in 0..5 {
        Browser::default().ask(&app, "kari@skole.example").await;
    }
    assert_eq!(sink.letters(&app).await.len(), before + 3);
    app.finish().await;
}

#[tokio::test]
async fn sessions_are_their_owners_to_see_and_to_end() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    let mut phone = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let mut other = joined(&app, &app.alfa, Who::Deputy, "ola@skole.example").await;
    sink.letters(&app).await;
    let mut desk = Browser::default();
    desk.ask(&app, "kari@skole.example").await;
    let link = link_in(sink.letters(&app).await.last().expect("came"));
    desk.press(&app, &link).await;
    let page = desk.send(&app, Call::get("/account")).await;
    let ids: Vec<String> = page
        .text()
        .split("name=\"session\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("ends").to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "the other one can be ended: {page}");
    let ending = BTreeMap::from([("session".to_owned(), ids[0].clone())]);
    // Nobody else can end it.
    other
        .send(&app, Call::post("/account/sessions/end").form(&ending))
        .await;
    assert_eq!(phone.today(&app, "alfa").await, StatusCode::OK);
    desk.send(&app, Call::post("/account/sessions/end").form(&ending))
        .await;
    assert_eq!(phone.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);
    assert_eq!(desk.today(&app, "alfa").await, StatusCode::OK);
    let none = BTreeMap::new();
    let left = desk.clone();
    desk.send(&app, Call::post("/account/sessions/end").form(&none))
        .await;
    assert_eq!(
        left.clone().today(&app, "alfa").await,
        StatusCode::UNAUTHORIZED,
        "everywhere at once"
    );
    assert_eq!(other.today(&app, "alfa").await, StatusCode::OK);
    let outside = Browser::default().send(&app, Call::get("/account")).await;
    assert_eq!(outside.leads_to(), "/sign-in");
    app.finish().await;
}

#[tokio::test]
async fn a_letter_that_is_turned_away_is_tried_again_and_in_the_end_parked() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    sink.refusals
        .lock()
        .expect("is free")
        .extend(["451 later", "451 later"]);
    invited(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    assert_eq!(sink.letters(&app).await.len(), 0);
    assert_eq!(sink.letters(&app).await.len(), 0, "not before its time");
    app.clock.advance(TimeDelta::seconds(11));
    assert_eq!(sink.letters(&app).await.len(), 0);
    app.minutes_pass(2);
    let letters = sink.letters(&app).await;
    assert_eq!(letters.len(), 1);
    let ids = letters[0]
        .lines()
        .filter(|line| line.starts_with("Message-ID: <"))
        .count();
    assert_eq!(ids, 1, "{}", letters[0]);
    let (rows, sent) = app.store.outbox().await.expect("is read");
    assert_eq!((rows.len(), sent), (0, 1));
    // What is refused for good is parked, seen, and can be tried again.
    sink.refusals
        .lock()
        .expect("is free")
        .push("550 nobody of that name");
    invited(&app, &app.alfa, Who::Deputy, "ola@skole.example").await;
    assert_eq!(sink.letters(&app).await.len(), 1);
    let (rows, _) = app.store.outbox().await.expect("is read");
    assert_eq!(
        rows.iter()
            .map(|row| row.state.as_str())
            .collect::<Vec<_>>(),
        ["parked"]
    );
    assert_eq!(
        app.store
            .retry_mails(Some(rows[0].mail_id), app.clock_now())
            .await
            .expect("is retried"),
        1
    );
    assert_eq!(sink.letters(&app).await.len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn two_senders_send_each_letter_once() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    for n in 0..40 {
        invited(
            &app,
            &app.alfa,
            Who::Leader,
            &format!("kari{n}@skole.example"),
        )
        .await;
    }
    let (one, two) = (sink.sender(&app).await, sink.sender(&app).await);
    let empty = async |sender: &Sender| while sender.send_due().await.expect("is read") > 0 {};
    tokio::join!(empty(&one), empty(&two));
    let letters = sink.letters(&app).await;
    let receivers: std::collections::BTreeSet<&str> = letters
        .iter()
        .filter_map(|letter| letter.lines().find(|line| line.starts_with("To: ")))
        .collect();
    assert_eq!((letters.len(), receivers.len()), (40, 40));
    app.finish().await;
}

#[tokio::test]
async fn the_database_holds_no_address_and_no_token() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    let mut browser = joined(&app, &app.alfa, Who::Leader, "kari.moen@skole.example").await;
    browser.ask(&app, "kari.moen@skole.example").await;
    let link = invited(&app, &app.alfa, Who::Deputy, "kari.moen@skole.example").await;
    let tokens = [
        link.rsplit('/').next().expect("has one").to_owned(),
        browser.0["samspor_session"].clone(),
        browser.0["samspor_browser"].clone(),
        "kari.moen".to_owned(),
    ];
    sink.letters(&app).await;
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'keys')",
    )
    .fetch_all(&mut owner)
    .await
    .expect("are listed");
    for table in tables {
        let sql = format!(
            "SELECT t::text || encode(convert_to(t::text, 'UTF8'), 'escape') FROM {table} AS t"
        );
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut owner)
            .await
            .expect("is read");
        for row in rows {
            for token in &tokens {
                assert!(!row.contains(token), "{table} holds {token}");
                assert!(!row.contains(&hex(token)), "{table} holds {token}");
            }
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn people_are_the_administrators_to_see_and_to_invite() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    let alfa = &app.alfa;
    let path = "/alfa/people";
    for who in Who::ALL {
        let seen = app.send(Call::get(path).session(alfa.token(who))).await;
        let administers = who == Who::Administrator;
        let expected = match administers {
            true => StatusCode::OK,
            false => StatusCode::FORBIDDEN,
        };
        assert_eq!(seen.status, expected, "{who:?}");
        assert_eq!(
            seen.text().contains("name=\"person\""),
            administers,
            "{who:?}"
        );
        let fields = BTreeMap::from([
            ("person".to_owned(), alfa.person(Who::Guest).to_string()),
            ("address".to_owned(), "guest@alfa.example".to_owned()),
        ]);
        let invited = app
            .send(Call::post(path).session(alfa.token(who)).form(&fields))
            .await;
        match administers {
            true => {
                let shown = app
                    .send(Call::get(invited.leads_to()).session(alfa.token(who)))
                    .await;
                assert_eq!(shown.status, expected, "{shown}");
                assert!(shown.text().contains("er invitert"), "{shown}");
            }
            false => assert_eq!(invited.status, expected, "{who:?}"),
        }
    }
    // Another region's administrator sees neither the people nor that there are any.
    let foreign = app
        .send(Call::get(path).session(app.beta.token(Who::Administrator)))
        .await;
    assert_eq!(foreign.leads_to(), "/sign-in");
    let admin = alfa.token(Who::Administrator);
    let beta_person = BTreeMap::from([
        ("person".to_owned(), app.beta.person(Who::Guest).to_string()),
        ("address".to_owned(), "guest@beta.example".to_owned()),
    ]);
    let missing = app
        .send(Call::post(path).session(admin).form(&beta_person))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{missing}");
    // Somebody new, with everything; what is wrong is said and nothing is entered.
    let organisation = alfa.first.to_string();
    let command = crate::helpers::new_id().to_string();
    let typed = |name: &str, address: &str, role: &str| {
        BTreeMap::from([
            ("command".to_owned(), command.clone()),
            ("name".to_owned(), name.to_owned()),
            ("address".to_owned(), address.to_owned()),
            ("organisation".to_owned(), organisation.clone()),
            ("role".to_owned(), role.to_owned()),
        ])
    };
    let before = app.heads().await;
    for wrong in [
        typed(" ", "ny@alfa.example", "teacher"),
        typed("Ny Person", "ny", "teacher"),
        typed("Ny Person", "ny@alfa.example", ""),
        typed("Ny Person", "ny@alfa.example", "king"),
    ] {
        let answer = app.send(Call::post(path).session(admin).form(&wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    }
    assert_eq!(app.heads().await, before);
    let right = typed("Ny Person", "ny@alfa.example", "teacher");
    for _ in 0..2 {
        let answer = app.send(Call::post(path).session(admin).form(&right)).await;
        let shown = app.send(Call::get(answer.leads_to()).session(admin)).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown}");
        assert!(shown.text().contains("Ny Person er invitert"), "{shown}");
        assert_eq!(
            shown.text().matches("<strong>Ny Person").count(),
            1,
            "entered once"
        );
    }
    let letters = sink.letters(&app).await;
    let letter = letters
        .iter()
        .rfind(|letter| letter.contains("To: ny@alfa.example"))
        .expect("came");
    let mut browser = Browser::default();
    assert_eq!(
        browser.press(&app, &link_in(letter)).await.leads_to(),
        "/alfa"
    );
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    app.finish().await;
}

#[tokio::test]
async fn a_forgotten_person_comes_in_no_more_and_is_somebody_elsewhere_still() {
    let app = TestApp::new().await;
    let sink = Sink::new().await;
    let (alfa, beta) = (&app.alfa, &app.beta);
    let mut both = joined(&app, alfa, Who::Leader, "kari.moen@skole.example").await;
    let link = invited(&app, beta, Who::Guest, "kari.moen@skole.example").await;
    both.press(&app, &link).await;
    let mut other = joined(&app, alfa, Who::Deputy, "ola@skole.example").await;
    let late = invited(&app, alfa, Who::Leader, "kari.moen@other.example").await;
    let made = server::tokens::make(
        &app.store,
        &server::chance::OsChance,
        app.clock_now(),
        server::tokens::NewToken {
            tenant: alfa.tenant.tenant(),
            person: alfa.person(Who::Leader),
            name: "Timeplan",
            scopes: &[server::tokens::Scope::Read],
            lasts: TimeDelta::days(30),
        },
    );
    let (token, _) = made.await.expect("is made");
    let bearing = async || {
        let call = Call::get("/api/v1/regions/alfa");
        let bearer = format!("Bearer {token}");
        let answer = app.send(call.header(header::AUTHORIZATION, &bearer)).await;
        answer.status
    };
    assert_eq!(bearing().await, StatusCode::OK);
    let executor = app
        .executors
        .of(alfa.tenant.tenant())
        .await
        .expect("starts");
    for who in [Who::Leader, Who::Deputy] {
        let forget = domain::person::PersonCommand::Forget {
            person: alfa.person(who),
        };
        executor
            .submit(crate::helpers::order(crate::helpers::submission(forget)))
            .await
            .expect("is forgotten");
    }
    assert_eq!(bearing().await, StatusCode::UNAUTHORIZED);
    assert_eq!(both.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        both.today(&app, "beta").await,
        StatusCode::OK,
        "the other region is untouched"
    );
    assert_eq!(other.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        Browser::default().press(&app, &late).await.status,
        StatusCode::NOT_FOUND
    );
    let before = sink.letters(&app).await.len();
    Browser::default().ask(&app, "ola@skole.example").await;
    assert_eq!(
        sink.letters(&app).await.len(),
        before,
        "nobody is known by that address"
    );
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let (accounts, contacts, mails): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM contacts),
                (SELECT count(*) FROM mails WHERE tenant_id = $1)",
    )
    .bind(alfa.tenant.id)
    .fetch_one(&mut owner)
    .await
    .expect("counts");
    assert_eq!((accounts, contacts, mails), (1, 1, 0));
    app.finish().await;
}

#[tokio::test]
async fn an_administrator_forgets_somebody_and_everybody_has_their_own_data() {
    let app = TestApp::new().await;
    let alfa = &app.alfa;
    let data = async |token: &str, region: &str| {
        app.send(Call::get(&format!("/{region}/my-data")).session(token))
            .await
    };
    for who in Who::ALL {
        let mine = data(alfa.token(who), "alfa").await;
        assert_eq!(mine.status, StatusCode::OK, "{who:?}: {mine}");
        assert!(
            mine.text().contains(&alfa.person(who).to_string()),
            "{who:?}: {mine}"
        );
        let foreign = data(alfa.token(who), "beta").await;
        assert_eq!(foreign.leads_to(), "/sign-in");
    }
    invited(&app, alfa, Who::Deputy, "stedfortreder@alfa.example").await;
    let mine = data(alfa.token(Who::Deputy), "alfa").await;
    assert!(
        mine.text()
            .contains("\"address\":\"stedfortreder@alfa.example\""),
        "{mine}"
    );
    let forget = |person: domain::ids::PersonId| {
        BTreeMap::from([
            ("person".to_owned(), person.to_string()),
            ("command".to_owned(), crate::helpers::new_id().to_string()),
        ])
    };
    let path = "/alfa/people/forget";
    let guest = alfa.person(Who::Guest);
    for who in [Who::Leader, Who::Deputy, Who::Member, Who::Representative] {
        let refused = app
            .send(
                Call::post(path)
                    .session(alfa.token(who))
                    .form(&forget(guest)),
            )
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who:?}: {refused}");
    }
    let admin = alfa.token(Who::Administrator);
    let foreign = forget(app.beta.person(Who::Guest));
    let missing = app
        .send(Call::post(path).session(admin).form(&foreign))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{missing}");
    let done = app
        .send(Call::post(path).session(admin).form(&forget(guest)))
        .await;
    assert_eq!(done.leads_to(), "/alfa/people");
    let gone = data(alfa.token(Who::Guest), "alfa").await;
    assert_eq!(
        gone.leads_to(),
        "/sign-in",
        "whoever is forgotten is signed in no more"
    );
    let list = app.send(Call::get("/alfa/people").session(admin)).await;
    assert!(!list.text().contains(&guest.to_string()), "{list}");
    app.finish().await;
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn the_first_administrator_comes_in_by_a_link_of_the_command_line() {
    let app = TestApp::new().await;
    let region: &Tenant = &app.beta.tenant;
    let name = domain::text::PersonName::parse("Ragnhild Nes").expect("is a name");
    let link = app
        .accounts
        .invite_administrator(region, &name, &address("ragnhild@region.example"))
        .await
        .expect("is invited");
    let link = link.trim_start_matches("http://samspor.example:3000");
    let mut browser = Browser::default();
    assert_eq!(browser.press(&app, link).await.leads_to(), "/beta");
    let body = json!({ "region": "beta", "query": Query::Networks, "as_of": AsOf::LIVE });
    let answer = browser
        .send(&app, Call::post("/api/read").json(&body))
        .await;
    let reply: app::query::Reply = answer.accepted();
    let around = crate::helpers::app::around(&reply);
    assert_eq!(around.viewer.name, "Ragnhild Nes");
    assert!(
        around
            .standings
            .contains(&domain::access::Standing::Administrator)
    );
    app.finish().await;
}
