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
        let executors = opened.executors();
        let mut loaded = crate::demo::load(&executors, self.events).await;
        if loaded.is_ok() {
            let filled =
                crate::views::rebuild::fill(executors.store(), executors.clock().now()).await;
            loaded = filled.map_err(Into::into);
        }
        opened.close().await?;
        loaded
    }
}
