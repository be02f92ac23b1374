//! Ids as types of their own, so that one cannot stand for another. They are parsed and shown here, never made:
//! whoever issues a command makes the ids of what it creates.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A region; its log, keys and people are its own.
    TenantId,
    /// A municipality, school, kindergarten or other body that sits in networks.
    OrganisationId,
    /// A person in one region. The same human in two regions is two persons.
    PersonId,
    /// A network or another body: steering group, leader network, working group.
    NetworkId,
    /// A seat of an organisation in a network.
    SeatId,
    /// A meeting of a network.
    MeetingId,
    /// A row of an agenda.
    ItemId,
    /// A decision taken in a meeting.
    DecisionId,
    /// A change to the next agenda, agreed in a meeting's evaluation.
    ChangeId,
    /// What an organisation promised itself at a meeting: see [`commitment_id`].
    CommitmentId,
    /// A phase or motivation reading.
    ReadingId,
    /// A text somebody wrote; its words lie sealed beside the event that brought it.
    TextId,
    /// A command: the same id again gets the first answer.
    CommandId,
}

/// The id of an organisation's answer to "what do we do until next time?" at a meeting. There is one a meeting and
/// organisation by construction, so the rule that closes a meeting can find each of them.
#[must_use]
pub fn commitment_id(meeting: MeetingId, organisation: OrganisationId) -> CommitmentId {
    CommitmentId(Uuid::new_v5(&meeting.0, organisation.0.as_bytes()))
}

/// The kinds of stream a region's log consists of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// The region itself: its administrators.
    Region,
    /// One organisation: its registration, names and readings.
    Organisation,
    /// One person: name, where they work.
    Person,
    /// One network: relations, seats, roles, charter.
    Network,
    /// One meeting, from plan to close.
    Meeting,
    /// One organisation's answer at one meeting: commitment or refusal, and what became of it.
    Commitment,
}

impl StreamKind {
    /// The stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Organisation => "organisation",
            Self::Person => "person",
            Self::Network => "network",
            Self::Meeting => "meeting",
            Self::Commitment => "commitment",
        }
    }

    /// The kind with this stored name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Region,
            Self::Organisation,
            Self::Person,
            Self::Network,
            Self::Meeting,
            Self::Commitment,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// One stream of a region's log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct StreamId {
    /// What it is a stream of.
    pub kind: StreamKind,
    /// The id of that thing.
    pub id: Uuid,
}

macro_rules! streams {
    ($($id:ident => $kind:ident),+ $(,)?) => {$(
        impl From<$id> for StreamId {
            fn from(id: $id) -> Self {
                Self { kind: StreamKind::$kind, id: id.0 }
            }
        }
    )+};
}

streams! {
    TenantId => Region,
    OrganisationId => Organisation,
    PersonId => Person,
    NetworkId => Network,
    MeetingId => Meeting,
    CommitmentId => Commitment,
}
