//! The outbox: letters on their way out.

use super::connect::Store;
use super::error::StoreError;
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;
use uuid::Uuid;

/// A letter as it lies in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail<'a> {
    /// Its id; also what the mail server knows it by.
    pub id: Uuid,
    /// The region it is of, and whom it is about there.
    pub about: Option<(TenantId, PersonId)>,
    /// What sort of letter it is.
    pub kind: &'a str,
    /// Receiver, subject and text, sealed.
    pub body: &'a [u8],
    /// When it was written.
    pub now: Timestamp,
}

/// A letter that one process has taken to send.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    /// Its id.
    pub mail_id: Uuid,
    /// Receiver, subject and text, sealed.
    pub body: Vec<u8>,
    /// How often it was tried before.
    pub tries: i32,
}

/// What the operator sees of a letter: never what is in it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MailRow {
    /// Its id.
    pub mail_id: Uuid,
    /// What sort of letter it is.
    pub kind: String,
    /// `waiting`, `sent` or `parked`.
    pub state: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// What the mail server said last.
    pub problem: Option<String>,
}

impl Store {
    /// Puts a letter into the outbox.
    ///
    /// # Errors
    /// Of the database.
    pub async fn post_mail(&self, new: NewMail<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mails (mail_id, tenant_id, person_id, kind, body, state, due_at, created_at)
             VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(new.id)
        .bind(new.about.map(|(tenant, _)| tenant.0))
        .bind(new.about.map(|(_, person)| person.0))
        .bind(new.kind)
        .bind(new.body)
        .bind(new.now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Takes letters that are due, the oldest first; no other process gets them before `until`.
    ///
    /// # Errors
    /// Of the database.
    pub async fn take_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut taken: Vec<Taken> = sqlx::query_as(
            "UPDATE mails SET due_at = $2, tries = tries + 1
             WHERE mail_id IN (
                 SELECT mail_id FROM mails WHERE state = 'waiting' AND due_at <= $1
                 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
             )
             RETURNING mail_id, body, tries - 1 AS tries",
        )
        .bind(now)
        .bind(until)
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        taken.sort_by_key(|mail| mail.mail_id);
        Ok(taken)
    }

    /// The mail server has taken a letter: what was in it is forgotten.
    ///
    /// # Errors
    /// Of the database.
    pub async fn mail_sent(&self, mail: Uuid, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mails SET state = 'sent', body = NULL, problem = NULL, ended_at = $2 WHERE mail_id = $1",
        )
        .bind(mail)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The mail server has not taken a letter: it is tried again then, or, without a moment, parked.
    ///
    /// # Errors
    /// Of the database.
    pub async fn mail_failed(
        &self,
        mail: Uuid,
        problem: &str,
        again: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mails SET problem = left($2, 500), due_at = coalesce($3, due_at),
                 state = CASE WHEN $3::timestamptz IS NULL THEN 'parked' ELSE 'waiting' END,
                 ended_at = CASE WHEN $3::timestamptz IS NULL THEN $4::timestamptz END
             WHERE mail_id = $1 AND state = 'waiting'",
        )
        .bind(mail)
        .bind(problem)
        .bind(again)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Letters that wait or are parked, and how many were sent.
    ///
    /// # Errors
    /// Of the database.
    pub async fn outbox(&self) -> Result<(Vec<MailRow>, i64), StoreError> {
        let rows = sqlx::query_as(
            "SELECT mail_id, kind, state, tries, created_at, due_at, problem
             FROM mails WHERE state <> 'sent' ORDER BY created_at LIMIT 200",
        )
        .fetch_all(self.pool())
        .await?;
        let sent = sqlx::query_scalar("SELECT count(*) FROM mails WHERE state = 'sent'")
            .fetch_one(self.pool())
            .await?;
        Ok((rows, sent))
    }

    /// Lets a parked letter, or all, be tried again; how many.
    ///
    /// # Errors
    /// Of the database.
    pub async fn retry_mails(&self, only: Option<Uuid>, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE mails SET state = 'waiting', due_at = $2, tries = 0, ended_at = NULL
             WHERE state = 'parked' AND ($1::uuid IS NULL OR mail_id = $1)",
        )
        .bind(only)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected())
    }

    /// Forgets letters that were sent, or parked, before a moment.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sweep_mails(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mails WHERE state <> 'waiting' AND ended_at < $1")
            .bind(before)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
