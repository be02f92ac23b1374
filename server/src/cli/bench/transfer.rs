//! Measuring what goes along whole logs.

use super::{Output, per_second, region};
use crate::cli::place::{Opened, Place};
use crate::store::chain::Hash;
use crate::store::copy;
use crate::store::tenants::Tenant;
use crate::transfer::ordered::in_order;
use crate::transfer::sample;
use crate::transfer::verify::{self, Depth, Verified};
use crate::transfer::walk::{Extent, Step, Walk};
use serde_json::json;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Events in each piece of a log in memory.
const STRETCH: i64 = 4_096;

pub(super) fn write_log(events: u32) -> anyhow::Result<()> {
    let out = BufWriter::new(std::io::stdout().lock());
    Ok(sample::write(i64::from(events), out)?)
}

pub(super) async fn verifying(opened: &Opened, events: u64, output: &Output) -> anyhow::Result<()> {
    crate::demo::load(&opened.executors(), Some(events)).await?;
    for tenant in opened.store.tenants().await? {
        if tenant.demo {
            verifying_one(opened, &tenant, output).await?;
        }
    }
    Ok(())
}

async fn verifying_one(opened: &Opened, tenant: &Tenant, output: &Output) -> anyhow::Result<()> {
    let mut rates = Vec::new();
    let mut reached = (0, Hash::default());
    for depth in [Depth::Chain, Depth::Abouts] {
        let began = Instant::now();
        let verified = verify::verify_through(&opened.store, tenant, Vec::new(), depth).await?;
        let Verified::Fits { events, head } = verified else {
            anyhow::bail!("the chain of {} is broken", tenant.slug)
        };
        reached = (events, head);
        rates.push(per_second(usize::try_from(events)?, began.elapsed()));
    }
    let mut scope = opened.store.reading(tenant.tenant()).await?;
    let log_id = scope.head().await?.log_id;
    let mut pieces = Vec::new();
    for after in (0..reached.0).step_by(usize::try_from(STRETCH)?) {
        pieces.push(Arc::new(scope.copy_bytes(after, after + STRETCH).await?));
    }
    let n_bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
    let (mut walk, mut pieces) = (Walk::new(Extent::Whole, Vec::new())?, pieces.into_iter());
    let began = Instant::now();
    let begin = || {
        Ok(pieces.next().map(|piece| {
            tokio::task::spawn_blocking(move || {
                let mut steps = Vec::new();
                copy::events_in(&piece, |copied| {
                    steps.push(Step::of(log_id, &copied.event, copied.hash));
                    Ok(())
                })?;
                anyhow::Ok(steps)
            })
        }))
    };
    in_order(begin, async |steps: Vec<Step>| {
        steps.iter().try_for_each(|step| walk.step(step))?;
        anyhow::Ok(())
    })
    .await?;
    let memory = began.elapsed();
    anyhow::ensure!(
        walk.finish()? == reached,
        "the two ways reach different ends"
    );
    let n_events = usize::try_from(reached.0)?;
    let figures = json!({
        "events": reached.0,
        "bytes_per_event": n_bytes / n_events.max(1),
        "from_postgres_per_s": rates.first(),
        "from_postgres_with_abouts_per_s": rates.last(),
        "from_memory_per_s": per_second(n_events, memory),
    });
    output.say(&format!("verify {}", tenant.slug), &figures);
    Ok(())
}

/// Each order in a process of its own, so that its memory is its own.
pub(super) async fn transferring(
    place: &Place,
    opened: &Opened,
    events: u32,
    output: &Output,
) -> anyhow::Result<()> {
    let tenant = region(opened).await?;
    let folder = std::env::temp_dir().join(&tenant.slug);
    std::fs::create_dir(&folder)?;
    let done = orders(place, &tenant, &folder, events, output);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn orders(
    place: &Place,
    tenant: &Tenant,
    folder: &Path,
    events: u32,
    output: &Output,
) -> anyhow::Result<()> {
    let (log, again) = (folder.join("log.jsonl"), folder.join("again.jsonl"));
    sample::write(i64::from(events), BufWriter::new(File::create(&log)?))?;
    let (slug, file) = (tenant.slug.as_str(), log.display().to_string());
    for (what, arguments) in [
        ("import", vec!["import", slug, &file]),
        ("verify from Postgres", vec!["verify", slug]),
        ("verify from a file", vec!["verify", &file]),
        ("export", vec!["export", slug]),
    ] {
        let out = if what == "export" {
            Stdio::from(File::create(&again)?)
        } else {
            Stdio::null()
        };
        let mut command = order(place, &arguments)?;
        command.stdout(out);
        let began = Instant::now();
        let peak = watch(command.spawn()?)?;
        let n_events = usize::try_from(events)?;
        let figures = json!({
            "events": events,
            "events_per_s": per_second(n_events, began.elapsed()),
            "peak_memory_kb": peak,
        });
        output.say(what, &figures);
    }
    let (before, after) = (
        std::fs::metadata(&log)?.len(),
        std::fs::metadata(&again)?.len(),
    );
    anyhow::ensure!(
        after >= before,
        "the export is shorter than what was imported"
    );
    Ok(())
}

/// Fills a region with a log of made-up events.
pub(super) fn import_sample(place: &Place, tenant: &Tenant, events: u32) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(&tenant.slug);
    std::fs::create_dir(&folder)?;
    let log = folder.join("log.jsonl");
    let imported = (|| {
        sample::write(i64::from(events), BufWriter::new(File::create(&log)?))?;
        let file = log.display().to_string();
        let mut import = order(place, &["import", &tenant.slug, &file])?;
        anyhow::ensure!(
            import.stdout(Stdio::null()).status()?.success(),
            "it was not imported"
        );
        anyhow::Ok(())
    })();
    std::fs::remove_dir_all(&folder)?;
    imported
}

/// An order of the command line, in the same place.
fn order(place: &Place, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).arg("--data").arg(&place.data);
    if let Some(url) = &place.url {
        command.env("DATABASE_URL", url);
    }
    Ok(command)
}

/// Waits for a process and answers the most memory it ever held, in kilobytes: Linux keeps that mark itself, so it is
/// enough to look often.
fn watch(mut child: Child) -> anyhow::Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let seen = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = seen
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok());
        peak = peak.max(mark.unwrap_or(0));
        if let Some(done) = child.try_wait()? {
            anyhow::ensure!(done.success(), "an order did not work");
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
