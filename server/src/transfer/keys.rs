//! The keys of a region, under a passphrase: the key is derived from it with Argon2id.

use crate::chance::{self, Chance};
use crate::crypto::{Key, place};
use crate::store::keys::Kept;
use crate::store::scope::TenantScope;
use crate::store::{Store, StoreError};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const FORMAT: &str = "samspor-keys/1";
/// Memory, rounds and lanes of Argon2id, as RFC 9106 recommends where memory is scarce.
const COST: (u32, u32, u32) = (64 * 1024, 3, 4);

/// Why a file of keys could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Not such a file.
    #[error("it is not a file of keys")]
    Format,
    /// Wrong passphrase, or altered.
    #[error("the passphrase is another, or the file was altered")]
    Passphrase,
    /// Keys of another log.
    #[error("the keys belong to another log")]
    AnotherLog,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    log_id: Uuid,
    salt: String,
    sealed: String,
}

/// One key, unwrapped.
#[derive(Serialize, Deserialize)]
struct One {
    id: Uuid,
    position: i64,
    /// `None` once destroyed: that it was travels along.
    key: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    texts: Vec<One>,
    persons: Vec<One>,
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

/// All keys of a region as the text of a file.
///
/// # Errors
/// Of the database, or a key that does not unwrap.
pub async fn export(
    store: &Store,
    scope: &mut TenantScope,
    passphrase: &str,
    chance: &dyn Chance,
) -> Result<String, KeysError> {
    let log_id = scope.head().await?.log_id;
    let (region_key, region) = store.region_key(scope).await?;
    let (texts, persons) = scope.all_keys().await?;
    let open = |kept: Kept| -> Result<One, KeysError> {
        let unwrap = |wrapped: &[u8]| region_key.unwrap(&place(region, kept.id), wrapped);
        let key = kept
            .wrapped
            .as_deref()
            .map(unwrap)
            .transpose()
            .ok()
            .ok_or(StoreError::RegionKey)?;
        Ok(One {
            id: kept.id,
            position: crate::store::row::stored(kept.position),
            key: key.map(|key| BASE64.encode(key.bytes())),
        })
    };
    let content = Content {
        texts: texts.into_iter().map(open).collect::<Result<_, _>>()?,
        persons: persons.into_iter().map(open).collect::<Result<_, _>>()?,
    };
    let salt: [u8; 16] = chance::bytes(chance);
    let plain = serde_json::to_vec(&content).ok().ok_or(KeysError::Format)?;
    let sealed = derive(passphrase, &salt)?.seal(chance, log_id.as_bytes(), &plain);
    let file = File {
        format: FORMAT.to_owned(),
        log_id,
        salt: BASE64.encode(salt),
        sealed: BASE64.encode(sealed),
    };
    serde_json::to_string(&file).ok().ok_or(KeysError::Format)
}

/// Keys from a file, wrapped by the region's key: texts, then persons.
///
/// # Errors
/// [`KeysError`].
pub fn rewrap(
    file: &str,
    passphrase: &str,
    log_id: Uuid,
    region: TenantId,
    region_key: &Key,
    chance: &dyn Chance,
) -> Result<(Vec<Kept>, Vec<Kept>), KeysError> {
    let file: File = serde_json::from_str(file)
        .ok()
        .filter(|file: &File| file.format == FORMAT)
        .ok_or(KeysError::Format)?;
    if file.log_id != log_id {
        return Err(KeysError::AnotherLog);
    }
    let decode = |text: &str| BASE64.decode(text).ok().ok_or(KeysError::Format);
    let key = derive(passphrase, &decode(&file.salt)?)?;
    let plain = key
        .open(log_id.as_bytes(), &decode(&file.sealed)?)
        .ok()
        .ok_or(KeysError::Passphrase)?;
    let content: Content = serde_json::from_slice(&plain)
        .ok()
        .ok_or(KeysError::Format)?;
    let wrap = |one: One| -> Result<Kept, KeysError> {
        let wrapped = match one.key {
            Some(key) => {
                let bytes = decode(&key)?.try_into().ok().ok_or(KeysError::Format)?;
                Some(region_key.wrap(chance, &place(region, one.id), &Key::from_bytes(bytes)))
            }
            None => None,
        };
        Ok(Kept {
            id: one.id,
            position: crate::store::row::position(one.position),
            wrapped,
        })
    };
    let texts = content
        .texts
        .into_iter()
        .map(wrap)
        .collect::<Result<_, _>>()?;
    let persons = content
        .persons
        .into_iter()
        .map(wrap)
        .collect::<Result<_, _>>()?;
    Ok((texts, persons))
}
