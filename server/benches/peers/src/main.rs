//! Samspor's log beside other event stores: the same work, on the same Postgres, each store used as its own documentation
//! says. `cargo xtask bench peers` brings the Postgres and runs it.
//!
//! An append is one event of about 156 bytes of JSON that begins a stream, on condition that the stream has not begun,
//! acknowledged once it is flushed. Samspor does more in it than the others: it decides on the state of a whole region,
//! hashes a chain, remembers the command and notes what the event is about. Every library has the pool it comes with.

mod database;
mod disintegrate;
mod emmett;
mod message_db;
mod peer;
mod postgres_es;
mod raw;
mod report;
mod samspor;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use database::Cluster;
use peer::{CHUNK, Pace, Peer, Tortured};
use report::{Bench, Report};
use sqlx::{AssertSqlSafe, Connection as _};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// Writers and tenants of each append figure.
const APPENDS: &[(usize, usize)] = &[
    (1, 1),
    (8, 1),
    (64, 1),
    (1, 50),
    (8, 50),
    (64, 50),
    (250, 50),
];
/// Events of the streams that are loaded.
const LOADS: &[usize] = &[10, 100, 1_000];
/// Writers while followers follow.
const TORTURERS: usize = 16;
/// Regions that Samspor opens.
const TENANTS: usize = 50;

/// Samspor's log beside other event stores.
#[derive(Parser)]
struct Arguments {
    /// A superuser's URL of a Postgres that flushes; each store gets a database of its own there.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The folder with `emmett.mjs` and `node_modules`.
    #[arg(long, value_name = "DIR")]
    npm: PathBuf,
    /// Where the figures go as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A short pass: figures to see that all works, not to show.
    #[arg(long)]
    quick: bool,
    /// Only this store (besides Samspor); can be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

/// A store that can be measured, or why it cannot.
enum Contestant {
    Here(Arc<dyn Peer>),
    Node(emmett::Emmett),
}

/// How much is done.
struct Size {
    rounds: usize,
    warm_up: Duration,
    measured: Duration,
    loads: usize,
    rebuilt: usize,
    tortured: Duration,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let told = error.to_string();
            if !error.use_stderr() {
                print!("{told}");
                return ExitCode::SUCCESS;
            }
            let first = told.lines().next().unwrap_or_default();
            eprintln!("{}", first.strip_prefix("error: ").unwrap_or(first));
            return ExitCode::from(2);
        }
    };
    let run = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads can be started")
        .and_then(|runtime| runtime.block_on(run(&arguments)));
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let size = if arguments.quick {
        Size {
            rounds: 1,
            warm_up: Duration::from_millis(200),
            measured: Duration::from_millis(800),
            loads: 30,
            rebuilt: 20_000,
            tortured: Duration::from_secs(4),
        }
    } else {
        Size {
            rounds: 3,
            warm_up: Duration::from_millis(500),
            measured: Duration::from_secs(2),
            loads: 200,
            rebuilt: 200_000,
            tortured: Duration::from_secs(12),
        }
    };
    let cluster = Cluster::new(&arguments.database_url);
    if !cluster.flushes().await? {
        bail!(
            "this Postgres does not flush its commits: whatever is measured here would be something else"
        );
    }
    let mut names: Vec<&str> = report::NAMES.to_vec();
    if let Some(unknown) = arguments
        .only
        .iter()
        .find(|only| !names.contains(&only.as_str()))
    {
        bail!(
            "there is no store {unknown}; there are {}",
            names.join(", ")
        );
    }
    if !arguments.only.is_empty() {
        names.retain(|name| *name == "samspor" || arguments.only.iter().any(|only| only == name));
    }
    let mut report = Report::new(cluster.version().await?, size.rebuilt, arguments.quick);
    let began = Instant::now();
    let say = |what: &str| println!("{:>4} s  {what}", began.elapsed().as_secs());
    appends(&cluster, arguments, &names, &size, &mut report, &say).await?;
    for name in &names {
        say(&format!("{name}: loading, rebuilding, torture"));
        if let Err(error) = rest(&cluster, arguments, name, &size, &mut report).await {
            report.of(name).missing = Some(format!("{error:#}"));
        }
    }
    print!("\n{}", report.table());
    if let Some(file) = &arguments.json {
        std::fs::write(file, report.json()?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("\nall figures: {}", file.display());
    }
    Ok(())
}

/// A database's name.
fn database(name: &str) -> String {
    format!("peer_{}", name.replace('-', "_"))
}

async fn open(cluster: &Cluster, arguments: &Arguments, name: &str) -> Result<Contestant> {
    let url = cluster.fresh(&database(name)).await?;
    Ok(match name {
        "samspor" => Contestant::Here(Arc::new(samspor::Samspor::open(&url, TENANTS).await?)),
        "postgres-es" => Contestant::Here(Arc::new(postgres_es::PostgresEs::open(&url).await?)),
        "disintegrate" => Contestant::Here(Arc::new(disintegrate::Disintegrate::open(&url).await?)),
        "message-db" => {
            let package = arguments.npm.join("node_modules/@eventide/message-db");
            Contestant::Here(Arc::new(message_db::MessageDb::open(&url, &package).await?))
        }
        "emmett" => Contestant::Node(emmett::Emmett::open(&url, &arguments.npm).await?),
        "raw" => Contestant::Here(Arc::new(raw::Raw::open(&url).await?)),
        other => bail!("there is no store {other}"),
    })
}

/// All stores take turns in each figure, so that what else the machine does hits all alike.
async fn appends(
    cluster: &Cluster,
    arguments: &Arguments,
    names: &[&str],
    size: &Size,
    report: &mut Report,
    say: &impl Fn(&str),
) -> Result<()> {
    let mut contestants = Vec::new();
    for name in names {
        match open(cluster, arguments, name).await {
            Ok(contestant) => contestants.push((*name, contestant)),
            Err(error) => {
                say(&format!("{name} cannot be measured: {error:#}"));
                report.of(name).missing = Some(format!("{error:#}"));
            }
        }
    }
    let raw = raw::Raw::open(&cluster.fresh("peer_hundreds").await?).await?;
    for (writers, tenants) in APPENDS {
        say(&format!("appending, {writers} writers, {tenants} tenants"));
        let mut paces: BTreeMap<&str, Vec<Pace>> = BTreeMap::new();
        for _ in 0..size.rounds {
            for (name, contestant) in &contestants {
                let counted = (*writers, *tenants) == (64, 1);
                let before = match counted {
                    true => (cluster.wal().await?, written(cluster, name).await?),
                    false => (0, 0),
                };
                let (warm_up, measured) = (size.warm_up, size.measured);
                let pace = match contestant {
                    Contestant::Here(peer) => {
                        peer::appending(peer, *writers, *tenants, warm_up, measured).await
                    }
                    Contestant::Node(emmett) => {
                        emmett
                            .appending(*writers, *tenants, warm_up, measured)
                            .await
                    }
                };
                match pace {
                    Ok(pace) => {
                        if counted && pace.appended > 0 {
                            let one = report.of(name);
                            let each =
                                |now: u64, then: u64| (now - then) as f64 / pace.appended as f64;
                            one.wal_bytes = each(cluster.wal().await?, before.0);
                            one.rows = each(written(cluster, name).await?, before.1);
                        }
                        paces.entry(name).or_default().push(pace);
                    }
                    Err(error) => {
                        let why = format!("{writers} writers, {tenants} tenants: {error:#}");
                        report.of(name).missing = Some(why);
                    }
                }
            }
            if (*writers, *tenants) == (1, 1) {
                report.hundreds.push(raw.hundreds(size.measured).await?);
            }
        }
        for (name, paces) in paces {
            report
                .of(name)
                .appends
                .push(Bench::new(*writers, *tenants, paces));
        }
    }
    Ok(())
}

/// Rows in all tables of a store's database.
async fn written(cluster: &Cluster, name: &str) -> Result<u64> {
    let mut connection = cluster.connect(&database(name)).await?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT relid::regclass::text FROM pg_stat_user_tables")
            .fetch_all(&mut connection)
            .await?;
    let mut rows = 0;
    for table in tables {
        let count = format!("SELECT count(*) FROM {table}");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(&mut connection)
            .await?;
        rows += count.unsigned_abs();
    }
    Ok(rows)
}

async fn rest(
    cluster: &Cluster,
    arguments: &Arguments,
    name: &str,
    size: &Size,
    report: &mut Report,
) -> Result<()> {
    let loading = open(cluster, arguments, name).await?;
    for events in LOADS {
        let ms = match &loading {
            Contestant::Here(peer) => peer::loading(peer, *events, size.loads).await?,
            Contestant::Node(emmett) => emmett.loading(*events, size.loads).await?,
        };
        report.of(name).loads.push((*events, ms));
    }
    let events = LOADS.last().copied().unwrap_or(1);
    report.of(name).refuse_ms = Some(match &loading {
        Contestant::Here(peer) => peer::refusing(peer, events, size.loads).await?,
        Contestant::Node(emmett) => emmett.refusing(events, size.loads).await?,
    });
    drop(loading);
    let rebuilding = open(cluster, arguments, name).await?;
    let (events, seconds) = match &rebuilding {
        Contestant::Here(peer) => {
            for _ in 0..size.rebuilt / CHUNK {
                peer::begun(peer.as_ref(), 0, CHUNK).await?;
            }
            let began = Instant::now();
            (peer.rebuild().await?, began.elapsed().as_secs_f64())
        }
        Contestant::Node(emmett) => {
            emmett.fill(size.rebuilt).await?;
            emmett.rebuild(size.rebuilt).await?
        }
    };
    anyhow::ensure!(
        events >= size.rebuilt,
        "{events} of {} events were rebuilt from",
        size.rebuilt
    );
    report.of(name).rebuild_s = Some(seconds * size.rebuilt as f64 / events as f64);
    drop(rebuilding);
    if matches!(name, "raw" | "postgres-es") {
        return Ok(());
    }
    let tortured = open(cluster, arguments, name).await?;
    // Open all the time, and with a number of its own.
    let mut idle = cluster.connect(&database(name)).await?;
    sqlx::raw_sql("CREATE TABLE elsewhere (n bigint); BEGIN; INSERT INTO elsewhere VALUES (1)")
        .execute(&mut idle)
        .await?;
    // Until the writers have ended: a store that waits for it may then go on.
    let open = size.tortured + Duration::from_millis(700);
    let closing = tokio::spawn(async move {
        tokio::time::sleep(open).await;
        idle.close().await
    });
    let found = match &tortured {
        Contestant::Here(peer) => torture(peer, size.tortured).await?,
        Contestant::Node(emmett) => emmett.tortured(TORTURERS, size.tortured).await?,
    };
    closing.await??;
    report.of(name).tortured = Some(found);
    drop(tortured);
    cluster.drop_database(&database(name)).await
}

async fn torture(peer: &Arc<dyn Peer>, measured: Duration) -> Result<Tortured> {
    let (to, mut handed) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let follower = peer.clone();
    let following = tokio::spawn(async move { follower.follow(to, stopped).await });
    peer::appending(peer, TORTURERS, 1, Duration::ZERO, measured).await?;
    // Time to catch up: until nothing has come for two seconds.
    let mut delivered = Vec::new();
    while let Ok(Some(entry)) = tokio::time::timeout(Duration::from_secs(2), handed.recv()).await {
        delivered.push(entry);
    }
    stop.send_replace(true);
    following.await??;
    let log = peer.log().await?.context("it has no order of everything")?;
    Ok(peer::judged(&log, &delivered))
}
