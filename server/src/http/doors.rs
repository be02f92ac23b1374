//! Entering as a demo person, leaving, choosing a language: plain forms.

use super::Site;
use super::facts::{Facts, LANGUAGE, SESSION};
use super::sign_in::{broken, page, set_cookie};
use app::error::AppError;
use app::outside::Leaving;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PersonId;
use serde::Deserialize;

/// Seconds a session lasts: a school year's meeting rhythm is weeks, a demo's is a day.
const SESSION_SECONDS: i64 = 60 * 60 * 24;
const YEAR_SECONDS: i64 = 60 * 60 * 24 * 365;

/// Which demo person to enter as.
#[derive(Deserialize)]
pub struct Entry {
    region: String,
    person: PersonId,
}

fn with_cookie(to: &str, cookie: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Enters a demo region as one of its people.
pub async fn enter(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Form(entry): Form<Entry>,
) -> Response {
    match site
        .backend
        .enter(
            &entry.region,
            entry.person,
            chrono::TimeDelta::seconds(SESSION_SECONDS),
        )
        .await
    {
        Ok((token, language)) => {
            let mut response = with_cookie(
                &app::paths::today(&entry.region),
                &format!(
                    "{SESSION}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}"
                ),
            );
            // Who has chosen no language reads the region's.
            let cookie =
                format!("{LANGUAGE}={language}; Path=/; SameSite=Lax; Max-Age={SESSION_SECONDS}");
            if facts.caller.language.is_none()
                && let Ok(value) = HeaderValue::from_str(&cookie)
            {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            response
        }
        Err(AppError::NotFound | AppError::Forbidden) => (
            StatusCode::NOT_FOUND,
            "There is no such demo person here.\n",
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a demo person cannot enter");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke. Try again.\n",
            )
                .into_response()
        }
    }
}

/// Ends the session, and lets the provider that it was begun by end its own.
pub async fn leave(State(site): State<Site>, Extension(facts): Extension<Facts>) -> Response {
    let over = format!("{SESSION}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    let Some(token) = &facts.caller.session else {
        return with_cookie(app::paths::DOORS, &over);
    };
    let onward = match site.accounts.sign_out_at(token).await {
        Ok(onward) => onward,
        Err(error) => return broken(&facts, &error),
    };
    if let Err(error) = site.backend.leave(token).await {
        tracing::error!(%error, "a session cannot be ended");
        return (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something broke. Try again.\n",
        )
            .into_response();
    }
    let Some((provider, to)) = onward else {
        return with_cookie(app::paths::DOORS, &over);
    };
    let leaving = Leaving {
        provider,
        to: to.into(),
    };
    let mut response = page(&facts, app::paths::DOORS, StatusCode::OK, leaving);
    set_cookie(&mut response, &over);
    response
}

/// Which language, and where to go back to.
#[derive(Deserialize)]
pub struct Choice {
    language: String,
    #[serde(default)]
    back: String,
}

/// Chooses a language.
pub async fn language(Form(choice): Form<Choice>) -> Response {
    if !app::words::LANGUAGES.contains(&choice.language.as_str()) {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            "There is no such language here.\n",
        )
            .into_response();
    }
    with_cookie(
        super::forms::local(&choice.back),
        &format!(
            "{LANGUAGE}={}; Path=/; SameSite=Lax; Max-Age={YEAR_SECONDS}",
            choice.language
        ),
    )
}
