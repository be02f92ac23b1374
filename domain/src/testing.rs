//! For tests, here and in other crates: a region's log in memory that decides, records and folds as the executor
//! does, and scenarios on top of it.
//!
//! ```
//! use domain::organisation::command::OrganisationCommand;
//! use domain::rejection::Rejection;
//! use domain::testing::{Scenario, organisation};
//!
//! Scenario::given([])
//!     .when(OrganisationCommand::Close { organisation: organisation(1) })
//!     .then_rejected(Rejection::UnknownOrganisation);
//! ```

use crate::about::{about, stream_of};
use crate::actor::Actor;
use crate::command::{Command, Submission};
use crate::correction::Instead;
use crate::event::Event;
use crate::history::{Live, Timeline, timeline};
use crate::ids::{
    ChangeId, CommandId, DecisionId, ItemId, MeetingId, NetworkId, OrganisationId, PersonId,
    ReadingId, SeatId, StreamId, TenantId, TextId,
};
use crate::moment::Moment;
use crate::network::event::{NetworkEvent, NetworkKind, NetworkRole, Vote};
use crate::organisation::event::{OrganisationEvent, OrganisationKind};
use crate::person::{PersonEvent, WorkRole};
use crate::recorded::{Position, Recorded};
use crate::rejection::Rejection;
use crate::rule::{Decided, Loaded, Need, State, Stop, decide};
use crate::text::{Name, Named, PersonName, Personal, Prose};
use crate::time::{AsOf, Effective, Timestamp};
use crate::views::document::{chains, in_chain};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// The nth id of a kind; the kind can be read off its first four digits.
#[must_use]
pub const fn nth(kind: u16, n: u32) -> Uuid {
    Uuid::from_u128(((kind as u128) << 112) | n as u128)
}

/// First four digits of the ids of texts made by [`text`].
pub const TEXT: u16 = 0x7e47;
/// First four digits of the ids made by [`organisation`].
pub const ORGANISATION: u16 = 0x0a6a;
/// First four digits of the ids made by [`person`].
pub const PERSON: u16 = 0x9e25;
/// First four digits of the ids made by [`network`].
pub const NETWORK: u16 = 0x4e70;

macro_rules! nths {
    ($($(#[$doc:meta])* $name:ident: $id:ident = $kind:expr;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name(n: u32) -> $id {
            $id(nth($kind, n))
        }
    )+};
}

nths! {
    /// The nth organisation.
    organisation: OrganisationId = ORGANISATION;
    /// The nth person.
    person: PersonId = PERSON;
    /// The nth network.
    network: NetworkId = NETWORK;
    /// The nth seat.
    seat: SeatId = 0x5ea7;
    /// The nth meeting.
    meeting: MeetingId = 0x3ee7;
    /// The nth agenda row.
    item: ItemId = 0x17e3;
    /// The nth decision.
    decision: DecisionId = 0xdec1;
    /// The nth change.
    change: ChangeId = 0xc4a6;
    /// The nth reading.
    reading: ReadingId = 0x4ead;
    /// The nth command.
    command: CommandId = 0xc033;
    /// The nth region.
    tenant: TenantId = 0x6e61;
}

/// A reference to the nth text.
#[must_use]
pub const fn text(n: u32) -> Prose {
    Prose(TextId(nth(TEXT, n)))
}

/// A name.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn name(name: &str) -> Name {
    Name::parse(name).expect("a test gives a name that can be parsed")
}

/// A day.
///
/// # Panics
/// When the calendar has no such day.
#[must_use]
#[track_caller]
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a test gives a day of the calendar")
}

/// A time of day.
///
/// # Panics
/// When the clock has no such time.
#[must_use]
#[track_caller]
pub fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a test gives a time of the clock")
}

/// Ten in the morning of a day.
#[must_use]
#[track_caller]
pub fn morning(on: NaiveDate) -> Timestamp {
    on.and_time(at(10, 0)).and_utc()
}

/// A school was registered.
#[must_use]
pub fn school(n: u32) -> Event {
    registered(n, OrganisationKind::School)
}

/// An organisation of some kind was registered.
#[must_use]
pub fn registered(n: u32, kind: OrganisationKind) -> Event {
    OrganisationEvent::Registered {
        organisation: organisation(n),
        called: name(&format!("Organisation {n}")),
        kind,
        parent: None,
        school_type: None,
        pupils: None,
    }
    .into()
}

/// A person was entered.
#[must_use]
pub fn entered(n: u32) -> Event {
    PersonEvent::Registered {
        person: person(n),
        called: Personal::sealed(),
    }
    .into()
}

/// A person works at an organisation.
#[must_use]
pub fn works_at(person_n: u32, organisation_n: u32) -> Event {
    PersonEvent::Joined {
        person: person(person_n),
        organisation: organisation(organisation_n),
        role: WorkRole::Principal,
    }
    .into()
}

/// A network was proposed.
#[must_use]
pub fn proposed(n: u32) -> Event {
    NetworkEvent::Proposed {
        network: network(n),
        called: name(&format!("Network {n}")),
        kind: NetworkKind::LeaderNetwork,
        purpose: text(500 + n),
    }
    .into()
}

/// A network began its work.
#[must_use]
pub fn established(n: u32) -> Event {
    NetworkEvent::Established {
        network: network(n),
    }
    .into()
}

/// The organisation with that number has the seat with that number, with vote.
#[must_use]
pub fn seated(network_n: u32, n: u32) -> Event {
    NetworkEvent::SeatCreated {
        network: network(network_n),
        seat: seat(n),
        organisation: organisation(n),
        vote: Vote::Voting,
    }
    .into()
}

/// The person with that number holds the seat with that number of the organisation with that number.
#[must_use]
pub fn sits(network_n: u32, n: u32) -> Event {
    NetworkEvent::SeatFilled {
        network: network(network_n),
        seat: seat(n),
        organisation: organisation(n),
        person: person(n),
    }
    .into()
}

/// A leader network at work: two schools, each with a principal who sits in it; the first leads.
#[must_use]
pub fn two_schools() -> Vec<Event> {
    let mut events = vec![proposed(1), established(1)];
    for n in [1, 2] {
        events.extend([
            school(n),
            entered(n),
            works_at(n, n),
            seated(1, n),
            sits(1, n),
        ]);
    }
    events.push(
        NetworkEvent::RoleGiven {
            network: network(1),
            role: NetworkRole::Leader,
            person: person(1),
            before: None,
        }
        .into(),
    );
    events
}

/// A region's log in memory: decides, numbers, records and folds as the executor does, on one clock that only the
/// test moves.
#[derive(Clone, Debug)]
pub struct Log {
    tenant: TenantId,
    now: Timestamp,
    events: Vec<Recorded>,
    streams: BTreeMap<StreamId, Vec<usize>>,
    abouts: BTreeMap<Uuid, Vec<usize>>,
    accepted: BTreeMap<CommandId, (Submission, Vec<usize>)>,
    states: RefCell<BTreeMap<StreamId, Live<State>>>,
}

impl Log {
    /// An empty log whose clock stands at this moment.
    #[must_use]
    pub fn new(tenant: TenantId, now: Timestamp) -> Self {
        Self {
            tenant,
            now,
            events: Vec::new(),
            streams: BTreeMap::new(),
            abouts: BTreeMap::new(),
            accepted: BTreeMap::new(),
            states: RefCell::default(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What the clock shows.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The day; the region of a test lies in UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// Moves the clock.
    ///
    /// # Panics
    /// When it would go backwards.
    #[track_caller]
    pub fn move_to(&mut self, now: Timestamp) {
        assert!(
            now >= self.now,
            "the clock of a region never goes backwards: {now} is before {}",
            self.now
        );
        self.now = now;
    }

    /// Lets time pass.
    #[track_caller]
    pub fn pass(&mut self, time: TimeDelta) {
        self.move_to(self.now + time);
    }

    /// All events, in order of position.
    #[must_use]
    pub fn events(&self) -> &[Recorded] {
        &self.events
    }

    /// The position of the last event.
    #[must_use]
    pub fn head(&self) -> Position {
        self.events.len() as Position
    }

    /// All streams that have begun.
    pub fn streams(&self) -> impl Iterator<Item = StreamId> + '_ {
        self.streams.keys().copied()
    }

    /// All ids that an event is about.
    pub fn keys(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.abouts.keys().copied()
    }

    /// The events of a stream as recorded.
    #[must_use]
    pub fn stream(&self, stream: impl Into<StreamId>) -> Vec<Recorded> {
        self.pick(self.streams.get(&stream.into()))
    }

    /// The events about an id as recorded.
    #[must_use]
    pub fn about(&self, id: Uuid) -> Vec<Recorded> {
        self.pick(self.abouts.get(&id))
    }

    /// The events about an id as recorded, with all that a document of that key has to be folded from.
    #[must_use]
    pub fn about_with_chains(&self, id: Uuid) -> Vec<Recorded> {
        let mut events = self.about(id);
        for (stream, root) in chains(&events) {
            let of_stream = self.stream(stream);
            events.extend(of_stream.into_iter().filter(|other| in_chain(other, root)));
        }
        events.sort_by_key(|recorded| recorded.position);
        events.dedup_by_key(|recorded| recorded.position);
        events
    }

    fn pick(&self, places: Option<&Vec<usize>>) -> Vec<Recorded> {
        let places = places.map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .map(|&place| self.events[place].clone())
            .collect()
    }

    /// A stream's timeline on a day, as known at a moment.
    #[must_use]
    pub fn timeline(&self, stream: impl Into<StreamId>, as_of: AsOf) -> Timeline {
        let on = as_of.on.unwrap_or_else(|| self.today());
        timeline(&self.stream(stream), on, as_of.known_at)
    }

    /// A stream's state, folded anew from all its events.
    #[must_use]
    pub fn state(&self, stream: impl Into<StreamId>) -> State {
        Live::of(&self.stream(stream), self.today()).state
    }

    /// A stream's state, kept up event by event; folded anew only where an event says that it must be.
    #[must_use]
    pub fn kept_state(&self, stream: StreamId) -> State {
        self.keep(stream).state
    }

    fn keep(&self, stream: StreamId) -> Live<State> {
        let mut states = self.states.borrow_mut();
        let live = states.entry(stream).or_default();
        let places = self.streams.get(&stream).map_or(&[][..], Vec::as_slice);
        let new = places.partition_point(|&place| (place as Position) < live.reached.position);
        for &place in &places[new..] {
            if live.push(&self.events[place]).is_err() {
                *live = Live::of(&self.pick(Some(&places.to_vec())), self.today());
                break;
            }
        }
        live.clone()
    }

    /// What a submission would bring, without recording it.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// When the rule asks for something it was given already: it would never end.
    pub fn decide(&self, actor: Actor, submission: &Submission) -> Result<Vec<Decided>, Rejection> {
        let moment = Moment {
            now: self.now,
            today: self.today(),
            occurred_at: submission.occurred_at,
            actor,
            tenant: self.tenant,
        };
        let mut loaded = Loaded::default();
        loop {
            match decide(submission, &loaded, &moment) {
                Ok(decided) => return Ok(decided),
                Err(Stop::Refused(rejection)) => return Err(rejection),
                Err(Stop::Needs(needs)) => {
                    assert!(!needs.is_empty(), "a rule that stops says what it needs");
                    for need in needs {
                        self.load(&mut loaded, need);
                    }
                }
            }
        }
    }

    fn load(&self, loaded: &mut Loaded, need: Need) {
        let new = match need {
            Need::State(stream) => loaded
                .states
                .insert(stream, Arc::new(self.kept_state(stream)))
                .is_none(),
            Need::Events(stream) => loaded
                .events
                .insert(stream, Arc::new(self.stream(stream)))
                .is_none(),
        };
        assert!(new, "the rule asks for {need:?} again");
    }

    /// Decides and records. The same submission again gets the first answer and records nothing.
    ///
    /// # Errors
    /// The refusal; nothing is recorded then.
    ///
    /// # Panics
    /// When a command id comes again with another content, or an event is decided into a stream it is not of.
    #[track_caller]
    pub fn submit(
        &mut self,
        actor: Actor,
        submission: &Submission,
    ) -> Result<Vec<Recorded>, Rejection> {
        if let Some((first, places)) = self.accepted.get(&submission.id) {
            assert_eq!(
                first, submission,
                "the command id {} was used for another command",
                submission.id
            );
            return Ok(self.pick(Some(places)));
        }
        let decided = self.decide(actor, submission)?;
        let first = self.events.len();
        for Decided {
            stream,
            event,
            effective,
        } in decided
        {
            assert!(
                stream_of(&event, self.tenant).is_none_or(|own| own == stream),
                "{event:?} does not belong into {stream:?}"
            );
            self.append(stream, event, effective, actor, submission);
        }
        let places: Vec<usize> = (first..self.events.len()).collect();
        let recorded = self.pick(Some(&places));
        self.accepted
            .insert(submission.id, (submission.clone(), places));
        Ok(recorded)
    }

    /// Records an event as it is, without deciding: what a scenario is given.
    ///
    /// # Panics
    /// For a correction: it has to be decided.
    #[track_caller]
    pub fn given(&mut self, event: impl Into<Event>, effective: Effective) -> Recorded {
        let event = event.into();
        let stream = stream_of(&event, self.tenant).expect("a correction is submitted, not given");
        let id = CommandId(nth(
            0xc034,
            u32::try_from(self.events.len()).unwrap_or(u32::MAX),
        ));
        let submission = Submission::new(id, placeholder());
        self.append(stream, event, effective, Actor::Operator, &submission);
        self.events.last().expect("just recorded").clone()
    }

    fn append(
        &mut self,
        stream: StreamId,
        event: Event,
        effective: Effective,
        actor: Actor,
        submission: &Submission,
    ) {
        let place = self.events.len();
        let of_stream = self.streams.entry(stream).or_default();
        of_stream.push(place);
        let version = u32::try_from(of_stream.len()).unwrap_or(u32::MAX);
        for id in about(&event, self.tenant) {
            self.abouts.entry(id).or_default().push(place);
        }
        self.events.push(Recorded {
            position: place as Position + 1,
            stream,
            version,
            event,
            actor,
            command: submission.id,
            correlation: submission.id.0,
            causation: None,
            recorded_at: self.now,
            effective,
            occurred_at: submission.occurred_at,
        });
    }
}

/// Some command, for the envelope of events that no command brought.
fn placeholder() -> Command {
    crate::region::RegionCommand::NameAdministrator { person: person(0) }.into()
}

/// Given what happened, when somebody orders something, then this follows.
#[derive(Clone, Debug)]
pub struct Scenario {
    log: Log,
    actor: Actor,
    effective: Option<Effective>,
    names: Vec<Named>,
    commands: u32,
}

impl Scenario {
    /// Begins with what happened. The clock stands at ten in the morning of Monday 2 March 2026, all of it was true
    /// that day, and the operator acts.
    #[must_use]
    #[track_caller]
    pub fn given(events: impl IntoIterator<Item = Event>) -> Self {
        Self {
            log: Log::new(tenant(1), morning(day(2026, 3, 2))),
            actor: Actor::Operator,
            effective: None,
            names: Vec::new(),
            commands: 0,
        }
        .and(events)
    }

    /// This happened too, now.
    #[must_use]
    #[track_caller]
    pub fn and(self, events: impl IntoIterator<Item = Event>) -> Self {
        let today = Effective::day(self.log.today());
        self.and_effective(today, events)
    }

    /// This happened too: recorded now, true on another day.
    #[must_use]
    #[track_caller]
    pub fn and_effective(
        mut self,
        effective: Effective,
        events: impl IntoIterator<Item = Event>,
    ) -> Self {
        for event in events {
            self.log.given(event, effective);
        }
        self
    }

    /// The clock moves to ten in the morning of a later day.
    #[must_use]
    #[track_caller]
    pub fn on(mut self, on: NaiveDate) -> Self {
        self.log.move_to(morning(on));
        self
    }

    /// Days pass.
    #[must_use]
    #[track_caller]
    pub fn after_days(self, days: u64) -> Self {
        let on = self.log.today() + Days::new(days);
        self.on(on)
    }

    /// Minutes pass.
    #[must_use]
    #[track_caller]
    pub fn after_minutes(mut self, minutes: i64) -> Self {
        self.log.pass(TimeDelta::minutes(minutes));
        self
    }

    /// From now on this person acts.
    #[must_use]
    pub const fn by(mut self, person: PersonId) -> Self {
        self.actor = Actor::Person(person);
        self
    }

    /// From now on the operator acts.
    #[must_use]
    pub const fn by_operator(mut self) -> Self {
        self.actor = Actor::Operator;
        self
    }

    /// What is ordered next was true on this day.
    #[must_use]
    pub const fn effective(mut self, effective: Effective) -> Self {
        self.effective = Some(effective);
        self
    }

    /// The next order brings this name of a person.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn called(mut self, person: PersonId, name: &str) -> Self {
        let name = PersonName::parse(name).expect("a test gives a name that can be parsed");
        self.names.push(Named { person, name });
        self
    }

    /// Orders something.
    #[track_caller]
    pub fn when(mut self, order: impl Into<Command>) -> Outcome {
        self.commands += 1;
        let mut submission = Submission::new(command(self.commands), order);
        submission.effective = self.effective.take();
        submission.names = std::mem::take(&mut self.names);
        self.submit(submission)
    }

    /// Says that the event at a position was wrong.
    #[track_caller]
    pub fn when_corrected(self, of: Position, instead: Instead) -> Outcome {
        let place = usize::try_from(of).ok().and_then(|of| of.checked_sub(1));
        let event = place.and_then(|place| self.log.events.get(place));
        let stream = event.map_or_else(|| tenant(1).into(), |event| event.stream);
        self.when(Command::Correct {
            stream,
            of,
            instead,
            reason: text(900),
        })
    }

    #[track_caller]
    fn submit(mut self, submission: Submission) -> Outcome {
        let before = self.log.events.len();
        let answer = self.log.submit(self.actor, &submission).map(drop);
        let brought = self.log.events[before..].to_vec();
        for recorded in &brought {
            let (kept, anew) = (
                self.log.kept_state(recorded.stream),
                self.log.state(recorded.stream),
            );
            assert_eq!(kept, anew, "the state kept up is not the full fold");
        }
        Outcome {
            scenario: self,
            submission,
            answer,
            brought,
        }
    }

    /// The log as it stands.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }
}

/// What an order brought; to be said with one of the `then`s.
#[must_use = "a scenario says what follows"]
#[derive(Debug)]
pub struct Outcome {
    scenario: Scenario,
    submission: Submission,
    answer: Result<(), Rejection>,
    brought: Vec<Recorded>,
}

impl Outcome {
    /// It was accepted and brought exactly these events.
    ///
    /// # Panics
    /// When not.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = Event>) -> Scenario {
        let expected: Vec<Event> = expected.into_iter().collect();
        assert!(
            !expected.is_empty(),
            "say then_nothing when nothing is expected"
        );
        self.accepted();
        let brought: Vec<Event> = self.brought.into_iter().map(|one| one.event).collect();
        assert_eq!(brought, expected, "{:?}", self.submission.command);
        self.scenario
    }

    /// It was accepted and brought an event at least; what it brought is looked at by `check`.
    ///
    /// # Panics
    /// When it was refused or brought nothing.
    #[track_caller]
    pub fn then_accepted(self, check: impl FnOnce(&[Recorded])) -> Scenario {
        self.accepted();
        assert!(
            !self.brought.is_empty(),
            "{:?} brought nothing",
            self.submission.command
        );
        check(&self.brought);
        self.scenario
    }

    #[track_caller]
    fn accepted(&self) {
        if let Err(rejection) = &self.answer {
            panic!("{:?} was refused: {rejection:?}", self.submission.command);
        }
    }

    /// It was refused, with exactly this refusal.
    ///
    /// # Panics
    /// When not.
    #[track_caller]
    pub fn then_rejected(self, expected: Rejection) -> Scenario {
        match self.answer {
            Ok(()) => panic!(
                "{:?} was accepted and brought {:?}",
                self.submission.command,
                self.brought
                    .iter()
                    .map(|one| &one.event)
                    .collect::<Vec<_>>()
            ),
            Err(rejection) => assert_eq!(rejection, expected, "{:?}", self.submission.command),
        }
        assert!(self.brought.is_empty(), "a refused order leaves no trace");
        self.scenario
    }

    /// It was accepted and nothing new was recorded: the same submission again.
    ///
    /// # Panics
    /// When it was refused or something was recorded.
    #[track_caller]
    pub fn then_nothing(self) -> Scenario {
        self.accepted();
        assert_eq!(self.brought, [], "{:?}", self.submission.command);
        self.scenario
    }

    /// The same submission comes once more: a button pressed twice, an answer lost on the way.
    #[track_caller]
    pub fn again(self) -> Self {
        self.accepted();
        self.scenario.submit(self.submission)
    }
}
