//! The map of networks: each a shape by its kind, lines for how they hang together. It is a picture; the same is
//! always beside it as a list.

pub mod layout;

use crate::paths;
use chrono::NaiveDate;
use domain::ids::NetworkId;
use domain::network::event::{NetworkKind, Relation};
use domain::network::state::NetworkStatus;
use layout::{Rows, WIDTH, map, status_on};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The three families of bodies, each with a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Those that steer and bind together: a square.
    Steering,
    /// Those that learn together: a circle.
    Learning,
    /// Those that advise and evaluate: a diamond.
    Advising,
}

/// The family of a kind of body.
#[must_use]
pub const fn family(kind: Option<NetworkKind>) -> Family {
    match kind {
        Some(NetworkKind::SteeringGroup | NetworkKind::CoordinationGroup | NetworkKind::Forum) => {
            Family::Steering
        }
        Some(NetworkKind::ProfessionalNetwork | NetworkKind::EvaluationNetwork) => Family::Advising,
        Some(
            NetworkKind::LeaderNetwork
            | NetworkKind::ResourceTeacherNetwork
            | NetworkKind::ProcessNetwork
            | NetworkKind::UpbringingNetwork,
        )
        | None => Family::Learning,
    }
}

const fn status_class(status: Option<NetworkStatus>) -> &'static str {
    match status {
        None => "netmap__node netmap__node--unborn",
        Some(NetworkStatus::Proposed) => "netmap__node netmap__node--proposed",
        Some(NetworkStatus::AtWork) => "netmap__node netmap__node--at-work",
        Some(NetworkStatus::Merged | NetworkStatus::Ended) => "netmap__node netmap__node--over",
    }
}

/// The shape of a family round a point.
#[component]
pub fn Shape(
    /// Which.
    family: Family,
    /// Its middle.
    x: f64,
    /// Its middle.
    y: f64,
    /// Half its width.
    half: f64,
) -> impl IntoView {
    match family {
        Family::Steering => view! {
            <rect
                class="netmap__shape netmap__shape--steering"
                x=x - half
                y=y - half
                width=half * 2.0
                height=half * 2.0
                rx=half / 3.0
            />
        }
        .into_any(),
        Family::Learning => {
            view! { <circle class="netmap__shape netmap__shape--learning" cx=x cy=y r=half * 1.1 /> }
                .into_any()
        }
        Family::Advising => {
            let half = half * 1.3;
            let d = format!(
                "M{x} {}L{} {y}L{x} {}L{} {y}Z",
                y - half,
                x + half,
                y + half,
                x - half
            );
            view! { <path class="netmap__shape netmap__shape--advising" d=d /> }.into_any()
        }
    }
}

/// The map as it was on a day. A node leads to its network.
#[component]
pub fn NetMap(
    /// The networks, those of the past too.
    rows: Rows,
    /// The day.
    #[prop(into)]
    on: Signal<NaiveDate>,
    /// How many organisations sit in each, for the size of its shape.
    #[prop(optional)]
    sizes: BTreeMap<NetworkId, u32>,
    /// The viewer's own.
    #[prop(optional)]
    mine: BTreeSet<NetworkId>,
    /// What the picture is, in words.
    label: String,
    /// The region's address.
    region: String,
) -> impl IntoView {
    let drawn = map(&rows);
    let rows = StoredValue::new(rows);
    let status = move |id: NetworkId| {
        rows.with_value(|rows| rows.get(&id).and_then(|row| status_on(row, on.get())))
    };
    let seen = move |id: NetworkId| {
        matches!(
            status(id),
            Some(NetworkStatus::AtWork | NetworkStatus::Proposed)
        )
    };
    let edges = drawn
        .edges
        .into_iter()
        .map(|edge| {
            let class = move || match (edge.relation, seen(edge.from) && seen(edge.to)) {
                (Relation::Sub, true) => "netmap__edge",
                (Relation::Side, true) => "netmap__edge netmap__edge--side",
                (_, false) => "netmap__edge netmap__edge--over",
            };
            view! { <path class=class d=edge.path /> }
        })
        .collect_view();
    let nodes = drawn
        .nodes
        .into_iter()
        .map(|node| {
            let id = node.network;
            let family = rows.with_value(|rows| family(rows.get(&id).and_then(|row| row.kind)));
            // The drawn lines run together when read aloud.
            let name = node.lines.join(" ");
            let units = sizes.get(&id).copied().unwrap_or(0);
            let half = 7.0 + f64::from(units).sqrt().min(7.0);
            let own = mine.contains(&id).then(|| {
                view! { <circle class="netmap__mine" cx=node.x cy=node.y r=half * 1.3 + 3.0 /> }
            });
            let lines = node
                .lines
                .into_iter()
                .zip(0_u32..)
                .map(|(line, at)| {
                    let y = node.y + half + 12.0 + f64::from(at) * layout::NAME;
                    view! {
                        <text x=node.x y=y>
                            {line}
                        </text>
                    }
                })
                .collect_view();
            view! {
                <g class=move || status_class(status(id))><a href=paths::network(&region, id) aria-label=name tabindex="-1">
                    {own}
                    <Shape family=family x=node.x y=node.y half=half />
                    {lines}
                </a></g>
            }
        })
        .collect_view();
    view! {
        <svg class="netmap" viewBox=format!("0 0 {WIDTH} {}", drawn.height) role="group" aria-label=label>
            <g class="netmap__edges">{edges}</g>
            <g class="netmap__nodes">{nodes}</g>
        </svg>
    }
}
