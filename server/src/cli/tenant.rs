//! `samspor tenant`.

use super::place::Place;
use super::wrong;
use crate::accounts::Accounts;
use crate::chance::OsChance;
use crate::clock::{Clock, SystemClock};
use crate::mail::Address;
use crate::store::tenants::{NewTenant, Opened};
use domain::text::{Name, PersonName};
use url::Url;

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
    /// Makes somebody an administrator and prints the link that lets them in; it works once, for 14 days.
    Administrator {
        /// The region.
        slug: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// Where the person is written to and signs in from then on.
        #[arg(long)]
        email: String,
        /// Where browsers reach the service.
        #[arg(long, default_value = "http://127.0.0.1:3000", value_name = "URL")]
        address: Url,
    },
    /// Lists the regions.
    List,
}

/// Whether it can stand in addresses.
pub(super) fn check_slug(slug: &str) -> anyhow::Result<()> {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = slug.bytes().next().is_some_and(inside) && slug.bytes().last().is_some_and(inside);
    if app::paths::RESERVED.contains(&slug) {
        return Err(wrong(format!(
            "{slug} is an address of Samspor itself: choose another"
        )));
    }
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
            Self::Administrator {
                slug,
                name,
                email,
                address,
            } => {
                let name = PersonName::parse(&name)
                    .map_err(|error| wrong(format!("that name will not do: {error}")))?;
                let email = Address::parse(&email)
                    .map_err(|_error| wrong(format!("{email:?} is no e-mail address")))?;
                let opened = place.open().await?;
                let region = opened.tenant(&slug).await?;
                let executors = opened.executors();
                let link = Accounts::new(executors, address)
                    .invite_administrator(&region, &name, &email)
                    .await?;
                opened.close().await?;
                println!("{link}");
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
