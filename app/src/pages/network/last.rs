//! What was agreed and promised at the meeting closed last.

use super::model::{Promise, promises};
use crate::format::{self, fill};
use crate::parts::chrome::{Section, Tag};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::NetworkPage;
use domain::access::Permission;
use domain::commitment::event::Outcome;
use domain::ids::OrganisationId;
use domain::meeting::event::Contract;
use domain::views::network::ChangeRow;
use leptos::prelude::*;

/// Promises shown at once; the others fold out.
const AT_ONCE: usize = 6;

/// The contract for next time and what is to be done differently.
#[component]
pub fn Agreed(page: NetworkPage) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let contract = page.network.contract.map(|(_, contract)| contract);
    let none = (contract.is_none() && page.network.changes.is_empty())
        .then(|| view! { <p class="ds-paragraph">{words.agreed_none.clone()}</p> });
    let from = page
        .last
        .as_ref()
        .and_then(|last| Some((last.meeting?, last.on?)))
        .filter(|_| none.is_none())
        .map(|(meeting, on)| {
            let day = format::day(on, shown.today(), all);
            view! {
                <a class="ds-link" href=shown.link(&paths::meeting(&shown.region(), meeting))>
                    {fill(&words.agreed_from, &[("day", &day)])}
                </a>
            }
        });
    let changes = (!page.network.changes.is_empty())
        .then(|| view! { <Changes changes=page.network.changes /> });
    view! {
        <Section title=words.agreed_title.clone() anchor="avtalt" class="network__agreed">
            {none}
            {contract.map(|contract| view! { <ContractFacts contract=contract /> })}
            {changes}
            {from}
        </Section>
    }
}

#[component]
fn ContractFacts(contract: Contract) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let fact = |label: &str, value: String| {
        view! {
            <div>
                <dt>{label.to_owned()}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let when = fill(
        &words.agreed_when,
        &[
            ("day", &format::day(contract.on, shown.today(), all)),
            ("time", &format::time(contract.starts, all)),
        ],
    );
    view! {
        <dl class="facts contract">
            {fact(&words.agreed_contract, format::capital(&when))}
            {fact(&words.agreed_theme, shown.text(contract.theme))}
            {contract.host.map(|host| fact(&words.agreed_host, shown.organisation(host)))}
            {contract.place.map(|place| fact(&words.agreed_place, shown.text(place)))}
            {contract
                .responsible
                .map(|person| fact(&words.agreed_responsible, shown.name(person)))}
        </dl>
    }
}

#[component]
fn Changes(changes: Vec<ChangeRow>) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let rows = changes
        .into_iter()
        .map(|change| {
            let count = change.minutes_delta.unsigned_abs().to_string();
            let minutes = match change.minutes_delta {
                0 => None,
                1.. => Some(fill(&words.agreed_minutes_more, &[("count", &count)])),
                _ => Some(fill(&words.agreed_minutes_fewer, &[("count", &count)])),
            };
            let item = change
                .item
                .map(|item| format!("{} ", all.domain.template_item(item)));
            view! {
                <li>
                    {shown.text(change.text)} " "
                    <span class="tree__facts">{item} {minutes}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <h3 class="ds-heading" data-size="2xs">{words.agreed_changes.clone()}</h3>
        <ul class="plain-list">{rows}</ul>
    }
}

const fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "success",
        Outcome::Partly => "warning",
        Outcome::Not => "neutral",
    }
}

/// What each organisation promised.
#[component]
pub fn Promised(page: NetworkPage) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let inside = shown.may(Permission::ReadInside);
    let all = page
        .last
        .map(|last| {
            promises(
                &last,
                |organisation| shown.is_mine(organisation),
                |organisation| shown.organisation(organisation),
            )
        })
        .unwrap_or_default();
    let none = all.is_empty().then(|| {
        let text = if inside {
            &words.promised_none
        } else {
            &words.promised_hidden
        };
        view! { <p class="ds-paragraph">{text.clone()}</p> }
    });
    let count = all.len();
    let mut rest = all.into_iter();
    let first: Vec<_> = rest.by_ref().take(AT_ONCE).collect();
    let rest: Vec<_> = rest.collect();
    let list = |rows: Vec<(OrganisationId, Promise)>| {
        let rows = rows
            .into_iter()
            .map(|(organisation, promise)| {
                view! { <PromiseLine organisation=organisation promise=promise /> }
            })
            .collect_view();
        view! { <ul class="promises">{rows}</ul> }
    };
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="ds-details" data-variant="default">
                <summary>
                    {fill(&words.promised_show_all, &[("count", &count.to_string())])}
                </summary>
                <div>{list(rest)}</div>
            </details>
        }
    });
    let promises = page.network.promises;
    let sum = (inside && promises.made > 0).then(|| {
        let sum = fill(
            &words.promised_sum,
            &[
                ("made", &format::count(promises.made.into())),
                ("done", &format::count(promises.done.into())),
                ("partly", &format::count(promises.partly.into())),
                ("not", &format::count(promises.not.into())),
            ],
        );
        view! { <p class="ds-paragraph promises__sum" data-size="sm">{sum}</p> }
    });
    view! {
        <Section title=words.promised_title.clone() anchor="lovet" class="network__promised">
            {none}
            {list(first)}
            {rest}
            {sum}
        </Section>
    }
}

#[component]
fn PromiseLine(organisation: OrganisationId, promise: Promise) -> impl IntoView {
    let shown = shown();
    let all = words();
    let mine = shown.is_mine(organisation);
    let (text, outcome) = match promise {
        Promise::Made(text, outcome) => (shown.text(text), outcome),
        Promise::Declined(reason) => {
            let reason = shown.text(reason);
            let text = fill(&all.network.promised_declined, &[("reason", &reason)]);
            (text, None)
        }
    };
    let tag = outcome.map(|outcome| {
        view! { <Tag label=all.domain.outcome(outcome) color=colour(outcome) /> }
    });
    view! {
        <li class="promise" class:promise--mine=mine>
            <a
                class="promise__who"
                href=shown.link(&paths::organisation(&shown.region(), organisation))
            >
                {shown.organisation(organisation)}
            </a>
            <span class="promise__text">{text}</span>
            {tag}
        </li>
    }
}
