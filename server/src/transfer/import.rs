//! Reading an exported log into an empty region, in one transaction: all of it, checked, or nothing.

use super::keys::{self, KeysError};
use super::lines::{FORMAT, First, Line};
use super::verify::{Misfit, Walk};
use crate::chance::Chance;
use crate::store::chain::Hash;
use crate::store::keys::Kept;
use crate::store::land::{CommandRow, KeyRow, Landed, Landing};
use crate::store::row::{EventRow, stored};
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::about;
use domain::ids::TenantId;
use std::collections::BTreeMap;
use std::io::BufRead;
use uuid::Uuid;

/// Events that land at once.
const PAGE: usize = 1_000;

/// Why a file was not taken in. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The region has events already.
    #[error("the region is not empty")]
    NotEmpty,
    /// A line that is none.
    #[error("line {line} cannot be read: {why}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// An event that does not fit its chain.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The file of keys.
    #[error("the keys cannot be used: {0}")]
    Keys(#[from] KeysError),
    /// The database, or an event of a later release.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The keys that come along.
pub struct KeysFile<'a> {
    /// The file's text.
    pub text: &'a str,
    /// What it was sealed with.
    pub passphrase: &'a str,
}

/// Reads the first line of an exported log.
///
/// # Errors
/// [`ImportError::Line`] when it is none of this format.
pub fn first_line(line: &str) -> Result<First, ImportError> {
    let wrong = |why: String| ImportError::Line { line: 1, why };
    let first: First = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
    if first.format == FORMAT {
        Ok(first)
    } else {
        Err(wrong(format!(
            "the format {} is not {FORMAT}",
            first.format
        )))
    }
}

/// Goes along the events of a file: `take` gets each with its line's number.
///
/// # Errors
/// [`ImportError::Line`], or what `take` answers.
pub fn events(
    lines: impl BufRead,
    mut take: impl FnMut(EventRow) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    for (index, line) in lines.lines().enumerate() {
        let wrong = |why: String| ImportError::Line {
            line: index + 2,
            why,
        };
        let line = line.map_err(|error| wrong(error.to_string()))?;
        let line: Line = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        take(line.into())?;
    }
    Ok(())
}

/// Takes a file in. Answers how many events it brought and the head.
///
/// # Errors
/// [`ImportError`]; the region is as empty as before then.
pub async fn import(
    store: &Store,
    tenant: &Tenant,
    mut lines: impl BufRead,
    keys: Option<KeysFile<'_>>,
    chance: &dyn Chance,
) -> Result<(i64, Hash), ImportError> {
    let mut line = String::new();
    lines
        .read_line(&mut line)
        .map_err(|error| ImportError::Line {
            line: 1,
            why: error.to_string(),
        })?;
    let first = first_line(&line)?;
    let region = TenantId(first.region);
    let mut scope = store.writing(tenant.tenant()).await?;
    if scope.lock_head().await?.position != 0 {
        return Err(ImportError::NotEmpty);
    }
    scope.become_log(first.log_id, region).await?;
    let mut known = match keys {
        Some(file) => {
            let (key, _) = store.region_key(&mut scope).await?;
            let (texts, persons) = keys::rewrap(
                file.text,
                file.passphrase,
                first.log_id,
                region,
                &key,
                chance,
            )?;
            Keys {
                texts: by_id(texts),
                persons: by_id(persons),
            }
        }
        None => Keys::default(),
    };
    // Read whole before the first page lands: reading is not asynchronous, and a bad line is found early.
    let mut rows = Vec::new();
    let mut walk = Walk::new(first.log_id);
    events(lines, |row| {
        walk.step(&row)?;
        rows.push(row);
        Ok(())
    })?;
    let mut commands: BTreeMap<Uuid, (i64, i32)> = BTreeMap::new();
    for row in &rows {
        commands
            .entry(row.command_id)
            .or_insert((row.position, 0))
            .1 += 1;
    }
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let (page, after) = rest.split_at(rest.len().min(PAGE));
        land(&mut scope, region, page, &commands, &mut known).await?;
        rest = after;
    }
    scope.commit().await?;
    Ok(walk.reached())
}

#[derive(Default)]
struct Keys {
    texts: BTreeMap<Uuid, Kept>,
    persons: BTreeMap<Uuid, Kept>,
}

fn by_id(kept: Vec<Kept>) -> BTreeMap<Uuid, Kept> {
    kept.into_iter().map(|kept| (kept.id, kept)).collect()
}

async fn land(
    scope: &mut TenantScope,
    region: TenantId,
    page: &[EventRow],
    commands: &BTreeMap<Uuid, (i64, i32)>,
    known: &mut Keys,
) -> Result<(), ImportError> {
    let mut landing = Landing {
        events: page.to_vec(),
        ..Landing::default()
    };
    for row in page {
        let recorded = row.recorded()?;
        let ids = about::about(&recorded.event, region);
        landing
            .abouts
            .extend(ids.into_iter().map(|id| (id, row.position)));
        if let Some((first_position, events)) = commands.get(&row.command_id)
            && *first_position == row.position
        {
            // The digest was keyed with the other installation's key, so a repeat cannot be told from another command.
            let digest = [0; 32];
            landing.commands.push(CommandRow {
                id: row.command_id,
                digest,
                first_position: *first_position,
                events: *events,
            });
        }
        for place in row.payload()?.sealed.keys() {
            let person = place.strip_prefix("name:");
            let Ok(id) = person.unwrap_or(place).parse::<Uuid>() else {
                continue;
            };
            let (of, into) = if person.is_some() {
                (&known.persons, &mut landing.persons)
            } else {
                (&known.texts, &mut landing.texts)
            };
            // Without its key it is known to have been written, and cannot be read.
            let wrapped = of.get(&id).and_then(|kept| kept.wrapped.clone());
            into.retain(|row| row.id != id);
            into.push(KeyRow {
                id,
                position: row.position,
                wrapped,
            });
        }
    }
    let from = page.first().map_or(0, |first| first.position - 1);
    match scope.land(from, &landing).await? {
        Landed::Yes => Ok(()),
        Landed::Overtaken => {
            Err(StoreError::Damaged(format!("nothing lies at position {from}")).into())
        }
    }
}

/// The first line for a region's log.
///
/// # Errors
/// Of the database.
pub async fn first(scope: &mut TenantScope, tenant: &Tenant) -> Result<First, StoreError> {
    Ok(First {
        format: FORMAT.to_owned(),
        log_id: scope.head().await?.log_id,
        region: tenant.region_id,
        name: tenant.name.clone(),
        language: tenant.language.clone(),
    })
}

/// Writes a log up to a position, page by page.
///
/// # Errors
/// Of the database; what `write` answers.
pub async fn export(
    scope: &mut TenantScope,
    tenant: &Tenant,
    to: Option<u64>,
    mut write: impl FnMut(&str) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let first = first(scope, tenant).await?;
    write(&serde_json::to_string(&first)?)?;
    let to = to.map_or(i64::MAX, stored);
    let mut reached = 0;
    loop {
        let rows = scope.rows_after(reached, 5_000).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        reached = last.position.unsigned_abs();
        for row in rows {
            if row.position > to {
                return Ok(());
            }
            write(&serde_json::to_string(&Line::from(row))?)?;
        }
    }
}
