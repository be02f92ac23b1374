//! `samspor feed watch`: a program that follows a region's log, and goes on where it was when it broke off.

use crate::check::Entry;
use crate::service::Program;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How long it stays down before it is started again.
const PAUSE: Duration = Duration::from_millis(200);

/// An event as exports and the feed write it, as far as the checks need it.
#[derive(Deserialize)]
pub struct Line {
    position: u64,
    stream_id: Uuid,
    version: u64,
    command_id: Uuid,
}

impl From<Line> for Entry {
    fn from(line: Line) -> Self {
        Self {
            position: line.position,
            stream: line.stream_id,
            version: line.version,
            append: line.command_id,
        }
    }
}

/// One region's follower. Ends with this.
pub struct Follower {
    delivered: Arc<Mutex<Vec<Entry>>>,
    task: JoinHandle<()>,
}

impl Follower {
    /// Begins at the first event.
    #[must_use]
    pub fn start(program: Program, url: String, region: String) -> Self {
        let delivered = Arc::new(Mutex::new(Vec::new()));
        let noted = delivered.clone();
        let task = tokio::spawn(async move {
            loop {
                // Whatever broke it off, it goes on behind what it was handed.
                follow(&program, &url, &region, &noted).await.ok();
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { delivered, task }
    }

    /// What it was handed, in order.
    #[must_use]
    pub fn delivered(&self) -> Vec<Entry> {
        noted(&self.delivered).clone()
    }

    /// Waits until it was handed a position, for so long at most.
    pub async fn reaches(&self, position: u64, wait: Duration) {
        let reached = async {
            while noted(&self.delivered)
                .last()
                .is_none_or(|last| last.position < position)
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // The check says what is missing.
        tokio::time::timeout(wait, reached).await.ok();
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn noted(delivered: &Mutex<Vec<Entry>>) -> std::sync::MutexGuard<'_, Vec<Entry>> {
    delivered.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn follow(
    program: &Program,
    url: &str,
    region: &str,
    delivered: &Mutex<Vec<Entry>>,
) -> Result<()> {
    let after = noted(delivered).last().map_or(0, |last| last.position);
    let arguments = ["feed", "watch", region, "--after", &after.to_string()];
    let mut child = program.start(url, &arguments)?;
    let mut lines = BufReader::new(child.stdout.take().context("is piped")?).lines();
    while let Some(line) = lines.next_line().await? {
        let line: Line = serde_json::from_str(&line)?;
        noted(delivered).push(line.into());
    }
    Ok(())
}
