//! Days and moments of orders that no form sends: what Postgres could not keep, or what no life reaches, is refused before
//! anybody decides on it.

use app::error::{AppError, FieldProblem};
use chrono::{Datelike, NaiveDate};
use domain::command::{Command, Submission};
use domain::correction::Instead;
use domain::limits::FIRST_YEAR;
use domain::rejection::Rejection;
use domain::time::Effective;

/// The last year that is written with four digits.
const LAST_YEAR: i32 = 9_999;

/// Refuses an order with a day or a moment out of bounds.
pub(super) fn check(submission: &Submission) -> Result<(), AppError> {
    if let Some(effective) = submission.effective {
        days("effective", effective)?;
    }
    if let Some(moment) = submission.occurred_at {
        year("occurred_at", moment.date_naive())?;
    }
    if let Command::Correct {
        instead: Instead::Replacement { effective, .. },
        ..
    } = &submission.command
    {
        days("instead.replacement.effective", *effective)?;
    }
    Ok(())
}

fn days(field: &str, effective: Effective) -> Result<(), AppError> {
    let Effective::Days { from, to } = effective else {
        return Ok(());
    };
    year(field, from)?;
    year(field, to)?;
    if to < from {
        return Err(refused(field));
    }
    Ok(())
}

fn year(field: &str, day: NaiveDate) -> Result<(), AppError> {
    if day.year() < FIRST_YEAR {
        let rejection = Rejection::TooLongAgo;
        return Err(AppError::Rejected { rejection });
    }
    if day.year() > LAST_YEAR {
        return Err(refused(field));
    }
    Ok(())
}

fn refused(field: &str) -> AppError {
    AppError::Field {
        field: field.to_owned(),
        problem: FieldProblem::Date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_hold_when_they_follow_each_other_in_our_times() {
        let check = |from: &str, to: &str| {
            let day = |text: &str| text.parse().expect("is a day");
            let (from, to) = (day(from), day(to));
            days("effective", Effective::Days { from, to }).map_err(|error| error.to_string())
        };
        assert_eq!(check("2018-01-01", "2018-12-31"), Ok(()));
        assert_eq!(days("effective", Effective::Unknown), Ok(()));
        let too_long_ago = Err("refused: time.too_long_ago".to_owned());
        assert_eq!(check("1066-10-14", "1066-10-14"), too_long_ago);
        assert_eq!(check("-262143-01-01", "2018-01-01"), too_long_ago);
        let refused = Err("the field effective was not accepted".to_owned());
        assert_eq!(check("2018-01-02", "2018-01-01"), refused);
        assert_eq!(check("2018-01-01", "+10000-01-01"), refused);
    }
}
