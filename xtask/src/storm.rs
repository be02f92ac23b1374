//! The storm: see the crate `storm`.

use anyhow::Result;

use crate::timing::step;
use crate::{build, files, postgres, shell};

/// Builds the service as it is shipped and what breaks things under it, and lets the storm rage.
pub fn run(arguments: &[String]) -> Result<()> {
    step("server", || {
        shell::run(&mut shell::cargo("build --release --package server"))
    })?;
    step("database", postgres::ensure_programs)?;
    rage(arguments)
}

/// As [`run`], where the service is built and Postgres' programs are there.
pub fn rage(arguments: &[String]) -> Result<()> {
    step("storm's own program", || {
        shell::run(&mut shell::cargo("build --package storm"))
    })?;
    let mut storm = shell::command(files::target().join("debug/storm"));
    storm.arg("--samspor").arg(build::program());
    shell::run(storm.args(arguments))
}
