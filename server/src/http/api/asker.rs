//! Who asks: by the token in `Authorization`, never by a cookie.

use super::problem::Problem;
use crate::backend::Visit;
use crate::http::Site;
use crate::http::facts::Facts;
use crate::tokens::Scope;
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

impl Asker {
    /// Whom the token stands for in a region, if it is good for that.
    pub async fn visit(&self, site: &Site, region: &str, scope: Scope) -> Result<Visit, Problem> {
        let token = self.token.as_deref();
        let visit = site.backend.bearer(&self.caller, token, region, scope);
        Ok(visit.await?)
    }
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
