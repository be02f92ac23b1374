//! What bare Postgres does, to measure ourselves against.

use super::connect::Store;
use super::error::StoreError;
use domain::ids::TenantId;
use sqlx::PgConnection;
use std::time::{Duration, Instant};

/// Rows in one of the larger inserts.
const ROWS: usize = 100;
/// Connections that insert single rows at once.
const CONNECTIONS: usize = 64;

/// What plain inserts managed, into a table with a number for key and a text as long as an event's.
#[derive(Clone, Debug)]
pub struct RawInserts {
    /// How long each insert of one row and its commit took, on one connection.
    pub single: Vec<Duration>,
    /// The same on 64 connections at once.
    pub single_of_64: Vec<Duration>,
    /// How long each insert of 100 rows and its commit took, on one connection.
    pub hundred: Vec<Duration>,
    /// Bytes written ahead for one row of a hundred.
    pub wal_bytes_per_row: u64,
}

/// What lies in the database for the events of some regions.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct Stored {
    /// Events.
    pub events: i64,
    /// Rows of all kinds for them: the event, its command, what it is about.
    pub rows: i64,
    /// Bytes of their payloads.
    pub payload_bytes: i64,
}

impl Store {
    /// Inserts rows of so many bytes for a while in each way, as the role that owns the database.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bench_inserts(
        &self,
        bytes: usize,
        measured: Duration,
    ) -> Result<RawInserts, StoreError> {
        let mut owner = self.bench_owner().await?;
        sqlx::raw_sql(
            "DROP TABLE IF EXISTS bench_rows;
             CREATE TABLE bench_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL)",
        )
        .execute(&mut owner)
        .await?;
        let text = "x".repeat(bytes);
        let single = insert(&mut owner, &text, 1, measured).await?;
        let mut tasks = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = self.bench_owner().await?;
            let text = text.clone();
            tasks.push(tokio::spawn(async move {
                insert(&mut connection, &text, 1, measured).await
            }));
        }
        let mut single_of_64 = Vec::new();
        for task in tasks {
            let broken = |error| StoreError::Damaged(format!("a writer broke off: {error}"));
            single_of_64.extend(task.await.map_err(broken)??);
        }
        let before = self.bench_wal().await?;
        let hundred = insert(&mut owner, &text, ROWS, measured).await?;
        let written = self.bench_wal().await? - before;
        sqlx::raw_sql("DROP TABLE bench_rows")
            .execute(&mut owner)
            .await?;
        Ok(RawInserts {
            wal_bytes_per_row: written / (hundred.len() * ROWS).max(1) as u64,
            single,
            single_of_64,
            hundred,
        })
    }

    /// A connection of the role of the URL, with Postgres' own settings.
    async fn bench_owner(&self) -> Result<PgConnection, StoreError> {
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::raw_sql("RESET ROLE; RESET plan_cache_mode")
            .execute(&mut connection)
            .await?;
        Ok(connection)
    }

    /// Does now what Postgres does by itself after a while: figures of the tables, dead rows, a checkpoint.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bench_settle(&self) -> Result<(), StoreError> {
        let mut owner = self.bench_owner().await?;
        for statement in ["SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT"] {
            sqlx::raw_sql(statement).execute(&mut owner).await?;
        }
        Ok(())
    }

    /// How many bytes were ever written ahead.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bench_wal(&self) -> Result<u64, StoreError> {
        let bytes: i64 =
            sqlx::query_scalar("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
                .fetch_one(self.pool())
                .await?;
        Ok(bytes.unsigned_abs())
    }

    /// What lies in the database for a region's events.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bench_stored(&self, tenant: TenantId) -> Result<Stored, StoreError> {
        let mut scope = self.reading(tenant).await?;
        let stored = sqlx::query_as(
            "SELECT count(*) AS events, coalesce(sum(octet_length(payload)), 0)::bigint AS payload_bytes,
                    count(*) + (SELECT count(*) FROM abouts) + (SELECT count(*) FROM commands) AS rows
             FROM events",
        )
        .fetch_one(scope.connection())
        .await?;
        Ok(stored)
    }
}

async fn insert(
    connection: &mut PgConnection,
    text: &str,
    rows: usize,
    measured: Duration,
) -> Result<Vec<Duration>, StoreError> {
    let (began, mut times) = (Instant::now(), Vec::new());
    let many = vec![text; rows];
    while began.elapsed() < measured {
        let one = Instant::now();
        let insert = if rows == 1 {
            sqlx::query("INSERT INTO bench_rows (payload) VALUES ($1)").bind(text)
        } else {
            sqlx::query("INSERT INTO bench_rows (payload) SELECT unnest($1::text[])").bind(&many)
        };
        insert.execute(&mut *connection).await?;
        times.push(one.elapsed());
    }
    Ok(times)
}
