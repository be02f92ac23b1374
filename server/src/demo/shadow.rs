//! The region's log as it will be once the steps so far have been accepted: the generator needs the positions that
//! corrections and overwriting commands refer to, and it finds out about a refusal before anything is sent.

use super::Step;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::history::{Fold, Live};
use domain::ids::{MeetingId, NetworkId, OrganisationId, PersonId, SeatId, StreamId, TenantId};
use domain::meeting::state::Meeting;
use domain::moment::Moment;
use domain::network::state::Network;
use domain::recorded::{Position, Recorded};
use domain::rejection::Rejection;
use domain::rule::{Loaded, Need, Part, State, Stop, decide};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A state that is shared while a decision reads it and owned again when the events come.
#[derive(Clone, Debug, Default)]
struct Held(Arc<State>);

impl Fold for Held {
    fn apply(&mut self, recorded: &Recorded) {
        Arc::make_mut(&mut self.0).apply(recorded);
    }
}

#[derive(Default)]
struct Stream {
    version: u32,
    events: Vec<Recorded>,
    live: Live<Held>,
}

/// The log so far.
pub struct Shadow {
    tenant: TenantId,
    zone: Tz,
    position: Position,
    streams: HashMap<StreamId, Stream>,
    kinds: BTreeMap<String, u64>,
}

impl Shadow {
    /// An empty log.
    pub fn new(tenant: TenantId, zone: Tz) -> Self {
        Self {
            tenant,
            zone,
            position: 0,
            streams: HashMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// The region's day at a moment.
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// Decides a step as the executor will, and takes its events in. Answers the position of the first.
    pub fn take(&mut self, step: &Step) -> Result<Position, Rejection> {
        let today = self.day(step.now);
        let moment = Moment {
            now: step.now,
            today,
            occurred_at: step.submission.occurred_at,
            actor: step.actor,
            tenant: self.tenant,
        };
        let mut loaded = Loaded::default();
        let decided = loop {
            match decide(&step.submission, &loaded, &moment) {
                Ok(decided) => break decided,
                Err(Stop::Refused(rejection)) => return Err(rejection),
                Err(Stop::Needs(needs)) => self.load(&mut loaded, needs),
            }
        };
        // The decision's own handles on the states go first, so that taking the events in copies nothing.
        drop(loaded);
        let first = self.position + 1;
        for decided in decided {
            self.position += 1;
            let (name, _) = domain::wire::encode(&decided.event);
            *self.kinds.entry(name).or_default() += 1;
            let stream = self.streams.entry(decided.stream).or_default();
            stream.version += 1;
            let recorded = Recorded {
                position: self.position,
                stream: decided.stream,
                version: stream.version,
                event: decided.event,
                actor: step.actor,
                command: step.submission.id,
                correlation: step.submission.id.0,
                causation: None,
                recorded_at: step.now,
                effective: decided.effective,
                occurred_at: step.submission.occurred_at,
            };
            let incremental = stream.live.push(&recorded).is_ok();
            stream.events.push(recorded);
            if !incremental {
                stream.live = Live::of(&stream.events, today);
            }
        }
        Ok(first)
    }

    fn load(&self, loaded: &mut Loaded, needs: Vec<Need>) {
        for need in needs {
            match need {
                Need::State(id) => {
                    let state = self
                        .streams
                        .get(&id)
                        .map(|stream| stream.live.state.0.clone());
                    loaded.states.insert(id, state.unwrap_or_default());
                }
                Need::Events(id) => {
                    let events = self.streams.get(&id).map(|stream| stream.events.clone());
                    loaded
                        .events
                        .insert(id, Arc::new(events.unwrap_or_default()));
                }
            }
        }
    }

    /// The position of the last event.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// How many events of each stored name.
    pub const fn kinds(&self) -> &BTreeMap<String, u64> {
        &self.kinds
    }

    fn state(&self, stream: StreamId) -> Option<&State> {
        self.streams
            .get(&stream)
            .map(|stream| stream.live.state.0.as_ref())
    }

    /// A network as it stands.
    pub fn network(&self, id: NetworkId) -> Option<&Network> {
        self.state(id.into())?.network.as_ref()
    }

    /// From which day on a person can be let go of a seat, if not before `since`: a role or the seat may have been
    /// changed later than that already.
    pub fn free_since(
        &self,
        network: NetworkId,
        seat: SeatId,
        person: PersonId,
        since: NaiveDate,
    ) -> NaiveDate {
        let Some(state) = self.state(network.into()) else {
            return since;
        };
        let roles = state.network.iter().flat_map(|network| &network.roles);
        let held = roles.filter(|(_, holder)| **holder == person);
        held.map(|(role, _)| Part::Role(*role))
            .chain([Part::One(seat.0)])
            .filter_map(|part| state.changed.get(&part))
            .map(|(_, last)| *last)
            .fold(since, NaiveDate::max)
    }

    /// A meeting as it stands.
    pub fn meeting(&self, id: MeetingId) -> Option<&Meeting> {
        self.state(id.into())?.meeting.as_ref()
    }

    /// The recorded events of a stream.
    pub fn events(&self, stream: impl Into<StreamId>) -> &[Recorded] {
        self.streams
            .get(&stream.into())
            .map_or(&[], |stream| stream.events.as_slice())
    }

    /// How an organisation's readings stand in its stream, newest last.
    pub fn readings(&self, id: OrganisationId) -> impl Iterator<Item = &Recorded> {
        self.events(id).iter().filter(|recorded| {
            matches!(
                recorded.event,
                domain::event::Event::Organisation(
                    domain::organisation::event::OrganisationEvent::PhaseReported(_)
                        | domain::organisation::event::OrganisationEvent::PhaseAssessed(_)
                        | domain::organisation::event::OrganisationEvent::MotivationCounted { .. }
                )
            )
        })
    }

    /// Lets go of a stream that no later step touches, so that a large load needs little memory.
    pub fn let_go(&mut self, stream: impl Into<StreamId>) {
        self.streams.remove(&stream.into());
    }
}
