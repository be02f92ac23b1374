//! What is urgent for me, in order: a meeting going on, the next one and what is left to prepare, our open commitments
//! with a report of two taps, and what happened lately.

pub mod model;

use crate::format::{self, capital};
use crate::pages::commitments::pieces::OpenCommitment;
use crate::pages::history::sentence::sentence;
use crate::parts::ask::ask;
use crate::parts::chrome::{Empty, PageHead, Section};
use crate::parts::form::{Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::{self, Preparation, Query, StoryLine};
use domain::access::Permission;
use domain::ids::{NetworkId, OrganisationId};
use domain::meeting::event::NoticeAnswer;
use domain::meeting::state::MeetingStatus;
use domain::views::commitments::CommitmentRow;
use domain::views::network::MeetingRow;
use leptos::prelude::*;
use model::{Together, Told};

/// What is urgent for me.
#[component]
pub fn TodayPage() -> impl IntoView {
    ask(Signal::stored(Query::Today), page)
}

type Ahead = (NetworkId, MeetingRow, Preparation);

fn page(today: query::Today) -> AnyView {
    let shown = shown();
    let words = words();
    let viewer = shown.viewer();
    let lead = format::fill(
        &words.today.lead,
        &[
            ("day", &capital(&format::weekday_and_day(shown.on(), words))),
            ("region", &viewer.region),
        ],
    );
    let (now, ahead): (Vec<_>, Vec<_>) = today
        .meetings
        .into_iter()
        .partition(|(_, row, _)| row.status == MeetingStatus::Open);
    let has_networks = !today.networks.is_empty();
    let has_meetings = !(now.is_empty() && ahead.is_empty());
    let people = shown.may(Permission::KeepRegister).then(|| {
        let address = paths::people(&shown.region());
        view! {
            <p class="today-people">
                <a class="ds-link" href=address rel="external">{words.today.people_link.clone()}</a>
            </p>
        }
    });
    view! {
        <PageHead title=words.today.title.clone() lead=lead/>
        {(!has_networks).then(no_networks)}
        <div class="today">
            <div class="today-first">
                {now.into_iter().map(going_on).collect_view()}
                {(has_networks && !has_meetings).then(|| no_meetings(&today.networks))}
                {(!ahead.is_empty()).then(|| coming(ahead))}
                {commitments(today.commitments, viewer.works_at.len() > 1)}
            </div>
            <div class="today-then">{lately(today.lately)}</div>
        </div>
        {people}
    }
    .into_any()
}

fn no_networks() -> impl IntoView {
    let today = &words().today;
    view! {
        <Empty title=today.no_networks.clone() text=today.no_networks_text.clone()>
            <a class="ds-button" href=paths::networks(&shown().region())>{today.see_networks.clone()}</a>
        </Empty>
    }
}

fn no_meetings(networks: &[NetworkId]) -> impl IntoView + use<> {
    let today = &words().today;
    let shown = shown();
    let links = networks
        .iter()
        .map(|network| {
            let address = paths::network(&shown.region(), *network);
            view! {
                <li>
                    <a class="ds-link" href=address>{shown.network(*network)}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <Empty title=today.no_meetings.clone() text=today.no_meetings_text.clone()>
            <ul class="plain">{links}</ul>
        </Empty>
    }
}

fn going_on((network, row, _): Ahead) -> impl IntoView {
    let shown = shown();
    let today = &words().today;
    let sentence = format::fill(&today.now, &[("network", &shown.network(network))]);
    let address = shown.link(&paths::meeting(&shown.region(), row.meeting));
    let heading = format!("now-{}", row.meeting);
    view! {
        <section class="now" aria-labelledby=heading.clone()>
            <h2 class="now-eyebrow" id=heading.clone()>
                <span class="now-dot" aria-hidden="true"></span>
                {today.now_title.clone()}
            </h2>
            <p class="now-text">{sentence}</p>
            {row.theme.map(|theme| view! { <p class="ds-paragraph">{shown.text(theme)}</p> })}
            <a class="ds-button now-button" href=address>{today.now_go.clone()}</a>
        </section>
    }
}

fn coming(ahead: Vec<Ahead>) -> impl IntoView {
    let today = &words().today;
    let mut ahead = ahead.into_iter();
    let first = ahead.next().map(next);
    let rest: Vec<_> = ahead.map(later).collect();
    view! {
        <Section title=today.next_title.clone() anchor="neste">
            {first}
            {(!rest.is_empty())
                .then(|| {
                    view! {
                        <h3 class="ds-heading later-heading" data-size="2xs">{today.later_title.clone()}</h3>
                        <ul class="rows later">{rest}</ul>
                    }
                })}
        </Section>
    }
}

fn when(row: &MeetingRow) -> String {
    let words = words();
    let day = format::day(row.on, shown().on(), words);
    let time = format::time(row.starts, words);
    let said = format::fill(&words.today.meeting_when, &[("day", &day), ("time", &time)]);
    capital(&said)
}

fn next((network, row, preparation): Ahead) -> impl IntoView {
    let shown = shown();
    let words = words();
    let today = &words.today;
    let address = shown.link(&paths::meeting(&shown.region(), row.meeting));
    let theme = row
        .theme
        .map(|theme| format::fill(&today.meeting_theme, &[("theme", &shown.text(theme))]));
    let host = row
        .host
        .map(|host| format::fill(&today.meeting_host, &[("host", &shown.organisation(host))]));
    let kind = words.domain.meeting_kind(row.kind).to_owned();
    let answer = answer(&row, preparation);
    // One main action: the answer while it is asked for, then the meeting.
    let variant = if answer.is_some() {
        "secondary"
    } else {
        "primary"
    };
    view! {
        <article class="ds-card card next-meeting">
            <p class="next-when">{when(&row)}</p>
            <h3 class="ds-heading" data-size="xs">
                <a href=address.clone()>{shown.network(network)}</a>
            </h3>
            <p class="ds-paragraph next-facts" data-size="sm">
                {kind} {host.map(|host| format!("\u{a0}· {host}"))}
            </p>
            {theme.map(|theme| view! { <p class="ds-paragraph">{theme}</p> })}
            {left(&row, preparation)}
            {answer}
            <a class="ds-button" data-variant=variant href=address>{today.prepare.clone()}</a>
        </article>
    }
}

/// What is left to prepare, in sentences; the numbers only where they help.
fn left(row: &MeetingRow, preparation: Preparation) -> impl IntoView + use<> {
    let today = &words().today;
    let numbers = [
        ("answered", preparation.answered.to_string()),
        ("organisations", preparation.organisations.to_string()),
    ];
    let numbers = numbers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let called = row.status == MeetingStatus::Called;
    let all = preparation.answered >= preparation.organisations;
    let agenda = if preparation.items == 0 {
        (false, today.left_agenda.clone())
    } else {
        let items = preparation.items.into();
        let said = format::counted(items, &today.items_one, &today.items_many);
        (true, format!("{said}."))
    };
    let notice = match (called, all) {
        (false, _) => (false, today.left_notice.clone()),
        (true, true) => (true, today.all_answered.clone()),
        (true, false) => (false, format::fill(&today.left_answers, &numbers)),
    };
    let mine = called.then(|| match preparation.mine {
        None => (false, today.left_mine.clone()),
        Some(NoticeAnswer::Coming) => (true, today.answered_coming.clone()),
        Some(NoticeAnswer::NotComing) => (true, today.answered_not_coming.clone()),
    });
    let rows = [Some(agenda), Some(notice), mine]
        .into_iter()
        .flatten()
        .map(|(done, sentence)| {
            let class = if done { "check is-done" } else { "check" };
            let path = if done { "M5 12.5l4.5 4.5L19 7.5" } else { "M12 5v9M12 18v.5" };
            view! {
                <li class=class>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                        <path d=path fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"></path>
                    </svg>
                    <span>{sentence}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="checks">{rows}</ul> }
}

/// The answer to the notice, where it is clear for whom.
fn answer(row: &MeetingRow, preparation: Preparation) -> Option<impl IntoView + use<>> {
    let shown = shown();
    let works_at = shown.viewer().works_at;
    let [(organisation, _)] = works_at.as_slice() else {
        return None;
    };
    let open = shown.live() && row.status == MeetingStatus::Called && preparation.mine.is_none();
    let (meeting, organisation) = (row.meeting, *organisation);
    let domain = &words().domain;
    open.then(|| {
        view! {
            <Form name="answer_notice" key=format!("answer-{meeting}") class="answer-row" anchor="neste".to_owned()>
                <Hidden name="meeting" value=meeting.to_string()/>
                <Hidden name="organisation" value=organisation.to_string()/>
                <Submit
                    label=domain.notice_answer(NoticeAnswer::Coming)
                    name="answer".to_owned()
                    value="coming".to_owned()
                />
                <Submit
                    label=domain.notice_answer(NoticeAnswer::NotComing)
                    name="answer".to_owned()
                    value="not_coming".to_owned()
                    variant="secondary"
                />
            </Form>
        }
    })
}

fn later((network, row, _): Ahead) -> impl IntoView {
    let shown = shown();
    let address = shown.link(&paths::meeting(&shown.region(), row.meeting));
    view! {
        <li class="later-row">
            <a href=address>{shown.network(network)}</a>
            <span class="later-when">{when(&row)}</span>
        </li>
    }
}

fn commitments(open: Vec<(OrganisationId, CommitmentRow)>, named: bool) -> AnyView {
    let shown = shown();
    let today = &words().today;
    if shown.viewer().works_at.is_empty() && open.is_empty() {
        return ().into_any();
    }
    let none = open.is_empty();
    let lead = (!none && shown.live()).then(|| today.open_lead.clone());
    let all = shown.link(&paths::commitments(&shown.region()));
    view! {
        <Section title=today.open_title.clone() anchor="oppdrag">
            {lead.map(|lead| view! { <p class="ds-paragraph section-lead">{lead}</p> })}
            {none
                .then(|| {
                    view! { <Empty title=today.no_open.clone() text=today.no_open_text.clone()/> }
                })}
            <div class="cards">
                {open
                    .into_iter()
                    .map(|(organisation, row)| view! { <OpenCommitment organisation row named/> })
                    .collect_view()}
            </div>
            <a class="ds-link" href=all>{today.all_commitments.clone()}</a>
        </Section>
    }
    .into_any()
}

/// One sentence, of one event or of many alike.
fn said(told: &Told) -> String {
    let shown = shown();
    let today = &words().today;
    let (what, network, count) = match told {
        Told::One(line) => return sentence(line, shown),
        Told::Many {
            what,
            network,
            count,
            ..
        } => (what, network, count),
    };
    let pattern = match what {
        Together::Made => &today.lately_made,
        Together::Told => &today.lately_told,
        Together::Came => &today.lately_came,
        Together::Answered => &today.lately_answered,
    };
    let count = format::count(u64::from(*count));
    format::fill(
        pattern,
        &[("network", &shown.network(*network)), ("count", &count)],
    )
}

fn lately(lines: Vec<StoryLine>) -> impl IntoView {
    let shown = shown();
    let words = words();
    let today = &words.today;
    let none = lines.is_empty();
    let mut days: Vec<(String, Vec<String>)> = Vec::new();
    for told in model::told(lines) {
        let day = capital(&format::effective(told.on(), shown.on(), words));
        let told = capital(&said(&told));
        match days.last_mut() {
            Some((last, told_then)) if *last == day => told_then.push(told),
            _ => days.push((day, vec![told])),
        }
    }
    let days = days
        .into_iter()
        .map(|(day, told)| {
            let told = told
                .into_iter()
                .map(|told| view! { <p class="ds-paragraph story-told">{told}</p> })
                .collect_view();
            view! {
                <li class="story-day">
                    <p class="story-when">{day}</p>
                    {told}
                </li>
            }
        })
        .collect_view();
    let history = shown.link(&paths::history(&shown.region()));
    view! {
        <Section title=today.lately_title.clone() anchor="nytt" class="lately">
            {none
                .then(|| {
                    view! { <Empty title=today.lately_none.clone() text=today.lately_none_text.clone()/> }
                })}
            <ol class="story-days">{days}</ol>
            <a class="ds-link" href=history>{today.see_history.clone()}</a>
        </Section>
    }
}
