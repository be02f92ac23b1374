//! Orders to a network.

use super::event::{CharterSection, NetworkKind, NetworkRole, Relation, Vote};
use crate::ids::{NetworkId, OrganisationId, PersonId, SeatId};
use crate::recorded::Position;
use crate::text::{Name, Prose};
use serde::{Deserialize, Serialize};

/// Orders to a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkCommand {
    /// Propose a new network.
    Propose {
        /// Its id.
        network: NetworkId,
        /// Its name.
        called: Name,
        /// What kind of body.
        kind: NetworkKind,
        /// Why it should exist.
        purpose: Prose,
        /// Where it hangs.
        parent: Option<(NetworkId, Relation)>,
    },
    /// A proposed network begins its work.
    Establish {
        /// Which.
        network: NetworkId,
    },
    /// Give it another name.
    Rename {
        /// Which.
        network: NetworkId,
        /// The name.
        called: Name,
    },
    /// Hang it under or beside another.
    Relate {
        /// Which.
        network: NetworkId,
        /// The other.
        to: NetworkId,
        /// How.
        relation: Relation,
    },
    /// Take that relation away.
    Unrelate {
        /// Which.
        network: NetworkId,
        /// The other.
        to: NetworkId,
    },
    /// Let it go up in another body.
    Merge {
        /// Which is no more.
        network: NetworkId,
        /// Which goes on.
        into: NetworkId,
        /// Why.
        reason: Prose,
    },
    /// End it.
    End {
        /// Which.
        network: NetworkId,
        /// Why.
        reason: Prose,
    },
    /// Give an organisation a seat.
    CreateSeat {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Whose.
        organisation: OrganisationId,
        /// With vote or without.
        vote: Vote,
        /// Who holds it, if that is known at once.
        person: Option<PersonId>,
    },
    /// Let a seat vote, or not.
    SetVote {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// With vote or without.
        vote: Vote,
    },
    /// Put a person into a seat, in place of who sat there.
    FillSeat {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
        /// Who.
        person: PersonId,
    },
    /// Nobody holds the seat from now on.
    VacateSeat {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
    },
    /// Take the seat away.
    EndSeat {
        /// Where.
        network: NetworkId,
        /// The seat.
        seat: SeatId,
    },
    /// Give a person a role.
    GiveRole {
        /// Where.
        network: NetworkId,
        /// Which.
        role: NetworkRole,
        /// Who; holds a seat there.
        person: PersonId,
    },
    /// Nobody has the role from now on.
    EndRole {
        /// Where.
        network: NetworkId,
        /// Which.
        role: NetworkRole,
    },
    /// Write a section of the charter.
    WriteCharterSection {
        /// Whose charter.
        network: NetworkId,
        /// Which section.
        section: CharterSection,
        /// Its text.
        text: Prose,
        /// The position of the last change to that section that the writer saw; 0 when there was none.
        seen: Position,
    },
    /// Adopt the charter as it stands.
    AdoptCharter {
        /// Whose charter.
        network: NetworkId,
    },
}
