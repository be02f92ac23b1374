//! What the storm stands on: a Postgres that flushes every commit, on a small disk of its own where one can be made.

use crate::service::{kill, listed};
use anyhow::{Context as _, Result, bail};
use cluster::{Cluster, Durability};
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The database of the storm.
pub const DATABASE: &str = "storm";
/// Room for the demo regions, a storm, and Postgres' own log of both.
const DISK_MIB: u32 = 2_048;
/// How long Postgres may take to recover.
const RECOVERY_MAX: Duration = Duration::from_secs(60);

/// A folder with a cluster in it. Dropped, it stops and takes away all of it.
pub struct Ground {
    folder: PathBuf,
    /// Why it is not a small disk of its own, if it is not.
    no_disk: Option<String>,
    cluster: Option<Cluster>,
}

impl Ground {
    /// Makes it below the system's temporary folder.
    ///
    /// # Errors
    /// When there are no programs of Postgres, or the folder cannot be made.
    pub fn make() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("samspor-storm-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut ground = Self {
            no_disk: mounted(&folder).err().map(|error| format!("{error:#}")),
            folder,
            cluster: None,
        };
        fs::set_permissions(&ground.folder, Permissions::from_mode(0o755))?;
        ground.cluster = Some(ground.start()?);
        ground.cluster()?.create_database_if_missing(DATABASE)?;
        Ok(ground)
    }

    fn start(&self) -> Result<Cluster> {
        Cluster::attach_or_start_with(&self.folder, None, Durability::Safe)
    }

    fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().context("Postgres is not running")
    }

    /// The database's URL; the same after every restart.
    ///
    /// # Errors
    /// While Postgres is down.
    pub fn url(&self) -> Result<String> {
        Ok(self.cluster()?.url(DATABASE))
    }

    /// An empty folder for the pages' script and style: nobody here looks at them.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn site(&self) -> Result<String> {
        let site = self.folder.join("site");
        fs::create_dir_all(&site)?;
        Ok(site.to_string_lossy().into_owned())
    }

    /// Why the disk cannot be filled, if it cannot.
    #[must_use]
    pub fn no_disk(&self) -> Option<&str> {
        self.no_disk.as_deref()
    }

    fn postmaster(&self) -> Result<u32> {
        let file = self.cluster()?.folder().join("data/postmaster.pid");
        let text = fs::read_to_string(file).context("Postgres is not running")?;
        let first = text.lines().next().unwrap_or_default();
        first.trim().parse().context("Postgres has no number")
    }

    /// Ends the postmaster by force.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill_postgres(&mut self) -> Result<()> {
        kill("KILL", self.postmaster()?)
    }

    /// Ends one of Postgres' sessions in this database by force; which, the number decides. Its process' name.
    ///
    /// # Errors
    /// When there is none, or the system does not list processes.
    pub fn kill_session(&self, which: u32) -> Result<String> {
        let postmaster = self.postmaster()?;
        let ours = format!(" {DATABASE} ");
        let sessions: Vec<_> = listed()?
            .into_iter()
            .filter(|one| one.parent == postmaster && one.command.contains(&ours))
            .collect();
        let n = u32::try_from(sessions.len())?;
        if n == 0 {
            bail!("nobody is connected to Postgres");
        }
        let session = &sessions[usize::try_from(which % n)?];
        kill("KILL", session.pid)?;
        Ok(session.command.trim().to_owned())
    }

    /// Starts Postgres again if it is down, however it went down.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart_postgres(&mut self) -> Result<()> {
        let answers = |cluster: &Cluster| cluster.databases().is_ok();
        let began = Instant::now();
        while !self.cluster.as_ref().is_some_and(answers) {
            if began.elapsed() > RECOVERY_MAX {
                bail!("Postgres does not come back");
            }
            std::thread::sleep(Duration::from_millis(200));
            if self.postmaster().is_ok_and(is_alive) {
                continue;
            }
            // That it had ended already is what we know.
            if let Some(mut dead) = self.cluster.take() {
                dead.stop().ok();
            }
            // Its last sessions may not have noticed yet: asked again.
            self.cluster = self.start().ok();
        }
        Ok(())
    }

    /// Fills the disk to the last byte.
    ///
    /// # Errors
    /// When it is not one of our own.
    pub fn fill_disk(&self) -> Result<u64> {
        if let Some(why) = &self.no_disk {
            bail!("there is no small disk to fill: {why}");
        }
        let mut ballast = File::create(self.ballast())?;
        let (mut size, mut filled) = (1 << 20, 0);
        while size > 0 {
            match ballast.write(&vec![0; size]) {
                Ok(n @ 1..) => filled += n as u64,
                Ok(0) | Err(_) => size /= 2,
            }
        }
        Ok(filled)
    }

    /// Makes room again.
    ///
    /// # Errors
    /// When the ballast cannot be removed.
    pub fn free_disk(&self) -> Result<()> {
        fs::remove_file(self.ballast()).context("the ballast cannot be removed")
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(mut cluster) = self.cluster.take() {
            cluster.stop().ok();
        }
        if self.no_disk.is_none() {
            let mut unmount = Command::new("umount");
            if let Err(error) = done(unmount.arg("--lazy").arg(&self.folder)) {
                eprintln!("{} stays mounted: {error:#}", self.folder.display());
            }
        }
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Lays a small disk in memory over the folder.
fn mounted(folder: &Path) -> Result<()> {
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_MIB}m"), "none"]);
    done(mount.arg(folder))
}

fn done(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| {
        let name = command.get_program().to_string_lossy();
        format!("{name} cannot be run")
    })?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn is_alive(pid: u32) -> bool {
    listed().is_ok_and(|all| all.iter().any(|one| one.pid == pid && !one.is_dead))
}
