//! Emmett, in a Node process of its own (`emmett.mjs`), which measures itself in the same way.

use crate::peer::{CHUNK, Pace, Tortured, judged};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use storm::check::Entry;
use tokio::process::Command;
use uuid::Uuid;

pub struct Emmett {
    script: PathBuf,
    url: String,
}

#[derive(Deserialize)]
struct Handed {
    #[serde(alias = "log")]
    handed: Vec<(u64, String, u64)>,
}

impl Emmett {
    pub async fn open(url: &str, folder: &Path) -> Result<Self> {
        let emmett = Self {
            script: folder.join("emmett.mjs"),
            url: url.to_owned(),
        };
        emmett.ask("setup", json!({})).await?;
        Ok(emmett)
    }

    async fn ask(&self, what: &str, given: Value) -> Result<Value> {
        let output = Command::new("node")
            .arg(&self.script)
            .args([what, &self.url, &given.to_string()])
            .kill_on_drop(true)
            .output()
            .await
            .context("Node is missing")?;
        if !output.status.success() {
            bail!(
                "its process failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let said = String::from_utf8(output.stdout)?;
        // It logs to the same place; the answer comes last.
        let last = said.lines().last().context("its process said nothing")?;
        Ok(serde_json::from_str(last)?)
    }

    pub async fn appending(
        &self,
        writers: usize,
        tenants: usize,
        warm_up: Duration,
        measured: Duration,
    ) -> Result<Pace> {
        let given = json!({
            "writers": writers, "tenants": tenants, "warm_up": warm_up.as_millis(), "measured": measured.as_millis(),
        });
        Ok(serde_json::from_value(self.ask("append", given).await?)?)
    }

    pub async fn loading(&self, events: usize, times: usize) -> Result<f64> {
        let answer = self
            .ask("load", json!({ "events": events, "times": times }))
            .await?;
        answer["p50_ms"]
            .as_f64()
            .context("it says how long it took")
    }

    /// Its command handler is the same, with a decision in the application's hands.
    pub async fn refusing(&self, events: usize, times: usize) -> Result<f64> {
        self.loading(events, times).await
    }

    pub async fn fill(&self, events: usize) -> Result<()> {
        self.ask("fill", json!({ "events": events, "chunk": CHUNK }))
            .await?;
        Ok(())
    }

    /// Events handed on, and seconds.
    pub async fn rebuild(&self, events: usize) -> Result<(usize, f64)> {
        let answer = self.ask("rebuild", json!({ "events": events })).await?;
        let handed = answer["events"].as_u64().context("it says how many")?;
        let seconds = answer["seconds"]
            .as_f64()
            .context("it says how long it took")?;
        Ok((usize::try_from(handed)?, seconds))
    }

    pub async fn tortured(&self, writers: usize, measured: Duration) -> Result<Tortured> {
        let given = json!({ "writers": writers, "measured": measured.as_millis() });
        let handed: Handed = serde_json::from_value(self.ask("torture", given).await?)?;
        let log: Handed = serde_json::from_value(self.ask("log", json!({})).await?)?;
        let mut streams = HashMap::new();
        let log = entries(log, &mut streams);
        Ok(judged(&log, &entries(handed, &mut streams)))
    }
}

fn entries(all: Handed, streams: &mut HashMap<String, Uuid>) -> Vec<Entry> {
    all.handed
        .into_iter()
        .map(|(position, stream, version)| Entry {
            position,
            version,
            append: Uuid::from_u128(u128::from(position)),
            stream: *streams.entry(stream).or_insert_with(Uuid::now_v7),
        })
        .collect()
}
