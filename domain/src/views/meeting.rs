//! A meeting's page, before, during and after.

use super::View;
use super::network::ChangeRow;
use crate::commitment::event::{CommitmentEvent, Outcome};
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{
    ChangeId, CommitmentId, DecisionId, ItemId, MeetingId, NetworkId, OrganisationId, PersonId,
    TenantId,
};
use crate::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingEvent, MeetingKind,
    NoticeAnswer, Presence, Requirement,
};
use crate::meeting::state::{MeetingStatus, place};
use crate::recorded::{Position, Recorded};
use crate::text::Prose;
use crate::time::Timestamp;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A row of the agenda.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The row.
    pub item: ItemId,
    /// What is done.
    pub kind: ItemKind,
    /// What it is called.
    pub title: ItemTitle,
    /// Planned minutes.
    pub minutes: Option<u16>,
    /// Minutes used, by the clock; several starts add up.
    pub used: Option<u16>,
    /// Running since this moment.
    pub running: Option<Timestamp>,
    /// Who presents.
    pub presenter: Option<PersonId>,
    /// The change of an earlier meeting that made its time what it is.
    pub because: Option<(MeetingId, ChangeId)>,
    /// Who put it there.
    pub by: Option<PersonId>,
}

/// What one organisation did in the meeting. Short stored names: a meeting of all units has a hundred and more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitRow {
    /// The answer to the notice.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<NoticeAnswer>,
    /// There or not.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// Who sat there for it.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What it promised; the commitment's id follows from meeting and organisation.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Prose>,
    /// The position of that wording, to be sent back when it is reworded.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub worded: Option<Position>,
    /// Why it promised nothing.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<Prose>,
    /// How it went, last told.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The commitment it goes on with.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<CommitmentId>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRow {
    /// The decision.
    pub decision: DecisionId,
    /// Under which row.
    pub item: Option<ItemId>,
    /// What kind.
    pub kind: DecisionKind,
    /// How.
    pub method: DecisionMethod,
    /// What.
    pub text: Prose,
}

/// The notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// The day it went out.
    pub on: Option<NaiveDate>,
    /// Days between notice and meeting.
    pub lead_days: i64,
    /// Later than the network wants.
    pub late: bool,
}

/// A meeting. Key: the meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeetingView {
    /// Its id, once it was planned.
    pub meeting: Option<MeetingId>,
    /// Whose.
    pub network: Option<NetworkId>,
    /// Which kind.
    pub kind: Option<MeetingKind>,
    /// Where it is in its life.
    pub status: MeetingStatus,
    /// The day.
    pub on: Option<NaiveDate>,
    /// When it starts.
    pub starts: Option<NaiveTime>,
    /// The position of the date's last change, to be sent back when it is moved.
    pub dated: Position,
    /// The day it was first planned for, when it was moved.
    pub moved_from: Option<NaiveDate>,
    /// Why it was moved or cancelled.
    pub reason: Option<Prose>,
    /// Where.
    pub place: Option<Prose>,
    /// Who hosts.
    pub host: Option<OrganisationId>,
    /// What about.
    pub theme: Option<Prose>,
    /// The meeting whose contract it fulfils.
    pub previous: Option<MeetingId>,
    /// The agenda in order.
    pub items: Vec<ItemRow>,
    /// The position of the last change of order.
    pub ordered: Position,
    /// The notice.
    pub notice: Option<NoticeRow>,
    /// What each organisation did.
    pub units: BTreeMap<OrganisationId, UnitRow>,
    /// Decisions in order.
    pub decisions: Vec<DecisionRow>,
    /// The contract for next time.
    pub contract: Option<Contract>,
    /// The position of its last change; 0 when there is none.
    pub contracted: Position,
    /// The evaluation was opened.
    pub evaluation: bool,
    /// Changes agreed for the next agenda.
    pub changes: Vec<ChangeRow>,
    /// What was waived, and why.
    pub waived: BTreeMap<Requirement, Prose>,
    /// The minutes.
    pub minutes: Option<Prose>,
    /// The position of their last version; 0 when there are none.
    pub minutes_written: Position,
    /// When it was opened and closed, by the clock.
    pub opened_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl MeetingView {
    fn unit(&mut self, organisation: OrganisationId) -> &mut UnitRow {
        self.units.entry(organisation).or_default()
    }

    fn on_agenda(&mut self, event: &MeetingEvent, recorded: &Recorded) {
        match event {
            MeetingEvent::ItemAdded {
                item,
                kind,
                title,
                minutes,
                presenter,
                because,
                ..
            } => {
                self.items.retain(|row| row.item != *item);
                self.items.push(ItemRow {
                    item: *item,
                    kind: *kind,
                    title: *title,
                    minutes: *minutes,
                    used: None,
                    running: None,
                    presenter: *presenter,
                    because: *because,
                    by: recorded.actor.person(),
                });
            }
            MeetingEvent::ItemMoved { item, to, .. } => {
                place(&mut self.items, *to, |row| row.item == *item);
                self.ordered = recorded.position;
            }
            MeetingEvent::ItemWithdrawn { item, .. } => {
                self.items.retain(|row| row.item != *item);
                self.ordered = recorded.position;
            }
            MeetingEvent::ItemStarted { item, .. } => {
                if let Some(row) = self.items.iter_mut().find(|row| row.item == *item) {
                    row.running = Some(recorded.recorded_at);
                }
            }
            MeetingEvent::ItemEnded { item, minutes, .. } => {
                if let Some(row) = self.items.iter_mut().find(|row| row.item == *item) {
                    row.running = None;
                    row.used = Some(row.used.unwrap_or(0).saturating_add(*minutes));
                }
            }
            _ => {}
        }
    }

    fn on_meeting(&mut self, event: &MeetingEvent, recorded: &Recorded) {
        match event {
            MeetingEvent::Planned {
                meeting,
                network,
                kind,
                on,
                starts,
                place,
                host,
                theme,
                previous,
                ..
            } => {
                self.meeting = Some(*meeting);
                self.network = Some(*network);
                self.kind = Some(*kind);
                self.on = Some(*on);
                self.starts = Some(*starts);
                self.dated = recorded.position;
                self.place = *place;
                self.host = *host;
                self.theme = *theme;
                self.previous = *previous;
            }
            MeetingEvent::Rescheduled {
                from,
                to,
                starts,
                reason,
                ..
            } => {
                self.moved_from = self.moved_from.or(Some(*from));
                self.on = Some(*to);
                self.starts = Some(*starts);
                self.dated = recorded.position;
                self.reason = Some(*reason);
            }
            MeetingEvent::Cancelled { reason, .. } => {
                self.status = MeetingStatus::Cancelled;
                self.reason = Some(*reason);
            }
            MeetingEvent::NoticePublished {
                lead_days, late, ..
            } => {
                self.status = MeetingStatus::Called;
                self.notice = Some(NoticeRow {
                    on: recorded.effective.from(),
                    lead_days: *lead_days,
                    late: *late,
                });
            }
            MeetingEvent::NoticeAnswered {
                organisation,
                answer,
                ..
            } => {
                self.unit(*organisation).answer = Some(*answer);
            }
            MeetingEvent::Opened { .. } => {
                self.status = MeetingStatus::Open;
                self.opened_at = Some(recorded.recorded_at);
            }
            MeetingEvent::AttendanceRecorded {
                organisation,
                person,
                presence,
                ..
            } => {
                let unit = self.unit(*organisation);
                unit.presence = Some(*presence);
                unit.by = *person;
            }
            MeetingEvent::DecisionTaken {
                decision,
                item,
                kind,
                method,
                text,
                ..
            } => {
                self.decisions.push(DecisionRow {
                    decision: *decision,
                    item: *item,
                    kind: *kind,
                    method: *method,
                    text: *text,
                });
            }
            MeetingEvent::ContractAgreed { contract, .. } => {
                self.contract = Some(*contract);
                self.contracted = recorded.position;
            }
            MeetingEvent::EvaluationOpened { .. } => self.evaluation = true,
            MeetingEvent::ChangeAgreed {
                change,
                item,
                minutes_delta,
                text,
                ..
            } => {
                self.changes.push(ChangeRow {
                    change: *change,
                    item: *item,
                    minutes_delta: *minutes_delta,
                    text: *text,
                });
            }
            MeetingEvent::RequirementWaived {
                requirement,
                reason,
                ..
            } => {
                self.waived.insert(*requirement, *reason);
            }
            MeetingEvent::MinutesWritten { text, .. } => {
                self.minutes = Some(*text);
                self.minutes_written = recorded.position;
            }
            // Read from the meeting's own events where they are shown.
            MeetingEvent::FileAdded { .. } => {}
            MeetingEvent::Closed { .. } => {
                self.status = MeetingStatus::Closed;
                self.closed_at = Some(recorded.recorded_at);
            }
            MeetingEvent::MinutesPublished { .. } => self.status = MeetingStatus::Minuted,
            MeetingEvent::ItemAdded { .. }
            | MeetingEvent::ItemMoved { .. }
            | MeetingEvent::ItemWithdrawn { .. }
            | MeetingEvent::ItemStarted { .. }
            | MeetingEvent::ItemEnded { .. } => self.on_agenda(event, recorded),
        }
    }

    fn on_commitment(&mut self, event: &CommitmentEvent, recorded: &Recorded) {
        match event {
            CommitmentEvent::Made {
                organisation,
                text,
                carried_from,
                ..
            } => {
                let unit = self.unit(*organisation);
                unit.commitment = Some(*text);
                unit.worded = Some(recorded.position);
                unit.declined = None;
                unit.carried_from = *carried_from;
            }
            CommitmentEvent::Reworded {
                organisation, text, ..
            } => {
                let unit = self.unit(*organisation);
                unit.commitment = Some(*text);
                unit.worded = Some(recorded.position);
            }
            CommitmentEvent::Declined {
                organisation,
                reason,
                ..
            } => {
                self.unit(*organisation).declined = Some(*reason);
            }
            CommitmentEvent::Reported {
                organisation,
                outcome,
                ..
            } => {
                self.unit(*organisation).outcome = Some(*outcome);
            }
            CommitmentEvent::CarriedOver { .. } => {}
        }
    }
}

impl Fold for MeetingView {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Meeting(event) => self.on_meeting(event, recorded),
            Event::Commitment(event) => self.on_commitment(event, recorded),
            _ => {}
        }
    }
}

impl View for MeetingView {
    const NAME: &'static str = "meeting";
    const READS: &'static [&'static str] = &[
        "meeting.planned.v1",
        "meeting.rescheduled.v1",
        "meeting.cancelled.v1",
        "meeting.item_added.v1",
        "meeting.item_moved.v1",
        "meeting.item_withdrawn.v1",
        "meeting.notice_published.v1",
        "meeting.notice_answered.v1",
        "meeting.opened.v1",
        "meeting.attendance_recorded.v1",
        "meeting.item_started.v1",
        "meeting.item_ended.v1",
        "meeting.decision_taken.v1",
        "meeting.contract_agreed.v1",
        "meeting.evaluation_opened.v1",
        "meeting.change_agreed.v1",
        "meeting.requirement_waived.v1",
        "meeting.minutes_written.v1",
        "meeting.closed.v1",
        "meeting.minutes_published.v1",
        "commitment.made.v1",
        "commitment.reworded.v1",
        "commitment.declined.v1",
        "commitment.reported.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        let _ = tenant;
        match event {
            Event::Meeting(MeetingEvent::FileAdded { .. }) => Vec::new(),
            Event::Meeting(event) => vec![crate::about::meeting_of(event).0],
            Event::Commitment(
                CommitmentEvent::Made { meeting, .. }
                | CommitmentEvent::Reworded { meeting, .. }
                | CommitmentEvent::Declined { meeting, .. }
                | CommitmentEvent::Reported { meeting, .. },
            ) => vec![meeting.0],
            _ => Vec::new(),
        }
    }
}
