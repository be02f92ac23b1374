//! How often one address may ask. Counted in this process: several processes behind a balancer each allow as much.

use super::Site;
use super::facts::Facts;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Sign-ins that one address may try a minute, and at once.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(20).expect("is not zero");
/// Requests that one address may make a second. A whole school lies behind one address.
const REQUESTS: NonZeroU32 = NonZeroU32::new(100).expect("is not zero");
/// Requests that one address may make at once after a pause.
const REQUESTS_AT_ONCE: NonZeroU32 = NonZeroU32::new(1_000).expect("is not zero");

type ByAddress = RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>;

/// What every address has left.
#[derive(Clone)]
pub struct Limits {
    sign_ins: Arc<ByAddress>,
    requests: Arc<ByAddress>,
}

impl Default for Limits {
    fn default() -> Self {
        let requests = Quota::per_second(REQUESTS).allow_burst(REQUESTS_AT_ONCE);
        Self {
            sign_ins: Arc::new(RateLimiter::keyed(Quota::per_minute(SIGN_INS))),
            requests: Arc::new(RateLimiter::keyed(requests)),
        }
    }
}

impl Limits {
    /// Whether an address may try to sign in now. One that is not known is this process's own.
    #[must_use]
    pub fn may_sign_in(&self, from: Option<IpAddr>) -> bool {
        from.is_none_or(|from| self.sign_ins.check_key(&from).is_ok())
    }

    /// Whether an address may ask anything now. This machine may always: the operator's own programs.
    #[must_use]
    pub fn may_ask(&self, from: Option<IpAddr>) -> bool {
        let from = from.filter(|from| !from.is_loopback());
        from.is_none_or(|from| self.requests.check_key(&from).is_ok())
    }

    /// Forgets addresses that have not asked lately.
    pub fn sweep(&self) {
        self.sign_ins.retain_recent();
        self.requests.retain_recent();
    }
}

/// Turns away whoever asks too often.
pub async fn held(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    request: Request,
    next: Next,
) -> Response {
    if site.limits.may_ask(facts.from) {
        return next.run(request).await;
    }
    let wait = [(header::RETRY_AFTER, "1")];
    let sentence = "Too many requests from your address. Wait a moment.\n";
    (StatusCode::TOO_MANY_REQUESTS, wait, sentence).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_asks_too_often_waits_and_others_do_not() {
        let limits = Limits::default();
        let from = |n| Some(IpAddr::from([192, 0, 2, n]));
        let tries = (0..100).filter(|_| limits.may_sign_in(from(1))).count();
        assert!((20..30).contains(&tries), "{tries}");
        assert!(limits.may_sign_in(from(2)));
        let asked = (0..3_000).filter(|_| limits.may_ask(from(1))).count();
        assert!((1_000..2_500).contains(&asked), "{asked}");
        assert!(limits.may_ask(from(2)));
        assert!((0..3_000).all(|_| limits.may_ask(Some(IpAddr::from([127, 0, 0, 1])))));
        limits.sweep();
    }
}
