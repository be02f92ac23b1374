//! A document as it grows, of any view.

use crate::store::StoreError;
use crate::views::About;
use crate::views::documents::Document;
use chrono::NaiveDate;
use domain::event::Event;
use domain::history::Reached;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::Effective;
use domain::views::View;
use std::sync::Arc;
use uuid::Uuid;

/// The latest events of a document that are not folded yet: much is entered some weeks late, and finds its place among
/// them.
const OPEN: usize = 128;

/// A document of any view, as it grows.
pub(in crate::views) trait Growing: Send {
    /// Takes in one more event that belongs to it; `false`: it has to be folded anew, from its first event.
    fn push(&mut self, recorded: &Arc<Recorded>) -> bool;
    /// The last event that it holds.
    fn position(&self) -> Position;
    /// Its stored form, said to hold everything up to a position; `None` where nothing was ever said.
    fn body(&mut self, to: Position) -> Result<Option<String>, StoreError>;
    /// Folds all it holds: nothing is expected soon.
    fn rest(&mut self);
}

pub(in crate::views) type AnyDocument = Box<dyn Growing>;

/// What is folded, and the latest events beside it.
pub(in crate::views) struct Growth<V: View> {
    /// Folded up to a place on the timeline.
    folded: Document<V>,
    /// What comes after that place, in order of the timeline.
    open: Vec<Arc<Recorded>>,
    position: Position,
}

impl<V: View> Growth<V> {
    pub fn new(folded: Document<V>) -> Self {
        Self {
            position: folded.live.reached.position,
            folded,
            open: Vec::new(),
        }
    }

    pub fn of(about: &About, key: Uuid, tenant: TenantId, today: NaiveDate) -> Self {
        Self::new(Document::of(about, key, tenant, today))
    }

    fn fold(document: &mut Document<V>, events: impl Iterator<Item = Arc<Recorded>>) {
        for recorded in events {
            document.live.state.apply(&recorded);
            document.live.reached = Reached {
                position: document.live.reached.position.max(recorded.position),
                order: recorded.effective.order(),
            };
        }
    }
}

impl<V: View> Growing for Growth<V> {
    fn push(&mut self, recorded: &Arc<Recorded>) -> bool {
        let order = recorded.effective.order();
        if matches!(recorded.event, Event::Correction(_)) || order < self.folded.live.reached.order
        {
            return false;
        }
        // It was recorded last: among those of the same day it stands last.
        let place = self
            .open
            .partition_point(|other| other.effective.order() <= order);
        self.open.insert(place, recorded.clone());
        self.position = recorded.position;
        self.folded.unknown_days += u32::from(recorded.effective == Effective::Unknown);
        if self.open.len() >= 2 * OPEN {
            Self::fold(&mut self.folded, self.open.drain(..OPEN));
        }
        true
    }

    fn position(&self) -> Position {
        self.position
    }

    fn body(&mut self, to: Position) -> Result<Option<String>, StoreError> {
        self.position = self.position.max(to);
        let mut whole = self.folded.clone();
        Self::fold(&mut whole, self.open.iter().cloned());
        whole.live.reached.position = self.position;
        if whole.live.state == V::default() {
            return Ok(None);
        }
        whole.body().map(Some)
    }

    fn rest(&mut self) {
        Self::fold(&mut self.folded, std::mem::take(&mut self.open).into_iter());
    }
}
