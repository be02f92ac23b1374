//! The documents that grow during a pass, as many of them as fit.

use super::documents_of;
use super::growth::AnyDocument;
use crate::store::StoreError;
use crate::store::row::{EventRow, position, stored};
use crate::views::documents::Row;
use crate::views::registry::Entry;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// A document of the pass: index of its view, and key.
pub(super) type Which = (usize, Uuid);

/// Some events in order, with the documents that each may change.
pub(super) struct Page {
    pub events: Vec<(Arc<Recorded>, Vec<Which>)>,
    /// Everything up to here is in this page or an earlier one.
    pub last: Position,
    /// The event of a newer release before which it ends.
    pub newer: Option<crate::store::newer::Newer>,
}

impl Page {
    /// Reads rows.
    pub fn of(
        rows: &[EventRow],
        tenant: TenantId,
        views: &[Entry],
        from: &[Position],
    ) -> Result<Self, StoreError> {
        let (recorded, newer) = crate::views::readable(rows, None)?;
        let read = rows.last().map_or(0, |row| position(row.position));
        let last = newer.as_ref().map_or(read, |newer| newer.position - 1);
        let events = recorded.into_iter().map(|recorded| {
            let mut documents = documents_of(&recorded, tenant, views);
            documents.retain(|(view, _)| from[*view] < recorded.position);
            (Arc::new(recorded), documents)
        });
        Ok(Self {
            events: events.collect(),
            last,
            newer,
        })
    }

    /// The documents that it may change.
    pub fn documents(&self) -> impl Iterator<Item = Which> {
        self.events
            .iter()
            .flat_map(|(_, documents)| documents)
            .copied()
    }
}

/// What is to be done to the table.
#[derive(Default)]
pub(super) struct Flush {
    /// Documents in their stored form, by index of their view.
    pub rows: Vec<(usize, Row)>,
    /// Documents that there are no more.
    pub gone: Vec<Which>,
}

struct Slot {
    document: AnyDocument,
    /// Not in the table as it is here.
    dirty: bool,
    touched: Position,
    bytes: usize,
}

/// The documents in memory.
#[derive(Default)]
pub(super) struct Grown {
    slots: HashMap<Which, Slot>,
    /// Folded up to the head already, because an event came that does not stand last.
    settled: HashSet<Which>,
    dirty: usize,
    bytes: usize,
    /// A document that is not here may be in the table.
    spilled: bool,
}

impl Grown {
    /// None yet; some may be in the table.
    pub fn beside(spilled: bool) -> Self {
        Self {
            spilled,
            ..Self::default()
        }
    }

    /// How many documents differ from the table.
    pub const fn dirty(&self) -> usize {
        self.dirty
    }

    /// Which of a page's documents may have to be read from the table first.
    pub fn absent(&self, page: &Page) -> BTreeSet<Which> {
        if !self.spilled {
            return BTreeSet::new();
        }
        page.documents()
            .filter(|which| !self.slots.contains_key(which) && !self.settled.contains(which))
            .collect()
    }

    /// Takes over a document from the table.
    pub fn put_back(&mut self, which: Which, document: AnyDocument, bytes: usize) {
        let touched = document.position();
        self.bytes += bytes;
        self.slots.insert(
            which,
            Slot {
                document,
                dirty: false,
                touched,
                bytes,
            },
        );
    }

    /// Folds a page. Answers which documents have to be folded anew, from their first event.
    pub fn take_in(&mut self, page: &Page, views: &[Entry]) -> BTreeSet<Which> {
        let mut anew = BTreeSet::new();
        for (recorded, documents) in &page.events {
            for which in documents {
                if self.settled.contains(which) {
                    continue;
                }
                let slot = self.slots.entry(*which).or_insert_with(|| Slot {
                    document: (views[which.0].empty)(),
                    dirty: false,
                    touched: 0,
                    bytes: 0,
                });
                if recorded.position <= slot.document.position() {
                    continue;
                }
                if slot.document.push(recorded) {
                    self.dirty += usize::from(!slot.dirty);
                    slot.dirty = true;
                    slot.touched = recorded.position;
                } else {
                    // Back-dated, or a correction. Folded up to the head: nothing is left to take in later.
                    self.settled.insert(*which);
                    anew.insert(*which);
                }
            }
        }
        anew
    }

    /// Takes over a document that was folded up to the head.
    pub fn settle(&mut self, which: Which, document: AnyDocument) {
        let mut bytes = 0;
        if let Some(before) = self.slots.remove(&which) {
            self.dirty -= usize::from(before.dirty);
            bytes = before.bytes;
        }
        let touched = document.position();
        self.dirty += 1;
        self.slots.insert(
            which,
            Slot {
                document,
                dirty: true,
                touched,
                bytes,
            },
        );
    }

    /// What differs from the table, said to hold everything up to a position.
    pub fn flush(&mut self, to: Position) -> Result<Flush, StoreError> {
        let mut flush = Flush::default();
        for ((view, key), slot) in &mut self.slots {
            if !slot.dirty {
                // Nothing came for it since the last time.
                slot.document.rest();
                continue;
            }
            slot.dirty = false;
            let Some(body) = slot.document.body(to)? else {
                // A correction took all it held, or is about more ids than it changes documents of.
                if slot.bytes > 0 || self.spilled {
                    flush.gone.push((*view, *key));
                }
                continue;
            };
            self.bytes = self.bytes - slot.bytes + body.len();
            slot.bytes = body.len();
            flush.rows.push((
                *view,
                Row {
                    key: *key,
                    position: stored(slot.document.position()),
                    body,
                },
            ));
        }
        self.dirty = 0;
        Ok(flush)
    }

    /// Lets go of what was not touched for longest, where it is more than so many bytes as stored, and of what will not
    /// be touched again. All of it is in the table, or on its way there.
    pub fn evict(&mut self, bytes_max: usize) {
        let settled = &self.settled;
        self.slots.retain(|which, _| !settled.contains(which));
        self.bytes = self.slots.values().map(|slot| slot.bytes).sum();
        if self.bytes <= bytes_max {
            return;
        }
        let mut touched: Vec<(Position, usize)> = self
            .slots
            .values()
            .map(|slot| (slot.touched, slot.bytes))
            .collect();
        touched.sort_unstable();
        let mut kept = self.bytes;
        let mut oldest_kept = 0;
        for (at, bytes) in touched {
            if kept <= bytes_max / 2 {
                break;
            }
            kept -= bytes;
            oldest_kept = at + 1;
        }
        self.slots.retain(|_, slot| slot.touched >= oldest_kept);
        self.bytes = self.slots.values().map(|slot| slot.bytes).sum();
        self.spilled = true;
    }
}
