//! The networks: a map of how they hang together, the same as a list, and a form that proposes one.

use crate::format::{self, fill};
use crate::order::by_name;
use crate::parts::ask::ask;
use crate::parts::chrome::{Empty, PageHead, Section, Tag};
use crate::parts::form::{AreaField, ChoiceField, Form, SelectField, Submit, TextField};
use crate::parts::netmap::layout::{Branch, Rows, trees};
use crate::parts::netmap::{Family, NetMap, Shape, family};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::{NetworkFacts, Networks, Query};
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::network::event::{NetworkKind, Relation};
use domain::network::state::NetworkStatus;
use leptos::prelude::*;
use model::{at_work, code, past};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub mod model;

/// How the region's networks hang together.
#[component]
pub fn NetworksPage() -> impl IntoView {
    ask(Signal::stored(Query::Networks), |networks: Networks| {
        view! { <Whole networks=networks /> }.into_any()
    })
}

#[component]
fn Whole(networks: Networks) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let may_propose = shown.can(Permission::ProposeNetwork);
    let now = at_work(&networks.region.networks);
    let past = past(&networks.region.networks);
    let body = if now.is_empty() {
        let text = if may_propose {
            &words.empty_text
        } else {
            &words.empty_text_reader
        };
        view! { <Empty title=words.empty_title.clone() text=text.clone() /> }.into_any()
    } else {
        let sizes: BTreeMap<_, _> = networks
            .facts
            .iter()
            .map(|(id, facts)| (*id, facts.organisations))
            .collect();
        let (rows, listed) = (now.clone(), now.clone());
        let (ringed, mine) = (networks.mine.clone(), networks.mine);
        let facts = networks.facts;
        view! {
            <div class="networks">
                <Section title=words.map_title.clone() anchor="kart" class="networks__map">
                    <NetMap
                        rows=rows
                        on=Signal::stored(shown.on())
                        sizes=sizes
                        mine=ringed
                        label=words.map_label.clone()
                        region=shown.region()
                    />
                    <Legend />
                </Section>
                <Section title=words.list_title.clone() anchor="liste" class="networks__list">
                    <List rows=listed facts=facts mine=mine />
                </Section>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=words.title.clone() lead=words.lead.clone() />
        {body}
        {may_propose.then(|| view! { <Propose rows=now.clone() open=now.is_empty() /> })}
        {(!past.is_empty()).then(|| view! { <Past rows=past /> })}
    }
}

/// What the shapes and lines of the map mean.
#[component]
fn Legend() -> impl IntoView {
    let words = &words().network;
    let shape = |family: Family, label: &str| {
        view! {
            <li>
                <svg viewBox="0 0 20 20" aria-hidden="true" class="netmap-legend__sign netmap__node--at-work">
                    <Shape family=family x=10.0 y=10.0 half=6.0 />
                </svg>
                {label.to_owned()}
            </li>
        }
    };
    let line = |class: &'static str, label: &str| {
        view! {
            <li>
                <svg viewBox="0 0 20 20" aria-hidden="true" class="netmap-legend__sign">
                    <path class=class d="M1 10H19" />
                </svg>
                {label.to_owned()}
            </li>
        }
    };
    view! {
        <ul class="netmap-legend">
            {shape(Family::Steering, &words.legend_steering)}
            {shape(Family::Learning, &words.legend_learning)}
            {shape(Family::Advising, &words.legend_advising)}
            {line("netmap__edge", &words.legend_sub)}
            {line("netmap__edge netmap__edge--side", &words.legend_side)} <li>
                <svg viewBox="0 0 20 20" aria-hidden="true" class="netmap-legend__sign">
                    <circle class="netmap__mine" cx="10" cy="10" r="7" />
                </svg>
                {words.legend_mine.clone()}
            </li>
        </ul>
    }
}

struct Listed {
    rows: Rows,
    facts: BTreeMap<NetworkId, NetworkFacts>,
    mine: BTreeSet<NetworkId>,
    shown: Shown,
}

/// The networks as a tree of lists, with what is known of each.
#[component]
fn List(
    rows: Rows,
    facts: BTreeMap<NetworkId, NetworkFacts>,
    mine: BTreeSet<NetworkId>,
) -> impl IntoView {
    let branches = trees(&rows);
    let listed = Arc::new(Listed {
        rows,
        facts,
        mine,
        shown: shown(),
    });
    level(&branches, None, &listed)
}

fn level(branches: &[Branch], above: Option<NetworkId>, listed: &Arc<Listed>) -> AnyView {
    if branches.is_empty() {
        return ().into_any();
    }
    let items = branches
        .iter()
        .map(|branch| {
            let row = item(branch, above, listed);
            let below = level(&branch.branches, Some(branch.network), listed);
            view! { <li>{row} {below}</li> }
        })
        .collect_view();
    view! { <ul class="tree">{items}</ul> }.into_any()
}

fn item(branch: &Branch, above: Option<NetworkId>, listed: &Listed) -> AnyView {
    let all = words();
    let words = &all.network;
    let shown = listed.shown;
    let id = branch.network;
    let row = listed.rows.get(&id);
    let facts = listed.facts.get(&id).copied().unwrap_or_default();
    let kind = row
        .and_then(|row| row.kind)
        .map(|kind| all.domain.network_kind(kind).to_owned());
    let relation = branch.relation.zip(above).map(|(relation, above)| {
        let pattern = match relation {
            Relation::Sub => &words.sub_of,
            Relation::Side => &words.side_of,
        };
        fill(pattern, &[("network", &shown.network(above))])
    });
    let organisations = format::counted(
        facts.organisations.into(),
        &words.organisations_one,
        &words.organisations_many,
    );
    let next = facts.next.map(|next| {
        let day = format::day(next, shown.today(), all);
        fill(&words.next_meeting, &[("day", &day)])
    });
    let proposed = row
        .is_some_and(|row| row.status == NetworkStatus::Proposed)
        .then(|| words.proposed_tag.clone());
    let at_work = proposed.is_none();
    let facts: Vec<String> = kind
        .into_iter()
        .chain(at_work.then_some(organisations))
        .chain(next)
        .collect();
    let mine = listed.mine.contains(&id).then(|| words.mine.clone());
    let family = family(row.and_then(|row| row.kind));
    view! {
        <a class="tree__item" href=shown.link(&paths::network(&shown.region(), id))>
            <svg viewBox="0 0 20 20" aria-hidden="true" class="tree__sign netmap__node--at-work">
                <Shape family=family x=10.0 y=10.0 half=6.0 />
            </svg>
            <span class="tree__text">
                <span class="tree__name">{shown.network(id)}</span>
                <span class="tree__facts">{facts.join("\u{a0}· ")}</span>
                <span class="ds-sr-only">{relation}</span>
            </span>
            {proposed.map(|label| view! { <Tag label=label color="warning" /> })}
            {mine.map(|label| view! { <Tag label=label color="accent" /> })}
        </a>
    }
    .into_any()
}

/// Networks that ended or went up in others.
#[component]
fn Past(rows: Vec<(NetworkId, domain::views::region::NetworkRow)>) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let items = rows
        .into_iter()
        .map(|(id, row)| {
            let until = row.ended.map(|day| {
                let day = format::full_day(day, all);
                fill(&words.past_until, &[("day", &day)])
            });
            let into = row
                .merged_into
                .map(|into| fill(&words.past_into, &[("network", &shown.network(into))]));
            let facts: Vec<String> = until.into_iter().chain(into).collect();
            view! {
                <li>
                    <a class="ds-link" href=shown.link(&paths::network(&shown.region(), id))>
                        {shown.network(id)}
                    </a>
                    " "
                    <span class="tree__facts">{facts.join(", ")}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="ds-details" data-variant="default">
            <summary>{words.past_title.clone()}</summary>
            <div>
                <ul class="plain-list">{items}</ul>
            </div>
        </details>
    }
}

/// Proposes a network.
#[component]
fn Propose(rows: Rows, open: bool) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let kinds = model::KINDS
        .into_iter()
        .map(|kind: NetworkKind| (code(&kind), all.domain.network_kind(kind).to_owned()))
        .collect();
    let parents = by_name(rows.keys().map(|id| (id.to_string(), shown.network(*id))));
    let relations = [
        (code(&Relation::Sub), words.legend_sub.clone()),
        (code(&Relation::Side), words.legend_side.clone()),
    ];
    let tied = !parents.is_empty();
    view! {
        <details class="ds-details" data-variant="default" open=open id="foresla">
            <summary>{words.propose_title.clone()}</summary>
            <div>
                <Form name="propose_network" key="propose" anchor="foresla".to_owned()>
                    <TextField name="called" label=words.propose_name.clone() required=true />
                    <SelectField name="kind" label=words.propose_kind.clone() options=kinds required=true />
                    <AreaField
                        name="purpose"
                        label=words.propose_purpose.clone()
                        help=words.propose_purpose_help.clone()
                        required=true
                    />
                    {tied
                        .then(|| {
                            view! {
                                <SelectField
                                    name="parent"
                                    label=words.propose_parent.clone()
                                    options=parents
                                />
                                <ChoiceField
                                    name="relation"
                                    label=words.propose_relation.clone()
                                    help=words.propose_relation_help.clone()
                                    options=relations.to_vec()
                                    value=code(&Relation::Sub)
                                />
                            }
                        })}
                    <Submit label=words.propose_submit.clone() />
                </Form>
            </div>
        </details>
    }
}
