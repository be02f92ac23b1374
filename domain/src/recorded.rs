//! An event with its envelope.

use crate::actor::Actor;
use crate::event::Event;
use crate::ids::{CommandId, StreamId};
use crate::time::{Effective, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The place of an event in its region's log: gapless, from 1.
pub type Position = u64;

/// An event as the log holds it, without what is sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded<E = Event> {
    /// Place in the region's log, from 1.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Place in that stream, from 1.
    pub version: u32,
    /// What happened.
    pub event: E,
    /// Who issued the command.
    pub actor: Actor,
    /// The command that brought it.
    pub command: CommandId,
    /// What it all began with: the same for everything that follows from one request.
    pub correlation: Uuid,
    /// The event that caused the command, where one did.
    pub causation: Option<Position>,
    /// When the server recorded it; never goes backwards inside a region.
    pub recorded_at: Timestamp,
    /// When it was true in the world.
    pub effective: Effective,
    /// What a device that was offline says about when it was entered.
    pub occurred_at: Option<Timestamp>,
}
