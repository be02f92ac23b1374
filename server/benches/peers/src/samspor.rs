//! Samspor: its executors, as its service uses them.

use crate::peer::Peer;
use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use domain::actor::Actor;
use domain::command::Submission;
use domain::history::Live;
use domain::ids::{CommandId, OrganisationId, TenantId};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::OrganisationKind;
use domain::rejection::Rejection;
use domain::rule::State;
use domain::text::Name;
use server::chance::OsChance;
use server::clock::{Clock as _, SystemClock};
use server::executor::{CommandError, Executor, Executors, Order};
use server::feed::Feed;
use server::store::Store;
use server::store::row::{EventRow, position};
use server::store::tenants::{NewTenant, Opened, Tenant};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use storm::check::Entry;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// Events that a follower reads at a time.
const PAGE: i64 = 2_000;

pub struct Samspor {
    store: Store,
    tenants: Vec<Tenant>,
    executors: Vec<Executor>,
}

impl Samspor {
    /// With so many regions.
    pub async fn open(url: &str, tenants: usize) -> Result<Self> {
        let master = server::crypto::Key::from_bytes([7; 32]);
        let store = Store::open(url, master).await?;
        let all = Executors::new(store.clone(), Arc::new(SystemClock), Arc::new(OsChance));
        let mut opened = Self {
            store,
            tenants: Vec::new(),
            executors: Vec::new(),
        };
        for n in 0..tenants {
            let new = NewTenant {
                slug: &format!("region-{n}"),
                name: "Region",
                language: "en",
                demo: false,
                ids: None,
            };
            let Opened::New(tenant) = opened
                .store
                .open_tenant(new, SystemClock.now(), &OsChance)
                .await?
            else {
                bail!("the database is not empty");
            };
            opened.executors.push(all.of(tenant.tenant()).await?);
            opened.tenants.push(tenant);
        }
        Ok(opened)
    }

    fn first(&self) -> Result<TenantId> {
        Ok(self.tenants.first().context("there is a region")?.tenant())
    }
}

fn id() -> Uuid {
    server::chance::id(&OsChance, SystemClock.now())
}

fn order(command: OrganisationCommand) -> Order {
    Order::new(Submission::new(CommandId(id()), command), Actor::Operator)
}

fn register(organisation: OrganisationId) -> Result<Order> {
    Ok(order(OrganisationCommand::Register {
        organisation,
        called: Name::parse("Ytre Solvik skole").ok().context("is a name")?,
        kind: OrganisationKind::School,
        parent: None,
        school_type: None,
        pupils: Some(140),
    }))
}

fn entry(row: &EventRow) -> Entry {
    Entry {
        position: position(row.position),
        stream: row.stream_id,
        version: u64::from(row.version.unsigned_abs()),
        append: row.command_id,
    }
}

#[async_trait]
impl Peer for Samspor {
    async fn begin(&self, tenant: usize, stream: Uuid, events: usize) -> Result<bool> {
        let school = OrganisationId(stream);
        let begun = loop {
            match self.executors[tenant].submit(register(school)?).await {
                Err(CommandError::TryAgain) => tokio::task::yield_now().await,
                answer => break answer,
            }
        };
        match begun {
            Ok(_) if events == 1 => return Ok(true),
            Ok(_) => {}
            Err(CommandError::Refused(Rejection::AlreadyRegistered)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        // Each further event is an order of its own.
        let executor = self.executors[tenant].clone().for_one_caller();
        let mut pending = Vec::new();
        for n in 1..events {
            let called = Name::parse(&format!("Ytre Solvik skole {n}"))
                .ok()
                .context("is a name")?;
            let rename = OrganisationCommand::Rename {
                organisation: school,
                called,
            };
            pending.push(executor.enqueue(order(rename)).await?);
        }
        for one in pending {
            one.answer().await?;
        }
        Ok(true)
    }

    async fn load(&self, stream: Uuid) -> Result<usize> {
        let tenant = self.tenants.first().context("there is a region")?;
        let mut scope = self.store.reading(tenant.tenant()).await?;
        let streams = [OrganisationId(stream).into()];
        let rows = scope
            .rows_of_streams(&streams, i64::MAX.unsigned_abs())
            .await?;
        let events = rows
            .iter()
            .map(EventRow::recorded)
            .collect::<Result<Vec<_>, _>>()?;
        let live: Live<State> = Live::of(&events, tenant.day(SystemClock.now()));
        anyhow::ensure!(live.reached.position > 0, "nothing was folded");
        Ok(events.len())
    }

    async fn rebuild(&self) -> Result<usize> {
        let mut counts: HashMap<Uuid, usize> = HashMap::new();
        let mut reached = 0;
        loop {
            let page = Feed::page(&self.store, self.first()?, reached, PAGE).await?;
            let Some(last) = page.last() else { break };
            reached = position(last.position);
            for row in &page {
                let recorded = row.recorded()?;
                *counts.entry(recorded.stream.id).or_default() += 1;
            }
        }
        Ok(counts.values().sum())
    }

    async fn log(&self) -> Result<Option<Vec<Entry>>> {
        let rows = Feed::page(&self.store, self.first()?, 0, i64::MAX).await?;
        Ok(Some(rows.iter().map(entry).collect()))
    }

    async fn follow(
        &self,
        to: mpsc::UnboundedSender<Entry>,
        stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let mut reached = 0;
        while !*stop.borrow() {
            let page = Feed::page(&self.store, self.first()?, reached, PAGE).await?;
            let Some(last) = page.last() else {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            reached = position(last.position);
            for row in &page {
                to.send(entry(row))?;
            }
        }
        Ok(())
    }
}
