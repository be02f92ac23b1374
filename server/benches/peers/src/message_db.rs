//! message-db: its functions in Postgres, called with expected versions. Its user guide has consumers ask for a category's
//! messages from a position on, again and again.

use crate::peer::Peer;
use anyhow::{Context as _, Result};
use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use storm::check::Entry;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// How long a consumer waits when there was nothing: far below its usual 100 ms.
const POLL: Duration = Duration::from_millis(10);
/// Messages a call, its default.
const BATCH: i64 = 1_000;

/// What its `install.sh` runs, in that order, without views and privileges, which nobody here needs.
const FILES: &[&str] = &[
    "roles/message-store",
    "schema/message-store",
    "extensions/pgcrypto",
    "tables/messages",
    "types/message",
    "functions/message-store-version",
    "functions/hash-64",
    "functions/acquire-lock",
    "functions/category",
    "functions/is-category",
    "functions/id",
    "functions/cardinal-id",
    "functions/stream-version",
    "functions/write-message",
    "functions/get-stream-messages",
    "functions/get-category-messages",
    "functions/get-last-stream-message",
    "indexes/messages-id",
    "indexes/messages-stream",
    "indexes/messages-category",
];

pub struct MessageDb(PgPool);

impl MessageDb {
    /// Installs it from the files of its package, in the order of its `install.sh`.
    pub async fn open(url: &str, package: &Path) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        connection
            .execute("SET search_path = message_store, public")
            .await?;
        for file in FILES {
            let path = package.join("database").join(file).with_extension("sql");
            let sql =
                std::fs::read_to_string(&path).with_context(|| format!("{file} is missing"))?;
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await
                .with_context(|| format!("{file} does not run"))?;
        }
        let pool = PgPoolOptions::new()
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection
                        .execute("SET search_path = message_store, public")
                        .await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        Ok(Self(pool))
    }
}

fn registered(organisation: Uuid) -> Value {
    json!({
        "organisation": organisation, "called": "Ytre Solvik skole", "kind": "school", "parent": null,
        "school_type": null, "pupils": 140,
    })
}

#[async_trait]
impl Peer for MessageDb {
    async fn begin(&self, tenant: usize, stream: Uuid, events: usize) -> Result<bool> {
        let (name, data) = (
            format!("school{tenant}-{stream}"),
            registered(stream).to_string(),
        );
        if events == 1 {
            sqlx::query("SELECT write_message($1, $2, 'Registered', $3::jsonb, NULL, -1)")
                .bind(Uuid::now_v7().to_string())
                .bind(name)
                .bind(data)
                .execute(&self.0)
                .await?;
        } else {
            // It takes one message a call; one statement for all of a stream's spares it their round trips.
            sqlx::query(
                "SELECT write_message(gen_random_uuid()::text, $1, 'Registered', $2::jsonb, NULL, n - 1)
                 FROM generate_series(0, $3 - 1) AS n",
            )
            .bind(name)
            .bind(data)
            .bind(i64::try_from(events)?)
            .execute(&self.0)
            .await?;
        }
        Ok(true)
    }

    /// Deciding is the application's: it loads, and sees that it need not write.
    async fn refuse(&self, stream: Uuid) -> Result<()> {
        self.load(stream).await.map(|_| ())
    }

    async fn load(&self, stream: Uuid) -> Result<usize> {
        let rows = sqlx::query("SELECT data FROM get_stream_messages($1, 0, -1)")
            .bind(format!("school0-{stream}"))
            .fetch_all(&self.0)
            .await?;
        let (mut events, mut called) = (0, None);
        for row in &rows {
            let data: Value = serde_json::from_str(row.get(0))?;
            called = data["called"].as_str().map(str::to_owned);
            events += 1;
        }
        anyhow::ensure!(called.is_some(), "nothing was folded");
        Ok(events)
    }

    async fn rebuild(&self) -> Result<usize> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut position = 1_i64;
        loop {
            let rows = sqlx::query(
                "SELECT stream_name, global_position, data FROM get_category_messages($1, $2, $3)",
            )
            .bind("school0")
            .bind(position)
            .bind(BATCH)
            .fetch_all(&self.0)
            .await?;
            let Some(last) = rows.last() else { break };
            position = last.get::<i64, _>(1) + 1;
            for row in &rows {
                let _data: Value = serde_json::from_str(row.get(2))?;
                *counts.entry(row.get(0)).or_default() += 1;
            }
        }
        Ok(counts.values().sum())
    }

    async fn log(&self) -> Result<Option<Vec<Entry>>> {
        let rows = sqlx::query(
            "SELECT global_position, id, position, stream_name FROM messages ORDER BY global_position",
        )
        .fetch_all(&self.0)
        .await?;
        rows.iter().map(entry).collect::<Result<_>>().map(Some)
    }

    async fn follow(
        &self,
        to: mpsc::UnboundedSender<Entry>,
        stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let mut position = 1_i64;
        while !*stop.borrow() {
            let rows = sqlx::query(
                "SELECT global_position, id::uuid, position, stream_name FROM get_category_messages($1, $2, $3)",
            )
            .bind("school0")
            .bind(position)
            .bind(BATCH)
            .fetch_all(&self.0)
            .await?;
            let Some(last) = rows.last() else {
                tokio::time::sleep(POLL).await;
                continue;
            };
            position = last.get::<i64, _>(0) + 1;
            for row in &rows {
                to.send(entry(row)?)?;
            }
        }
        Ok(())
    }
}

fn entry(row: &sqlx::postgres::PgRow) -> Result<Entry> {
    let stream: &str = row.get(3);
    let (_, id) = stream.split_once('-').context("a stream has an id")?;
    Ok(Entry {
        position: row.get::<i64, _>(0).unsigned_abs(),
        append: row.get(1),
        version: row.get::<i64, _>(2).unsigned_abs() + 1,
        stream: id.parse()?,
    })
}
