//! Feeds the demo regions through the ordinary executor: many commands on their way at a time, in order.

use super::{Region, Step, further_networks};
use crate::executor::{Executors, Order, Pending};
use crate::store::tenants::{NewTenant, Opened, Tenant};
use anyhow::{Context, bail};
use domain::ids::CommandId;
use domain::recorded::Position;
use std::collections::VecDeque;
use std::time::Instant;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Commands on their way at once: enough to fill every landing, few enough to need no memory.
const UNDERWAY_MAX: usize = 2_048;

/// Events between two lines of progress.
const PROGRESS_EVENTS: Position = 10_000;

/// Loads both demo regions where they have no events; goes on where an earlier load was cut short. With `events`,
/// further networks are added until both hold at least that many together.
///
/// # Errors
/// A refused step, with its number and code; a region of that name that is not a demo; the database.
pub async fn load(executors: &Executors, events: Option<u64>) -> anyhow::Result<()> {
    let further = match events {
        Some(events) => tokio::task::spawn_blocking(move || further_networks(events)).await??,
        None => 0,
    };
    for region in Region::ALL {
        load_region(executors, region, further).await?;
    }
    Ok(())
}

async fn open(executors: &Executors, region: Region) -> anyhow::Result<Tenant> {
    let (store, now) = (executors.store(), executors.clock().now());
    let new = NewTenant {
        slug: region.slug(),
        name: region.name(),
        language: region.language(),
        demo: true,
        // The region's id is the same everywhere; the log is this installation's own.
        ids: Some((region.tenant(), crate::chance::id(executors.chance(), now))),
    };
    if let Opened::New(tenant) = store.open_tenant(new, now, executors.chance()).await? {
        return Ok(tenant);
    }
    match store.find_tenant(region.slug()).await? {
        Some(tenant) if tenant.demo => Ok(tenant),
        _ => bail!(
            "a region called {} exists and is not a demo, so nothing was loaded into it",
            region.slug()
        ),
    }
}

/// Where the region's log ends, and which command brought the last event.
async fn reached(
    executors: &Executors,
    tenant: &Tenant,
) -> anyhow::Result<(Position, Option<Uuid>)> {
    let mut scope = executors.store().reading(tenant.tenant()).await?;
    let position = scope.head().await?.position;
    let last = scope.rows_after(position.saturating_sub(1), 1).await?;
    Ok((position, last.first().map(|row| row.command_id)))
}

async fn load_region(executors: &Executors, region: Region, further: u32) -> anyhow::Result<()> {
    let tenant = open(executors, region).await?;
    let (held, last) = reached(executors, &tenant).await?;
    let executor = executors.of(tenant.tenant()).await?.for_one_caller();
    let mut steps = in_background(
        region,
        if region == Region::Nordmore {
            further
        } else {
            0
        },
    );
    let (began, mut number, mut said) = (Instant::now(), 0_u64, held);
    let mut underway: VecDeque<(u64, Step, Pending)> = VecDeque::new();
    let mut before: Option<CommandId> = None;
    let mut sent = false;
    let mut reached = held;
    while let Some(step) = steps.recv().await {
        let step = step?;
        number += 1;
        if step.first_position <= held {
            before = Some(step.submission.id);
            continue;
        }
        if !sent {
            if held > 0 && before.map(|id| id.0) != last {
                break;
            }
            sent = true;
        }
        let order = Order {
            now: Some(step.now),
            ..Order::new(step.submission.clone(), step.actor)
        };
        let pending = executor
            .enqueue(order)
            .await
            .context("the executor stopped")?;
        underway.push_back((number, step, pending));
        if underway.len() >= UNDERWAY_MAX
            && let Some(first) = underway.pop_front()
        {
            reached = accepted(region, first).await?;
            if reached >= said + PROGRESS_EVENTS {
                said = reached;
                eprintln!("{}: {reached} events", region.slug());
            }
        }
    }
    for rest in underway {
        reached = accepted(region, rest).await?;
    }
    if sent {
        let brought = reached - held;
        eprintln!(
            "{}: loaded {brought} events in {:.1} s",
            region.slug(),
            began.elapsed().as_secs_f64()
        );
    } else {
        eprintln!(
            "{}: has {held} events already and was left as it is",
            region.slug()
        );
    }
    Ok(())
}

/// The generator works on a thread of its own, a little ahead of the executor.
fn in_background(region: Region, further: u32) -> mpsc::Receiver<Result<Step, super::DemoError>> {
    let (send, steps) = mpsc::channel(UNDERWAY_MAX);
    tokio::task::spawn_blocking(move || {
        let generated = match region.steps(further) {
            Ok(generated) => generated,
            Err(error) => {
                // Nobody listens any more only when loading has failed already.
                let _unheard = send.blocking_send(Err(error));
                return;
            }
        };
        for step in generated {
            if send.blocking_send(step).is_err() {
                return;
            }
        }
    });
    steps
}

async fn accepted(
    region: Region,
    (number, step, pending): (u64, Step, Pending),
) -> anyhow::Result<Position> {
    let accepted = pending.answer().await.with_context(|| {
        format!(
            "demo region {}: step {number} was not accepted ({:?})",
            region.slug(),
            step.submission.command
        )
    })?;
    if accepted.first_position != step.first_position {
        bail!(
            "demo region {}: step {number} landed at {} instead of {}",
            region.slug(),
            accepted.first_position,
            step.first_position
        );
    }
    Ok(accepted.position)
}
