//! Names, relations, ends: for those who shape networks.

use crate::format::fill;
use crate::pages::networks::model::code;
use crate::parts::form::{
    ChoiceField, ConfirmButton, Form, Hidden, SelectField, Submit, TextField,
};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::network::event::Relation;
use domain::views::network::NetworkView;
use leptos::prelude::*;

/// The forms that change what the network is.
#[component]
pub fn Shape(network: NetworkView, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let hidden = move || view! { <Hidden name="network" value=id.to_string() /> };
    let anchor = || Some("endre".to_owned());
    let name = network
        .called
        .as_ref()
        .map(|called| called.as_str().to_owned());
    let shapes = shown
        .can(Permission::ShapeNetworks)
        .then(|| view! { <Ties network=network id=id /> });
    view! {
        <details class="ds-details" data-variant="default" id="endre">
            <summary>{words.shape_title.clone()}</summary>
            <div class="shape">
                <Form name="rename_network" key="rename" anchor=anchor()>
                    {hidden()}
                    <TextField
                        name="called"
                        label=words.rename_label.clone()
                        help=words.rename_help.clone()
                        value=name
                        required=true
                    />
                    <Submit label=words.rename_submit.clone() variant="secondary" />
                </Form>
                {shapes}
            </div>
        </details>
    }
}

/// Relations and ends.
#[component]
fn Ties(network: NetworkView, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let others = StoredValue::new(other_networks(id));
    let relations = [
        (code(&Relation::Sub), words.legend_sub.clone()),
        (code(&Relation::Side), words.legend_side.clone()),
    ];
    let hidden = move || view! { <Hidden name="network" value=id.to_string() /> };
    let anchor = || Some("endre".to_owned());
    let ties = network
        .relations
        .into_keys()
        .map(|to| {
            let label = fill(&words.unrelate, &[("network", &shown.network(to))]);
            view! {
                <Form name="unrelate" key=format!("unrelate-{to}") anchor=anchor()>
                    {hidden()}
                    <Hidden name="to" value=to.to_string() />
                    <ConfirmButton label=label question=words.unrelate_question.clone() />
                </Form>
            }
        })
        .collect_view();
    view! {
        <Form name="relate" key="relate" anchor=anchor()>
            {hidden()}
            <SelectField
                name="to"
                label=words.relate_other.clone()
                options=others.get_value()
                required=true
            />
            <ChoiceField
                name="relation"
                label=words.relate_how.clone()
                options=relations.to_vec()
                value=code(&Relation::Sub)
            />
            <Submit label=words.relate_submit.clone() variant="secondary" />
        </Form>
        {ties}
        <Form name="merge" key="merge" anchor=anchor()>
            {hidden()}
            <SelectField name="into" label=words.merge_into.clone() options=others.get_value() required=true />
            <TextField name="reason" label=words.merge_reason.clone() required=true />
            <ConfirmButton label=words.merge_submit.clone() question=words.merge_question.clone() />
        </Form>
        <Form name="end_network" key="end" anchor=anchor()>
            {hidden()}
            <TextField name="reason" label=words.end_reason.clone() required=true />
            <ConfirmButton label=words.end_submit.clone() question=words.end_question.clone() />
        </Form>
    }
}

fn other_networks(id: NetworkId) -> Vec<(String, String)> {
    shown()
        .networks()
        .into_iter()
        .filter(|(other, _)| *other != id)
        .map(|(other, name)| (other.to_string(), name))
        .collect()
}
