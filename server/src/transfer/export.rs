//! Writing a region's log, or what somebody may see of it. Read in stretches, each in a transaction of its own: what
//! lies below the head never changes, so they belong to one moment all the same, and nothing is held open while a slow
//! reader takes its time.

use super::lines::{End, FORMAT, First, Line, Withheld};
use super::ordered::in_order;
use crate::store::chain::GENESIS;
use crate::store::copy::{Copied, Digests};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use std::collections::HashSet;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Events that are read at once.
const STRETCH: i64 = 500;

/// Which events are given whole, where not all are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those about one of these.
    pub about: Vec<Uuid>,
    /// Those in one of these stretches.
    pub positions: Vec<RangeInclusive<i64>>,
    /// What is given of the others.
    pub others: Others,
}

/// What is given of an event that is not given whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// Its leaf: that there was an event, and nothing of it.
    #[default]
    Leaf,
    /// Its envelope: what happened when and by whom, and not what it says.
    Envelope,
}

/// Why nothing more was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log is not that long.
    #[error("the log ends at position {0}")]
    Beyond(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever takes the lines.
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// What is written, agreed on before the first line.
#[derive(Clone, Debug)]
pub struct Export {
    store: Store,
    tenant: Tenant,
    first: First,
    end: i64,
    selection: Option<Selection>,
}

impl Export {
    /// Looks where the log ends: the export goes to there, or to a position before.
    ///
    /// # Errors
    /// [`ExportError`]; nothing was written.
    pub async fn begin(
        store: &Store,
        tenant: &Tenant,
        to: Option<i64>,
        selection: Option<Selection>,
    ) -> Result<Self, ExportError> {
        let mut scope = store.reading(tenant.tenant()).await?;
        let head = scope.head().await?;
        let last = crate::store::row::stored(head.position);
        let end = to.unwrap_or(last);
        if !(0..=last).contains(&end) {
            return Err(ExportError::Beyond(last));
        }
        let hash = match end {
            0 => GENESIS,
            end if end == last => head.hash,
            end => scope.hash_at(end).await?,
        };
        let first = First {
            format: FORMAT.to_owned(),
            log_id: head.log_id,
            region: tenant.region_id,
            name: tenant.name.clone(),
            language: tenant.language.clone(),
            end: Some(End {
                events: end,
                head: hash,
            }),
            partial: selection.is_some(),
        };
        Ok(Self {
            store: store.clone(),
            tenant: tenant.clone(),
            first,
            end,
            selection,
        })
    }

    /// Writes it: text that ends with a line break, piece by piece.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn write(
        &self,
        mut write: impl FnMut(&str) -> std::io::Result<()>,
    ) -> Result<(), ExportError> {
        write(&line(&self.first)?)?;
        let mut after = 0;
        let begin = || {
            if after >= self.end {
                return Ok(None);
            }
            let up_to = (after + STRETCH).min(self.end);
            let (this, from) = (self.clone(), std::mem::replace(&mut after, up_to));
            Ok(Some(tokio::spawn(async move {
                this.stretch(from, up_to).await
            })))
        };
        in_order(begin, async |text: String| Ok(write(&text)?)).await
    }

    async fn stretch(&self, after: i64, up_to: i64) -> Result<String, ExportError> {
        let mut scope = self.store.reading(self.tenant.tenant()).await?;
        let mut about = HashSet::new();
        for id in self.selection.iter().flat_map(|selection| &selection.about) {
            about.extend(scope.positions_about(*id, after, up_to).await?);
        }
        let mut text = String::new();
        scope
            .copy_events(after, up_to, Digests::With, |copied| {
                text.push_str(&self.event(&copied, &about)?);
                Ok(())
            })
            .await?;
        Ok(text)
    }

    fn event(&self, copied: &Copied<'_>, about: &HashSet<i64>) -> Result<String, StoreError> {
        let position = copied.event.position;
        let damaged = |why: &str| StoreError::Damaged(format!("position {position}: {why}"));
        let full = |copied| Line::full(copied).map_err(damaged);
        let Some(selection) = &self.selection else {
            return line(&full(copied)?);
        };
        let stretches = &selection.positions;
        if about.contains(&position) || stretches.iter().any(|those| those.contains(&position)) {
            return line(&full(copied)?.without_digest());
        }
        match selection.others {
            Others::Envelope => line(&full(copied)?.without_payload()),
            Others::Leaf => line(&Withheld::of(self.first.log_id, copied).map_err(damaged)?),
        }
    }
}

fn line(value: &impl serde::Serialize) -> Result<String, StoreError> {
    let mut text =
        serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))?;
    text.push('\n');
    Ok(text)
}
