//! `samspor serve`.

use super::place::Place;
use super::wrong;
use crate::run::{self, Service};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder with wasm, js, css and fonts.
    #[arg(long, default_value = "target/site", value_name = "DIR")]
    site: PathBuf,
}

impl Serve {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        if !self.site.is_dir() {
            return Err(wrong(format!(
                "there is no folder {} with the pages' script and style; `cargo xtask build` makes it",
                self.site.display()
            )));
        }
        let opened = place.open().await?;
        let service = Service {
            executors: opened.executors(),
            listen: self.listen,
            site: self.site,
        };
        let ended = run::run(service).await;
        opened.close().await?;
        ended
    }
}
