//! Connections: each is answered by the router; one that is slow to say what it wants is let go.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// How long a connection may take to say what it wants, also the next time it wants something: longer than proxies keep
/// one that is idle, which is a minute.
pub const HEADERS_TIME_MAX: Duration = Duration::from_secs(75);
/// How long to wait when no connection can be taken, as when too many files are open.
const BREATH: Duration = Duration::from_millis(200);

/// Answers connections until `stop` is ready, then waits until those that are open have got their answers.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    headers_time_max: Duration,
    stop: impl Future<Output = ()>,
) {
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            taken = listener.accept() => match taken {
                Ok((stream, from)) => answer(&open, stream, from, router.clone(), headers_time_max),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    // Nobody new is let in while those inside are waited for.
    drop(listener);
    open.shutdown().await;
}

fn answer(
    open: &GracefulShutdown,
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    headers_time_max: Duration,
) {
    // Small answers would wait for one another.
    stream.set_nodelay(true).ok();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers_time_max)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        // Whoever goes away in the middle needs no answer.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn listening(
        headers_time_max: Duration,
    ) -> (
        SocketAddr,
        tokio::sync::oneshot::Sender<()>,
        tokio::task::JoinHandle<()>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("has one");
        let router =
            Router::new()
                .route(
                    "/",
                    get(|ConnectInfo(from): ConnectInfo<SocketAddr>| async move {
                        from.ip().to_string()
                    }),
                )
                .route(
                    "/slow",
                    get(|| async {
                        tokio::time::sleep(Duration::from_millis(600)).await;
                        "done"
                    }),
                );
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let stopped = async move {
            stopped.await.ok();
        };
        let serving = tokio::spawn(serve(listener, router, headers_time_max, stopped));
        (address, stop, serving)
    }

    async fn said(address: SocketAddr, words: &[&str]) -> String {
        let mut stream = TcpStream::connect(address).await.expect("is taken");
        for word in words {
            if stream.write_all(word.as_bytes()).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn whoever_is_slow_to_ask_is_let_go_and_a_slow_answer_is_waited_for() {
        let (address, stop, serving) = listening(Duration::from_millis(300)).await;
        let whole = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assert!(said(address, &[whole]).await.ends_with("127.0.0.1"));
        let drip = [
            "GET / ",
            "HTTP/1.1\r\n",
            "Host: a\r\n",
            "X: 1\r\n",
            "X: 2\r\n",
            "Connection: close\r\n\r\n",
        ];
        assert!(!said(address, &drip).await.contains("127.0.0.1"));
        assert_eq!(
            said(address, &[]).await,
            "",
            "a connection that says nothing is closed"
        );
        // Asked before the end, answered after it.
        let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
        let asked = tokio::spawn(async move { said(address, &[slow]).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.send(()).expect("still serves");
        assert!(asked.await.expect("is read").ends_with("done"));
        serving.await.expect("ends");
        assert!(
            TcpStream::connect(address).await.is_err(),
            "nobody is taken any more"
        );
    }
}
