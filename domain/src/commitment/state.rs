//! An organisation's answer as its events tell it.

use super::event::{CommitmentEvent, Outcome};
use crate::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId};
use crate::recorded::{Position, Recorded};

/// Whose answer it is, at which meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// At which meeting.
    pub meeting: MeetingId,
    /// In which network.
    pub network: NetworkId,
    /// Whose.
    pub organisation: OrganisationId,
}

/// An organisation's answer as its events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commitment {
    /// Where it belongs.
    pub origin: Option<Origin>,
    /// Promised something; else declined.
    pub made: bool,
    /// The position of the last wording.
    pub worded: Position,
    /// How it went, last told.
    pub outcome: Option<Outcome>,
    /// The commitment it goes on in.
    pub carried_to: Option<CommitmentId>,
}

impl Commitment {
    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &CommitmentEvent) {
        match *event {
            CommitmentEvent::Made {
                meeting,
                network,
                organisation,
                ..
            } => {
                self.origin = Some(Origin {
                    meeting,
                    network,
                    organisation,
                });
                self.made = true;
                self.worded = recorded.position;
            }
            CommitmentEvent::Declined {
                meeting,
                network,
                organisation,
                ..
            } => {
                self.origin = Some(Origin {
                    meeting,
                    network,
                    organisation,
                });
                self.made = false;
            }
            CommitmentEvent::Reworded { .. } => self.worded = recorded.position,
            CommitmentEvent::Reported { outcome, .. } => self.outcome = Some(outcome),
            CommitmentEvent::CarriedOver { to, .. } => self.carried_to = Some(to),
        }
    }
}
