//! Signing in: asking for a link, and what the link opens.

use super::words::words;
use super::{Outside, alert, paragraph};
use crate::format;
use crate::paths;
use leptos::prelude::*;

/// Where one asks for a link.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// What was typed, when it was no address.
    pub wrong: Option<String>,
    /// Whether this browser has asked too often.
    pub too_often: bool,
    /// Whether passkeys are offered.
    pub passkeys: bool,
}

impl Outside for SignIn {
    fn title(&self) -> String {
        words().sign_in_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        let invalid = self.wrong.is_some().then_some("true");
        let problem = invalid.map(|_| {
            view! { <p class="ds-validation-message" id="address-problem" data-color="danger">{w.wrong_address.clone()}</p> }
        });
        view! {
            {self.too_often.then(|| alert("warning", &w.too_often))}
            {paragraph(&w.sign_in_lead)}
            <form method="post" action=paths::SIGN_IN class="form" novalidate>
                <div class="ds-field">
                    <label class="ds-label" data-weight="medium" for="address">{w.address.clone()}</label>
                    <p class="ds-paragraph field-help" data-size="sm" id="address-help">{w.address_help.clone()}</p>
                    <input class="ds-input" type="email" id="address" name="address" autocomplete="email"
                        inputmode="email" required autofocus value=self.wrong aria-invalid=invalid
                        aria-describedby="address-help address-problem"/>
                    {problem}
                </div>
                <button type="submit" class="ds-button">{w.send_link.clone()}</button>
            </form>
            {self.passkeys.then(super::passkeys::sign_in)}
        }
        .into_any()
    }
}

/// What whoever asked for a link is told: the same, whether the address is known or not.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The address, as typed.
    pub address: String,
}

impl Outside for Asked {
    fn title(&self) -> String {
        words().sent_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        view! {
            {paragraph(&format::fill(&w.sent, &[("address", &self.address)]))}
            {paragraph(&w.sent_then)}
            <p><a class="ds-link" href=paths::SIGN_IN>{w.sent_again.clone()}</a></p>
        }
        .into_any()
    }
}

/// What a link of a letter opens: a button, because programs that look into letters open links too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It signs in.
    SignIn {
        /// The link's own address.
        path: String,
    },
    /// It was asked for in another browser.
    OtherBrowser,
    /// It makes somebody a person of a region.
    Invitation {
        /// The link's own address.
        path: String,
        /// What the region is called.
        region: String,
        /// What the person is called.
        name: String,
        /// Whether somebody is signed in here: the invitation becomes theirs.
        signed_in: bool,
    },
    /// It is used up, too old, or never was.
    Gone,
    /// The person signs in with another account already.
    Taken,
}

impl Outside for Link {
    fn title(&self) -> String {
        let w = words();
        match self {
            Self::SignIn { .. } | Self::OtherBrowser => &w.link_sign_in_title,
            Self::Invitation { .. } => &w.link_invitation_title,
            Self::Gone | Self::Taken => &w.link_gone_title,
        }
        .clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        match self {
            Self::SignIn { path } => {
                view! { {paragraph(&w.link_sign_in)} {button(path, &w.link_sign_in_do)} }.into_any()
            }
            Self::Invitation {
                path,
                region,
                name,
                signed_in,
            } => {
                let told =
                    format::fill(&w.link_invitation, &[("region", &region), ("name", &name)]);
                view! {
                    {paragraph(&told)}
                    {signed_in.then(|| paragraph(&w.link_invitation_signed_in))}
                    {button(path, &w.link_invitation_do)}
                }
                .into_any()
            }
            Self::OtherBrowser => again(&w.link_other_browser),
            Self::Gone => again(&w.link_gone),
            Self::Taken => again(&w.link_taken),
        }
    }
}

fn button(path: String, label: &str) -> AnyView {
    view! {
        <form method="post" action=path class="form">
            <button type="submit" class="ds-button">{label.to_owned()}</button>
        </form>
    }
    .into_any()
}

fn again(why: &str) -> AnyView {
    view! {
        {paragraph(why)}
        <p><a class="ds-button" data-variant="secondary" href=paths::SIGN_IN>{words().ask_new_link.clone()}</a></p>
    }
    .into_any()
}
