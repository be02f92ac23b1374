//! What the event store promises: nothing lost, nothing doubled, no gap, one order, whoever writes.

use crate::helpers::{
    Region, enter, order, organisation, person, register, rename, submission, written,
};
use domain::ids::TextId;
use domain::network::command::NetworkCommand;
use domain::network::event::NetworkKind;
use domain::rejection::Rejection;
use domain::text::{Name, Prose};
use server::executor::{Accepted, CommandError, Executor};
use server::transfer::verify::{Verified, verify};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Sends so many renames of one school and answers what was accepted.
async fn rename_often(
    executor: Executor,
    school: domain::ids::OrganisationId,
    who: usize,
    times: usize,
) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    for n in 0..times {
        let to = rename(school, &format!("Skole {who}-{n}"));
        accepted.push(executor.submit(order(to)).await.expect("is accepted"));
    }
    accepted
}

async fn assert_gapless(region: &Region, events: u64) {
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let rows = scope.rows_after(0, i64::MAX).await.expect("reads");
    let positions: Vec<u64> = rows.iter().map(|row| row.position.unsigned_abs()).collect();
    assert_eq!(positions, (1..=events).collect::<Vec<_>>());
    assert!(
        rows.windows(2)
            .all(|two| two[0].recorded_at <= two[1].recorded_at),
        "time never goes backwards"
    );
    let verified = verify(&region.store, &region.tenant).await.expect("reads");
    let head = region.head().await.hash;
    assert_eq!(
        verified,
        Verified::Fits {
            events: i64::try_from(events).expect("few"),
            head
        }
    );
}

#[tokio::test]
async fn what_is_accepted_is_in_the_log() {
    let region = Region::new().await;
    let school = organisation();
    let accepted = region
        .executor()
        .await
        .submit(order(register(school)))
        .await
        .expect("is accepted");
    assert_eq!(
        (accepted.first_position, accepted.events, accepted.position),
        (1, 1, 1)
    );
    assert_gapless(&region, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_on_one_stream_through_two_processes_lose_and_double_nothing() {
    const WRITERS: usize = 16;
    const TIMES: usize = 12;
    let region = Region::new().await;
    let executors = [region.executor().await, {
        let another = region.another_process().await;
        another.of(region.id()).await.expect("starts")
    }];
    let school = organisation();
    executors[0]
        .submit(order(register(school)))
        .await
        .expect("is accepted");
    let tasks: Vec<_> = (0..WRITERS)
        .map(|who| tokio::spawn(rename_often(executors[who % 2].clone(), school, who, TIMES)))
        .collect();
    let mut positions = BTreeSet::new();
    for task in tasks {
        let accepted = task.await.expect("does not panic");
        assert_eq!(accepted.len(), TIMES);
        positions.extend(accepted.iter().map(|one| one.position));
    }
    assert_eq!(
        positions,
        (2..=(WRITERS * TIMES + 1) as u64).collect(),
        "each command has a place of its own"
    );
    assert_gapless(&region, (WRITERS * TIMES + 1) as u64).await;
    // Each rename says which name it took away, so a decision on an old state would show.
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let rows = scope
        .rows_of_streams(&[school.into()], u64::MAX >> 1)
        .await
        .expect("reads");
    let mut name = "Ytre skole".to_owned();
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.version as usize, index + 1);
        let event: serde_json::Value =
            serde_json::from_str(row.payload().expect("is one").event.get()).expect("is JSON");
        if let Some(from) = event.get("from") {
            assert_eq!(
                from,
                name.as_str(),
                "version {} was decided on the version before",
                row.version
            );
            name = event["to"].as_str().expect("has a new name").to_owned();
        }
    }
}

#[tokio::test]
async fn an_overtaken_executor_reads_what_it_missed_and_decides_again() {
    let region = Region::new().await;
    let ours = region.executor().await;
    let theirs = region
        .another_process()
        .await
        .of(region.id())
        .await
        .expect("starts");
    let (first, second) = (organisation(), organisation());
    ours.submit(order(register(first)))
        .await
        .expect("is accepted");
    // Ours still stands at 1 when theirs lands.
    theirs
        .submit(order(register(second)))
        .await
        .expect("is accepted");
    theirs
        .submit(order(rename(first, "Indre skole")))
        .await
        .expect("is accepted");
    // A refusal on what ours knows would be wrong: it has not heard of the second school.
    let renamed = ours
        .submit(order(rename(second, "Øvre skole")))
        .await
        .expect("is accepted");
    assert_eq!(renamed.position, 4);
    // And an acceptance would be wrong: the first one is called so already.
    theirs
        .submit(order(rename(second, "Nedre skole")))
        .await
        .expect("is accepted");
    let again = ours.submit(order(rename(second, "Nedre skole"))).await;
    assert_eq!(again, Err(CommandError::Refused(Rejection::SameName)));
    assert_gapless(&region, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_each_gets_its_share() {
    const CALLERS: usize = 8;
    const MEASURED: Duration = Duration::from_secs(2);
    let region = Region::new().await;
    let until = Instant::now() + MEASURED;
    let process = async || {
        let executor = region
            .another_process()
            .await
            .of(region.id())
            .await
            .expect("starts");
        let mut callers = Vec::new();
        for _ in 0..CALLERS {
            let executor = executor.clone();
            callers.push(tokio::spawn(async move {
                let mut landed = 0_u64;
                // Only what lands while both are at it counts: who starves meanwhile has nothing to show.
                while Instant::now() < until {
                    let order = order(register(organisation()));
                    executor.submit(order).await.expect("is accepted");
                    landed += 1;
                }
                landed
            }));
        }
        let mut landed = 0;
        for caller in callers {
            landed += caller.await.expect("does not panic");
        }
        landed
    };
    let (ours, theirs) = tokio::join!(process(), process());
    assert!(
        ours.min(theirs) * 5 >= ours + theirs,
        "one landed {ours}, the other {theirs}"
    );
    assert_gapless(&region, ours + theirs).await;
}

#[tokio::test]
async fn the_longest_text_is_sealed_and_lands() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let text = TextId(crate::helpers::new_id());
    // Of the widest characters there are, as many as a text may have; one more is no text.
    let longest = "𝄞".repeat(domain::limits::TEXT_CHARS_MAX);
    assert!(domain::text::Words::parse(&format!("{longest}𝄞")).is_err());
    let mut propose = submission(NetworkCommand::Propose {
        network: domain::ids::NetworkId(crate::helpers::new_id()),
        called: Name::parse("Leiarnettverk").expect("is a name"),
        kind: NetworkKind::LeaderNetwork,
        purpose: Prose(text),
        parent: None,
    });
    propose.texts.push(written(text, &longest));
    executor.submit(order(propose)).await.expect("is accepted");
    let opened = server::open::open(&region.store, region.id(), &[text], &[])
        .await
        .expect("opens");
    assert_eq!(opened.words[&text].as_deref(), Some(longest.as_str()));
    let mut scope = region.store.reading(region.id()).await.expect("begins");
    let row = scope.rows_after(0, 1).await.expect("reads").remove(0);
    let bytes = row.payload.len();
    assert!(
        bytes > longest.len() && bytes < domain::limits::PAYLOAD_BYTES_MAX,
        "{bytes}"
    );
    drop(scope);
    assert_gapless(&region, 1).await;
}

#[tokio::test]
async fn the_same_command_twice_gets_the_first_answer() {
    let region = Region::new().await;
    let ours = region.executor().await;
    let theirs = region
        .another_process()
        .await
        .of(region.id())
        .await
        .expect("starts");
    let command = register(organisation());
    let answers = tokio::join!(
        ours.submit(order(command.clone())),
        ours.submit(order(command.clone())),
        theirs.submit(order(command.clone())),
        theirs.submit(order(command.clone())),
    );
    let first = Accepted {
        first_position: 1,
        events: 1,
        position: 1,
    };
    assert_eq!(answers, (Ok(first), Ok(first), Ok(first), Ok(first)));
    // And later, when the state no longer allows it.
    assert_eq!(ours.submit(order(command)).await, Ok(first));
    assert_gapless(&region, 1).await;
}

#[tokio::test]
async fn another_command_with_the_same_id_is_an_error() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let command = register(organisation());
    let mut another = register(organisation());
    another.id = command.id;
    executor.submit(order(command)).await.expect("is accepted");
    assert_eq!(
        executor.submit(order(another)).await,
        Err(CommandError::OtherContent)
    );
    assert_gapless(&region, 1).await;
}

#[tokio::test]
async fn a_refused_command_is_not_remembered() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let school = organisation();
    let too_early = rename(school, "Indre skole");
    let refused = executor.submit(order(too_early.clone())).await;
    assert_eq!(
        refused,
        Err(CommandError::Refused(Rejection::UnknownOrganisation))
    );
    executor
        .submit(order(register(school)))
        .await
        .expect("is accepted");
    assert_eq!(
        executor
            .submit(order(too_early))
            .await
            .expect("is accepted now")
            .position,
        2
    );
}

#[tokio::test]
async fn one_bad_command_hurts_only_itself() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let mut pending = Vec::new();
    for n in 0..7 {
        let mut command = register(organisation());
        if n == 3 {
            // A moment that the domain can hold and Postgres cannot.
            command.occurred_at = chrono::DateTime::from_timestamp(-6_000_000_000_000, 0);
            assert!(command.occurred_at.is_some());
        }
        pending.push(executor.enqueue(order(command)).await.expect("is queued"));
    }
    let mut answers = Vec::new();
    for one in pending {
        answers.push(one.answer().await.map(|accepted| accepted.position));
    }
    let bad = Err(CommandError::Internal);
    assert_eq!(answers, [Ok(1), Ok(2), Ok(3), bad, Ok(4), Ok(5), Ok(6)]);
    assert_gapless(&region, 6).await;
}

#[tokio::test]
async fn orders_of_one_caller_are_decided_in_their_order() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let school = organisation();
    let mut pending = vec![
        executor
            .enqueue(order(register(school)))
            .await
            .expect("is queued"),
    ];
    for n in 0..600 {
        let to = rename(school, &format!("Skole {n}"));
        pending.push(executor.enqueue(order(to)).await.expect("is queued"));
    }
    for (index, one) in pending.into_iter().enumerate() {
        assert_eq!(
            one.answer().await.expect("is accepted").position,
            index as u64 + 1
        );
    }
    assert_gapless(&region, 601).await;
}

#[tokio::test]
async fn words_and_names_open_again_and_a_text_is_written_once() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let (kari, text) = (person(), TextId(crate::helpers::new_id()));
    executor
        .submit(order(enter(kari, "Kari Øvrebø")))
        .await
        .expect("is accepted");
    let propose = |text| {
        submission(NetworkCommand::Propose {
            network: domain::ids::NetworkId(crate::helpers::new_id()),
            called: Name::parse("Leiarnettverk").expect("is a name"),
            kind: NetworkKind::LeaderNetwork,
            purpose: Prose(text),
            parent: None,
        })
    };
    let without_words = executor.submit(order(propose(text))).await;
    assert_eq!(
        without_words,
        Err(CommandError::Refused(Rejection::WordsMissing))
    );
    let mut command = propose(text);
    command.texts.push(written(text, "Å lære av hverandre"));
    executor.submit(order(command)).await.expect("is accepted");
    let mut under_the_same_id = propose(text);
    under_the_same_id.texts.push(written(text, "Noko anna"));
    let again = executor.submit(order(under_the_same_id)).await;
    assert_eq!(
        again,
        Err(CommandError::Refused(Rejection::AlreadyRegistered))
    );
    // A text that is known needs no words.
    executor
        .submit(order(propose(text)))
        .await
        .expect("is accepted");
    let rename = {
        let mut rename = submission(domain::person::PersonCommand::Rename { person: kari });
        rename.names = enter(kari, "Kari Nilsen").names;
        rename
    };
    executor.submit(order(rename)).await.expect("is accepted");
    let opened = server::open::open(&region.store, region.id(), &[text], &[kari])
        .await
        .expect("opens");
    assert_eq!(opened.words[&text].as_deref(), Some("Å lære av hverandre"));
    assert_eq!(opened.names[&kari].as_deref(), Some("Kari Nilsen"));
    let mut scope = region.store.writing(region.id()).await.expect("begins");
    scope.destroy_text_key(text).await.expect("is destroyed");
    scope.destroy_person_key(kari).await.expect("is destroyed");
    scope.commit().await.expect("commits");
    let opened = server::open::open(&region.store, region.id(), &[text], &[kari])
        .await
        .expect("opens");
    assert_eq!(
        (opened.words[&text].clone(), opened.names[&kari].clone()),
        (None, None)
    );
    assert_gapless(&region, 4).await;
}
