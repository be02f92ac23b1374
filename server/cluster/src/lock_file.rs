//! `postmaster.pid`: what a running cluster says about itself.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process;

/// How far a cluster has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Ready,
    /// Starting, stopping, or a file that is only half written.
    Between,
}

/// The parts of the file that matter here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LockFile {
    pub(crate) pid: i32,
    pub(crate) sockets: PathBuf,
    pub(crate) status: Status,
}

impl LockFile {
    /// None where there is no file, or nothing in it yet.
    pub(crate) fn read(data: &Path) -> Result<Option<LockFile>> {
        match fs::read_to_string(data.join("postmaster.pid")) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| {
                format!("cannot see whether a cluster runs in {}", data.display())
            }),
        }
    }

    /// Whether the process it names exists; after a crash that can be any process.
    pub(crate) fn is_alive(&self) -> bool {
        process::is_alive(self.pid)
    }
}

fn parse(text: &str) -> Option<LockFile> {
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    let sockets = PathBuf::from(lines.nth(3).unwrap_or_default().trim());
    let status = match lines.nth(2).map(str::trim) {
        Some("ready") => Status::Ready,
        _ => Status::Between,
    };
    Some(LockFile {
        pid,
        sockets,
        status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_cluster_is_told_from_one_on_its_way() {
        let start = "4711\n/data\n1795000000\n5432\n/run/here\n\n  12345  6\n";
        let ready = parse(&format!("{start}ready   \n")).expect("complete");
        assert_eq!(
            ready,
            LockFile {
                pid: 4711,
                sockets: PathBuf::from("/run/here"),
                status: Status::Ready
            }
        );
        assert_eq!(
            parse(&format!("{start}stopping\n"))
                .expect("complete")
                .status,
            Status::Between
        );
        assert_eq!(
            parse("4711\n").expect("its first line").status,
            Status::Between
        );
        assert_eq!(parse(""), None);
    }
}
