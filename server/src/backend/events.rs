//! The region's events for other programs: those that the asker may see, in order, in the words of `CloudEvents` 1.0.

use super::{PgBackend, Visit, internal};
use crate::store::StoreError;
use crate::store::row::{EventRow, position, stored};
use app::backend::Caller;
use app::error::AppError;
use chrono::NaiveDate;
use domain::access::{Standing, visible};
use domain::correction::{CorrectionEvent, Instead};
use domain::event::Event;
use domain::ids::NetworkId;
use domain::recorded::{Position, Recorded};
use domain::time::Timestamp;
use domain::wire;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One event in the words of `CloudEvents` 1.0. What the standard does not name stands in extension attributes.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CloudEvent {
    /// `1.0`.
    specversion: &'static str,
    /// The log's id and the position in it.
    id: String,
    /// `/regions/` and the region's slug.
    source: String,
    /// The stored name with its version, such as `meeting.planned.v1`.
    #[serde(rename = "type")]
    name: String,
    /// The kind and id of the stream it lies in.
    subject: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// `application/json`.
    datacontenttype: &'static str,
    /// The first day it can have been true, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    effectivefrom: Option<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    effectiveto: Option<NaiveDate>,
    /// Who: `person:ID`, `operator` or `clock`.
    actor: String,
    /// The event itself. Names of people and words of texts are sealed: it holds their ids.
    #[schema(value_type = Object)]
    data: Box<RawValue>,
    #[serde(skip)]
    #[schema(ignore)]
    position: Position,
}

impl CloudEvent {
    /// Its place in the log.
    pub const fn position(&self) -> Position {
        self.position
    }

    fn of(row: EventRow, log_id: Uuid, slug: &str) -> Result<Self, StoreError> {
        let data = row.payload()?.event.to_owned();
        Ok(Self {
            specversion: "1.0",
            id: format!("{log_id}/{}", row.position),
            source: format!("/regions/{slug}"),
            subject: format!("{}/{}", row.stream_kind, row.stream_id),
            time: row.recorded_at,
            datacontenttype: "application/json",
            effectivefrom: row.effective_from,
            effectiveto: row.effective_to,
            actor: row.actor,
            data,
            position: position(row.position),
            name: row.name,
        })
    }
}

/// A part of the log as somebody sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct EventsPage {
    /// In order; fewer than were looked through where some are not for the asker.
    pub events: Vec<CloudEvent>,
    /// Where the next page begins: pass it as `after`.
    pub next: Position,
    /// Whether the log goes on there.
    pub more: bool,
    /// The event of a newer release of Samspor before which it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_before: Option<Position>,
}

impl PgBackend {
    /// Looks through so many events after a position.
    pub(crate) async fn events(
        &self,
        caller: &Caller,
        visit: &Visit,
        after: Position,
        limit: u32,
    ) -> Result<EventsPage, AppError> {
        self.events_after(visit, after, limit)
            .await
            .map_err(|error| internal(caller, &error))
    }

    async fn events_after(
        &self,
        visit: &Visit,
        after: Position,
        limit: u32,
    ) -> Result<EventsPage, StoreError> {
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let head = scope.head().await?;
        let rows = scope.rows_after(after, limit.into()).await?;
        drop(scope);
        // What the asker is after the events were read: what they say of it is known.
        let mut eyes = Eyes::of(self, visit).await?;
        let mut page = EventsPage {
            events: Vec::new(),
            next: after,
            more: false,
            ends_before: None,
        };
        for row in rows {
            let recorded = match row.recorded() {
                Ok(recorded) => recorded,
                Err(StoreError::Newer(newer)) => {
                    visit.met(Some(&newer));
                    page.ends_before = Some(newer.position);
                    break;
                }
                Err(error) => return Err(error),
            };
            page.next = recorded.position;
            if eyes.see(&recorded).await? {
                let event = CloudEvent::of(row, head.log_id, &visit.tenant.slug)?;
                page.events.push(event);
            }
        }
        page.more = page.next < head.position && page.ends_before.is_none();
        Ok(page)
    }
}

/// The network an event says it is in.
fn network(event: &Event) -> Option<NetworkId> {
    #[derive(Deserialize)]
    struct Within {
        network: Option<NetworkId>,
    }
    let (_, data) = wire::encode(event);
    serde_json::from_str(&data)
        .ok()
        .and_then(|within: Within| within.network)
}

/// What the asker is now, in every network that is asked about.
struct Eyes<'a> {
    backend: &'a PgBackend,
    visit: &'a Visit,
    everywhere: BTreeSet<Standing>,
    inside: BTreeMap<NetworkId, BTreeSet<Standing>>,
}

impl<'a> Eyes<'a> {
    async fn of(backend: &'a PgBackend, visit: &'a Visit) -> Result<Self, StoreError> {
        Ok(Self {
            backend,
            visit,
            everywhere: backend.standings(visit, None).await?,
            inside: BTreeMap::new(),
        })
    }

    async fn see(&mut self, recorded: &Recorded) -> Result<bool, StoreError> {
        let event = &recorded.event;
        if visible(event, &self.everywhere) {
            return Ok(true);
        }
        let network = match event {
            Event::Correction(CorrectionEvent::Made {
                instead: Instead::Replacement { event, .. },
                ..
            }) => network(event),
            // Of what it takes back.
            Event::Correction(CorrectionEvent::Made { root, .. }) => self.network_at(*root).await?,
            event => network(event),
        };
        Ok(match network {
            Some(network) => visible(event, self.standings(network).await?),
            None => false,
        })
    }

    async fn network_at(&self, position: Position) -> Result<Option<NetworkId>, StoreError> {
        let tenant = self.visit.tenant.tenant();
        let mut scope = self.backend.store().reading(tenant).await?;
        let rows = scope.rows_at(&[stored(position)]).await?;
        match rows.first().map(EventRow::recorded) {
            Some(Ok(recorded)) => Ok(network(&recorded.event)),
            // Nobody here can tell.
            None | Some(Err(StoreError::Newer(_))) => Ok(None),
            Some(Err(error)) => Err(error),
        }
    }

    async fn standings(&mut self, network: NetworkId) -> Result<&BTreeSet<Standing>, StoreError> {
        if !self.inside.contains_key(&network) {
            let standings = self.backend.standings_in(self.visit, network).await?;
            self.inside.insert(network, standings);
        }
        Ok(self.inside.entry(network).or_default())
    }
}
