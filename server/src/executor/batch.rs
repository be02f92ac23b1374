//! Deciding a batch: on a copy of the cached states, event by event, up to rows that are numbered, sealed and hashed.

use super::cache::{Cache, Cached, Keep};
use super::seal::{DataKey, Sealed, Sealer};
use super::source::Source;
use super::{Accepted, CommandError, Job, Order};
use crate::chance::{self, Chance};
use crate::clock::Clock;
use crate::crypto::{RegionKey, place};
use crate::metrics;
use crate::store::StoreError;
use crate::store::chain;
use crate::store::erased::Erasure;
use crate::store::land::{CommandRow, KeyRow, Landing};
use crate::store::read::Head;
use crate::store::row::{EventRow, actor_text, stored};
use crate::store::tenants::Tenant;
use domain::about;
use domain::event::Event;
use domain::ids::{CommandId, PersonId, StreamId, TextId};
use domain::moment::Moment;
use domain::recorded::Recorded;
use domain::rejection::Rejection;
use domain::rule::{self, Decided, Loaded, Need, Stop};
use domain::time::Effective;
use domain::withdrawal::TextEvent;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How often a batch looks ahead before its orders read each for itself: as many rounds as a rule asks in.
const LOOKS_AHEAD_MAX: u32 = 8;

/// What was decided about one order of a batch.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// It brings events; true once the batch has landed.
    Accepted(Accepted),
    /// The answer is no, if the log still ends where it was decided.
    Refused(Rejection),
    /// It cannot be decided.
    Failed(CommandError),
}

/// A decided batch.
pub(super) struct Batch {
    pub landing: Arc<Landing>,
    pub verdicts: Vec<Verdict>,
    /// Where the log ends once it has landed.
    pub tip: Head,
    /// The streams it changes, as they are then.
    pub changed: HashMap<StreamId, Cached>,
    recorded: Vec<Recorded>,
    commands: HashMap<CommandId, (chain::Hash, Accepted)>,
    texts: HashSet<TextId>,
    persons: HashMap<PersonId, DataKey>,
    /// Streams that had to be read for it.
    read: HashSet<StreamId>,
    /// How often was looked ahead at what the orders behind will need.
    looked_ahead: u32,
}

/// What decisions are made with.
pub(super) struct Decider<'a> {
    pub tenant: &'a Tenant,
    pub clock: &'a dyn Clock,
    pub chance: &'a dyn Chance,
    pub region_key: &'a RegionKey,
    pub cache: &'a mut Cache,
    pub head: Head,
    /// Whether a stream that is not cached is taken for one that has not begun, where the order begins it: its first
    /// event lands as version 1, which nobody else can have. So what creates something reads nothing.
    pub presuming: bool,
}

/// What came of deciding an order on what is at hand.
enum Weighed {
    /// It brings these events; these streams are presumed not to have begun.
    Decided(Vec<Decided>, Vec<StreamId>),
    Refused(Rejection),
    /// A stream that it needs cannot be read.
    Unreadable(Arc<str>),
    /// These must be read first.
    Missing(Vec<Need>),
}

/// Why one order did not get through.
enum Halt {
    Verdict(Verdict),
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Rejection> for Halt {
    fn from(rejection: Rejection) -> Self {
        Self::Verdict(Verdict::Refused(rejection))
    }
}

/// Keyed hash of what an order says and who says it.
pub(super) fn digest(region_key: &RegionKey, order: &Order) -> chain::Hash {
    let mut content = serde_json::to_vec(&order.submission).unwrap_or_default();
    content.extend_from_slice(actor_text(order.actor).as_bytes());
    region_key.digest("command", &content)
}

impl Decider<'_> {
    /// Decides all orders, in order.
    pub async fn decide(
        &mut self,
        jobs: &[Job],
        source: &mut Source<'_>,
    ) -> Result<Batch, StoreError> {
        let mut batch = Batch::on(self.head, jobs.len());
        for index in 0..jobs.len() {
            let verdict = match self.one(&jobs[index..], &mut batch, source).await {
                Ok(accepted) => Verdict::Accepted(accepted),
                Err(Halt::Verdict(verdict)) => verdict,
                Err(Halt::Store(error)) => return Err(error),
            };
            batch.verdicts.push(verdict);
        }
        Ok(batch)
    }

    fn moment(&self, order: &Order, batch: &Batch) -> Moment {
        let now = order.now.unwrap_or_else(|| self.clock.now());
        // Never backwards inside a region, whatever the clock does.
        let now = crate::clock::to_the_microsecond(now).max(batch.tip.recorded_at);
        Moment {
            now,
            today: self.tenant.day(now),
            occurred_at: order
                .submission
                .occurred_at
                .map(crate::clock::to_the_microsecond),
            actor: order.actor,
            tenant: self.tenant.region(),
        }
    }

    /// Decides the first of these orders; those behind it are looked at only where something has to be read.
    async fn one(
        &mut self,
        jobs: &[Job],
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<Accepted, Halt> {
        let Some(Job { order, .. }) = jobs.first() else {
            return Err(Halt::Verdict(Verdict::Failed(CommandError::Internal)));
        };
        let digest = digest(self.region_key, order);
        if let Some((before, accepted)) = batch.commands.get(&order.submission.id) {
            return if *before == digest {
                Ok(*accepted)
            } else {
                Err(Halt::Verdict(Verdict::Failed(CommandError::OtherContent)))
            };
        }
        let moment = self.moment(order, batch);
        let decided = loop {
            match self.weigh(order, &moment, batch) {
                Weighed::Decided(decided, presumed) => {
                    for stream in presumed {
                        batch.changed.insert(stream, Cached::default());
                    }
                    break decided;
                }
                Weighed::Refused(rejection) => return Err(rejection.into()),
                Weighed::Unreadable(why) => {
                    tracing::error!(command = %order.submission.id, %why, "a stream cannot be read");
                    return Err(Halt::Verdict(Verdict::Failed(CommandError::Internal)));
                }
                Weighed::Missing(missing) => self.read(missing, jobs, batch, source).await?,
            }
        };
        let sealed = self.seal(order, &decided, batch, source).await?;
        let first_position = batch.tip.position + 1;
        let n_events = u32::try_from(decided.len()).unwrap_or(u32::MAX);
        for (decided, sealed) in decided.into_iter().zip(sealed) {
            self.record(order, &moment, decided, sealed, batch, source)
                .await?;
        }
        let accepted = Accepted::new(first_position, n_events);
        batch
            .commands
            .insert(order.submission.id, (digest, accepted));
        batch.landing().commands.push(CommandRow {
            id: order.submission.id.0,
            digest,
            first_position: stored(first_position),
            events: i32::try_from(n_events).unwrap_or(i32::MAX),
        });
        Ok(accepted)
    }

    /// Decides an order on what is at hand, or says what it needs.
    fn weigh(&mut self, order: &Order, moment: &Moment, batch: &Batch) -> Weighed {
        let (mut loaded, mut presumed) = (Loaded::default(), Vec::new());
        let (mut missing, mut found) = (Vec::new(), 0);
        loop {
            let stop = match rule::decide(&order.submission, &loaded, moment) {
                Ok(decided) => {
                    let begun = |stream: &StreamId| decided.iter().any(|one| one.stream == *stream);
                    if presumed.iter().all(begun) {
                        metrics::CACHE_HITS.add(found);
                        return Weighed::Decided(decided, presumed);
                    }
                    return Weighed::Missing(presumed.into_iter().map(Need::State).collect());
                }
                Err(stop) => stop,
            };
            let wanted = match stop {
                Stop::Needs(wanted) => wanted,
                Stop::Refused(rejection) if presumed.is_empty() => {
                    metrics::CACHE_HITS.add(found);
                    return Weighed::Refused(rejection);
                }
                // Perhaps only because of what was presumed.
                Stop::Refused(_) => {
                    return Weighed::Missing(presumed.into_iter().map(Need::State).collect());
                }
            };
            for need in wanted {
                let stream = stream_of(need);
                let at_hand = batch
                    .changed
                    .get(&stream)
                    .or_else(|| self.cache.get(stream));
                if let Some(why) = at_hand.and_then(|cached| cached.unreadable.clone()) {
                    return Weighed::Unreadable(why);
                }
                match (need, at_hand) {
                    (Need::State(_), Some(cached)) => {
                        found += u64::from(!batch.read.contains(&stream));
                        loaded.states.insert(stream, cached.live.state.0.clone());
                    }
                    (Need::State(_), None) if self.presuming => {
                        presumed.push(stream);
                        loaded.states.insert(stream, Arc::default());
                    }
                    (
                        Need::Events(_),
                        Some(Cached {
                            events: Some(events),
                            ..
                        }),
                    ) => {
                        loaded.events.insert(stream, events.clone());
                    }
                    _ => missing.push(need),
                }
            }
            if !missing.is_empty() {
                missing.extend(presumed.into_iter().map(Need::State));
                return Weighed::Missing(missing);
            }
        }
    }

    /// Reads what the first of these orders misses, and with it, in one query, what those behind it will.
    async fn read(
        &mut self,
        mut missing: Vec<Need>,
        jobs: &[Job],
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<(), StoreError> {
        if batch.looked_ahead < LOOKS_AHEAD_MAX {
            batch.looked_ahead += 1;
            for job in jobs.iter().skip(1) {
                let moment = self.moment(&job.order, batch);
                if let Weighed::Missing(more) = self.weigh(&job.order, &moment, batch) {
                    missing.extend(more);
                }
            }
        }
        let mut keeps: BTreeMap<StreamId, Keep> = BTreeMap::new();
        for need in missing {
            let stream = stream_of(need);
            let events = matches!(need, Need::Events(_));
            if let Some(changed) = batch.changed.get(&stream) {
                if events && changed.events.is_none() {
                    // This batch changed it without listing its events: list them.
                    let events = self.events_of(stream, batch, source).await?;
                    if let Some(changed) = batch.changed.get_mut(&stream) {
                        changed.events = Some(Arc::new(events));
                    }
                }
                continue;
            }
            let keep = keeps.entry(stream).or_insert(Keep::StateOnly);
            if events {
                *keep = Keep::Events;
            }
        }
        if keeps.is_empty() {
            return Ok(());
        }
        let streams: Vec<StreamId> = keeps.keys().copied().collect();
        let rows = source.streams(&streams, self.head.position).await?;
        let mut by_stream: HashMap<StreamId, Vec<EventRow>> = HashMap::new();
        for row in rows {
            if let Some(stream) = row.stream() {
                by_stream.entry(stream).or_default().push(row);
            }
        }
        metrics::CACHE_MISSES.add(streams.len() as u64);
        let today = self.tenant.day(self.head.recorded_at.max(self.clock.now()));
        for (stream, keep) in keeps {
            let rows = by_stream.remove(&stream).unwrap_or_default();
            self.cache.put(stream, Cached::of_rows(&rows, today, keep));
            batch.read.insert(stream);
        }
        Ok(())
    }

    /// All events of a stream, those of this batch included.
    async fn events_of(
        &mut self,
        stream: StreamId,
        batch: &Batch,
        source: &mut Source<'_>,
    ) -> Result<Vec<Recorded>, StoreError> {
        let rows = source.streams(&[stream], self.head.position).await?;
        let mut events: Vec<Recorded> = rows
            .iter()
            .map(EventRow::recorded)
            .collect::<Result<_, _>>()?;
        events.extend(
            batch
                .recorded
                .iter()
                .filter(|recorded| recorded.stream == stream)
                .cloned(),
        );
        Ok(events)
    }

    /// Seals the events of one command, having looked up what is known of its texts and persons.
    async fn seal(
        &mut self,
        order: &Order,
        decided: &[Decided],
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<Vec<Sealed>, Halt> {
        let submission = &order.submission;
        // A text is written once: the words of a known one cannot be replaced under its id.
        if submission
            .texts
            .iter()
            .any(|written| batch.texts.contains(&written.id))
        {
            return Err(Rejection::AlreadyRegistered.into());
        }
        self.holds(decided, batch, source).await?;
        let mut known = BTreeSet::new();
        let mut unknown = Vec::new();
        for text in decided
            .iter()
            .flat_map(|decided| about::texts(&decided.event))
        {
            if batch.texts.contains(&text) {
                known.insert(text);
            } else if !submission.texts.iter().any(|written| written.id == text) {
                unknown.push(text);
            }
        }
        if !unknown.is_empty() {
            known.extend(
                source
                    .text_keys(&unknown)
                    .await?
                    .into_iter()
                    .map(|kept| TextId(kept.id)),
            );
        }
        let mut persons = HashMap::new();
        let mut asked = Vec::new();
        for (stream, person) in decided.iter().flat_map(|one| {
            about::names(&one.event)
                .into_iter()
                .map(|person| (one.stream, person))
        }) {
            if let Some(key) = batch.persons.get(&person) {
                persons.insert(person, key.clone());
            } else if self.cached(stream, batch, source).await?.version > 0 {
                // The first event of a person makes the key; only a later one can find it.
                asked.push(person);
            }
        }
        if !asked.is_empty() {
            for kept in source.person_keys(&asked).await? {
                // Forgotten: nobody gives a forgotten person another name.
                let wrapped = kept.wrapped.ok_or(Rejection::UnknownPerson)?;
                let place = place(self.tenant.region(), kept.id);
                let key = self
                    .region_key
                    .unwrap(&place, &wrapped)
                    .ok()
                    .ok_or(StoreError::RegionKey)?;
                persons.insert(PersonId(kept.id), DataKey { key, wrapped });
            }
        }
        let tenant = self.tenant.region();
        let mut sealer = Sealer::new(
            tenant,
            self.region_key,
            self.chance,
            submission,
            &persons,
            &known,
        );
        let mut all = Vec::with_capacity(decided.len());
        for decided in decided {
            all.push(sealer.seal(&decided.event)?);
        }
        Ok(all)
    }

    /// A text is withdrawn where its words lie: whoever refers to another's text in an event of their own has not
    /// written it.
    async fn holds(
        &self,
        decided: &[Decided],
        batch: &Batch,
        source: &mut Source<'_>,
    ) -> Result<(), Halt> {
        for one in decided {
            let Event::Text(TextEvent::Withdrawn { of, text, .. }) = &one.event else {
                continue;
            };
            let landing = batch.landing.texts.iter();
            let here = landing
                .filter(|row| row.id == text.0)
                .map(|row| row.position)
                .next();
            let at = match here {
                Some(at) => Some(at),
                None => {
                    let kept = source.text_keys(&[*text]).await?;
                    kept.first().map(|kept| stored(kept.position))
                }
            };
            if at != Some(stored(*of)) {
                return Err(Rejection::UnknownText.into());
            }
        }
        Ok(())
    }

    /// Numbers, hashes and takes in one event.
    async fn record(
        &mut self,
        order: &Order,
        moment: &Moment,
        decided: Decided,
        sealed: Sealed,
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<(), StoreError> {
        let stream = decided.stream;
        let mut cached = match batch.changed.remove(&stream) {
            Some(cached) => cached,
            None => self.cached(stream, batch, source).await?,
        };
        let recorded = Recorded {
            position: batch.tip.position + 1,
            stream,
            version: cached.version + 1,
            event: decided.event,
            actor: order.actor,
            command: order.submission.id,
            correlation: order.correlation.unwrap_or(order.submission.id.0),
            causation: order.causation,
            recorded_at: moment.now,
            effective: decided.effective,
            occurred_at: moment.occurred_at,
        };
        let Sealed {
            name,
            payload,
            texts,
            persons,
        } = sealed;
        let mut row = row(&recorded, name, payload, chance::bytes::<16>(self.chance));
        let hash = chain::next(batch.tip.log_id, &batch.tip.hash, &row);
        row.hash = hash.to_vec();
        let bytes = row.payload.len();
        if cached.push(&recorded, bytes).is_err() {
            if cached.events.is_none() {
                let events = self.events_of(stream, batch, source).await?;
                cached.events = Some(Arc::new(events));
            }
            cached.refold(&recorded, bytes, moment.today);
        }
        batch.changed.insert(stream, cached);
        batch.keep(texts, persons, row.position);
        batch.take(recorded, row, hash, self.tenant);
        Ok(())
    }

    /// A stream as this batch has changed it, else as it was before.
    async fn cached(
        &mut self,
        stream: StreamId,
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<Cached, StoreError> {
        if let Some(cached) = batch.changed.get(&stream) {
            return Ok(cached.clone());
        }
        if self.cache.get(stream).is_none() {
            self.read(vec![Need::State(stream)], &[], batch, source)
                .await?;
        }
        Ok(self.cache.get(stream).cloned().unwrap_or_default())
    }
}

impl Batch {
    fn on(head: Head, n_orders: usize) -> Self {
        Self {
            landing: Arc::default(),
            verdicts: Vec::with_capacity(n_orders),
            tip: head,
            changed: HashMap::new(),
            recorded: Vec::with_capacity(n_orders),
            commands: HashMap::with_capacity(n_orders),
            texts: HashSet::new(),
            persons: HashMap::new(),
            read: HashSet::new(),
            looked_ahead: 0,
        }
    }

    /// What its events erase.
    pub fn erasures(&self) -> Vec<Erasure> {
        self.recorded.iter().filter_map(Erasure::of).collect()
    }

    /// To be added to; nobody else has it before it is decided.
    fn landing(&mut self) -> &mut Landing {
        Arc::make_mut(&mut self.landing)
    }

    fn keep(
        &mut self,
        texts: Vec<(TextId, Vec<u8>)>,
        persons: Vec<(PersonId, DataKey)>,
        position: i64,
    ) {
        for (text, wrapped) in texts {
            self.texts.insert(text);
            self.landing().texts.push(KeyRow {
                id: text.0,
                position,
                wrapped: Some(wrapped),
            });
        }
        for (person, key) in persons {
            // Postgres updates a row once a statement: the newest name wins here already.
            self.landing().persons.retain(|row| row.id != person.0);
            self.landing().persons.push(KeyRow {
                id: person.0,
                position,
                wrapped: Some(key.wrapped.clone()),
            });
            self.persons.insert(person, key);
        }
    }

    fn take(&mut self, recorded: Recorded, row: EventRow, hash: chain::Hash, tenant: &Tenant) {
        let position = row.position;
        for id in about::about(&recorded.event, tenant.region()) {
            self.landing().abouts.push((id, position));
        }
        self.tip = Head {
            position: recorded.position,
            hash,
            recorded_at: recorded.recorded_at,
            ..self.tip
        };
        self.landing().events.push(row);
        self.recorded.push(recorded);
    }
}

const fn stream_of(need: Need) -> StreamId {
    match need {
        Need::State(stream) | Need::Events(stream) => stream,
    }
}

fn row(recorded: &Recorded, name: String, payload: String, salt: [u8; 16]) -> EventRow {
    let (effective_from, effective_to) = match recorded.effective {
        Effective::Days { from, to } => (Some(from), Some(to)),
        Effective::Unknown => (None, None),
    };
    EventRow {
        position: stored(recorded.position),
        stream_kind: recorded.stream.kind.name().to_owned(),
        stream_id: recorded.stream.id,
        version: i32::try_from(recorded.version).unwrap_or(i32::MAX),
        name,
        payload,
        actor: actor_text(recorded.actor),
        command_id: recorded.command.0,
        correlation: recorded.correlation,
        causation: recorded.causation.map(stored),
        recorded_at: recorded.recorded_at,
        effective_from,
        effective_to,
        occurred_at: recorded.occurred_at,
        salt: salt.to_vec(),
        hash: Vec::new(),
    }
}
