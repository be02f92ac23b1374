//! What happened lately, told so that many like events are one sentence: "in the network, five told how it went".

use crate::query::StoryLine;
use domain::commitment::event::CommitmentEvent;
use domain::event::Event;
use domain::ids::NetworkId;
use domain::meeting::event::MeetingEvent;
use domain::time::Effective;

/// What many can do on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// Made commitments.
    Made,
    /// Told how it went.
    Told,
    /// Were there, or were not.
    Came,
    /// Answered the notice.
    Answered,
}

/// A sentence to be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// One event.
    One(Box<StoryLine>),
    /// Several of a kind, on one day in one network.
    Many {
        /// What they did.
        what: Together,
        /// Where.
        network: NetworkId,
        /// How many.
        count: u32,
        /// When.
        on: Effective,
    },
}

impl Told {
    /// When it was true.
    #[must_use]
    pub const fn on(&self) -> Effective {
        match self {
            Self::One(line) => line.recorded.effective,
            Self::Many { on, .. } => *on,
        }
    }
}

const fn together(event: &Event) -> Option<(Together, NetworkId)> {
    match event {
        Event::Commitment(CommitmentEvent::Made { network, .. }) => {
            Some((Together::Made, *network))
        }
        Event::Commitment(CommitmentEvent::Reported { network, .. }) => {
            Some((Together::Told, *network))
        }
        Event::Meeting(MeetingEvent::AttendanceRecorded { network, .. }) => {
            Some((Together::Came, *network))
        }
        Event::Meeting(MeetingEvent::NoticeAnswered { network, .. }) => {
            Some((Together::Answered, *network))
        }
        _ => None,
    }
}

/// Puts like events of one day and network together where there are several; the first one's place is theirs.
#[must_use]
pub fn told(lines: Vec<StoryLine>) -> Vec<Told> {
    let alike = |one: &StoryLine, other: &StoryLine| {
        let kind = together(&one.recorded.event);
        kind.is_some()
            && kind == together(&other.recorded.event)
            && one.recorded.effective == other.recorded.effective
    };
    let mut out = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let line = rest.remove(0);
        let (same, others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|other| alike(&line, other));
        rest = others;
        let count = u32::try_from(same.len() + 1).unwrap_or(u32::MAX);
        match together(&line.recorded.event) {
            Some((what, network)) if count > 1 => out.push(Told::Many {
                what,
                network,
                count,
                on: line.recorded.effective,
            }),
            _ => out.push(Told::One(Box::new(line))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate};
    use domain::actor::Actor;
    use domain::commitment::event::Outcome;
    use domain::ids::{CommandId, CommitmentId, MeetingId, OrganisationId};
    use domain::recorded::Recorded;
    use uuid::Uuid;

    fn line(position: u64, network: u128, day: u32, event: fn(NetworkId) -> Event) -> StoryLine {
        let on = NaiveDate::from_ymd_opt(2021, 3, day).expect("a day");
        let network = NetworkId(Uuid::from_u128(network));
        StoryLine {
            recorded: Recorded {
                position,
                stream: network.into(),
                version: 1,
                event: event(network),
                actor: Actor::Operator,
                command: CommandId(Uuid::nil()),
                correlation: Uuid::nil(),
                causation: None,
                recorded_at: DateTime::UNIX_EPOCH,
                effective: Effective::day(on),
                occurred_at: None,
            },
            before: Vec::new(),
        }
    }

    fn reported(network: NetworkId) -> Event {
        Event::Commitment(CommitmentEvent::Reported {
            commitment: CommitmentId(Uuid::nil()),
            meeting: MeetingId(Uuid::nil()),
            network,
            organisation: OrganisationId(Uuid::nil()),
            outcome: Outcome::Done,
            learned: None,
        })
    }

    fn opened(network: NetworkId) -> Event {
        Event::Meeting(MeetingEvent::Opened {
            meeting: MeetingId(Uuid::nil()),
            network,
        })
    }

    #[test]
    fn many_of_a_kind_on_a_day_are_one_sentence() {
        let told = told(vec![
            line(5, 1, 2, reported),
            line(4, 1, 2, opened),
            line(3, 1, 2, reported),
            line(2, 2, 2, reported),
            line(1, 1, 1, reported),
        ]);
        let counts: Vec<_> = told
            .iter()
            .map(|told| match told {
                Told::Many { count, .. } => *count,
                Told::One(_) => 1,
            })
            .collect();
        assert_eq!(counts, [2, 1, 1, 1]);
        assert!(matches!(
            told.first(),
            Some(Told::Many {
                what: Together::Told,
                ..
            })
        ));
    }

    #[test]
    fn what_one_did_alone_is_told_by_itself() {
        let told = told(vec![line(2, 1, 2, opened), line(1, 1, 2, opened)]);
        assert_eq!(told.len(), 2);
    }
}
