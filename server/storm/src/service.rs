//! The shipped program, as the processes that it is in production.

use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command as TokioCommand};

/// What a service says once it listens.
const READY: &str = "Samspor is ready at http://";
/// How long a service may take to start.
const START_MAX: Duration = Duration::from_secs(30);

/// Where the program lies, and the key that all processes share.
#[derive(Clone, Debug)]
pub struct Program {
    /// `samspor`.
    pub path: PathBuf,
    /// The master key, as the program reads it.
    pub master_key: String,
}

impl Program {
    fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .env("DATABASE_URL", url)
            .env("SAMSPOR_MASTER_KEY", &self.master_key)
            // A storm is full of warnings; what counts is what the checks find.
            .env("RUST_LOG", "off")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end: whether it succeeded, and all it said.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run(&self, url: &str, arguments: &[&str]) -> Result<(bool, String)> {
        let output = TokioCommand::from(self.command(url, arguments))
            .kill_on_drop(true)
            .output()
            .await
            .context("samspor cannot be run")?;
        let said = [output.stdout, output.stderr].concat();
        Ok((
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        ))
    }

    /// Starts it; what it prints is read by the caller. It ends with what is returned.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn start(&self, url: &str, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(url, arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        TokioCommand::from(command)
            .kill_on_drop(true)
            .spawn()
            .context("samspor cannot be run")
    }
}

/// `samspor serve`. Ends with this.
pub struct Service {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

impl Service {
    /// Starts one and waits until it listens: on the port of an earlier one, or on a free one.
    ///
    /// # Errors
    /// When it ends before that, or takes too long.
    pub async fn start(
        program: &Program,
        url: &str,
        site: &str,
        address: Option<&str>,
    ) -> Result<Self> {
        let listen = address.unwrap_or("127.0.0.1:0");
        let mut child = program.start(url, &["serve", "--listen", listen, "--site", site])?;
        let said = child.stdout.take().context("is piped")?;
        let mut lines = BufReader::new(said).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.strip_prefix(READY) {
                    return Ok(address.to_owned());
                }
            }
            bail!("the service ended before it listened")
        };
        let address = tokio::time::timeout(START_MAX, ready)
            .await
            .context("the service does not start")??;
        // What it says later is read and dropped, so that it never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, address })
    }

    /// Sends it a signal, by name.
    ///
    /// # Errors
    /// When it has ended.
    pub fn signal(&self, name: &str) -> Result<()> {
        kill(name, self.child.id().context("the service has ended")?)
    }

    /// Ends it by force and waits for its end.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

/// Sends a signal.
///
/// # Errors
/// When there is no such process.
pub fn kill(signal: &str, pid: u32) -> Result<()> {
    let sent = Command::new("kill")
        .arg(format!("-{signal}"))
        .arg(pid.to_string())
        .output()
        .context("kill cannot be run")?;
    if !sent.status.success() {
        bail!("{}", String::from_utf8_lossy(&sent.stderr).trim());
    }
    Ok(())
}

/// A process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Who started it.
    pub parent: u32,
    /// Ended, and not yet waited for.
    pub is_dead: bool,
    /// How it calls itself.
    pub command: String,
}

/// All processes of the machine.
///
/// # Errors
/// Where the system does not list them in `/proc`.
pub fn listed() -> Result<Vec<Process>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc").context("this system does not list its processes")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Ok(pid) = name.parse() else { continue };
        // One that has just ended is not there any more.
        let Ok(stat) = fs::read_to_string(path.join("stat")) else {
            continue;
        };
        // The name, in brackets, may hold anything.
        let Some((_, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let mut fields = rest.split_whitespace();
        let (state, parent) = (fields.next(), fields.next());
        let command = fs::read(path.join("cmdline")).unwrap_or_default();
        all.push(Process {
            pid,
            parent: parent.and_then(|parent| parent.parse().ok()).unwrap_or(0),
            is_dead: state == Some("Z"),
            command: String::from_utf8_lossy(&command).replace('\0', " "),
        });
    }
    Ok(all)
}
