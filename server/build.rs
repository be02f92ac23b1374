//! Computes what `code` stands for in stored snapshots: per view a hash of every source that its documents depend on, so
//! that a release that folds a view differently never reads what another release folded, and one that does not, does.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where each view has a file of its own.
const VIEWS: &str = "../domain/src/views";
/// In that folder, but of no view: what all of them share.
const SHARED: [&str; 2] = ["mod", "document"];
/// What a document is wrapped into when it is stored.
const STORED: &str = "src/views/documents.rs";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../domain/src");
    println!("cargo::rerun-if-changed={STORED}");
    let mut views = BTreeMap::new();
    let mut shared = vec![PathBuf::from(STORED)];
    for path in sources(Path::new("../domain/src"), "rs")? {
        if is_test(&path) {
            continue;
        }
        match view(&path) {
            Some(view) => _ = views.insert(view, path),
            None => shared.push(path),
        }
    }
    for view in views.keys() {
        let mut used = vec![view.clone()];
        let mut next = 0;
        while let Some(one) = used.get(next).cloned() {
            let text = std::fs::read_to_string(&views[&one])?;
            let names = |other: &&String| {
                !used.contains(other)
                    && [format!("super::{other}"), format!("views::{other}")]
                        .iter()
                        .any(|path| text.contains(path))
            };
            let more: Vec<String> = views.keys().filter(names).cloned().collect();
            used.extend(more);
            next += 1;
        }
        let own = used.iter().map(|view| views[view].clone());
        let all: Vec<PathBuf> = shared.iter().cloned().chain(own).collect();
        println!(
            "cargo::rustc-env=SAMSPOR_VIEW_CODE_{view}={}",
            code_of(all)?
        );
    }
    // Tests keep a template database per state of the migrations.
    let migrations = sources(Path::new("../migrations"), "sql")?;
    println!(
        "cargo::rustc-env=SAMSPOR_TEST_TEMPLATE={}",
        code_of(migrations)?
    );
    Ok(())
}

/// The view whose own file it is.
fn view(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(VIEWS).ok()?;
    let name = inside.components().next()?.as_os_str().to_str()?;
    let name = name.trim_end_matches(".rs");
    (!SHARED.contains(&name)).then(|| name.to_owned())
}

/// Tests fold nothing that is kept.
fn is_test(path: &Path) -> bool {
    path.file_stem()
        .is_some_and(|stem| stem == "tests" || stem == "testing")
        || path.components().any(|part| part.as_os_str() == "tests")
}

fn sources(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn code_of(mut files: Vec<PathBuf>) -> std::io::Result<String> {
    files.sort();
    let mut hash = Sha256::new();
    for path in &files {
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
