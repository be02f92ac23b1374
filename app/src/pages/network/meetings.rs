//! The next meeting, and the list of meetings.

use super::model;
use crate::format::{self, fill};
use crate::parts::chrome::{Section, Tag};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::NetworkPage;
use domain::access::Permission;
use domain::ids::NetworkId;
use domain::meeting::state::MeetingStatus;
use domain::network::state::NetworkStatus;
use domain::views::network::MeetingRow;
use leptos::prelude::*;

const fn colour(status: MeetingStatus) -> &'static str {
    match status {
        MeetingStatus::Open => "accent",
        MeetingStatus::Called => "success",
        MeetingStatus::Planned
        | MeetingStatus::Closed
        | MeetingStatus::Minuted
        | MeetingStatus::Cancelled => "neutral",
    }
}

fn line(row: MeetingRow, shown: Shown) -> AnyView {
    let all = words();
    let words = &all.network;
    let when = format::capital(&format::day_and_time(
        row.on,
        row.starts,
        shown.today(),
        all,
    ));
    let theme = row.theme.map(|theme| shown.text(theme));
    let host = row.host.map(|host| {
        fill(
            &words.meeting_host,
            &[("organisation", &shown.organisation(host))],
        )
    });
    let kind = all.domain.meeting_kind(row.kind).to_owned();
    let facts: Vec<String> = std::iter::once(kind).chain(host).collect();
    view! {
        <a class="meeting-line" href=shown.link(&paths::meeting(&shown.region(), row.meeting))>
            <span class="meeting-line__when">{when}</span>
            {theme.map(|theme| view! { <span class="meeting-line__theme">{theme}</span> })}
            <span class="meeting-line__facts">
                {facts.join("\u{a0}· ")} " "
                <Tag label=all.domain.meeting_status(row.status) color=colour(row.status) />
            </span>
        </a>
    }
    .into_any()
}

/// The next meeting, and the way to plan one.
#[component]
pub fn Next(page: NetworkPage, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let next = page.network.next_meeting(shown.on()).cloned();
    let planned = next.is_some();
    let body = match next {
        Some(row) => line(row, shown),
        None => view! { <p class="ds-paragraph">{words.next_none.clone()}</p> }.into_any(),
    };
    let at_work = page.network.status == NetworkStatus::AtWork;
    let variant = if planned { "secondary" } else { "primary" };
    let plan = (at_work && shown.can(Permission::RunMeetings)).then(|| {
        view! {
            <a
                class="ds-button"
                data-variant=variant
                href=paths::plan_meeting(&shown.region(), id)
            >
                {words.plan_meeting.clone()}
            </a>
        }
    });
    view! {
        <Section title=words.next_title.clone() anchor="neste" class="network__next">
            {body}
            {plan}
        </Section>
    }
}

/// The meetings ahead and the latest ones.
#[component]
pub fn Meetings(page: NetworkPage, id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().network;
    let (ahead, over) = model::meetings(&page);
    let none = (ahead.is_empty() && over.is_empty()).then(|| {
        let text = if shown.can(Permission::RunMeetings) {
            &words.meetings_none
        } else {
            &words.meetings_none_reader
        };
        view! { <p class="ds-paragraph">{text.clone()}</p> }
    });
    let items = move |rows: Vec<MeetingRow>| {
        rows.into_iter()
            .map(|row| view! { <li>{line(row, shown)}</li> })
            .collect_view()
    };
    // The latest three stand open; those before fold out.
    let mut over = over.into_iter();
    let latest: Vec<_> = over.by_ref().take(3).collect();
    let earlier: Vec<_> = over.collect();
    let shown_count = ahead.len() + latest.len() + earlier.len();
    let older = usize::try_from(page.network.held).is_ok_and(|held| held > shown_count);
    let earlier = (!earlier.is_empty()).then(|| {
        view! {
            <details class="ds-details" data-variant="default">
                <summary>{words.meetings_earlier.clone()}</summary>
                <div>
                    <ul class="plain-list">{items(earlier)}</ul>
                    {older
                        .then(|| {
                            view! {
                                <p class="ds-paragraph" data-size="sm">{words.meetings_older.clone()}</p>
                            }
                        })}
                </div>
            </details>
        }
    });
    view! {
        <Section title=words.meetings_title.clone() anchor="moter" class="network__meetings">
            {none}
            <ul class="plain-list">{items(ahead)} {items(latest)}</ul>
            {earlier}
            <a class="ds-link" href=paths::network_history(&shown.region(), id)>
                {words.history_link.clone()}
            </a>
        </Section>
    }
}
