//! What no form sends, and is refused before anybody decides on it: days and moments that Postgres could not keep or no
//! life reaches, and new things under the ids of other things.

use super::{PgBackend, Visit, internal};
use crate::store::StoreError;
use app::backend::Caller;
use app::error::{AppError, FieldProblem};
use chrono::{Datelike, NaiveDate};
use domain::command::{Command, Submission};
use domain::correction::Instead;
use domain::ids::StreamId;
use domain::limits::FIRST_YEAR;
use domain::meeting::command::MeetingCommand;
use domain::network::command::NetworkCommand;
use domain::organisation::command::OrganisationCommand;
use domain::person::PersonCommand;
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

/// The stream that an order begins, whose id whoever orders has made.
fn begun(command: &Command) -> Option<StreamId> {
    match command {
        Command::Organisation(OrganisationCommand::Register { organisation, .. }) => {
            Some((*organisation).into())
        }
        Command::Person(PersonCommand::Register { person }) => Some((*person).into()),
        Command::Network(NetworkCommand::Propose { network, .. }) => Some((*network).into()),
        Command::Meeting(MeetingCommand::Plan { meeting, .. }) => Some((*meeting).into()),
        _ => None,
    }
}

impl PgBackend {
    /// Refuses to begin a thing under the id of another: what is about the one would be taken for what is about the
    /// other, and who is inside the one would be inside the other. Forms derive ids from the order's; others choose them.
    pub(crate) async fn check_new_id(
        &self,
        caller: &Caller,
        visit: &Visit,
        command: &Command,
    ) -> Result<(), AppError> {
        let Some(stream) = begun(command) else {
            return Ok(());
        };
        let taken = self
            .is_of_another(visit, stream)
            .await
            .map_err(|error| internal(caller, &error))?;
        if taken {
            let rejection = Rejection::AlreadyRegistered;
            return Err(AppError::Rejected { rejection });
        }
        Ok(())
    }

    async fn is_of_another(&self, visit: &Visit, stream: StreamId) -> Result<bool, StoreError> {
        let tenant = &visit.tenant;
        if [tenant.id, tenant.region_id].contains(&stream.id) {
            return Ok(true);
        }
        let mut scope = self.store().reading(tenant.tenant()).await?;
        // In its own stream the executor knows better: the same order again gets its first answer.
        if !scope.rows_of_streams(&[stream], 1 << 62).await?.is_empty() {
            return Ok(false);
        }
        Ok(!scope.rows_about(stream.id, 0, None, 1).await?.is_empty())
    }
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
