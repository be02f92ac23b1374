//! Every refusal is reached by a scenario.

use super::{Rejection, RejectionKind};

const SCENARIOS: &[&str] = &[
    include_str!("../access/tests.rs"),
    include_str!("../commitment/tests.rs"),
    include_str!("../correction/tests.rs"),
    include_str!("../meeting/tests.rs"),
    include_str!("../network/tests.rs"),
    include_str!("../organisation/tests.rs"),
    include_str!("../person/tests.rs"),
    include_str!("../withdrawal/tests.rs"),
    include_str!("../region/tests.rs"),
];

/// Refusals that only the store can give: it knows the words and the size of what is sealed.
const OF_THE_STORE: &[&str] = &[];

/// Names and codes as the list in the source has them.
fn listed() -> Vec<(String, String)> {
    let mut name = String::new();
    let mut all = Vec::new();
    for line in include_str!("../rejection.rs").lines() {
        let line = line.trim();
        if line.starts_with(|first: char| first.is_ascii_uppercase())
            && let Some(word) = line.split([' ', '{']).next()
        {
            name = word.to_owned();
        }
        let ends = ["NotFound;", "Forbidden;", "Conflict;", "Invalid;"];
        if ends.iter().any(|end| line.ends_with(end))
            && let Some(code) = line.split('"').nth(1)
        {
            all.push((name.clone(), code.to_owned()));
        }
    }
    all
}

#[test]
fn every_refusal_is_reached_by_a_scenario() {
    let scenarios: String = SCENARIOS
        .iter()
        .flat_map(|source| source.chars().filter(|c| !c.is_whitespace()))
        .collect();
    let listed = listed();
    assert!(
        listed.len() > 60,
        "the list in the source was read: {listed:?}"
    );
    for (name, code) in listed {
        let reached = scenarios
            .match_indices(&format!("then_rejected(Rejection::{name}"))
            .any(|(at, found)| {
                let next = scenarios[at + found.len()..].chars().next();
                next.is_none_or(|next| !next.is_alphanumeric())
            });
        assert!(
            reached != OF_THE_STORE.contains(&name.as_str()),
            "{name} ({code}) is reached by no scenario, or stands among the store's and is"
        );
    }
}

#[test]
fn every_code_is_of_one_refusal() {
    let mut codes: Vec<String> = listed().into_iter().map(|(_, code)| code).collect();
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn a_refusal_travels_with_its_code_and_what_it_says() {
    let changed = Rejection::Changed { position: 17 };
    assert_eq!(changed.kind(), RejectionKind::Conflict);
    let json = serde_json::to_string(&changed).unwrap();
    assert_eq!(json, r#"{"command.changed_meanwhile":{"position":17}}"#);
    assert_eq!(serde_json::from_str::<Rejection>(&json).unwrap(), changed);
}
