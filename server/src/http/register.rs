//! Organisations and people of a region from a file: looking through it, and keeping what was shown.

use super::Site;
use super::facts::Facts;
use super::people::refused;
use super::sign_in::page;
use crate::backend::register::{Brought, Kept};
use app::outside::{Again, FileWrong, Preview, RegisterPage};
use app::paths;
use axum::Extension;
use axum::extract::{Form, Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use uuid::Uuid;

/// Bytes of a request with a file: the file as a form carries it, and what stands around it.
pub const BODY_BYTES_MAX: usize = crate::register::BYTES_MAX / 3 * 4 + 64 * 1024;

/// How many rows were kept just now.
#[derive(Deserialize)]
pub struct Done {
    done: Option<u32>,
}

fn empty(region: (String, String)) -> RegisterPage {
    RegisterPage {
        region,
        wrong: None,
        preview: None,
        done: None,
    }
}

async fn show(
    site: &Site,
    facts: &Facts,
    slug: &str,
    status: StatusCode,
    fill: impl FnOnce(RegisterPage) -> RegisterPage,
) -> Response {
    match site.backend.keeper(&facts.caller, slug).await {
        Ok(region) => page(facts, &paths::register(slug), status, fill(empty(region))),
        Err(error) => refused(facts, slug, error),
    }
}

/// Where a file is chosen.
pub async fn form(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Response {
    show(&site, &facts, &region, StatusCode::OK, |page| {
        RegisterPage { done, ..page }
    })
    .await
}

async fn unusable(site: &Site, facts: &Facts, region: &str, wrong: FileWrong) -> Response {
    let fill = |page| RegisterPage {
        wrong: Some(wrong),
        ..page
    };
    show(site, facts, region, StatusCode::UNPROCESSABLE_ENTITY, fill).await
}

async fn preview(
    site: &Site,
    facts: &Facts,
    region: &str,
    (file, seed): (&[u8], Uuid),
    again: Option<Again>,
) -> Response {
    match site
        .backend
        .look_through(&facts.caller, region, file, seed)
        .await
    {
        Ok(Brought::Wrong(wrong)) => unusable(site, facts, region, wrong).await,
        Ok(Brought::Plan(plan)) => {
            let preview = Preview {
                counts: plan.counts(),
                mark: plan.mark(),
                rows: plan.rows.into_iter().map(|row| row.shown).collect(),
                file: URL_SAFE_NO_PAD.encode(file),
                seed,
                again,
            };
            let status = match again {
                Some(_) => StatusCode::CONFLICT,
                None => StatusCode::OK,
            };
            let fill = |page| RegisterPage {
                preview: Some(preview),
                ..page
            };
            show(site, facts, region, status, fill).await
        }
        Err(error) => refused(facts, region, error),
    }
}

/// Shows what a file would change.
pub async fn look(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    mut form: Multipart,
) -> Response {
    // Nobody else's file is read at all.
    if let Err(error) = site.backend.keeper(&facts.caller, &region).await {
        return refused(&facts, &region, error);
    }
    let mut file = None;
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("file") {
            file = field.bytes().await.ok();
            if file.is_none() {
                return unusable(&site, &facts, &region, FileWrong::TooLarge).await;
            }
        }
    }
    match file {
        Some(file) if !file.is_empty() => {
            let seed = site.accounts.fresh_id();
            preview(&site, &facts, &region, (&file, seed), None).await
        }
        _ => unusable(&site, &facts, &region, FileWrong::None).await,
    }
}

/// A file that was looked through.
#[derive(Deserialize)]
pub struct Shown {
    file: String,
    seed: Uuid,
    mark: String,
}

/// Keeps what was shown.
pub async fn keep(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    Form(Shown { file, seed, mark }): Form<Shown>,
) -> Response {
    let Ok(file) = URL_SAFE_NO_PAD.decode(file) else {
        return unusable(&site, &facts, &region, FileWrong::Unreadable).await;
    };
    let kept = site
        .backend
        .take_in(&facts.caller, &region, &file, seed, &mark)
        .await;
    let again = match kept {
        Ok(Kept::Rows(rows)) => {
            let path = paths::register(&region);
            return Redirect::to(&format!("{path}?done={rows}")).into_response();
        }
        Ok(Kept::Wrong(wrong)) => return unusable(&site, &facts, &region, wrong).await,
        Ok(Kept::Meanwhile) => Again::Meanwhile,
        Ok(Kept::Stopped) => Again::Stopped,
        Err(error) => return refused(&facts, &region, error),
    };
    preview(&site, &facts, &region, (&file, seed), Some(again)).await
}
