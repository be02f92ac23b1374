//! `samspor tenant`.

use super::place::Place;
use super::wrong;
use crate::chance::OsChance;
use crate::clock::{Clock, SystemClock};
use crate::store::tenants::{NewTenant, Opened};
use domain::text::Name;

#[derive(clap::Subcommand)]
pub(super) enum Tenant {
    /// Opens a region; writes no event.
    Create {
        /// Stands in addresses: lower-case letters, digits and dashes.
        slug: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// nb, nn or en.
        #[arg(long, value_parser = ["nb", "nn", "en"])]
        language: String,
        /// The demo may fill it.
        #[arg(long, hide = true)]
        demo: bool,
    },
    /// Lists the regions.
    List,
}

/// Whether it can stand in addresses.
pub(super) fn check_slug(slug: &str) -> anyhow::Result<()> {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = slug.bytes().next().is_some_and(inside) && slug.bytes().last().is_some_and(inside);
    if ends && slug.len() <= 40 && slug.bytes().all(|byte| inside(byte) || byte == b'-') {
        return Ok(());
    }
    Err(wrong(format!(
        "{slug:?} cannot stand in an address: up to 40 lower-case letters, digits and dashes can"
    )))
}

impl Tenant {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        match self {
            Self::Create {
                slug,
                name,
                language,
                demo,
            } => {
                check_slug(&slug)?;
                let name = Name::parse(&name)
                    .map_err(|error| wrong(format!("that name will not do: {error}")))?;
                let opened = place.open().await?;
                let new = NewTenant {
                    slug: &slug,
                    name: name.as_str(),
                    language: &language,
                    demo,
                    ids: None,
                };
                let created = opened
                    .store
                    .open_tenant(new, SystemClock.now(), &OsChance)
                    .await?;
                opened.close().await?;
                match created {
                    Opened::New(tenant) => println!("{slug} {}", tenant.id),
                    Opened::Exists => {
                        return Err(wrong(format!("there is a region {slug} already")));
                    }
                }
            }
            Self::List => {
                let opened = place.open().await?;
                for tenant in opened.store.tenants().await? {
                    let head = opened.store.reading(tenant.tenant()).await?.head().await?;
                    let demo = if tenant.demo { " (demo)" } else { "" };
                    println!(
                        "{} {} {} {} events{demo}",
                        tenant.slug, tenant.language, tenant.name, head.position
                    );
                }
                opened.close().await?;
            }
        }
        Ok(())
    }
}
