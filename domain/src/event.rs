//! All events. An event says everything it is about by itself: see [`crate::about`].

use crate::commitment::event::CommitmentEvent;
use crate::correction::CorrectionEvent;
use crate::ids::StreamKind;
use crate::meeting::event::MeetingEvent;
use crate::network::event::NetworkEvent;
use crate::organisation::event::OrganisationEvent;
use crate::person::PersonEvent;
use crate::region::RegionEvent;
use crate::withdrawal::TextEvent;

/// A business fact in the past tense. As JSON it is its name and its data: see [`crate::wire`].
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// About the region.
    Region(RegionEvent),
    /// About an organisation.
    Organisation(OrganisationEvent),
    /// About a person.
    Person(PersonEvent),
    /// About a network.
    Network(NetworkEvent),
    /// About a meeting.
    Meeting(MeetingEvent),
    /// About a commitment.
    Commitment(CommitmentEvent),
    /// About an earlier event.
    Correction(CorrectionEvent),
    /// About a text that an earlier event brought.
    Text(TextEvent),
}

impl Event {
    /// The kind of stream such an event lies in; a correction or withdrawal lies in the stream of the event it is about.
    #[must_use]
    pub const fn stream_kind(&self) -> Option<StreamKind> {
        match self {
            Self::Region(_) => Some(StreamKind::Region),
            Self::Organisation(_) => Some(StreamKind::Organisation),
            Self::Person(_) => Some(StreamKind::Person),
            Self::Network(_) => Some(StreamKind::Network),
            Self::Meeting(_) => Some(StreamKind::Meeting),
            Self::Commitment(_) => Some(StreamKind::Commitment),
            Self::Correction(_) | Self::Text(_) => None,
        }
    }
}

macro_rules! from_area {
    ($($area:ident($event:ty)),+ $(,)?) => {$(
        impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$area(event)
            }
        }
    )+};
}

from_area! {
    Region(RegionEvent),
    Organisation(OrganisationEvent),
    Person(PersonEvent),
    Network(NetworkEvent),
    Meeting(MeetingEvent),
    Commitment(CommitmentEvent),
    Correction(CorrectionEvent),
    Text(TextEvent),
}
