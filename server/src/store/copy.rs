//! Reading long stretches of the log, by binary `COPY`: several times faster than as rows, and nothing is kept.

use super::chain::{Envelope, Hash, Hashed};
use super::error::StoreError;
use super::scope::TenantScope;
use chrono::{Days, NaiveDate};
use domain::ids::TenantId;
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use uuid::Uuid;

/// An event as it came, borrowed from the bytes of its row.
#[derive(Clone, Copy, Debug)]
pub struct Copied<'a> {
    /// What is hashed.
    pub event: Hashed<'a>,
    /// The chain up to and with this event.
    pub hash: &'a [u8],
    /// For the first event of a command, where it was asked for: the keyed hash of what the command said.
    pub digest: Option<&'a [u8]>,
}

/// Which digests of commands come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digests {
    /// None.
    Without,
    /// Beside the first event of each command.
    With,
}

impl TenantScope {
    /// Hands on the events after a position and up to another, in order.
    ///
    /// # Errors
    /// Of the database; what `take` answers.
    pub async fn copy_events(
        &mut self,
        after: i64,
        up_to: i64,
        digests: Digests,
        mut take: impl FnMut(Copied<'_>) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let statement = events_statement(self.tenant(), after, up_to, digests);
        copy_out(self.connection(), &statement, |row| take(event(row)?)).await
    }

    /// The same as bytes, to be read with [`events_in`]: for measuring without Postgres.
    ///
    /// # Errors
    /// Of the database.
    pub async fn copy_bytes(&mut self, after: i64, up_to: i64) -> Result<Vec<u8>, StoreError> {
        let statement = events_statement(self.tenant(), after, up_to, Digests::Without);
        let mut bytes = Vec::new();
        let mut stream = self.connection().copy_out_raw(&statement).await?;
        while let Some(message) = stream.try_next().await? {
            bytes.extend_from_slice(&message);
        }
        Ok(bytes)
    }

    /// Hands on which id is in the table as what each event is about, with the event's position, in no order.
    ///
    /// # Errors
    /// Of the database; what `take` answers.
    pub async fn copy_abouts(
        &mut self,
        after: i64,
        up_to: i64,
        mut take: impl FnMut(Uuid, i64) + Send,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let statement = format!(
            "COPY (
                 SELECT a.id, a.position
                 FROM abouts AS a
                 WHERE a.tenant_id = '{tenant}' AND a.position > {after} AND a.position <= {up_to}
             ) TO STDOUT (FORMAT binary)"
        );
        copy_out(self.connection(), &statement, |mut row| {
            let id = row.uuid()?;
            take(id, row.int8()?);
            Ok(())
        })
        .await
    }

    /// Where the events about an id lie, after a position and up to another.
    ///
    /// # Errors
    /// Of the database.
    pub async fn positions_about(
        &mut self,
        id: Uuid,
        after: i64,
        up_to: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        let positions = sqlx::query_scalar(
            "SELECT a.position
             FROM abouts AS a
             WHERE a.tenant_id = $1 AND a.id = $2 AND a.position > $3 AND a.position <= $4",
        )
        .bind(tenant)
        .bind(id)
        .bind(after)
        .bind(up_to)
        .fetch_all(self.connection())
        .await?;
        Ok(positions)
    }

    /// The highest position there is a row for, whatever the head says.
    ///
    /// # Errors
    /// Of the database.
    pub async fn last_row(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let last: Option<i64> =
            sqlx::query_scalar("SELECT max(e.position) FROM events AS e WHERE e.tenant_id = $1")
                .bind(tenant)
                .fetch_one(self.connection())
                .await?;
        Ok(last.unwrap_or(0))
    }

    /// The chain up to and with a position.
    ///
    /// # Errors
    /// Of the database; [`StoreError::Damaged`] when no event lies there.
    pub async fn hash_at(&mut self, position: i64) -> Result<Hash, StoreError> {
        let tenant = self.tenant().0;
        let hash: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT e.hash FROM events AS e WHERE e.tenant_id = $1 AND e.position = $2",
        )
        .bind(tenant)
        .bind(position)
        .fetch_optional(self.connection())
        .await?;
        match hash {
            Some(hash) => super::read::hash_of(&hash),
            None => Err(StoreError::Damaged(format!(
                "nothing lies at position {position}"
            ))),
        }
    }
}

/// Hands on the events in what [`TenantScope::copy_bytes`] read.
///
/// # Errors
/// [`StoreError::Damaged`] when it is something else; what `take` answers.
pub fn events_in(
    mut bytes: &[u8],
    mut take: impl FnMut(Copied<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut begun = false;
    rows(&mut bytes, &mut begun, &mut |row| take(event(row)?))
}

/// `COPY` takes no parameters: ids and positions are digits and dashes, so nothing can slip in.
fn events_statement(tenant: TenantId, after: i64, up_to: i64, digests: Digests) -> String {
    let digest = match digests {
        Digests::Without => "NULL::bytea".to_owned(),
        // Looked up one by one: as a join it was planned to read all commands for every stretch of a new log.
        Digests::With => format!(
            "(
                 SELECT c.digest
                 FROM commands AS c
                 WHERE c.tenant_id = '{tenant}' AND c.command_id = e.command_id AND c.first_position = e.position
             )"
        ),
    };
    format!(
        "COPY (
             SELECT e.position, e.stream_kind, e.stream_id, e.version, e.name, e.payload, e.actor, e.command_id,
                    e.correlation, e.causation, e.recorded_at, e.effective_from, e.effective_to, e.occurred_at,
                    e.salt, e.hash, {digest}
             FROM events AS e
             WHERE e.tenant_id = '{tenant}' AND e.position > {after} AND e.position <= {up_to}
             ORDER BY e.position
         ) TO STDOUT (FORMAT binary)"
    )
}

/// Runs a `COPY … TO STDOUT (FORMAT binary)` and hands on each row. Keeps no more than one message and a torn row.
async fn copy_out(
    connection: &mut PgConnection,
    statement: &str,
    mut take: impl FnMut(Fields<'_>) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let mut stream = connection.copy_out_raw(statement).await?;
    let (mut torn, mut begun) = (Vec::new(), false);
    while let Some(message) = stream.try_next().await? {
        if torn.is_empty() {
            let mut bytes = message.as_ref();
            rows(&mut bytes, &mut begun, &mut take)?;
            torn.extend_from_slice(bytes);
        } else {
            torn.extend_from_slice(&message);
            let mut bytes = torn.as_slice();
            rows(&mut bytes, &mut begun, &mut take)?;
            torn = bytes.to_vec();
        }
    }
    if torn.is_empty() {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// Before the first row: a signature of 11 bytes, flags, and the length of an extension, which is empty.
const HEADER: usize = 19;

/// Takes whole rows off the front; leaves a torn one, and nothing after the end.
fn rows(
    bytes: &mut &[u8],
    begun: &mut bool,
    take: &mut impl FnMut(Fields<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if !*begun {
        let Some(rest) = bytes.get(HEADER..) else {
            return Ok(());
        };
        (*bytes, *begun) = (rest, true);
    }
    loop {
        let mut ahead = Fields(bytes);
        let Some(n_fields) = ahead.number::<2>().map(i16::from_be_bytes) else {
            return Ok(());
        };
        if n_fields < 0 {
            *bytes = &[];
            return Ok(());
        }
        let fields = ahead.0;
        for _ in 0..n_fields {
            let Some(length) = ahead.number::<4>().map(i32::from_be_bytes) else {
                return Ok(());
            };
            let Some(rest) = ahead.0.get(usize::try_from(length).unwrap_or(0)..) else {
                return Ok(());
            };
            ahead.0 = rest;
        }
        take(Fields(fields))?;
        *bytes = ahead.0;
    }
}

/// The fields of one row, read in order: each its length, −1 for null, and its bytes.
struct Fields<'a>(&'a [u8]);

/// Days from the first of the year 1 to 2000-01-01, where Postgres counts from.
const POSTGRES_EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("is a day");
/// Microseconds from 1970 to there.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl<'a> Fields<'a> {
    fn number<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*number)
    }

    fn maybe(&mut self) -> Result<Option<&'a [u8]>, StoreError> {
        let length = i32::from_be_bytes(self.number().ok_or_else(damaged)?);
        let Ok(length) = usize::try_from(length) else {
            return Ok(None);
        };
        let (field, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(Some(field))
    }

    fn bytes(&mut self) -> Result<&'a [u8], StoreError> {
        self.maybe()?.ok_or_else(damaged)
    }

    fn text(&mut self) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.bytes()?).ok().ok_or_else(damaged)
    }

    fn uuid(&mut self) -> Result<Uuid, StoreError> {
        Uuid::from_slice(self.bytes()?).ok().ok_or_else(damaged)
    }

    fn maybe_int8(&mut self) -> Result<Option<i64>, StoreError> {
        let field = self.maybe()?.map(<[u8; 8]>::try_from).transpose();
        Ok(field.ok().ok_or_else(damaged)?.map(i64::from_be_bytes))
    }

    fn int8(&mut self) -> Result<i64, StoreError> {
        self.maybe_int8()?.ok_or_else(damaged)
    }

    fn maybe_int4(&mut self) -> Result<Option<i32>, StoreError> {
        let field = self.maybe()?.map(<[u8; 4]>::try_from).transpose();
        Ok(field.ok().ok_or_else(damaged)?.map(i32::from_be_bytes))
    }

    fn int4(&mut self) -> Result<i32, StoreError> {
        self.maybe_int4()?.ok_or_else(damaged)
    }

    fn maybe_moment(&mut self) -> Result<Option<i64>, StoreError> {
        let moment = self.maybe_int8()?;
        let since_1970 = |moment: i64| moment.checked_add(POSTGRES_EPOCH_MICROS);
        moment
            .map(|moment| since_1970(moment).ok_or_else(damaged))
            .transpose()
    }

    fn maybe_day(&mut self) -> Result<Option<NaiveDate>, StoreError> {
        let Some(days) = self.maybe_int4()? else {
            return Ok(None);
        };
        let distance = Days::new(u64::from(days.unsigned_abs()));
        let day = if days < 0 {
            POSTGRES_EPOCH.checked_sub_days(distance)
        } else {
            POSTGRES_EPOCH.checked_add_days(distance)
        };
        Ok(Some(day.ok_or_else(damaged)?))
    }
}

fn event(mut row: Fields<'_>) -> Result<Copied<'_>, StoreError> {
    let position = row.int8()?;
    rest_of_event(position, row).ok().ok_or_else(|| {
        let why = format!("the row at position {position} is not as the log's rows are");
        StoreError::Damaged(why)
    })
}

fn rest_of_event(position: i64, mut row: Fields<'_>) -> Result<Copied<'_>, StoreError> {
    let (stream_kind, stream_id, version) = (row.text()?, row.uuid()?, row.int4()?);
    let (name, payload, actor) = (row.text()?, row.text()?, row.text()?);
    let envelope = Envelope {
        stream_kind,
        stream_id,
        version,
        name,
        actor,
        command_id: row.uuid()?,
        correlation: row.uuid()?,
        causation: row.maybe_int8()?,
        recorded_at: row.maybe_moment()?.ok_or_else(damaged)?,
        effective_from: row.maybe_day()?,
        effective_to: row.maybe_day()?,
        occurred_at: row.maybe_moment()?,
    };
    let event = Hashed {
        position,
        envelope,
        salt: row.bytes()?,
        payload,
    };
    Ok(Copied {
        event,
        hash: row.bytes()?,
        digest: row.maybe()?,
    })
}

fn damaged() -> StoreError {
    StoreError::Damaged("a row is not as the log's rows are".to_owned())
}
