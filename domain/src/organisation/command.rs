//! Orders about an organisation.

use super::event::{OrganisationKind, Phase, ReadingSource, SchoolType};
use super::number::OrganisationNumber;
use crate::ids::{NetworkId, OrganisationId, ReadingId};
use crate::text::Name;
use serde::{Deserialize, Serialize};

/// Orders about an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationCommand {
    /// Enter it in the region.
    Register {
        /// Its id.
        organisation: OrganisationId,
        /// Its public name.
        called: Name,
        /// What it is.
        kind: OrganisationKind,
        /// Its owner.
        parent: Option<OrganisationId>,
        /// For schools.
        school_type: Option<SchoolType>,
        /// Pupils or children.
        pupils: Option<u32>,
    },
    /// Give it another name.
    Rename {
        /// Which.
        organisation: OrganisationId,
        /// The name.
        called: Name,
    },
    /// Say which number it has in the register of legal entities.
    GiveNumber {
        /// Which.
        organisation: OrganisationId,
        /// The number.
        number: OrganisationNumber,
    },
    /// It was closed down.
    Close {
        /// Which.
        organisation: OrganisationId,
    },
    /// Say which phase a unit is in.
    ReadPhase {
        /// This reading.
        reading: ReadingId,
        /// In which network's work.
        network: NetworkId,
        /// The unit.
        organisation: OrganisationId,
        /// Which phase.
        phase: Phase,
        /// Who judges.
        source: ReadingSource,
    },
    /// Enter a closed round of answers about motivation.
    ReadMotivation {
        /// This reading.
        reading: ReadingId,
        /// In which network's work.
        network: NetworkId,
        /// The unit.
        organisation: OrganisationId,
        /// How many answered 1 to 5.
        counts: [u32; 5],
    },
}
