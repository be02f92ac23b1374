//! `samspor verify`.

use super::place::Place;
use super::{DoesNotFit, wrong};
use crate::transfer::import::{self, ImportError};
use crate::transfer::verify::{self, Verified, Walk};
use std::io::{BufRead, BufReader};
use std::path::Path;

#[derive(clap::Args)]
pub(super) struct Verify {
    /// A region's slug, or a file that was exported; all regions without it.
    tenant: Option<String>,
}

impl Verify {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        if let Some(file) = self
            .tenant
            .as_deref()
            .map(Path::new)
            .filter(|file| file.is_file())
        {
            return from_file(file);
        }
        let opened = place.open().await?;
        let tenants = match &self.tenant {
            Some(slug) => vec![opened.tenant(slug).await?],
            None => opened.store.tenants().await?,
        };
        let mut fits = true;
        for tenant in tenants {
            fits &= say(&tenant.slug, &verify::verify(&opened.store, &tenant).await?);
        }
        opened.close().await?;
        if fits { Ok(()) } else { Err(DoesNotFit.into()) }
    }
}

fn say(what: &str, verified: &Verified) -> bool {
    match verified {
        Verified::Fits { events, head } => {
            println!("{what} ok: {events} events, head {}", hex::encode(head));
            true
        }
        Verified::Broken(misfit) => {
            println!("{what}: {misfit}");
            false
        }
    }
}

fn from_file(file: &Path) -> anyhow::Result<()> {
    let shown = file.display().to_string();
    let unreadable =
        |error: &dyn std::fmt::Display| wrong(format!("{shown} is not an exported log: {error}"));
    let mut lines = BufReader::new(std::fs::File::open(file)?);
    let mut line = String::new();
    lines
        .read_line(&mut line)
        .map_err(|error| unreadable(&error))?;
    let first = import::first_line(&line).map_err(|error| unreadable(&error))?;
    let mut walk = Walk::new(first.log_id);
    let verified = match import::events(lines, |row| Ok(walk.step(&row)?)) {
        Ok(()) => {
            let (events, head) = walk.reached();
            Verified::Fits { events, head }
        }
        Err(ImportError::Misfit(misfit)) => Verified::Broken(misfit),
        Err(error) => return Err(unreadable(&error)),
    };
    if say(&first.name, &verified) {
        Ok(())
    } else {
        Err(DoesNotFit.into())
    }
}
