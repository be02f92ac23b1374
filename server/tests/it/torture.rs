//! Followers read while sixteen write and one transaction stays open: what a store that orders by a sequence loses, and
//! what Samspor does not. The same checker judges both.

use crate::helpers::{Region, order, organisation, register};
use server::executor::Accepted;
use server::feed::Feed;
use server::store::row::{EventRow, position};
use sqlx::{Connection, Executor as _, PgConnection};
use storm::check::{Entry, Fault, Positions, Told, follower_faults, log_faults};
use uuid::Uuid;

const WRITERS: u64 = 16;
const ORDERS: usize = 40;

fn entry(row: &EventRow) -> Entry {
    Entry {
        position: position(row.position),
        stream: row.stream_id,
        version: u64::try_from(row.version).expect("is from 1"),
        append: row.command_id,
    }
}

async fn append_by_sequence(connection: &mut PgConnection, n: u64) {
    sqlx::query("INSERT INTO by_sequence (stream, version, append) VALUES ($1, 1, $1)")
        .bind(Uuid::from_u128(n.into()))
        .execute(connection)
        .await
        .expect("is inserted");
}

/// What lies behind a position, as such a store's followers ask.
async fn by_sequence_after(connection: &mut PgConnection, after: i64) -> Vec<Entry> {
    let rows: Vec<(i64, Uuid, i64, Uuid)> = sqlx::query_as(
        "SELECT position, stream, version, append FROM by_sequence WHERE position > $1 ORDER BY position",
    )
    .bind(after)
    .fetch_all(connection)
    .await
    .expect("reads");
    let entry = |(position, stream, version, append): (i64, Uuid, i64, Uuid)| Entry {
        position: position.unsigned_abs(),
        stream,
        version: version.unsigned_abs(),
        append,
    };
    rows.into_iter().map(entry).collect()
}

/// The checker can say no: a slow writer has its number before others, and commits it after they were read.
#[tokio::test]
async fn a_store_that_orders_by_a_sequence_loses_an_event_for_its_follower() {
    let region = Region::new().await;
    let mut reader = region.superuser().await;
    reader
        .execute(
            "CREATE TABLE by_sequence (position bigserial PRIMARY KEY, stream uuid, version bigint, append uuid)",
        )
        .await
        .expect("is made");
    let mut slow = region.superuser().await;
    let mut open = slow.begin().await.expect("begins");
    append_by_sequence(&mut open, 1).await;
    for n in 2..=WRITERS {
        append_by_sequence(&mut region.superuser().await, n).await;
    }
    let mut delivered = by_sequence_after(&mut reader, 0).await;
    open.commit().await.expect("commits");
    let last = delivered.last().expect("something came").position;
    delivered.extend(by_sequence_after(&mut reader, i64::try_from(last).expect("is small")).await);
    let log = by_sequence_after(&mut reader, 0).await;
    let told: Vec<(Uuid, Told)> = log
        .iter()
        .map(|entry| {
            let (position, events) = (Some(entry.position), 1);
            (entry.append, Told::Accepted { position, events })
        })
        .collect();
    // The log itself is whole: only who follows it can tell.
    assert_eq!(log_faults(&told, &log, Positions::Gapless), []);
    assert_eq!(follower_faults(&log, &delivered), [Fault::NotDelivered(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_and_an_open_transaction_make_a_follower_miss_nothing() {
    let region = Region::new().await;
    let mut superuser = region.superuser().await;
    superuser
        .execute("CREATE TABLE elsewhere (n bigint)")
        .await
        .expect("is made");
    // Open all the time, and with a number of its own.
    let mut open = superuser.begin().await.expect("begins");
    open.execute("INSERT INTO elsewhere VALUES (1)")
        .await
        .expect("is inserted");
    let processes = [region.executors.clone(), region.another_process().await];
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let process = &processes[usize::try_from(n % 2).expect("is small")];
        let executor = process.of(region.id()).await.expect("starts");
        writers.push(tokio::spawn(async move {
            let mut told = Vec::new();
            for _ in 0..ORDERS {
                let submission = register(organisation());
                let id = submission.id.0;
                let accepted: Accepted = executor
                    .submit(order(submission))
                    .await
                    .expect("is accepted");
                let (position, events) = (Some(accepted.first_position), accepted.events);
                told.push((id, Told::Accepted { position, events }));
            }
            told
        }));
    }
    let end = u64::from(u32::try_from(ORDERS).expect("is small")) * WRITERS;
    let mut delivered: Vec<Entry> = Vec::new();
    while delivered.last().is_none_or(|last| last.position < end) {
        let after = delivered.last().map_or(0, |last| last.position);
        let page = Feed::page(&region.store, region.id(), after, 100).await;
        delivered.extend(page.expect("reads").iter().map(entry));
    }
    let mut told = Vec::new();
    for writer in writers {
        told.extend(writer.await.expect("ends"));
    }
    open.rollback().await.expect("is undone");
    let log = Feed::page(&region.store, region.id(), 0, i64::MAX)
        .await
        .expect("reads");
    let log: Vec<Entry> = log.iter().map(entry).collect();
    assert_eq!(log.len() as u64, end);
    assert_eq!(log_faults(&told, &log, Positions::Gapless), []);
    assert_eq!(follower_faults(&log, &delivered), []);
}
