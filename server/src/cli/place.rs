//! Where the data lies: a database somebody else runs, or the kept cluster.

use super::wrong;
use crate::chance::OsChance;
use crate::clock::SystemClock;
use crate::config;
use crate::executor::Executors;
use crate::store::tenants::Tenant;
use crate::store::{Store, UnreadableUrl};
use anyhow::Context;
use cluster::Cluster;
use std::path::PathBuf;
use std::sync::Arc;

/// The database in the kept cluster.
const DATABASE: &str = "samspor";

/// What the command line says about it.
pub(crate) struct Place {
    pub url: Option<String>,
    pub data: PathBuf,
}

/// The opened store. The kept cluster, if this process started it, stops when this is dropped.
pub(crate) struct Opened {
    pub store: Store,
    cluster: Option<Cluster>,
}

impl Place {
    /// Opens the database and brings it up to date.
    pub async fn open(&self) -> anyhow::Result<Opened> {
        let (url, cluster) = match &self.url {
            Some(url) => (url.clone(), None),
            None => {
                let data = self.data.clone();
                let cluster = tokio::task::spawn_blocking(move || {
                    let cluster = Cluster::attach_or_start(&data, None)?;
                    cluster.create_database_if_missing(DATABASE)?;
                    anyhow::Ok(cluster)
                })
                .await
                .context("the kept database could not be started")??;
                (cluster.url(DATABASE), Some(cluster))
            }
        };
        let master = config::master_key(&self.data, &OsChance)?;
        let store = Store::open(&url, master).await.map_err(|error| {
            if error.is::<UnreadableUrl>() {
                wrong(error.to_string())
            } else {
                error
            }
        })?;
        Ok(Opened { store, cluster })
    }
}

impl Opened {
    /// Executors on the computer's clock.
    pub fn executors(&self) -> Executors {
        Executors::new(
            self.store.clone(),
            Arc::new(SystemClock),
            Arc::new(OsChance),
        )
    }

    /// The region of a slug.
    pub async fn tenant(&self, slug: &str) -> anyhow::Result<Tenant> {
        self.store
            .find_tenant(slug)
            .await?
            .ok_or_else(|| wrong(format!("there is no region {slug}")))
    }

    /// Closes everything in order.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.store.close().await;
        if let Some(mut cluster) = self.cluster.take() {
            tokio::task::spawn_blocking(move || cluster.stop()).await??;
        }
        Ok(())
    }
}
