//! Signing in, links of letters, one's own account: plain forms around [`crate::accounts`].

use super::facts::{Facts, LANGUAGE, SESSION, cookie};
use super::{Site, providers};
use crate::accounts::{Browser, MAIL, NotIn, SESSION as LASTS, Seen, Signed};
use crate::mail::Address;
use crate::store::StoreError;
use app::outside::{
    self, Account, AccountSession, Asked, Begun, Link, Outside, PasskeyRow, SignIn, WayIn,
};
use app::paths;
use axum::Extension;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::time::Duration;
use uuid::Uuid;

/// The cookie whose secret binds what is begun in a browser to it.
pub const BROWSER: &str = "samspor_browser";
/// How long asking for a link takes at least: much longer than anything that is done meanwhile.
const ASKING_MIN: Duration = Duration::from_millis(300);
pub const YEAR_SECONDS: i64 = 60 * 60 * 24 * 365;

/// What came with a request that signs somebody in.
pub fn browser(facts: &Facts, headers: &HeaderMap) -> Browser {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    Browser {
        secret: cookie(headers, BROWSER),
        session: facts.caller.session.clone(),
        agent: agent.unwrap_or_default().to_owned(),
    }
}

/// A page outside of the app.
pub fn page(facts: &Facts, here: &str, status: StatusCode, page: impl Outside) -> Response {
    (status, Html(outside::document(&facts.caller, here, page))).into_response()
}

/// Logs what broke, once, and says no more than that.
pub fn broken(facts: &Facts, error: &StoreError) -> Response {
    tracing::error!(request = %facts.caller.request, %error, "somebody cannot sign in");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something broke. Try again.\n",
    )
        .into_response()
}

/// Adds a cookie to an answer.
pub fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A cookie that only the server reads.
pub fn hidden(site: &Site, name: &str, value: &str, seconds: i64) -> String {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// This address asks too often.
pub fn too_often(facts: &Facts) -> Response {
    let again = SignIn {
        too_often: true,
        ..SignIn::default()
    };
    page(facts, paths::SIGN_IN, StatusCode::TOO_MANY_REQUESTS, again)
}

/// Which region one wants into, if that is known.
#[derive(Default, Deserialize)]
pub struct Into {
    region: Option<String>,
}

/// Where one asks for a link, or chooses a provider.
pub async fn form(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Query(into): Query<Into>,
) -> Response {
    match providers::links(&site, into.region.as_deref()).await {
        Ok(providers) => {
            let shown = SignIn {
                passkeys: site.accounts.offers_passkeys(),
                providers,
                ..SignIn::default()
            };
            page(&facts, paths::SIGN_IN, StatusCode::OK, shown)
        }
        Err(error) => broken(&facts, &error),
    }
}

/// An address that a link is asked for.
#[derive(Deserialize)]
pub struct Asking {
    #[serde(default)]
    address: String,
}

/// Sends a link, if the address is somebody's; says the same in any case.
pub async fn ask(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(asking): Form<Asking>,
) -> Response {
    let Ok(address) = Address::parse(&asking.address) else {
        let again = SignIn {
            wrong: Some(asking.address),
            passkeys: site.accounts.offers_passkeys(),
            ..SignIn::default()
        };
        return page(
            &facts,
            paths::SIGN_IN,
            StatusCode::UNPROCESSABLE_ENTITY,
            again,
        );
    };
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    let secret = cookie(&headers, BROWSER).unwrap_or_else(|| site.accounts.secret());
    let language = facts.caller.language.as_deref().unwrap_or("nb");
    // How long a letter takes to write would tell whether the address is somebody's.
    let (asked, ()) = tokio::join!(
        site.accounts.ask_link(&address, &secret, language),
        tokio::time::sleep(ASKING_MIN),
    );
    if let Err(error) = asked {
        return broken(&facts, &error);
    }
    let asked = Asked {
        address: address.as_str().to_owned(),
    };
    let mut response = page(&facts, paths::SIGN_IN, StatusCode::OK, asked);
    set_cookie(
        &mut response,
        &hidden(&site, BROWSER, &secret, YEAR_SECONDS),
    );
    response
}

/// Why somebody does not come in, as a page.
pub fn refused(facts: &Facts, refusal: &NotIn) -> Response {
    match refusal {
        NotIn::Store(error) => broken(facts, error),
        NotIn::Browser => page(
            facts,
            paths::SIGN_IN,
            StatusCode::FORBIDDEN,
            Link::OtherBrowser,
        ),
        NotIn::Taken => page(facts, paths::SIGN_IN, StatusCode::CONFLICT, Link::Taken),
        NotIn::Link => page(facts, paths::SIGN_IN, StatusCode::NOT_FOUND, Link::Gone),
        NotIn::Unknown(provider) => {
            let unknown = Link::Unknown(provider.clone());
            page(facts, paths::SIGN_IN, StatusCode::FORBIDDEN, unknown)
        }
        NotIn::Provider(error) => {
            tracing::warn!(request = %facts.caller.request, %error, "a provider let nobody in");
            page(
                facts,
                paths::SIGN_IN,
                StatusCode::BAD_GATEWAY,
                Link::Provider,
            )
        }
        NotIn::Later => page(
            facts,
            paths::SIGN_IN,
            StatusCode::SERVICE_UNAVAILABLE,
            Link::Provider,
        ),
    }
}

/// What a link would do; it is used only when its button is pressed.
pub async fn look(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let browser = browser(&facts, &headers);
    let seen = match site.accounts.look(&token, &browser).await {
        Ok(seen) => seen,
        Err(refusal) => return refused(&facts, &refusal),
    };
    let signed_in = match site.accounts.signed_in(&browser).await {
        Ok(account) => account.is_some(),
        Err(error) => return broken(&facts, &error),
    };
    let path = paths::link(&token);
    let shown = match seen {
        Seen::SignIn { here: true } => Link::SignIn { path },
        Seen::SignIn { here: false } => return refused(&facts, &NotIn::Browser),
        Seen::Invitation { region, name } => {
            // Who has chosen no language is invited in the region's.
            let mut facts = facts.clone();
            facts.caller.language.get_or_insert(region.language);
            let with = match providers::links(&site, Some(&region.slug)).await {
                Ok(with) => with,
                Err(error) => return broken(&facts, &error),
            };
            let invitation = Link::Invitation {
                path: path.clone(),
                region: region.name,
                name,
                signed_in,
                providers: (with, format!("?invitation={token}")),
            };
            return page(&facts, &path, StatusCode::OK, invitation);
        }
    };
    page(&facts, &paths::link(&token), StatusCode::OK, shown)
}

/// Lets somebody in: the session's cookie, and on to their region.
pub fn come_in(site: &Site, facts: &Facts, Signed { token, region }: &Signed) -> Response {
    let to = match region {
        Some((slug, _)) => paths::today(slug),
        None => paths::ACCOUNT.to_owned(),
    };
    let mut response = Redirect::to(&to).into_response();
    // Who has chosen no language reads the region's.
    if let (None, Some((_, language))) = (&facts.caller.language, region) {
        let cookie = format!("{LANGUAGE}={language}; Path=/; SameSite=Lax; Max-Age={YEAR_SECONDS}");
        set_cookie(&mut response, &cookie);
    }
    let session = hidden(site, SESSION, token, LASTS.num_seconds());
    set_cookie(&mut response, &session);
    response
}

/// Uses a link.
pub async fn follow(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !site.limits.may_sign_in(facts.from) {
        return too_often(&facts);
    }
    match site
        .accounts
        .follow(&token, &browser(&facts, &headers))
        .await
    {
        Ok(signed) => come_in(&site, &facts, &signed),
        Err(refusal) => refused(&facts, &refusal),
    }
}

/// One's own account.
pub async fn account(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    let browser = browser(&facts, &headers);
    let shown = async {
        let Some(account) = site.accounts.signed_in(&browser).await? else {
            return Ok(None);
        };
        let regions = site.accounts.regions(account).await?;
        let day = |moment| match regions.first() {
            Some(region) => region.day(moment),
            None => moment.date_naive(),
        };
        let sessions = site.accounts.sessions(account, &browser).await?;
        let sessions = sessions.into_iter().map(|row| AccountSession {
            id: row.session_id,
            how: match row.how.as_str() {
                "invitation" => Begun::Invitation,
                "passkey" => Begun::Passkey,
                "provider" => Begun::Provider,
                _ => Begun::Mail,
            },
            seen: day(row.seen_at.unwrap_or(row.created_at)),
            agent: row.agent,
            current: row.current,
        });
        let passkeys = site.accounts.passkeys(account).await?;
        let passkeys = passkeys.into_iter().map(|row| PasskeyRow {
            id: row.passkey_id,
            agent: row.agent,
            made: day(row.created_at),
            used: row.used_at.map(day),
        });
        let ways = site.accounts.ways_in(account).await?;
        let mut more = Vec::new();
        for region in &regions {
            for provider in site.accounts.providers_of(Some(&region.slug)).await? {
                if ways.iter().all(|way| way.issuer != provider.issuer) {
                    more.push(providers::link(&provider));
                }
            }
        }
        Ok::<_, StoreError>(Some(Account {
            passkeys: site.accounts.offers_passkeys().then(|| passkeys.collect()),
            ways: ways
                .into_iter()
                .map(|way| WayIn {
                    subject: hex::encode(&way.subject),
                    provider: (way.issuer != MAIL).then(|| way.label.unwrap_or(way.issuer.clone())),
                    used: day(way.used_at),
                    issuer: way.issuer,
                })
                .collect(),
            more,
            sessions: sessions.collect(),
            today: day(site.accounts.now()),
            regions: regions
                .iter()
                .map(|region| (region.slug.clone(), region.name.clone()))
                .collect(),
        }))
    };
    match shown.await {
        Ok(Some(account)) => page(&facts, paths::ACCOUNT, StatusCode::OK, account),
        Ok(None) => Redirect::to(paths::SIGN_IN).into_response(),
        Err(error) => broken(&facts, &error),
    }
}

/// Which session to end; none named means all.
#[derive(Deserialize)]
pub struct Ending {
    session: Option<Uuid>,
}

/// Ends one of one's own sessions, or all.
pub async fn end(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    Form(ending): Form<Ending>,
) -> Response {
    let browser = browser(&facts, &headers);
    let ended = async {
        let Some(account) = site.accounts.signed_in(&browser).await? else {
            return Ok(false);
        };
        site.accounts.end(account, ending.session).await?;
        Ok::<_, StoreError>(ending.session.is_some())
    };
    match ended.await {
        Ok(true) => Redirect::to(paths::ACCOUNT).into_response(),
        Ok(false) => {
            let mut response = Redirect::to(paths::SIGN_IN).into_response();
            set_cookie(&mut response, &hidden(&site, SESSION, "", 0));
            response
        }
        Err(error) => broken(&facts, &error),
    }
}
