//! What a network's page shows of its documents. No view is here.

use crate::order::{ordered, ordered_by_key};
use crate::query::NetworkPage;
use domain::ids::{OrganisationId, PersonId};
use domain::meeting::state::MeetingStatus;
use domain::network::event::{NetworkRole, Vote};
use domain::text::Prose;
use domain::views::meeting::{MeetingView, UnitRow};
use domain::views::network::{MeetingRow, NetworkView, SeatRow};
use std::collections::{BTreeMap, BTreeSet};

/// An organisation with its seats.
#[derive(Clone, Debug, PartialEq)]
pub struct Bench {
    /// Which.
    pub organisation: OrganisationId,
    /// Its seats, those with a vote first.
    pub seats: Vec<SeatRow>,
}

/// The seats by organisation, in the order of `name`.
#[must_use]
pub fn benches(seats: &[SeatRow], name: impl Fn(OrganisationId) -> String) -> Vec<Bench> {
    let mut by_organisation: BTreeMap<OrganisationId, Vec<SeatRow>> = BTreeMap::new();
    for seat in seats {
        let bench = by_organisation.entry(seat.organisation).or_default();
        bench.push(seat.clone());
    }
    let benches = by_organisation
        .into_iter()
        .map(|(organisation, seats)| Bench {
            organisation,
            seats: ordered_by_key(seats, |seat| (seat.vote, seat.since, seat.seat)),
        });
    ordered_by_key(benches, |bench| name(bench.organisation).to_lowercase())
}

/// Seats in numbers: organisations, people, votes.
#[must_use]
pub fn seated(seats: &[SeatRow]) -> (usize, usize, usize) {
    let organisations: BTreeSet<_> = seats.iter().map(|seat| seat.organisation).collect();
    let people: BTreeSet<_> = seats.iter().filter_map(|seat| seat.person).collect();
    let votes = seats
        .iter()
        .filter(|seat| seat.vote == Vote::Voting)
        .count();
    (organisations.len(), people.len(), votes)
}

/// The roles in which somebody is there.
#[must_use]
pub fn roles_of(network: &NetworkView, person: PersonId) -> Vec<NetworkRole> {
    network
        .roles
        .iter()
        .filter(|(_, holder)| **holder == person)
        .map(|(role, _)| *role)
        .collect()
}

/// An organisation's answer at a meeting.
#[derive(Clone, Debug, PartialEq)]
pub enum Promise {
    /// What it promised, with what became of it.
    Made(Prose, Option<domain::commitment::event::Outcome>),
    /// Why it promised nothing.
    Declined(Prose),
}

fn promise(unit: &UnitRow) -> Option<Promise> {
    match (unit.commitment, unit.declined) {
        (Some(text), _) => Some(Promise::Made(text, unit.outcome)),
        (None, Some(reason)) => Some(Promise::Declined(reason)),
        (None, None) => None,
    }
}

/// What was promised at a meeting: mine first, then in the order of `name`.
#[must_use]
pub fn promises(
    meeting: &MeetingView,
    mine: impl Fn(OrganisationId) -> bool,
    name: impl Fn(OrganisationId) -> String,
) -> Vec<(OrganisationId, Promise)> {
    let promises = meeting
        .units
        .iter()
        .filter_map(|(organisation, unit)| Some((*organisation, promise(unit)?)));
    ordered_by_key(promises, |(organisation, _)| {
        (!mine(*organisation), name(*organisation).to_lowercase())
    })
}

/// The meetings ahead (and going on), the nearest first, and those that are over, the latest first.
#[must_use]
pub fn meetings(page: &NetworkPage) -> (Vec<MeetingRow>, Vec<MeetingRow>) {
    let (mut over, ahead): (Vec<_>, Vec<_>) =
        page.network.meetings.iter().cloned().partition(|row| {
            matches!(
                row.status,
                MeetingStatus::Closed | MeetingStatus::Minuted | MeetingStatus::Cancelled
            )
        });
    over.reverse();
    (ahead, over)
}

/// People who can be put into an organisation's seats: who works there, or sits there already.
#[must_use]
pub fn candidates(page: &NetworkPage) -> Vec<(OrganisationId, PersonId)> {
    let mut all: Vec<_> = page.people.clone();
    all.extend(
        page.network
            .seats
            .iter()
            .filter_map(|seat| Some((seat.organisation, seat.person?))),
    );
    let mut all = ordered(all, Ord::cmp);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::SeatId;
    use domain::ids::TextId;
    use uuid::Uuid;

    fn organisation(number: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(number))
    }

    fn seat(number: u128, of: u128, vote: Vote, person: Option<u128>) -> SeatRow {
        SeatRow {
            seat: SeatId(Uuid::from_u128(number)),
            organisation: organisation(of),
            vote,
            person: person.map(|person| PersonId(Uuid::from_u128(person))),
            since: None,
        }
    }

    fn name(organisation: OrganisationId) -> String {
        let number = organisation.0.as_u128();
        ["Øre", "ås", "Ask", "Bø"][usize::try_from(number).expect("small")].to_owned()
    }

    #[test]
    fn seats_stand_by_organisation_and_votes_first() {
        let seats = [
            seat(1, 3, Vote::NonVoting, Some(1)),
            seat(2, 2, Vote::Voting, None),
            seat(3, 3, Vote::Voting, Some(2)),
        ];
        let benches = benches(&seats, name);
        let order: Vec<_> = benches.iter().map(|bench| bench.organisation).collect();
        assert_eq!(order, [organisation(2), organisation(3)]);
        assert_eq!(benches[1].seats[0].vote, Vote::Voting);
        assert_eq!(seated(&seats), (2, 2, 2));
    }

    #[test]
    fn my_promise_comes_first_and_silence_is_none() {
        let text = |number| Prose(TextId(Uuid::from_u128(number)));
        let mut meeting = MeetingView::default();
        let made = UnitRow {
            commitment: Some(text(1)),
            ..UnitRow::default()
        };
        let declined = UnitRow {
            declined: Some(text(2)),
            ..UnitRow::default()
        };
        meeting.units.insert(organisation(2), made.clone());
        meeting.units.insert(organisation(3), declined);
        meeting.units.insert(organisation(0), made);
        meeting.units.insert(organisation(1), UnitRow::default());
        let promises = promises(&meeting, |of| of == organisation(3), name);
        let order: Vec<_> = promises.iter().map(|(of, _)| *of).collect();
        assert_eq!(order, [organisation(3), organisation(2), organisation(0)]);
        assert_eq!(promises[0].1, Promise::Declined(text(2)));
    }

    #[test]
    fn who_sits_can_be_chosen_again() {
        let mut page = NetworkPage::default();
        page.network.seats = vec![
            seat(1, 1, Vote::Voting, Some(7)),
            seat(2, 1, Vote::Voting, None),
        ];
        page.people = vec![
            (organisation(1), PersonId(Uuid::from_u128(7))),
            (organisation(1), PersonId(Uuid::from_u128(8))),
        ];
        assert_eq!(candidates(&page).len(), 2);
    }
}
