//! Who sits in the network, in which role, and the forms that change it.

use super::model::{Bench, benches, candidates, roles_of, seated};
use crate::format::{self, fill};
use crate::order::by_name;
use crate::pages::networks::model::code;
use crate::parts::chrome::{Section, Tag};
use crate::parts::form::{
    ChoiceField, ConfirmButton, DateField, Form, Hidden, SelectField, Submit,
};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::NetworkPage;
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::network::event::{NetworkRole, Vote};
use domain::network::state::NetworkStatus;
use domain::views::network::{NetworkView, SeatRow};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Organisations shown at once; the others fold out.
const AT_ONCE: usize = 12;

const ROLES: [NetworkRole; 3] = [
    NetworkRole::Leader,
    NetworkRole::Deputy,
    NetworkRole::MinuteTaker,
];

/// Who sits here.
#[component]
pub fn Seats(page: NetworkPage, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let network = page.network.clone();
    let keeps = shown.can(Permission::KeepNetwork)
        && matches!(
            network.status,
            NetworkStatus::AtWork | NetworkStatus::Proposed
        );
    let none = network.seats.is_empty().then(|| {
        let text = if keeps {
            &words.seats_none
        } else {
            &words.seats_none_reader
        };
        view! { <p class="ds-paragraph">{text.clone()}</p> }
    });
    let (organisations, people, votes) = seated(&network.seats);
    let summary = none.is_none().then(|| {
        let organisations = format::counted(
            u64::try_from(organisations).unwrap_or(u64::MAX),
            &words.organisations_one,
            &words.organisations_many,
        );
        let pattern = if votes == 0 {
            &words.seats_show_summary_no_votes
        } else {
            &words.seats_show_summary
        };
        let text = fill(
            pattern,
            &[
                ("organisations", &organisations),
                ("people", &people.to_string()),
                ("votes", &votes.to_string()),
            ],
        );
        view! { <p class="ds-paragraph tree__facts">{text}</p> }
    });
    let benches = benches(&network.seats, |organisation| {
        shown.organisation(organisation)
    });
    let count = benches.len();
    let mut rest = benches.into_iter();
    let first: Vec<_> = rest.by_ref().take(AT_ONCE).collect();
    let rest: Vec<_> = rest.collect();
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="ds-details" data-variant="default">
                <summary>{fill(&words.seats_show_all, &[("count", &count.to_string())])}</summary>
                <div>{list(rest, &network, shown)}</div>
            </details>
        }
    });
    view! {
        <Section title=words.seats_title.clone() anchor="plasser" class="network__seats">
            {none}
            {summary}
            <Roles network=network.clone() />
            {list(first, &network, shown)}
            {rest}
            {keeps.then(|| view! { <Keep page=page id=id /> })}
        </Section>
    }
}

/// Who leads.
#[component]
fn Roles(network: NetworkView) -> impl IntoView {
    let shown = shown();
    let all = words();
    let rows = network
        .roles
        .into_iter()
        .map(|(role, person)| {
            view! {
                <div>
                    <dt>{all.domain.role(role).to_owned()}</dt>
                    <dd>{shown.name(person)}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts roles">{rows}</dl> }
}

fn list(benches: Vec<Bench>, network: &NetworkView, shown: Shown) -> AnyView {
    let rows = benches
        .into_iter()
        .map(|bench| {
            let seats = bench
                .seats
                .into_iter()
                .map(|seat| line(&seat, network, shown))
                .collect_view();
            view! {
                <li class="bench" class:bench--mine=shown.is_mine(bench.organisation)>
                    <a
                        class="bench__organisation"
                        href=shown.link(&paths::organisation(&shown.region(), bench.organisation))
                    >
                        {shown.organisation(bench.organisation)}
                    </a>
                    <ul class="bench__seats">{seats}</ul>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="benches">{rows}</ul> }.into_any()
}

fn line(seat: &SeatRow, network: &NetworkView, shown: Shown) -> AnyView {
    let all = words();
    let words = &all.network;
    let who = match seat.person {
        Some(person) => view! { <span>{shown.name(person)}</span> }.into_any(),
        None => view! { <em class="bench__vacant">{words.seat_vacant.clone()}</em> }.into_any(),
    };
    let roles = seat
        .person
        .map(|person| roles_of(network, person))
        .unwrap_or_default()
        .into_iter()
        .map(|role| view! { <Tag label=all.domain.role(role) color="fjord" /> })
        .collect_view();
    let vote = (seat.vote == Vote::Voting).then(|| {
        view! { <span class="tree__facts">{words.seat_votes.clone()}</span> }
    });
    view! { <li>{who} " " {roles} " " {vote}</li> }.into_any()
}

/// A seat as a choice in a form.
fn seat_label(seat: &SeatRow, shown: Shown) -> String {
    let who = match seat.person {
        Some(person) => shown.name(person),
        None => words().network.seat_vacant.clone(),
    };
    format!("{}: {who}", shown.organisation(seat.organisation))
}

/// The forms that change seats and roles.
#[component]
fn Keep(page: NetworkPage, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let network = &page.network;
    let organisations: Vec<_> = shown
        .organisations()
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let votes = [Vote::Voting, Vote::NonVoting]
        .map(|vote| (code(&vote), all.domain.vote(vote).to_owned()))
        .to_vec();
    let votes = StoredValue::new(votes);
    let seats = by_name(
        network
            .seats
            .iter()
            .map(|seat| (seat.seat.to_string(), seat_label(seat, shown))),
    );
    let held: Vec<_> = seats
        .iter()
        .filter(|(id, _)| {
            network
                .seats
                .iter()
                .any(|seat| seat.person.is_some() && seat.seat.to_string() == *id)
        })
        .cloned()
        .collect();
    let people = by_name(candidates(&page).into_iter().map(|(organisation, person)| {
        let label = format!(
            "{}, {}",
            shown.name(person),
            shown.organisation(organisation)
        );
        (person.to_string(), label)
    }));
    let seated: BTreeSet<_> = network
        .seats
        .iter()
        .filter_map(|seat| seat.person)
        .collect();
    let holders = by_name(
        seated
            .into_iter()
            .map(|person| (person.to_string(), shown.name(person))),
    );
    let roles: Vec<_> = ROLES
        .into_iter()
        .map(|role| (code(&role), all.domain.role(role).to_owned()))
        .collect();
    let given: Vec<_> = network
        .roles
        .keys()
        .map(|role| (code(role), all.domain.role(*role).to_owned()))
        .collect();
    // Several forms choose among the same seats.
    let some = !seats.is_empty();
    let seats = StoredValue::new(seats);
    let hidden = move || view! { <Hidden name="network" value=id.to_string() /> };
    let anchor = || Some("plasser".to_owned());
    let effective = || {
        view! {
            <DateField
                name="effective"
                label=words.effective_label.clone()
                help=words.effective_help.clone()
            />
        }
    };
    view! {
        <details class="ds-details keep" data-variant="default">
            <summary>{words.keep_title.clone()}</summary>
            <div>
                <h3 class="ds-heading" data-size="2xs">{words.seat_new.clone()}</h3>
                <Form name="create_seat" key="create-seat" anchor=anchor()>
                    {hidden()}
                    <SelectField
                        name="organisation"
                        label=words.seat_organisation.clone()
                        options=organisations
                        required=true
                    />
                    <ChoiceField
                        name="vote"
                        label=words.seat_vote.clone()
                        options=votes.get_value()
                        value=code(&Vote::Voting)
                    />
                    {effective()}
                    <Submit label=words.seat_create.clone() />
                </Form>
                {some
                    .then(|| {
                        view! {
                            <h3 class="ds-heading" data-size="2xs">{words.seat_fill.clone()}</h3>
                            <Form name="fill_seat" key="fill-seat" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="seat"
                                    label=words.seat_which.clone()
                                    options=seats.get_value()
                                    required=true
                                />
                                <SelectField
                                    name="person"
                                    label=words.seat_person.clone()
                                    options=people
                                    required=true
                                />
                                {effective()}
                                <Submit label=words.seat_fill.clone() variant="secondary" />
                            </Form>
                            <h3 class="ds-heading" data-size="2xs">{words.role_give.clone()}</h3>
                            <Form name="give_role" key="give-role" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="role"
                                    label=words.role_which.clone()
                                    options=roles
                                    required=true
                                />
                                <SelectField
                                    name="person"
                                    label=words.seat_person.clone()
                                    options=holders
                                    required=true
                                />
                                <Submit label=words.role_submit.clone() variant="secondary" />
                            </Form>
                            <h3 class="ds-heading" data-size="2xs">{words.seat_vote_change.clone()}</h3>
                            <Form name="set_vote" key="set-vote" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="seat"
                                    label=words.seat_which.clone()
                                    options=seats.get_value()
                                    required=true
                                />
                                <ChoiceField
                                    name="vote"
                                    label=words.seat_vote.clone()
                                    options=votes.get_value()
                                />
                                <Submit label=words.seat_vote_change.clone() variant="secondary" />
                            </Form>
                        }
                    })}
                {(!held.is_empty())
                    .then(|| {
                        view! {
                            <h3 class="ds-heading" data-size="2xs">{words.seat_vacate.clone()}</h3>
                            <Form name="vacate_seat" key="vacate-seat" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="seat"
                                    label=words.seat_which.clone()
                                    options=held
                                    required=true
                                />
                                <Submit label=words.seat_vacate.clone() variant="secondary" />
                            </Form>
                        }
                    })}
                {(!given.is_empty())
                    .then(|| {
                        view! {
                            <h3 class="ds-heading" data-size="2xs">{words.role_end.clone()}</h3>
                            <Form name="end_role" key="end-role" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="role"
                                    label=words.role_which.clone()
                                    options=given
                                    required=true
                                />
                                <ConfirmButton
                                    label=words.role_end.clone()
                                    question=words.role_end_question.clone()
                                />
                            </Form>
                        }
                    })}
                {some
                    .then(|| {
                        view! {
                            <h3 class="ds-heading" data-size="2xs">{words.seat_end.clone()}</h3>
                            <Form name="end_seat" key="end-seat" anchor=anchor()>
                                {hidden()}
                                <SelectField
                                    name="seat"
                                    label=words.seat_which.clone()
                                    options=seats.get_value()
                                    required=true
                                />
                                <ConfirmButton
                                    label=words.seat_end.clone()
                                    question=words.seat_end_question.clone()
                                />
                            </Form>
                        }
                    })}
            </div>
        </details>
    }
}
