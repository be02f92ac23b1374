//! `samspor privacy`.

use super::place::{Opened, Place};
use super::wrong;
use crate::chance::OsChance;
use crate::clock::{Clock, SystemClock};
use crate::config;
use crate::crypto::Key;
use crate::privacy::{list, my_data, parse, reapply};
use crate::store::rotate::Rotated;
use anyhow::Context;
use domain::ids::PersonId;
use std::io::Write;
use std::path::{Path, PathBuf};
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub(super) enum Privacy {
    /// Prints what was erased in a region, as JSON lines of ids: keep it apart from backups, for `reapply`.
    Erased {
        /// The region's slug.
        tenant: String,
    },
    /// Destroys again, after a restore, every key that a list, the region's own list or its log says was erased.
    Reapply {
        /// The region's slug.
        tenant: String,
        /// What `erased` printed.
        file: Option<PathBuf>,
    },
    /// Gives regions another key and wraps all keys of their texts and persons with it. Events stay as they are.
    Rotate {
        /// The region's slug; all regions without it.
        tenant: Option<String>,
        /// Wraps all regions' keys by the master key in this file, which is made if it is not there.
        #[arg(long, value_name = "FILE", conflicts_with = "tenant")]
        new_master_key: Option<PathBuf>,
    },
    /// Prints everything there is about one person in a region, as JSON, for that person.
    Data {
        /// The region's slug.
        tenant: String,
        /// The person's id.
        person: Uuid,
    },
}

impl Privacy {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        // What makes no sense is said before anything is opened or made.
        let given = match &self {
            Self::Reapply {
                file: Some(file), ..
            } => read(file)?,
            _ => Vec::new(),
        };
        let opened = place.open().await?;
        let done = match &self {
            Self::Erased { tenant } => erased(&opened, tenant).await,
            Self::Reapply { tenant, .. } => {
                let tenant = opened.tenant(tenant).await?;
                let keys = reapply(&opened.store, &tenant, &given, SystemClock.now()).await?;
                println!("{}: destroyed {}", tenant.slug, counted(keys, "key"));
                Ok(())
            }
            Self::Rotate {
                tenant,
                new_master_key,
            } => rotate(&opened, tenant.as_deref(), new_master_key.as_deref()).await,
            Self::Data { tenant, person } => data(&opened, tenant, PersonId(*person)).await,
        };
        opened.close().await?;
        done
    }
}

fn counted(n: u64, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<crate::privacy::Line>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
    parse(&text).map_err(|error| wrong(format!("{shown}: {error}")))
}

async fn erased(opened: &Opened, slug: &str) -> anyhow::Result<()> {
    let tenant = opened.tenant(slug).await?;
    let lines = list(&opened.store, &tenant).await?;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(out.flush()?)
}

async fn rotate(
    opened: &Opened,
    only: Option<&str>,
    new_master: Option<&Path>,
) -> anyhow::Result<()> {
    let tenants = match only {
        Some(slug) => vec![opened.tenant(slug).await?],
        None => opened.store.tenants().await?,
    };
    let master: Option<Key> = match new_master {
        Some(file) => Some(config::key_file(file, &OsChance)?),
        None => None,
    };
    for tenant in tenants {
        let slug = &tenant.slug;
        let id = tenant.tenant();
        let rotated = opened
            .store
            .rotate_region_key(id, master.as_ref(), &OsChance)
            .await
            .with_context(|| format!("{slug} keeps its key"))?;
        match rotated {
            Rotated::Anew { keys } => {
                let keys = counted(keys as u64, "key");
                println!("{slug}: has another key, and {keys} wrapped by it");
            }
            Rotated::Already => println!("{slug}: the new master key wraps its key already"),
        }
    }
    if let Some(master) = &master {
        opened
            .store
            .rotate_installation_key(master, &OsChance)
            .await
            .context("the installation's own key was not wrapped anew")?;
    }
    if let Some(file) = new_master {
        println!(
            "{} is the master key now: put it in the place of the one before and start the service anew",
            file.display()
        );
    }
    Ok(())
}

async fn data(opened: &Opened, slug: &str, person: PersonId) -> anyhow::Result<()> {
    let tenant = opened.tenant(slug).await?;
    let data = my_data(&opened.store, &tenant, person, SystemClock.now()).await?;
    if data.events.is_empty() {
        return Err(wrong(format!("there is nothing about {person} in {slug}")));
    }
    println!("{}", serde_json::to_string_pretty(&data)?);
    Ok(())
}
