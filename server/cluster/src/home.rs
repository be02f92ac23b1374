//! The folder of a cluster, and what lies in it beside Postgres's own files.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::account::Account;
use crate::process;

/// A socket's whole path may have about a hundred bytes on every system; this leaves room for its name.
const SOCKET_FOLDER_BYTES_MAX: usize = 80;
const PASSWORD_BYTES: usize = 24;

/// Where a cluster lives.
#[derive(Debug)]
pub(crate) struct Home {
    /// Holds the data, the password, the log and the lock; nobody else may enter it.
    pub(crate) folder: PathBuf,
    /// Holds the socket; nobody else may enter it.
    pub(crate) sockets: PathBuf,
    /// The user to run as, where that is not us.
    pub(crate) account: Option<Account>,
}

impl Home {
    /// Finds the place below `dir`, or, where Postgres's user cannot get there, in the system's lasting temporary
    /// folder; makes the folders.
    pub(crate) fn prepare(dir: &Path) -> Result<Home> {
        fs::create_dir_all(dir)
            .with_context(|| format!("cannot make the data folder {}", dir.display()))?;
        let dir = dir
            .canonicalize()
            .with_context(|| format!("cannot find the data folder {}", dir.display()))?;
        let account = Account::for_postgres();
        let key = format!("{:016x}", fnv(dir.as_os_str().as_encoded_bytes()));
        let beside = Path::new("/var/tmp").join(format!("samspor-{key}"));
        let folder = match account {
            Some(account) if beside.join("data").exists() || !account.can_reach(&dir) => {
                eprintln!(
                    "Postgres must not run as root, and its ordinary user cannot reach {}: the cluster is kept in {}.",
                    dir.display(),
                    beside.display()
                );
                private_folder(&beside, Some(account))?;
                beside
            }
            _ => dir.join("postgres"),
        };
        private_folder(&folder, account)?;
        let near = folder.join("run");
        let sockets = match near.as_os_str().len() <= SOCKET_FOLDER_BYTES_MAX {
            true => near,
            false => Path::new("/tmp").join(format!("samspor-{key}")),
        };
        private_folder(&sockets, account)?;
        Ok(Home {
            folder,
            sockets,
            account,
        })
    }

    /// Postgres's own files.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What Postgres says.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The version that made the data, if there is any.
    pub(crate) fn major(&self) -> Result<Option<u32>> {
        match fs::read_to_string(self.data().join("PG_VERSION")) {
            Ok(text) => Ok(Some(
                text.trim()
                    .parse()
                    .context("PG_VERSION of the cluster holds no number")?,
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error)
                .with_context(|| format!("cannot read the cluster in {}", self.folder.display())),
        }
    }

    /// Held while a program decides whether to start the cluster.
    pub(crate) fn lock(&self) -> Result<File> {
        let path = self.folder.join("starting.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        file.lock()
            .with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(file)
    }

    pub(crate) fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// The superuser's password, made on the first call. Call it under the lock.
    pub(crate) fn password(&self) -> Result<String> {
        let path = self.password_file();
        match fs::read_to_string(&path) {
            Ok(password) if !password.trim().is_empty() => return Ok(password.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        }
        if self.data().exists() {
            bail!(
                "the password of the cluster in {} is missing",
                self.folder.display()
            );
        }
        let password = random_hex()?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(password.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        if let Some(account) = self.account {
            account.give(&path)?;
        }
        Ok(password)
    }
}

/// Makes a folder that only its owner may enter; refuses one that somebody else has put there.
fn private_folder(path: &Path, account: Option<Account>) -> Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {
            if let Some(account) = account {
                account.give(path)?;
            }
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let metadata = fs::symlink_metadata(path)
                .with_context(|| format!("cannot look at {}", path.display()))?;
            if !metadata.is_dir() || metadata.mode() & 0o077 != 0 {
                bail!(
                    "{} must be a folder that only its owner may enter",
                    path.display()
                );
            }
            match account {
                // Made by root a moment ago in another process, or just before a crash.
                Some(account) if metadata.uid() == 0 => account.give(path)?,
                Some(account) if account.owns(&metadata) => {}
                None if process::is_ours(&metadata) => {}
                _ => bail!(
                    "{} belongs to another user than the one Postgres would run as: start Samspor as that user",
                    path.display()
                ),
            }
            Ok(())
        }
        Err(error) => {
            Err(error).with_context(|| format!("cannot make the folder {}", path.display()))
        }
    }
}

fn random_hex() -> Result<String> {
    let mut bytes = [0; PASSWORD_BYTES];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("cannot read random bytes for the password")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// FNV-1a: names a folder after a path, the same in every release.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_name_of_a_folder_never_changes() {
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn a_folder_that_others_may_enter_is_refused() {
        let path = std::env::temp_dir().join(format!("samspor-private-{}", std::process::id()));
        private_folder(&path, None).expect("new");
        private_folder(&path, None).expect("its own again");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own folder");
        let refusal = private_folder(&path, None)
            .expect_err("open to all")
            .to_string();
        assert!(refusal.contains("only its owner"), "{refusal}");
        fs::remove_dir(&path).expect("our own folder");
    }

    #[test]
    fn two_passwords_differ() {
        let (one, other) = (random_hex().expect("random"), random_hex().expect("random"));
        assert_eq!(one.len(), PASSWORD_BYTES * 2);
        assert_ne!(one, other);
    }
}
