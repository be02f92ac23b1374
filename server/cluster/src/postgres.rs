//! Makes and starts a cluster with Postgres's own programs.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::home::Home;
use crate::keeper::Keeper;
use crate::lock_file::{LockFile, Status};
use crate::{Durability, Programs, SUPERUSER, process, wire};

/// After a crash Postgres first replays its log, which can take minutes.
const START_WAIT_MAX: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(20);
/// A log larger than this starts afresh.
const LOG_BYTES_MAX: u64 = 10_000_000;
/// From here on Postgres has Unicode rules of its own, the same on every system.
const BUILTIN_LOCALES_FROM: u32 = 17;

/// Settings that do not depend on the machine. Just-in-time compilation only slows short queries down.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("port", "5432"),
    ("max_connections", "200"),
    ("shared_buffers", "256MB"),
    ("max_wal_size", "2GB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    ("jit", "off"),
];

/// Makes an empty cluster, whole or not at all.
pub(crate) fn create_if_missing(home: &Home, programs: &Programs) -> Result<()> {
    if home.data().exists() {
        return Ok(());
    }
    home.password()?;
    let unfinished = home.folder.join("data-unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let mut command = command(home, &programs.path("initdb"));
    command
        .arg("--pgdata")
        .arg(&unfinished)
        .args([
            "--username",
            SUPERUSER,
            "--encoding",
            "UTF8",
            "--auth-local",
            "password",
        ])
        .args(["--auth-host", "reject", "--no-instructions"])
        .arg("--pwfile")
        .arg(home.password_file());
    match programs.major >= BUILTIN_LOCALES_FROM {
        true => command.args([
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        ]),
        // Order by code point everywhere, but know that Ø is the capital of ø where the system does.
        false if process::has_locale(c"C.UTF-8") => {
            command.args(["--locale", "C", "--lc-ctype", "C.UTF-8"])
        }
        false => command.args(["--locale", "C"]),
    };
    let output = command.output().context("cannot run initdb")?;
    if !output.status.success() {
        bail!(
            "initdb failed: {}",
            last_line(&String::from_utf8_lossy(&output.stderr))
        );
    }
    fs::rename(&unfinished, home.data()).context("cannot put the new cluster in its place")
}

/// Starts the cluster and waits until it answers.
pub(crate) fn start(
    home: &Home,
    programs: &Programs,
    password: &str,
    durability: Durability,
) -> Result<Keeper> {
    let log_length = fs::metadata(home.log()).map_or(0, |metadata| metadata.len());
    let log = OpenOptions::new()
        .create(true)
        .append(log_length <= LOG_BYTES_MAX)
        .write(true)
        .truncate(log_length > LOG_BYTES_MAX)
        .mode(0o600)
        .open(home.log())
        .context("cannot open Postgres's log")?;
    let mut command = command(home, &programs.path("postgres"));
    command.arg("-D").arg(home.data());
    for (name, value) in SETTINGS {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command.arg("-c").arg(format!(
        "unix_socket_directories={}",
        home.sockets.display()
    ));
    if durability == Durability::Disposable {
        command.args([
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
            "-c",
            "full_page_writes=off",
        ]);
    }
    command
        .stdout(log.try_clone().context("cannot open Postgres's log")?)
        .stderr(log)
        // Its own group: Ctrl-C in the terminal is for us, and we stop it in our own time.
        .process_group(0);
    process::stop_with_parent(&mut command);
    let keeper = Keeper::spawn(command)?;
    wait_until_ready(home, password, &keeper)?;
    Ok(keeper)
}

fn wait_until_ready(home: &Home, password: &str, keeper: &Keeper) -> Result<()> {
    let deadline = Instant::now() + START_WAIT_MAX;
    loop {
        let lock = LockFile::read(&home.data())?;
        let ours = lock.filter(|lock| u32::try_from(lock.pid) == Ok(keeper.pid));
        if ours.is_some_and(|lock| lock.status == Status::Ready) {
            return wire::Connection::open(&home.sockets, password, "postgres").map(|_| ());
        }
        if keeper.has_ended() {
            let log = fs::read(home.log()).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            bail!(
                "Postgres did not start: {} (see {})",
                last_line(&log),
                home.log().display()
            );
        }
        if Instant::now() > deadline {
            bail!(
                "Postgres did not answer in time: see {}",
                home.log().display()
            );
        }
        std::thread::sleep(POLL);
    }
}

/// A command as Postgres's user, in its folder, without settings of ours that it would listen to.
fn command(home: &Home, program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("PG") || name.starts_with("LC_") || name.starts_with("LANG") {
            command.env_remove(&*name);
        }
    }
    command
        .env("LC_ALL", "C")
        .current_dir(&home.folder)
        .stdin(Stdio::null());
    if let Some(account) = home.account {
        account.run_as(&mut command);
    }
    command
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it said nothing")
        .trim()
}
