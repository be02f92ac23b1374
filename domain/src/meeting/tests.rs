use super::command::MeetingCommand;
use super::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingEvent, MeetingKind,
    NoticeAnswer, Presence, Requirement,
};
use super::file::{FileDigest, FileKind};
use crate::command::Command;
use crate::commitment::command::CommitmentCommand;
use crate::event::Event;
use crate::limits::{AGENDA_ITEMS_MAX, FILE_BYTES_MAX, FILES_MAX, ITEM_MINUTES_MAX};
use crate::network::event::NetworkEvent;
use crate::organisation::event::OrganisationEvent;
use crate::rejection::Rejection;
use crate::templates::{self, TemplateItem, item_id};
use crate::testing::{
    Scenario, at, change, day, decision, entered, item, meeting, network, organisation, person,
    proposed, school, text, two_schools, works_at,
};
use crate::time::Effective;
use chrono::NaiveDate;

fn plan(n: u32, kind: MeetingKind, on: NaiveDate, previous: Option<u32>) -> MeetingCommand {
    MeetingCommand::Plan {
        meeting: meeting(n),
        network: network(1),
        kind,
        on,
        starts: at(9, 0),
        place: Some(text(1)),
        host: Some(organisation(1)),
        theme: Some(text(2)),
        previous: previous.map(meeting),
    }
}

fn ordinary(n: u32) -> MeetingCommand {
    plan(n, MeetingKind::Ordinary, day(2026, 3, 30), None)
}

fn planned(n: u32, on: NaiveDate) -> Event {
    MeetingEvent::Planned {
        meeting: meeting(n),
        network: network(1),
        kind: MeetingKind::Ordinary,
        on,
        starts: at(9, 0),
        place: Some(text(1)),
        host: Some(organisation(1)),
        theme: Some(text(2)),
        previous: None,
    }
    .into()
}

fn row(n: u32, item: TemplateItem, kind: ItemKind, minutes: u16) -> Event {
    MeetingEvent::ItemAdded {
        meeting: meeting(n),
        network: network(1),
        item: item_id(meeting(n), item),
        kind,
        title: ItemTitle::Template(item),
        minutes: Some(minutes),
        presenter: None,
        because: None,
    }
    .into()
}

fn added(n: u32, kind: ItemKind) -> Event {
    MeetingEvent::ItemAdded {
        meeting: meeting(1),
        network: network(1),
        item: item(n),
        kind,
        title: ItemTitle::Own(text(10 + n)),
        minutes: Some(20),
        presenter: None,
        because: None,
    }
    .into()
}

fn add(n: u32, minutes: u16) -> MeetingCommand {
    MeetingCommand::AddItem {
        meeting: meeting(1),
        item: item(n),
        kind: ItemKind::Discussion,
        title: ItemTitle::Own(text(10 + n)),
        minutes: Some(minutes),
        presenter: None,
    }
}

const HERE: MeetingOf = MeetingOf;
/// The events and orders of the first meeting that say nothing else.
struct MeetingOf;

impl MeetingOf {
    fn opened(&self) -> Event {
        let (meeting, network) = (meeting(1), network(1));
        MeetingEvent::Opened { meeting, network }.into()
    }
    fn evaluation(&self) -> Event {
        let (meeting, network) = (meeting(1), network(1));
        MeetingEvent::EvaluationOpened { meeting, network }.into()
    }
    fn closed(&self) -> Event {
        let (meeting, network) = (meeting(1), network(1));
        MeetingEvent::Closed { meeting, network }.into()
    }
    fn minuted(&self) -> Event {
        let (meeting, network) = (meeting(1), network(1));
        MeetingEvent::MinutesPublished { meeting, network }.into()
    }
    fn cancelled(&self) -> Event {
        MeetingEvent::Cancelled {
            meeting: meeting(1),
            network: network(1),
            reason: text(3),
        }
        .into()
    }
    fn open(&self) -> MeetingCommand {
        MeetingCommand::Open {
            meeting: meeting(1),
        }
    }
    fn close(&self) -> MeetingCommand {
        MeetingCommand::Close {
            meeting: meeting(1),
        }
    }
    fn cancel(&self) -> MeetingCommand {
        MeetingCommand::Cancel {
            meeting: meeting(1),
            reason: text(3),
        }
    }
    fn publish_notice(&self) -> MeetingCommand {
        MeetingCommand::PublishNotice {
            meeting: meeting(1),
        }
    }
    fn open_evaluation(&self) -> MeetingCommand {
        MeetingCommand::OpenEvaluation {
            meeting: meeting(1),
        }
    }
    fn publish_minutes(&self) -> MeetingCommand {
        MeetingCommand::PublishMinutes {
            meeting: meeting(1),
        }
    }
    fn start(&self, n: u32) -> MeetingCommand {
        MeetingCommand::StartItem {
            meeting: meeting(1),
            item: item(n),
        }
    }
    fn end(&self, n: u32) -> MeetingCommand {
        MeetingCommand::EndItem {
            meeting: meeting(1),
            item: item(n),
        }
    }
    fn waive(&self, requirement: Requirement) -> MeetingCommand {
        MeetingCommand::Waive {
            meeting: meeting(1),
            requirement,
            reason: text(4),
        }
    }
}

fn contract(on: NaiveDate) -> Contract {
    Contract {
        on,
        starts: at(9, 0),
        place: None,
        host: Some(organisation(2)),
        theme: text(5),
        responsible: Some(person(2)),
    }
}

fn agree_contract(contract: Contract, seen: u64) -> MeetingCommand {
    MeetingCommand::AgreeContract {
        meeting: meeting(1),
        contract,
        seen,
    }
}

fn agreed(contract: Contract) -> Event {
    MeetingEvent::ContractAgreed {
        meeting: meeting(1),
        network: network(1),
        contract,
    }
    .into()
}

fn promise(n: u32) -> CommitmentCommand {
    CommitmentCommand::Make {
        meeting: meeting(1),
        organisation: organisation(n),
        text: text(6),
        carried_from: None,
    }
}

/// Two schools plan to meet today, 2 March.
fn before_the_meeting() -> Scenario {
    Scenario::given(two_schools()).and([planned(1, day(2026, 3, 2))])
}

fn in_the_meeting() -> Scenario {
    before_the_meeting().and([HERE.opened()])
}

#[test]
fn a_meeting_is_planned_with_the_agenda_of_its_template() {
    Scenario::given(two_schools())
        .when(ordinary(1))
        .then([
            planned(1, day(2026, 3, 30)),
            row(1, TemplateItem::HostThemes, ItemKind::Experience, 15),
            row(1, TemplateItem::SchoolWalk, ItemKind::Walk, 30),
            row(1, TemplateItem::Dialogue, ItemKind::Dialogue, 40),
            row(1, TemplateItem::Priorities, ItemKind::Decision, 15),
            row(
                1,
                TemplateItem::CommonInformation,
                ItemKind::Information,
                15,
            ),
            row(1, TemplateItem::CommonThemes, ItemKind::Discussion, 30),
            row(1, TemplateItem::Commitments, ItemKind::Commitments, 20),
            row(1, TemplateItem::Evaluation, ItemKind::Evaluation, 15),
        ])
        .when(ordinary(1))
        .then_rejected(Rejection::AlreadyRegistered);
}

#[test]
fn the_start_meeting_has_seven_steps_and_the_ordinary_one_eight() {
    assert_eq!(templates::items(MeetingKind::Start).len(), 7);
    assert_eq!(templates::items(MeetingKind::Ordinary).len(), 8);
}

#[test]
fn the_same_plan_sent_twice_plans_once() {
    Scenario::given(two_schools())
        .when(ordinary(1))
        .again()
        .then_nothing();
}

#[test]
fn a_proposed_network_meets_to_start_or_to_confer_only() {
    let on = day(2026, 3, 30);
    Scenario::given([proposed(1), school(1)])
        .when(plan(1, MeetingKind::Ordinary, on, None))
        .then_rejected(Rejection::NotAtWork)
        .when(plan(1, MeetingKind::Start, on, None))
        .then_accepted(|brought| assert_eq!(brought.len(), 8))
        .when(plan(2, MeetingKind::DialogueConference, on, None))
        .then_accepted(|brought| assert_eq!(brought.len(), 6));
}

#[test]
fn a_meeting_is_planned_for_a_day_within_reach() {
    Scenario::given(two_schools())
        .when(plan(1, MeetingKind::Ordinary, day(2026, 3, 1), None))
        .then_rejected(Rejection::InThePast)
        .when(plan(1, MeetingKind::Ordinary, day(2030, 1, 1), None))
        .then_rejected(Rejection::TooFarAhead)
        .when(plan(1, MeetingKind::Ordinary, day(2029, 12, 31), None))
        .then_accepted(|_| {});
}

#[test]
fn a_meeting_long_held_is_entered_on_the_day_it_was_planned() {
    Scenario::given(two_schools())
        .effective(Effective::day(day(2015, 10, 1)))
        .when(plan(1, MeetingKind::Ordinary, day(2015, 10, 14), None))
        .then_accepted(|_| {});
}

#[test]
fn a_closed_school_does_not_host() {
    let closed = OrganisationEvent::Closed {
        organisation: organisation(1),
    };
    Scenario::given(two_schools())
        .and([closed.into()])
        .when(ordinary(1))
        .then_rejected(Rejection::OrganisationClosed);
}

#[test]
fn a_meeting_goes_on_from_an_earlier_one_of_the_same_network() {
    let elsewhere = MeetingEvent::Planned {
        meeting: meeting(7),
        network: network(2),
        kind: MeetingKind::Ordinary,
        on: day(2026, 3, 2),
        starts: at(9, 0),
        place: None,
        host: None,
        theme: None,
        previous: None,
    };
    let on = day(2026, 3, 30);
    before_the_meeting()
        .and([elsewhere.into()])
        .when(plan(2, MeetingKind::Ordinary, on, Some(7)))
        .then_rejected(Rejection::UnknownMeeting)
        .when(plan(2, MeetingKind::Ordinary, on, Some(1)))
        .then_accepted(|_| {});
}

#[test]
fn what_was_agreed_in_the_evaluation_changes_the_next_agenda() {
    let agree = |n, item, minutes_delta| MeetingCommand::AgreeChange {
        meeting: meeting(1),
        change: change(n),
        item,
        minutes_delta,
        text: text(7),
    };
    let agreed = |n, item, minutes_delta| {
        Event::from(MeetingEvent::ChangeAgreed {
            meeting: meeting(1),
            network: network(1),
            change: change(n),
            item,
            minutes_delta,
            text: text(7),
        })
    };
    let dialogue = Some(TemplateItem::Dialogue);
    let walk = Some(TemplateItem::SchoolWalk);
    in_the_meeting()
        .when(agree(1, dialogue, 20))
        .then_rejected(Rejection::EvaluationNotOpen)
        .when(HERE.open_evaluation())
        .then([HERE.evaluation()])
        .when(HERE.open_evaluation())
        .then_rejected(Rejection::EvaluationAlreadyOpen)
        .when(agree(1, dialogue, i16::MIN))
        .then_rejected(Rejection::ItemMinutes)
        .when(agree(1, dialogue, 20))
        .then([agreed(1, dialogue, 20)])
        .when(agree(2, dialogue, -5))
        .then([agreed(2, dialogue, -5)])
        .when(agree(3, walk, -100))
        .then([agreed(3, walk, -100)])
        .when(agree(4, None, 0))
        .then([agreed(4, None, 0)])
        .when(plan(2, MeetingKind::Ordinary, day(2026, 3, 30), Some(1)))
        .then_accepted(|brought| {
            let rows: Vec<_> = brought
                .iter()
                .filter_map(|recorded| match &recorded.event {
                    Event::Meeting(MeetingEvent::ItemAdded {
                        title: ItemTitle::Template(item),
                        minutes,
                        because,
                        ..
                    }) => Some((*item, *minutes, *because)),
                    _ => None,
                })
                .collect();
            let because = |n| Some((meeting(1), change(n)));
            assert_eq!(rows[0], (TemplateItem::HostThemes, Some(15), None));
            assert_eq!(rows[1], (TemplateItem::SchoolWalk, Some(1), because(3)));
            assert_eq!(rows[2], (TemplateItem::Dialogue, Some(55), because(2)));
            assert_eq!(rows[7], (TemplateItem::Evaluation, Some(15), None));
        });
}

#[test]
fn a_meeting_is_moved_by_who_saw_the_date_it_had() {
    let move_to = |of_month, seen| MeetingCommand::Reschedule {
        meeting: meeting(1),
        on: day(2026, 3, of_month),
        starts: at(9, 0),
        reason: text(3),
        seen,
    };
    let before = before_the_meeting().after_days(0);
    let position = before.log().head();
    before
        .when(move_to(9, position - 1))
        .then_rejected(Rejection::Changed { position })
        .when(move_to(2, position))
        .then_rejected(Rejection::SameTime)
        .when(move_to(1, position))
        .then_rejected(Rejection::InThePast)
        .when(move_to(9, position))
        .then([MeetingEvent::Rescheduled {
            meeting: meeting(1),
            network: network(1),
            from: day(2026, 3, 2),
            to: day(2026, 3, 9),
            starts: at(9, 0),
            reason: text(3),
        }
        .into()])
        .and([HERE.opened()])
        .when(move_to(10, position + 1))
        .then_rejected(Rejection::MeetingAlreadyOpen);
}

#[test]
fn a_meeting_is_cancelled_before_it_is_opened() {
    before_the_meeting()
        .when(HERE.cancel())
        .then([HERE.cancelled()])
        .when(HERE.cancel())
        .then_rejected(Rejection::MeetingCancelled)
        .when(HERE.open())
        .then_rejected(Rejection::MeetingCancelled)
        .when(HERE.close())
        .then_rejected(Rejection::MeetingCancelled)
        .when(HERE.publish_minutes())
        .then_rejected(Rejection::MeetingCancelled);
    in_the_meeting()
        .when(HERE.cancel())
        .then_rejected(Rejection::MeetingAlreadyOpen);
}

#[test]
fn a_row_comes_onto_the_agenda_once_with_its_minutes() {
    before_the_meeting()
        .when(add(1, 0))
        .then_rejected(Rejection::ItemMinutes)
        .when(add(1, ITEM_MINUTES_MAX + 1))
        .then_rejected(Rejection::ItemMinutes)
        .when(add(1, 20))
        .then([added(1, ItemKind::Discussion)])
        .when(add(1, 20))
        .then_rejected(Rejection::AlreadyRegistered);
}

#[test]
fn only_a_person_of_the_region_presents_a_row() {
    before_the_meeting()
        .when(MeetingCommand::AddItem {
            meeting: meeting(1),
            item: item(1),
            kind: ItemKind::Information,
            title: ItemTitle::Own(text(11)),
            minutes: None,
            presenter: Some(person(9)),
        })
        .then_rejected(Rejection::UnknownPerson);
}

#[test]
fn an_agenda_has_room_for_so_many_rows() {
    let rows =
        (1..=AGENDA_ITEMS_MAX).map(|n| added(u32::try_from(n).unwrap(), ItemKind::Discussion));
    before_the_meeting()
        .and(rows)
        .when(add(999, 20))
        .then_rejected(Rejection::AgendaFull);
}

#[test]
fn a_row_gets_another_place_by_who_saw_the_order() {
    let move_item = |n, to, seen| MeetingCommand::MoveItem {
        meeting: meeting(1),
        item: item(n),
        to,
        seen,
    };
    let moved = |n, from, to| {
        Event::from(MeetingEvent::ItemMoved {
            meeting: meeting(1),
            network: network(1),
            item: item(n),
            from,
            to,
        })
    };
    let before = before_the_meeting().and((1..=3).map(|n| added(n, ItemKind::Discussion)));
    let position = before.log().head();
    let after = before
        .when(move_item(9, 0, 0))
        .then_rejected(Rejection::UnknownItem)
        .when(move_item(3, 3, 0))
        .then_rejected(Rejection::NoSuchPlace)
        .when(move_item(3, 2, 0))
        .then_rejected(Rejection::NoSuchPlace)
        .when(move_item(3, 0, 0))
        .then([moved(3, 2, 0)])
        .when(move_item(1, 0, 0))
        .then_rejected(Rejection::Changed {
            position: position + 1,
        })
        .when(move_item(1, 2, position + 1))
        .then([moved(1, 1, 2)]);
    let items = after.log().state(meeting(1)).meeting.unwrap().items;
    let order: Vec<_> = items.iter().map(|row| row.id).collect();
    assert_eq!(order, [item(3), item(2), item(1)]);
}

#[test]
fn a_row_is_taken_off_unless_it_runs() {
    let withdraw = MeetingCommand::WithdrawItem {
        meeting: meeting(1),
        item: item(1),
    };
    in_the_meeting()
        .and([added(1, ItemKind::Discussion)])
        .when(HERE.start(1))
        .then_accepted(|_| {})
        .when(withdraw.clone())
        .then_rejected(Rejection::ItemRunning)
        .when(HERE.end(1))
        .then_accepted(|_| {})
        .when(withdraw.clone())
        .then([MeetingEvent::ItemWithdrawn {
            meeting: meeting(1),
            network: network(1),
            item: item(1),
        }
        .into()])
        .when(withdraw)
        .then_rejected(Rejection::UnknownItem);
}

#[test]
fn the_notice_goes_out_once_with_an_agenda_and_says_whether_it_is_late() {
    let published = |lead_days, late| {
        Event::from(MeetingEvent::NoticePublished {
            meeting: meeting(1),
            network: network(1),
            lead_days,
            late,
        })
    };
    Scenario::given(two_schools())
        .and([planned(1, day(2026, 3, 16))])
        .when(HERE.publish_notice())
        .then_rejected(Rejection::EmptyAgenda)
        .and([added(1, ItemKind::Discussion)])
        .when(HERE.publish_notice())
        .then([published(14, false)])
        .when(HERE.publish_notice())
        .then_rejected(Rejection::NoticeAlreadyOut);
    Scenario::given(two_schools())
        .and([planned(1, day(2026, 3, 15)), added(1, ItemKind::Discussion)])
        .when(HERE.publish_notice())
        .then([published(13, true)]);
}

#[test]
fn a_notice_is_judged_by_the_day_it_went_out() {
    Scenario::given(two_schools())
        .and_effective(
            Effective::day(day(2026, 2, 1)),
            [planned(1, day(2026, 3, 10)), added(1, ItemKind::Discussion)],
        )
        .effective(Effective::day(day(2026, 2, 10)))
        .when(HERE.publish_notice())
        .then([MeetingEvent::NoticePublished {
            meeting: meeting(1),
            network: network(1),
            lead_days: 28,
            late: false,
        }
        .into()]);
}

#[test]
fn nothing_in_a_meeting_can_be_dated_before_what_already_happened_in_it() {
    in_the_meeting()
        .effective(Effective::day(day(2026, 2, 10)))
        .when(HERE.close())
        .then_rejected(Rejection::MeetingIncomplete {
            missing: vec![
                Requirement::Commitments,
                Requirement::Contract,
                Requirement::Evaluation,
            ],
            organisations: vec![organisation(1), organisation(2)],
        })
        .effective(Effective::day(day(2026, 2, 10)))
        .when(HERE.open_evaluation())
        .then_rejected(Rejection::BeforeWhatHappened);
}

#[test]
fn a_notice_is_answered_for_an_organisation_by_a_person() {
    let answer = |n| MeetingCommand::AnswerNotice {
        meeting: meeting(1),
        organisation: organisation(n),
        answer: NoticeAnswer::Coming,
    };
    before_the_meeting()
        .and([
            school(3),
            entered(3),
            works_at(3, 3),
            added(1, ItemKind::Discussion),
        ])
        .by(person(1))
        .when(answer(1))
        .then_rejected(Rejection::NoNotice)
        .when(HERE.publish_notice())
        .then_accepted(|_| {})
        .when(answer(1))
        .then([MeetingEvent::NoticeAnswered {
            meeting: meeting(1),
            network: network(1),
            organisation: organisation(1),
            person: person(1),
            answer: NoticeAnswer::Coming,
        }
        .into()])
        .by(person(3))
        .when(answer(3))
        .then_rejected(Rejection::NotTakingPart)
        .by_operator()
        .when(answer(1))
        .then_rejected(Rejection::NotPermitted);
}

#[test]
fn a_meeting_is_opened_once() {
    before_the_meeting()
        .when(HERE.open())
        .then([HERE.opened()])
        .when(HERE.open())
        .then_rejected(Rejection::MeetingAlreadyOpen)
        .and([HERE.closed()])
        .when(HERE.open())
        .then_rejected(Rejection::MeetingClosed);
}

#[test]
fn who_is_there_is_recorded_with_the_one_who_sits_for_it() {
    let record = |n, presence| MeetingCommand::RecordAttendance {
        meeting: meeting(1),
        organisation: organisation(n),
        presence,
    };
    let recorded = |person, presence| {
        Event::from(MeetingEvent::AttendanceRecorded {
            meeting: meeting(1),
            network: network(1),
            organisation: organisation(1),
            person,
            presence,
        })
    };
    before_the_meeting()
        .and([school(3)])
        .when(record(1, Presence::Present))
        .then_rejected(Rejection::MeetingNotOpen)
        .and([HERE.opened()])
        .when(record(3, Presence::Present))
        .then_rejected(Rejection::NotTakingPart)
        .when(record(1, Presence::Present))
        .then([recorded(Some(person(1)), Presence::Present)])
        .when(record(1, Presence::Absent))
        .then([recorded(None, Presence::Absent)]);
}

#[test]
fn a_row_is_timed_by_the_clock_and_the_next_one_ends_it() {
    let started = |n| {
        Event::from(MeetingEvent::ItemStarted {
            meeting: meeting(1),
            network: network(1),
            item: item(n),
        })
    };
    let ended = |n, minutes| {
        Event::from(MeetingEvent::ItemEnded {
            meeting: meeting(1),
            network: network(1),
            item: item(n),
            minutes,
        })
    };
    before_the_meeting()
        .and([
            added(1, ItemKind::Discussion),
            added(2, ItemKind::Discussion),
        ])
        .when(HERE.start(1))
        .then_rejected(Rejection::MeetingNotOpen)
        .and([HERE.opened()])
        .when(HERE.start(9))
        .then_rejected(Rejection::UnknownItem)
        .when(HERE.start(1))
        .then([started(1)])
        .when(HERE.start(1))
        .then_rejected(Rejection::ItemRunning)
        .when(HERE.end(2))
        .then_rejected(Rejection::ItemNotRunning)
        .after_minutes(25)
        .when(HERE.start(2))
        .then([ended(1, 25), started(2)])
        .after_minutes(7)
        .when(HERE.end(2))
        .then([ended(2, 7)])
        .when(HERE.end(2))
        .then_rejected(Rejection::ItemNotRunning);
}

fn decide(under: Option<u32>, method: DecisionMethod) -> MeetingCommand {
    MeetingCommand::Decide {
        meeting: meeting(1),
        decision: decision(1),
        item: under.map(item),
        kind: DecisionKind::Resolution,
        method,
        text: text(8),
    }
}

const fn vote(ayes: u32, noes: u32, blank: u32) -> DecisionMethod {
    DecisionMethod::Vote { ayes, noes, blank }
}

#[test]
fn a_decision_says_how_it_was_taken_and_has_no_more_votes_than_seats() {
    in_the_meeting()
        .when(decide(None, vote(0, 0, 0)))
        .then_rejected(Rejection::NoVotes)
        .when(decide(None, vote(2, 1, 0)))
        .then_rejected(Rejection::TooManyVotes)
        .when(decide(None, vote(u32::MAX, 1, 0)))
        .then_rejected(Rejection::TooManyVotes)
        .when(decide(None, vote(1, 0, 1)))
        .then([MeetingEvent::DecisionTaken {
            meeting: meeting(1),
            network: network(1),
            decision: decision(1),
            item: None,
            kind: DecisionKind::Resolution,
            method: vote(1, 0, 1),
            text: text(8),
        }
        .into()]);
}

#[test]
fn nothing_is_written_under_an_off_the_record_row() {
    in_the_meeting()
        .and([added(1, ItemKind::OffRecord), added(2, ItemKind::Decision)])
        .when(decide(Some(1), DecisionMethod::Agreement))
        .then_rejected(Rejection::OffTheRecord)
        .when(decide(Some(3), DecisionMethod::Agreement))
        .then_rejected(Rejection::UnknownItem)
        .when(decide(Some(2), DecisionMethod::Agreement))
        .then_accepted(|_| {});
}

#[test]
fn the_contract_for_next_time_lies_after_this_meeting() {
    in_the_meeting()
        .when(agree_contract(contract(day(2026, 3, 2)), 0))
        .then_rejected(Rejection::ContractNotAfter)
        .when(agree_contract(contract(day(2030, 3, 2)), 0))
        .then_rejected(Rejection::TooFarAhead)
        .when(agree_contract(
            Contract {
                host: Some(organisation(9)),
                ..contract(day(2026, 4, 1))
            },
            0,
        ))
        .then_rejected(Rejection::UnknownOrganisation)
        .when(agree_contract(
            Contract {
                responsible: Some(person(9)),
                ..contract(day(2026, 4, 1))
            },
            0,
        ))
        .then_rejected(Rejection::UnknownPerson)
        .when(agree_contract(contract(day(2026, 4, 1)), 0))
        .then([agreed(contract(day(2026, 4, 1)))]);
}

#[test]
fn a_contract_is_agreed_anew_only_by_who_saw_the_last_one() {
    let before = in_the_meeting().and([agreed(contract(day(2026, 4, 1)))]);
    let position = before.log().head();
    before
        .when(agree_contract(contract(day(2026, 4, 2)), 0))
        .then_rejected(Rejection::Changed { position })
        .when(agree_contract(contract(day(2026, 4, 2)), position))
        .then([agreed(contract(day(2026, 4, 2)))]);
}

#[test]
fn a_meeting_closes_when_all_have_answered_and_next_time_and_the_evaluation_are_there() {
    in_the_meeting()
        .when(HERE.close())
        .then_rejected(Rejection::MeetingIncomplete {
            missing: vec![
                Requirement::Commitments,
                Requirement::Contract,
                Requirement::Evaluation,
            ],
            organisations: vec![organisation(1), organisation(2)],
        })
        .when(promise(1))
        .then_accepted(|_| {})
        .when(HERE.open_evaluation())
        .then([HERE.evaluation()])
        .when(HERE.close())
        .then_rejected(Rejection::MeetingIncomplete {
            missing: vec![Requirement::Commitments, Requirement::Contract],
            organisations: vec![organisation(2)],
        })
        .when(CommitmentCommand::Decline {
            meeting: meeting(1),
            organisation: organisation(2),
            reason: text(9),
        })
        .then_accepted(|_| {})
        .when(HERE.close())
        .then_rejected(Rejection::MeetingIncomplete {
            missing: vec![Requirement::Contract],
            organisations: vec![],
        })
        .when(agree_contract(contract(day(2026, 4, 1)), 0))
        .then_accepted(|_| {})
        .when(HERE.close())
        .then([HERE.closed()])
        .when(HERE.close())
        .then_rejected(Rejection::MeetingClosed);
}

#[test]
fn each_requirement_can_be_waived_with_a_reason_once() {
    let waived = |requirement| {
        Event::from(MeetingEvent::RequirementWaived {
            meeting: meeting(1),
            network: network(1),
            requirement,
            reason: text(4),
        })
    };
    in_the_meeting()
        .when(HERE.waive(Requirement::Commitments))
        .then([waived(Requirement::Commitments)])
        .when(HERE.waive(Requirement::Commitments))
        .then_rejected(Rejection::NothingToWaive)
        .when(HERE.waive(Requirement::Contract))
        .then([waived(Requirement::Contract)])
        .when(HERE.close())
        .then_rejected(Rejection::MeetingIncomplete {
            missing: vec![Requirement::Evaluation],
            organisations: vec![],
        })
        .when(HERE.waive(Requirement::Evaluation))
        .then([waived(Requirement::Evaluation)])
        .when(HERE.close())
        .then([HERE.closed()]);
    in_the_meeting()
        .and([HERE.evaluation()])
        .when(HERE.waive(Requirement::Evaluation))
        .then_rejected(Rejection::NothingToWaive);
}

#[test]
fn who_has_no_seat_any_more_owes_no_answer() {
    in_the_meeting()
        .and([
            NetworkEvent::SeatEnded {
                network: network(1),
                seat: crate::testing::seat(2),
                organisation: organisation(2),
            }
            .into(),
            HERE.evaluation(),
            agreed(contract(day(2026, 4, 1))),
        ])
        .when(promise(1))
        .then_accepted(|_| {})
        .when(HERE.close())
        .then([HERE.closed()]);
}

#[test]
fn a_row_that_runs_ends_with_the_meeting() {
    in_the_meeting()
        .and([added(1, ItemKind::Evaluation)])
        .when(HERE.start(1))
        .then_accepted(|_| {})
        .when(HERE.waive(Requirement::Commitments))
        .then_accepted(|_| {})
        .when(HERE.waive(Requirement::Contract))
        .then_accepted(|_| {})
        .when(HERE.waive(Requirement::Evaluation))
        .then_accepted(|_| {})
        .after_minutes(12)
        .when(HERE.close())
        .then([
            MeetingEvent::ItemEnded {
                meeting: meeting(1),
                network: network(1),
                item: item(1),
                minutes: 12,
            }
            .into(),
            HERE.closed(),
        ]);
}

#[test]
fn minutes_are_written_while_and_after_the_meeting_by_who_saw_the_last_version() {
    let write = |text_n, seen| MeetingCommand::WriteMinutes {
        meeting: meeting(1),
        text: text(text_n),
        seen,
    };
    let written = |text_n| {
        Event::from(MeetingEvent::MinutesWritten {
            meeting: meeting(1),
            network: network(1),
            text: text(text_n),
        })
    };
    let before = before_the_meeting()
        .when(write(20, 0))
        .then_rejected(Rejection::MeetingNotOpen)
        .and([HERE.opened()]);
    let position = before.log().head() + 1;
    before
        .when(write(20, 0))
        .then([written(20)])
        .and([HERE.closed()])
        .when(write(21, 0))
        .then_rejected(Rejection::Changed { position })
        .when(write(21, position))
        .then([written(21)])
        .when(HERE.publish_minutes())
        .then([HERE.minuted()])
        .when(write(22, position + 2))
        .then_rejected(Rejection::MinutesPublished);
    before_the_meeting()
        .and([HERE.cancelled()])
        .when(write(20, 0))
        .then_rejected(Rejection::MeetingCancelled);
}

#[test]
fn minutes_are_published_once_after_the_meeting() {
    in_the_meeting()
        .when(HERE.publish_minutes())
        .then_rejected(Rejection::MeetingNotClosed)
        .and([HERE.closed()])
        .when(HERE.publish_minutes())
        .then_rejected(Rejection::NoMinutes)
        .and([MeetingEvent::MinutesWritten {
            meeting: meeting(1),
            network: network(1),
            text: text(20),
        }
        .into()])
        .when(HERE.publish_minutes())
        .then([HERE.minuted()])
        .when(HERE.publish_minutes())
        .then_rejected(Rejection::MinutesPublished)
        .when(add(1, 20))
        .then_rejected(Rejection::MeetingClosed);
}

fn add_file(file: u32, bytes: u64) -> MeetingCommand {
    MeetingCommand::AddFile {
        meeting: meeting(1),
        file: text(file),
        kind: FileKind::Pdf,
        bytes,
        digest: FileDigest([7; 32]),
    }
}

#[test]
fn a_file_comes_once_not_empty_and_not_too_large() {
    let scenario = before_the_meeting();
    scenario
        .clone()
        .when(add_file(70, 48_213))
        .then([MeetingEvent::FileAdded {
            meeting: meeting(1),
            network: network(1),
            file: text(70),
            kind: FileKind::Pdf,
            bytes: 48_213,
            digest: FileDigest([7; 32]),
        }
        .into()])
        .when(add_file(70, 48_213))
        .then_rejected(Rejection::AlreadyRegistered)
        .when(add_file(71, FILE_BYTES_MAX))
        .then_accepted(|_| {});
    for bytes in [0, FILE_BYTES_MAX + 1] {
        scenario
            .clone()
            .when(add_file(70, bytes))
            .then_rejected(Rejection::TooLarge);
    }
    let mut full = scenario;
    for n in 0..FILES_MAX {
        let n = u32::try_from(n).expect("is small");
        full = full.when(add_file(100 + n, 1)).then_accepted(|_| {});
    }
    full.when(add_file(70, 1))
        .then_rejected(Rejection::TooLarge);
}

#[test]
fn a_file_is_added_by_who_runs_meetings_and_withdrawn_with_its_name() {
    let scenario = before_the_meeting();
    // Person 2 has a seat; person 1 leads.
    scenario
        .clone()
        .by(person(2))
        .when(add_file(70, 1))
        .then_rejected(Rejection::NotPermitted);
    let scenario = scenario.by(person(1));
    let of = scenario.log().head() + 1;
    let withdraw = Command::WithdrawText {
        stream: meeting(1).into(),
        of,
        text: text(70).0,
        reason: text(71),
    };
    scenario
        .when(add_file(70, 1))
        .then_accepted(|_| {})
        .when(withdraw.clone())
        .then_accepted(|_| {})
        .when(withdraw)
        .then_rejected(Rejection::AlreadyWithdrawn);
}
