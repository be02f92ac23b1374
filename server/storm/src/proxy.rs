//! A way to Postgres that can be cut at the worst moment.

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

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
    /// The database's URL through it.
    pub url: String,
    state: Arc<State>,
}

struct State {
    target: Target,
    /// What stands in every landing and in no read.
    landing: String,
    armed: AtomicU8,
    cuts: AtomicU32,
    released: Notify,
}

enum Target {
    Socket(PathBuf),
    Address(String),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Proxy {
    /// Before a database; `landing` is what stands in every landing and in no read.
    ///
    /// # Errors
    /// When the URL is none, or no port is free.
    pub async fn before(url: &str, landing: &str) -> Result<Self> {
        let (user, database, target) = taken_apart(url)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State {
            target,
            landing: landing.to_owned(),
            armed: AtomicU8::new(0),
            cuts: AtomicU32::new(0),
            released: Notify::new(),
        });
        let carrying = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = carrying.clone();
                // Where the way breaks, both sides notice; there is nobody else to tell.
                tokio::spawn(async move { carry(client, &state).await.ok() });
            }
        });
        Ok(Self {
            url: format!("postgres://{user}@127.0.0.1:{port}/{database}"),
            state,
        })
    }

    /// Cuts at the next landing, once.
    pub fn arm(&self, cut: Cut) {
        self.state.armed.store(cut as u8, Ordering::SeqCst);
    }

    /// Cuts nothing any more.
    pub fn disarm(&self) {
        self.state.armed.store(0, Ordering::SeqCst);
    }

    /// Lets go of the landing that is held.
    pub fn release(&self) {
        self.state.released.notify_one();
    }

    /// How often it was cut.
    #[must_use]
    pub fn cuts(&self) -> u32 {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

/// User with password, database, and where Postgres listens.
fn taken_apart(url: &str) -> Result<(&str, &str, Target)> {
    let no_url = "is no database URL with a user and a database";
    let (_, rest) = url.split_once("://").context(no_url)?;
    let (user, rest) = rest.split_once('@').context(no_url)?;
    let (address, rest) = rest.split_once('/').context(no_url)?;
    let (database, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let port = address.split_once(':').map_or("5432", |(_, port)| port);
    let socket = parameters
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("host="));
    let target = match socket {
        Some(folder) => {
            let folder = PathBuf::from(decoded(folder)?);
            Target::Socket(folder.join(format!(".s.PGSQL.{port}")))
        }
        None if address.contains(':') => Target::Address(address.to_owned()),
        None => Target::Address(format!("{address}:{port}")),
    };
    Ok((user, database, target))
}

fn decoded(text: &str) -> Result<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let Some((digits, after)) = rest.split_first_chunk::<2>() else {
            bail!("{text:?} ends in the middle of a character");
        };
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits)?, 16)?);
        rest = after;
    }
    Ok(String::from_utf8(bytes)?)
}

async fn carry(mut client: TcpStream, state: &State) -> std::io::Result<()> {
    let server: Box<dyn Stream> = match &state.target {
        Target::Socket(path) => Box::new(UnixStream::connect(path).await?),
        Target::Address(address) => Box::new(TcpStream::connect(address).await?),
    };
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_client, mut to_client) = client.split();
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let landing = state.landing.as_bytes();
    loop {
        tokio::select! {
            read = from_client.read(&mut up) => {
                let n = read?;
                if n == 0 {
                    return Ok(());
                }
                let lands = up[..n].windows(landing.len()).any(|window| window == landing);
                let cut = if lands { state.armed.swap(0, Ordering::SeqCst) } else { 0 };
                if cut == Cut::Request as u8 {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                if cut == Cut::Hold as u8 {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                    state.released.notified().await;
                }
                to_server.write_all(&up[..n]).await?;
                if cut == Cut::Reply as u8 {
                    // Once its reply has come, it is flushed. Keep it to ourselves.
                    let _kept = from_server.read(&mut down).await?;
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
            }
            read = from_server.read(&mut down) => {
                let n = read?;
                if n == 0 {
                    return Ok(());
                }
                to_client.write_all(&down[..n]).await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_naming_a_server_are_understood() {
        let target = |url| match taken_apart(url).expect("is a URL") {
            (user, database, Target::Socket(path)) => {
                format!("{user} {database} {}", path.display())
            }
            (user, database, Target::Address(address)) => format!("{user} {database} {address}"),
        };
        assert_eq!(
            target("postgres://me:secret@localhost/storm?host=%2Ftmp%2Frun"),
            "me:secret storm /tmp/run/.s.PGSQL.5432"
        );
        assert_eq!(target("postgres://me@here:77/storm"), "me storm here:77");
        assert_eq!(target("postgres://me@here/storm"), "me storm here:5432");
        assert!(taken_apart("storm").is_err());
    }
}
