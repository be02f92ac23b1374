//! What is known about a request before anybody handles it, and the one line in the log when it is over.

use super::Site;
use app::backend::Caller;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// The cookie that holds the session's token.
pub const SESSION: &str = "samspor_session";
/// The cookie that holds the chosen language.
pub const LANGUAGE: &str = "samspor_language";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCES: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const FEATURES: HeaderName = HeaderName::from_static("permissions-policy");

/// What is known about a request.
#[derive(Clone)]
pub struct Facts {
    /// Who asks.
    pub caller: Caller,
    /// What this page's own scripts carry.
    pub nonce: Arc<str>,
    /// The address that asks; none where nobody connected, as in tests.
    pub from: Option<IpAddr>,
}

/// Whether the service stands behind a proxy of ours, which says for whom it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Browsers connect to the service itself.
    #[default]
    None,
    /// Our proxy adds who connected to it at the end of `X-Forwarded-For`.
    Ours,
}

/// The address that asks. What stands before the last address of the header was sent by the browser itself.
fn from(request: &Request, proxy: Proxy) -> Option<IpAddr> {
    let connected = || {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
        connection.map(|ConnectInfo(address)| address.ip())
    };
    match proxy {
        Proxy::None => connected(),
        Proxy::Ours => request
            .headers()
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
            .or_else(connected),
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
        .filter(|value| !value.is_empty())
}

fn random(bytes: usize) -> String {
    use crate::chance::{Chance, OsChance};
    let mut random = vec![0; bytes];
    OsChance.fill(&mut random);
    URL_SAFE_NO_PAD.encode(random)
}

/// Gathers the facts, lets the request be handled, logs one line, adds the security headers.
pub async fn around(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let facts = Facts {
        caller: Caller {
            session: cookie(request.headers(), SESSION),
            language: cookie(request.headers(), LANGUAGE)
                .filter(|language| app::words::LANGUAGES.contains(&language.as_str())),
            request: random(6),
        },
        nonce: random(16).into(),
        from: from(&request, site.proxy),
    };
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let (id, nonce) = (facts.caller.request.clone(), facts.nonce.clone());
    request.extensions_mut().insert(facts);
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(name: "http.request", request = %id, %method, %route, status, micros, "http.request");
    headers(response.headers_mut(), &nonce, &id, site.is_secure());
    response
}

fn headers(headers: &mut HeaderMap, nonce: &str, id: &str, secure: bool) {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
    );
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (OPENER, "same-origin"),
        (RESOURCES, "same-origin"),
        (
            FEATURES,
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    // A file that somebody brought has a stricter one.
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(value);
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", value);
    }
    // Pages and answers hold what one person may see; files say themselves how long they last.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_whom_our_own_proxy_names() {
        let mut request = Request::new(axum::body::Body::empty());
        request.headers_mut().insert(
            "x-forwarded-for",
            HeaderValue::from_static("10.1.1.1, 192.0.2.7"),
        );
        let peer = SocketAddr::from(([198, 51, 100, 1], 4000));
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(from(&request, Proxy::None), Some(peer.ip()));
        assert_eq!(
            from(&request, Proxy::Ours),
            Some(IpAddr::from([192, 0, 2, 7]))
        );
        request.headers_mut().remove("x-forwarded-for");
        assert_eq!(from(&request, Proxy::Ours), Some(peer.ip()));
    }

    #[test]
    fn a_cookie_is_found_among_others_and_not_by_a_part_of_its_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; samspor_session=abc; samspor_sessions=x"),
        );
        assert_eq!(cookie(&headers, SESSION).as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, LANGUAGE), None);
    }
}
