//! Signing in. An account is of the whole installation and is one person in each region it belongs to. It proves itself
//! by a link in an e-mail or by a provider ([`providers`]); it comes into being when an invitation is taken, or when a
//! provider says that somebody works at an organisation that the region lets in.
//!
//! ```text
//! invited ── opens the link, accepts ──▶ account ── is a person of the region
//! account ── e-mail link ──▶ session (a new token each time)
//! account ── passkey ──▶ session ([`passkeys`])
//! ```
//!
//! What a browser holds are three cookies: the session's token, the chosen language, and a secret that binds what was
//! begun in this browser (a link that was asked for) to it.

pub mod passkeys;
pub mod providers;

use crate::chance::{self, Chance};
use crate::crypto::Key;
use crate::executor::{CommandError, Executors, Order};
use crate::mail::letters::{self, Occasion};
use crate::mail::{Address, Outbox};
use crate::store::accounts::{Hash, How, Identity, Link, NewSession, Purpose, SessionRow};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::actor::Actor;
use domain::command::Submission;
use domain::ids::{CommandId, PersonId, TenantId};
use domain::person::PersonCommand;
use domain::region::RegionCommand;
use domain::text::{Named, PersonName};
use domain::time::Timestamp;
use providers::{ProviderError, Providers};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::OnceCell;
use url::Url;
use uuid::Uuid;

/// How long a link for signing in is good for.
pub const LINK: TimeDelta = TimeDelta::minutes(10);
/// How long an invitation is good for.
pub const INVITATION: TimeDelta = TimeDelta::days(14);
/// How long a session lasts: networks meet every few weeks, and nobody should have to sign in each time.
pub const SESSION: TimeDelta = TimeDelta::days(60);
/// Links that one address is sent in a quarter of an hour.
const LINKS_MAX: i64 = 3;
/// The issuer of identities that are e-mail addresses.
pub const MAIL: &str = "mailto";

/// Why somebody does not come in. Says nothing about whether an address or a person is known.
#[derive(Debug, thiserror::Error)]
pub enum NotIn {
    /// The link was used, is too old, or never was.
    #[error("the link is used up or too old")]
    Link,
    /// The link belongs to another browser.
    #[error("the link was asked for in another browser")]
    Browser,
    /// The person is another account's already, or the account another person.
    #[error("that person signs in with another account")]
    Taken,
    /// A provider did not let them in; why is for the log.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// A provider of this name knows them, but nobody here does.
    #[error("{0} knows them, nobody here does")]
    Unknown(String),
    /// It may go well in a moment.
    #[error("too much is going on")]
    Later,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The session's token, for the cookie.
    pub token: String,
    /// Where to go: slug and language of the region, where there is one only.
    pub region: Option<(String, String)>,
}

/// What a link would do, before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Sign in; whether this browser may.
    SignIn {
        /// Whether it was asked for here.
        here: bool,
    },
    /// Become this person.
    Invitation {
        /// Of this region.
        region: Tenant,
        /// The person's name.
        name: String,
    },
}

/// What came with a request that signs somebody in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// The secret that binds what is begun here to this browser.
    pub secret: Option<String>,
    /// The session's token, if somebody is signed in already.
    pub session: Option<String>,
    /// What the browser calls itself.
    pub agent: String,
}

impl Browser {
    /// What the browser calls itself, as it is kept.
    fn short_agent(&self) -> String {
        let agent = self.agent.chars().filter(|c| !c.is_control());
        agent.take(200).collect()
    }
}

/// The SHA-256 that a secret is kept as.
#[must_use]
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

fn internal(error: StoreError) -> CommandError {
    tracing::error!(%error, "an invitation was not written");
    CommandError::Internal
}

/// A secret of 256 bits, as text.
#[must_use]
pub fn secret(chance: &dyn Chance) -> String {
    URL_SAFE_NO_PAD.encode(chance::bytes::<32>(chance))
}

/// Signing in, on Postgres.
#[derive(Clone)]
pub struct Accounts {
    executors: Executors,
    site: Url,
    key: Arc<OnceCell<Key>>,
    outbox: Arc<OnceCell<Outbox>>,
    providers: Providers,
}

impl Accounts {
    /// Accounts of the installation that browsers reach at `site`.
    #[must_use]
    pub fn new(executors: Executors, site: Url) -> Self {
        Self {
            executors,
            site,
            key: Arc::default(),
            outbox: Arc::default(),
            providers: Providers::default(),
        }
    }

    fn store(&self) -> &Store {
        self.executors.store()
    }

    fn chance(&self) -> &dyn Chance {
        self.executors.chance()
    }

    /// Now, by the clock that decisions are made by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.executors.clock().now()
    }

    /// Where browsers reach the installation.
    #[must_use]
    pub const fn site(&self) -> &Url {
        &self.site
    }

    /// An address on the site, in full.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.site.as_str().trim_end_matches('/'))
    }

    /// A fresh id for a form's order.
    #[must_use]
    pub fn fresh_id(&self) -> Uuid {
        chance::id(self.chance(), self.now())
    }

    /// A fresh secret to bind a browser by.
    #[must_use]
    pub fn secret(&self) -> String {
        secret(self.chance())
    }

    async fn key(&self) -> Result<&Key, StoreError> {
        self.key
            .get_or_try_init(|| self.store().installation_key(self.chance()))
            .await
    }

    /// The outbox that letters of this installation are laid into.
    ///
    /// # Errors
    /// Of the database.
    pub async fn outbox(&self) -> Result<&Outbox, StoreError> {
        self.outbox
            .get_or_try_init(|| async {
                let (key, chance) = (self.key().await?.clone(), self.executors.shared_chance());
                Ok(Outbox::new(self.store().clone(), key, chance))
            })
            .await
    }

    async fn of_address(&self, address: &Address) -> Result<Hash, StoreError> {
        Ok(self
            .key()
            .await?
            .digest("address", address.as_str().as_bytes()))
    }

    /// Sends a link for signing in, if the address is somebody's. Takes the same steps either way, and whoever asked
    /// is told the same.
    ///
    /// # Errors
    /// Of the database.
    pub async fn ask_link(
        &self,
        address: &Address,
        browser: &str,
        language: &str,
    ) -> Result<(), StoreError> {
        let (subject, now) = (self.of_address(address).await?, self.now());
        let known = self.store().knows_identity(MAIL, subject).await?;
        let asked = self
            .store()
            .links_to(subject, now - TimeDelta::minutes(15))
            .await?;
        if asked >= LINKS_MAX {
            return Ok(());
        }
        let token = self.secret();
        let link = Link {
            purpose: Purpose::SignIn,
            subject: Some(subject),
            person: None,
            browser: Some(hash(browser)),
            expires_at: now + LINK,
        };
        // A link that nobody is told of is written as well: an address that is nobody's costs the same time.
        self.store().keep_link(hash(&token), &link, now).await?;
        let path = self.address(&app::paths::link(&token));
        let letter = letters::with_link(address.clone(), language, Occasion::SignIn, &path);
        if known {
            self.outbox()
                .await?
                .post("sign_in", None, &letter, now)
                .await?;
        }
        Ok(())
    }

    /// What a link would do. It stays usable: programs that look into letters open links.
    ///
    /// # Errors
    /// [`NotIn::Link`], or of the database.
    pub async fn look(&self, token: &str, browser: &Browser) -> Result<Seen, NotIn> {
        let link = self
            .store()
            .find_link(hash(token), self.now())
            .await?
            .ok_or(NotIn::Link)?;
        Ok(match link.purpose {
            Purpose::SignIn => Seen::SignIn {
                here: link.browser == browser.secret.as_deref().map(hash),
            },
            Purpose::Invitation => {
                let (tenant, person) = link.person.ok_or(NotIn::Link)?;
                let region = self.store().tenant(tenant).await?;
                let names = crate::open::names(self.store(), tenant, &[person]).await?;
                let name = names.get(&person).cloned().flatten().ok_or(NotIn::Link)?;
                Seen::Invitation { region, name }
            }
        })
    }

    /// Uses a link. An invitation makes the account that is signed in, or else the one of the address it was sent to,
    /// a person of the region.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn follow(&self, token: &str, browser: &Browser) -> Result<Signed, NotIn> {
        let now = self.now();
        let seen = self.look(token, browser).await?;
        if seen == (Seen::SignIn { here: false }) {
            return Err(NotIn::Browser);
        }
        let own = browser.secret.as_deref().map(hash);
        let link = self
            .store()
            .use_link(hash(token), own, now)
            .await?
            .ok_or(NotIn::Link)?;
        match link.purpose {
            Purpose::SignIn => {
                let subject = link.subject.ok_or(NotIn::Link)?;
                let account = self.store().account_of_identity(MAIL, subject, now).await?;
                // Whoever was forgotten since the letter was sent finds a link that is used up.
                let account = account.ok_or(NotIn::Link)?;
                Ok(self.begin(account, How::Mail, browser, None).await?)
            }
            Purpose::Invitation => {
                let (tenant, person) = link.person.ok_or(NotIn::Link)?;
                // Of who is signed in already, the address of the letter is no way in: whoever invited chose it.
                let account = match self.signed_in(browser).await? {
                    Some(account) => account,
                    None => self.open(MAIL, link.subject.ok_or(NotIn::Link)?).await?,
                };
                if !self.store().join(account, tenant, person, now).await? {
                    // Whom it was meant for finds it usable.
                    self.store().keep_link(hash(token), &link, now).await?;
                    return Err(NotIn::Taken);
                }
                Ok(self.begin(account, How::Invitation, browser, None).await?)
            }
        }
    }

    async fn open(&self, issuer: &str, subject: Hash) -> Result<Uuid, StoreError> {
        let now = self.now();
        let fresh = chance::id(self.chance(), now);
        self.store().open_account(fresh, issuer, subject, now).await
    }

    /// Begins a session under a new token; the one before, if there was one in this browser, ends.
    async fn begin(
        &self,
        account: Uuid,
        how: How,
        browser: &Browser,
        provider: Option<(Uuid, &[u8])>,
    ) -> Result<Signed, StoreError> {
        if let Some(before) = &browser.session {
            self.store().end_session(hash(before)).await?;
        }
        let (token, now) = (self.secret(), self.now());
        let agent = browser.short_agent();
        let new = NewSession {
            token: hash(&token),
            id: chance::id(self.chance(), now),
            account,
            how,
            agent: &agent,
            now,
            expires_at: now + SESSION,
            provider,
        };
        self.store().begin_account_session(new).await?;
        let mut regions = self.store().regions_of(account).await?;
        let region = match regions.len() {
            1 => regions.pop().map(|region| (region.slug, region.language)),
            _ => None,
        };
        Ok(Signed { token, region })
    }

    /// The account that is signed in.
    ///
    /// # Errors
    /// Of the database.
    pub async fn signed_in(&self, browser: &Browser) -> Result<Option<Uuid>, StoreError> {
        match &browser.session {
            Some(token) => {
                self.store()
                    .account_of_session(hash(token), self.now())
                    .await
            }
            None => Ok(None),
        }
    }

    /// The regions where an account is somebody.
    ///
    /// # Errors
    /// Of the database.
    pub async fn regions(&self, account: Uuid) -> Result<Vec<Tenant>, StoreError> {
        self.store().regions_of(account).await
    }

    /// An account's sessions.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sessions(
        &self,
        account: Uuid,
        browser: &Browser,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let current = hash(browser.session.as_deref().unwrap_or_default());
        self.store().sessions_of(account, current, self.now()).await
    }

    /// An account's ways in.
    ///
    /// # Errors
    /// Of the database.
    pub async fn ways_in(&self, account: Uuid) -> Result<Vec<Identity>, StoreError> {
        self.store().identities_of(account).await
    }

    /// Takes one of an account's ways in from it, unless it is the last.
    ///
    /// # Errors
    /// Of the database.
    pub async fn drop_way_in(
        &self,
        account: Uuid,
        issuer: &str,
        subject: Hash,
    ) -> Result<bool, StoreError> {
        self.store().drop_identity(account, issuer, subject).await
    }

    /// Ends one of an account's sessions, or all of them everywhere.
    ///
    /// # Errors
    /// Of the database.
    pub async fn end(&self, account: Uuid, only: Option<Uuid>) -> Result<u64, StoreError> {
        self.store().end_sessions_of(account, only).await
    }

    /// Sends the invitation of a person to an address; the link, for whoever hands it over in person.
    ///
    /// # Errors
    /// Of the database.
    pub async fn invite(
        &self,
        region: &Tenant,
        person: PersonId,
        name: &str,
        address: &Address,
    ) -> Result<String, StoreError> {
        let occasion = Occasion::Invitation {
            region: &region.name,
            name,
        };
        let about = (region.tenant(), person);
        self.keep_address(region.tenant(), person, address).await?;
        let (token, now) = (self.secret(), self.now());
        let link = Link {
            purpose: Purpose::Invitation,
            subject: Some(self.of_address(address).await?),
            person: Some(about),
            browser: None,
            expires_at: now + INVITATION,
        };
        self.store().keep_link(hash(&token), &link, now).await?;
        let path = self.address(&app::paths::link(&token));
        let letter = letters::with_link(address.clone(), &region.language, occasion, &path);
        let outbox = self.outbox().await?;
        outbox.post("invitation", Some(about), &letter, now).await?;
        Ok(path)
    }

    /// Enters a person in the region, as the operator, and makes the person an administrator; the link of the
    /// invitation.
    ///
    /// # Errors
    /// Of the log or the database.
    pub async fn invite_administrator(
        &self,
        region: &Tenant,
        name: &PersonName,
        address: &Address,
    ) -> Result<String, CommandError> {
        let now = self.now();
        let person = PersonId(chance::id(self.chance(), now));
        let executor = self.executors.of(region.tenant()).await.map_err(internal)?;
        let command = || CommandId(chance::id(self.chance(), now));
        let mut enter = Submission::new(command(), PersonCommand::Register { person });
        enter.names.push(Named {
            person,
            name: name.clone(),
        });
        let make = Submission::new(command(), RegionCommand::NameAdministrator { person });
        for submission in [enter, make] {
            executor
                .submit(Order::new(submission, Actor::Operator))
                .await?;
        }
        self.invite(region, person, name.as_str(), address)
            .await
            .map_err(internal)
    }

    /// Keeps where a person is written to, sealed with the person's key.
    async fn keep_address(
        &self,
        tenant: TenantId,
        person: PersonId,
        address: &Address,
    ) -> Result<(), StoreError> {
        let mut scope = self.store().writing(tenant).await?;
        let Some(key) = crate::open::person_key(self.store(), &mut scope, person).await? else {
            return Ok(());
        };
        let sealed = key.seal(self.chance(), address.as_str());
        scope.keep_contact(person, &sealed).await?;
        scope.commit().await
    }
}
