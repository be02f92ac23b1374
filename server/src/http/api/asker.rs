//! Who asks: by the token in `Authorization`, never by a cookie.

use crate::http::facts::Facts;
use app::backend::Caller;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use std::convert::Infallible;

/// Who asks.
#[derive(Clone)]
pub(in crate::http) struct Asker {
    /// The request's id and nothing else: no session.
    pub caller: Caller,
    /// The token that was shown, whatever it is worth.
    pub token: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let request = parts
            .extensions
            .get::<Facts>()
            .map(|facts| facts.caller.request.clone())
            .unwrap_or_default();
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        Ok(Self {
            caller: Caller {
                request,
                ..Caller::default()
            },
            token,
        })
    }
}
