//! The agenda: rows with what is done, who presents and how long, and why a row's time changed.

use super::model::{Bar, ahead, bar, choice, planned_end, planned_minutes, planned_starts, reason};
use super::pieces::{Page, fold, id, minutes, part, people, sentence, time, title};
use super::runs;
use crate::format::fill;
use crate::parts::chrome::Tag;
use crate::parts::form::{
    ConfirmButton, Form, Hidden, NumberField, SelectField, Submit, TextField,
};
use crate::parts::shown::shown;
use crate::parts::words::words;
use chrono::NaiveTime;
use domain::access::Permission;
use domain::meeting::event::{ItemKind, ItemTitle};
use domain::views::meeting::ItemRow;
use leptos::prelude::*;

const KINDS: [ItemKind; 9] = [
    ItemKind::Information,
    ItemKind::Experience,
    ItemKind::Discussion,
    ItemKind::Decision,
    ItemKind::Dialogue,
    ItemKind::Walk,
    ItemKind::Commitments,
    ItemKind::Evaluation,
    ItemKind::OffRecord,
];

/// The agenda, and what changes it.
pub fn agenda(page: &Page) -> AnyView {
    let w = &words().meeting;
    let items = &page.meeting.items;
    let planned = minutes(planned_minutes(items));
    let sum = match planned_end(page.meeting.starts, items) {
        Some(end) => fill(
            &w.agenda_sum,
            &[("minutes", &planned), ("time", &time(end))],
        ),
        None => fill(&w.agenda_sum_open, &[("minutes", &planned)]),
    };
    let rows = items
        .iter()
        .zip(planned_starts(page.meeting.starts, items))
        .map(|(item, begins)| row(page, item, begins))
        .collect_view();
    let list = if items.is_empty() {
        sentence(w.agenda_empty.as_str())
    } else {
        view! {
            <ol class="m-agenda">{rows}</ol>
            <p class="ds-paragraph m-quiet">{sum}</p>
        }
        .into_any()
    };
    let inside = view! {
            {list}
            {reorder(page)}
        {add(page)}
    };
    part(&w.agenda, "saksliste", inside.into_any())
}

fn row(page: &Page, item: &ItemRow, begins: Option<NaiveTime>) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let length = item
        .minutes
        .map_or_else(|| w.minutes_open.clone(), |planned| minutes(planned.into()));
    let presenter = item
        .presenter
        .map(|person| fill(&w.presents, &[("name", &shown.name(person))]));
    let proposed = match item.title {
        ItemTitle::Own(_) => item
            .by
            .map(|person| fill(&w.added_by, &[("name", &shown.name(person))])),
        ItemTitle::Template(_) => None,
    };
    let people: Vec<_> = presenter.into_iter().chain(proposed).collect();
    view! {
        <li class="m-agenda__row" data-off-record=(item.kind == ItemKind::OffRecord).then_some("true")>
            <span class="m-agenda__clock">{begins.map(time)}</span>
            <div class="m-agenda__body">
                <p class="m-agenda__title">{title(item, shown)}</p>
                <p class="m-agenda__facts">
                    <Tag label=words().domain.item_kind(item.kind)/>
                    <span>{length}</span>
                    {people.into_iter().map(|text| view! { <span>{text}</span> }).collect_view()}
                </p>
                {picture(page, item)}
                {because(page, item)}
            </div>
        </li>
    }
    .into_any()
}

/// The planned time and, once there is one, the time used, on one scale for the whole agenda.
pub(super) fn picture(page: &Page, item: &ItemRow) -> AnyView {
    let w = &words().meeting;
    let planned = item
        .minutes
        .map_or_else(|| w.minutes_open.clone(), |planned| minutes(planned.into()));
    let text = match item.used {
        Some(used) => fill(
            &w.bar_used,
            &[("planned", &planned), ("used", &minutes(used.into()))],
        ),
        None => fill(&w.bar_planned, &[("planned", &planned)]),
    };
    drawn(bar(item, &page.meeting.items, None), text)
}

/// A bar with its text.
pub(super) fn drawn(bar: Bar, text: String) -> AnyView {
    let Bar {
        planned,
        used,
        over,
    } = bar;
    view! {
        <svg class="m-timebar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=text>
            <rect class="m-timebar__planned" x="0" y="0" height="4" width=planned/>
            <rect class="m-timebar__used" x="0" y="0" height="4" width=used/>
            <rect class="m-timebar__over" x=planned y="0" height="4" width=over/>
        </svg>
    }
    .into_any()
}

fn because(page: &Page, item: &ItemRow) -> Option<AnyView> {
    let shown = shown();
    let w = &words().meeting;
    item.because?;
    let Some(change) = reason(item, page.previous.as_ref()) else {
        return Some(
            view! { <p class="m-agenda__because">{w.because_earlier.as_str()}</p> }.into_any(),
        );
    };
    let sentence = match change.minutes_delta {
        1.. => &w.because_longer,
        0 => &w.because_same,
        ..0 => &w.because_shorter,
    };
    let month = page
        .previous
        .as_ref()
        .and_then(|previous| previous.on)
        .map(|on| crate::format::month(on, words()))
        .unwrap_or_default();
    let text = shown.text(change.text);
    let sentence = fill(sentence, &[("month", &month), ("text", &text)]);
    Some(view! { <p class="m-agenda__because">{sentence}</p> }.into_any())
}

/// The rows with what moves them and takes them out, apart from the agenda so that it stays easy to read.
fn reorder(page: &Page) -> Option<AnyView> {
    let shown = shown();
    let w = &words().meeting;
    let meeting = &page.meeting;
    if !runs() || !ahead(meeting.status) || meeting.items.is_empty() {
        return None;
    }
    let row = |(place, item): (usize, &ItemRow)| {
        view! {
            <li class="m-reorder__row">
                <p>{title(item, shown)}</p>
                {change(page, place, item)}
            </li>
        }
    };
    let rows = meeting.items.iter().enumerate().map(row).collect_view();
    let list = view! { <ol class="m-reorder">{rows}</ol> };
    Some(fold(w.item_change.as_str(), None, list.into_any()))
}

/// Move and withdraw.
fn change(page: &Page, place: usize, item: &ItemRow) -> AnyView {
    let of = id(page);
    let row = item.item;
    let w = &words().meeting;
    let last = page.meeting.items.len().saturating_sub(1);
    let up = (place > 0).then(|| place - 1);
    let down = (place < last).then_some(place + 1);
    let out = item.running.is_none().then(move || {
        view! {
            <Form name="withdraw_item" key=format!("withdraw-{row}") anchor=Some("saksliste".to_owned())>
                <Hidden name="meeting" value=of/>
                <Hidden name="item" value=row.to_string()/>
                <ConfirmButton
                    label=w.withdraw.clone()
                    question=w.withdraw_question.clone()
                    confirm=w.withdraw_sure.clone()
                />
            </Form>
        }
    });
    view! {
        <div class="m-buttons">
            {up.map(|to| to_place(page, item, to, w.move_up.clone()))}
            {down.map(|to| to_place(page, item, to, w.move_down.clone()))}
            {out}
        </div>
    }
    .into_any()
}

fn to_place(page: &Page, item: &ItemRow, to: usize, label: String) -> AnyView {
    let of = id(page);
    let row = item.item;
    let ordered = page.meeting.ordered;
    view! {
        <Form name="move_item" key=format!("move-{row}-{to}") anchor=Some("saksliste".to_owned())>
            <Hidden name="meeting" value=of/>
            <Hidden name="item" value=row.to_string()/>
            <Hidden name="to" value=to.to_string()/>
            <Hidden name="seen" value=ordered.to_string()/>
            <Submit label=label variant="secondary"/>
        </Form>
    }
    .into_any()
}

fn add(page: &Page) -> Option<AnyView> {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let may = shown.can(Permission::ShapeAgenda);
    if !may || !ahead(page.meeting.status) {
        return None;
    }
    let kinds = KINDS
        .into_iter()
        .map(|kind| (choice(kind), words().domain.item_kind(kind).to_owned()))
        .collect::<Vec<_>>();
    let people = people(page, shown);
    let inside = view! {
        <Form name="add_item" key="add-item" anchor=Some("add-item".to_owned())>
            <Hidden name="meeting" value=of/>
            <TextField name="title" label=w.item_title.clone() required=true/>
            <SelectField name="kind" label=w.item_kind.clone() help=Some(w.item_kind_help.clone()) options=kinds
                value=Some(choice(ItemKind::Discussion)) required=true/>
            <NumberField name="minutes" label=w.item_minutes.clone() help=Some(w.item_minutes_help.clone())/>
            <SelectField name="presenter" label=w.item_presenter.clone() options=people/>
            <Submit label=w.item_save.clone()/>
        </Form>
    };
    Some(fold(w.add_item.as_str(), None, inside.into_any()))
}
