//! Databases of their own, and what was written to them.

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A cluster, by the URL of one of its databases.
#[derive(Clone, Debug)]
pub struct Cluster {
    url: String,
}

impl Cluster {
    /// Of a superuser's URL.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }

    /// The URL of another of its databases.
    pub fn url(&self, database: &str) -> Result<String> {
        let (front, parameters) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (server, _) = front.rsplit_once('/').context("is no database URL")?;
        Ok(match parameters {
            "" => format!("{server}/{database}"),
            parameters => format!("{server}/{database}?{parameters}"),
        })
    }

    /// A connection to one of its databases.
    pub async fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url(database)?).await?)
    }

    /// An empty database; its URL.
    pub async fn fresh(&self, database: &str) -> Result<String> {
        let mut connection = PgConnection::connect(&self.url).await?;
        for statement in [
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            "CREATE DATABASE {}",
        ] {
            let statement = statement.replace("{}", database);
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await?;
        }
        self.url(database)
    }

    /// Drops what is not looked at any more, so that the disk holds one store at a time.
    pub async fn drop_database(&self, database: &str) -> Result<()> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let statement = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await?;
        Ok(())
    }

    /// The server's version.
    pub async fn version(&self) -> Result<String> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let version: String = sqlx::query_scalar("SHOW server_version")
            .fetch_one(&mut connection)
            .await?;
        Ok(version.split(' ').next().unwrap_or_default().to_owned())
    }

    /// Whether commits are flushed: a benchmark without is of something else.
    pub async fn flushes(&self) -> Result<bool> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let (fsync, commit): (String, String) = sqlx::query_as(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')",
        )
        .fetch_one(&mut connection)
        .await?;
        Ok(fsync == "on" && commit == "on")
    }

    /// How many bytes were ever written ahead.
    pub async fn wal(&self) -> Result<u64> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let bytes: i64 =
            sqlx::query_scalar("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
                .fetch_one(&mut connection)
                .await?;
        Ok(bytes.unsigned_abs())
    }
}
