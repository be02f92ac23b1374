//! Before the meeting: what was agreed last time, when and where, the agenda, the notice and who comes.

use super::model::{ahead, unit};
use super::pieces::{Page, contract, day, facts, fold, id, moment, note, outcome, part, sentence};
use super::{agenda, notice, runs};
use crate::format::fill;
use crate::order::ordered;
use crate::parts::form::{AreaField, DateField, Form, Hidden, Submit, TextField, TimeField};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use domain::access::Permission;
use domain::meeting::state::MeetingStatus;
use leptos::prelude::*;

/// The step before.
pub fn before(page: &Page) -> AnyView {
    view! {
        {when_and_where(page)}
        {last_time(page)}
        {agenda::agenda(page)}
        {notice::notice(page)}
        {manage(page)}
    }
    .into_any()
}

fn when_and_where(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let meeting = &page.meeting;
    let not_set = || w.not_set.clone();
    let when = match (meeting.on, meeting.starts) {
        (Some(on), Some(starts)) => moment(on, starts, shown),
        _ => not_set(),
    };
    let place = meeting
        .place
        .map_or_else(not_set, |place| shown.text(place));
    let host = meeting
        .host
        .map_or_else(not_set, |host| shown.organisation(host));
    let theme = meeting
        .theme
        .map_or_else(not_set, |theme| shown.text(theme));
    let why = meeting
        .reason
        .map(|reason| shown.text(reason))
        .unwrap_or_default();
    let changed = if meeting.status == MeetingStatus::Cancelled {
        Some(note(fill(&w.cancelled, &[("reason", &why)])))
    } else {
        meeting.moved_from.map(|from| {
            let from = day(from, shown);
            note(fill(&w.moved, &[("day", &from), ("reason", &why)]))
        })
    };
    view! {
        {changed}
        {facts(vec![
            (w.when.as_str(), when),
            (w.place.as_str(), place),
            (w.host.as_str(), host),
            (w.theme.as_str(), theme),
        ])}
    }
    .into_any()
}

fn last_time(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let Some(previous) = &page.previous else {
        let first = page.network.held == 0 && shown.may(Permission::ReadInside);
        return first.then(|| sentence(w.last_none.as_str())).into_any();
    };
    let inside = shown.may(Permission::ReadInside);
    let link = previous.meeting.zip(previous.on).map(|(meeting, on)| {
        view! {
            <p class="ds-paragraph">
                <a class="ds-link" href=paths::meeting(&shown.region(), meeting)>
                    {fill(&w.last_time_link, &[("day", &day(on, shown))])}
                </a>
            </p>
        }
    });
    let changes = (!previous.changes.is_empty()).then(|| {
        let change = |change: &domain::views::network::ChangeRow| {
            view! { <li>{shown.text(change.text)}</li> }
        };
        view! {
            <h4 class="ds-heading" data-size="2xs">{w.last_changes.as_str()}</h4>
            <ul class="ds-list">{previous.changes.iter().map(change).collect_view()}</ul>
        }
    });
    let inside = view! {
            {previous.contract.as_ref().map(contract)}
            {changes}
            {inside.then(|| promises(page))}
            {link}
    };
    part(&w.last_time, "sist", inside.into_any())
}

/// What was promised at the meeting before and how it went: what the meeting begins with.
fn promises(page: &Page) -> Option<AnyView> {
    let shown = shown();
    let w = &words().meeting;
    let previous = page.previous.as_ref()?;
    let rows: Vec<_> = previous
        .units
        .iter()
        .filter_map(|(&organisation, unit)| {
            let text = unit.commitment?;
            Some((
                shown.organisation(organisation),
                shown.text(text),
                unit.outcome,
            ))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let rows = ordered(rows, Ord::cmp);
    let row = |(organisation, text, how): (String, String, _)| {
        view! {
            <li class="m-promise">
                <span class="m-promise__who">{organisation}</span>
                <span class="m-promise__what">{text}</span>
                {outcome(how)}
            </li>
        }
    };
    let list = view! { <ul class="m-promises">{rows.into_iter().map(row).collect_view()}</ul> };
    Some(fold(w.last_commitments.as_str(), None, list.into_any()))
}

fn manage(page: &Page) -> Option<AnyView> {
    let of = id(page);
    let of_other = of.clone();
    let w = &words().meeting;
    let meeting = &page.meeting;
    let movable = ahead(meeting.status) && meeting.status != MeetingStatus::Open;
    if !runs() || !movable {
        return None;
    }
    let seen = meeting.dated;
    let date = meeting.on.map(|on| on.to_string());
    let starts = meeting
        .starts
        .map(|starts| starts.format("%H:%M").to_string());
    let inside = view! {
        <div class="meeting-manage">
            <Form name="reschedule" key="reschedule" anchor=Some("reschedule".to_owned())>
                <h4 class="ds-heading" data-size="2xs">{w.reschedule.as_str()}</h4>
                <Hidden name="meeting" value=of/>
                <Hidden name="seen" value=seen.to_string()/>
                <DateField name="on" label=w.new_day.clone() value=date required=true/>
                <TimeField name="starts" label=w.new_time.clone() value=starts required=true/>
                <TextField name="reason" label=w.reason.clone() help=Some(w.reschedule_help.clone()) required=true/>
                <Submit label=w.reschedule.clone()/>
            </Form>
            <Form name="cancel_meeting" key="cancel-meeting" anchor=Some("cancel-meeting".to_owned())>
                <h4 class="ds-heading" data-size="2xs">{w.cancel.as_str()}</h4>
                <Hidden name="meeting" value=of_other/>
                <AreaField name="reason" label=w.reason.clone() required=true/>
                <Submit label=w.cancel_sure.clone() variant="secondary"/>
            </Form>
        </div>
    };
    Some(fold(w.manage.as_str(), None, inside.into_any()))
}

/// The organisations' names in a row of the page's lists.
pub(super) fn names(page: &Page, organisations: &[domain::ids::OrganisationId]) -> AnyView {
    let shown = shown();
    let name = |&organisation: &domain::ids::OrganisationId| {
        let sits = unit(page, organisation).by.map(|person| shown.name(person));
        view! {
            <li>
                {shown.organisation(organisation)}
                {sits.map(|name| view! { <span class="m-quiet">" · "{name}</span> })}
            </li>
        }
    };
    view! { <ul class="m-names">{organisations.iter().map(name).collect_view()}</ul> }.into_any()
}
