//! Where the network's units are: a bar of phases, a small river, motivation; and the forms that say it.

use crate::format::{self, fill};
use crate::order::by_name;
use crate::pages::networks::model::code;
use crate::parts::chrome::{PhaseSwatch, Section};
use crate::parts::form::{ChoiceField, DateField, Form, Hidden, NumberField, SelectField, Submit};
use crate::parts::river::geometry::{self, Source};
use crate::parts::river::{River, RiverTable};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::NetworkPage;
use domain::access::Permission;
use domain::ids::{NetworkId, OrganisationId};
use domain::network::state::NetworkStatus;
use domain::organisation::event::{Phase, ReadingSource};
use domain::time::Quarter;
use leptos::prelude::*;

/// Where we are.
#[component]
pub fn Where(page: NetworkPage, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.network;
    let last = Quarter::of(shown.on());
    let levels = geometry::from_the_source(geometry::until(page.river.levels(), last));
    let now = geometry::level_at(&levels, last)
        .map(|level| geometry::counts(&level, Source::Own))
        .filter(|counts| counts.iter().any(|count| *count > 0));
    let body = match now {
        None => view! { <p class="ds-paragraph">{words.where_none.clone()}</p> }.into_any(),
        Some(counts) => {
            let motivation = geometry::motivation_at(&levels, last).map(|(mean, quarter)| {
                let text = fill(
                    &words.where_motivation,
                    &[
                        ("mean", &geometry::decimal(mean, &all.language)),
                        ("quarter", &format::quarter(quarter, all)),
                    ],
                );
                view! { <p class="ds-paragraph" data-size="sm">{text}</p> }
            });
            let first = levels.first().map_or(last, |level| level.quarter);
            let levels = Signal::stored(levels);
            view! {
                <PhaseBar counts=counts />
                {motivation}
                <a class="small-river" href=paths::network_history(&shown.region(), id)>
                    <River levels=levels span=(first, last) cut=Signal::stored(last) id="small" />
                    <span class="ds-link">{words.history_link.clone()}</span>
                </a>
                <RiverTable levels=levels />
            }
            .into_any()
        }
    };
    let at_work = page.network.status == NetworkStatus::AtWork && shown.live();
    let units: Vec<_> = page
        .network
        .organisations()
        .into_iter()
        .filter(|organisation| {
            shown
                .organisation_kind(*organisation)
                .is_some_and(|kind| kind.is_unit())
        })
        .collect();
    let mine: Vec<_> = units
        .iter()
        .copied()
        .filter(|organisation| at_work && shown.is_mine(*organisation))
        .collect();
    let forms = mine
        .into_iter()
        .map(|unit| {
            let phase = page.river.units.get(&unit).and_then(|(own, _)| *own);
            view! { <OwnPhase network=id unit=unit phase=phase /> }
        })
        .collect_view();
    let assess = (at_work && !units.is_empty() && shown.can(Permission::AssessPhase))
        .then(|| view! { <Assess network=id units=units /> });
    view! {
        <Section title=words.where_title.clone() anchor="hvor" class="network__where">
            {body}
            {forms}
            {assess}
        </Section>
    }
}

/// How many units are in each phase, as a bar with the phases' patterns; the numbers stand beside it.
#[component]
fn PhaseBar(counts: [u32; 3]) -> impl IntoView {
    let all = words();
    let [a, b, c] = counts;
    let label = fill(
        &all.network.where_bar,
        &[
            ("a", &a.to_string()),
            ("b", &b.to_string()),
            ("c", &c.to_string()),
        ],
    );
    let total = f64::from((a + b + c).max(1));
    let mut x = 0.0;
    let parts = Phase::ALL
        .into_iter()
        .zip(counts)
        .map(|(phase, count)| {
            let width = 300.0 * f64::from(count) / total;
            let left = x;
            x += width;
            let (class, pattern) = match phase {
                Phase::Initiation => ("river__band river__band--initiation", Some("small-dots")),
                Phase::Implementation => (
                    "river__band river__band--implementation",
                    Some("small-lines"),
                ),
                Phase::Institutionalisation => ("river__band river__band--institutionalisation", None),
            };
            // The patterns are those of the small river on the same page.
            view! {
                <rect class=class x=left y="0" width=width height="20" />
                {pattern
                    .map(|pattern| {
                        view! {
                            <rect x=left y="0" width=width height="20" fill=format!("url(#{pattern})") />
                        }
                    })}
            }
        })
        .collect_view();
    let legend = Phase::ALL
        .into_iter()
        .zip(counts)
        .map(|(phase, count)| {
            view! {
                <li>
                    <PhaseSwatch phase=phase />
                    <strong>{count}</strong>
                    <span>{all.domain.phase(phase).to_owned()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <svg class="phase-bar" viewBox="0 0 300 20" preserveAspectRatio="none" role="img" aria-label=label>
            {parts}
        </svg>
        <ul class="phase-bar__legend">{legend}</ul>
    }
}

fn phases() -> Vec<(String, String)> {
    let all = words();
    Phase::ALL
        .into_iter()
        .map(|phase| {
            let label = format!(
                "{}: {}",
                all.domain.phase(phase),
                all.domain.phase_means(phase)
            );
            (code(&phase), label)
        })
        .collect()
}

/// My unit says where it is.
#[component]
fn OwnPhase(network: NetworkId, unit: OrganisationId, phase: Option<Phase>) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let label = fill(
        &words.phase_read_for,
        &[("organisation", &shown.organisation(unit))],
    );
    let hidden = move || {
        view! {
            <Hidden name="network" value=network.to_string() />
            <Hidden name="organisation" value=unit.to_string() />
        }
    };
    // Made inside the form: a field looks for the form around it.
    let scores = move || {
        ["one", "two", "three", "four", "five"]
            .into_iter()
            .zip(1_u32..)
            .map(|(name, score)| {
                let label = fill(&words.motivation_count, &[("score", &score.to_string())]);
                view! { <NumberField name=name label=label min="0".to_owned() /> }
            })
            .collect_view()
    };
    view! {
        <details class="ds-details" data-variant="default" open=phase.is_none()>
            <summary>{words.phase_read_title.clone()}</summary>
            <div>
                <Form name="read_phase" key=format!("phase-{unit}") anchor="hvor".to_owned()>
                    {hidden()}
                    <Hidden name="source" value=code(&ReadingSource::SelfReported) />
                    <ChoiceField
                        name="phase"
                        label=label
                        options=phases()
                        value=phase.map(|phase| code(&phase))
                    />
                    <Submit label=words.phase_submit.clone() />
                </Form>
            </div>
        </details>
        <details class="ds-details" data-variant="default">
            <summary>{words.motivation_title.clone()}</summary>
            <div>
                <p class="ds-paragraph" data-size="sm">{words.motivation_help.clone()}</p>
                <Form
                    name="read_motivation"
                    key=format!("motivation-{unit}")
                    anchor="hvor".to_owned()
                    class="motivation"
                >
                    {hidden()}
                    {scores()}
                    <Submit label=words.motivation_submit.clone() variant="secondary" />
                </Form>
            </div>
        </details>
    }
}

/// A leader judges a unit from outside.
#[component]
fn Assess(network: NetworkId, units: Vec<OrganisationId>) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let units = by_name(
        units
            .into_iter()
            .map(|unit| (unit.to_string(), shown.organisation(unit))),
    );
    view! {
        <details class="ds-details" data-variant="default">
            <summary>{words.phase_assess_title.clone()}</summary>
            <div>
                <p class="ds-paragraph" data-size="sm">{words.phase_assess_help.clone()}</p>
                <Form name="read_phase" key="assess" anchor="hvor".to_owned()>
                    <Hidden name="network" value=network.to_string() />
                    <Hidden name="source" value=code(&ReadingSource::Assessed) />
                    <SelectField
                        name="organisation"
                        label=words.phase_assess_unit.clone()
                        options=units
                        required=true
                    />
                    <ChoiceField name="phase" label=words.phase_assess_phase.clone() options=phases() />
                    <DateField
                        name="effective"
                        label=words.effective_label.clone()
                        help=words.effective_help.clone()
                    />
                    <Submit label=words.phase_assess_submit.clone() variant="secondary" />
                </Form>
            </div>
        </details>
    }
}
