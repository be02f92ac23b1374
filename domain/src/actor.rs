//! Who acts.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// Who issued a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person of the region.
    Person(PersonId),
    /// The operator of the installation, on the command line: opens regions, names their first administrator.
    Operator,
    /// What is due by time.
    Clock,
}

impl Actor {
    /// The person, if it is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Operator | Self::Clock => None,
        }
    }
}
