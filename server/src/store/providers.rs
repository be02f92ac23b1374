//! Providers of OpenID Connect: who they are, whom their words about organisations let in, and who is there just now.
//! Global rows, read before anybody is known.

use super::accounts::Hash;
use super::connect::Store;
use super::error::StoreError;
use domain::ids::TenantId;
use domain::time::Timestamp;
use uuid::Uuid;

/// A provider of one region.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Provider {
    /// Its id.
    pub provider_id: Uuid,
    /// The region.
    pub tenant_id: Uuid,
    /// Feide, ID-porten, Entra ID or another.
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// Its address, under which it tells about itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret between us, sealed; none for a public client.
    pub secret: Option<Vec<u8>>,
    /// What we ask to be told, divided by spaces.
    pub scopes: String,
    /// The claim that names where somebody works.
    pub organisation_claim: Option<String>,
    /// The claim that whoever is let in by an organisation must have.
    pub required_claim: Option<String>,
    /// And its value.
    pub required_value: Option<String>,
}

/// Somebody who is at a provider just now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Authorisation {
    /// At which.
    pub provider_id: Uuid,
    /// Nonce and secret of PKCE, sealed.
    pub sealed: Vec<u8>,
    /// The account that gets one more way in.
    pub account_id: Option<Uuid>,
    /// SHA-256 of the token of an invitation that is taken this way.
    pub invitation: Option<Vec<u8>>,
}

/// Whom one value of an organisation claim lets in: where they work, and as what.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mapped {
    /// The claim's value.
    pub value: String,
    /// The organisation.
    pub organisation_id: Uuid,
    /// As what they work there.
    pub role: String,
}

const COLUMNS: &str = "provider_id, tenant_id, kind, label, issuer, client_id, secret, scopes, organisation_claim, \
                       required_claim, required_value";

impl Store {
    /// Keeps a provider; `false` when the region has one of this issuer already.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_provider(&self, new: &Provider, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO providers
                 (provider_id, tenant_id, kind, label, issuer, client_id, secret, scopes, organisation_claim,
                  required_claim, required_value, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (tenant_id, issuer) DO NOTHING",
        )
        .bind(new.provider_id)
        .bind(new.tenant_id)
        .bind(&new.kind)
        .bind(&new.label)
        .bind(&new.issuer)
        .bind(&new.client_id)
        .bind(&new.secret)
        .bind(&new.scopes)
        .bind(&new.organisation_claim)
        .bind(&new.required_claim)
        .bind(&new.required_value)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets a provider of a region; whoever came in by it needs another way.
    ///
    /// # Errors
    /// Of the database.
    pub async fn drop_provider(
        &self,
        tenant: TenantId,
        provider: Uuid,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM providers WHERE tenant_id = $1 AND provider_id = $2")
            .bind(tenant.0)
            .bind(provider)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// One provider.
    ///
    /// # Errors
    /// Of the database.
    pub async fn provider(&self, provider: Uuid) -> Result<Option<Provider>, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM providers WHERE provider_id = $1");
        let found = sqlx::query_as(sqlx::AssertSqlSafe(select))
            .bind(provider)
            .fetch_optional(self.pool())
            .await?;
        Ok(found)
    }

    /// The providers of a region, by label; of all regions each client once.
    ///
    /// # Errors
    /// Of the database.
    pub async fn providers(&self, tenant: Option<TenantId>) -> Result<Vec<Provider>, StoreError> {
        let select = format!(
            "SELECT {COLUMNS} FROM (
                 SELECT DISTINCT ON (issuer, client_id) * FROM providers
                 WHERE $1::uuid IS NULL OR tenant_id = $1
                 ORDER BY issuer, client_id, created_at
             ) AS once ORDER BY label, provider_id"
        );
        let found = sqlx::query_as(sqlx::AssertSqlSafe(select))
            .bind(tenant.map(|tenant| tenant.0))
            .fetch_all(self.pool())
            .await?;
        Ok(found)
    }

    /// Says whom a value of a provider's organisation claim lets in; the last word about a value counts.
    ///
    /// # Errors
    /// Of the database.
    pub async fn map_organisation(&self, provider: Uuid, to: &Mapped) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO provider_organisations (provider_id, value, organisation_id, role) VALUES ($1, $2, $3, $4)
             ON CONFLICT (provider_id, value)
             DO UPDATE SET organisation_id = excluded.organisation_id, role = excluded.role",
        )
        .bind(provider)
        .bind(&to.value)
        .bind(to.organisation_id)
        .bind(&to.role)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Whom a provider's words about organisations let in, by value.
    ///
    /// # Errors
    /// Of the database.
    pub async fn mapped_organisations(&self, provider: Uuid) -> Result<Vec<Mapped>, StoreError> {
        let found = sqlx::query_as(
            "SELECT value, organisation_id, role FROM provider_organisations
             WHERE provider_id = $1 ORDER BY value",
        )
        .bind(provider)
        .fetch_all(self.pool())
        .await?;
        Ok(found)
    }

    /// Remembers that a browser goes to a provider.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_authorisation(
        &self,
        state: Hash,
        browser: Hash,
        one: &Authorisation,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM authorisations WHERE expires_at < $1")
            .bind(now)
            .execute(self.pool())
            .await?;
        sqlx::query(
            "INSERT INTO authorisations
                 (state_hash, provider_id, browser_hash, sealed, account_id, invitation, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(state.as_slice())
        .bind(one.provider_id)
        .bind(browser.as_slice())
        .bind(&one.sealed)
        .bind(one.account_id)
        .bind(&one.invitation)
        .bind(expires_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Uses up what a browser went to a provider with: once, and from that browser only.
    ///
    /// # Errors
    /// Of the database.
    pub async fn use_authorisation(
        &self,
        state: Hash,
        browser: Hash,
        now: Timestamp,
    ) -> Result<Option<Authorisation>, StoreError> {
        let found = sqlx::query_as(
            "DELETE FROM authorisations WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3
             RETURNING provider_id, sealed, account_id, invitation",
        )
        .bind(state.as_slice())
        .bind(browser.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        Ok(found)
    }

    /// The provider a session was begun by, and what it said, sealed.
    ///
    /// # Errors
    /// Of the database.
    pub async fn provider_of_session(
        &self,
        token: Hash,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
        let found = sqlx::query_as(
            "SELECT provider_id, id_token FROM sessions
             WHERE token_hash = $1 AND provider_id IS NOT NULL AND id_token IS NOT NULL",
        )
        .bind(token.as_slice())
        .fetch_optional(self.pool())
        .await?;
        Ok(found)
    }
}
