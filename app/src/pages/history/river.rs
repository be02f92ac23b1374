//! The upper half of the history: numbers, picture and slider, cut at one quarter together.

use super::model::Address;
use crate::format::{self, fill};
use crate::parts::ask::ask_at;
use crate::parts::chrome::{Empty, PageHead, PhaseSwatch};
use crate::parts::netmap::{NetMap, layout};
use crate::parts::river::geometry::{self, Source};
use crate::parts::river::{River, RiverTable, in_words};
use crate::parts::shown::shown;
use crate::parts::slider::Slider;
use crate::parts::words::words;
use crate::paths;
use crate::query::{Asked, Query, RiverPage};
use domain::organisation::event::Phase;
use domain::time::Quarter;
use domain::views::river::Level;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Heading, numbers, picture, slider.
#[component]
pub fn RiverBlock(
    page: RiverPage,
    address: Memo<Address>,
    about: Option<uuid::Uuid>,
) -> impl IntoView {
    let shown = shown();
    let words = &words().history;
    let region = shown.region();
    let today = shown.today();
    let network = page.network;
    let title = match (network, about) {
        (Some(network), _) => fill(&words.title_of, &[("network", &shown.network(network))]),
        (None, Some(id)) => {
            let organisation = shown.organisation(domain::ids::OrganisationId(id));
            fill(&words.title_of, &[("network", &organisation)])
        }
        (None, None) => words.title.clone(),
    };
    let back = match network {
        Some(network) => Some((paths::network(&region, network), shown.network(network))),
        None => about.map(|_| (paths::history(&region), words.whole_region.clone())),
    };
    let last = Quarter::of(page.last.unwrap_or(today));
    let levels = geometry::from_the_source(geometry::until(page.river.levels(), last));
    let Some(first) = levels
        .first()
        .map(|level| level.quarter)
        .filter(|_| about.is_none())
    else {
        let empty = about.is_none().then(|| {
            view! {
                <Empty title=words.empty_title.clone() text=words.empty_text.clone()>
                    <a class="ds-button" href=paths::networks(&region)>
                        {words.empty_action.clone()}
                    </a>
                </Empty>
            }
        });
        return view! {
            <PageHead title=title back=back />
            {empty}
        }
        .into_any();
    };
    let lead = Some(words.lead.clone());
    let map = network
        .is_none()
        .then(|| page.region.networks.clone())
        .filter(|rows| !rows.is_empty());
    view! {
        <PageHead title=title back=back lead=lead />
        <Pulled levels=levels span=(first, last.max(first)) address=address network=network map=map />
    }
    .into_any()
}

/// The quarter that an address stands for.
fn quarter_of(address: &Address, span: (Quarter, Quarter)) -> Quarter {
    address
        .day
        .map_or(span.1, Quarter::of)
        .clamp(span.0, span.1)
}

/// Everything that moves with the slider.
#[component]
fn Pulled(
    levels: Vec<Level>,
    span: (Quarter, Quarter),
    address: Memo<Address>,
    network: Option<domain::ids::NetworkId>,
    map: Option<layout::Rows>,
) -> impl IntoView {
    let today = shown().today();
    let all = words();
    let words = &all.history;
    let value = RwSignal::new(quarter_of(&address.get_untracked(), span));
    // Back, forward and the story's own links move the slider too.
    Effect::new(move |_| value.set(quarter_of(&address.get(), span)));
    let navigate = use_navigate();
    let settled = Callback::new(move |quarter: Quarter| {
        let day = (quarter < span.1).then(|| geometry::day_of(quarter, today));
        let now = address.get_untracked();
        if now.day == day {
            return;
        }
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&now.on(day).href(), options);
    });
    let source = Signal::derive(move || {
        if address.read().assessed {
            Source::Assessed
        } else {
            Source::Own
        }
    });
    let live = StoredValue::new(levels);
    let known_at = Memo::new(move |_| address.get().known_at());
    let picture = move || {
        let levels = Signal::stored(live.get_value());
        if known_at.get().is_none() {
            return view! {
                <Picture levels=levels span=span value=value settled=settled source=source />
            }
            .into_any();
        }
        let at = Signal::derive(move || Asked {
            on: None,
            known_at: known_at.get(),
        });
        ask_at(
            Signal::stored(Query::River(network)),
            at,
            move |page: RiverPage| {
                let then = geometry::until(
                    page.river.levels(),
                    quarter_of(&address.get_untracked(), span),
                );
                view! {
                    <Picture
                        levels=Signal::stored(then)
                        ghost=levels
                        table=true
                        span=span
                        value=value
                        settled=settled
                        source=source
                    />
                }
                .into_any()
            },
        )
    };
    let said = Signal::derive(move || {
        live.with_value(|levels| in_words(levels, source.get(), value.get()))
    });
    let start = address.get_untracked();
    // The slider's form says the day itself.
    let kept = start.on(None).fields();
    view! {
        <section class="pulled" aria-label=words.river_title.clone()>
            <SourceChoice address=address />
            {picture}
            <Slider
                span=span
                value=value
                settled=settled
                said=said
                action=start.path.clone()
                kept=kept
            />
            <p class="ds-paragraph pulled__legend" data-size="sm">{words.expected.clone()}</p>
            <div class="pulled__more">
                {move || {
                    known_at
                        .get()
                        .is_none()
                        .then(|| {
                            let levels = Signal::stored(live.get_value());
                            view! { <RiverTable levels=levels source=source /> }
                        })
                }}
                <DateForm address=address />
                {map.map(|rows| view! { <DayMap rows=rows value=value /> })}
            </div>
        </section>
    }
}

/// Whose judgement the bands show: two links, so that it works without script and can be shared.
#[component]
fn SourceChoice(address: Memo<Address>) -> impl IntoView {
    let words = &words().history;
    let link = move |assessed: bool, label: String| {
        let href = move || {
            Address {
                assessed,
                ..address.get()
            }
            .href()
        };
        let current = move || (address.read().assessed == assessed).then_some("true");
        view! {
            <a class="segment" href=href aria-current=current data-noscroll="true">
                {label}
            </a>
        }
    };
    view! {
        <nav class="segments" aria-label=words.source_label.clone()>
            {link(false, words.source_own.clone())}
            {link(true, words.source_assessed.clone())}
        </nav>
    }
}

/// Numbers and picture. The picture can be pulled itself, by a finger or a mouse; keys use the slider.
#[component]
fn Picture(
    levels: Signal<Vec<Level>>,
    #[prop(default = Signal::stored(Vec::new()))] ghost: Signal<Vec<Level>>,
    span: (Quarter, Quarter),
    value: RwSignal<Quarter>,
    settled: Callback<Quarter>,
    source: Signal<Source>,
    /// Whether the numbers stand below it as a table; else the page puts them below the slider.
    #[prop(optional)]
    table: bool,
) -> impl IntoView {
    let all = words();
    let words = &all.history;
    let known_then = shown().known_at().map(|moment| {
        let day = format::full_day(moment.date(), all);
        fill(&words.known_then_note, &[("day", &day)])
    });
    let scale = geometry::Scale::of(&[], span.0, span.1);
    let pull = move |event: &PointerEvent| {
        let target = event.current_target().or_else(|| event.target());
        let Some(surface) =
            target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok())
        else {
            return;
        };
        let width = f64::from(surface.offset_width());
        if width > 0.0 {
            value.set(scale.quarter_at(f64::from(event.offset_x()) / width));
        }
    };
    view! {
        <Reading levels=levels value=value source=source />
        {known_then.map(|note| view! { <p class="ds-paragraph pulled__note" data-size="sm">{note}</p> })}
        <div class="pulled__picture">
            <River levels=levels ghost=ghost span=span cut=value source=source id="river" />
            <div
                class="pulled__surface"
                aria-hidden="true"
                on:pointerdown=move |event| pull(&event)
                on:pointermove=move |event| {
                    if event.buttons() == 1 {
                        pull(&event);
                    }
                }
                on:pointerup=move |_| settled.run(value.get_untracked())
            ></div>
        </div>
        {table.then(|| view! { <RiverTable levels=levels source=source /> })}
    }
}

/// How many units are in each phase, how motivation is, how many meetings there were: at the slider's quarter.
#[component]
fn Reading(
    levels: Signal<Vec<Level>>,
    value: RwSignal<Quarter>,
    source: Signal<Source>,
) -> impl IntoView {
    let all = words();
    let words = &all.history;
    let count = move |phase: Phase| {
        let at = levels.with(|levels| geometry::level_at(levels, value.get()));
        at.map_or(0, |level| {
            geometry::counts(&level, source.get())[phase.index()]
        })
    };
    let phases = Phase::ALL.map(|phase| {
        view! {
            <div class="reading__phase">
                <dt>
                    <PhaseSwatch phase=phase />
                    <span>{all.domain.phase(phase).to_owned()}</span>
                </dt>
                <dd>{move || count(phase)}</dd>
            </div>
        }
    });
    let motivation = move || {
        let at = levels.with(|levels| geometry::motivation_at(levels, value.get()));
        match at {
            None => words.motivation_none.clone(),
            Some((mean, quarter)) => {
                let mean = geometry::decimal(mean, &all.language);
                let when = format::quarter(quarter, all);
                let template = if quarter == value.get() {
                    &words.motivation_value
                } else {
                    &words.motivation_value_from
                };
                fill(template, &[("mean", &mean), ("quarter", &when)])
            }
        }
    };
    let meetings = move || {
        levels
            .with(|levels| geometry::totals_at(levels, value.get()))
            .0
    };
    view! {
        <dl class="reading" aria-live="off">
            {phases}
            <div class="reading__fact">
                <dt>{words.motivation.clone()}</dt>
                <dd>{motivation}</dd>
            </div>
            <div class="reading__fact">
                <dt>{words.meetings_held.clone()}</dt>
                <dd>{meetings}</dd>
            </div>
        </dl>
    }
}

/// A day, and what is to be known on it.
#[component]
fn DateForm(address: Memo<Address>) -> impl IntoView {
    let words = &words().history;
    let today = shown().today();
    let form = move || {
        let now = address.get();
        let day = now.day.unwrap_or(today).min(today);
        let then = now.then || now.known_at.is_some();
        let kept = Address {
            day: None,
            then: false,
            known_at: None,
            after: None,
            correcting: None,
            ..now.clone()
        };
        let choice = |value: &'static str, checked: bool, label: &str, help: &str| {
            view! {
                <label class="choice">
                    <input class="ds-input" type="radio" name="kjent" value=value checked=checked />
                    <span>
                        {label.to_owned()}
                        <span class="choice__help">{help.to_owned()}</span>
                    </span>
                </label>
            }
        };
        view! {
            <form method="get" action=now.path.clone() class="date-form">
                {kept
                    .fields()
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect_view()}
                <div class="ds-field">
                    <label class="ds-label" for="history-day">
                        {words.date_label.clone()}
                    </label>
                    <input
                        class="ds-input input-short"
                        type="date"
                        id="history-day"
                        name="dato"
                        value=day.to_string()
                        max=today.to_string()
                    />
                </div>
                <fieldset class="ds-fieldset choices">
                    <legend class="ds-label">{words.known_label.clone()}</legend>
                    <div class="choice-row">
                        {choice("", !then, &words.known_now, &words.known_now_help)}
                        {choice("da", then, &words.known_then, &words.known_then_help)}
                    </div>
                </fieldset>
                <button class="ds-button" data-variant="secondary" type="submit">
                    {words.show.clone()}
                </button>
                {now
                    .day
                    .is_some()
                    .then(|| {
                        view! {
                            <a class="ds-link" href=kept.href() data-noscroll="true">
                                {words.to_today.clone()}
                            </a>
                        }
                    })}
            </form>
        }
    };
    view! {
        <details class="ds-details date-details" data-variant="default">
            <summary>{words.date_legend.clone()}</summary>
            <div>{form}</div>
        </details>
    }
}

/// The networks on the slider's day.
#[component]
fn DayMap(rows: layout::Rows, value: RwSignal<Quarter>) -> impl IntoView {
    let shown = shown();
    let words = &words().history;
    let today = shown.today();
    let day = Signal::derive(move || geometry::day_of(value.get(), today));
    let count = {
        let rows = rows.clone();
        move || {
            let count = layout::at_work_on(&rows, day.get());
            fill(&words.map_count, &[("count", &count.to_string())])
        }
    };
    view! {
        <details class="ds-details" data-variant="default">
            <summary>{words.map_title.clone()} " · " {count}</summary>
            <div>
                <NetMap
                    rows=rows
                    on=day
                    label=words.map_title.clone()
                    region=shown.region()
                />
            </div>
        </details>
    }
}
