//! Whether a log that has grown long is slower: appending and reading at a short and at a long one.

use super::transfer::import_sample;
use super::{Output, millis, region, times_of, write};
use crate::cli::place::{Opened, Place};
use crate::clock::{Clock, SystemClock};
use crate::store::row::EventRow;
use domain::history::Live;
use domain::rule::State;
use serde_json::json;
use std::time::{Duration, Instant};

/// The short log's events.
const SHORT: u32 = 100_000;
/// Streams that are read.
const READS: i64 = 2_000;
/// How long appending is measured, alone and by many.
const MEASURED: Duration = Duration::from_secs(5);
const WRITERS: usize = 64;

/// What was measured at one length: milliseconds in the middle.
struct At {
    alone_ms: f64,
    many_ms: f64,
    read_ms: f64,
}

pub(super) async fn growing(
    place: &Place,
    opened: &Opened,
    events: u32,
    output: &Output,
) -> anyhow::Result<()> {
    let short = at(place, opened, SHORT, output).await?;
    let long = at(place, opened, events, output).await?;
    let figures = json!({
        "append_alone": times_of(long.alone_ms, short.alone_ms),
        "append_64_writers": times_of(long.many_ms, short.many_ms),
        "read": times_of(long.read_ms, short.read_ms),
    });
    output.say(
        &format!("medians at {events} events, times those at {SHORT}"),
        &figures,
    );
    Ok(())
}

async fn at(place: &Place, opened: &Opened, events: u32, output: &Output) -> anyhow::Result<At> {
    let tenant = region(opened).await?;
    import_sample(place, &tenant, events)?;
    opened.store.bench_settle().await?;
    // Opened anew: what it is called in its events came with them.
    let tenant = opened.tenant(&tenant.slug).await?;
    let executor = opened.executors().of(tenant.tenant()).await?;
    let until = |seconds| Instant::now() + seconds;
    // The first order reads what there is to know; it is no part of the figures.
    write(executor.clone(), until(Duration::from_millis(500))).await?;
    let alone = write(executor.clone(), until(MEASURED)).await?;
    let end = until(MEASURED);
    let tasks: Vec<_> = (0..WRITERS)
        .map(|_| tokio::spawn(write(executor.clone(), end)))
        .collect();
    let mut many = Vec::new();
    for task in tasks {
        many.extend(task.await??);
    }
    let mut reads = Vec::new();
    for n in 0..READS {
        let position = 1 + i64::from(events) / READS * n;
        let mut scope = opened.store.reading(tenant.tenant()).await?;
        let row = scope.rows_at(&[position]).await?.pop();
        let stream = row.as_ref().and_then(EventRow::stream);
        let stream = stream.ok_or_else(|| anyhow::anyhow!("nothing lies at {position}"))?;
        drop(scope);
        let began = Instant::now();
        let mut scope = opened.store.reading(tenant.tenant()).await?;
        let rows = scope
            .rows_of_streams(&[stream], i64::MAX.unsigned_abs())
            .await?;
        let events: Vec<_> = rows
            .iter()
            .map(EventRow::recorded)
            .collect::<Result<_, _>>()?;
        let live: Live<State> = Live::of(&events, tenant.day(SystemClock.now()));
        anyhow::ensure!(live.reached.position > 0, "nothing was folded");
        reads.push(began.elapsed());
    }
    let at = At {
        alone_ms: millis(alone, 0.5),
        many_ms: millis(many, 0.5),
        read_ms: millis(reads, 0.5),
    };
    let figures = json!({
        "append_alone_p50_ms": at.alone_ms, "append_64_writers_p50_ms": at.many_ms, "read_p50_ms": at.read_ms,
    });
    output.say(&format!("at {events} events"), &figures);
    Ok(at)
}
