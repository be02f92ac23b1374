//! What the meeting's page shows, worked out from the answer alone. No component is here.

use crate::query::MeetingPage;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use domain::ids::{OrganisationId, PersonId};
use domain::limits::NOTICE_LEAD_DAYS;
use domain::meeting::event::{ItemKind, NoticeAnswer, Presence, Requirement};
use domain::meeting::state::MeetingStatus;
use domain::network::event::NetworkRole;
use domain::person::WorkRole;
use domain::views::commitments::CommitmentRow;
use domain::views::meeting::{ItemRow, MeetingView, UnitRow};
use domain::views::network::ChangeRow;

/// Weeks between two meetings, where nothing else is agreed.
const WEEKS_BETWEEN: u64 = 6;
/// Around a table there is room for this many; a body of all units is shown as rows instead.
pub const CHAIRS_MAX: usize = 28;
/// Half the width and height of the ring of chairs, in the picture's units.
const RING: (f64, f64) = (150.0, 74.0);

/// The three steps of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Plan, agenda, notice, answers.
    Before,
    /// What is recorded while it goes on.
    During,
    /// Minutes.
    After,
}

/// The step a meeting is in.
#[must_use]
pub const fn step(status: MeetingStatus) -> Step {
    match status {
        MeetingStatus::Planned | MeetingStatus::Called | MeetingStatus::Cancelled => Step::Before,
        MeetingStatus::Open => Step::During,
        MeetingStatus::Closed | MeetingStatus::Minuted => Step::After,
    }
}

/// Neither over nor cancelled: the agenda can be changed.
#[must_use]
pub const fn ahead(status: MeetingStatus) -> bool {
    matches!(
        status,
        MeetingStatus::Planned | MeetingStatus::Called | MeetingStatus::Open
    )
}

/// When each row begins by plan; unknown after a row with open time.
#[must_use]
pub fn planned_starts(starts: Option<NaiveTime>, items: &[ItemRow]) -> Vec<Option<NaiveTime>> {
    let mut clock = starts;
    items
        .iter()
        .map(|item| {
            let begins = clock;
            clock = match (clock, item.minutes) {
                (Some(clock), Some(minutes)) => Some(clock + TimeDelta::minutes(minutes.into())),
                _ => None,
            };
            begins
        })
        .collect()
}

/// Planned minutes in all.
#[must_use]
pub fn planned_minutes(items: &[ItemRow]) -> u32 {
    items
        .iter()
        .filter_map(|item| item.minutes)
        .map(u32::from)
        .sum()
}

/// When the meeting ends by plan; unknown where a row has open time.
#[must_use]
pub fn planned_end(starts: Option<NaiveTime>, items: &[ItemRow]) -> Option<NaiveTime> {
    let known = items.iter().all(|item| item.minutes.is_some());
    let minutes = i64::from(planned_minutes(items));
    starts
        .filter(|_| known)
        .map(|starts| starts + TimeDelta::minutes(minutes))
}

/// A row's time as parts of a bar 100 wide, on one scale for the whole agenda.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// How long it was to take.
    pub planned: u32,
    /// How much of that was used.
    pub used: u32,
    /// How much longer it took, drawn behind the plan.
    pub over: u32,
}

/// A row's time as a bar; the longest row of the agenda fills it.
#[must_use]
pub fn bar(item: &ItemRow, items: &[ItemRow], used: Option<u16>) -> Bar {
    let length = |item: &ItemRow| item.minutes.unwrap_or(0).max(item.used.unwrap_or(0));
    let longest = items.iter().map(length).max().unwrap_or(0);
    let longest = u32::from(longest.max(used.unwrap_or(0)).max(1));
    let part = |minutes: u16| u32::from(minutes) * 100 / longest;
    let planned = item.minutes.unwrap_or(0);
    let used = used.or(item.used).unwrap_or(0);
    Bar {
        planned: part(planned),
        used: part(used.min(planned)),
        over: part(used.saturating_sub(planned)),
    }
}

/// The row that runs.
#[must_use]
pub fn current(items: &[ItemRow]) -> Option<&ItemRow> {
    items.iter().find(|item| item.running.is_some())
}

/// The row to take up after the one that runs, or the first that was not taken up.
#[must_use]
pub fn next(items: &[ItemRow]) -> Option<&ItemRow> {
    let waiting = |item: &&ItemRow| item.used.is_none() && item.running.is_none();
    let after = items
        .iter()
        .position(|item| item.running.is_some())
        .map_or(0, |running| running + 1);
    let later = items.get(after..).unwrap_or_default().iter().find(waiting);
    later.or_else(|| items.iter().find(waiting))
}

/// The change that made a row's time what it is, if the meeting before holds it.
#[must_use]
pub fn reason<'a>(item: &ItemRow, previous: Option<&'a MeetingView>) -> Option<&'a ChangeRow> {
    let (meeting, change) = item.because?;
    previous
        .filter(|previous| previous.meeting == Some(meeting))?
        .changes
        .iter()
        .find(|row| row.change == change)
}

/// Days from a day to the meeting.
#[must_use]
pub fn days_left(on: Option<NaiveDate>, today: NaiveDate) -> Option<i64> {
    on.map(|on| (on - today).num_days())
}

/// A notice sent that many days ahead is late.
#[must_use]
pub const fn late(days: i64) -> bool {
    days < NOTICE_LEAD_DAYS
}

/// Who answered the notice, in the page's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// They come.
    pub coming: Vec<OrganisationId>,
    /// They do not.
    pub not_coming: Vec<OrganisationId>,
    /// They have not answered.
    pub silent: Vec<OrganisationId>,
}

/// Who answered the notice.
#[must_use]
pub fn answers(page: &MeetingPage) -> Answers {
    let mut answers = Answers::default();
    let over = step(page.meeting.status) == Step::After;
    for &organisation in &page.organisations {
        // Who sits here today may not have sat here then.
        if over && !page.meeting.units.contains_key(&organisation) {
            continue;
        }
        match unit(page, organisation).answer {
            Some(NoticeAnswer::Coming) => &mut answers.coming,
            Some(NoticeAnswer::NotComing) => &mut answers.not_coming,
            None => &mut answers.silent,
        }
        .push(organisation);
    }
    answers
}

/// What an organisation did in the meeting.
#[must_use]
pub fn unit(page: &MeetingPage, organisation: OrganisationId) -> UnitRow {
    page.meeting
        .units
        .get(&organisation)
        .cloned()
        .unwrap_or_default()
}

/// How many are there, how many are not, and for how many nobody has said.
#[must_use]
pub fn attendance(page: &MeetingPage) -> (usize, usize, usize) {
    let count = |wanted: Option<Presence>| {
        page.organisations
            .iter()
            .filter(|&&organisation| unit(page, organisation).presence == wanted)
            .count()
    };
    (
        count(Some(Presence::Present)),
        count(Some(Presence::Absent)),
        count(None),
    )
}

/// The organisations I work at that take part here.
#[must_use]
pub fn mine(page: &MeetingPage, works_at: &[(OrganisationId, WorkRole)]) -> Vec<OrganisationId> {
    let works =
        |organisation: &&OrganisationId| works_at.iter().any(|(place, _)| place == *organisation);
    page.organisations.iter().filter(works).copied().collect()
}

/// Whether an organisation has said what it does until next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It has a commitment.
    Commitment,
    /// It said why not.
    Declined,
    /// Nothing yet.
    Nothing,
}

/// Whether an organisation has said what it does until next time.
#[must_use]
pub const fn said(unit: &UnitRow) -> Said {
    if unit.commitment.is_some() {
        Said::Commitment
    } else if unit.declined.is_some() {
        Said::Declined
    } else {
        Said::Nothing
    }
}

/// What is mine to do in the meeting now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send the notice.
    Notice,
    /// Answer it.
    Answer,
    /// Open the meeting.
    Open,
    /// Write what my organisation does until next time.
    Commit(OrganisationId),
    /// Run the row that is on.
    Now,
    /// Finish the minutes.
    Minutes,
}

/// What is mine to do in the meeting now, if anything.
#[must_use]
pub fn action(
    page: &MeetingPage,
    works_at: &[(OrganisationId, WorkRole)],
    runs: bool,
) -> Option<Action> {
    let mine = mine(page, works_at);
    let silent = mine
        .iter()
        .copied()
        .find(|&organisation| said(&unit(page, organisation)) == Said::Nothing);
    let unanswered = mine
        .iter()
        .any(|&organisation| unit(page, organisation).answer.is_none());
    match page.meeting.status {
        MeetingStatus::Planned => runs.then_some(Action::Notice),
        MeetingStatus::Called if unanswered => Some(Action::Answer),
        MeetingStatus::Called => runs.then_some(Action::Open),
        MeetingStatus::Open if runs => Some(Action::Now),
        MeetingStatus::Open => silent.map(Action::Commit),
        MeetingStatus::Closed => runs.then_some(Action::Minutes),
        MeetingStatus::Minuted | MeetingStatus::Cancelled => None,
    }
}

/// How many organisations have a commitment, declined, and said nothing.
#[must_use]
pub fn table(page: &MeetingPage) -> (usize, usize, usize) {
    let count = |wanted: Said| {
        page.organisations
            .iter()
            .filter(|&&organisation| said(&unit(page, organisation)) == wanted)
            .count()
    };
    (
        count(Said::Commitment),
        count(Said::Declined),
        count(Said::Nothing),
    )
}

/// What a meeting lacks before it can be closed. The domain decides; this is the same list, shown beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Organisations that have said nothing.
    pub organisations: Vec<OrganisationId>,
    /// The contract for next time.
    pub contract: bool,
    /// The evaluation.
    pub evaluation: bool,
}

impl Missing {
    /// Nothing is missing.
    #[must_use]
    pub const fn nothing(&self) -> bool {
        self.organisations.is_empty() && !self.contract && !self.evaluation
    }

    /// What can be waived.
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        [
            (!self.organisations.is_empty(), Requirement::Commitments),
            (self.contract, Requirement::Contract),
            (self.evaluation, Requirement::Evaluation),
        ]
        .into_iter()
        .filter_map(|(missing, requirement)| missing.then_some(requirement))
        .collect()
    }
}

/// What a meeting lacks before it can be closed.
#[must_use]
pub fn missing(page: &MeetingPage) -> Missing {
    let meeting = &page.meeting;
    let waived = |requirement| meeting.waived.contains_key(&requirement);
    // One that has left since its answer is on the page, but nothing is asked of it.
    let seated = page.network.organisations();
    let silent = |organisation: &&OrganisationId| {
        seated.contains(organisation) && said(&unit(page, **organisation)) == Said::Nothing
    };
    Missing {
        organisations: if waived(Requirement::Commitments) {
            Vec::new()
        } else {
            page.organisations.iter().filter(silent).copied().collect()
        },
        contract: meeting.contract.is_none() && !waived(Requirement::Contract),
        evaluation: !meeting.evaluation && !waived(Requirement::Evaluation),
    }
}

/// One or two letters for a chair: `Bøfjorden skule` is `B`, `Nordre Frei barneskole` is `NF`.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let own = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let mut letters: String = words
        .iter()
        .filter(|word| own(word))
        .take(2)
        .filter_map(|word| word.chars().next())
        .collect();
    if letters.chars().count() == 1
        && let Some(second) = words.first().and_then(|word| word.chars().nth(1))
    {
        letters.push(second);
    }
    letters
}

/// Where the chairs stand around a table, the first at the top, clockwise; to a tenth, so that server and browser
/// write the same.
#[must_use]
pub fn chairs(count: usize) -> Vec<(String, String)> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    (0..count)
        .map(|chair| {
            let turn = std::f64::consts::TAU * f64::from(chair) / f64::from(count.max(1));
            (
                format!("{:.1}", RING.0 * turn.sin()),
                format!("{:.1}", -RING.1 * turn.cos()),
            )
        })
        .collect()
}

/// What a form about the next meeting begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextTime {
    /// The day.
    pub on: Option<NaiveDate>,
    /// When it starts.
    pub starts: Option<NaiveTime>,
    /// Who hosts.
    pub host: Option<OrganisationId>,
    /// Who leads.
    pub responsible: Option<PersonId>,
}

/// What the contract's form begins with: the contract that stands, else six weeks on at the same hour, at the one
/// whose turn it is, led by the leader.
#[must_use]
pub fn next_time(page: &MeetingPage) -> NextTime {
    let meeting = &page.meeting;
    match &meeting.contract {
        Some(contract) => NextTime {
            on: Some(contract.on),
            starts: Some(contract.starts),
            host: contract.host,
            responsible: contract.responsible,
        },
        None => NextTime {
            on: meeting
                .on
                .and_then(|on| on.checked_add_days(Days::new(WEEKS_BETWEEN * 7))),
            starts: meeting.starts,
            host: next_host(page),
            responsible: page.network.roles.get(&NetworkRole::Leader).copied(),
        },
    }
}

/// Whose turn it is after this meeting: its own host counts as having hosted already.
fn next_host(page: &MeetingPage) -> Option<OrganisationId> {
    let mut network = page.network.clone();
    if let Some(host) = page.meeting.host {
        *network.hosted.entry(host).or_default() += 1;
    }
    network.next_host()
}

/// My earlier commitments that a new one can build on.
#[must_use]
pub fn carryable(rows: &[CommitmentRow]) -> Vec<&CommitmentRow> {
    rows.iter()
        .filter(|row| !row.declined && row.carried_to.is_none())
        .collect()
}

/// Decisions and notes can be written under it; off the record there is nothing to write in.
#[must_use]
pub const fn recordable(item: &ItemRow) -> bool {
    !matches!(item.kind, ItemKind::OffRecord)
}

/// Votes that can be cast.
#[must_use]
pub fn votes(page: &MeetingPage) -> usize {
    page.network
        .seats
        .iter()
        .filter(|seat| seat.vote == domain::network::event::Vote::Voting)
        .count()
}

/// The value of a choice in a form: the stored name of what is chosen.
#[must_use]
pub fn choice(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => String::new(),
    }
}

/// Whole minutes between two moments in milliseconds, rounded as the domain does.
#[must_use]
pub fn minutes_since(since: i64, now: i64) -> u16 {
    u16::try_from(((now - since) / 1000 + 30).max(0) / 60).unwrap_or(u16::MAX)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
