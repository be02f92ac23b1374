//! The newest stored name of every event.

use crate::commitment::event::CommitmentEvent;
use crate::correction::CorrectionEvent;
use crate::event::Event;
use crate::meeting::event::MeetingEvent;
use crate::network::event::NetworkEvent;
use crate::organisation::event::OrganisationEvent;
use crate::person::PersonEvent;
use crate::region::RegionEvent;
use crate::withdrawal::TextEvent;

// One list makes both the names and the exhaustive match: a new event does not compile until it stands here, and then
// has no golden file.
macro_rules! catalogue {
    ($($area:ident($type:ident) { $($variant:ident = $name:literal),+ $(,)? })+) => {
        /// The newest name of every event.
        pub const NEWEST: &[&str] = &[$($($name),+),+];

        /// The newest name of an event.
        #[must_use]
        pub const fn name_of(event: &Event) -> &'static str {
            match event {
                $(Event::$area(event) => match event { $($type::$variant { .. } => $name),+ }),+
            }
        }
    };
}

catalogue! {
    Region(RegionEvent) {
        AdministratorNamed = "region.administrator_named.v1",
        AdministratorDismissed = "region.administrator_dismissed.v1",
    }
    Organisation(OrganisationEvent) {
        Registered = "organisation.registered.v1",
        Renamed = "organisation.renamed.v1",
        NumberGiven = "organisation.number_given.v1",
        Closed = "organisation.closed.v1",
        PhaseReported = "organisation.phase_reported.v1",
        PhaseAssessed = "organisation.phase_assessed.v1",
        MotivationCounted = "organisation.motivation_counted.v1",
    }
    Person(PersonEvent) {
        Registered = "person.registered.v1",
        Renamed = "person.renamed.v1",
        Joined = "person.joined.v1",
        Left = "person.left.v2",
        Erased = "person.erased.v1",
    }
    Network(NetworkEvent) {
        Proposed = "network.proposed.v1",
        Established = "network.established.v1",
        Renamed = "network.renamed.v1",
        Related = "network.related.v1",
        Unrelated = "network.unrelated.v1",
        Merged = "network.merged.v1",
        Ended = "network.ended.v1",
        SeatCreated = "network.seat_created.v1",
        SeatVoteSet = "network.seat_vote_set.v1",
        SeatFilled = "network.seat_filled.v1",
        SeatVacated = "network.seat_vacated.v1",
        SeatEnded = "network.seat_ended.v1",
        RoleGiven = "network.role_given.v1",
        RoleEnded = "network.role_ended.v1",
        CharterSectionWritten = "network.charter_section_written.v1",
        CharterAdopted = "network.charter_adopted.v1",
    }
    Meeting(MeetingEvent) {
        Planned = "meeting.planned.v1",
        Rescheduled = "meeting.rescheduled.v1",
        Cancelled = "meeting.cancelled.v1",
        ItemAdded = "meeting.item_added.v1",
        ItemMoved = "meeting.item_moved.v1",
        ItemWithdrawn = "meeting.item_withdrawn.v1",
        NoticePublished = "meeting.notice_published.v1",
        NoticeAnswered = "meeting.notice_answered.v1",
        Opened = "meeting.opened.v1",
        AttendanceRecorded = "meeting.attendance_recorded.v1",
        ItemStarted = "meeting.item_started.v1",
        ItemEnded = "meeting.item_ended.v1",
        DecisionTaken = "meeting.decision_taken.v1",
        ContractAgreed = "meeting.contract_agreed.v1",
        EvaluationOpened = "meeting.evaluation_opened.v1",
        ChangeAgreed = "meeting.change_agreed.v1",
        RequirementWaived = "meeting.requirement_waived.v1",
        MinutesWritten = "meeting.minutes_written.v1",
        FileAdded = "meeting.file_added.v1",
        Closed = "meeting.closed.v1",
        MinutesPublished = "meeting.minutes_published.v1",
    }
    Commitment(CommitmentEvent) {
        Made = "commitment.made.v1",
        Reworded = "commitment.reworded.v1",
        Declined = "commitment.declined.v1",
        Reported = "commitment.reported.v1",
        CarriedOver = "commitment.carried_over.v1",
    }
    Correction(CorrectionEvent) {
        Made = "correction.made.v1",
    }
    Text(TextEvent) {
        Withdrawn = "text.withdrawn.v1",
    }
}
