//! `samspor verify`.

use super::place::Place;
use super::{DoesNotFit, wrong};
use crate::transfer::checkpoint::{self, Checkpoint};
use crate::transfer::file::LogFile;
use crate::transfer::verify::{self, Depth, Verified, VerifiedFile};
use crate::transfer::walk::Point;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Checks the hash chain of one region, of all, or of an exported file, on all cores.
///
/// What is checked: that no position is missing; that every field of every event is what was hashed, and every hash the
/// one of the chain; that no stream has a gap in its versions; that no event was recorded before the one before it;
/// that the log ends where its head (of a file: its first line) says, with the hash it says; and of a region, that the
/// table of what events are about says what the events say. Of a part of a log, as much of that as it holds. With
/// --checkpoint also that the log passes through it: only that finds a log that was cut off, or written anew with all
/// its hashes.
///
/// The first position that does not fit is named, with exit code 1.
#[derive(clap::Args)]
pub(super) struct Verify {
    /// A region's slug, or a file that was exported; all regions without it.
    tenant: Option<String>,
    /// A checkpoint that the log has to pass through; can be repeated.
    #[arg(long, value_name = "FILE", requires = "tenant")]
    checkpoint: Vec<PathBuf>,
    /// Who has to have signed the checkpoints.
    #[arg(long, value_name = "HEX", requires = "checkpoint")]
    public_key: Option<String>,
    /// Of a region, check the log alone, not the table of what events are about.
    #[arg(long)]
    chain_only: bool,
}

/// Checkpoints whose signatures fit.
struct Checkpoints(Vec<(String, Checkpoint)>);

impl Checkpoints {
    /// Those of a log, or the sentence about one that is of another.
    fn points(&self, what: &str, log_id: Uuid) -> Result<Vec<Point>, String> {
        let mut points = Vec::new();
        for (file, checkpoint) in &self.0 {
            if checkpoint.log_id != log_id {
                return Err(format!("{what}: the checkpoint {file} is of another log"));
            }
            points.push(checkpoint.point());
        }
        Ok(points)
    }

    fn say(&self) {
        for (file, checkpoint) in &self.0 {
            println!(
                "checkpoint {file} ok: position {}, signed {} by {}",
                checkpoint.position,
                checkpoint.at.format("%Y-%m-%dT%H:%M:%SZ"),
                hex::encode(checkpoint.public_key)
            );
        }
    }
}

impl Verify {
    fn checkpoints(&self) -> anyhow::Result<Result<Checkpoints, String>> {
        let known = match &self.public_key {
            Some(text) => {
                Some(checkpoint::public_key(text).map_err(|error| wrong(error.to_string()))?)
            }
            None => None,
        };
        let mut checkpoints = Vec::new();
        for path in &self.checkpoint {
            let file = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| wrong(format!("cannot read {file}: {error}")))?;
            match Checkpoint::read(&text, known) {
                Ok(checkpoint) => checkpoints.push((file, checkpoint)),
                Err(checkpoint::CheckpointError::Format) => {
                    return Err(wrong(format!("{file} is no checkpoint")));
                }
                Err(error) => return Ok(Err(format!("{file} says nothing: {error}"))),
            }
        }
        Ok(Ok(Checkpoints(checkpoints)))
    }

    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let checkpoints = match self.checkpoints()? {
            Ok(checkpoints) => checkpoints,
            Err(sentence) => return does_not_fit(&sentence),
        };
        let file = self.tenant.as_deref().map(Path::new);
        if let Some(file) = file.filter(|file| file.is_file()) {
            return from_file(file, &checkpoints).await;
        }
        let opened = place.open().await?;
        let tenants = match &self.tenant {
            Some(slug) => vec![opened.tenant(slug).await?],
            None => opened.store.tenants().await?,
        };
        let depth = if self.chain_only {
            Depth::Chain
        } else {
            Depth::Abouts
        };
        let mut fits = true;
        for tenant in tenants {
            let log_id = opened
                .store
                .reading(tenant.tenant())
                .await?
                .head()
                .await?
                .log_id;
            let verified = match checkpoints.points(&tenant.slug, log_id) {
                Ok(points) => verify::verify_through(&opened.store, &tenant, points, depth).await?,
                Err(sentence) => {
                    println!("{sentence}");
                    fits = false;
                    continue;
                }
            };
            fits &= say(&tenant.slug, &verified, 0);
        }
        opened.close().await?;
        if fits {
            checkpoints.say();
            Ok(())
        } else {
            Err(DoesNotFit.into())
        }
    }
}

fn does_not_fit(sentence: &str) -> anyhow::Result<()> {
    println!("{sentence}");
    Err(DoesNotFit.into())
}

fn say(what: &str, verified: &Verified, withheld: i64) -> bool {
    match verified {
        Verified::Fits { events, head } => {
            let part = match withheld {
                0 => String::new(),
                withheld => format!(", {withheld} of them withheld"),
            };
            println!(
                "{what} ok: {events} events{part}, head {}",
                hex::encode(head)
            );
            true
        }
        Verified::Broken(misfit) => {
            println!("{what}: {misfit}");
            false
        }
    }
}

async fn from_file(path: &Path, checkpoints: &Checkpoints) -> anyhow::Result<()> {
    let shown = path.display().to_string();
    let unreadable =
        |error: &dyn std::fmt::Display| wrong(format!("{shown} is not an exported log: {error}"));
    let mut file = LogFile::new(BufReader::with_capacity(256 * 1024, File::open(path)?));
    let first = file.first().map_err(|error| unreadable(&error))?;
    let points = match checkpoints.points(&first.name, first.log_id) {
        Ok(points) => points,
        Err(sentence) => return does_not_fit(&sentence),
    };
    let VerifiedFile { verified, withheld } = verify::verify_file(&first, &mut file, points)
        .await
        .map_err(|error| unreadable(&error))?;
    if say(&first.name, &verified, withheld) {
        checkpoints.say();
        Ok(())
    } else {
        Err(DoesNotFit.into())
    }
}
