//! A network: why it exists, who sits there, what was agreed and promised last time, where its units are.

mod charter;
mod day;
mod last;
mod meetings;
pub mod model;
mod seats;
mod shape;
mod whereabouts;

use crate::format::{self, fill};
use crate::parts::ask::{ask, id};
use crate::parts::chrome::{PageHead, Section};
use crate::parts::form::{Form, Hidden, Submit};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::{NetworkPage as Page, Query};
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::network::event::CharterSection;
use domain::network::state::NetworkStatus;
use domain::views::network::NetworkView;
use leptos::prelude::*;

/// A network.
#[component]
pub fn NetworkPage() -> impl IntoView {
    let network = id("network", NetworkId);
    let query = Signal::derive(move || Query::Network(network.get()));
    ask(query, |page: Page| view! { <Whole page=page /> }.into_any())
}

/// What kind of body it is, how long it has worked, how often it met.
fn what_it_is(network: &NetworkView) -> String {
    let all = words();
    let words = &all.network;
    let kind = network
        .kind
        .map(|kind| all.domain.network_kind(kind).to_owned());
    let since = network.established.map(|from| {
        let from = format::full_day(from, all);
        match network.ended {
            Some(until) => {
                let until = format::full_day(until, all);
                fill(&words.worked, &[("from", &from), ("until", &until)])
            }
            None => fill(&words.since, &[("day", &from)]),
        }
    });
    let held = (network.held > 0)
        .then(|| format::counted(network.held.into(), &words.held_one, &words.held_many));
    let facts: Vec<String> = kind.into_iter().chain(since).chain(held).collect();
    facts.join("\u{a0}· ")
}

#[component]
fn Whole(page: Page) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let network = &page.network;
    let Some(id) = network.network else {
        return ().into_any();
    };
    let name = network
        .called
        .as_ref()
        .map_or_else(String::new, |called| called.as_str().to_owned());
    let region = shown.region();
    let back = (shown.link(&paths::networks(&region)), words.title.clone());
    let live = matches!(
        network.status,
        NetworkStatus::AtWork | NetworkStatus::Proposed
    );
    let shape = (live
        && (shown.can(Permission::ShapeNetworks) || shown.can(Permission::KeepNetwork)))
    .then(|| view! { <shape::Shape network=network.clone() id=id /> });
    // A network that is over has nothing ahead: where it left nothing, no part of the page asks for it.
    let met = live || network.held > 0;
    let seated = live || !network.seats.is_empty();
    let written = live || !network.charter.is_empty();
    view! {
        <div class="network">
            <PageHead title=name back=Some(back) lead=what_it_is(network) />
            <day::OnDay id=id />
            <Standing network=network.clone() id=id />
            <div class="network__grid">
                <Why network=network.clone() />
                {live.then(|| view! { <meetings::Next page=page.clone() id=id /> })}
                {met.then(|| view! { <last::Agreed page=page.clone() /> })}
                {met.then(|| view! { <last::Promised page=page.clone() /> })}
                {met.then(|| view! { <whereabouts::Where page=page.clone() id=id /> })}
                {seated.then(|| view! { <seats::Seats page=page.clone() id=id /> })}
                {met.then(|| view! { <meetings::Meetings page=page.clone() id=id /> })}
                {written.then(|| view! { <charter::Charter network=network.clone() id=id /> })}
            </div>
            {(!met)
                .then(|| {
                    view! {
                        <p class="ds-paragraph">
                            <a
                                class="ds-link"
                                href=shown.link(&paths::network_history(&region, id))
                            >
                                {words.history_link.clone()}
                            </a>
                        </p>
                    }
                })}
            <Relations network=network.clone() />
            {shape}
        </div>
    }
    .into_any()
}

/// That it is only proposed, or over, and what can be done about it.
#[component]
fn Standing(network: NetworkView, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let ended = network
        .ended
        .map_or_else(String::new, |day| format::full_day(day, all));
    let note = match network.status {
        NetworkStatus::AtWork => None,
        NetworkStatus::Proposed => Some(words.proposed_note.clone()),
        NetworkStatus::Ended => Some(fill(&words.ended_note, &[("day", &ended)])),
        NetworkStatus::Merged => {
            let into = network
                .merged_into
                .map_or_else(String::new, |into| shown.network(into));
            Some(fill(
                &words.merged_note,
                &[("network", &into), ("day", &ended)],
            ))
        }
    };
    let reason = network.end_reason.map(|reason| shown.text(reason));
    let into = network.merged_into.map(|into| {
        view! {
            <a class="ds-link" href=shown.link(&paths::network(&shown.region(), into))>
                {shown.network(into)}
            </a>
        }
    });
    let establish = (network.status == NetworkStatus::Proposed
        && shown.can(Permission::ShapeNetworks))
    .then(|| {
        view! {
            <Form name="establish" key="establish">
                <Hidden name="network" value=id.to_string() />
                <Submit label=words.establish.clone() />
            </Form>
        }
    });
    let names: Vec<String> = network
        .former_names
        .iter()
        .map(|(name, until)| match until {
            Some(day) => {
                let day = format::full_day(*day, all);
                fill(
                    &words.former_until,
                    &[("name", name.as_str()), ("day", &day)],
                )
            }
            None => name.as_str().to_owned(),
        })
        .collect();
    let former = (!names.is_empty()).then(|| {
        let names = names.join(", ");
        view! {
            <p class="ds-paragraph network__former" data-size="sm">
                {fill(&words.former_names, &[("names", &names)])}
            </p>
        }
    });
    view! {
        {former}
        {note
            .map(|note| {
                view! {
                    <div class="ds-alert" data-color="info">
                        <p class="ds-paragraph">{note} " " {reason} " " {into}</p>
                        {establish}
                    </div>
                }
            })}
    }
}

/// Why it exists: the charter's purpose, else what it was proposed for.
#[component]
fn Why(network: NetworkView) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let written = network
        .charter
        .get(&CharterSection::Purpose)
        .map(|section| section.text)
        .or(network.purpose);
    let text = match written {
        Some(text) => view! { <p class="network__purpose">{shown.text(text)}</p> }.into_any(),
        None => view! { <p class="ds-paragraph">{words.why_none.clone()}</p> }.into_any(),
    };
    let more = (!network.charter.is_empty()).then(|| {
        view! {
            <a class="ds-link" href="#grunnlag">
                {words.why_charter.clone()}
            </a>
        }
    });
    view! {
        <Section title=words.why_title.clone() anchor="hvorfor" class="network__why">
            {text}
            {more}
        </Section>
    }
}

/// What it hangs on, and what hangs on it.
#[component]
fn Relations(network: NetworkView) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    if network.relations.is_empty() && network.related.is_empty() {
        return ().into_any();
    }
    let link = move |shown: Shown, prefix: String, id: NetworkId| {
        view! {
            <li>
                <span class="tree__facts">{prefix}</span>
                " "
                <a class="ds-link" href=shown.link(&paths::network(&shown.region(), id))>
                    {shown.network(id)}
                </a>
            </li>
        }
    };
    let up = network
        .relations
        .into_iter()
        .map(|(id, relation)| link(shown, all.domain.relation(relation).to_owned(), id))
        .collect_view();
    let down = network
        .related
        .into_iter()
        .map(|(id, relation)| {
            let prefix = match relation {
                domain::network::event::Relation::Sub => words.related_under.clone(),
                domain::network::event::Relation::Side => all.domain.relation(relation).to_owned(),
            };
            link(shown, prefix, id)
        })
        .collect_view();
    view! {
        <Section title=words.related_title.clone() anchor="sammen">
            <ul class="plain-list">{up} {down}</ul>
        </Section>
    }
    .into_any()
}
