//! The landing: one call, everything or nothing, on condition of where the log ends.

use super::chain::Hash;
use super::connect::Store;
use super::error::StoreError;
use super::row::EventRow;
use super::scope::TenantScope;
use chrono::NaiveDate;
use domain::ids::TenantId;
use domain::time::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// An accepted command.
#[derive(Clone, Debug)]
pub struct CommandRow {
    /// Its id.
    pub id: Uuid,
    /// Keyed hash of its content.
    pub digest: Hash,
    /// Where its events begin.
    pub first_position: i64,
    /// How many it brought.
    pub events: i32,
}

/// A key that came into being, or for a person perhaps only the place of a newer name.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Text or person.
    pub id: Uuid,
    /// The event beside which the sealed value lies.
    pub position: i64,
    /// The key, wrapped by the region's; `None` for one that was destroyed elsewhere.
    pub wrapped: Option<Vec<u8>>,
}

/// Something that only one thing of a region may have.
#[derive(Clone, Debug)]
pub struct ReservationRow {
    /// What sort of value.
    pub kind: String,
    /// The value, as a keyed hash where it is personal.
    pub value: Vec<u8>,
    /// Who has it.
    pub owner: Uuid,
}

/// What lands together.
#[derive(Clone, Debug, Default)]
pub struct Landing {
    /// Events in order, from one after the head.
    pub events: Vec<EventRow>,
    /// Which ids each is about, with its position.
    pub abouts: Vec<(Uuid, i64)>,
    /// The commands that brought them.
    pub commands: Vec<CommandRow>,
    /// New texts' keys.
    pub texts: Vec<KeyRow>,
    /// Persons named or renamed.
    pub persons: Vec<KeyRow>,
    /// What is reserved.
    pub reservations: Vec<ReservationRow>,
}

/// What became of a landing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landed {
    /// It is in the log, flushed.
    Yes,
    /// The log did not end where it should have: nothing was written.
    Overtaken,
}

impl Store {
    /// Lands a batch in a transaction of its own.
    ///
    /// # Errors
    /// A violated constraint, or any other error of Postgres; nothing is written then, unless
    /// [`StoreError::reply_lost`].
    pub async fn land(
        &self,
        tenant: TenantId,
        from: i64,
        landing: &Landing,
    ) -> Result<Landed, StoreError> {
        let mut connection = self.pool().acquire().await?;
        land_on(&mut connection, tenant, from, landing).await
    }
}

impl TenantScope {
    /// Lands a batch in this transaction.
    ///
    /// # Errors
    /// As [`Store::land`].
    pub async fn land(&mut self, from: i64, landing: &Landing) -> Result<Landed, StoreError> {
        let tenant = self.tenant();
        land_on(self.connection(), tenant, from, landing).await
    }
}

async fn land_on(
    connection: &mut PgConnection,
    tenant: TenantId,
    from: i64,
    landing: &Landing,
) -> Result<Landed, StoreError> {
    let Some(last) = landing.events.last() else {
        return Ok(Landed::Yes);
    };
    let events = &landing.events;
    let query = sqlx::query_scalar::<_, i32>(
        "SELECT land($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                     $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)",
    )
    .bind(tenant.0)
    .bind(from)
    .bind(&last.hash)
    .bind(last.recorded_at)
    .bind(column(events, |row| row.position))
    .bind(column(events, |row| row.stream_kind.as_str()))
    .bind(column(events, |row| row.stream_id))
    .bind(column(events, |row| row.version))
    .bind(column(events, |row| row.name.as_str()))
    .bind(column(events, |row| row.payload.as_str()))
    .bind(column(events, |row| row.actor.as_str()))
    .bind(column(events, |row| row.command_id))
    .bind(column(events, |row| row.correlation))
    .bind(column(events, |row| row.causation))
    .bind(column(events, |row| row.recorded_at))
    .bind(column::<_, Option<NaiveDate>>(events, |row| row.effective_from))
    .bind(column::<_, Option<NaiveDate>>(events, |row| row.effective_to))
    .bind(column::<_, Option<Timestamp>>(events, |row| row.occurred_at))
    .bind(column(events, |row| row.salt.as_slice()))
    .bind(column(events, |row| row.hash.as_slice()))
    .bind(column(&landing.abouts, |(id, _)| *id))
    .bind(column(&landing.abouts, |(_, position)| *position))
    .bind(column(&landing.commands, |row| row.id))
    .bind(column(&landing.commands, |row| row.digest.as_slice()))
    .bind(column(&landing.commands, |row| row.first_position))
    .bind(column(&landing.commands, |row| row.events))
    .bind(column(&landing.texts, |row| row.id))
    .bind(column(&landing.texts, |row| row.position))
    .bind(column(&landing.texts, |row| row.wrapped.as_deref()))
    .bind(column(&landing.persons, |row| row.id))
    .bind(column(&landing.persons, |row| row.position))
    .bind(column(&landing.persons, |row| row.wrapped.as_deref()))
    .bind(column(&landing.reservations, |row| row.kind.as_str()))
    .bind(column(&landing.reservations, |row| row.value.as_slice()))
    .bind(column(&landing.reservations, |row| row.owner));
    match query.fetch_one(connection).await? {
        0 => Ok(Landed::Overtaken),
        1 => Ok(Landed::Yes),
        moved => Err(StoreError::Damaged(format!(
            "a landing moved {moved} heads"
        ))),
    }
}

fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
