//! What happens when the way to Postgres is cut.

use crate::helpers::{Region, executors, master, order, organisation, register};
use server::store::Store;
use std::task::{Context, Poll};
use std::time::Duration;
use storm::proxy::{Cut, Proxy};

/// What stands in every landing of what is ordered here and in no read.
const LANDING: &str = "organisation.registered.v1";

async fn cut_once(cut: Cut) {
    let region = Region::new().await;
    let proxy = Proxy::before(&region.url, LANDING)
        .await
        .expect("a free port");
    let store = Store::attach(&proxy.url, master())
        .await
        .expect("the pool opens");
    let executor = executors(&store).of(region.id()).await.expect("starts");
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    proxy.arm(cut);
    let command = register(organisation());
    let accepted = executor
        .submit(order(command.clone()))
        .await
        .expect("is accepted in spite of it");
    assert_eq!(proxy.cuts(), 1, "the way was cut");
    assert_eq!((accepted.first_position, accepted.position), (2, 2));
    assert_eq!(region.head().await.position, 2, "it is in the log once");
    // Life goes on, and the same command gets the same answer.
    executor
        .submit(order(register(organisation())))
        .await
        .expect("is accepted");
    assert_eq!(executor.submit(order(command)).await, Ok(accepted));
    assert_eq!(region.head().await.position, 3);
}

#[tokio::test]
async fn a_landing_whose_reply_was_lost_is_found_in_the_log() {
    cut_once(Cut::Reply).await;
}

#[tokio::test]
async fn a_landing_that_never_arrived_is_landed_again() {
    cut_once(Cut::Request).await;
}

#[tokio::test]
async fn sessions_ended_by_an_administrator_cost_nothing() {
    let region = Region::new().await;
    let executor = region.executor().await;
    let mut superuser = region.superuser().await;
    for n in 0..30_u64 {
        if n % 5 == 0 {
            sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .execute(&mut superuser)
            .await
            .expect("sessions can be ended");
        }
        let accepted = executor
            .submit(order(register(organisation())))
            .await
            .expect("is accepted");
        assert_eq!(accepted.position, n + 1);
    }
    assert_eq!(region.head().await.position, 30);
}

/// Polls a beginning as often as told, then gives it up.
async fn give_up_after(polls: u32, region: &Region) {
    let mut beginning = std::pin::pin!(region.store.reading(region.id()));
    for _ in 0..polls {
        let once = |context: &mut Context<'_>| Poll::Ready(beginning.as_mut().poll(context));
        if std::future::poll_fn(once).await.is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_reader_that_gives_up_while_its_transaction_begins_leaves_no_transaction_behind() {
    let region = Region::new().await;
    let mut superuser = region.superuser().await;
    for polls in 1..=4 {
        give_up_after(polls, &region).await;
        // What is given back is looked after meanwhile, aside.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let held: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .fetch_one(&mut superuser)
        .await
        .expect("counts");
        assert_eq!(held, 0, "given up after {polls} polls");
    }
}
