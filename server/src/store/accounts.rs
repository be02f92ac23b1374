//! Accounts: who can sign in, how, and which person of which region that is. Global rows, read before the region is
//! known; they hold no names and no addresses.

use super::connect::Store;
use super::error::StoreError;
use super::scope::TenantScope;
use super::tenants::Tenant;
use crate::chance::Chance;
use crate::crypto::Key;
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;
use uuid::Uuid;

/// The place of the installation's key.
const INSTALLATION: &[u8] = b"installation";

/// What a region's, an address's or a provider's word for an account is kept as.
pub type Hash = [u8; 32];

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in by e-mail.
    SignIn,
    /// Becoming a person of a region.
    Invitation,
}

impl Purpose {
    const fn stored(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Invitation => "invitation",
        }
    }
}

/// A link that works once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What for.
    pub purpose: Purpose,
    /// Keyed hash of the address that it was sent to.
    pub subject: Option<Hash>,
    /// The person that it makes the account.
    pub person: Option<(TenantId, PersonId)>,
    /// The only browser that may use it.
    pub browser: Option<Hash>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// How a session was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By a link in an e-mail.
    Mail,
    /// By taking an invitation.
    Invitation,
    /// By a passkey.
    Passkey,
    /// By a provider.
    Provider,
}

impl How {
    /// As the database and addresses call it.
    #[must_use]
    pub const fn stored(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Invitation => "invitation",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }
}

/// One of an account's sessions, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Its public id.
    pub session_id: Uuid,
    /// How it was begun.
    pub how: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was used last, to the quarter of an hour.
    pub seen_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One way in of an account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Identity {
    /// Whose word it is: a provider's address, or `mailto`.
    pub issuer: String,
    /// Keyed hash of what the issuer calls the account.
    pub subject: Vec<u8>,
    /// When it was used last.
    pub used_at: Timestamp,
    /// What people call the provider.
    pub label: Option<String>,
}

/// What a new session is begun with.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// SHA-256 of the cookie's token.
    pub token: Hash,
    /// Its public id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// How.
    pub how: How,
    /// What the browser calls itself, at most 200 characters.
    pub agent: &'a str,
    /// When.
    pub now: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The provider it was begun by, and what that said, sealed.
    pub provider: Option<(Uuid, &'a [u8])>,
}

type LinkRow = (
    String,
    Option<Vec<u8>>,
    Option<Uuid>,
    Option<Uuid>,
    Option<Vec<u8>>,
    Timestamp,
);

fn hash(bytes: Option<Vec<u8>>) -> Option<Hash> {
    bytes.and_then(|bytes| bytes.try_into().ok())
}

fn link(row: LinkRow) -> Link {
    let (purpose, subject, tenant, person, browser, expires_at) = row;
    Link {
        purpose: match purpose.as_str() {
            "invitation" => Purpose::Invitation,
            _ => Purpose::SignIn,
        },
        subject: hash(subject),
        person: tenant
            .zip(person)
            .map(|(tenant, person)| (TenantId(tenant), PersonId(person))),
        browser: hash(browser),
        expires_at,
    }
}

impl Store {
    /// The installation's own key; made the first time it is asked for.
    ///
    /// # Errors
    /// [`StoreError::RegionKey`] when another master key wrapped it.
    pub async fn installation_key(&self, chance: &dyn Chance) -> Result<Key, StoreError> {
        let fresh = self.master().wrap(chance, INSTALLATION, &Key::new(chance));
        sqlx::query(
            "INSERT INTO keys.installation_keys (purpose, wrapped) VALUES ('installation', $1) ON CONFLICT DO NOTHING",
        )
        .bind(fresh)
        .execute(self.pool())
        .await?;
        let wrapped: Vec<u8> = sqlx::query_scalar(
            "SELECT wrapped FROM keys.installation_keys WHERE purpose = 'installation'",
        )
        .fetch_one(self.pool())
        .await?;
        self.master()
            .unwrap(INSTALLATION, &wrapped)
            .ok()
            .ok_or(StoreError::RegionKey)
    }

    /// Wraps the installation's key by another master key.
    ///
    /// # Errors
    /// [`StoreError::RegionKey`] when neither master key opens it.
    pub async fn rotate_installation_key(
        &self,
        new_master: &Key,
        chance: &dyn Chance,
    ) -> Result<(), StoreError> {
        let wrapped: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT wrapped FROM keys.installation_keys WHERE purpose = 'installation'",
        )
        .fetch_optional(self.pool())
        .await?;
        // Nobody asked for it yet: it is made under the new master key.
        let Some(wrapped) = wrapped else {
            return Ok(());
        };
        let place = INSTALLATION;
        if new_master.unwrap(place, &wrapped).is_ok() {
            return Ok(());
        }
        let opened = self.master().unwrap(place, &wrapped).ok();
        let key = opened.ok_or(StoreError::RegionKey)?;
        sqlx::query(
            "UPDATE keys.installation_keys SET wrapped = $1 WHERE purpose = 'installation'",
        )
        .bind(new_master.wrap(chance, place, &key))
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Whose session it is in a region, if it has not expired and the account is somebody there. Remembers, to the
    /// quarter of an hour, that it was used.
    ///
    /// # Errors
    /// Of the database.
    pub async fn session(
        &self,
        token: Hash,
        region: &str,
        now: Timestamp,
    ) -> Result<Option<(Tenant, PersonId)>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Found {
            #[sqlx(flatten)]
            tenant: Tenant,
            person: Uuid,
            /// Nothing for a demo person's session: nobody lists those.
            unseen: Option<bool>,
        }
        let found: Option<Found> = sqlx::query_as(
            "SELECT t.tenant_id, t.slug, t.name, t.language, t.time_zone, t.demo, t.region_id, t.created_at,
                    coalesce(m.person_id, s.person_id) AS person,
                    s.seen_at < $3 - interval '15 minutes' AS unseen
             FROM sessions AS s
             JOIN tenants AS t ON t.slug = $2
             LEFT JOIN memberships AS m ON m.account_id = s.account_id AND m.tenant_id = t.tenant_id
             WHERE s.token_hash = $1 AND s.expires_at > $3
                 AND (m.person_id IS NOT NULL OR (s.account_id IS NULL AND s.tenant_id = t.tenant_id))",
        )
        .bind(token.as_slice())
        .bind(region)
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        if found.unseen == Some(true) {
            self.session_seen(token, now).await?;
        }
        Ok(Some((found.tenant, PersonId(found.person))))
    }

    /// Whose session it is, whatever the region; nobody's for a demo person's.
    ///
    /// # Errors
    /// Of the database.
    pub async fn account_of_session(
        &self,
        token: Hash,
        now: Timestamp,
    ) -> Result<Option<Uuid>, StoreError> {
        let account: Option<Option<Uuid>> = sqlx::query_scalar(
            "SELECT account_id FROM sessions WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(token.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        Ok(account.flatten())
    }

    async fn session_seen(&self, token: Hash, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1")
            .bind(token.as_slice())
            .bind(now)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Begins an account's session.
    ///
    /// # Errors
    /// Of the database.
    pub async fn begin_account_session(&self, new: NewSession<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions
                 (token_hash, session_id, account_id, how, agent, created_at, seen_at, expires_at, provider_id, id_token)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)",
        )
        .bind(new.token.as_slice())
        .bind(new.id)
        .bind(new.account)
        .bind(new.how.stored())
        .bind(new.agent)
        .bind(new.now)
        .bind(new.expires_at)
        .bind(new.provider.map(|(provider, _)| provider))
        .bind(new.provider.map(|(_, said)| said))
        .execute(self.pool())
        .await?;
        self.sweep_sessions(new.now).await
    }

    /// An account's sessions, the one used last first.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sessions_of(
        &self,
        account: Uuid,
        current: Hash,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT session_id, how, agent, created_at, seen_at, token_hash = $2 AS current
             FROM sessions WHERE account_id = $1 AND expires_at > $3
             ORDER BY seen_at DESC NULLS LAST, session_id",
        )
        .bind(account)
        .bind(current.as_slice())
        .bind(now)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// Ends one of an account's sessions, or all.
    ///
    /// # Errors
    /// Of the database.
    pub async fn end_sessions_of(
        &self,
        account: Uuid,
        only: Option<Uuid>,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM sessions WHERE account_id = $1 AND ($2::uuid IS NULL OR session_id = $2)",
        )
        .bind(account)
        .bind(only)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected())
    }

    /// The account that proves itself this way; remembers that it did.
    ///
    /// # Errors
    /// Of the database.
    pub async fn account_of_identity(
        &self,
        issuer: &str,
        subject: Hash,
        now: Timestamp,
    ) -> Result<Option<Uuid>, StoreError> {
        let account = sqlx::query_scalar(
            "UPDATE identities SET used_at = $3 WHERE issuer = $1 AND subject = $2 RETURNING account_id",
        )
        .bind(issuer)
        .bind(subject.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        Ok(account)
    }

    /// Whether some account proves itself this way.
    ///
    /// # Errors
    /// Of the database.
    pub async fn knows_identity(&self, issuer: &str, subject: Hash) -> Result<bool, StoreError> {
        let known = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM identities WHERE issuer = $1 AND subject = $2)",
        )
        .bind(issuer)
        .bind(subject.as_slice())
        .fetch_one(self.pool())
        .await?;
        Ok(known)
    }

    /// Makes an account that proves itself this way, or gives the one that does already.
    ///
    /// # Errors
    /// Of the database.
    pub async fn open_account(
        &self,
        fresh: Uuid,
        issuer: &str,
        subject: Hash,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let open = || {
            sqlx::query_scalar(
                "WITH known AS (
                     SELECT account_id FROM identities WHERE issuer = $2 AND subject = $3
                 ), made AS (
                     INSERT INTO accounts (account_id, created_at)
                     SELECT $1, $4 WHERE NOT EXISTS (SELECT FROM known) RETURNING account_id
                 ), named AS (
                     INSERT INTO identities (issuer, subject, account_id, created_at, used_at)
                     SELECT $2, $3, account_id, $4, $4 FROM made RETURNING account_id
                 )
                 SELECT account_id FROM known UNION ALL SELECT account_id FROM named",
            )
            .bind(fresh)
            .bind(issuer)
            .bind(subject.as_slice())
            .bind(now)
            .fetch_one(self.pool())
        };
        match open().await.map_err(StoreError::from) {
            // Somebody else made it between our look and our step.
            Err(error) if error.constraint() == Some("identities_pkey") => Ok(open().await?),
            done => done,
        }
    }

    /// How an account proves who it is: each issuer, and when it was used last.
    ///
    /// # Errors
    /// Of the database.
    pub async fn identities_of(&self, account: Uuid) -> Result<Vec<Identity>, StoreError> {
        let found = sqlx::query_as(
            "SELECT i.issuer, i.subject, i.used_at, (
                 SELECT label FROM providers AS p WHERE p.issuer = i.issuer ORDER BY created_at LIMIT 1
             ) AS label
             FROM identities AS i WHERE i.account_id = $1 ORDER BY i.created_at, i.issuer, i.subject",
        )
        .bind(account)
        .fetch_all(self.pool())
        .await?;
        Ok(found)
    }

    /// Gives an account one more way in; `false` when it is another account's.
    ///
    /// # Errors
    /// Of the database.
    pub async fn add_identity(
        &self,
        account: Uuid,
        issuer: &str,
        subject: Hash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query(
            "INSERT INTO identities (issuer, subject, account_id, created_at, used_at) VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(issuer)
        .bind(subject.as_slice())
        .bind(account)
        .bind(now)
        .execute(self.pool())
        .await?;
        let own = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM identities WHERE issuer = $1 AND subject = $2 AND account_id = $3)",
        )
        .bind(issuer)
        .bind(subject.as_slice())
        .bind(account)
        .fetch_one(self.pool())
        .await?;
        Ok(own)
    }

    /// Takes a way in from an account, unless it is the last.
    ///
    /// # Errors
    /// Of the database.
    pub async fn drop_identity(
        &self,
        account: Uuid,
        issuer: &str,
        subject: Hash,
    ) -> Result<bool, StoreError> {
        // They are counted under lock, so that two who take one each do not leave none.
        let done = sqlx::query(
            "WITH own AS (SELECT issuer FROM identities WHERE account_id = $1 ORDER BY issuer, subject FOR UPDATE)
             DELETE FROM identities
             WHERE account_id = $1 AND issuer = $2 AND subject = $3 AND (SELECT count(*) FROM own) > 1",
        )
        .bind(account)
        .bind(issuer)
        .bind(subject.as_slice())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Makes the account a person of a region; `false` when the person is another account's, or the account another
    /// person there.
    ///
    /// # Errors
    /// Of the database.
    pub async fn join(
        &self,
        account: Uuid,
        tenant: TenantId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query(
            "INSERT INTO memberships (tenant_id, person_id, account_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(tenant.0)
        .bind(person.0)
        .bind(account)
        .bind(now)
        .execute(self.pool())
        .await?;
        let joined = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM memberships WHERE tenant_id = $1 AND person_id = $2 AND account_id = $3)",
        )
        .bind(tenant.0)
        .bind(person.0)
        .bind(account)
        .fetch_one(self.pool())
        .await?;
        Ok(joined)
    }

    /// The regions where the account is somebody, by name.
    ///
    /// # Errors
    /// Of the database.
    pub async fn regions_of(&self, account: Uuid) -> Result<Vec<Tenant>, StoreError> {
        let regions = sqlx::query_as(
            "SELECT t.tenant_id, t.slug, t.name, t.language, t.time_zone, t.demo, t.region_id, t.created_at
             FROM memberships AS m JOIN tenants AS t ON t.tenant_id = m.tenant_id
             WHERE m.account_id = $1 ORDER BY t.name, t.slug",
        )
        .bind(account)
        .fetch_all(self.pool())
        .await?;
        Ok(regions)
    }

    /// The persons of a region that have an account (`true`), and those that are invited.
    ///
    /// # Errors
    /// Of the database.
    pub async fn members_and_invited(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<Vec<(PersonId, bool)>, StoreError> {
        let rows: Vec<(Uuid, bool)> = sqlx::query_as(
            "SELECT person_id, bool_or(member) FROM (
                 SELECT person_id, true AS member FROM memberships WHERE tenant_id = $1
                 UNION ALL
                 SELECT person_id, false FROM links
                 WHERE tenant_id = $1 AND purpose = 'invitation' AND expires_at > $2
             ) AS known GROUP BY person_id",
        )
        .bind(tenant.0)
        .bind(now)
        .fetch_all(self.pool())
        .await?;
        let person = |(person, member)| (PersonId(person), member);
        Ok(rows.into_iter().map(person).collect())
    }

    /// Keeps a link until it ends. Late ones are swept.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_link(
        &self,
        token: Hash,
        link: &Link,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM links WHERE expires_at < $1")
            .bind(now)
            .execute(self.pool())
            .await?;
        sqlx::query(
            "INSERT INTO links (token_hash, purpose, subject, tenant_id, person_id, browser_hash, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(token.as_slice())
        .bind(link.purpose.stored())
        .bind(link.subject.as_ref().map(<[u8; 32]>::as_slice))
        .bind(link.person.map(|(tenant, _)| tenant.0))
        .bind(link.person.map(|(_, person)| person.0))
        .bind(link.browser.as_ref().map(<[u8; 32]>::as_slice))
        .bind(now)
        .bind(link.expires_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The link of a token, if it has not ended. It stays usable.
    ///
    /// # Errors
    /// Of the database.
    pub async fn find_link(&self, token: Hash, now: Timestamp) -> Result<Option<Link>, StoreError> {
        let row: Option<LinkRow> = sqlx::query_as(
            "SELECT purpose, subject, tenant_id, person_id, browser_hash, expires_at FROM links
             WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(token.as_slice())
        .bind(now)
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(link))
    }

    /// Uses a link up: only one caller gets it, and only from the browser that it is bound to.
    ///
    /// # Errors
    /// Of the database.
    pub async fn use_link(
        &self,
        token: Hash,
        browser: Option<Hash>,
        now: Timestamp,
    ) -> Result<Option<Link>, StoreError> {
        let row: Option<LinkRow> = sqlx::query_as(
            "DELETE FROM links
             WHERE token_hash = $1 AND expires_at > $2 AND (browser_hash IS NULL OR browser_hash = $3)
             RETURNING purpose, subject, tenant_id, person_id, browser_hash, expires_at",
        )
        .bind(token.as_slice())
        .bind(now)
        .bind(browser.as_ref().map(<[u8; 32]>::as_slice))
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(link))
    }

    /// How many links for signing in an address was sent since a moment.
    ///
    /// # Errors
    /// Of the database.
    pub async fn links_to(&self, subject: Hash, since: Timestamp) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM links WHERE subject = $1 AND purpose = 'sign_in' AND created_at > $2",
        )
        .bind(subject.as_slice())
        .bind(since)
        .fetch_one(self.pool())
        .await?;
        Ok(count)
    }
}

impl TenantScope {
    /// Keeps where a person is written to, sealed.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_contact(
        &mut self,
        person: PersonId,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO contacts (tenant_id, person_id, address) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, person_id) DO UPDATE SET address = excluded.address",
        )
        .bind(self.tenant().0)
        .bind(person.0)
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Where a person is written to, sealed.
    ///
    /// # Errors
    /// Of the database.
    pub async fn contact(&mut self, person: PersonId) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed = sqlx::query_scalar(
            "SELECT address FROM contacts WHERE tenant_id = $1 AND person_id = $2",
        )
        .bind(self.tenant().0)
        .bind(person.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(sealed)
    }
}
