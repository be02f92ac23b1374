use super::*;
use chrono::{DateTime, Utc};
use domain::ids::{ChangeId, ItemId, MeetingId, SeatId, TextId};
use domain::meeting::event::ItemTitle;
use domain::network::event::Vote;
use domain::templates::TemplateItem;
use domain::text::Prose;
use domain::views::network::{NetworkView, SeatRow};
use uuid::Uuid;

fn item(id: u128, minutes: Option<u16>) -> ItemRow {
    ItemRow {
        item: ItemId(Uuid::from_u128(id)),
        kind: ItemKind::Dialogue,
        title: ItemTitle::Template(TemplateItem::Dialogue),
        minutes,
        used: None,
        running: None,
        presenter: None,
        because: None,
        by: None,
    }
}

fn organisation(id: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(id))
}

fn prose(id: u128) -> Prose {
    Prose(TextId(Uuid::from_u128(id)))
}

fn nine() -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(9, 0, 0)
}

fn page() -> MeetingPage {
    MeetingPage {
        organisations: vec![organisation(1), organisation(2), organisation(3)],
        network: NetworkView {
            seats: (1..=3)
                .map(|id| SeatRow {
                    seat: SeatId(Uuid::from_u128(id)),
                    organisation: organisation(id),
                    vote: if id == 3 {
                        Vote::NonVoting
                    } else {
                        Vote::Voting
                    },
                    person: None,
                    since: None,
                })
                .collect(),
            ..NetworkView::default()
        },
        ..MeetingPage::default()
    }
}

#[test]
fn rows_begin_one_after_the_other_until_a_row_has_open_time() {
    let items = [item(1, Some(15)), item(2, None), item(3, Some(10))];
    let starts = planned_starts(nine(), &items);
    assert_eq!(
        starts,
        vec![nine(), NaiveTime::from_hms_opt(9, 15, 0), None]
    );
    assert_eq!(planned_end(nine(), &items), None);
    assert_eq!(
        planned_end(nine(), &items[..1]),
        NaiveTime::from_hms_opt(9, 15, 0)
    );
    assert_eq!(planned_minutes(&items), 25);
}

#[test]
fn a_bar_shows_plan_use_and_what_went_over() {
    let mut long = item(1, Some(20));
    long.used = Some(40);
    let short = item(2, Some(10));
    let items = [long.clone(), short.clone()];
    let wanted = Bar {
        planned: 50,
        used: 50,
        over: 50,
    };
    assert_eq!(bar(&long, &items, None), wanted);
    let wanted = Bar {
        planned: 25,
        used: 12,
        over: 0,
    };
    assert_eq!(bar(&short, &items, Some(5)), wanted);
    assert_eq!(bar(&item(3, None), &[], None), Bar::default());
}

#[test]
fn the_next_row_comes_after_the_one_that_runs_and_skips_those_done() {
    let mut items = vec![item(1, None), item(2, None), item(3, None), item(4, None)];
    let id = |row: Option<&ItemRow>| row.map(|row| row.item.0.as_u128());
    assert_eq!((id(current(&items)), id(next(&items))), (None, Some(1)));
    items[1].running = Some(DateTime::<Utc>::UNIX_EPOCH);
    items[2].used = Some(5);
    assert_eq!((id(current(&items)), id(next(&items))), (Some(2), Some(4)));
    items[3].used = Some(1);
    assert_eq!(id(next(&items)), Some(1), "what was jumped over comes back");
    items[0].used = Some(1);
    assert_eq!(id(next(&items)), None);
}

#[test]
fn a_row_knows_why_its_time_changed_only_from_the_meeting_that_said_so() {
    let meeting = MeetingId(Uuid::from_u128(9));
    let change = ChangeRow {
        change: ChangeId(Uuid::from_u128(8)),
        item: None,
        minutes_delta: 10,
        text: prose(7),
    };
    let previous = MeetingView {
        meeting: Some(meeting),
        changes: vec![change],
        ..MeetingView::default()
    };
    let mut row = item(1, Some(30));
    assert_eq!(reason(&row, Some(&previous)), None);
    row.because = Some((meeting, change.change));
    assert_eq!(reason(&row, Some(&previous)), Some(&change));
    row.because = Some((MeetingId(Uuid::from_u128(1)), change.change));
    assert_eq!(reason(&row, Some(&previous)), None);
}

#[test]
fn what_is_missing_shrinks_until_nothing_is() {
    let mut page = page();
    let all = missing(&page);
    assert_eq!(all.organisations.len(), 3);
    assert_eq!(
        all.requirements(),
        vec![
            Requirement::Commitments,
            Requirement::Contract,
            Requirement::Evaluation
        ]
    );
    let made = UnitRow {
        commitment: Some(prose(1)),
        ..UnitRow::default()
    };
    let declined = UnitRow {
        declined: Some(prose(2)),
        ..UnitRow::default()
    };
    page.meeting.units.insert(organisation(1), made);
    page.meeting.units.insert(organisation(2), declined);
    assert_eq!(missing(&page).organisations, vec![organisation(3)]);
    assert_eq!(table(&page), (1, 1, 1));
    page.meeting.evaluation = true;
    page.meeting
        .waived
        .insert(Requirement::Commitments, prose(3));
    page.meeting.waived.insert(Requirement::Contract, prose(4));
    assert!(missing(&page).nothing());
}

#[test]
fn answers_and_attendance_count_those_who_said_nothing() {
    let mut page = page();
    let comes = UnitRow {
        answer: Some(NoticeAnswer::Coming),
        presence: Some(Presence::Absent),
        ..UnitRow::default()
    };
    page.meeting.units.insert(organisation(2), comes);
    let answers = answers(&page);
    assert_eq!(answers.coming, vec![organisation(2)]);
    assert_eq!(answers.silent, vec![organisation(1), organisation(3)]);
    assert_eq!(attendance(&page), (0, 1, 2));
}

#[test]
fn of_a_meeting_that_is_over_only_those_count_that_were_called() {
    let mut page = page();
    page.meeting
        .units
        .insert(organisation(2), UnitRow::default());
    page.meeting.status = MeetingStatus::Closed;
    assert_eq!(answers(&page).silent, vec![organisation(2)]);
}

#[test]
fn nothing_is_missing_of_an_organisation_that_has_left() {
    let mut page = page();
    page.organisations.push(organisation(4));
    assert_eq!(missing(&page).organisations.len(), 3);
}

#[test]
fn mine_are_those_i_work_at_that_take_part() {
    let works_at = [
        (organisation(3), WorkRole::Principal),
        (organisation(7), WorkRole::Teacher),
    ];
    assert_eq!(mine(&page(), &works_at), vec![organisation(3)]);
}

#[test]
fn a_chair_carries_letters_of_the_name() {
    assert_eq!(initials("Nordre Frei barneskole"), "NF");
    assert_eq!(initials("Bøfjorden skule"), "Bø");
    assert_eq!(initials("skolen"), "");
    assert_eq!(initials("Åse"), "Ås");
}

#[test]
fn chairs_stand_in_a_ring_from_the_top() {
    let four = chairs(4);
    assert_eq!(four[0], ("0.0".into(), "-74.0".into()));
    assert_eq!(four[1].0, "150.0");
    assert!(chairs(0).is_empty());
}

#[test]
fn next_time_is_six_weeks_on_at_the_one_whose_turn_it_is() {
    let mut page = page();
    page.meeting.on = NaiveDate::from_ymd_opt(2026, 3, 3);
    page.meeting.starts = nine();
    page.meeting.host = Some(organisation(1));
    let next = next_time(&page);
    assert_eq!(next.on, NaiveDate::from_ymd_opt(2026, 4, 14));
    assert_eq!(
        next.host,
        Some(organisation(2)),
        "the host of today has hosted"
    );
    assert_eq!(next.starts, nine());
}

#[test]
fn only_voting_seats_have_votes() {
    assert_eq!(votes(&page()), 2);
}

#[test]
fn minutes_are_rounded_like_the_domain_rounds_them() {
    assert_eq!(minutes_since(0, 29_999), 0);
    assert_eq!(minutes_since(0, 30_000), 1);
    assert_eq!(minutes_since(60_000, 0), 0);
}

#[test]
fn a_notice_less_than_two_weeks_ahead_is_late() {
    assert!(late(13));
    assert!(!late(14));
}

#[test]
fn each_status_belongs_to_a_step() {
    assert_eq!(step(MeetingStatus::Called), Step::Before);
    assert_eq!(step(MeetingStatus::Open), Step::During);
    assert_eq!(step(MeetingStatus::Minuted), Step::After);
    assert!(ahead(MeetingStatus::Open) && !ahead(MeetingStatus::Closed));
}

#[test]
fn a_choice_is_what_forms_read() {
    assert_eq!(choice(ItemKind::OffRecord), "off_record");
    assert_eq!(choice(TemplateItem::SchoolWalk), "school_walk");
}

#[test]
fn what_is_mine_to_do_follows_the_meeting() {
    let mut page = page();
    let works_at = [(organisation(3), WorkRole::Principal)];
    assert_eq!(action(&page, &works_at, false), None);
    assert_eq!(action(&page, &works_at, true), Some(Action::Notice));
    page.meeting.status = MeetingStatus::Called;
    assert_eq!(action(&page, &works_at, true), Some(Action::Answer));
    assert_eq!(action(&page, &[], true), Some(Action::Open));
    page.meeting.status = MeetingStatus::Open;
    let commit = Action::Commit(organisation(3));
    assert_eq!(action(&page, &works_at, false), Some(commit));
    assert_eq!(action(&page, &works_at, true), Some(Action::Now));
    page.meeting.status = MeetingStatus::Minuted;
    assert_eq!(action(&page, &works_at, true), None);
}
