//! The service: listens, answers, and ends without breaking off what has begun.

use crate::backend::{DemoDoors, PgBackend};
use crate::executor::Executors;
use crate::feed::{Feed, Follower, Settings};
use crate::http;
use crate::views::drift::Verifier;
use crate::views::rebuild;
use crate::views::writer::Snapshots;
use anyhow::Context;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

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
        if let Err(error) = rebuild::fill(&store, clock.now()).await {
            tracing::warn!(%error, "the views were not filled; pages fold them from the log");
        }
    });
    // Anybody may be a demo person only where nobody but this machine can knock.
    let doors = if address.ip().is_loopback() {
        DemoDoors::Open
    } else {
        DemoDoors::Shut
    };
    let router = http::router(Arc::new(PgBackend::new(executors, doors)), site);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        signalled().await;
        stop.send(true).ok();
    });
    let mut asked = stopped.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        asked.wait_for(|stop| *stop).await.ok();
    });
    println!("Samspor is ready at http://{address}");
    tokio::select! {
        ended = serving.into_future() => ended?,
        () = async {
            stopped.wait_for(|stop| *stop).await.ok();
            tokio::time::sleep(ENDING_MAX).await;
        } => tracing::warn!("some requests did not end in time"),
    }
    for background in [following, verifying, filling] {
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
    let followers: Vec<Arc<dyn Follower>> =
        vec![Arc::new(Snapshots::new(store.clone(), clock.clone()))];
    let process = crate::chance::id(executors.chance(), clock.now());
    Feed::new(store, clock, process, followers, Settings::default())
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
