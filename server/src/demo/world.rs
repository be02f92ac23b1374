//! The world that is lived through: a calendar of things to do, the clock, the dice, and what is known so far about
//! organisations, people and bodies.

use super::shadow::Shadow;
use super::words::Words;
use super::{DemoError, LAST_DAY, Region, Step, people, words_nb, words_nn};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::ids::{
    CommandId, CommitmentId, MeetingId, NetworkId, OrganisationId, PersonId, SeatId, TextId,
};
use domain::network::event::NetworkRole;
use domain::person::{PersonCommand, WorkRole};
use domain::recorded::Position;
use domain::rejection::Rejection;
use domain::text::{Named, PersonName, Prose, Words as Text, Written};
use domain::time::Effective;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::collections::{BTreeMap, VecDeque};
use uuid::{Builder, Uuid};

pub type Done = Result<(), DemoError>;
type Task = Box<dyn FnOnce(&mut World) -> Done + Send>;

/// An organisation of the region.
pub struct Org {
    pub id: OrganisationId,
    pub name: String,
    pub parent: Option<usize>,
    pub pupils: Option<u32>,
    /// Who speaks for it now, as recorded.
    pub head: PersonId,
    /// As what.
    pub head_role: WorkRole,
    /// Its resource teacher, where it has one.
    pub resource: Option<PersonId>,
    /// Where it stands on the way through the phases, for readings.
    pub course: Course,
}

/// How a unit moves through the phases: months from January 2016.
#[derive(Clone, Copy, Default)]
pub struct Course {
    pub implementation: i64,
    pub institutionalisation: i64,
    pub relapse: Option<(i64, i64)>,
    pub mood: i64,
}

/// Who sits for an organisation in a body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sitting {
    Head,
    Resource,
}

/// How a body's meetings go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Schools visit each other.
    Leaders,
    /// Cases are prepared and decided.
    Cases { votes: u32 },
    /// Everybody meets, seldom.
    Gathering,
}

/// A network or other body.
pub struct Body {
    pub id: NetworkId,
    pub manner: Manner,
    pub sitting: Sitting,
    /// Organisations with a seat, and the seat.
    pub seats: Vec<(usize, SeatId)>,
    /// The days of its meetings.
    pub dates: Vec<NaiveDate>,
    pub starts: NaiveTime,
    /// The last meeting that was held or entered.
    pub last: Option<MeetingId>,
    /// Commitments that nobody has told about or carried over, by organisation.
    pub open: BTreeMap<usize, Open>,
    /// The theme agreed for next time.
    pub theme: Option<(usize, &'static str)>,
    /// Begins with a start meeting.
    pub start_meeting: bool,
    /// Meetings whose streams can be let go of.
    pub past: VecDeque<(MeetingId, Vec<CommitmentId>)>,
}

/// A commitment that is still open.
#[derive(Clone, Copy)]
pub struct Open {
    pub id: CommitmentId,
    pub topic: usize,
    pub told: bool,
    pub carry: bool,
}

/// Everything.
pub struct World {
    pub region: Region,
    pub words: &'static Words,
    pub shadow: Shadow,
    pub orgs: Vec<Org>,
    pub bodies: Vec<Body>,
    /// Administers the region.
    pub administrator: PersonId,
    rng: ChaCha20Rng,
    calendar: BTreeMap<(DateTime<Utc>, u64), Task>,
    entries: u64,
    clock: DateTime<Utc>,
    out: VecDeque<Step>,
    number: u64,
    persons: usize,
    said: Vec<Written>,
}

impl World {
    pub fn new(region: Region) -> Self {
        let words = match region {
            Region::Nordmore => &words_nb::WORDS,
            Region::Jaeren => &words_nn::WORDS,
        };
        let mut seed = [0; 32];
        seed.iter_mut()
            .zip(region.slug().bytes())
            .for_each(|(to, from)| *to = from);
        Self {
            region,
            words,
            shadow: Shadow::new(region.tenant(), region.time_zone()),
            orgs: Vec::new(),
            bodies: Vec::new(),
            administrator: PersonId(people::named(region, "administrator")),
            rng: ChaCha20Rng::from_seed(seed),
            calendar: BTreeMap::new(),
            entries: 0,
            clock: DateTime::UNIX_EPOCH,
            out: VecDeque::new(),
            number: 0,
            persons: 0,
            said: Vec::new(),
        }
    }

    // --- dice ---

    /// 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from(self.rng.next_u64() % n).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A new id.
    pub fn id(&mut self) -> Uuid {
        let mut bytes = [0; 10];
        self.rng.fill_bytes(&mut bytes);
        let millis = u64::try_from(self.clock.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    // --- time ---

    /// A moment by the region's clocks on the wall.
    pub fn moment(&self, day: NaiveDate, hour: i64, minute: i64) -> DateTime<Utc> {
        let wall = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(hour * 60 + minute);
        let zone = self.region.time_zone();
        zone.from_local_datetime(&wall)
            .earliest()
            .map_or_else(|| wall.and_utc(), |moment| moment.to_utc())
    }

    /// Some moment of a working day.
    pub fn office_hours(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let (hour, minute) = (self.between(8, 15), self.between(0, 59));
        self.moment(working(day), hour, minute)
    }

    /// The clock now.
    pub const fn now(&self) -> DateTime<Utc> {
        self.clock
    }

    /// Lets some time pass inside one thing that is done.
    pub fn pass(&mut self, seconds: i64) {
        self.clock += TimeDelta::seconds(seconds);
    }

    /// The region's day.
    pub fn today(&self) -> NaiveDate {
        self.shadow.day(self.clock)
    }

    /// Does something at a moment; never, if that lies after the region's last day.
    pub fn at(
        &mut self,
        moment: DateTime<Utc>,
        task: impl FnOnce(&mut Self) -> Done + Send + 'static,
    ) {
        if self.shadow.day(moment) > LAST_DAY {
            return;
        }
        self.entries += 1;
        self.calendar.insert((moment, self.entries), Box::new(task));
    }

    // --- commands ---

    /// Words that go with the next command.
    pub fn say(&mut self, words: &str) -> Prose {
        let id = TextId(self.id());
        let words = Text::parse(words).expect("the demo's words are neither empty nor too long");
        self.said.push(Written { id, words });
        Prose(id)
    }

    /// Issues a command that is true today.
    pub fn order(
        &mut self,
        actor: impl Into<By>,
        command: impl Into<Command>,
    ) -> Result<Position, DemoError> {
        self.issue(actor.into(), command.into(), None, Vec::new())
    }

    /// Issues a command that was true on another day.
    pub fn order_on(
        &mut self,
        actor: impl Into<By>,
        effective: Effective,
        command: impl Into<Command>,
    ) -> Result<Position, DemoError> {
        self.issue(actor.into(), command.into(), Some(effective), Vec::new())
    }

    fn issue(
        &mut self,
        By(actor): By,
        command: Command,
        effective: Option<Effective>,
        names: Vec<Named>,
    ) -> Result<Position, DemoError> {
        let seconds = self.between(1, 6);
        let micros = self.between(0, 999_999);
        self.clock += TimeDelta::seconds(seconds) + TimeDelta::microseconds(micros);
        self.number += 1;
        let submission = Submission {
            id: CommandId(self.id()),
            command,
            effective,
            occurred_at: None,
            texts: std::mem::take(&mut self.said),
            names,
        };
        let mut step = Step {
            actor,
            now: self.clock,
            submission,
            first_position: 0,
        };
        let mut taken = self.shadow.take(&step);
        if taken == Err(Rejection::BeforeWhatHappened) {
            // Somebody was quicker and entered something later: the clerk is told so, and enters this as of today.
            step.submission.effective = None;
            taken = self.shadow.take(&step);
        }
        step.first_position = taken.map_err(|rejection| DemoError {
            region: self.region.slug(),
            number: self.number,
            code: rejection.code(),
            what: format!("{:?} at {}", step.submission.command, step.now),
        })?;
        let position = step.first_position;
        self.out.push_back(step);
        Ok(position)
    }

    // --- people ---

    /// Enters a person who does not exist, with an id of its own or one that follows from a label.
    pub fn person(
        &mut self,
        by: impl Into<By>,
        label: Option<&str>,
    ) -> Result<PersonId, DemoError> {
        let person = PersonId(match label {
            Some(label) => people::named(self.region, label),
            None => self.id(),
        });
        let name = people::name(self.region, self.persons);
        self.persons += 1;
        let name =
            PersonName::parse(&name).expect("the demo's names are neither empty nor too long");
        self.issue(
            by.into(),
            PersonCommand::Register { person }.into(),
            None,
            vec![Named { person, name }],
        )?;
        Ok(person)
    }

    /// A person begins at an organisation.
    pub fn joins(
        &mut self,
        by: impl Into<By>,
        person: PersonId,
        org: usize,
        role: WorkRole,
        since: Option<Effective>,
    ) -> Done {
        let organisation = self.orgs[org].id;
        let command = PersonCommand::Join {
            person,
            organisation,
            role,
        };
        self.issue(by.into(), command.into(), since, Vec::new())?;
        Ok(())
    }

    /// Who sits for an organisation in a body now.
    pub fn sits(&self, body: usize, org: usize) -> PersonId {
        match self.bodies[body].sitting {
            Sitting::Head => self.orgs[org].head,
            Sitting::Resource => self.orgs[org].resource.unwrap_or(self.orgs[org].head),
        }
    }

    /// Who runs a body now: its leader, else the deputy, else the region's administrator.
    pub fn runs(&self, body: usize) -> PersonId {
        let roles = self
            .shadow
            .network(self.bodies[body].id)
            .map(|network| &network.roles);
        let role = |role| roles.and_then(|roles| roles.get(&role).copied());
        role(NetworkRole::Leader)
            .or_else(|| role(NetworkRole::Deputy))
            .unwrap_or(self.administrator)
    }

    /// Whether a role in a body is empty.
    pub fn lacks(&self, body: usize, role: NetworkRole) -> bool {
        self.shadow
            .network(self.bodies[body].id)
            .is_none_or(|network| !network.roles.contains_key(&role))
    }
}

/// Who issues a command.
pub struct By(Actor);

impl From<PersonId> for By {
    fn from(person: PersonId) -> Self {
        Self(Actor::Person(person))
    }
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        Self(actor)
    }
}

/// The day itself, or the Monday after a weekend.
pub fn working(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + TimeDelta::days(2),
        Weekday::Sun => day + TimeDelta::days(1),
        _ => day,
    }
}

/// A day of the calendar.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the demo's days are days of the calendar")
}

/// The commands of a region, one after another.
pub struct Steps {
    world: World,
    failed: bool,
}

impl Steps {
    pub(super) const fn of(world: World) -> Self {
        Self {
            world,
            failed: false,
        }
    }

    /// How many events of each stored name the commands so far have brought.
    #[must_use]
    pub const fn kinds(&self) -> &BTreeMap<String, u64> {
        self.world.shadow.kinds()
    }

    /// How many events the commands so far have brought.
    #[must_use]
    pub const fn events(&self) -> Position {
        self.world.shadow.position()
    }

    #[cfg(test)]
    pub(super) const fn world(&self) -> &World {
        &self.world
    }
}

impl Iterator for Steps {
    type Item = Result<Step, DemoError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(step) = self.world.out.pop_front() {
                return Some(Ok(step));
            }
            if self.failed {
                return None;
            }
            let ((moment, _), task) = self.world.calendar.pop_first()?;
            // What was done before may have lasted longer than planned: time never goes back.
            self.world.clock = self.world.clock.max(moment);
            if let Err(error) = task(&mut self.world) {
                self.failed = true;
                return Some(Err(error));
            }
        }
    }
}
