//! Comparing every document with a full fold of its events.

use super::registry::with_view;
use super::{current, full, rebuild};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::time::Timestamp;
use uuid::Uuid;

/// The first document that is not what its events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which view.
    pub view: &'static str,
    /// About what.
    pub key: Uuid,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Documents compared.
    pub documents: usize,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// Compares every document of a region, as snapshot and tail give it, with a fold from its first event.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn check(store: &Store, tenant: &Tenant, now: Timestamp) -> Result<Checked, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let all = rebuild::all_documents(&mut scope, tenant.region()).await?;
    for (documents, (view, key)) in all.iter().enumerate() {
        let same = with_view!(*view, V => {
            let (kept, _) = current::<V>(&mut scope, tenant, *key, now).await?;
            let folded = full::<V>(&mut scope, tenant, *key, now).await?;
            kept.live.state == folded.live.state && kept.unknown_days == folded.unknown_days
        });
        if same != Some(true) {
            return Ok(Checked {
                documents,
                difference: Some(Difference { view, key: *key }),
            });
        }
    }
    Ok(Checked {
        documents: all.len(),
        difference: None,
    })
}
