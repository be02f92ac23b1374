//! The table, and the same as JSON.

use crate::peer::{Pace, Tortured};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// All stores, in the order of the table; the last is the limit, no store.
pub const NAMES: &[&str] = &[
    "samspor",
    "postgres-es",
    "disintegrate",
    "message-db",
    "emmett",
    "raw",
];
/// As they are called, with the versions that `Cargo.lock` and `package.json` pin.
const TITLES: &[&str] = &[
    "Samspor",
    "postgres-es 0.5.0",
    "disintegrate-postgres 4.0.1",
    "message-db 1.3.1",
    "Emmett 0.42.0",
    "plain inserts",
];

/// One append figure of one store.
#[derive(Debug, Serialize)]
pub struct Bench {
    pub writers: usize,
    pub tenants: usize,
    /// The round in the middle.
    pub pace: Pace,
    /// Events a second of the slowest and the fastest round.
    pub spread: (f64, f64),
}

impl Bench {
    pub fn new(writers: usize, tenants: usize, mut paces: Vec<Pace>) -> Self {
        paces.sort_by(|one, other| one.per_s.total_cmp(&other.per_s));
        let rate = |pace: Option<&Pace>| pace.map_or(0.0, |pace| pace.per_s);
        Self {
            writers,
            tenants,
            spread: (rate(paces.first()), rate(paces.last())),
            pace: paces.get(paces.len() / 2).copied().unwrap_or_default(),
        }
    }
}

/// All figures of one store.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    /// Why some are missing.
    pub missing: Option<String>,
    pub appends: Vec<Bench>,
    /// Rows inserted or updated for an event, and bytes written ahead, with 64 writers.
    pub rows: f64,
    pub wal_bytes: f64,
    /// Events, and milliseconds in the middle.
    pub loads: Vec<(usize, f64)>,
    /// Milliseconds in the middle, to decide on the longest of them.
    pub refuse_ms: Option<f64>,
    pub rebuild_s: Option<f64>,
    pub tortured: Option<Tortured>,
}

impl Figures {
    fn append(&self, writers: usize, tenants: usize) -> Option<&Bench> {
        self.appends
            .iter()
            .find(|one| (one.writers, one.tenants) == (writers, tenants))
    }
}

#[derive(Debug, Serialize)]
pub struct Report {
    date: String,
    machine: String,
    postgres: String,
    quick: bool,
    rebuilt: usize,
    /// Rows a second in inserts of a hundred.
    pub hundreds: Vec<Pace>,
    stores: BTreeMap<String, Figures>,
}

impl Report {
    pub fn new(postgres: String, rebuilt: usize, quick: bool) -> Self {
        Self {
            date: chrono::Utc::now().format("%Y-%m-%d").to_string(),
            machine: machine(),
            postgres,
            quick,
            rebuilt,
            hundreds: Vec::new(),
            stores: BTreeMap::new(),
        }
    }

    /// A store's figures, to add to.
    pub fn of(&mut self, name: &str) -> &mut Figures {
        self.stores.entry(name.to_owned()).or_default()
    }

    pub fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    fn hundred_rows_per_s(&self) -> f64 {
        Bench::new(1, 1, self.hundreds.clone()).pace.per_s
    }

    /// As Markdown that also reads well in a terminal.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let quick = if self.quick {
            "; a quick pass: not to be quoted"
        } else {
            ""
        };
        writeln!(
            out,
            "{}, {}, Postgres {} with `fsync`{quick}. Events a second, in brackets the 99th percentile in ms; the last \
             column: Samspor as a multiple of the best peer.\n",
            self.date, self.machine, self.postgres
        )
        .expect("a string takes everything");
        let mut row = |cells: Vec<String>| {
            writeln!(out, "| {} |", cells.join(" | ")).expect("a string takes everything");
        };
        let mut head = vec![String::new()];
        head.extend(TITLES.iter().map(|title| (*title).to_owned()));
        head.push("×".to_owned());
        let width = head.len();
        row(head);
        let mut line = vec!["---".to_owned()];
        line.extend(vec!["---:".to_owned(); width - 1]);
        row(line);
        for (writers, tenants) in crate::APPENDS {
            let plural = if *writers == 1 { "" } else { "s" };
            let title = match tenants {
                1 => format!("append, {writers} writer{plural}"),
                tenants => format!("append, {writers} writer{plural}, {tenants} tenants"),
            };
            let of = |one: &Figures| one.append(*writers, *tenants).map(|one| one.pace.per_s);
            let shown = |one: &Figures| {
                one.append(*writers, *tenants)
                    .map(|one| format!("{} ({})", whole(one.pace.per_s), short(one.pace.p99_ms)))
            };
            row(self.cells(&title, shown, of, More::IsBetter));
        }
        row(self.cells(
            "rows, WAL bytes an event",
            |one| (one.rows > 0.0).then(|| format!("{:.1}, {}", one.rows, whole(one.wal_bytes))),
            |_| None,
            More::IsBetter,
        ));
        for events in crate::LOADS {
            let of = |one: &Figures| {
                one.loads
                    .iter()
                    .find(|(n, _)| n == events)
                    .map(|(_, ms)| *ms)
            };
            let shown = |one: &Figures| of(one).map(|ms| format!("{} ms", short(ms)));
            row(self.cells(&format!("load and fold {events}"), shown, of, More::IsWorse));
        }
        let shown = |one: &Figures| one.refuse_ms.map(|ms| format!("{} ms", short(ms)));
        row(self.cells(
            "decide on 1,000, refused",
            shown,
            |one| one.refuse_ms,
            More::IsWorse,
        ));
        let title = format!("rebuild from {}", whole(self.rebuilt as f64));
        let shown = |one: &Figures| one.rebuild_s.map(|s| format!("{} s", short(s)));
        row(self.cells(&title, shown, |one| one.rebuild_s, More::IsWorse));
        let shown = |one: &Figures| {
            one.tortured.as_ref().map(|found| {
                let Tortured {
                    events,
                    lost,
                    doubled,
                    disordered,
                } = found;
                format!(
                    "{lost}, {doubled}, {disordered} of {}",
                    whole(*events as f64)
                )
            })
        };
        row(self.cells(
            "lost, doubled, out of order for a follower",
            shown,
            |_| None,
            More::IsWorse,
        ));
        out.push('\n');
        for bar in self.bars() {
            writeln!(out, "- {bar}").expect("a string takes everything");
        }
        for (name, one) in &self.stores {
            if let Some(why) = &one.missing {
                writeln!(out, "- {name}: not all could be measured: {why}")
                    .expect("a string takes everything");
            }
        }
        out
    }

    fn cells(
        &self,
        title: &str,
        shown: impl Fn(&Figures) -> Option<String>,
        of: impl Fn(&Figures) -> Option<f64>,
        more: More,
    ) -> Vec<String> {
        let mut cells = vec![title.to_owned()];
        for name in NAMES {
            let cell = self.stores.get(*name).and_then(&shown);
            cells.push(cell.unwrap_or_else(|| "–".to_owned()));
        }
        let times = self
            .times_best_peer(of, more)
            .map(|(times, _)| format!("{times:.1}"));
        cells.push(times.unwrap_or_default());
        cells
    }

    /// Samspor as a multiple of the best peer, and which that is.
    fn times_best_peer(
        &self,
        of: impl Fn(&Figures) -> Option<f64>,
        more: More,
    ) -> Option<(f64, &'static str)> {
        let ours = of(self.stores.get("samspor")?)?;
        let peers = NAMES
            .iter()
            .filter(|name| !matches!(**name, "samspor" | "raw"));
        let theirs = peers.filter_map(|name| Some((of(self.stores.get(*name)?)?, *name)));
        match more {
            More::IsBetter => theirs
                .max_by(|one, other| one.0.total_cmp(&other.0))
                .map(|(best, name)| (ours / best, name)),
            More::IsWorse => theirs
                .min_by(|one, other| one.0.total_cmp(&other.0))
                .map(|(best, name)| (best / ours, name)),
        }
    }

    /// What was wanted, and whether it was reached.
    fn bars(&self) -> Vec<String> {
        let mut bars = Vec::new();
        let mut bar = |what: &str, found: Option<f64>, wanted: f64, at_most: bool| {
            let Some(found) = found else { return };
            let reached = if at_most {
                found <= wanted
            } else {
                found >= wanted
            };
            let (sign, verdict) = (
                if at_most { "≤" } else { "≥" },
                if reached { "reached" } else { "not reached" },
            );
            bars.push(format!(
                "{what}: {} ({sign} {wanted}: {verdict})",
                short(found)
            ));
        };
        let ours = self.stores.get("samspor");
        let pace = |writers, tenants| {
            ours.and_then(|one| one.append(writers, tenants))
                .map(|one| one.pace)
        };
        let times = |writers, tenants| {
            let of = move |one: &Figures| one.append(writers, tenants).map(|one| one.pace.per_s);
            self.times_best_peer(of, More::IsBetter)
                .map(|(times, _)| times)
        };
        bar("64 writers, times the best peer", times(64, 1), 5.0, false);
        let of_hundreds = pace(64, 1).map(|pace| pace.per_s / self.hundred_rows_per_s());
        bar(
            "64 writers, of plain inserts of 100 rows",
            of_hundreds,
            0.25,
            false,
        );
        bar(
            "64 writers, 99th percentile in ms",
            pace(64, 1).map(|pace| pace.p99_ms),
            20.0,
            true,
        );
        bar(
            "250 writers, 50 tenants, times the best peer",
            times(250, 50),
            5.0,
            false,
        );
        let single = self.stores.get("raw").and_then(|one| one.append(1, 1));
        let lone = pace(1, 1)
            .zip(single)
            .map(|(ours, raw)| ours.p50_ms / raw.pace.p50_ms);
        bar("one writer, times a plain insert", lone, 2.0, true);
        let decides = self.times_best_peer(|one| one.refuse_ms, More::IsWorse);
        bar(
            "deciding on a stream of 1,000 events, times as fast as the best peer",
            decides.map(|(times, _)| times),
            3.0,
            false,
        );
        let of = |one: &Figures| {
            one.loads
                .iter()
                .find(|(n, _)| *n == 1_000)
                .map(|(_, ms)| *ms)
        };
        let loads = self
            .times_best_peer(of, More::IsWorse)
            .map(|(times, _)| times);
        bar(
            "loading 1,000 events with nothing cached, times the best peer",
            loads,
            3.0,
            false,
        );
        bars
    }
}

/// What a larger figure means.
#[derive(Clone, Copy)]
enum More {
    IsBetter,
    IsWorse,
}

/// With thousands set apart.
fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// To about two digits.
fn short(number: f64) -> String {
    match number {
        n if n >= 10.0 => format!("{n:.0}"),
        n if n >= 1.0 => format!("{n:.1}"),
        n => format!("{n:.2}"),
    }
}

/// Processor, cores, memory.
fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let (cpu, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kib: u64 = memory
        .lines()
        .find_map(|line| {
            line.strip_prefix("MemTotal:")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    format!("{model}, {cores} cores, {} GiB", (kib + (1 << 19)) >> 20)
}
