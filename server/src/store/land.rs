//! The landing: one call, everything or nothing, on condition of where the log ends.

use super::chain::Hash;
use super::connect::Store;
use super::error::StoreError;
use super::row::EventRow;
use super::scope::TenantScope;
use domain::ids::TenantId;
use sqlx::postgres::PgArguments;
use sqlx::{PgConnection, Postgres, Row};
use std::sync::Arc;
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

/// A batch of one region on its way.
#[derive(Debug)]
pub struct Parcel {
    /// Which region's.
    pub tenant: TenantId,
    /// Where the log must end for it to land.
    pub from: i64,
    /// What lands.
    pub landing: Arc<Landing>,
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

    /// A connection for landings alone: they wait for no reader, and it need not be tried out before each.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn line(&self) -> Result<Line, StoreError> {
        let mut connection = self.pool().acquire().await?.detach();
        // Whoever holds a head's lock longer than a landing takes is in no hurry; others behind us may be.
        sqlx::query("SET lock_timeout = '50ms'")
            .execute(&mut connection)
            .await?;
        Ok(Line(connection))
    }
}

/// A connection that only lands. After an error it is not to be used again.
#[derive(Debug)]
pub struct Line(PgConnection);

impl Line {
    /// Lands batches of several regions in one call and one flush. What becomes of one is nothing to the others.
    ///
    /// # Errors
    /// When the call as a whole failed: nothing of any is written then, unless [`StoreError::reply_lost`].
    pub async fn land(
        &mut self,
        parcels: &[Parcel],
    ) -> Result<Vec<Result<Landed, StoreError>>, StoreError> {
        match parcels {
            [] => Ok(Vec::new()),
            [one] => {
                let landed = land_on(&mut self.0, one.tenant, one.from, &one.landing).await?;
                Ok(vec![Ok(landed)])
            }
            several => land_each(&mut self.0, several).await,
        }
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
    let query = sqlx::query(
        "SELECT land($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                     $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)",
    )
    .bind(tenant.0)
    .bind(from)
    .bind(&last.hash)
    .bind(last.recorded_at);
    let row = bind_rows(query, &[landing]).fetch_one(connection).await?;
    moved(row.try_get(0)?)
}

async fn land_each(
    connection: &mut PgConnection,
    parcels: &[Parcel],
) -> Result<Vec<Result<Landed, StoreError>>, StoreError> {
    let landings: Vec<&Landing> = parcels
        .iter()
        .map(|parcel| parcel.landing.as_ref())
        .collect();
    let lengths = |of: fn(&Landing) -> usize| -> Vec<i32> {
        let length = |landing: &&Landing| i32::try_from(of(landing)).unwrap_or(i32::MAX);
        landings.iter().map(length).collect()
    };
    let lasts: Vec<&EventRow> = landings
        .iter()
        .filter_map(|landing| landing.events.last())
        .collect();
    if lasts.len() != parcels.len() {
        return Err(StoreError::Damaged("a batch without events".to_owned()));
    }
    let query = sqlx::query(
        "SELECT moved, code, violated, message
         FROM land_each($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
                        $39, $40, $41)",
    )
    .bind(column(parcels, |parcel| parcel.tenant.0))
    .bind(column(parcels, |parcel| parcel.from))
    .bind(column(&lasts, |last| last.hash.as_slice()))
    .bind(column(&lasts, |last| last.recorded_at))
    .bind(lengths(|landing| landing.events.len()))
    .bind(lengths(|landing| landing.abouts.len()))
    .bind(lengths(|landing| landing.commands.len()))
    .bind(lengths(|landing| landing.texts.len()))
    .bind(lengths(|landing| landing.persons.len()))
    .bind(lengths(|landing| landing.reservations.len()));
    let rows = bind_rows(query, &landings).fetch_all(connection).await?;
    if rows.len() != parcels.len() {
        let found = format!("{} answers to {} batches", rows.len(), parcels.len());
        return Err(StoreError::Damaged(found));
    }
    Ok(rows
        .iter()
        .map(|row| match row.try_get("code")? {
            None => moved(row.try_get("moved")?),
            Some(code) => Err(StoreError::Undone {
                code,
                constraint: row.try_get("violated")?,
                message: row.try_get("message")?,
            }),
        })
        .collect())
}

fn moved(heads: i32) -> Result<Landed, StoreError> {
    match heads {
        0 => Ok(Landed::Overtaken),
        1 => Ok(Landed::Yes),
        more => Err(StoreError::Damaged(format!("a landing moved {more} heads"))),
    }
}

type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// The rows of all landings, one behind the other, a column an array.
fn bind_rows<'q>(query: Query<'q>, landings: &[&Landing]) -> Query<'q> {
    macro_rules! columns {
        ($query:ident, $($rows:ident { $($row:pat => $value:expr),+ $(,)? })+) => {
            $query$($(.bind(
                landings.iter().flat_map(|landing| &landing.$rows).map(|$row| $value).collect::<Vec<_>>()
            ))+)+
        };
    }
    columns!(query,
        events {
            row => row.position,
            row => row.stream_kind.as_str(),
            row => row.stream_id,
            row => row.version,
            row => row.name.as_str(),
            row => row.payload.as_str(),
            row => row.actor.as_str(),
            row => row.command_id,
            row => row.correlation,
            row => row.causation,
            row => row.recorded_at,
            row => row.effective_from,
            row => row.effective_to,
            row => row.occurred_at,
            row => row.salt.as_slice(),
            row => row.hash.as_slice(),
        }
        abouts {
            (id, _) => *id,
            (_, position) => *position,
        }
        commands {
            row => row.id,
            row => row.digest.as_slice(),
            row => row.first_position,
            row => row.events,
        }
        texts {
            row => row.id,
            row => row.position,
            row => row.wrapped.as_deref(),
        }
        persons {
            row => row.id,
            row => row.position,
            row => row.wrapped.as_deref(),
        }
        reservations {
            row => row.kind.as_str(),
            row => row.value.as_slice(),
            row => row.owner,
        }
    )
}

fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
