//! `samspor show`.

use super::place::{Opened, Place};
use super::wrong;
use crate::clock::{Clock, SystemClock};
use crate::store::tenants::Tenant;
use crate::views::registry::{NAMES, with_view};
use crate::views::{self, registry};
use chrono::{DateTime, NaiveDate, Utc};
use domain::time::AsOf;
use domain::views::region::{OrganisationsView, RegionView};
use uuid::Uuid;

#[derive(clap::Args)]
pub(super) struct Show {
    /// The region's slug.
    tenant: String,
    /// The view's name.
    view: String,
    /// An id, or the exact name of a network or organisation; for views of the whole region its slug.
    key: String,
    /// The day, as 2026-08-17; today without it.
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// The moment, as 2026-08-17T10:00:00Z; now without it.
    #[arg(long, value_name = "TIME")]
    known_at: Option<DateTime<Utc>>,
}

impl Show {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let view = registry::find(&self.view).ok_or_else(|| {
            wrong(format!(
                "there is no view {}; there are {}",
                self.view,
                NAMES.join(", ")
            ))
        })?;
        let opened = place.open().await?;
        let shown = self.show(view, &opened).await;
        opened.close().await?;
        println!("{}", shown?);
        Ok(())
    }

    async fn show(&self, view: &'static str, opened: &Opened) -> anyhow::Result<String> {
        let tenant = opened.tenant(&self.tenant).await?;
        let as_of = AsOf {
            on: self.on,
            known_at: self.known_at,
        };
        let key = self.key(opened, &tenant, as_of).await?;
        let now = SystemClock.now();
        let shown = with_view!(view, V => {
            let read = views::read::<V>(&opened.store, &tenant, key, as_of, now).await?;
            if !read.known {
                return Err(wrong(format!("nothing is recorded about {}", self.key)));
            }
            if let Some(newer) = read.newer {
                eprintln!("this ends before position {}: {newer}", newer.position);
            }
            serde_json::to_string_pretty(&read.view)?
        });
        shown.ok_or_else(|| wrong(format!("there is no view {view}")))
    }

    async fn key(&self, opened: &Opened, tenant: &Tenant, as_of: AsOf) -> anyhow::Result<Uuid> {
        if let Ok(id) = self.key.parse() {
            return Ok(id);
        }
        if self.key == tenant.slug {
            return Ok(tenant.region_id);
        }
        let now = SystemClock.now();
        let region = views::read::<RegionView>(&opened.store, tenant, tenant.region_id, as_of, now)
            .await?
            .view;
        let named = |called: Option<&domain::text::Name>| {
            called.is_some_and(|name| name.as_str() == self.key)
        };
        let mut found: Vec<Uuid> = region
            .networks
            .iter()
            .filter(|(_, row)| named(row.called.as_ref()))
            .map(|(id, _)| id.0)
            .collect();
        let all =
            views::read::<OrganisationsView>(&opened.store, tenant, tenant.region_id, as_of, now)
                .await?
                .view;
        found.extend(
            all.organisations
                .iter()
                .filter(|(_, row)| named(Some(&row.called)))
                .map(|(id, _)| id.0),
        );
        match found.as_slice() {
            [id] => Ok(*id),
            [] => Err(wrong(format!(
                "no network or organisation is called {}",
                self.key
            ))),
            _ => Err(wrong(format!(
                "several are called {}; give an id",
                self.key
            ))),
        }
    }
}
