//! `samspor mail`.

use super::place::Place;
use super::wrong;
use crate::clock::{Clock, SystemClock};
use uuid::Uuid;

/// Shows letters that were not sent yet, and lets parked ones be tried again.
#[derive(clap::Subcommand)]
pub(super) enum Mail {
    /// Lists letters that wait or are parked: never what is in them.
    List,
    /// Lets a parked letter be tried again; without an id, all of them.
    Retry {
        /// Which, as `list` shows it.
        id: Option<Uuid>,
    },
}

impl Mail {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let opened = place.open().await?;
        match self {
            Self::List => {
                let (rows, sent) = opened.store.outbox().await?;
                for row in &rows {
                    println!(
                        "{} {} {} {} tries{}{}",
                        row.mail_id,
                        row.kind,
                        row.state,
                        row.tries,
                        if row.problem.is_some() { ": " } else { "" },
                        row.problem.as_deref().unwrap_or_default()
                    );
                }
                println!("{} not sent, {sent} sent in 90 days", rows.len());
            }
            Self::Retry { id } => {
                let retried = opened.store.retry_mails(id, SystemClock.now()).await?;
                if let (Some(id), 0) = (id, retried) {
                    opened.close().await?;
                    return Err(wrong(format!("no parked letter is called {id}")));
                }
                println!("{retried} letters are tried again");
            }
        }
        opened.close().await
    }
}
