//! The measurements of the service, on a Postgres of its own that flushes every commit.

use anyhow::Result;
use cluster::Durability;

use crate::timing::step;
use crate::{postgres, shell};

/// What is measured where the arguments name nothing.
const ALL: &[&str] = &["append", "load", "rebuild", "verify"];
const DATABASE: &str = "bench";

/// Builds the service as it is shipped and measures it in a fresh database.
pub fn run(arguments: &[String]) -> Result<()> {
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
