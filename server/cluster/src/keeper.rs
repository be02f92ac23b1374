//! The thread that holds the Postgres process.
//!
//! A thread of its own, because the kernel ties "interrupt the child when its parent dies" to the thread that
//! spawned it, and because only the one who waits for a child may safely send it signals.

use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Signal};

/// A fast shutdown writes a checkpoint; after this long something is wrong, and recovery does the rest.
const STOP_WAIT_MAX: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
const POLL_IDLE: Duration = Duration::from_millis(200);

/// Holds a running server process until told to stop it.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) pid: u32,
    /// Dropping it is the wish to stop.
    wish: Option<Sender<()>>,
    thread: Option<JoinHandle<Result<Ended>>>,
}

/// How the server process came to its end.
#[derive(Debug)]
enum Ended {
    Asked,
    ByItself(ExitStatus),
}

impl Keeper {
    /// Spawns the command and holds it.
    pub(crate) fn spawn(mut command: Command) -> Result<Keeper> {
        let (wish, wishes) = mpsc::channel();
        let (born, birth) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("postgres-keeper".to_owned())
            .spawn(move || {
                let child = command.spawn();
                match child {
                    Ok(child) => {
                        // The receiver waits below until this arrives.
                        let _ = born.send(Ok(child.id()));
                        hold(child, &wishes)
                    }
                    Err(error) => {
                        let _ = born.send(Err(error));
                        Ok(Ended::Asked)
                    }
                }
            })
            .context("cannot start the thread that holds Postgres")?;
        let pid = birth
            .recv()
            .context("the thread that holds Postgres ended")?
            .context("cannot start Postgres")?;
        Ok(Keeper {
            pid,
            wish: Some(wish),
            thread: Some(thread),
        })
    }

    /// Whether the server process ended without being asked to.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops the server process and waits for its end.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        drop(self.wish.take());
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        match thread.join() {
            Ok(Ok(Ended::Asked)) => Ok(()),
            Ok(Ok(Ended::ByItself(status))) => bail!("Postgres had already ended ({status})"),
            Ok(Err(error)) => Err(error),
            Err(_) => bail!("the thread that holds Postgres panicked"),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Whoever wants to know how it went calls `stop`.
        let _ = self.end();
    }
}

fn hold(mut child: Child, wishes: &Receiver<()>) -> Result<Ended> {
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for Postgres")? {
            return Ok(Ended::ByItself(status));
        }
        match wishes.recv_timeout(POLL_IDLE) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    process::signal(child.id(), Signal::Fast).context("cannot stop Postgres")?;
    let deadline = Instant::now() + STOP_WAIT_MAX;
    while child
        .try_wait()
        .context("cannot wait for Postgres")?
        .is_none()
    {
        if Instant::now() > deadline {
            process::signal(child.id(), Signal::Immediate).context("cannot stop Postgres")?;
            child.wait().context("cannot wait for Postgres")?;
            break;
        }
        std::thread::sleep(POLL);
    }
    Ok(Ended::Asked)
}
