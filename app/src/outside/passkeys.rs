//! Passkeys: one's own in the account, and the button to sign in by one. Making and using them takes a script, a file
//! that the server serves; without it the buttons stay hidden.

use super::account::browser;
use super::words::words;
use super::{Outside, paragraph};
use crate::format;
use crate::paths;
use chrono::NaiveDate;
use leptos::prelude::*;
use uuid::Uuid;

/// One of one's own passkeys.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// Its id.
    pub id: Uuid,
    /// What the browser that made it calls itself.
    pub agent: String,
    /// The day it was made.
    pub made: NaiveDate,
    /// The day it signed in last.
    pub used: Option<NaiveDate>,
}

/// A passkey did not prove itself.
#[derive(Clone, Copy, Debug)]
pub struct NoPasskey;

impl Outside for NoPasskey {
    fn title(&self) -> String {
        words().no_passkey_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        view! {
            {paragraph(&w.no_passkey)}
            <p><a class="ds-button" data-variant="secondary" href=paths::SIGN_IN>{w.sign_in_title.clone()}</a></p>
        }
        .into_any()
    }
}

/// A button that the script brings to life.
fn button(step: &'static str, action: &'static str, begin: &'static str, label: &str) -> AnyView {
    view! {
        <div data-passkey-place hidden>
            <form method="post" action=action class="form" data-passkey=step data-begin=begin>
                <input type="hidden" name="credential"/>
                <button type="submit" class="ds-button" data-variant="secondary">{label.to_owned()}</button>
            </form>
            <p class="ds-validation-message" data-color="danger" role="alert" data-passkey-failed hidden>
                {words().passkey_failed.clone()}
            </p>
        </div>
        <script type="module" src="/sign-in/passkeys.js"></script>
    }
    .into_any()
}

/// Where one signs in by a passkey.
pub fn sign_in() -> AnyView {
    let label = &words().passkey_sign_in;
    button("get", "/sign-in/passkey", "/sign-in/passkey/begin", label)
}

/// One's own passkeys.
pub fn card(rows: Vec<PasskeyRow>, today: NaiveDate) -> AnyView {
    let w = words();
    let list = (!rows.is_empty()).then(|| {
        let rows = rows.into_iter().map(|one| row(one, today));
        view! { <ul class="outside-list">{rows.collect_view()}</ul> }
    });
    let add = button(
        "create",
        "/account/passkeys",
        "/account/passkeys/begin",
        &w.passkey_add,
    );
    view! {
        <section class="ds-card card">
            <h2 class="ds-heading" data-size="sm">{w.passkeys_title.clone()}</h2>
            {paragraph(&w.passkeys_lead)}
            {list}
            {add}
            <p class="ds-paragraph field-help" data-size="sm" data-passkey-without>{w.passkeys_script.clone()}</p>
        </section>
    }
    .into_any()
}

fn row(one: PasskeyRow, today: NaiveDate) -> AnyView {
    let w = words();
    let name = browser(&one.agent).unwrap_or_else(|| w.unknown_browser.clone());
    let day = |day| format::day(day, today, crate::parts::words::words());
    let made = day(one.made);
    let seen = match one.used.map(day) {
        Some(used) => format::fill(&w.passkey_seen, &[("made", &made), ("used", &used)]),
        None => format::fill(&w.passkey_unused, &[("made", &made)]),
    };
    let label = format!("{}: {name}", w.passkey_remove);
    view! {
        <li class="outside-row">
            <span>
                <strong>{name}</strong>
                <span class="outside-quiet">{seen}</span>
            </span>
            <form method="post" action="/account/passkeys/remove">
                <input type="hidden" name="passkey" value=one.id.to_string()/>
                <button type="submit" class="ds-button" data-variant="tertiary" data-size="sm" aria-label=label>
                    {w.passkey_remove.clone()}
                </button>
            </form>
        </li>
    }
    .into_any()
}
