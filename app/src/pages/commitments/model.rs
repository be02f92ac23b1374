//! Commitments in the order they are read in: what is open first, then by school year, the latest first.

use crate::format::school_year_of;
use crate::order::ordered_by_key;
use domain::ids::OrganisationId;
use domain::views::commitments::{CommitmentRow, CommitmentsView};
use std::cmp::Reverse;

/// A commitment with whose it is.
pub type Owned = (OrganisationId, CommitmentRow);

/// Commitments as a page shows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// Nothing told yet; what is due first comes first.
    pub open: Vec<Owned>,
    /// The others by the year that a school year begins in, the latest first; `None` last, for days unknown.
    pub years: Vec<(Option<i32>, Vec<Owned>)>,
}

/// Sorts the commitments of one or several organisations.
#[must_use]
pub fn sorted(all: Vec<(OrganisationId, CommitmentsView)>) -> Sorted {
    let rows = all.into_iter().flat_map(|(organisation, view)| {
        let rows = view.commitments.into_iter();
        rows.map(move |row| (organisation, row))
    });
    let rows = ordered_by_key(rows, |(_, row)| Reverse((row.on, row.worded)));
    let (open, told): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, row)| row.is_open());
    let open = ordered_by_key(open, |(_, row)| (row.due.is_none(), row.due, row.worded));
    let mut years: Vec<(Option<i32>, Vec<Owned>)> = Vec::new();
    for owned in told {
        let year = owned.1.on.map(school_year_of);
        match years.last_mut() {
            Some((last, rows)) if *last == year => rows.push(owned),
            _ => years.push((year, vec![owned])),
        }
    }
    Sorted { open, years }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use domain::commitment::event::Outcome;
    use domain::ids::{CommitmentId, MeetingId, NetworkId, TextId};
    use domain::text::Prose;
    use uuid::Uuid;

    fn row(number: u128, on: Option<(i32, u32)>, outcome: Option<Outcome>) -> CommitmentRow {
        let id = Uuid::from_u128(number);
        CommitmentRow {
            commitment: CommitmentId(id),
            meeting: MeetingId(id),
            network: NetworkId(id),
            text: Prose(TextId(id)),
            worded: u64::try_from(number).expect("small"),
            declined: false,
            on: on.and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1)),
            due: None,
            outcome,
            learned: None,
            carried_from: None,
            carried_to: None,
        }
    }

    fn view(commitments: Vec<CommitmentRow>) -> (OrganisationId, CommitmentsView) {
        let organisation = OrganisationId(Uuid::from_u128(99));
        let view = CommitmentsView {
            organisation: Some(organisation),
            commitments,
        };
        (organisation, view)
    }

    fn numbers(rows: &[Owned]) -> Vec<u64> {
        rows.iter().map(|(_, row)| row.worded).collect()
    }

    #[test]
    fn what_is_open_comes_first_and_what_is_due_before_what_is_not() {
        let mut due = row(2, Some((2021, 3)), None);
        due.due = NaiveDate::from_ymd_opt(2021, 5, 1);
        let told = row(3, Some((2021, 4)), Some(Outcome::Done));
        let all = sorted(vec![view(vec![row(1, Some((2021, 1)), None), due, told])]);
        assert_eq!(numbers(&all.open), [2, 1]);
        assert_eq!(all.years.len(), 1);
    }

    #[test]
    fn told_ones_lie_in_their_school_year_the_latest_first() {
        let all = sorted(vec![
            view(vec![
                row(1, Some((2020, 10)), Some(Outcome::Done)),
                row(2, Some((2021, 9)), Some(Outcome::Not)),
            ]),
            view(vec![
                row(3, Some((2021, 2)), Some(Outcome::Partly)),
                row(4, None, Some(Outcome::Done)),
            ]),
        ]);
        let years: Vec<_> = all
            .years
            .iter()
            .map(|(year, rows)| (*year, numbers(rows)))
            .collect();
        assert_eq!(
            years,
            [
                (Some(2021), vec![2]),
                (Some(2020), vec![3, 1]),
                (None, vec![4])
            ]
        );
    }
}
