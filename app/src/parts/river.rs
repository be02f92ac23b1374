//! The river: bands of phases by quarter, the line of motivation above, marks of meetings and changes below. It is cut
//! at a quarter; what comes after lies in mist. The same picture, large, on the history page and, small, on a
//! network's page.

pub mod geometry;

use crate::format::{self, fill};
use crate::parts::words::words;
use domain::organisation::event::Phase;
use domain::time::Quarter;
use domain::views::river::Level;
use geometry::{BANDS, HEIGHT, MARKS, MOOD, SIDE, Scale, Source, WIDTH, YEARS};
use leptos::prelude::*;

fn quarter_name(quarter: Quarter) -> String {
    format::quarter(quarter, words())
}

/// The picture in one sentence, for those who do not see it.
#[must_use]
pub fn in_words(levels: &[Level], source: Source, cut: Quarter) -> String {
    let (Some(first), Some(last)) = (levels.first(), levels.last()) else {
        return words().history.units_none.clone();
    };
    let [a, b, c] =
        geometry::level_at(levels, cut).map_or([0; 3], |level| geometry::counts(&level, source));
    fill(
        &words().history.river_alt,
        &[
            ("first", &quarter_name(first.quarter)),
            ("last", &quarter_name(last.quarter)),
            ("quarter", &quarter_name(cut)),
            ("a", &a.to_string()),
            ("b", &b.to_string()),
            ("c", &c.to_string()),
        ],
    )
}

const fn phase_class(phase: Phase) -> (&'static str, &'static str, &'static str) {
    match phase {
        Phase::Initiation => (
            "river__band river__band--initiation",
            "dots",
            "river__ink river__ink--initiation",
        ),
        Phase::Implementation => (
            "river__band river__band--implementation",
            "lines",
            "river__ink river__ink--implementation",
        ),
        Phase::Institutionalisation => (
            "river__band river__band--institutionalisation",
            "full",
            "river__ink river__ink--institutionalisation",
        ),
    }
}

/// The patterns of the phases, once a picture.
#[component]
fn Patterns(id: &'static str) -> impl IntoView {
    view! {
        <defs>
            <pattern id=format!("{id}-dots") width="6" height="6" patternUnits="userSpaceOnUse">
                <circle cx="1.5" cy="1.5" r="0.9" class="river__ink river__ink--initiation" />
                <circle cx="4.5" cy="4.5" r="0.9" class="river__ink river__ink--initiation" />
            </pattern>
            <pattern
                id=format!("{id}-lines")
                width="5"
                height="5"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
            >
                <line x1="0" y1="0" x2="0" y2="5" class="river__stroke river__stroke--implementation" />
            </pattern>
        </defs>
    }
}

/// The river as a picture. `ghost` is a river to compare with: only its surface is drawn.
#[component]
pub fn River(
    /// Its levels, without gaps.
    #[prop(into)]
    levels: Signal<Vec<Level>>,
    /// The first and last quarter of the picture.
    span: (Quarter, Quarter),
    /// Where it is cut.
    #[prop(into)]
    cut: Signal<Quarter>,
    /// Whose judgement.
    #[prop(into, default = Signal::stored(Source::Own))]
    source: Signal<Source>,
    /// A river to compare with.
    #[prop(into, default = Signal::stored(Vec::new()))]
    ghost: Signal<Vec<Level>>,
    /// A name for its patterns, its own on the page.
    id: &'static str,
) -> impl IntoView {
    let scale = Memo::new(move |_| {
        let mut all = levels.get();
        all.extend(ghost.get());
        Scale::of(&all, span.0, span.1)
    });
    let bands = Phase::ALL.map(|phase| {
        let path = move || levels.with(|levels| geometry::band(levels, source.get(), &scale.get(), phase.index()));
        let (class, pattern, _) = phase_class(phase);
        view! {
            <path class=class d=path />
            {(pattern != "full").then(|| {
                view! { <path class="river__pattern" fill=format!("url(#{id}-{pattern})") d=path /> }
            })}
        }
    });
    let mood = move || levels.with(|levels| geometry::line(&geometry::moods(levels, &scale.get())));
    let dots = move || {
        levels
            .with(|levels| geometry::moods(levels, &scale.get()))
            .into_iter()
            .map(|(x, y)| {
                view! { <circle class="river__mood-dot" cx=fixed(x) cy=fixed(y) r="1.6" /> }
            })
            .collect_view()
    };
    let surface = move || {
        ghost.with(|ghost| geometry::line(&geometry::surface(ghost, source.get(), &scale.get(), 3)))
    };
    let x = move || scale.get().x(cut.get());
    let label = move || levels.with(|levels| in_words(levels, source.get(), cut.get()));
    view! {
        <svg
            class="river"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            role="img"
            aria-label=label
            preserveAspectRatio="xMidYMid meet"
        >
            <Patterns id=id />
            <g class="river__grid">
                {[5.0, 3.0, 1.0]
                    .map(|mean| {
                        let y = move || fixed(scale.get().mood(mean));
                        view! { <line x1=SIDE x2=WIDTH - SIDE y1=y y2=y /> }
                    })}
                <line x1=SIDE x2=WIDTH - SIDE y1=BANDS.1 y2=BANDS.1 />
            </g>
            <g class="river__labels">
                <text class="river__label" x=SIDE y=MOOD.0 - 3.0>
                    {words().history.motivation.clone()}
                </text>
            </g>
            {bands}
            <path class="river__ghost" d=surface />
            <path
                class="river__expected"
                d=move || geometry::line(&geometry::expected(&scale.get()))
            />
            <path class="river__mood" d=mood />
            {dots}
            <Marks levels=levels scale=scale />
            <rect
                class="river__mist"
                x=move || fixed(x())
                y="0"
                width=move || fixed(WIDTH - x())
                height=MARKS + 6.0
            />
            <g class="river__years">
                {move || {
                    scale
                        .get()
                        .years()
                        .into_iter()
                        .map(|(x, year)| {
                            view! {
                                <line x1=fixed(x) x2=fixed(x) y1=MARKS + 6.0 y2=MARKS + 10.0 />
                                <text x=fixed(x) y=YEARS>
                                    {year.to_string()}
                                </text>
                            }
                        })
                        .collect_view()
                }}
            </g>
            <Cut levels=levels scale=scale cut=cut source=source />
        </svg>
    }
}

fn fixed(length: f64) -> String {
    format!("{length:.2}")
}

/// Where the river is cut: a line, and a dot on each surface.
#[component]
fn Cut(
    levels: Signal<Vec<Level>>,
    scale: Memo<Scale>,
    cut: Signal<Quarter>,
    source: Signal<Source>,
) -> impl IntoView {
    let x = move || fixed(scale.get().x(cut.get()));
    let dots = Phase::ALL.map(|phase| {
        let (_, _, ink) = phase_class(phase);
        let bands = 3 - phase.index();
        let y = move || {
            let at = levels.with(|levels| geometry::level_at(levels, cut.get()));
            at.map_or(BANDS.1, |level| {
                let counts = geometry::counts(&level, source.get());
                scale.get().y(counts.iter().rev().take(bands).sum())
            })
        };
        view! { <circle class=format!("river__cut-dot {ink}") cx=x cy=move || fixed(y()) r="3" /> }
    });
    let mood = move || {
        let (mean, _) = levels.with(|levels| geometry::motivation_at(levels, cut.get()))?;
        let y = fixed(scale.get().mood(f64::from(mean)));
        Some(view! { <circle class="river__cut-dot river__cut-dot--mood" cx=x() cy=y r="3" /> })
    };
    view! {
        <g class="river__cut">
            <line x1=x x2=x y1=MOOD.0 - 8.0 y2=MARKS + 8.0 />
            {dots}
            {mood}
        </g>
    }
}

/// Meetings as small strokes (longer for more), changes as diamonds.
#[component]
fn Marks(levels: Signal<Vec<Level>>, scale: Memo<Scale>) -> impl IntoView {
    let marks = move || {
        let scale = scale.get();
        levels
            .get()
            .into_iter()
            .map(|level| {
                let x = scale.x(level.quarter);
                let length = 1.5 + f64::from(level.meetings).sqrt().min(3.5);
                let meetings = (level.meetings > 0).then(|| {
                    view! {
                        <line
                            class="river__meetings"
                            x1=fixed(x)
                            x2=fixed(x)
                            y1=fixed(MARKS - length / 2.0)
                            y2=fixed(MARKS + length / 2.0)
                        />
                    }
                });
                let (top, right) = (BANDS.1 + 2.5, x + 2.0);
                let diamond = format!(
                    "M{x:.2} {top:.2}L{right:.2} {:.2}L{x:.2} {:.2}L{:.2} {:.2}Z",
                    top + 2.0,
                    top + 4.0,
                    x - 2.0,
                    top + 2.0
                );
                let changes = (level.changes > 0)
                    .then(|| view! { <path class="river__changes" d=diamond /> });
                view! {
                    {meetings}
                    {changes}
                }
            })
            .collect_view()
    };
    view! { <g class="river__marks">{marks}</g> }
}

/// The river in numbers: a row a quarter, the latest first.
#[component]
pub fn RiverTable(
    /// Its levels.
    #[prop(into)]
    levels: Signal<Vec<Level>>,
    /// Whose judgement.
    #[prop(into, default = Signal::stored(Source::Own))]
    source: Signal<Source>,
) -> impl IntoView {
    let all = words();
    let words = &all.history;
    let rows = move || {
        levels
            .get()
            .into_iter()
            .rev()
            .map(|level| {
                let [a, b, c] = geometry::counts(&level, source.get());
                let mean = level.motivation.map_or_else(
                    || "–".to_owned(),
                    |mean| geometry::decimal(mean, &all.language),
                );
                view! {
                    <tr>
                        <th scope="row">{quarter_name(level.quarter)}</th>
                        <td>{a}</td>
                        <td>{b}</td>
                        <td>{c}</td>
                        <td>{mean}</td>
                        <td>{level.meetings}</td>
                        <td>{level.changes}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <details class="ds-details river-table" data-variant="default">
            <summary>{words.as_table.clone()}</summary>
            <div class="river-table__scroll" tabindex="0" role="region" aria-label=words.table_caption.clone()>
                <table class="ds-table" data-size="sm">
                    <caption>{words.table_caption.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.quarter.clone()}</th>
                            {Phase::ALL
                                .map(|phase| {
                                    view! { <th scope="col">{all.domain.phase(phase).to_owned()}</th> }
                                })}
                            <th scope="col">{words.motivation.clone()}</th>
                            <th scope="col">{words.meetings_held.clone()}</th>
                            <th scope="col">{words.changes_made.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
