//! Where the river runs: quarters and counts to points and paths. Pure; all lengths are in the picture's own units.

use chrono::NaiveDate;
use domain::time::Quarter;
use domain::views::river::Level;
use std::fmt::Write;

/// Width of the picture.
pub const WIDTH: f64 = 360.0;
/// Free space at each side, so that a slider's thumb can stand over the first and the last quarter.
pub const SIDE: f64 = 12.0;
/// The lane of motivation: from 5 at its top to 1 at its foot.
pub const MOOD: (f64, f64) = (12.0, 70.0);
/// The lane of the bands.
pub const BANDS: (f64, f64) = (80.0, 204.0);
/// The line of marks.
pub const MARKS: f64 = 214.0;
/// The foot of the years.
pub const YEARS: f64 = 237.0;
/// Height of the picture.
pub const HEIGHT: f64 = 242.0;

/// A common path of motivation over seven years: it falls before it rises. An illustration, not a forecast.
const EXPECTED: [f64; 8] = [3.9, 3.4, 2.8, 2.6, 3.0, 3.6, 4.0, 4.2];

/// Whose judgement the bands show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The units' own.
    #[default]
    Own,
    /// The evaluators'.
    Assessed,
}

/// The counts of a level by one source.
#[must_use]
pub const fn counts(level: &Level, source: Source) -> [u32; 3] {
    match source {
        Source::Own => level.self_reported,
        Source::Assessed => level.assessed,
    }
}

/// The last day of a quarter.
#[must_use]
pub fn end_of(quarter: Quarter) -> NaiveDate {
    Quarter(quarter.0 + 1)
        .first_day()
        .pred_opt()
        .unwrap_or(NaiveDate::MAX)
}

/// The day a place on the slider stands for: the quarter's last, but never after today.
#[must_use]
pub fn day_of(quarter: Quarter, today: NaiveDate) -> NaiveDate {
    end_of(quarter).min(today)
}

/// Levels carried on to a quarter, so that the river reaches today even when nothing happened lately.
#[must_use]
pub fn until(mut levels: Vec<Level>, last: Quarter) -> Vec<Level> {
    while let Some(end) = levels.last().copied().filter(|end| end.quarter < last) {
        levels.push(Level {
            quarter: Quarter(end.quarter.0 + 1),
            motivation: None,
            meetings: 0,
            changes: 0,
            ..end
        });
    }
    levels
}

/// The levels from a year before the first meeting or reading on: what was entered about bodies long before anybody
/// read anything would press the river into a corner.
#[must_use]
pub fn from_the_source(levels: Vec<Level>) -> Vec<Level> {
    let quiet = |level: &Level| {
        let units: u32 = level.self_reported.iter().chain(&level.assessed).sum();
        units == 0 && level.motivation.is_none() && level.meetings == 0
    };
    let before = levels.iter().take_while(|level| quiet(level)).count();
    if before == levels.len() {
        return levels;
    }
    levels.into_iter().skip(before.saturating_sub(4)).collect()
}

/// The level in force at a quarter: the last one not after it.
#[must_use]
pub fn level_at(levels: &[Level], quarter: Quarter) -> Option<Level> {
    levels
        .iter()
        .rev()
        .find(|level| level.quarter <= quarter)
        .copied()
}

/// The last motivation known at a quarter, and from when it is.
#[must_use]
pub fn motivation_at(levels: &[Level], quarter: Quarter) -> Option<(f32, Quarter)> {
    levels
        .iter()
        .rev()
        .filter(|level| level.quarter <= quarter)
        .find_map(|level| level.motivation.map(|mean| (mean, level.quarter)))
}

/// Meetings and changes up to and with a quarter.
#[must_use]
pub fn totals_at(levels: &[Level], quarter: Quarter) -> (u32, u32) {
    levels
        .iter()
        .filter(|level| level.quarter <= quarter)
        .fold((0, 0), |(meetings, changes), level| {
            (meetings + level.meetings, changes + level.changes)
        })
}

/// A number with one decimal, as the language writes it.
#[must_use]
pub fn decimal(value: f32, language: &str) -> String {
    let text = format!("{value:.1}");
    if language == "en" {
        text
    } else {
        text.replace('.', ",")
    }
}

/// The scales of one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The first quarter.
    pub first: Quarter,
    /// The last quarter.
    pub last: Quarter,
    /// The highest sum of units.
    pub most: u32,
}

impl Scale {
    /// The scales that levels need, over the quarters from the first to the last.
    #[must_use]
    pub fn of(levels: &[Level], first: Quarter, last: Quarter) -> Self {
        let most = levels
            .iter()
            .flat_map(|level| [level.self_reported, level.assessed])
            .map(|counts| counts.iter().sum())
            .max()
            .unwrap_or(0);
        Self {
            first,
            last: last.max(first),
            most,
        }
    }

    /// Where a quarter lies. A river of one quarter is drawn at the right bank.
    #[must_use]
    pub fn x(&self, quarter: Quarter) -> f64 {
        let span = f64::from(self.last.0 - self.first.0);
        let part = if span == 0.0 {
            1.0
        } else {
            f64::from(quarter.0 - self.first.0) / span
        };
        SIDE + part.clamp(0.0, 1.0) * (WIDTH - 2.0 * SIDE)
    }

    /// The quarter at a part (0 to 1) of the picture's width.
    #[must_use]
    pub fn quarter_at(&self, part: f64) -> Quarter {
        let inner = (part * WIDTH - SIDE) / (WIDTH - 2.0 * SIDE);
        let span = f64::from(self.last.0 - self.first.0);
        // Between 0 and the number of quarters: far inside the range of an i32.
        #[allow(clippy::cast_possible_truncation)]
        let steps = (inner.clamp(0.0, 1.0) * span).round() as i32;
        Quarter(self.first.0 + steps)
    }

    /// The height of a count of units.
    #[must_use]
    pub fn y(&self, units: u32) -> f64 {
        let (top, foot) = BANDS;
        foot - (foot - top) * f64::from(units) / f64::from(self.most.max(1))
    }

    /// The height of a mean of motivation.
    #[must_use]
    pub fn mood(&self, mean: f64) -> f64 {
        let (top, foot) = MOOD;
        foot - (foot - top) * (mean.clamp(1.0, 5.0) - 1.0) / 4.0
    }

    /// The quarters at which a year's name is written, few enough to be read.
    #[must_use]
    pub fn years(&self) -> Vec<(f64, i32)> {
        let count = self.last.year() - self.first.year() + 1;
        let step = match count {
            ..=8 => 1,
            9..=16 => 2,
            _ => 5,
        };
        (self.first.year()..=self.last.year())
            .filter(|year| year % step == 0)
            .map(|year| Quarter(year * 4))
            .filter(|quarter| *quarter >= self.first && *quarter <= self.last)
            .map(|quarter| (self.x(quarter), quarter.year()))
            .filter(|(x, _)| *x < WIDTH - SIDE)
            .collect()
    }
}

type Point = (f64, f64);

/// The slopes of a curve that never runs above or below its points.
fn slopes(points: &[Point]) -> Vec<f64> {
    let rises: Vec<f64> = points
        .windows(2)
        .map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0))
        .collect();
    (0..points.len())
        .map(|at| {
            let before = at.checked_sub(1).and_then(|at| rises.get(at)).copied();
            let after = rises.get(at).copied();
            match (before, after) {
                (Some(before), Some(after)) if before * after > 0.0 => {
                    2.0 * before * after / (before + after)
                }
                (Some(_), Some(_)) | (None, None) => 0.0,
                (Some(only), None) | (None, Some(only)) => only,
            }
        })
        .collect()
}

fn curve(path: &mut String, points: &[Point]) {
    let slopes = slopes(points);
    for (at, pair) in points.windows(2).enumerate() {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let third = (bx - ax) / 3.0;
        // Writing into a String cannot fail.
        let _ = write!(
            path,
            "C{:.2} {:.2} {:.2} {:.2} {bx:.2} {by:.2}",
            ax + third,
            ay + slopes[at] * third,
            bx - third,
            by - slopes[at + 1] * third,
        );
    }
}

/// A smooth line through points.
#[must_use]
pub fn line(points: &[Point]) -> String {
    let mut path = String::new();
    if let Some((x, y)) = points.first() {
        let _ = write!(path, "M{x:.2} {y:.2}");
        curve(&mut path, points);
    }
    path
}

/// The area between an upper and a lower line, both from left to right.
fn area(upper: &[Point], lower: &[Point]) -> String {
    let mut path = line(upper);
    let back: Vec<Point> = lower.iter().rev().copied().collect();
    if let Some((x, y)) = back.first() {
        let _ = write!(path, "L{x:.2} {y:.2}");
        curve(&mut path, &back);
        path.push('Z');
    }
    path
}

/// The upper line of the lowest so many bands: 0 is the bed, 3 the surface. The phase that lasts lies at the bottom.
#[must_use]
pub fn surface(levels: &[Level], source: Source, scale: &Scale, bands: usize) -> Vec<Point> {
    levels
        .iter()
        .map(|level| {
            let sum = counts(level, source).iter().rev().take(bands).sum();
            (scale.x(level.quarter), scale.y(sum))
        })
        .collect()
}

/// The band of the phase with this index.
#[must_use]
pub fn band(levels: &[Level], source: Source, scale: &Scale, phase: usize) -> String {
    let below = 2_usize.saturating_sub(phase);
    area(
        &surface(levels, source, scale, below + 1),
        &surface(levels, source, scale, below),
    )
}

/// The points of motivation.
#[must_use]
pub fn moods(levels: &[Level], scale: &Scale) -> Vec<Point> {
    levels
        .iter()
        .filter_map(|level| {
            let mean = f64::from(level.motivation?);
            Some((scale.x(level.quarter), scale.mood(mean)))
        })
        .collect()
}

/// The common seven-year path from the river's first quarter on, as far as the picture reaches.
#[must_use]
pub fn expected(scale: &Scale) -> Vec<Point> {
    EXPECTED
        .iter()
        .zip(0_i32..)
        .map(|(mean, year)| (Quarter(scale.first.0 + year * 4), *mean))
        .filter(|(quarter, _)| *quarter <= scale.last)
        .map(|(quarter, mean)| (scale.x(quarter), scale.mood(mean)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(quarter: i32, own: [u32; 3], motivation: Option<f32>) -> Level {
        Level {
            quarter: Quarter(quarter),
            self_reported: own,
            assessed: [0; 3],
            motivation,
            meetings: 1,
            changes: 2,
        }
    }

    fn river() -> Vec<Level> {
        vec![
            level(8064, [4, 0, 0], Some(4.0)),
            level(8065, [3, 2, 0], None),
            level(8066, [1, 3, 2], Some(2.5)),
        ]
    }

    #[test]
    fn the_last_quarter_stands_at_the_right_bank_and_comes_back_from_there() {
        let scale = Scale::of(&river(), Quarter(8064), Quarter(8066));
        assert!((scale.x(Quarter(8064)) - SIDE).abs() < 1e-9);
        assert!((scale.x(Quarter(8066)) - (WIDTH - SIDE)).abs() < 1e-9);
        for quarter in 8064..=8066 {
            let quarter = Quarter(quarter);
            assert_eq!(scale.quarter_at(scale.x(quarter) / WIDTH), quarter);
        }
        assert_eq!(scale.quarter_at(-3.0), Quarter(8064));
        assert_eq!(scale.quarter_at(7.0), Quarter(8066));
    }

    #[test]
    fn the_surface_is_highest_where_most_units_are() {
        let scale = Scale::of(&river(), Quarter(8064), Quarter(8066));
        assert_eq!(scale.most, 6);
        let surface = surface(&river(), Source::Own, &scale, 3);
        assert!((surface[2].1 - BANDS.0).abs() < 1e-9);
        assert!(surface[0].1 > surface[1].1 && surface[1].1 > surface[2].1);
    }

    #[test]
    fn the_lasting_phase_lies_at_the_bed() {
        let scale = Scale::of(&river(), Quarter(8064), Quarter(8066));
        let bed = surface(&river(), Source::Own, &scale, 0);
        assert!(bed.iter().all(|(_, y)| (y - BANDS.1).abs() < 1e-9));
        let first = surface(&river(), Source::Own, &scale, 1);
        assert!((first[2].1 - scale.y(2)).abs() < 1e-9);
    }

    #[test]
    fn a_curve_never_runs_beyond_its_points() {
        let points = [(0.0, 0.0), (1.0, 5.0), (2.0, 5.0), (4.0, 1.0)];
        let slopes = slopes(&points);
        assert!(slopes[1].abs() < 1e-9 && slopes[2].abs() < 1e-9);
        assert!(line(&points).starts_with("M0.00 0.00C"));
        assert_eq!(line(&[]), "");
        assert_eq!(line(&points[..1]), "M0.00 0.00");
    }

    #[test]
    fn a_quiet_river_reaches_today() {
        let long = until(river(), Quarter(8068));
        assert_eq!(long.len(), 5);
        assert_eq!(long[4].self_reported, [1, 3, 2]);
        assert_eq!((long[4].meetings, long[4].motivation), (0, None));
        assert_eq!(until(Vec::new(), Quarter(8068)), Vec::new());
    }

    #[test]
    fn a_long_quiet_time_before_the_source_is_left_out() {
        let quiet = |quarter| Level {
            meetings: 0,
            ..level(quarter, [0; 3], None)
        };
        let mut levels: Vec<Level> = (8000..8064).map(quiet).collect();
        levels.extend(river());
        let short = from_the_source(levels);
        assert_eq!(
            short.first().map(|level| level.quarter),
            Some(Quarter(8060))
        );
        assert_eq!(short.len(), 7);
        assert_eq!(from_the_source(vec![quiet(8000)]).len(), 1);
        assert_eq!(from_the_source(river()).len(), 3);
    }

    #[test]
    fn before_the_river_there_is_no_level_and_no_motivation() {
        assert_eq!(level_at(&river(), Quarter(8063)), None);
        assert_eq!(motivation_at(&river(), Quarter(8063)), None);
        assert_eq!(
            motivation_at(&river(), Quarter(8065)),
            Some((4.0, Quarter(8064)))
        );
        assert_eq!(totals_at(&river(), Quarter(8065)), (2, 4));
    }

    #[test]
    fn years_are_written_sparsely_over_a_long_time() {
        let short = Scale::of(&[], Quarter(2020 * 4), Quarter(2026 * 4 + 3));
        assert_eq!(short.years().len(), 7);
        let long = Scale::of(&[], Quarter(2006 * 4), Quarter(2026 * 4 + 3));
        assert_eq!(
            long.years()
                .iter()
                .map(|(_, year)| *year)
                .collect::<Vec<_>>(),
            [2010, 2015, 2020, 2025]
        );
    }

    #[test]
    fn the_expected_path_stops_where_the_picture_stops() {
        let scale = Scale::of(&[], Quarter(8064), Quarter(8064 + 9));
        assert_eq!(expected(&scale).len(), 3);
        let points = expected(&Scale::of(&[], Quarter(8064), Quarter(8064 + 60)));
        assert_eq!(points.len(), 8);
        let lowest = points.iter().map(|(_, y)| *y).fold(0.0, f64::max);
        assert!(
            (points[3].1 - lowest).abs() < 1e-9,
            "the dip is in the third year"
        );
    }

    #[test]
    fn the_slider_never_stands_for_a_day_to_come() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        assert_eq!(day_of(Quarter::of(today), today), today);
        let spring = day_of(Quarter(2026 * 4), today);
        assert_eq!(spring, NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day"));
        assert_eq!(decimal(3.25, "nb"), "3,2");
        assert_eq!(decimal(3.25, "en"), "3.2");
    }
}
