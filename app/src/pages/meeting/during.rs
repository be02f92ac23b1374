//! During the meeting: who is there, the row that runs, what was decided, and what must be in place before it closes.

use super::model::{attendance, bar, choice, current, next, recordable, unit};
use super::pieces::{Page, fold, id, minutes, note, part, sentence, title};
use super::{agenda, clock, close, commitments, contract, decisions, evaluation, runs};
use crate::format::fill;
use crate::parts::chrome::Tag;
use crate::parts::form::{Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::access::Permission;
use domain::ids::OrganisationId;
use domain::meeting::event::Presence;
use domain::meeting::state::MeetingStatus;
use domain::views::meeting::ItemRow;
use leptos::prelude::*;

/// The step during.
pub fn during(page: &Page) -> AnyView {
    let w = &words().meeting;
    match page.meeting.status {
        MeetingStatus::Planned | MeetingStatus::Called => to_open(page),
        MeetingStatus::Open => going_on(page),
        MeetingStatus::Closed | MeetingStatus::Minuted => view! {
            {sentence(w.held.as_str())}
            {rows(page)}
        }
        .into_any(),
        MeetingStatus::Cancelled => sentence(w.not_open.as_str()),
    }
}

fn to_open(page: &Page) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let button = runs().then(|| {
        view! {
            {sentence(w.open_help.as_str())}
            <Form name="open_meeting" key="open" anchor=Some("under".to_owned())>
                <Hidden name="meeting" value=of/>
                <Submit label=w.open.clone()/>
            </Form>
        }
    });
    view! {
        {sentence(w.not_open.as_str())}
        {button}
    }
    .into_any()
}

fn going_on(page: &Page) -> AnyView {
    let w = &words().meeting;
    if !shown().may(Permission::ReadInside) {
        return note(w.inside_only.as_str());
    }
    view! {
        <p class="ds-paragraph m-quiet">{w.live.as_str()}</p>
        {who_is_there(page)}
        {now_and_next(page)}
        {rows(page)}
        {decisions::decisions(page)}
        {commitments::commitments(page)}
        {contract::contract(page)}
        {evaluation::evaluation(page)}
        {close::close(page)}
    }
    .into_any()
}

fn who_is_there(page: &Page) -> AnyView {
    let w = &words().meeting;
    let (present, absent, left) = attendance(page);
    let sum = fill(
        &w.attendance_sum,
        &[
            ("present", &present.to_string()),
            ("absent", &absent.to_string()),
            ("left", &left.to_string()),
        ],
    );
    let rows = page
        .organisations
        .iter()
        .map(|&organisation| there(page, organisation))
        .collect_view();
    let inside = view! {
            {fold(sum, None, view! { <ul class="m-attendance">{rows}</ul> }.into_any())}
    };
    part(&w.attendance, "frammote", inside.into_any())
}

fn there(page: &Page, organisation: OrganisationId) -> AnyView {
    let of = id(page);
    let shown = shown();
    let w = &words().meeting;
    let unit = unit(page, organisation);
    let state = match unit.presence {
        Some(Presence::Present) => Some(&w.present),
        Some(Presence::Absent) => Some(&w.absent),
        None => None,
    };
    let button = move |presence: Presence| {
        let label = match presence {
            Presence::Present => w.present.clone(),
            Presence::Absent => w.absent.clone(),
        };
        view! {
            <Submit label=label variant="secondary" name=Some("presence".to_owned())
                value=Some(choice(presence))/>
        }
    };
    let recorded = unit.presence;
    let choices = runs().then(|| {
        view! {
            <Form
                name="attendance"
                key=format!("attendance-{organisation}")
                anchor=Some("frammote".to_owned())
                class="m-buttons"
            >
                <Hidden name="meeting" value=of/>
                <Hidden name="organisation" value=organisation.to_string()/>
                // Somebody already recorded can only be the other.
                {[Presence::Present, Presence::Absent]
                    .into_iter()
                    .filter(|presence| recorded != Some(*presence))
                    .map(button)
                    .collect_view()}
            </Form>
        }
    });
    view! {
        <li class="m-attendance__row">
            <span class="m-attendance__who">{shown.organisation(organisation)}</span>
            {state.map(|state| view! { <Tag label=state.clone()/> })}
            {choices}
        </li>
    }
    .into_any()
}

/// The row that runs, large, and the one to come.
fn now_and_next(page: &Page) -> AnyView {
    let w = &words().meeting;
    let items = &page.meeting.items;
    let now = current(items).map(|item| running(page, item));
    let idle = now.is_none().then(|| {
        let done = next(items).is_none();
        sentence(if done {
            w.items_done.as_str()
        } else {
            w.items_none_running.as_str()
        })
    });
    let coming = next(items).map(|item| {
        let shown = shown();
        let name = title(item, shown);
        let label = if current(items).is_some() {
            &w.item_go_on
        } else {
            &w.item_start_this
        };
        let button = runs().then(|| start(page, item, fill(label, &[("title", &name)]), "primary"));
        let planned = item.minutes.map(|planned| minutes(planned.into()));
        view! {
            <div class="m-coming">
                <p class="m-coming__what">
                    <span class="m-quiet">{w.item_next.as_str()}": "</span>
                    {name}
                    <span class="m-quiet">{planned.map(|planned| format!(" · {planned}"))}</span>
                </p>
                {button}
            </div>
        }
    });
    view! { <div class="m-now-and-next" id="naa">{now}{idle}{coming}</div> }.into_any()
}

fn running(page: &Page, item: &ItemRow) -> AnyView {
    let of = id(page);
    let row = item.item;
    let shown = shown();
    let w = &words().meeting;
    let end = runs().then(|| {
        view! {
            <Form name="end_item" key=format!("end-{row}") anchor=Some("naa".to_owned())>
                <Hidden name="meeting" value=of/>
                <Hidden name="item" value=row.to_string()/>
                <Submit label=w.item_end.clone() variant="secondary"/>
            </Form>
        }
    });
    let presenter = item
        .presenter
        .map(|person| fill(&w.presents, &[("name", &shown.name(person))]));
    view! {
        <section class="m-now" aria-labelledby="naa-tittel">
            <p class="m-now__label">{w.item_now.as_str()}</p>
            <h3 class="ds-heading" data-size="lg" id="naa-tittel">{title(item, shown)}</h3>
            <p class="m-agenda__facts">
                <Tag label=words().domain.item_kind(item.kind)/>
                {presenter.map(|text| view! { <span>{text}</span> })}
            </p>
            {counting(item)}
            {decided(page, item)}
            {to_decide(item)}
            {end}
        </section>
    }
    .into_any()
}

/// Planned and used time of the row that runs; the minutes count once the browser has taken over.
fn counting(item: &ItemRow) -> AnyView {
    let w = &words().meeting;
    let before = item.used.unwrap_or(0);
    let since = item.running.map_or(0, |since| since.timestamp_millis());
    let counted = clock::minutes(since);
    let used = move || counted.get().map(|counted| before.saturating_add(counted));
    let planned = item.minutes;
    let text = move || match (used(), planned) {
        (Some(used), Some(planned)) if used > planned => fill(
            &w.clock_over,
            &[("over", &minutes((used - planned).into()))],
        ),
        (Some(used), Some(planned)) => fill(
            &w.clock_used,
            &[
                ("used", &minutes(used.into())),
                ("planned", &minutes(planned.into())),
            ],
        ),
        (Some(used), None) => fill(&w.clock_used_open, &[("used", &minutes(used.into()))]),
        (None, Some(planned)) => fill(&w.clock_planned, &[("planned", &minutes(planned.into()))]),
        (None, None) => w.minutes_open.clone(),
    };
    let row = item.clone();
    let alone = [ItemRow {
        used: None,
        ..item.clone()
    }];
    let picture = move || agenda::drawn(bar(&row, &alone, used()), text());
    view! {
        <p class="m-now__clock">{text}</p>
        {picture}
    }
    .into_any()
}

fn start(page: &Page, item: &ItemRow, label: String, variant: &'static str) -> AnyView {
    let of = id(page);
    let row = item.item;
    // The next row can be started from two places.
    let key = if variant == "primary" { "next" } else { "row" };
    view! {
        <Form name="start_item" key=format!("start-{key}-{row}") anchor=Some("naa".to_owned())>
            <Hidden name="meeting" value=of/>
            <Hidden name="item" value=row.to_string()/>
            <Submit label=label variant=variant/>
        </Form>
    }
    .into_any()
}

/// The whole agenda, quiet: what was used, what was decided.
fn rows(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let open = page.meeting.status == MeetingStatus::Open;
    let row = |item: &ItemRow| {
        let time = match (item.used, item.minutes) {
            (Some(used), Some(planned)) => fill(
                &w.clock_used,
                &[
                    ("used", &minutes(used.into())),
                    ("planned", &minutes(planned.into())),
                ],
            ),
            (Some(used), None) => fill(&w.clock_used_open, &[("used", &minutes(used.into()))]),
            (None, Some(planned)) => {
                fill(&w.clock_planned, &[("planned", &minutes(planned.into()))])
            }
            (None, None) => w.minutes_open.clone(),
        };
        let now = item.running.is_some();
        let controls = (open && !now).then_some(()).and_then(|()| {
            let label = if item.used.is_some() {
                &w.item_again
            } else {
                &w.item_start
            };
            runs().then(|| start(page, item, label.clone(), "tertiary"))
        });
        view! {
            <li class="m-quiet-row" data-now=now.then_some("true") data-done=item.used.map(|_| "true")>
                <p class="m-quiet-row__title">{title(item, shown)}</p>
                <p class="m-quiet-row__time">{time}</p>
                {item.used.map(|_| agenda::picture(page, item))}
                {(!now).then(|| decided(page, item))}
                {controls}
            </li>
        }
    };
    let items = page.meeting.items.iter().map(row).collect_view();
    let list = view! { <ol class="m-quiet-rows">{items}</ol> }.into_any();
    if open {
        fold(w.items_rest.as_str(), None, list)
    } else {
        list
    }
}

/// What was decided under a row.
fn decided(page: &Page, item: &ItemRow) -> Option<AnyView> {
    let rows: Vec<_> = page
        .meeting
        .decisions
        .iter()
        .filter(|decision| decision.item == Some(item.item))
        .map(decisions::decision)
        .collect();
    (!rows.is_empty()).then(|| view! { <ul class="m-decisions">{rows}</ul> }.into_any())
}

/// A way from the row that runs to where its decision is written; off the record there is none.
fn to_decide(item: &ItemRow) -> Option<AnyView> {
    let w = &words().meeting;
    if !recordable(item) {
        return Some(note(w.off_record.as_str()));
    }
    let link = || {
        view! {
            <p class="ds-paragraph">
                <a class="ds-link" href=format!("#{}", decisions::anchor(item)) rel="external">
                    {w.decide.as_str()}
                </a>
            </p>
        }
        .into_any()
    };
    runs().then(link)
}
