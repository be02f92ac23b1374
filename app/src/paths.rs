//! Addresses, typed. They can be shared and mean the same later.

use crate::query::{Asked, Known};
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId, TextId};
use domain::time::AsOf;

/// First parts of addresses that are no region's, so that no region can be called so.
pub const RESERVED: [&str; 13] = [
    "account",
    "api",
    "enter",
    "favicon.svg",
    "fonts",
    "health",
    "language",
    "leave",
    "link",
    "metrics",
    "pkg",
    "sign-in",
    "words",
];

/// Where one chooses a person in a demo region.
pub const DOORS: &str = "/";

/// What is urgent for me.
#[must_use]
pub fn today(region: &str) -> String {
    format!("/{region}")
}

/// How the networks hang together.
#[must_use]
pub fn networks(region: &str) -> String {
    format!("/{region}/networks")
}

/// One network.
#[must_use]
pub fn network(region: &str, network: NetworkId) -> String {
    format!("/{region}/networks/{network}")
}

/// One meeting.
#[must_use]
pub fn meeting(region: &str, meeting: MeetingId) -> String {
    format!("/{region}/meetings/{meeting}")
}

/// The files of a meeting.
#[must_use]
pub fn files(region: &str, meeting: MeetingId) -> String {
    format!("/{region}/meetings/{meeting}/files")
}

/// One file of a meeting.
#[must_use]
pub fn file(region: &str, meeting: MeetingId, file: TextId) -> String {
    format!("/{region}/meetings/{meeting}/files/{file}")
}

/// Where a file of a meeting is withdrawn.
#[must_use]
pub fn withdraw_file(region: &str, meeting: MeetingId) -> String {
    format!("/{region}/meetings/{meeting}/files/withdraw")
}

/// The form that plans a meeting.
#[must_use]
pub fn plan_meeting(region: &str, network: NetworkId) -> String {
    format!("/{region}/networks/{network}/plan")
}

/// My organisations' commitments.
#[must_use]
pub fn commitments(region: &str) -> String {
    format!("/{region}/commitments")
}

/// One commitment.
#[must_use]
pub fn commitment(region: &str, commitment: CommitmentId) -> String {
    format!("/{region}/commitments/{commitment}")
}

/// One organisation.
#[must_use]
pub fn organisation(region: &str, organisation: OrganisationId) -> String {
    format!("/{region}/organisations/{organisation}")
}

/// The region's history.
#[must_use]
pub fn history(region: &str) -> String {
    format!("/{region}/history")
}

/// One network's history.
#[must_use]
pub fn network_history(region: &str, network: NetworkId) -> String {
    format!("/{region}/history/{network}")
}

/// Where a form without script is posted.
#[must_use]
pub fn form(region: &str) -> String {
    format!("/{region}/do")
}

/// Where one signs in.
pub const SIGN_IN: &str = "/sign-in";

/// Where one goes to a provider to sign in.
#[must_use]
pub fn provider(provider: uuid::Uuid) -> String {
    format!("/sign-in/with/{provider}")
}

/// Where providers send those who signed in with them.
pub const PROVIDER_BACK: &str = "/sign-in/back";

/// My account: regions, sessions.
pub const ACCOUNT: &str = "/account";

/// The people of a region, for its administrators.
#[must_use]
pub fn people(region: &str) -> String {
    format!("/{region}/people")
}

/// Organisations and people from a file, for a region's administrators.
#[must_use]
pub fn register(region: &str) -> String {
    format!("/{region}/register")
}

/// Where a file that was looked through is taken in.
#[must_use]
pub fn register_apply(region: &str) -> String {
    format!("/{region}/register/apply")
}

/// Where a person of a region is forgotten.
#[must_use]
pub fn forget(region: &str) -> String {
    format!("/{region}/people/forget")
}

/// Everything about me in a region, as a file.
#[must_use]
pub fn my_data(region: &str) -> String {
    format!("/{region}/my-data")
}

/// A link that works once, of a letter.
#[must_use]
pub fn link(token: &str) -> String {
    format!("/link/{token}")
}

/// Where one enters a demo region as somebody.
#[must_use]
pub fn enter() -> String {
    "/enter".into()
}

/// Where one leaves.
#[must_use]
pub fn leave() -> String {
    "/leave".into()
}

/// Where a language is chosen.
#[must_use]
pub fn language() -> String {
    "/language".into()
}

/// A page as of another time: `?dato=` and `?kjent=`.
#[must_use]
pub fn as_of(path: &str, as_of: AsOf) -> String {
    let mut query = Vec::new();
    if let Some(on) = as_of.on {
        query.push(format!("dato={on}"));
    }
    if let Some(known_at) = as_of.known_at {
        query.push(format!("kjent={}", Known::At(known_at)));
    }
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// The time an address asks for. What cannot be read is today: an address typed by hand still shows a page.
#[must_use]
pub fn parse_as_of(dato: Option<&str>, kjent: Option<&str>) -> Asked {
    Asked {
        on: dato.and_then(|text| text.parse().ok()),
        known_at: kjent.and_then(|text| text.parse().ok()),
    }
}
