//! The strip of a round table: who has said what they do until next time. Chairs, not a score.

use super::model::{CHAIRS_MAX, Said, chairs, initials, said, table, unit};
use super::pieces::Page;
use crate::format::fill;
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::ids::OrganisationId;
use leptos::prelude::*;

const fn class(said: Said) -> &'static str {
    match said {
        Said::Commitment => "made",
        Said::Declined => "declined",
        Said::Nothing => "nothing",
    }
}

fn word(said: Said) -> &'static str {
    let w = &words().meeting;
    match said {
        Said::Commitment => &w.has_commitment,
        Said::Declined => &w.has_declined,
        Said::Nothing => &w.has_nothing,
    }
}

/// The table with its text; a body of all units is shown as rows of chairs.
pub fn round_table(page: &Page) -> AnyView {
    let w = &words().meeting;
    let (made, declined, left) = table(page);
    let text = fill(
        &w.table_text,
        &[
            ("made", &made.to_string()),
            ("declined", &declined.to_string()),
            ("left", &left.to_string()),
        ],
    );
    let picture = if page.organisations.len() > CHAIRS_MAX {
        in_rows(page)
    } else {
        in_a_ring(page, &text)
    };
    view! {
        <figure class="m-round-table">
            {picture}
            <figcaption class="m-quiet">{text}" "{w.table_lead.as_str()}</figcaption>
        </figure>
    }
    .into_any()
}

fn in_a_ring(page: &Page, text: &str) -> AnyView {
    let seats = page
        .organisations
        .iter()
        .zip(chairs(page.organisations.len()))
        .map(|(&organisation, (x, y))| chair(page, organisation, &x, &y))
        .collect_view();
    view! {
        <svg class="m-round-table__ring" viewBox="-180 -104 360 208" role="img" aria-label=text.to_owned()>
            <ellipse class="m-round-table__top" cx="0" cy="0" rx="112" ry="42"/>
            {seats}
        </svg>
    }
    .into_any()
}

fn chair(page: &Page, organisation: OrganisationId, x: &str, y: &str) -> AnyView {
    let name = shown().organisation(organisation);
    let said = said(&unit(page, organisation));
    let letters = initials(&name);
    view! {
        <g class="m-chair" data-said=class(said) transform=format!("translate({x} {y})")>
            <title>{format!("{name}: {}", word(said))}</title>
            <circle r="20"/>
            <text text-anchor="middle" dy="5">{letters}</text>
        </g>
    }
    .into_any()
}

fn in_rows(page: &Page) -> AnyView {
    let chair = |&organisation: &OrganisationId| {
        let name = shown().organisation(organisation);
        let said = said(&unit(page, organisation));
        view! {
            <li class="m-seat" data-said=class(said)>
                {name}
                <span class="ds-sr-only">": "{word(said)}</span>
            </li>
        }
    };
    view! { <ul class="m-seats">{page.organisations.iter().map(chair).collect_view()}</ul> }
        .into_any()
}
