//! What happens in and around a meeting.

use super::file::{FileDigest, FileKind};
use crate::ids::{ChangeId, DecisionId, ItemId, MeetingId, NetworkId, OrganisationId, PersonId};
use crate::templates::TemplateItem;
use crate::text::Prose;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// Kinds of meeting; each has a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingKind {
    /// Oppstartsmøte: the network finds its charter.
    Start,
    /// Ordinary meeting.
    Ordinary,
    /// Dialogkonferanse.
    DialogueConference,
}

/// What is done under an agenda row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Information.
    Information,
    /// Experience exchange.
    Experience,
    /// Discussion.
    Discussion,
    /// Something is to be decided.
    Decision,
    /// Dialogue rounds, reflection, guidance.
    Dialogue,
    /// A walk through the host school with a question in mind.
    Walk,
    /// What do I and we do until next time?
    Commitments,
    /// Evaluation and changes for next time.
    Evaluation,
    /// Lufting: off the record. Only its time is kept; there is no field to write in.
    OffRecord,
}

/// What an agenda row is called: by the template, in the reader's language, or by somebody's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemTitle {
    /// As the template calls it.
    Template(TemplateItem),
    /// In somebody's words.
    Own(Prose),
}

/// What a notice is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAnswer {
    /// Comes.
    Coming,
    /// Does not come.
    NotComing,
}

/// Whether an organisation was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// There.
    Present,
    /// Not there.
    Absent,
}

/// What kind of decision it is (trondelag.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Vedtak.
    Resolution,
    /// Innstilling to somebody who decides.
    Recommendation,
    /// Tatt til orientering.
    Noted,
}

/// How it was decided. Agreement is the default; votes exist where a mandate gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionMethod {
    /// All agreed.
    Agreement,
    /// Votes were counted.
    Vote {
        /// For.
        ayes: u32,
        /// Against.
        noes: u32,
        /// Blank.
        blank: u32,
    },
}

/// The contract for next time: the note that binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Contract {
    /// The day.
    pub on: NaiveDate,
    /// When it starts, region's time.
    pub starts: NaiveTime,
    /// Where.
    pub place: Option<Prose>,
    /// Who hosts.
    pub host: Option<OrganisationId>,
    /// What about.
    pub theme: Prose,
    /// Who leads.
    pub responsible: Option<PersonId>,
}

/// What a closed meeting must have, unless waived with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A commitment or a recorded refusal of every participating organisation.
    Commitments,
    /// The contract for next time.
    Contract,
    /// The evaluation was opened.
    Evaluation,
}

/// What happened in or around a meeting. Each event says which network it concerns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MeetingEvent {
    /// The meeting was planned.
    #[serde(rename = "meeting.planned.v1")]
    Planned {
        /// Its id.
        meeting: MeetingId,
        /// Whose meeting.
        network: NetworkId,
        /// Which kind.
        kind: MeetingKind,
        /// The day it is to be held.
        on: NaiveDate,
        /// When it starts, region's time.
        starts: NaiveTime,
        /// Where.
        place: Option<Prose>,
        /// Who hosts.
        host: Option<OrganisationId>,
        /// What about.
        theme: Option<Prose>,
        /// The meeting whose contract it fulfils.
        previous: Option<MeetingId>,
    },
    /// It was moved to another day or time.
    #[serde(rename = "meeting.rescheduled.v1")]
    Rescheduled {
        /// Which.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The day before.
        from: NaiveDate,
        /// The day from now on.
        to: NaiveDate,
        /// When it starts.
        starts: NaiveTime,
        /// Why.
        reason: Prose,
    },
    /// It will not be held.
    #[serde(rename = "meeting.cancelled.v1")]
    Cancelled {
        /// Which.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// Why.
        reason: Prose,
    },
    /// A row came onto the agenda, at the end.
    #[serde(rename = "meeting.item_added.v1")]
    ItemAdded {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The row.
        item: ItemId,
        /// What is done.
        kind: ItemKind,
        /// What it is called.
        title: ItemTitle,
        /// Planned minutes; none where the time is open.
        minutes: Option<u16>,
        /// Who presents.
        presenter: Option<PersonId>,
        /// The change agreed at an earlier meeting that made its time what it is.
        because: Option<(MeetingId, ChangeId)>,
    },
    /// A row has another place on the agenda.
    #[serde(rename = "meeting.item_moved.v1")]
    ItemMoved {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The row.
        item: ItemId,
        /// Its place before, from 0.
        from: u16,
        /// Its place from now on, from 0.
        to: u16,
    },
    /// A row was taken off the agenda.
    #[serde(rename = "meeting.item_withdrawn.v1")]
    ItemWithdrawn {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The row.
        item: ItemId,
    },
    /// The notice was published.
    #[serde(rename = "meeting.notice_published.v1")]
    NoticePublished {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// Days between notice and meeting.
        lead_days: i64,
        /// Whether that was later than the network wants.
        late: bool,
    },
    /// Somebody answered the notice.
    #[serde(rename = "meeting.notice_answered.v1")]
    NoticeAnswered {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// For which organisation.
        organisation: OrganisationId,
        /// Who.
        person: PersonId,
        /// What.
        answer: NoticeAnswer,
    },
    /// The meeting began.
    #[serde(rename = "meeting.opened.v1")]
    Opened {
        /// Which.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
    },
    /// An organisation was there, or was not.
    #[serde(rename = "meeting.attendance_recorded.v1")]
    AttendanceRecorded {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// Which organisation.
        organisation: OrganisationId,
        /// Who sat there for it.
        person: Option<PersonId>,
        /// There or not.
        presence: Presence,
    },
    /// A row began.
    #[serde(rename = "meeting.item_started.v1")]
    ItemStarted {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The row.
        item: ItemId,
    },
    /// A row was done.
    #[serde(rename = "meeting.item_ended.v1")]
    ItemEnded {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The row.
        item: ItemId,
        /// How long it took, in minutes, by the clock.
        minutes: u16,
    },
    /// Something was decided.
    #[serde(rename = "meeting.decision_taken.v1")]
    DecisionTaken {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The decision.
        decision: DecisionId,
        /// Under which row.
        item: Option<ItemId>,
        /// What kind.
        kind: DecisionKind,
        /// How.
        method: DecisionMethod,
        /// What.
        text: Prose,
    },
    /// The group agreed on next time.
    #[serde(rename = "meeting.contract_agreed.v1")]
    ContractAgreed {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// What was agreed.
        contract: Contract,
    },
    /// The evaluation was opened.
    #[serde(rename = "meeting.evaluation_opened.v1")]
    EvaluationOpened {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
    },
    /// The group agreed to do something differently next time.
    #[serde(rename = "meeting.change_agreed.v1")]
    ChangeAgreed {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The change.
        change: ChangeId,
        /// The row of the template it is about.
        item: Option<TemplateItem>,
        /// Minutes more (or fewer) for that row.
        minutes_delta: i16,
        /// What and why.
        text: Prose,
    },
    /// Something a closed meeting must have was waived.
    #[serde(rename = "meeting.requirement_waived.v1")]
    RequirementWaived {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// What.
        requirement: Requirement,
        /// Why.
        reason: Prose,
    },
    /// The minutes were written or written anew.
    #[serde(rename = "meeting.minutes_written.v1")]
    MinutesWritten {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// The words beside the facts.
        text: Prose,
    },
    /// A file was added to the meeting. Its bytes lie outside the log, sealed with the key of its name.
    #[serde(rename = "meeting.file_added.v1")]
    FileAdded {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// Its name; the name's id is the file's.
        file: Prose,
        /// What it is.
        kind: FileKind,
        /// How long it is.
        bytes: u64,
        /// What its bytes are told by.
        digest: FileDigest,
    },
    /// The meeting was closed.
    #[serde(rename = "meeting.closed.v1")]
    Closed {
        /// Which.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
    },
    /// The minutes were published; from now on only a correction changes anything.
    #[serde(rename = "meeting.minutes_published.v1")]
    MinutesPublished {
        /// Which meeting.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
    },
}
