//! An organisation as its events tell it.

use super::event::{OrganisationEvent, OrganisationKind};
use super::number::OrganisationNumber;
use crate::recorded::Recorded;
use crate::text::Name;

/// An organisation as its events tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Organisation {
    /// Its name; none before it was registered.
    pub called: Option<Name>,
    /// What it is.
    pub kind: Option<OrganisationKind>,
    /// Its number in the register of legal entities.
    pub number: Option<OrganisationNumber>,
    /// Closed down.
    pub closed: bool,
}

impl Organisation {
    pub(crate) fn apply(&mut self, recorded: &Recorded, event: &OrganisationEvent) {
        let _ = recorded;
        match event {
            OrganisationEvent::Registered { called, kind, .. } => {
                self.called = Some(called.clone());
                self.kind = Some(*kind);
            }
            OrganisationEvent::Renamed { to, .. } => self.called = Some(to.clone()),
            OrganisationEvent::NumberGiven { number, .. } => self.number = Some(number.clone()),
            OrganisationEvent::Closed { .. } => self.closed = true,
            OrganisationEvent::PhaseReported(_)
            | OrganisationEvent::PhaseAssessed(_)
            | OrganisationEvent::MotivationCounted { .. } => {}
        }
    }
}
