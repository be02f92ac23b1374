//! The story: events as they stand after corrections, newest first, in parts. Read from the log, not kept.

use super::{PgBackend, Visit};
use crate::history;
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
            | M::MinutesWritten { .. } => None,
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
            | domain::organisation::event::OrganisationEvent::Closed { .. } => {
                Some(StoryKind::Bodies)
            }
        },
        Event::Region(_) | Event::Person(_) => Some(StoryKind::People),
        Event::Correction(_) => Some(StoryKind::Corrections),
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
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let read = crate::views::all_about(&mut scope, about, as_of.known_at).await?;
        drop(scope);
        visit.met(read.newer.as_ref());
        Ok(tell(visit, &read.recorded, query, as_of, standings))
    }

    /// The newest lines of the story about an id: at least so many, if there are.
    pub(super) async fn lately(
        &self,
        visit: &Visit,
        about: Uuid,
        lines: usize,
        as_of: AsOf,
        standings: &BTreeSet<Standing>,
    ) -> Result<Vec<StoryLine>, StoreError> {
        let query = StoryQuery {
            about: Some(about),
            kinds: BTreeSet::new(),
            after: None,
            school_year: None,
        };
        if as_of.on.is_none() {
            // What corrects an event was recorded after it: of the newest events nothing is missing.
            let (store, tenant) = (self.store(), visit.tenant.tenant());
            let newest = history::page(
                store,
                tenant,
                about,
                None,
                as_of.known_at,
                history::PAGE_MAX,
            );
            let mut page = newest.await?;
            page.events.reverse();
            let story = tell(visit, &page.events, &query, as_of, standings);
            if page.newer.is_empty() && (story.lines.len() >= lines || page.older.is_none()) {
                return Ok(story.lines);
            }
        }
        let story = self.story(visit, about, &query, as_of, standings).await?;
        Ok(story.lines)
    }
}

/// A part of the story that these events tell.
fn tell(
    visit: &Visit,
    events: &[Recorded],
    query: &StoryQuery,
    as_of: AsOf,
    standings: &BTreeSet<Standing>,
) -> Story {
    let on = as_of.on.unwrap_or(visit.today);
    let corrections = corrections(events, as_of);
    let wanted = |recorded: &Recorded| {
        let Some(kind) = kind(&recorded.event) else {
            return false;
        };
        let corrected = corrections.contains_key(&recorded.position);
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
        of_kind && of_year && after && visible(&recorded.event, standings)
    };
    let mut chosen: Vec<Recorded> = timeline(events, on, as_of.known_at)
        .events
        .into_iter()
        .filter(wanted)
        .collect();
    chosen.sort_by_key(|recorded| std::cmp::Reverse((day(recorded), recorded.position)));
    let more = chosen.len() > LINES;
    chosen.truncate(LINES);
    let end = chosen
        .last()
        .map(|recorded| (day(recorded), recorded.position));
    let lines = chosen.into_iter().map(|recorded| {
        let mut before = Vec::new();
        if let Some(made) = corrections.get(&recorded.position) {
            before.extend(
                events
                    .iter()
                    .find(|event| event.position == recorded.position)
                    .cloned(),
            );
            // A retraction says what was said inside; it stays there even where a later correction overruled it.
            let told = made
                .iter()
                .filter(|correction| visible(&correction.event, standings));
            before.extend(told.cloned());
        }
        StoryLine { recorded, before }
    });
    Story {
        lines: lines.collect(),
        more: end.filter(|_| more),
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
