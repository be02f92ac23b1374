//! What the plan of a meeting begins with, worked out from the network alone.

use chrono::{Days, NaiveDate, NaiveTime};
use domain::ids::{MeetingId, OrganisationId};
use domain::meeting::event::MeetingKind;
use domain::network::state::NetworkStatus;
use domain::text::Prose;
use domain::views::network::NetworkView;

pub use crate::pages::meeting::model::choice;

/// Weeks until a meeting that nothing was agreed about: time for a notice in good time.
const WEEKS_AHEAD: u64 = 4;

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which kind.
    pub kind: MeetingKind,
    /// The day.
    pub on: NaiveDate,
    /// When it starts.
    pub starts: NaiveTime,
    /// Where.
    pub place: Option<Prose>,
    /// Who hosts.
    pub host: Option<OrganisationId>,
    /// What about.
    pub theme: Option<Prose>,
    /// The meeting whose contract it fulfils.
    pub previous: Option<MeetingId>,
    /// The day of the contract that this is taken from, if it is.
    pub agreed_on: Option<NaiveDate>,
}

impl Proposal {
    /// The contract of the meeting held last, if its day is still ahead; else the rotation's turn and a day in good
    /// time.
    #[must_use]
    pub fn of(network: &NetworkView, today: NaiveDate) -> Self {
        let last = network.last_meeting();
        let kind = kinds(network)
            .first()
            .copied()
            .unwrap_or(MeetingKind::Ordinary);
        let in_time = today
            .checked_add_days(Days::new(WEEKS_AHEAD * 7))
            .unwrap_or(today);
        let previous = last.map(|row| row.meeting);
        let agreed = network
            .contract
            .filter(|(meeting, _)| Some(*meeting) == previous)
            .map(|(_, contract)| contract);
        match agreed {
            Some(contract) => Self {
                kind,
                on: if contract.on < today {
                    in_time
                } else {
                    contract.on
                },
                starts: contract.starts,
                place: contract.place,
                host: contract.host,
                theme: Some(contract.theme),
                previous,
                agreed_on: last.map(|row| row.on),
            },
            None => Self {
                kind,
                on: in_time,
                starts: last.map_or_else(nine, |row| row.starts),
                place: None,
                host: network.next_host(),
                theme: None,
                previous,
                agreed_on: None,
            },
        }
    }
}

fn nine() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()
}

/// The kinds of meeting that can be planned, the likeliest first: a network that is only proposed can start or hold
/// its dialogue conference, one that has met has ordinary meetings.
#[must_use]
pub fn kinds(network: &NetworkView) -> Vec<MeetingKind> {
    match network.status {
        NetworkStatus::Proposed => vec![MeetingKind::Start, MeetingKind::DialogueConference],
        NetworkStatus::AtWork if network.held == 0 => vec![
            MeetingKind::Start,
            MeetingKind::Ordinary,
            MeetingKind::DialogueConference,
        ],
        NetworkStatus::AtWork => vec![
            MeetingKind::Ordinary,
            MeetingKind::DialogueConference,
            MeetingKind::Start,
        ],
        NetworkStatus::Merged | NetworkStatus::Ended => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::TextId;
    use domain::meeting::event::Contract;
    use domain::meeting::state::MeetingStatus;
    use domain::views::network::MeetingRow;
    use uuid::Uuid;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
    }

    fn network() -> NetworkView {
        let meeting = MeetingId(Uuid::from_u128(1));
        NetworkView {
            status: NetworkStatus::AtWork,
            held: 1,
            meetings: vec![MeetingRow {
                meeting,
                kind: MeetingKind::Start,
                on: day(3, 3),
                starts: nine(),
                status: MeetingStatus::Closed,
                theme: None,
                host: None,
            }],
            contract: Some((
                meeting,
                Contract {
                    on: day(4, 14),
                    starts: nine(),
                    place: None,
                    host: Some(OrganisationId(Uuid::from_u128(2))),
                    theme: Prose(TextId(Uuid::from_u128(3))),
                    responsible: None,
                },
            )),
            ..NetworkView::default()
        }
    }

    #[test]
    fn the_plan_begins_as_the_contract_says() {
        let proposal = Proposal::of(&network(), day(3, 10));
        assert_eq!(proposal.on, day(4, 14));
        assert_eq!(proposal.kind, MeetingKind::Ordinary);
        assert_eq!(proposal.host, Some(OrganisationId(Uuid::from_u128(2))));
        assert_eq!(proposal.agreed_on, Some(day(3, 3)));
        assert_eq!(proposal.previous, Some(MeetingId(Uuid::from_u128(1))));
    }

    #[test]
    fn a_contract_whose_day_has_passed_keeps_all_but_the_day() {
        let proposal = Proposal::of(&network(), day(5, 1));
        assert_eq!(proposal.on, day(5, 29));
        assert_eq!(proposal.theme, Some(Prose(TextId(Uuid::from_u128(3)))));
    }

    #[test]
    fn without_a_contract_the_day_is_in_good_time() {
        let mut network = network();
        network.contract = None;
        let proposal = Proposal::of(&network, day(3, 10));
        assert_eq!(proposal.on, day(4, 7));
        assert_eq!(proposal.theme, None);
    }

    #[test]
    fn a_body_that_ended_plans_nothing_and_a_proposed_one_starts() {
        let mut network = network();
        network.status = NetworkStatus::Ended;
        assert!(kinds(&network).is_empty());
        network.status = NetworkStatus::Proposed;
        assert_eq!(kinds(&network).first(), Some(&MeetingKind::Start));
    }
}
