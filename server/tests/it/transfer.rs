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
use server::executor::CommandError;
use server::store::chain;
use server::store::tenants::Tenant;
use server::transfer::export::Export;
use server::transfer::import::{self, ImportError, Keys};
use server::transfer::keys;
use server::transfer::verify::{Verified, verify};
use sqlx::AssertSqlSafe;
use std::path::PathBuf;
use std::process::{Command, Output};

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

async fn exported(region: &Region, passphrase: &str) -> (String, Vec<u8>) {
    let export = Export::begin(&region.store, &region.tenant, None, None)
        .await
        .expect("begins");
    let mut log = String::new();
    let write = |text: &str| {
        log.push_str(text);
        Ok(())
    };
    export.write(write).await.expect("exports");
    let mut file = Vec::new();
    keys::export(
        &region.store,
        &region.tenant,
        passphrase,
        &OsChance,
        &mut file,
    )
    .await
    .expect("exports keys");
    (log, file)
}

async fn imported(
    region: &Region,
    copy: &Tenant,
    log: &str,
    keys: Option<(&[u8], &str)>,
) -> Result<(i64, chain::Hash), ImportError> {
    let mut file = keys.map_or(&[] as &[u8], |(file, _)| file);
    let keys = keys.map(|(_, passphrase)| Keys {
        file: &mut file,
        passphrase,
    });
    import::import(&region.store, copy, log.as_bytes(), keys, &OsChance).await
}

/// Lines of a file that can be changed.
fn lines(log: &str) -> Vec<String> {
    log.lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
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
    let holds = |bytes: &[u8], needle: &str| String::from_utf8_lossy(bytes).contains(needle);
    assert!(!log.contains(NAME) && !log.contains(WORDS) && !holds(&keys, NAME));
    // Beside the original, in the same database: nothing of the two touches.
    let copy = open_tenant(&region.store, "kopi").await;
    let (events, head) = imported(&region, &copy, &log, Some((&keys, "ein lang setning")))
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
    let not_empty = imported(&region, &copy, &log, None).await;
    assert!(
        matches!(not_empty, Err(ImportError::NotEmpty)),
        "{not_empty:?}"
    );
}

#[tokio::test]
async fn a_command_from_before_the_move_takes_effect_once() {
    let (region, ..) = filled().await;
    let executor = region.executor().await;
    let (same, school) = (register(organisation()), organisation());
    let first = executor
        .submit(order(same.clone()))
        .await
        .expect("is accepted");
    let (log, keys) = exported(&region, "rett").await;
    for (slug, keys) in [("med", Some((keys.as_slice(), "rett"))), ("utan", None)] {
        let copy = open_tenant(&region.store, slug).await;
        let (events, _) = imported(&region, &copy, &log, keys).await.expect("imports");
        let executor = region.executors.of(copy.tenant()).await.expect("starts");
        let again = executor.submit(order(same.clone())).await;
        if keys.is_some() {
            assert_eq!(again.expect("gets its first answer"), first);
        } else {
            assert!(
                matches!(again, Err(CommandError::OtherContent)),
                "{again:?}"
            );
        }
        let mut other = register(school);
        other.id = same.id;
        let refused = executor.submit(order(other)).await;
        assert!(
            matches!(refused, Err(CommandError::OtherContent)),
            "{refused:?}"
        );
        let head = region
            .store
            .reading(copy.tenant())
            .await
            .expect("begins")
            .head()
            .await;
        assert_eq!(
            head.expect("reads").position,
            events.unsigned_abs(),
            "nothing was added"
        );
    }
}

#[tokio::test]
async fn what_was_destroyed_stays_destroyed_and_keys_without_end_are_refused() {
    let (region, gudrun, text) = filled().await;
    let mut scope = region.store.writing(region.id()).await.expect("begins");
    scope.destroy_text_key(text).await.expect("is destroyed");
    scope.commit().await.expect("lasts");
    let (log, keys) = exported(&region, "rett").await;
    let copy = open_tenant(&region.store, "kopi").await;
    let keys = String::from_utf8(keys).expect("is text");
    let whole = lines(&keys);
    let without_end = joined(&whole[..whole.len() - 1]);
    let mut without_one = whole.clone();
    without_one.remove(1);
    for bad in [without_end, joined(&without_one)] {
        let refused = imported(&region, &copy, &log, Some((bad.as_bytes(), "rett"))).await;
        assert!(matches!(refused, Err(ImportError::Keys(_))), "{refused:?}");
    }
    imported(&region, &copy, &log, Some((keys.as_bytes(), "rett")))
        .await
        .expect("imports");
    let opened = server::open::open(&region.store, copy.tenant(), &[text], &[gudrun])
        .await
        .expect("opens");
    assert_eq!(opened.words[&text], None);
    assert_eq!(opened.names[&gudrun].as_deref(), Some(NAME));
}

#[tokio::test]
async fn a_file_that_does_not_fit_leaves_the_region_empty() {
    let (region, ..) = filled().await;
    let (log, keys) = exported(&region, "rett").await;
    let copy = open_tenant(&region.store, "kopi").await;
    let whole = lines(&log);
    let edited = log.replace(
        "\"version\":1,\"name\":\"region.",
        "\"version\":1,\"name\":\"rigion.",
    );
    assert_ne!(edited, log);
    let (mut shorter, mut doubled, mut swapped) = (whole.clone(), whole.clone(), whole.clone());
    shorter.remove(7);
    doubled.insert(7, whole[7].clone());
    swapped.swap(7, 8);
    let cut_off = &whole[..20];
    let cut_inside = &log[..log.len() - 30];
    for bad in [
        edited,
        joined(&shorter),
        joined(&doubled),
        joined(&swapped),
        joined(cut_off),
        cut_inside.to_owned(),
        log.replacen("samspor-log/2", "samspor-log/9", 1),
        String::new(),
    ] {
        let refused = imported(&region, &copy, &bad, None).await;
        assert!(
            matches!(
                refused,
                Err(ImportError::Misfit(_) | ImportError::Line { .. })
            ),
            "{refused:?}"
        );
    }
    let refused = imported(&region, &copy, &log, Some((&keys, "feil"))).await;
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
async fn a_file_in_the_format_before_is_read() {
    let (region, ..) = filled().await;
    let (log, _) = exported(&region, "rett").await;
    let before = log.lines().map(|line| {
        let mut line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).expect("is JSON");
        for added in ["events", "head", "digest"] {
            line.remove(added);
        }
        if line.contains_key("format") {
            line.insert("format".to_owned(), "samspor/1".into());
        }
        serde_json::to_string(&line).expect("is JSON")
    });
    let before = joined(&before.collect::<Vec<_>>());
    let copy = open_tenant(&region.store, "kopi").await;
    let done = imported(&region, &copy, &before, None)
        .await
        .expect("imports");
    assert_eq!(done, (23, region.head().await.hash));
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
        (
            "UPDATE heads SET (position, hash) = (SELECT position, hash FROM events WHERE position = 22)",
            23,
        ),
        ("DELETE FROM abouts WHERE position = 8", 8),
        (
            "INSERT INTO abouts SELECT tenant_id, gen_random_uuid(), 5 FROM tenants",
            5,
        ),
        (
            "INSERT INTO abouts SELECT tenant_id, gen_random_uuid(), 99 FROM tenants",
            99,
        ),
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

/// The program on a region's database, with a data folder of its own that is removed in the end.
struct Program {
    url: String,
    data: PathBuf,
}

impl Program {
    fn on(region: &Region) -> Self {
        let data = std::env::temp_dir().join(format!("samspor-program-{}", new_id()));
        std::fs::create_dir_all(&data).expect("can be made");
        // The key that the region was opened with.
        let master = hex::encode([7; 32]);
        std::fs::write(data.join("master.key"), master).expect("can be written");
        Self {
            url: region.url.clone(),
            data,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samspor"));
        command
            .args(arguments)
            .arg("--data")
            .arg(&self.data)
            .env("DATABASE_URL", &self.url)
            .env("SAMSPOR_PASSPHRASE", "rett");
        command
    }

    /// Exit code, and what it said.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().expect("runs");
        let said = [stdout, stderr].concat();
        let said = String::from_utf8(said).expect("is text");
        (status.code().expect("ends by itself"), said)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.data.join(name);
        std::fs::write(&path, text).expect("can be written");
        path.display().to_string()
    }

    /// What it wrote, which has to work.
    fn wrote(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    /// A key, its public half, and a checkpoint of the region as it is.
    fn checkpoint(&self, slug: &str) -> (String, String) {
        let key = self.data.join(format!("{slug}.key")).display().to_string();
        let public = self.wrote(&["checkpoint", "new-key", &key]);
        let checkpoint = self.wrote(&["checkpoint", slug, "--key", &key]);
        let file = self.file(&format!("{slug}.checkpoint"), &checkpoint);
        (file, public.trim().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.data).ok();
    }
}

#[tokio::test]
async fn the_program_finds_every_way_to_tamper_with_a_file() {
    let (region, ..) = filled().await;
    let program = Program::on(&region);
    let log = program.wrote(&["export", "nordmore"]);
    let (checkpoint, public) = program.checkpoint("nordmore");
    let whole = lines(&log);
    let verified = |text: &str, more: &[&str]| {
        let file = program.file("log.jsonl", text);
        program.run(&[&["verify", &file], more].concat())
    };
    let signed = ["--checkpoint", &checkpoint, "--public-key", &public];
    let (code, said) = verified(&log, &signed);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("23 events") && said.contains("position 23, signed"),
        "{said}"
    );

    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = whole.clone();
        change(&mut lines);
        joined(&lines)
    };
    for (what, bad, position) in [
        (
            "edited",
            with(&|lines| lines[9] = lines[9].replace("Ytre", "Indre")),
            9,
        ),
        ("deleted", with(&|lines| drop(lines.remove(12))), 12),
        (
            "inserted",
            with(&|lines| lines.insert(15, whole[14].clone())),
            15,
        ),
        ("reordered", with(&|lines| lines.swap(17, 18)), 17),
        ("truncated", with(&|lines| lines.truncate(21)), 21),
    ] {
        let (code, said) = verified(&bad, &[]);
        assert_eq!(code, 1, "{what}: {said}");
        assert!(
            said.contains(&format!("position {position} does not fit")),
            "{what}: {said}"
        );
    }

    // Cut off with a first line to match: it fits in itself, and only the checkpoint tells.
    let last: serde_json::Value = serde_json::from_str(&whole[20]).expect("is JSON");
    let shorter = with(&|lines| {
        lines.truncate(21);
        let mut first: serde_json::Value = serde_json::from_str(&lines[0]).expect("is JSON");
        first["events"] = 20.into();
        first["head"] = last["hash"].clone();
        lines[0] = first.to_string();
    });
    assert_eq!(verified(&shorter, &[]).0, 0);
    let (code, said) = verified(&shorter, &signed);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("position 21 does not fit: the log ends before the checkpoint"),
        "{said}"
    );

    let (code, said) = verified(
        &log,
        &[
            "--checkpoint",
            &checkpoint,
            "--public-key",
            &"0f".repeat(32),
        ],
    );
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("signed with another key"), "{said}");
    let text = std::fs::read_to_string(&checkpoint).expect("reads");
    let forged = program.file(
        "forged",
        &text.replace("\"position\":23", "\"position\":22"),
    );
    let (code, said) = verified(&log, &["--checkpoint", &forged]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("its signature does not fit"), "{said}");
}

#[tokio::test]
async fn the_program_finds_what_was_done_to_the_database() {
    let (region, ..) = filled().await;
    let program = Program::on(&region);
    let other = open_tenant(&region.store, "anna").await;
    let executor = region.executors.of(other.tenant()).await.expect("starts");
    for _ in 0..25 {
        let done = executor.submit(order(register(organisation()))).await;
        done.expect("is accepted");
    }
    let (checkpoint, _) = program.checkpoint("nordmore");
    let (code, said) = program.run(&["verify", "nordmore", "--checkpoint", &checkpoint]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = program.run(&["verify", "anna", "--checkpoint", &checkpoint]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("is of another log"), "{said}");

    let mut superuser = region.superuser().await;
    let mut tamper = async |sql: String| {
        let done = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut superuser)
            .await;
        done.expect("tampers")
    };
    tamper("ALTER TABLE events DISABLE TRIGGER USER".to_owned()).await;
    let (a, b) = (region.tenant.id, other.id);

    // One byte of one payload.
    let flip = format!(
        "UPDATE events SET payload = replace(payload, 'Ytre', 'Ztre') WHERE tenant_id = '{a}' AND position = 13"
    );
    tamper(flip).await;
    let (code, said) = program.run(&["verify", "nordmore"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("nordmore: position 13 does not fit"),
        "{said}"
    );
    let (code, said) = program.run(&["verify"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("anna ok") && said.contains("position 13 does not fit"),
        "{said}"
    );
    let key = program.data.join("nordmore.key").display().to_string();
    let (code, said) = program.run(&["checkpoint", "nordmore", "--key", &key]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("nothing was signed"), "{said}");

    // Rewritten from there on, with all hashes and the head: it fits in itself.
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let head = scope.head().await.expect("reads");
    let mut hash = chain::GENESIS;
    for row in scope.rows_after(0, 1_000).await.expect("reads") {
        hash = chain::next(head.log_id, &hash, &row);
        let hash = hex::encode(hash);
        tamper(format!(
            "UPDATE events SET hash = '\\x{hash}' WHERE tenant_id = '{a}' AND position = {}",
            row.position
        ))
        .await;
    }
    drop(scope);
    tamper(format!(
        "UPDATE heads SET hash = '\\x{}' WHERE tenant_id = '{a}'",
        hex::encode(hash)
    ))
    .await;
    let (code, said) = program.run(&["verify", "nordmore"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = program.run(&["verify", "nordmore", "--checkpoint", &checkpoint]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("does not pass through the checkpoint"),
        "{said}"
    );

    // Two logs that changed places, first their events, then all that is kept of them.
    let swap = |table: &str| {
        let swapped = format!("CASE tenant_id WHEN '{a}' THEN '{b}'::uuid ELSE '{a}'::uuid END");
        format!(
            "CREATE TEMP TABLE moved AS SELECT * FROM {table}; DELETE FROM {table};
             UPDATE moved SET tenant_id = {swapped}; INSERT INTO {table} SELECT * FROM moved; DROP TABLE moved"
        )
    };
    tamper(swap("events")).await;
    let (code, said) = program.run(&["verify", "nordmore"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("position 1 does not fit"), "{said}");
    for table in ["heads", "abouts"] {
        tamper(swap(table)).await;
    }
    let (code, said) = program.run(&["verify", "nordmore", "--chain-only"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = program.run(&["verify", "nordmore", "--checkpoint", &checkpoint]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("is of another log"), "{said}");
}

#[tokio::test]
async fn a_part_of_a_log_verifies_gives_nothing_else_away_and_is_not_imported() {
    let (region, gudrun, _) = filled().await;
    let program = Program::on(&region);
    let (checkpoint, public) = program.checkpoint("nordmore");
    let gudrun = gudrun.to_string();
    open_tenant(&region.store, "kopi").await;
    let only_gudrun = program.wrote(&["export", "nordmore", "--about", &gudrun]);
    let with_envelopes = program.wrote(&[
        "export",
        "nordmore",
        "--about",
        &gudrun,
        "--positions",
        "5-6",
        "--envelopes",
    ]);
    assert!(!only_gudrun.contains("Ytre") && !only_gudrun.contains("organisation"));
    assert_eq!(with_envelopes.matches("Ytre").count(), 2);
    assert_eq!(
        with_envelopes.matches("organisation.registered.v1").count(),
        20
    );
    for (part, whole, withheld) in [(&only_gudrun, 2, 21), (&with_envelopes, 4, 19)] {
        assert!(!part.contains(NAME) && !part.contains(WORDS) && !part.contains("digest"));
        assert_eq!(part.matches("\"payload\"").count(), whole);
        assert_eq!(
            part.matches("\"salt\"").count(),
            whole,
            "a salt would let one guess"
        );
        let file = program.file("part.jsonl", part);
        let signed = ["--checkpoint", &checkpoint, "--public-key", &public];
        let (code, said) = program.run(&[&["verify", file.as_str()], signed.as_slice()].concat());
        assert_eq!(code, 0, "{said}");
        assert!(
            said.contains(&format!("23 events, {withheld} of them withheld")),
            "{said}"
        );
        let (code, said) = program.run(&["import", "kopi", &file]);
        assert_eq!(code, 2, "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("only a part of the log"), "{said}");
        // What is shown, and what is withheld, are held to the chain alike.
        let mut bad = lines(part);
        let first_seen = 1 + bad[1..]
            .iter()
            .position(|line| line.contains("payload"))
            .expect("is there");
        let withheld = 1 + bad[1..]
            .iter()
            .position(|line| !line.contains("payload"))
            .expect("is there");
        bad[first_seen] = bad[first_seen].replace("event", "evant");
        let file = program.file("bad.jsonl", &joined(&bad));
        let (code, said) = program.run(&["verify", &file]);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains(&format!("position {first_seen} does not fit")),
            "{said}"
        );
        let mut bad = lines(part);
        bad.remove(withheld);
        let file = program.file("bad.jsonl", &joined(&bad));
        let (code, said) = program.run(&["verify", &file]);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains(&format!("position {withheld} does not fit")),
            "{said}"
        );
    }
}

#[tokio::test]
async fn the_program_takes_bad_input_with_one_sentence() {
    let (region, ..) = filled().await;
    let program = Program::on(&region);
    let key = program.data.join("a.key").display().to_string();
    program.wrote(&["checkpoint", "new-key", &key]);
    let no_log = program.file("no.jsonl", "{}\n");
    let open_key = program.file("open.key", "samspor-signing-key/1 00\n");
    for arguments in [
        vec!["checkpoint", "new-key", &key],
        vec!["checkpoint", "nordmore"],
        vec!["checkpoint", "nordmore", "--key", &open_key],
        vec!["checkpoint", "ingen", "--key", &key],
        vec!["verify", "nordmore", "--checkpoint", &no_log],
        vec!["verify", "nordmore", "--checkpoint", "nowhere"],
        vec!["verify", &no_log],
        vec!["export", "nordmore", "--to", "24"],
        vec!["export", "nordmore", "--positions", "9-3"],
        vec!["export", "nordmore", "--about", "Ytre"],
        vec!["export", "nordmore", "--envelopes", "--with-keys", "keys"],
        vec!["import", "nordmore", &no_log],
    ] {
        let (code, said) = program.run(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert_eq!(said.trim().lines().count(), 1, "{arguments:?}: {said}");
    }
    let part = program.wrote(&["export", "nordmore", "--to", "7"]);
    assert_eq!(part.lines().count(), 8);
    let file = program.file("seven.jsonl", &part);
    assert!(program.wrote(&["verify", &file]).contains("7 events"));
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_nothing() {
    let region = Region::new().await;
    let program = Program::on(&region);
    let log = program.wrote(&["bench", "log", "--events", "20000"]);
    let file = program.file("log.jsonl", &log);
    let mut child = program
        .command(&["import", "nordmore", &file])
        .spawn()
        .expect("starts");
    let mut superuser = region.superuser().await;
    let mut landing = false;
    for _ in 0..2_000 {
        landing = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'samspor'
                              AND xact_start IS NOT NULL AND query LIKE '%land(%' AND pid <> pg_backend_pid())",
        )
        .fetch_one(&mut superuser)
        .await
        .expect("asks");
        if landing || child.try_wait().expect("asks").is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    child.kill().expect("is killed");
    let status = child.wait().expect("ends");
    assert!(
        landing && status.code().is_none(),
        "it was killed in the middle"
    );
    assert_eq!(region.head().await.position, 0);
    assert!(program.wrote(&["verify", "nordmore"]).contains("0 events"));
    let said = program.wrote(&["import", "nordmore", &file]);
    assert!(said.contains("20000 events"), "{said}");
    assert!(
        program
            .wrote(&["verify", "nordmore"])
            .contains("20000 events")
    );
    let again = program.wrote(&["export", "nordmore"]);
    let hashes = |log: &str| -> Vec<String> {
        let hash = |line: &str| {
            line.split("\"hash\":")
                .nth(1)
                .map(|rest| rest[..66].to_owned())
        };
        log.lines().filter_map(hash).collect()
    };
    assert_eq!(hashes(&again).len(), 20_000);
    assert_eq!(hashes(&again), hashes(&log));
}

#[tokio::test]
async fn memory_does_not_grow_with_the_log() {
    let region = Region::new().await;
    let program = Program::on(&region);
    // More than are under way at once in both, so that what is measured is the log and not the start.
    let peaks = |events: &str| -> Vec<(String, i64)> {
        let said = program.wrote(&["bench", "transfer", "--events", events, "--json"]);
        said.lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).expect("is JSON");
                let peak = line["figures"]["peak_memory_kb"]
                    .as_i64()
                    .expect("is measured");
                (line["what"].as_str().expect("is named").to_owned(), peak)
            })
            .collect()
    };
    let (small, large) = (peaks("3000"), peaks("18000"));
    assert_eq!(small.len(), 4);
    // 15,000 events more are some 11 MB as lines, and several times that as rows ready to land.
    for ((what, small), (_, large)) in small.into_iter().zip(large) {
        assert!(small > 1_000, "{what}: {small} kB were measured");
        assert!(
            large - small < 8_000,
            "{what} grew from {small} kB to {large} kB"
        );
    }
}
