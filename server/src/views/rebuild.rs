//! Filling the snapshots from the log, in one pass.

use super::documents::{self, Document, Replace, Row};
use super::registry::with_view;
use super::{full, registry};
use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::event::Event;
use domain::ids::TenantId;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use domain::views::View;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Events that are read at once.
const PAGE: i64 = 10_000;
/// Documents that are stored at once.
const DOCUMENTS: usize = 500;

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events taken in.
    pub events: Position,
    /// Of so many.
    pub of: Position,
}

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events read.
    pub events: Position,
    /// Documents stored.
    pub documents: usize,
}

/// A document of any view, as it grows.
trait Growing: Send {
    fn push(&mut self, key: Uuid, tenant: TenantId, recorded: &Recorded) -> bool;
    fn row(&mut self, key: Uuid, position: Position) -> Result<Row, StoreError>;
}

impl<V: View> Growing for Document<V> {
    fn push(&mut self, key: Uuid, tenant: TenantId, recorded: &Recorded) -> bool {
        Self::push(self, key, tenant, recorded).is_ok()
    }

    fn row(&mut self, key: Uuid, position: Position) -> Result<Row, StoreError> {
        self.live.reached.position = position;
        Self::row(self, key)
    }
}

/// Fills the snapshots of all views, or one, of a region. Readers are not disturbed: until a document is replaced they
/// read the old one and its tail.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn rebuild(
    store: &Store,
    tenant: &Tenant,
    only: Option<&'static str>,
    now: Timestamp,
    mut progress: impl FnMut(Progress),
) -> Result<Rebuilt, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let head = scope.head().await?.position;
    let mut grown: HashMap<(&'static str, Uuid), Box<dyn Growing>> = HashMap::new();
    let mut refold: HashSet<(&'static str, Uuid)> = HashSet::new();
    let mut reached = 0;
    while reached < head {
        let rows = scope.rows_after(reached, PAGE).await?;
        for row in &rows {
            let recorded = row.recorded()?;
            reached = recorded.position;
            for (view, key) in documents_of(&recorded, tenant.region(), only) {
                let document = grown.entry((view, key)).or_insert_with(|| empty(view));
                if !refold.contains(&(view, key)) && !document.push(key, tenant.region(), &recorded)
                {
                    // Back-dated or a correction: folded by itself once the pass is over.
                    refold.insert((view, key));
                }
            }
        }
        progress(Progress {
            events: reached,
            of: head,
        });
    }
    for (view, key) in &refold {
        // A correction is about more ids than it changes documents of: an empty one is none.
        let again: Option<Option<Box<dyn Growing>>> = with_view!(*view, V => {
            let document = full::<V>(&mut scope, tenant, *key, now).await?;
            if document.live.state == V::default() { None } else { Some(Box::new(document)) }
        });
        match again.flatten() {
            Some(again) => grown.insert((*view, *key), again),
            None => grown.remove(&(*view, *key)),
        };
    }
    drop(scope);
    let documents = grown.len();
    store_all(store, tenant.tenant(), grown, head).await?;
    Ok(Rebuilt {
        events: head,
        documents,
    })
}

/// Fills the documents of every region that has none of this release's code: after an import, the demo, or a new
/// release. Readers meanwhile fold from the log.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn fill(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    for tenant in store.tenants().await? {
        let mut scope = store.reading(tenant.tenant()).await?;
        let filled = documents::any(&mut scope).await?;
        drop(scope);
        if !filled {
            rebuild(store, &tenant, None, now, |_| {}).await?;
        }
    }
    Ok(())
}

async fn store_all(
    store: &Store,
    tenant: TenantId,
    grown: HashMap<(&'static str, Uuid), Box<dyn Growing>>,
    head: Position,
) -> Result<(), StoreError> {
    let mut by_view: BTreeMap<&'static str, Vec<Row>> = BTreeMap::new();
    for ((view, key), mut document) in grown {
        by_view
            .entry(view)
            .or_default()
            .push(document.row(key, head)?);
    }
    for (view, rows) in by_view {
        for some in rows.chunks(DOCUMENTS) {
            let mut scope = store.writing(tenant).await?;
            documents::store(&mut scope, view, some, Replace::SameOrOlder).await?;
            scope.commit().await?;
        }
    }
    Ok(())
}

fn empty(view: &'static str) -> Box<dyn Growing> {
    let empty: Option<Box<dyn Growing>> = with_view!(view, V => Box::new(Document::<V>::default()));
    empty.expect("the registry names only views it has")
}

/// The documents that an event belongs to or, as a correction, may change.
fn documents_of(
    recorded: &Recorded,
    tenant: TenantId,
    only: Option<&str>,
) -> Vec<(&'static str, Uuid)> {
    let about = match &recorded.event {
        Event::Correction(_) => domain::about::about(&recorded.event, tenant),
        _ => Vec::new(),
    };
    let mut documents = super::writer::changed_by(&recorded.event, &about, tenant);
    documents.retain(|(view, _)| only.is_none_or(|only| *view == only));
    documents
}

/// All (view, key) that the log or the snapshots of a region know.
pub(super) async fn all_documents(
    scope: &mut TenantScope,
    tenant: TenantId,
) -> Result<Vec<(&'static str, Uuid)>, StoreError> {
    let mut found = HashSet::new();
    let mut reached = 0;
    loop {
        let rows: Vec<EventRow> = scope.rows_after(reached, PAGE).await?;
        let Some(last) = rows.last() else { break };
        reached = crate::store::row::position(last.position);
        for row in &rows {
            found.extend(documents_of(&row.recorded()?, tenant, None));
        }
    }
    for view in registry::NAMES {
        found.extend(
            documents::keys(scope, view)
                .await?
                .into_iter()
                .map(|key| (*view, key)),
        );
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable();
    Ok(found)
}
