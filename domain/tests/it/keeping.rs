//! Keeps the documents of every view up event by event, as the server does, and compares them with full folds.

use domain::about::about;
use domain::event::Event;
use domain::history::{Live, timeline};
use domain::recorded::Recorded;
use domain::testing::Log;
use domain::views::View;
use domain::views::commitments::CommitmentsView;
use domain::views::document;
use domain::views::meeting::MeetingView;
use domain::views::network::NetworkView;
use domain::views::organisation::OrganisationView;
use domain::views::region::{OrganisationsView, RegionView};
use domain::views::river::RiverView;
use domain::wire::encode;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use uuid::Uuid;

/// The documents of one view.
pub trait Keep {
    /// Takes in events that the log just recorded, and compares what they touched with a full fold. Returns how many
    /// documents had to be folded anew.
    fn take(&mut self, log: &Log, new: &[Recorded]) -> usize;
    /// Folds the documents of these keys from the log, all at once.
    fn fold_all(&mut self, log: &Log, keys: &mut dyn Iterator<Item = Uuid>);
    /// Compares every document with a fold of the whole log, and reads each back from its stored form.
    fn compare_all(&self, log: &Log);
    /// The size of each document as stored, in bytes.
    fn sizes(&self) -> Vec<(String, usize)>;
}

/// All views.
pub fn all() -> Vec<Box<dyn Keep>> {
    vec![
        Kept::<RegionView>::new(),
        Kept::<OrganisationsView>::new(),
        Kept::<NetworkView>::new(),
        Kept::<MeetingView>::new(),
        Kept::<OrganisationView>::new(),
        Kept::<CommitmentsView>::new(),
        Kept::<RiverView>::new(),
    ]
}

struct Kept<V> {
    documents: BTreeMap<Uuid, Live<V>>,
}

impl<V: View + Debug> Kept<V> {
    #[allow(clippy::new_ret_no_self)]
    fn new() -> Box<dyn Keep> {
        Box::new(Self {
            documents: BTreeMap::new(),
        })
    }
}

/// An event that a view does not read must not change it, whatever document it meets.
fn reads_only_what_it_says<V: View + Debug>(state: &V, recorded: &Recorded, keys: &[Uuid]) {
    let (name, _) = encode(&recorded.event);
    if V::READS.contains(&name.as_str()) {
        return;
    }
    assert!(
        keys.is_empty(),
        "{} has documents of {name}, which it does not read",
        V::NAME
    );
    let mut after = state.clone();
    after.apply(recorded);
    assert_eq!(
        after,
        *state,
        "{} does not read {name}, but changed",
        V::NAME
    );
}

impl<V: View + Debug> Keep for Kept<V> {
    fn take(&mut self, log: &Log, new: &[Recorded]) -> usize {
        let mut touched = BTreeSet::new();
        let mut anew = 0;
        for recorded in new {
            let keys = V::keys(&recorded.event, log.tenant());
            let ids = about(&recorded.event, log.tenant());
            for key in &keys {
                assert!(
                    ids.contains(key),
                    "{}: {:?} is not about its key {key}",
                    V::NAME,
                    recorded.event
                );
            }
            let correction = matches!(recorded.event, Event::Correction(_));
            for key in ids {
                let live = self.documents.entry(key).or_default();
                reads_only_what_it_says(&live.state, recorded, &keys);
                if document::push(live, key, log.tenant(), recorded).is_err() {
                    let events = log.about_with_chains(key);
                    *live = document::live(key, log.tenant(), &events, log.today());
                    anew += 1;
                }
                if correction || keys.contains(&key) {
                    touched.insert(key);
                }
            }
        }
        for key in touched {
            let events = log.about_with_chains(key);
            let full = document::live::<V>(key, log.tenant(), &events, log.today());
            assert_eq!(self.documents[&key], full, "{} of {key}", V::NAME);
        }
        anew
    }

    fn fold_all(&mut self, log: &Log, keys: &mut dyn Iterator<Item = Uuid>) {
        for key in keys {
            let events = log.about_with_chains(key);
            let live = document::live(key, log.tenant(), &events, log.today());
            self.documents.insert(key, live);
        }
    }

    fn compare_all(&self, log: &Log) {
        let whole = timeline(log.events(), log.today(), None);
        for (key, live) in &self.documents {
            let mine = |event: &Event| V::keys(event, log.tenant()).contains(key);
            let full: V = whole.clone().only(mine).fold();
            assert_eq!(live.state, full, "{} of {key}, from the whole log", V::NAME);
            let stored = serde_json::to_string(live).unwrap();
            let read: Live<V> = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, *live, "{} of {key}, stored and read back", V::NAME);
        }
    }

    fn sizes(&self) -> Vec<(String, usize)> {
        let size = |(key, live): (&Uuid, &Live<V>)| {
            let stored = serde_json::to_string(live).unwrap();
            (format!("{} of {key}", V::NAME), stored.len())
        };
        self.documents.iter().map(size).collect()
    }
}
