//! To be forgotten, to withdraw a text, to see what there is about oneself; and keys that are replaced.

use crate::helpers::{
    Region, enter, executors, master, new_id, open_tenant, order, organisation, person, register,
    submission, written,
};
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::ids::{MeetingId, NetworkId, PersonId, SeatId, TextId};
use domain::meeting::command::MeetingCommand;
use domain::meeting::event::{ItemKind, ItemTitle, MeetingKind};
use domain::network::command::NetworkCommand;
use domain::network::event::{NetworkKind, NetworkRole, Vote};
use domain::person::{PersonCommand, WorkRole};
use domain::recorded::Position;
use domain::region::RegionCommand;
use domain::rejection::Rejection;
use domain::text::{Name, Named, PersonName, Prose};
use server::chance::OsChance;
use server::clock::{Clock, SystemClock};
use server::crypto::Key;
use server::executor::{CommandError, Executor, Order};
use server::privacy::{Eraser, list, my_data, reapply};
use server::store::rotate::Rotated;
use server::store::tenants::Tenant;
use server::store::{Store, StoreError};
use server::transfer::export::Export;
use server::transfer::import::{self, Keys};
use server::transfer::keys;
use server::transfer::verify::{Verified, verify};
use sqlx::{AssertSqlSafe, PgConnection};
use std::process::Output;
use std::sync::Arc;

const NAME: &str = "Sigrid Øverlandsmo";
const WORDS: &str = "Me prøver ut samtalar i par før neste møte";

async fn accept(executor: &Executor, submission: Submission) -> Position {
    let accepted = executor.submit(order(submission)).await;
    accepted.expect("is accepted").position
}

async fn refused(executor: &Executor, by: PersonId, command: impl Into<Command>) -> Rejection {
    let mut submission = submission(command);
    if let Command::WithdrawText { reason, .. } = &submission.command {
        submission.texts.push(written(reason.0, "Grunn"));
    }
    match executor
        .submit(Order::new(submission, Actor::Person(by)))
        .await
    {
        Err(CommandError::Refused(rejection)) => rejection,
        other => panic!("should be refused: {other:?}"),
    }
}

fn named(person: PersonId, name: &str) -> Submission {
    let mut rename = submission(PersonCommand::Rename { person });
    let name = PersonName::parse(name).expect("is a name");
    rename.names.push(Named { person, name });
    rename
}

fn proposed(network: NetworkId, text: TextId, words: &str) -> Submission {
    let mut propose = submission(NetworkCommand::Propose {
        network,
        called: Name::parse("Leiarnettverk").expect("is a name"),
        kind: NetworkKind::LeaderNetwork,
        purpose: Prose(text),
        parent: None,
    });
    propose.texts.push(written(text, words));
    propose
}

fn withdrawn(network: NetworkId, of: Position, text: TextId) -> Submission {
    let reason = TextId(new_id());
    let mut withdraw = submission(Command::WithdrawText {
        stream: network.into(),
        of,
        text,
        reason: Prose(reason),
    });
    withdraw.texts.push(written(reason, "Det nemner eit barn"));
    withdraw
}

async fn name_of(store: &Store, tenant: &Tenant, person: PersonId) -> Option<String> {
    let names = server::open::names(store, tenant.tenant(), &[person]).await;
    names.expect("opens")[&person].clone()
}

async fn words_of(store: &Store, tenant: &Tenant, text: TextId) -> Option<String> {
    let opened = server::open::open(store, tenant.tenant(), &[text], &[]).await;
    opened.expect("opens").words[&text].clone()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Columns in which some bytes lie, of all tables.
async fn holding(connection: &mut PgConnection, needle: &str) -> Vec<String> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT format('%I.%I', c.table_schema, c.table_name), quote_ident(c.column_name)
         FROM information_schema.columns AS c
         JOIN information_schema.tables AS t USING (table_schema, table_name)
         WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
           AND c.data_type IN ('text', 'bytea', 'json', 'jsonb', 'character varying', 'character', 'name', 'ARRAY')",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("the catalogue answers");
    assert!(columns.len() > 20, "{columns:?}");
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = format!(
            "SELECT EXISTS (SELECT FROM {table} WHERE position($1::bytea IN
             CASE WHEN pg_typeof({column}) = 'bytea'::regtype THEN {column}::text::bytea
                  ELSE convert_to({column}::text, 'UTF8') END) > 0)"
        );
        let holds: bool = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(needle.as_bytes())
            .fetch_one(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{table}.{column}: {error}"));
        if holds {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

async fn exported(region: &Region) -> (String, Vec<u8>) {
    let (mut log, mut file) = (String::new(), Vec::new());
    let export = Export::begin(&region.store, &region.tenant, None, None).await;
    let write = |text: &str| {
        log.push_str(text);
        Ok(())
    };
    let done = export.expect("begins").write(write).await;
    done.expect("exports");
    keys::export(&region.store, &region.tenant, "rett", &OsChance, &mut file)
        .await
        .expect("exports keys");
    (log, file)
}

async fn imported(region: &Region, slug: &str, log: &str, mut keys: &[u8]) -> Tenant {
    let copy = open_tenant(&region.store, slug).await;
    let keys = Some(Keys {
        file: &mut keys,
        passphrase: "rett",
    });
    import::import(&region.store, &copy, log.as_bytes(), keys, &OsChance)
        .await
        .expect("imports");
    let copy = region.store.find_tenant(slug).await;
    copy.expect("reads").expect("is there")
}

async fn fits(region: &Region, tenant: &Tenant) {
    let verified = verify(&region.store, tenant).await.expect("reads");
    assert!(matches!(verified, Verified::Fits { .. }), "{verified:?}");
}

async fn follow(region: &Region, store: &Store) {
    let eraser = Arc::new(Eraser::new(Arc::new(SystemClock)));
    let (store, clock) = (store.clone(), Arc::new(SystemClock));
    let settings = server::feed::Settings::default();
    let feed = server::feed::Feed::new(store, clock, new_id(), vec![eraser], settings);
    feed.runner().settle().await.expect("follows");
    feed.stop().await.expect("lets go");
    let all = region.store.followed().await.expect("reads");
    assert!(all.iter().all(|one| one.parked == 0), "{all:?}");
}

fn samspor(region: &Region, master: &str, arguments: &[&str]) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_samspor"))
        .args(["--database-url", &region.url])
        .args(arguments)
        .env("SAMSPOR_MASTER_KEY", master)
        .output()
        .expect("runs")
}

fn said(output: Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).expect("is text")
}

#[tokio::test]
async fn a_forgotten_person_has_no_name_anywhere_and_the_chain_verifies() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (sigrid, school) = (person(), organisation());
    accept(&executor, enter(sigrid, NAME)).await;
    accept(&executor, named(sigrid, "Sigrid Vik")).await;
    accept(&executor, named(sigrid, NAME)).await;
    accept(&executor, register(school)).await;
    let join = PersonCommand::Join {
        person: sigrid,
        organisation: school,
        role: WorkRole::Principal,
    };
    accept(&executor, submission(join)).await;
    // Somebody of the same name here, and somebody of the same name and id elsewhere.
    let namesake = person();
    accept(&executor, enter(namesake, "Sigrid Vik")).await;
    let other = open_tenant(&region.store, "jaeren").await;
    let elsewhere = region.executors.of(other.tenant()).await.expect("starts");
    accept(&elsewhere, enter(sigrid, NAME)).await;
    let (before, keys_before) = exported(&region).await;

    let now = SystemClock.now();
    let later = now + chrono::TimeDelta::hours(1);
    for (token, tenant) in [([1; 32], &region.tenant), ([2; 32], &other)] {
        let begun = region
            .store
            .begin_session(token, tenant.tenant(), sigrid, now, later);
        begun.await.expect("begins");
    }
    let kept = region
        .store
        .keep_draft(region.id(), new_id(), sigrid, NAME, now);
    kept.await.expect("is kept");
    let mut superuser = region.superuser().await;
    assert_eq!(holding(&mut superuser, NAME).await, ["public.drafts.body"]);

    let forget = submission(PersonCommand::Forget { person: sigrid });
    let at = accept(&executor, forget).await;
    assert_eq!(name_of(&region.store, &region.tenant, sigrid).await, None);
    assert_eq!(holding(&mut superuser, NAME).await, [""; 0]);
    fits(&region, &region.tenant).await;
    let session = async |token, slug: &str| {
        let found = region.store.session(token, slug, now).await;
        found.expect("reads")
    };
    assert_eq!(session([1; 32], &region.tenant.slug).await, None);
    let goes_on = session([2; 32], &other.slug).await;
    assert!(goes_on.is_some(), "elsewhere it goes on");
    let namesakes = name_of(&region.store, &region.tenant, namesake).await;
    assert_eq!(namesakes.as_deref(), Some("Sigrid Vik"));
    let there = name_of(&region.store, &other, sigrid).await;
    assert_eq!(there.as_deref(), Some(NAME));
    let listed = list(&region.store, &region.tenant).await.expect("reads");
    assert_eq!(
        (listed.len(), listed[0].id, listed[0].position),
        (1, sigrid.0, at)
    );
    assert_eq!(list(&region.store, &other).await.expect("reads"), []);

    // Nothing in an export, neither read as bytes nor opened elsewhere; nor with keys from before.
    let (log, keys) = exported(&region).await;
    assert!(log.starts_with(&before[..20]) && !log.contains(NAME));
    assert!(!String::from_utf8_lossy(&keys).contains(NAME));
    for (slug, keys) in [("kopi", &keys), ("eldre", &keys_before)] {
        let copy = imported(&region, slug, &log, keys).await;
        assert_eq!(name_of(&region.store, &copy, sigrid).await, None, "{slug}");
        let namesakes = name_of(&region.store, &copy, namesake).await;
        assert_eq!(namesakes.as_deref(), Some("Sigrid Vik"), "{slug}");
        fits(&region, &copy).await;
    }

    // What is left says where she worked, and when she was forgotten.
    let data = my_data(&region.store, &region.tenant, sigrid, now).await;
    let data = data.expect("reads");
    assert!(data.erased && data.names.len() == 3);
    assert!(data.names.iter().all(|one| one.name.is_none()));
    assert_eq!(data.workplaces[0].role, WorkRole::Principal);
    assert!(data.sessions.is_empty() && data.drafts.is_empty());
    let again = submission(PersonCommand::Forget { person: sigrid });
    let again = executor.submit(order(again)).await;
    assert_eq!(again, Err(CommandError::Refused(Rejection::PersonErased)));
    let renamed = executor.submit(order(named(sigrid, NAME))).await;
    assert_eq!(renamed, Err(CommandError::Refused(Rejection::PersonErased)));
}

#[tokio::test]
async fn who_may_be_forgotten_by_whom() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let [administrator, one, two] = [person(), person(), person()];
    for who in [administrator, one, two] {
        accept(&executor, enter(who, NAME)).await;
    }
    let name = RegionCommand::NameAdministrator {
        person: administrator,
    };
    accept(&executor, submission(name)).await;
    let forget = |person| PersonCommand::Forget { person };
    assert_eq!(
        refused(&executor, one, forget(two)).await,
        Rejection::NotPermitted
    );
    for (by, whom) in [(one, one), (administrator, two)] {
        let order = Order::new(submission(forget(whom)), Actor::Person(by));
        executor.submit(order).await.expect("is accepted");
        assert_eq!(name_of(&region.store, &region.tenant, whom).await, None);
    }
    // Whoever was forgotten is nobody.
    assert_eq!(
        refused(&executor, one, forget(administrator)).await,
        Rejection::NotPermitted
    );
    assert_eq!(
        refused(&executor, administrator, forget(administrator)).await,
        Rejection::LastAdministrator
    );
    let kept = name_of(&region.store, &region.tenant, administrator).await;
    assert_eq!(kept.as_deref(), Some(NAME));
}

#[tokio::test]
async fn a_withdrawn_text_is_gone_and_the_chain_verifies() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (network, text, other) = (NetworkId(new_id()), TextId(new_id()), TextId(new_id()));
    let of = accept(&executor, proposed(network, text, WORDS)).await;
    let beside = NetworkId(new_id());
    accept(&executor, proposed(beside, other, WORDS)).await;
    let withdraw = withdrawn(network, of, text);
    let at = accept(&executor, withdraw.clone()).await;
    assert_eq!(words_of(&region.store, &region.tenant, text).await, None);
    let kept = words_of(&region.store, &region.tenant, other).await;
    assert_eq!(kept.as_deref(), Some(WORDS));
    fits(&region, &region.tenant).await;
    assert_eq!(accept(&executor, withdraw).await, at, "the first answer");
    let again = executor.submit(order(withdrawn(network, of, text))).await;
    assert_eq!(
        again,
        Err(CommandError::Refused(Rejection::AlreadyWithdrawn))
    );
    let elsewhere = executor.submit(order(withdrawn(beside, of, text))).await;
    assert_eq!(
        elsewhere,
        Err(CommandError::Refused(Rejection::UnknownEvent))
    );
}

/// A network with a leader and two members, and a meeting.
struct Scene {
    executor: Executor,
    meeting: MeetingId,
    people: [PersonId; 3],
}

async fn scene(region: &Region) -> Scene {
    let executor = region.executor().await;
    let (network, text) = (NetworkId(new_id()), TextId(new_id()));
    accept(&executor, proposed(network, text, "Kvifor")).await;
    accept(&executor, submission(NetworkCommand::Establish { network })).await;
    let people = [person(), person(), person()];
    for who in people {
        let school = organisation();
        accept(&executor, register(school)).await;
        accept(&executor, enter(who, NAME)).await;
        let seat = NetworkCommand::CreateSeat {
            network,
            seat: SeatId(new_id()),
            organisation: school,
            vote: Vote::Voting,
            person: Some(who),
        };
        accept(&executor, submission(seat)).await;
    }
    let lead = NetworkCommand::GiveRole {
        network,
        role: NetworkRole::Leader,
        person: people[0],
    };
    accept(&executor, submission(lead)).await;
    let meeting = MeetingId(new_id());
    let today = region.tenant.day(SystemClock.now());
    let plan = MeetingCommand::Plan {
        meeting,
        network,
        kind: MeetingKind::Ordinary,
        on: today + chrono::Days::new(30),
        starts: "09:00:00".parse().expect("is a time"),
        place: None,
        host: None,
        theme: None,
        previous: None,
    };
    accept(&executor, submission(plan)).await;
    Scene {
        executor,
        meeting,
        people,
    }
}

impl Scene {
    /// Puts a row with this title onto the agenda.
    async fn add(&self, by: PersonId, title: TextId, words: Option<&str>) -> Position {
        let mut add = submission(MeetingCommand::AddItem {
            meeting: self.meeting,
            item: domain::ids::ItemId(new_id()),
            kind: ItemKind::Discussion,
            title: ItemTitle::Own(Prose(title)),
            minutes: None,
            presenter: None,
        });
        add.texts.extend(words.map(|words| written(title, words)));
        let added = self.executor.submit(Order::new(add, Actor::Person(by)));
        added.await.expect("is accepted").position
    }

    fn withdraw(&self, of: Position, text: TextId) -> Command {
        Command::WithdrawText {
            stream: self.meeting.into(),
            of,
            text,
            reason: Prose(TextId(new_id())),
        }
    }
}

#[tokio::test]
async fn a_text_is_withdrawn_by_who_wrote_it_or_may_correct_and_not_by_who_refers_to_it() {
    let region = Region::new().await;
    let scene = scene(&region).await;
    let [leader, writer, other] = scene.people;
    let (first, second) = (TextId(new_id()), TextId(new_id()));
    let of_first = scene.add(writer, first, Some(WORDS)).await;
    let of_second = scene.add(writer, second, Some(WORDS)).await;
    // An event of one's own that refers to another's words does not make one their writer.
    let of_theirs = scene.add(other, first, None).await;
    for (of, expected) in [
        (of_first, Rejection::NotPermitted),
        (of_theirs, Rejection::UnknownText),
    ] {
        let withdraw = scene.withdraw(of, first);
        assert_eq!(refused(&scene.executor, other, withdraw).await, expected);
    }
    let kept = words_of(&region.store, &region.tenant, first).await;
    assert_eq!(kept.as_deref(), Some(WORDS));
    for (by, of, text) in [(writer, of_first, first), (leader, of_second, second)] {
        let mut withdraw = submission(scene.withdraw(of, text));
        if let Command::WithdrawText { reason, .. } = &withdraw.command {
            withdraw.texts.push(written(reason.0, "Grunn"));
        }
        let order = Order::new(withdraw, Actor::Person(by));
        scene.executor.submit(order).await.expect("is accepted");
        assert_eq!(words_of(&region.store, &region.tenant, text).await, None);
    }
}

/// Keeps keys from being destroyed.
const STOP: &str =
    "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'stopped'; END $$;
     CREATE TRIGGER stop BEFORE INSERT ON keys.erased EXECUTE FUNCTION stop()";

#[tokio::test]
async fn a_process_that_died_before_it_destroyed_the_key_is_made_up_for() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (sigrid, network, text) = (person(), NetworkId(new_id()), TextId(new_id()));
    accept(&executor, enter(sigrid, NAME)).await;
    let of = accept(&executor, proposed(network, text, WORDS)).await;
    // The event lands; between that and the key something is in the way.
    let mut superuser = region.superuser().await;
    run(&mut superuser, STOP).await;
    let forget = submission(PersonCommand::Forget { person: sigrid });
    let withdraw = withdrawn(network, of, text);
    for one in [&forget, &withdraw] {
        let told = executor.submit(order(one.clone())).await;
        assert_eq!(
            told,
            Err(CommandError::TryAgain),
            "nobody is told it is done"
        );
    }
    assert_eq!(region.head().await.position, of + 2, "both have landed");
    drop(executor);
    let name = name_of(&region.store, &region.tenant, sigrid).await;
    assert_eq!(name.as_deref(), Some(NAME));
    run(&mut superuser, "DROP TRIGGER stop ON keys.erased").await;
    // Another process follows.
    let other = Store::attach(&region.url, master()).await.expect("opens");
    follow(&region, &other).await;
    assert_eq!(name_of(&region.store, &region.tenant, sigrid).await, None);
    assert_eq!(words_of(&region.store, &region.tenant, text).await, None);
    assert_eq!(
        list(&region.store, &region.tenant)
            .await
            .expect("reads")
            .len(),
        2
    );
    let first = executors(&other).of(region.id()).await.expect("starts");
    assert_eq!(accept(&first, forget).await, of + 1, "the first answer");
    follow(&region, &other).await;
}

#[tokio::test]
async fn who_sends_the_command_again_finds_the_key_destroyed() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let sigrid = person();
    accept(&executor, enter(sigrid, NAME)).await;
    let mut superuser = region.superuser().await;
    run(&mut superuser, STOP).await;
    let forget = submission(PersonCommand::Forget { person: sigrid });
    let told = executor.submit(order(forget.clone())).await;
    assert_eq!(told, Err(CommandError::TryAgain));
    run(&mut superuser, "DROP TRIGGER stop ON keys.erased").await;
    assert_eq!(accept(&executor, forget).await, 2);
    assert_eq!(name_of(&region.store, &region.tenant, sigrid).await, None);
}

#[tokio::test]
async fn what_was_erased_is_destroyed_again_after_an_older_backup_of_the_keys() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (sigrid, kept, network, text) = (person(), person(), NetworkId(new_id()), TextId(new_id()));
    accept(&executor, enter(sigrid, NAME)).await;
    accept(&executor, enter(kept, "Kari Nes")).await;
    let of = accept(&executor, proposed(network, text, WORDS)).await;
    let mut superuser = region.superuser().await;
    run(
        &mut superuser,
        "CREATE TABLE old_persons AS TABLE keys.person_keys; CREATE TABLE old_texts AS TABLE keys.text_keys",
    )
    .await;
    let restore = "DELETE FROM keys.erased; DELETE FROM keys.person_keys; DELETE FROM keys.text_keys;
         INSERT INTO keys.person_keys TABLE old_persons; INSERT INTO keys.text_keys TABLE old_texts";
    accept(
        &executor,
        submission(PersonCommand::Forget { person: sigrid }),
    )
    .await;
    accept(&executor, withdrawn(network, of, text)).await;
    follow(&region, &region.store).await;
    let file = said(samspor(
        &region,
        &"07".repeat(32),
        &["privacy", "erased", "nordmore"],
    ));
    assert_eq!(file.lines().count(), 2);
    assert!(!file.contains(NAME) && file.contains(&sigrid.to_string()));

    run(&mut superuser, restore).await;
    let back = name_of(&region.store, &region.tenant, sigrid).await;
    assert_eq!(back.as_deref(), Some(NAME), "the backup has it");
    let now = SystemClock.now();
    let destroyed = reapply(&region.store, &region.tenant, &[], now).await;
    assert_eq!(destroyed.expect("applies"), 2, "as the log says");
    let gone = async || {
        assert_eq!(name_of(&region.store, &region.tenant, sigrid).await, None);
        assert_eq!(words_of(&region.store, &region.tenant, text).await, None);
        let others = name_of(&region.store, &region.tenant, kept).await;
        assert_eq!(others.as_deref(), Some("Kari Nes"));
    };
    gone().await;
    let again = reapply(&region.store, &region.tenant, &[], now).await;
    assert_eq!(again.expect("applies"), 0);

    // Where the log is as old as the keys, the list alone knows.
    let other = open_tenant(&region.store, "jaeren").await;
    let elsewhere = region.executors.of(other.tenant()).await.expect("starts");
    accept(&elsewhere, enter(sigrid, NAME)).await;
    let folder = std::env::temp_dir().join(format!("samspor-erased-{}", new_id()));
    std::fs::write(&folder, &file).expect("is written");
    let path = folder.to_str().expect("is text");
    let told = said(samspor(
        &region,
        &"07".repeat(32),
        &["privacy", "reapply", "jaeren", path],
    ));
    assert_eq!(told, "jaeren: destroyed 1 key\n");
    assert_eq!(name_of(&region.store, &other, sigrid).await, None);
    std::fs::write(&folder, "nothing\n").expect("is written");
    let wrong = samspor(
        &region,
        &"07".repeat(32),
        &["privacy", "reapply", "jaeren", path],
    );
    assert_eq!(wrong.status.code(), Some(2));
    std::fs::remove_file(&folder).expect("is removed");
    gone().await;
}

#[tokio::test]
async fn a_rotation_keeps_everything_readable_and_a_repeated_command_is_recognised() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (sigrid, gone, network, text) = (person(), person(), NetworkId(new_id()), TextId(new_id()));
    let first = enter(sigrid, NAME);
    let at = accept(&executor, first.clone()).await;
    accept(&executor, enter(gone, "Kari Nes")).await;
    accept(
        &executor,
        submission(PersonCommand::Forget { person: gone }),
    )
    .await;
    accept(&executor, proposed(network, text, WORDS)).await;
    let head = region.head().await;
    let wrapped = async || -> Vec<Vec<u8>> {
        sqlx::query_scalar(
            "SELECT wrapped FROM keys.person_keys WHERE wrapped IS NOT NULL
             UNION ALL SELECT wrapped FROM keys.text_keys UNION ALL SELECT wrapped FROM keys.region_keys",
        )
        .fetch_all(&mut region.superuser().await)
        .await
        .expect("reads")
    };
    let before = wrapped().await;
    for n in 0..2 {
        let told = said(samspor(
            &region,
            &"07".repeat(32),
            &["privacy", "rotate", "nordmore"],
        ));
        assert_eq!(
            told,
            "nordmore: has another key, and 2 keys wrapped by it\n"
        );
        assert_eq!(region.head().await, head, "events and chain are untouched");
        let name = name_of(&region.store, &region.tenant, sigrid).await;
        assert_eq!(name.as_deref(), Some(NAME));
        assert_eq!(name_of(&region.store, &region.tenant, gone).await, None);
        let words = words_of(&region.store, &region.tenant, text).await;
        assert_eq!(words.as_deref(), Some(WORDS));
        fits(&region, &region.tenant).await;
        // By who holds the key before, and by who begins with the new one.
        let fresh = region.another_process().await.of(region.id()).await;
        for executor in [&executor, &fresh.expect("starts")] {
            assert_eq!(accept(executor, first.clone()).await, at, "{n}");
            let mut other = enter(person(), NAME);
            other.id = first.id;
            let other = executor.submit(order(other)).await;
            assert_eq!(other, Err(CommandError::OtherContent), "{n}");
        }
    }
    let after = wrapped().await;
    assert_eq!((before.len(), after.len()), (3, 3));
    assert!(after.iter().all(|one| !before.contains(one)));
    // The log moves on with its rotated key, and repeats are known there too.
    let (log, keys) = exported(&region).await;
    let copy = imported(&region, "kopi", &log, &keys).await;
    let name = name_of(&region.store, &copy, sigrid).await;
    assert_eq!(name.as_deref(), Some(NAME));
    let executor = region.executors.of(copy.tenant()).await.expect("starts");
    assert_eq!(accept(&executor, first).await, at);
    accept(&executor, named(sigrid, "Sigrid Vik")).await;
    let name = name_of(&region.store, &copy, sigrid).await;
    assert_eq!(name.as_deref(), Some("Sigrid Vik"));
}

#[tokio::test]
async fn an_executor_that_holds_the_key_before_the_rotation_seals_nothing_with_it() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (sigrid, other) = (person(), person());
    accept(&executor, enter(sigrid, NAME)).await;
    for n in 0..3 {
        let rotated = region
            .store
            .rotate_region_key(region.id(), None, &OsChance)
            .await;
        assert!(matches!(rotated, Ok(Rotated::Anew { .. })), "{rotated:?}");
        // What seals a new text, what finds a person's key, what makes one: each meets it first once.
        let text = TextId(new_id());
        let name = format!("Sigrid Vik {n}");
        match n {
            0 => accept(&executor, proposed(NetworkId(new_id()), text, WORDS)).await,
            1 => accept(&executor, named(sigrid, &name)).await,
            _ => accept(&executor, enter(other, &name)).await,
        };
        match n {
            0 => assert_eq!(
                words_of(&region.store, &region.tenant, text)
                    .await
                    .as_deref(),
                Some(WORDS)
            ),
            1 => assert_eq!(
                name_of(&region.store, &region.tenant, sigrid).await,
                Some(name)
            ),
            _ => assert_eq!(
                name_of(&region.store, &region.tenant, other).await,
                Some(name)
            ),
        }
    }
    fits(&region, &region.tenant).await;
}

#[tokio::test]
async fn all_regions_move_to_another_master_key_also_in_two_goes() {
    let region = Region::new().await;
    let other = open_tenant(&region.store, "jaeren").await;
    let sigrid = person();
    accept(&region.executor().await, enter(sigrid, NAME)).await;
    let elsewhere = region.executors.of(other.tenant()).await.expect("starts");
    accept(&elsewhere, enter(sigrid, NAME)).await;
    let file = std::env::temp_dir().join(format!("samspor-master-{}", new_id()));
    let path = file.to_str().expect("is text");
    let rotate = ["privacy", "rotate", "--new-master-key", path];
    // Broken off after the first region.
    std::fs::write(&file, "09".repeat(32)).expect("is written");
    let new = Key::from_bytes([9; 32]);
    let first = region
        .store
        .rotate_region_key(other.tenant(), Some(&new), &OsChance)
        .await;
    assert_eq!(first.expect("rotates"), Rotated::Anew { keys: 1 });
    let told = said(samspor(&region, &"07".repeat(32), &rotate));
    assert!(
        told.starts_with(
            "jaeren: the new master key wraps its key already\nnordmore: has another key, and 1 key wrapped by it\n"
        ),
        "{told}"
    );
    let with_new = Store::attach(&region.url, Key::from_bytes([9; 32])).await;
    let with_new = with_new.expect("opens");
    for tenant in [&region.tenant, &other] {
        let name = name_of(&with_new, tenant, sigrid).await;
        assert_eq!(name.as_deref(), Some(NAME));
        let with_old = server::open::names(&region.store, tenant.tenant(), &[sigrid]).await;
        assert!(matches!(with_old, Err(StoreError::RegionKey)));
    }
    let both = ["privacy", "rotate", "nordmore", "--new-master-key", path];
    let both = samspor(&region, &"09".repeat(32), &both);
    assert_eq!(both.status.code(), Some(2));
    std::fs::remove_file(&file).expect("is removed");
    // A file that is not there is made, for its owner alone.
    said(samspor(&region, &"09".repeat(32), &rotate));
    let made = std::fs::read_to_string(&file).expect("was made");
    let shown = said(samspor(
        &region,
        made.trim(),
        &["privacy", "data", "nordmore", &sigrid.to_string()],
    ));
    assert!(shown.contains(NAME));
    std::fs::remove_file(&file).expect("is removed");
}

#[tokio::test]
async fn somebody_sees_everything_there_is_about_them_and_nothing_of_others() {
    let region = Region::new().await;
    let scene = scene(&region).await;
    let [leader, writer, other] = scene.people;
    let (mine, theirs) = (TextId(new_id()), TextId(new_id()));
    scene.add(writer, mine, Some(WORDS)).await;
    let secret = "Noko ein annan skreiv";
    scene.add(other, theirs, Some(secret)).await;
    let school = organisation();
    accept(&scene.executor, register(school)).await;
    for role in [WorkRole::Teacher, WorkRole::Principal] {
        let join = PersonCommand::Join {
            person: writer,
            organisation: school,
            role,
        };
        accept(&scene.executor, submission(join)).await;
    }
    for who in [leader, writer] {
        let name = RegionCommand::NameAdministrator { person: who };
        accept(&scene.executor, submission(name)).await;
    }
    let dismiss = RegionCommand::DismissAdministrator { person: writer };
    accept(&scene.executor, submission(dismiss)).await;
    accept(&scene.executor, named(writer, "Sigrid Vik")).await;
    let now = SystemClock.now();
    let later = now + chrono::TimeDelta::hours(1);
    let begun = region
        .store
        .begin_session([3; 32], region.id(), writer, now, later);
    begun.await.expect("begins");
    let data = my_data(&region.store, &region.tenant, writer, now).await;
    let data = data.expect("reads");
    let names: Vec<_> = data.names.iter().map(|one| one.name.as_deref()).collect();
    assert_eq!(names, [Some(NAME), Some("Sigrid Vik")]);
    let places: Vec<_> = data
        .workplaces
        .iter()
        .map(|one| (one.organisation, one.role, one.span.ended))
        .collect();
    assert_eq!(
        places,
        [
            (school, WorkRole::Teacher, true),
            (school, WorkRole::Principal, false)
        ]
    );
    assert_eq!((data.seats.len(), data.seats[0].span.ended), (1, false));
    assert!(data.roles.is_empty() && data.administrator[0].ended);
    assert_eq!((data.sessions.len(), data.erased), (1, false));
    let words: Vec<_> = data.events.iter().flat_map(|one| &one.wrote).collect();
    assert_eq!(words, [(&mine, &Some(WORDS.to_owned()))]);
    assert!(data.events.iter().all(|one| one.by_me || one.about_me));
    let shown = said(samspor(
        &region,
        &"07".repeat(32),
        &["privacy", "data", "nordmore", &writer.to_string()],
    ));
    assert!(shown.contains(WORDS) && !shown.contains(secret), "{shown}");
    let nobody = person().to_string();
    let wrong = samspor(
        &region,
        &"07".repeat(32),
        &["privacy", "data", "nordmore", &nobody],
    );
    assert_eq!(wrong.status.code(), Some(2));
}
