//! One meeting on one page: before, during and after. The step it is in is open, the others are one tap away; the same
//! page works without script.

mod after;
mod agenda;
mod before;
mod clock;
mod close;
mod commitments;
mod contract;
mod decisions;
mod during;
mod evaluation;
pub mod model;
mod notice;
mod pieces;
mod table;

use crate::format::fill;
use crate::parts::ask::{self, ask};
use crate::parts::chrome::PageHead;
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use crate::query::{MeetingPage as Asked, Query};
use domain::access::Permission;
use domain::ids::MeetingId;
use domain::meeting::state::MeetingStatus;
use leptos::prelude::*;
use model::{Action, Step};
use pieces::Page;
use std::sync::Arc;

/// The page of a meeting.
#[component]
pub fn MeetingPage() -> impl IntoView {
    let meeting = ask::id("meeting", MeetingId);
    let query = Signal::derive(move || Query::Meeting(meeting.get()));
    provide_context(clock::Versions::default());
    ask(query, |page: Asked| page_view(&Arc::new(page)))
}

fn page_view(page: &Page) -> AnyView {
    let shown = shown();
    let w = &words().meeting;
    let meeting = &page.meeting;
    let (Some(network), Some(kind)) = (meeting.network, meeting.kind) else {
        return view! { <p class="ds-paragraph">{w.not_planned.as_str()}</p> }.into_any();
    };
    let network_name = shown.network(network);
    let kind = words().domain.meeting_kind(kind);
    let title = match meeting.theme {
        Some(theme) => shown.text(theme),
        None => fill(&w.title, &[("kind", kind), ("network", &network_name)]),
    };
    let lead = format!("{kind} · {network_name}");
    let back = (paths::network(&shown.region(), network), network_name);
    let now = model::step(meeting.status);
    clock::follow(meeting.status == MeetingStatus::Open && shown.live());
    view! {
        <article class="meeting">
            <PageHead title=title back=Some(back) lead=Some(lead)/>
            {steps(now)}
            {step(Step::Before, now, before::before(page))}
            {step(Step::During, now, during::during(page))}
            {step(Step::After, now, after::after(page))}
            {files(page)}
            {main_action(page)}
        </article>
    }
    .into_any()
}

const fn anchor(step: Step) -> &'static str {
    match step {
        Step::Before => "for",
        Step::During => "under",
        Step::After => "etter",
    }
}

fn name(step: Step) -> &'static str {
    let w = &words().meeting;
    match step {
        Step::Before => &w.step_before,
        Step::During => &w.step_during,
        Step::After => &w.step_after,
    }
}

/// Links to the three steps. A browser opens the step that holds the anchor by itself, with or without script.
fn steps(now: Step) -> AnyView {
    let w = &words().meeting;
    let link = |step: Step| {
        let current = (step == now).then_some("step");
        view! {
            <li>
                // The browser's own jump opens the step; the router's would only scroll.
                <a class="meeting-steps__link" href=format!("#{}", anchor(step)) rel="external"
                    aria-current=current>
                    {name(step)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="meeting-steps" aria-label=w.steps_label.as_str()>
            <ol>{[Step::Before, Step::During, Step::After].into_iter().map(link).collect_view()}</ol>
        </nav>
    }
    .into_any()
}

fn step(step: Step, now: Step, inside: AnyView) -> AnyView {
    let w = &words().meeting;
    let current = step == now;
    view! {
        <details class="meeting-step" data-current=current.then_some("true") open=current>
            <summary class="meeting-step__head">
                <h2 class="ds-heading" data-size="md">{name(step)}</h2>
                {current.then(|| view! { <span class="ds-tag" data-color="accent">{w.step_now.as_str()}</span> })}
            </summary>
            <div class="meeting-step__body" id=anchor(step)>{inside}</div>
        </details>
    }
    .into_any()
}

/// The way to the meeting's files, for those inside. The server shows them on a plain page of their own.
fn files(page: &Page) -> Option<AnyView> {
    let meeting = page
        .meeting
        .meeting
        .filter(|_| shown().can(Permission::ReadInside))?;
    let address = paths::files(&shown().region(), meeting);
    let label = words().meeting.files.as_str();
    Some(view! { <p><a class="ds-link" href=address rel="external">{label}</a></p> }.into_any())
}

/// The way to what is mine to do now; on a phone it stays in reach of the thumb.
fn main_action(page: &Page) -> Option<AnyView> {
    let w = &words().meeting;
    let works_at = shown().viewer().works_at;
    let (label, anchor) = match model::action(page, &works_at, runs()).filter(|_| shown().live())? {
        Action::Notice => (&w.action_notice, "innkalling".to_owned()),
        Action::Answer => (&w.action_answer, "innkalling".to_owned()),
        Action::Open => (&w.action_open, "under".to_owned()),
        Action::Commit(organisation) => (&w.action_commit, commitments::anchor(organisation)),
        Action::Now => (&w.action_now, "naa".to_owned()),
        Action::Minutes => (&w.action_minutes, "referat".to_owned()),
    };
    let link = view! {
        <p class="m-action">
            <a class="ds-button" data-color="accent" href=format!("#{anchor}") rel="external">{label.as_str()}</a>
        </p>
    };
    Some(link.into_any())
}

/// Runs the meeting, here and now.
fn runs() -> bool {
    shown().can(Permission::RunMeetings)
}
