//! A network's page: why it exists, who sits there, what was agreed last time, what was promised.

use super::View;
use crate::commitment::event::{CommitmentEvent, Outcome};
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{ChangeId, MeetingId, NetworkId, OrganisationId, PersonId, SeatId, TenantId};
use crate::meeting::event::{Contract, MeetingEvent, MeetingKind};
use crate::meeting::state::MeetingStatus;
use crate::network::event::{
    CharterSection, NetworkEvent, NetworkKind, NetworkRole, Relation, Vote,
};
use crate::network::state::NetworkStatus;
use crate::recorded::{Position, Recorded};
use crate::templates::TemplateItem;
use crate::text::{Name, Prose};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Meetings kept in the document: those ahead and the latest; older ones are in the history.
const MEETINGS_MAX: usize = 16;
/// Adopted versions kept with their days; the number of the last one counts on.
const VERSIONS_MAX: usize = 24;

/// A seat on that day. Short stored names: a body of all units has a hundred and more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatRow {
    /// The seat.
    #[serde(rename = "s")]
    pub seat: SeatId,
    /// Whose.
    #[serde(rename = "o")]
    pub organisation: OrganisationId,
    /// With vote or without.
    #[serde(rename = "v")]
    pub vote: Vote,
    /// Who holds it.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Since when the organisation has it.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
}

/// A section of the charter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionRow {
    /// Its text.
    pub text: Prose,
    /// The position of its last change, to be sent back when it is written anew.
    pub position: Position,
    /// Whether the text stands in the adopted version.
    pub adopted: bool,
}

/// A meeting in the network's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeetingRow {
    /// Which.
    pub meeting: MeetingId,
    /// Which kind.
    pub kind: MeetingKind,
    /// The day.
    pub on: NaiveDate,
    /// When it starts.
    pub starts: NaiveTime,
    /// Where it is in its life.
    pub status: MeetingStatus,
    /// What about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Prose>,
    /// Who hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<OrganisationId>,
}

/// A change agreed for the next agenda.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The change.
    pub change: ChangeId,
    /// The row of the template it is about.
    pub item: Option<TemplateItem>,
    /// Minutes more or fewer.
    pub minutes_delta: i16,
    /// What and why.
    pub text: Prose,
}

/// What the network's organisations promised, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// Commitments made.
    pub made: u32,
    /// Last told: done.
    pub done: u32,
    /// Last told: partly.
    pub partly: u32,
    /// Last told: not.
    pub not: u32,
    /// Declined with a reason.
    pub declined: u32,
    /// Carried over into another.
    pub carried: u32,
}

/// A network. Key: the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    /// Its id, once it was proposed.
    pub network: Option<NetworkId>,
    /// Its name on that day.
    pub called: Option<Name>,
    /// What it was called before, with the last day of each name.
    pub former_names: Vec<(Name, Option<NaiveDate>)>,
    /// What kind of body.
    pub kind: Option<NetworkKind>,
    /// Where it is in its life.
    pub status: NetworkStatus,
    /// Why it was proposed.
    pub purpose: Option<Prose>,
    /// When it began its work.
    pub established: Option<NaiveDate>,
    /// When it ended or was merged.
    pub ended: Option<NaiveDate>,
    /// Why it ended.
    pub end_reason: Option<Prose>,
    /// Where it went up.
    pub merged_into: Option<NetworkId>,
    /// How it hangs under or beside others.
    pub relations: BTreeMap<NetworkId, Relation>,
    /// Bodies that hang under or beside it.
    pub related: BTreeMap<NetworkId, Relation>,
    /// Its seats.
    pub seats: Vec<SeatRow>,
    /// Who has which role.
    pub roles: BTreeMap<NetworkRole, PersonId>,
    /// The charter as written.
    pub charter: BTreeMap<CharterSection, SectionRow>,
    /// The version last adopted; 0 before the first.
    pub charter_version: u32,
    /// Days of the latest adopted versions.
    pub charter_adopted: Vec<(u32, Option<NaiveDate>)>,
    /// Meetings ahead and the latest ones, by day.
    pub meetings: Vec<MeetingRow>,
    /// How many meetings were held.
    pub held: u32,
    /// The contract agreed last, and at which meeting.
    pub contract: Option<(MeetingId, Contract)>,
    /// Changes agreed at the meeting closed last.
    pub changes: Vec<ChangeRow>,
    /// The meeting those changes were agreed at.
    pub changes_of: Option<MeetingId>,
    /// What was promised, in numbers.
    pub promises: Promises,
    /// The outcome last told of commitments that may still be told again; the latest only.
    pub told: Vec<(crate::ids::CommitmentId, Outcome)>,
    /// How often each organisation hosted.
    pub hosted: BTreeMap<OrganisationId, u32>,
}

impl NetworkView {
    /// The organisations that take part.
    #[must_use]
    pub fn organisations(&self) -> Vec<OrganisationId> {
        let mut all: Vec<_> = self.seats.iter().map(|seat| seat.organisation).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The organisation whose turn it is to host: the one that hosted least, the longest-seated first.
    #[must_use]
    pub fn next_host(&self) -> Option<OrganisationId> {
        let least = |seat: &&SeatRow| self.hosted.get(&seat.organisation).copied().unwrap_or(0);
        self.seats
            .iter()
            .min_by_key(least)
            .map(|seat| seat.organisation)
    }

    /// The meetings that go on now, whatever day they were planned for.
    pub fn going_on(&self) -> impl Iterator<Item = &MeetingRow> {
        self.meetings
            .iter()
            .filter(|row| row.status == MeetingStatus::Open)
    }

    /// The next meeting that has not begun, on or after a day.
    #[must_use]
    pub fn ahead(&self, today: NaiveDate) -> Option<&MeetingRow> {
        let waits = |row: &&MeetingRow| {
            matches!(row.status, MeetingStatus::Planned | MeetingStatus::Called)
        };
        self.meetings
            .iter()
            .filter(|row| row.on >= today)
            .filter(waits)
            .min_by_key(|row| (row.on, row.starts))
    }

    /// The meeting that comes next: one that goes on before any that is ahead.
    #[must_use]
    pub fn next_meeting(&self, today: NaiveDate) -> Option<&MeetingRow> {
        self.going_on().next().or_else(|| self.ahead(today))
    }

    /// The meeting closed last.
    #[must_use]
    pub fn last_meeting(&self) -> Option<&MeetingRow> {
        let over = |row: &&MeetingRow| {
            matches!(row.status, MeetingStatus::Closed | MeetingStatus::Minuted)
        };
        self.meetings
            .iter()
            .filter(over)
            .max_by_key(|row| (row.on, row.starts))
    }

    fn on_network(&mut self, event: &NetworkEvent, recorded: &Recorded) {
        let day = recorded.effective.from();
        match event {
            NetworkEvent::Proposed {
                network,
                called,
                kind,
                purpose,
            } => {
                self.network = Some(*network);
                self.called = Some(called.clone());
                self.kind = Some(*kind);
                self.purpose = Some(*purpose);
            }
            NetworkEvent::Established { .. } => {
                self.status = NetworkStatus::AtWork;
                self.established = day;
            }
            NetworkEvent::Renamed { from, to, .. } => {
                self.former_names
                    .push((from.clone(), day.and_then(|day| day.pred_opt())));
                self.called = Some(to.clone());
            }
            NetworkEvent::SeatCreated {
                seat,
                organisation,
                vote,
                ..
            } => {
                self.seats.retain(|row| row.seat != *seat);
                self.seats.push(SeatRow {
                    seat: *seat,
                    organisation: *organisation,
                    vote: *vote,
                    person: None,
                    since: day,
                });
            }
            NetworkEvent::SeatVoteSet { seat, vote, .. } => {
                self.seat(*seat, |row| row.vote = *vote)
            }
            NetworkEvent::SeatFilled { seat, person, .. } => {
                self.seat(*seat, |row| row.person = Some(*person));
            }
            NetworkEvent::SeatVacated { seat, .. } => self.seat(*seat, |row| row.person = None),
            NetworkEvent::SeatEnded { seat, .. } => self.seats.retain(|row| row.seat != *seat),
            NetworkEvent::RoleGiven { role, person, .. } => {
                self.roles.insert(*role, *person);
            }
            NetworkEvent::RoleEnded { role, .. } => {
                self.roles.remove(role);
            }
            NetworkEvent::CharterSectionWritten { section, text, .. } => {
                let row = SectionRow {
                    text: *text,
                    position: recorded.position,
                    adopted: false,
                };
                self.charter.insert(*section, row);
            }
            NetworkEvent::CharterAdopted {
                version, sections, ..
            } => {
                self.charter_version = *version;
                self.charter_adopted.push((*version, day));
                if self.charter_adopted.len() > VERSIONS_MAX {
                    self.charter_adopted.remove(0);
                }
                for (section, text) in sections {
                    if let Some(row) = self.charter.get_mut(section) {
                        row.adopted = row.text == *text;
                    }
                }
            }
            NetworkEvent::Related { .. }
            | NetworkEvent::Unrelated { .. }
            | NetworkEvent::Merged { .. }
            | NetworkEvent::Ended { .. } => {}
        }
    }

    /// Relations and ends are about two bodies; the document is one of them, known once it was proposed.
    fn on_relation(&mut self, event: &NetworkEvent, day: Option<NaiveDate>) {
        let me = self.network;
        match event {
            NetworkEvent::Related {
                network,
                to,
                relation,
            } => {
                if me == Some(*network) {
                    self.relations.insert(*to, *relation);
                } else if me == Some(*to) {
                    self.related.insert(*network, *relation);
                }
            }
            NetworkEvent::Unrelated { network, to } => {
                if me == Some(*network) {
                    self.relations.remove(to);
                } else if me == Some(*to) {
                    self.related.remove(network);
                }
            }
            NetworkEvent::Merged {
                network,
                into,
                reason,
            } if me == Some(*network) => {
                self.status = NetworkStatus::Merged;
                self.merged_into = Some(*into);
                self.ended = day;
                self.end_reason = Some(*reason);
            }
            NetworkEvent::Ended { network, reason } if me == Some(*network) => {
                self.status = NetworkStatus::Ended;
                self.ended = day;
                self.end_reason = Some(*reason);
            }
            _ => {}
        }
    }

    fn seat(&mut self, seat: SeatId, change: impl FnOnce(&mut SeatRow)) {
        if let Some(row) = self.seats.iter_mut().find(|row| row.seat == seat) {
            change(row);
        }
    }

    fn meeting_row(&mut self, meeting: MeetingId, change: impl FnOnce(&mut MeetingRow)) {
        if let Some(row) = self.meetings.iter_mut().find(|row| row.meeting == meeting) {
            change(row);
        }
    }

    fn on_meeting(&mut self, event: &MeetingEvent) {
        match event {
            MeetingEvent::Planned {
                meeting,
                kind,
                on,
                starts,
                theme,
                host,
                ..
            } => {
                self.meetings.retain(|row| row.meeting != *meeting);
                self.meetings.push(MeetingRow {
                    meeting: *meeting,
                    kind: *kind,
                    on: *on,
                    starts: *starts,
                    status: MeetingStatus::Planned,
                    theme: *theme,
                    host: *host,
                });
                self.meetings
                    .sort_by_key(|row| (row.on, row.starts, row.meeting));
                if self.meetings.len() > MEETINGS_MAX {
                    self.meetings.remove(0);
                }
            }
            MeetingEvent::Rescheduled {
                meeting,
                to,
                starts,
                ..
            } => {
                self.meeting_row(*meeting, |row| {
                    row.on = *to;
                    row.starts = *starts;
                });
                self.meetings
                    .sort_by_key(|row| (row.on, row.starts, row.meeting));
            }
            MeetingEvent::Cancelled { meeting, .. } => {
                self.meeting_row(*meeting, |row| row.status = MeetingStatus::Cancelled);
            }
            MeetingEvent::NoticePublished { meeting, .. } => {
                self.meeting_row(*meeting, |row| row.status = MeetingStatus::Called);
            }
            MeetingEvent::Opened { meeting, .. } => {
                self.meeting_row(*meeting, |row| row.status = MeetingStatus::Open);
            }
            MeetingEvent::ContractAgreed {
                meeting, contract, ..
            } => {
                self.contract = Some((*meeting, *contract));
            }
            MeetingEvent::ChangeAgreed {
                meeting,
                change,
                item,
                minutes_delta,
                text,
                ..
            } => {
                if self.changes_of != Some(*meeting) {
                    self.changes.clear();
                    self.changes_of = Some(*meeting);
                }
                self.changes.push(ChangeRow {
                    change: *change,
                    item: *item,
                    minutes_delta: *minutes_delta,
                    text: *text,
                });
            }
            MeetingEvent::Closed { meeting, .. } => {
                self.held += 1;
                let mut host = None;
                self.meeting_row(*meeting, |row| {
                    row.status = MeetingStatus::Closed;
                    host = row.host;
                });
                if let Some(host) = host {
                    *self.hosted.entry(host).or_default() += 1;
                }
            }
            MeetingEvent::MinutesPublished { meeting, .. } => {
                self.meeting_row(*meeting, |row| row.status = MeetingStatus::Minuted);
            }
            _ => {}
        }
    }

    fn on_commitment(&mut self, event: &CommitmentEvent) {
        match event {
            CommitmentEvent::Made { .. } => self.promises.made += 1,
            CommitmentEvent::Declined { .. } => self.promises.declined += 1,
            CommitmentEvent::CarriedOver { .. } => self.promises.carried += 1,
            CommitmentEvent::Reported {
                commitment,
                outcome,
                ..
            } => {
                if let Some(at) = self.told.iter().position(|(told, _)| told == commitment) {
                    let (_, before) = self.told.remove(at);
                    let count = self.outcome(before);
                    *count = count.saturating_sub(1);
                }
                *self.outcome(*outcome) += 1;
                self.told.push((*commitment, *outcome));
                if self.told.len() > 40 {
                    self.told.remove(0);
                }
            }
            CommitmentEvent::Reworded { .. } => {}
        }
    }

    fn outcome(&mut self, outcome: Outcome) -> &mut u32 {
        match outcome {
            Outcome::Done => &mut self.promises.done,
            Outcome::Partly => &mut self.promises.partly,
            Outcome::Not => &mut self.promises.not,
        }
    }
}

impl Fold for NetworkView {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Network(
                event @ (NetworkEvent::Related { .. }
                | NetworkEvent::Unrelated { .. }
                | NetworkEvent::Merged { .. }
                | NetworkEvent::Ended { .. }),
            ) => self.on_relation(event, recorded.effective.from()),
            Event::Network(event) => self.on_network(event, recorded),
            Event::Meeting(event) => self.on_meeting(event),
            Event::Commitment(event) => self.on_commitment(event),
            Event::Region(_)
            | Event::Organisation(_)
            | Event::Person(_)
            | Event::Correction(_)
            | Event::Text(_) => {}
        }
    }
}

impl View for NetworkView {
    const NAME: &'static str = "network";
    const READS: &'static [&'static str] = &[
        "network.proposed.v1",
        "network.established.v1",
        "network.renamed.v1",
        "network.related.v1",
        "network.unrelated.v1",
        "network.merged.v1",
        "network.ended.v1",
        "network.seat_created.v1",
        "network.seat_vote_set.v1",
        "network.seat_filled.v1",
        "network.seat_vacated.v1",
        "network.seat_ended.v1",
        "network.role_given.v1",
        "network.role_ended.v1",
        "network.charter_section_written.v1",
        "network.charter_adopted.v1",
        "meeting.planned.v1",
        "meeting.rescheduled.v1",
        "meeting.cancelled.v1",
        "meeting.notice_published.v1",
        "meeting.opened.v1",
        "meeting.contract_agreed.v1",
        "meeting.change_agreed.v1",
        "meeting.closed.v1",
        "meeting.minutes_published.v1",
        "commitment.made.v1",
        "commitment.declined.v1",
        "commitment.reported.v1",
        "commitment.carried_over.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        let _ = tenant;
        match event {
            Event::Network(
                NetworkEvent::Related { network, to, .. } | NetworkEvent::Unrelated { network, to },
            ) => {
                vec![network.0, to.0]
            }
            Event::Network(NetworkEvent::Merged { network, .. }) => vec![network.0],
            Event::Network(_) => crate::about::stream_of(event, tenant)
                .map(|stream| stream.id)
                .into_iter()
                .collect(),
            Event::Meeting(
                MeetingEvent::Planned { network, .. }
                | MeetingEvent::Rescheduled { network, .. }
                | MeetingEvent::Cancelled { network, .. }
                | MeetingEvent::NoticePublished { network, .. }
                | MeetingEvent::Opened { network, .. }
                | MeetingEvent::ContractAgreed { network, .. }
                | MeetingEvent::ChangeAgreed { network, .. }
                | MeetingEvent::Closed { network, .. }
                | MeetingEvent::MinutesPublished { network, .. },
            ) => vec![network.0],
            Event::Commitment(
                CommitmentEvent::Made { network, .. }
                | CommitmentEvent::Declined { network, .. }
                | CommitmentEvent::Reported { network, .. }
                | CommitmentEvent::CarriedOver { network, .. },
            ) => vec![network.0],
            _ => Vec::new(),
        }
    }
}
