//! Which networks stand where on the page. No view is here.

use crate::order::ordered_by_key;
use crate::parts::netmap::layout::Rows;
use domain::ids::NetworkId;
use domain::network::event::NetworkKind;
use domain::network::state::NetworkStatus;
use domain::views::region::NetworkRow;
use serde::Serialize;

/// All kinds of body, the most common ones first.
pub const KINDS: [NetworkKind; 9] = [
    NetworkKind::LeaderNetwork,
    NetworkKind::ResourceTeacherNetwork,
    NetworkKind::ProfessionalNetwork,
    NetworkKind::ProcessNetwork,
    NetworkKind::UpbringingNetwork,
    NetworkKind::EvaluationNetwork,
    NetworkKind::CoordinationGroup,
    NetworkKind::SteeringGroup,
    NetworkKind::Forum,
];

/// A choice as a form sends it: as the domain writes it.
#[must_use]
pub fn code<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(code)) => code,
        // Every choice in a form is an enum without content.
        Ok(_) | Err(_) => String::new(),
    }
}

/// The networks at work or proposed.
#[must_use]
pub fn at_work(rows: &Rows) -> Rows {
    rows.iter()
        .filter(|(_, row)| matches!(row.status, NetworkStatus::AtWork | NetworkStatus::Proposed))
        .map(|(id, row)| (*id, row.clone()))
        .collect()
}

/// The networks of the past, the latest end first.
#[must_use]
pub fn past(rows: &Rows) -> Vec<(NetworkId, NetworkRow)> {
    let past = rows
        .iter()
        .filter(|(_, row)| matches!(row.status, NetworkStatus::Merged | NetworkStatus::Ended))
        .map(|(id, row)| (*id, row.clone()));
    ordered_by_key(past, |(_, row)| std::cmp::Reverse(row.ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use domain::network::event::Relation;
    use uuid::Uuid;

    #[test]
    fn the_past_stands_apart_and_its_latest_end_first() {
        let row = |status, year| NetworkRow {
            status,
            ended: NaiveDate::from_ymd_opt(year, 1, 1),
            ..NetworkRow::default()
        };
        let id = |number| NetworkId(Uuid::from_u128(number));
        let rows = Rows::from([
            (id(1), row(NetworkStatus::Ended, 2019)),
            (id(2), row(NetworkStatus::Merged, 2021)),
            (id(3), row(NetworkStatus::AtWork, 0)),
            (id(4), row(NetworkStatus::Proposed, 0)),
        ]);
        let past: Vec<_> = past(&rows).into_iter().map(|(id, _)| id).collect();
        assert_eq!(past, [id(2), id(1)]);
        assert_eq!(
            at_work(&rows).into_keys().collect::<Vec<_>>(),
            [id(3), id(4)]
        );
    }

    #[test]
    fn a_choice_is_sent_as_the_domain_reads_it() {
        for kind in KINDS {
            let value = serde_json::Value::String(code(&kind));
            assert_eq!(
                serde_json::from_value::<NetworkKind>(value).ok(),
                Some(kind)
            );
        }
        assert_eq!(code(&Relation::Side), "side");
    }
}
