//! Refusals: normal answers, each with a stable code. The words for people are elsewhere, in three languages.

use crate::meeting::event::Requirement;
use crate::recorded::Position;
use serde::{Deserialize, Serialize};

/// What kind of refusal, for the status of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionKind {
    /// There is no such thing (or it is another region's).
    NotFound,
    /// The actor may not.
    Forbidden,
    /// The state does not allow it.
    Conflict,
    /// The order makes no sense by itself.
    Invalid,
}

macro_rules! rejections {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)? })? = $code:literal, $kind:ident;)+) => {
        /// Why a command was refused.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
        pub enum Rejection {
            $($(#[$doc])* #[error($code)] #[serde(rename = $code)] $name $({ $($(#[$field_doc])* $field: $type),+ })?,)+
        }

        impl Rejection {
            /// The stable code.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code,)+ }
            }

            /// What kind of refusal.
            #[must_use]
            pub const fn kind(&self) -> RejectionKind {
                match self { $(Self::$name { .. } => RejectionKind::$kind,)+ }
            }
        }
    };
}

rejections! {
    /// No such organisation.
    UnknownOrganisation = "organisation.unknown", NotFound;
    /// No such person.
    UnknownPerson = "person.unknown", NotFound;
    /// No such network.
    UnknownNetwork = "network.unknown", NotFound;
    /// No such meeting.
    UnknownMeeting = "meeting.unknown", NotFound;
    /// No such commitment.
    UnknownCommitment = "commitment.unknown", NotFound;
    /// No such agenda row.
    UnknownItem = "meeting.unknown_item", NotFound;
    /// No such seat.
    UnknownSeat = "network.unknown_seat", NotFound;
    /// No such event in that stream.
    UnknownEvent = "correction.unknown_event", NotFound;

    /// The event holds no such text.
    UnknownText = "text.unknown", NotFound;

    /// The actor's standing does not permit it.
    NotPermitted = "access.not_permitted", Forbidden;

    /// A plan or day lies in the future where only the past makes sense.
    InTheFuture = "time.in_the_future", Invalid;
    /// Further back than the log reaches.
    TooLongAgo = "time.too_long_ago", Invalid;
    /// Something later has happened to the same thing already; on that earlier day it would change nothing.
    BeforeWhatHappened = "time.before_what_happened", Invalid;
    /// A plan lies too far ahead.
    TooFarAhead = "time.too_far_ahead", Invalid;
    /// A plan lies in the past.
    InThePast = "time.in_the_past", Invalid;
    /// More than one command may bring.
    TooMuchAtOnce = "command.too_much_at_once", Invalid;
    /// The words that a command refers to are missing.
    WordsMissing = "command.words_missing", Invalid;
    /// The stored event would be too large.
    TooLarge = "command.too_large", Invalid;
    /// Something changed since the user saw it.
    Changed {
        /// The position of the last change.
        position: Position,
    } = "command.changed_meanwhile", Conflict;

    /// Registered already.
    AlreadyRegistered = "register.already_registered", Conflict;
    /// The same name as before.
    SameName = "register.same_name", Conflict;
    /// The same organisation number as before.
    SameNumber = "organisation.same_number", Conflict;
    /// Closed down.
    OrganisationClosed = "organisation.closed", Conflict;
    /// Phases and motivation are read at schools and kindergartens.
    NotAUnit = "organisation.not_a_unit", Invalid;
    /// Fewer answers than keep people unrecognised.
    TooFewAnswers = "organisation.too_few_answers", Invalid;
    /// Works there already, in that role.
    AlreadyThere = "person.already_there", Conflict;
    /// Does not work there.
    NotThere = "person.not_there", Conflict;
    /// The person was forgotten.
    PersonErased = "person.erased", Conflict;
    /// Is administrator already.
    AlreadyAdministrator = "region.already_administrator", Conflict;
    /// Is not administrator.
    NotAdministrator = "region.not_administrator", Conflict;
    /// A region needs an administrator.
    LastAdministrator = "region.last_administrator", Conflict;

    /// The network is not proposed any more.
    NotProposed = "network.not_proposed", Conflict;
    /// The network is not in work: proposed only, merged or ended.
    NotAtWork = "network.not_at_work", Conflict;
    /// A network cannot be related to itself.
    ItselfRelated = "network.itself", Invalid;
    /// Related like that already.
    AlreadyRelated = "network.already_related", Conflict;
    /// Not related.
    NotRelated = "network.not_related", Conflict;
    /// The organisation has such a seat already.
    AlreadySeated = "network.already_seated", Conflict;
    /// The seat is taken by that person already.
    AlreadyInSeat = "network.already_in_seat", Conflict;
    /// Nobody sits there.
    SeatEmpty = "network.seat_empty", Conflict;
    /// The seat votes (or does not) already.
    SameVote = "network.same_vote", Conflict;
    /// As many seats as a network can hold.
    TooManySeats = "network.too_many_seats", Conflict;
    /// A leader, deputy or minute taker sits in the network.
    RoleNeedsASeat = "network.role_needs_a_seat", Conflict;
    /// Has the role already.
    AlreadyInRole = "network.already_in_role", Conflict;
    /// Nobody has the role.
    RoleEmpty = "network.role_empty", Conflict;
    /// Nothing was written since the last version.
    NothingToAdopt = "network.nothing_to_adopt", Conflict;

    /// The meeting was cancelled.
    MeetingCancelled = "meeting.cancelled", Conflict;
    /// The meeting is closed; only a correction changes anything.
    MeetingClosed = "meeting.closed", Conflict;
    /// The meeting has not been opened.
    MeetingNotOpen = "meeting.not_open", Conflict;
    /// The meeting is open already.
    MeetingAlreadyOpen = "meeting.already_open", Conflict;
    /// The meeting is not closed yet.
    MeetingNotClosed = "meeting.not_closed", Conflict;
    /// The notice is out already.
    NoticeAlreadyOut = "meeting.notice_already_out", Conflict;
    /// There is no notice to answer.
    NoNotice = "meeting.no_notice", Conflict;
    /// An agenda needs a row before the notice goes out.
    EmptyAgenda = "meeting.empty_agenda", Conflict;
    /// As many rows as an agenda can hold.
    AgendaFull = "meeting.agenda_full", Conflict;
    /// The row's minutes are not between 1 and a day.
    ItemMinutes = "meeting.item_minutes", Invalid;
    /// No such place on the agenda.
    NoSuchPlace = "meeting.no_such_place", Invalid;
    /// The meeting is on that day at that time already.
    SameTime = "meeting.same_time", Conflict;
    /// The row is running already.
    ItemRunning = "meeting.item_running", Conflict;
    /// The row is not running.
    ItemNotRunning = "meeting.item_not_running", Conflict;
    /// The row is off the record: there is nothing to write.
    OffTheRecord = "meeting.off_the_record", Conflict;
    /// The organisation has no seat in the network.
    NotTakingPart = "meeting.not_taking_part", Conflict;
    /// More votes than voting seats.
    TooManyVotes = "meeting.too_many_votes", Invalid;
    /// No votes at all.
    NoVotes = "meeting.no_votes", Invalid;
    /// The next meeting must be after this one.
    ContractNotAfter = "meeting.contract_not_after", Invalid;
    /// The evaluation is open already.
    EvaluationAlreadyOpen = "meeting.evaluation_already_open", Conflict;
    /// The evaluation is not open.
    EvaluationNotOpen = "meeting.evaluation_not_open", Conflict;
    /// It is there, or was waived, already.
    NothingToWaive = "meeting.nothing_to_waive", Conflict;
    /// Something is missing before the meeting can close.
    MeetingIncomplete {
        /// What.
        missing: Vec<Requirement>,
        /// The organisations without commitment or refusal.
        organisations: Vec<crate::ids::OrganisationId>,
    } = "meeting.incomplete", Conflict;
    /// There are no minutes yet.
    NoMinutes = "meeting.no_minutes", Conflict;
    /// The minutes are published; only a correction changes anything.
    MinutesPublished = "meeting.minutes_already_published", Conflict;

    /// The organisation has made its commitment at this meeting.
    AlreadyCommitted = "commitment.already_made", Conflict;
    /// The organisation declined; there is nothing to report or reword.
    CommitmentDeclined = "commitment.declined", Conflict;
    /// It is carried over already.
    AlreadyCarriedOver = "commitment.already_carried_over", Conflict;
    /// Only an organisation's own commitment can be carried over.
    AnotherOrganisations = "commitment.another_organisations", Conflict;

    /// A correction cannot make another thing of an event: retract it and record the other.
    AnotherKindOfEvent = "correction.another_kind", Invalid;
    /// A correction that changes nothing.
    NothingCorrected = "correction.nothing_corrected", Conflict;
    /// What was erased or withdrawn is gone: no correction brings it back.
    Final = "correction.final", Conflict;
    /// The text is withdrawn already.
    AlreadyWithdrawn = "text.already_withdrawn", Conflict;
}

#[cfg(test)]
mod tests;
