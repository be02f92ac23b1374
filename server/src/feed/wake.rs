//! Telling and being told that logs have grown: inside the process at once, between processes by notifications that are
//! gathered and sent outside every landing.

use super::Feed;
use crate::executor::Landed;
use crate::store::StoreError;
use domain::ids::TenantId;
use domain::recorded::Position;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;
use uuid::Uuid;

/// Postgres refuses a payload of 8,000 bytes.
const PAYLOAD_BYTES_MAX: usize = 7_999;
/// What a payload begins with. A process that reads another number looks at all regions.
const FORMAT: &str = "1";
/// How long to wait when there is no way to listen.
const PAUSE: Duration = Duration::from_secs(1);

/// Passes this process's landings on: to its own listeners at once, to other processes gathered.
pub(super) async fn tell(feed: &Feed, mut landings: broadcast::Receiver<Landed>) {
    let inner = &feed.0;
    let mut waiting: HashMap<TenantId, Position> = HashMap::new();
    let mut send_at = Instant::now();
    loop {
        tokio::select! {
            landed = landings.recv() => match landed {
                Ok(landed) => {
                    // Nobody listens: fine.
                    inner.grown.send(landed).ok();
                    let known = waiting.entry(landed.tenant).or_default();
                    *known = landed.position.max(*known);
                }
                Err(broadcast::error::RecvError::Lagged(_)) => match all(feed).await {
                    Ok(heads) => waiting.extend(heads),
                    Err(error) => tracing::warn!(%error, "which regions have grown cannot be read"),
                },
                Err(broadcast::error::RecvError::Closed) => break,
            },
            () = tokio::time::sleep_until(send_at), if !waiting.is_empty() => {
                let payloads = payloads(inner.holder, waiting.drain());
                match inner.store.notify(&payloads).await {
                    Ok(()) => {
                        inner.figures.told.add(1);
                    }
                    // The others look for themselves every so often.
                    Err(error) => tracing::warn!(%error, "other processes cannot be told of new events"),
                }
                send_at = Instant::now() + inner.settings.notify;
            }
        }
    }
}

/// Hears what other processes tell, and passes it on to this one's listeners.
pub(super) async fn listen(feed: &Feed) {
    loop {
        if let Err(error) = listening(feed).await {
            tracing::warn!(%error, "what other processes tell is not heard for now");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listening(feed: &Feed) -> Result<(), StoreError> {
    let inner = &feed.0;
    let mut listening = inner.store.listen().await?;
    // What was told before nobody listened.
    all(feed).await?;
    loop {
        let told = listening.next().await?;
        match told.as_deref().and_then(parse) {
            Some((holder, _)) if holder == inner.holder => {}
            Some((_, some)) => {
                inner.figures.heard.add(1);
                for grown in some {
                    inner.grown.send(grown).ok();
                }
            }
            // Missed, or in words this release does not know.
            None => drop(all(feed).await?),
        }
    }
}

/// Tells this process's listeners where all logs end.
async fn all(feed: &Feed) -> Result<Vec<(TenantId, Position)>, StoreError> {
    let heads = feed.0.store.feed_heads().await?;
    for (tenant, position) in &heads {
        let (tenant, position) = (*tenant, *position);
        feed.0.grown.send(Landed { tenant, position }).ok();
    }
    Ok(heads)
}

/// What is sent: format, sender, and `region:position` as often as it fits.
fn payloads(holder: Uuid, grown: impl Iterator<Item = (TenantId, Position)>) -> Vec<String> {
    let begin = || format!("{FORMAT} {}", holder.simple());
    let mut payloads = Vec::new();
    let mut payload = begin();
    for (tenant, position) in grown {
        let one = format!(" {}:{position}", tenant.0.simple());
        if payload.len() + one.len() > PAYLOAD_BYTES_MAX {
            payloads.push(std::mem::replace(&mut payload, begin()));
        }
        payload.push_str(&one);
    }
    payloads.push(payload);
    payloads
}

fn parse(payload: &str) -> Option<(Uuid, Vec<Landed>)> {
    let mut words = payload.split(' ');
    if words.next() != Some(FORMAT) {
        return None;
    }
    let holder = words.next()?.parse().ok()?;
    let grown = words
        .map(|word| {
            let (tenant, position) = word.split_once(':')?;
            Some(Landed {
                tenant: tenant.parse().ok()?,
                position: position.parse().ok()?,
            })
        })
        .collect::<Option<_>>()?;
    Some((holder, grown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thousand_regions_reached_is_sent_in_payloads_that_postgres_takes() {
        let holder = Uuid::from_u128(7);
        let all: Vec<(TenantId, Position)> = (0..1_000)
            .map(|n| (TenantId(Uuid::from_u128(n)), u64::MAX))
            .collect();
        let sent = payloads(holder, all.iter().copied());
        assert!(sent.len() > 1 && sent.iter().all(|one| one.len() < 8_000));
        let heard: Vec<(TenantId, Position)> = sent
            .iter()
            .flat_map(|one| {
                let (from, grown) = parse(one).expect("is ours");
                assert_eq!(from, holder);
                grown
            })
            .map(|grown| (grown.tenant, grown.position))
            .collect();
        assert_eq!(heard, all);
    }

    #[test]
    fn what_another_release_says_in_other_words_is_not_guessed_at() {
        let holder = Uuid::from_u128(7).simple();
        assert_eq!(parse(&format!("2 {holder}")), None);
        assert_eq!(parse(&format!("1 {holder} x:1")), None);
        assert_eq!(parse(""), None);
    }
}
