//! Refusals as sentences.

crate::words! {
    /// Refusals and field problems as sentences.
    RefusalWords {
        missing,
        too_long,
        character,
        date,
        time,
        number,
        choice,
        not_found,
        forbidden,
        sign_in,
        repeated,
        busy,
        newer,
        internal,
        transport,
        unknown_organisation,
        unknown_person,
        unknown_network,
        unknown_meeting,
        unknown_commitment,
        unknown_item,
        unknown_seat,
        unknown_event,
        not_permitted,
        in_the_future,
        too_long_ago,
        too_far_ahead,
        in_the_past,
        too_much_at_once,
        words_missing,
        too_large,
        changed,
        already_registered,
        same_name,
        same_number,
        organisation_closed,
        not_a_unit,
        too_few_answers,
        already_there,
        not_there,
        already_administrator,
        not_administrator,
        last_administrator,
        not_proposed,
        not_at_work,
        itself_related,
        already_related,
        not_related,
        already_seated,
        already_in_seat,
        seat_empty,
        same_vote,
        too_many_seats,
        role_needs_a_seat,
        already_in_role,
        role_empty,
        nothing_to_adopt,
        meeting_cancelled,
        meeting_closed,
        meeting_not_open,
        meeting_already_open,
        meeting_not_closed,
        notice_already_out,
        no_notice,
        empty_agenda,
        agenda_full,
        item_minutes,
        no_such_place,
        same_time,
        item_running,
        item_not_running,
        off_the_record,
        not_taking_part,
        too_many_votes,
        no_votes,
        contract_not_after,
        evaluation_already_open,
        evaluation_not_open,
        nothing_to_waive,
        incomplete,
        incomplete_commitments,
        incomplete_contract,
        incomplete_evaluation,
        no_minutes,
        minutes_published,
        already_committed,
        commitment_declined,
        already_carried_over,
        another_organisations,
        another_kind,
        nothing_corrected,
        before_what_happened,
        unknown_text,
        person_erased,
        final_already,
        already_withdrawn,
    }
}

use super::Words;
use crate::error::{AppError, FieldProblem};
use crate::format::{fill, list};
use crate::parts::shown::Shown;
use domain::meeting::event::Requirement;
use domain::rejection::Rejection;

/// What is wrong with a field.
#[must_use]
pub fn problem(problem: FieldProblem, words: &Words) -> String {
    let refusals = &words.refusals;
    match problem {
        FieldProblem::Missing => refusals.missing.clone(),
        FieldProblem::TooLong { max } => fill(&refusals.too_long, &[("max", &max.to_string())]),
        FieldProblem::Character => refusals.character.clone(),
        FieldProblem::Date => refusals.date.clone(),
        FieldProblem::Time => refusals.time.clone(),
        FieldProblem::Number => refusals.number.clone(),
        FieldProblem::Choice => refusals.choice.clone(),
    }
}

/// Why there is no good answer.
#[must_use]
pub fn said(error: &AppError, words: &Words) -> String {
    let refusals = &words.refusals;
    match error {
        AppError::NotFound => refusals.not_found.clone(),
        AppError::Forbidden => refusals.forbidden.clone(),
        AppError::SignInRequired => refusals.sign_in.clone(),
        AppError::Rejected { rejection } => sentence(rejection, words, None),
        AppError::Field { problem: what, .. } => problem(*what, words),
        AppError::Repeated => refusals.repeated.clone(),
        AppError::Busy => refusals.busy.clone(),
        AppError::Newer => refusals.newer.clone(),
        AppError::Internal { reference } => fill(&refusals.internal, &[("reference", reference)]),
        AppError::Transport { .. } => refusals.transport.clone(),
    }
}

/// Why an order was refused, beside its form.
#[must_use]
pub fn beside_form(error: &AppError, shown: Shown, words: &Words) -> String {
    match error {
        AppError::Rejected { rejection } => sentence(rejection, words, Some(shown)),
        AppError::Field { .. } => words.frame.fix_field.clone(),
        other => said(other, words),
    }
}

/// A refusal as a sentence that says what to do. `shown` names what it is about, where a page is around it.
#[must_use]
pub fn sentence(rejection: &Rejection, words: &Words, shown: Option<Shown>) -> String {
    let r = &words.refusals;
    let called = |id| match shown {
        Some(shown) => shown.organisation(id),
        None => words.frame.unknown_organisation.clone(),
    };
    match rejection {
        Rejection::UnknownOrganisation => r.unknown_organisation.clone(),
        Rejection::UnknownPerson => r.unknown_person.clone(),
        Rejection::UnknownNetwork => r.unknown_network.clone(),
        Rejection::UnknownMeeting => r.unknown_meeting.clone(),
        Rejection::UnknownCommitment => r.unknown_commitment.clone(),
        Rejection::UnknownItem => r.unknown_item.clone(),
        Rejection::UnknownSeat => r.unknown_seat.clone(),
        Rejection::UnknownEvent => r.unknown_event.clone(),
        Rejection::NotPermitted => r.not_permitted.clone(),
        Rejection::InTheFuture => r.in_the_future.clone(),
        Rejection::TooLongAgo => r.too_long_ago.clone(),
        Rejection::BeforeWhatHappened => r.before_what_happened.clone(),
        Rejection::TooFarAhead => r.too_far_ahead.clone(),
        Rejection::InThePast => r.in_the_past.clone(),
        Rejection::TooMuchAtOnce => r.too_much_at_once.clone(),
        Rejection::WordsMissing => r.words_missing.clone(),
        Rejection::TooLarge => r.too_large.clone(),
        Rejection::Changed { .. } => r.changed.clone(),
        Rejection::AlreadyRegistered => r.already_registered.clone(),
        Rejection::SameNumber => r.same_number.clone(),
        Rejection::SameName => r.same_name.clone(),
        Rejection::OrganisationClosed => r.organisation_closed.clone(),
        Rejection::NotAUnit => r.not_a_unit.clone(),
        Rejection::TooFewAnswers => r.too_few_answers.clone(),
        Rejection::AlreadyThere => r.already_there.clone(),
        Rejection::NotThere => r.not_there.clone(),
        Rejection::AlreadyAdministrator => r.already_administrator.clone(),
        Rejection::NotAdministrator => r.not_administrator.clone(),
        Rejection::LastAdministrator => r.last_administrator.clone(),
        Rejection::NotProposed => r.not_proposed.clone(),
        Rejection::NotAtWork => r.not_at_work.clone(),
        Rejection::ItselfRelated => r.itself_related.clone(),
        Rejection::AlreadyRelated => r.already_related.clone(),
        Rejection::NotRelated => r.not_related.clone(),
        Rejection::AlreadySeated => r.already_seated.clone(),
        Rejection::AlreadyInSeat => r.already_in_seat.clone(),
        Rejection::SeatEmpty => r.seat_empty.clone(),
        Rejection::SameVote => r.same_vote.clone(),
        Rejection::TooManySeats => r.too_many_seats.clone(),
        Rejection::RoleNeedsASeat => r.role_needs_a_seat.clone(),
        Rejection::AlreadyInRole => r.already_in_role.clone(),
        Rejection::RoleEmpty => r.role_empty.clone(),
        Rejection::NothingToAdopt => r.nothing_to_adopt.clone(),
        Rejection::MeetingCancelled => r.meeting_cancelled.clone(),
        Rejection::MeetingClosed => r.meeting_closed.clone(),
        Rejection::MeetingNotOpen => r.meeting_not_open.clone(),
        Rejection::MeetingAlreadyOpen => r.meeting_already_open.clone(),
        Rejection::MeetingNotClosed => r.meeting_not_closed.clone(),
        Rejection::NoticeAlreadyOut => r.notice_already_out.clone(),
        Rejection::NoNotice => r.no_notice.clone(),
        Rejection::EmptyAgenda => r.empty_agenda.clone(),
        Rejection::AgendaFull => r.agenda_full.clone(),
        Rejection::ItemMinutes => {
            let max = domain::limits::ITEM_MINUTES_MAX.to_string();
            fill(&r.item_minutes, &[("max", &max)])
        }
        Rejection::NoSuchPlace => r.no_such_place.clone(),
        Rejection::SameTime => r.same_time.clone(),
        Rejection::ItemRunning => r.item_running.clone(),
        Rejection::ItemNotRunning => r.item_not_running.clone(),
        Rejection::OffTheRecord => r.off_the_record.clone(),
        Rejection::NotTakingPart => r.not_taking_part.clone(),
        Rejection::TooManyVotes => r.too_many_votes.clone(),
        Rejection::NoVotes => r.no_votes.clone(),
        Rejection::ContractNotAfter => r.contract_not_after.clone(),
        Rejection::EvaluationAlreadyOpen => r.evaluation_already_open.clone(),
        Rejection::EvaluationNotOpen => r.evaluation_not_open.clone(),
        Rejection::NothingToWaive => r.nothing_to_waive.clone(),
        Rejection::NoMinutes => r.no_minutes.clone(),
        Rejection::MinutesPublished => r.minutes_published.clone(),
        Rejection::AlreadyCommitted => r.already_committed.clone(),
        Rejection::CommitmentDeclined => r.commitment_declined.clone(),
        Rejection::AlreadyCarriedOver => r.already_carried_over.clone(),
        Rejection::AnotherOrganisations => r.another_organisations.clone(),
        Rejection::AnotherKindOfEvent => r.another_kind.clone(),
        Rejection::NothingCorrected => r.nothing_corrected.clone(),
        Rejection::UnknownText => r.unknown_text.clone(),
        Rejection::PersonErased => r.person_erased.clone(),
        Rejection::Final => r.final_already.clone(),
        Rejection::AlreadyWithdrawn => r.already_withdrawn.clone(),
        Rejection::MeetingIncomplete {
            missing,
            organisations,
        } => {
            let parts: Vec<_> = missing
                .iter()
                .map(|requirement| match requirement {
                    Requirement::Commitments => {
                        let names: Vec<_> = organisations.iter().map(|id| called(*id)).collect();
                        let names = list(&names, words);
                        fill(&r.incomplete_commitments, &[("organisations", &names)])
                    }
                    Requirement::Contract => r.incomplete_contract.clone(),
                    Requirement::Evaluation => r.incomplete_evaluation.clone(),
                })
                .collect();
            fill(&r.incomplete, &[("missing", &list(&parts, words))])
        }
    }
}
