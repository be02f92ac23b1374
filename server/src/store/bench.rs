//! What bare Postgres does, to measure ourselves against.

use super::connect::Store;
use super::error::StoreError;
use domain::time::Timestamp;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What one connection managed.
#[derive(Clone, Debug)]
pub struct RawInserts {
    /// How long each insert of one row and its commit took.
    pub single: Vec<Duration>,
    /// Rows a second in inserts of 100.
    pub rows_per_second: u64,
}

impl Store {
    /// Inserts rows without a region, singly and by the hundred, for a while each; then removes them.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bench_inserts(
        &self,
        now: Timestamp,
        measured: Duration,
    ) -> Result<RawInserts, StoreError> {
        const INSERT: &str = "INSERT INTO sessions (token_hash, created_at, expires_at)
                              SELECT sha256((n::text || $1::text)::bytea), $2, $2 FROM generate_series(1, $3) AS n";
        let mut connection = self.pool().acquire().await?;
        let mut run = async |rows: i32| -> Result<Vec<Duration>, StoreError> {
            let (began, mut times) = (Instant::now(), Vec::new());
            let mut number = u128::from(rows.unsigned_abs()) << 64;
            while began.elapsed() < measured {
                number += 1;
                let one = Instant::now();
                sqlx::query(INSERT)
                    .bind(Uuid::from_u128(number))
                    .bind(now)
                    .bind(rows)
                    .execute(&mut *connection)
                    .await?;
                times.push(one.elapsed());
            }
            Ok(times)
        };
        let single = run(1).await?;
        let hundreds = run(100).await?;
        let inserts = u64::try_from(hundreds.len()).unwrap_or(u64::MAX);
        let rows_per_second =
            inserts * 100_000 / u64::try_from(measured.as_millis()).unwrap_or(1).max(1);
        sqlx::query("DELETE FROM sessions WHERE tenant_id IS NULL AND expires_at = $1")
            .bind(now)
            .execute(self.pool())
            .await?;
        Ok(RawInserts {
            single,
            rows_per_second,
        })
    }
}
