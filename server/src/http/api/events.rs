//! The region's events, page by page.

use super::asker::Asker;
use super::problem::{Problem, ProblemDetails};
use super::stream;
use crate::backend::EventsPage;
use crate::http::Site;
use crate::tokens::Scope;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::recorded::Position;
use serde::Deserialize;

/// Events of a page, unless another number is asked for.
pub(super) const LIMIT: u32 = 100;
/// Events of a page at most.
const LIMIT_MAX: u32 = 500;
/// No log has more.
const POSITION_MAX: Position = i64::MAX as Position;

/// Which part of the log.
#[derive(Deserialize)]
pub(in crate::http) struct Part {
    after: Option<Position>,
    limit: Option<u32>,
}

/// The events that the token's person may see, in the order they were recorded, as CloudEvents 1.0. With
/// `Accept: text/event-stream` a stream of them that goes on as the log grows; `Last-Event-ID` resumes it.
#[utoipa::path(
    get,
    path = "/api/v1/regions/{region}/events",
    operation_id = "events",
    tag = "feed",
    params(
        ("region" = String, Path, description = "The region's slug"),
        ("after" = Option<u64>, Query, maximum = 9_223_372_036_854_775_807_u64, description = "Begin after this position; from the first event without it"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "Events to look through, 100 without it; those that may not be seen are left out"),
        ("Last-Event-ID" = Option<u64>, Header, description = "For a stream: as `after`, and stronger"),
    ),
    security(("token" = ["feed"])),
    responses(
        (status = 200, description = "A page: `events`, `next` to be passed as `after`, and whether there is `more`",
         content(
             (EventsPage = "application/json"),
             (String = "text/event-stream"),
         )),
        (status = 400, description = "No such position or limit", content_type = "application/problem+json", body = ProblemDetails),
        (status = 401, description = "No valid token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 403, description = "Not for this token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 404, description = "No such region, or another's", content_type = "application/problem+json", body = ProblemDetails),
        (status = 429, description = "This person has enough streams", content_type = "application/problem+json", body = ProblemDetails),
        (status = 503, description = "There are enough streams", content_type = "application/problem+json", body = ProblemDetails),
    )
)]
pub(in crate::http) async fn events(
    State(site): State<Site>,
    Path(region): Path<String>,
    asker: Asker,
    headers: HeaderMap,
    Query(part): Query<Part>,
) -> Result<Response, Problem> {
    let visit = asker.visit(&site, &region, Scope::Feed).await?;
    let after = in_a_log(part.after.unwrap_or(0))?;
    if wants_stream(&headers) {
        let after = last_event(&headers)?.unwrap_or(after);
        return Ok(stream::follow(site, region, asker, &visit, after)?.into_response());
    }
    let limit = part.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let detail = format!("a page is of 1 to {LIMIT_MAX} events");
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "events.limit",
            detail,
        ));
    }
    let page = site
        .backend
        .events(&asker.caller, &visit, after, limit)
        .await?;
    Ok(Json(page).into_response())
}

fn in_a_log(position: Position) -> Result<Position, Problem> {
    if position <= POSITION_MAX {
        return Ok(position);
    }
    let detail = "no log is as long as that";
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        "events.position",
        detail,
    ))
}

fn wants_stream(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|kind| kind.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

fn last_event(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let Some(last) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let position = last.to_str().ok().and_then(|last| last.trim().parse().ok());
    let position = position.ok_or_else(|| {
        let detail = "Last-Event-ID is the id of an event of this stream: its position";
        Problem::new(StatusCode::BAD_REQUEST, "events.position", detail)
    })?;
    in_a_log(position).map(Some)
}
