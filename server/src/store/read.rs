//! Reading the log of one region.

use super::chain::Hash;
use super::error::StoreError;
use super::row::{EventRow, stored};
use super::scope::TenantScope;
use domain::ids::StreamId;
use domain::recorded::Position;
use domain::time::Timestamp;
use uuid::Uuid;

/// Where a log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The log's own id.
    pub log_id: Uuid,
    /// Position of the last event.
    pub position: Position,
    /// The chain up to there.
    pub hash: Hash,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// A command that was accepted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Keyed hash of its content.
    pub digest: Hash,
    /// Where its events begin.
    pub first_position: Position,
    /// How many it brought.
    pub events: u32,
}

macro_rules! events {
    ($rest:literal) => {
        concat!(
            "SELECT e.position, e.stream_kind, e.stream_id, e.version, e.name, e.payload, e.actor, e.command_id,
                    e.correlation, e.causation, e.recorded_at, e.effective_from, e.effective_to, e.occurred_at,
                    e.salt, e.hash ",
            $rest
        )
    };
}

pub(in crate::store) use events;

impl TenantScope {
    /// Where the log ends.
    ///
    /// # Errors
    /// [`StoreError::UnknownTenant`] when there is none.
    pub async fn head(&mut self) -> Result<Head, StoreError> {
        self.head_by("SELECT log_id, position, hash, recorded_at FROM heads")
            .await
    }

    /// Postgres ends this transaction when nothing is asked of it for a second: a process that is frozen with the
    /// head's lock in hand keeps a region from nobody for longer.
    ///
    /// # Errors
    /// Of the database.
    pub async fn idle_a_second_at_most(&mut self) -> Result<(), StoreError> {
        sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = '1s'")
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Where the log ends, and it stays there until this transaction is over.
    ///
    /// # Errors
    /// As [`head`](Self::head), and when another process holds the lock for two seconds.
    pub async fn lock_head(&mut self) -> Result<Head, StoreError> {
        sqlx::raw_sql("SET LOCAL lock_timeout = '2s'")
            .execute(self.connection())
            .await?;
        self.head_by("SELECT log_id, position, hash, recorded_at FROM heads FOR UPDATE")
            .await
    }

    async fn head_by(&mut self, sql: &'static str) -> Result<Head, StoreError> {
        let row: Option<(Uuid, i64, Vec<u8>, Timestamp)> = sqlx::query_as(sql)
            .fetch_optional(self.connection())
            .await?;
        let (log_id, position, hash, recorded_at) = row.ok_or(StoreError::UnknownTenant)?;
        Ok(Head {
            log_id,
            position: super::row::position(position),
            hash: hash_of(&hash)?,
            recorded_at,
        })
    }

    /// Events after a position, at most `limit`, in order.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_after(
        &mut self,
        after: Position,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        // Positions have no gaps, so that where the page ends is known: a limit would leave Postgres the choice of sorting
        // all that lies behind it.
        let rows = sqlx::query_as(events!(
            "FROM events AS e WHERE e.position > $1 AND e.position <= $2 ORDER BY e.position"
        ))
        .bind(stored(after))
        .bind(stored(after).saturating_add(limit))
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// Events of some streams up to a position, in order.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_of_streams(
        &mut self,
        streams: &[StreamId],
        up_to: Position,
    ) -> Result<Vec<EventRow>, StoreError> {
        let kinds: Vec<&str> = streams.iter().map(|stream| stream.kind.name()).collect();
        let ids: Vec<Uuid> = streams.iter().map(|stream| stream.id).collect();
        let mut rows: Vec<EventRow> = sqlx::query_as(events!(
            "FROM unnest($1::text[], $2::uuid[]) AS s (kind, id)
             CROSS JOIN LATERAL (
                 SELECT * FROM events AS e
                 WHERE e.tenant_id = $3 AND e.stream_kind = s.kind AND e.stream_id = s.id AND e.position <= $4
                 ORDER BY e.version
             ) AS e"
        ))
        .bind(kinds)
        .bind(ids)
        .bind(self.tenant().0)
        .bind(stored(up_to))
        .fetch_all(self.connection())
        .await?;
        // Each stream is in order already; this costs next to nothing here, and a copy of every row there.
        rows.sort_by_key(|row| row.position);
        Ok(rows)
    }

    /// Events about an id after a position and up to another, in order, at most `limit`.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_about(
        &mut self,
        id: Uuid,
        after: Position,
        up_to: Option<Position>,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(events!(
            "FROM abouts AS a
             CROSS JOIN LATERAL (
                 SELECT * FROM events AS e WHERE e.tenant_id = a.tenant_id AND e.position = a.position LIMIT 1
             ) AS e
             WHERE a.tenant_id = $1 AND a.id = $2 AND a.position > $3 AND a.position <= $4
             ORDER BY a.position LIMIT $5"
        ))
        .bind(self.tenant().0)
        .bind(id)
        .bind(stored(after))
        .bind(up_to.map_or(i64::MAX, stored))
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// Events about an id before a position, newest first, at most `limit`; recorded no later than a moment.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_about_backwards(
        &mut self,
        id: Uuid,
        before: Option<Position>,
        known_at: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(events!(
            "FROM abouts AS a
             CROSS JOIN LATERAL (
                 SELECT * FROM events AS e WHERE e.tenant_id = a.tenant_id AND e.position = a.position LIMIT 1
             ) AS e
             WHERE a.tenant_id = $1 AND a.id = $2 AND a.position < $3 AND ($4 IS NULL OR e.recorded_at <= $4)
             ORDER BY a.position DESC LIMIT $5"
        ))
        .bind(self.tenant().0)
        .bind(id)
        .bind(before.map_or(i64::MAX, stored))
        .bind(known_at)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// Events at these positions, in order.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_at(&mut self, positions: &[i64]) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(events!(
            "FROM events AS e WHERE e.tenant_id = $1 AND e.position = ANY($2) ORDER BY e.position"
        ))
        .bind(self.tenant().0)
        .bind(positions)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// Which of these commands were accepted before.
    ///
    /// # Errors
    /// Of the database.
    pub async fn remembered(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Remembered)>, StoreError> {
        let rows: Vec<(Uuid, Vec<u8>, i64, i32)> = sqlx::query_as(
            "SELECT command_id, digest, first_position, events
             FROM commands
             WHERE tenant_id = $1 AND command_id = ANY($2)",
        )
        .bind(self.tenant().0)
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|(id, digest, first, events)| {
                let first_position = super::row::position(first);
                let events = u32::try_from(events).unwrap_or(0);
                Ok((
                    id,
                    Remembered {
                        digest: hash_of(&digest)?,
                        first_position,
                        events,
                    },
                ))
            })
            .collect()
    }
}

/// 32 bytes that Postgres gave back.
pub(in crate::store) fn hash_of(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes
        .try_into()
        .ok()
        .ok_or_else(|| StoreError::Damaged("a hash is not 32 bytes long".to_owned()))
}
