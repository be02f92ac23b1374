//! What happens to a network.

use crate::ids::{NetworkId, OrganisationId, PersonId, SeatId};
use crate::text::{Name, Prose};
use serde::{Deserialize, Serialize};

/// Kinds of body (nordmore.md, jaerskulen.md, gauldal.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    /// Leiarnettverk: principals of several schools.
    LeaderNetwork,
    /// Ressurslærernettverk.
    ResourceTeacherNetwork,
    /// Styringsgruppe.
    SteeringGroup,
    /// Koordineringsgruppe, sentral arbeidsgruppe.
    CoordinationGroup,
    /// Fagnettverk of municipal education officers.
    ProfessionalNetwork,
    /// Evalueringsnettverk.
    EvaluationNetwork,
    /// Prosessnettverk.
    ProcessNetwork,
    /// Oppvekstnettverk of all schools and kindergartens.
    UpbringingNetwork,
    /// Samarbeidsforum, board, project group and the like.
    Forum,
}

/// How a body hangs under or beside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Undernettverk: belongs under the other.
    Sub,
    /// Sidenettverk: works beside the other.
    Side,
}

/// What a seat may do when votes are cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// One vote.
    Voting,
    /// Takes part, does not vote.
    NonVoting,
}

/// What somebody is in a network beside holding a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkRole {
    /// Nettverksleder.
    Leader,
    /// Nestleder.
    Deputy,
    /// Referent.
    MinuteTaker,
}

/// The nine sections of a charter (nettverksgrunnlag, jaerskulen.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharterSection {
    /// Medlemmer.
    Members,
    /// Nettverksleder.
    Leader,
    /// Formål.
    Purpose,
    /// Viktige verdier.
    Values,
    /// Innhold.
    Content,
    /// Arbeidsmåter.
    Methods,
    /// Struktur, roller og oppgaver.
    Structure,
    /// Viktige suksesskriterier.
    SuccessCriteria,
    /// Annet.
    Other,
}

impl CharterSection {
    /// In the order of the template.
    pub const ALL: [Self; 9] = [
        Self::Members,
        Self::Leader,
        Self::Purpose,
        Self::Values,
        Self::Content,
        Self::Methods,
        Self::Structure,
        Self::SuccessCriteria,
        Self::Other,
    ];
}

/// What happened to a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NetworkEvent {
    /// Somebody proposed the network; it is not in work yet.
    #[serde(rename = "network.proposed.v1")]
    Proposed {
        /// Its id.
        network: NetworkId,
        /// Its name.
        called: Name,
        /// What kind of body.
        kind: NetworkKind,
        /// Why it should exist.
        purpose: Prose,
    },
    /// The network began its work.
    #[serde(rename = "network.established.v1")]
    Established {
        /// Which.
        network: NetworkId,
    },
    /// It has another name from now on.
    #[serde(rename = "network.renamed.v1")]
    Renamed {
        /// Which.
        network: NetworkId,
        /// The name before.
        from: Name,
        /// The name from now on.
        to: Name,
    },
    /// It hangs under or beside another body from now on.
    #[serde(rename = "network.related.v1")]
    Related {
        /// Which.
        network: NetworkId,
        /// The other body.
        to: NetworkId,
        /// How.
        relation: Relation,
    },
    /// That relation is over.
    #[serde(rename = "network.unrelated.v1")]
    Unrelated {
        /// Which.
        network: NetworkId,
        /// The other body.
        to: NetworkId,
    },
    /// It went up in another body.
    #[serde(rename = "network.merged.v1")]
    Merged {
        /// Which is no more.
        network: NetworkId,
        /// Which goes on.
        into: NetworkId,
        /// Why.
        reason: Prose,
    },
    /// It ended.
    #[serde(rename = "network.ended.v1")]
    Ended {
        /// Which.
        network: NetworkId,
        /// Why.
        reason: Prose,
    },
    /// An organisation has a seat from now on.
    #[serde(rename = "network.seat_created.v1")]
    SeatCreated {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose.
        organisation: OrganisationId,
        /// With vote or without.
        vote: Vote,
    },
    /// The seat votes, or does not, from now on.
    #[serde(rename = "network.seat_vote_set.v1")]
    SeatVoteSet {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose.
        organisation: OrganisationId,
        /// With vote or without.
        vote: Vote,
    },
    /// A person holds the seat from now on.
    #[serde(rename = "network.seat_filled.v1")]
    SeatFilled {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose.
        organisation: OrganisationId,
        /// By whom.
        person: PersonId,
    },
    /// The person no longer holds the seat.
    #[serde(rename = "network.seat_vacated.v1")]
    SeatVacated {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose.
        organisation: OrganisationId,
        /// Who left it.
        person: PersonId,
    },
    /// The organisation has no such seat any more.
    #[serde(rename = "network.seat_ended.v1")]
    SeatEnded {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose it was.
        organisation: OrganisationId,
    },
    /// Somebody has a role from now on.
    #[serde(rename = "network.role_given.v1")]
    RoleGiven {
        /// Where.
        network: NetworkId,
        /// Which role.
        role: NetworkRole,
        /// Who.
        person: PersonId,
        /// Who had it before.
        before: Option<PersonId>,
    },
    /// Nobody has the role any more.
    #[serde(rename = "network.role_ended.v1")]
    RoleEnded {
        /// Where.
        network: NetworkId,
        /// Which role.
        role: NetworkRole,
        /// Who had it.
        person: PersonId,
    },
    /// A section of the charter was written or written anew; not yet agreed.
    #[serde(rename = "network.charter_section_written.v1")]
    CharterSectionWritten {
        /// Whose charter.
        network: NetworkId,
        /// Which section.
        section: CharterSection,
        /// Its text.
        text: Prose,
    },
    /// The charter as it stands was adopted.
    #[serde(rename = "network.charter_adopted.v1")]
    CharterAdopted {
        /// Whose charter.
        network: NetworkId,
        /// Which version, from 1.
        version: u32,
        /// Its sections.
        sections: Vec<(CharterSection, Prose)>,
    },
}
