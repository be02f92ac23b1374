//! `samspor feed`.

use super::place::{Opened, Place};
use super::wrong;
use crate::chance::{self, OsChance};
use crate::clock::{Clock, SystemClock};
use crate::feed::{Feed as Following, Settings};
use crate::store::feed::{Followed, Leading};
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::views::drift;
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use tokio::sync::broadcast;
use uuid::Uuid;

/// The longest reason.
const REASON_CHARS_MAX: usize = 500;
/// Events that are read at a time.
const PAGE: i64 = 1_000;

#[derive(clap::Subcommand)]
pub(super) enum Feed {
    /// Shows how far followers have come, what is set aside, and which snapshots were wrong.
    Status {
        /// The region's slug; all regions without it.
        tenant: Option<String>,
    },
    /// Asks for another round of tries at what is set aside; what waits behind it follows in order.
    Retry {
        /// The region's slug.
        tenant: String,
        /// Only this follower's.
        #[arg(long)]
        follower: Option<String>,
        /// Only what is set aside under this key.
        #[arg(long)]
        key: Option<Uuid>,
    },
    /// Lets a follower do without an event that holds others up; that it was dropped, and why, is kept for ever.
    Drop {
        /// The region's slug.
        tenant: String,
        /// The follower.
        follower: String,
        /// The event's position.
        position: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Prints who, when and what kind of each event as it is recorded, in any process, one JSON object a line, until it
    /// is interrupted.
    Watch {
        /// The region's slug.
        tenant: String,
        /// Only events after this position; all without it.
        #[arg(long, value_name = "POSITION", default_value_t = 0)]
        after: u64,
    },
}

impl Feed {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let opened = place.open().await?;
        let done = match self {
            Self::Status { tenant } => status(&opened, tenant.as_deref()).await,
            Self::Retry {
                tenant,
                follower,
                key,
            } => retry(&opened, &tenant, follower.as_deref(), key).await,
            Self::Drop {
                tenant,
                follower,
                position,
                reason,
            } => drop_event(&opened, &tenant, &follower, position, &reason).await,
            Self::Watch { tenant, after } => tokio::select! {
                ended = watch(&opened, &tenant, after) => ended,
                () = crate::run::signalled() => Ok(()),
            },
        };
        opened.close().await?;
        done
    }
}

/// The followers of a region, or the one of this name.
async fn followers(
    opened: &Opened,
    tenant: &Tenant,
    only: Option<&str>,
) -> anyhow::Result<Vec<Followed>> {
    let mut all = opened.store.followed().await?;
    all.retain(|one| one.tenant == tenant.tenant());
    let Some(only) = only else {
        return Ok(all);
    };
    all.retain(|one| one.follower == only);
    if all.is_empty() {
        let slug = &tenant.slug;
        return Err(wrong(format!("no follower {only} follows {slug}")));
    }
    Ok(all)
}

async fn status(opened: &Opened, only: Option<&str>) -> anyhow::Result<()> {
    let tenants = match only {
        Some(slug) => vec![opened.tenant(slug).await?],
        None => opened.store.tenants().await?,
    };
    let all = opened.store.followed().await?;
    for tenant in tenants {
        let slug = &tenant.slug;
        let mut scope = opened.store.reading(tenant.tenant()).await?;
        let mine: Vec<_> = all
            .iter()
            .filter(|one| one.tenant == tenant.tenant())
            .collect();
        if mine.is_empty() {
            println!("{slug}: nobody has followed it yet");
        }
        for one in mine {
            println!("{slug} {}", sentence(one));
            stumbled(slug, &one.follower, &mut scope).await?;
        }
        for one in drift::noted(&mut scope).await? {
            println!(
                "{slug} view {} of {} was not what its events say at position {}, {} times, last at {}; it was repaired",
                one.view, one.key, one.position, one.times, one.found_at
            );
        }
    }
    Ok(())
}

fn sentence(one: &Followed) -> String {
    let behind = one.head.saturating_sub(one.position);
    let (name, at, parked) = (&one.follower, one.position, one.parked);
    let held = if one.held { "held" } else { "free" };
    format!("{name}: at {at}, {behind} behind, {parked} set aside, {held}")
}

async fn stumbled(slug: &str, follower: &str, scope: &mut TenantScope) -> anyhow::Result<()> {
    for one in scope.leading(follower).await? {
        println!("{slug} {follower}: {}", held_up(&one));
    }
    for one in scope.dropped(follower).await? {
        println!(
            "{slug} {follower}: does without position {} since {}: {}",
            one.position, one.dropped_at, one.reason
        );
    }
    Ok(())
}

fn held_up(one: &Leading) -> String {
    let then = match one.retry_at {
        Some(at) => format!("is tried again at {at}"),
        None => "waits for samspor feed retry".to_owned(),
    };
    let why = one.error.as_deref().unwrap_or("not tried yet");
    format!(
        "position {} under {} failed {} times and {then}, {} wait behind it: {why}",
        one.position, one.key, one.attempts, one.behind
    )
}

async fn retry(
    opened: &Opened,
    slug: &str,
    follower: Option<&str>,
    key: Option<Uuid>,
) -> anyhow::Result<()> {
    let tenant = opened.tenant(slug).await?;
    let now = SystemClock.now();
    let mut keys = 0;
    for one in followers(opened, &tenant, follower).await? {
        let mut scope = opened.store.writing(tenant.tenant()).await?;
        keys += scope.ask_again(&one.follower, key, now).await?;
        scope.commit().await?;
    }
    if let (0, Some(key)) = (keys, key) {
        return Err(wrong(format!("nothing is set aside under {key} in {slug}")));
    }
    let due = if keys == 1 {
        "1 key is".to_owned()
    } else {
        format!("{keys} keys are")
    };
    println!("{slug}: {due} due; a running service tries again within seconds");
    Ok(())
}

async fn drop_event(
    opened: &Opened,
    slug: &str,
    follower: &str,
    position: u64,
    reason: &str,
) -> anyhow::Result<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(wrong(format!(
            "a reason has 1 to {REASON_CHARS_MAX} characters"
        )));
    }
    if i64::try_from(position).is_err() {
        return Err(wrong(format!("{position} is no position")));
    }
    let tenant = opened.tenant(slug).await?;
    followers(opened, &tenant, Some(follower)).await?;
    let mut scope = opened.store.writing(tenant.tenant()).await?;
    let now = SystemClock.now();
    if !scope.drop_event(follower, position, reason, now).await? {
        return Err(wrong(format!(
            "position {position} holds nothing up for {follower} in {slug}"
        )));
    }
    scope.commit().await?;
    println!("{slug} {follower}: does without position {position}");
    Ok(())
}

async fn watch(opened: &Opened, slug: &str, after: u64) -> anyhow::Result<()> {
    if i64::try_from(after).is_err() {
        return Err(wrong(format!("{after} is no position")));
    }
    let tenant = opened.tenant(slug).await?.tenant();
    let process = chance::id(&OsChance, SystemClock.now());
    let settings = Settings::default();
    let (store, clock) = (opened.store.clone(), Arc::new(SystemClock));
    let feed = Following::new(store, clock, process, Vec::new(), settings);
    let mut grown = feed.grown();
    // Nothing lands in this process.
    let (_none, landings) = broadcast::channel(1);
    let following = tokio::spawn(async move { feed.run(landings).await });
    let mut reached = after;
    loop {
        let page = Following::page(&opened.store, tenant, reached, PAGE).await?;
        let Some(last) = page.last() else {
            if following.is_finished() {
                anyhow::bail!("what is recorded is not heard any more");
            }
            // Told, or a while later all the same.
            tokio::time::timeout(settings.poll, grown.recv()).await.ok();
            continue;
        };
        reached = crate::store::row::position(last.position);
        let mut out = std::io::stdout().lock();
        for row in &page {
            let line = json!({
                "position": row.position, "stream_kind": row.stream_kind, "stream_id": row.stream_id,
                "version": row.version, "name": row.name, "actor": row.actor, "command_id": row.command_id,
                "recorded_at": row.recorded_at,
            });
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
}
