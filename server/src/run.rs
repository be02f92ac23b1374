//! The service: listens, answers, and ends without breaking off what has begun.

use crate::accounts::Accounts;
use crate::backend::{DemoDoors, PgBackend};
use crate::executor::Executors;
use crate::feed::{Feed, Follower, Settings};
use crate::http::{self, Proxy};
use crate::mail::sender::{self, Sender};
use crate::privacy::Eraser;
use crate::store::{Store, StoreError};
use crate::views::drift::Verifier;
use crate::views::writer::Snapshots;
use crate::views::{codes, rebuild};
use anyhow::Context;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// How long open requests may take to end once the service is asked to stop.
const ENDING_MAX: Duration = Duration::from_secs(10);

/// What the service needs to run.
pub struct Service {
    /// The regions' executors, and through them the store and the clock.
    pub executors: Executors,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where wasm, js, css and fonts lie.
    pub site: PathBuf,
    /// Where browsers reach it; without it, where it listens.
    pub address: Option<Url>,
    /// Who says for whom it asks.
    pub proxy: Proxy,
    /// Where letters are handed in; without it they wait in the outbox.
    pub mail: Option<sender::Settings>,
}

/// Runs until a signal asks it to stop.
///
/// # Errors
/// When the address is taken.
pub async fn run(service: Service) -> anyhow::Result<()> {
    let Service {
        executors,
        listen,
        site,
        address: reached,
        proxy,
        mail,
    } = service;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let feed = feed(&executors);
    let following = {
        let (feed, landings) = (feed.clone(), executors.landings());
        tokio::spawn(async move { feed.run(landings).await })
    };
    let verifier = Verifier::new(executors.store().clone(), executors.shared_clock());
    let verifying = tokio::spawn(verifier.run());
    let (store, clock) = (executors.store().clone(), executors.shared_clock());
    let filling = tokio::spawn(async move {
        match of_newer_releases(&store).await {
            Ok(sentences) => {
                for sentence in sentences {
                    tracing::error!("{sentence}");
                }
            }
            Err(error) => tracing::warn!(%error, "nobody looked for events of newer releases"),
        }
        rebuild::keep(&store, clock.as_ref()).await;
    });
    // Anybody may be a demo person only where nobody but this machine can knock.
    let doors = if address.ip().is_loopback() {
        DemoDoors::Open
    } else {
        DemoDoors::Shut
    };
    let reached = match reached {
        Some(reached) => reached,
        None => Url::parse(&format!("http://{address}"))?,
    };
    let accounts = Accounts::new(executors.clone(), reached);
    let sending = match mail {
        Some(settings) => {
            let outbox = accounts.outbox().await?.clone();
            let sender = Sender::new(outbox, executors.shared_clock(), &settings)?;
            tokio::spawn(sender.run())
        }
        None => {
            tracing::warn!("no mail server is named (--smtp): letters wait in the outbox");
            tokio::spawn(std::future::pending())
        }
    };
    let backend = Arc::new(PgBackend::new(executors, doors).hearing(feed.clone()));
    let router = http::router(backend.clone(), accounts, proxy, site);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        signalled().await;
        stop.send(true).ok();
        // They would not end by themselves.
        backend.end_streams();
    });
    let mut asked = stopped.clone();
    let serving = http::serve(listener, router, http::HEADERS_TIME_MAX, async move {
        asked.wait_for(|stop| *stop).await.ok();
    });
    println!("Samspor is ready at http://{address}");
    tokio::select! {
        () = serving => {}
        () = async {
            stopped.wait_for(|stop| *stop).await.ok();
            tokio::time::sleep(ENDING_MAX).await;
        } => tracing::warn!("some requests did not end in time"),
    }
    for background in [following, verifying, filling, sending] {
        background.abort();
        background.await.ok();
    }
    feed.stop()
        .await
        .context("other processes were not told to go on")
}

/// Everything that follows the logs. A new follower gets a line here.
fn feed(executors: &Executors) -> Feed {
    let (store, clock) = (executors.store().clone(), executors.shared_clock());
    let followers: Vec<Arc<dyn Follower>> = vec![
        Arc::new(Snapshots::new(store.clone(), clock.clone())),
        Arc::new(Eraser::new(clock.clone())),
    ];
    let process = crate::chance::id(executors.chance(), clock.now());
    Feed::new(store, clock, process, followers, Settings::default())
}

/// Which events in the logs only a newer release can read, in sentences.
///
/// # Errors
/// Of the database.
pub async fn of_newer_releases(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut sentences = Vec::new();
    for tenant in store.tenants().await? {
        let mut scope = store.reading(tenant.tenant()).await?;
        let read_to = codes::read_to(&mut scope).await?;
        for newer in scope.newer_names(read_to).await? {
            sentences.push(format!(
                "{}: {} events {}, the first at position {}, are of a newer release of Samspor: this one shows what was \
                 recorded before them and refuses orders; run the newer one",
                tenant.slug, newer.events, newer.name, newer.first
            ));
        }
    }
    Ok(sentences)
}

/// Waits for Ctrl-C or a request to terminate.
pub async fn signalled() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}
