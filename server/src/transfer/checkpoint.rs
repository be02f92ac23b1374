//! Checkpoints: what a log was at one position, signed with Ed25519. Whoever keeps one outside can tell later whether
//! the log, or a file of it, still has that past. Without it a log that was cut off, or rewritten with all its hashes,
//! fits in itself.
//!
//! What is signed are these bytes, one after the other: the 20 bytes `samspor-checkpoint/1`, the log id (16), the
//! position (8, highest first), the chain up to there (32), and the moment in microseconds since 1970 in UTC (8,
//! highest first).
//!
//! The key that signs lies in a file that only its owner can read, never in the database.

use super::lines::as_hex;
use super::walk::Point;
use crate::chance::{self, Chance};
use crate::store::chain::Hash;
use domain::time::Timestamp;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const FORMAT: &str = "samspor-checkpoint/1";
const KEY_FORMAT: &str = "samspor-signing-key/1";

/// Why a checkpoint or a key says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not such a file.
    #[error("it is no checkpoint in the format {FORMAT}")]
    Format,
    /// Altered, or signed with another key than it says.
    #[error("its signature does not fit")]
    Signature,
    /// Signed by somebody else.
    #[error("it is signed with another key")]
    AnotherKey,
    /// No key.
    #[error("it is no key in the format {KEY_FORMAT}")]
    KeyFormat,
    /// No public key.
    #[error("a public key is 64 hexadecimal digits")]
    PublicKey,
}

/// A signed statement of what a log was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    format: String,
    /// Of which log.
    pub log_id: Uuid,
    /// Up to where.
    pub position: i64,
    /// The chain up to there.
    #[serde(with = "as_hex")]
    pub head: Hash,
    /// When it was signed, by the clock of who signed.
    pub at: Timestamp,
    /// Whose signature.
    #[serde(with = "as_hex")]
    pub public_key: [u8; 32],
    #[serde(with = "as_hex")]
    signature: [u8; 64],
}

impl Checkpoint {
    /// Signs.
    #[must_use]
    pub fn sign(key: &Key, log_id: Uuid, position: i64, head: Hash, at: Timestamp) -> Self {
        let mut checkpoint = Self {
            format: FORMAT.to_owned(),
            log_id,
            position,
            head,
            at,
            public_key: key.public(),
            signature: [0; 64],
        };
        checkpoint.signature = key.0.sign(&checkpoint.signed()).to_bytes();
        checkpoint
    }

    /// Reads one, and checks its signature. Without a public key that is known from elsewhere, it only says that
    /// nobody altered it who does not have the key it was signed with.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn read(text: &str, known: Option<[u8; 32]>) -> Result<Self, CheckpointError> {
        let checkpoint: Self = serde_json::from_str(text)
            .ok()
            .filter(|checkpoint: &Self| checkpoint.format == FORMAT)
            .ok_or(CheckpointError::Format)?;
        if known.is_some_and(|known| known != checkpoint.public_key) {
            return Err(CheckpointError::AnotherKey);
        }
        let signature = Signature::from_bytes(&checkpoint.signature);
        VerifyingKey::from_bytes(&checkpoint.public_key)
            .and_then(|key| key.verify_strict(&checkpoint.signed(), &signature))
            .ok()
            .ok_or(CheckpointError::Signature)?;
        Ok(checkpoint)
    }

    /// As one line.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a checkpoint holds nothing that JSON cannot")
    }

    /// What the log has to pass through.
    #[must_use]
    pub const fn point(&self) -> Point {
        Point {
            position: self.position,
            hash: self.head,
            why: "the chain does not pass through the checkpoint",
            why_ended: "the log ends before the checkpoint",
            end: false,
        }
    }

    fn signed(&self) -> Vec<u8> {
        [
            FORMAT.as_bytes(),
            self.log_id.as_bytes(),
            &self.position.to_be_bytes(),
            &self.head,
            &self.at.timestamp_micros().to_be_bytes(),
        ]
        .concat()
    }
}

/// A key that signs. Not printable.
pub struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new one.
    #[must_use]
    pub fn new(chance: &dyn Chance) -> Self {
        Self(SigningKey::from_bytes(&chance::bytes(chance)))
    }

    /// From the text of its file.
    ///
    /// # Errors
    /// [`CheckpointError::KeyFormat`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let digits = text.trim().strip_prefix(KEY_FORMAT);
        let mut bytes = [0; 32];
        digits
            .and_then(|digits| hex::decode_to_slice(digits.trim(), &mut bytes).ok())
            .ok_or(CheckpointError::KeyFormat)?;
        Ok(Self(SigningKey::from_bytes(&bytes)))
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{KEY_FORMAT} {}\n", hex::encode(self.0.to_bytes()))
    }

    /// What others know it by.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

/// A public key as it is written.
///
/// # Errors
/// [`CheckpointError::PublicKey`].
pub fn public_key(text: &str) -> Result<[u8; 32], CheckpointError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .ok()
        .ok_or(CheckpointError::PublicKey)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    fn signed() -> (Key, Checkpoint) {
        let key = Key::new(&SeededChance::from_seed(1));
        let at = "2026-08-17T10:00:00.000001Z".parse().expect("is a moment");
        let checkpoint = Checkpoint::sign(&key, Uuid::from_u128(7), 12, [3; 32], at);
        (key, checkpoint)
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_signed() {
        let (key, checkpoint) = signed();
        assert_eq!(
            Checkpoint::read(&checkpoint.line(), None),
            Ok(checkpoint.clone())
        );
        let known = Checkpoint::read(&checkpoint.line(), Some(key.public()));
        assert_eq!(known, Ok(checkpoint.clone()));
        let other = Key::new(&SeededChance::from_seed(2)).public();
        let refused = Checkpoint::read(&checkpoint.line(), Some(other));
        assert_eq!(refused, Err(CheckpointError::AnotherKey));
        let again = Key::parse(&key.text()).expect("reads");
        assert_eq!(again.public(), key.public());
        assert_eq!(public_key(&hex::encode(key.public())), Ok(key.public()));
    }

    #[test]
    fn a_checkpoint_of_which_anything_was_altered_is_refused() {
        let (_, checkpoint) = signed();
        let line = checkpoint.line();
        for (from, to) in [
            ("\"position\":12", "\"position\":11"),
            ("0303", "0304"),
            (".000001Z", ".000002Z"),
            ("0007\"", "0008\""),
        ] {
            let altered = line.replacen(from, to, 1);
            assert_ne!(altered, line, "{from}");
            let refused = Checkpoint::read(&altered, None);
            assert_eq!(refused, Err(CheckpointError::Signature), "{from}");
        }
        let format = line.replacen("checkpoint/1", "checkpoint/2", 1);
        assert_eq!(
            Checkpoint::read(&format, None),
            Err(CheckpointError::Format)
        );
    }
}
