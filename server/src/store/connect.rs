//! The pool, and what is made sure of before it is used.

use super::error::StoreError;
use super::scope::TenantScope;
use crate::crypto::Key;
use anyhow::{Context, bail};
use domain::ids::TenantId;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool, Postgres, Transaction};
use std::str::FromStr;
use std::time::Duration;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The role that the pool works as.
pub const ROLE: &str = "samspor_app";

/// Connections that one process holds at most. Landings and reads are short.
const CONNECTIONS_MAX: u32 = 24;

/// How long a connection that was given back counts as alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// A way to the log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    master: Key,
}

impl Store {
    /// Brings the database up to date as the role of the URL, then opens a pool that works as a role which owns nothing
    /// and cannot bypass the isolation of regions.
    ///
    /// # Errors
    /// When the database cannot be reached or set up, or the role could bypass.
    pub async fn open(url: &str, master: Key) -> anyhow::Result<Self> {
        Self::migrate(url).await?;
        Self::attach(url, master).await
    }

    /// Applies what is missing of the migrations.
    ///
    /// # Errors
    /// When the database cannot be reached or a migration fails.
    pub async fn migrate(url: &str) -> anyhow::Result<()> {
        let options = options(url)?;
        let mut owner = options
            .connect()
            .await
            .context("the database cannot be reached")?;
        MIGRATIONS
            .run(&mut owner)
            .await
            .context("the database cannot be brought up to date")?;
        Ok(())
    }

    /// Opens the pool on a database that is up to date.
    ///
    /// # Errors
    /// When the database cannot be reached, or the role could bypass.
    pub async fn attach(url: &str, master: Key) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(|connection, _| Box::pin(become_app(connection)))
            // One that was just given back was tried out then: asking again would be a round trip before every read.
            .test_before_acquire(false)
            .before_acquire(|connection, known| {
                Box::pin(async move {
                    if known.idle_for < TRUSTED {
                        return Ok(true);
                    }
                    connection.ping().await.map(|()| true)
                })
            })
            .connect_with(options(url)?)
            .await
            .context("the database cannot be reached")?;
        let store = Self { pool, master };
        store.refuse_a_role_that_could_bypass().await?;
        Ok(store)
    }

    async fn refuse_a_role_that_could_bypass(&self) -> anyhow::Result<()> {
        let (role, could, owns): (String, bool, bool) = sqlx::query_as(
            "SELECT r.rolname::text, r.rolsuper OR r.rolbypassrls,
                    EXISTS (SELECT FROM pg_class AS c WHERE c.relowner = r.oid)
             FROM pg_roles AS r
             WHERE r.rolname = current_user",
        )
        .fetch_one(&self.pool)
        .await?;
        if could || owns {
            bail!(
                "the database role {role} could bypass the isolation of regions, so nothing is started"
            );
        }
        Ok(())
    }

    /// A transaction that sees one region at one moment and changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn reading(&self, tenant: TenantId) -> Result<TenantScope, StoreError> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", tenant)
            .await
    }

    /// A transaction in one region. Nothing lasts without [`TenantScope::commit`].
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn writing(&self, tenant: TenantId) -> Result<TenantScope, StoreError> {
        self.begin("BEGIN", tenant).await
    }

    async fn begin(&self, begin: &str, tenant: TenantId) -> Result<TenantScope, StoreError> {
        // One round trip. An id is digits and dashes, so nothing can slip in.
        let statement = format!("{begin}; SELECT set_config('samspor.tenant', '{tenant}', true)");
        // Aside, so that it comes to its end when the caller is gone: sqlx would give back a session whose BEGIN is
        // still on its way as if nothing had begun, and the next one to use it would work in this transaction.
        let pool = self.pool.clone();
        let beginning =
            tokio::spawn(async move { pool.begin_with(AssertSqlSafe(statement)).await });
        let transaction: Transaction<'static, Postgres> = beginning
            .await
            .map_err(|stopped| sqlx::Error::Io(std::io::Error::other(stopped)))??;
        Ok(TenantScope::new(transaction, tenant))
    }

    /// For the landing function, which sets the region itself, and for the global tables.
    pub(in crate::store) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Wraps the regions' keys.
    pub(in crate::store) const fn master(&self) -> &Key {
        &self.master
    }

    /// Whether the database answers.
    pub async fn is_alive(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Why a database URL cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the database URL cannot be read; it looks like postgres://user@host:5432/name")]
pub struct UnreadableUrl;

fn options(url: &str) -> anyhow::Result<PgConnectOptions> {
    // What the parser says is left out: it can quote the URL, and that can hold a password.
    Ok(PgConnectOptions::from_str(url)
        .ok()
        .ok_or(UnreadableUrl)?
        .application_name("samspor")
        .disable_statement_logging())
}

async fn become_app(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // A plan made while the log was small would be kept and read the whole log for one stream: plan each time.
    let statement = format!(
        "SET ROLE {ROLE}; SET idle_in_transaction_session_timeout = '30s'; SET statement_timeout = '60s';
         SET lock_timeout = '5s'; SET timezone = 'UTC'; SET jit = off;
         SET plan_cache_mode = force_custom_plan"
    );
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
