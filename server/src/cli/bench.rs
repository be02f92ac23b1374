//! `samspor bench`: the figures of the service, each beside what bare Postgres does on the same machine in the same run.
//! It works in regions of its own and leaves them behind: give it a database of its own.

mod growth;
mod transfer;

use super::place::{Opened, Place};
use super::wrong;
use crate::chance::{self, OsChance};
use crate::clock::{Clock, SystemClock};
use crate::executor::{CommandError, Executor, Order};
use crate::metrics;
use crate::store::Store;
use crate::store::bench::Stored;
use crate::store::tenants::{self, NewTenant, Tenant};
use crate::views::{self, rebuild};
use domain::actor::Actor;
use domain::command::Submission;
use domain::history::Live;
use domain::ids::{CommandId, OrganisationId, TenantId};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::OrganisationKind;
use domain::rule::State;
use domain::text::Name;
use domain::time::AsOf;
use domain::views::network::NetworkView;
use domain::views::region::RegionView;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// How long each append figure is measured.
const MEASURED: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub(super) struct Output {
    /// One JSON object a figure instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Subcommand)]
pub(super) enum Bench {
    /// Commands a second: 64 and 250 writers, and one alone.
    Append {
        #[command(flatten)]
        output: Output,
    },
    /// Reading and folding a stream of 1,000 events.
    Load {
        #[command(flatten)]
        output: Output,
    },
    /// Filling all snapshots of the demo regions.
    Rebuild {
        /// How many events the demo regions hold at least.
        #[arg(long, default_value_t = 100_000)]
        events: u64,
        #[command(flatten)]
        output: Output,
    },
    /// Verifying the logs of the demo regions.
    Verify {
        /// How many events the demo regions hold at least.
        #[arg(long, default_value_t = 100_000)]
        events: u64,
        #[command(flatten)]
        output: Output,
    },
    /// Writes a log of made-up events to standard output, as an export.
    Log {
        /// How many.
        #[arg(long, default_value_t = 1_000_000)]
        events: u32,
    },
    /// Appending and reading with a short and with a long log.
    Growth {
        /// How many events the long one has.
        #[arg(long, default_value_t = 1_000_000)]
        events: u32,
        #[command(flatten)]
        output: Output,
    },
    /// Importing, verifying and exporting a log of made-up events: how fast, and in how much memory.
    Transfer {
        /// How many.
        #[arg(long, default_value_t = 1_000_000)]
        events: u32,
        #[command(flatten)]
        output: Output,
    },
}

impl Bench {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        if let Self::Log { events } = self {
            return transfer::write_log(events);
        }
        let opened = place.open().await?;
        match &self {
            Self::Log { .. } => {}
            Self::Append { output } => append(&opened, output).await?,
            Self::Load { output } => load(&opened, output).await?,
            Self::Rebuild { events, output } => rebuilding(&opened, *events, output).await?,
            Self::Verify { events, output } => {
                transfer::verifying(&opened, *events, output).await?
            }
            Self::Growth { events, output } => {
                growth::growing(place, &opened, *events, output).await?;
            }
            Self::Transfer { events, output } => {
                transfer::transferring(place, &opened, *events, output).await?;
            }
        }
        opened.close().await
    }
}

impl Output {
    fn say(&self, what: &str, figures: &Value) {
        if self.json {
            println!("{}", json!({ "what": what, "figures": figures }));
            return;
        }
        let figures: Vec<String> = figures
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        println!("{what}: {}", figures.join(", "));
    }
}

async fn region(opened: &Opened) -> anyhow::Result<Tenant> {
    let slug = format!("bench-{}", &hex::encode(chance::bytes::<8>(&OsChance)));
    let new = NewTenant {
        slug: &slug,
        name: "Bench",
        language: "en",
        demo: false,
        ids: None,
    };
    match opened
        .store
        .open_tenant(new, SystemClock.now(), &OsChance)
        .await?
    {
        tenants::Opened::New(tenant) => Ok(tenant),
        tenants::Opened::Exists => {
            Err(wrong("a region of a random name exists already; try again"))
        }
    }
}

fn id() -> Uuid {
    chance::id(&OsChance, SystemClock.now())
}

fn order(command: OrganisationCommand) -> Order {
    Order::new(Submission::new(CommandId(id()), command), Actor::Operator)
}

fn register(organisation: OrganisationId) -> anyhow::Result<Order> {
    Ok(order(OrganisationCommand::Register {
        organisation,
        called: Name::parse("Ytre Solvik skole")?,
        kind: OrganisationKind::School,
        parent: None,
        school_type: None,
        pupils: Some(140),
    }))
}

fn per_second(n: usize, time: Duration) -> u64 {
    (n as f64 / time.as_secs_f64()) as u64
}

fn millis(mut times: Vec<Duration>, part: f64) -> f64 {
    times.sort_unstable();
    let index = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
    times
        .get(index)
        .map_or(0.0, |time| (time.as_secs_f64() * 100_000.0).round() / 100.0)
}

/// How long each of many took, in milliseconds.
fn spread(times: &[Duration]) -> Value {
    let part = |part| millis(times.to_vec(), part);
    json!({ "p50_ms": part(0.5), "p95_ms": part(0.95), "p99_ms": part(0.99) })
}

/// As a multiple of something, to two places.
fn times_of(one: f64, other: f64) -> f64 {
    (one / other * 100.0).round() / 100.0
}

async fn append(opened: &Opened, output: &Output) -> anyhow::Result<()> {
    // As long as what an event of the measured kind stores.
    const TEXT_BYTES: usize = 190;
    let raw = opened.store.bench_inserts(TEXT_BYTES, MEASURED).await?;
    let hundred_rows_per_s = per_second(raw.hundred.len() * 100, MEASURED);
    output.say(
        "raw inserts",
        &json!({
            "one_row": spread(&raw.single),
            "one_row_on_64_connections_per_s": per_second(raw.single_of_64.len(), MEASURED),
            "one_row_on_64_connections": spread(&raw.single_of_64),
            "100_rows": spread(&raw.hundred),
            "100_rows_rows_per_s": hundred_rows_per_s,
            "wal_bytes_per_row": raw.wal_bytes_per_row,
        }),
    );
    for (regions, writers) in [(1, 1), (1, 64), (1, 256), (50, 250)] {
        let all = opened.executors();
        let (mut executors, mut tenants) = (Vec::new(), Vec::new());
        for _ in 0..regions {
            let tenant = region(opened).await?.tenant();
            executors.push(all.of(tenant).await?);
            tenants.push(tenant);
        }
        let before = Before::now(opened).await?;
        let began = Instant::now();
        let tasks: Vec<_> = (0..writers)
            .map(|writer| {
                tokio::spawn(write(executors[writer % regions].clone(), began + MEASURED))
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        let rate = per_second(times.len(), began.elapsed());
        let mut figures = json!({
            "events_per_s": rate,
            "times_raw_100_rows": times_of(rate as f64, hundred_rows_per_s as f64),
            "times_raw_one_row_p50": times_of(millis(times.clone(), 0.5), millis(raw.single.clone(), 0.5)),
            "took": spread(&times),
        });
        before.add_to(&mut figures, opened, &tenants).await?;
        output.say(
            &format!("append, {writers} writers, {regions} regions"),
            &figures,
        );
    }
    Ok(())
}

/// What was counted before a figure was measured.
struct Before {
    wal: u64,
    decide_s: f64,
    landing_s: f64,
    calls: u64,
    batches: u64,
    resident: i64,
    cached: i64,
}

impl Before {
    async fn now(opened: &Opened) -> anyhow::Result<Self> {
        Ok(Self {
            wal: opened.store.bench_wal().await?,
            decide_s: metrics::DECIDE_SECONDS.sum(),
            landing_s: metrics::LANDING_SECONDS.sum(),
            calls: metrics::LANDING_SECONDS.count(),
            batches: metrics::BATCH_ORDERS.count(),
            resident: resident_kib(),
            cached: metrics::CACHE_BYTES.get(),
        })
    }

    /// Where the time went, what was written, and how far the cache's estimate is from the truth.
    async fn add_to(
        self,
        figures: &mut Value,
        opened: &Opened,
        tenants: &[TenantId],
    ) -> anyhow::Result<()> {
        let mut stored = Stored::default();
        for tenant in tenants {
            let one = opened.store.bench_stored(*tenant).await?;
            stored.events += one.events;
            stored.rows += one.rows;
            stored.payload_bytes += one.payload_bytes;
        }
        let now = Self::now(opened).await?;
        let each = |sum: f64| times_of(sum, stored.events.max(1) as f64);
        let more = json!({
            "rows_per_event": each(stored.rows as f64),
            "payload_bytes_per_event": each(stored.payload_bytes as f64).round(),
            "wal_bytes_per_event": each((now.wal - self.wal) as f64).round(),
            "orders_per_batch": times_of(stored.events as f64, (now.batches - self.batches) as f64),
            "batches_per_call": times_of((now.batches - self.batches) as f64, (now.calls - self.calls) as f64),
            "deciding_s": times_of(now.decide_s - self.decide_s, 1.0),
            "landing_s": times_of(now.landing_s - self.landing_s, 1.0),
            "cache_grew_kib": (now.cached - self.cached) / 1_024,
            "process_grew_kib": now.resident - self.resident,
        });
        if let (Some(figures), Some(more)) = (figures.as_object_mut(), more.as_object()) {
            figures.extend(more.clone());
        }
        Ok(())
    }
}

/// Memory that this process has in use; nothing where the system does not say.
fn resident_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
    line.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

async fn write(executor: Executor, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let order = register(OrganisationId(id()))?;
        let began = Instant::now();
        match executor.submit(order).await {
            Ok(_) => times.push(began.elapsed()),
            Err(CommandError::TryAgain) => tokio::task::yield_now().await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(times)
}

async fn load(opened: &Opened, output: &Output) -> anyhow::Result<()> {
    let tenant = region(opened).await?;
    let executor = opened.executors().of(tenant.tenant()).await?;
    let school = OrganisationId(id());
    let mut pending = vec![executor.enqueue(register(school)?).await?];
    for n in 1..1_000 {
        let called = Name::parse(&format!("Solvik skole {n}"))?;
        let rename = order(OrganisationCommand::Rename {
            organisation: school,
            called,
        });
        pending.push(executor.enqueue(rename).await?);
    }
    for answer in pending {
        answer.answer().await?;
    }
    let (mut times, mut reading) = (Vec::new(), Vec::new());
    for _ in 0..300 {
        let began = Instant::now();
        let mut scope = opened.store.reading(tenant.tenant()).await?;
        let rows = scope
            .rows_of_streams(&[school.into()], i64::MAX.unsigned_abs())
            .await?;
        reading.push(began.elapsed());
        let events = rows
            .iter()
            .map(crate::store::row::EventRow::recorded)
            .collect::<Result<Vec<_>, _>>()?;
        let live: Live<State> = Live::of(&events, tenant.day(SystemClock.now()));
        times.push(began.elapsed());
        anyhow::ensure!(
            live.reached.position == 1_000,
            "the stream has {} events",
            live.reached.position
        );
    }
    let figures = json!({ "took": spread(&times), "of_it_reading": spread(&reading) });
    output.say("load and fold 1,000 events", &figures);
    Ok(())
}

async fn rebuilding(opened: &Opened, events: u64, output: &Output) -> anyhow::Result<()> {
    crate::demo::load(&opened.executors(), Some(events)).await?;
    for tenant in opened
        .store
        .tenants()
        .await?
        .into_iter()
        .filter(|tenant| tenant.demo)
    {
        let (stop, stopped) = watch::channel(false);
        let reading = tokio::spawn(read_meanwhile(
            opened.store.clone(),
            tenant.clone(),
            stopped,
        ));
        let began = Instant::now();
        let rebuilt =
            rebuild::rebuild(&opened.store, &tenant, None, SystemClock.now(), |_| {}).await?;
        let seconds = began.elapsed();
        stop.send_replace(true);
        let (times, failed) = reading.await?;
        let n_events = usize::try_from(rebuilt.events).unwrap_or(usize::MAX);
        let figures = json!({
            "events": rebuilt.events, "documents": rebuilt.documents,
            "s": seconds.as_secs_f64(), "events_per_s": per_second(n_events, seconds),
            "reads_meanwhile": times.len(), "reads_failed": failed,
            "read_p50_ms": millis(times.clone(), 0.5), "read_p99_ms": millis(times, 0.99),
        });
        output.say(&format!("rebuild {}", tenant.slug), &figures);
    }
    Ok(())
}

/// Reads the region's networks one after the other, as pages do, until it is told to stop: how long each read took, and
/// how many failed.
async fn read_meanwhile(
    store: Store,
    tenant: Tenant,
    stopped: watch::Receiver<bool>,
) -> (Vec<Duration>, usize) {
    let (mut times, mut failed) = (Vec::new(), 0);
    let mut networks = Vec::new();
    while !*stopped.borrow() {
        let (began, now) = (Instant::now(), SystemClock.now());
        let read = match networks.pop() {
            Some(network) => views::read::<NetworkView>(&store, &tenant, network, AsOf::LIVE, now)
                .await
                .map(|_| ()),
            None => views::read::<RegionView>(&store, &tenant, tenant.region_id, AsOf::LIVE, now)
                .await
                .map(|read| networks.extend(read.view.networks.keys().map(|network| network.0))),
        };
        match read {
            Ok(()) => times.push(began.elapsed()),
            Err(_) => failed += 1,
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (times, failed)
}
