//! An organisation's commitments, in all its networks.

use super::View;
use crate::commitment::event::{CommitmentEvent, Outcome};
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{CommitmentId, MeetingId, NetworkId, OrganisationId, TenantId};
use crate::recorded::{Position, Recorded};
use crate::text::Prose;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Commitments kept in the document, the latest; older ones are in the history.
const KEPT: usize = 48;

/// One answer of the organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitmentRow {
    /// Which.
    pub commitment: CommitmentId,
    /// At which meeting.
    pub meeting: MeetingId,
    /// In which network.
    pub network: NetworkId,
    /// What it promised, or why it did not.
    pub text: Prose,
    /// The position of that wording.
    pub worded: Position,
    /// Promised nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declined: bool,
    /// The day it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// When the next meeting is, where that was agreed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// How it went, last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<Prose>,
    /// The commitment it goes on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<CommitmentId>,
    /// The commitment it goes on in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_to: Option<CommitmentId>,
}

impl CommitmentRow {
    /// Nothing was told yet, and it does not go on elsewhere.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.declined && self.outcome.is_none() && self.carried_to.is_none()
    }
}

/// An organisation's commitments, oldest first. Key: the organisation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommitmentsView {
    /// Whose.
    pub organisation: Option<OrganisationId>,
    /// The latest ones.
    pub commitments: Vec<CommitmentRow>,
}

impl CommitmentsView {
    fn add(&mut self, organisation: OrganisationId, row: CommitmentRow) {
        self.organisation = Some(organisation);
        self.commitments
            .retain(|other| other.commitment != row.commitment);
        self.commitments.push(row);
        if self.commitments.len() > KEPT {
            self.commitments.remove(0);
        }
    }

    fn row(&mut self, commitment: CommitmentId, change: impl FnOnce(&mut CommitmentRow)) {
        if let Some(row) = self
            .commitments
            .iter_mut()
            .find(|row| row.commitment == commitment)
        {
            change(row);
        }
    }
}

impl Fold for CommitmentsView {
    fn apply(&mut self, recorded: &Recorded) {
        let Event::Commitment(event) = &recorded.event else {
            return;
        };
        let on = recorded.effective.from();
        let worded = recorded.position;
        match *event {
            CommitmentEvent::Made {
                commitment,
                meeting,
                network,
                organisation,
                text,
                due,
                carried_from,
            } => {
                self.add(
                    organisation,
                    CommitmentRow {
                        commitment,
                        meeting,
                        network,
                        text,
                        worded,
                        declined: false,
                        on,
                        due,
                        outcome: None,
                        learned: None,
                        carried_from,
                        carried_to: None,
                    },
                );
            }
            CommitmentEvent::Declined {
                commitment,
                meeting,
                network,
                organisation,
                reason,
            } => {
                self.add(
                    organisation,
                    CommitmentRow {
                        commitment,
                        meeting,
                        network,
                        text: reason,
                        worded,
                        declined: true,
                        on,
                        due: None,
                        outcome: None,
                        learned: None,
                        carried_from: None,
                        carried_to: None,
                    },
                );
            }
            CommitmentEvent::Reworded {
                commitment, text, ..
            } => self.row(commitment, |row| {
                row.text = text;
                row.worded = worded;
            }),
            CommitmentEvent::Reported {
                commitment,
                outcome,
                learned,
                ..
            } => self.row(commitment, |row| {
                row.outcome = Some(outcome);
                row.learned = learned;
            }),
            CommitmentEvent::CarriedOver { commitment, to, .. } => {
                self.row(commitment, |row| row.carried_to = Some(to));
            }
        }
    }
}

impl View for CommitmentsView {
    const NAME: &'static str = "commitments";
    const READS: &'static [&'static str] = &[
        "commitment.made.v1",
        "commitment.reworded.v1",
        "commitment.declined.v1",
        "commitment.reported.v1",
        "commitment.carried_over.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        let _ = tenant;
        match event {
            Event::Commitment(
                CommitmentEvent::Made { organisation, .. }
                | CommitmentEvent::Reworded { organisation, .. }
                | CommitmentEvent::Declined { organisation, .. }
                | CommitmentEvent::Reported { organisation, .. }
                | CommitmentEvent::CarriedOver { organisation, .. },
            ) => vec![organisation.0],
            _ => Vec::new(),
        }
    }
}
