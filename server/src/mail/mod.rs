//! Letters by e-mail: written in three languages ([`letters`]), laid into an outbox in Postgres ([`Outbox`]), taken from
//! there to the mail server by a worker ([`sender`]).
//!
//! A letter lies in the outbox before the request that wrote it is answered, so none is lost. A worker takes it for two
//! minutes; while it has it, nobody else does. Only a process that dies between the mail server's "taken" and its own
//! note of it leaves a letter to be sent again: under the same `Message-ID`, by which receivers know it.

pub mod letters;
pub mod sender;

use crate::chance::{self, Chance};
use crate::crypto::Key;
use crate::store::mails::NewMail;
use crate::store::{Store, StoreError};
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Notify;

const PLACE: &[u8] = b"mail";

/// An address that letters can be sent to: trimmed, in lower case, at most 254 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// An address that no letter can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no e-mail address")]
pub struct NoAddress;

impl Address {
    /// Trims and checks.
    ///
    /// # Errors
    /// [`NoAddress`].
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim().to_lowercase();
        let host = text.rsplit_once('@').map_or("", |(_, host)| host);
        let fits = text.len() <= 254 && host.contains('.') | (host == "localhost");
        match text.parse::<lettre::Address>() {
            Ok(_) if fits => Ok(Self(text)),
            _ => Err(NoAddress),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub to: Address,
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// Where letters are laid.
#[derive(Clone)]
pub struct Outbox {
    store: Store,
    key: Key,
    chance: Arc<dyn Chance>,
    posted: Arc<Notify>,
}

impl Outbox {
    /// An outbox whose letters are sealed with the installation's key.
    #[must_use]
    pub fn new(store: Store, key: Key, chance: Arc<dyn Chance>) -> Self {
        Self {
            store,
            key,
            chance,
            posted: Arc::default(),
        }
    }

    /// Lays a letter down. Once this returns it will be sent, or parked where the operator sees it.
    ///
    /// # Errors
    /// Of the database.
    pub async fn post(
        &self,
        kind: &str,
        about: Option<(TenantId, PersonId)>,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let plain = serde_json::to_vec(letter)
            .map_err(|error| StoreError::Damaged(format!("a letter: {error}")))?;
        let new = NewMail {
            id: chance::id(self.chance.as_ref(), now),
            about,
            kind,
            body: &self.key.seal(self.chance.as_ref(), PLACE, &plain),
            now,
        };
        self.store.post_mail(new).await?;
        self.posted.notify_one();
        Ok(())
    }

    fn open(&self, sealed: &[u8]) -> Option<Letter> {
        let plain = self.key.open(PLACE, sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_whatever_its_case() {
        let address = Address::parse(" Kari.Moen@Skole.Example ").expect("is one");
        assert_eq!(address.as_str(), "kari.moen@skole.example");
        for text in [
            "",
            "kari",
            "kari@",
            "@skole.example",
            "kari@skole",
            "a b@c.example",
            "a@b.example\nBcc: c@d.example",
        ] {
            assert_eq!(Address::parse(text), Err(NoAddress), "{text:?}");
        }
    }
}
