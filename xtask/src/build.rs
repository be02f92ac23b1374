//! Everything that is shipped: one program and one folder.

use std::path::PathBuf;

use anyhow::Result;

use crate::timing::step;
use crate::wasm::Effort;
use crate::{files, shell, styles, wasm};

/// The folder that the server hands out.
pub fn site() -> PathBuf {
    files::target().join("site")
}

/// The server.
pub fn program() -> PathBuf {
    files::target().join("release/samspor")
}

/// Builds both as they are shipped, and checks what a first visit downloads.
pub fn release() -> Result<()> {
    let site = site();
    step("styles", || styles::build(&site))?;
    step("wasm", || wasm::build(&site, Effort::Small))?;
    step("download size", || wasm::check_budget(&site))?;
    step("server", || {
        shell::run(&mut shell::cargo("build --release --package server"))
    })
}
