//! Opening what is sealed, at the edge of a response: words of texts and names of people.

use crate::chance::Chance;
use crate::crypto::{Key, RegionKey, place};
use crate::store::keys::Kept;
use crate::store::row::{name_place, position, text_place};
use crate::store::scope::TenantScope;
use crate::store::{Store, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::{PersonId, TenantId, TextId};
use domain::recorded::Position;
use std::collections::BTreeMap;

/// What was opened. An id that never was is missing; one whose key is destroyed is there without a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Words by text.
    pub words: BTreeMap<TextId, Option<String>>,
    /// Names by person.
    pub names: BTreeMap<PersonId, Option<String>>,
}

/// Opens texts and names.
///
/// # Errors
/// Of the database, or when a value does not open with a key that is still there.
pub async fn open(
    store: &Store,
    tenant: TenantId,
    texts: &[TextId],
    persons: &[PersonId],
) -> Result<Opened, StoreError> {
    if texts.is_empty() && persons.is_empty() {
        return Ok(Opened::default());
    }
    let mut scope = store.reading(tenant).await?;
    open_in(store, &mut scope, texts, persons).await
}

/// The names of people alone.
///
/// # Errors
/// As [`open`].
pub async fn names(
    store: &Store,
    tenant: TenantId,
    persons: &[PersonId],
) -> Result<BTreeMap<PersonId, Option<String>>, StoreError> {
    Ok(open(store, tenant, &[], persons).await?.names)
}

/// As [`open`], in a transaction with other reads.
///
/// # Errors
/// As [`open`].
pub async fn open_in(
    store: &Store,
    scope: &mut TenantScope,
    texts: &[TextId],
    persons: &[PersonId],
) -> Result<Opened, StoreError> {
    let (region_key, tenant) = store.region_key(scope).await?;
    let texts = if texts.is_empty() {
        Vec::new()
    } else {
        scope.text_keys(texts).await?
    };
    let persons = if persons.is_empty() {
        Vec::new()
    } else {
        scope.person_keys(persons).await?
    };
    let sealed = sealed_at(scope, texts.iter().chain(&persons)).await?;
    let mut opened = Opened::default();
    for kept in texts {
        let value = open_one(
            tenant,
            &region_key,
            &kept,
            &text_place(TextId(kept.id)),
            &sealed,
        )?;
        opened.words.insert(TextId(kept.id), value);
    }
    for kept in persons {
        let value = open_one(
            tenant,
            &region_key,
            &kept,
            &name_place(PersonId(kept.id)),
            &sealed,
        )?;
        opened.names.insert(PersonId(kept.id), value);
    }
    Ok(opened)
}

type SealedAt = BTreeMap<Position, BTreeMap<String, String>>;

/// What lies sealed beside the events at which these keys' values are.
async fn sealed_at(
    scope: &mut TenantScope,
    kept: impl Iterator<Item = &Kept>,
) -> Result<SealedAt, StoreError> {
    let mut positions: Vec<i64> = kept
        .filter(|kept| kept.wrapped.is_some())
        .map(|kept| crate::store::row::stored(kept.position))
        .collect();
    positions.sort_unstable();
    positions.dedup();
    let rows = scope.rows_at(&positions).await?;
    rows.iter()
        .map(|row| Ok((position(row.position), row.payload()?.sealed)))
        .collect()
}

fn open_one(
    tenant: TenantId,
    region_key: &RegionKey,
    kept: &Kept,
    name: &str,
    sealed: &SealedAt,
) -> Result<Option<String>, StoreError> {
    let Some(wrapped) = &kept.wrapped else {
        return Ok(None);
    };
    let place = place(tenant, kept.id);
    let damaged = |what: &str| {
        StoreError::Damaged(format!(
            "{what} of {} at position {}",
            kept.id, kept.position
        ))
    };
    let value = sealed
        .get(&kept.position)
        .and_then(|beside| beside.get(name));
    let value = value.ok_or_else(|| damaged("nothing is sealed"))?;
    let value = BASE64
        .decode(value)
        .ok()
        .ok_or_else(|| damaged("no base64"))?;
    let key = region_key
        .unwrap(&place, wrapped)
        .ok()
        .ok_or_else(|| damaged("the key"))?;
    let plain = key
        .open(&place, &value)
        .ok()
        .ok_or_else(|| damaged("the sealed value"))?;
    Ok(Some(
        String::from_utf8(plain)
            .ok()
            .ok_or_else(|| damaged("the text"))?,
    ))
}

/// The key that is a person's own, at the place of what it seals.
pub struct PersonKey {
    key: Key,
    place: [u8; 32],
}

impl PersonKey {
    /// Seals what identifies the person.
    #[must_use]
    pub fn seal(&self, chance: &dyn Chance, plain: &str) -> Vec<u8> {
        self.key.seal(chance, &self.place, plain.as_bytes())
    }

    /// Opens it; nothing for what another key sealed.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<String> {
        let plain = self.key.open(&self.place, sealed).ok()?;
        String::from_utf8(plain).ok()
    }
}

/// A person's own key; `None` for nobody and for a forgotten person.
///
/// # Errors
/// Of the database, or when the key does not open with the region's.
pub async fn person_key(
    store: &Store,
    scope: &mut TenantScope,
    person: PersonId,
) -> Result<Option<PersonKey>, StoreError> {
    let (region_key, tenant) = store.region_key(scope).await?;
    let kept = scope.person_keys(&[person]).await?;
    let Some(wrapped) = kept.into_iter().find_map(|kept| kept.wrapped) else {
        return Ok(None);
    };
    let place = place(tenant, person.0);
    match region_key.unwrap(&place, &wrapped) {
        Ok(key) => Ok(Some(PersonKey { key, place })),
        Err(_unopenable) => Err(StoreError::Damaged(format!("the key of {person}"))),
    }
}
