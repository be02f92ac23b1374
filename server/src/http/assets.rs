//! Files: wasm, js, css, fonts. Compressed beforehand where the build did so.

use super::Site;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::{SetResponseHeader, SetResponseHeaderLayer};

/// A folder of files. Asked for again each time, answered "not modified": a new release is seen at once.
pub fn folder(site: &Path, name: &str) -> SetResponseHeader<ServeDir, HeaderValue> {
    let files = ServeDir::new(site.join(name))
        .precompressed_br()
        .precompressed_gzip();
    ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, no-cache"),
        ))
        .service(files)
}

/// The mark in the browser's tab.
pub async fn favicon(State(site): State<Site>) -> Response {
    match tokio::fs::read(site.folder.join("favicon.svg")).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "image/svg+xml")], bytes).into_response(),
        Err(_) => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}
