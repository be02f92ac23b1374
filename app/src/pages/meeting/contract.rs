//! The contract for next time: the note that binds.

use super::model::next_time;
use super::pieces::{self, Page, fold, id, organisations, part, people, sentence};
use super::runs;
use crate::parts::form::{DateField, Form, Hidden, SelectField, Submit, TextField, TimeField};
use crate::parts::shown::shown;
use crate::parts::words::words;
use leptos::prelude::*;

use crate::format::fill;

/// The contract as it stands, and the form that makes or changes it.
pub fn contract(page: &Page) -> AnyView {
    let w = &words().meeting;
    let agreed = page.meeting.contract.as_ref().map(pieces::contract);
    let form = runs().then(|| {
        let form = form(page);
        match page.meeting.contract {
            Some(_) => fold(w.contract_change.as_str(), None, form),
            None => form,
        }
    });
    let none = agreed.is_none().then(|| sentence(w.contract_none.as_str()));
    let inside = view! {
            {agreed}
            {none}
            {form}
    };
    part(&w.contract, "avtale", inside.into_any())
}

fn form(page: &Page) -> AnyView {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let meeting = &page.meeting;
    let seen = meeting.contracted;
    let next = next_time(page);
    let text = |prose: Option<domain::text::Prose>| prose.map(|prose| shown.text(prose));
    let place = text(meeting.contract.and_then(|contract| contract.place));
    let theme = text(meeting.contract.map(|contract| contract.theme));
    let turn = next
        .host
        .filter(|_| meeting.contract.is_none())
        .map(|host| {
            fill(
                &w.contract_turn,
                &[("organisation", &shown.organisation(host))],
            )
        });
    let hosts = organisations(page, shown);
    let leaders = people(page, shown);
    view! {
        <Form name="contract" key="contract" anchor=Some("contract".to_owned())>
            <Hidden name="meeting" value=of/>
            <Hidden name="seen" value=seen.to_string()/>
            <TextField name="theme" label=w.theme.clone() value=theme required=true/>
            <div class="m-pair">
                <DateField name="on" label=w.contract_on.clone()
                    value=next.on.map(|on| on.to_string()) required=true/>
                <TimeField name="starts" label=w.contract_starts.clone()
                    value=next.starts.map(|starts| starts.format("%H:%M").to_string()) required=true/>
            </div>
            <SelectField name="host" label=w.host.clone() help=turn options=hosts
                value=next.host.map(|host| host.to_string())/>
            <TextField name="place" label=w.place.clone() value=place/>
            <SelectField name="responsible" label=w.contract_responsible.clone() options=leaders
                value=next.responsible.map(|person| person.to_string())/>
            <Submit label=w.contract_save.clone()/>
        </Form>
    }
    .into_any()
}
