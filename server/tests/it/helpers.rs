//! A database of one's own per test, made from a template.
//!
//! `TEST_DATABASE_URL` is a superuser's URL of a cluster; without it one is kept in `target/test-cluster`.

pub mod app;
pub mod http;

use domain::actor::Actor;
use domain::command::Submission;
use domain::ids::{CommandId, OrganisationId, PersonId, TenantId, TextId};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::OrganisationKind;
use domain::person::PersonCommand;
use domain::text::{Name, Named, PersonName, Words, Written};
use domain::time::Timestamp;
use server::chance::OsChance;
use server::clock::{Clock, SystemClock};
use server::crypto::Key;
use server::executor::{Executor, Executors, Order};
use server::feed::{Feed, Follower, Settings};
use server::store::Store;
use server::store::tenants::{NewTenant, Opened, Tenant};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// Taken by whoever makes the template, so that test processes that start at once make it once.
const TEMPLATE_LOCK: i64 = 0x5a3e_5f04;

static DATABASES: AtomicU32 = AtomicU32::new(0);
static CLUSTER: OnceLock<(String, Option<cluster::Cluster>)> = OnceLock::new();

fn cluster_url() -> &'static str {
    let (url, _) = CLUSTER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => (url, None),
        Err(_) => {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-cluster");
            let cluster = cluster::Cluster::attach_or_start(&folder, None)
                .expect("a cluster for tests starts");
            (cluster.url("postgres"), Some(cluster))
        }
    });
    url
}

/// The cluster's URL with another database.
pub fn url_of(database: &str) -> String {
    let url = cluster_url();
    let (before, query) = url
        .split_once('?')
        .map_or((url, None), |(before, query)| (before, Some(query)));
    let (server, _) = before
        .rsplit_once('/')
        .expect("a database URL ends with /DATABASE");
    query.map_or_else(
        || format!("{server}/{database}"),
        |query| format!("{server}/{database}?{query}"),
    )
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .expect("test set-up statement works");
}

/// A database of this test, empty but for the tables. Those of processes that are gone are dropped on the way.
pub async fn database() -> String {
    let mut maintenance = PgConnection::connect(cluster_url())
        .await
        .expect("the test cluster answers");
    let template = format!("samspor_template_{}", env!("SAMSPOR_TEST_TEMPLATE"));
    execute(
        &mut maintenance,
        format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await;
    let databases: Vec<String> = sqlx::query_scalar("SELECT datname::text FROM pg_database")
        .fetch_all(&mut maintenance)
        .await
        .expect("databases can be listed");
    if !databases.contains(&template) {
        execute(&mut maintenance, format!("CREATE DATABASE {template}_new")).await;
        Store::migrate(&url_of(&format!("{template}_new")))
            .await
            .expect("migrations apply to an empty database");
        execute(
            &mut maintenance,
            format!("ALTER DATABASE {template}_new RENAME TO {template}"),
        )
        .await;
    }
    for old in databases.iter().filter(|name| is_left_over(name)) {
        execute(
            &mut maintenance,
            format!("DROP DATABASE IF EXISTS {old} WITH (FORCE)"),
        )
        .await;
    }
    let n = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("samspor_test_{}_{n}", std::process::id());
    execute(
        &mut maintenance,
        format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await;
    execute(
        &mut maintenance,
        format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"),
    )
    .await;
    url_of(&name)
}

fn is_left_over(name: &str) -> bool {
    let pid = name
        .strip_prefix("samspor_test_")
        .and_then(|rest| rest.split('_').next());
    pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists())
}

/// A region in a database of its own, with an executor.
pub struct Region {
    pub url: String,
    pub store: Store,
    pub executors: Executors,
    pub tenant: Tenant,
}

/// The key that wraps every region's key in tests.
pub fn master() -> Key {
    Key::from_bytes([7; 32])
}

pub async fn open_tenant(store: &Store, slug: &str) -> Tenant {
    let new = NewTenant {
        slug,
        name: "Nordmøre",
        language: "nb",
        demo: false,
        ids: None,
    };
    let Opened::New(tenant) = store
        .open_tenant(new, SystemClock.now(), &OsChance)
        .await
        .expect("opens")
    else {
        panic!("the region {slug} exists already")
    };
    tenant
}

impl Region {
    pub async fn new() -> Self {
        let url = database().await;
        let store = Store::attach(&url, master()).await.expect("the pool opens");
        let tenant = open_tenant(&store, "nordmore").await;
        let executors = executors(&store);
        Self {
            url,
            store,
            executors,
            tenant,
        }
    }

    pub const fn id(&self) -> TenantId {
        self.tenant.tenant()
    }

    pub async fn executor(&self) -> Executor {
        self.executors
            .of(self.id())
            .await
            .expect("the executor starts")
    }

    /// A connection that may do everything, past all policies: to look and to tamper.
    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect(&self.url)
            .await
            .expect("the database answers")
    }

    /// Another process as far as the log can tell: a pool and executors of its own.
    pub async fn another_process(&self) -> Executors {
        executors(
            &Store::attach(&self.url, master())
                .await
                .expect("the pool opens"),
        )
    }

    /// The feed of a process of its own, on the computer's clock.
    pub fn feed(&self, followers: Vec<Arc<dyn Follower>>) -> Feed {
        let (store, clock) = (self.store.clone(), Arc::new(SystemClock));
        Feed::new(store, clock, new_id(), followers, Settings::default())
    }

    pub async fn head(&self) -> server::store::read::Head {
        self.store
            .reading(self.id())
            .await
            .expect("begins")
            .head()
            .await
            .expect("is there")
    }
}

pub fn executors(store: &Store) -> Executors {
    Executors::new(store.clone(), Arc::new(SystemClock), Arc::new(OsChance))
}

pub fn new_id() -> Uuid {
    server::chance::id(&OsChance, SystemClock.now())
}

pub fn submission(command: impl Into<domain::command::Command>) -> Submission {
    Submission::new(CommandId(new_id()), command)
}

pub fn order(submission: Submission) -> Order {
    Order::new(submission, Actor::Operator)
}

/// Registers a school.
pub fn register(organisation: OrganisationId) -> Submission {
    submission(OrganisationCommand::Register {
        organisation,
        called: Name::parse("Ytre skole").expect("is a name"),
        kind: OrganisationKind::School,
        parent: None,
        school_type: None,
        pupils: Some(120),
    })
}

/// Gives it another name.
pub fn rename(organisation: OrganisationId, to: &str) -> Submission {
    submission(OrganisationCommand::Rename {
        organisation,
        called: Name::parse(to).expect("is a name"),
    })
}

/// Enters a person.
pub fn enter(person: PersonId, name: &str) -> Submission {
    let mut submission = submission(PersonCommand::Register { person });
    submission.names.push(Named {
        person,
        name: PersonName::parse(name).expect("is a name"),
    });
    submission
}

pub fn written(id: TextId, words: &str) -> Written {
    Written {
        id,
        words: Words::parse(words).expect("are words"),
    }
}

pub fn organisation() -> OrganisationId {
    OrganisationId(new_id())
}

pub fn person() -> PersonId {
    PersonId(new_id())
}

/// When everything in the tests' past happened.
pub fn then() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("is a moment")
}
