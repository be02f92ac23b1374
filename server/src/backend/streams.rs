//! How many streams there are, and how patient they are. What goes through them is [`super::events`].

use domain::ids::{PersonId, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Streams of a process at a time.
const STREAMS_MAX: usize = 256;
/// Streams of one person at a time.
const STREAMS_OF_ONE_MAX: usize = 8;

/// How patient a stream is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often it looks whether its token still holds and whether the log has grown unheard.
    pub look: Duration,
    /// How often it says that it is alive.
    pub keep_alive: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// The streams of a process.
pub(crate) struct Streams {
    patience: Patience,
    open: Arc<Open>,
    ended: watch::Sender<bool>,
}

type Whose = (TenantId, PersonId);

#[derive(Default)]
struct Open(Mutex<HashMap<Whose, usize>>);

impl Open {
    fn lock(&self) -> MutexGuard<'_, HashMap<Whose, usize>> {
        // Counts are whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The person has enough of them.
    Person,
    /// The process has.
    Process,
}

/// The right to one stream, until it is dropped.
pub(crate) struct Place {
    whose: Whose,
    open: Arc<Open>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        if let Some(count) = open.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.whose);
            }
        }
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::new(Patience::default())
    }
}

impl Streams {
    pub fn new(patience: Patience) -> Self {
        Self {
            patience,
            open: Arc::default(),
            ended: watch::Sender::new(false),
        }
    }

    pub const fn patience(&self) -> Patience {
        self.patience
    }

    /// Takes a place, if there is one.
    pub fn enter(&self, tenant: TenantId, person: PersonId) -> Result<Place, Full> {
        let whose = (tenant, person);
        let mut open = self.open.lock();
        if open.values().sum::<usize>() >= STREAMS_MAX {
            return Err(Full::Process);
        }
        let count = open.entry(whose).or_default();
        if *count >= STREAMS_OF_ONE_MAX {
            return Err(Full::Person);
        }
        *count += 1;
        Ok(Place {
            whose,
            open: self.open.clone(),
        })
    }

    /// Turns true when all streams are to end.
    pub fn ended(&self) -> watch::Receiver<bool> {
        self.ended.subscribe()
    }

    pub fn end(&self) {
        self.ended.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn nobody_takes_all_places_and_a_place_is_given_back() {
        let streams = Streams::default();
        let enter = |n| streams.enter(TenantId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(n)));
        let mut held: Vec<Place> = (0..STREAMS_OF_ONE_MAX)
            .map(|_| enter(0).expect("has room"))
            .collect();
        assert_eq!(enter(0).err(), Some(Full::Person));
        let others = (1..).flat_map(|n| std::iter::repeat_n(n, STREAMS_OF_ONE_MAX));
        for n in others.take(STREAMS_MAX - STREAMS_OF_ONE_MAX) {
            held.push(enter(n).expect("has room"));
        }
        assert_eq!(enter(1_000).err(), Some(Full::Process));
        held.pop();
        assert!(enter(1_000).is_ok());
        drop(held);
        assert!(streams.open.lock().is_empty());
    }
}
