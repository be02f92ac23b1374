//! The region's events as they are recorded: server-sent events that begin where the reader was and follow the log.
//!
//! What a page is waited for by is a hint ([`PgBackend::grown`]) and, should it be lost, patience; what is sent is read from
//! the log after the last position sent. So every event comes once and in order, from whatever process it was recorded by.
//! The token is looked at again before each page: who was revoked is told nothing that was recorded later.

use super::asker::Asker;
use super::events::LIMIT;
use super::problem::Problem;
use crate::backend::{CloudEvent, EventsPage, PgBackend, Place, Visit};
use crate::executor::Landed;
use crate::http::Site;
use crate::tokens::Scope;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::ids::TenantId;
use domain::recorded::Position;
use futures_util::Stream;
use futures_util::stream;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

/// How long a reader whose stream has ended should wait before it comes again.
const RETRY: Duration = Duration::from_secs(2);

/// Begins a stream.
pub(super) fn follow(
    site: Site,
    region: String,
    asker: Asker,
    visit: &Visit,
    after: Position,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let backend = site.backend;
    let tenant = visit.tenant.tenant();
    let following = Following {
        _place: backend.streams().enter(tenant, visit.person)?,
        grown: backend.grown(),
        ended: backend.streams().ended(),
        tenant,
        region,
        asker,
        after,
        waiting: VecDeque::from([Event::default().retry(RETRY)]),
        more: true,
        backend: backend.clone(),
    };
    let keep_alive = KeepAlive::new().interval(backend.streams().patience().keep_alive);
    let events = stream::unfold(following, async |mut following| {
        let event = following.next().await?;
        Some((Ok(event), following))
    });
    Ok(Sse::new(events).keep_alive(keep_alive))
}

struct Following {
    backend: Arc<PgBackend>,
    tenant: TenantId,
    region: String,
    asker: Asker,
    /// What the reader has seen all of up to here.
    after: Position,
    waiting: VecDeque<Event>,
    /// The log goes on there, as far as is known.
    more: bool,
    grown: broadcast::Receiver<Landed>,
    ended: watch::Receiver<bool>,
    _place: Place,
}

impl Following {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.ended.borrow() {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if !self.more {
                self.sleep().await;
            }
            let page = self.page().await?;
            self.take(page);
        }
    }

    /// What was recorded since; `None` when the token lets nobody in any more, or something broke.
    async fn page(&self) -> Option<EventsPage> {
        let (caller, token) = (&self.asker.caller, self.asker.token.as_deref());
        let visit = self
            .backend
            .bearer(caller, token, &self.region, Scope::Feed)
            .await
            .ok()?;
        self.backend
            .events(caller, &visit, self.after, LIMIT)
            .await
            .ok()
    }

    fn take(&mut self, page: EventsPage) {
        let seen = page.events.last().map(CloudEvent::position);
        self.waiting.extend(page.events.iter().filter_map(event));
        if page.next > seen.unwrap_or(self.after) {
            // The reader need not come back for what is not for it: an id alone is remembered, and nothing is told.
            self.waiting
                .push_back(Event::default().id(page.next.to_string()));
        }
        self.after = page.next;
        self.more = page.more;
    }

    /// Until the log has grown, or it is time to look.
    async fn sleep(&mut self) {
        let until = Instant::now() + self.backend.streams().patience().look;
        loop {
            let (grown, ended) = (&mut self.grown, &mut self.ended);
            let landed = tokio::select! {
                landed = grown.recv() => landed,
                () = tokio::time::sleep_until(until) => return,
                () = async { drop(ended.wait_for(|ended| *ended).await) } => return,
            };
            match landed {
                Ok(landed) if landed.tenant != self.tenant || landed.position <= self.after => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // Nobody tells any more: looking is left.
                Err(broadcast::error::RecvError::Closed) => {
                    tokio::time::sleep_until(until).await;
                    return;
                }
            }
        }
    }
}

/// As it is sent; its JSON has no line breaks.
fn event(event: &CloudEvent) -> Option<Event> {
    let id = event.position().to_string();
    Event::default().id(id).json_data(event).ok()
}
