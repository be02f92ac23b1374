//! One commitment: what was promised, how it went, and the chain it belongs to.

use crate::format;
use crate::pages::commitments::pieces::{Report, anchor, due, origin, status};
use crate::pages::not_found::NotFoundPage;
use crate::parts::ask::{ask, id};
use crate::parts::chrome::{PageHead, Section};
use crate::parts::form::{AreaField, Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::{self, Query};
use domain::access::Permission;
use domain::ids::CommitmentId;
use domain::views::commitments::CommitmentRow;
use leptos::prelude::*;

/// One commitment.
#[component]
pub fn CommitmentPage() -> impl IntoView {
    let commitment = id("commitment", CommitmentId);
    let query = Signal::derive(move || Query::Commitment(commitment.get()));
    ask(query, page)
}

fn page(found: query::CommitmentPage) -> AnyView {
    let shown = shown();
    let words = words();
    let today = &words.today;
    let Some(row) = found
        .chain
        .iter()
        .find(|row| row.commitment == found.commitment)
        .cloned()
    else {
        return view! { <NotFoundPage/> }.into_any();
    };
    let name = shown.organisation(found.organisation);
    let title = format::fill(&today.by_organisation, &[("organisation", &name)]);
    let region = shown.region();
    let back = (
        shown.link(&paths::commitments(&region)),
        words.frame.commitments.clone(),
    );
    let can = shown.can(Permission::Commit) && !row.declined;
    view! {
        <PageHead title=title back=Some(back)/>
        <article class="commitment-page">
            <p class="commitment-text is-large">{shown.text(row.text)}</p>
            <div class="commitment-line">
                <p class="ds-paragraph commitment-origin">{origin(&row)} ". " {row.is_open().then(|| due(&row)).flatten()}</p>
                {status(&row)}
            </div>
            {learned(&row)}
            <p class="links">
                <a class="ds-link" href=shown.link(&paths::meeting(&region, row.meeting))>
                    {today.at_meeting.clone()}
                </a>
                <a class="ds-link" href=shown.link(&paths::network(&region, row.network))>
                    {shown.network(row.network)}
                </a>
            </p>
            {can.then(|| tell(&row))}
            {(can && row.is_open()).then(|| reword(&row))}
        </article>
        {chain(&found)}
    }
    .into_any()
}

fn learned(row: &CommitmentRow) -> Option<impl IntoView + use<>> {
    let text = shown().text(row.learned?);
    let sentence = format::fill(&words().today.learned_said, &[("text", &text)]);
    Some(view! { <blockquote class="commitment-learned">{sentence}</blockquote> })
}

fn tell(row: &CommitmentRow) -> impl IntoView + use<> {
    let shown = shown();
    let commitment = row.commitment;
    let before = row.outcome;
    let learned = row.learned.map(|learned| shown.text(learned));
    view! {
        <div class="ds-card card" id="fortell">
            <Report commitment before learned anchor="fortell"/>
        </div>
    }
}

fn reword(row: &CommitmentRow) -> impl IntoView + use<> {
    let today = &words().today;
    let (commitment, worded) = (row.commitment, row.worded);
    let text = shown().text(row.text);
    view! {
        <details class="ds-details" id="ordlyd">
            <summary>{today.reword.clone()}</summary>
            <div>
                <Form name="reword" key=format!("reword-{commitment}") anchor="ordlyd".to_owned()>
                    <Hidden name="commitment" value=commitment.to_string()/>
                    <Hidden name="seen" value=worded.to_string()/>
                    <AreaField name="text" label=today.reword_text.clone() value=text required=true/>
                    <Submit label=today.reword_save.clone() variant="secondary"/>
                </Form>
            </div>
        </details>
    }
}

fn chain(found: &query::CommitmentPage) -> impl IntoView + use<> {
    let shown = shown();
    let today = &words().today;
    let lead = if found.chain.len() > 1 {
        &today.chain_lead
    } else {
        &today.chain_lead_one
    };
    let steps = found
        .chain
        .iter()
        .map(|row| {
            let here = row.commitment == found.commitment;
            let address = shown.link(&paths::commitment(&shown.region(), row.commitment));
            let text = if here {
                view! { <strong>{shown.text(row.text)}</strong> }.into_any()
            } else {
                view! { <a href=address>{shown.text(row.text)}</a> }.into_any()
            };
            view! {
                <li class="chain-step" id=anchor(row.commitment) aria-current=here.then_some("true")>
                    <div class="commitment-line">
                        <p class="commitment-text">{text}</p>
                        {status(row)}
                    </div>
                    <p class="ds-paragraph commitment-origin" data-size="sm">{origin(row)}</p>
                    {learned(row)}
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title=today.chain_title.clone() anchor="kjede" class="narrow">
            <p class="ds-paragraph">{lead.clone()}</p>
            <ol class="chain">{steps}</ol>
        </Section>
    }
}
