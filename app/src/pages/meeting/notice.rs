//! The notice and its answers.

use super::before::names;
use super::model::{answers, choice, days_left, late, mine, unit};
use super::pieces::{Page, day, days, fold, id, note, part, sentence};
use super::runs;
use crate::format::fill;
use crate::parts::form::{Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use domain::ids::OrganisationId;
use domain::limits::NOTICE_LEAD_DAYS;
use domain::meeting::event::NoticeAnswer;
use domain::meeting::state::MeetingStatus;
use leptos::prelude::*;

/// The notice: to be sent, or who has answered it.
pub fn notice(page: &Page) -> AnyView {
    let w = &words().meeting;
    let inside = match page.meeting.notice {
        Some(notice) => {
            let out = notice.on.map(|on| {
                let on = day(on, shown());
                let lead = days(notice.lead_days);
                sentence(fill(&w.notice_out, &[("day", &on), ("days", &lead)]))
            });
            let limit = days(NOTICE_LEAD_DAYS);
            let was_late = notice
                .late
                .then(|| note(fill(&w.notice_was_late, &[("limit", &limit)])));
            view! {
                {out}
                {was_late}
                {my_answers(page)}
                {who_comes(page)}
            }
            .into_any()
        }
        None => to_send(page),
    };
    part(&w.notice, "innkalling", inside)
}

fn to_send(page: &Page) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let not_out = sentence(w.notice_not_out.as_str());
    let can =
        runs() && page.meeting.status == MeetingStatus::Planned && !page.meeting.items.is_empty();
    if !can {
        return not_out;
    }
    let left = days_left(page.meeting.on, shown().today()).unwrap_or_default();
    let when = match left {
        ..=0 => w.notice_today.clone(),
        left => fill(&w.notice_days, &[("days", &days(left))]),
    };
    let limit = days(NOTICE_LEAD_DAYS);
    let warning = late(left).then(|| note(fill(&w.notice_late, &[("limit", &limit)])));
    view! {
        {not_out}
        {sentence(when)}
        {warning}
        <Form name="publish_notice" key="send-notice" anchor=Some("innkalling".to_owned())>
            <Hidden name="meeting" value=of/>
            <Submit label=w.notice_send.clone()/>
        </Form>
    }
    .into_any()
}

fn my_answers(page: &Page) -> Option<AnyView> {
    let shown = shown();
    let open = page.meeting.status == MeetingStatus::Called && shown.live();
    if !open {
        return None;
    }
    let rows = mine(page, &shown.viewer().works_at)
        .into_iter()
        .map(|organisation| my_answer(page, organisation))
        .collect_view();
    Some(rows.into_any())
}

fn my_answer(page: &Page, organisation: OrganisationId) -> AnyView {
    let of = id(page);
    let w = &words().meeting;
    let name = shown().organisation(organisation);
    let values = [("organisation", name.as_str())];
    let (sentence, buttons) = match unit(page, organisation).answer {
        None => (
            &w.answer_mine,
            vec![
                (NoticeAnswer::Coming, &w.answer_coming),
                (NoticeAnswer::NotComing, &w.answer_not_coming),
            ],
        ),
        Some(NoticeAnswer::Coming) => (
            &w.answer_is_coming,
            vec![(NoticeAnswer::NotComing, &w.answer_change_not)],
        ),
        Some(NoticeAnswer::NotComing) => (
            &w.answer_is_not_coming,
            vec![(NoticeAnswer::Coming, &w.answer_change_coming)],
        ),
    };
    let first = buttons.len() == 2;
    let question = fill(sentence, &values);
    let button = move |(answer, label): (NoticeAnswer, &String)| {
        let main = first && answer == NoticeAnswer::Coming;
        view! {
            <Submit label=label.clone() name=Some("answer".to_owned()) value=Some(choice(answer))
                variant=if main { "primary" } else { "secondary" }/>
        }
    };
    view! {
        <Form name="answer_notice" key=format!("answer-{organisation}") anchor=Some("innkalling".to_owned()) class="m-ask">
            <Hidden name="meeting" value=of/>
            <Hidden name="organisation" value=organisation.to_string()/>
            <p class="ds-paragraph">{question}</p>
            <div class="m-buttons">{buttons.into_iter().map(button).collect_view()}</div>
        </Form>
    }
    .into_any()
}

fn who_comes(page: &Page) -> AnyView {
    let w = &words().meeting;
    let answers = answers(page);
    let group = |label: &str, organisations: &[OrganisationId]| {
        let label = fill(label, &[("n", &organisations.len().to_string())]);
        let list = if organisations.is_empty() {
            sentence(w.answers_nobody.as_str())
        } else {
            names(page, organisations)
        };
        fold(label, None, list)
    };
    view! {
        <h4 class="ds-heading" data-size="2xs">{w.answers.as_str()}</h4>
        {group(&w.answers_coming, &answers.coming)}
        {group(&w.answers_not_coming, &answers.not_coming)}
        {group(&w.answers_silent, &answers.silent)}
    }
    .into_any()
}
