//! Passkeys of accounts, and the challenges that they sign once. Global rows, read before the region is known.

use super::accounts::Hash;
use super::connect::Store;
use super::error::StoreError;
use domain::time::Timestamp;
use uuid::Uuid;

/// Passkeys that one account has at most.
pub const PASSKEYS_MAX: i64 = 20;

/// What a passkey is to sign.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Challenge {
    /// Who adds a passkey; nobody where somebody signs in.
    pub account_id: Option<Uuid>,
    /// What the answer is checked by.
    pub state: Vec<u8>,
}

/// A passkey, as it is checked.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Passkey {
    /// Its id.
    pub passkey_id: Uuid,
    /// Whose.
    pub account_id: Uuid,
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// Its public key.
    pub public_key: Vec<u8>,
    /// What changes with each use.
    pub state: Vec<u8>,
}

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PasskeyRow {
    /// Its id.
    pub passkey_id: Uuid,
    /// What the browser that made it calls itself.
    pub agent: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it signed in last.
    pub used_at: Option<Timestamp>,
}

impl Store {
    /// Keeps a challenge for one browser until it ends. Late ones are swept.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_challenge(
        &self,
        challenge: Hash,
        kept: &Challenge,
        browser: Hash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH swept AS (DELETE FROM passkey_challenges WHERE expires_at < $5)
             INSERT INTO passkey_challenges (challenge_hash, account_id, browser_hash, state, expires_at)
             VALUES ($1, $2, $3, $4, $6)",
        )
        .bind(challenge.as_slice())
        .bind(kept.account_id)
        .bind(browser.as_slice())
        .bind(&kept.state)
        .bind(now)
        .bind(expires_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Uses a challenge up: only one caller gets it, and only from the browser and for the account that it was made for.
    ///
    /// # Errors
    /// Of the database.
    pub async fn use_challenge(
        &self,
        challenge: Hash,
        account: Option<Uuid>,
        browser: Hash,
        now: Timestamp,
    ) -> Result<Option<Challenge>, StoreError> {
        let used = sqlx::query_as(
            "DELETE FROM passkey_challenges
             WHERE challenge_hash = $1 AND account_id IS NOT DISTINCT FROM $2 AND browser_hash = $3 AND expires_at > $4
             RETURNING account_id, state",
        )
        .bind(challenge.as_slice())
        .bind(account)
        .bind(browser.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        Ok(used)
    }

    /// Keeps a passkey; `false` where it is known already, or the account has as many as it may have.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_passkey(
        &self,
        passkey: &Passkey,
        agent: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO passkeys (passkey_id, account_id, credential, public_key, state, agent, created_at)
             SELECT $1, $2, $3, $4, $5, $6, $7
             WHERE (SELECT count(*) FROM passkeys WHERE account_id = $2) < $8
             ON CONFLICT DO NOTHING",
        )
        .bind(passkey.passkey_id)
        .bind(passkey.account_id)
        .bind(&passkey.credential)
        .bind(&passkey.public_key)
        .bind(&passkey.state)
        .bind(agent)
        .bind(now)
        .bind(PASSKEYS_MAX)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The passkey that an authenticator calls so.
    ///
    /// # Errors
    /// Of the database.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
        let passkey = sqlx::query_as(
            "SELECT passkey_id, account_id, credential, public_key, state FROM passkeys WHERE credential = $1",
        )
        .bind(credential)
        .fetch_optional(self.pool())
        .await?;
        Ok(passkey)
    }

    /// Remembers that a passkey signed in; `false` where it did so elsewhere meanwhile, or is removed.
    ///
    /// # Errors
    /// Of the database.
    pub async fn passkey_used(
        &self,
        passkey: &Passkey,
        state: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE passkeys SET state = $3, used_at = $4 WHERE passkey_id = $1 AND state = $2",
        )
        .bind(passkey.passkey_id)
        .bind(&passkey.state)
        .bind(state)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// An account's passkeys, the newest first.
    ///
    /// # Errors
    /// Of the database.
    pub async fn passkeys_of(&self, account: Uuid) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT passkey_id, agent, created_at, used_at FROM passkeys
             WHERE account_id = $1 ORDER BY created_at DESC, passkey_id",
        )
        .bind(account)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// What authenticators call an account's passkeys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn credentials_of(&self, account: Uuid) -> Result<Vec<Vec<u8>>, StoreError> {
        let credentials =
            sqlx::query_scalar("SELECT credential FROM passkeys WHERE account_id = $1")
                .bind(account)
                .fetch_all(self.pool())
                .await?;
        Ok(credentials)
    }

    /// Removes one of an account's passkeys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn remove_passkey(&self, account: Uuid, passkey: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM passkeys WHERE account_id = $1 AND passkey_id = $2")
            .bind(account)
            .bind(passkey)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
