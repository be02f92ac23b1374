//! A cluster on a real Postgres: made, attached to, stopped, found again, and not left behind.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cluster::Cluster;

/// A data folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static N_FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = N_FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("samspor-cluster-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("temporary folder");
        Folder(path)
    }

    fn lock_file(&self) -> PathBuf {
        self.0.join("postgres/data/postmaster.pid")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("our own folder");
    }
}

fn start(dir: &Path) -> Cluster {
    Cluster::attach_or_start(dir, None).expect("Postgres is on this machine")
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_was_stored_is_there_after_the_next_start() {
    let folder = Folder::new();
    let mut first = start(&folder.0);
    assert!(first.owned());
    first.create_database_if_missing("kept").expect("new");
    first
        .create_database_if_missing("kept")
        .expect("there already");
    let url = first.url("kept");
    first.stop().expect("clean stop");
    first.stop().expect("nothing left to stop");
    assert!(!folder.lock_file().exists(), "Postgres still runs");

    let second = start(&folder.0);
    assert_eq!(second.databases().expect("answers"), ["kept"]);
    assert_eq!(
        second.url("kept"),
        url,
        "the address changes between starts"
    );
    second.drop_database("kept").expect("dropped");
    second.drop_database("kept").expect("gone already");
    assert!(second.databases().expect("answers").is_empty());
}

#[test]
fn a_second_program_attaches_and_does_not_stop_it() {
    let folder = Folder::new();
    let first = start(&folder.0);
    let mut second = start(&folder.0);
    assert!(first.owned() && !second.owned());
    assert_eq!(first.url("x"), second.url("x"));
    second.stop().expect("nothing to stop");
    drop(second);
    first
        .create_database_if_missing("after")
        .expect("the cluster still runs");
}

#[test]
fn two_programs_at_once_share_one_cluster() {
    let folder = Folder::new();
    let clusters: Vec<Cluster> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| start(&folder.0))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(clusters.iter().filter(|cluster| cluster.owned()).count(), 1);
}

#[test]
fn a_file_left_by_a_crash_is_no_running_cluster() {
    let folder = Folder::new();
    start(&folder.0)
        .create_database_if_missing("kept")
        .expect("new");
    // This very process is alive and is no Postgres.
    let run = folder.0.join("postgres/run");
    let stale = format!(
        "{}\n/data\n1\n5432\n{}\n\n1 1\nready   \n",
        std::process::id(),
        run.display()
    );
    fs::write(folder.lock_file(), stale).expect("our own folder");
    let again = start(&folder.0);
    assert!(again.owned());
    assert_eq!(again.databases().expect("answers"), ["kept"]);
}

#[test]
fn only_its_user_gets_at_it() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = Folder::new();
    let cluster = start(&folder.0);
    for path in [
        "postgres",
        "postgres/run",
        "postgres/data",
        "postgres/password",
    ] {
        let mode = fs::metadata(folder.0.join(path)).expect("exists").mode();
        assert_eq!(mode & 0o077, 0, "others may open {path}");
    }
    let lock = fs::read_to_string(folder.lock_file()).expect("running");
    assert_eq!(lock.lines().nth(5), Some(""), "it listens on the network");
    assert!(cluster.owned());
}

/// Linux only: elsewhere a killed keeper leaves the cluster running, and the next start attaches.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_keeper_leaves_no_postgres_behind() {
    let folder = Folder::new();
    let mut keeper = Command::new(env!("CARGO_BIN_EXE_keep-postgres"))
        .arg(&folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("our own program");
    let mut url = String::new();
    BufReader::new(keeper.stdout.take().expect("piped"))
        .read_line(&mut url)
        .expect("its address");
    assert!(url.starts_with("postgres://samspor:"), "{url:?}");
    assert!(folder.lock_file().exists());
    keeper.kill().expect("still running");
    keeper.wait().expect("our own child");
    wait_for("Postgres follows its keeper", || {
        !folder.lock_file().exists()
    });
    assert!(start(&folder.0).owned());
}

#[test]
fn a_keeper_whose_input_ends_stops_cleanly() {
    let folder = Folder::new();
    let status = Command::new(env!("CARGO_BIN_EXE_keep-postgres"))
        .arg(&folder.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("our own program");
    assert!(status.success());
    assert!(!folder.lock_file().exists(), "Postgres still runs");
}
