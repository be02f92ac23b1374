//! Days, times and numbers as people say them, in the reader's language. Pure: what day it is comes from the page.

use crate::words::Words;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use domain::time::{Effective, Quarter};

/// Puts parts into a sentence with places in braces: `fill("{n} rader", &[("n", "3")])`.
#[must_use]
pub fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else {
            break;
        };
        let name = &rest[open + 1..open + close];
        out.push_str(&rest[..open]);
        if let Some((_, value)) = parts.iter().find(|(part, _)| *part == name) {
            out.push_str(value);
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// A text with a capital first letter: sentences can begin with a name of a day.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// The name of a day of the week.
#[must_use]
pub fn weekday(day: NaiveDate, words: &Words) -> &str {
    let frame = &words.frame;
    match day.weekday() {
        Weekday::Mon => &frame.monday,
        Weekday::Tue => &frame.tuesday,
        Weekday::Wed => &frame.wednesday,
        Weekday::Thu => &frame.thursday,
        Weekday::Fri => &frame.friday,
        Weekday::Sat => &frame.saturday,
        Weekday::Sun => &frame.sunday,
    }
}

/// The name of a day's month.
#[must_use]
pub fn month_name(day: NaiveDate, words: &Words) -> &str {
    let frame = &words.frame;
    match day.month() {
        1 => &frame.january,
        2 => &frame.february,
        3 => &frame.march,
        4 => &frame.april,
        5 => &frame.may,
        6 => &frame.june,
        7 => &frame.july,
        8 => &frame.august,
        9 => &frame.september,
        10 => &frame.october,
        11 => &frame.november,
        _ => &frame.december,
    }
}

fn date(pattern: &str, day: NaiveDate, words: &Words) -> String {
    fill(
        pattern,
        &[
            ("weekday", weekday(day, words)),
            ("day", &day.day().to_string()),
            ("month", month_name(day, words)),
            ("year", &day.year().to_string()),
        ],
    )
}

/// A day as people say it: `i morgen`, `tirsdag 14. mars`, and with the year when it is another one.
#[must_use]
pub fn day(day: NaiveDate, today: NaiveDate, words: &Words) -> String {
    let frame = &words.frame;
    match (day - today).num_days() {
        0 => frame.day_today.clone(),
        1 => frame.day_tomorrow.clone(),
        -1 => frame.day_yesterday.clone(),
        _ if day.year() == today.year() => date(&frame.day_this_year, day, words),
        _ => date(&frame.day_other_year, day, words),
    }
}

/// A day without weekday or relation to today, with its year: for tables and lists.
#[must_use]
pub fn full_day(day: NaiveDate, words: &Words) -> String {
    date(&words.frame.day_other_year, day, words)
}

/// A day with its weekday, without the year: `tirsdag 14. mars`.
#[must_use]
pub fn weekday_and_day(day: NaiveDate, words: &Words) -> String {
    date(&words.frame.day_this_year, day, words)
}

/// A day and a month: `14. mars`.
#[must_use]
pub fn short_day(day: NaiveDate, words: &Words) -> String {
    date(&words.frame.day_short, day, words)
}

/// How far away a day is: `om 5 dager`, `i morgen`, `for 3 dager siden`.
#[must_use]
pub fn distance(day: NaiveDate, today: NaiveDate, words: &Words) -> String {
    let frame = &words.frame;
    match (day - today).num_days() {
        0 => frame.day_today.clone(),
        1 => frame.day_tomorrow.clone(),
        -1 => frame.day_yesterday.clone(),
        days if days > 0 => fill(&frame.in_days, &[("count", &count(days.unsigned_abs()))]),
        days => fill(&frame.days_ago, &[("count", &count(days.unsigned_abs()))]),
    }
}

/// A month of a year: `mars 2024`.
#[must_use]
pub fn month(day: NaiveDate, words: &Words) -> String {
    date(&words.frame.month_pattern, day, words)
}

/// A quarter of a year: `2. kvartal 2021`.
#[must_use]
pub fn quarter(quarter: Quarter, words: &Words) -> String {
    fill(
        &words.frame.quarter_pattern,
        &[
            ("number", &quarter.number().to_string()),
            ("year", &quarter.year().to_string()),
        ],
    )
}

/// A time of day: `09.00` in Norwegian, `09:00` in English.
#[must_use]
pub fn time(time: NaiveTime, words: &Words) -> String {
    if words.language == "en" {
        time.format("%H:%M").to_string()
    } else {
        time.format("%H.%M").to_string()
    }
}

/// A day with a time: `i morgen kl. 09.00`.
#[must_use]
pub fn day_and_time(on: NaiveDate, at: NaiveTime, today: NaiveDate, words: &Words) -> String {
    fill(
        &words.frame.day_and_time,
        &[("day", &day(on, today, words)), ("time", &time(at, words))],
    )
}

/// A moment as the region's clock shows it, for who recorded what when.
#[must_use]
pub fn moment(moment: NaiveDateTime, words: &Words) -> String {
    fill(
        &words.frame.moment,
        &[
            ("day", &full_day(moment.date(), words)),
            ("time", &time(moment.time(), words)),
        ],
    )
}

/// Minutes as people say them: `45 minutter`, `1 time og 30 minutter`.
#[must_use]
pub fn minutes(minutes: u32, words: &Words) -> String {
    let frame = &words.frame;
    let some = |number: u32, one: &str, many: &str| {
        if number == 1 {
            one.to_owned()
        } else {
            fill(many, &[("count", &number.to_string())])
        }
    };
    let rest = some(minutes % 60, &frame.minutes_one, &frame.minutes_many);
    if minutes < 60 {
        return rest;
    }
    let hours = some(minutes / 60, &frame.hours_one, &frame.hours_many);
    if minutes.is_multiple_of(60) {
        return hours;
    }
    fill(
        &frame.hours_and_minutes,
        &[("hours", &hours), ("minutes", &rest)],
    )
}

/// A number with spaces between thousands: `12 480`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            // A narrow space that does not break.
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// One or many: picks the pattern and puts the number in at `{count}`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    let pattern = if number == 1 { one } else { many };
    fill(pattern, &[("count", &count(number))])
}

/// Things in a row: `Ås, Ski og Vestby`.
#[must_use]
pub fn list(parts: &[String], words: &Words) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {} {last}", first.join(", "), words.frame.and),
    }
}

/// The year a school year begins in (August) that a day lies in.
#[must_use]
pub fn school_year_of(day: NaiveDate) -> i32 {
    if day.month() >= 8 {
        day.year()
    } else {
        day.year() - 1
    }
}

/// A school year by the year it begins in: `Skoleåret 2021–22`.
#[must_use]
pub fn school_year(from: i32, words: &Words) -> String {
    fill(
        &words.frame.school_year,
        &[
            ("from", &from.to_string()),
            ("to", &format!("{:02}", (from + 1).rem_euclid(100))),
        ],
    )
}

/// When something was true, as exactly as it is known.
#[must_use]
pub fn effective(effective: Effective, today: NaiveDate, words: &Words) -> String {
    match effective {
        Effective::Unknown => words.frame.unknown_day.clone(),
        Effective::Days { from, to } if from == to => day(from, today, words),
        Effective::Days { from, to } if from.month() == to.month() && from.year() == to.year() => {
            fill(&words.frame.some_day_in, &[("period", &month(from, words))])
        }
        Effective::Days { from, to } if from.year() == to.year() => fill(
            &words.frame.some_day_in,
            &[("period", &from.year().to_string())],
        ),
        Effective::Days { from, to } => format!("{}–{}", from.year(), to.year()),
    }
}

/// What a page that is not live says about its time; nothing for a live one.
#[must_use]
pub fn as_of(
    on: Option<NaiveDate>,
    known_at: Option<NaiveDateTime>,
    words: &Words,
) -> Option<String> {
    let frame = &words.frame;
    let on = on.map(|on| full_day(on, words));
    let known = known_at.map(|known_at| moment(known_at, words));
    match (on, known) {
        (None, None) => None,
        (Some(on), None) => Some(fill(&frame.as_of_day, &[("day", &on)])),
        (None, Some(known)) => Some(fill(&frame.as_of_known, &[("moment", &known)])),
        (Some(on), Some(known)) => {
            Some(fill(&frame.as_of_both, &[("day", &on), ("moment", &known)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::of;

    fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let today = ymd(2026, 3, 13);
        let nb = of("nb");
        assert_eq!(day(ymd(2026, 3, 13), today, nb), "i dag");
        assert_eq!(day(ymd(2026, 3, 14), today, nb), "i morgen");
        assert_eq!(day(ymd(2026, 3, 12), today, nb), "i går");
        assert_eq!(day(ymd(2026, 3, 17), today, nb), "tirsdag 17. mars");
        assert_eq!(day(ymd(2019, 3, 17), today, nb), "17. mars 2019");
        assert_eq!(day(ymd(2026, 3, 17), today, of("nn")), "tysdag 17. mars");
        assert_eq!(day(ymd(2026, 3, 17), today, of("en")), "Tuesday 17 March");
        assert_eq!(distance(ymd(2026, 3, 18), today, nb), "om 5 dager");
        assert_eq!(distance(ymd(2026, 3, 3), today, nb), "for 10 dager siden");
    }

    #[test]
    fn times_follow_the_language() {
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
        assert_eq!(time(nine, of("nb")), "09.00");
        assert_eq!(time(nine, of("en")), "09:00");
        let today = ymd(2026, 3, 13);
        assert_eq!(
            day_and_time(ymd(2026, 3, 14), nine, today, of("nb")),
            "i morgen kl. 09.00"
        );
    }

    #[test]
    fn minutes_become_hours() {
        let nb = of("nb");
        assert_eq!(minutes(1, nb), "1 minutt");
        assert_eq!(minutes(45, nb), "45 minutter");
        assert_eq!(minutes(60, nb), "1 time");
        assert_eq!(minutes(150, nb), "2 timer og 30 minutter");
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!(count(7), "7");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1\u{202f}000");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn a_list_ends_with_and() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(list(&names(&[]), of("nb")), "");
        assert_eq!(list(&names(&["Ås"]), of("nb")), "Ås");
        assert_eq!(
            list(&names(&["Ås", "Ski", "Moss"]), of("nb")),
            "Ås, Ski og Moss"
        );
    }

    #[test]
    fn a_school_year_begins_in_august() {
        assert_eq!(school_year_of(ymd(2021, 7, 31)), 2020);
        assert_eq!(school_year_of(ymd(2021, 8, 1)), 2021);
        assert_eq!(school_year(2021, of("nb")), "Skoleåret 2021–22");
        assert_eq!(school_year(1999, of("en")), "School year 1999–00");
    }

    #[test]
    fn rough_days_say_so() {
        let today = ymd(2026, 3, 13);
        let nb = of("nb");
        let said = |effective| super::effective(effective, today, nb);
        assert_eq!(said(Effective::Unknown), "ukjent dag");
        assert_eq!(
            said(Effective::month(2016, 3).expect("a month")),
            "en gang i mars 2016"
        );
        assert_eq!(
            said(Effective::year(2016).expect("a year")),
            "en gang i 2016"
        );
    }

    #[test]
    fn unknown_places_stay_empty_and_braces_alone_stay() {
        assert_eq!(fill("a {b} c", &[]), "a  c");
        assert_eq!(fill("a {b", &[("b", "x")]), "a {b");
        assert_eq!(fill("{b}{b}", &[("b", "{c}")]), "{c}{c}");
    }
}
