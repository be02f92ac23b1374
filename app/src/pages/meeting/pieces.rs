//! Small pieces that the steps of the meeting's page share.

use crate::order::by_name;
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::query::MeetingPage;
use chrono::{NaiveDate, NaiveTime};
use domain::commitment::event::Outcome;
use domain::ids::MeetingId;
use domain::meeting::event::{Contract, ItemTitle};
use domain::views::meeting::ItemRow;
use leptos::prelude::*;
use std::sync::Arc;

use crate::format;

/// The answer that the page shows; shared by its parts.
pub type Page = Arc<MeetingPage>;

/// The meeting's id, for forms.
pub fn id(page: &Page) -> String {
    page.meeting
        .meeting
        .map(|MeetingId(id)| id.to_string())
        .unwrap_or_default()
}

/// What a row is called, in the reader's language.
pub fn title(item: &ItemRow, shown: Shown) -> String {
    match item.title {
        ItemTitle::Template(template) => words().domain.template_item(template).to_owned(),
        ItemTitle::Own(prose) => shown.text(prose),
    }
}

/// "9 days", "1 day".
pub fn days(count: i64) -> String {
    let w = &words().meeting;
    format::counted(count.unsigned_abs(), &w.one_day, &w.days)
}

/// "25 minutes".
pub fn minutes(count: u32) -> String {
    format::minutes(count, words())
}

/// "9.00".
pub fn time(time: NaiveTime) -> String {
    format::time(time, words())
}

/// "tomorrow", "Tuesday 14 March".
pub fn day(day: NaiveDate, shown: Shown) -> String {
    format::day(day, shown.today(), words())
}

/// "Tuesday 14 March at 9.00".
pub fn moment(on: NaiveDate, starts: NaiveTime, shown: Shown) -> String {
    format::day_and_time(on, starts, shown.today(), words())
}

/// The people who can be named here, to choose from.
pub fn people(page: &Page, shown: Shown) -> Vec<(String, String)> {
    by_name(
        page.people
            .iter()
            .map(|&person| (person.to_string(), shown.name(person))),
    )
}

/// The organisations that take part, to choose from.
pub fn organisations(page: &Page, shown: Shown) -> Vec<(String, String)> {
    page.organisations
        .iter()
        .map(|&organisation| (organisation.to_string(), shown.organisation(organisation)))
        .collect()
}

/// A list of facts: what, and which.
pub fn facts(rows: Vec<(&'static str, String)>) -> AnyView {
    let row = |(what, which): (&'static str, String)| {
        view! {
            <div class="m-facts__row">
                <dt>{what}</dt>
                <dd>{which}</dd>
            </div>
        }
    };
    view! { <dl class="m-facts">{rows.into_iter().map(row).collect_view()}</dl> }.into_any()
}

/// What was agreed about a next meeting.
pub fn contract(contract: &Contract) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let mut rows = vec![
        (w.when.as_str(), moment(contract.on, contract.starts, shown)),
        (w.theme.as_str(), shown.text(contract.theme)),
    ];
    if let Some(place) = contract.place {
        rows.push((w.place.as_str(), shown.text(place)));
    }
    if let Some(host) = contract.host {
        rows.push((w.host.as_str(), shown.organisation(host)));
    }
    if let Some(responsible) = contract.responsible {
        rows.push((w.responsible.as_str(), shown.name(responsible)));
    }
    facts(rows)
}

/// How a commitment went, as a tag; never red.
pub fn outcome(outcome: Option<Outcome>) -> AnyView {
    let (word, colour) = match outcome {
        Some(outcome @ Outcome::Done) => (words().domain.outcome(outcome), "success"),
        Some(outcome @ Outcome::Partly) => (words().domain.outcome(outcome), "info"),
        Some(outcome @ Outcome::Not) => (words().domain.outcome(outcome), "neutral"),
        None => (words().meeting.outcome_none.as_str(), "neutral"),
    };
    view! { <span class="ds-tag" data-color=colour>{word}</span> }.into_any()
}

/// Words of several lines.
pub fn lines(text: String) -> AnyView {
    view! { <div class="ds-paragraph m-lines">{text}</div> }.into_any()
}

/// A plain sentence.
pub fn sentence(text: impl Into<String>) -> AnyView {
    view! { <p class="ds-paragraph">{text.into()}</p> }.into_any()
}

/// A sentence that says something is missing or different: a note, not an alarm.
pub fn note(text: impl Into<String>) -> AnyView {
    view! { <p class="ds-paragraph m-note">{text.into()}</p> }.into_any()
}

/// Something that opens with a tap. A link to `anchor` opens it too.
pub fn fold(label: impl Into<String>, anchor: Option<String>, inside: AnyView) -> AnyView {
    view! {
        <details class="m-fold">
            <summary>{label.into()}</summary>
            <div class="m-fold__body" id=anchor>{inside}</div>
        </details>
    }
    .into_any()
}

/// A part of a step, with a heading that can be linked to.
pub fn part(title: &'static str, anchor: &'static str, inside: AnyView) -> AnyView {
    let heading = format!("{anchor}-heading");
    view! {
        <section class="m-part" id=anchor aria-labelledby=heading.clone()>
            <h3 class="ds-heading" data-size="xs" id=heading.clone()>{title}</h3>
            {inside}
        </section>
    }
    .into_any()
}
