//! One pass over the log. Four hands work at once, each a little ahead of the next: reading rows, making events of them,
//! folding, writing what has grown.

use super::grown::{Flush, Grown, Page, Which};
use super::{Pace, Progress};
use crate::store::newer::Newer;
use crate::store::row::{EventRow, position};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use crate::views::documents::{Replace, Row, remove, store_as};
use crate::views::registry::Entry;
use crate::views::{all_about, codes};
use chrono::NaiveDate;
use domain::recorded::Position;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Documents that are stored by one statement.
const ROWS: usize = 250;

/// A pass, and what it is over.
pub(super) struct Pass<'a> {
    pub store: &'a Store,
    pub tenant: &'a Tenant,
    pub views: &'a [Entry],
    /// How far each view has come.
    pub from: &'a [Position],
    /// Where the pass ends.
    pub head: Position,
    pub today: NaiveDate,
    pub pace: Pace,
}

/// What has grown, on its way to the table.
struct Checkpoint {
    flush: Flush,
    to: Position,
    /// Told once it is there.
    written: oneshot::Sender<()>,
}

/// CPU's work, away from the threads that answer requests.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

impl Pass<'_> {
    /// Runs to the head, or up to the first event of a newer release, which is answered.
    pub async fn run(&self, progress: impl FnMut(Progress)) -> Result<Option<Newer>, StoreError> {
        let (send_rows, rows) = mpsc::channel(1);
        let (send_pages, pages) = mpsc::channel(1);
        let (send_checkpoints, checkpoints) = mpsc::channel(1);
        let ((), (), newer, ()) = tokio::try_join!(
            self.read(send_rows),
            self.decode(rows, send_pages),
            self.fold(pages, send_checkpoints, progress),
            self.write(checkpoints),
        )?;
        Ok(newer)
    }

    async fn read(&self, rows: Sender<Vec<EventRow>>) -> Result<(), StoreError> {
        let mut reached = self.from.iter().copied().min().unwrap_or(0);
        while reached < self.head {
            // A transaction a page: a long one would keep Postgres from tidying up for everybody else.
            let mut scope = self.store.reading(self.tenant.tenant()).await?;
            let limit = self
                .pace
                .page
                .min(i64::try_from(self.head - reached).unwrap_or(i64::MAX));
            let page = scope.rows_after(reached, limit).await?;
            drop(scope);
            let Some(last) = page.last() else { break };
            reached = position(last.position);
            if rows.send(page).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn decode(
        &self,
        mut rows: Receiver<Vec<EventRow>>,
        pages: Sender<Page>,
    ) -> Result<(), StoreError> {
        let region = self.tenant.region();
        let (views, from): (Arc<[Entry]>, Arc<[Position]>) = (self.views.into(), self.from.into());
        while let Some(rows) = rows.recv().await {
            let (views, from) = (views.clone(), from.clone());
            let page = aside(move || Page::of(&rows, region, &views, &from)).await?;
            let ended = page.newer.is_some();
            if pages.send(page).await.is_err() || ended {
                break;
            }
        }
        Ok(())
    }

    async fn fold(
        &self,
        mut pages: Receiver<Page>,
        checkpoints: Sender<Checkpoint>,
        mut progress: impl FnMut(Progress),
    ) -> Result<Option<Newer>, StoreError> {
        let views: Arc<[Entry]> = self.views.into();
        let mut reached = self.from.iter().copied().min().unwrap_or(0);
        let mut flushed = reached;
        // An earlier run may have left documents of this code in the table.
        let mut grown = Grown::beside(self.from.iter().any(|from| *from > 0));
        let mut writing: Option<oneshot::Receiver<()>> = None;
        let mut newer = None;
        while let Some(page) = pages.recv().await {
            let absent = grown.absent(&page);
            if !absent.is_empty() {
                settled(&mut writing).await;
                self.put_back(&mut grown, &absent).await?;
            }
            (reached, newer) = (page.last, page.newer.clone());
            let given = views.clone();
            let (folded, anew) = aside(move || {
                let anew = grown.take_in(&page, &given);
                (grown, anew)
            })
            .await;
            grown = folded;
            self.settle(&mut grown, anew).await?;
            let due = reached >= flushed + self.pace.events
                || grown.dirty() >= self.pace.documents
                || reached >= self.head
                || newer.is_some();
            if due {
                let bytes = self.pace.bytes;
                let (given, flush) = aside(move || {
                    let flush = grown.flush(reached);
                    grown.evict(bytes);
                    (grown, flush)
                })
                .await;
                grown = given;
                let (written, told) = oneshot::channel();
                let checkpoint = Checkpoint {
                    flush: flush?,
                    to: reached,
                    written,
                };
                if checkpoints.send(checkpoint).await.is_err() {
                    break;
                }
                (writing, flushed) = (Some(told), reached);
            }
            progress(Progress {
                events: reached,
                of: self.head,
            });
        }
        Ok(newer)
    }

    /// Reads documents that were let go of, or that an earlier run left.
    async fn put_back(
        &self,
        grown: &mut Grown,
        absent: &BTreeSet<Which>,
    ) -> Result<(), StoreError> {
        let views: Vec<i32> = absent.iter().map(|(view, _)| index(*view)).collect();
        let names: Vec<&str> = absent
            .iter()
            .map(|(view, _)| self.views[*view].name)
            .collect();
        let keys: Vec<Uuid> = absent.iter().map(|(_, key)| *key).collect();
        let codes: Vec<String> = absent
            .iter()
            .map(|(view, _)| codes::beside(self.views[*view].code))
            .collect();
        let mut scope = self.store.reading(self.tenant.tenant()).await?;
        let rows: Vec<(i32, Uuid, i64, String)> = sqlx::query_as(
            "SELECT r.n, s.key, s.position, s.body
             FROM unnest($2::integer[], $3::text[], $4::uuid[], $5::text[]) AS r (n, view, key, code)
             JOIN snapshots AS s
               ON s.tenant_id = $1 AND s.view = r.view AND s.key = r.key AND s.code = r.code",
        )
        .bind(self.tenant.id)
        .bind(views)
        .bind(names)
        .bind(keys)
        .bind(codes)
        .fetch_all(scope.connection())
        .await?;
        for (view, key, at, body) in rows {
            let view = usize::try_from(view).unwrap_or(usize::MAX);
            let document = (self.views[view].read)(position(at), &body).ok_or_else(|| {
                StoreError::Damaged(format!("a growing {} of {key}", self.views[view].name))
            })?;
            grown.put_back((view, key), document, body.len());
        }
        Ok(())
    }

    /// Folds documents from their first event up to the head.
    async fn settle(&self, grown: &mut Grown, anew: BTreeSet<Which>) -> Result<(), StoreError> {
        let mut by_key: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
        for (view, key) in anew {
            by_key.entry(key).or_default().push(view);
        }
        let (region, today) = (self.tenant.region(), self.today);
        for (key, of) in by_key {
            let mut scope = self.store.reading(self.tenant.tenant()).await?;
            let about = all_about(&mut scope, key, None).await?;
            drop(scope);
            let folds: Vec<_> = of
                .iter()
                .map(|view| (*view, self.views[*view].fold))
                .collect();
            let documents = aside(move || {
                folds
                    .into_iter()
                    .map(|(view, fold)| (view, fold(&about, key, region, today)))
                    .collect::<Vec<_>>()
            })
            .await;
            for (view, document) in documents {
                grown.settle((view, key), document);
            }
        }
        Ok(())
    }

    async fn write(&self, mut checkpoints: Receiver<Checkpoint>) -> Result<(), StoreError> {
        while let Some(checkpoint) = checkpoints.recv().await {
            let mut scope = self.store.writing(self.tenant.tenant()).await?;
            let mut by_view: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
            for (view, row) in checkpoint.flush.rows {
                by_view.entry(view).or_default().push(row);
            }
            for (view, key) in checkpoint.flush.gone {
                let (name, code) = (self.views[view].name, codes::beside(self.views[view].code));
                remove(&mut scope, name, &code, key).await?;
            }
            for (view, rows) in by_view {
                let (name, code) = (self.views[view].name, codes::beside(self.views[view].code));
                for some in rows.chunks(ROWS) {
                    store_as(&mut scope, name, &code, some, Replace::Any).await?;
                }
            }
            // Documents and how far they are become visible together, or not at all.
            for (view, from) in self.views.iter().zip(self.from) {
                codes::built(&mut scope, view, checkpoint.to.max(*from)).await?;
            }
            scope.commit().await?;
            checkpoint.written.send(()).ok();
        }
        Ok(())
    }
}

/// Waits until the last checkpoint is in the table.
async fn settled(writing: &mut Option<oneshot::Receiver<()>>) {
    if let Some(told) = writing.take() {
        // Not told: writing failed, and the pass with it.
        told.await.ok();
    }
}

fn index(view: usize) -> i32 {
    i32::try_from(view).unwrap_or(i32::MAX)
}
