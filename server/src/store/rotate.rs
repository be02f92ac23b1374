//! Another key for a region, and another master key for all: what is sealed and what is recorded stay as they are.

use super::connect::Store;
use super::error::StoreError;
use super::keys::{Kept, Sort};
use crate::chance::Chance;
use crate::crypto::{Key, RegionKey, place};
use domain::ids::TenantId;
use uuid::Uuid;

/// Keys that are wrapped anew at a time.
const PAGE: i64 = 1_000;

/// What became of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// It has another key, which wraps so many keys of texts and persons.
    Anew {
        /// Keys that were wrapped anew.
        keys: usize,
    },
    /// The new master key wraps its key already: an earlier try came this far.
    Already,
}

impl Store {
    /// Gives a region another key and wraps all keys of its texts and persons with it, in one transaction. With a new
    /// master key, the region's key is wrapped by that one from now on. Nothing lands meanwhile.
    ///
    /// # Errors
    /// [`StoreError::RegionKey`] when neither master key opens the region's, [`StoreError::Damaged`] when one of the keys
    /// does not open; nothing has changed then.
    pub async fn rotate_region_key(
        &self,
        tenant: TenantId,
        new_master: Option<&Key>,
        chance: &dyn Chance,
    ) -> Result<Rotated, StoreError> {
        let mut scope = self.writing(tenant).await?;
        scope.lock_head().await?;
        let kept = scope.kept_region_key().await?;
        let before = match (kept.unwrap(self.master(), tenant), new_master) {
            (Ok(before), _) => before,
            (Err(_), Some(master)) if kept.unwrap(master, tenant).is_ok() => {
                return Ok(Rotated::Already);
            }
            (Err(error), _) => return Err(error),
        };
        let next = before.next(chance);
        let master = new_master.unwrap_or_else(|| self.master());
        scope.keep_region_key(chance, &next, master).await?;
        let mut keys = 0;
        for sort in [Sort::Text, Sort::Person] {
            let mut after = None;
            loop {
                let page = scope.keys_after(sort, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                let wrapped = wrap_anew(kept.region, &before, &next, page, chance)?;
                keys += wrapped.len();
                scope.bring_keys(sort, &wrapped).await?;
            }
        }
        scope.commit().await?;
        Ok(Rotated::Anew { keys })
    }
}

/// Destroyed keys stay destroyed.
fn wrap_anew(
    region: TenantId,
    before: &RegionKey,
    next: &RegionKey,
    page: Vec<Kept>,
    chance: &dyn Chance,
) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
    let mut anew = Vec::with_capacity(page.len());
    for kept in page {
        let Some(wrapped) = kept.wrapped else {
            continue;
        };
        let place = place(region, kept.id);
        let key = before.unwrap(&place, &wrapped).ok();
        let key = key.ok_or_else(|| StoreError::Damaged(format!("the key of {}", kept.id)))?;
        anew.push((kept.id, next.wrap(chance, &place, &key)));
    }
    Ok(anew)
}
