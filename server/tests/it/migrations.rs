//! The tables, from nothing: what is there, who may do what, and that it can be brought up to date again and again.

use crate::helpers::{database, master, url_of};
use server::store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;
use std::path::Path;

async fn list(connection: &mut PgConnection, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql)
        .fetch_all(connection)
        .await
        .expect("the catalogue answers")
}

async fn superuser(url: &str) -> PgConnection {
    PgConnection::connect(url)
        .await
        .expect("the database answers")
}

/// Tables that every region shares, and why each may be.
const GLOBAL: [&str; 17] = [
    // What there is to sign in to.
    "tenants",
    // Read before the region is known, by a secret that nobody else has.
    "sessions",
    "accounts",
    "identities",
    "memberships",
    "links",
    "passkeys",
    "passkey_challenges",
    "access_tokens",
    // With whom one signs in, and who is there just now.
    "providers",
    "provider_organisations",
    "authorisations",
    // Letters of regions and of none, sealed; the key they are sealed with.
    "mails",
    "installation_keys",
    // Numbers alone, so that one query finds which regions somebody is behind in.
    "feed_heads",
    "followers",
    // Of the tool that migrates.
    "_sqlx_migrations",
];

#[tokio::test]
async fn every_file_applies_from_empty_and_once_more_changes_nothing() {
    let url = database().await;
    let empty = format!(
        "{}_empty",
        url.rsplit('/')
            .next()
            .and_then(|name| name.split('?').next())
            .expect("has a name")
    );
    let mut maintenance = superuser(&url_of("postgres")).await;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {empty}")))
        .execute(&mut maintenance)
        .await
        .expect("an empty database is made");
    let url = url_of(&empty);
    Store::migrate(&url).await.expect("from empty");
    let applied = "SELECT version::text || encode(checksum, 'hex') FROM _sqlx_migrations WHERE success ORDER BY version";
    let mut connection = superuser(&url).await;
    let first = list(&mut connection, applied).await;
    Store::migrate(&url).await.expect("once more");
    assert_eq!(list(&mut connection, applied).await, first);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let files = std::fs::read_dir(folder)
        .expect("is a folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".sql"))
        .count();
    assert_eq!(first.len(), files);
    connection.close().await.expect("closes");
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {empty} WITH (FORCE)")))
        .execute(&mut maintenance)
        .await
        .expect("is dropped");
}

#[tokio::test]
async fn every_table_says_what_it_is_and_holds_one_region_at_a_time() {
    let url = database().await;
    let mut connection = superuser(&url).await;
    let tables = list(
        &mut connection,
        "SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
         ORDER BY 1",
    )
    .await;
    assert!(tables.len() >= 12, "{tables:?}");
    let silent = list(
        &mut connection,
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
           AND c.relname <> '_sqlx_migrations' AND obj_description(c.oid, 'pg_class') IS NULL",
    )
    .await;
    assert_eq!(silent, [""; 0], "without a comment");
    let isolated: BTreeSet<String> = list(
        &mut connection,
        "SELECT c.relname::text FROM pg_class AS c
         WHERE c.relrowsecurity AND c.relforcerowsecurity
           AND EXISTS (
               SELECT FROM pg_policy AS p
               WHERE p.polrelid = c.oid AND p.polcmd = '*'
                 AND pg_get_expr(p.polqual, p.polrelid) LIKE '%samspor.tenant%'
           )
           AND NOT EXISTS (
               SELECT FROM pg_policy AS p
               WHERE p.polrelid = c.oid AND pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%samspor.tenant%'
           )",
    )
    .await
    .into_iter()
    .collect();
    let open: Vec<&String> = tables
        .iter()
        .filter(|table| !isolated.contains(*table) && !GLOBAL.contains(&table.as_str()))
        .collect();
    assert!(open.is_empty(), "no policy holds {open:?} to one region");
    // Tenant first in every key: what is near each other in an index is one region's.
    let elsewhere = list(
        &mut connection,
        "SELECT i.indexrelid::regclass::text
         FROM pg_index AS i
         JOIN pg_class AS c ON c.oid = i.indrelid AND c.relrowsecurity
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE a.attname <> 'tenant_id'",
    )
    .await;
    assert_eq!(
        elsewhere, [""; 0],
        "indexes that do not begin with the region"
    );
    let views = list(
        &mut connection,
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
           AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)",
    )
    .await;
    assert_eq!(views, [""; 0], "views that look with their owner's eyes");
}

#[tokio::test]
async fn the_role_that_serves_can_neither_bypass_nor_alter_the_log() {
    let url = database().await;
    let mut connection = superuser(&url).await;
    let strong = list(
        &mut connection,
        "SELECT rolname::text FROM pg_roles
         WHERE rolname = 'samspor_app'
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolreplication)",
    )
    .await;
    assert_eq!(strong, [""; 0]);
    let owned = list(
        &mut connection,
        "SELECT c.relname::text FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner
         WHERE r.rolname = 'samspor_app'
         UNION ALL
         SELECT p.proname::text FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
         WHERE r.rolname = 'samspor_app'",
    )
    .await;
    assert_eq!(owned, [""; 0]);
    let granted = list(
        &mut connection,
        "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants
         WHERE grantee = 'samspor_app' AND table_name IN ('events', 'abouts', 'commands')
         ORDER BY 1",
    )
    .await;
    let only: Vec<String> = ["abouts", "commands", "events"]
        .into_iter()
        .flat_map(|table| ["INSERT", "SELECT"].map(|right| format!("{table} {right}")))
        .collect();
    assert_eq!(granted, only);
    // The function that lands runs with the caller's rights, and only our role may call it.
    let landing: Vec<(String, bool, bool, bool)> = sqlx::query_as(
        "SELECT p.proname::text, p.prosecdef, has_function_privilege('samspor_app', p.oid, 'EXECUTE'),
                coalesce(array_to_string(p.proacl, ',') ~ '(^|,)=X', true)
         FROM pg_proc AS p WHERE p.proname = 'land'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the catalogue answers");
    assert_eq!(landing, [("land".to_owned(), false, true, false)]);
    let definers = list(
        &mut connection,
        "SELECT p.proname::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
    )
    .await;
    assert_eq!(
        definers, [""; 0],
        "functions that run with their owner's rights"
    );
    // The pool is that role, and says who it is.
    let store = Store::attach(&url, master()).await.expect("the pool opens");
    let tenant = crate::helpers::open_tenant(&store, "nordmore").await;
    let mut scope = store.writing(tenant.tenant()).await.expect("begins");
    let role: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(scope.connection())
        .await
        .expect("answers");
    assert_eq!(role, server::store::connect::ROLE);
}

#[tokio::test]
async fn nothing_starts_with_a_role_that_owns_something() {
    let url = database().await;
    let mut connection = superuser(&url).await;
    let refused = async || {
        let opened = Store::attach(&url, master()).await;
        opened.err().map(|error| error.to_string())
    };
    assert_eq!(refused().await, None);
    for sql in [
        "CREATE TABLE theirs (id bigint)",
        "ALTER TABLE theirs OWNER TO samspor_app",
    ] {
        sqlx::query(sql)
            .execute(&mut connection)
            .await
            .expect("a superuser can");
    }
    let told = refused().await.expect("is refused");
    assert!(
        told.contains("samspor_app could bypass the isolation of regions"),
        "{told}"
    );
}
