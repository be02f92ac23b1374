//! `xtask-bindgen IN.wasm FOLDER [--debug]`: writes the JavaScript beside a wasm file.
//!
//! Apart from `xtask`, because it takes a minute to build and most commands do not need it.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

const USAGE: &str = "usage: xtask-bindgen IN.wasm FOLDER [--debug]";

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().map(PathBuf::from).context(USAGE)?;
    let folder = arguments.next().map(PathBuf::from).context(USAGE)?;
    let debug = arguments
        .next()
        .is_some_and(|argument| argument == "--debug");
    Bindgen::new()
        .input_path(input)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .debug(debug)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(true)
        .generate(folder)
}
