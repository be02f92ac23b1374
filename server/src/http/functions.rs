//! Server functions: what cannot be read never reaches one, and is answered as the asker's mistake.

use super::{BODY_BYTES_MAX, api};
use app::error::AppError;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Where they are.
const FUNCTIONS: &str = "/api/";

/// What a function itself refuses has its status; what it could not read would be told as an error of the server.
pub async fn readable(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_function = path.starts_with(FUNCTIONS) && !api::is_ours(path);
    if request.method() != Method::POST || !is_function {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let error = AppError::Transport {
            detail: "the request is longer than any form".to_owned(),
        };
        return (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(error)).into_response();
    };
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error @ AppError::Transport { .. }) = serde_json::from_slice(&body) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    }
    Response::from_parts(parts, Body::from(body))
}
