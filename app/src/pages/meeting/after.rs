//! After the meeting: minutes made of what was recorded, and the words added to them.

use super::before::names;
use super::clock::Versions;
use super::model::{Said, said, unit};
use super::pieces::{self, Page, id, lines, note, part, sentence};
use super::{close, decisions, evaluation, runs};
use crate::format::fill;
use crate::parts::form::{AreaField, Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use domain::access::Permission;
use domain::meeting::event::Presence;
use domain::meeting::state::MeetingStatus;
use leptos::prelude::*;

/// The step after.
pub fn after(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let over = matches!(
        page.meeting.status,
        MeetingStatus::Closed | MeetingStatus::Minuted
    );
    if !over {
        return sentence(w.after_wait.as_str());
    }
    if !shown.may(Permission::ReadInside) {
        return note(w.inside_only.as_str());
    }
    let plan = page
        .meeting
        .network
        .filter(|_| runs() && is_last(page))
        .map(|network| {
            view! {
                <a class="ds-button" href=paths::plan_meeting(&shown.region(), network)>
                    {w.plan_next.as_str()}
                </a>
            }
        });
    view! {
        {part(&w.minutes, "referat", minutes(page))}
        {part(&w.facts, "fakta", facts(page))}
        {plan}
    }
    .into_any()
}

/// No later meeting of the network was held: it is this one that the next one follows.
fn is_last(page: &Page) -> bool {
    let last = page.network.last_meeting().map(|row| row.meeting);
    last.is_none() || last == page.meeting.meeting
}

fn minutes(page: &Page) -> AnyView {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let text = page.meeting.minutes.map(|text| shown.text(text));
    if page.meeting.status == MeetingStatus::Minuted {
        return view! {
            {text.map(lines)}
            <p class="m-sealed">{w.published.as_str()}</p>
        }
        .into_any();
    }
    if !runs() {
        return text.map_or_else(|| sentence(w.minutes_none.as_str()), lines);
    }
    let publish = match text {
        Some(_) => view! {
            <Form name="publish_minutes" key="publish" anchor=Some("referat".to_owned())>
                <Hidden name="meeting" value=of/>
                <p class="ds-paragraph m-quiet">{w.publish_help.as_str()}</p>
                <Submit label=w.publish.clone()/>
            </Form>
        }
        .into_any(),
        None => sentence(w.publish_needs_words.as_str()),
    };
    view! {
        {write(page)}
        {publish}
    }
    .into_any()
}

/// The form for the words of the minutes.
pub(super) fn write(page: &Page) -> AnyView {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let meeting = &page.meeting;
    let text = meeting.minutes.map(|text| shown.text(text));
    let seen = meeting.minutes_written;
    let versions = expect_context::<Versions>();
    let overtaken = versions.overtaken("minutes-text", seen);
    let other = text.clone().filter(|_| overtaken).map(|text| {
        view! {
            <div class="ds-alert" data-color="warning" role="status">
                <p class="ds-paragraph">{w.minutes_other.as_str()}</p>
                {lines(text)}
            </div>
        }
    });
    view! {
        {other}
        <Form name="write_minutes" key="minutes" anchor=Some("minutes".to_owned())>
            <Hidden name="meeting" value=of/>
            <Hidden name="seen" value=seen.to_string()/>
            <AreaField name="text" label=w.minutes_text.clone() help=Some(w.minutes_help.clone())
                value=text rows=8 required=true/>
            <Submit label=w.minutes_save.clone() variant="secondary"/>
        </Form>
    }
    .into_any()
}

/// The facts of the minutes, made from what was recorded.
fn facts(page: &Page) -> AnyView {
    let w = &words().meeting;
    let there = |wanted: Presence| {
        let those: Vec<_> = page
            .organisations
            .iter()
            .copied()
            .filter(|&organisation| unit(page, organisation).presence == Some(wanted))
            .collect();
        those
    };
    let present = there(Presence::Present);
    let absent = there(Presence::Absent);
    let decisions = if page.meeting.decisions.is_empty() {
        sentence(w.decisions_none.as_str())
    } else {
        let rows: Vec<_> = page
            .meeting
            .decisions
            .iter()
            .map(decisions::decision)
            .collect();
        view! { <ul class="m-decisions">{rows}</ul> }.into_any()
    };
    let next = match &page.meeting.contract {
        Some(contract) => pieces::contract(contract),
        None => sentence(w.contract_none.as_str()),
    };
    view! {
        {heading(&w.present)}
        {names(page, &present)}
        {(!absent.is_empty()).then(|| view! { {heading(&w.absent)} {names(page, &absent)} })}
        {heading(&w.decisions)}
        {decisions}
        {heading(&w.facts_commitments)}
        {promised(page)}
        {heading(&w.facts_next)}
        {next}
        {heading(&w.changes)}
        {evaluation::changes(&page.meeting.changes)}
        {close::waived(page)}
    }
    .into_any()
}

fn heading(text: &'static str) -> AnyView {
    view! { <h4 class="ds-heading" data-size="2xs">{text}</h4> }.into_any()
}

/// What each organisation promised, and how it went since.
fn promised(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let row = |&organisation: &domain::ids::OrganisationId| {
        let unit = unit(page, organisation);
        let what = match (unit.commitment, unit.declined) {
            (Some(text), _) => shown.text(text),
            (None, Some(reason)) => fill(&w.declined, &[("reason", &shown.text(reason))]),
            (None, None) => return None,
        };
        let told = (said(&unit) == Said::Commitment).then(|| pieces::outcome(unit.outcome));
        Some(view! {
            <li class="m-promise">
                <span class="m-promise__who">{shown.organisation(organisation)}</span>
                <span class="m-promise__what">{what}</span>
                {told}
            </li>
        })
    };
    view! { <ul class="m-promises">{page.organisations.iter().filter_map(row).collect_view()}</ul> }
        .into_any()
}
