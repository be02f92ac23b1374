//! People: an id, a sealed name, and where they work in which role.

use crate::ids::{OrganisationId, PersonId};
use crate::recorded::Recorded;
use crate::rejection::Rejection;
use crate::text::{PersonName, Personal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody is at an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkRole {
    /// Rektor.
    Principal,
    /// Barnehagestyrer.
    KindergartenHead,
    /// Inspektør, avdelingsleder, second leader of a school.
    DepartmentHead,
    /// Ressurslærer.
    ResourceTeacher,
    /// Lærer.
    Teacher,
    /// Oppvekstfaglig ansvarlig, skolesjef.
    EducationOfficer,
    /// Utviklingsveileder.
    DevelopmentAdviser,
    /// PPT-leder.
    PptLeader,
    /// Hovedtillitsvalgt.
    ChiefShopSteward,
    /// Rådgiver.
    Adviser,
    /// Universitetspartner, forsker.
    Researcher,
}

impl WorkRole {
    /// All, for choices in forms.
    pub const ALL: [Self; 11] = [
        Self::Principal,
        Self::KindergartenHead,
        Self::DepartmentHead,
        Self::ResourceTeacher,
        Self::Teacher,
        Self::EducationOfficer,
        Self::DevelopmentAdviser,
        Self::PptLeader,
        Self::ChiefShopSteward,
        Self::Adviser,
        Self::Researcher,
    ];
}

/// What happened about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PersonEvent {
    /// The person was entered in the region. The name is sealed beside the event.
    #[serde(rename = "person.registered.v1")]
    Registered {
        /// Who.
        person: PersonId,
        /// The name, sealed.
        called: Personal<PersonName>,
    },
    /// The person has another name. It is sealed beside the event.
    #[serde(rename = "person.renamed.v1")]
    Renamed {
        /// Who.
        person: PersonId,
        /// The name, sealed.
        called: Personal<PersonName>,
    },
    /// The person began working at an organisation, or changed role there.
    #[serde(rename = "person.joined.v1")]
    Joined {
        /// Who.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
        /// As what.
        role: WorkRole,
    },
    /// The person no longer works there.
    #[serde(rename = "person.left.v2")]
    Left {
        /// Who.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
        /// As what the person worked there; not told by events of the first version.
        role: Option<WorkRole>,
    },
    /// The person was forgotten: the name can never be read again. Where the person worked and sat stays.
    #[serde(rename = "person.erased.v1")]
    Erased {
        /// Who.
        person: PersonId,
    },
}

/// Orders about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonCommand {
    /// Enter a person; the name travels beside the command.
    Register {
        /// Who.
        person: PersonId,
    },
    /// Give another name; it travels beside the command.
    Rename {
        /// Who.
        person: PersonId,
    },
    /// The person works at an organisation from now on.
    Join {
        /// Who.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
        /// As what.
        role: WorkRole,
    },
    /// The person no longer works there.
    Leave {
        /// Who.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
    },
    /// Forget the person: the name is to be unreadable for good.
    Forget {
        /// Who.
        person: PersonId,
    },
}

/// A person as the events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Whether the person was entered at all.
    pub registered: bool,
    /// Whether the person was forgotten.
    pub erased: bool,
    /// Where the person works, and as what.
    pub works_at: BTreeMap<OrganisationId, WorkRole>,
}

impl Person {
    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &PersonEvent) {
        let _ = recorded;
        match event {
            PersonEvent::Registered { .. } => self.registered = true,
            PersonEvent::Renamed { .. } => {}
            PersonEvent::Joined {
                organisation, role, ..
            } => {
                self.works_at.insert(*organisation, *role);
            }
            PersonEvent::Left { organisation, .. } => {
                self.works_at.remove(organisation);
            }
            PersonEvent::Erased { .. } => self.erased = true,
        }
    }

    pub(crate) fn decide(&self, command: &PersonCommand) -> Result<PersonEvent, Rejection> {
        // Where a forgotten person works is still put in order; nothing else is.
        if self.erased && !matches!(command, PersonCommand::Leave { .. }) {
            return Err(Rejection::PersonErased);
        }
        if let PersonCommand::Register { person } = *command {
            if self.registered {
                return Err(Rejection::AlreadyRegistered);
            }
            return Ok(PersonEvent::Registered {
                person,
                called: Personal::sealed(),
            });
        }
        if !self.registered {
            return Err(Rejection::UnknownPerson);
        }
        match *command {
            PersonCommand::Register { person } | PersonCommand::Rename { person } => {
                Ok(PersonEvent::Renamed {
                    person,
                    called: Personal::sealed(),
                })
            }
            PersonCommand::Join {
                person,
                organisation,
                role,
            } => {
                if self.works_at.get(&organisation) == Some(&role) {
                    return Err(Rejection::AlreadyThere);
                }
                Ok(PersonEvent::Joined {
                    person,
                    organisation,
                    role,
                })
            }
            PersonCommand::Leave {
                person,
                organisation,
            } => {
                let role = self.works_at.get(&organisation).copied();
                if role.is_none() {
                    return Err(Rejection::NotThere);
                }
                Ok(PersonEvent::Left {
                    person,
                    organisation,
                    role,
                })
            }
            PersonCommand::Forget { person } => Ok(PersonEvent::Erased { person }),
        }
    }
}

#[cfg(test)]
mod tests;
