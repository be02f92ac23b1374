//! What the database itself refuses: changes to the log, another region's rows, too much.

use crate::helpers::{Region, enter, open_tenant, order, organisation, person, register};
use server::store::land::{Landed, Landing, ReservationRow};
use sqlx::{AssertSqlSafe, PgConnection};

const TENANT_TABLES: [&str; 17] = [
    "heads",
    "events",
    "abouts",
    "commands",
    "reservations",
    "snapshots",
    "view_codes",
    "drafts",
    "contacts",
    "files",
    "parked",
    "dropped",
    "drifts",
    "keys.region_keys",
    "keys.person_keys",
    "keys.text_keys",
    "keys.erased",
];

async fn refusal(connection: &mut PgConnection, sql: &str) -> String {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await;
    done.err()
        .unwrap_or_else(|| panic!("should be refused: {sql}"))
        .to_string()
}

#[tokio::test]
async fn the_log_cannot_be_changed_not_even_by_its_owner() {
    let region = Region::new().await;
    region
        .executor()
        .await
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    for change in [
        "UPDATE events SET actor = 'clock'",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        let by_trigger = refusal(&mut region.superuser().await, change).await;
        assert!(by_trigger.contains("append-only"), "{change}: {by_trigger}");
        let mut scope = region.store.writing(region.id()).await.expect("begins");
        let by_grant = refusal(scope.connection(), change).await;
        assert!(
            by_grant.contains("permission denied"),
            "{change}: {by_grant}"
        );
    }
}

#[tokio::test]
async fn a_region_sees_and_changes_only_its_own_rows() {
    let region = Region::new().await;
    let other = open_tenant(&region.store, "jaeren").await;
    let executor = region.executor().await;
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    executor
        .submit(order(enter(person(), "Ola")))
        .await
        .expect("is accepted");
    let theirs = region.id();
    for table in TENANT_TABLES {
        let mut scope = region.store.writing(other.tenant()).await.expect("begins");
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT count(*) FROM {table} WHERE tenant_id = $1"
        )))
        .bind(theirs.0)
        .fetch_one(scope.connection())
        .await
        .expect("counts");
        assert_eq!(seen, 0, "{table} shows another region's rows");
    }
    let mut scope = region.store.writing(other.tenant()).await.expect("begins");
    let inserted = refusal(
        scope.connection(),
        &format!(
            "INSERT INTO abouts (tenant_id, id, position) VALUES ('{theirs}', '{theirs}', 99)"
        ),
    )
    .await;
    assert!(inserted.contains("row-level security"), "{inserted}");
    // Outside a scope there is no region at all.
    let mut scope = region.store.writing(theirs).await.expect("begins");
    let outside: i64 = sqlx::query_scalar(
        "WITH unset AS (SELECT set_config('samspor.tenant', '', true)) SELECT count(*) FROM unset",
    )
    .fetch_one(scope.connection())
    .await
    .expect("unsets");
    assert_eq!(outside, 1);
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM events")
        .fetch_one(scope.connection())
        .await
        .expect("counts");
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn a_payload_lands_at_the_limit_and_not_one_byte_above() {
    let region = Region::new().await;
    region
        .executor()
        .await
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    let mut row = {
        let mut scope = region.store.reading(region.id()).await.expect("begins");
        scope.rows_after(0, 1).await.expect("reads").remove(0)
    };
    (row.position, row.version) = (2, 2);
    row.payload = "x".repeat(domain::limits::PAYLOAD_BYTES_MAX + 1);
    let above = Landing {
        events: vec![row.clone()],
        ..Landing::default()
    };
    let refused = region
        .store
        .land(region.id(), 1, &above)
        .await
        .expect_err("is refused");
    assert_eq!(refused.constraint(), Some("events_payload_check"));
    row.payload.pop();
    let at = Landing {
        events: vec![row],
        ..Landing::default()
    };
    assert_eq!(
        region.store.land(region.id(), 1, &at).await.expect("lands"),
        Landed::Yes
    );
    assert_eq!(
        region
            .store
            .land(region.id(), 1, &at)
            .await
            .expect("answers"),
        Landed::Overtaken
    );
    assert_eq!(region.head().await.position, 2);
}

#[tokio::test]
async fn what_is_reserved_in_one_region_is_free_in_another() {
    let region = Region::new().await;
    let other = open_tenant(&region.store, "jaeren").await;
    let (executor, theirs) = (
        region.executor().await,
        region.executors.of(other.tenant()).await.expect("starts"),
    );
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    theirs
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    let reserve = async |tenant, from: i64| {
        let mut scope = region.store.reading(tenant).await.expect("begins");
        let mut row = scope.rows_after(0, 1).await.expect("reads").remove(0);
        drop(scope);
        (row.position, row.version) = (from + 1, 1);
        row.stream_id = crate::helpers::new_id();
        let taken = ReservationRow {
            kind: "number".into(),
            value: b"987654321".to_vec(),
            owner: row.stream_id,
        };
        let landing = Landing {
            events: vec![row],
            reservations: vec![taken],
            ..Landing::default()
        };
        region.store.land(tenant, from, &landing).await
    };
    assert_eq!(reserve(region.id(), 1).await.expect("lands"), Landed::Yes);
    assert_eq!(
        reserve(other.tenant(), 1).await.expect("lands"),
        Landed::Yes
    );
    let taken = reserve(region.id(), 2).await.expect_err("is taken");
    assert_eq!(taken.constraint(), Some("reservations_pkey"));
    assert_eq!(region.head().await.position, 2, "nothing of it landed");
}
