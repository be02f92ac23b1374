//! Which ids an event concerns, from the event alone: what it is about, which texts it refers to, whose name is
//! sealed beside it.

use crate::commitment::event::CommitmentEvent as C;
use crate::correction::{CorrectionEvent, Instead};
use crate::event::Event;
use crate::ids::{MeetingId, PersonId, StreamId, TenantId, TextId};
use crate::meeting::event::{ItemTitle, MeetingEvent as M};
use crate::network::event::NetworkEvent as N;
use crate::organisation::event::{OrganisationEvent as O, PhaseReading};
use crate::person::PersonEvent as P;
use crate::region::RegionEvent as R;
use crate::text::Prose;
use crate::withdrawal::TextEvent;
use uuid::Uuid;

/// The ids an event is about, sorted, each once: network, meeting, organisation, person, commitment, and the region
/// itself where region-wide views change.
#[must_use]
pub fn about(event: &Event, tenant: TenantId) -> Vec<Uuid> {
    let mut ids = match event {
        Event::Region(event) => match event {
            R::AdministratorNamed { person } | R::AdministratorDismissed { person } => {
                vec![tenant.0, person.0]
            }
        },
        Event::Organisation(event) => match event {
            O::Registered {
                organisation,
                parent,
                ..
            } => {
                let mut ids = vec![tenant.0, organisation.0];
                ids.extend(parent.map(|parent| parent.0));
                ids
            }
            O::Renamed { organisation, .. }
            | O::NumberGiven { organisation, .. }
            | O::Closed { organisation } => {
                vec![tenant.0, organisation.0]
            }
            O::PhaseReported(PhaseReading {
                network,
                organisation,
                ..
            })
            | O::PhaseAssessed(PhaseReading {
                network,
                organisation,
                ..
            })
            | O::MotivationCounted {
                network,
                organisation,
                ..
            } => {
                vec![tenant.0, organisation.0, network.0]
            }
        },
        Event::Person(event) => match event {
            P::Registered { person, .. } | P::Renamed { person, .. } | P::Erased { person } => {
                vec![person.0]
            }
            P::Joined {
                person,
                organisation,
                ..
            }
            | P::Left {
                person,
                organisation,
                ..
            } => {
                vec![person.0, organisation.0]
            }
        },
        Event::Network(event) => network(event, tenant),
        Event::Meeting(event) => meeting(event, tenant),
        Event::Commitment(event) => commitment(event),
        Event::Correction(CorrectionEvent::Made {
            instead, concerns, ..
        }) => {
            let mut ids = concerns.clone();
            if let Instead::Replacement { event, .. } = instead {
                ids.extend(about(event, tenant));
            }
            ids
        }
        Event::Text(TextEvent::Withdrawn { concerns, .. }) => concerns.clone(),
    };
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn network(event: &N, tenant: TenantId) -> Vec<Uuid> {
    match event {
        N::Proposed { network, .. }
        | N::Established { network }
        | N::Renamed { network, .. }
        | N::Ended { network, .. }
        | N::CharterAdopted { network, .. } => vec![tenant.0, network.0],
        N::Related { network, to, .. }
        | N::Unrelated { network, to }
        | N::Merged {
            network, into: to, ..
        } => {
            vec![tenant.0, network.0, to.0]
        }
        N::SeatCreated {
            network,
            organisation,
            ..
        }
        | N::SeatVoteSet {
            network,
            organisation,
            ..
        }
        | N::SeatEnded {
            network,
            organisation,
            ..
        } => vec![network.0, organisation.0],
        N::SeatFilled {
            network,
            organisation,
            person,
            ..
        }
        | N::SeatVacated {
            network,
            organisation,
            person,
            ..
        } => vec![network.0, organisation.0, person.0],
        N::RoleGiven {
            network,
            person,
            before,
            ..
        } => {
            let mut ids = vec![network.0, person.0];
            ids.extend(before.map(|before| before.0));
            ids
        }
        N::RoleEnded {
            network, person, ..
        } => vec![network.0, person.0],
        N::CharterSectionWritten { network, .. } => vec![network.0],
    }
}

fn meeting(event: &M, tenant: TenantId) -> Vec<Uuid> {
    match event {
        M::Planned {
            meeting,
            network,
            host,
            ..
        } => {
            let mut ids = vec![meeting.0, network.0];
            ids.extend(host.map(|host| host.0));
            ids
        }
        M::NoticeAnswered {
            meeting,
            network,
            organisation,
            person,
            ..
        } => {
            vec![meeting.0, network.0, organisation.0, person.0]
        }
        M::AttendanceRecorded {
            meeting,
            network,
            organisation,
            person,
            ..
        } => {
            let mut ids = vec![meeting.0, network.0, organisation.0];
            ids.extend(person.map(|person| person.0));
            ids
        }
        M::ContractAgreed {
            meeting,
            network,
            contract,
        } => {
            let mut ids = vec![meeting.0, network.0];
            ids.extend(contract.host.map(|host| host.0));
            ids.extend(contract.responsible.map(|person| person.0));
            ids
        }
        M::ItemAdded {
            meeting,
            network,
            presenter,
            ..
        } => {
            let mut ids = vec![meeting.0, network.0];
            ids.extend(presenter.map(|person| person.0));
            ids
        }
        M::Closed { meeting, network } => vec![tenant.0, meeting.0, network.0],
        M::Rescheduled {
            meeting, network, ..
        }
        | M::Cancelled {
            meeting, network, ..
        }
        | M::ItemMoved {
            meeting, network, ..
        }
        | M::ItemWithdrawn {
            meeting, network, ..
        }
        | M::NoticePublished {
            meeting, network, ..
        }
        | M::Opened { meeting, network }
        | M::ItemStarted {
            meeting, network, ..
        }
        | M::ItemEnded {
            meeting, network, ..
        }
        | M::DecisionTaken {
            meeting, network, ..
        }
        | M::EvaluationOpened { meeting, network }
        | M::ChangeAgreed {
            meeting, network, ..
        }
        | M::RequirementWaived {
            meeting, network, ..
        }
        | M::MinutesWritten {
            meeting, network, ..
        }
        | M::FileAdded {
            meeting, network, ..
        }
        | M::MinutesPublished { meeting, network } => vec![meeting.0, network.0],
    }
}

fn commitment(event: &C) -> Vec<Uuid> {
    match event {
        C::Made {
            commitment,
            meeting,
            network,
            organisation,
            ..
        }
        | C::Reworded {
            commitment,
            meeting,
            network,
            organisation,
            ..
        }
        | C::Declined {
            commitment,
            meeting,
            network,
            organisation,
            ..
        }
        | C::Reported {
            commitment,
            meeting,
            network,
            organisation,
            ..
        }
        | C::CarriedOver {
            commitment,
            meeting,
            network,
            organisation,
            ..
        } => {
            vec![commitment.0, meeting.0, network.0, organisation.0]
        }
    }
}

/// The texts an event refers to.
#[must_use]
pub fn texts(event: &Event) -> Vec<TextId> {
    let prose: Vec<Prose> = match event {
        Event::Region(_) | Event::Organisation(_) | Event::Person(_) => Vec::new(),
        Event::Network(event) => match event {
            N::Proposed { purpose: text, .. }
            | N::Merged { reason: text, .. }
            | N::Ended { reason: text, .. }
            | N::CharterSectionWritten { text, .. } => vec![*text],
            N::CharterAdopted { sections, .. } => sections.iter().map(|(_, text)| *text).collect(),
            N::Established { .. }
            | N::Renamed { .. }
            | N::Related { .. }
            | N::Unrelated { .. }
            | N::SeatCreated { .. }
            | N::SeatVoteSet { .. }
            | N::SeatFilled { .. }
            | N::SeatVacated { .. }
            | N::SeatEnded { .. }
            | N::RoleGiven { .. }
            | N::RoleEnded { .. } => Vec::new(),
        },
        Event::Meeting(event) => match event {
            M::Planned { place, theme, .. } => place.iter().chain(theme).copied().collect(),
            M::Rescheduled { reason: text, .. }
            | M::Cancelled { reason: text, .. }
            | M::DecisionTaken { text, .. }
            | M::ChangeAgreed { text, .. }
            | M::RequirementWaived { reason: text, .. }
            | M::MinutesWritten { text, .. }
            | M::FileAdded { file: text, .. } => vec![*text],
            M::ItemAdded {
                title: ItemTitle::Own(text),
                ..
            } => vec![*text],
            M::ContractAgreed { contract, .. } => {
                contract.place.into_iter().chain([contract.theme]).collect()
            }
            M::ItemAdded {
                title: ItemTitle::Template(_),
                ..
            }
            | M::ItemMoved { .. }
            | M::ItemWithdrawn { .. }
            | M::NoticePublished { .. }
            | M::NoticeAnswered { .. }
            | M::Opened { .. }
            | M::AttendanceRecorded { .. }
            | M::ItemStarted { .. }
            | M::ItemEnded { .. }
            | M::EvaluationOpened { .. }
            | M::Closed { .. }
            | M::MinutesPublished { .. } => Vec::new(),
        },
        Event::Commitment(event) => match event {
            C::Made { text, .. } | C::Reworded { text, .. } | C::Declined { reason: text, .. } => {
                vec![*text]
            }
            C::Reported { learned, .. } => learned.iter().copied().collect(),
            C::CarriedOver { .. } => Vec::new(),
        },
        Event::Correction(CorrectionEvent::Made {
            instead, reason, ..
        }) => {
            let mut ids = vec![reason.0];
            if let Instead::Replacement { event, .. } = instead {
                ids.extend(texts(event));
            }
            return ids;
        }
        Event::Text(TextEvent::Withdrawn { text, reason, .. }) => return vec![*text, reason.0],
    };
    prose.into_iter().map(|text| text.0).collect()
}

/// Whose name is sealed beside the event.
#[must_use]
pub fn names(event: &Event) -> Vec<PersonId> {
    match event {
        Event::Person(P::Registered { person, .. } | P::Renamed { person, .. }) => vec![*person],
        Event::Person(P::Joined { .. } | P::Left { .. } | P::Erased { .. })
        | Event::Region(_)
        | Event::Organisation(_)
        | Event::Network(_)
        | Event::Meeting(_)
        | Event::Commitment(_)
        | Event::Correction(_)
        | Event::Text(_) => Vec::new(),
    }
}

/// The stream an ordinary event lies in, from its content; a correction or withdrawal lies where what
/// it is about lies.
#[must_use]
pub fn stream_of(event: &Event, tenant: TenantId) -> Option<StreamId> {
    Some(match event {
        Event::Region(_) => tenant.into(),
        Event::Organisation(event) => match event {
            O::Registered { organisation, .. }
            | O::Renamed { organisation, .. }
            | O::NumberGiven { organisation, .. }
            | O::Closed { organisation }
            | O::PhaseReported(PhaseReading { organisation, .. })
            | O::PhaseAssessed(PhaseReading { organisation, .. })
            | O::MotivationCounted { organisation, .. } => (*organisation).into(),
        },
        Event::Person(event) => match event {
            P::Registered { person, .. }
            | P::Renamed { person, .. }
            | P::Joined { person, .. }
            | P::Left { person, .. }
            | P::Erased { person } => (*person).into(),
        },
        Event::Network(event) => match event {
            N::Proposed { network, .. }
            | N::Established { network }
            | N::Renamed { network, .. }
            | N::Related { network, .. }
            | N::Unrelated { network, .. }
            | N::Merged { network, .. }
            | N::Ended { network, .. }
            | N::SeatCreated { network, .. }
            | N::SeatVoteSet { network, .. }
            | N::SeatFilled { network, .. }
            | N::SeatVacated { network, .. }
            | N::SeatEnded { network, .. }
            | N::RoleGiven { network, .. }
            | N::RoleEnded { network, .. }
            | N::CharterSectionWritten { network, .. }
            | N::CharterAdopted { network, .. } => (*network).into(),
        },
        Event::Meeting(event) => meeting_of(event).into(),
        Event::Commitment(event) => match event {
            C::Made { commitment, .. }
            | C::Reworded { commitment, .. }
            | C::Declined { commitment, .. }
            | C::Reported { commitment, .. }
            | C::CarriedOver { commitment, .. } => (*commitment).into(),
        },
        Event::Correction(_) | Event::Text(_) => return None,
    })
}

/// The meeting an event happened in or around.
#[must_use]
pub const fn meeting_of(event: &M) -> MeetingId {
    match event {
        M::Planned { meeting, .. }
        | M::Rescheduled { meeting, .. }
        | M::Cancelled { meeting, .. }
        | M::ItemAdded { meeting, .. }
        | M::ItemMoved { meeting, .. }
        | M::ItemWithdrawn { meeting, .. }
        | M::NoticePublished { meeting, .. }
        | M::NoticeAnswered { meeting, .. }
        | M::Opened { meeting, .. }
        | M::AttendanceRecorded { meeting, .. }
        | M::ItemStarted { meeting, .. }
        | M::ItemEnded { meeting, .. }
        | M::DecisionTaken { meeting, .. }
        | M::ContractAgreed { meeting, .. }
        | M::EvaluationOpened { meeting, .. }
        | M::ChangeAgreed { meeting, .. }
        | M::RequirementWaived { meeting, .. }
        | M::MinutesWritten { meeting, .. }
        | M::FileAdded { meeting, .. }
        | M::Closed { meeting, .. }
        | M::MinutesPublished { meeting, .. } => *meeting,
    }
}
