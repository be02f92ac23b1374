//! Requests without a port, and what they were answered.

use app::error::AppError;
use app::forms::Fields;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;

/// The site as browsers and tests call it.
pub const HOST: &str = "samspor.test";

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the answer {self}"))
    }

    /// What an accepted request was answered.
    #[track_caller]
    pub fn accepted<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{self}");
        self.json()
    }

    /// The error of a refused request, whose status says the same.
    #[track_caller]
    pub fn refused(&self, status: u16) -> AppError {
        assert_eq!(self.status.as_u16(), status, "{self}");
        let error: AppError = self.json();
        assert_eq!(error.status(), status, "{self}");
        error
    }

    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{self}");
        self.header(header::LOCATION)
            .expect("a redirect says where to")
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(2_000).collect();
        write!(f, "{}: {text}", self.status)
    }
}

/// A request under way.
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(header::HeaderName, String)>,
    body: Vec<u8>,
}

impl Call {
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: vec![(header::HOST, HOST.to_owned())],
            body: Vec::new(),
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Signed in with this token.
    pub fn session(self, token: &str) -> Self {
        self.header(header::COOKIE, &format!("samspor_session={token}"))
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE, content_type)
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        self.body(
            "application/json",
            serde_json::to_vec(body).expect("is JSON"),
        )
    }

    /// As a browser without script posts a form.
    pub fn form(self, fields: &Fields) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&"))
    }

    pub async fn send(self, router: &Router) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .header(header::CONTENT_LENGTH, self.body.len())
            .body(Body::from(self.body))
            .expect("is a request");
        let response = router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 16 << 20).await.expect("ends").to_vec(),
        }
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
