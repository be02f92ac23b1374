//! `samspor serve`.

use super::place::Place;
use super::wrong;
use crate::http::Proxy;
use crate::mail::sender::Settings;
use crate::run::{self, Service};
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

#[derive(clap::Args)]
pub(super) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder with wasm, js, css and fonts.
    #[arg(long, default_value = "target/site", value_name = "DIR")]
    site: PathBuf,
    /// Where browsers reach the service, for links in letters; without it, where it listens.
    #[arg(long, value_name = "URL")]
    address: Option<Url>,
    /// A proxy of ours stands before the service and adds who asks to X-Forwarded-For.
    #[arg(long)]
    behind_proxy: bool,
    /// The mail server; without it letters wait in the outbox.
    #[arg(
        long,
        env = "SAMSPOR_SMTP_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    smtp: Option<String>,
    /// Who letters are from.
    #[arg(
        long,
        default_value = "Samspor <samspor@localhost>",
        value_name = "SENDER"
    )]
    mail_from: String,
}

impl Serve {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        if !self.site.is_dir() {
            return Err(wrong(format!(
                "there is no folder {} with the pages' script and style; `cargo xtask build` makes it",
                self.site.display()
            )));
        }
        if let Some(address) = &self.address
            && (!matches!(address.scheme(), "http" | "https") || address.host().is_none())
        {
            return Err(wrong(format!(
                "browsers cannot reach {address}: it must begin with https:// or http://"
            )));
        }
        let opened = place.open().await?;
        let service = Service {
            executors: opened.executors(),
            listen: self.listen,
            site: self.site,
            address: self.address,
            proxy: if self.behind_proxy {
                Proxy::Ours
            } else {
                Proxy::None
            },
            mail: self.smtp.map(|url| Settings {
                url,
                from: self.mail_from,
            }),
        };
        let ended = run::run(service).await;
        opened.close().await?;
        ended
    }
}
