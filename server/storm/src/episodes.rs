//! The storm itself: one thing after another breaks, and after each everything is checked.

use crate::check::{self, Entry, Positions};
use crate::clients::{Client, Sections, Shared, Tally, locked, regions};
use crate::follower::{Follower, Line};
use crate::ground::Ground;
use crate::proxy::{Cut, Proxy};
use crate::service::{Program, Service};
use anyhow::{Context as _, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

/// Browsers at work.
const CLIENTS: usize = 16;
/// What stands in every landing of what they order most and in no read.
const LANDING: &str = "network.charter_section_written.v1";
/// How long it may take until the first order is acknowledged again once Postgres and the services run.
const GOES_ON_MAX: Duration = Duration::from_secs(20);
/// How long they may take to finish what they have begun, once they are told to.
const QUIET_MAX: Duration = Duration::from_secs(60);
/// How long a follower may take to reach the end of a log that has stopped growing.
const FOLLOWED_MAX: Duration = Duration::from_secs(15);
/// How long a service is frozen at least: longer than its clients wait before they go to the other one.
const FROZEN: Duration = Duration::from_secs(4);
/// Faults that are told in full.
const FAULTS_SHOWN: usize = 10;

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Episode {
    /// A service gets SIGKILL.
    ServerKilled,
    /// The postmaster gets SIGKILL.
    PostgresKilled,
    /// A session of Postgres gets SIGKILL.
    SessionKilled,
    /// Requests to Postgres and its replies vanish.
    ConnectionsCut,
    /// Postgres' disk fills up.
    DiskFull,
    /// A service gets SIGSTOP, and SIGCONT once others have gone on.
    ServerFrozen,
}

impl Episode {
    /// All there are.
    pub const ALL: [Self; 6] = [
        Self::ServerKilled,
        Self::PostgresKilled,
        Self::SessionKilled,
        Self::ConnectionsCut,
        Self::DiskFull,
        Self::ServerFrozen,
    ];

    /// Its name in what is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerKilled => "server killed",
            Self::PostgresKilled => "postgres killed",
            Self::SessionKilled => "session killed",
            Self::ConnectionsCut => "connections cut",
            Self::DiskFull => "disk full",
            Self::ServerFrozen => "server frozen",
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides what can be decided.
    pub seed: u64,
    /// How long clients order, in all.
    pub seconds: u64,
    /// The shipped program.
    pub program: Program,
}

/// A storm under way.
pub struct Storm {
    plan: Plan,
    chance: ChaCha20Rng,
    ground: Ground,
    url: String,
    proxy: Proxy,
    /// The first reaches Postgres directly, the second through the proxy.
    services: [Option<Service>; 2],
    addresses: [String; 2],
    followers: HashMap<String, Follower>,
    shared: Arc<Shared>,
    ordering: watch::Sender<bool>,
}

/// What became of an episode.
pub struct Weathered {
    /// Which.
    pub episode: Episode,
    /// What was done, in a few words; or why nothing could be.
    pub how: String,
    /// It could not be tried.
    pub skipped: bool,
    /// What was found.
    pub found: Vec<String>,
}

impl Storm {
    /// Makes everything ready: Postgres, the demo regions, two services, followers, clients.
    ///
    /// # Errors
    /// When something of it does not start.
    pub async fn gather(plan: Plan) -> Result<Self> {
        let ground = tokio::task::spawn_blocking(Ground::make).await??;
        let url = ground.url()?;
        let (loaded, said) = plan.program.run(&url, &["demo"]).await?;
        if !loaded {
            bail!("the demo regions were not loaded: {said}");
        }
        let proxy = Proxy::before(&url, LANDING).await?;
        let site = ground.site()?;
        let one = Service::start(&plan.program, &url, &site, None).await?;
        let two = Service::start(&plan.program, &proxy.url, &site, None).await?;
        let addresses = [one.address.clone(), two.address.clone()];
        let mut sections = HashMap::new();
        for region in ["nordmore", "jaeren"] {
            let (_, found) = exported(&plan.program, &url, region).await?;
            sections.insert(region.to_owned(), found);
        }
        let regions = regions(&addresses[0], &sections).await?;
        let followers = regions
            .iter()
            .map(|region| {
                let (program, slug) = (plan.program.clone(), region.slug.clone());
                (
                    region.slug.clone(),
                    Follower::start(program, url.clone(), slug),
                )
            })
            .collect();
        let (ordering, watched) = watch::channel(false);
        let shared = Arc::new(Shared {
            services: Mutex::new(addresses.to_vec()),
            regions,
            tally: Tally::default(),
            ordering: watched,
            quiet: Default::default(),
        });
        for number in 0..CLIENTS {
            tokio::spawn(Client::new(shared.clone(), plan.seed, number).run());
        }
        Ok(Self {
            chance: ChaCha20Rng::seed_from_u64(plan.seed),
            plan,
            ground,
            url,
            proxy,
            services: [Some(one), Some(two)],
            addresses,
            followers,
            shared,
            ordering,
        })
    }

    /// Lets it rage. Each episode is told as it ends.
    ///
    /// # Errors
    /// When the storm itself cannot go on, which is no finding about the service.
    pub async fn rage(&mut self, mut tell: impl FnMut(&Weathered)) -> Result<()> {
        let each = Duration::from_secs(self.plan.seconds) / u32::try_from(Episode::ALL.len())?;
        // Time enough for every kind of trouble to happen and to be over.
        let each = each.max(Duration::from_secs(5));
        let mut spent = Duration::ZERO;
        while spent < Duration::from_secs(self.plan.seconds) {
            let mut round = Episode::ALL;
            for n in (1..round.len()).rev() {
                round.swap(n, usize::try_from(self.chance.next_u32())? % (n + 1));
            }
            for episode in round {
                let weathered = self
                    .weather(episode, each.min(Duration::from_secs(15)))
                    .await?;
                tell(&weathered);
                if !weathered.found.is_empty() {
                    return Ok(());
                }
            }
            spent += each * u32::try_from(Episode::ALL.len())?;
        }
        Ok(())
    }

    async fn weather(&mut self, episode: Episode, length: Duration) -> Result<Weathered> {
        if let (Episode::DiskFull, Some(why)) = (episode, self.ground.no_disk()) {
            return Ok(Weathered {
                episode,
                how: format!("not tried, there is no small disk to fill: {why}"),
                skipped: true,
                found: Vec::new(),
            });
        }
        let before = self.counted();
        self.ordering.send_replace(true);
        let began = Instant::now();
        sleep(length / 4 + Duration::from_millis(u64::from(self.chance.next_u32() % 500))).await;
        let broke = Instant::now();
        let mut how = self.breaks(episode).await?;
        self.mend().await?;
        let mended = Instant::now();
        let mut found = Vec::new();
        let goes_on = tokio::time::timeout(GOES_ON_MAX, async {
            while locked(&self.shared.tally.last).is_none_or(|last| last < mended) {
                sleep(Duration::from_millis(10)).await;
            }
        });
        if goes_on.await.is_err() {
            found.push("nothing was acknowledged any more".to_owned());
        }
        let again = mended.elapsed().as_secs_f64();
        let rest = length.saturating_sub(began.elapsed());
        sleep(rest.max(Duration::from_secs(1))).await;
        self.quiet().await?;
        let after = self.counted();
        let [acknowledged, overtaken, unanswered, repeated] =
            std::array::from_fn(|n| after[n] - before[n]);
        let took = mended.duration_since(broke).as_secs_f64();
        write!(
            how,
            "; {acknowledged} acknowledged, {overtaken} overtaken, {unanswered} without an answer, {repeated} sent \
             again; mended after {took:.1} s, acknowledged again {again:.1} s later"
        )?;
        found.extend(self.check().await?);
        Ok(Weathered {
            episode,
            how,
            skipped: false,
            found,
        })
    }

    fn counted(&self) -> [u64; 4] {
        let tally = &self.shared.tally;
        [
            &tally.acknowledged,
            &tally.overtaken,
            &tally.unanswered,
            &tally.repeated,
        ]
        .map(|count| count.load(Ordering::Relaxed))
    }

    /// Does what the episode is named after; what it was.
    async fn breaks(&mut self, episode: Episode) -> Result<String> {
        let which = usize::try_from(self.chance.next_u32() % 2)?;
        let moment = Duration::from_millis(u64::from(self.chance.next_u32() % 700) + 300);
        Ok(match episode {
            Episode::ServerKilled => {
                if let Some(service) = &mut self.services[which] {
                    service.kill().await?;
                }
                self.services[which] = None;
                sleep(moment).await;
                format!("service {}", which + 1)
            }
            Episode::PostgresKilled => {
                self.ground.kill_postgres()?;
                sleep(moment).await;
                "the postmaster".to_owned()
            }
            Episode::SessionKilled => {
                let session = self.ground.kill_session(self.chance.next_u32())?;
                sleep(moment).await;
                format!("{session:?}")
            }
            Episode::ConnectionsCut => {
                let before = self.proxy.cuts();
                for _ in 0..12 {
                    let request = self.chance.next_u32().is_multiple_of(2);
                    self.proxy
                        .arm(if request { Cut::Request } else { Cut::Reply });
                    sleep(Duration::from_millis(150)).await;
                }
                self.proxy.disarm();
                format!("{} times", self.proxy.cuts() - before)
            }
            Episode::DiskFull => {
                let filled = self.ground.fill_disk()?;
                sleep(moment + Duration::from_secs(1)).await;
                self.ground.free_disk()?;
                format!("by {} MiB", filled >> 20)
            }
            Episode::ServerFrozen => {
                let frozen = self.services[which].as_ref().context("it runs")?;
                frozen.signal("STOP")?;
                sleep(moment + FROZEN).await;
                frozen.signal("CONT")?;
                format!(
                    "service {} for {:.1} s",
                    which + 1,
                    (moment + FROZEN).as_secs_f64()
                )
            }
        })
    }

    /// Brings back what an administrator would: Postgres and services that are down. Nothing else.
    async fn mend(&mut self) -> Result<()> {
        tokio::task::block_in_place(|| self.ground.restart_postgres())?;
        for n in 0..self.services.len() {
            if !self.services[n].as_mut().is_some_and(Service::is_running) {
                let url = [&self.url, &self.proxy.url][n];
                let address = Some(self.addresses[n].as_str());
                let site = self.ground.site()?;
                let service = Service::start(&self.plan.program, url, &site, address).await?;
                self.services[n] = Some(service);
            }
        }
        Ok(())
    }

    /// Lets clients finish what they have begun.
    async fn quiet(&self) -> Result<()> {
        self.ordering.send_replace(false);
        let quiet = async {
            while self.shared.quiet.load(Ordering::SeqCst) < CLIENTS {
                sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(QUIET_MAX, quiet)
            .await
            .context("orders do not get any answer")
    }

    /// What is not as it was promised.
    async fn check(&self) -> Result<Vec<String>> {
        let mut wrong = std::mem::take(&mut *locked(&self.shared.tally.wrong));
        let more = wrong.len().saturating_sub(FAULTS_SHOWN);
        wrong.truncate(FAULTS_SHOWN);
        if more > 0 {
            wrong.push(format!("and {more} wrong answers more"));
        }
        let mut found = wrong;
        for region in &self.shared.regions {
            let slug = &region.slug;
            let (log, _) = exported(&self.plan.program, &self.url, slug).await?;
            let end = log.last().map_or(0, |last| last.position);
            let told = locked(&region.told).clone();
            let mut faults = check::log_faults(&told, &log, Positions::Gapless);
            if let Some(follower) = self.followers.get(slug) {
                follower.reaches(end, FOLLOWED_MAX).await;
                faults.extend(check::follower_faults(&log, &follower.delivered()));
            }
            let shown = faults.iter().take(FAULTS_SHOWN);
            found.extend(shown.map(|fault| format!("{slug}: {fault}")));
            if faults.len() > FAULTS_SHOWN {
                found.push(format!(
                    "{slug}: and {} faults more",
                    faults.len() - FAULTS_SHOWN
                ));
            }
        }
        for arguments in [&["verify"][..], &["views", "check"]] {
            let (fits, said) = self.plan.program.run(&self.url, arguments).await?;
            if !fits {
                found.push(format!("samspor {}: {}", arguments.join(" "), said.trim()));
            }
        }
        Ok(found)
    }

    /// How many events the logs hold, and how many orders were acknowledged.
    ///
    /// # Errors
    /// When the logs cannot be read.
    pub async fn sum(&self) -> Result<(usize, u64)> {
        let mut events = 0;
        for region in &self.shared.regions {
            events += exported(&self.plan.program, &self.url, &region.slug)
                .await?
                .0
                .len();
        }
        Ok((events, self.counted()[0]))
    }
}

#[derive(Deserialize)]
struct Named {
    position: u64,
    stream_id: Uuid,
    name: String,
    payload: String,
}

/// A region's log, and the sections of charters that can be written in it, with their last positions.
async fn exported(program: &Program, url: &str, region: &str) -> Result<(Vec<Entry>, Sections)> {
    let (done, said) = program.run(url, &["export", region]).await?;
    if !done {
        bail!("{region} cannot be exported: {said}");
    }
    let (mut log, mut sections, mut over) = (Vec::new(), Sections::new(), BTreeSet::new());
    // The first line tells what it is an export of.
    for line in said.lines().skip(1) {
        let entry: Line = serde_json::from_str(line)?;
        log.push(entry.into());
        if !line.contains("\"name\":\"network.") {
            continue;
        }
        let named: Named = serde_json::from_str(line)?;
        match named.name.as_str() {
            LANDING => {
                let payload: serde_json::Value = serde_json::from_str(&named.payload)?;
                let section = payload["event"]["section"].as_str().unwrap_or_default();
                sections.insert((named.stream_id, section.to_owned()), named.position);
            }
            "network.ended.v1" | "network.merged.v1" => {
                over.insert(named.stream_id);
            }
            _ => {}
        }
    }
    sections.retain(|(network, _), _| !over.contains(network));
    Ok((log, sections))
}
