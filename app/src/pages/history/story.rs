//! The lower half of the history: the story by school year, in sentences; each opens to the event behind it.

use super::model::{Address, KINDS, chapters, concerns, end_of_school_year, is_backdated};
use super::sentence::{tell, true_on, who};
use crate::format::{self, fill};
use crate::parts::chrome::{Empty, Tag};
use crate::parts::form::{DateField, Form, Hidden, Submit, TextField};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::{Story, StoryKind, StoryLine};
use crate::words::Words;
use domain::access::Permission;
use domain::correction::{CorrectionEvent, Instead};
use domain::event::Event;
use domain::recorded::Recorded;
use leptos::prelude::*;

const fn kind_word(kind: StoryKind, words: &Words) -> &String {
    let words = &words.history;
    match kind {
        StoryKind::Bodies => &words.kind_bodies,
        StoryKind::People => &words.kind_people,
        StoryKind::Charter => &words.kind_charter,
        StoryKind::Meetings => &words.kind_meetings,
        StoryKind::Decisions => &words.kind_decisions,
        StoryKind::Commitments => &words.kind_commitments,
        StoryKind::Readings => &words.kind_readings,
        StoryKind::Corrections => &words.kind_corrections,
    }
}

/// The story with its filter and its school years.
#[component]
pub fn StoryBlock(story: Story, address: Memo<Address>) -> impl IntoView {
    let shown = shown();
    let words = &words().history;
    let now = address.get_untracked();
    let year = format::school_year_of(now.day.unwrap_or_else(|| shown.today()));
    let years = view! { <Years year=year now=now.clone() /> };
    let more = story.more.map(|after| {
        let next = Address {
            after: Some(after),
            correcting: None,
            ..now.clone()
        };
        view! {
            <a class="ds-button" data-variant="secondary" href=format!("{}#story", next.href())>
                {words.more.clone()}
            </a>
        }
    });
    let lines = if story.lines.is_empty() {
        let text = match (now.kinds.is_empty(), now.day) {
            (false, _) => &words.story_empty_filter,
            (true, Some(_)) => &words.story_empty,
            (true, None) => &words.story_empty_what,
        };
        view! { <Empty title=words.story_none.clone() text=text.clone() /> }.into_any()
    } else {
        let named = now.day.is_none();
        chapters(story.lines)
            .into_iter()
            .map(|(year, lines)| view! { <Chapter year=year lines=lines named=named now=now.clone() /> })
            .collect_view()
            .into_any()
    };
    let heading = match now.day {
        Some(day) => format::school_year(format::school_year_of(day), crate::parts::words::words()),
        None => words.latest.clone(),
    };
    let as_of = format::as_of(
        shown.as_of().on,
        shown.known_at(),
        crate::parts::words::words(),
    );
    view! {
        <section class="story" id="story" aria-labelledby="story-heading">
            <p class="story__kicker">{words.story_title.clone()}</p>
            <h2 class="ds-heading" data-size="md" id="story-heading">
                {heading}
            </h2>
            {as_of
                .map(|sentence| {
                    view! {
                        <p class="ds-paragraph story__time" data-size="sm" role="status">
                            {sentence} " "
                            <a class="ds-link" href=back_to_today(&now)>
                                {words.to_today.clone()}
                            </a>
                        </p>
                    }
                })}
            {years}
            <Filter now=now.clone() />
            {lines}
            <div class="story__more">{more}</div>
        </section>
    }
}

fn back_to_today(now: &Address) -> String {
    Address {
        then: false,
        known_at: None,
        ..now.on(None)
    }
    .href()
}

/// The school years before and after.
#[component]
fn Years(year: i32, now: Address) -> impl IntoView {
    let today = shown().today();
    let all = words();
    let link = |to: i32, class: &'static str| {
        let end = end_of_school_year(to);
        let day = if end < today { Some(end) } else { Some(today) };
        let href = format!("{}#story", now.on(day).href());
        view! {
            <a class=format!("ds-link {class}") href=href data-noscroll="true">
                {format::school_year(to, all)}
            </a>
        }
    };
    let later = (year < format::school_year_of(today)).then(|| link(year + 1, "years__later"));
    view! {
        <nav class="years" aria-label=all.history.story_title.clone()>
            {link(year - 1, "years__earlier")}
            {later}
        </nav>
    }
}

/// Chips that turn kinds of lines on and off: links, so that they work without script and can be shared.
#[component]
fn Filter(now: Address) -> impl IntoView {
    let all = words();
    let words = &all.history;
    let everything = Address {
        kinds: Default::default(),
        after: None,
        ..now.clone()
    };
    let chip = |href: String, on: bool, label: &str| {
        view! {
            <li>
                <a class="chip" href=href aria-current=on.then_some("true") data-noscroll="true">
                    {label.to_owned()}
                </a>
            </li>
        }
    };
    view! {
        <nav class="chips" aria-label=words.filter_label.clone()>
            <ul>
                {chip(everything.href(), now.kinds.is_empty(), &words.all_kinds)}
                {KINDS
                    .map(|kind| {
                        let on = now.kinds.contains(&kind);
                        chip(now.toggled(kind).href(), on, kind_word(kind, all))
                    })}
            </ul>
        </nav>
    }
}

/// The lines of one school year. Its name is said where the page does not stand for one year already.
#[component]
fn Chapter(year: Option<i32>, lines: Vec<StoryLine>, named: bool, now: Address) -> impl IntoView {
    let all = words();
    let heading = match year {
        Some(year) => format::school_year(year, all),
        None => all.history.no_day.clone(),
    };
    let mut before = None;
    let rows = lines
        .into_iter()
        .map(|line| {
            // A day is said once for all its lines.
            let day = line.recorded.effective;
            let first = before.replace(day) != Some(day);
            view! { <Line line=line dated=first now=now.clone() /> }
        })
        .collect_view();
    view! {
        {(named || year.is_none())
            .then(|| view! { <h3 class="ds-heading story__year" data-size="xs">{heading}</h3> })}
        <ol class="story__lines">{rows}</ol>
    }
}

const fn area(event: &Event) -> &'static str {
    match event {
        Event::Region(_) => "region",
        Event::Organisation(_) => "organisation",
        Event::Person(_) => "person",
        Event::Network(_) => "network",
        Event::Meeting(_) => "meeting",
        Event::Commitment(_) => "commitment",
        Event::Correction(_) | Event::Text(_) => "correction",
    }
}

/// One line: a sentence that opens to the event.
#[component]
fn Line(line: StoryLine, dated: bool, now: Address) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.history;
    let recorded = line.recorded;
    let told = tell(&recorded.event, &shown);
    let day = format::capital(&true_on(recorded.effective, &shown));
    let corrected = !line.before.is_empty();
    let mark = if corrected {
        Some((words.corrected.clone(), "warning"))
    } else {
        is_backdated(&recorded).then(|| (words.backdated.clone(), "neutral"))
    };
    let correcting = now.correcting == Some(recorded.position);
    let may = shown.can(Permission::Correct)
        && !matches!(recorded.event, Event::Correction(_))
        && !domain::withdrawal::is_final(&recorded.event);
    let correct = may.then(|| {
        if correcting {
            view! { <Correct recorded=recorded.clone() now=now.clone() /> }.into_any()
        } else {
            let href = Address {
                correcting: Some(recorded.position),
                ..now.clone()
            }
            .href();
            view! {
                <a class="ds-link" data-size="sm" href=format!("{href}#line-{}", recorded.position) data-noscroll="true">
                    {words.correct_title.clone()}
                </a>
            }
            .into_any()
        }
    });
    let versions = corrected.then(|| {
        view! { <Versions before=line.before now_told=told.clone() /> }
    });
    let class = format!("story-line story-line--{}", area(&recorded.event));
    view! {
        <li class=class class:story-line--dated=dated id=format!("line-{}", recorded.position)>
            {dated.then(|| view! { <p class="story-line__day">{day}</p> })}
            <details open=correcting>
                <summary>
                    <span class="story-line__told">{told}</span>
                    {mark
                        .map(|(label, color)| {
                            view! {
                                " "
                                <Tag label=label color=color />
                            }
                        })}
                </summary>
                <div class="story-line__inside">
                    <EventFacts recorded=recorded.clone() />
                    {versions}
                    {correct}
                </div>
            </details>
        </li>
    }
}

/// What the log says about an event: when it was true, who recorded it when, and where it belongs.
#[component]
fn EventFacts(recorded: Recorded) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.history;
    let found = concerns(&recorded.event);
    let fact = |label: &str, value: AnyView| {
        view! {
            <div>
                <dt>{label.to_owned()}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let link = |path: String, label: String| {
        view! {
            <a class="ds-link" href=shown.link(&path)>
                {label}
            </a>
        }
        .into_any()
    };
    let region = shown.region();
    let by = who(recorded.actor, &shown);
    let recorded_at = format!(
        "{}, {by}",
        format::moment(shown.clock(recorded.recorded_at), all)
    );
    let meeting = found.meeting.map(|meeting| {
        fact(
            &words.fact_meeting,
            link(paths::meeting(&region, meeting), words.open_meeting.clone()),
        )
    });
    let commitment = found.commitment.map(|commitment| {
        fact(
            &all.history.kind_commitments,
            link(
                paths::commitment(&region, commitment),
                words.open_commitment.clone(),
            ),
        )
    });
    let network = found.network.map(|network| {
        fact(
            &words.fact_network,
            link(paths::network(&region, network), shown.network(network)),
        )
    });
    let organisation = found.organisation.map(|organisation| {
        fact(
            shown
                .organisation_kind(organisation)
                .map_or("", |kind| all.domain.organisation_kind(kind)),
            link(
                paths::organisation(&region, organisation),
                shown.organisation(organisation),
            ),
        )
    });
    let offline = recorded.occurred_at.map(|moment| {
        fact(
            &words.fact_entered,
            format::moment(shown.clock(moment), all).into_any(),
        )
    });
    view! {
        <dl class="facts">
            {fact(&words.fact_true, true_on(recorded.effective, &shown).into_any())}
            {fact(&words.fact_recorded, recorded_at.into_any())}
            {offline}
            {fact(&words.fact_position, format::count(recorded.position).into_any())}
            {network}
            {meeting}
            {commitment}
            {organisation}
        </dl>
    }
}

/// The event as first recorded, each correction with who, when and why, and how it stands now.
#[component]
fn Versions(before: Vec<Recorded>, now_told: String) -> impl IntoView {
    let shown = shown();
    let all = words();
    let words = &all.history;
    let versions = before
        .into_iter()
        .map(|recorded| {
            let (label, told, reason, day) = match &recorded.event {
                Event::Correction(CorrectionEvent::Made {
                    instead, reason, ..
                }) => {
                    let (told, day) = match instead {
                        Instead::Replacement { event, effective } => {
                            (tell(event, &shown), Some(*effective))
                        }
                        Instead::Retracted => (words.retract.clone(), None),
                    };
                    (&words.version_then, told, Some(*reason), day)
                }
                event => (
                    &words.version_first,
                    tell(event, &shown),
                    None,
                    Some(recorded.effective),
                ),
            };
            let by = format!(
                "{}, {}",
                format::moment(shown.clock(recorded.recorded_at), all),
                who(recorded.actor, &shown)
            );
            let day = day.map(|day| format!("{}: {}", words.fact_true, true_on(day, &shown)));
            let reason = reason.map(|reason| {
                let text = shown.text(reason);
                view! {
                    <p class="versions__because">{fill(&words.version_because, &[("reason", &text)])}</p>
                }
            });
            view! {
                <li>
                    <p class="versions__label">{label.clone()} " " <span>{by}</span></p>
                    <p>{told}</p>
                    {day.map(|day| view! { <p class="versions__day">{day}</p> })}
                    {reason}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="versions">
            <h4 class="ds-heading" data-size="2xs">{words.versions.clone()}</h4>
            <ol>
                {versions} <li class="versions__now">
                    <p class="versions__label">{words.version_now.clone()}</p>
                    <p>{now_told}</p>
                </li>
            </ol>
        </div>
    }
}

/// Corrects an event's day, or says that it did not happen.
#[component]
fn Correct(recorded: Recorded, now: Address) -> impl IntoView {
    let words = &words().history;
    let anchor = format!("line-{}", recorded.position);
    let then = Address {
        correcting: None,
        ..now
    }
    .href();
    let then = format!("{then}#{anchor}");
    // Every event can be written as JSON: it came that way.
    let event = serde_json::to_string(&recorded.event).unwrap_or_default();
    let day = recorded.effective.from().map(|day| day.to_string());
    let (position, stream) = (recorded.position, recorded.stream);
    let hidden = move || {
        view! {
            <Hidden name="of" value=position.to_string() />
            <Hidden name="stream_kind" value=stream.kind.name() />
            <Hidden name="stream" value=stream.id.to_string() />
        }
    };
    let key = format!("correct-{}", recorded.position);
    let retract = format!("retract-{}", recorded.position);
    view! {
        <div class="correct">
            <h4 class="ds-heading" data-size="2xs">{words.correct_title.clone()}</h4>
            <p class="ds-paragraph" data-size="sm">{words.correct_help.clone()}</p>
            <Form name="correct" key=key then=then.clone() anchor=anchor.clone()>
                {hidden()}
                <Hidden name="event" value=event />
                <DateField name="true_on" label=words.correct_day_label.clone() value=day required=true />
                <TextField name="reason" label=words.correct_reason.clone() required=true />
                <Submit label=words.correct_submit.clone() variant="secondary" />
            </Form>
            <Form name="retract" key=retract then=then anchor=anchor>
                {hidden()}
                <TextField name="reason" label=words.correct_reason.clone() required=true />
                <Submit label=words.retract_submit.clone() variant="secondary" />
            </Form>
        </div>
    }
}
