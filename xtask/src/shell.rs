//! Runs other programs and shows what is run.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use anyhow::{Context as _, Result, bail};

/// A folder put before `PATH` for every child: Postgres's programs, where the machine has none.
static EXTRA_PATH: OnceLock<PathBuf> = OnceLock::new();

/// What `cargo run` tells its child. Build scripts would take it for their own and build everything again.
const OURS_ALONE: &[&str] = &[
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
    "CARGO_BIN_",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
];

/// Puts a folder before `PATH` for every child from now on.
pub fn add_to_path(folder: PathBuf) {
    // A second call brings the same folder.
    let _ = EXTRA_PATH.set(folder);
}

pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if OURS_ALONE.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    if let Some(extra) = EXTRA_PATH.get() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(extra.clone()).chain(std::env::split_paths(&path));
        // A folder with a colon in its name cannot be in PATH; then the programs are simply not found.
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
    }
    command
}

/// `cargo` with arguments parted by spaces.
pub fn cargo(arguments: &str) -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(arguments.split_whitespace());
    command
}

/// Runs it to its end, with our own input and output.
pub fn run(command: &mut Command) -> Result<()> {
    show(command);
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs it and gives what it printed; shows its errors only where it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", name(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({}):\n{}",
            name(command),
            output.status,
            said.trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed no text", name(command)))
}

/// Runs it, shows what it prints as it comes, and keeps the lines that matter.
pub fn run_keeping(command: &mut Command, matters: fn(&str) -> bool) -> (Vec<String>, Result<()>) {
    show(command);
    let kept = Mutex::new(Vec::new());
    let result = pass_through(command, |line| {
        if matters(line) {
            kept.lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .push(line.to_owned());
        }
    });
    (
        kept.into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner()),
        result,
    )
}

fn pass_through(command: &mut Command, see: impl Fn(&str) + Sync) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", name(command)))?;
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    std::thread::scope(|scope| {
        for stream in streams.into_iter().flatten() {
            scope.spawn(|| {
                for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line);
                    println!("{line}");
                    see(&line);
                }
            });
        }
    });
    let status = child
        .wait()
        .with_context(|| format!("cannot wait for {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

fn show(command: &Command) {
    let words: Vec<_> = command
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect();
    println!("    $ {} {}", name(command), words.join(" "));
    // Before what the child prints, also where our output is a pipe.
    let _ = std::io::stdout().flush();
}

/// The program without its folder.
fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned()
}
