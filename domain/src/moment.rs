//! What a decision knows about the world outside the log.

use crate::actor::Actor;
use crate::ids::TenantId;
use crate::time::Timestamp;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// When, by whom and where a command is decided. Handed in: the domain has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The server's clock.
    pub now: Timestamp,
    /// The day in the region's time zone.
    pub today: NaiveDate,
    /// What a device that was offline says.
    pub occurred_at: Option<Timestamp>,
    /// Who acts.
    pub actor: Actor,
    /// In which region.
    pub tenant: TenantId,
}
