//! What a running process counts about itself, by fixed names, in Prometheus' text format.
//!
//! `GET /metrics` answers [`text`], only where the service listens on loopback: the figures name no region and no
//! person, but how busy a region's people are is nobody else's business. A proxy before it should not pass it on.
//!
//! To count one more thing, add a line to the list below and say [`Counter::add`], [`Gauge::set`],
//! [`Gauges::set`] or [`Histogram::observe`] where it happens. The doc sentence of the line is the help text. A name
//! is never given to another thing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The list below, as statics and as the text of all of them.
macro_rules! metrics {
    ($(#[doc = $help:literal] $kind:ident $metric:ident = $name:literal $(, $of:ident)?;)+) => {
        $(
            #[doc = $help]
            pub static $metric: $kind = $kind::new($(metrics!(@ $kind $of))?);
        )+

        /// All of them, as Prometheus reads them.
        #[must_use]
        pub fn text() -> String {
            let mut text = String::new();
            $(
                writeln!(text, "# HELP {}{}", $name, $help).expect("a string takes everything");
                $metric.text(&mut text, $name);
            )+
            text
        }
    };
    (@ Histogram seconds) => { Scale::SECONDS };
    (@ Histogram pieces) => { Scale::PIECES };
    (@ $kind:ident $label:ident) => { stringify!($label) };
}

metrics! {
    /// Seconds from an order's arrival in the queue to its answer.
    Histogram APPEND_SECONDS = "samspor_append_seconds", seconds;
    /// Seconds that deciding a batch took, what it had to read included.
    Histogram DECIDE_SECONDS = "samspor_decide_seconds", seconds;
    /// Seconds that one landing call took, flush included.
    Histogram LANDING_SECONDS = "samspor_landing_seconds", seconds;
    /// Orders decided and landed together, of one region.
    Histogram BATCH_ORDERS = "samspor_batch_orders", pieces;
    /// Regions' batches that shared one call and one flush.
    Histogram CALL_BATCHES = "samspor_call_batches", pieces;
    /// Answers to orders, by outcome.
    Counters ORDERS = "samspor_orders_total", outcome;
    /// Events landed by this process.
    Counter EVENTS_LANDED = "samspor_events_landed_total";
    /// Batches that another process's landing made out of date.
    Counter OVERTAKEN = "samspor_overtaken_total";
    /// Batches tried again for any reason.
    Counter RETRIES = "samspor_retries_total";
    /// Orders waiting to be decided.
    Gauge QUEUED = "samspor_orders_queued";
    /// Regions with an executor at work in this process.
    Gauge EXECUTORS = "samspor_executors";
    /// States of streams found in a cache when an order needed them.
    Counter CACHE_HITS = "samspor_cache_hits_total";
    /// States of streams that had to be read from the log.
    Counter CACHE_MISSES = "samspor_cache_misses_total";
    /// States of streams dropped to stay within a cache's bytes.
    Counter CACHE_EVICTIONS = "samspor_cache_evictions_total";
    /// Estimated bytes of all cached states.
    Gauge CACHE_BYTES = "samspor_cache_bytes";
    /// Queries that asked which regions somebody is behind in.
    Counter FEED_LOOKS = "samspor_feed_looks_total";
    /// Turns of followers in regions.
    Counter FEED_SLICES = "samspor_feed_slices_total";
    /// Events that followers dealt with.
    Counter FEED_EVENTS = "samspor_feed_events_total";
    /// Events that followers could not deal with and that were set aside.
    Counter FEED_SET_ASIDE = "samspor_feed_set_aside_total";
    /// Turns undone because another process had taken over.
    Counter FEED_FENCED = "samspor_feed_fenced_total";
    /// Notifications sent to other processes.
    Counter FEED_TOLD = "samspor_feed_notifications_sent_total";
    /// Notifications of other processes heard.
    Counter FEED_HEARD = "samspor_feed_notifications_heard_total";
    /// Events of all regions that a follower has not come to.
    Gauges FEED_BEHIND = "samspor_feed_behind_events", follower;
    /// Events of all regions that wait, set aside, for a follower.
    Gauges FEED_PARKED = "samspor_feed_parked_events", follower;
    /// Letters that the mail server took.
    Counter MAILS_SENT = "samspor_mails_sent_total";
    /// Letters that it would not take, set aside for the operator.
    Counter MAILS_PARKED = "samspor_mails_parked_total";
    /// Snapshots folded anew and compared.
    Counter SNAPSHOTS_COMPARED = "samspor_snapshots_compared_total";
    /// Snapshots that were not what their events say, and were repaired.
    Counter SNAPSHOTS_DRIFTED = "samspor_snapshots_drifted_total";
}

/// Only ever grows.
#[derive(Debug)]
pub struct Counter {
    value: AtomicU64,
}

impl Counter {
    const fn new() -> Self {
        Self {
            value: AtomicU64::new(0),
        }
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.value.fetch_add(more, Relaxed);
    }

    /// How many until now.
    pub fn get(&self) -> u64 {
        self.value.load(Relaxed)
    }

    fn text(&self, text: &mut String, name: &str) {
        head(text, name, "counter");
        line(text, name, "", self.get());
    }
}

/// Goes up and down.
#[derive(Debug)]
pub struct Gauge {
    value: AtomicI64,
}

impl Gauge {
    const fn new() -> Self {
        Self {
            value: AtomicI64::new(0),
        }
    }

    /// Now it is so many.
    pub fn set(&self, value: i64) {
        self.value.store(value, Relaxed);
    }

    /// So many more, or fewer.
    pub fn add(&self, change: i64) {
        self.value.fetch_add(change, Relaxed);
    }

    /// How many there are.
    pub fn get(&self) -> i64 {
        self.value.load(Relaxed)
    }

    fn text(&self, text: &mut String, name: &str) {
        head(text, name, "gauge");
        line(text, name, "", self.get());
    }
}

/// Several, told apart by a label whose values are few and known when the program is written.
#[derive(Debug)]
pub struct Family<const GROWS: bool> {
    label: &'static str,
    values: Mutex<BTreeMap<&'static str, i64>>,
}

/// Counters by label.
pub type Counters = Family<true>;
/// Gauges by label.
pub type Gauges = Family<false>;

impl<const GROWS: bool> Family<GROWS> {
    const fn new(label: &'static str) -> Self {
        Self {
            label,
            values: Mutex::new(BTreeMap::new()),
        }
    }

    fn values(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, i64>> {
        self.values
            .lock()
            .expect("nothing panics while it holds the values")
    }

    /// So many more with this label.
    pub fn add(&self, of: &'static str, more: i64) {
        *self.values().entry(of).or_default() += more;
    }

    /// How many with this label.
    pub fn get(&self, of: &str) -> i64 {
        self.values().get(of).copied().unwrap_or(0)
    }

    fn text(&self, text: &mut String, name: &str) {
        head(text, name, if GROWS { "counter" } else { "gauge" });
        for (of, value) in self.values().iter() {
            line(text, name, &format!("{{{}=\"{of}\"}}", self.label), value);
        }
    }
}

impl Gauges {
    /// Now it is so many with this label.
    pub fn set(&self, of: &'static str, value: i64) {
        self.values().insert(of, value);
    }
}

/// What a histogram's numbers are: where its buckets end, and how many of the counted make one of the shown.
#[derive(Debug)]
struct Scale {
    ends: [u64; ENDS],
    one: u64,
}

const ENDS: usize = 14;

impl Scale {
    /// Counted in microseconds, shown in seconds.
    const SECONDS: Self = Self {
        ends: [
            250, 500, 1_000, 2_000, 4_000, 8_000, 12_000, 16_000, 20_000, 40_000, 80_000, 250_000,
            1_000_000, 5_000_000,
        ],
        one: 1_000_000,
    };
    /// Counted and shown one by one.
    const PIECES: Self = Self {
        ends: [
            1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192,
        ],
        one: 1,
    };
}

/// How often something was how large.
#[derive(Debug)]
pub struct Histogram {
    scale: Scale,
    /// By bucket; the last is for what lies beyond all ends.
    counts: [AtomicU64; ENDS + 1],
    sum: AtomicU64,
}

impl Histogram {
    const fn new(scale: Scale) -> Self {
        Self {
            scale,
            counts: [const { AtomicU64::new(0) }; ENDS + 1],
            sum: AtomicU64::new(0),
        }
    }

    /// Once more, of this size.
    pub fn observe(&self, size: u64) {
        let bucket = self.scale.ends.partition_point(|end| *end < size);
        self.counts[bucket].fetch_add(1, Relaxed);
        self.sum.fetch_add(size, Relaxed);
    }

    /// Once more, for so long.
    pub fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// Once more, from then to now.
    pub fn observe_since(&self, began: Instant) {
        self.observe_time(began.elapsed());
    }

    /// How often until now.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Relaxed)).sum()
    }

    /// All together, as shown.
    pub fn sum(&self) -> f64 {
        self.shown(self.sum.load(Relaxed))
    }

    fn text(&self, text: &mut String, name: &str) {
        head(text, name, "histogram");
        let mut below = 0;
        for (end, count) in self.scale.ends.iter().zip(&self.counts) {
            below += count.load(Relaxed);
            let end = self.shown(*end);
            line(text, name, &format!("_bucket{{le=\"{end}\"}}"), below);
        }
        below += self.counts[ENDS].load(Relaxed);
        line(text, name, "_bucket{le=\"+Inf\"}", below);
        line(text, name, "_sum", self.sum());
        line(text, name, "_count", below);
    }

    fn shown(&self, counted: u64) -> f64 {
        counted as f64 / self.scale.one as f64
    }
}

fn head(text: &mut String, name: &str, kind: &str) {
    writeln!(text, "# TYPE {name} {kind}").expect("a string takes everything");
}

fn line(text: &mut String, name: &str, label: &str, value: impl std::fmt::Display) {
    writeln!(text, "{name}{label} {value}").expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_what_is_at_most_as_large_as_a_buckets_end() {
        let histogram = Histogram::new(Scale::PIECES);
        for size in [1, 2, 3, 9_000] {
            histogram.observe(size);
        }
        let mut text = String::new();
        histogram.text(&mut text, "n");
        for line in [
            "n_bucket{le=\"1\"} 1",
            "n_bucket{le=\"2\"} 2",
            "n_bucket{le=\"4\"} 3",
            "n_bucket{le=\"8192\"} 3",
            "n_bucket{le=\"+Inf\"} 4",
            "n_sum 9006",
            "n_count 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn times_are_shown_in_seconds() {
        let histogram = Histogram::new(Scale::SECONDS);
        histogram.observe_time(Duration::from_millis(3));
        let mut text = String::new();
        histogram.text(&mut text, "t");
        assert!(text.contains("t_bucket{le=\"0.002\"} 0\n"), "{text}");
        assert!(text.contains("t_bucket{le=\"0.004\"} 1\n"), "{text}");
        assert!(text.contains("t_sum 0.003\n"), "{text}");
    }

    #[test]
    fn every_name_stands_once_with_help_and_type() {
        ORDERS.add("accepted", 2);
        CACHE_BYTES.set(-1);
        let text = text();
        assert!(text.contains("samspor_orders_total{outcome=\"accepted\"} 2\n"));
        assert!(text.contains("samspor_cache_bytes -1\n"));
        assert!(text.contains("# HELP samspor_executors Regions with"));
        let kinds: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .collect();
        let names: std::collections::BTreeSet<&&str> = kinds.iter().collect();
        assert_eq!(names.len(), kinds.len(), "{kinds:?}");
        assert!(names.iter().all(|name| name.starts_with("samspor_")));
    }
}
