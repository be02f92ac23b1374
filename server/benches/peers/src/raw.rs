//! The limit: plain inserts into a plain table, with nothing promised but the flush.

use crate::peer::{Pace, Peer};
use anyhow::Result;
use async_trait::async_trait;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Executor as _, Row as _};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use storm::check::Entry;
use uuid::Uuid;

/// As long as what the others store.
const PAYLOAD_BYTES: usize = 156;
/// Rows of one of the larger inserts.
const ROWS: usize = 100;

pub struct Raw(PgPool);

impl Raw {
    pub async fn open(url: &str) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(64)
            .connect(url)
            .await?;
        pool.execute(
            "CREATE TABLE rows (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream uuid NOT NULL,
                                payload text NOT NULL);
             CREATE INDEX ON rows (stream, position)",
        )
        .await?;
        Ok(Self(pool))
    }

    /// A hundred rows an insert, by one connection, into a table with nothing but a key: rows a second.
    pub async fn hundreds(&self, measured: Duration) -> Result<Pace> {
        self.0
            .execute(
                "CREATE TABLE IF NOT EXISTS hundreds (
                     position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL
                 )",
            )
            .await?;
        let mut connection = self.0.acquire().await?;
        let rows = vec!["x".repeat(PAYLOAD_BYTES); ROWS];
        let (began, mut times) = (Instant::now(), Vec::new());
        while began.elapsed() < measured {
            let one = Instant::now();
            sqlx::query("INSERT INTO hundreds (payload) SELECT unnest($1::text[])")
                .bind(&rows)
                .execute(&mut *connection)
                .await?;
            times.push(one.elapsed());
        }
        let pace = Pace::of(times, began.elapsed());
        Ok(Pace {
            per_s: pace.per_s * ROWS as f64,
            ..pace
        })
    }
}

#[async_trait]
impl Peer for Raw {
    async fn begin(&self, _tenant: usize, stream: Uuid, events: usize) -> Result<bool> {
        let text = "x".repeat(PAYLOAD_BYTES);
        if events == 1 {
            sqlx::query("INSERT INTO rows (stream, payload) VALUES ($1, $2)")
                .bind(stream)
                .bind(text)
                .execute(&self.0)
                .await?;
        } else {
            sqlx::query("INSERT INTO rows (stream, payload) SELECT $1, unnest($2::text[])")
                .bind(stream)
                .bind(vec![text; events])
                .execute(&self.0)
                .await?;
        }
        Ok(true)
    }

    async fn refuse(&self, stream: Uuid) -> Result<()> {
        self.load(stream).await.map(|_| ())
    }

    async fn load(&self, stream: Uuid) -> Result<usize> {
        let rows = sqlx::query("SELECT payload FROM rows WHERE stream = $1 ORDER BY position")
            .bind(stream)
            .fetch_all(&self.0)
            .await?;
        Ok(rows
            .iter()
            .filter(|row| !row.get::<&str, _>(0).is_empty())
            .count())
    }

    async fn rebuild(&self) -> Result<usize> {
        let mut counts: HashMap<Uuid, usize> = HashMap::new();
        let mut reached = 0_i64;
        loop {
            let rows = sqlx::query(
                "SELECT position, stream, payload FROM rows WHERE position > $1 ORDER BY position LIMIT 2000",
            )
            .bind(reached)
            .fetch_all(&self.0)
            .await?;
            let Some(last) = rows.last() else { break };
            reached = last.get(0);
            for row in &rows {
                *counts.entry(row.get(1)).or_default() += row.get::<&str, _>(2).len().min(1);
            }
        }
        Ok(counts.values().sum())
    }

    async fn log(&self) -> Result<Option<Vec<Entry>>> {
        Ok(None)
    }
}
