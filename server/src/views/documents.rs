//! Documents in the table of snapshots.

use super::registry::CODE;
use crate::store::StoreError;
use crate::store::row::{position, stored};
use crate::store::scope::TenantScope;
use domain::history::Live;
use domain::views::View;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A view's document as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Document<V: View> {
    pub live: Live<V>,
    pub unknown_days: u32,
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
        let body = serde_json::to_string(self).map_err(|error| {
            StoreError::Damaged(format!("a {} cannot be written: {error}", V::NAME))
        })?;
        Ok(Row {
            key,
            position: stored(self.live.reached.position),
            body,
        })
    }
}

/// The newest document of this release's code, if there is one that can be read.
pub(super) async fn load<V: View>(
    scope: &mut TenantScope,
    key: Uuid,
) -> Result<Option<Document<V>>, StoreError> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT position, body FROM snapshots WHERE tenant_id = $1 AND view = $2 AND key = $3 AND code = $4",
    )
    .bind(scope.tenant().0)
    .bind(V::NAME)
    .bind(key)
    .bind(CODE)
    .fetch_optional(scope.connection())
    .await?;
    let Some((at, body)) = row else {
        return Ok(None);
    };
    match serde_json::from_str::<Document<V>>(&body) {
        Ok(document) if document.live.reached.position == position(at) => Ok(Some(document)),
        Ok(_) => Ok(None),
        Err(error) => {
            // It can always be made again; that it had to be is worth knowing.
            tracing::warn!(view = V::NAME, %key, %error, "a snapshot cannot be read");
            Ok(None)
        }
    }
}

/// Which document gives way to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// Only an older one: writers behind the log race each other.
    Older,
    /// One of the same position too: a rebuild repairs what was damaged.
    SameOrOlder,
}

/// Stores documents of one view.
pub(crate) async fn store(
    scope: &mut TenantScope,
    view: &str,
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
         WHERE s.position < EXCLUDED.position OR ($7 AND s.position = EXCLUDED.position)",
    )
    .bind(scope.tenant().0)
    .bind(view)
    .bind(CODE)
    .bind(rows.iter().map(|row| row.key).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.position).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.body.as_str()).collect::<Vec<_>>())
    .bind(replace == Replace::SameOrOlder)
    .execute(scope.connection())
    .await?;
    Ok(())
}

/// Keys that have a document of a view, of this release's code.
pub(super) async fn keys(scope: &mut TenantScope, view: &str) -> Result<Vec<Uuid>, StoreError> {
    let keys = sqlx::query_scalar(
        "SELECT key FROM snapshots WHERE tenant_id = $1 AND view = $2 AND code = $3",
    )
    .bind(scope.tenant().0)
    .bind(view)
    .bind(CODE)
    .fetch_all(scope.connection())
    .await?;
    Ok(keys)
}

/// Whether the region has any document of this release's code.
pub(super) async fn any(scope: &mut TenantScope) -> Result<bool, StoreError> {
    let any = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM snapshots WHERE tenant_id = $1 AND code = $2)",
    )
    .bind(scope.tenant().0)
    .bind(CODE)
    .fetch_one(scope.connection())
    .await?;
    Ok(any)
}
