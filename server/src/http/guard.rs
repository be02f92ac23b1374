//! Writes come from our own pages only.

use super::api;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a write whose origin is another site. Browsers send `Origin` with every such request; a program that sends
/// none carries no cookies of somebody else either.
pub async fn same_site(request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    // Other programs show a token, which no browser adds by itself.
    let ours = api::is_ours(request.uri().path());
    if !reads && !ours && !from_here(request.headers()) {
        return (
            StatusCode::FORBIDDEN,
            "This request came from another site.\n",
        )
            .into_response();
    }
    next.run(request).await
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::HOST,
            HeaderValue::from_static("samspor.example:3000"),
        );
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn another_site_is_told_apart() {
        assert!(from_here(&headers(None)));
        assert!(from_here(&headers(Some("https://samspor.example:3000"))));
        assert!(!from_here(&headers(Some("https://samspor.example"))));
        assert!(!from_here(&headers(Some("https://evil.example"))));
        assert!(!from_here(&headers(Some("null"))));
    }
}
