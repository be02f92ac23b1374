//! `keep-postgres FOLDER`: keeps the cluster of a data folder running until standard input ends.
//!
//! For working by hand beside the service, and for the tests of what happens when its keeper is killed.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use cluster::Cluster;

fn main() -> Result<()> {
    let dir = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("usage: keep-postgres FOLDER")?;
    let mut cluster = Cluster::attach_or_start(&dir, None)?;
    println!("{}", cluster.url("postgres"));
    std::io::stdin()
        .read_to_end(&mut Vec::new())
        .context("cannot wait for the end of standard input")?;
    cluster.stop()
}
