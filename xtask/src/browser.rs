//! The journeys in a browser, against the server as it is shipped.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use cluster::Cluster;

use crate::{build, files, node, postgres, shell};

const FOLDER: &str = "e2e";
/// What systems call it.
const CHROMIUM: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
/// The database of the journeys; the checks of the data afterwards use it too.
pub const DATABASE: &str = "e2e";

/// Whether there are journeys at all.
pub fn exists() -> bool {
    Path::new(FOLDER).join("playwright.config.ts").is_file()
}

/// Loads the demo regions into a fresh database and runs the journeys; gives the runner's own counts.
pub fn run(cluster: &Cluster) -> (Vec<String>, Result<()>) {
    match prepare(cluster) {
        Ok(mut playwright) => {
            let (kept, result) = shell::run_keeping(&mut playwright, is_count);
            (vec![counts(&kept)], result)
        }
        Err(error) => (vec!["browser journeys: not run".to_owned()], Err(error)),
    }
}

fn prepare(cluster: &Cluster) -> Result<std::process::Command> {
    node::install(FOLDER)?;
    let chromium = ensure_chromium()?;
    let program = files::absolute(build::program())?;
    ensure!(program.is_file(), "the server has not been built");
    fresh_database(cluster)?;
    let (key, value) = postgres::THROWAWAY_KEY;
    let mut playwright = node::tool(FOLDER, "playwright")?;
    playwright
        .args(["test", "--reporter=list"])
        .current_dir(FOLDER)
        .env("SAMSPOR_BIN", program)
        .env("SAMSPOR_SITE", files::absolute(build::site())?)
        .env("DATABASE_URL", cluster.url(DATABASE))
        .env(key, value)
        .env("CI", "1");
    if let Some(chromium) = chromium {
        playwright.env("SAMSPOR_CHROMIUM", chromium);
    }
    Ok(playwright)
}

fn fresh_database(cluster: &Cluster) -> Result<()> {
    cluster.drop_database(DATABASE)?;
    cluster.create_database_if_missing(DATABASE)?;
    shell::run(postgres::samspor_on(cluster, DATABASE).arg("demo"))
        .context("cannot load the demo regions")
}

/// A Chromium of the system, which is installed where we may; else Playwright's own, which it finds by itself.
fn ensure_chromium() -> Result<Option<PathBuf>> {
    let find = || CHROMIUM.iter().find_map(|name| files::find_program(name));
    if let Some(chromium) = find() {
        return Ok(Some(chromium));
    }
    let installed = files::find_program("apt-get").is_some()
        && shell::run(shell::command("apt-get").args(["update", "-qq"])).is_ok()
        && shell::run(
            shell::command("apt-get")
                .args([
                    "install",
                    "-y",
                    "-qq",
                    "--no-install-recommends",
                    "chromium",
                ])
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
        .is_ok();
    if installed {
        return Ok(find());
    }
    println!("    Chromium could not be installed with apt-get: asking Playwright for its own");
    shell::run(
        node::tool(FOLDER, "playwright")?
            .args(["install", "chromium"])
            .current_dir(FOLDER),
    )?;
    Ok(None)
}

const COUNTED: &[&str] = &[
    "passed",
    "failed",
    "flaky",
    "skipped",
    "did not run",
    "interrupted",
];

/// A line such as `  12 passed (1.3m)`.
fn is_count(line: &str) -> bool {
    count(line).is_some()
}

fn count(line: &str) -> Option<(u32, &'static str)> {
    let (number, rest) = line.trim().split_once(' ')?;
    let counted = COUNTED
        .iter()
        .find(|counted| rest == **counted || rest.starts_with(&format!("{counted} (")))?;
    Some((number.parse().ok()?, counted))
}

/// One line out of the runner's several, which leaves out what is zero.
fn counts(lines: &[String]) -> String {
    let number = |what: &str| -> u32 {
        lines
            .iter()
            .filter_map(|line| count(line))
            .filter(|(_, counted)| *counted == what)
            .map(|(number, _)| number)
            .sum()
    };
    let more: String = COUNTED
        .iter()
        .skip(2)
        .filter(|what| number(what) > 0)
        .map(|what| format!(", {} {what}", number(what)))
        .collect();
    format!(
        "browser journeys: {} passed, {} failed{more}",
        number("passed"),
        number("failed")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_lines_become_one() {
        let lines = [
            "  2 failed",
            "    [phone] › specs/a.spec.ts:3:1 › a",
            "  1 flaky",
            "  12 passed (1.3m)",
        ];
        let kept: Vec<String> = lines
            .iter()
            .filter(|line| is_count(line))
            .map(|line| (*line).to_owned())
            .collect();
        assert_eq!(kept.len(), 3);
        assert_eq!(
            counts(&kept),
            "browser journeys: 12 passed, 2 failed, 1 flaky"
        );
        assert_eq!(counts(&[]), "browser journeys: 0 passed, 0 failed");
    }

    #[test]
    fn a_journeys_own_words_are_no_count() {
        assert!(!is_count(
            "  ✓  3 [phone] › specs/a.spec.ts › 4 passed the test (1s)"
        ));
        assert!(!is_count("12 passed over"));
    }
}
