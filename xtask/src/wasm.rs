//! The pages as WebAssembly: built by cargo, split by page, given their JavaScript by wasm-bindgen, shrunk, compressed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::stamp::{Inputs, Stamp};
use crate::{files, node, shell};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// What the first page downloads at most, compressed, of wasm, JavaScript and styles together.
const FIRST_PAGE_BYTES_MAX: u64 = 450_000;
/// The group of the page that one comes to first.
const FIRST_PAGE: &str = "doors";
/// What a first visit that begins at any other page downloads at most: what it is today, so that it does not grow.
const ANY_PAGE_BYTES_MAX: u64 = 700_000;
/// Which parts each page needs besides what every page needs, as `xtask-bindgen` writes it.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// Named one by one: "all" would bring encodings that browsers refuse.
const WASM_OPT: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How much work goes into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Soon there, large, with names.
    Quick,
    /// As small as can be.
    Small,
}

/// Installs Rust's target for the web where it is missing.
pub fn ensure_target() -> Result<()> {
    let libraries = shell::output(shell::command("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    shell::run(shell::command("rustup").args(["target", "add", TARGET]))
        .with_context(|| format!("Rust's target {TARGET} is needed"))
}

/// Builds the pages into `site/pkg`.
pub fn build(site: &Path, effort: Effort) -> Result<()> {
    ensure_target()?;
    let profile = match effort {
        Effort::Quick => "dev",
        Effort::Small => "wasm-release",
    };
    shell::run(
        shell::cargo("build --package app --lib --features hydrate --target").args([
            TARGET,
            "--profile",
            profile,
        ]),
    )?;
    let folder = if effort == Effort::Quick {
        "debug"
    } else {
        profile
    };
    let built = files::target().join(TARGET).join(folder).join("app.wasm");
    let inputs = Inputs::new()
        .files(&built)?
        .files("app/package-lock.json")?
        .text(include_str!("wasm.rs"))
        .text(include_str!("../bindgen/src/main.rs"));
    let package = site.join("pkg");
    let made = ["app_bg.wasm", "app.js", MANIFEST].map(|name| package.join(name));
    let stamp = Stamp::at(files::target().join(format!("stamps/wasm-{profile}")));
    if stamp.is_current(&inputs, &made) {
        println!("    wasm is unchanged");
        return Ok(());
    }
    let bound = files::target().join(format!("bindgen-{profile}"));
    bind(&built, &bound, effort)?;
    if effort == Effort::Small {
        shrink(&bound)?;
    }
    publish(&bound, &package, effort)?;
    stamp.set(&inputs)
}

fn bind(built: &Path, to: &Path, effort: Effort) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    let mut bindgen = shell::cargo("run --quiet --package xtask-bindgen --");
    bindgen.arg(built).arg(to);
    if effort == Effort::Quick {
        bindgen.arg("--debug");
    }
    shell::run(&mut bindgen)
}

fn shrink(folder: &Path) -> Result<()> {
    let small = folder.join("small");
    for wasm in ending(folder, "wasm") {
        let mut wasm_opt = node::tool("app", "wasm-opt")?;
        wasm_opt
            .args(WASM_OPT)
            .arg(&wasm)
            .arg("-o")
            .arg(&small)
            .stdin(Stdio::null());
        shell::output(&mut wasm_opt)?;
        fs::rename(&small, &wasm).context("cannot put the small wasm in its place")?;
    }
    for script in ending(folder, "js") {
        let mut esbuild = node::tool("app", "esbuild")?;
        esbuild
            .arg(&script)
            .arg(format!("--outfile={}", script.display()));
        esbuild.args([
            "--minify",
            "--format=esm",
            "--allow-overwrite",
            "--log-level=warning",
        ]);
        shell::output(&mut esbuild)?;
    }
    Ok(())
}

fn ending(folder: &Path, with: &str) -> Vec<PathBuf> {
    files::below(folder)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == with))
        .collect()
}

/// Puts everything to where it is served, in place of what an earlier build put there, and compresses it.
fn publish(bound: &Path, package: &Path, effort: Effort) -> Result<()> {
    for old in files::below(package) {
        let name = old.strip_prefix(package).unwrap_or(&old);
        // The styles have a step of their own.
        if !name.to_string_lossy().starts_with("app.css") {
            fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    let mut published = Vec::new();
    for file in files::below(bound) {
        let name = file
            .strip_prefix(bound)
            .context("a file outside its own folder")?;
        published.push(package.join(name));
        files::copy(&file, &package.join(name))?;
    }
    if effort == Effort::Small {
        node::compress(&published)?;
    }
    Ok(())
}

/// Prints what a first visit to each page downloads, and fails where that is too much.
pub fn check_budget(site: &Path) -> Result<()> {
    let package = site.join("pkg");
    let manifest = files::read(&package.join(MANIFEST))?;
    let pages: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&manifest).context("cannot read which page needs which part")?;
    let mut common = 0;
    println!("    {:<44}{:>12}{:>12}", "of every page", "bytes", "brotli");
    for file in [ending(&package, "js"), ending(&package, "css")].concat() {
        common += print_size(&package, &file)?;
    }
    common += print_size(&package, &package.join("app_bg.wasm"))?;
    println!("    {:<44}{:>12}{common:>12}", "together", "");
    println!("    {:<44}{:>12}{:>12}", "first visit to", "", "brotli");
    let mut too_large = Vec::new();
    for (page, parts) in &pages {
        let mut visit = common;
        for part in parts {
            visit += length(&package.join(format!("{part}.wasm.br")))?;
        }
        // "daily_1234…": the pages, and what makes the name one of its own.
        let name = page
            .rsplit_once('_')
            .map_or(page.as_str(), |(name, _)| name);
        let allowed = match name {
            FIRST_PAGE => FIRST_PAGE_BYTES_MAX,
            _ => ANY_PAGE_BYTES_MAX,
        };
        println!(
            "    {name:<44}{:>6} files{visit:>12}  of at most {allowed}",
            parts.len()
        );
        if visit > allowed {
            too_large.push(name);
        }
    }
    ensure!(
        too_large.is_empty(),
        "a first visit downloads too much: {}",
        too_large.join(", ")
    );
    Ok(())
}

fn print_size(package: &Path, file: &Path) -> Result<u64> {
    let name = file.strip_prefix(package).unwrap_or(file).to_string_lossy();
    let small = length(&PathBuf::from(format!("{}.br", file.display())))?;
    println!("    {name:<44}{:>12}{small:>12}", length(file)?);
    Ok(small)
}

fn length(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path)
        .with_context(|| format!("{} is missing", path.display()))?
        .len())
}
