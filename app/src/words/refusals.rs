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
        internal,
        transport,
    }
}

use super::Words;
use crate::error::{AppError, FieldProblem};
use crate::format::fill;
use crate::parts::shown::Shown;

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
        AppError::Rejected { rejection } => rejection.to_string(),
        AppError::Field { problem: what, .. } => problem(*what, words),
        AppError::Repeated => refusals.repeated.clone(),
        AppError::Busy => refusals.busy.clone(),
        AppError::Internal { reference } => fill(&refusals.internal, &[("reference", reference)]),
        AppError::Transport { .. } => refusals.transport.clone(),
    }
}

/// Why an order was refused, beside its form.
#[must_use]
pub fn beside_form(error: &AppError, shown: Shown, words: &Words) -> String {
    let _ = shown;
    match error {
        AppError::Field { .. } => words.frame.fix_field.clone(),
        other => said(other, words),
    }
}
