//! Documents in the table of snapshots.

use super::Newer;
use super::registry::{self, Kept};
use crate::store::StoreError;
use crate::store::row::{position, stored};
use crate::store::scope::TenantScope;
use domain::history::Live;
use domain::recorded::Position;
use domain::views::View;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A view's document as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Document<V: View> {
    pub live: Live<V>,
    pub unknown_days: u32,
    /// Where a newer release went on in words this one does not know: the document ends before it. Never stored, for
    /// another release may know them.
    #[serde(skip)]
    pub newer: Option<Newer>,
}

/// A document ready to be stored.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub key: Uuid,
    pub position: i64,
    pub body: String,
}

impl<V: View> Document<V> {
    pub(crate) fn row(&self, key: Uuid) -> Result<Row, StoreError> {
        Ok(Row {
            key,
            position: stored(self.live.reached.position),
            body: self.body()?,
        })
    }

    /// Its stored form.
    pub(super) fn body(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| {
            StoreError::Damaged(format!("a {} cannot be written: {error}", V::NAME))
        })
    }

    /// Back from its stored form; `None` where the position beside it is not its own.
    pub(super) fn read(at: Position, body: &str) -> Result<Option<Self>, serde_json::Error> {
        let document: Self = serde_json::from_str(body)?;
        Ok(Some(document).filter(|document| document.live.reached.position == at))
    }
}

/// The newest document of the view's code, if there is one that can be read.
pub(super) async fn load<V: Kept>(
    scope: &mut TenantScope,
    key: Uuid,
) -> Result<Option<Document<V>>, StoreError> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT position, body FROM snapshots WHERE tenant_id = $1 AND view = $2 AND key = $3 AND code = $4",
    )
    .bind(scope.tenant().0)
    .bind(V::NAME)
    .bind(key)
    .bind(V::CODE)
    .fetch_optional(scope.connection())
    .await?;
    let Some((at, body)) = row else {
        return Ok(None);
    };
    Document::read(position(at), &body).or_else(|error| {
        // It can always be made again; that it had to be is worth knowing.
        tracing::warn!(view = V::NAME, %key, %error, "a snapshot cannot be read");
        Ok(None)
    })
}

/// Which document gives way to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// Only an older one: writers behind the log race each other.
    Older,
    /// Any: whoever builds beside what is read knows which comes last.
    Any,
}

/// Stores documents of one view of this release.
pub(crate) async fn store(
    scope: &mut TenantScope,
    view: &str,
    rows: &[Row],
    replace: Replace,
) -> Result<(), StoreError> {
    let Some(entry) = registry::entry(view) else {
        return Ok(());
    };
    store_as(scope, view, entry.code, rows, replace).await
}

/// Stores documents of one view under a code.
pub(super) async fn store_as(
    scope: &mut TenantScope,
    view: &str,
    code: &str,
    rows: &[Row],
    replace: Replace,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO snapshots AS s (tenant_id, view, key, code, position, body)
         SELECT $1, $2, r.key, $3, r.position, r.body
         FROM unnest($4::uuid[], $5::bigint[], $6::text[]) AS r (key, position, body)
         ON CONFLICT ON CONSTRAINT snapshots_pkey
         DO UPDATE SET position = EXCLUDED.position, body = EXCLUDED.body
         WHERE $7 OR s.position < EXCLUDED.position",
    )
    .bind(scope.tenant().0)
    .bind(view)
    .bind(code)
    .bind(rows.iter().map(|row| row.key).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.position).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.body.as_str()).collect::<Vec<_>>())
    .bind(replace == Replace::Any)
    .execute(scope.connection())
    .await?;
    Ok(())
}

/// Removes a document of one view under a code.
pub(super) async fn remove(
    scope: &mut TenantScope,
    view: &str,
    code: &str,
    key: Uuid,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM snapshots WHERE tenant_id = $1 AND view = $2 AND key = $3 AND code = $4",
    )
    .bind(scope.tenant().0)
    .bind(view)
    .bind(key)
    .bind(code)
    .execute(scope.connection())
    .await?;
    Ok(())
}
