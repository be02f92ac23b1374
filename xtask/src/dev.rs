//! Builds without optimising, runs, and does so again after every change.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use cluster::Cluster;

use crate::timing::step;
use crate::wasm::Effort;
use crate::{files, postgres, serve, shell, styles, wasm};

const CODE: &[&str] = &[
    "domain",
    "app/src",
    "app/Cargo.toml",
    "server",
    "migrations",
    "Cargo.toml",
    "Cargo.lock",
];
const POLL: Duration = Duration::from_millis(400);
const STOP_WAIT_MAX: Duration = Duration::from_secs(5);

/// Runs until interrupted.
pub fn run(arguments: &[String]) -> Result<()> {
    postgres::ensure_programs()?;
    let site = files::target().join("site-dev");
    let database = own_database(arguments)?;
    let (mut server, mut seen_code, mut seen_styles) = (None, None, None);
    loop {
        let (code, styles) = (Seen::of(CODE), Seen::of(styles::INPUTS));
        if seen_styles.as_ref() != Some(&styles) {
            report(step("styles", || styles::build(&site)));
            seen_styles = Some(styles);
        }
        if seen_code.as_ref() != Some(&code) {
            seen_code = Some(code);
            match build(&site) {
                Ok(()) => {
                    stop(server.take())?;
                    server = report(start(&site, arguments, database.as_ref()));
                }
                // The last version that could be built goes on serving.
                Err(error) => eprintln!("xtask: {error:#}; waiting for the next change"),
            }
        }
        std::thread::sleep(POLL);
    }
}

/// The cluster, kept here rather than in the service, so that a restart of that is quick.
fn own_database(arguments: &[String]) -> Result<Option<Cluster>> {
    let named = std::env::var_os("DATABASE_URL").is_some()
        || arguments
            .iter()
            .any(|argument| argument.starts_with("--data"));
    match named {
        true => Ok(None),
        false => Cluster::attach_or_start(&files::absolute(serve::DATA)?, None).map(Some),
    }
}

fn build(site: &Path) -> Result<()> {
    step("wasm", || wasm::build(site, Effort::Quick))?;
    step("server", || {
        shell::run(&mut shell::cargo("build --package server"))
    })
}

fn start(site: &Path, arguments: &[String], database: Option<&Cluster>) -> Result<Child> {
    let program = files::target().join("debug/samspor");
    let _kept_until_the_end = database;
    let place = serve::place(arguments);
    step("demo regions", || {
        shell::run(shell::command(&program).arg("demo").args(&place))
    })?;
    let mut command = shell::command(&program);
    command
        .arg("serve")
        .arg("--site")
        .arg(site)
        .args(serve::default_place(arguments))
        .args(arguments);
    cluster::stop_with_parent(&mut command);
    command.spawn().context("cannot start the service")
}

fn stop(server: Option<Child>) -> Result<()> {
    let Some(mut server) = server else {
        return Ok(());
    };
    if server
        .try_wait()
        .context("cannot look at the service")?
        .is_some()
    {
        return Ok(());
    }
    cluster::terminate(&server).context("cannot stop the service")?;
    let deadline = Instant::now() + STOP_WAIT_MAX;
    while server
        .try_wait()
        .context("cannot wait for the service")?
        .is_none()
    {
        if Instant::now() > deadline {
            server.kill().context("cannot stop the service")?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn report<T>(result: Result<T>) -> Option<T> {
    result
        .inspect_err(|error| eprintln!("xtask: {error:#}; waiting for the next change"))
        .ok()
}

/// What the watched files looked like: asking costs a few milliseconds and works on every disk.
#[derive(Debug, PartialEq, Eq)]
struct Seen(Vec<(PathBuf, Option<SystemTime>)>);

impl Seen {
    fn of(paths: &[&str]) -> Seen {
        let changed = |file: &PathBuf| {
            file.metadata()
                .and_then(|metadata| metadata.modified())
                .ok()
        };
        Seen(
            paths
                .iter()
                .flat_map(|path| files::below(Path::new(path)))
                .map(|file| (file.clone(), changed(&file)))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_seen() {
        let folder = std::env::temp_dir().join(format!("samspor-seen-{}", std::process::id()));
        files::write(&folder.join("one"), "").expect("temporary folder");
        let paths = [folder.to_str().expect("plain name")];
        let before = Seen::of(&paths);
        assert_eq!(before, Seen::of(&paths));
        files::write(&folder.join("two"), "").expect("temporary folder");
        assert_ne!(before, Seen::of(&paths));
        std::fs::remove_dir_all(&folder).expect("our own folder");
    }
}
