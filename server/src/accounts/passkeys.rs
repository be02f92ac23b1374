//! Passkeys: the second visit's shortcut. Whoever came in by a letter adds one, and signs in by it the next time. Each
//! step signs a challenge that is used once, within five minutes, in the browser that asked for it.

use super::{Accounts, Browser, Signed, hash};
use crate::chance;
use crate::store::StoreError;
use crate::store::accounts::{Hash, How};
use crate::store::passkeys::{Challenge, Passkey, PasskeyRow};
use chrono::TimeDelta;
use uuid::Uuid;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16,
    Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId, TimedCeremony as _};
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId, SentChallenge};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

/// How long a challenge is good for.
pub const CHALLENGE: TimeDelta = TimeDelta::minutes(5);
/// What a password manager shows beside the site: accounts have no names.
const USER: &str = "Samspor";

/// Why a passkey is not taken. Says nothing about which are known.
#[derive(Debug, thiserror::Error)]
pub enum NoPasskey {
    /// The site has no domain, so browsers make no passkeys for it.
    #[error("the site offers no passkeys")]
    NotOffered,
    /// The answer to the challenge does not hold: late, used, another browser's, unknown or wrongly signed.
    #[error("the passkey did not prove itself")]
    Wrong,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a challenge is kept as.
fn kept(challenge: SentChallenge) -> Hash {
    let Ok(number) = challenge.encode();
    hash(&number.to_string())
}

fn handle(account: Uuid) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(account.into_bytes());
    handle
}

/// What holds, or the one refusal there is; why is written down for the operator.
fn held<T, E: std::fmt::Display>(held: Result<T, E>) -> Result<T, NoPasskey> {
    match held {
        Ok(value) => Ok(value),
        Err(why) => {
            tracing::debug!(%why, "a passkey was refused");
            Err(NoPasskey::Wrong)
        }
    }
}

impl Accounts {
    /// Whether passkeys are offered: browsers make them for domains, not for bare addresses.
    #[must_use]
    pub fn offers_passkeys(&self) -> bool {
        self.rp().is_some()
    }

    fn rp(&self) -> Option<RpId> {
        let domain = self.site().domain()?.to_owned();
        AsciiDomain::try_from(domain).ok().map(RpId::Domain)
    }

    /// What a browser is asked to make a passkey by, as JSON.
    ///
    /// # Errors
    /// [`NoPasskey`].
    pub async fn begin_adding(&self, account: Uuid, secret: &str) -> Result<String, NoPasskey> {
        let rp = self.rp().ok_or(NoPasskey::NotOffered)?;
        let known = self.store().credentials_of(account).await?;
        let known = known.into_iter().filter_map(|id| {
            Some(PublicKeyCredentialDescriptor {
                id: CredentialId::<Vec<u8>>::decode(id).ok()?,
                transports: AuthTransports::decode(0).ok()?,
            })
        });
        let id = handle(account);
        let user = PublicKeyCredentialUserEntity {
            name: held(Username::try_from(USER))?,
            id: &id,
            display_name: None,
        };
        let mut options = PublicKeyCredentialCreationOptions::passkey(&rp, user, known.collect());
        // Telling authenticators to protect it turns away those that cannot say that they do; verification is checked anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (server, client) = held(options.start_ceremony())?;
        let options = held(serde_json::to_string(&client))?;
        let state = held(server.encode())?;
        self.keep(server.sent_challenge(), Some(account), state, secret)
            .await?;
        Ok(options)
    }

    /// Adds the passkey that a browser made.
    ///
    /// # Errors
    /// [`NoPasskey`].
    pub async fn add_passkey(
        &self,
        account: Uuid,
        answer: &str,
        browser: &Browser,
    ) -> Result<(), NoPasskey> {
        let rp = self.rp().ok_or(NoPasskey::NotOffered)?;
        let answer = held(Registration::from_json_relaxed(answer.as_bytes()))?;
        let challenge = held(answer.challenge_relaxed())?;
        let state = self.take(challenge, Some(account), browser).await?;
        let Ok(state) = RegistrationServerState::<16>::decode(&state) else {
            return Err(NoPasskey::Wrong);
        };
        let origin = self.site().origin().ascii_serialization();
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&origin],
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        let made = held(state.verify(&rp, &answer, &options))?;
        let now = self.now();
        let Ok(public_key) = made.static_state().encode();
        let Ok(state) = made.dynamic_state().encode();
        let passkey = Passkey {
            passkey_id: chance::id(self.chance(), now),
            account_id: account,
            credential: made.id().as_ref().to_vec(),
            public_key,
            state: state.to_vec(),
        };
        match self
            .store()
            .keep_passkey(&passkey, &browser.short_agent(), now)
            .await?
        {
            true => Ok(()),
            false => Err(NoPasskey::Wrong),
        }
    }

    /// What a browser is asked to sign in by, as JSON.
    ///
    /// # Errors
    /// [`NoPasskey`].
    pub async fn begin_passkey(&self, secret: &str) -> Result<String, NoPasskey> {
        let rp = self.rp().ok_or(NoPasskey::NotOffered)?;
        let options = DiscoverableCredentialRequestOptions::passkey(&rp);
        let (server, client) = held(options.start_ceremony())?;
        let options = held(serde_json::to_string(&client))?;
        let state = held(server.encode())?;
        self.keep(server.sent_challenge(), None, state, secret)
            .await?;
        Ok(options)
    }

    /// Signs in by a passkey.
    ///
    /// # Errors
    /// [`NoPasskey`].
    pub async fn sign_in_by_passkey(
        &self,
        answer: &str,
        browser: &Browser,
    ) -> Result<Signed, NoPasskey> {
        let rp = self.rp().ok_or(NoPasskey::NotOffered)?;
        let answer = held(DiscoverableAuthentication::<16>::from_json_relaxed(
            answer.as_bytes(),
        ))?;
        let challenge = held(answer.challenge_relaxed())?;
        let state = self.take(challenge, None, browser).await?;
        let found = self.store().passkey(answer.raw_id().as_ref()).await?;
        let passkey = found.ok_or(NoPasskey::Wrong)?;
        let user = handle(passkey.account_id);
        if *answer.response().user_handle() != user {
            return Err(NoPasskey::Wrong);
        }
        let Ok(state) = DiscoverableAuthenticationServerState::decode(&state) else {
            return Err(NoPasskey::Wrong);
        };
        let counted = <[u8; 7]>::try_from(passkey.state.as_slice());
        let mut known = held(AuthenticatedCredential::new(
            held(CredentialId::<&[u8]>::decode(&passkey.credential))?,
            &user,
            held(StaticState::decode(passkey.public_key.as_slice()))?,
            held(DynamicState::decode(held(counted)?))?,
        ))?;
        let origin = self.site().origin().ascii_serialization();
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[&origin],
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        held(state.verify(&rp, &answer, &mut known, &options))?;
        let Ok(counted) = known.dynamic_state().encode();
        let now = self.now();
        if !self.store().passkey_used(&passkey, &counted, now).await? {
            return Err(NoPasskey::Wrong);
        }
        Ok(self
            .begin(passkey.account_id, How::Passkey, browser, None)
            .await?)
    }

    /// An account's passkeys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn passkeys(&self, account: Uuid) -> Result<Vec<PasskeyRow>, StoreError> {
        self.store().passkeys_of(account).await
    }

    /// Removes one of an account's passkeys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn remove_passkey(&self, account: Uuid, passkey: Uuid) -> Result<(), StoreError> {
        self.store().remove_passkey(account, passkey).await
    }

    async fn keep(
        &self,
        challenge: SentChallenge,
        account_id: Option<Uuid>,
        state: Vec<u8>,
        secret: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let challenge_kept = Challenge { account_id, state };
        self.store()
            .keep_challenge(
                kept(challenge),
                &challenge_kept,
                hash(secret),
                now,
                now + CHALLENGE,
            )
            .await
    }

    async fn take(
        &self,
        challenge: SentChallenge,
        account: Option<Uuid>,
        browser: &Browser,
    ) -> Result<Vec<u8>, NoPasskey> {
        let secret = browser.secret.as_deref().ok_or(NoPasskey::Wrong)?;
        let used = self
            .store()
            .use_challenge(kept(challenge), account, hash(secret), self.now())
            .await?;
        used.map(|challenge| challenge.state)
            .ok_or(NoPasskey::Wrong)
    }
}
