use super::{Fold, Live, MustRefold, timeline};
use crate::correction::Instead;
use crate::event::Event;
use crate::network::event::{CharterSection, NetworkEvent};
use crate::organisation::event::{OrganisationEvent, Phase, PhaseReading, ReadingSource};
use crate::recorded::Recorded;
use crate::rule::State;
use crate::testing::{
    Log, Scenario, day, established, morning, name, network, organisation, proposed, reading,
    school, tenant, text,
};
use crate::time::{AsOf, Effective};

/// What a lecture's notes say: kept as a section of the charter, so that an ordinary event carries its date.
fn notes() -> Event {
    NetworkEvent::CharterSectionWritten {
        network: network(1),
        section: CharterSection::Other,
        text: text(1),
    }
    .into()
}

fn instead(event: Event, effective: Effective) -> Instead {
    Instead::Replacement {
        event: Box::new(event),
        effective,
    }
}

/// Gauldal: the notes of a lecture were dated 21 October 2015 when they were entered, a week after the meeting they
/// were sent out for. The lecture was on 21 September. Entered on 1 March 2016, corrected on 2 April, position 2.
fn lecture() -> Scenario {
    let scenario = Scenario::given([])
        .and_effective(Effective::day(day(2015, 9, 1)), [proposed(1)])
        .and_effective(Effective::day(day(2015, 10, 21)), [notes()])
        .on(day(2026, 4, 2));
    scenario
        .when_corrected(2, instead(notes(), Effective::day(day(2015, 9, 21))))
        .then_accepted(|_| {})
}

fn positions(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(|recorded| recorded.position).collect()
}

fn on(year: i32, month: u32, of_month: u32) -> AsOf {
    AsOf {
        on: Some(day(year, month, of_month)),
        known_at: None,
    }
}

#[test]
fn the_lecture_was_in_september_as_known_after_the_correction() {
    let scenario = lecture();
    let log = scenario.log();
    let known = |as_of: AsOf| positions(&log.timeline(network(1), as_of).events);
    assert_eq!(known(on(2015, 9, 20)), [1]);
    assert_eq!(known(on(2015, 9, 21)), [1, 2]);
    assert_eq!(known(on(2015, 10, 1)), [1, 2]);
    assert_eq!(known(AsOf::LIVE), [1, 2]);
}

#[test]
fn the_lecture_was_in_october_as_known_before_the_correction() {
    let scenario = lecture();
    let log = scenario.log();
    let known = |as_of: AsOf| {
        let known_at = Some(morning(day(2026, 4, 1)));
        positions(&log.timeline(network(1), AsOf { known_at, ..as_of }).events)
    };
    assert_eq!(known(on(2015, 9, 21)), [1]);
    assert_eq!(known(on(2015, 10, 20)), [1]);
    assert_eq!(known(on(2015, 10, 21)), [1, 2]);
}

#[test]
fn nothing_was_known_before_it_was_recorded() {
    let scenario = lecture();
    let known_at = Some(morning(day(2026, 3, 1)));
    let timeline = scenario
        .log()
        .timeline(network(1), AsOf { on: None, known_at });
    assert_eq!(timeline.events, []);
}

#[test]
fn a_correction_is_known_from_the_very_moment_it_was_recorded() {
    let scenario = lecture();
    let recorded_at = scenario.log().events()[2].recorded_at;
    let effective = |known_at| {
        let as_of = AsOf {
            on: None,
            known_at: Some(known_at),
        };
        scenario.log().timeline(network(1), as_of).events[1].effective
    };
    assert_eq!(effective(recorded_at), Effective::day(day(2015, 9, 21)));
    let before = recorded_at - chrono::TimeDelta::microseconds(1);
    assert_eq!(effective(before), Effective::day(day(2015, 10, 21)));
}

#[test]
fn the_corrected_event_keeps_its_place_in_the_log_and_who_recorded_it() {
    let scenario = lecture();
    let log = scenario.log();
    let corrected = &log.timeline(network(1), AsOf::LIVE).events[1];
    let original = &log.events()[1];
    assert_eq!(corrected.position, original.position);
    assert_eq!(corrected.recorded_at, original.recorded_at);
    assert_eq!(corrected.command, original.command);
}

fn day_of_notes(scenario: &Scenario) -> Option<Effective> {
    let timeline = scenario.log().timeline(network(1), AsOf::LIVE);
    let notes = timeline
        .events
        .iter()
        .find(|recorded| recorded.position == 2);
    notes.map(|recorded| recorded.effective)
}

#[test]
fn a_correction_of_a_correction_stands_in_its_place() {
    let scenario = lecture()
        .when_corrected(3, instead(notes(), Effective::month(2015, 9).unwrap()))
        .then_accepted(|_| {});
    assert_eq!(day_of_notes(&scenario), Effective::month(2015, 9));
}

#[test]
fn a_retracted_correction_gives_back_what_stood_before() {
    let scenario = lecture()
        .when_corrected(3, Instead::Retracted)
        .then_accepted(|_| {});
    assert_eq!(
        day_of_notes(&scenario),
        Some(Effective::day(day(2015, 10, 21)))
    );
}

#[test]
fn a_retracted_retraction_brings_the_event_back_as_last_corrected() {
    let scenario = lecture()
        .when_corrected(2, Instead::Retracted)
        .then_accepted(|_| {});
    assert_eq!(day_of_notes(&scenario), None);
    let scenario = scenario
        .when_corrected(4, Instead::Retracted)
        .then_accepted(|_| {});
    assert_eq!(
        day_of_notes(&scenario),
        Some(Effective::day(day(2015, 9, 21)))
    );
}

#[test]
fn the_last_correction_wins() {
    let scenario = lecture()
        .when_corrected(2, instead(notes(), Effective::day(day(2015, 9, 22))))
        .then_accepted(|_| {});
    assert_eq!(
        day_of_notes(&scenario),
        Some(Effective::day(day(2015, 9, 22)))
    );
}

#[test]
fn events_stand_in_the_order_in_which_they_were_true_and_unknown_days_come_last() {
    let scenario = Scenario::given([school(1)])
        .and_effective(Effective::Unknown, [read(Phase::Initiation)])
        .and_effective(Effective::year(2020).unwrap(), [read(Phase::Initiation)])
        .and_effective(
            Effective::day(day(2020, 1, 1)),
            [read(Phase::Implementation)],
        )
        .and_effective(
            Effective::month(2020, 1).unwrap(),
            [read(Phase::Initiation)],
        )
        .and_effective(Effective::day(day(2020, 1, 1)), [read(Phase::Initiation)]);
    let timeline = scenario.log().timeline(organisation(1), AsOf::LIVE);
    // A day before its month before its year; the same day in the order recorded; today; nobody knows.
    assert_eq!(positions(&timeline.events), [4, 6, 5, 3, 1, 2]);
    assert_eq!(timeline.unknown_days, 1);
}

#[test]
fn what_has_no_known_day_is_there_on_every_day_and_the_page_can_say_so() {
    let scenario = Scenario::given([]).and_effective(Effective::Unknown, [school(1)]);
    let timeline = scenario.log().timeline(organisation(1), on(1999, 1, 1));
    assert_eq!(positions(&timeline.events), [1]);
    assert_eq!(timeline.unknown_days, 1);
}

#[test]
fn months_and_years_begin_on_their_first_day_and_end_on_their_last() {
    assert_eq!(
        Effective::month(2024, 2),
        Some(Effective::Days {
            from: day(2024, 2, 1),
            to: day(2024, 2, 29)
        })
    );
    assert_eq!(
        Effective::month(2015, 12),
        Some(Effective::Days {
            from: day(2015, 12, 1),
            to: day(2015, 12, 31)
        })
    );
    assert_eq!(Effective::month(2015, 13), None);
    assert_eq!(
        Effective::year(2015),
        Some(Effective::Days {
            from: day(2015, 1, 1),
            to: day(2015, 12, 31)
        })
    );
}

fn read(phase: Phase) -> Event {
    PhaseReading {
        reading: reading(1),
        network: network(1),
        organisation: organisation(1),
        phase,
    }
    .by(ReadingSource::SelfReported)
    .into()
}

fn renamed(to: &str) -> Event {
    OrganisationEvent::Renamed {
        organisation: organisation(1),
        from: name("Organisation 1"),
        to: name(to),
    }
    .into()
}

#[test]
fn a_back_dated_event_takes_its_place_and_the_fold_is_made_anew() {
    let scenario = Scenario::given([])
        .and_effective(Effective::day(day(2020, 1, 1)), [school(1)])
        .and_effective(Effective::day(day(2022, 1, 1)), [renamed("Ny skole")])
        .and_effective(Effective::day(day(2021, 1, 1)), [renamed("Mellom skole")]);
    let log = scenario.log();
    let events = log.stream(organisation(1));
    let mut live = Live::<State>::of(&events[..2], log.today());
    let before = live.clone();
    assert_eq!(live.push(&events[2]), Err(MustRefold));
    assert_eq!(live, before, "nothing has changed");
    let name_on = |as_of: AsOf| {
        let state: State = log.timeline(organisation(1), as_of).fold();
        state
            .organisation
            .unwrap()
            .called
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert_eq!(name_on(on(2020, 6, 1)), "Organisation 1");
    assert_eq!(name_on(on(2021, 6, 1)), "Mellom skole");
    assert_eq!(name_on(AsOf::LIVE), "Ny skole");
}

#[test]
fn an_event_of_the_same_day_comes_after_those_recorded_before() {
    let mut log = Log::new(tenant(1), morning(day(2026, 3, 2)));
    let today = Effective::day(day(2026, 3, 2));
    log.given(school(1), today);
    let mut live = Live::<State>::of(&log.stream(organisation(1)), log.today());
    let next = log.given(renamed("Ny skole"), today);
    assert_eq!(live.push(&next), Ok(()));
    assert_eq!(live, Live::of(&log.stream(organisation(1)), log.today()));
}

#[test]
fn what_was_taken_in_is_not_taken_in_again() {
    let mut log = Log::new(tenant(1), morning(day(2026, 3, 2)));
    let today = Effective::day(day(2026, 3, 2));
    let first = log.given(school(1), today);
    log.given(renamed("Ny skole"), today);
    let mut live = Live::<State>::of(&log.stream(organisation(1)), log.today());
    let before = live.clone();
    assert_eq!(live.push(&first), Ok(()));
    assert_eq!(live, before);
}

#[test]
fn a_correction_makes_the_fold_anew() {
    let scenario = lecture();
    let events = scenario.log().stream(network(1));
    let mut live = Live::<State>::of(&events[..2], scenario.log().today());
    assert_eq!(live.push(&events[2]), Err(MustRefold));
}

/// Pushes one event after another and compares with the full fold at every step.
fn agree<S: Fold + PartialEq + std::fmt::Debug>(events: &[Recorded], refolds: usize) {
    let today = day(2026, 12, 31);
    let mut live = Live::<S>::default();
    let mut anew = 0;
    for (n, event) in events.iter().enumerate() {
        if live.push(event).is_err() {
            live = Live::of(&events[..=n], today);
            anew += 1;
        }
        assert_eq!(live, Live::of(&events[..=n], today), "after {n}");
    }
    assert_eq!(anew, refolds);
}

#[test]
fn kept_up_event_by_event_it_is_the_full_fold() {
    agree::<State>(&lecture().log().stream(network(1)), 1);
    let scenario = Scenario::given([school(1)])
        .and_effective(Effective::Unknown, [renamed("Ny skole")])
        .and([renamed("Nyere skole")])
        .and_effective(Effective::Unknown, [renamed("Nyest skole")]);
    agree::<State>(&scenario.log().stream(organisation(1)), 1);
}

#[test]
fn the_order_in_which_events_are_handed_over_does_not_matter() {
    let scenario = lecture()
        .when_corrected(3, Instead::Retracted)
        .then_accepted(|_| {})
        .and([established(1)]);
    let events = scenario.log().stream(network(1));
    let mut turned = events.clone();
    turned.reverse();
    let today = day(2026, 12, 31);
    assert_eq!(
        timeline(&events, today, None),
        timeline(&turned, today, None)
    );
}
