//! Passkeys: what a browser is to sign, as JSON for the pages' script, and plain forms that carry what it signed.

use super::Site;
use super::facts::{Facts, cookie};
use super::sign_in::{
    BROWSER, YEAR_SECONDS, broken, browser, come_in, hidden, page, set_cookie, too_often,
};
use crate::accounts::passkeys::NoPasskey;
use app::outside;
use app::paths;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

/// What the pages with passkeys run: a file of its own, because no page holds a script.
const SCRIPT: &str = include_str!("passkeys.js");

/// What a browser signed.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    credential: String,
}

/// Which passkey to remove.
#[derive(Deserialize)]
pub struct Removing {
    passkey: Uuid,
}

fn refused(facts: &Facts, refusal: &NoPasskey) -> Response {
    let status = match refusal {
        NoPasskey::Store(error) => return broken(facts, error),
        NoPasskey::NotOffered => StatusCode::NOT_FOUND,
        NoPasskey::Wrong => StatusCode::FORBIDDEN,
    };
    page(facts, paths::SIGN_IN, status, outside::NoPasskey)
}

/// What to sign, and the cookie of the browser that may answer.
fn asked(site: &Site, facts: &Facts, secret: &str, options: Result<String, NoPasskey>) -> Response {
    let options = match options {
        Ok(options) => options,
        Err(refusal) => return refused(facts, &refusal),
    };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (kind, options).into_response();
    set_cookie(&mut response, &hidden(site, BROWSER, secret, YEAR_SECONDS));
    response
}

/// The pages' script.
pub async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, no-cache"),
    ];
    (headers, SCRIPT)
}

/// What a passkey is to sign for signing in.
pub async fn begin(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let secret = cookie(&headers, BROWSER).unwrap_or_else(|| site.accounts.secret());
    let options = site.accounts.begin_passkey(&secret).await;
    asked(&site, &facts, &secret, options)
}

/// Signs in by a passkey.
pub async fn sign_in(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let browser = browser(&facts, &headers);
    let signed = site
        .accounts
        .sign_in_by_passkey(&answer.credential, &browser);
    match signed.await {
        Ok(signed) => come_in(&site, &facts, &signed),
        Err(refusal) => refused(&facts, &refusal),
    }
}

/// Who is signed in, or where to sign in.
async fn owner(site: &Site, facts: &Facts, headers: &HeaderMap) -> Result<Uuid, Response> {
    match site.accounts.signed_in(&browser(facts, headers)).await {
        Ok(Some(account)) => Ok(account),
        Ok(None) => Err(Redirect::to(paths::SIGN_IN).into_response()),
        Err(error) => Err(broken(facts, &error)),
    }
}

/// What a new passkey is to sign.
pub async fn begin_adding(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let account = match owner(&site, &facts, &headers).await {
        Ok(account) => account,
        Err(elsewhere) => return elsewhere,
    };
    let secret = cookie(&headers, BROWSER).unwrap_or_else(|| site.accounts.secret());
    let options = site.accounts.begin_adding(account, &secret).await;
    asked(&site, &facts, &secret, options)
}

/// Adds a passkey to one's own account.
pub async fn add(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let account = match owner(&site, &facts, &headers).await {
        Ok(account) => account,
        Err(elsewhere) => return elsewhere,
    };
    let browser = browser(&facts, &headers);
    let added = site
        .accounts
        .add_passkey(account, &answer.credential, &browser);
    match added.await {
        Ok(()) => Redirect::to(paths::ACCOUNT).into_response(),
        Err(refusal) => refused(&facts, &refusal),
    }
}

/// Removes one of one's own passkeys.
pub async fn remove(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(removing): Form<Removing>,
) -> Response {
    let account = match owner(&site, &facts, &headers).await {
        Ok(account) => account,
        Err(elsewhere) => return elsewhere,
    };
    match site
        .accounts
        .remove_passkey(account, removing.passkey)
        .await
    {
        Ok(()) => Redirect::to(paths::ACCOUNT).into_response(),
        Err(error) => broken(&facts, &error),
    }
}
