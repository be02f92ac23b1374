//! What my organisations promised themselves, and how it went.

pub mod model;
pub mod pieces;

use crate::format;
use crate::parts::ask::ask;
use crate::parts::chrome::{Empty, PageHead, Section};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::Query;
use domain::ids::OrganisationId;
use domain::views::commitments::CommitmentsView;
use leptos::prelude::*;
use model::{Owned, Sorted, sorted};
use pieces::{OpenCommitment, ToldCommitment};

/// My organisations' commitments.
#[component]
pub fn CommitmentsPage() -> impl IntoView {
    ask(Signal::stored(Query::Commitments), page)
}

fn page(all: Vec<(OrganisationId, CommitmentsView)>) -> AnyView {
    let today = &words().today;
    let named = all.len() > 1;
    let has_organisation = !all.is_empty();
    let Sorted { open, years } = sorted(all);
    let nothing = open.is_empty() && years.is_empty();
    view! {
        <PageHead title=today.commitments_title.clone() lead=today.commitments_lead.clone()/>
        {nothing.then(|| empty(has_organisation))}
        {(!open.is_empty()).then(|| open_ones(open, named))}
        {years.into_iter().map(|(from, rows)| year(from, rows, named)).collect_view()}
    }
    .into_any()
}

fn empty(has_organisation: bool) -> impl IntoView {
    let today = &words().today;
    let (title, text) = if has_organisation {
        (&today.no_commitments, &today.no_commitments_text)
    } else {
        (&today.no_organisation, &today.no_organisation_text)
    };
    view! {
        <Empty title=title.clone() text=text.clone()>
            <a class="ds-button" data-variant="secondary" href=paths::networks(&shown().region())>
                {today.see_networks.clone()}
            </a>
        </Empty>
    }
}

fn open_ones(open: Vec<Owned>, named: bool) -> impl IntoView {
    view! {
        <Section title=words().today.section_open.clone() anchor="aapne" class="narrow">
            <div class="cards">
                {open
                    .into_iter()
                    .map(|(organisation, row)| view! { <OpenCommitment organisation row named/> })
                    .collect_view()}
            </div>
        </Section>
    }
}

fn year(from: Option<i32>, rows: Vec<Owned>, named: bool) -> impl IntoView {
    let words = words();
    let (title, anchor) = match from {
        Some(from) => (format::school_year(from, words), format!("skolear-{from}")),
        None => (words.today.unknown_year.clone(), "ukjent".to_owned()),
    };
    view! {
        <Section title=title anchor=anchor class="narrow">
            <ul class="rows">
                {rows
                    .into_iter()
                    .map(|(organisation, row)| view! { <ToldCommitment organisation row named/> })
                    .collect_view()}
            </ul>
        </Section>
    }
}
