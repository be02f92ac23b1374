//! The layers, held by what each crate may depend on, and what may be built in at all.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{files, licences, shell};

/// The only crate that may know SQL.
const SQL_OWNER: &str = "server";
/// All that the domain may use.
const DOMAIN_MAY_USE: &[&str] = &["chrono", "serde", "serde_json", "thiserror", "uuid"];
/// Features that would bring the clock or chance into the domain.
const DOMAIN_MUST_NOT_ENABLE: &[(&str, &[&str])] = &[
    ("chrono", &["clock", "now", "wasmbind", "js-sys"]),
    ("uuid", &["v1", "v4", "v6", "v7", "rng", "js"]),
];
/// What must never reach the browser.
const NOT_IN_BROWSER: &[&str] = &[
    "sqlx",
    "sqlx-core",
    "axum",
    "hyper",
    "mio",
    "cluster",
    "server",
];

/// Fails with every breach that it finds.
pub fn check() -> Result<()> {
    let mut breaches = Vec::new();
    for member in members()? {
        let direct = names(shell::cargo(&format!(
            "tree --package {member} --edges all --depth 1 {PLAIN}"
        )))?;
        if member != SQL_OWNER && direct.iter().any(|name| name == "sqlx") {
            breaches.push(format!(
                "{member} depends on sqlx, which only {SQL_OWNER} may"
            ));
        }
        if member == "domain" {
            let used = shell::cargo(&format!(
                "tree --package domain --edges normal --depth 1 {PLAIN}"
            ));
            breaches.extend(not_allowed(&names(used)?));
        }
    }
    let features = shell::output(&mut shell::cargo(
        "tree --package domain --edges normal --depth 1 --prefix none --format {lib}|{f}",
    ))?;
    breaches.extend(enabled_though_banned(&features));
    let browser = shell::output(&mut shell::cargo(&format!(
        "tree --package app --edges normal --no-default-features --features hydrate --target {} {NAMES}",
        crate::wasm::TARGET
    )))?;
    breaches.extend(licences::twice(&browser));
    let browser = package_names(&browser);
    for name in NOT_IN_BROWSER
        .iter()
        .filter(|name| browser.contains(**name))
    {
        breaches.push(format!("{name} reaches the browser"));
    }
    let metadata = shell::output(&mut shell::cargo("metadata --format-version 1"))?;
    breaches.extend(licences::breaches(&metadata)?);
    // Known holes are told by a list on the net: where the tool is there, it looks.
    if files::find_program("cargo-deny").is_some() {
        shell::run(&mut shell::cargo(
            "deny --workspace check advisories sources",
        ))?;
    }
    match breaches.is_empty() {
        true => {
            println!(
                "    {} crates in the browser, layers and licences kept",
                browser.len()
            );
            Ok(())
        }
        false => bail!("{}", breaches.join("; ")),
    }
}

const NAMES: &str = "--prefix none --format {p}";
const PLAIN: &str = "--all-features --prefix none --format {p}";

fn members() -> Result<Vec<String>> {
    let tree = shell::output(&mut shell::cargo(
        "tree --workspace --depth 0 --prefix none --format {p}",
    ))?;
    Ok(package_names(&tree).into_iter().collect())
}

fn names(mut command: Command) -> Result<BTreeSet<String>> {
    Ok(package_names(&shell::output(&mut command)?))
}

fn package_names(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn not_allowed(used: &BTreeSet<String>) -> Vec<String> {
    used.iter()
        .filter(|name| *name != "domain" && !DOMAIN_MAY_USE.contains(&name.as_str()))
        .map(|name| format!("domain depends on {name}, which is not on its list"))
        .collect()
}

fn enabled_though_banned(tree: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (name, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        let banned = DOMAIN_MUST_NOT_ENABLE
            .iter()
            .find(|(of, _)| *of == name)
            .map_or(&[][..], |(_, banned)| banned);
        for feature in features
            .split(',')
            .filter(|feature| banned.contains(&feature.trim()))
        {
            breaches.push(format!(
                "domain enables {feature:?} of {name}: no clock and no chance there"
            ));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_named() {
        let used =
            package_names("domain v0.1.0 (path)\nserde v1.0.0\nrand v0.9.0\nserde v1.0.0 (*)\n");
        assert_eq!(
            not_allowed(&used),
            ["domain depends on rand, which is not on its list"]
        );
        assert!(enabled_though_banned("uuid|default,serde,v5\nchrono|alloc,serde\n").is_empty());
        assert_eq!(enabled_though_banned("uuid|serde,v4\n").len(), 1);
        assert_eq!(enabled_though_banned("chrono|alloc,clock,now\n").len(), 2);
    }
}
