//! Closing: what is still missing, with a link to each place where it is put right; or doing without it, with a reason.

use super::model::{choice, missing};
use super::pieces::{Page, fold, id, note, part, sentence};
use super::{after, commitments, runs};
use crate::format::fill;
use crate::parts::form::{AreaField, Form, Hidden, SelectField, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::meeting::event::Requirement;
use leptos::prelude::*;

/// The words for the minutes, what is missing, and the way to close.
pub fn close(page: &Page) -> Option<AnyView> {
    let of = id(page);
    let w = &words().meeting;
    if !runs() {
        return None;
    }
    let missing = missing(page);
    let lacks = if missing.nothing() {
        sentence(w.close_ready.as_str())
    } else {
        checklist(page)
    };
    let form = view! {
        <Form name="close_meeting" key="close-meeting" anchor=Some("avslutt".to_owned())>
            <Hidden name="meeting" value=of/>
            <Submit label=w.close.clone()
                variant=if missing.nothing() { "primary" } else { "secondary" }/>
        </Form>
    };
    let inside = view! {
        {waived(page)}
        {lacks}
        {form}
    };
    let both = view! {
        {part(&w.minutes, "referatord", after::write(page))}
        {part(&w.close, "avslutt", inside.into_any())}
    };
    Some(both.into_any())
}

/// What is missing, each with a link to where it is put right.
fn checklist(page: &Page) -> AnyView {
    let w = &words().meeting;
    let missing = missing(page);
    let shown = shown();
    let of_organisations = missing.organisations.iter().map(|&organisation| {
        let name = shown.organisation(organisation);
        (
            fill(&w.missing_commitment, &[("organisation", &name)]),
            commitments::anchor(organisation),
        )
    });
    let contract = missing
        .contract
        .then(|| (w.missing_contract.clone(), "avtale".to_owned()));
    let evaluation = missing
        .evaluation
        .then(|| (w.missing_evaluation.clone(), "evaluering".to_owned()));
    let rows = of_organisations
        .chain(contract)
        .chain(evaluation)
        .map(|(what, anchor)| {
            view! {
                <li><a class="ds-link" href=format!("#{anchor}") rel="external">{what}</a></li>
            }
        });
    view! {
        <div class="m-missing">
            {sentence(w.close_missing.as_str())}
            <ul class="ds-list">{rows.collect_view()}</ul>
            {waive(page)}
        </div>
    }
    .into_any()
}

/// What a requirement is called inside a sentence.
pub(super) fn without(requirement: Requirement) -> &'static str {
    let w = &words().meeting;
    match requirement {
        Requirement::Commitments => &w.waived_commitments,
        Requirement::Contract => &w.waived_contract,
        Requirement::Evaluation => &w.waived_evaluation,
    }
}

fn waive(page: &Page) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let options: Vec<_> = missing(page)
        .requirements()
        .into_iter()
        .map(|requirement| {
            let label = match requirement {
                Requirement::Commitments => &w.waive_commitments,
                Requirement::Contract => &w.waive_contract,
                Requirement::Evaluation => &w.waive_evaluation,
            };
            (choice(requirement), label.clone())
        })
        .collect();
    let inside = view! {
        <Form name="waive" key="waive" anchor=Some("waive".to_owned())>
            <Hidden name="meeting" value=of/>
            <SelectField name="requirement" label=w.waive_what.clone() options=options required=true/>
            <AreaField name="reason" label=w.reason.clone() required=true/>
            <Submit label=w.waive_save.clone() variant="secondary"/>
        </Form>
    };
    fold(w.waive.as_str(), None, inside.into_any())
}

/// What the meeting did without, and why.
pub(super) fn waived(page: &Page) -> AnyView {
    let w = &words().meeting;
    page.meeting
        .waived
        .iter()
        .map(|(&requirement, &reason)| {
            let reason = shown().text(reason);
            note(fill(
                &w.waived,
                &[("what", without(requirement)), ("reason", &reason)],
            ))
        })
        .collect_view()
        .into_any()
}
