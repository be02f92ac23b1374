//! Tokens of other programs. Operational rows, never events; read before the region is known.

use super::connect::Store;
use super::error::StoreError;
use chrono::TimeDelta;
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;
use uuid::Uuid;

/// How long a token that has expired is still listed.
const LISTED: TimeDelta = TimeDelta::days(30);
/// How exactly it is known when a token was last used.
const USED: TimeDelta = TimeDelta::minutes(1);

/// A token as it is kept: without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// In which region.
    pub tenant: TenantId,
    /// Whom it stands for.
    pub person: PersonId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From when on it lets nobody in.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    token_hash: Vec<u8>,
    tenant_id: Uuid,
    person_id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Timestamp,
}

impl Row {
    fn read(self) -> Result<AccessToken, StoreError> {
        Ok(AccessToken {
            hash: super::read::hash_of(&self.token_hash)?,
            tenant: TenantId(self.tenant_id),
            person: PersonId(self.person_id),
            name: self.name,
            scopes: self.scopes,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
        })
    }
}

impl Store {
    /// Keeps a token.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_token(&self, token: &AccessToken) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM access_tokens WHERE expires_at < $1")
            .bind(token.created_at - LISTED)
            .execute(self.pool())
            .await?;
        sqlx::query(
            "INSERT INTO access_tokens (token_hash, tenant_id, person_id, name, scopes, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(token.hash.as_slice())
        .bind(token.tenant.0)
        .bind(token.person.0)
        .bind(&token.name)
        .bind(&token.scopes)
        .bind(token.created_at)
        .bind(token.expires_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The token with this hash, if it has not expired; it counts as used.
    ///
    /// # Errors
    /// Of the database.
    pub async fn use_token(
        &self,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<AccessToken>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT token_hash, tenant_id, person_id, name, scopes, created_at, last_used_at, expires_at
             FROM access_tokens WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(hash.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        let Some(token) = row.map(Row::read).transpose()? else {
            return Ok(None);
        };
        if token.last_used_at.is_none_or(|used| used + USED <= now) {
            sqlx::query("UPDATE access_tokens SET last_used_at = $2 WHERE token_hash = $1")
                .bind(hash.as_slice())
                .bind(now)
                .execute(self.pool())
                .await?;
        }
        Ok(Some(token))
    }

    /// A region's tokens, oldest first.
    ///
    /// # Errors
    /// Of the database.
    pub async fn tokens(&self, tenant: TenantId) -> Result<Vec<AccessToken>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT token_hash, tenant_id, person_id, name, scopes, created_at, last_used_at, expires_at
             FROM access_tokens WHERE tenant_id = $1 ORDER BY created_at, token_hash",
        )
        .bind(tenant.0)
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Forgets a region's token. False: there was none.
    ///
    /// # Errors
    /// Of the database.
    pub async fn forget_token(&self, tenant: TenantId, hash: [u8; 32]) -> Result<bool, StoreError> {
        let gone =
            sqlx::query("DELETE FROM access_tokens WHERE tenant_id = $1 AND token_hash = $2")
                .bind(tenant.0)
                .bind(hash.as_slice())
                .execute(self.pool())
                .await?;
        Ok(gone.rows_affected() == 1)
    }
}
