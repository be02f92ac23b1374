//! Signing in with a provider of OpenID Connect. The provider here is a small one that says whatever a test wants it to,
//! also what no honest one says; the journeys in the browser meet a real one.

use crate::accounts::{Browser, invited, joined};
use crate::helpers::app::{TestApp, Who};
use crate::helpers::http::{Answer, Call};
use crate::helpers::{order, submission};
use app::forms::Fields;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::person::PersonCommand;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use server::accounts::providers::{Kind, NewProvider};
use server::store::providers::{Mapped, Provider};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// What the provider will say.
#[derive(Clone)]
struct Says {
    /// Claims that stand in the ID token beside or instead of the usual ones.
    claims: Value,
    /// The number of the key it signs with.
    signs: u8,
    /// The number of the key it tells of.
    tells: u8,
    /// The algorithm that the token names.
    alg: &'static str,
    /// The challenge and the nonce that the last browser came with.
    challenge: String,
    nonce: String,
}

#[derive(Clone)]
struct Vouching {
    issuer: String,
    says: Arc<Mutex<Says>>,
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn about(State(own): State<Vouching>) -> Json<Value> {
    let issuer = &own.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "end_session_endpoint": format!("{issuer}/over"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(own): State<Vouching>) -> Json<Value> {
    let number = own.says.lock().expect("is free").tells;
    let x = URL_SAFE_NO_PAD.encode(key(number).verifying_key().as_bytes());
    let kid = number.to_string();
    Json(
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "alg": "EdDSA", "x": x}]}),
    )
}

async fn token(
    State(own): State<Vouching>,
    Form(asked): Form<BTreeMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let says = own.says.lock().expect("is free").clone();
    let proof = Sha256::digest(asked["code_verifier"].as_bytes());
    if URL_SAFE_NO_PAD.encode(proof) != says.challenge {
        return Err(StatusCode::BAD_REQUEST);
    }
    // The tests' clock stands in the spring of 2026.
    let (begun, over) = (1_772_000_000, 1_900_000_000);
    let mut claims = json!({
        "iss": own.issuer, "aud": "samspor", "iat": begun, "exp": over, "nonce": says.nonce,
    });
    for (name, value) in says.claims.as_object().expect("are claims") {
        claims[name] = value.clone();
    }
    let head = json!({"alg": says.alg, "kid": says.signs.to_string(), "typ": "JWT"});
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = match says.alg {
        "none" => String::new(),
        _ => URL_SAFE_NO_PAD.encode(key(says.signs).sign(signed.as_bytes()).to_bytes()),
    };
    Ok(Json(json!({
        "access_token": "open", "token_type": "Bearer", "id_token": format!("{signed}.{signature}"),
    })))
}

async fn me(State(own): State<Vouching>) -> Json<Value> {
    let says = own.says.lock().expect("is free").clone();
    Json(
        json!({"sub": says.claims["sub"], "name": "Astrid Vågå", "work": says.claims["told_later"]}),
    )
}

impl Vouching {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let own = Self {
            issuer: format!("http://{}", listener.local_addr().expect("has one")),
            says: Arc::new(Mutex::new(Says {
                claims: json!({"sub": "astrid"}),
                signs: 1,
                tells: 1,
                alg: "EdDSA",
                challenge: String::new(),
                nonce: String::new(),
            })),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(about))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(own.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        own
    }

    fn says(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().expect("is free"));
    }

    fn vouches_for(&self, claims: Value) {
        self.says(|says| says.claims = claims);
    }

    async fn of_alfa(&self, app: &TestApp) -> Provider {
        let new = NewProvider {
            kind: Kind::Feide,
            label: "Feide".to_owned(),
            issuer: self.issuer.clone(),
            client_id: "samspor".to_owned(),
            secret: Some("only we two know".to_owned()),
            scopes: None,
            organisation_claim: Some("work".to_owned()),
            required: Some(("is".to_owned(), "employee".to_owned())),
        };
        let kept = app.accounts.keep_provider(app.alfa.tenant.tenant(), new);
        let kept = kept.await.expect("is asked").expect("answers");
        kept.expect("is the first")
    }

    /// A browser goes there; the address it comes back to.
    async fn visit(&self, app: &TestApp, browser: &mut Browser, from: &str) -> String {
        let answer = browser.send(app, Call::get(from)).await;
        let to = Url::parse(answer.leads_to()).expect("leads to the provider");
        assert_eq!(to.origin().ascii_serialization(), self.issuer);
        let asked: BTreeMap<String, String> = to.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["redirect_uri"], app.accounts.address("/sign-in/back"));
        self.says(|says| {
            says.challenge = asked["code_challenge"].clone();
            says.nonce = asked["nonce"].clone();
        });
        format!("/sign-in/back?code=open&state={}", asked["state"])
    }

    async fn come(&self, app: &TestApp, browser: &mut Browser, from: &str) -> Answer {
        let back = self.visit(app, browser, from).await;
        browser.send(app, Call::get(&back)).await
    }
}

fn with(provider: &Provider) -> String {
    format!("/sign-in/with/{}", provider.provider_id)
}

#[tokio::test]
async fn an_invitation_is_taken_with_a_provider() {
    let (app, vouching) = (TestApp::new().await, Vouching::new().await);
    let provider = vouching.of_alfa(&app).await;
    let mut unknown = Browser::default();
    let answer = vouching.come(&app, &mut unknown, &with(&provider)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer}");
    assert_eq!(unknown.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);

    let link = invited(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let token = link.trim_start_matches("/link/").to_owned();
    let mut browser = Browser::default();
    let page = browser.send(&app, Call::get(&link)).await.text();
    let way = format!("{}?invitation={token}", with(&provider));
    assert!(page.contains(&way), "{page}");
    let answer = vouching.come(&app, &mut browser, &way).await;
    assert_eq!(answer.leads_to(), "/alfa");
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(browser.today(&app, "beta").await, StatusCode::UNAUTHORIZED);
    let again = vouching.come(&app, &mut Browser::default(), &way).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it works once");

    // From then on the provider is enough, and is told when it is over.
    let mut later = Browser::default();
    let answer = vouching.come(&app, &mut later, &with(&provider)).await;
    assert_eq!(answer.leads_to(), "/alfa");
    let over = later.send(&app, Call::post("/leave")).await;
    let text = over.text();
    assert!(
        text.contains(&format!("{}/over?id_token_hint=", vouching.issuer)),
        "{text}"
    );
    assert_eq!(later.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);

    // The letter's address became no way in: the invitation was not taken by reading a letter.
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let issuers: Vec<String> = sqlx::query_scalar("SELECT issuer FROM identities")
        .fetch_all(&mut owner)
        .await
        .expect("are read");
    assert_eq!(issuers, std::slice::from_ref(&vouching.issuer));
    app.finish().await;
}

#[tokio::test]
async fn what_comes_back_is_used_once_and_where_it_began() {
    let (app, vouching) = (TestApp::new().await, Vouching::new().await);
    let provider = vouching.of_alfa(&app).await;
    let from = with(&provider);
    let mut browser = Browser::default();
    let back = vouching.visit(&app, &mut browser, &from).await;
    for mut other in [Browser::default(), {
        let mut other = Browser::default();
        vouching.visit(&app, &mut other, &from).await;
        other
    }] {
        let answer = other.send(&app, Call::get(&back)).await;
        assert!(answer.status.is_client_error(), "{answer}");
        assert_ne!(answer.status, StatusCode::OK);
    }
    let back = vouching.visit(&app, &mut browser, &from).await;
    let first = browser.send(&app, Call::get(&back)).await;
    assert_eq!(
        first.status,
        StatusCode::FORBIDDEN,
        "known to nobody: {first}"
    );
    let second = browser.send(&app, Call::get(&back)).await;
    assert_eq!(second.status, StatusCode::NOT_FOUND, "{second}");
    let back = vouching.visit(&app, &mut browser, &from).await;
    app.minutes_pass(11);
    let late = browser.send(&app, Call::get(&back)).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "{late}");
    let mixed = vouching.visit(&app, &mut browser, &from).await;
    let mixed = browser
        .send(
            &app,
            Call::get(&format!("{mixed}&iss=https://other.example")),
        )
        .await;
    assert_eq!(mixed.status, StatusCode::BAD_GATEWAY, "{mixed}");
    let denied = vouching.visit(&app, &mut browser, &from).await;
    let denied = denied.replace("code=open", "error=access_denied");
    let denied = browser.send(&app, Call::get(&denied)).await;
    assert_eq!(denied.status, StatusCode::BAD_GATEWAY, "{denied}");
    app.finish().await;
}

#[tokio::test]
async fn what_a_provider_says_must_hold() {
    let (app, vouching) = (TestApp::new().await, Vouching::new().await);
    let provider = vouching.of_alfa(&app).await;
    let link = invited(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let token = link.trim_start_matches("/link/").to_owned();
    let way = format!("{}?invitation={token}", with(&provider));
    let lies = [
        json!({"sub": "astrid", "nonce": "another"}),
        json!({"sub": "astrid", "aud": "another"}),
        json!({"sub": "astrid", "iss": "https://other.example"}),
        json!({"sub": "astrid", "exp": 1_700_000_000}),
    ];
    let come = async || {
        let mut browser = Browser::default();
        let answer = vouching.come(&app, &mut browser, &way).await;
        assert_eq!(
            browser.today(&app, "alfa").await.is_success(),
            answer.status.is_redirection()
        );
        answer.status
    };
    for lie in lies {
        vouching.vouches_for(lie.clone());
        assert_eq!(come().await, StatusCode::BAD_GATEWAY, "{lie}");
    }
    vouching.vouches_for(json!({"sub": "astrid"}));
    vouching.says(|says| says.alg = "none");
    assert_eq!(come().await, StatusCode::BAD_GATEWAY, "unsigned");
    vouching.says(|says| {
        says.alg = "EdDSA";
        says.signs = 2;
    });
    assert_eq!(
        come().await,
        StatusCode::BAD_GATEWAY,
        "a key nobody told of"
    );
    vouching.says(|says| says.tells = 2);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(
        come().await,
        StatusCode::SEE_OTHER,
        "a new key that is told of"
    );
    app.finish().await;
}

#[tokio::test]
async fn whoever_works_at_an_organisation_that_is_mapped_is_entered_once() {
    let (app, vouching) = (TestApp::new().await, Vouching::new().await);
    let provider = vouching.of_alfa(&app).await;
    let to = Mapped {
        value: "skole.example".to_owned(),
        organisation_id: app.alfa.second.0,
        role: "teacher".to_owned(),
    };
    let mapped = app.store.map_organisation(provider.provider_id, &to).await;
    mapped.expect("is mapped");
    vouching.vouches_for(json!({"sub": "per", "is": "student", "told_later": "per@skole.example"}));
    let pupil = vouching
        .come(&app, &mut Browser::default(), &with(&provider))
        .await;
    assert_eq!(pupil.status, StatusCode::FORBIDDEN, "{pupil}");
    let (before, _) = (app.heads().await, ());

    vouching.vouches_for(
        json!({"sub": "astrid", "is": ["employee"], "told_later": "astrid@skole.example"}),
    );
    let mut browser = Browser::default();
    let answer = vouching.come(&app, &mut browser, &with(&provider)).await;
    assert_eq!(answer.leads_to(), "/alfa");
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(browser.today(&app, "beta").await, StatusCode::UNAUTHORIZED);
    let after = app.heads().await;
    assert_eq!(
        (after[0] - before[0], after[1] - before[1]),
        (2, 0),
        "entered, at work"
    );
    let again = vouching
        .come(&app, &mut Browser::default(), &with(&provider))
        .await;
    assert_eq!(again.leads_to(), "/alfa");
    assert_eq!(app.heads().await, after, "known from then on");

    // Forgotten, she does not come back by herself.
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let person: uuid::Uuid = sqlx::query_scalar("SELECT person_id FROM memberships")
        .fetch_one(&mut owner)
        .await
        .expect("is one");
    let executor = app
        .executors
        .of(app.alfa.tenant.tenant())
        .await
        .expect("starts");
    let forget = PersonCommand::Forget {
        person: domain::ids::PersonId(person),
    };
    executor
        .submit(order(submission(forget)))
        .await
        .expect("is forgotten");
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::UNAUTHORIZED);
    app.finish().await;
}

#[tokio::test]
async fn the_last_way_in_stays_and_nobody_elses_is_taken() {
    let (app, vouching) = (TestApp::new().await, Vouching::new().await);
    let provider = vouching.of_alfa(&app).await;
    let mut browser = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let add = format!("{}?add=1", with(&provider));
    let answer = vouching.come(&app, &mut browser, &add).await;
    assert_eq!(answer.leads_to(), "/alfa");
    let mut other = joined(&app, &app.alfa, Who::Deputy, "ola@skole.example").await;
    let taken = vouching.come(&app, &mut other, &add).await;
    assert_eq!(
        taken.status,
        StatusCode::CONFLICT,
        "another account's: {taken}"
    );

    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    let ways: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT issuer, subject FROM identities ORDER BY created_at, issuer DESC")
            .fetch_all(&mut owner)
            .await
            .expect("are read");
    assert_eq!(ways.len(), 3, "{ways:?}");
    let drop = |(issuer, subject): &(String, Vec<u8>)| {
        let fields = Fields::from([
            ("issuer".to_owned(), issuer.clone()),
            ("subject".to_owned(), hex::encode(subject)),
        ]);
        Call::post("/account/ways/drop").form(&fields)
    };
    let mut left = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM identities")
            .fetch_one(&mut owner)
            .await
            .expect("counts")
    };
    for way in &ways {
        other.send(&app, drop(way)).await;
    }
    assert_eq!(left().await, 3, "her last is kept, the others are not hers");
    for way in &ways {
        browser.send(&app, drop(way)).await;
    }
    assert_eq!(left().await, 2, "one each");
    Browser::default().send(&app, drop(&ways[0])).await;
    assert_eq!(left().await, 2);
    app.finish().await;
}
