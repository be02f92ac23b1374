//! Verifying a log: leaves on all cores, from Postgres or from a file, then one walk along the chain.

use super::file::{BadLine, LogFile, Piece};
use super::lines::{AnyLine, First};
use super::ordered::in_order;
use super::walk::{Extent, Misfit, Point, Step, Walk};
use crate::store::chain::Hash;
use crate::store::copy::{Copied, Digests};
use crate::store::read::Head;
use crate::store::row::{event_of, position, stored};
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use domain::about;
use domain::ids::TenantId;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::BufRead;
use uuid::Uuid;

/// Events that are read at once.
const STRETCH: i64 = 4_096;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Everything fits.
    Fits {
        /// How many events.
        events: i64,
        /// The chain's end.
        head: Hash,
    },
    /// Something does not.
    Broken(Misfit),
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The chain, versions, order of time, and the head.
    Chain,
    /// Also that the table of what events are about says what the events say.
    Abouts,
}

/// Verifies everything about a region's log.
///
/// # Errors
/// Of the database, or an event that this release cannot read.
pub async fn verify(store: &Store, tenant: &Tenant) -> Result<Verified, StoreError> {
    verify_through(store, tenant, Vec::new(), Depth::Abouts).await
}

enum Stop {
    Misfit(Misfit),
    Line(BadLine),
    Store(StoreError),
}

impl From<Misfit> for Stop {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn found(done: Result<(i64, Hash), Stop>) -> Result<Verified, Stop> {
    match done {
        Ok((events, head)) => Ok(Verified::Fits { events, head }),
        Err(Stop::Misfit(misfit)) => Ok(Verified::Broken(misfit)),
        Err(stop) => Err(stop),
    }
}

/// Verifies a region's log, which has to pass through these points.
///
/// # Errors
/// As [`verify`].
pub async fn verify_through(
    store: &Store,
    tenant: &Tenant,
    points: Vec<Point>,
    depth: Depth,
) -> Result<Verified, StoreError> {
    match found(walk(store, tenant, points, depth).await) {
        Ok(verified) => Ok(verified),
        Err(Stop::Store(error)) => Err(error),
        Err(Stop::Line(line)) => Err(StoreError::Damaged(line.to_string())),
        Err(Stop::Misfit(misfit)) => Ok(Verified::Broken(misfit)),
    }
}

fn end_at(head: &Head) -> Point {
    Point {
        position: stored(head.position),
        hash: head.hash,
        why: "the head is not the hash of the last event",
        why_ended: "the log does not end where its head says",
        end: true,
    }
}

async fn walk(
    store: &Store,
    tenant: &Tenant,
    mut points: Vec<Point>,
    depth: Depth,
) -> Result<(i64, Hash), Stop> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let head = scope.head().await?;
    let last = scope.last_row().await?;
    points.push(end_at(&head));
    let mut walk = Walk::new(Extent::Whole, points)?;
    // Counted while the chain is gone along, and as of the moment when the head was read.
    let counting = (depth == Depth::Abouts)
        .then(|| tokio::spawn(async move { Sums::of_table(&mut scope, last).await }));
    let (mut after, mut sums) = (0, Vec::new());
    let begin = || {
        if after >= last {
            return Ok(None);
        }
        let up_to = (after + STRETCH).min(last);
        let from = std::mem::replace(&mut after, up_to);
        let (store, id, region) = (store.clone(), tenant.tenant(), tenant.region());
        let about = counting.is_some().then_some(region);
        Ok(Some(tokio::spawn(async move {
            let mut scope = store.reading(id).await?;
            let mut stretch = Stretch::default();
            scope
                .copy_events(from, up_to, Digests::Without, |copied| {
                    stretch.take(head.log_id, &copied, about);
                    Ok(())
                })
                .await?;
            Ok::<_, Stop>(stretch)
        })))
    };
    in_order(begin, async |stretch: Stretch| {
        for step in &stretch.steps {
            walk.step(step)?;
        }
        sums.push(stretch.sum);
        stretch.unreadable.map_or(Ok(()), |error| Err(error.into()))
    })
    .await?;
    let reached = walk.finish()?;
    if let Some(counting) = counting {
        let counted = match counting.await {
            Ok(counted) => counted?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        if let Some(position) = counted.stray {
            return Err(about_misfit(position).into());
        }
        let differs = sums.iter().zip(&counted.sums).position(|(a, b)| a != b);
        if let Some(differs) = differs {
            let from = i64::try_from(differs).unwrap_or(0) * STRETCH;
            let misfit = differing(store, tenant, from, (from + STRETCH).min(last)).await?;
            return Err(misfit.into());
        }
    }
    Ok(reached)
}

const fn about_misfit(position: i64) -> Misfit {
    Misfit {
        position,
        why: "the table says that it is about other ids than it is",
    }
}

/// What was made of a stretch of the log.
#[derive(Default)]
struct Stretch {
    steps: Vec<Step>,
    sum: u128,
    unreadable: Option<StoreError>,
}

impl Stretch {
    fn take(&mut self, log_id: Uuid, copied: &Copied<'_>, region: Option<TenantId>) {
        self.steps
            .push(Step::of(log_id, &copied.event, copied.hash));
        let (Some(region), None) = (region, &self.unreadable) else {
            return;
        };
        match about(copied, region) {
            Ok(ids) => {
                for id in ids {
                    self.sum = self.sum.wrapping_add(mixed(id, copied.event.position));
                }
            }
            // Its hash may say that it was altered, which is the better answer: so the walk comes first.
            Err(error) => self.unreadable = Some(error),
        }
    }
}

fn about(copied: &Copied<'_>, region: TenantId) -> Result<Vec<Uuid>, StoreError> {
    let event = &copied.event;
    let event = event_of(position(event.position), event.envelope.name, event.payload)?;
    Ok(about::about(&event, region))
}

/// An id and a position as a number: sets of them are equal when the sums are, whatever their order.
fn mixed(id: Uuid, position: i64) -> u128 {
    let hash = Sha256::new()
        .chain_update(id.as_bytes())
        .chain_update(position.to_be_bytes())
        .finalize();
    hash.iter()
        .take(16)
        .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// The table of what events are about, as a sum for each stretch of the log.
struct Sums {
    sums: Vec<u128>,
    /// The first position beyond the log.
    stray: Option<i64>,
}

impl Sums {
    async fn of_table(scope: &mut TenantScope, last: i64) -> Result<Self, StoreError> {
        let n_stretches = usize::try_from((last + STRETCH - 1) / STRETCH).unwrap_or(0);
        let (mut sums, mut stray) = (vec![0_u128; n_stretches], None);
        scope
            .copy_abouts(i64::MIN, i64::MAX, |id, position| {
                let place = usize::try_from((position - 1).div_euclid(STRETCH))
                    .ok()
                    .and_then(|index| sums.get_mut(index))
                    .filter(|_| position <= last);
                match place {
                    Some(sum) => *sum = sum.wrapping_add(mixed(id, position)),
                    None => {
                        stray = Some(stray.map_or(position, |before: i64| before.min(position)))
                    }
                }
            })
            .await?;
        Ok(Self { sums, stray })
    }
}

/// The first position of a stretch whose sums differ.
async fn differing(
    store: &Store,
    tenant: &Tenant,
    after: i64,
    up_to: i64,
) -> Result<Misfit, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let (mut events, mut table) = (BTreeSet::new(), BTreeSet::new());
    scope
        .copy_events(after, up_to, Digests::Without, |copied| {
            let ids = about(&copied, tenant.region())?;
            events.extend(ids.into_iter().map(|id| (copied.event.position, id)));
            Ok(())
        })
        .await?;
    scope
        .copy_abouts(after, up_to, |id, position| {
            table.insert((position, id));
        })
        .await?;
    let first = events.symmetric_difference(&table).next();
    Ok(about_misfit(
        first.map_or(after + 1, |(position, _)| *position),
    ))
}

/// What a verification of a file found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedFile {
    /// As of a region.
    pub verified: Verified,
    /// Events of which not all is in the file.
    pub withheld: i64,
}

/// Verifies a file whose first line was read. It has to pass through these points.
///
/// # Errors
/// A line that cannot be read.
pub async fn verify_file<R: BufRead>(
    first: &First,
    file: &mut LogFile<R>,
    points: Vec<Point>,
) -> Result<VerifiedFile, BadLine> {
    let mut withheld = 0;
    match found(walk_file(first, file, points, &mut withheld).await) {
        Ok(verified) => Ok(VerifiedFile { verified, withheld }),
        Err(Stop::Line(bad)) => Err(bad),
        Err(Stop::Misfit(misfit)) => Ok(VerifiedFile {
            verified: Verified::Broken(misfit),
            withheld,
        }),
        Err(Stop::Store(error)) => Err(BadLine {
            line: 1,
            why: error.to_string(),
        }),
    }
}

/// The end that a first line promises, as a point.
#[must_use]
pub fn promised(first: &First) -> Option<Point> {
    first.end.map(|end| Point {
        position: end.events,
        hash: end.head,
        why: "the chain is not what the first line of the file says",
        why_ended: "the file does not end where its first line says",
        end: true,
    })
}

async fn walk_file<R: BufRead>(
    first: &First,
    file: &mut LogFile<R>,
    mut points: Vec<Point>,
    withheld: &mut i64,
) -> Result<(i64, Hash), Stop> {
    points.extend(promised(first));
    let (log_id, extent) = (first.log_id, first.extent());
    let mut walk = Walk::new(extent, points)?;
    let begin = || {
        let piece = file.piece().map_err(Stop::Line)?;
        Ok(piece.map(|piece| {
            tokio::task::spawn_blocking(move || Ok::<_, Stop>(steps_of(&piece, log_id, extent)))
        }))
    };
    in_order(
        begin,
        async |(steps, bad): (Vec<(Step, bool)>, Option<BadLine>)| {
            for (step, full) in &steps {
                walk.step(step)?;
                *withheld += i64::from(!full);
            }
            bad.map_or(Ok(()), |bad| Err(Stop::Line(bad)))
        },
    )
    .await?;
    Ok(walk.finish()?)
}

type Steps = (Vec<(Step, bool)>, Option<BadLine>);

/// The steps of a piece, each with whether the whole event is there, up to the first line that cannot be read.
fn steps_of(piece: &Piece, log_id: Uuid, extent: Extent) -> Steps {
    let mut steps = Vec::new();
    for (line, text) in piece.lines() {
        let read = AnyLine::parse(extent, text).and_then(|read| {
            let step = read.step(log_id).map_err(str::to_owned)?;
            Ok((step, read.is_full()))
        });
        match read {
            Ok(step) => steps.push(step),
            Err(why) => return (steps, Some(BadLine { line, why })),
        }
    }
    (steps, None)
}
