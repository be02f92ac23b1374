//! The ordinary user that Postgres runs as where we are root.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;

/// A user and its main group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

/// What `nobody` is where the user list does not say.
const NOBODY: Account = Account {
    uid: 65534,
    gid: 65534,
};

impl Account {
    /// The user to drop to: none where we are an ordinary user already.
    pub(crate) fn for_postgres() -> Option<Account> {
        if !process::is_root() {
            return None;
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let named = |name| find(&users, name).filter(|account| account.uid != 0);
        Some(
            named("postgres")
                .or_else(|| named("nobody"))
                .unwrap_or(NOBODY),
        )
    }

    pub(crate) fn give(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("cannot give {} to Postgres's user", path.display()))
    }

    pub(crate) fn run_as(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Whether it owns what this describes.
    pub(crate) fn owns(self, metadata: &Metadata) -> bool {
        metadata.uid() == self.uid
    }

    /// Whether it may pass through every folder down to `path`. Only the permission bits are looked at.
    pub(crate) fn can_reach(self, path: &Path) -> bool {
        path.ancestors().all(|folder| {
            fs::metadata(folder).is_ok_and(|metadata| {
                let shift = match () {
                    () if metadata.uid() == self.uid => 6,
                    () if metadata.gid() == self.gid => 3,
                    () => 0,
                };
                (metadata.mode() >> shift) & 0o1 == 1
            })
        })
    }
}

fn find(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\nposty:x:7:7::/:\npostgres:x:101:104:,,,:/var/lib:/bin/sh\n";
        assert_eq!(
            find(users, "postgres"),
            Some(Account { uid: 101, gid: 104 })
        );
        assert_eq!(find(users, "post"), None);
        assert_eq!(find("broken:x", "broken"), None);
    }

    #[test]
    fn a_closed_folder_on_the_way_cannot_be_passed() {
        let outer = std::env::temp_dir().join(format!("samspor-reach-{}", std::process::id()));
        let inner = outer.join("inner");
        fs::create_dir_all(&inner).expect("temporary folder");
        let stranger = Account {
            uid: 4_000_000,
            gid: 4_000_000,
        };
        let open = |mode| {
            fs::set_permissions(&outer, fs::Permissions::from_mode(mode)).expect("our own folder")
        };
        open(0o755);
        assert!(stranger.can_reach(&inner));
        open(0o700);
        assert!(!stranger.can_reach(&inner));
        fs::remove_dir_all(&outer).expect("our own folder");
    }
}
