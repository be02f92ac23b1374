//! `disintegrate` with `disintegrate-postgres`, as its README sets it up: decisions through a decision maker without
//! snapshots, tried again where another writer was first (serialisable transactions), a listener that polls and is
//! notified.

use crate::peer::Peer;
use anyhow::Result;
use async_trait::async_trait;
use disintegrate::{
    Decision, DecisionError, Event, EventListener, EventSourcedStateStore, EventStore as _,
    LoadState as _, NoSnapshot, PersistedEvent, StateMutate, StateQuery, StreamItem, StreamQuery,
    query,
};
use disintegrate_postgres::{
    PgDecisionMaker, PgEventId, PgEventListener, PgEventListenerConfig, PgEventStore,
    decision_maker,
};
use disintegrate_serde::serde::json::Json;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx08::{PgPool, Row as _};
use std::collections::HashMap;
use std::time::Duration;
use storm::check::Entry;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// How long its listener sleeps between polls, as in its examples.
const POLL: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(SchoolEvent, [Registered, Renamed])]
pub enum DomainEvent {
    Registered {
        #[id]
        organisation: String,
        called: String,
        kind: String,
        parent: Option<String>,
        school_type: Option<String>,
        pupils: Option<u32>,
    },
    Renamed {
        #[id]
        organisation: String,
        called: String,
    },
}

#[derive(Clone, Debug, Default, StateQuery, Serialize, Deserialize)]
#[state_query(SchoolEvent)]
pub struct School {
    #[id]
    organisation: String,
    called: Option<String>,
    events: usize,
}

impl StateMutate for School {
    fn mutate(&mut self, event: Self::Event) {
        self.events += 1;
        match event {
            SchoolEvent::Registered { called, .. } | SchoolEvent::Renamed { called, .. } => {
                self.called = Some(called);
            }
        }
    }
}

#[derive(Debug)]
pub struct AlreadyRegistered;

impl std::fmt::Display for AlreadyRegistered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is registered already")
    }
}

impl std::error::Error for AlreadyRegistered {}

#[derive(Clone)]
struct Record {
    organisation: String,
    events: usize,
}

impl Decision for Record {
    type Event = DomainEvent;
    type StateQuery = School;
    type Error = AlreadyRegistered;

    fn state_query(&self) -> School {
        School {
            organisation: self.organisation.clone(),
            ..School::default()
        }
    }

    fn process(&self, state: &School) -> Result<Vec<DomainEvent>, AlreadyRegistered> {
        if state.called.is_some() {
            return Err(AlreadyRegistered);
        }
        let mut events = vec![DomainEvent::Registered {
            organisation: self.organisation.clone(),
            called: "Ytre Solvik skole".to_owned(),
            kind: "school".to_owned(),
            parent: None,
            school_type: None,
            pupils: Some(140),
        }];
        events.extend((1..self.events).map(|n| DomainEvent::Renamed {
            organisation: self.organisation.clone(),
            called: format!("Ytre Solvik skole {n}"),
        }));
        Ok(events)
    }
}

type Store = PgEventStore<DomainEvent, Json<DomainEvent>>;

pub struct Disintegrate {
    pool: PgPool,
    store: Store,
    maker: PgDecisionMaker<DomainEvent, Json<DomainEvent>, NoSnapshot>,
    states: EventSourcedStateStore<PgEventId, DomainEvent, Store, NoSnapshot>,
}

impl Disintegrate {
    pub async fn open(url: &str) -> Result<Self> {
        let pool = PgPool::connect(url).await?;
        let store = PgEventStore::try_new(pool.clone(), Json::default()).await?;
        Ok(Self {
            pool,
            maker: decision_maker(store.clone(), NoSnapshot),
            states: EventSourcedStateStore::new(store.clone(), NoSnapshot),
            store,
        })
    }
}

fn is_concurrency(error: &DecisionError<AlreadyRegistered>) -> bool {
    let said = format!("{error:?}");
    said.contains("Concurrency") || said.contains("40001")
}

struct Handing {
    query: StreamQuery<PgEventId, DomainEvent>,
    to: mpsc::UnboundedSender<Entry>,
}

#[async_trait]
impl EventListener<PgEventId, DomainEvent> for Handing {
    type Error = std::convert::Infallible;

    fn id(&self) -> &'static str {
        "handing"
    }

    fn query(&self) -> &StreamQuery<PgEventId, DomainEvent> {
        &self.query
    }

    async fn handle(
        &self,
        event: PersistedEvent<PgEventId, DomainEvent>,
    ) -> Result<(), Self::Error> {
        // After the end nobody counts any more.
        self.to.send(entry(event.id())).ok();
        Ok(())
    }
}

/// It has no streams: each event is one of its own.
fn entry(id: PgEventId) -> Entry {
    let unique = Uuid::from_u128(u128::from(id.unsigned_abs()));
    Entry {
        position: id.unsigned_abs(),
        stream: unique,
        version: 1,
        append: unique,
    }
}

#[async_trait]
impl Peer for Disintegrate {
    async fn begin(&self, _tenant: usize, stream: Uuid, events: usize) -> Result<bool> {
        let organisation = stream.to_string();
        let record = Record {
            organisation,
            events,
        };
        loop {
            match self.maker.make(record.clone()).await {
                Ok(_) => return Ok(true),
                Err(DecisionError::Domain(AlreadyRegistered)) => return Ok(false),
                // Another writer was first.
                Err(error) if is_concurrency(&error) => {}
                Err(error) => return Err(anyhow::anyhow!("{error}")),
            }
        }
    }

    async fn load(&self, stream: Uuid) -> Result<usize> {
        let school = School {
            organisation: stream.to_string(),
            ..School::default()
        };
        let loaded = self.states.load(school).await;
        let loaded = loaded.map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(loaded.state().events)
    }

    async fn rebuild(&self) -> Result<usize> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let all = query!(DomainEvent);
        let mut stream = self.store.stream(&all);
        while let Some(item) = stream.next().await {
            let StreamItem::Event(event) = item? else {
                continue;
            };
            match event.into_inner() {
                DomainEvent::Registered { organisation, .. }
                | DomainEvent::Renamed { organisation, .. } => {
                    *counts.entry(organisation).or_default() += 1;
                }
            }
        }
        Ok(counts.values().sum())
    }

    async fn log(&self) -> Result<Option<Vec<Entry>>> {
        let rows = sqlx08::query("SELECT event_id FROM event ORDER BY event_id")
            .fetch_all(&self.pool)
            .await?;
        Ok(Some(rows.iter().map(|row| entry(row.get(0))).collect()))
    }

    async fn follow(
        &self,
        to: mpsc::UnboundedSender<Entry>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let handing = Handing {
            query: query!(DomainEvent),
            to,
        };
        PgEventListener::builder(self.store.clone())
            .register_listener(handing, PgEventListenerConfig::poller(POLL).with_notifier())
            .start_with_shutdown(async move {
                stop.wait_for(|stop| *stop).await.ok();
            })
            .await?;
        Ok(())
    }
}
