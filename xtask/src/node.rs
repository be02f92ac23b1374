//! Node's packages: installed as locked, skipped where the lock has not changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::stamp::{Inputs, Stamp};
use crate::{files, shell};

/// Installs the locked packages of a folder.
pub fn install(folder: &str) -> Result<()> {
    ensure!(
        files::find_program("npm").is_some(),
        "Node 20 or newer with npm is needed: https://nodejs.org"
    );
    let folder = Path::new(folder);
    let inputs = Inputs::new()
        .files(folder.join("package.json"))?
        .files(folder.join("package-lock.json"))?;
    let stamp = Stamp::at(folder.join("node_modules/.installed"));
    if stamp.is_current(&inputs, &[]) {
        println!("    packages of {} are there", folder.display());
        return Ok(());
    }
    // No package of ours needs its install script, so none gets to run one.
    let mut npm = shell::command("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ])
    .current_dir(folder);
    shell::run(&mut npm)?;
    stamp.set(&inputs)
}

/// A tool out of a folder's packages.
pub fn tool(folder: &str, name: &str) -> Result<Command> {
    let program = files::absolute(Path::new(folder).join("node_modules/.bin").join(name))?;
    Ok(shell::command(program))
}

const COMPRESS: &str = include_str!("compress.mjs");

/// Writes `.br` and `.gz` beside each file, at the highest level.
pub fn compress(paths: &[PathBuf]) -> Result<()> {
    let mut node = shell::command("node");
    node.args(["--input-type=module", "--eval", COMPRESS, "--"])
        .args(paths);
    shell::output(&mut node).map(|_| ())
}
