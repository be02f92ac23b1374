//! A log that goes elsewhere, a log that was tampered with, and what a copy of the database gives away.

use crate::helpers::{
    Region, enter, new_id, open_tenant, order, organisation, person, register, submission, written,
};
use domain::ids::{NetworkId, PersonId, TextId};
use domain::network::command::NetworkCommand;
use domain::network::event::NetworkKind;
use domain::region::RegionCommand;
use domain::text::{Name, Prose};
use domain::time::AsOf;
use domain::views::region::RegionView;
use server::chance::OsChance;
use server::clock::{Clock, SystemClock};
use server::store::tenants::Tenant;
use server::transfer::import::{self, ImportError, KeysFile};
use server::transfer::keys;
use server::transfer::verify::{Verified, verify};
use sqlx::AssertSqlSafe;

const NAME: &str = "Gudrun Hjelmeland";
const WORDS: &str = "Me vil lære av kvarandre og dele det vi ser";

/// A region with a named administrator and a written purpose.
async fn filled() -> (Region, PersonId, TextId) {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (gudrun, text) = (person(), TextId(new_id()));
    executor
        .submit(order(enter(gudrun, NAME)))
        .await
        .expect("is accepted");
    let name = submission(RegionCommand::NameAdministrator { person: gudrun });
    executor.submit(order(name)).await.expect("is accepted");
    let mut propose = submission(NetworkCommand::Propose {
        network: NetworkId(new_id()),
        called: Name::parse("Leiarnettverk").expect("is a name"),
        kind: NetworkKind::LeaderNetwork,
        purpose: Prose(text),
        parent: None,
    });
    propose.texts.push(written(text, WORDS));
    executor.submit(order(propose)).await.expect("is accepted");
    for _ in 0..20 {
        executor
            .submit(order(register(organisation())))
            .await
            .expect("is accepted");
    }
    (region, gudrun, text)
}

async fn exported(region: &Region, passphrase: &str) -> (String, String) {
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let mut log = String::new();
    import::export(&mut scope, &region.tenant, None, |line| {
        log.push_str(line);
        log.push('\n');
        Ok(())
    })
    .await
    .expect("exports");
    let keys = keys::export(&region.store, &mut scope, passphrase, &OsChance)
        .await
        .expect("exports keys");
    (log, keys)
}

async fn administrators(region: &Region, tenant: &Tenant) -> RegionView {
    let now = SystemClock.now();
    let key = tenant.region_id;
    server::views::read::<RegionView>(&region.store, tenant, key, AsOf::LIVE, now)
        .await
        .expect("reads")
        .view
}

#[tokio::test]
async fn an_exported_log_imported_elsewhere_has_the_same_head_and_lives_on() {
    let (region, gudrun, text) = filled().await;
    let (log, keys) = exported(&region, "ein lang setning").await;
    assert!(!log.contains(NAME) && !log.contains(WORDS) && !keys.contains(NAME));
    // Beside the original, in the same database: nothing of the two touches.
    let copy = open_tenant(&region.store, "kopi").await;
    let file = KeysFile {
        text: &keys,
        passphrase: "ein lang setning",
    };
    let (events, head) =
        import::import(&region.store, &copy, log.as_bytes(), Some(file), &OsChance)
            .await
            .expect("imports");
    assert_eq!((events, head), (23, region.head().await.hash));
    let copy = region
        .store
        .find_tenant("kopi")
        .await
        .expect("reads")
        .expect("is there");
    let verified = verify(&region.store, &copy).await.expect("reads");
    assert_eq!(verified, Verified::Fits { events, head });
    let opened = server::open::open(&region.store, copy.tenant(), &[text], &[gudrun])
        .await
        .expect("opens");
    assert_eq!(opened.words[&text].as_deref(), Some(WORDS));
    assert_eq!(opened.names[&gudrun].as_deref(), Some(NAME));
    assert!(
        administrators(&region, &copy)
            .await
            .administrators
            .contains(&gudrun)
    );
    // Its administrator still is one, in decisions too.
    let executor = region.executors.of(copy.tenant()).await.expect("starts");
    let by_gudrun = server::executor::Order::new(
        register(organisation()),
        domain::actor::Actor::Person(gudrun),
    );
    assert_eq!(
        executor
            .submit(by_gudrun)
            .await
            .expect("is accepted")
            .position,
        24
    );
    let not_empty = import::import(&region.store, &copy, log.as_bytes(), None, &OsChance).await;
    assert!(
        matches!(not_empty, Err(ImportError::NotEmpty)),
        "{not_empty:?}"
    );
}

#[tokio::test]
async fn a_file_that_does_not_fit_leaves_the_region_empty() {
    let (region, ..) = filled().await;
    let (log, keys) = exported(&region, "rett").await;
    let copy = open_tenant(&region.store, "kopi").await;
    let edited = log.replace(
        "\"version\":1,\"name\":\"region.",
        "\"version\":1,\"name\":\"rigion.",
    );
    assert_ne!(edited, log);
    let shortened: String = log
        .lines()
        .filter(|line| !line.starts_with("{\"position\":7,"))
        .collect::<Vec<_>>()
        .join("\n");
    for bad in [edited, shortened, log.replacen("samspor/1", "samspor/9", 1)] {
        let refused = import::import(&region.store, &copy, bad.as_bytes(), None, &OsChance).await;
        assert!(
            matches!(
                refused,
                Err(ImportError::Misfit(_) | ImportError::Line { .. })
            ),
            "{refused:?}"
        );
    }
    let file = KeysFile {
        text: &keys,
        passphrase: "feil",
    };
    let refused = import::import(&region.store, &copy, log.as_bytes(), Some(file), &OsChance).await;
    assert!(matches!(refused, Err(ImportError::Keys(_))), "{refused:?}");
    let head = region
        .store
        .reading(copy.tenant())
        .await
        .expect("begins")
        .head()
        .await
        .expect("reads");
    assert_eq!(head.position, 0);
    let copy = region
        .store
        .find_tenant("kopi")
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(copy.region_id, copy.id, "it is still nobody's copy");
}

#[tokio::test]
async fn going_along_the_chain_finds_what_was_changed_behind_our_back() {
    for (change, position) in [
        (
            "UPDATE events SET payload = replace(payload, 'Ytre', 'Indre') WHERE position = 6",
            6,
        ),
        ("UPDATE events SET actor = 'clock' WHERE position = 9", 9),
        (
            "UPDATE events SET effective_from = effective_from - 1 WHERE position = 4",
            4,
        ),
        ("DELETE FROM events WHERE position = 12", 12),
        ("DELETE FROM events WHERE position > 20", 21),
        ("UPDATE heads SET hash = sha256('x')", 23),
    ] {
        let (region, ..) = filled().await;
        let mut superuser = region.superuser().await;
        for sql in ["ALTER TABLE events DISABLE TRIGGER USER", change] {
            let done = sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut superuser)
                .await
                .expect("tampers");
            assert!(
                sql.starts_with("ALTER") || done.rows_affected() > 0,
                "{sql} changed nothing"
            );
        }
        let Verified::Broken(misfit) = verify(&region.store, &region.tenant).await.expect("reads")
        else {
            panic!("nobody noticed: {change}")
        };
        assert_eq!(misfit.position, position, "{change}: {misfit}");
    }
}

#[tokio::test]
async fn a_copy_of_the_database_without_the_keys_holds_no_words_and_no_names() {
    let (region, ..) = filled().await;
    let now = SystemClock.now();
    server::views::rebuild::rebuild(&region.store, &region.tenant, None, now, |_| {})
        .await
        .expect("rebuilds");
    let mut superuser = region.superuser().await;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            .fetch_all(&mut superuser)
            .await
            .expect("lists");
    let mut rows = 0;
    for table in tables {
        let all: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT t::text FROM {table} AS t")))
                .fetch_all(&mut superuser)
                .await
                .expect("reads");
        rows += all.len();
        for row in all {
            for needle in ["Gudrun", "Hjelmeland", "kvarandre"] {
                assert!(!row.contains(needle), "{table} holds {needle}");
            }
        }
    }
    assert!(rows > 100, "only {rows} rows were looked at");
}
