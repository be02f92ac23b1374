//! Refusals as problem details, RFC 9457: whoever refuses, a handler, the router or a layer, says it in one form.

use super::is_ours;
use crate::backend::{Denied, Full};
use crate::http::facts::Facts;
use app::error::AppError;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// What a refusal may say at most.
const DETAIL_BYTES_MAX: usize = 1_000;
/// What a program does whose token does not do.
const CHALLENGE: &str = "Bearer realm=\"samspor\"";

/// A refusal before it is written.
#[derive(Clone, Debug)]
pub(in crate::http) struct Problem(Box<Told>);

#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    /// Stable, for programs.
    code: &'static str,
    detail: String,
    /// What the rule that refused says besides.
    rejection: Option<Value>,
    header: Option<(header::HeaderName, String)>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            status,
            code,
            detail: detail.into(),
            rejection: None,
            header: None,
        }))
    }

    fn with(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.0.header = Some((name, value.into()));
        self
    }
}

/// As it is sent; also what the description says of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ProblemDetails {
    /// `urn:samspor:problem:` and the code; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What went wrong here.
    detail: String,
    /// The request's id, to be quoted.
    instance: String,
    /// The stable code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Where a rule of Samspor refused: its code with what it says besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<Value>,
}

impl IntoResponse for Problem {
    /// Without a body: [`problems`] writes it, which knows the request.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let unauthorised = |code, detail: &str, challenge| {
            Self::new(StatusCode::UNAUTHORIZED, code, detail)
                .with(header::WWW_AUTHENTICATE, challenge)
        };
        match denied {
            Denied::NoToken => unauthorised(
                "token.missing",
                "show a token: Authorization: Bearer sps_…",
                CHALLENGE.to_owned(),
            ),
            Denied::NotValid => unauthorised(
                "token.invalid",
                "there is no such token, or it has expired or was revoked",
                format!("{CHALLENGE}, error=\"invalid_token\""),
            ),
            Denied::Scope(scope) => {
                let name = scope.name();
                let detail = format!("the token is not for this: it lacks the scope {name}");
                Self::new(StatusCode::FORBIDDEN, "token.scope", detail).with(
                    header::WWW_AUTHENTICATE,
                    format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{name}\""),
                )
            }
            Denied::Other(error) => error.into(),
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status =
            StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = error.to_string();
        match error {
            AppError::NotFound => Self::new(status, "not_found", detail),
            AppError::Forbidden => Self::new(status, "forbidden", detail),
            AppError::Rejected { rejection } => {
                let mut problem = Self::new(status, rejection.code(), detail);
                problem.0.rejection = serde_json::to_value(&rejection).ok();
                problem
            }
            AppError::Repeated => Self::new(status, "command.repeated", detail),
            AppError::Busy => Self::new(status, "busy", detail).with(header::RETRY_AFTER, "1"),
            AppError::Newer => Self::new(status, "newer_release", detail),
            AppError::Internal { .. } => Self::new(status, "internal", detail),
            AppError::Field { .. } => Self::new(status, "order.field", detail),
            AppError::SignInRequired | AppError::Transport { .. } => {
                Self::new(status, "not_understood", detail)
            }
        }
    }
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        let (status, detail) = match full {
            Full::Person => (
                StatusCode::TOO_MANY_REQUESTS,
                "this person has as many streams as one may have",
            ),
            Full::Process => (
                StatusCode::SERVICE_UNAVAILABLE,
                "there are as many streams as there may be",
            ),
        };
        Self::new(status, "streams.full", detail).with(header::RETRY_AFTER, "10")
    }
}

/// There is nothing at this address.
pub(in crate::http) async fn nowhere() -> Response {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is nothing at this address; see /api/v1/openapi.json",
    )
    .into_response()
}

/// Writes every refusal under `/api/v1` as problem details.
pub(in crate::http) async fn problems(request: Request, next: Next) -> Response {
    if !is_ours(request.uri().path()) {
        return next.run(request).await;
    }
    let id = request
        .extensions()
        .get::<Facts>()
        .map(|facts| facts.caller.request.clone())
        .unwrap_or_default();
    let answer = next.run(request).await;
    let status = answer.status();
    if status.is_success() || status.is_informational() || status == StatusCode::NOT_MODIFIED {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let (problem, title) = (parts.extensions.get::<Problem>().cloned(), title(status));
    let problem = problem.map(|problem| *problem.0);
    let said = match &problem {
        Some(problem) => problem.detail.clone(),
        // What the router and the extractors say.
        None if is_text(&parts.headers) => to_bytes(body, DETAIL_BYTES_MAX)
            .await
            .ok()
            .and_then(|body| String::from_utf8(body.to_vec()).ok())
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| title.to_owned()),
        None => title.to_owned(),
    };
    let details = ProblemDetails {
        kind: problem.as_ref().map_or_else(
            || "about:blank".to_owned(),
            |problem| format!("urn:samspor:problem:{}", problem.code),
        ),
        title: title.to_owned(),
        status: status.as_u16(),
        detail: said,
        instance: id,
        code: problem.as_ref().map(|problem| problem.code.to_owned()),
        rejection: problem
            .as_ref()
            .and_then(|problem| problem.rejection.clone()),
    };
    let mut answer = (status, Json(details)).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    if let Some((name, value)) = problem.and_then(|problem| problem.header)
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        headers.insert(name, value);
    }
    answer
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Refused")
}

fn is_text(headers: &axum::http::HeaderMap) -> bool {
    let plain = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    plain && !headers.contains_key(header::CONTENT_ENCODING)
}
