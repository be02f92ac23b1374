//! `samspor views`.

use super::place::Place;
use super::{DoesNotFit, wrong};
use crate::clock::{Clock, SystemClock};
use crate::views::{check, rebuild, registry};

#[derive(clap::Subcommand)]
pub(super) enum Views {
    /// Fills the snapshots from the log.
    Rebuild {
        /// Only this view.
        view: Option<String>,
    },
    /// Compares every document with a full fold of its events.
    Check,
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
                for tenant in opened.store.tenants().await? {
                    let slug = &tenant.slug;
                    let rebuilt = rebuild::rebuild(
                        &opened.store,
                        &tenant,
                        only,
                        SystemClock.now(),
                        |progress| {
                            eprintln!("{slug}: {} of {} events", progress.events, progress.of);
                        },
                    )
                    .await?;
                    println!(
                        "{slug}: {} documents from {} events",
                        rebuilt.documents, rebuilt.events
                    );
                }
                opened.close().await
            }
            Self::Check => {
                let opened = place.open().await?;
                let mut fits = true;
                for tenant in opened.store.tenants().await? {
                    let checked = check::check(&opened.store, &tenant, SystemClock.now()).await?;
                    match checked.difference {
                        None => println!("{} ok: {} documents", tenant.slug, checked.documents),
                        Some(difference) => {
                            println!(
                                "{}: the view {} of {} is not what its events say",
                                tenant.slug, difference.view, difference.key
                            );
                            fits = false;
                            break;
                        }
                    }
                }
                opened.close().await?;
                if fits { Ok(()) } else { Err(DoesNotFit.into()) }
            }
        }
    }
}
