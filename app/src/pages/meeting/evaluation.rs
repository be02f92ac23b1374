//! The evaluation: what is done differently next time. A change agreed here alters the next agenda.

use super::model::choice;
use super::pieces::{Page, fold, id, minutes, part, sentence};
use super::runs;
use crate::format::fill;
use crate::parts::form::{AreaField, Form, Hidden, SelectField, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::meeting::event::MeetingKind;
use domain::templates::{self, TemplateItem};
use domain::views::network::ChangeRow;
use leptos::prelude::*;

/// Minutes more or fewer to choose from.
const STEPS: [i16; 9] = [0, 5, 10, 15, 30, -5, -10, -15, -30];

/// The evaluation and the changes agreed in it.
pub fn evaluation(page: &Page) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let inside = if page.meeting.evaluation {
        view! {
            {sentence(w.evaluation_lead.as_str())}
            {changes(&page.meeting.changes)}
            {runs().then(|| agree(page))}
        }
        .into_any()
    } else {
        let start = runs().then(|| {
            view! {
                <Form name="open_evaluation" key="evaluation" anchor=Some("evaluering".to_owned())>
                    <Hidden name="meeting" value=of/>
                    <Submit label=w.evaluation_start.clone() variant="secondary"/>
                </Form>
            }
        });
        view! {
            {sentence(w.evaluation_not_started.as_str())}
            {start}
        }
        .into_any()
    };
    part(&w.evaluation, "evaluering", inside)
}

/// Changes agreed, or that there are none.
pub(super) fn changes(rows: &[ChangeRow]) -> AnyView {
    let w = &words().meeting;
    if rows.is_empty() {
        return sentence(w.changes_none.as_str());
    }
    let row = |change: &ChangeRow| {
        let about = match change.item {
            Some(item) => words().domain.template_item(item),
            None => &w.change_whole,
        };
        view! {
            <li class="m-decision">
                <p class="m-decision__text">{shown().text(change.text)}</p>
                <p class="m-quiet">{format!("{about} · {}", delta(change.minutes_delta))}</p>
            </li>
        }
    };
    view! { <ul class="m-decisions">{rows.iter().map(row).collect_view()}</ul> }.into_any()
}

fn delta(change: i16) -> String {
    let w = &words().meeting;
    let amount = minutes(change.unsigned_abs().into());
    match change {
        0 => w.minutes_same.clone(),
        1.. => fill(&w.minutes_more, &[("n", &amount)]),
        ..0 => fill(&w.minutes_less, &[("n", &amount)]),
    }
}

fn agree(page: &Page) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    // The next meeting is an ordinary one, whatever this one was; rows of this one's template may come back too.
    let mut about: Vec<TemplateItem> = templates::items(MeetingKind::Ordinary)
        .iter()
        .map(|(item, _, _)| *item)
        .collect();
    for (item, _, _) in page.meeting.kind.map(templates::items).unwrap_or_default() {
        if !about.contains(item) {
            about.push(*item);
        }
    }
    let about: Vec<_> = about
        .into_iter()
        .map(|item| (choice(item), words().domain.template_item(item).to_owned()))
        .collect();
    let steps: Vec<_> = STEPS
        .into_iter()
        .map(|step| (step.to_string(), delta(step)))
        .collect();
    let inside = view! {
        <Form name="agree_change" key="agree-change" anchor=Some("agree-change".to_owned())>
            <Hidden name="meeting" value=of/>
            <SelectField name="item" label=w.change_item.clone() help=Some(w.change_item_help.clone()) options=about/>
            <SelectField name="minutes_delta" label=w.change_minutes.clone() options=steps
                value=Some("0".to_owned()) required=true/>
            <AreaField name="text" label=w.change_text.clone() required=true/>
            <Submit label=w.change_save.clone()/>
        </Form>
    };
    fold(w.change_add.as_str(), None, inside.into_any())
}
