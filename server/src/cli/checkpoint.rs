//! `samspor checkpoint`.

use super::place::Place;
use super::{DoesNotFit, secret_file, wrong};
use crate::chance::OsChance;
use crate::clock::{Clock, SystemClock};
use crate::transfer::checkpoint::{self, Key};
use crate::transfer::verify::{self, Depth, Verified};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Verifies a region's log and writes what it is now to standard output, signed.
///
/// Keep checkpoints where whoever runs the database cannot reach them: `samspor verify --checkpoint` then finds a log
/// that was cut off or rewritten since.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Checkpoint {
    #[command(subcommand)]
    order: Option<Order>,
    /// The region's slug.
    #[arg(required = true)]
    tenant: Option<String>,
    /// The key that signs; signing.key in the data folder without it.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Order {
    /// Makes a key that signs, in a new file that only its owner can read, and prints the public key.
    NewKey {
        /// The file; there must be none yet.
        file: PathBuf,
    },
}

impl Checkpoint {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        if let Some(Order::NewKey { file }) = self.order {
            return new_key(&file);
        }
        let slug = self.tenant.unwrap_or_default();
        let path = self.key.unwrap_or_else(|| place.data.join("signing.key"));
        let key = read_key(&path)?;
        let opened = place.open().await?;
        let tenant = opened.tenant(&slug).await?;
        let verified =
            verify::verify_through(&opened.store, &tenant, Vec::new(), Depth::Chain).await?;
        let log_id = opened
            .store
            .reading(tenant.tenant())
            .await?
            .head()
            .await?
            .log_id;
        opened.close().await?;
        match verified {
            Verified::Fits { events, head } => {
                let now = SystemClock.now();
                let signed = checkpoint::Checkpoint::sign(&key, log_id, events, head, now);
                println!("{}", signed.line());
                Ok(())
            }
            Verified::Broken(misfit) => {
                eprintln!("{slug}: {misfit}; nothing was signed");
                Err(DoesNotFit.into())
            }
        }
    }
}

fn new_key(path: &Path) -> anyhow::Result<()> {
    let key = Key::new(&OsChance);
    let cannot = |error| wrong(format!("cannot write {}: {error}", path.display()));
    let mut file = secret_file(path).map_err(cannot)?;
    file.write_all(key.text().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(cannot)?;
    println!("{}", hex::encode(key.public()));
    Ok(())
}

fn read_key(path: &Path) -> anyhow::Result<Key> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        wrong(format!(
            "cannot read the key {shown}: {error}; `samspor checkpoint new-key {shown}` makes one"
        ))
    };
    let mode = std::fs::metadata(path)
        .map_err(cannot)?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(wrong(format!(
            "others than its owner can read the key {shown}: chmod 600 it first"
        )));
    }
    let text = std::fs::read_to_string(path).map_err(cannot)?;
    Key::parse(&text).map_err(|error| wrong(format!("{shown} does not hold a key: {error}")))
}
