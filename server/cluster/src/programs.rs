//! Finds Postgres's programs on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::home::Home;

/// The oldest major version that the service works with.
pub const MAJOR_MIN: u32 = 15;

/// A folder with `initdb` and `postgres` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The folder.
    pub bin: PathBuf,
    /// The major version, at least [`MAJOR_MIN`].
    pub major: u32,
}

impl Programs {
    /// Looks in `PATH`, then where systems install them (newest first), then in `extra`. Where data exists already,
    /// only its own version will do.
    pub fn find(extra: Option<&Path>, wanted: Option<u32>) -> Result<Programs> {
        let found: Vec<Programs> = folders(extra).into_iter().filter_map(inspect).collect();
        match wanted {
            None => found.into_iter().next().with_context(|| {
                format!("no Postgres {MAJOR_MIN} or newer on this machine: install it, or set DATABASE_URL")
            }),
            Some(wanted) => match found.iter().find(|programs| programs.major == wanted) {
                Some(programs) => Ok(programs.clone()),
                None => bail!("the data folder wants Postgres {wanted}, which is not on this machine"),
            },
        }
    }

    /// The same programs where the cluster's user can run them: copied beside its data if need be.
    pub(crate) fn reachable_for(self, home: &Home) -> Result<Programs> {
        let Some(account) = home.account else {
            return Ok(self);
        };
        let bin = self.bin.canonicalize().unwrap_or_else(|_| self.bin.clone());
        if account.can_reach(&bin) {
            return Ok(self);
        }
        // The programs find their libraries and templates beside their own folder.
        let root = bin
            .parent()
            .context("Postgres's programs lie in no folder")?;
        let copy = home.folder.join(format!("programs-{}", self.major));
        if !copy.exists() {
            let unfinished = home.folder.join("programs-unfinished");
            let _ = fs::remove_dir_all(&unfinished);
            copy_folder(root, &unfinished)
                .and_then(|()| fs::rename(&unfinished, &copy))
                .context("cannot copy Postgres's programs to where its user can run them")?;
        }
        let name = bin
            .file_name()
            .context("Postgres's programs lie in no folder")?;
        Ok(Programs {
            bin: copy.join(name),
            ..self
        })
    }

    /// One program's path.
    pub fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }
}

fn folders(extra: Option<&Path>) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(versioned(
        "/usr/lib/postgresql",
        |name| name.parse().ok(),
        "bin",
    ));
    folders.extend(versioned(
        "/usr",
        |name| name.strip_prefix("pgsql-")?.parse().ok(),
        "bin",
    ));
    for brew in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(versioned(
            brew,
            |name| name.strip_prefix("postgresql@")?.parse().ok(),
            "bin",
        ));
    }
    folders.extend(extra.map(Path::to_owned));
    folders
}

/// The folders below `parent` whose names hold a version, newest first.
fn versioned(parent: &str, version: fn(&str) -> Option<u32>, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            Some((
                version(entry.file_name().to_str()?)?,
                entry.path().join(below),
            ))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

fn inspect(bin: PathBuf) -> Option<Programs> {
    let postgres = bin.join("postgres");
    if !postgres.is_file() || !bin.join("initdb").is_file() {
        return None;
    }
    let output = Command::new(postgres)
        .arg("--version")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let major = major(std::str::from_utf8(&output.stdout).ok()?)?;
    (major >= MAJOR_MIN).then_some(Programs { bin, major })
}

/// Out of `postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)` or `… 18beta1`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number.get(..end)?.parse().ok()
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major("something else 15"), None);
    }

    #[test]
    fn data_of_another_version_is_not_opened() {
        let refusal = Programs::find(None, Some(9))
            .expect_err("too old to be found")
            .to_string();
        assert!(refusal.contains("Postgres 9"), "{refusal}");
    }
}
