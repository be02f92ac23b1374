//! From a decided event to the text that is stored: the event's data, and beside it, sealed, the words and names it
//! brings.

use crate::chance::Chance;
use crate::crypto::{Key, RegionKey, place};
use crate::store::row::{name_place, text_place};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::command::Submission;
use domain::event::Event;
use domain::ids::{PersonId, TenantId, TextId};
use domain::limits::PAYLOAD_BYTES_MAX;
use domain::rejection::Rejection;
use domain::{about, wire};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A key that was made or found for what a command seals.
#[derive(Clone, Debug)]
pub(super) struct DataKey {
    pub key: Key,
    pub wrapped: Vec<u8>,
}

/// An event ready to be numbered.
#[derive(Debug)]
pub(super) struct Sealed {
    pub name: String,
    pub payload: String,
    /// New texts with their wrapped keys.
    pub texts: Vec<(TextId, Vec<u8>)>,
    /// Persons whose newest name is here, with their keys.
    pub persons: Vec<(PersonId, DataKey)>,
}

/// Seals what the events of one command bring.
pub(super) struct Sealer<'a> {
    pub tenant: TenantId,
    pub region_key: &'a RegionKey,
    pub chance: &'a dyn Chance,
    pub submission: &'a Submission,
    /// Keys of the persons whom the command names, where they have one already.
    pub persons: &'a HashMap<PersonId, DataKey>,
    /// Texts known from earlier events.
    pub known: &'a BTreeSet<TextId>,
    /// Texts sealed by an earlier event of the same command.
    sealed: BTreeSet<TextId>,
}

impl<'a> Sealer<'a> {
    pub fn new(
        tenant: TenantId,
        region_key: &'a RegionKey,
        chance: &'a dyn Chance,
        submission: &'a Submission,
        persons: &'a HashMap<PersonId, DataKey>,
        known: &'a BTreeSet<TextId>,
    ) -> Self {
        Self {
            tenant,
            region_key,
            chance,
            submission,
            persons,
            known,
            sealed: BTreeSet::new(),
        }
    }

    pub fn seal(&mut self, event: &Event) -> Result<Sealed, Rejection> {
        let (name, data) = wire::encode(event);
        let (mut beside, mut texts, mut persons) = (BTreeMap::new(), Vec::new(), Vec::new());
        for text in about::texts(event) {
            if self.known.contains(&text) || self.sealed.contains(&text) {
                continue;
            }
            let written = self
                .submission
                .texts
                .iter()
                .find(|written| written.id == text);
            let words = &written.ok_or(Rejection::WordsMissing)?.words;
            let place = place(self.tenant, text.0);
            let key = Key::new(self.chance);
            let sealed = key.seal(self.chance, &place, words.as_str().as_bytes());
            beside.insert(text_place(text), BASE64.encode(sealed));
            texts.push((text, self.region_key.wrap(self.chance, &place, &key)));
            self.sealed.insert(text);
        }
        for person in about::names(event) {
            let named = self
                .submission
                .names
                .iter()
                .find(|named| named.person == person);
            let name = &named.ok_or(Rejection::WordsMissing)?.name;
            let place = place(self.tenant, person.0);
            let data_key = self.persons.get(&person).cloned().unwrap_or_else(|| {
                let key = Key::new(self.chance);
                let wrapped = self.region_key.wrap(self.chance, &place, &key);
                DataKey { key, wrapped }
            });
            let sealed = data_key
                .key
                .seal(self.chance, &place, name.as_str().as_bytes());
            beside.insert(name_place(person), BASE64.encode(sealed));
            persons.push((person, data_key));
        }
        let payload = payload(&data, &beside);
        fits(&payload)?;
        Ok(Sealed {
            name,
            payload,
            texts,
            persons,
        })
    }
}

/// Refuses what Postgres would.
pub(super) fn fits(payload: &str) -> Result<(), Rejection> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        Err(Rejection::TooLarge)
    } else {
        Ok(())
    }
}

fn payload(data: &str, beside: &BTreeMap<String, String>) -> String {
    // Ids and base64 need no escaping in JSON.
    let sealed: Vec<String> = beside
        .iter()
        .map(|(id, value)| format!("\"{id}\":\"{value}\""))
        .collect();
    if sealed.is_empty() {
        format!("{{\"event\":{data}}}")
    } else {
        format!("{{\"event\":{data},\"sealed\":{{{}}}}}", sealed.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_fits_at_the_limit_and_not_one_byte_above() {
        assert_eq!(fits(&"x".repeat(PAYLOAD_BYTES_MAX)), Ok(()));
        assert_eq!(
            fits(&"x".repeat(PAYLOAD_BYTES_MAX + 1)),
            Err(Rejection::TooLarge)
        );
    }

    #[test]
    fn a_payload_without_anything_sealed_has_no_such_field() {
        assert_eq!(payload("{}", &BTreeMap::new()), r#"{"event":{}}"#);
        let beside = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        assert_eq!(payload("{}", &beside), r#"{"event":{},"sealed":{"a":"b"}}"#);
    }
}
