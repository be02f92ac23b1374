//! Time, passed in: nothing else in this crate asks the system what time it is.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::time::Timestamp;
use std::sync::Mutex;

/// Says what time it is, to the microsecond.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        to_the_microsecond(Utc::now())
    }
}

/// A clock that only moves when told to: for tests and for the demo.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Stands at this moment.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(to_the_microsecond(moment)))
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self
            .0
            .lock()
            .expect("nothing panics while it holds the clock");
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .expect("nothing panics while it holds the clock")
    }
}

/// Cuts off what Postgres would not keep, so that what is hashed is what is stored.
#[must_use]
pub fn to_the_microsecond(moment: DateTime<Utc>) -> Timestamp {
    moment
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(moment)
}
