//! What was erased: keys that are destroyed, what goes with them, and the list of it.

use super::error::StoreError;
use super::keys::Sort;
use super::read::events;
use super::row::{EventRow, actor_text, position, stored};
use super::scope::TenantScope;
use domain::actor::Actor;
use domain::event::Event;
use domain::ids::PersonId;
use domain::person::PersonEvent;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use domain::withdrawal::TextEvent;
use uuid::Uuid;

/// Stored names of events that erase, of all versions.
const NAMES: [&str; 2] = ["person.erased.v1", "text.withdrawn.v1"];

/// A key that is to be destroyed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whether of a person or a text.
    pub sort: Sort,
    /// Of which.
    pub id: Uuid,
    /// The event that says so.
    pub position: Position,
}

impl Erasure {
    /// What an event erases.
    #[must_use]
    pub fn of(recorded: &Recorded) -> Option<Self> {
        let (sort, id) = match &recorded.event {
            Event::Person(PersonEvent::Erased { person }) => (Sort::Person, person.0),
            Event::Text(TextEvent::Withdrawn { text, .. }) => (Sort::Text, text.0),
            _ => return None,
        };
        Some(Self {
            sort,
            id,
            position: recorded.position,
        })
    }
}

impl Sort {
    /// Its name in the list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Person => "person",
        }
    }

    /// The sort of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::Text, Self::Person]
            .into_iter()
            .find(|sort| sort.name() == name)
    }
}

type ErasedRow = (String, Uuid, i64, Timestamp);
type SessionRow = (Timestamp, Timestamp);

impl TenantScope {
    /// Destroys keys; lets forgotten persons come into this region no more, by session, account, invitation or token;
    /// deletes their letters, addresses and what they typed; and lists it all.
    /// Again, it changes nothing. Answers how many keys were still there.
    ///
    /// # Errors
    /// Of the database.
    pub async fn erase(&mut self, erasures: &[Erasure], now: Timestamp) -> Result<u64, StoreError> {
        let ids = |sort| -> Vec<Uuid> {
            let of_sort = erasures.iter().filter(|one| one.sort == sort);
            of_sort.map(|one| one.id).collect()
        };
        let (texts, persons) = (ids(Sort::Text), ids(Sort::Person));
        let mut alive = 0;
        if !texts.is_empty() {
            let statement = "UPDATE keys.text_keys SET wrapped = NULL
                 WHERE tenant_id = $1 AND text_id = ANY($2) AND wrapped IS NOT NULL";
            alive += self.done(statement, &texts).await?;
            // What is in a file lies sealed under the key of its name.
            let statement = "DELETE FROM files WHERE tenant_id = $1 AND text_id = ANY($2)";
            self.done(statement, &texts).await?;
        }
        if !persons.is_empty() {
            let statement = "UPDATE keys.person_keys SET wrapped = NULL
                 WHERE tenant_id = $1 AND person_id = ANY($2) AND wrapped IS NOT NULL";
            alive += self.done(statement, &persons).await?;
            // The account stays where it is somebody in another region too, and so do its sessions there.
            for statement in [
                "DELETE FROM accounts AS a
                     WHERE account_id IN (
                         SELECT m.account_id FROM memberships AS m WHERE m.tenant_id = $1 AND m.person_id = ANY($2)
                     )
                     AND NOT EXISTS (
                         SELECT FROM memberships AS m
                         WHERE m.account_id = a.account_id AND (m.tenant_id <> $1 OR m.person_id <> ALL($2))
                     )",
                "DELETE FROM memberships WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM links WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM mails WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM contacts WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM access_tokens WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM sessions WHERE tenant_id = $1 AND person_id = ANY($2)",
                "DELETE FROM drafts WHERE tenant_id = $1 AND person = ANY($2)",
            ] {
                self.done(statement, &persons).await?;
            }
        }
        let (sorts, all): (Vec<&str>, Vec<Uuid>) =
            erasures.iter().map(|one| (one.sort.name(), one.id)).unzip();
        let positions: Vec<i64> = erasures.iter().map(|one| stored(one.position)).collect();
        sqlx::query(
            "INSERT INTO keys.erased (tenant_id, sort, id, position, erased_at)
             SELECT $1, e.sort, e.id, e.position, $5
             FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS e (sort, id, position)
             ON CONFLICT DO NOTHING",
        )
        .bind(self.tenant().0)
        .bind(sorts)
        .bind(all)
        .bind(positions)
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(alive)
    }

    /// Destroys the keys that the log says are erased. Answers how many were still there.
    ///
    /// # Errors
    /// Of the database, or when such an event cannot be read.
    pub async fn erase_what_the_log_says(&mut self) -> Result<u64, StoreError> {
        let mut alive = 0;
        for row in self.rows_that_erase().await? {
            let erasure = Erasure::of(&row.recorded()?);
            let erasures: Vec<Erasure> = erasure.into_iter().collect();
            alive += self.erase(&erasures, row.recorded_at).await?;
        }
        Ok(alive)
    }

    async fn done(&mut self, statement: &'static str, ids: &[Uuid]) -> Result<u64, StoreError> {
        let done = sqlx::query(statement)
            .bind(self.tenant().0)
            .bind(ids)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }

    /// What was erased and when, as listed, in order of the events that say so.
    ///
    /// # Errors
    /// Of the database.
    pub async fn erased(&mut self) -> Result<Vec<(Erasure, Timestamp)>, StoreError> {
        let rows: Vec<ErasedRow> = sqlx::query_as(
            "SELECT sort, id, position, erased_at FROM keys.erased WHERE tenant_id = $1 ORDER BY position, sort, id",
        )
        .bind(self.tenant().0)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|(sort, id, at, erased_at)| {
                let sort = Sort::find(&sort)
                    .ok_or_else(|| StoreError::Damaged(format!("nothing of sort {sort}")))?;
                let position = position(at);
                let erasure = Erasure { sort, id, position };
                Ok((erasure, erased_at))
            })
            .collect()
    }

    /// The events that erase something, in order. Reads the whole log, but for what it says.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_that_erase(&mut self) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(events!(
            "FROM events AS e WHERE e.tenant_id = $1 AND e.name = ANY($2) ORDER BY e.position"
        ))
        .bind(self.tenant().0)
        .bind(NAMES.as_slice())
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// All events that an actor brought, in order. Reads the whole log.
    ///
    /// # Errors
    /// Of the database.
    pub async fn rows_by(&mut self, actor: Actor) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query_as(events!(
            "FROM events AS e WHERE e.tenant_id = $1 AND e.actor = $2 ORDER BY e.position"
        ))
        .bind(self.tenant().0)
        .bind(actor_text(actor))
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// When a person's sessions in this region began and end.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sessions_of(&mut self, person: PersonId) -> Result<Vec<SessionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT created_at, expires_at FROM sessions
             WHERE (tenant_id = $1 AND person_id = $2) OR account_id = (
                 SELECT account_id FROM memberships WHERE tenant_id = $1 AND person_id = $2
             )
             ORDER BY created_at",
        )
        .bind(self.tenant().0)
        .bind(person.0)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }

    /// What a person typed into forms that were refused, with when.
    ///
    /// # Errors
    /// Of the database.
    pub async fn drafts_of(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT created_at, body FROM drafts WHERE tenant_id = $1 AND person = $2 ORDER BY created_at",
        )
        .bind(self.tenant().0)
        .bind(person.0)
        .fetch_all(self.connection())
        .await?;
        Ok(rows)
    }
}
