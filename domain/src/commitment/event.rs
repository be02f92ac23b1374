//! What happens to an organisation's answer at a meeting.

use crate::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId};
use crate::text::Prose;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Done,
    /// Partly done.
    Partly,
    /// Not done; there is a reason, and something to learn.
    Not,
}

/// What happened to an organisation's answer at a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CommitmentEvent {
    /// The organisation promised itself something until next time.
    #[serde(rename = "commitment.made.v1")]
    Made {
        /// Its id.
        commitment: CommitmentId,
        /// At which meeting.
        meeting: MeetingId,
        /// In which network.
        network: NetworkId,
        /// Who promised.
        organisation: OrganisationId,
        /// What.
        text: Prose,
        /// When the next meeting is, if that was agreed already.
        due: Option<NaiveDate>,
        /// The commitment it goes on with.
        carried_from: Option<CommitmentId>,
    },
    /// The same promise in other words.
    #[serde(rename = "commitment.reworded.v1")]
    Reworded {
        /// Which.
        commitment: CommitmentId,
        /// In which network.
        network: NetworkId,
        /// Whose.
        organisation: OrganisationId,
        /// At which meeting it was made.
        meeting: MeetingId,
        /// What.
        text: Prose,
    },
    /// The organisation promised nothing this time, and said why.
    #[serde(rename = "commitment.declined.v1")]
    Declined {
        /// Its id.
        commitment: CommitmentId,
        /// At which meeting.
        meeting: MeetingId,
        /// In which network.
        network: NetworkId,
        /// Who.
        organisation: OrganisationId,
        /// Why.
        reason: Prose,
    },
    /// The organisation told how it went. It may tell again; the last telling counts.
    #[serde(rename = "commitment.reported.v1")]
    Reported {
        /// Which.
        commitment: CommitmentId,
        /// At which meeting it was made.
        meeting: MeetingId,
        /// In which network.
        network: NetworkId,
        /// Whose.
        organisation: OrganisationId,
        /// How it went.
        outcome: Outcome,
        /// What was learned.
        learned: Option<Prose>,
    },
    /// It goes on in a new commitment.
    #[serde(rename = "commitment.carried_over.v1")]
    CarriedOver {
        /// Which.
        commitment: CommitmentId,
        /// At which meeting it was made.
        meeting: MeetingId,
        /// In which network.
        network: NetworkId,
        /// Whose.
        organisation: OrganisationId,
        /// The new one.
        to: CommitmentId,
    },
}

impl CommitmentEvent {
    /// Which answer it is about, and whose at which meeting: the first follows from the others.
    #[must_use]
    pub const fn identity(&self) -> (CommitmentId, MeetingId, OrganisationId) {
        match self {
            Self::Made {
                commitment,
                meeting,
                organisation,
                ..
            }
            | Self::Reworded {
                commitment,
                meeting,
                organisation,
                ..
            }
            | Self::Declined {
                commitment,
                meeting,
                organisation,
                ..
            }
            | Self::Reported {
                commitment,
                meeting,
                organisation,
                ..
            }
            | Self::CarriedOver {
                commitment,
                meeting,
                organisation,
                ..
            } => (*commitment, *meeting, *organisation),
        }
    }
}
