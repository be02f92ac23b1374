//! Going to a provider of OpenID Connect and coming back: links around [`crate::accounts::providers`].

use super::Site;
use super::facts::Facts;
use super::sign_in::{
    BROWSER, YEAR_SECONDS, broken, browser, come_in, hidden, refused, set_cookie, too_often,
};
use crate::accounts::providers::{Aim, Returned};
use crate::store::StoreError;
use crate::store::providers::Provider;
use app::outside::ProviderLink;
use app::paths;
use axum::Extension;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

/// A provider, as the pages show it.
pub fn link(provider: &Provider) -> ProviderLink {
    ProviderLink {
        provider: provider.provider_id,
        label: provider.label.clone(),
    }
}

/// The providers that can be chosen: of the region of this slug, or of all.
pub async fn links(site: &Site, region: Option<&str>) -> Result<Vec<ProviderLink>, StoreError> {
    let providers = site.accounts.providers_of(region).await?;
    Ok(providers.iter().map(link).collect())
}

/// What somebody goes to a provider for.
#[derive(Default, Deserialize)]
pub struct Going {
    invitation: Option<String>,
    add: Option<String>,
}

/// Goes to a provider.
pub async fn go(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(provider): Path<Uuid>,
    Query(going): Query<Going>,
    headers: HeaderMap,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let mut browser = browser(&facts, &headers);
    let secret = browser
        .secret
        .get_or_insert_with(|| site.accounts.secret())
        .clone();
    let aim = match going {
        Going {
            invitation: Some(token),
            ..
        } => Aim::Invitation(token),
        Going { add: Some(_), .. } => Aim::Add,
        Going { .. } => Aim::SignIn,
    };
    match site.accounts.go(provider, aim, &browser).await {
        Ok(to) => {
            let mut response = Redirect::to(to.as_str()).into_response();
            set_cookie(
                &mut response,
                &hidden(&site, BROWSER, &secret, YEAR_SECONDS),
            );
            response
        }
        Err(refusal) => refused(&facts, &refusal),
    }
}

/// Comes back from a provider.
pub async fn back(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Query(returned): Query<Returned>,
    headers: HeaderMap,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    match site
        .accounts
        .back(&returned, &browser(&facts, &headers))
        .await
    {
        Ok(signed) => come_in(&site, &facts, &signed),
        Err(refusal) => refused(&facts, &refusal),
    }
}

/// Which way in to take away.
#[derive(Deserialize)]
pub struct Dropping {
    issuer: String,
    subject: String,
}

/// Takes one of one's own ways in away, unless it is the last.
pub async fn drop_way(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(Dropping { issuer, subject }): Form<Dropping>,
) -> Response {
    let browser = browser(&facts, &headers);
    let dropped = async {
        let Some(account) = site.accounts.signed_in(&browser).await? else {
            return Ok(false);
        };
        let mut own = [0; 32];
        if hex::decode_to_slice(&subject, &mut own).is_ok() {
            site.accounts.drop_way_in(account, &issuer, own).await?;
        }
        Ok::<_, StoreError>(true)
    };
    match dropped.await {
        Ok(true) => Redirect::to(paths::ACCOUNT).into_response(),
        Ok(false) => Redirect::to(paths::SIGN_IN).into_response(),
        Err(error) => broken(&facts, &error),
    }
}
