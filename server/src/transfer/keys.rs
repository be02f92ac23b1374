//! The keys of a region, as a file under a passphrase.
//!
//! JSON Lines: a first line with the region's key (since format 3, which is written of a region whose key was rotated, also
//! the key of its digests and its mark), sealed with a key that Argon2id makes of the passphrase; then one
//! line for each text and person, with its key as it lies in the database, wrapped by the region's; then a line with a
//! keyed hash of all before it, so that none can be left out or put in unnoticed. A destroyed key travels as `null`.

use super::file::{BadLine, LogFile};
use super::lines::as_hex;
use crate::chance::{self, Chance};
use crate::crypto::{Key, RegionKey};
use crate::store::keys::Sort;
use crate::store::scope::TenantScope;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use uuid::Uuid;

const FORMAT: &str = "samspor-keys/2";
/// Of a region whose key was rotated.
const FORMAT_ROTATED: &str = "samspor-keys/3";
/// Memory, rounds and lanes of Argon2id, as RFC 9106 recommends where memory is scarce.
const COST: (u32, u32, u32) = (64 * 1024, 3, 4);
/// Keys that are read or written at once.
const PAGE: i64 = 1_000;

/// Why a file of keys could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Not such a file.
    #[error("it is not a file of keys in the format {FORMAT}")]
    Format,
    /// A line that is none.
    #[error(transparent)]
    Line(#[from] BadLine),
    /// Wrong passphrase, or altered.
    #[error("the passphrase is another, or the file was altered")]
    Passphrase,
    /// Lines are missing, or were altered.
    #[error("the file was altered or cut off")]
    Altered,
    /// Keys of another log.
    #[error("the keys belong to another log")]
    AnotherLog,
    /// The file.
    #[error("the keys cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct First {
    format: String,
    log_id: Uuid,
    salt: String,
    /// The region's key.
    sealed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Text(One),
    Person(One),
    /// The keyed hash of all lines before.
    End(#[serde(with = "as_hex")] [u8; 32]),
}

#[derive(Serialize, Deserialize)]
struct One {
    id: Uuid,
    /// `None` once destroyed: that it was travels along.
    wrapped: Option<String>,
}

fn derive(passphrase: &str, salt: &[u8]) -> Result<Key, KeysError> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, Some(32))
        .ok()
        .ok_or(KeysError::Format)?;
    let mut bytes = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut bytes)
        .ok()
        .ok_or(KeysError::Format)?;
    Ok(Key::from_bytes(bytes))
}

/// A keyed hash over lines: that of each goes into that of the next.
struct Seal {
    key: Key,
    hash: [u8; 32],
}

impl Seal {
    const fn new(key: Key) -> Self {
        Self { key, hash: [0; 32] }
    }

    fn add(&mut self, line: &str) {
        let content = [self.hash.as_slice(), line.trim_end().as_bytes()].concat();
        self.hash = self.key.digest(FORMAT, &content);
    }
}

/// Writes all keys of a region.
///
/// # Errors
/// Of the database or the file, or when the region's key does not unwrap.
pub async fn export(
    store: &Store,
    tenant: &Tenant,
    passphrase: &str,
    chance: &dyn Chance,
    mut out: impl Write,
) -> Result<(), KeysError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let log_id = scope.head().await?.log_id;
    let (region_key, _) = store.region_key(&mut scope).await?;
    let salt: [u8; 16] = chance::bytes(chance);
    let key = derive(passphrase, &salt)?;
    let first = First {
        format: match region_key.digests() {
            Some(_) => FORMAT_ROTATED.to_owned(),
            None => FORMAT.to_owned(),
        },
        log_id,
        salt: BASE64.encode(salt),
        sealed: BASE64.encode(key.seal(chance, log_id.as_bytes(), &parts(&region_key))),
    };
    let mut seal = Seal::new(key);
    let mut write = |seal: &mut Seal, line: String| {
        seal.add(&line);
        writeln!(out, "{line}")
    };
    write(&mut seal, text(&first)?)?;
    for sort in [Sort::Text, Sort::Person] {
        let mut after = None;
        loop {
            let keys = scope.keys_after(sort, after, PAGE).await?;
            let Some(last) = keys.last() else { break };
            after = Some(last.id);
            for key in keys {
                let one = One {
                    id: key.id,
                    wrapped: key.wrapped.map(|wrapped| BASE64.encode(wrapped)),
                };
                let line = match sort {
                    Sort::Text => Line::Text(one),
                    Sort::Person => Line::Person(one),
                };
                write(&mut seal, text(&line)?)?;
            }
        }
    }
    let end = Line::End(seal.hash);
    write(&mut seal, text(&end)?)?;
    Ok(out.flush()?)
}

/// The key, and where it took another's place the key of digests and its mark.
fn parts(region_key: &RegionKey) -> Vec<u8> {
    let mut parts = region_key.key().bytes().to_vec();
    if let Some(digests) = region_key.digests() {
        parts.extend_from_slice(digests.bytes());
        parts.extend_from_slice(region_key.mark());
    }
    parts
}

fn from_parts(parts: &[u8]) -> Option<RegionKey> {
    let (key, rest) = parts.split_first_chunk::<32>()?;
    let key = Key::from_bytes(*key);
    if rest.is_empty() {
        return Some(RegionKey::first(key));
    }
    let (digests, mark) = rest.split_first_chunk::<32>()?;
    let digests = Some(Key::from_bytes(*digests));
    Some(RegionKey::from_parts(key, mark.to_vec(), digests))
}

fn text(value: &impl Serialize) -> Result<String, KeysError> {
    serde_json::to_string(value).ok().ok_or(KeysError::Format)
}

/// A file of keys whose passphrase was right.
pub struct KeysFile<R> {
    file: LogFile<R>,
    seal: Seal,
    /// The key of the region that it comes from.
    pub region_key: RegionKey,
}

impl<R: BufRead> KeysFile<R> {
    /// Opens the file of a log's keys.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn open(reader: R, passphrase: &str, log_id: Uuid) -> Result<Self, KeysError> {
        let mut file = LogFile::new(reader);
        let line = file.line()?.unwrap_or_default();
        let first: First = serde_json::from_str(&line)
            .ok()
            .filter(|first: &First| [FORMAT, FORMAT_ROTATED].contains(&first.format.as_str()))
            .ok_or(KeysError::Format)?;
        if first.log_id != log_id {
            return Err(KeysError::AnotherLog);
        }
        let key = derive(passphrase, &decode(&first.salt)?)?;
        let opened = key
            .open(log_id.as_bytes(), &decode(&first.sealed)?)
            .ok()
            .ok_or(KeysError::Passphrase)?;
        let region_key = from_parts(&opened).ok_or(KeysError::Format)?;
        let mut seal = Seal::new(key);
        seal.add(&line);
        Ok(Self {
            file,
            seal,
            region_key,
        })
    }

    /// Puts the keys beside what was imported in the same transaction.
    ///
    /// # Errors
    /// [`KeysError`]; the transaction must not be committed then.
    pub async fn bring(mut self, scope: &mut TenantScope) -> Result<(), KeysError> {
        let (mut texts, mut persons) = (Vec::new(), Vec::new());
        let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
        while let Some(line) = self.file.line()? {
            let read = serde_json::from_str(&line).ok().ok_or(KeysError::Altered)?;
            let (sort, keys, one) = match read {
                Line::Text(one) => (Sort::Text, &mut texts, one),
                Line::Person(one) => (Sort::Person, &mut persons, one),
                Line::End(hash) => {
                    if hash != self.seal.hash || self.file.line()?.is_some() {
                        return Err(KeysError::Altered);
                    }
                    scope.bring_keys(Sort::Text, &texts).await?;
                    scope.bring_keys(Sort::Person, &persons).await?;
                    return Ok(());
                }
            };
            self.seal.add(&line);
            if let Some(wrapped) = one.wrapped {
                keys.push((one.id, decode(&wrapped)?));
            }
            if keys.len() >= full {
                scope.bring_keys(sort, keys).await?;
                keys.clear();
            }
        }
        Err(KeysError::Altered)
    }
}

fn decode(text: &str) -> Result<Vec<u8>, KeysError> {
    BASE64.decode(text).ok().ok_or(KeysError::Format)
}
