//! `postgres-es` with `cqrs-es`, as its README and user guide set it up: the default pool, an event store without
//! snapshots, commands through the framework. A query that replays is its way of rebuilding. It has no subscription: its
//! queries run in the process that executed the command, and its events have no order across aggregates.

use crate::peer::Peer;
use anyhow::Result;
use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventStore, QueryReplay};
use cqrs_es::{Aggregate, AggregateError, DomainEvent, EventEnvelope, EventStore as _, Query};
use postgres_es::{PostgresCqrs, PostgresEventRepository, default_postgress_pool};
use serde::{Deserialize, Serialize};
use sqlx08::{Executor as _, PgPool};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use storm::check::Entry;
use uuid::Uuid;

/// The events table of `db/init.sql` in its package.
const TABLES: &str = "CREATE TABLE events (
    aggregate_type text                         NOT NULL,
    aggregate_id   text                         NOT NULL,
    sequence       bigint CHECK (sequence >= 0) NOT NULL,
    event_type     text                         NOT NULL,
    event_version  text                         NOT NULL,
    payload        json                         NOT NULL,
    metadata       json                         NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SchoolEvent {
    Registered {
        organisation: Uuid,
        called: String,
        kind: String,
        parent: Option<Uuid>,
        school_type: Option<String>,
        pupils: Option<u32>,
    },
    Renamed {
        organisation: Uuid,
        called: String,
    },
}

impl DomainEvent for SchoolEvent {
    fn event_type(&self) -> String {
        match self {
            Self::Registered { .. } => "Registered".to_owned(),
            Self::Renamed { .. } => "Renamed".to_owned(),
        }
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct School {
    called: Option<String>,
    events: usize,
}

pub struct Record {
    organisation: Uuid,
    events: usize,
}

#[derive(Debug)]
pub struct AlreadyRegistered;

impl std::fmt::Display for AlreadyRegistered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is registered already")
    }
}

impl std::error::Error for AlreadyRegistered {}

impl Aggregate for School {
    const TYPE: &'static str = "school";
    type Command = Record;
    type Event = SchoolEvent;
    type Error = AlreadyRegistered;
    type Services = ();

    async fn handle(
        &mut self,
        command: Record,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AlreadyRegistered> {
        if self.called.is_some() {
            return Err(AlreadyRegistered);
        }
        let organisation = command.organisation;
        let registered = SchoolEvent::Registered {
            organisation,
            called: "Ytre Solvik skole".to_owned(),
            kind: "school".to_owned(),
            parent: None,
            school_type: None,
            pupils: Some(140),
        };
        sink.write(registered, self).await;
        for n in 1..command.events {
            let called = format!("Ytre Solvik skole {n}");
            sink.write(
                SchoolEvent::Renamed {
                    organisation,
                    called,
                },
                self,
            )
            .await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SchoolEvent) {
        self.events += 1;
        match event {
            SchoolEvent::Registered { called, .. } | SchoolEvent::Renamed { called, .. } => {
                self.called = Some(called);
            }
        }
    }
}

#[derive(Clone, Default)]
struct Counts(Arc<Mutex<HashMap<String, usize>>>);

#[async_trait]
impl Query<School> for Counts {
    async fn dispatch(&self, aggregate_id: &str, events: &[EventEnvelope<School>]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(aggregate_id.to_owned()).or_default() += events.len();
    }
}

pub struct PostgresEs {
    pool: PgPool,
    cqrs: PostgresCqrs<School>,
    store: PersistedEventStore<PostgresEventRepository, School>,
}

impl PostgresEs {
    pub async fn open(url: &str) -> Result<Self> {
        let pool = default_postgress_pool(url).await;
        pool.execute(TABLES).await?;
        Ok(Self {
            cqrs: postgres_es::postgres_cqrs(pool.clone(), vec![], ()),
            store: PersistedEventStore::new_event_store(PostgresEventRepository::new(pool.clone())),
            pool,
        })
    }
}

#[async_trait]
impl Peer for PostgresEs {
    async fn begin(&self, _tenant: usize, stream: Uuid, events: usize) -> Result<bool> {
        let record = Record {
            organisation: stream,
            events,
        };
        match self.cqrs.execute(&stream.to_string(), record).await {
            Ok(()) => Ok(true),
            Err(AggregateError::UserError(AlreadyRegistered)) => Ok(false),
            Err(error) => Err(anyhow::anyhow!("{error}")),
        }
    }

    async fn load(&self, stream: Uuid) -> Result<usize> {
        let loaded = self.store.load_aggregate(&stream.to_string()).await;
        let context = loaded.map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(context.aggregate.events)
    }

    async fn rebuild(&self) -> Result<usize> {
        let counts = Counts::default();
        let repository = PostgresEventRepository::new(self.pool.clone());
        QueryReplay::<_, _, School>::new(repository, counts.clone())
            .replay_all()
            .await
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let counts = counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(counts.values().sum())
    }

    async fn log(&self) -> Result<Option<Vec<Entry>>> {
        Ok(None)
    }
}
