//! Signing in: asking for a link, and what the link opens.

use super::words::words;
use super::{Outside, alert, paragraph};
use crate::format;
use crate::paths;
use leptos::prelude::*;
use uuid::Uuid;

/// A provider that one can sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLink {
    /// Its id.
    pub provider: Uuid,
    /// What people call it.
    pub label: String,
}

/// Links rather than forms: a form may not lead to another site.
pub(super) fn provider_links(
    providers: Vec<ProviderLink>,
    pattern: &'static str,
    query: &str,
) -> AnyView {
    if providers.is_empty() {
        return ().into_any();
    }
    let links = providers.into_iter().map(|one| {
        let label = format::fill(pattern, &[("provider", &one.label)]);
        let to = format!("{}{query}", paths::provider(one.provider));
        view! {
            <li><a class="ds-button" data-variant="secondary" rel="nofollow" href=to>{label}</a></li>
        }
    });
    view! { <ul class="outside-providers">{links.collect_view()}</ul> }.into_any()
}

/// Where one asks for a link.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// What was typed, when it was no address.
    pub wrong: Option<String>,
    /// Whether this browser has asked too often.
    pub too_often: bool,
    /// Whether passkeys are offered.
    pub passkeys: bool,
    /// With whom one can sign in, too.
    pub providers: Vec<ProviderLink>,
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
        let or = (!self.providers.is_empty()).then(|| {
            view! { <h2 class="ds-heading" data-size="xs">{w.sign_in_or.clone()}</h2> }
        });
        view! {
            {self.too_often.then(|| alert("warning", &w.too_often))}
            {provider_links(self.providers, &w.sign_in_with, "")}
            {or}
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
        /// With whom it can be taken, too, and what their addresses end with.
        providers: (Vec<ProviderLink>, String),
    },
    /// It is used up, too old, or never was.
    Gone,
    /// The person signs in with another account already.
    Taken,
    /// A provider of this name knows whoever came, nobody here does.
    Unknown(String),
    /// A provider did not let them in, or could not be reached.
    Provider,
}

impl Outside for Link {
    fn title(&self) -> String {
        let w = words();
        match self {
            Self::SignIn { .. } | Self::OtherBrowser => &w.link_sign_in_title,
            Self::Invitation { .. } => &w.link_invitation_title,
            Self::Gone | Self::Taken => &w.link_gone_title,
            Self::Unknown(_) => &w.unknown_title,
            Self::Provider => &w.provider_title,
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
                providers: (providers, query),
            } => {
                let told =
                    format::fill(&w.link_invitation, &[("region", &region), ("name", &name)]);
                view! {
                    {paragraph(&told)}
                    {signed_in.then(|| paragraph(&w.link_invitation_signed_in))}
                    {button(path, &w.link_invitation_do)}
                    {provider_links(providers, &w.link_invitation_with, &query)}
                }
                .into_any()
            }
            Self::OtherBrowser => again(&w.link_other_browser),
            Self::Gone => again(&w.link_gone),
            Self::Taken => again(&w.link_taken),
            Self::Unknown(provider) => again(&format::fill(&w.unknown, &[("provider", &provider)])),
            Self::Provider => again(&w.provider_not),
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
        <p><a class="ds-button" data-variant="secondary" href=paths::SIGN_IN>{words().sign_in_again.clone()}</a></p>
    }
    .into_any()
}
