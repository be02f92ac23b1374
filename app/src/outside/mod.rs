//! Pages outside of any region: signing in, what a link of a letter opens, one's own account. The server renders them
//! whole and no browser takes them over: they are plain forms, and whoever signs in on a phone downloads no program
//! for it.

mod account;
mod files;
mod leaving;
mod passkeys;
mod people;
mod refused;
mod register;
mod sign_in;
mod words;

pub use account::{Account, AccountSession, Begun, WayIn};
pub use files::{FileRow, Files, WrongFile};
pub use leaving::Leaving;
pub use passkeys::{NoPasskey, PasskeyRow};
pub use people::{Coming, People, PersonRow, Wrong};
pub use refused::{Refused, Whose};
pub use register::{
    Again, Change, Column, FileWrong, Planned, Preview, Problem, RegisterPage, What, told,
};
pub use sign_in::{Asked, Link, ProviderLink, SignIn};

use crate::backend::Caller;
use crate::format;
use crate::parts::frame::{Languages, MAIN};
use crate::parts::icons::{Icon, Sign};
use crate::paths;
use leptos::prelude::*;

/// A page: what the server shows, in the reader's language.
pub trait Outside {
    /// Its heading, and the document's title.
    fn title(&self) -> String;
    /// What stands below.
    fn body(self) -> AnyView;
    /// Where the browser goes on to by itself.
    fn onward(&self) -> Option<String> {
        None
    }
}

/// The whole document of a page.
#[must_use]
pub fn document(caller: &Caller, here: &str, page: impl Outside) -> String {
    let owner = Owner::new_root(None);
    owner.with(|| {
        provide_context(caller.clone());
        let html = frame(here.to_owned(), page).to_html();
        format!("<!DOCTYPE html>{html}")
    })
}

fn frame(here: String, page: impl Outside) -> impl IntoView {
    let words = crate::parts::words::words();
    let title = page.title();
    let onward = page.onward().map(|to| {
        view! { <meta http-equiv="refresh" content=format!("0; url={to}")/> }
    });
    let document_title = format::fill(&words.frame.title_pattern, &[("title", &title)]);
    view! {
        <html lang=words.language.clone() data-color-scheme="auto" data-color="fjord">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="robots" content="noindex"/>
                <meta name="color-scheme" content="light dark"/>
                {onward}
                <title>{document_title}</title>
                <link rel="stylesheet" href="/pkg/app.css"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
            </head>
            <body>
                <a class="ds-skip-link" href=format!("#{MAIN}")>{words.frame.skip.clone()}</a>
                <div class="doors-page">
                    <header class="doors-top">
                        <a class="top-region" href=paths::DOORS>
                            <span class="top-mark" aria-hidden="true"><Icon sign=Sign::History/></span>
                            <span class="top-name">{words.frame.app.clone()}</span>
                        </a>
                        <Languages back=here/>
                    </header>
                    <main id=MAIN class="outside" tabindex="-1">
                        <header class="page-head">
                            <h1 class="ds-heading" data-size="lg">{title}</h1>
                        </header>
                        {page.body()}
                    </main>
                </div>
            </body>
        </html>
    }
}

fn paragraph(text: &str) -> AnyView {
    view! { <p class="ds-paragraph">{text.to_owned()}</p> }.into_any()
}

fn alert(color: &'static str, text: &str) -> AnyView {
    view! {
        <div class="ds-alert" data-color=color role="status">
            <p class="ds-paragraph">{text.to_owned()}</p>
        </div>
    }
    .into_any()
}
