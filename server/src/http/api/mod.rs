//! `/api/v1`: what other programs may build on. JSON; a token instead of a cookie, so no other site can make a browser ask
//! for anything in somebody's name; refusals as problem details (RFC 9457) by [`problem`].
//!
//! Within `v1` fields are added, never taken away or given another meaning.

mod asker;
mod commands;
mod events;
mod openapi;
mod problem;
mod regions;
mod schemas;
mod stream;
mod views;

pub(super) use commands::submit;
pub(super) use events::events;
pub(super) use openapi::description;
pub(super) use problem::{nowhere, problems};
pub(super) use regions::{networks, region};
pub(super) use views::view;

/// Whether an address is one of ours.
pub(super) fn is_ours(path: &str) -> bool {
    path.strip_prefix("/api/v1")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    #[test]
    fn our_addresses_are_told_from_others() {
        for ours in ["/api/v1", "/api/v1/", "/api/v1/regions/x"] {
            assert!(super::is_ours(ours), "{ours}");
        }
        for other in ["/api", "/api/v10", "/api/read", "/x/api/v1"] {
            assert!(!super::is_ours(other), "{other}");
        }
    }
}
