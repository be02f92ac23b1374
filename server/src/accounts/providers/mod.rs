//! Signing in with a provider of OpenID Connect (OpenID Connect Core 1.0, authorisation code with PKCE of RFC 7636):
//! Feide, ID-porten, Entra ID or any other, each a row of a region.
//!
//! ```text
//! browser ── /sign-in/with/P ──▶ provider ── /sign-in/back?code ──▶ claims, checked ──▶ identity (issuer, subject)
//!     known                                    ──▶ session
//!     an invitation is taken this way          ──▶ person of the region, session
//!     works at an organisation that is mapped  ──▶ entered as working there, session
//!     else                                     ──▶ nobody here yet
//! ```
//!
//! Neither a name nor an address that a provider tells makes anybody somebody: addresses change hands.

mod kind;
mod told;

pub use kind::{Kind, NewProvider, NoIssuer};
pub use told::Providers;

use super::{Accounts, Browser, NotIn, Signed, hash};
use crate::chance;
use crate::executor::{CommandError, Order};
use crate::store::StoreError;
use crate::store::accounts::{Hash, How};
use crate::store::providers::{Authorisation, Mapped, Provider};
use app::forms::derived;
use chrono::TimeDelta;
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::ids::{CommandId, OrganisationId, PersonId, TenantId};
use domain::person::{PersonCommand, WorkRole};
use domain::text::{Named, PersonName};
use kind::is_issuer;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, IdToken,
    IdTokenFields, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
    TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::str::FromStr;
use told::Told;
use url::Url;
use uuid::Uuid;

/// How long one may be at a provider.
const AWAY: TimeDelta = TimeDelta::minutes(10);
const PLACE: &[u8] = b"provider";

/// Why a provider did not let somebody in. For the log, not for whoever came.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or answers what nobody understands.
    #[error("the provider does not answer as it should: {0}")]
    Answer(String),
    /// What it says does not hold.
    #[error("what the provider says does not hold: {0}")]
    Claims(#[from] ClaimsVerificationError),
    /// Whoever went there broke off, or was turned away.
    #[error("the provider says {0}")]
    Denied(String),
    /// The answer came from another provider than the one asked (RFC 9207).
    #[error("the answer came from another provider")]
    MixedUp,
}

/// Every claim, by its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Claims(BTreeMap<String, Value>);

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Token =
    IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;
type Asking = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// What is kept of a browser while it is at a provider.
#[derive(Serialize, Deserialize)]
struct Away {
    nonce: String,
    verifier: String,
}

/// Whom a provider vouched for.
struct Vouched {
    subject: String,
    name: Option<String>,
    claims: Claims,
    token: String,
}

/// What somebody goes to a provider for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To sign in.
    SignIn,
    /// To take the invitation with this token.
    Invitation(String),
    /// To give the account that is signed in one more way in.
    Add,
}

/// What comes back from a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Returned {
    /// What we sent along.
    #[serde(default)]
    pub state: String,
    /// What the claims are asked for with.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
}
fn answer(error: impl std::fmt::Display) -> ProviderError {
    ProviderError::Answer(error.to_string())
}

/// The texts of a claim: one, or several.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Where whoever was vouched for works, by the provider's word; the part behind an @ counts, too.
fn works_at<'a>(
    provider: &Provider,
    mapped: &'a [Mapped],
    claims: &BTreeMap<String, Value>,
) -> Option<&'a Mapped> {
    if let (Some(claim), Some(value)) = (&provider.required_claim, &provider.required_value)
        && !texts(claims.get(claim)).contains(&value.as_str())
    {
        return None;
    }
    let said = texts(claims.get(provider.organisation_claim.as_deref()?));
    let fits = |to: &&Mapped| {
        said.iter().any(|text| {
            let behind = text.rsplit_once('@').map(|(_, behind)| behind);
            *text == to.value || behind == Some(to.value.as_str())
        })
    };
    mapped.iter().find(fits)
}

impl Accounts {
    fn asking(
        &self,
        provider: &Provider,
        told: &Told,
        key: &crate::crypto::Key,
    ) -> Result<Asking, NotIn> {
        let secret = match &provider.secret {
            Some(sealed) => {
                let plain = key.open(PLACE, sealed).ok();
                let text = plain.and_then(|plain| String::from_utf8(plain).ok());
                Some(ClientSecret::new(text.ok_or(StoreError::RegionKey)?))
            }
            None => None,
        };
        let back = RedirectUrl::new(self.address(app::paths::PROVIDER_BACK)).map_err(answer)?;
        let client = ClientId::new(provider.client_id.clone());
        let asking = Client::from_provider_metadata(told.about.clone(), client, secret);
        Ok(asking.set_redirect_uri(back))
    }

    /// Keeps a provider of a region, after asking it about itself.
    ///
    /// # Errors
    /// [`NoIssuer`]; of the database. `None` when the region has one of this issuer.
    pub async fn keep_provider(
        &self,
        tenant: TenantId,
        new: NewProvider,
    ) -> Result<Result<Option<Provider>, NoIssuer>, StoreError> {
        if !is_issuer(&new.issuer) {
            return Ok(Err(NoIssuer::Address(new.issuer)));
        }
        if let Err(error) = self.providers.told(&new.issuer, None).await {
            let why = error.to_string();
            let issuer = new.issuer;
            return Ok(Err(NoIssuer::Silent { issuer, why }));
        }
        let (key, now) = (self.key().await?, self.now());
        let secret = new.secret.as_deref();
        let (required_claim, required_value) = new.required.unzip();
        let scopes = [Some(new.kind.scopes()), new.scopes.as_deref()];
        let own_claim = || new.kind.organisation_claim().map(str::to_owned);
        let provider = Provider {
            provider_id: chance::id(self.chance(), now),
            tenant_id: tenant.0,
            kind: new.kind.stored().to_owned(),
            label: new.label,
            issuer: new.issuer,
            client_id: new.client_id,
            secret: secret.map(|secret| key.seal(self.chance(), PLACE, secret.as_bytes())),
            scopes: scopes.into_iter().flatten().collect::<Vec<_>>().join(" "),
            organisation_claim: new.organisation_claim.or_else(own_claim),
            required_claim,
            required_value,
        };
        let kept = self.store().keep_provider(&provider, now).await?;
        Ok(Ok(kept.then_some(provider)))
    }

    /// The providers that can be chosen: of the region of this slug, or of all.
    ///
    /// # Errors
    /// Of the database.
    pub async fn providers_of(&self, slug: Option<&str>) -> Result<Vec<Provider>, StoreError> {
        let tenant = match slug {
            Some(slug) => self.store().find_tenant(slug).await?,
            None => None,
        };
        let tenant = tenant.map(|region| region.tenant());
        self.store().providers(tenant).await
    }

    /// Where to go to sign in with a provider.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn go(&self, provider: Uuid, aim: Aim, browser: &Browser) -> Result<Url, NotIn> {
        let provider = self.store().provider(provider).await?;
        let provider = provider.ok_or(NotIn::Link)?;
        let account = match aim {
            Aim::Add => Some(self.signed_in(browser).await?.ok_or(NotIn::Browser)?),
            Aim::SignIn | Aim::Invitation(_) => None,
        };
        let told = self.providers.told(&provider.issuer, None).await?;
        let key = self.key().await?;
        let asking = self.asking(&provider, &told, key)?;
        let away = Away {
            nonce: self.secret(),
            verifier: self.secret(),
        };
        let verifier = PkceCodeVerifier::new(away.verifier.clone());
        let (state, nonce) = (self.secret(), Nonce::new(away.nonce.clone()));
        let sent = CsrfToken::new(state.clone());
        let mut request = asking
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || sent,
                move || nonce,
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in provider.scopes.split_whitespace() {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        let (url, _, _) = request.url();
        let plain = serde_json::to_vec(&away).map_err(answer)?;
        let one = Authorisation {
            provider_id: provider.provider_id,
            sealed: key.seal(self.chance(), PLACE, &plain),
            account_id: account,
            invitation: match aim {
                Aim::Invitation(token) => Some(hash(&token).to_vec()),
                Aim::SignIn | Aim::Add => None,
            },
        };
        let own = hash(browser.secret.as_deref().unwrap_or_default());
        let now = self.now();
        self.store()
            .keep_authorisation(hash(&state), own, &one, now, now + AWAY)
            .await?;
        Ok(url)
    }

    /// Somebody comes back from a provider.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn back(&self, returned: &Returned, browser: &Browser) -> Result<Signed, NotIn> {
        let own = hash(browser.secret.as_deref().ok_or(NotIn::Browser)?);
        let one = self
            .store()
            .use_authorisation(hash(&returned.state), own, self.now())
            .await?
            .ok_or(NotIn::Link)?;
        let provider = self.store().provider(one.provider_id).await?;
        let provider = provider.ok_or(NotIn::Link)?;
        let vouched = self.vouched(&provider, &one, returned).await?;
        let subject = self
            .key()
            .await?
            .digest("subject", vouched.subject.as_bytes());
        let known = self
            .store()
            .account_of_identity(&provider.issuer, subject, self.now())
            .await?;
        let account = match (&one.invitation, one.account_id) {
            (Some(invitation), _) => {
                let invitation = Hash::try_from(invitation.as_slice());
                let invitation = invitation.map_err(|_bytes| NotIn::Link)?;
                let own = match known {
                    Some(known) => Some(known),
                    None => self.signed_in(browser).await?,
                };
                let account = self
                    .take_invitation(invitation, own, &provider, subject)
                    .await?;
                self.adopt(account, &provider, subject).await?
            }
            (None, Some(account)) => {
                if self.signed_in(browser).await? != Some(account) {
                    return Err(NotIn::Browser);
                }
                self.adopt(account, &provider, subject).await?
            }
            (None, None) => match known {
                Some(known) => known,
                None => self.admit(&provider, &vouched, subject).await?,
            },
        };
        let said = self
            .key()
            .await?
            .seal(self.chance(), PLACE, vouched.token.as_bytes());
        let by = Some((provider.provider_id, said.as_slice()));
        Ok(self.begin(account, How::Provider, browser, by).await?)
    }

    /// Makes the way in one of the account's.
    async fn adopt(
        &self,
        account: Uuid,
        provider: &Provider,
        subject: Hash,
    ) -> Result<Uuid, NotIn> {
        let now = self.now();
        let issuer = &provider.issuer;
        if self
            .store()
            .add_identity(account, issuer, subject, now)
            .await?
        {
            Ok(account)
        } else {
            Err(NotIn::Taken)
        }
    }

    /// Takes an invitation for an account, or for a new one of this identity.
    async fn take_invitation(
        &self,
        invitation: Hash,
        account: Option<Uuid>,
        provider: &Provider,
        subject: Hash,
    ) -> Result<Uuid, NotIn> {
        let now = self.now();
        let link = self.store().use_link(invitation, None, now).await?;
        let link = link.ok_or(NotIn::Link)?;
        let (tenant, person) = link.person.ok_or(NotIn::Link)?;
        let account = match account {
            Some(account) => account,
            None => self.open(&provider.issuer, subject).await?,
        };
        if self.store().join(account, tenant, person, now).await? {
            return Ok(account);
        }
        // Whom it was meant for finds it usable.
        self.store().keep_link(invitation, &link, now).await?;
        Err(NotIn::Taken)
    }

    /// Asks the provider for whom it vouches, and checks what it says.
    async fn vouched(
        &self,
        provider: &Provider,
        one: &Authorisation,
        returned: &Returned,
    ) -> Result<Vouched, NotIn> {
        if returned
            .iss
            .as_ref()
            .is_some_and(|iss| *iss != provider.issuer)
        {
            return Err(ProviderError::MixedUp.into());
        }
        let Some(code) = &returned.code else {
            let why = returned.error.clone().unwrap_or_else(|| "nothing".into());
            return Err(ProviderError::Denied(why).into());
        };
        let key = self.key().await?;
        let plain = key.open(PLACE, &one.sealed).map_err(answer)?;
        let away: Away = serde_json::from_slice(&plain).map_err(answer)?;
        let mut told = self.providers.told(&provider.issuer, None).await?;
        let mut asking = self.asking(provider, &told, key)?;
        let tokens: Answer = asking
            .exchange_code(AuthorizationCode::new(code.clone()))
            .map_err(answer)?
            .set_pkce_verifier(PkceCodeVerifier::new(away.verifier))
            .request_async(&self.providers.http)
            .await
            .map_err(answer)?;
        let token = tokens.id_token();
        let token = token.ok_or_else(|| answer("it sent no ID token"))?;
        let nonce = Nonce::new(away.nonce);
        let now = self.now();
        let mut checked =
            token.claims(&asking.id_token_verifier().set_time_fn(move || now), &nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(_)) = checked {
            // It may sign with a new key.
            told = self.providers.told(&provider.issuer, Some(&told)).await?;
            asking = self.asking(provider, &told, key)?;
            checked = token.claims(&asking.id_token_verifier().set_time_fn(move || now), &nonce);
        }
        let claims = checked.map_err(ProviderError::from)?;
        let mut all = claims.additional_claims().clone();
        let first = |name: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserName>>| {
            name.and_then(|name| name.iter().next())
                .map(|(_, name)| name.as_str().to_owned())
        };
        let mut name = first(claims.name());
        let wanted = provider.organisation_claim.as_ref();
        let missing = wanted.is_some_and(|claim| !all.0.contains_key(claim)) || name.is_none();
        if missing
            && let Ok(request) = asking.user_info(
                tokens.access_token().clone(),
                Some(claims.subject().clone()),
            )
        {
            let more: UserInfoClaims<Claims, CoreGenderClaim> = request
                .request_async(&self.providers.http)
                .await
                .map_err(answer)?;
            name = name.or_else(|| first(more.name()));
            all.0.extend(more.additional_claims().0.clone());
        }
        Ok(Vouched {
            subject: claims.subject().as_str().to_owned(),
            name,
            claims: all,
            token: token.to_string(),
        })
    }

    /// Enters somebody nobody knows, if the provider says that they work at an organisation that is mapped.
    async fn admit(
        &self,
        provider: &Provider,
        vouched: &Vouched,
        subject: Hash,
    ) -> Result<Uuid, NotIn> {
        let mapped = self
            .store()
            .mapped_organisations(provider.provider_id)
            .await?;
        let unknown = || NotIn::Unknown(provider.label.clone());
        let at = works_at(provider, &mapped, &vouched.claims.0).ok_or_else(unknown)?;
        let name = vouched.name.as_deref().unwrap_or_default();
        let name = PersonName::parse(name).map_err(|_error| unknown())?;
        let role = serde_json::from_value::<WorkRole>(at.role.as_str().into());
        let role = role.map_err(|_error| unknown())?;
        let tenant = TenantId(provider.tenant_id);
        let account = self.open(&provider.issuer, subject).await?;
        // Ids that follow from the account: coming twice at once, or again after a fall, enters one person.
        let person = PersonId(derived(account, &format!("person of {}", tenant.0)));
        let join = PersonCommand::Join {
            person,
            organisation: OrganisationId(at.organisation_id),
            role,
        };
        let orders: [Command; 2] = [PersonCommand::Register { person }.into(), join.into()];
        let executor = self.executors.of(tenant).await?;
        for (n, order) in orders.into_iter().enumerate() {
            let id = CommandId(derived(person.0, &format!("entered {n}")));
            let mut submission = Submission::new(id, order);
            if n == 0 {
                submission.names.push(Named {
                    person,
                    name: name.clone(),
                });
            }
            let ordered = executor.submit(Order::new(submission, Actor::Operator));
            match ordered.await {
                Ok(_) => {}
                Err(CommandError::Internal | CommandError::TryAgain) => return Err(NotIn::Later),
                Err(error) => {
                    tracing::warn!(%error, "somebody a provider vouched for was not entered");
                    return Err(unknown());
                }
            }
        }
        // Whoever was forgotten here does not come back by themselves.
        let names = crate::open::names(self.store(), tenant, &[person]).await?;
        if names.get(&person).is_none_or(Option::is_none) {
            return Err(unknown());
        }
        match self
            .store()
            .join(account, tenant, person, self.now())
            .await?
        {
            true => Ok(account),
            false => Err(NotIn::Taken),
        }
    }

    /// Where to go to sign out of the provider that a session was begun by, if it wants to know.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sign_out_at(&self, session: &str) -> Result<Option<(String, Url)>, StoreError> {
        let found = self.store().provider_of_session(hash(session)).await?;
        let Some((provider, said)) = found else {
            return Ok(None);
        };
        let Some(provider) = self.store().provider(provider).await? else {
            return Ok(None);
        };
        // A provider that is away keeps nobody signed in here.
        let Ok(told) = self.providers.told(&provider.issuer, None).await else {
            return Ok(None);
        };
        let end: Option<EndSessionUrl> = told
            .about
            .additional_metadata()
            .end_session_endpoint
            .clone();
        let key = self.key().await?;
        let plain = key.open(PLACE, &said).ok();
        let token = plain.and_then(|plain| String::from_utf8(plain).ok());
        let token = token.and_then(|token| Token::from_str(&token).ok());
        let back = PostLogoutRedirectUrl::new(self.address(app::paths::DOORS)).ok();
        let (Some(end), Some(token), Some(back)) = (end, token, back) else {
            return Ok(None);
        };
        let request = LogoutRequest::from(end)
            .set_id_token_hint(&token)
            .set_client_id(ClientId::new(provider.client_id))
            .set_post_logout_redirect_uri(back);
        Ok(Some((provider.label, request.http_get_url())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(required: Option<(&str, &str)>) -> Provider {
        let (claim, value) = required.unzip();
        Provider {
            provider_id: Uuid::nil(),
            tenant_id: Uuid::nil(),
            kind: "feide".into(),
            label: "Feide".into(),
            issuer: "https://auth.example".into(),
            client_id: "samspor".into(),
            secret: None,
            scopes: String::new(),
            organisation_claim: Some("work".into()),
            required_claim: claim.map(str::to_owned),
            required_value: value.map(str::to_owned),
        }
    }

    fn mapped(value: &str) -> Mapped {
        Mapped {
            value: value.into(),
            organisation_id: Uuid::nil(),
            role: "teacher".into(),
        }
    }

    fn claims(value: Value) -> BTreeMap<String, Value> {
        serde_json::from_value(value).expect("claims")
    }

    #[test]
    fn whoever_works_at_an_organisation_that_is_mapped_is_told_by_the_claim() {
        let mapped = [mapped("surnadal.example"), mapped("974615231")];
        let at = |value| {
            let claims = claims(value);
            works_at(&provider(None), &mapped, &claims).map(|to| to.value.clone())
        };
        let found = Some("surnadal.example".to_owned());
        assert_eq!(at(serde_json::json!({"work": "surnadal.example"})), found);
        assert_eq!(
            at(serde_json::json!({"work": "kari@surnadal.example"})),
            found
        );
        assert_eq!(
            at(serde_json::json!({"work": ["x", "974615231"]})).as_deref(),
            Some("974615231")
        );
        assert_eq!(at(serde_json::json!({"work": "notsurnadal.example"})), None);
        assert_eq!(
            at(serde_json::json!({"work": "surnadal.example@evil.example"})),
            None
        );
        assert_eq!(at(serde_json::json!({"other": "surnadal.example"})), None);
        assert_eq!(at(serde_json::json!({"work": 974_615_231})), None);
    }

    #[test]
    fn a_pupil_of_the_same_school_is_not_let_in() {
        let (mapped, provider) = ([mapped("a.example")], provider(Some(("is", "employee"))));
        let pupil = claims(serde_json::json!({"work": "a.example", "is": ["student"]}));
        let teacher =
            claims(serde_json::json!({"work": "a.example", "is": ["member", "employee"]}));
        assert_eq!(works_at(&provider, &mapped, &pupil), None);
        assert!(works_at(&provider, &mapped, &teacher).is_some());
    }
}
