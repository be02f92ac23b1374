//! Just enough of Postgres's protocol to create a database and to know that the cluster answers.
//!
//! A driver would weigh more than the whole crate, and `psql` does not come with every set of programs.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::SUPERUSER;

const PROTOCOL_3: i32 = 196_608;
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(120);
/// Nothing asked here has a longer answer; a larger number means that this is no Postgres.
const MESSAGE_BYTES_MAX: usize = 1_000_000;

/// What the server refused, with its five-letter code.
#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Postgres says: {} ({})", self.message, self.code)
    }
}

impl std::error::Error for Refusal {}

/// Whether the server refused with one of these codes.
pub(crate) fn has_code(error: &anyhow::Error, codes: &[&str]) -> bool {
    error
        .downcast_ref::<Refusal>()
        .is_some_and(|refusal| codes.contains(&refusal.code.as_str()))
}

/// Whether waiting may help: the server is starting, stopping, or full.
pub(crate) fn is_passing(error: &anyhow::Error) -> bool {
    has_code(error, &["57P01", "57P02", "57P03", "53300"])
        || error.downcast_ref::<io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
            )
        })
}

/// Whether there is no server behind the socket.
pub(crate) fn nobody_listens(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::ConnectionRefused
        )
    })
}

/// An open session as the superuser.
pub(crate) struct Connection {
    stream: UnixStream,
}

impl Connection {
    pub(crate) fn open(sockets: &Path, password: &str, database: &str) -> Result<Connection> {
        let path = sockets.join(".s.PGSQL.5432");
        let stream = UnixStream::connect(&path)
            .with_context(|| format!("cannot connect to Postgres at {}", path.display()))?;
        stream
            .set_read_timeout(Some(ANSWER_WAIT_MAX))
            .context("cannot limit the wait for Postgres")?;
        let mut connection = Connection { stream };
        let mut start = PROTOCOL_3.to_be_bytes().to_vec();
        for text in [
            "user",
            SUPERUSER,
            "database",
            database,
            "application_name",
            "samspor cluster",
            "",
        ] {
            start.extend_from_slice(text.as_bytes());
            start.push(0);
        }
        connection.send(None, &start)?;
        loop {
            match connection.receive()? {
                (b'R', body) => match body.first_chunk().map(|kind| i32::from_be_bytes(*kind)) {
                    Some(0) => {}
                    Some(3) => {
                        connection.send(Some(b'p'), &[password.as_bytes(), &[0]].concat())?
                    }
                    kind => bail!(
                        "Postgres asks for a kind of sign-in that it was not set up for ({kind:?})"
                    ),
                },
                (b'Z', _) => return Ok(connection),
                _ => {}
            }
        }
    }

    /// Runs one statement; answers the first column of its rows.
    pub(crate) fn query(&mut self, sql: &str) -> Result<Vec<String>> {
        self.send(Some(b'Q'), &[sql.as_bytes(), &[0]].concat())?;
        let mut rows = Vec::new();
        loop {
            match self.receive()? {
                (b'D', body) => {
                    rows.push(first_column(&body).context("Postgres sent a row without a text")?)
                }
                (b'Z', _) => return Ok(rows),
                _ => {}
            }
        }
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> Result<()> {
        let length = i32::try_from(body.len() + 4).context("a message to Postgres is too long")?;
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(body);
        self.stream
            .write_all(&message)
            .context("cannot send to Postgres")
    }

    /// The next message; a refusal is an error.
    fn receive(&mut self) -> Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.stream
            .read_exact(&mut head)
            .context("Postgres hung up")?;
        let [kind, length @ ..] = head;
        let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or_default();
        if !(4..=MESSAGE_BYTES_MAX).contains(&length) {
            bail!("what answers at the cluster's socket is no Postgres");
        }
        let mut body = vec![0; length - 4];
        self.stream
            .read_exact(&mut body)
            .context("Postgres hung up")?;
        match kind {
            b'E' => Err(refusal(&body).into()),
            _ => Ok((kind, body)),
        }
    }
}

fn refusal(body: &[u8]) -> Refusal {
    let field = |kind: u8| {
        body.split(|byte| *byte == 0)
            .find_map(|field| field.split_first().filter(|(first, _)| **first == kind))
            .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    };
    Refusal {
        code: field(b'C'),
        message: field(b'M'),
    }
}

fn first_column(body: &[u8]) -> Option<String> {
    let length = usize::try_from(i32::from_be_bytes(*body.get(2..)?.first_chunk()?)).ok()?;
    let text = body.get(6..6 + length)?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_code_and_its_sentence() {
        let error = anyhow::Error::from(refusal(
            b"SFATAL\0C57P03\0Mthe database system is starting up\0\0",
        ));
        assert!(is_passing(&error));
        assert!(!has_code(&error, &["42P04"]));
        assert_eq!(
            error.to_string(),
            "Postgres says: the database system is starting up (57P03)"
        );
    }

    #[test]
    fn a_row_gives_its_first_column() {
        assert_eq!(
            first_column(b"\0\x02\0\0\0\x03abc\xff\xff\xff\xff").as_deref(),
            Some("abc")
        );
        assert_eq!(first_column(b"\0\x01\xff\xff\xff\xff"), None);
        assert_eq!(first_column(b"\0\x01\0\0\0\x09abc"), None);
    }
}
