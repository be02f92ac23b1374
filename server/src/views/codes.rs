//! The codes of views: which release folds a view how, how far it has come, and when it was last run.
//!
//! A release whose code of a view is new fills rows of its own beside those that others read. Rows of a code are removed
//! once no process has run it for [`UNUSED_DAYS`]: every process says each day which codes it runs, so one that is still
//! up after that long never reads a snapshot that has gone, and one that is started again fills its rows anew.

use super::registry::{self, Entry};
use crate::store::row::{position, stored};
use crate::store::scope::TenantScope;
use crate::store::{Store, StoreError};
use chrono::TimeDelta;
use domain::recorded::Position;
use domain::time::Timestamp;

/// Days without a process that runs a code, after which its rows are removed.
pub const UNUSED_DAYS: u16 = 7;

/// What rows of a filling under way are kept under until they are all there.
pub(super) fn beside(code: &str) -> String {
    format!("{code}+")
}

fn names(views: &[Entry]) -> Vec<&'static str> {
    views.iter().map(|view| view.name).collect()
}

fn codes(views: &[Entry]) -> Vec<&'static str> {
    views.iter().map(|view| view.code).collect()
}

/// Says that a process runs these codes.
pub(super) async fn stamp(
    scope: &mut TenantScope,
    views: &[Entry],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO view_codes AS c (tenant_id, view, code, used_at)
         SELECT $1, r.view, r.code, $4 FROM unnest($2::text[], $3::text[]) AS r (view, code)
         ON CONFLICT ON CONSTRAINT view_codes_pkey
         DO UPDATE SET used_at = greatest(c.used_at, EXCLUDED.used_at)",
    )
    .bind(scope.tenant().0)
    .bind(names(views))
    .bind(codes(views))
    .bind(now)
    .execute(scope.connection())
    .await?;
    Ok(())
}

/// Those of these views that were never filled; all of them where the region has events but no document of theirs, as
/// after an import.
pub(super) async fn missing(
    scope: &mut TenantScope,
    views: &[Entry],
) -> Result<Vec<Entry>, StoreError> {
    let filled: Vec<(String, String)> = sqlx::query_as(
        "SELECT c.view, c.code
         FROM view_codes AS c
         JOIN unnest($2::text[], $3::text[]) AS r (view, code) ON r.view = c.view AND r.code = c.code
         JOIN heads AS h ON h.tenant_id = c.tenant_id
         WHERE c.tenant_id = $1 AND c.filled_to IS NOT NULL
           AND (c.filled_to = h.position OR EXISTS (
               SELECT FROM snapshots AS s
               JOIN unnest($2::text[], $3::text[]) AS m (view, code) ON m.view = s.view AND m.code = s.code
               WHERE s.tenant_id = $1
           ))",
    )
    .bind(scope.tenant().0)
    .bind(names(views))
    .bind(codes(views))
    .fetch_all(scope.connection())
    .await?;
    let is_filled = |view: &Entry| {
        filled
            .iter()
            .any(|(name, code)| name == view.name && code == view.code)
    };
    Ok(views
        .iter()
        .filter(|view| !is_filled(view))
        .copied()
        .collect())
}

/// Begins a filling of each of these views, or goes on with the one that was cut short. Answers how far each has come.
pub(super) async fn begin(
    scope: &mut TenantScope,
    views: &[Entry],
    now: Timestamp,
) -> Result<Vec<Position>, StoreError> {
    stamp(scope, views, now).await?;
    let mut reached = Vec::with_capacity(views.len());
    for view in views {
        let building: Option<i64> = sqlx::query_scalar(
            "SELECT building FROM view_codes WHERE tenant_id = $1 AND view = $2 AND code = $3",
        )
        .bind(scope.tenant().0)
        .bind(view.name)
        .bind(view.code)
        .fetch_one(scope.connection())
        .await?;
        if building.is_none() {
            built(scope, view, 0).await?;
        }
        reached.push(building.map_or(0, position));
    }
    Ok(reached)
}

/// Everything up to here is held by the rows beside.
pub(super) async fn built(
    scope: &mut TenantScope,
    view: &Entry,
    to: Position,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE view_codes SET building = $4 WHERE tenant_id = $1 AND view = $2 AND code = $3",
    )
    .bind(scope.tenant().0)
    .bind(view.name)
    .bind(view.code)
    .bind(stored(to))
    .execute(scope.connection())
    .await?;
    Ok(())
}

/// Puts the rows beside in the place of those that are read. Answers how many there are.
pub(super) async fn serve_built(
    scope: &mut TenantScope,
    view: &Entry,
    to: Position,
) -> Result<u64, StoreError> {
    let tenant = scope.tenant().0;
    sqlx::query("DELETE FROM snapshots WHERE tenant_id = $1 AND view = $2 AND code = $3")
        .bind(tenant)
        .bind(view.name)
        .bind(view.code)
        .execute(scope.connection())
        .await?;
    let served = sqlx::query(
        "UPDATE snapshots SET code = $3 WHERE tenant_id = $1 AND view = $2 AND code = $4",
    )
    .bind(tenant)
    .bind(view.name)
    .bind(view.code)
    .bind(beside(view.code))
    .execute(scope.connection())
    .await?;
    sqlx::query(
        "UPDATE view_codes SET building = NULL, filled_to = $4 WHERE tenant_id = $1 AND view = $2 AND code = $3",
    )
    .bind(tenant)
    .bind(view.name)
    .bind(view.code)
    .bind(stored(to))
    .execute(scope.connection())
    .await?;
    Ok(served.rows_affected())
}

/// Up to which position a filling of this release has read every event of the region, so that none there is of a newer
/// one.
///
/// # Errors
/// Of the database.
pub async fn read_to(scope: &mut TenantScope) -> Result<Position, StoreError> {
    let read_to: Option<i64> = sqlx::query_scalar(
        "SELECT max(c.filled_to)
         FROM view_codes AS c
         JOIN unnest($2::text[], $3::text[]) AS r (view, code) ON r.view = c.view AND r.code = c.code
         WHERE c.tenant_id = $1",
    )
    .bind(scope.tenant().0)
    .bind(names(registry::ALL))
    .bind(codes(registry::ALL))
    .fetch_one(scope.connection())
    .await?;
    Ok(read_to.map_or(0, position))
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Snapshots.
    pub documents: u64,
    /// Codes that they were kept under.
    pub codes: u64,
}

/// Removes the snapshots of codes that no process has run for so many days. What is not known to have been run counts
/// as run today.
///
/// # Errors
/// Of the database.
pub async fn prune(store: &Store, now: Timestamp, unused_days: u16) -> Result<Pruned, StoreError> {
    let before = now - TimeDelta::days(i64::from(unused_days));
    let mut pruned = Pruned::default();
    for tenant in store.tenants().await? {
        let mut scope = store.writing(tenant.tenant()).await?;
        stamp(&mut scope, registry::ALL, now).await?;
        sqlx::query(
            "INSERT INTO view_codes (tenant_id, view, code, used_at)
             SELECT DISTINCT s.tenant_id, s.view, rtrim(s.code, '+'), $2::timestamptz
             FROM snapshots AS s
             WHERE s.tenant_id = $1
             ON CONFLICT ON CONSTRAINT view_codes_pkey DO NOTHING",
        )
        .bind(tenant.id)
        .bind(now)
        .execute(scope.connection())
        .await?;
        let documents = sqlx::query(
            "DELETE FROM snapshots AS s
             USING view_codes AS c
             WHERE s.tenant_id = $1 AND c.tenant_id = $1 AND c.used_at < $2
               AND s.view = c.view AND s.code IN (c.code, c.code || '+')",
        )
        .bind(tenant.id)
        .bind(before)
        .execute(scope.connection())
        .await?;
        let codes = sqlx::query("DELETE FROM view_codes WHERE tenant_id = $1 AND used_at < $2")
            .bind(tenant.id)
            .bind(before)
            .execute(scope.connection())
            .await?;
        scope.commit().await?;
        pruned.documents += documents.rows_affected();
        pruned.codes += codes.rows_affected();
    }
    Ok(pruned)
}
