//! Sealing. Words and names lie in the log only as XChaCha20-Poly1305 under a key of their own; that key is wrapped by
//! the region's, and the region's by the master key. Destroying a key makes what it sealed unreadable for good.

use crate::chance::{self, Chance};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::ids::TenantId;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

const NONCE_BYTES: usize = 24;

/// Why something could not be opened: another key, another place, or altered bytes. Which one cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open with its key")]
pub struct Unopenable;

/// A key of 32 bytes. Not printable.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new one.
    #[must_use]
    pub fn new(chance: &dyn Chance) -> Self {
        Self(chance::bytes(chance))
    }

    /// From stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Seals bytes for one place: they open nowhere else.
    #[must_use]
    pub fn seal(&self, chance: &dyn Chance, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = chance::bytes(chance);
        let sealed = XChaCha20Poly1305::new((&self.0).into())
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: plain,
                    aad: place,
                },
            )
            .expect("sealing fails only beyond 256 GB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`Unopenable`] for another key or place, or altered bytes.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopenable> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(Unopenable)?;
        XChaCha20Poly1305::new((&self.0).into())
            .decrypt(
                XNonce::from_slice(nonce),
                Payload {
                    msg: sealed,
                    aad: place,
                },
            )
            .ok()
            .ok_or(Unopenable)
    }

    /// Seals another key.
    #[must_use]
    pub fn wrap(&self, chance: &dyn Chance, place: &[u8], key: &Self) -> Vec<u8> {
        self.seal(chance, place, &key.0)
    }

    /// Opens another key.
    ///
    /// # Errors
    /// [`Unopenable`] as [`Key::open`].
    pub fn unwrap(&self, place: &[u8], wrapped: &[u8]) -> Result<Self, Unopenable> {
        let bytes = self.open(place, wrapped)?;
        Ok(Self(bytes.try_into().ok().ok_or(Unopenable)?))
    }

    /// A keyed hash, for telling whether two contents are equal without keeping them. `purpose` keeps hashes made for
    /// one thing from meaning anything for another.
    #[must_use]
    pub fn digest(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0)
            .expect("this hash takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(content);
        mac.finalize().into_bytes().into()
    }

    /// The raw bytes, for wrapping under a passphrase.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Bytes of a wrapped key; what follows them is the mark of the region's key that wrapped it.
const WRAPPED_BYTES: usize = NONCE_BYTES + 32 + 16;
/// Bytes of the mark of a region's key that took another's place.
const MARK_BYTES: usize = 8;

/// A region's key: wraps the keys of its texts and persons, and makes the digests of its commands.
#[derive(Clone, Debug)]
pub struct RegionKey {
    key: Key,
    /// Names the key, so that what another one wrapped is told apart from what is damaged. A first key has none.
    mark: Vec<u8>,
    /// The region's first key, where this one took its place: digests mean the same for ever.
    digests: Option<Key>,
}

impl RegionKey {
    /// A region's first key.
    #[must_use]
    pub const fn first(key: Key) -> Self {
        Self {
            key,
            mark: Vec::new(),
            digests: None,
        }
    }

    /// From what is stored of it.
    #[must_use]
    pub const fn from_parts(key: Key, mark: Vec<u8>, digests: Option<Key>) -> Self {
        Self { key, mark, digests }
    }

    /// Another key to take its place, which makes the same digests.
    #[must_use]
    pub fn next(&self, chance: &dyn Chance) -> Self {
        Self {
            key: Key::new(chance),
            mark: chance::bytes::<MARK_BYTES>(chance).to_vec(),
            digests: Some(self.digests.clone().unwrap_or_else(|| self.key.clone())),
        }
    }

    /// The key that wraps.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// What names it.
    #[must_use]
    pub fn mark(&self) -> &[u8] {
        &self.mark
    }

    /// The key that makes digests, where it is another.
    #[must_use]
    pub const fn digests(&self) -> Option<&Key> {
        self.digests.as_ref()
    }

    /// Wraps the key of a text or person.
    #[must_use]
    pub fn wrap(&self, chance: &dyn Chance, place: &[u8], key: &Key) -> Vec<u8> {
        let mut wrapped = self.key.wrap(chance, place, key);
        wrapped.extend_from_slice(&self.mark);
        wrapped
    }

    /// Opens the key of a text or person.
    ///
    /// # Errors
    /// [`Unopenable`] for what another key wrapped, for another place, or altered bytes.
    pub fn unwrap(&self, place: &[u8], wrapped: &[u8]) -> Result<Key, Unopenable> {
        let (wrapped, mark) = wrapped.split_at_checked(WRAPPED_BYTES).ok_or(Unopenable)?;
        if mark != self.mark {
            return Err(Unopenable);
        }
        self.key.unwrap(place, wrapped)
    }

    /// As [`Key::digest`], the same before and after a rotation.
    #[must_use]
    pub fn digest(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        let key = self.digests.as_ref().unwrap_or(&self.key);
        key.digest(purpose, content)
    }
}

/// The place of a sealed value or key: a region and the id of the text or person.
#[must_use]
pub fn place(tenant: TenantId, id: Uuid) -> [u8; 32] {
    let mut place = [0; 32];
    place[..16].copy_from_slice(tenant.0.as_bytes());
    place[16..].copy_from_slice(id.as_bytes());
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn a_sealed_value_opens_with_its_key_at_its_place_and_nowhere_else() {
        let chance = SeededChance::from_seed(1);
        let key = Key::new(&chance);
        let here = place(TenantId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let there = place(TenantId(Uuid::from_u128(3)), Uuid::from_u128(2));
        let mut sealed = key.seal(&chance, &here, "Kari".as_bytes());
        assert_eq!(key.open(&here, &sealed).expect("opens"), b"Kari");
        assert_eq!(key.open(&there, &sealed), Err(Unopenable));
        assert_eq!(Key::new(&chance).open(&here, &sealed), Err(Unopenable));
        sealed[30] ^= 1;
        assert_eq!(key.open(&here, &sealed), Err(Unopenable));
        assert_eq!(key.open(&here, &[1, 2, 3]), Err(Unopenable));
    }

    #[test]
    fn a_wrapped_key_is_the_same_key() {
        let chance = SeededChance::from_seed(2);
        let (region, text) = (Key::new(&chance), Key::new(&chance));
        let wrapped = region.wrap(&chance, b"here", &text);
        assert_eq!(region.unwrap(b"here", &wrapped).expect("opens").0, text.0);
        assert!(text.unwrap(b"here", &wrapped).is_err());
    }

    #[test]
    fn a_regions_next_key_opens_nothing_of_the_first_and_makes_the_same_digests() {
        let chance = SeededChance::from_seed(3);
        let first = RegionKey::first(Key::new(&chance));
        let next = first.next(&chance);
        let text = Key::new(&chance);
        let (by_first, by_next) = (
            first.wrap(&chance, b"here", &text),
            next.wrap(&chance, b"here", &text),
        );
        assert_eq!((by_first.len(), by_next.len()), (72, 80));
        assert_eq!(first.unwrap(b"here", &by_first).expect("opens").0, text.0);
        assert_eq!(next.unwrap(b"here", &by_next).expect("opens").0, text.0);
        assert!(first.unwrap(b"here", &by_next).is_err());
        assert!(next.unwrap(b"here", &by_first).is_err());
        let digests = [&first, &next, &next.next(&chance)].map(|key| key.digest("command", b"x"));
        assert!(digests[0] == digests[1] && digests[1] == digests[2]);
    }
}
