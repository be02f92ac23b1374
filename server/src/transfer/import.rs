//! Reading an exported log into an empty region: checked while it is read, landed page by page inside one transaction,
//! so that there is all of it or nothing, also when the process is killed.
//!
//! With the keys the region becomes in every respect the one it was: a command that was accepted before the move gets
//! its first answer. Without them nothing that was sealed opens, and the digests of commands mean nothing here: such a
//! command is refused as another with its id, so it takes effect once all the same.

use super::file::{BadLine, LogFile, Piece};
use super::keys::{KeysError, KeysFile};
use super::lines::AnyLine;
use super::ordered::in_order;
use super::verify::promised;
use super::walk::{Extent, Misfit, Step, Walk};
use crate::chance::Chance;
use crate::store::chain::Hash;
use crate::store::land::{CommandRow, KeyRow, Landed, Landing};
use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::about;
use domain::ids::TenantId;
use std::collections::BTreeMap;
use std::io::BufRead;
use uuid::Uuid;

/// Why a file was not taken in. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The region has events already.
    #[error("the region is not empty")]
    NotEmpty,
    /// A file of a part of a log.
    #[error("the file holds only a part of the log; it can be verified, and not imported")]
    Partial,
    /// A line that is none.
    #[error(transparent)]
    Line(#[from] BadLine),
    /// An event that does not fit its chain.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// An event that fits its chain, and brings again what an earlier one brought.
    #[error("the log brings the same command, text or version twice ({0})")]
    Twice(String),
    /// The file of keys.
    #[error("the keys cannot be used: {0}")]
    Keys(#[from] KeysError),
    /// The database, or an event of a later release.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some(constraint) if constraint.ends_with("_pkey") || constraint.ends_with("_key") => {
                Self::Twice(constraint.to_owned())
            }
            _ => Self::Store(error),
        }
    }
}

/// The keys that come along.
pub struct Keys<'a> {
    /// The file.
    pub file: &'a mut (dyn BufRead + Send),
    /// What it was sealed with.
    pub passphrase: &'a str,
}

/// Takes a file in. Answers how many events it brought and the head.
///
/// # Errors
/// [`ImportError`]; the region is as empty as before then.
pub async fn import(
    store: &Store,
    tenant: &Tenant,
    lines: impl BufRead,
    keys: Option<Keys<'_>>,
    chance: &dyn Chance,
) -> Result<(i64, Hash), ImportError> {
    let mut file = LogFile::new(lines);
    let first = file.first()?;
    if first.partial {
        return Err(ImportError::Partial);
    }
    let keys = match keys {
        Some(keys) => Some(KeysFile::open(keys.file, keys.passphrase, first.log_id)?),
        None => None,
    };
    let mut scope = store.writing(tenant.tenant()).await?;
    if scope.lock_head().await?.position != 0 {
        return Err(ImportError::NotEmpty);
    }
    let region = TenantId(first.region);
    scope.become_log(first.log_id, region).await?;
    if let Some(keys) = &keys {
        store
            .adopt_region_key(&mut scope, chance, &keys.region_key)
            .await?;
    }
    let mut walk = Walk::new(Extent::Whole, promised(&first).into_iter().collect())?;
    let mut pages = Pages::default();
    let begin = || {
        let piece = file.piece()?;
        Ok(piece.map(|piece| {
            tokio::task::spawn_blocking(move || {
                Ok::<_, ImportError>(Page::read(&piece, first.log_id, region))
            })
        }))
    };
    in_order(begin, async |page: Page| {
        for step in &page.steps {
            walk.step(step)?;
        }
        match page.stopped {
            Some(stopped) => Err(stopped),
            None => pages.add(&mut scope, page.landing, &page.digests).await,
        }
    })
    .await?;
    let reached = walk.finish()?;
    pages.finish(&mut scope).await?;
    if let Some(keys) = keys {
        keys.bring(&mut scope).await?;
        // A file from before somebody was forgotten holds their key.
        scope.erase_what_the_log_says().await?;
    }
    scope.commit().await?;
    Ok(reached)
}

/// Lines, read and looked through: ready to land once they are known to fit.
#[derive(Default)]
struct Page {
    steps: Vec<Step>,
    landing: Landing,
    /// Of the command of each event, where it came along.
    digests: Vec<Option<Hash>>,
    stopped: Option<ImportError>,
}

impl Page {
    /// Up to the first line that cannot be read. The chain may say that it was altered, which is the better answer.
    fn read(piece: &Piece, log_id: Uuid, region: TenantId) -> Self {
        let mut page = Self::default();
        for (line, text) in piece.lines() {
            if let Err(stopped) = page.add(log_id, region, line, text) {
                page.stopped = Some(stopped);
                break;
            }
        }
        page
    }

    fn add(
        &mut self,
        log_id: Uuid,
        region: TenantId,
        line: usize,
        text: &str,
    ) -> Result<(), ImportError> {
        let bad = |why: String| BadLine { line, why };
        let AnyLine::Seen(read) = AnyLine::parse(Extent::Whole, text).map_err(bad)? else {
            return Err(ImportError::Partial);
        };
        let bad = |why: &str| bad(why.to_owned());
        self.steps.push(read.step(log_id).map_err(bad)?);
        self.digests.push(read.digest());
        let row = read.into_row().map_err(bad)?;
        let recorded = row.recorded()?;
        let abouts = about::about(&recorded.event, region);
        let abouts = abouts.into_iter().map(|id| (id, row.position));
        self.landing.abouts.extend(abouts);
        self.add_keys(&row)?;
        self.landing.events.push(row);
        Ok(())
    }

    /// What was sealed has a row in the table of keys, without the key until that is brought: known to have been
    /// written, and not to be read.
    fn add_keys(&mut self, row: &EventRow) -> Result<(), StoreError> {
        for place in row.payload()?.sealed.keys() {
            let person = place.strip_prefix("name:");
            let Ok(id) = person.unwrap_or(place).parse::<Uuid>() else {
                continue;
            };
            let key = KeyRow {
                id,
                position: row.position,
                wrapped: None,
            };
            if person.is_some() {
                self.landing.persons.push(key);
            } else {
                self.landing.texts.push(key);
            }
        }
        Ok(())
    }
}

/// Pages on their way into the log. The last one waits until it is known whether its last command goes on.
#[derive(Default)]
struct Pages {
    waiting: Option<Landing>,
    command: Option<CommandRow>,
}

impl Pages {
    async fn add(
        &mut self,
        scope: &mut TenantScope,
        mut landing: Landing,
        digests: &[Option<Hash>],
    ) -> Result<(), ImportError> {
        for (row, digest) in landing.events.iter().zip(digests) {
            match &mut self.command {
                Some(command) if command.id == row.command_id => command.events += 1,
                command => {
                    let begun = CommandRow {
                        id: row.command_id,
                        // No command has this digest, so none is taken for it.
                        digest: digest.unwrap_or_default(),
                        first_position: row.position,
                        events: 1,
                    };
                    landing.commands.extend(command.replace(begun));
                }
            }
        }
        // Of a person who is named twice in a page, the newest name counts.
        let newest: BTreeMap<Uuid, KeyRow> =
            landing.persons.drain(..).map(|key| (key.id, key)).collect();
        landing.persons.extend(newest.into_values());
        match self.waiting.replace(landing) {
            Some(before) => land(scope, &before).await,
            None => Ok(()),
        }
    }

    async fn finish(mut self, scope: &mut TenantScope) -> Result<(), ImportError> {
        let Some(mut last) = self.waiting.take() else {
            return Ok(());
        };
        last.commands.extend(self.command.take());
        land(scope, &last).await
    }
}

async fn land(scope: &mut TenantScope, landing: &Landing) -> Result<(), ImportError> {
    let from = landing.events.first().map_or(0, |first| first.position - 1);
    match scope.land(from, landing).await? {
        Landed::Yes => Ok(()),
        Landed::Overtaken => {
            Err(StoreError::Damaged(format!("nothing lies at position {from}")).into())
        }
    }
}
