//! `xtask-bindgen IN.wasm FOLDER [--debug]`: splits a wasm file where its pages are loaded, and writes the JavaScript
//! beside the parts.
//!
//! Apart from `xtask`, because it takes a minute to build and most commands do not need it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

const USAGE: &str = "usage: xtask-bindgen IN.wasm FOLDER [--debug]";
/// The module that loads the parts, by the name that Leptos asks for.
const LOADER: &str = "./__wasm_split.______________________.js";
/// Which parts each page needs, by the name that Leptos looks for.
const MANIFEST: &str = "__wasm_split_manifest.json";

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().map(PathBuf::from).context(USAGE)?;
    let folder = arguments.next().map(PathBuf::from).context(USAGE)?;
    let debug = arguments
        .next()
        .is_some_and(|argument| argument == "--debug");
    let main = split(&input, &folder)?;
    Bindgen::new()
        .input_path(&main)
        .out_name("app")
        .web(true)?
        .typescript(false)
        // The parts import what the first one exports, by the linker's names.
        .keep_lld_exports(true)
        .demangle(false)
        .debug(debug)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(true)
        .generate(&folder)?;
    fs::remove_file(&main).context("cannot remove the unbound part")
}

/// Puts all parts but the first into the folder, and says where the first one lies.
fn split(input: &Path, folder: &Path) -> Result<PathBuf> {
    let wasm = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let main = folder.join("unbound.wasm");
    let mut options = Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./app.js";
    let parts = transform(options).map_err(|error| anyhow!("cannot split it: {error:?}"))?;
    let manifest: BTreeMap<_, _> = parts.prefetch_map.into_iter().collect();
    fs::write(folder.join(MANIFEST), serde_json::to_string(&manifest)?)
        .context("cannot write which page needs which part")?;
    Ok(main)
}
