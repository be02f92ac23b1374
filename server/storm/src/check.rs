//! Whether a log kept its promises, judged from outside: by what clients were told, what lies in it, and what followers
//! were handed. Knows no store in particular; what a store does not have (positions that callers are told, positions
//! without gaps) is left out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use uuid::Uuid;

/// One event, as a log or a follower shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the store's order of everything.
    pub position: u64,
    /// Its stream.
    pub stream: Uuid,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The append that brought it.
    pub append: Uuid,
}

/// What a client was told about an append. An append that was sent again has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is in the log.
    Accepted {
        /// Where its first event lies, if the store says.
        position: Option<u64>,
        /// How many events it brought.
        events: u32,
    },
    /// It is not, and never will be.
    Refused,
    /// Nothing: it may be in the log or not.
    Nothing,
}

/// What positions promise in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// 1, 2, 3 and so on.
    Gapless,
    /// Only an order.
    Ordered,
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// A client was told that it is in the log.
    Lost(Uuid),
    /// More or fewer events than a client was told.
    Torn(Uuid),
    /// It is in the log although its client was told no.
    RefusedAndRecorded(Uuid),
    /// It lies elsewhere than the client was told.
    Elsewhere(Uuid),
    /// The same append was answered in two ways.
    AnsweredDifferently(Uuid),
    /// The same append is in the log in two places.
    Doubled(Uuid),
    /// Positions do not follow each other here.
    PositionGap(u64),
    /// Versions of a stream do not follow each other here.
    VersionGap(Uuid, u64),
    /// A follower was never handed this position.
    NotDelivered(u64),
    /// A follower was handed it twice.
    DeliveredTwice(u64),
    /// A follower was handed it after a later one.
    OutOfOrder(u64),
    /// A follower was handed a stream's version after a later one.
    VersionOutOfOrder(Uuid, u64),
    /// A follower was handed what is not in the log.
    Invented(u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(append) => write!(f, "{append} was acknowledged and is not in the log"),
            Self::Torn(append) => write!(f, "{append} is not in the log as a whole"),
            Self::RefusedAndRecorded(append) => write!(f, "{append} was refused and is in the log"),
            Self::Elsewhere(append) => {
                write!(f, "{append} lies elsewhere than its client was told")
            }
            Self::AnsweredDifferently(append) => write!(f, "{append} got two different answers"),
            Self::Doubled(append) => write!(f, "{append} is in the log twice"),
            Self::PositionGap(position) => {
                write!(f, "position {position} does not follow the one before it")
            }
            Self::VersionGap(stream, version) => {
                write!(
                    f,
                    "version {version} of {stream} does not follow the one before it"
                )
            }
            Self::NotDelivered(position) => write!(f, "position {position} was never delivered"),
            Self::DeliveredTwice(position) => write!(f, "position {position} was delivered twice"),
            Self::OutOfOrder(position) => {
                write!(f, "position {position} was delivered after a later one")
            }
            Self::VersionOutOfOrder(stream, version) => {
                write!(
                    f,
                    "version {version} of {stream} was delivered after a later one"
                )
            }
            Self::Invented(position) => {
                write!(f, "position {position} was delivered and is not in the log")
            }
        }
    }
}

/// What is wrong with a log, given in its order, by what clients were told.
#[must_use]
pub fn log_faults(told: &[(Uuid, Told)], log: &[Entry], positions: Positions) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut before = 0;
    let mut versions: HashMap<Uuid, u64> = HashMap::new();
    let mut appends: HashMap<Uuid, Vec<u64>> = HashMap::new();
    for entry in log {
        let follows = match positions {
            Positions::Gapless => entry.position == before + 1,
            Positions::Ordered => entry.position > before,
        };
        if !follows {
            faults.push(Fault::PositionGap(entry.position));
        }
        before = entry.position;
        let version = versions.entry(entry.stream).or_default();
        if entry.version != *version + 1 {
            faults.push(Fault::VersionGap(entry.stream, entry.version));
        }
        *version = entry.version;
        appends
            .entry(entry.append)
            .or_default()
            .push(entry.position);
    }
    let mut first: BTreeMap<Uuid, Told> = BTreeMap::new();
    for (append, now) in told {
        let known = first.entry(*append).or_insert(*now);
        match (*known, *now) {
            (_, Told::Nothing) => {}
            (Told::Nothing, _) => *known = *now,
            (known, now) if known != now => faults.push(Fault::AnsweredDifferently(*append)),
            _ => {}
        }
    }
    for (append, told) in first {
        let found = appends.get(&append).map_or(&[][..], Vec::as_slice);
        match told {
            Told::Nothing => {}
            Told::Refused if found.is_empty() => {}
            Told::Refused => faults.push(Fault::RefusedAndRecorded(append)),
            Told::Accepted { .. } if found.is_empty() => faults.push(Fault::Lost(append)),
            Told::Accepted { position, events } => {
                let events = usize::try_from(events).unwrap_or(usize::MAX);
                if found.len() > events && found.len().is_multiple_of(events.max(1)) {
                    faults.push(Fault::Doubled(append));
                } else if found.len() != events {
                    faults.push(Fault::Torn(append));
                }
                if position.is_some_and(|position| found.first() != Some(&position)) {
                    faults.push(Fault::Elsewhere(append));
                }
            }
        }
    }
    faults
}

/// What is wrong with what a follower was handed, in the order in which it was, once it had time to reach the log's end.
#[must_use]
pub fn follower_faults(log: &[Entry], delivered: &[Entry]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let known: HashSet<u64> = log.iter().map(|entry| entry.position).collect();
    let mut seen = HashSet::new();
    let mut highest = 0;
    let mut versions: HashMap<Uuid, u64> = HashMap::new();
    for entry in delivered {
        if !known.contains(&entry.position) {
            faults.push(Fault::Invented(entry.position));
        }
        if !seen.insert(entry.position) {
            faults.push(Fault::DeliveredTwice(entry.position));
            continue;
        }
        if entry.position < highest {
            faults.push(Fault::OutOfOrder(entry.position));
        }
        highest = highest.max(entry.position);
        let version = versions.entry(entry.stream).or_default();
        if entry.version < *version {
            faults.push(Fault::VersionOutOfOrder(entry.stream, entry.version));
        }
        *version = entry.version.max(*version);
    }
    let missed = log.iter().filter(|entry| !seen.contains(&entry.position));
    faults.extend(missed.map(|entry| Fault::NotDelivered(entry.position)));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn entry(position: u64, stream: u128, version: u64, append: u128) -> Entry {
        Entry {
            position,
            stream: id(stream),
            version,
            append: id(append),
        }
    }

    fn accepted(position: u64, events: u32) -> Told {
        Told::Accepted {
            position: Some(position),
            events,
        }
    }

    fn whole() -> (Vec<(Uuid, Told)>, Vec<Entry>) {
        let log = vec![
            entry(1, 7, 1, 100),
            entry(2, 8, 1, 101),
            entry(3, 7, 2, 101),
            entry(4, 8, 2, 102),
        ];
        let told = vec![
            (id(100), accepted(1, 1)),
            (id(101), Told::Nothing),
            (id(101), accepted(2, 2)),
            (id(101), accepted(2, 2)),
            (id(102), Told::Nothing),
            (id(103), Told::Refused),
            (id(104), Told::Nothing),
        ];
        (told, log)
    }

    #[test]
    fn a_log_that_kept_its_promises_has_no_faults() {
        let (told, log) = whole();
        assert_eq!(log_faults(&told, &log, Positions::Gapless), []);
        assert_eq!(follower_faults(&log, &log), []);
    }

    #[test]
    fn every_broken_promise_is_found() {
        let faults = |change: fn(&mut Vec<(Uuid, Told)>, &mut Vec<Entry>)| {
            let (mut told, mut log) = whole();
            change(&mut told, &mut log);
            log_faults(&told, &log, Positions::Gapless)
        };
        assert_eq!(
            faults(|told, _| told.push((id(105), accepted(9, 1)))),
            [Fault::Lost(id(105))]
        );
        assert_eq!(
            faults(|_, log| {
                log.pop();
                log.push(entry(4, 8, 2, 100));
            }),
            [Fault::Doubled(id(100))]
        );
        assert_eq!(
            faults(|told, _| told[0].1 = accepted(1, 2)),
            [Fault::Torn(id(100))]
        );
        assert_eq!(
            faults(|told, _| told.push((id(102), Told::Refused))),
            [Fault::RefusedAndRecorded(id(102))]
        );
        assert_eq!(
            faults(|told, _| told[0].1 = accepted(2, 1)),
            [Fault::Elsewhere(id(100))]
        );
        assert_eq!(
            faults(|told, _| told[3].1 = accepted(3, 2)),
            [Fault::AnsweredDifferently(id(101))]
        );
        assert_eq!(
            faults(|told, _| told[3].1 = Told::Refused),
            [Fault::AnsweredDifferently(id(101))]
        );
        assert_eq!(
            faults(|_, log| log[3].position = 5),
            [Fault::PositionGap(5)]
        );
        assert_eq!(
            faults(|_, log| log[3].version = 3),
            [Fault::VersionGap(id(8), 3)]
        );
        assert_eq!(
            faults(|_, log| log[3].version = 1),
            [Fault::VersionGap(id(8), 1)]
        );
    }

    #[test]
    fn positions_that_only_order_may_have_gaps_and_no_repeats() {
        let log = [entry(3, 7, 1, 1), entry(9, 7, 2, 2)];
        assert_eq!(log_faults(&[], &log, Positions::Ordered), []);
        let log = [entry(3, 7, 1, 1), entry(3, 7, 2, 2)];
        assert_eq!(
            log_faults(&[], &log, Positions::Ordered),
            [Fault::PositionGap(3)]
        );
    }

    #[test]
    fn a_follower_that_was_handed_something_else_than_the_log_is_found_out() {
        let (_, log) = whole();
        let faults = |order: &[usize]| {
            let delivered: Vec<Entry> = order.iter().map(|n| log[*n]).collect();
            follower_faults(&log, &delivered)
        };
        assert_eq!(faults(&[0, 1, 3]), [Fault::NotDelivered(3)]);
        assert_eq!(faults(&[0, 1, 1, 2, 3]), [Fault::DeliveredTwice(2)]);
        assert_eq!(faults(&[0, 2, 1, 3]), [Fault::OutOfOrder(2)]);
        assert_eq!(
            faults(&[1, 2, 0, 3]),
            [Fault::OutOfOrder(1), Fault::VersionOutOfOrder(id(7), 1)]
        );
        let mut more = log.clone();
        more.push(entry(9, 9, 1, 9));
        assert_eq!(follower_faults(&log, &more), [Fault::Invented(9)]);
    }
}
