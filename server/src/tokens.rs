//! Tokens by which other programs act for a person: made once, shown once, kept as a hash.

use crate::accounts;
use crate::chance::Chance;
use crate::store::tokens::AccessToken;
use crate::store::{Store, StoreError};
use chrono::TimeDelta;
use domain::ids::{PersonId, TenantId};
use domain::time::Timestamp;

/// What every token begins with, so that one that lies about is known for what it is.
const BEGINNING: &str = "sps_";
/// Base64 digits of 32 bytes.
const DIGITS: usize = 43;
/// Digits of a token's id that are shown.
const SHOWN: usize = 12;

/// What a token is for. It never gives more than its person may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Scope {
    /// Views and lists.
    Read,
    /// Orders.
    Write,
    /// The region's events.
    Feed,
}

impl Scope {
    /// The stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Feed => "feed",
        }
    }
}

/// What a new token is to be.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// In which region.
    pub tenant: TenantId,
    /// Whom it stands for.
    pub person: PersonId,
    /// What it is called, for those who look through the list.
    pub name: &'a str,
    /// What it is for; at least one.
    pub scopes: &'a [Scope],
    /// How long it lets its bearer in.
    pub lasts: TimeDelta,
}

/// Makes a token; answers its text, which nobody can read again, and its row.
///
/// # Errors
/// Of the database; an empty or too long name, and no scope, violate its checks.
pub async fn make(
    store: &Store,
    chance: &dyn Chance,
    now: Timestamp,
    new: NewToken<'_>,
) -> Result<(String, AccessToken), StoreError> {
    let text = format!("{BEGINNING}{}", accounts::secret(chance));
    let mut scopes = new.scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let token = AccessToken {
        hash: accounts::hash(&text),
        tenant: new.tenant,
        person: new.person,
        name: new.name.to_owned(),
        scopes: scopes.iter().map(|scope| scope.name().to_owned()).collect(),
        created_at: now,
        last_used_at: None,
        expires_at: now + new.lasts,
    };
    store.keep_token(&token).await?;
    Ok((text, token))
}

/// What a token is kept under; `None` for what cannot be one.
#[must_use]
pub fn hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(BEGINNING)?;
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (digits.len() == DIGITS && digits.bytes().all(digit)).then(|| accounts::hash(text))
}

/// The name of a token in lists: the beginning of its hash, which lets nobody in.
#[must_use]
pub fn id(token: &AccessToken) -> String {
    let mut id = hex::encode(token.hash);
    id.truncate(SHOWN);
    id
}

/// What became of revoking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It lets nobody in any more.
    Gone(AccessToken),
    /// None of the region's tokens is called so.
    Unknown,
    /// Several ids begin so.
    Several,
}

/// Ends a region's token, named by its text or by what its id begins with.
///
/// # Errors
/// Of the database.
pub async fn revoke(store: &Store, tenant: TenantId, named: &str) -> Result<Revoked, StoreError> {
    let whole = hash(named);
    let is_meant = |token: &AccessToken| match whole {
        Some(hash) => token.hash == hash,
        None => !named.is_empty() && hex::encode(token.hash).starts_with(named),
    };
    let mut found: Vec<AccessToken> = store.tokens(tenant).await?;
    found.retain(is_meant);
    if found.len() > 1 {
        return Ok(Revoked::Several);
    }
    let Some(token) = found.pop() else {
        return Ok(Revoked::Unknown);
    };
    let gone = store.forget_token(tenant, token.hash).await?;
    Ok(if gone {
        Revoked::Gone(token)
    } else {
        Revoked::Unknown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_token_is_not_looked_for() {
        let token = format!("sps_{}", "a".repeat(43));
        assert_eq!(hash(&token), Some(accounts::hash(&token)));
        for other in [
            "",
            "sps_",
            &token[1..],
            &format!("{token}a"),
            &token.replace('a', "+"),
            &token.replace("sps_", "SPS_"),
        ] {
            assert_eq!(hash(other), None, "{other}");
        }
    }
}
