//! The charter: nine sections, written one by one, adopted as a whole.

use crate::format::{self, fill};
use crate::pages::networks::model::code;
use crate::parts::chrome::{Section, Tag};
use crate::parts::form::{AreaField, ConfirmButton, Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::network::event::CharterSection;
use domain::network::state::NetworkStatus;
use domain::views::network::{NetworkView, SectionRow};
use leptos::prelude::*;

/// The charter.
#[component]
pub fn Charter(network: NetworkView, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let writes = shown.can(Permission::WriteCharter)
        && matches!(
            network.status,
            NetworkStatus::AtWork | NetworkStatus::Proposed
        );
    let written = network.charter.len();
    let drafts = network.charter.values().any(|section| !section.adopted);
    let none = (written == 0).then(|| {
        view! { <p class="ds-paragraph">{words.charter_none.clone()}</p> }
    });
    let version = match network.charter_adopted.last() {
        Some((version, Some(day))) => fill(
            &words.charter_version,
            &[
                ("version", &version.to_string()),
                ("day", &format::full_day(*day, all)),
            ],
        ),
        Some((version, None)) => fill(
            &words.charter_version_no_day,
            &[("version", &version.to_string())],
        ),
        None => words.charter_no_version.clone(),
    };
    let sections = CharterSection::ALL
        .into_iter()
        .filter(|section| writes || network.charter.contains_key(section))
        .map(|section| {
            let row = network.charter.get(&section).copied();
            view! { <OneSection section=section row=row network=id writes=writes /> }
        })
        .collect_view();
    let next = (network.charter_version + 1).to_string();
    let adopt = (writes && drafts).then(|| {
        let question = fill(&words.charter_adopt_question, &[("version", &next)]);
        view! {
            <Form name="adopt_charter" key="adopt-charter" anchor="grunnlag".to_owned()>
                <Hidden name="network" value=id.to_string() />
                <ConfirmButton label=words.charter_adopt.clone() question=question />
            </Form>
        }
    });
    let earlier: Vec<_> = network
        .charter_adopted
        .iter()
        .rev()
        .skip(1)
        .copied()
        .collect();
    let versions = (!earlier.is_empty()).then(|| {
        let rows = earlier
            .into_iter()
            .map(|(version, day)| {
                let day = day.map_or_else(String::new, |day| format::full_day(day, all));
                let text = fill(
                    &words.charter_version,
                    &[("version", &version.to_string()), ("day", &day)],
                );
                view! { <li>{text}</li> }
            })
            .collect_view();
        view! {
            <details class="ds-details" data-variant="default">
                <summary>{words.charter_versions.clone()}</summary>
                <div>
                    <ul class="plain-list">{rows}</ul>
                </div>
            </details>
        }
    });
    let state = none.is_none().then(|| {
        let count = fill(
            &words.charter_written,
            &[
                ("count", &written.to_string()),
                ("all", &CharterSection::ALL.len().to_string()),
            ],
        );
        view! { <p class="ds-paragraph tree__facts">{format!("{version} · {count}")}</p> }
    });
    view! {
        <Section title=words.charter_title.clone() anchor="grunnlag" class="network__charter">
            {none}
            {state}
            <div class="charter">{sections}</div>
            {adopt}
            {versions}
        </Section>
    }
}

#[component]
fn OneSection(
    section: CharterSection,
    row: Option<SectionRow>,
    network: NetworkId,
    writes: bool,
) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let text = row.map(|row| shown.text(row.text));
    let name = code(&section);
    let draft = row.is_some_and(|row| !row.adopted).then(|| {
        view! {
            " "
            <Tag label=words.charter_draft.clone() color="warning" />
        }
    });
    let body = match &text {
        Some(text) => view! { <p class="charter__text">{text.clone()}</p> }.into_any(),
        None => view! { <p class="ds-paragraph tree__facts">{words.charter_empty.clone()}</p> }
            .into_any(),
    };
    let anchor = format!("grunnlag-{name}");
    let write = writes.then(|| {
        view! {
            <details class="charter__write">
                <summary class="ds-link">{words.charter_write.clone()}</summary>
                <Form name="charter_section" key=format!("charter-{name}") anchor=anchor.clone()>
                    <Hidden name="network" value=network.to_string() />
                    <Hidden name="section" value=name.clone() />
                    <Hidden name="seen" value=row.map_or(0, |row| row.position).to_string() />
                    <AreaField
                        name="text"
                        label=words.charter_text.clone()
                        value=text
                        rows=6
                        required=true
                    />
                    <Submit label=words.charter_save.clone() />
                </Form>
            </details>
        }
    });
    view! {
        <div class="charter__section" id=anchor>
            <h3 class="ds-heading" data-size="2xs">
                {all.domain.charter_section(section).to_owned()} {draft}
            </h3>
            {body}
            {write}
        </div>
    }
}
