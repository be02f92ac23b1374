//! A meeting as its events tell it.

use super::event::{Contract, ItemKind, MeetingEvent, Requirement};
use super::file::{FileDigest, FileKind};
use crate::ids::{ChangeId, ItemId, NetworkId, OrganisationId};
use crate::recorded::{Position, Recorded};
use crate::rejection::Rejection;
use crate::templates::TemplateItem;
use crate::text::Prose;
use crate::time::Timestamp;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where a meeting is in its life.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MeetingStatus {
    /// Planned; no notice yet.
    #[default]
    Planned,
    /// The notice is out.
    Called,
    /// Going on.
    Open,
    /// Over; the minutes are not out yet.
    Closed,
    /// The minutes are out.
    Minuted,
    /// Will not be held.
    Cancelled,
}

/// A row of the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The row.
    pub id: ItemId,
    /// What is done.
    pub kind: ItemKind,
}

/// A file of the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name; the name's id is the file's.
    pub file: Prose,
    /// What it is.
    pub kind: FileKind,
    /// How long it is.
    pub bytes: u64,
    /// What its bytes are told by.
    pub digest: FileDigest,
    /// The position of the event that it came with.
    pub added: Position,
}

/// A meeting as its events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meeting {
    /// Whose.
    pub network: Option<NetworkId>,
    /// Where it is in its life.
    pub status: MeetingStatus,
    /// Day and time, and the position of their last change.
    pub when: Option<(NaiveDate, NaiveTime, Position)>,
    /// The agenda in order.
    pub items: Vec<Item>,
    /// The position of the last change of order.
    pub ordered: Position,
    /// The row that runs, and since when.
    pub running: Option<(ItemId, Timestamp)>,
    /// Organisations recorded as present.
    pub present: BTreeSet<OrganisationId>,
    /// The contract for next time.
    pub contract: Option<Contract>,
    /// The position of the contract's last change.
    pub contracted: Position,
    /// The evaluation was opened.
    pub evaluation: bool,
    /// What was waived.
    pub waived: BTreeSet<Requirement>,
    /// Changes agreed for the next agenda: which row, minutes more or fewer.
    pub changes: Vec<(ChangeId, Option<TemplateItem>, i16)>,
    /// The position of the last version of the minutes; 0 when there are none.
    pub minutes: Position,
    /// Its files in order, also those that were withdrawn since.
    pub files: Vec<File>,
}

impl Meeting {
    /// Whose meeting it is.
    ///
    /// # Errors
    /// A meeting that was never planned is unknown.
    pub fn network(&self) -> Result<NetworkId, Rejection> {
        self.network.ok_or(Rejection::UnknownMeeting)
    }

    /// It is going on.
    ///
    /// # Errors
    /// A refusal that says what it is instead.
    pub fn require_open(&self) -> Result<(), Rejection> {
        match self.status {
            MeetingStatus::Open => Ok(()),
            MeetingStatus::Planned | MeetingStatus::Called => Err(Rejection::MeetingNotOpen),
            MeetingStatus::Closed | MeetingStatus::Minuted => Err(Rejection::MeetingClosed),
            MeetingStatus::Cancelled => Err(Rejection::MeetingCancelled),
        }
    }

    /// It can still be planned: neither over nor cancelled.
    ///
    /// # Errors
    /// A refusal that says what it is instead.
    pub fn require_ahead(&self) -> Result<(), Rejection> {
        match self.status {
            MeetingStatus::Planned | MeetingStatus::Called | MeetingStatus::Open => Ok(()),
            MeetingStatus::Closed | MeetingStatus::Minuted => Err(Rejection::MeetingClosed),
            MeetingStatus::Cancelled => Err(Rejection::MeetingCancelled),
        }
    }

    /// The row with this id.
    ///
    /// # Errors
    /// There is none.
    pub fn item(&self, id: ItemId) -> Result<Item, Rejection> {
        self.items
            .iter()
            .find(|item| item.id == id)
            .copied()
            .ok_or(Rejection::UnknownItem)
    }

    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &MeetingEvent) {
        match event {
            MeetingEvent::Planned {
                network,
                on,
                starts,
                ..
            } => {
                self.network = Some(*network);
                self.when = Some((*on, *starts, recorded.position));
            }
            MeetingEvent::Rescheduled { to, starts, .. } => {
                self.when = Some((*to, *starts, recorded.position));
            }
            MeetingEvent::Cancelled { .. } => self.status = MeetingStatus::Cancelled,
            MeetingEvent::ItemAdded { item, kind, .. } => {
                self.items.retain(|other| other.id != *item);
                self.items.push(Item {
                    id: *item,
                    kind: *kind,
                });
            }
            MeetingEvent::ItemMoved { item, to, .. } => {
                place(&mut self.items, *to, |other| other.id == *item);
                self.ordered = recorded.position;
            }
            MeetingEvent::ItemWithdrawn { item, .. } => {
                self.items.retain(|other| other.id != *item);
                self.ordered = recorded.position;
            }
            MeetingEvent::NoticePublished { .. } => self.status = MeetingStatus::Called,
            MeetingEvent::NoticeAnswered { .. } => {}
            MeetingEvent::Opened { .. } => self.status = MeetingStatus::Open,
            MeetingEvent::AttendanceRecorded {
                organisation,
                presence,
                ..
            } => match presence {
                super::event::Presence::Present => {
                    self.present.insert(*organisation);
                }
                super::event::Presence::Absent => {
                    self.present.remove(organisation);
                }
            },
            MeetingEvent::ItemStarted { item, .. } => {
                self.running = Some((*item, recorded.recorded_at))
            }
            MeetingEvent::ItemEnded { .. } => self.running = None,
            MeetingEvent::DecisionTaken { .. } => {}
            MeetingEvent::ContractAgreed { contract, .. } => {
                self.contract = Some(*contract);
                self.contracted = recorded.position;
            }
            MeetingEvent::EvaluationOpened { .. } => self.evaluation = true,
            MeetingEvent::ChangeAgreed {
                change,
                item,
                minutes_delta,
                ..
            } => {
                self.changes.push((*change, *item, *minutes_delta));
            }
            MeetingEvent::RequirementWaived { requirement, .. } => {
                self.waived.insert(*requirement);
            }
            MeetingEvent::MinutesWritten { .. } => self.minutes = recorded.position,
            MeetingEvent::FileAdded {
                file,
                kind,
                bytes,
                digest,
                ..
            } => self.files.push(File {
                file: *file,
                kind: *kind,
                bytes: *bytes,
                digest: *digest,
                added: recorded.position,
            }),
            MeetingEvent::Closed { .. } => self.status = MeetingStatus::Closed,
            MeetingEvent::MinutesPublished { .. } => self.status = MeetingStatus::Minuted,
        }
    }
}

/// Moves the first element that fits to a place; beyond the end means last.
pub(crate) fn place<T>(items: &mut Vec<T>, to: u16, fits: impl Fn(&T) -> bool) {
    if let Some(from) = items.iter().position(fits) {
        let item = items.remove(from);
        items.insert(usize::from(to).min(items.len()), item);
    }
}
