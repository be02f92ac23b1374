//! Orders. A command carries its own id and the ids of what it creates; whoever issues it makes them.

use crate::commitment::command::CommitmentCommand;
use crate::correction::Instead;
use crate::ids::{CommandId, StreamId, TextId};
use crate::meeting::command::MeetingCommand;
use crate::network::command::NetworkCommand;
use crate::organisation::command::OrganisationCommand;
use crate::person::PersonCommand;
use crate::recorded::Position;
use crate::region::RegionCommand;
use crate::text::{Named, Prose, Written};
use crate::time::{Effective, Timestamp};
use serde::{Deserialize, Serialize};

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// To the region.
    Region(RegionCommand),
    /// About an organisation.
    Organisation(OrganisationCommand),
    /// About a person.
    Person(PersonCommand),
    /// About a network.
    Network(NetworkCommand),
    /// About a meeting.
    Meeting(MeetingCommand),
    /// About a commitment.
    Commitment(CommitmentCommand),
    /// An earlier event was wrong.
    Correct {
        /// The stream it lies in.
        stream: StreamId,
        /// Its position.
        of: Position,
        /// What stands instead.
        instead: Instead,
        /// Why.
        reason: Prose,
    },
    /// A text is to be unreadable for good.
    WithdrawText {
        /// The stream of the event that it came with.
        stream: StreamId,
        /// That event's position.
        of: Position,
        /// The text.
        text: TextId,
        /// Why.
        reason: Prose,
    },
}

macro_rules! from_area {
    ($($area:ident($command:ty)),+ $(,)?) => {$(
        impl From<$command> for Command {
            fn from(command: $command) -> Self {
                Self::$area(command)
            }
        }
    )+};
}

from_area! {
    Region(RegionCommand),
    Organisation(OrganisationCommand),
    Person(PersonCommand),
    Network(NetworkCommand),
    Meeting(MeetingCommand),
    Commitment(CommitmentCommand),
}

/// A command with what accompanies it on its way to the executor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// The same id again gets the first answer.
    pub id: CommandId,
    /// The order.
    pub command: Command,
    /// When it was true, if not today.
    #[serde(default)]
    pub effective: Option<Effective>,
    /// What a device that was offline says about when it was entered.
    #[serde(default)]
    pub occurred_at: Option<Timestamp>,
    /// The words of the texts that the command refers to.
    #[serde(default)]
    pub texts: Vec<Written>,
    /// The name of the person that the command enters or renames.
    #[serde(default)]
    pub names: Vec<Named>,
}

impl Submission {
    /// A command that is true today and brings no words.
    pub fn new(id: CommandId, command: impl Into<Command>) -> Self {
        Self {
            id,
            command: command.into(),
            effective: None,
            occurred_at: None,
            texts: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Adds the words of a text and returns the reference to put into the command.
    pub fn write(
        texts: &mut Vec<Written>,
        id: TextId,
        words: impl Into<crate::text::Words>,
    ) -> Prose {
        texts.push(Written {
            id,
            words: words.into(),
        });
        Prose(id)
    }
}
