//! A way to Postgres that can be cut at the worst moment.

use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

/// What stands in every landing of such an event and in no read.
const LANDING: &[u8] = b"organisation.registered.v1";

/// When to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The landing never reaches Postgres.
    Request = 1,
    /// The landing is done, nobody hears of it.
    Reply = 2,
    /// The landing is on its way until [`Proxy::release`].
    Hold = 3,
}

/// A proxy on loopback.
pub struct Proxy {
    pub url: String,
    armed: Arc<AtomicU8>,
    cuts: Arc<AtomicU32>,
    released: Arc<Notify>,
}

#[derive(Clone)]
enum Target {
    Socket(PathBuf),
    Address(String),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Proxy {
    pub async fn before(url: &str) -> Self {
        let options = PgConnectOptions::from_str(url).expect("is a database URL");
        let port = options.get_port();
        let target = match options.get_socket() {
            Some(folder) => Target::Socket(folder.join(format!(".s.PGSQL.{port}"))),
            None => Target::Address(format!("{}:{port}", options.get_host())),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("is bound").port();
        let (_, rest) = url.split_once("://").expect("has a scheme");
        let (user, rest) = rest.split_once('@').expect("has a user");
        let (_, database) = rest.split_once('/').expect("has a database");
        let database = database.split('?').next().unwrap_or_default();
        let (armed, cuts) = (Arc::new(AtomicU8::new(0)), Arc::new(AtomicU32::new(0)));
        let released = Arc::new(Notify::new());
        let proxy = Self {
            url: format!("postgres://{user}@127.0.0.1:{port}/{database}"),
            armed: armed.clone(),
            cuts: cuts.clone(),
            released: released.clone(),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (armed, cuts, released) = (armed.clone(), cuts.clone(), released.clone());
                tokio::spawn(carry(client, target.clone(), armed, cuts, released));
            }
        });
        proxy
    }

    /// Cuts at the next landing, once.
    pub fn arm(&self, cut: Cut) {
        self.armed.store(cut as u8, Ordering::SeqCst);
    }

    /// Lets go of the landing that is held.
    pub fn release(&self) {
        self.released.notify_one();
    }

    /// How often it was cut.
    pub fn cuts(&self) -> u32 {
        self.cuts.load(Ordering::SeqCst)
    }
}

async fn carry(
    mut client: TcpStream,
    target: Target,
    armed: Arc<AtomicU8>,
    cuts: Arc<AtomicU32>,
    released: Arc<Notify>,
) {
    let server: Box<dyn Stream> = match target {
        Target::Socket(path) => {
            Box::new(UnixStream::connect(path).await.expect("Postgres listens"))
        }
        Target::Address(address) => {
            Box::new(TcpStream::connect(address).await.expect("Postgres listens"))
        }
    };
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_client, mut to_client) = client.split();
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = from_client.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                let landing = up[..n].windows(LANDING.len()).any(|window| window == LANDING);
                let cut = if landing { armed.swap(0, Ordering::SeqCst) } else { 0 };
                if cut == Cut::Request as u8 {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                if cut == Cut::Hold as u8 {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    released.notified().await;
                }
                if to_server.write_all(&up[..n]).await.is_err() {
                    return;
                }
                if cut == Cut::Reply as u8 {
                    // Its reply has come: it is flushed. Keep it to ourselves.
                    let heard = from_server.read(&mut down).await;
                    assert!(heard.is_ok_and(|n| n > 0), "Postgres answers the landing");
                    cuts.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            }
            read = from_server.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                if to_client.write_all(&down[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}
