//! What may be built in: licences that let everybody use the whole, and no crate twice in what browsers download.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Licences that ask for no more than to be named.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that reach the browser's build in two versions, because others ask for each: all but the last work at compile
/// time only.
const TWICE: &[&str] = &["convert_case", "syn", "thiserror-impl", "thiserror"];

/// The breaches in what `cargo metadata` tells.
pub fn breaches(metadata: &str) -> Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is no JSON")?;
    let packages = metadata["packages"].as_array();
    let packages = packages.context("cargo metadata names no packages")?;
    let foreign = packages
        .iter()
        .filter(|package| !package["source"].is_null());
    Ok(foreign.filter_map(breach).collect())
}

fn breach(package: &Value) -> Option<String> {
    let name = package["name"].as_str().unwrap_or_default();
    match package["license"].as_str() {
        Some(licence) if may(licence) => None,
        Some(licence) => Some(format!(
            "{name} is licensed {licence}, which is not on the list"
        )),
        None => Some(format!("{name} names no licence")),
    }
}

/// Whether an SPDX expression can be met by the list; older crates write a slash for OR.
fn may(licence: &str) -> bool {
    spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|asked| {
            let id = asked.license.id().map(|id| id.name);
            id.is_some_and(|id| ALLOWED.contains(&id))
        })
    })
}

/// Crates that a tree of `name version` lines holds in several versions, apart from those that are known.
pub fn twice(tree: &str) -> Vec<String> {
    let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name).or_default().insert(version);
        }
    }
    let several = versions
        .into_iter()
        .filter(|(name, versions)| versions.len() > 1 && !TWICE.contains(name));
    several
        .map(|(name, versions)| {
            let versions = Vec::from_iter(versions).join(" and ");
            format!("{name} reaches the browser as {versions}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_met_by_what_it_lets_one_choose() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "(Apache-2.0 OR MIT) AND BSD-3-Clause",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(may(good), "{good}");
        }
        for bad in [
            "GPL-3.0-only",
            "MIT AND GPL-2.0-or-later",
            "Proprietary",
            "",
        ] {
            assert!(!may(bad), "{bad}");
        }
    }

    #[test]
    fn a_breach_is_named() {
        let told = r#"{"packages": [
            {"name": "own", "source": null, "license": null},
            {"name": "good", "source": "registry", "license": "MIT"},
            {"name": "bad", "source": "registry", "license": "AGPL-3.0-only"},
            {"name": "silent", "source": "registry", "license": null}
        ]}"#;
        let breaches = breaches(told).expect("is read");
        assert_eq!(
            breaches,
            [
                "bad is licensed AGPL-3.0-only, which is not on the list",
                "silent names no licence"
            ]
        );
        assert_eq!(
            twice(
                "serde v1.0.1\nserde v1.0.1 (*)\nsyn v1.0.0\nsyn v2.0.0\nrand v0.8.0\nrand v0.9.0\n"
            ),
            ["rand reaches the browser as v0.8.0 and v0.9.0"]
        );
    }
}
