//! `samspor export` and `samspor import`.

use super::place::Place;
use super::wrong;
use crate::chance::OsChance;
use crate::transfer::import::{self, ImportError, KeysFile};
use crate::transfer::keys;
use anyhow::Context;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

/// Where the passphrase of a file of keys is read from, so that it stands in no list of processes.
const PASSPHRASE: &str = "SAMSPOR_PASSPHRASE";

#[derive(clap::Args)]
pub(super) struct Export {
    /// The region's slug.
    tenant: String,
    /// The last position to write.
    #[arg(long, value_name = "POSITION")]
    to: Option<u64>,
    /// Also write the keys to this file, sealed with the passphrase.
    #[arg(long, value_name = "FILE")]
    with_keys: Option<PathBuf>,
    /// The passphrase of the file of keys.
    #[arg(long, env = PASSPHRASE, hide_env_values = true)]
    passphrase: Option<String>,
}

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
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let keys = match self.with_keys {
            Some(file) => Some((file, passphrase(self.passphrase)?)),
            None => None,
        };
        let opened = place.open().await?;
        let tenant = opened.tenant(&self.tenant).await?;
        let mut scope = opened.store.reading(tenant.tenant()).await?;
        if let Some((file, passphrase)) = keys {
            let text = keys::export(&opened.store, &mut scope, &passphrase, &OsChance).await?;
            std::fs::write(&file, text)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        let mut out = BufWriter::new(std::io::stdout().lock());
        import::export(&mut scope, &tenant, self.to, |line| writeln!(out, "{line}")).await?;
        out.flush()?;
        drop(scope);
        opened.close().await
    }
}

impl Import {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file)
                .map_err(|error| wrong(format!("cannot read {}: {error}", file.display())))
        };
        let keys = match &self.keys {
            Some(file) => Some((read(file)?, passphrase(self.passphrase)?)),
            None => None,
        };
        let log = std::fs::File::open(&self.file)
            .map_err(|error| wrong(format!("cannot read {}: {error}", self.file.display())))?;
        let opened = place.open().await?;
        let tenant = opened.tenant(&self.tenant).await?;
        let keys = keys
            .as_ref()
            .map(|(text, passphrase)| KeysFile { text, passphrase });
        let done =
            import::import(&opened.store, &tenant, BufReader::new(log), keys, &OsChance).await;
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
