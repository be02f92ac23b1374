//! `samspor views`.

use super::place::{Opened, Place};
use super::progress::Progress;
use super::{DoesNotFit, wrong};
use crate::clock::{Clock, SystemClock};
use crate::views::{check, codes, rebuild, registry};

#[derive(clap::Subcommand)]
pub(super) enum Views {
    /// Fills the snapshots from the log, or goes on where this was cut short.
    Rebuild {
        /// Only this view.
        view: Option<String>,
    },
    /// Compares every document with a full fold of its events.
    Check,
    /// Removes snapshots of releases that are not run any more. The service does so by itself each day.
    Prune {
        /// Only of those that no process has run for so many days.
        #[arg(long, default_value_t = codes::UNUSED_DAYS, value_name = "DAYS")]
        days: u16,
    },
}

impl Views {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        match self {
            Self::Rebuild { view } => {
                let only = view
                    .map(|name| {
                        let known = registry::NAMES.join(", ");
                        registry::find(&name).ok_or_else(|| {
                            wrong(format!("there is no view {name}; there are {known}"))
                        })
                    })
                    .transpose()?;
                let opened = place.open().await?;
                let done = rebuilding(&opened, only).await;
                opened.close().await?;
                done
            }
            Self::Check => {
                let opened = place.open().await?;
                let done = checking(&opened).await;
                opened.close().await?;
                done
            }
            Self::Prune { days } => {
                let opened = place.open().await?;
                let pruned = codes::prune(&opened.store, SystemClock.now(), days).await;
                opened.close().await?;
                let pruned = pruned?;
                println!(
                    "removed {} documents of {} codes that no process has run for {days} days",
                    pruned.documents, pruned.codes
                );
                Ok(())
            }
        }
    }
}

async fn rebuilding(opened: &Opened, only: Option<&'static str>) -> anyhow::Result<()> {
    for tenant in opened.store.tenants().await? {
        let slug = &tenant.slug;
        let mut shown = Progress::new(slug, "events");
        let now = SystemClock.now();
        let rebuilt = rebuild::rebuild(&opened.store, &tenant, only, now, |progress| {
            shown.at(progress.events, progress.of);
        })
        .await?;
        shown.end();
        if rebuilt.from > 0 {
            println!("{slug}: went on from event {}", rebuilt.from);
        }
        println!(
            "{slug}: {} documents from {} events",
            rebuilt.documents, rebuilt.events
        );
        if let Some(newer) = rebuilt.newer {
            println!("{slug}: the documents end there, because {newer}");
        }
    }
    Ok(())
}

async fn checking(opened: &Opened) -> anyhow::Result<()> {
    for tenant in opened.store.tenants().await? {
        let slug = &tenant.slug;
        let mut shown = Progress::new(slug, "ids");
        let checked = check::check(&opened.store, &tenant, SystemClock.now(), |progress| {
            shown.at(progress.ids, progress.of);
        })
        .await?;
        shown.end();
        if let Some(difference) = checked.difference {
            println!("{slug}: {difference}");
            return Err(DoesNotFit.into());
        }
        println!("{slug} ok: {} documents", checked.documents);
    }
    Ok(())
}
