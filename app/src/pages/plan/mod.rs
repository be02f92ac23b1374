//! Planning a meeting: a form filled in from the contract of last time.

mod model;

use crate::error::AppError;
use crate::forms::derived;
use crate::order::by_name;
use crate::parts::ask::{self, NoAnswer, ask};
use crate::parts::chrome::PageHead;
use crate::parts::form::{DateField, Form, Hidden, SelectField, Submit, TextField, TimeField};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::{self, Query};
use domain::access::Permission;
use domain::ids::{MeetingId, NetworkId};
use leptos::prelude::*;
use model::Proposal;

/// The page that plans a meeting of a network.
#[component]
pub fn PlanPage() -> impl IntoView {
    let network = ask::id("network", NetworkId);
    let query = Signal::derive(move || Query::Network(network.get()));
    ask(query, plan_view)
}

fn plan_view(page: query::NetworkPage) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let Some(network) = page.network.network else {
        return view! { <NoAnswer error=AppError::NotFound/> }.into_any();
    };
    let name = shown.network(network);
    let back = (paths::network(&shown.region(), network), name.clone());
    let body = if !shown.can(Permission::RunMeetings) {
        sentence(&w.plan_not_permitted)
    } else if model::kinds(&page.network).is_empty() {
        sentence(&w.plan_not_at_work)
    } else {
        view! {
            {already_planned(&page)}
            {form(&page, network)}
        }
        .into_any()
    };
    view! {
        <article class="plan">
            <PageHead title=w.plan_title.clone() back=Some(back) lead=Some(name)/>
            {body}
        </article>
    }
    .into_any()
}

fn sentence(text: &str) -> AnyView {
    view! { <p class="ds-paragraph">{text.to_owned()}</p> }.into_any()
}

fn already_planned(page: &query::NetworkPage) -> Option<AnyView> {
    let shown = shown();
    let w = &words().meeting;
    let ahead = page.network.next_meeting(shown.today())?;
    let day = crate::format::day(ahead.on, shown.today(), words());
    Some(
        view! {
            <div class="ds-alert" data-color="info">
                <p class="ds-paragraph">
                    {crate::format::fill(&w.plan_ahead, &[("day", &day)])}" "
                    <a class="ds-link" href=paths::meeting(&shown.region(), ahead.meeting)>
                        {w.plan_ahead_link.as_str()}
                    </a>
                </p>
            </div>
        }
        .into_any(),
    )
}

fn form(page: &query::NetworkPage, network: NetworkId) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let view = &page.network;
    let proposal = Proposal::of(view, shown.today());
    let key = "plan".to_owned();
    // The meeting's id follows from the command's, so that the way to its page is known beforehand.
    let meeting = MeetingId(derived(shown.command_id(&key), "meeting"));
    let then = Some(paths::meeting(&shown.region(), meeting));
    let kinds: Vec<_> = model::kinds(view)
        .into_iter()
        .map(|kind| {
            (
                model::choice(kind),
                words().domain.meeting_kind(kind).to_owned(),
            )
        })
        .collect();
    let hosts = by_name(
        view.organisations()
            .into_iter()
            .map(|organisation| (organisation.to_string(), shown.organisation(organisation))),
    );
    let from = proposal.agreed_on.map(|on| {
        let day = crate::format::day(on, shown.today(), words());
        sentence(&crate::format::fill(&w.plan_from, &[("day", &day)]))
    });
    let changes = changes(page);
    let theme = proposal.theme.map(|theme| shown.text(theme));
    let place = proposal.place.map(|place| shown.text(place));
    view! {
        {sentence(&w.plan_lead)}
        {from}
        <Form name="plan_meeting" key=key then=then>
            <Hidden name="network" value=network.to_string()/>
            {proposal.previous.map(|previous| view! { <Hidden name="previous" value=previous.to_string()/> })}
            <SelectField name="kind" label=w.plan_kind.clone() options=kinds
                value=Some(model::choice(proposal.kind)) required=true/>
            <TextField name="theme" label=w.theme.clone() value=theme/>
            <div class="m-pair">
                <DateField name="on" label=w.contract_on.clone() value=Some(proposal.on.to_string()) required=true/>
                <TimeField name="starts" label=w.contract_starts.clone()
                    value=Some(proposal.starts.format("%H:%M").to_string()) required=true/>
            </div>
            <SelectField name="host" label=w.host.clone() options=hosts
                value=proposal.host.map(|host| host.to_string())/>
            <TextField name="place" label=w.place.clone() value=place/>
            {changes}
            <Submit label=w.plan_save.clone()/>
        </Form>
    }
    .into_any()
}

/// What the agenda will be made of.
fn changes(page: &query::NetworkPage) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let changes = &page.network.changes;
    if changes.is_empty() {
        return sentence(&w.plan_template);
    }
    let row =
        |change: &domain::views::network::ChangeRow| view! { <li>{shown.text(change.text)}</li> };
    view! {
        {sentence(&w.plan_changes)}
        <ul class="ds-list">{changes.iter().map(row).collect_view()}</ul>
    }
    .into_any()
}
