//! "What do we do until next time?": my organisation's commitment in four taps, and everybody's.

use super::model::{Said, carryable, mine, said, unit};
use super::pieces::{Page, fold, id, outcome, part, sentence};
use super::table;
use crate::format::fill;
use crate::parts::form::{AreaField, ChoiceField, Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::access::Permission;
use domain::ids::{MeetingId, OrganisationId, commitment_id};
use domain::views::commitments::CommitmentRow;
use leptos::prelude::*;

/// The commitments of the meeting that goes on.
pub fn commitments(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let theme = page
        .meeting
        .theme
        .map(|theme| sentence(fill(&w.commit_theme, &[("theme", &shown.text(theme))])));
    let own = mine(page, &shown.viewer().works_at);
    let ours = own
        .iter()
        .map(|&organisation| of_mine(page, organisation))
        .collect_view();
    let others = page
        .organisations
        .iter()
        .filter(|organisation| !own.contains(organisation))
        .map(|&organisation| of_other(page, organisation))
        .collect_view();
    let inside = view! {
            {theme}
            {ours}
            {table::round_table(page)}
            <h4 class="ds-heading" data-size="2xs">{w.commit_all.as_str()}</h4>
            <ul class="m-promises">{others}</ul>
    };
    part(&w.commitments, "oppdrag", inside.into_any())
}

/// Where a link to an organisation's answer leads.
pub(super) fn anchor(organisation: OrganisationId) -> String {
    format!("oppdrag-{organisation}")
}

fn of_mine(page: &Page, organisation: OrganisationId) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let name = shown.organisation(organisation);
    let unit = unit(page, organisation);
    // The form shows them as what a new commitment can build on.
    let shows_latest = said(&unit) == Said::Commitment
        || !shown.live()
        || carryable(&earlier(page, organisation)).is_empty();
    let inside = match said(&unit) {
        Said::Commitment => {
            let text = unit
                .commitment
                .map(|text| shown.text(text))
                .unwrap_or_default();
            let worded = unit.worded.unwrap_or(0);
            view! {
                <p class="m-quiet">{w.commit_saved.as_str()}</p>
                <blockquote class="m-commitment">{text.clone()}</blockquote>
                {shown.live().then(|| reword(page, organisation, worded, text))}
            }
            .into_any()
        }
        Said::Declined => {
            let reason = unit
                .declined
                .map(|reason| shown.text(reason))
                .unwrap_or_default();
            view! {
                {sentence(fill(&w.declined, &[("reason", &reason)]))}
                {shown.live().then(|| make(page, organisation, w.commit_text.clone()))}
            }
            .into_any()
        }
        Said::Nothing => view! {
            {shown.live().then(|| make(page, organisation, w.commit_text.clone()))}
            {shown.live().then(|| decline(page, organisation))}
        }
        .into_any(),
    };
    view! {
        <section class="m-mine" id=anchor(organisation) data-said=matches!(said(&unit), Said::Nothing).then_some("nothing")>
            <h4 class="ds-heading" data-size="xs">
                {fill(&w.commit_mine, &[("organisation", &name)])}
            </h4>
            {inside}
            {shows_latest.then(|| latest(page, organisation))}
        </section>
    }
    .into_any()
}

/// What my organisation promised before, and how it went.
fn latest(page: &Page, organisation: OrganisationId) -> Option<AnyView> {
    let shown = shown();
    let w = &words().meeting;
    let rows = earlier(page, organisation);
    let row = |row: &CommitmentRow| {
        view! {
            <li class="m-promise">
                <span class="m-promise__what">{shown.text(row.text)}</span>
                {(!row.declined).then(|| outcome(row.outcome))}
            </li>
        }
    };
    (!rows.is_empty()).then(|| {
        view! {
            <div class="m-latest">
                <h5 class="ds-heading" data-size="2xs">{w.commit_last.as_str()}</h5>
                <ul class="m-promises">{rows.iter().map(row).collect_view()}</ul>
            </div>
        }
        .into_any()
    })
}

/// The latest commitments of an organisation but the one of this meeting.
fn earlier(page: &Page, organisation: OrganisationId) -> Vec<CommitmentRow> {
    let rows = page.mine.get(&organisation).cloned().unwrap_or_default();
    rows.into_iter()
        .filter(|row| Some(row.meeting) != page.meeting.meeting)
        .collect()
}

fn make(page: &Page, organisation: OrganisationId, label: String) -> AnyView {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let rows = earlier(page, organisation);
    let carry: Vec<_> = carryable(&rows)
        .into_iter()
        .map(|row| {
            let how = match row.outcome {
                Some(outcome) => words().domain.outcome(outcome),
                None => &w.outcome_none,
            };
            let text = shown.text(row.text);
            (row.commitment.to_string(), format!("{text} ({how})"))
        })
        .collect();
    let carry = (!carry.is_empty()).then(|| {
        std::iter::once((String::new(), w.carry_no.clone()))
            .chain(carry)
            .collect::<Vec<_>>()
    });
    view! {
        <Form name="commit" key=format!("commit-{organisation}") anchor=Some(format!("commit-{organisation}")) class="m-commit">
            <Hidden name="meeting" value=of/>
            <Hidden name="organisation" value=organisation.to_string()/>
            <AreaField name="text" label=label help=Some(w.commit_help.clone()) required=true/>
            {carry.map(|options| view! {
                <ChoiceField name="carried_from" label=w.carry.clone() options=options value=Some(String::new())/>
            })}
            <Submit label=w.commit_save.clone()/>
        </Form>
    }
    .into_any()
}

fn reword(page: &Page, organisation: OrganisationId, worded: u64, text: String) -> AnyView {
    let w = &words().meeting;
    let commitment = page
        .meeting
        .meeting
        .map(|MeetingId(meeting)| commitment_id(MeetingId(meeting), organisation));
    let inside = view! {
        <Form name="reword" key=format!("reword-{organisation}") anchor=Some(format!("reword-{organisation}"))>
            <Hidden name="commitment" value=commitment.map(|id| id.to_string()).unwrap_or_default()/>
            <Hidden name="seen" value=worded.to_string()/>
            <AreaField name="text" label=w.commit_text.clone() value=Some(text) required=true/>
            <Submit label=w.reword_save.clone() variant="secondary"/>
        </Form>
    };
    fold(w.reword.as_str(), None, inside.into_any())
}

fn decline(page: &Page, organisation: OrganisationId) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let inside = view! {
        <Form name="decline" key=format!("decline-{organisation}") anchor=Some(format!("decline-{organisation}"))>
            <Hidden name="meeting" value=of/>
            <Hidden name="organisation" value=organisation.to_string()/>
            <AreaField name="reason" label=w.decline_reason.clone() required=true/>
            <Submit label=w.decline_save.clone() variant="secondary"/>
        </Form>
    };
    fold(w.decline.as_str(), None, inside.into_any())
}

/// Another organisation's answer; who runs the meeting can write it down for them.
fn of_other(page: &Page, organisation: OrganisationId) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let unit = unit(page, organisation);
    let name = shown.organisation(organisation);
    let writes =
        shown.live() && shown.may(Permission::RunMeetings) && shown.may(Permission::Commit);
    let what = match (unit.commitment, unit.declined) {
        (Some(text), _) => shown.text(text),
        (None, Some(reason)) => fill(&w.declined, &[("reason", &shown.text(reason))]),
        (None, None) => w.has_nothing.clone(),
    };
    let silent = said(&unit) == Said::Nothing;
    let form = (writes && silent).then(|| {
        let values = [("organisation", name.as_str())];
        let inside = view! {
            {make(page, organisation, fill(&w.commit_text_for, &values))}
            {decline(page, organisation)}
        };
        fold(
            fill(&w.write_for, &values),
            Some(anchor(organisation)),
            inside.into_any(),
        )
    });
    view! {
        <li class="m-promise" data-silent=silent.then_some("true")>
            <span class="m-promise__who">{name.clone()}</span>
            <span class="m-promise__what">{what}</span>
            {form}
        </li>
    }
    .into_any()
}
