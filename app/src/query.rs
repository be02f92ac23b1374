//! What a page can ask, and what it is answered. One question and one answer a page, so that the server, and later a
//! browser without a network, answer through one door ([`crate::reader`]).

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use domain::access::Standing;
use domain::event::Event;
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId, PersonId, TextId};
use domain::organisation::event::OrganisationKind;
use domain::person::WorkRole;
use domain::recorded::{Position, Recorded};
use domain::time::{AsOf, Timestamp};
use domain::views::commitments::CommitmentRow;
use domain::views::meeting::MeetingView;
use domain::views::network::{MeetingRow, NetworkView};
use domain::views::region::RegionView;
use domain::views::river::RiverView;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What a page asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What is around every page: the networks I sit in, `Vec<NetworkId>`.
    Frame,
    /// What is urgent for me: [`Today`].
    Today,
    /// How the region's networks hang together: [`Networks`].
    Networks,
    /// One network: [`NetworkPage`].
    Network(NetworkId),
    /// One meeting: [`MeetingPage`].
    Meeting(MeetingId),
    /// My organisations' commitments: `Vec<(OrganisationId, CommitmentsView)>`.
    Commitments,
    /// One commitment with the chain it belongs to: [`CommitmentPage`].
    Commitment(CommitmentId),
    /// One organisation: [`OrganisationView`](domain::views::organisation::OrganisationView).
    Organisation(OrganisationId),
    /// The river of the region, or of one network: [`RiverPage`].
    River(Option<NetworkId>),
    /// The story of the region, a network, a meeting or an organisation, in events, newest first: [`Story`].
    Story(StoryQuery),
}

/// From which time a page asks, as its address says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asked {
    /// The day; `None` means today.
    pub on: Option<NaiveDate>,
    /// As known then; `None` means now.
    pub known_at: Option<Known>,
}

/// Up to when a page knows. Which moment ends a day, only the server can say: it knows the region's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Known {
    /// Up to a moment.
    At(Timestamp),
    /// Up to the end of a day.
    EndOf(NaiveDate),
}

impl From<AsOf> for Asked {
    fn from(as_of: AsOf) -> Self {
        Self {
            on: as_of.on,
            known_at: as_of.known_at.map(Known::At),
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(moment) => write!(f, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.fZ")),
            Self::EndOf(day) => day.fmt(f),
        }
    }
}

impl From<Known> for String {
    fn from(known: Known) -> Self {
        known.to_string()
    }
}

impl FromStr for Known {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(day) = text.parse() {
            return Ok(Self::EndOf(day));
        }
        chrono::DateTime::parse_from_rfc3339(text).map(|moment| Self::At(moment.to_utc()))
    }
}

impl TryFrom<String> for Known {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Which part of a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoryQuery {
    /// A network, meeting or organisation; `None` for the region.
    pub about: Option<Uuid>,
    /// Only chapters of these kinds; empty means all.
    pub kinds: BTreeSet<StoryKind>,
    /// Continue after the line with this day and position (from [`Story::more`]).
    pub after: Option<(NaiveDate, Position)>,
    /// Only this school year, given by the year it begins in (August).
    pub school_year: Option<i32>,
}

/// Kinds of lines in a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// Networks founded, renamed, merged, ended, related.
    Bodies,
    /// Seats and roles.
    People,
    /// Charters.
    Charter,
    /// Meetings held.
    Meetings,
    /// Decisions.
    Decisions,
    /// Commitments.
    Commitments,
    /// Phase and motivation readings.
    Readings,
    /// Corrections.
    Corrections,
}

/// A part of a reply, as JSON until it is read. Each page reads its own kind of answer (what kind says [`Query`]), so
/// that a browser loads with a page only the code that this page needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part(Box<RawValue>);

impl Part {
    /// A part of this content.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of<T: Serialize>(content: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(content).map(Self)
    }

    /// Its content.
    ///
    /// # Errors
    /// When it is of another kind, or of a newer server.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        domain::wire::lean::from_str(self.0.get())
    }

    /// Its JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

/// What is urgent for me, put together when it is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// Meetings ahead (or going on) in my networks, the nearest first.
    pub meetings: Vec<(NetworkId, MeetingRow, Preparation)>,
    /// My organisations' open commitments.
    pub commitments: Vec<(OrganisationId, CommitmentRow)>,
    /// What happened in my networks lately, newest first.
    pub lately: Vec<StoryLine>,
    /// My networks.
    pub networks: Vec<NetworkId>,
}

/// What is left to prepare for a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preparation {
    /// Rows on the agenda.
    pub items: u32,
    /// Organisations that answered the notice.
    pub answered: u32,
    /// Organisations that take part.
    pub organisations: u32,
    /// Whether I answered for my organisation.
    pub mine: Option<domain::meeting::event::NoticeAnswer>,
}

/// How the region's networks hang together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Networks {
    /// The map.
    pub region: RegionView,
    /// How many organisations sit in each network at work, and when it meets next.
    pub facts: BTreeMap<NetworkId, NetworkFacts>,
    /// The networks I sit in.
    pub mine: BTreeSet<NetworkId>,
}

/// A line about a network in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// Organisations with a seat.
    pub organisations: u32,
    /// The next meeting.
    pub next: Option<NaiveDate>,
}

/// One network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkPage {
    /// The network.
    pub network: NetworkView,
    /// Its river.
    pub river: RiverView,
    /// Commitments made at the meeting closed last, by organisation.
    pub last: Option<MeetingView>,
    /// What is promised by and open with my organisations here.
    pub mine: Vec<(OrganisationId, CommitmentRow)>,
    /// Who works at the organisations that sit here, for those who may put people into seats.
    #[serde(default)]
    pub people: Vec<(OrganisationId, PersonId)>,
}

/// One meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeetingPage {
    /// The meeting.
    pub meeting: MeetingView,
    /// Its network.
    pub network: NetworkView,
    /// The meeting before, for its contract, its changes and its commitments.
    pub previous: Option<MeetingView>,
    /// The organisations that take part, in order of name.
    pub organisations: Vec<OrganisationId>,
    /// The two latest commitments of each of my organisations in this network.
    pub mine: BTreeMap<OrganisationId, Vec<CommitmentRow>>,
    /// People who can be named here (they hold seats), in order of name.
    pub people: Vec<PersonId>,
}

/// One commitment and what it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitmentPage {
    /// Whose.
    pub organisation: OrganisationId,
    /// The chain, oldest first; the one asked for is among them.
    pub chain: Vec<CommitmentRow>,
    /// The one asked for.
    pub commitment: CommitmentId,
}

/// The river with what lies along it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiverPage {
    /// Which network; `None` for the region.
    pub network: Option<NetworkId>,
    /// The river as of the day asked for.
    pub river: RiverView,
    /// The networks there are on that day.
    pub region: RegionView,
    /// The first day with anything in it.
    pub first: Option<NaiveDate>,
    /// The last day that can be asked for: today.
    pub last: Option<NaiveDate>,
}

/// A part of a story, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The lines.
    pub lines: Vec<StoryLine>,
    /// Where the next part begins, if there is more.
    pub more: Option<(NaiveDate, Position)>,
}

/// One event in a story, as it stands after corrections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryLine {
    /// The event with its envelope.
    pub recorded: Recorded<Event>,
    /// Where it was corrected: the event as first recorded, then each correction as recorded, oldest first. Empty
    /// where it never was.
    pub before: Vec<Recorded<Event>>,
}

/// Names, words and times of day that a page needs, opened at the edge. `None` means erased or withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// People.
    pub names: BTreeMap<PersonId, Option<String>>,
    /// Texts.
    pub texts: BTreeMap<TextId, Option<String>>,
    /// Organisations, as they are called on the day asked for.
    pub organisations: BTreeMap<OrganisationId, (String, OrganisationKind)>,
    /// Networks, as they are called on the day asked for.
    pub networks: BTreeMap<NetworkId, String>,
    /// The region's clock, for the moments in the answer.
    pub clock: RegionClock,
}

/// How far the region's clock is ahead of universal time, in seconds, at the moments of an answer: it differs between
/// summer and winter. Moments that follow one another with the same difference stand here once, by the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionClock(BTreeMap<Timestamp, i32>);

impl RegionClock {
    /// The clock at these moments, in order of time.
    #[must_use]
    pub fn at(moments: impl IntoIterator<Item = (Timestamp, i32)>) -> Self {
        let mut kept = BTreeMap::new();
        let mut last = None;
        for (moment, ahead) in moments {
            if last != Some(ahead) {
                kept.insert(moment, ahead);
                last = Some(ahead);
            }
        }
        Self(kept)
    }

    /// What the region's clock shows at one of those moments.
    #[must_use]
    pub fn shows(&self, moment: Timestamp) -> NaiveDateTime {
        let ahead = self.0.range(..=moment).next_back();
        let seconds = ahead.map_or(0, |(_, seconds)| i64::from(*seconds));
        moment.naive_utc() + TimeDelta::seconds(seconds)
    }
}

/// What a page gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The answer.
    pub answer: Part,
    /// What goes round it: [`Around`].
    pub around: Part,
    /// The position of the region's log that it stands for.
    pub position: Position,
    /// A fresh id, from which the forms of this page make their command ids.
    pub fresh: Uuid,
}

/// What goes round an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Around {
    /// Names and words in the answer.
    pub directory: Directory,
    /// Who asks.
    pub viewer: Viewer,
    /// What the asker is in the network that the page is about; else in the region.
    pub standings: BTreeSet<Standing>,
    /// From which time it is.
    pub as_of: AsOf,
    /// How many events in it have no known day.
    pub unknown_days: u32,
    /// Whether it ends before something that a newer release recorded and this one cannot show.
    #[serde(default)]
    pub newer: bool,
}

/// Who looks, in which region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Who.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The region's address.
    pub slug: String,
    /// The region's name.
    pub region: String,
    /// The language: `nb`, `nn` or `en`.
    pub language: String,
    /// Where the person works, and as what.
    pub works_at: Vec<(OrganisationId, WorkRole)>,
    /// The day in the region's time zone.
    pub today: NaiveDate,
    /// Whether this is a demo region, entered by choosing a person.
    pub demo: bool,
}

/// What an order is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The position of the first event it brought.
    pub position: Position,
    /// How many events.
    pub events: u32,
}

/// The page of people to choose from in a demo region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Doors {
    /// Each demo region with people to enter as.
    pub regions: Vec<Door>,
}

/// One demo region's people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Door {
    /// The region's address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// How many events its log holds.
    pub events: u64,
    /// People to enter as: id, name, what they are, where.
    pub people: Vec<(PersonId, String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_clock_shows_the_same_hour_twice_when_it_goes_back() {
        // As the server makes it for 25 October 2026 in Oslo, with a moment of the next summer after them.
        let (summer, winter) = (7_200, 3_600);
        let clock = RegionClock::at([
            (moment("2026-10-24T22:30:00Z"), summer),
            (moment("2026-10-25T00:30:00Z"), summer),
            (moment("2026-10-25T01:30:00Z"), winter),
            (moment("2027-07-01T22:00:00Z"), summer),
        ]);
        let shows = |text| clock.shows(moment(text)).to_string();
        assert_eq!(shows("2026-10-24T22:30:00Z"), "2026-10-25 00:30:00");
        assert_eq!(shows("2026-10-25T00:30:00Z"), "2026-10-25 02:30:00");
        assert_eq!(shows("2026-10-25T01:30:00Z"), "2026-10-25 02:30:00");
        assert_eq!(shows("2027-07-01T22:00:00Z"), "2027-07-02 00:00:00");
        assert_eq!(clock.0.len(), 3, "the second moment says nothing new");
    }

    #[test]
    fn what_a_page_knows_up_to_is_written_as_it_is_read() {
        for text in [
            "2020-01-01",
            "2020-01-01T10:00:00Z",
            "2020-01-01T10:00:00.250Z",
        ] {
            let known: Known = text.parse().expect("is read");
            assert_eq!(known.to_string(), text);
            let json = serde_json::to_string(&known).expect("is JSON");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(
                serde_json::from_str::<Known>(&json).expect("is read"),
                known
            );
        }
        assert!("i fjor".parse::<Known>().is_err());
    }
}
