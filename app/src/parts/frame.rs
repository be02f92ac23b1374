//! What is around every page of a region: where one is, the four places, my networks, who I am.

use crate::order::by_name;
use crate::parts::ask::{here, region};
use crate::parts::icons::{Icon, Sign};
use crate::parts::words::words;
use crate::query::{self, Asked, Query, Reply};
use crate::{paths, reader, words as languages};
use domain::ids::NetworkId;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

/// The id of the main part, where the skip link leads.
pub const MAIN: &str = "innhold";

struct Around {
    region: String,
    person: String,
    demo: bool,
    networks: Vec<(NetworkId, String)>,
}

fn around(reply: &Reply) -> Option<Around> {
    let query::Around {
        directory, viewer, ..
    } = reply.around.read().ok()?;
    let mine: Vec<NetworkId> = reply.answer.read().unwrap_or_default();
    let networks = by_name(
        mine.into_iter()
            .filter_map(|id| Some((id, directory.networks.get(&id)?.clone()))),
    );
    Some(Around {
        region: viewer.region,
        person: viewer.name,
        demo: viewer.demo,
        networks,
    })
}

/// The frame around the pages of a region.
#[component]
pub fn Frame() -> impl IntoView {
    let region = region();
    let around_me = Resource::new_blocking(
        move || region.get(),
        |region| async move {
            let reply = reader::read(region, Query::Frame, Asked::default()).await;
            reply.ok()
        },
    );
    view! {
        <a class="ds-skip-link" href=format!("#{MAIN}")>{words().frame.skip.clone()}</a>
        <div class="frame">
            <header class="top">
                <Suspense fallback=|| ()>
                    {Suspend::new(async move {
                        match around_me.await.as_ref().and_then(around) {
                            Some(around) => top(around).into_any(),
                            None => view! { <Outside/> }.into_any(),
                        }
                    })}
                </Suspense>
            </header>
            <nav class="places" aria-label=words().frame.places.clone()>
                <Places region/>
                <Suspense fallback=|| ()>
                    {Suspend::new(async move {
                        around_me.await.as_ref().and_then(around).map(|around| my_networks(region, around))
                    })}
                </Suspense>
            </nav>
            <main class="content" id=MAIN tabindex="-1">
                <Outlet/>
            </main>
        </div>
    }
}

/// The bar for somebody who has not entered the region.
#[component]
pub fn Outside() -> impl IntoView {
    view! {
        <a class="top-region" href=paths::DOORS>
            <span class="top-mark" aria-hidden="true"><Icon sign=Sign::History/></span>
            <span class="top-name">{words().frame.app.clone()}</span>
        </a>
        <div class="top-me">
            <Languages back=here()/>
        </div>
    }
}

fn top(around: Around) -> impl IntoView {
    let frame = &words().frame;
    let demo = around
        .demo
        .then(|| view! { <span class="ds-tag" data-size="sm" data-color="accent">{frame.demo.clone()}</span> });
    let name = around.person;
    // A demo person has no account: leaving is all there is to do.
    let me = match around.demo {
        true => view! {
            <form method="post" action=paths::leave() class="leave">
                <span class="top-person">{name}</span>
                <button type="submit" class="ds-button" data-variant="tertiary" data-size="sm">
                    <Icon sign=Sign::Leave/>
                    <span>{frame.leave.clone()}</span>
                </button>
            </form>
        }
        .into_any(),
        false => view! {
            <a class="ds-button" data-variant="tertiary" data-size="sm" href=paths::ACCOUNT rel="external" aria-label=name.clone()>
                <Icon sign=Sign::Person/>
                <span class="top-person" aria-hidden="true">{name.clone()}</span>
            </a>
        }
        .into_any(),
    };
    view! {
        <a class="top-region" href=paths::DOORS>
            <span class="top-mark" aria-hidden="true"><Icon sign=Sign::History/></span>
            <span class="top-name">{around.region}</span>
        </a>
        {demo}
        <div class="top-me">
            <Languages back=here()/>
            {me}
        </div>
    }
}

/// The choice of language: a plain form, because a new language is a new page.
#[component]
pub fn Languages(
    /// Where to come back to.
    #[prop(into)]
    back: String,
) -> impl IntoView {
    let frame = &words().frame;
    let now = &words().language;
    let buttons = languages::LANGUAGES
        .iter()
        .map(|language| {
            let name = match *language {
                "nn" => &frame.language_nn,
                "en" => &frame.language_en,
                _ => &frame.language_nb,
            };
            let current = (*language == now.as_str()).then_some("true");
            view! {
                <button type="submit" name="language" value=*language lang=*language aria-current=current>
                    {name.clone()}
                </button>
            }
        })
        .collect_view();
    view! {
        <details class="languages">
            <summary class="ds-button" data-variant="tertiary" data-size="sm">
                <Icon sign=Sign::Language/>
                <span class="languages-now">{now.to_uppercase()}</span>
                <span class="ds-sr-only">{frame.language.clone()}</span>
            </summary>
            <form method="post" action=paths::language() class="languages-list">
                <input type="hidden" name="back" value=back/>
                {buttons}
            </form>
        </details>
    }
}

/// Which of the four places an address belongs to.
#[must_use]
pub fn place(region: &str, path: &str) -> Option<usize> {
    let inside = path.strip_prefix('/')?.strip_prefix(region)?;
    let first = inside.trim_start_matches('/').split('/').next()?;
    match first {
        "" => Some(0),
        "networks" | "meetings" | "organisations" => Some(1),
        "commitments" => Some(2),
        "history" => Some(3),
        _ => None,
    }
}

/// Where a place is, its sign, its name.
type Place = (fn(&str) -> String, Sign, &'static String);

#[component]
fn Places(region: Signal<String>) -> impl IntoView {
    let path = use_location().pathname;
    let frame = &words().frame;
    let places: [Place; 4] = [
        (paths::today, Sign::Today, &frame.today),
        (paths::networks, Sign::Networks, &frame.networks),
        (paths::commitments, Sign::Commitments, &frame.commitments),
        (paths::history, Sign::History, &frame.history),
    ];
    let links = places
        .into_iter()
        .enumerate()
        .map(|(index, (address, sign, label))| {
            let current = move || {
                let region = region.read();
                (place(&region, &path.read()) == Some(index)).then_some("page")
            };
            view! {
                <li>
                    <a class="place" href=move || address(&region.read()) aria-current=current>
                        <Icon sign/>
                        <span>{label.clone()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="places-list">{links}</ul> }
}

fn my_networks(region: Signal<String>, around: Around) -> impl IntoView {
    let path = use_location().pathname;
    let region = region.get_untracked();
    let links = around
        .networks
        .into_iter()
        .map(|(id, name)| {
            let address = paths::network(&region, id);
            let own = address.clone();
            let current = move || path.read().starts_with(own.as_str()).then_some("true");
            view! {
                <li>
                    <a class="mine" href=address aria-current=current>{name}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="mine-list">
            <h2 class="mine-heading">{words().frame.my_networks.clone()}</h2>
            <ul>{links}</ul>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn every_page_belongs_to_a_place() {
        assert_eq!(place("nordmore", "/nordmore"), Some(0));
        assert_eq!(place("nordmore", "/nordmore/"), Some(0));
        assert_eq!(place("nordmore", "/nordmore/meetings/1"), Some(1));
        assert_eq!(place("nordmore", "/nordmore/networks/1/plan"), Some(1));
        assert_eq!(place("nordmore", "/nordmore/commitments"), Some(2));
        assert_eq!(place("nordmore", "/nordmore/history/1"), Some(3));
        assert_eq!(place("nordmore", "/nordmore/app"), None);
        assert_eq!(place("nordmore", "/other"), None);
    }
}
