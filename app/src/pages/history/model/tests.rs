use super::*;
use domain::actor::Actor;
use domain::ids::{CommandId, PersonId, StreamId};
use domain::region::RegionEvent;
use domain::time::Effective;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn line(effective: Effective, recorded_on: NaiveDate) -> StoryLine {
    let person = PersonId(Uuid::nil());
    StoryLine {
        recorded: Recorded {
            position: 1,
            stream: StreamId::from(person),
            version: 1,
            event: RegionEvent::AdministratorNamed { person }.into(),
            actor: Actor::Operator,
            command: CommandId(Uuid::nil()),
            correlation: Uuid::nil(),
            causation: None,
            recorded_at: recorded_on.and_time(chrono::NaiveTime::MIN).and_utc(),
            effective,
            occurred_at: None,
        },
        before: Vec::new(),
    }
}

fn read(query: &str) -> Address {
    Address::read("/r/history".into(), |field| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| *name == field)
            .map(|(_, value)| value.to_owned())
    })
}

#[test]
fn an_address_says_the_same_when_it_is_read_again() {
    for query in [
        "",
        "dato=2021-06-30&kjent=da&slag=moter.oppdrag&kilde=evaluatorene",
        "dato=2021-06-30&kjent=2022-01-01T10:00:00Z&etter=2021-03-04.17",
        "om=01890000-0000-7000-8000-000000000001&rett=12",
    ] {
        let address = read(query);
        let expected = if query.is_empty() {
            "/r/history".to_owned()
        } else {
            format!("/r/history?{query}")
        };
        assert_eq!(address.href(), expected);
    }
}

#[test]
fn an_address_that_cannot_be_read_is_today() {
    let address = read("dato=i+fjor&kjent=snart&slag=alt&etter=x&rett=-1&om=7");
    assert_eq!(address.href(), "/r/history");
    assert_eq!(address.asked(), Asked::default());
}

#[test]
fn a_slider_without_script_says_a_quarter() {
    let quarter = Quarter::of(day(2021, 5, 1)).0;
    assert_eq!(
        read(&format!("kvartal={quarter}")).day,
        Some(day(2021, 6, 30))
    );
    assert_eq!(
        read(&format!("dato=2021-04-02&kvartal={quarter}")).day,
        Some(day(2021, 4, 2))
    );
}

#[test]
fn as_known_then_is_the_end_of_the_day_shown() {
    let address = read("dato=2021-06-30&kjent=da");
    assert_eq!(address.known_at(), Some(Known::EndOf(day(2021, 6, 30))));
    assert_eq!(
        address.on(Some(day(2020, 1, 1))).known_at(),
        Some(Known::EndOf(day(2020, 1, 1)))
    );
    assert_eq!(read("kjent=da").known_at(), None);
}

#[test]
fn a_chip_turns_its_kind_and_goes_to_the_top() {
    let address = read("slag=moter&etter=2021-03-04.17");
    assert_eq!(
        address.toggled(StoryKind::Decisions).href(),
        "/r/history?slag=moter.vedtak"
    );
    assert_eq!(address.toggled(StoryKind::Meetings).href(), "/r/history");
}

#[test]
fn every_kind_has_its_own_word_in_an_address() {
    let all = KINDS.map(slug).join(".");
    assert_eq!(kinds(&all).len(), KINDS.len());
}

#[test]
fn lines_are_gathered_by_school_year() {
    let lines = vec![
        line(Effective::day(day(2022, 8, 1)), day(2022, 8, 1)),
        line(Effective::day(day(2022, 7, 31)), day(2022, 7, 31)),
        line(Effective::day(day(2021, 8, 20)), day(2021, 8, 20)),
        line(Effective::Unknown, day(2022, 1, 1)),
    ];
    let chapters = chapters(lines);
    let years: Vec<_> = chapters
        .iter()
        .map(|(year, lines)| (*year, lines.len()))
        .collect();
    assert_eq!(years, [(Some(2022), 1), (Some(2021), 2), (None, 1)]);
    assert_eq!(end_of_school_year(2021), day(2022, 7, 31));
}

#[test]
fn what_was_entered_weeks_later_was_entered_afterwards() {
    let was = day(2021, 3, 4);
    let backdated = |effective, entered| is_backdated(&line(effective, entered).recorded);
    assert!(!backdated(Effective::day(was), was));
    assert!(!backdated(Effective::day(was), day(2021, 3, 6)));
    assert!(backdated(Effective::day(was), day(2021, 4, 4)));
    assert!(backdated(Effective::Unknown, was));
}

#[test]
fn names_inside_a_sentence_are_small_but_abbreviations_stay() {
    assert_eq!(lower_first("Initiering"), "initiering");
    assert_eq!(lower_first("PPT-leder"), "PPT-leder");
    assert_eq!(lower_first("Å"), "å");
    assert_eq!(lower_first(""), "");
}

#[test]
fn a_mean_has_one_decimal_in_the_readers_language() {
    assert_eq!(mean_of([0, 0, 1, 1, 0], "nb"), "3,5");
    assert_eq!(mean_of([0, 0, 1, 1, 0], "en"), "3.5");
    assert_eq!(mean_of([0; 5], "nn"), "0,0");
}
