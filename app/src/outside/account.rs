//! One's own account: the regions one belongs to, and where one is signed in.

use super::passkeys::{self, PasskeyRow};
use super::sign_in::{ProviderLink, provider_links};
use super::words::words;
use super::{Outside, paragraph};
use crate::format;
use crate::paths;
use chrono::NaiveDate;
use leptos::prelude::*;
use uuid::Uuid;

/// A place where one is signed in.
#[derive(Clone, Debug)]
pub struct AccountSession {
    /// Its id.
    pub id: Uuid,
    /// What the browser calls itself.
    pub agent: String,
    /// How it was begun.
    pub how: Begun,
    /// The day it was used last.
    pub seen: NaiveDate,
    /// Whether it is this one.
    pub current: bool,
}

/// How a session was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// By a link in an e-mail.
    Mail,
    /// By taking an invitation.
    Invitation,
    /// By a passkey.
    Passkey,
    /// With a provider.
    Provider,
}

/// One of the ways in of an account.
#[derive(Clone, Debug)]
pub struct WayIn {
    /// Whose word it is, as the form that takes it away says it.
    pub issuer: String,
    /// Its own mark, as that form says it.
    pub subject: String,
    /// What people call the provider; none for an e-mail address.
    pub provider: Option<String>,
    /// The day it was used last.
    pub used: NaiveDate,
}

/// One's own account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Slug and name of each region.
    pub regions: Vec<(String, String)>,
    /// Where one is signed in.
    pub sessions: Vec<AccountSession>,
    /// One's passkeys, where they are offered.
    pub passkeys: Option<Vec<PasskeyRow>>,
    /// The ways in.
    pub ways: Vec<WayIn>,
    /// Providers by which one more way can be had.
    pub more: Vec<ProviderLink>,
    /// Today.
    pub today: NaiveDate,
}

/// What people call a browser, out of what it calls itself: the system and the program.
#[must_use]
pub fn browser(agent: &str) -> Option<String> {
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "Chromebook"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ];
    // Each calls itself by the names of those before it, too.
    let program = [
        ("Edg", "Edge"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(word, _)| agent.contains(word));
        found.map(|(_, name)| *name)
    };
    match (find(&program), find(&system)) {
        (Some(program), Some(system)) => Some(format!("{program}, {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

impl Outside for Account {
    fn title(&self) -> String {
        words().account_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        let regions = match self.regions.is_empty() {
            true => paragraph(&w.regions_none),
            false => {
                let links = self.regions.into_iter().map(|(slug, name)| {
                    let data = format::fill(&w.my_data, &[("region", &name)]);
                    view! {
                        <li class="outside-region">
                            <a class="ds-link" href=paths::today(&slug)>{name}</a>
                            <a class="ds-link outside-quiet" href=paths::my_data(&slug) download>{data}</a>
                        </li>
                    }
                });
                view! { <ul class="outside-list">{links.collect_view()}</ul> }.into_any()
            }
        };
        let today = self.today;
        let sessions = self.sessions.into_iter().map(|one| session(one, today));
        let only = self.ways.len() == 1;
        let ways = self.ways.into_iter().map(|one| way(one, today, only));
        view! {
            <section class="ds-card card">
                <h2 class="ds-heading" data-size="sm">{w.regions_title.clone()}</h2>
                {regions}
            </section>
            <section class="ds-card card">
                <h2 class="ds-heading" data-size="sm">{w.ways_title.clone()}</h2>
                <ul class="outside-list">{ways.collect_view()}</ul>
                {provider_links(self.more, &w.ways_add, "?add=1")}
            </section>
            <section class="ds-card card">
                <h2 class="ds-heading" data-size="sm">{w.sessions_title.clone()}</h2>
                {paragraph(&w.sessions_lead)}
                <ul class="outside-list">{sessions.collect_view()}</ul>
                <form method="post" action="/account/sessions/end" class="form">
                    <p class="ds-paragraph field-help" data-size="sm">{w.end_everywhere_lead.clone()}</p>
                    <button type="submit" class="ds-button" data-variant="secondary">{w.end_everywhere.clone()}</button>
                </form>
            </section>
            {self.passkeys.map(|rows| passkeys::card(rows, today))}
            <form method="post" action=paths::leave()>
                <button type="submit" class="ds-button" data-variant="tertiary">{w.sign_out.clone()}</button>
            </form>
        }
        .into_any()
    }
}

fn session(one: AccountSession, today: NaiveDate) -> AnyView {
    let w = words();
    let name = browser(&one.agent).unwrap_or_else(|| w.unknown_browser.clone());
    let how = match one.how {
        Begun::Invitation => &w.session_invitation,
        Begun::Mail => &w.session_mail,
        Begun::Passkey => &w.session_passkey,
        Begun::Provider => &w.session_provider,
    };
    let day = format::day(one.seen, today, crate::parts::words::words());
    let seen = format::fill(&w.session_seen, &[("day", &day), ("how", how)]);
    let end = match one.current {
        true => view! { <span class="ds-tag" data-size="sm" data-color="success">{w.session_current.clone()}</span> }
            .into_any(),
        false => {
            let label = format!("{}: {name}", w.session_end);
            view! {
                <form method="post" action="/account/sessions/end">
                    <input type="hidden" name="session" value=one.id.to_string()/>
                    <button type="submit" class="ds-button" data-variant="tertiary" data-size="sm" aria-label=label>
                        {w.session_end.clone()}
                    </button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <li class="outside-row">
            <span>
                <strong>{name}</strong>
                <span class="outside-quiet">{seen}</span>
            </span>
            {end}
        </li>
    }
    .into_any()
}

fn way(one: WayIn, today: NaiveDate, only: bool) -> AnyView {
    let w = words();
    let name = one.provider.unwrap_or_else(|| w.way_mail.clone());
    let day = format::day(one.used, today, crate::parts::words::words());
    let used = format::fill(&w.way_used, &[("day", &day)]);
    let label = format!("{}: {name}", w.way_drop);
    let drop = (!only).then(|| {
        view! {
            <form method="post" action="/account/ways/drop">
                <input type="hidden" name="issuer" value=one.issuer/>
                <input type="hidden" name="subject" value=one.subject/>
                <button type="submit" class="ds-button" data-variant="tertiary" data-size="sm" aria-label=label>
                    {w.way_drop.clone()}
                </button>
            </form>
        }
    });
    view! {
        <li class="outside-row">
            <span>
                <strong>{name}</strong>
                <span class="outside-quiet">{used}</span>
            </span>
            {drop}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.0 Mobile/15E148 Safari/604.1";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0";
        assert_eq!(browser(iphone).as_deref(), Some("Safari, iPhone"));
        assert_eq!(browser(edge).as_deref(), Some("Edge, Windows"));
        assert_eq!(browser("curl/8"), None);
    }
}
