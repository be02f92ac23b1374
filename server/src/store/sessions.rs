//! Who is signed in, and what was typed into a refused form. Operational rows, never events.

use super::connect::Store;
use super::error::StoreError;
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;
use uuid::Uuid;

impl Store {
    /// Keeps a session until a moment; `token_hash` is the SHA-256 of the cookie's token.
    ///
    /// # Errors
    /// Of the database.
    pub async fn begin_session(
        &self,
        token_hash: [u8; 32],
        tenant: TenantId,
        person: PersonId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (token_hash, tenant_id, person_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(token_hash.as_slice())
        .bind(tenant.0)
        .bind(person.0)
        .bind(now)
        .bind(expires_at)
        .execute(self.pool())
        .await?;
        self.sweep_sessions(now).await
    }

    /// Forgets sessions that are over.
    pub(in crate::store) async fn sweep_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
            .bind(now)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Of the database.
    pub async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(token_hash.as_slice())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Keeps a person's refused form for a day.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_draft(
        &self,
        tenant: TenantId,
        draft: Uuid,
        person: PersonId,
        body: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut scope = self.writing(tenant).await?;
        sqlx::query("DELETE FROM drafts WHERE tenant_id = $1 AND created_at < $2")
            .bind(tenant.0)
            .bind(now - chrono::TimeDelta::days(1))
            .execute(scope.connection())
            .await?;
        sqlx::query(
            "INSERT INTO drafts (tenant_id, draft_id, person, body, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(tenant.0)
        .bind(draft)
        .bind(person.0)
        .bind(body)
        .bind(now)
        .execute(scope.connection())
        .await?;
        scope.commit().await
    }

    /// A person's own draft.
    ///
    /// # Errors
    /// Of the database.
    pub async fn find_draft(
        &self,
        tenant: TenantId,
        draft: Uuid,
        person: PersonId,
    ) -> Result<Option<String>, StoreError> {
        let mut scope = self.reading(tenant).await?;
        let body = sqlx::query_scalar(
            "SELECT body FROM drafts WHERE tenant_id = $1 AND draft_id = $2 AND person = $3",
        )
        .bind(tenant.0)
        .bind(draft)
        .bind(person.0)
        .fetch_optional(scope.connection())
        .await?;
        Ok(body)
    }
}
