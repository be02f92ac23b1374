//! Every check, cheapest first, with a table of the times at the end.
//!
//! A failed step does not hide the ones after it: all run, and the end says which failed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use cluster::{Cluster, Durability};

use crate::{api, browser, build, dependencies, postgres, shell, storm, timing, wasm};

/// What a step does, as it needs to know.
type Work = fn(&mut Run) -> Result<Done>;

/// The steps in order: name, what it is for, work.
const STEPS: &[(&str, &str, Work)] = &[
    ("fmt", "the code is formatted", fmt),
    ("dependencies", "every crate depends on what it may", |_| {
        dependencies::check().map(|()| Done::Checked)
    }),
    ("lint", "clippy, as on the server", lint),
    ("lint-wasm", "clippy, as in the browser", lint_wasm),
    (
        "domain-wasm",
        "the domain builds for the browser",
        domain_wasm,
    ),
    ("tests", "all Rust tests, on a real Postgres", tests),
    ("doctests", "the examples in the documentation", doctests),
    ("docs", "the documentation builds without warnings", docs),
    ("build", "what is shipped, within its download size", |_| {
        build::release().map(|()| Done::Checked)
    }),
    ("e2e", "journeys in a browser, against what is shipped", e2e),
    (
        "api",
        "what is made up from the description of /api/v1 breaks nothing",
        api,
    ),
    (
        "data",
        "after the journeys: the chain verifies and every view equals its full fold",
        data,
    ),
    (
        "storm",
        "with everything under it breaking, nothing is lost, doubled or reordered",
        storm,
    ),
];

/// How a step that did not fail ended.
enum Done {
    Checked,
    /// There is nothing to check yet.
    Nothing(&'static str),
}

/// What the steps share.
struct Run {
    /// Started by the first step that needs it.
    cluster: Option<Cluster>,
    /// The runners' own summaries, for the very end.
    summaries: Vec<String>,
    built: bool,
}

/// Prints the names of all steps.
pub fn list_steps() {
    for (name, purpose, _) in STEPS {
        println!("  {name:<14} {purpose}");
    }
}

/// Runs all steps, or those named by `--only`.
pub fn run(arguments: &[String]) -> Result<()> {
    let only = only(arguments)?;
    let mut run = Run {
        cluster: None,
        summaries: Vec::new(),
        built: false,
    };
    let mut table: Vec<(&str, Duration, String)> = Vec::new();
    let mut failed = Vec::new();
    for (name, purpose, work) in STEPS {
        if !only.is_empty() && !only.contains(name) {
            continue;
        }
        println!("\n=== {name}: {purpose}");
        let start = Instant::now();
        let result = work(&mut run);
        let outcome = match &result {
            Ok(Done::Checked) => "ok".to_owned(),
            Ok(Done::Nothing(why)) => format!("nothing to do: {why}"),
            Err(error) => {
                println!("{name} failed: {error:#}");
                failed.push(*name);
                "FAILED".to_owned()
            }
        };
        run.built |= *name == "build" && result.is_ok();
        table.push((name, start.elapsed(), outcome));
    }
    if let Some(mut cluster) = run.cluster.take() {
        cluster.stop()?;
    }
    println!("\n{:<14}{:>14}  result", "step", "time");
    for (name, time, outcome) in &table {
        println!("{name:<14}{:>14}  {outcome}", timing::seconds(*time));
    }
    let whole = table.iter().map(|(_, time, _)| *time).sum();
    println!("{:<14}{:>14}\n", "together", timing::seconds(whole));
    for summary in &run.summaries {
        println!("{summary}");
    }
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("failed: {}", failed.join(", ")),
    }
}

fn only(arguments: &[String]) -> Result<Vec<&str>> {
    let mut only = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let step = match argument.strip_prefix("--only=") {
            Some(step) => step,
            None if argument == "--only" => {
                rest.next().context("--only wants the name of a step")?
            }
            None => bail!("{argument:?} is no argument of test; there is only --only STEP"),
        };
        if !STEPS.iter().any(|(name, ..)| *name == step) {
            bail!("there is no step {step:?}; see `cargo xtask help`");
        }
        only.push(step);
    }
    Ok(only)
}

fn checked(arguments: &str) -> Result<Done> {
    shell::run(&mut shell::cargo(arguments)).map(|()| Done::Checked)
}

fn fmt(_: &mut Run) -> Result<Done> {
    checked("fmt --all --check")?;
    checked("fmt --check --manifest-path server/benches/peers/Cargo.toml")
}

fn lint(_: &mut Run) -> Result<Done> {
    checked("clippy --workspace --exclude app --all-targets -- -D warnings")?;
    checked("clippy --package app --features ssr --all-targets -- -D warnings")
}

fn lint_wasm(_: &mut Run) -> Result<Done> {
    wasm::ensure_target()?;
    let target = wasm::TARGET;
    checked(&format!(
        "clippy --package app --lib --features hydrate --target {target} -- -D warnings"
    ))
}

fn domain_wasm(_: &mut Run) -> Result<Done> {
    wasm::ensure_target()?;
    checked(&format!("build --package domain --target {}", wasm::TARGET))
}

fn tests(run: &mut Run) -> Result<Done> {
    let url = run.cluster()?.url("postgres");
    let nextest = shell::output(&mut shell::cargo("nextest --version")).is_ok();
    let mut cargo = match nextest {
        true => shell::cargo("nextest run --workspace --no-fail-fast"),
        false => shell::cargo("test --workspace --no-fail-fast --lib --bins --tests"),
    };
    let (summaries, result) = shell::run_keeping(cargo.env("TEST_DATABASE_URL", url), is_summary);
    run.summaries
        .extend(summaries.iter().map(|line| line.trim().to_owned()));
    result.map(|()| Done::Checked)
}

/// Nextest's one line, or cargo's one for each crate.
fn is_summary(line: &str) -> bool {
    let line = line.trim_start();
    (line.starts_with("Summary [") && line.contains("tests run"))
        || line.starts_with("test result: ")
}

fn doctests(_: &mut Run) -> Result<Done> {
    checked("test --doc --workspace")
}

fn docs(_: &mut Run) -> Result<Done> {
    let mut cargo = shell::cargo("doc --workspace --no-deps");
    shell::run(cargo.env("RUSTDOCFLAGS", "-D warnings")).map(|()| Done::Checked)
}

fn e2e(run: &mut Run) -> Result<Done> {
    if !browser::exists() {
        return Ok(Done::Nothing("there is no e2e/playwright.config.ts"));
    }
    run.ensure_built()?;
    let (summaries, result) = browser::run(run.cluster()?);
    run.summaries.extend(summaries);
    result.map(|()| Done::Checked)
}

fn api(run: &mut Run) -> Result<Done> {
    let Some(schemathesis) = api::program()? else {
        return Ok(Done::Nothing("Schemathesis cannot be installed here"));
    };
    run.ensure_built()?;
    api::try_out(run.cluster()?, schemathesis).map(|()| Done::Checked)
}

fn data(run: &mut Run) -> Result<Done> {
    run.ensure_built()?;
    let cluster = run.cluster()?;
    if !cluster
        .databases()?
        .iter()
        .any(|name| name == browser::DATABASE)
    {
        return Ok(Done::Nothing("no journey has left any"));
    }
    for arguments in [&["verify"][..], &["views", "check"]] {
        shell::run(postgres::samspor_on(cluster, browser::DATABASE).args(arguments))?;
    }
    Ok(Done::Checked)
}

/// Long enough for every kind of fault once. The seed is the same each time, so that a failure can be looked for again.
fn storm(run: &mut Run) -> Result<Done> {
    run.ensure_built()?;
    postgres::ensure_programs()?;
    let arguments = ["--seed", "7", "--seconds", "36"].map(str::to_owned);
    storm::rage(&arguments).map(|()| Done::Checked)
}

impl Run {
    /// The tests' cluster, not the one that a single test starts for itself. It is kept between runs, but not what is in it.
    fn cluster(&mut self) -> Result<&Cluster> {
        if self.cluster.is_none() {
            let cluster = postgres::cluster("checks-cluster", Durability::Disposable)?;
            if cluster.owned() {
                for left in cluster
                    .databases()?
                    .iter()
                    .filter(|name| *name != browser::DATABASE)
                {
                    cluster.drop_database(left)?;
                }
            }
            self.cluster = Some(cluster);
        }
        self.cluster
            .as_ref()
            .context("the cluster was just started")
    }

    /// Where only later steps were asked for, they still need what is shipped.
    fn ensure_built(&mut self) -> Result<()> {
        if !self.built {
            build::release()?;
            self.built = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_that_exists_can_be_asked_for() {
        let of = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            only(&words)
                .map(|only| only.join(","))
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            of(&["--only", "fmt", "--only=e2e"]),
            Ok("fmt,e2e".to_owned())
        );
        assert_eq!(of(&[]), Ok(String::new()));
        assert!(of(&["--only", "everything"]).is_err());
        assert!(of(&["--only"]).is_err());
        assert!(of(&["fast"]).is_err());
    }

    #[test]
    fn the_runners_last_lines_are_kept() {
        assert!(is_summary(
            "     Summary [   9.783s] 19 tests run: 19 passed, 0 skipped"
        ));
        assert!(is_summary("test result: ok. 3 passed; 0 failed; 0 ignored"));
        assert!(!is_summary(
            "        PASS [   2.962s] (19/19) cluster::it what_was_stored"
        ));
    }
}
