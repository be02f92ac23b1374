//! What the history page computes: which quarter, which school year, where a band lies. No view is here.

use crate::format;
use crate::parts::river::geometry::{self, decimal};
use chrono::NaiveDate;
use domain::event::Event;
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId};
use domain::network::event::NetworkEvent;
use domain::organisation::event::{OrganisationEvent, PhaseReading};
use domain::recorded::{Position, Recorded};
use domain::time::Quarter;

use crate::parts::slider::QUARTER;
use crate::query::{Asked, Known, StoryKind, StoryLine};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the address of a history page says. Everything the page shows follows from it, so that it can be shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The page's path.
    pub path: String,
    /// The day (`dato`, or the end of `kvartal`).
    pub day: Option<NaiveDate>,
    /// As known then (`kjent=da`: by the end of that day), not as known now.
    pub then: bool,
    /// As known at another moment (`kjent` as a moment or a day).
    pub known_at: Option<Known>,
    /// Only lines of these kinds (`slag`).
    pub kinds: BTreeSet<StoryKind>,
    /// The evaluators' judgement (`kilde=evaluatorene`), not the units' own.
    pub assessed: bool,
    /// Whose story, where it is neither the region's nor a network's (`om`).
    pub about: Option<Uuid>,
    /// The story goes on after this line (`etter`).
    pub after: Option<(NaiveDate, Position)>,
    /// The line that is to be corrected (`rett`).
    pub correcting: Option<Position>,
}

impl Address {
    /// What an address says. What cannot be read counts as not said.
    #[must_use]
    pub fn read(path: String, field: impl Fn(&str) -> Option<String>) -> Self {
        let quarter = field(QUARTER).and_then(|text| text.parse().ok());
        let (then, known_at) = match field("kjent") {
            Some(text) if text == THEN => (true, None),
            text => (
                false,
                crate::paths::parse_as_of(None, text.as_deref()).known_at,
            ),
        };
        Self {
            path,
            day: field("dato")
                .and_then(|text| text.parse().ok())
                .or_else(|| quarter.map(|quarter| geometry::end_of(Quarter(quarter)))),
            then,
            known_at,
            kinds: kinds(&field("slag").unwrap_or_default()),
            assessed: field("kilde").is_some_and(|source| source == ASSESSED),
            about: field("om").and_then(|id| id.parse().ok()),
            after: field("etter").and_then(|text| {
                let (day, position) = text.split_once('.')?;
                Some((day.parse().ok()?, position.parse().ok()?))
            }),
            correcting: field("rett").and_then(|text| text.parse().ok()),
        }
    }

    /// The fields of the address, in a fixed order.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let known = if self.then {
            Some(THEN.to_owned())
        } else {
            self.known_at.map(|known| known.to_string())
        };
        let kinds: Vec<_> = KINDS
            .into_iter()
            .filter(|kind| self.kinds.contains(kind))
            .map(slug)
            .collect();
        [
            ("dato", self.day.map(|day| day.to_string())),
            ("kjent", known),
            ("slag", (!kinds.is_empty()).then(|| kinds.join("."))),
            ("kilde", self.assessed.then(|| ASSESSED.to_owned())),
            ("om", self.about.map(|id| id.to_string())),
            (
                "etter",
                self.after
                    .map(|(day, position)| format!("{day}.{position}")),
            ),
            ("rett", self.correcting.map(|position| position.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// The address.
    #[must_use]
    pub fn href(&self) -> String {
        let query: Vec<_> = self
            .fields()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        }
    }

    /// The same page on another day, at the top of its story.
    #[must_use]
    pub fn on(&self, day: Option<NaiveDate>) -> Self {
        Self {
            day,
            after: None,
            correcting: None,
            ..self.clone()
        }
    }

    /// The same page with lines of this kind too, or no more.
    #[must_use]
    pub fn toggled(&self, kind: StoryKind) -> Self {
        let mut kinds = self.kinds.clone();
        if !kinds.remove(&kind) {
            kinds.insert(kind);
        }
        Self {
            kinds,
            after: None,
            correcting: None,
            ..self.clone()
        }
    }

    /// Up to when the page knows; none for now.
    #[must_use]
    pub fn known_at(&self) -> Option<Known> {
        if self.then {
            // Then is the end of the day shown; without a day that is now.
            self.day.map(Known::EndOf)
        } else {
            self.known_at
        }
    }

    /// The time of the story.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            on: self.day,
            known_at: self.known_at(),
        }
    }
}

const THEN: &str = "da";
const ASSESSED: &str = "evaluatorene";

/// All kinds of lines, in the order of the chips.
pub const KINDS: [StoryKind; 8] = [
    StoryKind::Meetings,
    StoryKind::Decisions,
    StoryKind::Commitments,
    StoryKind::Readings,
    StoryKind::Bodies,
    StoryKind::Charter,
    StoryKind::People,
    StoryKind::Corrections,
];

/// A kind as an address says it.
#[must_use]
pub const fn slug(kind: StoryKind) -> &'static str {
    match kind {
        StoryKind::Bodies => "nettverk",
        StoryKind::People => "folk",
        StoryKind::Charter => "grunnlag",
        StoryKind::Meetings => "moter",
        StoryKind::Decisions => "vedtak",
        StoryKind::Commitments => "oppdrag",
        StoryKind::Readings => "faser",
        StoryKind::Corrections => "rettinger",
    }
}

/// The kinds an address asks for; unknown ones are passed over.
#[must_use]
pub fn kinds(asked: &str) -> BTreeSet<StoryKind> {
    KINDS
        .into_iter()
        .filter(|kind| asked.split('.').any(|word| word == slug(*kind)))
        .collect()
}

/// The last day of a school year.
#[must_use]
pub fn end_of_school_year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year + 1, 7, 31).unwrap_or(NaiveDate::MAX)
}

/// The mean of answers 1 to 5, with one decimal.
#[must_use]
pub fn mean_of(counts: [u32; 5], language: &str) -> String {
    let count: u32 = counts.iter().sum();
    let sum: u32 = counts
        .iter()
        .zip(1_u32..)
        .map(|(count, score)| count.saturating_mul(score))
        .sum();
    // Counts of people: far below where a float loses digits.
    #[allow(clippy::cast_precision_loss)]
    let mean = if count == 0 {
        0.0
    } else {
        sum as f32 / count as f32
    };
    decimal(mean, language)
}

/// Entered on a later day than it was true.
#[must_use]
pub fn is_backdated(recorded: &Recorded) -> bool {
    // Whoever enters a meeting in the evening, or the day after, does not enter history.
    recorded
        .effective
        .from()
        .is_none_or(|from| (recorded.recorded_at.date_naive() - from).num_days() > 7)
}

/// A name inside a sentence: "Initiering" becomes "initiering", "PPT-leder" stays.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let (Some(first), rest) = (chars.next(), chars.as_str()) else {
        return String::new();
    };
    if rest.chars().next().is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    first.to_lowercase().chain(rest.chars()).collect()
}

/// What a line is about, for its links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerns {
    /// The meeting.
    pub meeting: Option<MeetingId>,
    /// The network.
    pub network: Option<NetworkId>,
    /// The organisation.
    pub organisation: Option<OrganisationId>,
    /// The commitment.
    pub commitment: Option<CommitmentId>,
}

/// What an event is about, for its links.
#[must_use]
pub fn concerns(event: &Event) -> Concerns {
    let mut found = Concerns::default();
    match event {
        Event::Region(_) | Event::Person(_) => {}
        Event::Organisation(event) => match event {
            OrganisationEvent::Registered { organisation, .. }
            | OrganisationEvent::Renamed { organisation, .. }
            | OrganisationEvent::NumberGiven { organisation, .. }
            | OrganisationEvent::Closed { organisation } => {
                found.organisation = Some(*organisation);
            }
            OrganisationEvent::PhaseReported(PhaseReading {
                network,
                organisation,
                ..
            })
            | OrganisationEvent::PhaseAssessed(PhaseReading {
                network,
                organisation,
                ..
            })
            | OrganisationEvent::MotivationCounted {
                network,
                organisation,
                ..
            } => {
                found.organisation = Some(*organisation);
                found.network = Some(*network);
            }
        },
        Event::Network(event) => {
            (found.network, found.organisation) = network_of(event);
        }
        Event::Meeting(event) => found.meeting = Some(domain::about::meeting_of(event)),
        Event::Commitment(event) => {
            let (commitment, meeting, organisation) = event.identity();
            found.commitment = Some(commitment);
            found.meeting = Some(meeting);
            found.organisation = Some(organisation);
        }
        Event::Correction(domain::correction::CorrectionEvent::Made { instead, .. }) => {
            if let domain::correction::Instead::Replacement { event, .. } = instead {
                return concerns(event);
            }
        }
        Event::Text(_) => {}
    }
    found
}

fn network_of(event: &NetworkEvent) -> (Option<NetworkId>, Option<OrganisationId>) {
    match event {
        NetworkEvent::Proposed { network, .. }
        | NetworkEvent::Established { network }
        | NetworkEvent::Renamed { network, .. }
        | NetworkEvent::Related { network, .. }
        | NetworkEvent::Unrelated { network, .. }
        | NetworkEvent::Merged { network, .. }
        | NetworkEvent::Ended { network, .. }
        | NetworkEvent::RoleGiven { network, .. }
        | NetworkEvent::RoleEnded { network, .. }
        | NetworkEvent::CharterSectionWritten { network, .. }
        | NetworkEvent::CharterAdopted { network, .. } => (Some(*network), None),
        NetworkEvent::SeatCreated {
            network,
            organisation,
            ..
        }
        | NetworkEvent::SeatVoteSet {
            network,
            organisation,
            ..
        }
        | NetworkEvent::SeatFilled {
            network,
            organisation,
            ..
        }
        | NetworkEvent::SeatVacated {
            network,
            organisation,
            ..
        }
        | NetworkEvent::SeatEnded {
            network,
            organisation,
            ..
        } => (Some(*network), Some(*organisation)),
    }
}

/// Lines of one school year; `None` where the day is not known.
pub type Chapter = (Option<i32>, Vec<StoryLine>);

/// The lines by school year, in their order.
#[must_use]
pub fn chapters(lines: Vec<StoryLine>) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for line in lines {
        let year = line.recorded.effective.from().map(format::school_year_of);
        match chapters.last_mut() {
            Some((last, lines)) if *last == year => lines.push(line),
            _ => chapters.push((year, vec![line])),
        }
    }
    chapters
}

#[cfg(test)]
mod tests;
