//! Decisions under the rows of the agenda.

use super::model::{choice, recordable, votes};
use super::pieces::{Page, fold, id, part, sentence, title};
use super::runs;
use crate::format::fill;
use crate::order::ordered_by_key;
use crate::parts::form::{AreaField, ChoiceField, Form, Hidden, NumberField, SelectField, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::meeting::event::{DecisionKind, DecisionMethod, ItemTitle};
use domain::views::meeting::{DecisionRow, ItemRow};
use leptos::prelude::*;

/// All decisions, and a form for each row. The forms stand in an order that neither moving a row nor going on to the
/// next one changes: what somebody is writing under one row never ends up under another.
pub fn decisions(page: &Page) -> AnyView {
    let w = &words().meeting;
    let list = if page.meeting.decisions.is_empty() {
        sentence(w.decisions_none.as_str())
    } else {
        let rows: Vec<_> = page.meeting.decisions.iter().map(decision).collect();
        view! { <ul class="m-decisions">{rows}</ul> }.into_any()
    };
    let forms = runs().then(|| {
        let items = page.meeting.items.iter().filter(|item| recordable(item));
        let items = ordered_by_key(items, |item| match item.title {
            ItemTitle::Template(template) => (0, Some(template), None),
            ItemTitle::Own(_) => (1, None, Some(item.item)),
        });
        let forms = items
            .into_iter()
            .map(|item| decide(page, item))
            .collect_view();
        fold(w.decide.as_str(), None, forms.into_any())
    });
    let inside = view! {
            {list}
            {forms}
    };
    part(&w.decisions, "vedtak", inside.into_any())
}

/// Where a link to a row's form leads.
pub(super) fn anchor(item: &ItemRow) -> String {
    format!("vedtak-{}", item.item)
}

/// One decision: what, which kind, how.
pub(super) fn decision(decision: &DecisionRow) -> AnyView {
    let w = &words().meeting;
    let how = match decision.method {
        DecisionMethod::Agreement => w.decided_agreed.clone(),
        DecisionMethod::Vote { ayes, noes, blank } => fill(
            &w.decided_vote,
            &[
                ("ayes", &ayes.to_string()),
                ("noes", &noes.to_string()),
                ("blank", &blank.to_string()),
            ],
        ),
    };
    let kind = words().domain.decision_kind(decision.kind);
    view! {
        <li class="m-decision">
            <p class="m-decision__text">{shown().text(decision.text)}</p>
            <p class="m-quiet">{format!("{kind} · {how}")}</p>
        </li>
    }
    .into_any()
}

/// The form for a decision under a row.
fn decide(page: &Page, item: &ItemRow) -> AnyView {
    let of = id(page);
    let row = item.item;
    let w = &words().meeting;
    let kinds = [
        DecisionKind::Resolution,
        DecisionKind::Recommendation,
        DecisionKind::Noted,
    ]
    .into_iter()
    .map(|kind| (choice(kind), words().domain.decision_kind(kind).to_owned()))
    .collect::<Vec<_>>();
    let methods = vec![
        ("agreement".to_owned(), w.by_agreement.clone()),
        ("vote".to_owned(), w.by_vote.clone()),
    ];
    let voters = fill(&w.votes_help, &[("n", &votes(page).to_string())]);
    let inside = view! {
        <Form name="decide" key=format!("decide-{row}") anchor=Some(format!("decide-{row}")) class="m-decide">
            <Hidden name="meeting" value=of/>
            <Hidden name="item" value=row.to_string()/>
            <AreaField name="text" label=w.decision_text.clone() required=true/>
            <SelectField name="kind" label=w.decision_kind.clone() options=kinds
                value=Some(choice(DecisionKind::Resolution)) required=true/>
            <ChoiceField name="method" label=w.decision_method.clone() options=methods
                value=Some("agreement".to_owned())/>
            <fieldset class="ds-fieldset m-votes">
                <legend class="ds-label">{w.votes.as_str()}</legend>
                <p class="ds-paragraph m-quiet">{voters}</p>
                <div class="m-votes__counts">
                    <NumberField name="ayes" label=w.ayes.clone() min=Some("0".to_owned())/>
                    <NumberField name="noes" label=w.noes.clone() min=Some("0".to_owned())/>
                    <NumberField name="blank" label=w.blank.clone() min=Some("0".to_owned())/>
                </div>
            </fieldset>
            <Submit label=w.decision_save.clone()/>
        </Form>
    };
    let label = fill(&w.decide_under, &[("title", &title(item, shown()))]);
    fold(label, Some(anchor(item)), inside.into_any())
}
