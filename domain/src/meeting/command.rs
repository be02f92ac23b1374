//! Orders to a meeting.

use super::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingKind, NoticeAnswer,
    Presence, Requirement,
};
use super::file::{FileDigest, FileKind};
use crate::ids::{ChangeId, DecisionId, ItemId, MeetingId, NetworkId, OrganisationId, PersonId};
use crate::recorded::Position;
use crate::templates::TemplateItem;
use crate::text::Prose;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// Orders to a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingCommand {
    /// Plan a meeting; its agenda begins as the template of its kind, changed as the previous meeting agreed.
    Plan {
        /// Its id.
        meeting: MeetingId,
        /// Whose.
        network: NetworkId,
        /// Which kind.
        kind: MeetingKind,
        /// The day.
        on: NaiveDate,
        /// When it starts.
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
    /// Move it.
    Reschedule {
        /// Which.
        meeting: MeetingId,
        /// The day from now on.
        on: NaiveDate,
        /// When it starts.
        starts: NaiveTime,
        /// Why.
        reason: Prose,
        /// The position of the date that the mover saw.
        seen: Position,
    },
    /// Cancel it.
    Cancel {
        /// Which.
        meeting: MeetingId,
        /// Why.
        reason: Prose,
    },
    /// Put a row onto the agenda.
    AddItem {
        /// Which meeting.
        meeting: MeetingId,
        /// The row.
        item: ItemId,
        /// What is done.
        kind: ItemKind,
        /// What it is called.
        title: ItemTitle,
        /// Planned minutes.
        minutes: Option<u16>,
        /// Who presents.
        presenter: Option<PersonId>,
    },
    /// Give a row another place.
    MoveItem {
        /// Which meeting.
        meeting: MeetingId,
        /// The row.
        item: ItemId,
        /// The place, from 0.
        to: u16,
        /// The position of the last change of order that the mover saw.
        seen: Position,
    },
    /// Take a row off.
    WithdrawItem {
        /// Which meeting.
        meeting: MeetingId,
        /// The row.
        item: ItemId,
    },
    /// Send the notice.
    PublishNotice {
        /// Which meeting.
        meeting: MeetingId,
    },
    /// Answer the notice.
    AnswerNotice {
        /// Which meeting.
        meeting: MeetingId,
        /// For which organisation.
        organisation: OrganisationId,
        /// What.
        answer: NoticeAnswer,
    },
    /// Begin.
    Open {
        /// Which.
        meeting: MeetingId,
    },
    /// Record who is there.
    RecordAttendance {
        /// Which meeting.
        meeting: MeetingId,
        /// Which organisation.
        organisation: OrganisationId,
        /// There or not.
        presence: Presence,
    },
    /// Begin a row; the one that runs ends.
    StartItem {
        /// Which meeting.
        meeting: MeetingId,
        /// The row.
        item: ItemId,
    },
    /// End the row that runs.
    EndItem {
        /// Which meeting.
        meeting: MeetingId,
        /// The row.
        item: ItemId,
    },
    /// Record a decision.
    Decide {
        /// Which meeting.
        meeting: MeetingId,
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
    /// Agree on next time (again, if it was agreed before).
    AgreeContract {
        /// Which meeting.
        meeting: MeetingId,
        /// What.
        contract: Contract,
        /// The position of the contract that was seen; 0 when there was none.
        seen: Position,
    },
    /// Open the evaluation.
    OpenEvaluation {
        /// Which meeting.
        meeting: MeetingId,
    },
    /// Agree to do something differently next time.
    AgreeChange {
        /// Which meeting.
        meeting: MeetingId,
        /// The change.
        change: ChangeId,
        /// The row of the template it is about.
        item: Option<TemplateItem>,
        /// Minutes more or fewer.
        minutes_delta: i16,
        /// What and why.
        text: Prose,
    },
    /// Do without something a closed meeting must have.
    Waive {
        /// Which meeting.
        meeting: MeetingId,
        /// What.
        requirement: Requirement,
        /// Why.
        reason: Prose,
    },
    /// Write the minutes.
    WriteMinutes {
        /// Which meeting.
        meeting: MeetingId,
        /// The words.
        text: Prose,
        /// The position of the version that was seen; 0 when there was none.
        seen: Position,
    },
    /// Add a file. Its bytes are kept beside the log.
    AddFile {
        /// Which meeting.
        meeting: MeetingId,
        /// Its name; the name's id is the file's.
        file: Prose,
        /// What it is.
        kind: FileKind,
        /// How long it is.
        bytes: u64,
        /// What its bytes are told by.
        digest: FileDigest,
    },
    /// Close.
    Close {
        /// Which.
        meeting: MeetingId,
    },
    /// Publish the minutes.
    PublishMinutes {
        /// Which meeting.
        meeting: MeetingId,
    },
}

impl MeetingCommand {
    /// The meeting the order goes to.
    #[must_use]
    pub const fn meeting(&self) -> MeetingId {
        match self {
            Self::Plan { meeting, .. }
            | Self::Reschedule { meeting, .. }
            | Self::Cancel { meeting, .. }
            | Self::AddItem { meeting, .. }
            | Self::MoveItem { meeting, .. }
            | Self::WithdrawItem { meeting, .. }
            | Self::PublishNotice { meeting }
            | Self::AnswerNotice { meeting, .. }
            | Self::Open { meeting }
            | Self::RecordAttendance { meeting, .. }
            | Self::StartItem { meeting, .. }
            | Self::EndItem { meeting, .. }
            | Self::Decide { meeting, .. }
            | Self::AgreeContract { meeting, .. }
            | Self::OpenEvaluation { meeting }
            | Self::AgreeChange { meeting, .. }
            | Self::Waive { meeting, .. }
            | Self::WriteMinutes { meeting, .. }
            | Self::AddFile { meeting, .. }
            | Self::Close { meeting }
            | Self::PublishMinutes { meeting } => *meeting,
        }
    }
}
