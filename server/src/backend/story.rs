//! The story: events as they stand after corrections, newest first, in parts. Read from the log, not kept.

use super::{PgBackend, Visit};
use crate::history::{self, PAGE_MAX};
use crate::store::StoreError;
use app::query::{Story, StoryKind, StoryLine, StoryQuery};
use chrono::{Datelike, NaiveDate};
use domain::access::{Standing, visible};
use domain::correction::CorrectionEvent;
use domain::event::Event;
use domain::history::timeline;
use domain::meeting::event::MeetingEvent as M;
use domain::network::event::NetworkEvent as N;
use domain::recorded::{Position, Recorded};
use domain::time::AsOf;
use domain::views::document::chains;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Lines of one part: a few screens of a phone.
const LINES: usize = 40;

/// What kind of line an event is; `None` for what only a meeting's own page tells.
pub(super) const fn kind(event: &Event) -> Option<StoryKind> {
    match event {
        Event::Network(event) => Some(match event {
            N::Proposed { .. }
            | N::Established { .. }
            | N::Renamed { .. }
            | N::Related { .. }
            | N::Unrelated { .. }
            | N::Merged { .. }
            | N::Ended { .. } => StoryKind::Bodies,
            N::SeatCreated { .. }
            | N::SeatVoteSet { .. }
            | N::SeatFilled { .. }
            | N::SeatVacated { .. }
            | N::SeatEnded { .. }
            | N::RoleGiven { .. }
            | N::RoleEnded { .. } => StoryKind::People,
            N::CharterAdopted { .. } | N::CharterSectionWritten { .. } => StoryKind::Charter,
        }),
        Event::Meeting(event) => match event {
            M::Planned { .. }
            | M::Rescheduled { .. }
            | M::Cancelled { .. }
            | M::NoticePublished { .. }
            | M::ContractAgreed { .. }
            | M::ChangeAgreed { .. }
            | M::RequirementWaived { .. }
            | M::Closed { .. }
            | M::MinutesPublished { .. } => Some(StoryKind::Meetings),
            M::DecisionTaken { .. } => Some(StoryKind::Decisions),
            M::ItemAdded { .. }
            | M::ItemMoved { .. }
            | M::ItemWithdrawn { .. }
            | M::NoticeAnswered { .. }
            | M::Opened { .. }
            | M::AttendanceRecorded { .. }
            | M::ItemStarted { .. }
            | M::ItemEnded { .. }
            | M::EvaluationOpened { .. }
            | M::MinutesWritten { .. }
            | M::FileAdded { .. } => None,
        },
        Event::Commitment(_) => Some(StoryKind::Commitments),
        Event::Organisation(event) => match event {
            domain::organisation::event::OrganisationEvent::PhaseReported(_)
            | domain::organisation::event::OrganisationEvent::PhaseAssessed(_)
            | domain::organisation::event::OrganisationEvent::MotivationCounted { .. } => {
                Some(StoryKind::Readings)
            }
            domain::organisation::event::OrganisationEvent::Registered { .. }
            | domain::organisation::event::OrganisationEvent::Renamed { .. }
            | domain::organisation::event::OrganisationEvent::NumberGiven { .. }
            | domain::organisation::event::OrganisationEvent::Closed { .. } => {
                Some(StoryKind::Bodies)
            }
        },
        Event::Region(_) | Event::Person(_) => Some(StoryKind::People),
        Event::Correction(_) | Event::Text(_) => Some(StoryKind::Corrections),
    }
}

/// The year in which the school year of a day begins: in August.
fn school_year(day: NaiveDate) -> i32 {
    if day.month() >= 8 {
        day.year()
    } else {
        day.year() - 1
    }
}

fn day(recorded: &Recorded) -> NaiveDate {
    recorded.effective.from().unwrap_or(NaiveDate::MIN)
}

/// Every correction of an event, by the event's position, oldest first.
fn corrections(events: &[Recorded], as_of: AsOf) -> BTreeMap<Position, Vec<Recorded>> {
    let mut of: BTreeMap<Position, Vec<Recorded>> = BTreeMap::new();
    for recorded in events {
        let known = as_of
            .known_at
            .is_none_or(|moment| recorded.recorded_at <= moment);
        if let (Event::Correction(CorrectionEvent::Made { root, .. }), true) =
            (&recorded.event, known)
        {
            of.entry(*root).or_default().push(recorded.clone());
        }
    }
    of
}

impl PgBackend {
    /// A part of the story about an id.
    pub(super) async fn story(
        &self,
        visit: &Visit,
        about: Uuid,
        query: &StoryQuery,
        as_of: AsOf,
        standings: &BTreeSet<Standing>,
    ) -> Result<Story, StoreError> {
        let events = self.all_about(visit, about, as_of).await?;
        let telling = Telling::of(&events, visit, as_of, standings);
        let mut chosen = telling.chosen(query);
        chosen.sort_by_key(|recorded| Reverse((day(recorded), recorded.position)));
        let more = chosen.len() > LINES;
        chosen.truncate(LINES);
        let end = chosen
            .last()
            .map(|recorded| (day(recorded), recorded.position));
        Ok(Story {
            lines: telling.lines(chosen),
            more: end.filter(|_| more),
        })
    }

    /// What was recorded last about an id, newest first: so many lines, if there are. The newest page of its history tells
    /// them nearly always; where it does not, all of it is read.
    pub(super) async fn lately(
        &self,
        visit: &Visit,
        about: Uuid,
        lines: usize,
        as_of: AsOf,
        standings: &BTreeSet<Standing>,
    ) -> Result<Vec<StoryLine>, StoreError> {
        let newest = |events: &[Recorded]| {
            let telling = Telling::of(events, visit, as_of, standings);
            let mut chosen = telling.chosen(&StoryQuery::default());
            chosen.sort_by_key(|recorded| Reverse(recorded.position));
            chosen.truncate(lines);
            telling.lines(chosen)
        };
        let (store, tenant) = (self.store(), visit.tenant.tenant());
        let mut page = history::page(store, tenant, about, None, as_of.known_at, PAGE_MAX).await?;
        page.events.reverse();
        // What ends before a newer release's event is for those who read all to say.
        if page.newer.is_empty() && !moved_here(&page.events, page.older.is_none()) {
            let found = newest(&page.events);
            if found.len() == lines || page.older.is_none() {
                return Ok(found);
            }
        }
        Ok(newest(&self.all_about(visit, about, as_of).await?))
    }

    async fn all_about(
        &self,
        visit: &Visit,
        about: Uuid,
        as_of: AsOf,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let read = crate::views::all_about(&mut scope, about, as_of.known_at).await?;
        visit.met(read.newer.as_ref());
        Ok(read.recorded)
    }
}

/// Whether a correction among the newest events about an id is of an event that was never about it, and that belongs
/// among them. What is older than they are is of no concern, unless they are all there is.
fn moved_here(newest: &[Recorded], all: bool) -> bool {
    let positions: BTreeSet<Position> = newest.iter().map(|recorded| recorded.position).collect();
    let oldest = positions.first().copied().unwrap_or(0);
    chains(newest)
        .iter()
        .any(|(_, root)| !positions.contains(root) && (all || *root > oldest))
}

/// Events and what it takes to tell them to somebody.
struct Telling<'a> {
    events: &'a [Recorded],
    corrections: BTreeMap<Position, Vec<Recorded>>,
    on: NaiveDate,
    as_of: AsOf,
    standings: &'a BTreeSet<Standing>,
}

impl<'a> Telling<'a> {
    fn of(
        events: &'a [Recorded],
        visit: &Visit,
        as_of: AsOf,
        standings: &'a BTreeSet<Standing>,
    ) -> Self {
        Self {
            corrections: corrections(events, as_of),
            events,
            on: as_of.on.unwrap_or(visit.today),
            as_of,
            standings,
        }
    }

    /// The events that make a line, as they stand after corrections.
    fn chosen(&self, query: &StoryQuery) -> Vec<Recorded> {
        let wanted = |recorded: &Recorded| {
            let Some(kind) = kind(&recorded.event) else {
                return false;
            };
            let corrected = self.corrections.contains_key(&recorded.position);
            let of_kind = query.kinds.is_empty()
                || query.kinds.contains(&kind)
                || (corrected && query.kinds.contains(&StoryKind::Corrections));
            let of_year = query.school_year.is_none_or(|year| {
                recorded
                    .effective
                    .from()
                    .is_some_and(|day| school_year(day) == year)
            });
            let after = query
                .after
                .is_none_or(|after| (day(recorded), recorded.position) < after);
            of_kind && of_year && after && visible(&recorded.event, self.standings)
        };
        timeline(self.events, self.on, self.as_of.known_at)
            .events
            .into_iter()
            .filter(wanted)
            .collect()
    }

    /// With what each was before it was corrected.
    fn lines(&self, chosen: Vec<Recorded>) -> Vec<StoryLine> {
        let line = |recorded: Recorded| {
            let mut before = Vec::new();
            if let Some(made) = self.corrections.get(&recorded.position) {
                before.extend(
                    self.events
                        .iter()
                        .find(|event| event.position == recorded.position)
                        .cloned(),
                );
                // A retraction says what was said inside; it stays there even where a later correction overruled it.
                let told = made
                    .iter()
                    .filter(|correction| visible(&correction.event, self.standings));
                before.extend(told.cloned());
            }
            StoryLine { recorded, before }
        };
        chosen.into_iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_begins_in_august() {
        let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a day");
        assert_eq!(school_year(day(2018, 8)), 2018);
        assert_eq!(school_year(day(2019, 7)), 2018);
    }
}
