//! Work on all cores whose results are taken in order.

use std::collections::VecDeque;
use tokio::task::JoinHandle;

/// How many pieces of work are under way at once: one for each core, and one that waits to be taken.
fn width() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

/// Begins pieces of work until `begin` has none left, and gives their results to `take` in the order they were begun.
///
/// # Errors
/// The first in that order; what is still under way is let go.
pub async fn in_order<T, E>(
    mut begin: impl FnMut() -> Result<Option<JoinHandle<Result<T, E>>>, E>,
    mut take: impl AsyncFnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let mut under_way = VecDeque::new();
    let mut failed = None;
    let mut more = true;
    loop {
        while more && under_way.len() < width() {
            match begin() {
                Ok(Some(work)) => under_way.push_back(work),
                Ok(None) => more = false,
                // What came before may be wrong as well, and then that is the first error.
                Err(error) => (failed, more) = (Some(error), false),
            }
        }
        let Some(work) = under_way.pop_front() else {
            return failed.map_or(Ok(()), Err);
        };
        let result = match work.await {
            Ok(result) => result?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        take(result).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn results_come_in_order_and_few_are_under_way() {
        let (mut n, under_way) = (0, Arc::new(AtomicUsize::new(0)));
        let begin = || {
            n += 1;
            let (number, under_way) = (n, Arc::clone(&under_way));
            assert!(under_way.fetch_add(1, Ordering::SeqCst) < width());
            Ok((number <= 100).then(|| {
                tokio::task::spawn_blocking(move || {
                    std::thread::sleep(std::time::Duration::from_micros(number % 7 * 100));
                    if number == 90 {
                        Err(number)
                    } else {
                        Ok(number)
                    }
                })
            }))
        };
        let mut taken = Vec::new();
        let done = in_order(begin, async |number| {
            under_way.fetch_sub(1, Ordering::SeqCst);
            taken.push(number);
            Ok(())
        })
        .await;
        assert_eq!(done, Err(90));
        assert_eq!(taken, (1..90).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn an_error_in_reading_waits_for_what_was_read_before() {
        let mut n = 0;
        let begin = || {
            n += 1;
            match n {
                1 => Ok(Some(tokio::task::spawn_blocking(|| Ok(1)))),
                2 => Ok(Some(tokio::task::spawn_blocking(|| Err("the second")))),
                _ => Err("the file"),
            }
        };
        assert_eq!(in_order(begin, async |_| Ok(())).await, Err("the second"));
    }
}
