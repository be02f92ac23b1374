//! Going along a hash chain, leaf by leaf. Leaves are made on all cores; this is the part that has to be in order, and
//! it is little: one hash and one look-up an event.

use crate::store::chain::{self, GENESIS, Hash, Hashed};
use std::collections::HashMap;
use uuid::Uuid;

/// The first position that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position} does not fit: {why}")]
pub struct Misfit {
    /// Where.
    pub position: i64,
    /// Why.
    pub why: &'static str,
}

/// What the walk needs to know of an event.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Its place in the log.
    pub position: i64,
    /// Its hash by itself.
    pub leaf: Hash,
    /// The chain up to and with it, as it is stored; `None` when that is no hash at all.
    pub hash: Option<Hash>,
    /// What its envelope says, unless that is withheld.
    pub seen: Option<Seen>,
}

/// Of an envelope, what has to fit those before it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    stream: Uuid,
    version: i32,
    recorded_at: i64,
}

impl Seen {
    /// From an envelope.
    #[must_use]
    pub fn of(envelope: &chain::Envelope<'_>) -> Self {
        Self {
            stream: stream(envelope.stream_kind, envelope.stream_id),
            version: envelope.version,
            recorded_at: envelope.recorded_at,
        }
    }
}

/// A stream in 16 bytes, so that many can be remembered: its id with the name of its kind laid over it.
fn stream(kind: &str, id: Uuid) -> Uuid {
    let mut bytes = *id.as_bytes();
    for (n, byte) in kind.bytes().enumerate() {
        if let Some(place) = bytes.get_mut(n % 16) {
            *place ^= byte.rotate_left(u32::try_from(n / 16).unwrap_or(0));
        }
    }
    Uuid::from_bytes(bytes)
}

impl Step {
    /// From an event and the hash that is stored with it.
    #[must_use]
    pub fn of(log_id: Uuid, event: &Hashed<'_>, hash: &[u8]) -> Self {
        Self {
            position: event.position,
            leaf: event.leaf(log_id),
            hash: hash.try_into().ok(),
            seen: Some(Seen::of(&event.envelope)),
        }
    }
}

/// How much of the log is there to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it: no stream has a gap.
    Whole,
    /// The leaves of all, more of some: a stream's versions only rise.
    Part,
}

/// Something the chain has to pass through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where.
    pub position: i64,
    /// With which hash.
    pub hash: Hash,
    /// What it means that it does not.
    pub why: &'static str,
    /// What it means that the log ends before; or, at an end, that it goes on.
    pub why_ended: &'static str,
    /// Whether the log has to end there.
    pub end: bool,
}

/// A walk along a chain, event by event.
#[derive(Debug)]
pub struct Walk {
    extent: Extent,
    points: Vec<Point>,
    position: i64,
    hash: Hash,
    ended: Option<&'static str>,
    recorded_at: i64,
    versions: HashMap<Uuid, i32>,
}

impl Walk {
    /// At the beginning of a log that has to pass through these points.
    ///
    /// # Errors
    /// [`Misfit`] when it does not even begin as they say.
    pub fn new(extent: Extent, mut points: Vec<Point>) -> Result<Self, Misfit> {
        points.sort_unstable_by_key(|point| std::cmp::Reverse(point.position));
        let mut walk = Self {
            extent,
            points,
            position: 0,
            hash: GENESIS,
            ended: None,
            recorded_at: i64::MIN,
            versions: HashMap::new(),
        };
        walk.pass()?;
        Ok(walk)
    }

    /// One event on.
    ///
    /// # Errors
    /// [`Misfit`] when the event is not the next one of this chain.
    pub fn step(&mut self, step: &Step) -> Result<(), Misfit> {
        let expected = self.position + 1;
        let misfit = |why| {
            Err(Misfit {
                position: expected,
                why,
            })
        };
        if let Some(why) = self.ended {
            return misfit(why);
        }
        if step.position != expected {
            return misfit("the event is missing");
        }
        if let Some(seen) = step.seen {
            let version = self.versions.entry(seen.stream).or_default();
            let follows = match self.extent {
                Extent::Whole => seen.version == *version + 1,
                Extent::Part => seen.version > *version,
            };
            if !follows {
                return misfit("its stream has a gap before it");
            }
            if seen.recorded_at < self.recorded_at {
                return misfit("it was recorded before the one before it");
            }
            *version = seen.version;
            self.recorded_at = seen.recorded_at;
        }
        let hash = chain::link(&self.hash, &step.leaf);
        if step.hash != Some(hash) {
            return misfit("its content is not what was hashed");
        }
        (self.position, self.hash) = (expected, hash);
        self.pass()
    }

    fn pass(&mut self) -> Result<(), Misfit> {
        while let Some(point) = self.points.pop_if(|point| point.position <= self.position) {
            if (point.position, point.hash) != (self.position, self.hash) {
                return Err(Misfit {
                    position: point.position,
                    why: point.why,
                });
            }
            if point.end {
                self.ended = Some(point.why_ended);
            }
        }
        Ok(())
    }

    /// How far, and the chain up to there.
    #[must_use]
    pub const fn reached(&self) -> (i64, Hash) {
        (self.position, self.hash)
    }

    /// At the end of the log: how far, and the chain up to there.
    ///
    /// # Errors
    /// [`Misfit`] when a point was not reached.
    pub fn finish(&self) -> Result<(i64, Hash), Misfit> {
        match self.points.last() {
            Some(point) => Err(Misfit {
                position: self.position + 1,
                why: point.why_ended,
            }),
            None => Ok(self.reached()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_kinds_stay_apart_in_sixteen_bytes() {
        let id = Uuid::from_u128(7);
        let kinds = ["region", "organisation", "person", "network", "meeting"];
        let mut all: Vec<Uuid> = kinds.map(|kind| stream(kind, id)).to_vec();
        all.push(stream("a kind with a very long name", id));
        all.push(stream("a kind with a very long nama", id));
        let n = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), n);
    }
}
