//! The region itself: who administers it.

use crate::ids::PersonId;
use crate::recorded::Recorded;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What happened to a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RegionEvent {
    /// A person became administrator of the region.
    #[serde(rename = "region.administrator_named.v1")]
    AdministratorNamed {
        /// Who.
        person: PersonId,
    },
    /// A person is no longer administrator.
    #[serde(rename = "region.administrator_dismissed.v1")]
    AdministratorDismissed {
        /// Who.
        person: PersonId,
    },
}

/// Orders to a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionCommand {
    /// Make a person administrator.
    NameAdministrator {
        /// Who.
        person: PersonId,
    },
    /// Take the administrator's task from a person.
    DismissAdministrator {
        /// Who.
        person: PersonId,
    },
}

/// A region as its events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    /// Who administers it now.
    pub administrators: BTreeSet<PersonId>,
}

impl Region {
    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &RegionEvent) {
        let _ = recorded;
        match event {
            RegionEvent::AdministratorNamed { person } => {
                self.administrators.insert(*person);
            }
            RegionEvent::AdministratorDismissed { person } => {
                self.administrators.remove(person);
            }
        }
    }

    pub(crate) fn decide(&self, command: &RegionCommand) -> Result<RegionEvent, Rejection> {
        match *command {
            RegionCommand::NameAdministrator { person } => {
                if self.administrators.contains(&person) {
                    return Err(Rejection::AlreadyAdministrator);
                }
                Ok(RegionEvent::AdministratorNamed { person })
            }
            RegionCommand::DismissAdministrator { person } => {
                if !self.administrators.contains(&person) {
                    return Err(Rejection::NotAdministrator);
                }
                if self.administrators.len() == 1 {
                    return Err(Rejection::LastAdministrator);
                }
                Ok(RegionEvent::AdministratorDismissed { person })
            }
        }
    }
}

#[cfg(test)]
mod tests;
