//! Passkeys: made by whoever came in by a letter, good for signing in the next time. The authenticator is one of these
//! tests' own, with an ES256 key and no attestation.

use crate::accounts::{Browser, joined};
use crate::helpers::app::{TestApp, Who};
use crate::helpers::http::{Answer, Call};
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeMap;

const ORIGIN: &str = "http://samspor.example:3000";
/// Somebody was there, and was verified.
const VERIFIED: u8 = 0b101;
/// Somebody was there, and that is all.
const PRESENT: u8 = 0b001;

/// An authenticator with one passkey.
struct Authenticator {
    key: SigningKey,
    id: [u8; 16],
    user: String,
    counter: u32,
    flags: u8,
    origin: &'static str,
}

impl Authenticator {
    fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).expect("is a key"),
            id: [number; 16],
            user: String::new(),
            counter: 0,
            flags: VERIFIED,
            origin: ORIGIN,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn authenticator_data(&mut self, more: u8) -> Vec<u8> {
        self.counter += 1;
        let mut data = Sha256::digest("samspor.example").to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Makes the passkey.
    fn make(&mut self, options: &Value) -> String {
        self.user = options["user"]["id"].as_str().expect("is named").to_owned();
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut data = self.authenticator_data(0b100_0000);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(point.x().expect("is a point"));
        data.extend([0x22, 0x58, 32]);
        data.extend(point.y().expect("is a point"));
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("is short"));
        object.extend(data);
        json!({
            "id": BASE64.encode(self.id),
            "rawId": BASE64.encode(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", options)),
                "attestationObject": BASE64.encode(object),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// Signs in.
    fn sign(&mut self, options: &Value) -> String {
        let client = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(0);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": BASE64.encode(self.id),
            "rawId": BASE64.encode(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64.encode(client),
                "authenticatorData": BASE64.encode(data),
                "signature": BASE64.encode(signature.to_der().as_bytes()),
                "userHandle": self.user,
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }
}

async fn options(app: &TestApp, browser: &mut Browser, path: &str) -> Value {
    browser.send(app, Call::post(path)).await.accepted()
}

async fn post(app: &TestApp, browser: &mut Browser, path: &str, credential: &str) -> Answer {
    let fields = BTreeMap::from([("credential".to_owned(), credential.to_owned())]);
    browser.send(app, Call::post(path).form(&fields)).await
}

async fn add(app: &TestApp, browser: &mut Browser, authenticator: &mut Authenticator) {
    let options = options(app, browser, "/account/passkeys/begin").await;
    let made = authenticator.make(&options);
    let answer = post(app, browser, "/account/passkeys", &made).await;
    assert_eq!(answer.leads_to(), "/account");
}

async fn sign_in(
    app: &TestApp,
    browser: &mut Browser,
    authenticator: &mut Authenticator,
) -> Answer {
    let options = options(app, browser, "/sign-in/passkey/begin").await;
    let signed = authenticator.sign(&options);
    post(app, browser, "/sign-in/passkey", &signed).await
}

async fn ids(app: &TestApp) -> Vec<String> {
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    sqlx::query_scalar("SELECT passkey_id::text FROM passkeys ORDER BY created_at")
        .fetch_all(&mut owner)
        .await
        .expect("are read")
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let app = TestApp::new().await;
    let mut first = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let mut authenticator = Authenticator::new(7);
    add(&app, &mut first, &mut authenticator).await;

    let mut browser = Browser::default();
    let page = browser.send(&app, Call::get("/sign-in")).await.text();
    assert!(page.contains("/sign-in/passkeys.js"), "{page}");
    let script = browser.send(&app, Call::get("/sign-in/passkeys.js")).await;
    let kind = script.header(header::CONTENT_TYPE);
    assert_eq!(kind, Some("text/javascript; charset=utf-8"));

    let answer = sign_in(&app, &mut browser, &mut authenticator).await;
    assert_eq!(answer.leads_to(), "/alfa");
    assert_eq!(browser.today(&app, "alfa").await, StatusCode::OK);
    assert_eq!(browser.today(&app, "beta").await, StatusCode::UNAUTHORIZED);
    let account = browser.send(&app, Call::get("/account")).await.text();
    assert!(account.contains("med passnøkkel"), "{account}");
    // A copy of the authenticator counts from where it was copied.
    authenticator.counter -= 1;
    let copied = sign_in(&app, &mut Browser::default(), &mut authenticator).await;
    assert_eq!(copied.status, StatusCode::FORBIDDEN, "{copied}");

    let [id] = ids(&app).await.try_into().expect("is one");
    let fields = BTreeMap::from([("passkey".to_owned(), id)]);
    let remove = Call::post("/account/passkeys/remove").form(&fields);
    assert_eq!(browser.send(&app, remove).await.leads_to(), "/account");
    let gone = sign_in(&app, &mut Browser::default(), &mut authenticator).await;
    assert_eq!(gone.status, StatusCode::FORBIDDEN, "{gone}");
    app.finish().await;
}

#[tokio::test]
async fn an_answer_is_taken_once_in_time_in_the_browser_that_asked() {
    let app = TestApp::new().await;
    let mut first = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let mut authenticator = Authenticator::new(8);
    add(&app, &mut first, &mut authenticator).await;
    let (begin, end) = ("/sign-in/passkey/begin", "/sign-in/passkey");
    let mut browser = Browser::default();
    let mut other = Browser::default();
    options(&app, &mut other, begin).await;

    let signed = authenticator.sign(&options(&app, &mut browser, begin).await);
    let elsewhere = post(&app, &mut other, end, &signed).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "another browser");
    assert_eq!(
        post(&app, &mut browser, end, &signed).await.leads_to(),
        "/alfa"
    );
    let twice = post(&app, &mut browser, end, &signed).await;
    assert_eq!(twice.status, StatusCode::FORBIDDEN, "twice");

    let signed = authenticator.sign(&options(&app, &mut browser, begin).await);
    app.minutes_pass(6);
    let late = post(&app, &mut browser, end, &signed).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN, "late");

    authenticator.flags = PRESENT;
    let unverified = sign_in(&app, &mut browser, &mut authenticator).await;
    assert_eq!(unverified.status, StatusCode::FORBIDDEN, "nobody verified");
    authenticator.flags = VERIFIED;
    authenticator.origin = "http://evil.example:3000";
    let foreign = sign_in(&app, &mut browser, &mut authenticator).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "another site");
    authenticator.origin = ORIGIN;
    authenticator.key = SigningKey::from_slice(&[9; 32]).expect("is a key");
    let forged = sign_in(&app, &mut browser, &mut authenticator).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "another key");
    let nonsense = post(&app, &mut browser, end, "{}").await;
    assert_eq!(nonsense.status, StatusCode::FORBIDDEN, "nonsense");
    app.finish().await;
}

#[tokio::test]
async fn passkeys_are_their_owners_alone() {
    let app = TestApp::new().await;
    let mut kari = joined(&app, &app.alfa, Who::Leader, "kari@skole.example").await;
    let mut ola = joined(&app, &app.alfa, Who::Deputy, "ola@skole.example").await;
    let mut authenticator = Authenticator::new(10);
    add(&app, &mut kari, &mut authenticator).await;
    let [id] = ids(&app).await.try_into().expect("is one");
    let fields = BTreeMap::from([("passkey".to_owned(), id.clone())]);
    let remove = || Call::post("/account/passkeys/remove").form(&fields);
    ola.send(&app, remove()).await.leads_to();
    let mut nobody = Browser::default();
    assert_eq!(nobody.send(&app, remove()).await.leads_to(), "/sign-in");
    assert_eq!(
        ids(&app).await,
        std::slice::from_ref(&id),
        "it is still there"
    );
    let page = ola.send(&app, Call::get("/account")).await.text();
    assert!(!page.contains(&id), "others do not see it");
    for path in ["/account/passkeys/begin", "/account/passkeys"] {
        let answer = post(&app, &mut nobody, path, "{}").await;
        assert_eq!(answer.leads_to(), "/sign-in", "{path}");
    }
    // What one account was asked to make does not become another's.
    let asked = options(&app, &mut kari, "/account/passkeys/begin").await;
    let made = Authenticator::new(11).make(&asked);
    let taken = post(&app, &mut ola, "/account/passkeys", &made).await;
    assert_eq!(taken.status, StatusCode::FORBIDDEN, "{taken}");
    // With the account its passkeys go.
    let mut owner = PgConnection::connect(&app.url).await.expect("answers");
    sqlx::query("DELETE FROM accounts")
        .execute(&mut owner)
        .await
        .expect("is deleted");
    assert!(ids(&app).await.is_empty());
    app.finish().await;
}
