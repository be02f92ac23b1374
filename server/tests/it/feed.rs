//! What follows the logs loses nothing, does nothing twice and nothing out of order, whoever is killed, frozen or far
//! behind.

use crate::helpers::{
    Region, enter, executors, master, new_id, open_tenant, order, organisation, person, register,
    rename, url_of,
};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::ids::{OrganisationId, TenantId};
use domain::recorded::{Position, Recorded};
use server::clock::{Clock, ManualClock, SystemClock};
use server::executor::{Executor, Executors};
use server::feed::{Feed, FollowError, Follower, Runner, Settings};
use server::store::land::{Landed, Landing};
use server::store::row::stored;
use server::store::scope::TenantScope;
use server::store::tenants::Tenant;
use server::store::{Store, StoreError};
use server::views::writer::Snapshots;
use sqlx::{Connection, PgConnection};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Longest wait for anything.
const WAIT: Duration = Duration::from_secs(60);

/// Writes a row for each event, in the order it is given them.
#[derive(Default)]
struct Effects {
    /// Positions that it fails at, and how.
    poison: Mutex<HashSet<(Position, Poison)>>,
    /// How often it was called with an event that it fails at alone.
    tried: AtomicUsize,
    working: AtomicUsize,
    most: AtomicUsize,
    /// Waits here once, as if the whole process stood still.
    freeze: Mutex<Option<Freeze>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Poison {
    Refuses,
    Panics,
}

struct Freeze {
    frozen: mpsc::Sender<()>,
    thaw: mpsc::Receiver<()>,
}

#[async_trait]
impl Follower for Effects {
    fn name(&self) -> &'static str {
        "effects"
    }

    async fn handle(
        &self,
        scope: &mut TenantScope,
        _: &Tenant,
        events: &[Recorded],
    ) -> Result<(), FollowError> {
        let working = self.working.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(working, Ordering::SeqCst);
        let done = self.write(scope, events).await;
        self.working.fetch_sub(1, Ordering::SeqCst);
        done
    }
}

impl Effects {
    async fn write(&self, scope: &mut TenantScope, events: &[Recorded]) -> Result<(), FollowError> {
        let tenant = scope.tenant().0;
        let positions: Vec<i64> = events.iter().map(|event| stored(event.position)).collect();
        sqlx::query(
            "INSERT INTO effects (tenant_id, position)
             SELECT $1, e.position FROM unnest($2::bigint[]) WITH ORDINALITY AS e (position, n) ORDER BY e.n",
        )
        .bind(tenant)
        .bind(positions)
        .execute(scope.connection())
        .await
        .map_err(StoreError::from)?;
        let freeze = self.freeze.lock().expect("is free").take();
        if let Some(freeze) = freeze {
            freeze.frozen.send(()).expect("somebody waits for it");
            freeze.thaw.recv().expect("somebody thaws it");
        }
        let poison = self.poison.lock().expect("is free").clone();
        for event in events {
            if events.len() == 1 && poison.iter().any(|(at, _)| *at == event.position) {
                self.tried.fetch_add(1, Ordering::SeqCst);
            }
            if poison.contains(&(event.position, Poison::Panics)) {
                self.working.fetch_sub(1, Ordering::SeqCst);
                panic!("position {} makes it panic", event.position);
            }
            if poison.contains(&(event.position, Poison::Refuses)) {
                let why = format!("position {} is more than it can take", event.position);
                return Err(FollowError::Effect(why));
            }
        }
        Ok(())
    }

    fn fail_at(&self, position: Position, how: Poison) {
        self.poison.lock().expect("is free").insert((position, how));
    }

    fn heal(&self) {
        self.poison.lock().expect("is free").clear();
    }
}

async fn with_effects() -> Region {
    let region = Region::new().await;
    sqlx::raw_sql(
        "CREATE TABLE effects (n bigserial, tenant_id uuid NOT NULL, position bigint NOT NULL);
         GRANT INSERT ON effects TO samspor_app;
         GRANT USAGE ON effects_n_seq TO samspor_app",
    )
    .execute(&mut region.superuser().await)
    .await
    .expect("makes a table");
    region
}

/// The positions of what was done for a region, in the order it was done.
async fn done(connection: &mut PgConnection, tenant: TenantId) -> Vec<i64> {
    sqlx::query_scalar("SELECT position FROM effects WHERE tenant_id = $1 ORDER BY n")
        .bind(tenant.0)
        .fetch_all(connection)
        .await
        .expect("reads")
}

#[track_caller]
fn assert_each_once_in_order(done: &[i64], head: Position) {
    let all: Vec<i64> = (1..=stored(head)).collect();
    assert_eq!(done.len(), all.len(), "lost or doubled");
    assert_eq!(done, all, "out of order");
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = tokio::time::Instant::now();
    while !holds().await {
        assert!(began.elapsed() < WAIT, "{what} has not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn accept(executor: &Executor, submission: domain::command::Submission) -> Position {
    let accepted = executor.submit(order(submission)).await;
    accepted.expect("is accepted").position
}

/// Where a follower stands.
async fn position(store: &Store, tenant: TenantId, follower: &str) -> Position {
    let all = store.followed().await.expect("reads");
    let mine = all
        .iter()
        .find(|one| one.tenant == tenant && one.follower == follower);
    mine.map_or(0, |one| one.position)
}

/// Another process: a pool of its own, and what it follows.
struct Process {
    store: Store,
    executors: Executors,
    feed: Feed,
    running: JoinHandle<()>,
}

impl Process {
    async fn start(url: &str, followers: Vec<Arc<dyn Follower>>, settings: Settings) -> Self {
        let store = Store::attach(url, master()).await.expect("the pool opens");
        let executors = executors(&store);
        let clock = Arc::new(SystemClock);
        let feed = Feed::new(store.clone(), clock, new_id(), followers, settings);
        let running = {
            let (feed, landings) = (feed.clone(), executors.landings());
            tokio::spawn(async move { feed.run(landings).await })
        };
        Self {
            store,
            executors,
            feed,
            running,
        }
    }

    /// As if it had been killed: it says nothing to anybody.
    async fn kill(self) {
        self.running.abort();
        self.running.await.ok();
    }
}

fn by_hand(region: &Region, clock: &Arc<ManualClock>, follower: Arc<dyn Follower>) -> Runner {
    let (store, clock) = (region.store.clone(), clock.clone());
    Feed::new(store, clock, new_id(), vec![follower], Settings::default()).runner()
}

fn stopped_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(SystemClock.now()))
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_write_two_processes_follow_one_is_killed_and_nothing_is_lost_doubled_or_swapped() {
    let region = with_effects().await;
    let other = open_tenant(&region.store, "jaeren").await.tenant();
    let settings = Settings {
        poll: Duration::from_millis(200),
        lease: Duration::from_millis(600),
        ..Settings::default()
    };
    // Whoever orders by a transaction id or waits for older ones stands still as long as this is open.
    let mut open = region.superuser().await;
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id(); CREATE TABLE held (n integer)")
        .execute(&mut open)
        .await
        .expect("stays open");
    let effects: Arc<Effects> = Arc::default();
    let start = async || Process::start(&region.url, vec![effects.clone()], settings).await;
    let (first, second) = (start().await, start().await);
    let mut writers = Vec::new();
    for writer in 0..16 {
        let process = if writer % 2 == 0 { &first } else { &second };
        let tenant = if writer % 4 < 2 { region.id() } else { other };
        let executor = process.executors.of(tenant).await.expect("starts");
        writers.push(tokio::spawn(async move {
            for _ in 0..60 {
                accept(&executor, register(organisation())).await;
            }
        }));
    }
    until("something is done", async || {
        effects.most.load(Ordering::SeqCst) > 0
    })
    .await;
    first.kill().await;
    let third = start().await;
    for writer in writers {
        writer.await.expect("writes");
    }
    let store = region.store.clone();
    until("everything is followed", async || {
        position(&store, region.id(), "effects").await == 480
            && position(&store, other, "effects").await == 480
    })
    .await;
    for tenant in [region.id(), other] {
        let done = done(&mut region.superuser().await, tenant).await;
        assert_each_once_in_order(&done, 480);
    }
    second.kill().await;
    third.kill().await;
}

#[tokio::test]
async fn another_process_is_woken_by_a_notification() {
    let region = with_effects().await;
    // It would look by itself in an hour.
    let settings = Settings {
        poll: Duration::from_secs(3_600),
        ..Settings::default()
    };
    let follows = Process::start(&region.url, vec![Arc::<Effects>::default()], settings).await;
    let writes = Process::start(&region.url, Vec::new(), settings).await;
    let listening = async || {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        )
        .fetch_one(&mut region.superuser().await)
        .await
        .expect("counts");
        count
    };
    until("both listen", async || listening().await == 2).await;
    let executor = writes.executors.of(region.id()).await.expect("starts");
    let mut pages = follows.feed.grown();
    for _ in 0..3 {
        let at = accept(&executor, register(organisation())).await;
        until("it is followed", async || {
            position(&region.store, region.id(), "effects").await == at
        })
        .await;
        // Pages hear of it too, perhaps after what was said when the listening began.
        until("pages hear of it", async || {
            let grown = pages.recv().await.expect("is told");
            (grown.tenant, grown.position) == (region.id(), at)
        })
        .await;
    }
    assert!(follows.feed.figures().heard.get() >= 3);
    assert_eq!(writes.feed.figures().heard.get(), 0);
    // The connections that listen are cut: they come back, and what was told meanwhile is looked for.
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .execute(&mut region.superuser().await)
    .await
    .expect("cuts");
    let at = accept(&executor, register(organisation())).await;
    until("it is followed", async || {
        position(&region.store, region.id(), "effects").await == at
    })
    .await;
    follows.kill().await;
    writes.kill().await;
}

#[tokio::test]
async fn what_nobody_told_of_is_found_by_the_poll() {
    let region = with_effects().await;
    let settings = Settings {
        poll: Duration::from_millis(100),
        ..Settings::default()
    };
    let follows = Process::start(&region.url, vec![Arc::<Effects>::default()], settings).await;
    // Like a command line: it lands and tells nobody.
    let silent = region.another_process().await;
    let executor = silent.of(region.id()).await.expect("starts");
    for _ in 0..3 {
        let at = accept(&executor, register(organisation())).await;
        until("it is followed", async || {
            position(&region.store, region.id(), "effects").await == at
        })
        .await;
    }
    assert_eq!(follows.feed.figures().heard.get(), 0);
    follows.kill().await;
}

/// Two schools; the third event, about the first, is poison.
struct Stumbling {
    region: Region,
    clock: Arc<ManualClock>,
    effects: Arc<Effects>,
    runner: Runner,
    schools: [OrganisationId; 2],
}

impl Stumbling {
    async fn new(how: Poison) -> Self {
        let region = with_effects().await;
        let executor = region.executor().await;
        let schools = [organisation(), organisation()];
        for (school, name) in [
            (0, None),
            (1, None),
            (0, Some("Indre skole")),
            (1, Some("Midtre skole")),
            (0, Some("Nedre skole")),
            (0, Some("Søre skole")),
            (1, Some("Nordre skole")),
        ] {
            let submission = match name {
                None => register(schools[school]),
                Some(name) => rename(schools[school], name),
            };
            accept(&executor, submission).await;
        }
        let (clock, effects) = (stopped_clock(), Arc::<Effects>::default());
        effects.fail_at(3, how);
        let runner = by_hand(&region, &clock, effects.clone());
        let mut this = Self {
            region,
            clock,
            effects,
            runner,
            schools,
        };
        this.settle().await;
        this
    }

    async fn settle(&mut self) {
        self.runner.settle().await.expect("follows");
    }

    async fn done(&self) -> Vec<i64> {
        done(&mut self.region.superuser().await, self.region.id()).await
    }

    /// The first of each key that is set aside: position, attempts, how many are behind, whether it is tried again.
    async fn leading(&self) -> Vec<(i64, i32, i64, bool)> {
        let mut scope = self
            .region
            .store
            .reading(self.region.id())
            .await
            .expect("begins");
        let leading = scope.leading("effects").await.expect("reads");
        leading
            .iter()
            .map(|one| {
                let again = one.retry_at.is_some();
                (one.position, one.attempts, one.behind, again)
            })
            .collect()
    }

    /// Runs `samspor` on this database: exit code, standard output and error.
    fn samspor(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_samspor"))
            .args(["--database-url", &self.region.url])
            .args(arguments)
            .env("SAMSPOR_MASTER_KEY", "07".repeat(32))
            .output()
            .expect("runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("is text");
        let (said, complained) = (text(output.stdout), text(output.stderr));
        (output.status.code(), said, complained)
    }

    async fn parked(&self) -> u32 {
        let all = self.region.store.followed().await.expect("reads");
        all[0].parked
    }

    /// As `samspor feed retry` does.
    async fn ask_again(&self) {
        let mut scope = self
            .region
            .store
            .writing(self.region.id())
            .await
            .expect("begins");
        let now = self.clock.now();
        let keys = scope.ask_again("effects", None, now).await.expect("asks");
        assert_eq!(keys, 1);
        scope.commit().await.expect("lasts");
    }
}

async fn one_key_is_held_up(how: Poison) {
    let mut it = Stumbling::new(how).await;
    assert_eq!(
        it.done().await,
        [1, 2, 4, 7],
        "the other school's events flow"
    );
    assert_eq!(it.leading().await, [(3, 1, 2, true)]);
    assert_eq!(it.parked().await, 3);
    assert_eq!(
        position(&it.region.store, it.region.id(), "effects").await,
        7
    );
    let tried = it.effects.tried.load(Ordering::SeqCst);
    // Before its time it is left alone; then it is tried ever less often, five times in all.
    it.settle().await;
    assert_eq!(it.effects.tried.load(Ordering::SeqCst), tried);
    for (attempts, seconds) in [(2, 1), (3, 4), (4, 16), (5, 64)] {
        it.clock
            .advance(TimeDelta::seconds(seconds) - TimeDelta::milliseconds(1));
        it.settle().await;
        assert_eq!(it.leading().await, [(3, attempts - 1, 2, true)]);
        it.clock.advance(TimeDelta::milliseconds(1));
        it.settle().await;
        assert_eq!(it.leading().await, [(3, attempts, 2, attempts < 5)]);
    }
    let tried = it.effects.tried.load(Ordering::SeqCst);
    it.clock.advance(TimeDelta::days(30));
    it.settle().await;
    assert_eq!(
        it.effects.tried.load(Ordering::SeqCst),
        tried,
        "it waits for a person"
    );
    // What comes later about it waits behind it, another's does not.
    let executor = it.region.executor().await;
    accept(&executor, rename(it.schools[0], "Vestre skole")).await;
    accept(&executor, rename(it.schools[1], "Austre skole")).await;
    it.settle().await;
    assert_eq!(it.done().await, [1, 2, 4, 7, 9]);
    assert_eq!(it.leading().await, [(3, 5, 3, false)]);
    // Asked for while nothing is mended: once more from the beginning.
    it.ask_again().await;
    it.settle().await;
    assert_eq!(it.leading().await, [(3, 1, 3, true)]);
    // Mended: it and what waits behind it follow in order.
    it.effects.heal();
    it.ask_again().await;
    it.settle().await;
    assert_eq!(it.done().await, [1, 2, 4, 7, 9, 3, 5, 6, 8]);
    assert_eq!(it.leading().await, []);
    assert_eq!(it.parked().await, 0);
    // The key is free again.
    accept(&executor, rename(it.schools[0], "Ytste skole")).await;
    it.settle().await;
    assert_eq!(it.done().await.last(), Some(&10));
}

#[tokio::test]
async fn an_event_that_fails_holds_up_its_own_key_alone_and_is_never_skipped() {
    one_key_is_held_up(Poison::Refuses).await;
}

#[tokio::test]
async fn an_event_that_makes_a_follower_panic_holds_up_its_own_key_alone() {
    one_key_is_held_up(Poison::Panics).await;
}

#[tokio::test]
async fn an_event_is_done_without_only_for_a_reason_that_is_kept() {
    let mut it = Stumbling::new(Poison::Refuses).await;
    let region = it.region.id();
    let mut scope = it.region.store.writing(region).await.expect("begins");
    let now = it.clock.now();
    for at in [4, 5] {
        let dropped = scope
            .drop_event("effects", at, "Den stod i vegen.", now)
            .await;
        assert!(!dropped.expect("answers"), "{at} holds nothing up");
    }
    let dropped = scope
        .drop_event("effects", 3, "Skolen er lagd ned.", now)
        .await;
    assert!(dropped.expect("answers"));
    scope.commit().await.expect("lasts");
    it.settle().await;
    assert_eq!(it.done().await, [1, 2, 4, 7, 5, 6]);
    assert_eq!(it.parked().await, 0);
    let mut scope = it.region.store.reading(region).await.expect("begins");
    let kept = scope.dropped("effects").await.expect("reads");
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].position, kept[0].reason.as_str()),
        (3, "Skolen er lagd ned.")
    );
    // The last of its key, dropped: nothing holds the key up any more.
    it.effects.fail_at(8, Poison::Refuses);
    let executor = it.region.executor().await;
    accept(&executor, rename(it.schools[0], "Vestre skole")).await;
    it.settle().await;
    let mut scope = it.region.store.writing(region).await.expect("begins");
    let dropped = scope.drop_event("effects", 8, "Òg den.", now).await;
    assert!(dropped.expect("answers"));
    scope.commit().await.expect("lasts");
    accept(&executor, rename(it.schools[0], "Ytste skole")).await;
    it.settle().await;
    assert_eq!(it.done().await, [1, 2, 4, 7, 5, 6, 9]);
}

#[tokio::test]
async fn the_command_line_shows_what_is_set_aside_and_helps_over_it() {
    let mut it = Stumbling::new(Poison::Refuses).await;
    let slug = it.region.tenant.slug.clone();
    let (code, said, _) = it.samspor(&["feed", "status"]);
    assert_eq!(code, Some(0));
    for words in [
        "nordmore effects: at 7, 0 behind, 3 set aside, held",
        "position 3 under ",
        "failed 1 times and is tried again at ",
        "2 wait behind it: position 3 is more than it can take",
    ] {
        assert!(said.contains(words), "{words:?} in {said}");
    }
    // Wrong input: one sentence, exit code 2, nothing done.
    let key = it.schools[1].to_string();
    for wrong in [
        &["feed", "status", "nowhere"][..],
        &["feed", "retry", &slug, "--key", &key],
        &["feed", "retry", &slug, "--follower", "nobody"],
        &[
            "feed",
            "drop",
            &slug,
            "effects",
            "5",
            "--reason",
            "Hvorfor ikke?",
        ],
        &["feed", "drop", &slug, "effects", "3", "--reason", " "],
    ] {
        let (code, said, complained) = it.samspor(wrong);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{wrong:?}");
        assert_eq!(complained.lines().count(), 1, "{complained}");
    }
    assert_eq!(it.leading().await, [(3, 1, 2, true)]);
    // It failed for good; then it is mended and asked for.
    for _ in 0..5 {
        it.clock.advance(TimeDelta::minutes(2));
        it.settle().await;
    }
    let (_, said, _) = it.samspor(&["feed", "status", &slug]);
    assert!(
        said.contains("failed 5 times and waits for samspor feed retry"),
        "{said}"
    );
    let (code, said, _) = it.samspor(&["feed", "retry", &slug, "--follower", "effects"]);
    assert_eq!(code, Some(0));
    assert!(said.starts_with("nordmore: 1 key is due"), "{said}");
    it.settle().await;
    assert_eq!(it.leading().await, [(3, 1, 2, true)], "it was tried again");
    // Or done without.
    let reason = ["--reason", "Skolen er lagd ned."];
    let (code, said, complained) =
        it.samspor(&[&["feed", "drop", &slug, "effects", "3"][..], &reason].concat());
    assert_eq!((code, complained.as_str()), (Some(0), ""));
    assert!(said.contains("does without position 3"), "{said}");
    it.settle().await;
    assert_eq!(it.done().await, [1, 2, 4, 7, 5, 6]);
    let (_, said, _) = it.samspor(&["feed", "status", &slug]);
    assert!(said.contains("at 7, 0 behind, 0 set aside"), "{said}");
    assert!(
        said.contains("does without position 3 since ") && said.contains(": Skolen er lagd ned."),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_frozen_cannot_finish_what_another_took_over() {
    let region = with_effects().await;
    let executor = region.executor().await;
    for _ in 0..10 {
        accept(&executor, register(organisation())).await;
    }
    let settings = Settings {
        lease: Duration::from_millis(300),
        ..Settings::default()
    };
    let (frozen, is_frozen) = mpsc::channel();
    let (thaw, thawed) = mpsc::channel();
    let zombie = Arc::new(Effects {
        freeze: Mutex::new(Some(Freeze {
            frozen,
            thaw: thawed,
        })),
        ..Effects::default()
    });
    // A runtime of one thread: while the follower stands still, so does everything else of that process, its pool and
    // what renews its lease. It has written its effects and not yet moved its checkpoint.
    let url = region.url.clone();
    let process = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("starts");
        runtime.block_on(async move {
            let store = Store::attach(&url, master()).await.expect("the pool opens");
            let clock = Arc::new(SystemClock);
            let feed = Feed::new(store, clock, new_id(), vec![zombie], settings);
            let turns = feed.runner().round().await.expect("looks");
            (turns, feed.figures().fenced.get())
        })
    });
    tokio::task::spawn_blocking(move || is_frozen.recv().expect("it freezes"))
        .await
        .expect("waits");
    let effects: Arc<Effects> = Arc::default();
    let clock = Arc::new(SystemClock);
    let store = region.store.clone();
    let feed = Feed::new(store, clock, new_id(), vec![effects], settings);
    let mut runner = feed.runner();
    assert_eq!(
        runner.round().await.expect("looks"),
        0,
        "it belongs to the other process while its lease lasts"
    );
    until("the other takes over", async || {
        runner.round().await.expect("looks");
        position(&region.store, region.id(), "effects").await == 10
    })
    .await;
    thaw.send(()).expect("it waits for that");
    let (turns, fenced) = process.join().expect("ends");
    assert_eq!((turns, fenced), (1, 1));
    let all = done(&mut region.superuser().await, region.id()).await;
    assert_each_once_in_order(&all, 10);
    assert_eq!(feed.figures().fenced.get(), 0);
}

#[tokio::test]
async fn who_stops_in_order_leaves_nobody_waiting() {
    let region = with_effects().await;
    let executor = region.executor().await;
    let settings = Settings {
        lease: Duration::from_secs(3_600),
        ..Settings::default()
    };
    let feed = || {
        let (store, clock) = (region.store.clone(), Arc::new(SystemClock));
        let effects: Arc<Effects> = Arc::default();
        Feed::new(store, clock, new_id(), vec![effects], settings)
    };
    let (first, second) = (feed(), feed());
    accept(&executor, register(organisation())).await;
    first.runner().settle().await.expect("follows");
    accept(&executor, register(organisation())).await;
    second.runner().settle().await.expect("looks");
    assert_eq!(position(&region.store, region.id(), "effects").await, 1);
    first.stop().await.expect("lets go");
    second.runner().settle().await.expect("follows");
    assert_eq!(position(&region.store, region.id(), "effects").await, 2);
}

/// Lands copies of a region's first event, quickly.
async fn land_copies(region: &Region, tenant: TenantId, upto: i64) {
    let executor = region.executors.of(tenant).await.expect("starts");
    accept(&executor, register(organisation())).await;
    let mut scope = region.store.reading(tenant).await.expect("begins");
    let mut row = scope.rows_after(0, 1).await.expect("reads").remove(0);
    drop(scope);
    let mut from = 1;
    while from < upto {
        let mut landing = Landing::default();
        for position in from + 1..=(from + 500).min(upto) {
            (row.position, row.version) = (position, 1);
            row.stream_id = new_id();
            landing.events.push(row.clone());
        }
        let landed = region.store.land(tenant, from, &landing).await;
        assert_eq!(landed.expect("lands"), Landed::Yes);
        from += i64::try_from(landing.events.len()).expect("is small");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_far_behind_delays_others_by_a_slice() {
    let region = with_effects().await;
    land_copies(&region, region.id(), 20_000).await;
    let mut others = Vec::new();
    for slug in ["jaeren", "romsdal", "sunnmore", "fosen", "namdal"] {
        let tenant = open_tenant(&region.store, slug).await.tenant();
        let executor = region.executors.of(tenant).await.expect("starts");
        accept(&executor, register(organisation())).await;
        others.push((tenant, executor));
    }
    // Turn by turn: in each round everybody who has something to do gets a slice.
    let (clock, effects) = (stopped_clock(), Arc::<Effects>::default());
    let mut runner = by_hand(&region, &clock, effects.clone());
    for round in 1..=3 {
        runner.round().await.expect("follows");
        assert_eq!(
            position(&region.store, region.id(), "effects").await,
            256 * round
        );
        for (tenant, executor) in &others {
            assert_eq!(position(&region.store, *tenant, "effects").await, round);
            accept(executor, register(organisation())).await;
        }
    }
    drop(runner);
    sqlx::query("UPDATE followers SET leased_until = '-infinity'")
        .execute(&mut region.superuser().await)
        .await
        .expect("as if it had stopped");
    // By itself, beside what it has to catch up with.
    let effects: Arc<Effects> = Arc::default();
    let process = Process::start(&region.url, vec![effects.clone()], Settings::default()).await;
    for _ in 0..5 {
        for (tenant, _) in &others {
            let executor = process.executors.of(*tenant).await.expect("starts");
            accept(&executor, register(organisation())).await;
        }
    }
    until("everything is followed", async || {
        position(&region.store, region.id(), "effects").await == 20_000
    })
    .await;
    let mut superuser = region.superuser().await;
    let last: i64 = sqlx::query_scalar("SELECT max(n) FROM effects WHERE tenant_id = $1")
        .bind(region.id().0)
        .fetch_one(&mut superuser)
        .await
        .expect("reads");
    for (tenant, _) in &others {
        let theirs: Vec<i64> =
            sqlx::query_scalar("SELECT n FROM effects WHERE tenant_id = $1 ORDER BY n")
                .bind(tenant.0)
                .fetch_all(&mut superuser)
                .await
                .expect("reads");
        assert_eq!(theirs.len(), 9);
        assert!(theirs.iter().all(|n| *n < last), "{theirs:?} after {last}");
        assert_each_once_in_order(&done(&mut superuser, *tenant).await, 9);
    }
    assert_each_once_in_order(&done(&mut superuser, region.id()).await, 20_000);
    assert!(effects.most.load(Ordering::SeqCst) <= Settings::default().slices);
    process.kill().await;
}

#[tokio::test]
async fn a_thousand_idle_regions_cost_one_query_now_and_then() {
    let region = with_effects().await;
    let mut superuser = region.superuser().await;
    sqlx::raw_sql(
        "INSERT INTO tenants (tenant_id, slug, name, language, time_zone, region_id, created_at)
         SELECT id, 'region-' || n, 'Region', 'nb', 'Europe/Oslo', id, now()
         FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 1000) AS n) AS new;
         INSERT INTO heads (tenant_id, log_id, position, hash, recorded_at)
         SELECT tenant_id, tenant_id, 7, decode(repeat('00', 32), 'hex'), now()
         FROM tenants WHERE slug LIKE 'region-%';
         INSERT INTO followers (tenant_id, name, position, fence, holder, leased_until)
         SELECT tenant_id, f.name, 7, 1, tenant_id, now()
         FROM tenants CROSS JOIN (VALUES ('effects'), ('snapshots')) AS f (name) WHERE slug LIKE 'region-%'",
    )
    .execute(&mut superuser)
    .await
    .expect("makes a thousand regions that everybody has caught up with");
    // Asked from another database, so that asking does not count.
    let (_, name) = region.url.rsplit_once('/').expect("has a name");
    let name = name.split('?').next().expect("has a name").to_owned();
    let mut elsewhere = PgConnection::connect(&url_of("postgres"))
        .await
        .expect("answers");
    let mut transactions = async || {
        until("nobody is connected", async || {
            let others: i64 =
                sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = $1")
                    .bind(&name)
                    .fetch_one(&mut elsewhere)
                    .await
                    .expect("counts");
            others == 0
        })
        .await;
        let count: i64 = sqlx::query_scalar(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1",
        )
        .bind(&name)
        .fetch_one(&mut elsewhere)
        .await
        .expect("counts");
        count
    };
    superuser.close().await.expect("closes");
    region.store.close().await;
    let before = transactions().await;
    let settings = Settings {
        poll: Duration::from_millis(50),
        ..Settings::default()
    };
    let store = Store::attach(&region.url, master())
        .await
        .expect("the pool opens");
    let snapshots = Snapshots::new(store.clone(), Arc::new(SystemClock));
    let followers: Vec<Arc<dyn Follower>> = vec![Arc::<Effects>::default(), Arc::new(snapshots)];
    let process = Process::start(&region.url, followers, settings).await;
    store.close().await;
    let figures = process.feed.figures();
    until("it has looked a hundred times", async || {
        figures.looks.get() >= 100
    })
    .await;
    assert_eq!(figures.slices.get(), 0);
    let looks = i64::try_from(figures.looks.get()).expect("is small");
    let store = process.store.clone();
    process.kill().await;
    store.close().await;
    let spent = transactions().await - before;
    // Beside the looks: what opens two pools and listens, how far behind everybody is, and Postgres' own vacuuming. One
    // query for each region would be a thousand times the looks.
    assert!(
        (looks..2 * looks).contains(&spent),
        "{spent} transactions for {looks} looks at a thousand regions"
    );
    // One that wakes is found at once among them.
    let store = Store::attach(&region.url, master())
        .await
        .expect("the pool opens");
    let awake = executors(&store).of(region.id()).await.expect("starts");
    accept(&awake, register(organisation())).await;
    let effects: Arc<Effects> = Arc::default();
    let feed = Feed::new(
        store.clone(),
        Arc::new(SystemClock),
        new_id(),
        vec![effects],
        settings,
    );
    assert_eq!(feed.runner().round().await.expect("follows"), 1);
    assert_eq!(position(&store, region.id(), "effects").await, 1);
}

#[tokio::test]
async fn an_event_that_this_release_cannot_read_is_left_to_one_that_can() {
    let region = with_effects().await;
    let executor = region.executor().await;
    let first = accept(&executor, register(organisation())).await;
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let mut row = scope.rows_after(0, 1).await.expect("reads").remove(0);
    drop(scope);
    let mut unknown = Landing::default();
    for (position, name) in [(2, "organisation.unheard_of.v1"), (3, row.name.as_str())] {
        let mut next = row.clone();
        (next.position, next.version, next.name) = (position, 1, name.to_owned());
        next.stream_id = new_id();
        unknown.events.push(next);
    }
    row.position = 0;
    let landed = region.store.land(region.id(), 1, &unknown).await;
    assert_eq!(landed.expect("lands"), Landed::Yes);
    let (clock, effects) = (stopped_clock(), Arc::<Effects>::default());
    let mut runner = by_hand(&region, &clock, effects);
    for _ in 0..3 {
        runner.settle().await.expect("follows");
        clock.advance(TimeDelta::minutes(2));
        let all = region.store.followed().await.expect("reads");
        assert_eq!((all[0].position, all[0].parked), (first, 0));
        assert!(!all[0].held, "another process may try");
    }
    assert_eq!(done(&mut region.superuser().await, region.id()).await, [1]);
}

/// Up to where a snapshot is folded.
async fn snapshot(region: &Region, view: &str) -> Option<i64> {
    sqlx::query_scalar("SELECT position FROM snapshots WHERE view = $1 AND key = $2")
        .bind(view)
        .bind(region.tenant.region_id)
        .fetch_optional(&mut region.superuser().await)
        .await
        .expect("reads")
}

#[tokio::test]
async fn snapshots_are_written_for_what_another_process_landed_at_most_once_a_second() {
    let region = Region::new().await;
    let elsewhere = region.another_process().await;
    let executor = elsewhere.of(region.id()).await.expect("starts");
    let schools = async |n: usize| {
        let mut answers = Vec::new();
        for _ in 0..n {
            let pending = executor.enqueue(order(register(organisation()))).await;
            answers.push(pending.expect("is queued"));
        }
        for pending in answers {
            pending.answer().await.expect("is accepted");
        }
    };
    let clock = stopped_clock();
    let snapshots = Snapshots::new(region.store.clone(), clock.clone());
    let mut runner = by_hand(&region, &clock, Arc::new(snapshots));
    schools(40).await;
    runner.settle().await.expect("follows");
    assert_eq!(snapshot(&region, "organisations").await, Some(40));
    // Within the second nothing is written, whatever comes.
    schools(40).await;
    runner.settle().await.expect("follows");
    assert_eq!(snapshot(&region, "organisations").await, Some(40));
    clock.advance(TimeDelta::seconds(1));
    runner.settle().await.expect("follows");
    assert_eq!(snapshot(&region, "organisations").await, Some(80));
    // A short tail is folded faster than a snapshot is written.
    accept(&executor, enter(person(), "Ola")).await;
    schools(3).await;
    clock.advance(TimeDelta::seconds(1));
    runner.settle().await.expect("follows");
    assert_eq!(position(&region.store, region.id(), "snapshots").await, 84);
    assert_eq!(snapshot(&region, "organisations").await, Some(80));
    // A flood is not kept waiting for the second to pass.
    schools(600).await;
    runner.settle().await.expect("follows");
    assert_eq!(snapshot(&region, "organisations").await, Some(684));
    let checked =
        server::views::check::check(&region.store, &region.tenant, clock.now(), |_| {}).await;
    assert_eq!(checked.expect("checks").difference, None);
}
