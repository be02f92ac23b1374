//! Orders about an organisation's answer at a meeting.

use super::event::Outcome;
use crate::ids::{CommitmentId, MeetingId, OrganisationId};
use crate::recorded::Position;
use crate::text::Prose;
use serde::{Deserialize, Serialize};

/// Orders about an organisation's answer at a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentCommand {
    /// Promise something until next time.
    Make {
        /// At which meeting.
        meeting: MeetingId,
        /// Who.
        organisation: OrganisationId,
        /// What.
        text: Prose,
        /// An earlier commitment it goes on with.
        carried_from: Option<CommitmentId>,
    },
    /// Say the same in other words.
    Reword {
        /// Which.
        commitment: CommitmentId,
        /// What.
        text: Prose,
        /// The position of the wording that the writer saw.
        seen: Position,
    },
    /// Promise nothing this time.
    Decline {
        /// At which meeting.
        meeting: MeetingId,
        /// Who.
        organisation: OrganisationId,
        /// Why.
        reason: Prose,
    },
    /// Tell how it went.
    Report {
        /// Which.
        commitment: CommitmentId,
        /// How.
        outcome: Outcome,
        /// What was learned.
        learned: Option<Prose>,
    },
}
