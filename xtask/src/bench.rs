//! The measurements of the service, and of other event stores beside it, on a Postgres of its own that flushes every
//! commit.

use std::path::Path;

use anyhow::{Result, bail};
use cluster::Durability;

use crate::timing::step;
use crate::{files, postgres, shell};

/// What is measured where the arguments name nothing.
const ALL: &[&str] = &["append", "load", "rebuild", "verify", "transfer"];
const DATABASE: &str = "bench";
/// The workspace of the other stores.
const PEERS: &str = "server/benches/peers";

/// Measures what the first argument names; all there is where it names nothing.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some((first, rest)) = arguments.split_first()
        && first == "peers"
    {
        return peers(rest);
    }
    service(arguments)?;
    let named = |argument: &String| !argument.starts_with('-');
    if arguments.first().is_some_and(named) {
        return Ok(());
    }
    peers(&[])
}

/// Builds the service as it is shipped and measures it in a fresh database.
fn service(arguments: &[String]) -> Result<()> {
    step("server", || {
        shell::run(&mut shell::cargo("build --release --package server"))
    })?;
    let mut cluster = step("database", || {
        postgres::cluster("bench-cluster", Durability::Safe)
    })?;
    let named = arguments
        .first()
        .is_some_and(|first| !first.starts_with('-'));
    let what: Vec<&str> = if named { vec![""] } else { ALL.to_vec() };
    for what in what {
        cluster.drop_database(DATABASE)?;
        cluster.create_database_if_missing(DATABASE)?;
        let mut samspor = postgres::samspor_on(&cluster, DATABASE);
        samspor.arg("bench");
        samspor
            .args(Some(what).filter(|what| !what.is_empty()))
            .args(arguments);
        shell::run(&mut samspor)?;
    }
    cluster.stop()
}

/// Builds the other stores and measures them beside the service's own log.
fn peers(arguments: &[String]) -> Result<()> {
    let npm = files::absolute(files::target().join("peers"))?;
    let build = npm.join("build");
    step("stores", || {
        let mut cargo = shell::cargo("build --release --manifest-path");
        cargo.arg(format!("{PEERS}/Cargo.toml"));
        // Another workspace with crates of the same names.
        shell::run(cargo.arg("--target-dir").arg(&build))
    })?;
    step("stores of npm", || {
        files::make_folder(&npm)?;
        for file in ["package.json", "package-lock.json", "emmett.mjs"] {
            files::copy(&Path::new(PEERS).join(file), &npm.join(file))?;
        }
        let mut ci = shell::command("npm");
        ci.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        shell::run(ci.current_dir(&npm))
    })?;
    let mut cluster = step("database", || postgres::newest_cluster("peers-cluster"))?;
    let mut peers = shell::command(build.join("release/peers"));
    peers
        .env("DATABASE_URL", cluster.url("postgres"))
        .arg("--npm")
        .arg(&npm)
        .arg("--json")
        .arg(npm.join("peers.json"));
    let measured = shell::run(peers.args(arguments));
    cluster.stop()?;
    if let Err(error) = measured {
        bail!("the stores could not be measured: {error:#}");
    }
    Ok(())
}
