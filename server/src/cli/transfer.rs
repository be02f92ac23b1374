//! `samspor export` and `samspor import`.

use super::place::Place;
use super::{secret_file, wrong};
use crate::chance::OsChance;
use crate::transfer::export::{self, ExportError, Others, Selection};
use crate::transfer::import::{self, ImportError, Keys};
use crate::transfer::keys;
use anyhow::Context;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Where the passphrase of a file of keys is read from, so that it stands in no list of processes.
const PASSPHRASE: &str = "SAMSPOR_PASSPHRASE";

/// Writes a region's log as JSON Lines to standard output, as it was when the export began.
///
/// With --about or --positions only those events are written whole. Of every other its leaf is written, a hash that
/// gives nothing away, so that `samspor verify` still goes along the whole chain; such a file cannot be imported.
/// Words and names are sealed in every export.
#[derive(clap::Args)]
pub(super) struct Export {
    /// The region's slug.
    tenant: String,
    /// The last position to write.
    #[arg(long, value_name = "POSITION")]
    to: Option<i64>,
    /// Write only events about this network, meeting, organisation, person or commitment whole; can be repeated.
    #[arg(long, value_name = "ID")]
    about: Vec<Uuid>,
    /// Write only these events whole; can be repeated.
    #[arg(long, value_name = "FROM-TO", value_parser = positions)]
    positions: Vec<RangeInclusive<i64>>,
    /// Of the other events write who, when and which, without what they say.
    #[arg(long)]
    envelopes: bool,
    /// Also write the keys to this file, sealed with the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["about", "positions", "envelopes"])]
    with_keys: Option<PathBuf>,
    /// The passphrase of the file of keys.
    #[arg(long, env = PASSPHRASE, hide_env_values = true)]
    passphrase: Option<String>,
}

fn positions(text: &str) -> Result<RangeInclusive<i64>, String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<i64>().ok().filter(|number| *number > 0);
    match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => Ok(from..=to),
        _ => Err("positions are written like 17 or 17-40".to_owned()),
    }
}

/// Reads an exported log into an empty region, checking its chain. All of it is taken in, or nothing.
///
/// With the keys of the export the region is what it was: words and names open, and a command that was accepted before
/// gets its first answer again. Without them nothing sealed opens, and such a command is refused as another with its
/// id. Import before the service first serves the region.
#[derive(clap::Args)]
pub(super) struct Import {
    /// The region's slug; it must be empty.
    tenant: String,
    /// The exported log.
    file: PathBuf,
    /// The file of keys.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The passphrase of the file of keys.
    #[arg(long, env = PASSPHRASE, hide_env_values = true)]
    passphrase: Option<String>,
}

fn passphrase(given: Option<String>) -> anyhow::Result<String> {
    given
        .filter(|passphrase| !passphrase.is_empty())
        .ok_or_else(|| {
            wrong(format!(
                "keys need a passphrase, in --passphrase or {PASSPHRASE}"
            ))
        })
}

impl Export {
    fn selection(&self) -> Option<Selection> {
        let partial = self.envelopes || !self.about.is_empty() || !self.positions.is_empty();
        partial.then(|| Selection {
            about: self.about.clone(),
            positions: self.positions.clone(),
            others: if self.envelopes {
                Others::Envelope
            } else {
                Others::Leaf
            },
        })
    }

    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let selection = self.selection();
        let keys = match self.with_keys {
            Some(file) => Some((file, passphrase(self.passphrase)?)),
            None => None,
        };
        let opened = place.open().await?;
        let tenant = opened.tenant(&self.tenant).await?;
        let export = export::Export::begin(&opened.store, &tenant, self.to, selection)
            .await
            .map_err(|error| match error {
                ExportError::Beyond(_) => wrong(error.to_string()),
                error => error.into(),
            })?;
        if let Some((path, passphrase)) = keys {
            let draft = path.with_added_extension("part");
            let shown = draft.display().to_string();
            let file = secret_file(&draft).with_context(|| format!("cannot write {shown}"))?;
            let out = BufWriter::new(file);
            keys::export(&opened.store, &tenant, &passphrase, &OsChance, out).await?;
            std::fs::rename(&draft, &path).with_context(|| format!("cannot rename {shown}"))?;
        }
        let mut out = BufWriter::new(std::io::stdout().lock());
        export.write(|text| out.write_all(text.as_bytes())).await?;
        out.flush()?;
        drop(out);
        opened.close().await
    }
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path)
        .map_err(|error| wrong(format!("cannot read {}: {error}", path.display())))?;
    Ok(BufReader::with_capacity(256 * 1024, file))
}

impl Import {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let mut keys = match &self.keys {
            Some(file) => Some((open(file)?, passphrase(self.passphrase)?)),
            None => None,
        };
        let log = open(&self.file)?;
        let opened = place.open().await?;
        let tenant = opened.tenant(&self.tenant).await?;
        let keys = keys
            .as_mut()
            .map(|(file, passphrase)| Keys { file, passphrase });
        let done = import::import(&opened.store, &tenant, log, keys, &OsChance).await;
        opened.close().await?;
        match done {
            Ok((events, head)) => println!(
                "{} ok: {events} events, head {}",
                tenant.slug,
                hex::encode(head)
            ),
            Err(ImportError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(wrong(format!("nothing was imported: {error}"))),
        }
        Ok(())
    }
}
