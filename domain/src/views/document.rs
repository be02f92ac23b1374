//! How a view's document comes about. Everything that reads, keeps, rebuilds or checks a document goes through here:
//! an event is about more ids than it changes documents of, and a correction can move an event from one key to
//! another, so what belongs to a key is asked **after** corrections are in place.

use super::View;
use crate::event::Event;
use crate::history::{Live, MustRefold, Reached, timeline};
use crate::ids::{StreamId, TenantId};
use crate::recorded::{Position, Recorded};
use crate::time::Timestamp;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A document as of a day and a moment, and how many of its events have no known day.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<V> {
    /// The view.
    pub view: V,
    /// Events that stand last because nobody knows their day.
    pub unknown_days: u32,
}

/// Folds a document from the events about its key and their [`chains`].
#[must_use]
pub fn fold<V: View>(
    key: Uuid,
    tenant: TenantId,
    recorded: &[Recorded],
    on: NaiveDate,
    known_at: Option<Timestamp>,
) -> Document<V> {
    let mine = timeline(recorded, on, known_at).only(|event| belongs::<V>(key, tenant, event));
    Document {
        view: mine.fold(),
        unknown_days: mine.unknown_days,
    }
}

/// The live document, folded anew from the events about its key and their [`chains`].
#[must_use]
pub fn live<V: View>(
    key: Uuid,
    tenant: TenantId,
    recorded: &[Recorded],
    today: NaiveDate,
) -> Live<V> {
    kept(key, tenant, recorded, today).0
}

/// As [`live`], and how many of its events have no known day.
#[must_use]
pub fn kept<V: View>(
    key: Uuid,
    tenant: TenantId,
    recorded: &[Recorded],
    today: NaiveDate,
) -> (Live<V>, u32) {
    let mine = timeline(recorded, today, None).only(|event| belongs::<V>(key, tenant, event));
    let order = mine
        .events
        .last()
        .map_or(Reached::default().order, |last| last.effective.order());
    let position = recorded.iter().map(|recorded| recorded.position).max();
    let live = Live {
        state: mine.fold(),
        reached: Reached {
            position: position.unwrap_or(0),
            order,
        },
    };
    (live, mine.unknown_days)
}

/// Takes one more event about the key into its live document, if it comes last on the document's timeline.
///
/// # Errors
/// [`MustRefold`]: fold it anew with [`live`]; nothing has changed.
pub fn push<V: View>(
    live: &mut Live<V>,
    key: Uuid,
    tenant: TenantId,
    recorded: &Recorded,
) -> Result<(), MustRefold> {
    let correction = matches!(recorded.event, Event::Correction(_));
    if correction || belongs::<V>(key, tenant, &recorded.event) {
        return live.push(recorded);
    }
    // About the key, but of no concern to this view.
    live.reached.position = live.reached.position.max(recorded.position);
    Ok(())
}

fn belongs<V: View>(key: Uuid, tenant: TenantId, event: &Event) -> bool {
    V::keys(event, tenant).contains(&key)
}

/// What has to be read beside the events about an id: where a correction among them moved an event to this id, the
/// event itself (and perhaps other corrections of it) were never about it. For each (stream, root), read the events
/// of that stream that are [`in_chain`].
#[must_use]
pub fn chains(recorded: &[Recorded]) -> BTreeSet<(StreamId, Position)> {
    recorded
        .iter()
        .filter_map(|recorded| match recorded.event {
            Event::Correction(crate::correction::CorrectionEvent::Made { root, .. }) => {
                Some((recorded.stream, root))
            }
            _ => None,
        })
        .collect()
}

/// Whether it is the event at this position, or a correction of it.
#[must_use]
pub fn in_chain(recorded: &Recorded, root: Position) -> bool {
    match recorded.event {
        Event::Correction(crate::correction::CorrectionEvent::Made { root: of, .. }) => of == root,
        _ => recorded.position == root,
    }
}
