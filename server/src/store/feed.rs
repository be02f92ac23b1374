//! What follows the logs: who is behind, who works for whom, checkpoints, what is set aside, and the way to wake other
//! processes. What it means is told in `crate::feed`.

use super::connect::Store;
use super::error::StoreError;
use super::row::{position, stored};
use super::scope::TenantScope;
use domain::ids::TenantId;
use domain::recorded::Position;
use domain::time::Timestamp;
use sqlx::postgres::PgListener;
use std::time::Duration;
use uuid::Uuid;

/// Where processes tell each other that logs have grown.
const CHANNEL: &str = "samspor_feed";

/// One follower in one region, taken for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The checkpoint moves only under this.
    pub fence: i64,
    /// The last event that is dealt with.
    pub position: Position,
}

/// How far a follower has come in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Which region.
    pub tenant: TenantId,
    /// Which follower.
    pub follower: String,
    /// The last event that is dealt with.
    pub position: Position,
    /// Where the log ends.
    pub head: Position,
    /// Events set aside.
    pub parked: u32,
    /// Whether a process works for it at this moment.
    pub held: bool,
}

/// An event to be set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aside {
    /// What it is about.
    pub key: Uuid,
    /// Where it lies.
    pub position: Position,
}

/// What became of a try at an event.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// How often it failed by now.
    pub attempts: i32,
    /// Why, this time.
    pub error: &'a str,
    /// When to try again; `None`: when somebody asks for it.
    pub retry_at: Option<Timestamp>,
}

/// The first of the events set aside under a key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Leading {
    /// What they are about.
    pub key: Uuid,
    /// Where it lies.
    pub position: i64,
    /// How often it failed.
    pub attempts: i32,
    /// Why, the last time.
    pub error: Option<String>,
    /// When it is tried again by itself.
    pub retry_at: Option<Timestamp>,
    /// How many wait behind it.
    pub behind: i64,
}

/// An event that a follower does without.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Dropped {
    /// Where it lies.
    pub position: i64,
    /// Why it was dropped.
    pub reason: String,
    /// When.
    pub dropped_at: Timestamp,
}

impl Store {
    /// Which of these followers are behind in which regions and by how many events, or have something set aside that is
    /// due, and may be worked for by this holder. One query however many regions there are.
    ///
    /// # Errors
    /// Of the database.
    pub async fn behind(
        &self,
        followers: &[&str],
        holder: Uuid,
        now: Timestamp,
        only: Option<&[TenantId]>,
    ) -> Result<Vec<(TenantId, String, u64)>, StoreError> {
        let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
            "SELECT h.tenant_id, n.name, h.position - coalesce(f.position, 0)
             FROM feed_heads AS h
             CROSS JOIN unnest($1::text[]) AS n (name)
             LEFT JOIN followers AS f ON f.tenant_id = h.tenant_id AND f.name = n.name
             WHERE (h.position > coalesce(f.position, 0) OR f.retry_at <= $2)
               AND (f.holder IS NULL OR f.holder = $3 OR f.leased_until < clock_timestamp())
               AND ($4::uuid[] IS NULL OR h.tenant_id = ANY($4))",
        )
        .bind(followers)
        .bind(now)
        .bind(holder)
        .bind(only.map(|some| some.iter().map(|tenant| tenant.0).collect::<Vec<_>>()))
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(tenant, name, events)| (TenantId(tenant), name, position(events)))
            .collect())
    }

    /// Takes a follower in a region for a while, or keeps it; `None` while another process has it.
    ///
    /// # Errors
    /// Of the database.
    pub async fn take(
        &self,
        tenant: TenantId,
        follower: &str,
        holder: Uuid,
        lease: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let row: Option<(i64, i64)> = sqlx::query_as(
            "INSERT INTO followers AS f (tenant_id, name, position, fence, holder, leased_until)
             VALUES ($1, $2, 0, 1, $3, clock_timestamp() + make_interval(secs => $4))
             ON CONFLICT ON CONSTRAINT followers_pkey DO UPDATE
             SET fence = f.fence + (f.holder <> EXCLUDED.holder)::integer,
                 holder = EXCLUDED.holder,
                 leased_until = EXCLUDED.leased_until
             WHERE f.holder = EXCLUDED.holder OR f.leased_until < clock_timestamp()
             RETURNING fence, position",
        )
        .bind(tenant.0)
        .bind(follower)
        .bind(holder)
        .bind(lease.as_secs_f64())
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|(fence, at)| Lease {
            fence,
            position: position(at),
        }))
    }

    /// Lets go of one, so that another process may try.
    ///
    /// # Errors
    /// Of the database.
    pub async fn leave(
        &self,
        tenant: TenantId,
        follower: &str,
        lease: &Lease,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE followers SET leased_until = '-infinity' WHERE tenant_id = $1 AND name = $2 AND fence = $3",
        )
        .bind(tenant.0)
        .bind(follower)
        .bind(lease.fence)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Lets go of everything a process has taken, so that others go on at once.
    ///
    /// # Errors
    /// Of the database.
    pub async fn let_go(&self, holder: Uuid) -> Result<(), StoreError> {
        sqlx::query("UPDATE followers SET leased_until = '-infinity' WHERE holder = $1")
            .bind(holder)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Where all logs end.
    ///
    /// # Errors
    /// Of the database.
    pub async fn feed_heads(&self) -> Result<Vec<(TenantId, Position)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = sqlx::query_as("SELECT tenant_id, position FROM feed_heads")
            .fetch_all(self.pool())
            .await?;
        Ok(rows
            .into_iter()
            .map(|(tenant, at)| (TenantId(tenant), position(at)))
            .collect())
    }

    /// The region after another in the order of their ids, from the first again after the last.
    ///
    /// # Errors
    /// Of the database.
    pub async fn region_after(
        &self,
        last: Option<TenantId>,
    ) -> Result<Option<TenantId>, StoreError> {
        let next: Option<Uuid> = sqlx::query_scalar(
            "SELECT tenant_id FROM feed_heads WHERE position > 0 ORDER BY tenant_id <= $1, tenant_id LIMIT 1",
        )
        .bind(last.map_or(Uuid::nil(), |last| last.0))
        .fetch_optional(self.pool())
        .await?;
        Ok(next.map(TenantId))
    }

    /// How far every follower has come, by region and name.
    ///
    /// # Errors
    /// Of the database.
    pub async fn followed(&self) -> Result<Vec<Followed>, StoreError> {
        let rows: Vec<(Uuid, String, i64, i64, i32, bool)> = sqlx::query_as(
            "SELECT f.tenant_id, f.name, f.position, h.position, f.parked, f.leased_until > clock_timestamp()
             FROM followers AS f JOIN feed_heads AS h USING (tenant_id)
             ORDER BY f.tenant_id, f.name",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(tenant, follower, at, head, parked, held)| Followed {
                tenant: TenantId(tenant),
                follower,
                position: position(at),
                head: position(head),
                parked: u32::try_from(parked).unwrap_or(0),
                held,
            })
            .collect())
    }

    /// How many events of all regions a follower has not come to, and how many wait for it, set aside.
    ///
    /// # Errors
    /// Of the database.
    pub async fn lag(&self, follower: &str) -> Result<(i64, i64), StoreError> {
        let lag = sqlx::query_as(
            "SELECT coalesce(sum(h.position - coalesce(f.position, 0)), 0)::bigint, coalesce(sum(f.parked), 0)::bigint
             FROM feed_heads AS h LEFT JOIN followers AS f ON f.tenant_id = h.tenant_id AND f.name = $1",
        )
        .bind(follower)
        .fetch_one(self.pool())
        .await?;
        Ok(lag)
    }

    /// Sends these to every process that listens, in one transaction that lands nothing.
    ///
    /// # Errors
    /// Of the database.
    pub async fn notify(&self, payloads: &[String]) -> Result<(), StoreError> {
        sqlx::query("SELECT pg_notify($1, p.payload) FROM unnest($2::text[]) AS p (payload)")
            .bind(CHANNEL)
            .bind(payloads)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Listens on a connection of its own from now on.
    ///
    /// # Errors
    /// Of the database.
    pub async fn listen(&self) -> Result<Listening, StoreError> {
        let mut listener = PgListener::connect_with(self.pool()).await?;
        listener.listen(CHANNEL).await?;
        Ok(Listening(listener))
    }
}

/// The connection that hears what other processes send.
pub struct Listening(PgListener);

impl Listening {
    /// The next payload; `None`: the connection was lost and is there again, so some may have been missed.
    ///
    /// # Errors
    /// When it is lost and cannot be had again.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        let heard = self.0.try_recv().await?;
        Ok(heard.map(|notification| notification.payload().to_owned()))
    }
}

impl TenantScope {
    /// Moves a checkpoint, or confirms it. False: another process has taken over, and nothing of this transaction may
    /// last. Comes after the effects and before any change to what is set aside: from here on the follower's row is
    /// locked.
    ///
    /// # Errors
    /// Of the database.
    pub async fn advance(
        &mut self,
        follower: &str,
        lease: &Lease,
        to: Position,
    ) -> Result<bool, StoreError> {
        let moved = sqlx::query(
            "UPDATE followers SET position = $5
             WHERE tenant_id = $1 AND name = $2 AND fence = $3 AND position = $4",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(lease.fence)
        .bind(stored(lease.position))
        .bind(stored(to))
        .execute(self.connection())
        .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// Keeps everybody else from changing what is set aside until this transaction is over, as [`advance`] does.
    ///
    /// [`advance`]: Self::advance
    async fn lock_follower(&mut self, follower: &str) -> Result<(), StoreError> {
        sqlx::query("SELECT FROM followers WHERE tenant_id = $1 AND name = $2 FOR UPDATE")
            .bind(self.tenant().0)
            .bind(follower)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Counts anew what is set aside and when the next of it is due. Comes last in a transaction that changed it.
    ///
    /// # Errors
    /// Of the database.
    pub async fn recount(&mut self, follower: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE followers AS f SET parked = p.events, retry_at = p.retry_at
             FROM (SELECT count(*)::integer AS events, min(retry_at) AS retry_at
                   FROM parked WHERE tenant_id = $1 AND follower = $2) AS p
             WHERE f.tenant_id = $1 AND f.name = $2",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The keys that are held up.
    ///
    /// # Errors
    /// Of the database.
    pub async fn held_up(&mut self, follower: &str) -> Result<Vec<Uuid>, StoreError> {
        let keys = sqlx::query_scalar(
            "SELECT key FROM parked WHERE tenant_id = $1 AND follower = $2 AND leads",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .fetch_all(self.connection())
        .await?;
        Ok(keys)
    }

    /// Sets events aside behind the first of their keys, or as the first where there is none any more.
    ///
    /// # Errors
    /// Of the database.
    pub async fn set_behind(
        &mut self,
        follower: &str,
        events: &[Aside],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO parked (tenant_id, follower, key, position, leads, attempts, retry_at, parked_at)
             SELECT $1, $2, e.key, e.position, e.leads, 0, CASE WHEN e.leads THEN $5 END, $5
             FROM (SELECT key, position,
                          position = min(position) OVER (PARTITION BY key)
                          AND key NOT IN (SELECT key FROM parked WHERE tenant_id = $1 AND follower = $2 AND leads)
                              AS leads
                   FROM unnest($3::uuid[], $4::bigint[]) AS a (key, position)) AS e",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(events.iter().map(|event| event.key).collect::<Vec<_>>())
        .bind(
            events
                .iter()
                .map(|event| stored(event.position))
                .collect::<Vec<_>>(),
        )
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Sets an event aside, and from now on all later ones of its key.
    ///
    /// # Errors
    /// Of the database; a key that is held up already violates `parked_leads_key`.
    pub async fn hold_up(
        &mut self,
        follower: &str,
        event: Aside,
        failure: Failure<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO parked (tenant_id, follower, key, position, leads, attempts, error, retry_at, parked_at)
             VALUES ($1, $2, $3, $4, true, $5, $6, $7, $8)",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(event.key)
        .bind(stored(event.position))
        .bind(failure.attempts)
        .bind(failure.error)
        .bind(failure.retry_at)
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The first events of their keys that are due, the longest due first.
    ///
    /// # Errors
    /// Of the database.
    pub async fn due(
        &mut self,
        follower: &str,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<(Aside, i32)>, StoreError> {
        let rows: Vec<(Uuid, i64, i32)> = sqlx::query_as(
            "SELECT key, position, attempts
             FROM parked
             WHERE tenant_id = $1 AND follower = $2 AND leads AND retry_at <= $3
             ORDER BY retry_at, position
             LIMIT $4",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(now)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(key, at, attempts)| {
                let position = position(at);
                (Aside { key, position }, attempts)
            })
            .collect())
    }

    /// An event set aside failed once more.
    ///
    /// # Errors
    /// Of the database.
    pub async fn failed_again(
        &mut self,
        follower: &str,
        event: Aside,
        failure: Failure<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE parked SET attempts = $5, error = $6, retry_at = $7
             WHERE tenant_id = $1 AND follower = $2 AND key = $3 AND position = $4 AND leads",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(event.key)
        .bind(stored(event.position))
        .bind(failure.attempts)
        .bind(failure.error)
        .bind(failure.retry_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// An event set aside is dealt with: the next of its key is due now. False: it is not there any more.
    ///
    /// # Errors
    /// Of the database.
    pub async fn move_up(
        &mut self,
        follower: &str,
        event: Aside,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let gone = sqlx::query(
            "DELETE FROM parked WHERE tenant_id = $1 AND follower = $2 AND key = $3 AND position = $4 AND leads",
        )
        .bind(tenant)
        .bind(follower)
        .bind(event.key)
        .bind(stored(event.position))
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE parked SET leads = true, retry_at = $4
             WHERE tenant_id = $1 AND follower = $2 AND key = $3
               AND position = (SELECT min(position) FROM parked WHERE tenant_id = $1 AND follower = $2 AND key = $3)",
        )
        .bind(tenant)
        .bind(follower)
        .bind(event.key)
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(gone.rows_affected() == 1)
    }

    /// The first events of all keys that are held up, by position.
    ///
    /// # Errors
    /// Of the database.
    pub async fn leading(&mut self, follower: &str) -> Result<Vec<Leading>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT p.key, p.position, p.attempts, p.error, p.retry_at,
                    (SELECT count(*) FROM parked AS b
                     WHERE b.tenant_id = p.tenant_id AND b.follower = p.follower AND b.key = p.key AND NOT b.leads)
                        AS behind
             FROM parked AS p
             WHERE p.tenant_id = $1 AND p.follower = $2 AND p.leads
             ORDER BY p.position",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// What a follower does without, by position.
    ///
    /// # Errors
    /// Of the database.
    pub async fn dropped(&mut self, follower: &str) -> Result<Vec<Dropped>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT position, reason, dropped_at FROM dropped WHERE tenant_id = $1 AND follower = $2 ORDER BY position",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// Asks for another round of tries at what is set aside, of one key or of all. Answers how many keys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn ask_again(
        &mut self,
        follower: &str,
        key: Option<Uuid>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.lock_follower(follower).await?;
        let asked = sqlx::query(
            "UPDATE parked SET attempts = 0, retry_at = $4
             WHERE tenant_id = $1 AND follower = $2 AND leads AND ($3 IS NULL OR key = $3)",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(key)
        .bind(now)
        .execute(self.connection())
        .await?;
        self.recount(follower).await?;
        Ok(asked.rows_affected())
    }

    /// Takes an event off what is set aside for good, and writes down why. False: it does not hold anything up.
    ///
    /// # Errors
    /// Of the database.
    pub async fn drop_event(
        &mut self,
        follower: &str,
        at: Position,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.lock_follower(follower).await?;
        let key: Option<Uuid> = sqlx::query_scalar(
            "INSERT INTO dropped (tenant_id, follower, position, key, attempts, error, reason, dropped_at)
             SELECT tenant_id, follower, position, key, attempts, error, $4, $5
             FROM parked
             WHERE tenant_id = $1 AND follower = $2 AND position = $3 AND leads
             RETURNING key",
        )
        .bind(self.tenant().0)
        .bind(follower)
        .bind(stored(at))
        .bind(reason)
        .bind(now)
        .fetch_optional(self.connection())
        .await?;
        let Some(key) = key else {
            return Ok(false);
        };
        let gone = Aside { key, position: at };
        let gone = self.move_up(follower, gone, now).await?;
        self.recount(follower).await?;
        Ok(gone)
    }
}
