//! An organisation: what it is, who works there, where it sits, and where it is in each network's work.

use crate::format::{self, fill};
use crate::order::{ordered, ordered_by_key};
use crate::parts::ask::{ask, id};
use crate::parts::chrome::{PageHead, PhaseMark, Section, Tag};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::Query;
use domain::ids::{NetworkId, OrganisationId};
use domain::organisation::event::{OrganisationKind, Phase};
use domain::views::organisation::{OrganisationView, PhaseRow};
use leptos::prelude::*;

/// One organisation.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let organisation = id("organisation", OrganisationId);
    let query = Signal::derive(move || Query::Organisation(organisation.get()));
    ask(query, |organisation: OrganisationView| {
        view! { <Whole organisation=organisation /> }.into_any()
    })
}

fn what_it_is(organisation: &OrganisationView, shown: Shown) -> String {
    let all = words();
    let words = &all.network;
    let kind = organisation
        .kind
        .map(|kind| match organisation.school_type {
            Some(school) => all.domain.school_type(school).to_owned(),
            None => all.domain.organisation_kind(kind).to_owned(),
        });
    let pupils = organisation.pupils.map(|pupils| {
        let pattern = match organisation.kind {
            Some(OrganisationKind::Kindergarten) => &words.org_pupils_kindergarten,
            _ => &words.org_pupils_school,
        };
        fill(pattern, &[("count", &format::count(pupils.into()))])
    });
    let owner = organisation.parent.map(|parent| {
        fill(
            &words.org_owner,
            &[("organisation", &shown.organisation(parent))],
        )
    });
    let number = organisation
        .number
        .as_ref()
        .map(|number| fill(&words.org_number, &[("number", &number.to_string())]));
    let facts: Vec<String> = kind
        .into_iter()
        .chain(pupils)
        .chain(owner)
        .chain(number)
        .collect();
    facts.join(" · ")
}

#[component]
fn Whole(organisation: OrganisationView) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let name = organisation
        .called
        .as_ref()
        .map_or_else(String::new, |called| called.as_str().to_owned());
    let story = organisation.organisation.map(|id| {
        let href = format!("{}?om={id}", paths::history(&shown.region()));
        let label = fill(&words.org_story, &[("organisation", &name)]);
        view! {
            <a class="ds-button" data-variant="secondary" href=href>
                {label}
            </a>
        }
    });
    let unit = organisation.kind.is_some_and(OrganisationKind::is_unit);
    let back = (paths::networks(&shown.region()), words.title.clone());
    view! {
        <PageHead title=name.clone() back=Some(back) lead=what_it_is(&organisation, shown) />
        {organisation
            .closed
            .then(|| view! { <Tag label=words.org_closed.clone() color="neutral" /> })}
        <div class="organisation">
            {unit.then(|| view! { <Phases organisation=organisation.clone() /> })}
            <Seats organisation=organisation.clone() />
            <People organisation=organisation />
        </div>
        <div class="page-links">{story}</div>
    }
}

/// Where the unit is in each network's work: its own word and the evaluators', apart.
#[component]
fn Phases(organisation: OrganisationView) -> impl IntoView {
    let words = &words().network;
    let body = if organisation.phases.is_empty() {
        view! { <p class="ds-paragraph">{words.org_phases_none.clone()}</p> }.into_any()
    } else {
        let rows = organisation
            .phases
            .into_iter()
            .map(|(network, row)| view! { <PhaseLine network=network row=row /> })
            .collect_view();
        view! {
            <p class="ds-paragraph" data-size="sm">{words.org_phases_help.clone()}</p>
            <ul class="phase-list">{rows}</ul>
        }
        .into_any()
    };
    view! {
        <Section title=words.org_phases.clone() anchor="faser">
            {body}
        </Section>
    }
}

#[component]
fn PhaseLine(network: NetworkId, row: PhaseRow) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let said = |label: &str, reading: Option<(Phase, Option<chrono::NaiveDate>)>| {
        let value = match reading {
            Some((phase, day)) => {
                let since = day.map(|day| {
                    let day = format::full_day(day, all);
                    fill(&words.org_phase_since, &[("day", &day)])
                });
                view! {
                    <PhaseMark phase=phase />
                    " "
                    <span class="phase-list__since">{since}</span>
                }
                .into_any()
            }
            None => view! { <span class="phase-list__since">{words.org_phase_none.clone()}</span> }
                .into_any(),
        };
        view! {
            <div>
                <dt>{label.to_owned()}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    view! {
        <li>
            <a class="ds-link" href=shown.link(&paths::network(&shown.region(), network))>
                {shown.network(network)}
            </a>
            <dl class="facts">
                {said(&words.org_phase_own, row.self_reported)}
                {said(&words.org_phase_assessed, row.assessed)}
            </dl>
        </li>
    }
}

#[component]
fn Seats(organisation: OrganisationView) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let seats = organisation.seats.into_values();
    let seats = ordered_by_key(seats, |seat| shown.network(seat.network));
    let none = seats
        .is_empty()
        .then(|| view! { <p class="ds-paragraph">{words.org_seats_none.clone()}</p> });
    let rows = seats
        .into_iter()
        .map(|seat| {
            let who = match seat.person {
                Some(person) => shown.name(person),
                None => words.seat_vacant.clone(),
            };
            view! {
                <li>
                    <a class="ds-link" href=shown.link(&paths::network(&shown.region(), seat.network))>
                        {shown.network(seat.network)}
                    </a>
                    <span class="tree__facts">
                        {format!("{who} · {}", all.domain.vote(seat.vote))}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title=words.org_seats.clone() anchor="plasser">
            {none}
            <ul class="plain-list">{rows}</ul>
        </Section>
    }
}

#[component]
fn People(organisation: OrganisationView) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let people = organisation
        .people
        .into_iter()
        .map(|(person, role)| (role, shown.name(person)));
    let people = ordered(people, Ord::cmp);
    let none = people
        .is_empty()
        .then(|| view! { <p class="ds-paragraph">{words.org_people_none.clone()}</p> });
    let rows = people
        .into_iter()
        .map(|(role, name)| {
            view! {
                <li>
                    <span>{name}</span>
                    <span class="tree__facts">{all.domain.work_role(role).to_owned()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title=words.org_people.clone() anchor="folk">
            {none}
            <ul class="plain-list">{rows}</ul>
        </Section>
    }
}
