//! Randomness, passed in: nothing else in this crate makes any.

use domain::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};
use std::cell::RefCell;
use std::sync::Mutex;
use uuid::Uuid;

/// Makes random bytes.
pub trait Chance: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// Bytes of one thread's generator before it begins anew from the operating system's randomness.
const BYTES_MAX: usize = 64 * 1024;

thread_local! {
    /// The generator, and how many bytes it may still make.
    static GENERATOR: RefCell<Option<(ChaCha20Rng, usize)>> = const { RefCell::new(None) };
}

/// The operating system's randomness, stretched: asking it for every few bytes would take longer than deciding a
/// command.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsChance;

impl Chance for OsChance {
    fn fill(&self, bytes: &mut [u8]) {
        GENERATOR.with_borrow_mut(|kept| {
            if kept.as_ref().is_none_or(|(_, left)| *left < bytes.len()) {
                let fresh = ChaCha20Rng::try_from_rng(&mut OsRng)
                    .expect("an operating system without randomness cannot keep secrets");
                *kept = Some((fresh, BYTES_MAX.max(bytes.len())));
            }
            if let Some((generator, left)) = kept {
                generator.fill_bytes(bytes);
                *left -= bytes.len();
            }
        });
    }
}

/// The same bytes every time, from a seed: for tests and for the demo.
#[derive(Debug)]
pub struct SeededChance(Mutex<ChaCha20Rng>);

impl SeededChance {
    /// Starts from a seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        self.0
            .lock()
            .expect("nothing panics while it holds the generator")
            .fill_bytes(bytes);
    }
}

/// A random array.
pub fn bytes<const N: usize>(chance: &dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}

/// A new id (version 7: ids made one after another lie side by side in an index).
pub fn id(chance: &dyn Chance, now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes::<10>(chance)).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn nothing_comes_twice_from_one_thread_or_another_or_when_a_generator_begins_anew() {
        let many = || {
            (0..=BYTES_MAX / 16)
                .map(|_| bytes::<16>(&OsChance))
                .collect()
        };
        let mine: Vec<[u8; 16]> = many();
        let others: Vec<[u8; 16]> = std::thread::spawn(many).join().expect("ends");
        let all = mine.len() + others.len();
        let different: HashSet<[u8; 16]> = mine.into_iter().chain(others).collect();
        assert_eq!(different.len(), all);
    }

    #[test]
    fn more_than_a_generator_makes_can_be_asked_for() {
        let mut long = vec![0; 3 * BYTES_MAX];
        OsChance.fill(&mut long);
        let (one, other) = long.split_at(long.len() / 2);
        assert_ne!(one, other);
        assert!(
            long.chunks(64)
                .all(|piece| piece.iter().any(|byte| *byte != 0))
        );
    }
}
