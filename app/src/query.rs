//! What a page can ask, and what it is answered. One question and one answer a page, so that the server, and later a
//! browser without a network, answer through one door ([`crate::reader`]).

use chrono::NaiveDate;
use domain::access::Standing;
use domain::event::Event;
use domain::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId, PersonId, TextId};
use domain::organisation::event::OrganisationKind;
use domain::person::WorkRole;
use domain::recorded::{Position, Recorded};
use domain::time::AsOf;
use domain::views::commitments::{CommitmentRow, CommitmentsView};
use domain::views::meeting::MeetingView;
use domain::views::network::{MeetingRow, NetworkView};
use domain::views::organisation::OrganisationView;
use domain::views::region::RegionView;
use domain::views::river::RiverView;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a page asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What is around every page: the networks I sit in.
    Frame,
    /// What is urgent for me.
    Today,
    /// How the region's networks hang together.
    Networks,
    /// One network.
    Network(NetworkId),
    /// One meeting.
    Meeting(MeetingId),
    /// My organisations' commitments.
    Commitments,
    /// One commitment with the chain it belongs to.
    Commitment(CommitmentId),
    /// One organisation.
    Organisation(OrganisationId),
    /// The river of the region, or of one network.
    River(Option<NetworkId>),
    /// The story of the region, a network, a meeting or an organisation, in events, newest first.
    Story(StoryQuery),
}

/// Which part of a story.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Query::Frame`].
    Frame(Vec<NetworkId>),
    /// To [`Query::Today`].
    Today(Box<Today>),
    /// To [`Query::Networks`].
    Networks(Box<Networks>),
    /// To [`Query::Network`].
    Network(Box<NetworkPage>),
    /// To [`Query::Meeting`].
    Meeting(Box<MeetingPage>),
    /// To [`Query::Commitments`].
    Commitments(Vec<(OrganisationId, CommitmentsView)>),
    /// To [`Query::Commitment`]: the chain, oldest first, and which of them was asked for.
    Commitment(Box<CommitmentPage>),
    /// To [`Query::Organisation`].
    Organisation(Box<OrganisationView>),
    /// To [`Query::River`].
    River(Box<RiverPage>),
    /// To [`Query::Story`].
    Story(Box<Story>),
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

/// Names and words a page needs, opened at the edge. `None` means erased or withdrawn.
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
}

/// What a page gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// Names and words in it.
    pub directory: Directory,
    /// Who asks.
    pub viewer: Viewer,
    /// What the asker is in the network that the page is about; else in the region.
    pub standings: BTreeSet<Standing>,
    /// From which time it is.
    pub as_of: AsOf,
    /// The position of the region's log that it stands for.
    pub position: Position,
    /// How many events in it have no known day.
    pub unknown_days: u32,
    /// Whether it ends before something that a newer release recorded and this one cannot show.
    #[serde(default)]
    pub newer: bool,
    /// A fresh id, from which the forms of this page make their command ids.
    pub fresh: Uuid,
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
