//! One language's words, for a browser that takes a page over.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `/words/nb.json` and its sisters.
pub async fn file(Path(file): Path<String>) -> Response {
    let language = file
        .strip_suffix(".json")
        .filter(|language| app::words::LANGUAGES.contains(language));
    let Some(language) = language else {
        return (StatusCode::NOT_FOUND, "There is no such language.\n").into_response();
    };
    match serde_json::to_string(&app::words::of(language).list()) {
        Ok(json) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "public, max-age=300"),
            ];
            (headers, json).into_response()
        }
        Err(error) => {
            tracing::error!(%error, language, "the words cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
