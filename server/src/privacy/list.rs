//! The list of what was erased: JSON lines, ids only.

use crate::store::erased::Erasure;
use crate::store::keys::Sort;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::recorded::Position;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `person` or `text`.
    pub sort: String,
    /// The id of the person or text.
    pub id: Uuid,
    /// The event that says so.
    pub position: Position,
    /// When the key was destroyed.
    pub erased_at: Timestamp,
}

/// A line that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not one of the list of what was erased: {why}")]
pub struct BadLine {
    /// Which, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// What was erased in a region: what is listed, and what only the log says yet.
///
/// # Errors
/// Of the database, or when an event that erases cannot be read.
pub async fn list(store: &Store, tenant: &Tenant) -> Result<Vec<Line>, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let mut all = scope.erased().await?;
    for row in scope.rows_that_erase().await? {
        let Some(erasure) = Erasure::of(&row.recorded()?) else {
            continue;
        };
        let listed =
            |one: &(Erasure, Timestamp)| one.0.sort == erasure.sort && one.0.id == erasure.id;
        if !all.iter().any(listed) {
            all.push((erasure, row.recorded_at));
        }
    }
    all.sort_by_key(|(erasure, _)| erasure.position);
    Ok(all
        .into_iter()
        .map(|(erasure, erased_at)| Line {
            sort: erasure.sort.name().to_owned(),
            id: erasure.id,
            position: erasure.position,
            erased_at,
        })
        .collect())
}

/// Reads a list.
///
/// # Errors
/// [`BadLine`].
pub fn parse(text: &str) -> Result<Vec<Line>, BadLine> {
    let mut lines = Vec::new();
    for (n, text) in text.lines().enumerate() {
        if text.trim().is_empty() {
            continue;
        }
        let bad = |why: String| BadLine { line: n + 1, why };
        let line: Line = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
        if Sort::find(&line.sort).is_none() || i64::try_from(line.position).is_err() {
            return Err(bad("no such sort or position".to_owned()));
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Destroys again, in one transaction, what a list, the region's own and its log say was erased. Answers how many keys
/// were there.
///
/// # Errors
/// Of the database, or when an event that erases cannot be read; nothing has changed then.
pub async fn reapply(
    store: &Store,
    tenant: &Tenant,
    given: &[Line],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut scope = store.writing(tenant.tenant()).await?;
    let listed = scope.erased().await?;
    let mut erasures: Vec<Erasure> = listed.into_iter().map(|(erasure, _)| erasure).collect();
    erasures.extend(given.iter().filter_map(|line| {
        let (sort, id, position) = (Sort::find(&line.sort)?, line.id, line.position);
        Some(Erasure { sort, id, position })
    }));
    let mut alive = scope.erase(&erasures, now).await?;
    alive += scope.erase_what_the_log_says().await?;
    scope.commit().await?;
    Ok(alive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written_and_nothing_else_is() {
        let line = Line {
            sort: "person".to_owned(),
            id: Uuid::from_u128(1),
            position: 7,
            erased_at: "2026-03-02T09:00:00Z".parse().expect("a moment"),
        };
        let text = serde_json::to_string(&line).expect("is written");
        assert_eq!(
            parse(&format!("{text}\n\n{text}\n")),
            Ok(vec![line.clone(), line])
        );
        let error = parse(&format!("{text}\nnothing\n")).expect_err("is none");
        assert_eq!(error.line, 2);
        let error = parse(&text.replace("person", "network")).expect_err("is none");
        assert_eq!(error.line, 1);
    }
}
