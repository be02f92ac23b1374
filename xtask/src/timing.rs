//! Says what is being done and how long it took.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs one step of a build. What it prints stands between its name and its time.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    // A line of ours must stand before what a child prints, also where our output is a pipe.
    let _ = std::io::stdout().flush();
    let start = Instant::now();
    let result = work();
    println!("    {name}: {}", seconds(start.elapsed()));
    result
}

/// As people read it in a table.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds < 60.0 {
        true => format!("{seconds:.1} s"),
        false => format!("{} min {:02.0} s", duration.as_secs() / 60, seconds % 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_time_is_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
