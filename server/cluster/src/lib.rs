//! A Postgres cluster of our own in a data folder.
//!
//! Without `DATABASE_URL` the service keeps its own Postgres: this crate finds the programs, makes the cluster,
//! starts it, attaches to one that already runs, and stops what it started, also when the process dies by
//! force. It knows nothing of what is stored inside.
//!
//! What keeps it private: the cluster listens on no network address, only on a socket in a folder that nobody
//! but its user (and root) may enter, and asks for a random password that lies in a file of the same kind.
//!
//! What it must not do: create tables or roles, read the environment beyond `PATH`, or stop a cluster that
//! another process started.

mod account;
mod home;
mod keeper;
mod lock_file;
mod postgres;
mod process;
mod programs;
mod wire;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::home::Home;
use crate::keeper::Keeper;
use crate::lock_file::{LockFile, Status};
pub use crate::process::{stop_with_parent, terminate};
pub use crate::programs::{MAJOR_MIN, Programs};

/// The superuser of every cluster that this crate makes.
pub const SUPERUSER: &str = "samspor";

/// How long another process may take to start or stop a cluster that we wait for. Crash recovery with much
/// write-ahead log is the slow case.
const OTHERS_WAIT_MAX: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(50);

/// What a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was answered: every commit is flushed to the disk.
    Safe,
    /// Everything: no flush at all. Only for tests, whose data is worth nothing.
    Disposable,
}

/// A running Postgres cluster, started by us or by somebody else.
#[derive(Debug)]
pub struct Cluster {
    home: Home,
    password: String,
    /// The thread that holds the server process; none where we attached to a running one.
    keeper: Option<Keeper>,
}

impl Cluster {
    /// Attaches to the cluster kept in `dir/postgres`, or makes and starts it. `programs` is a folder with
    /// `initdb` and `postgres`, used where the machine has none of its own.
    pub fn attach_or_start(dir: &Path, programs: Option<&Path>) -> Result<Cluster> {
        Self::attach_or_start_with(dir, programs, Durability::Safe)
    }

    /// As [`Cluster::attach_or_start`]; `durability` holds only if this call is what starts the cluster.
    pub fn attach_or_start_with(
        dir: &Path,
        programs: Option<&Path>,
        durability: Durability,
    ) -> Result<Cluster> {
        Self::attach_or_start_of(dir, programs, durability, None)
    }

    /// As [`Cluster::attach_or_start_with`]; a cluster that has to be made is made by this major version.
    pub fn attach_or_start_of(
        dir: &Path,
        programs: Option<&Path>,
        durability: Durability,
        major: Option<u32>,
    ) -> Result<Cluster> {
        let home = Home::prepare(dir)?;
        // Two programs starting at once must not both make the cluster; the second waits and attaches.
        let _starting = home.lock()?;
        let deadline = Instant::now() + OTHERS_WAIT_MAX;
        while let Some(lock) = LockFile::read(&home.data())?.filter(LockFile::is_alive) {
            if lock.status == Status::Ready {
                let password = home.password()?;
                match wire::Connection::open(&lock.sockets, &password, "postgres") {
                    Ok(_) => {
                        let home = Home {
                            sockets: lock.sockets,
                            ..home
                        };
                        return Ok(Cluster {
                            home,
                            password,
                            keeper: None,
                        });
                    }
                    // The process with this number is no Postgres: the file was left by a crash.
                    Err(error) if wire::nobody_listens(&error) => break,
                    Err(error) if wire::is_passing(&error) => {}
                    Err(error) => {
                        return Err(error.context(format!(
                            "cannot attach to the Postgres cluster that runs in {}",
                            home.folder.display()
                        )));
                    }
                }
            }
            if Instant::now() > deadline {
                bail!(
                    "the Postgres cluster in {} neither starts nor stops",
                    home.folder.display()
                );
            }
            std::thread::sleep(POLL);
        }
        let programs = Programs::find(programs, home.major()?.or(major))?.reachable_for(&home)?;
        postgres::create_if_missing(&home, &programs)?;
        let password = home.password()?;
        let keeper = postgres::start(&home, &programs, &password, durability)?;
        Ok(Cluster {
            home,
            password,
            keeper: Some(keeper),
        })
    }

    /// The superuser's URL for `database`, which need not exist.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{SUPERUSER}:{}@localhost/{database}?host={}",
            self.password,
            percent_encoded(&self.home.sockets.to_string_lossy())
        )
    }

    /// The folder that holds the cluster. Not below the given one where Postgres's user could not reach that.
    pub fn folder(&self) -> &Path {
        &self.home.folder
    }

    /// Whether this process started the cluster, and so stops it.
    pub fn owned(&self) -> bool {
        self.keeper.is_some()
    }

    /// Creates an empty database of this name unless there is one.
    pub fn create_database_if_missing(&self, name: &str) -> Result<()> {
        let name = database_name(name)?;
        match self.connect()?.query(&format!("CREATE DATABASE {name}")) {
            // Two creations at once meet in the catalogue's unique index rather than in the check before it.
            Err(error) if wire::has_code(&error, &["42P04", "23505"]) => Ok(()),
            answer => answer
                .map(|_| ())
                .with_context(|| format!("cannot create the database {name}")),
        }
    }

    /// Drops the database of this name if there is one, also while somebody is connected to it.
    pub fn drop_database(&self, name: &str) -> Result<()> {
        let name = database_name(name)?;
        self.connect()?
            .query(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .map(|_| ())
            .with_context(|| format!("cannot drop the database {name}"))
    }

    /// The names of all databases but the ones that Postgres itself makes.
    pub fn databases(&self) -> Result<Vec<String>> {
        self.connect()?.query(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1",
        )
    }

    /// Stops the cluster if we started it: refuses new sessions, ends the open ones, flushes. A second call does
    /// nothing.
    pub fn stop(&mut self) -> Result<()> {
        match self.keeper.take() {
            Some(keeper) => keeper.stop(),
            None => Ok(()),
        }
    }

    fn connect(&self) -> Result<wire::Connection> {
        wire::Connection::open(&self.home.sockets, &self.password, "postgres")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("Postgres did not stop as it should: {error:#}");
        }
    }
}

/// A database name that needs no quoting, so that none can carry SQL.
fn database_name(name: &str) -> Result<&str> {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.len() <= 63
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        bail!("a database name has only a-z, 0-9 and _, and at most 63 of them, unlike {name:?}");
    }
    Ok(name)
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_name_cannot_carry_sql() {
        assert_eq!(database_name("samspor_e2e").expect("plain"), "samspor_e2e");
        for name in ["", "a;b", "a\"b", "Store", "1a", "a-b", &"a".repeat(64)] {
            assert!(database_name(name).is_err(), "{name:?} was let through");
        }
    }

    #[test]
    fn a_socket_folder_is_one_url_parameter() {
        assert_eq!(
            percent_encoded("/tmp/a b&c=ø"),
            "%2Ftmp%2Fa%20b%26c%3D%C3%B8"
        );
    }
}
