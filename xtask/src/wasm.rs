//! The pages as WebAssembly: built by cargo, given their JavaScript by wasm-bindgen, shrunk, compressed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::stamp::{Inputs, Stamp};
use crate::{files, node, shell};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// What the first visit should download at most, compressed, of wasm, JavaScript and styles together. It is not reached
/// yet: every page's code is in one file.
const AIM_BYTES: u64 = 450_000;
/// More than this fails the build, so that it does not grow meanwhile.
const CEILING_BYTES: u64 = 1_000_000;

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
    let (wasm, script) = (package.join("app_bg.wasm"), package.join("app.js"));
    let stamp = Stamp::at(files::target().join(format!("stamps/wasm-{profile}")));
    if stamp.is_current(&inputs, &[wasm.clone(), script.clone()]) {
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
    let (wasm, small) = (folder.join("app_bg.wasm"), folder.join("small.wasm"));
    let mut wasm_opt = node::tool("app", "wasm-opt")?;
    wasm_opt
        .args(WASM_OPT)
        .arg(&wasm)
        .arg("-o")
        .arg(&small)
        .stdin(Stdio::null());
    shell::run(&mut wasm_opt)?;
    fs::rename(&small, &wasm).context("cannot put the small wasm in its place")?;
    for script in scripts(folder) {
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

fn scripts(folder: &Path) -> Vec<PathBuf> {
    files::below(folder)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "js"))
        .collect()
}

/// Copies everything to where it is served, and compresses it there.
fn publish(bound: &Path, package: &Path, effort: Effort) -> Result<()> {
    let made = files::below(bound);
    let snippets = package.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets).context("cannot remove old snippets")?;
    }
    for file in &made {
        let to = package.join(
            file.strip_prefix(bound)
                .context("a file outside its own folder")?,
        );
        for ending in ["br", "gz"] {
            let compressed = PathBuf::from(format!("{}.{ending}", to.display()));
            // An older compressed form would be served in place of the new file.
            let _ = fs::remove_file(compressed);
        }
        files::copy(file, &to)?;
    }
    if effort == Effort::Small {
        let published: Vec<PathBuf> = made
            .iter()
            .filter_map(|file| Some(package.join(file.strip_prefix(bound).ok()?)))
            .collect();
        node::compress(&published)?;
    }
    Ok(())
}

/// Prints what a first visit downloads, and fails where that is too much.
pub fn check_budget(site: &Path) -> Result<()> {
    let mut total = 0;
    println!("    {:<28}{:>12}{:>12}", "file", "bytes", "brotli");
    for file in files::below(&site.join("pkg")) {
        let name = file
            .strip_prefix(site)
            .unwrap_or(&file)
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let compressed = PathBuf::from(format!("{}.br", file.display()));
        let (raw, small) = (length(&file)?, length(&compressed)?);
        println!("    {name:<28}{raw:>12}{small:>12}");
        total += small;
    }
    println!(
        "    {:<28}{:>12}{total:>12}  of at most {CEILING_BYTES}",
        "together", ""
    );
    if total > AIM_BYTES {
        println!(
            "    {} bytes above the aim of {AIM_BYTES}",
            total - AIM_BYTES
        );
    }
    if total > CEILING_BYTES {
        bail!("a first visit downloads {total} bytes, and {CEILING_BYTES} are allowed");
    }
    Ok(())
}

fn length(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path)
        .with_context(|| format!("{} is missing", path.display()))?
        .len())
}
