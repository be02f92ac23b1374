//! `samspor demo`.

use super::place::Place;

#[derive(clap::Args)]
pub(super) struct Demo {
    /// Fill the regions until they hold at least so many events.
    #[arg(long, value_name = "N")]
    events: Option<u64>,
}

impl Demo {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let opened = place.open().await?;
        let loaded = crate::demo::load(&opened.executors(), self.events).await;
        opened.close().await?;
        loaded
    }
}
