//! How far a long order has come: one line that is drawn anew in a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Between two drawings in a terminal.
const DRAWN: Duration = Duration::from_millis(100);
/// Between two lines elsewhere.
const SAID: Duration = Duration::from_secs(2);
/// How long the bar is.
const BAR: u64 = 24;

/// Says on standard error how far something has come.
pub(super) struct Progress {
    what: String,
    unit: &'static str,
    terminal: bool,
    /// When it began, and how much was done by then.
    began: Option<(Instant, u64)>,
    said: Option<Instant>,
}

impl Progress {
    /// Of what, counted in what.
    pub fn new(what: &str, unit: &'static str) -> Self {
        Self {
            what: what.to_owned(),
            unit,
            terminal: std::io::stderr().is_terminal(),
            began: None,
            said: None,
        }
    }

    /// Says it, if it is time.
    pub fn at(&mut self, done: u64, of: u64) {
        let (began, from) = *self.began.get_or_insert_with(|| (Instant::now(), done));
        let pause = if self.terminal { DRAWN } else { SAID };
        if self.said.is_some_and(|said| said.elapsed() < pause) {
            return;
        }
        // The first time there is no rate to tell.
        if self.said.replace(Instant::now()).is_none() {
            return;
        }
        let line = line(
            &self.what,
            self.unit,
            done,
            of,
            rate(done - from, began.elapsed()),
        );
        if self.terminal {
            eprint!("\r\x1b[K{} {line}", bar(done, of));
            std::io::stderr().flush().ok();
        } else {
            eprintln!("{line}");
        }
    }

    /// Clears the line.
    pub fn end(self) {
        if self.terminal && self.said.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

fn rate(done: u64, time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    done.saturating_mul(1_000) / millis
}

fn bar(done: u64, of: u64) -> String {
    let full = (done * BAR / of.max(1)).min(BAR);
    let part = |n: u64, sign: &str| sign.repeat(usize::try_from(n).unwrap_or(0));
    format!("[{}{}]", part(full, "█"), part(BAR - full, "·"))
}

fn line(what: &str, unit: &str, done: u64, of: u64, rate: u64) -> String {
    let left = match of.saturating_sub(done).checked_div(rate) {
        Some(seconds) if seconds >= 60 => format!("{} min left", seconds.div_ceil(60)),
        Some(seconds) => format!("{seconds} s left"),
        None => "time left unknown".to_owned(),
    };
    format!("{what}: {done} of {of} {unit}, {rate} a second, {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_much_how_fast_and_how_long() {
        assert_eq!(
            line("nordmore", "events", 250_000, 1_000_000, 50_000),
            "nordmore: 250000 of 1000000 events, 50000 a second, 15 s left"
        );
        assert_eq!(
            line("nordmore", "events", 0, 100_000, 1_000),
            "nordmore: 0 of 100000 events, 1000 a second, 2 min left"
        );
        assert_eq!(
            line("nordmore", "events", 0, 10, 0),
            "nordmore: 0 of 10 events, 0 a second, time left unknown"
        );
        assert_eq!(rate(500, Duration::from_millis(250)), 2_000);
        assert_eq!(rate(500, Duration::ZERO), 500_000);
    }

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        assert_eq!(bar(0, 100), format!("[{}]", "·".repeat(24)));
        assert_eq!(
            bar(50, 100),
            format!("[{}{}]", "█".repeat(12), "·".repeat(12))
        );
        assert_eq!(bar(100, 100), format!("[{}]", "█".repeat(24)));
        assert_eq!(bar(0, 0), format!("[{}]", "·".repeat(24)));
    }
}
