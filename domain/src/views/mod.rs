//! Views: read models as pure folds. A view is kept as a document per key (what it is about, never a person), holds
//! ids of people and texts and never names or words, and stays below 32 KB with twenty years in it.

pub mod commitments;
pub mod document;
pub mod meeting;
pub mod network;
pub mod organisation;
pub mod region;
pub mod river;

use crate::event::Event;
use crate::history::Fold;
use crate::ids::TenantId;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A read model. Its `apply` is total and knows nothing of corrections or of its key: a document is only ever made and
/// kept by [`document`].
pub trait View:
    Fold + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Its permanent name.
    const NAME: &'static str;
    /// The stored names of the events that change it; no other does.
    const READS: &'static [&'static str];
    /// The documents this event belongs to: a subset of what the event is about.
    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid>;
}
