//! Computes what `code` stands for in stored snapshots: a hash of the domain's source, so that a release that folds
//! differently never reads what another release folded.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

fn sources(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, ending, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../domain/src");
    let mut found = Vec::new();
    sources(Path::new("../domain/src"), "rs", &mut found)?;
    println!("cargo::rustc-env=SAMSPOR_VIEW_CODE={}", code_of(&found)?);
    // Tests keep a template database per state of the migrations.
    let mut migrations = Vec::new();
    sources(Path::new("../migrations"), "sql", &mut migrations)?;
    println!(
        "cargo::rustc-env=SAMSPOR_TEST_TEMPLATE={}",
        code_of(&migrations)?
    );
    Ok(())
}

fn code_of(found: &[PathBuf]) -> std::io::Result<String> {
    let mut found = found.to_vec();
    found.sort();
    let mut hash = Sha256::new();
    for path in &found {
        hash.update(path.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(std::fs::read(path)?);
        hash.update([0]);
    }
    Ok(hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
