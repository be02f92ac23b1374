//! Orders.

use super::asker::Asker;
use super::problem::{Problem, ProblemDetails};
use super::schemas::{AcceptedBody, SubmissionBody};
use crate::http::Site;
use crate::tokens::Scope;
use app::query::Accepted;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use domain::command::Submission;

/// Gives an order as the token's person. Accepted: its events are in the log for good.
#[utoipa::path(
    post,
    path = "/api/v1/regions/{region}/commands",
    operation_id = "submit",
    tag = "write",
    params(("region" = String, Path, description = "The region's slug")),
    request_body(content = SubmissionBody, content_type = "application/json", example = json!({
        "id": "01a212c5-f4ab-7ef8-86b3-26c758f4868c",
        "command": {"network": {"rename": {"network": "0198c0de-0000-7000-8000-000000000001", "called": "Nord"}}},
    })),
    security(("token" = ["write"])),
    responses(
        (status = 200, description = "Accepted", content_type = "application/json", body = AcceptedBody),
        (status = 401, description = "No valid token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 403, description = "Not for this token or person", content_type = "application/problem+json", body = ProblemDetails),
        (status = 404, description = "It is about something that is not there", content_type = "application/problem+json", body = ProblemDetails),
        (status = 409, description = "Things stand otherwise, or the id is taken", content_type = "application/problem+json", body = ProblemDetails),
        (status = 413, description = "Too long", content_type = "application/problem+json", body = ProblemDetails),
        (status = 415, description = "Not JSON by its own word", content_type = "application/problem+json", body = ProblemDetails),
        (status = 422, description = "Not an order, or one that makes no sense", content_type = "application/problem+json", body = ProblemDetails),
        (status = 503, description = "Too much waits: send the same again", content_type = "application/problem+json", body = ProblemDetails),
    )
)]
pub(in crate::http) async fn submit(
    State(site): State<Site>,
    Path(region): Path<String>,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Accepted>, Problem> {
    let caller = &asker.caller;
    let visit = asker.visit(&site, &region, Scope::Write).await?;
    if !is_json(&headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "body.type",
            "an order is application/json",
        ));
    }
    let submission: Submission = serde_json::from_slice(&body).map_err(|error| {
        let detail = format!("this is not an order: {error}");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "body.unreadable", detail)
    })?;
    site.backend
        .check_new_id(caller, &visit, &submission.command)
        .await?;
    Ok(Json(site.backend.take(caller, &visit, submission).await?))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
