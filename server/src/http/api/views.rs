//! Views as of a day and a moment.

use super::asker::Asker;
use super::problem::{Problem, ProblemDetails};
use super::schemas::ViewName;
use crate::backend::Document;
use crate::http::Site;
use crate::tokens::Scope;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use domain::time::AsOf;
use serde::Deserialize;

/// Up to which position a document tells.
const POSITION: HeaderName = HeaderName::from_static("samspor-position");
/// The event of a newer release before which it ends.
const ENDS_BEFORE: HeaderName = HeaderName::from_static("samspor-ends-before");

/// As of when.
#[derive(Deserialize)]
pub(in crate::http) struct When {
    on: Option<NaiveDate>,
    known_at: Option<DateTime<Utc>>,
}

/// A view: what was true on a day as far as it was known at a moment. What the token's person may not see is empty.
#[utoipa::path(
    get,
    path = "/api/v1/regions/{region}/views/{view}/{key}",
    operation_id = "view",
    tag = "read",
    params(
        ("region" = String, Path, description = "The region's slug"),
        ("view" = ViewName, Path, description = "Which view: `commitments` are an organisation's, a `river` the region's or \
            a network's"),
        ("key" = String, Path, description = "The id of the thing; for views of the region its slug or key"),
        ("on" = Option<String>, Query, format = Date, description = "The day; today without it"),
        ("known_at" = Option<String>, Query, format = DateTime, description = "The moment; now without it"),
    ),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The document, as `samspor show` prints it", content_type = "application/json",
         body = serde_json::Value,
         headers(("samspor-position" = u64, description = "The last event that it holds"))),
        (status = 400, description = "Not a day or a moment", content_type = "application/problem+json", body = ProblemDetails),
        (status = 401, description = "No valid token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 403, description = "Not for this token or person", content_type = "application/problem+json", body = ProblemDetails),
        (status = 404, description = "No such thing, or another region's", content_type = "application/problem+json", body = ProblemDetails),
    )
)]
pub(in crate::http) async fn view(
    State(site): State<Site>,
    Path((region, view, key)): Path<(String, String, String)>,
    asker: Asker,
    Query(when): Query<When>,
) -> Result<Response, Problem> {
    let visit = asker.visit(&site, &region, Scope::Read).await?;
    let as_of = AsOf {
        on: when.on,
        known_at: when.known_at,
    };
    let Document {
        json,
        position,
        ends_before,
    } = site
        .backend
        .document(&asker.caller, &visit, &view, &key, as_of)
        .await?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut answer = (kind, json).into_response();
    let headers = answer.headers_mut();
    headers.insert(POSITION, HeaderValue::from(position));
    if let Some(position) = ends_before {
        headers.insert(ENDS_BEFORE, HeaderValue::from(position));
    }
    Ok(answer)
}
