//! How one commitment looks, and the two-tap report: used on Today, on the list and on a commitment's own page.

use crate::format;
use crate::parts::chrome::Tag;
use crate::parts::form::{AreaField, ChoiceField, Form, Hidden, Submit};
use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use domain::commitment::event::Outcome;
use domain::ids::{CommitmentId, OrganisationId};
use domain::views::commitments::CommitmentRow;
use leptos::prelude::*;

/// The outcomes in the order they are offered in, as fields of a form say them.
const OUTCOMES: [(Outcome, &str); 3] = [
    (Outcome::Done, "done"),
    (Outcome::Partly, "partly"),
    (Outcome::Not, "not"),
];

/// The mark of an outcome: a sign and a word, never a colour alone, and no red: nobody is judged.
#[component]
pub fn OutcomeMark(
    /// Which.
    outcome: Outcome,
) -> impl IntoView {
    let (class, sign) = match outcome {
        Outcome::Done => ("outcome outcome-done", "M5 12.5l4.5 4.5L19 7.5"),
        Outcome::Partly => ("outcome outcome-partly", "M4 12h16"),
        Outcome::Not => ("outcome outcome-not", "M6 6l12 12M18 6L6 18"),
    };
    view! {
        <span class=class>
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d=sign fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"></path>
            </svg>
            {words().domain.outcome(outcome).to_owned()}
        </span>
    }
}

/// When and where a commitment was made, in a sentence.
#[must_use]
pub fn origin(row: &CommitmentRow) -> String {
    let shown = shown();
    let words = words();
    let today = &words.today;
    let network = shown.network(row.network);
    let day = row.on.map(|on| format::day(on, shown.today(), words));
    let pattern = match (&day, row.declined) {
        (Some(_), false) => &today.made_on,
        (None, false) => &today.made_unknown,
        (Some(_), true) => &today.declined_on,
        (None, true) => &today.declined_unknown,
    };
    let day = day.unwrap_or_default();
    format::fill(pattern, &[("day", &day), ("network", &network)])
}

/// When it is to be told about, where that is agreed.
#[must_use]
pub fn due(row: &CommitmentRow) -> Option<String> {
    let shown = shown();
    let words = words();
    let due = row.due?;
    let pattern = if due < shown.today() {
        &words.today.due_passed
    } else {
        &words.today.due
    };
    let day = format::day(due, shown.today(), words);
    Some(format::fill(pattern, &[("day", &day)]))
}

/// The two-tap report: an outcome, then save; a sentence about what was learned may come between.
#[component]
pub fn Report(
    /// Which commitment.
    commitment: CommitmentId,
    /// What was told before.
    #[prop(default = None)]
    before: Option<Outcome>,
    /// What was learned before.
    #[prop(default = None)]
    learned: Option<String>,
    /// The place to come back to without script.
    #[prop(into)]
    anchor: String,
) -> impl IntoView {
    let words = words();
    let today = &words.today;
    let options = OUTCOMES
        .iter()
        .map(|(outcome, value)| {
            let label = words.domain.outcome(*outcome).to_owned();
            ((*value).to_owned(), label)
        })
        .collect::<Vec<_>>();
    let value = before.and_then(|before| {
        let found = OUTCOMES.iter().find(|(outcome, _)| *outcome == before);
        found.map(|(_, value)| (*value).to_owned())
    });
    let label = if before.is_some() {
        today.report_again.clone()
    } else {
        today.report.clone()
    };
    view! {
        <Form name="report" key=format!("report-{commitment}") anchor=anchor class="report">
            <Hidden name="commitment" value=commitment.to_string()/>
            <ChoiceField name="outcome" label=today.how.clone() options=options value=value/>
            <div class="report-rest">
                <AreaField
                    name="learned"
                    label=today.learned.clone()
                    help=today.learned_help.clone()
                    value=learned
                    rows=2
                />
                <Submit label=label/>
            </div>
        </Form>
    }
}

/// The address of a commitment on a page with several.
#[must_use]
pub fn anchor(commitment: CommitmentId) -> String {
    format!("oppdrag-{commitment}")
}

/// An open commitment with its report.
#[component]
pub fn OpenCommitment(
    /// Whose.
    organisation: OrganisationId,
    /// The commitment.
    row: CommitmentRow,
    /// Whether to say whose it is.
    named: bool,
) -> impl IntoView {
    let shown = shown();
    let may_report = shown.live() && shown.is_mine(organisation);
    let anchor = anchor(row.commitment);
    let own_anchor = anchor.clone();
    let address = shown.link(&paths::commitment(&shown.region(), row.commitment));
    let whose = named.then(|| shown.organisation(organisation));
    let commitment = row.commitment;
    view! {
        <article class="ds-card card commitment is-open" id=anchor.clone()>
            {whose.map(|whose| view! { <p class="commitment-whose">{whose}</p> })}
            <p class="commitment-text">
                <a href=address>{shown.text(row.text)}</a>
            </p>
            <p class="ds-paragraph commitment-origin" data-size="sm">
                {origin(&row)} ". " {due(&row)}
            </p>
            {may_report.then(|| view! { <Report commitment anchor=own_anchor/> })}
        </article>
    }
}

/// A commitment that was told about, or declined, as a row.
#[component]
pub fn ToldCommitment(
    /// Whose.
    organisation: OrganisationId,
    /// The commitment.
    row: CommitmentRow,
    /// Whether to say whose it is.
    named: bool,
) -> impl IntoView {
    let shown = shown();
    let words = words();
    let address = shown.link(&paths::commitment(&shown.region(), row.commitment));
    let whose = named.then(|| shown.organisation(organisation));
    let learned = row
        .learned
        .map(|learned| format::fill(&words.today.learned_said, &[("text", &shown.text(learned))]));
    view! {
        <li class="commitment is-told">
            <div class="commitment-line">
                <p class="commitment-text">
                    <a href=address>{shown.text(row.text)}</a>
                </p>
                {status(&row)}
            </div>
            <p class="ds-paragraph commitment-origin" data-size="sm">
                {whose.map(|whose| view! { <span>{whose} " · "</span> })}
                {origin(&row)}
            </p>
            {learned.map(|learned| view! { <p class="ds-paragraph commitment-learned">{learned}</p> })}
        </li>
    }
}

/// What became of a commitment, as a mark.
pub fn status(row: &CommitmentRow) -> AnyView {
    let today = &words().today;
    match (row.outcome, row.declined, row.carried_to) {
        (Some(outcome), ..) => view! { <OutcomeMark outcome/> }.into_any(),
        (None, true, _) => view! { <Tag label=today.declined.clone()/> }.into_any(),
        (None, false, Some(_)) => view! { <Tag label=today.carried_on.clone()/> }.into_any(),
        (None, false, None) => {
            view! { <Tag label=today.not_told.clone() color="accent"/> }.into_any()
        }
    }
}
