//! What happens to an organisation.

use super::number::OrganisationNumber;
use crate::ids::{NetworkId, OrganisationId, ReadingId};
use crate::text::Name;
use serde::{Deserialize, Serialize};

/// Kinds of organisation that take part in a region's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// Kommune: owner of schools and kindergartens.
    Municipality,
    /// Skole.
    School,
    /// Barnehage.
    Kindergarten,
    /// PPT, the educational psychological service.
    Ppt,
    /// Universitet eller høgskole.
    University,
    /// Fagforening.
    Union,
    /// Statsforvalteren.
    CountyGovernor,
    /// KS, the association of local authorities.
    Ks,
    /// Anything else: an ICT cooperation, a national centre.
    Other,
}

impl OrganisationKind {
    /// Whether it is a unit where practice changes: phases are read here, commitments made here.
    #[must_use]
    pub const fn is_unit(self) -> bool {
        matches!(self, Self::School | Self::Kindergarten)
    }
}

/// What kind of school, for composing leader networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolType {
    /// Barneskole, years 1 to 7.
    Primary,
    /// Ungdomsskole, years 8 to 10.
    LowerSecondary,
    /// 1–10-skole.
    Combined,
}

/// The three phases of new practice (nordmore.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Initiering: begun, tried by some.
    Initiation,
    /// Implementering: in use, with effort.
    Implementation,
    /// Institusjonalisering: how we do it here.
    Institutionalisation,
}

impl Phase {
    /// In order.
    pub const ALL: [Self; 3] = [
        Self::Initiation,
        Self::Implementation,
        Self::Institutionalisation,
    ];

    /// 0 to 2.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Initiation => 0,
            Self::Implementation => 1,
            Self::Institutionalisation => 2,
        }
    }
}

/// Who judged a phase. The two are kept and shown apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingSource {
    /// The unit itself.
    SelfReported,
    /// Evaluators.
    Assessed,
}

/// Which phase a unit is in, as somebody judged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseReading {
    /// This reading.
    pub reading: ReadingId,
    /// The network whose work it is about.
    pub network: NetworkId,
    /// The unit.
    pub organisation: OrganisationId,
    /// Which phase.
    pub phase: Phase,
}

impl PhaseReading {
    /// As the event that whoever judged brings about.
    #[must_use]
    pub const fn by(self, source: ReadingSource) -> OrganisationEvent {
        match source {
            ReadingSource::SelfReported => OrganisationEvent::PhaseReported(self),
            ReadingSource::Assessed => OrganisationEvent::PhaseAssessed(self),
        }
    }
}

/// What happened to an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OrganisationEvent {
    /// The organisation was entered in the region.
    #[serde(rename = "organisation.registered.v1")]
    Registered {
        /// Its id.
        organisation: OrganisationId,
        /// Its public name.
        called: Name,
        /// What it is.
        kind: OrganisationKind,
        /// Its owner: a school's municipality.
        parent: Option<OrganisationId>,
        /// For schools.
        school_type: Option<SchoolType>,
        /// Pupils or children, for composing networks by size.
        pupils: Option<u32>,
    },
    /// It has another name from now on.
    #[serde(rename = "organisation.renamed.v1")]
    Renamed {
        /// Which.
        organisation: OrganisationId,
        /// The name before.
        from: Name,
        /// The name from now on.
        to: Name,
    },
    /// It has this number in the register of legal entities from now on.
    #[serde(rename = "organisation.number_given.v1")]
    NumberGiven {
        /// Which.
        organisation: OrganisationId,
        /// The number.
        number: OrganisationNumber,
    },
    /// It was closed down.
    #[serde(rename = "organisation.closed.v1")]
    Closed {
        /// Which.
        organisation: OrganisationId,
    },
    /// The unit told which phase it is in, in a network's work.
    #[serde(rename = "organisation.phase_reported.v1")]
    PhaseReported(PhaseReading),
    /// Evaluators judged which phase the unit is in, in a network's work.
    #[serde(rename = "organisation.phase_assessed.v1")]
    PhaseAssessed(PhaseReading),
    /// A round of answers about motivation closed at the unit. Counts only, five or more answers, never singly.
    #[serde(rename = "organisation.motivation_counted.v1")]
    MotivationCounted {
        /// This reading.
        reading: ReadingId,
        /// The network whose work it is about.
        network: NetworkId,
        /// The unit.
        organisation: OrganisationId,
        /// How many answered 1 (lowest) to 5 (highest).
        counts: [u32; 5],
    },
}

impl OrganisationEvent {
    /// The reading of a phase, and who judged.
    #[must_use]
    pub const fn phase_reading(&self) -> Option<(PhaseReading, ReadingSource)> {
        match self {
            Self::PhaseReported(reading) => Some((*reading, ReadingSource::SelfReported)),
            Self::PhaseAssessed(reading) => Some((*reading, ReadingSource::Assessed)),
            Self::Registered { .. }
            | Self::Renamed { .. }
            | Self::NumberGiven { .. }
            | Self::Closed { .. }
            | Self::MotivationCounted { .. } => None,
        }
    }
}
