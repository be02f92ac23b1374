//! Days and moments. `effective` says when something was true in the world and may be rough; `recorded_at` says when
//! we came to know it and is exact.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A moment, to the microsecond.
pub type Timestamp = DateTime<Utc>;

/// The day something was true in the world, as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effective {
    /// From the first to the last of these days; one day has both equal.
    Days {
        /// First day that is possible.
        from: NaiveDate,
        /// Last day that is possible.
        to: NaiveDate,
    },
    /// Nobody knows.
    Unknown,
}

impl Effective {
    /// Exactly this day.
    #[must_use]
    pub const fn day(day: NaiveDate) -> Self {
        Self::Days { from: day, to: day }
    }

    /// Some day of this month; `None` if there is no such month.
    #[must_use]
    pub fn month(year: i32, month: u32) -> Option<Self> {
        let from = NaiveDate::from_ymd_opt(year, month, 1)?;
        let next = if month == 12 {
            NaiveDate::from_ymd_opt(year + 1, 1, 1)
        } else {
            NaiveDate::from_ymd_opt(year, month + 1, 1)
        };
        Some(Self::Days {
            from,
            to: next?.pred_opt()?,
        })
    }

    /// Some day of this year; `None` if the calendar has no such year.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        Some(Self::Days {
            from: NaiveDate::from_ymd_opt(year, 1, 1)?,
            to: NaiveDate::from_ymd_opt(year, 12, 31)?,
        })
    }

    /// The first possible day.
    #[must_use]
    pub const fn from(self) -> Option<NaiveDate> {
        match self {
            Self::Days { from, .. } => Some(from),
            Self::Unknown => None,
        }
    }

    /// The order of a timeline: by first day, then last day; what is unknown comes last.
    #[must_use]
    pub const fn order(self) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Days { from, to } => (from, to),
            Self::Unknown => (NaiveDate::MAX, NaiveDate::MAX),
        }
    }
}

/// A quarter of a year, counted from the start of year 0: the unit of the river's bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarter(pub i32);

impl Quarter {
    /// The quarter a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 4 + i32::try_from(day.month0() / 3).unwrap_or(0))
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.0.div_euclid(4)
    }

    /// 1 to 4.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.rem_euclid(4) + 1
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let month = u32::try_from(self.0.rem_euclid(4) * 3 + 1).unwrap_or(1);
        NaiveDate::from_ymd_opt(self.year(), month, 1).unwrap_or(NaiveDate::MIN)
    }
}

/// From which time a page is asked: what was true `on` a day, `as known at` a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AsOf {
    /// The day; `None` means today.
    pub on: Option<NaiveDate>,
    /// The moment; `None` means now.
    pub known_at: Option<Timestamp>,
}

impl AsOf {
    /// Today, as known now.
    pub const LIVE: Self = Self {
        on: None,
        known_at: None,
    };

    /// Whether this is the live view.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.on.is_none() && self.known_at.is_none()
    }
}
