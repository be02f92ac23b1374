//! Deciding a batch: on a copy of the cached states, event by event, up to rows that are numbered, sealed and hashed.

use super::cache::{Cache, Cached};
use super::seal::{DataKey, Sealed, Sealer};
use super::source::Source;
use super::{Accepted, CommandError, Job, Order};
use crate::chance::{self, Chance};
use crate::clock::Clock;
use crate::crypto::{Key, place};
use crate::store::StoreError;
use crate::store::chain;
use crate::store::land::{CommandRow, KeyRow, Landing};
use crate::store::read::Head;
use crate::store::row::{EventRow, actor_text, stored};
use crate::store::tenants::Tenant;
use crate::views::writer::changed_by;
use domain::about;
use domain::ids::{CommandId, PersonId, StreamId, TextId};
use domain::moment::Moment;
use domain::recorded::Recorded;
use domain::rejection::Rejection;
use domain::rule::{self, Decided, Loaded, Need, Stop};
use domain::time::Effective;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

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
    pub landing: Landing,
    pub verdicts: Vec<Verdict>,
    /// Where the log ends once it has landed.
    pub tip: Head,
    /// The streams it changes, as they are then.
    pub changed: HashMap<StreamId, Cached>,
    /// What its events are about.
    pub about: BTreeSet<uuid::Uuid>,
    /// The documents they change, by view.
    pub documents: BTreeSet<(&'static str, uuid::Uuid)>,
    recorded: Vec<Recorded>,
    commands: HashMap<CommandId, (chain::Hash, Accepted)>,
    texts: HashSet<TextId>,
    persons: HashMap<PersonId, DataKey>,
}

/// What decisions are made with.
pub(super) struct Decider<'a> {
    pub tenant: &'a Tenant,
    pub clock: &'a dyn Clock,
    pub chance: &'a dyn Chance,
    pub region_key: &'a Key,
    pub cache: &'a mut Cache,
    pub head: Head,
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
pub(super) fn digest(region_key: &Key, order: &Order) -> chain::Hash {
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
        let mut batch = Batch {
            landing: Landing::default(),
            verdicts: Vec::with_capacity(jobs.len()),
            tip: self.head,
            changed: HashMap::new(),
            about: BTreeSet::new(),
            documents: BTreeSet::new(),
            recorded: Vec::new(),
            commands: HashMap::new(),
            texts: HashSet::new(),
            persons: HashMap::new(),
        };
        let needs = self.prefetch(jobs, source).await?;
        for (job, needs) in jobs.iter().zip(needs) {
            let verdict = match self.one(&job.order, needs, &mut batch, source).await {
                Ok(accepted) => Verdict::Accepted(accepted),
                Err(Halt::Verdict(verdict)) => verdict,
                Err(Halt::Store(error)) => return Err(error),
            };
            batch.verdicts.push(verdict);
        }
        Ok(batch)
    }

    fn moment(&self, order: &Order, batch: Option<&Batch>) -> Moment {
        let now = order.now.unwrap_or_else(|| self.clock.now());
        // Never backwards inside a region, whatever the clock does.
        let now = crate::clock::to_the_microsecond(now)
            .max(batch.map_or(self.head, |batch| batch.tip).recorded_at);
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

    /// Finds out what each order will ask for, and loads what is missing for all of them in one query a round.
    async fn prefetch(
        &mut self,
        jobs: &[Job],
        source: &mut Source<'_>,
    ) -> Result<Vec<Vec<Need>>, StoreError> {
        let mut needs: Vec<Vec<Need>> = vec![Vec::new(); jobs.len()];
        let mut open: Vec<(usize, Loaded)> = (0..jobs.len())
            .map(|index| (index, Loaded::default()))
            .collect();
        while !open.is_empty() {
            let mut missing = BTreeSet::new();
            let mut stopped = Vec::new();
            for (index, mut loaded) in open {
                let order = &jobs[index].order;
                let moment = self.moment(order, None);
                while let Err(Stop::Needs(wanted)) =
                    rule::decide(&order.submission, &loaded, &moment)
                {
                    let mut waits = false;
                    for need in &wanted {
                        if !self.fill(&mut loaded, *need, None) {
                            missing.insert(*need);
                            waits = true;
                        }
                    }
                    if !waits {
                        needs[index].extend(wanted);
                        continue;
                    }
                    stopped.push((index, loaded));
                    break;
                }
            }
            let streams: Vec<Need> = missing.into_iter().collect();
            if !streams.is_empty() {
                self.load(&streams, source).await?;
            }
            open = stopped;
        }
        Ok(needs)
    }

    /// Reads streams into the cache, as they are at the head.
    async fn load(&mut self, needs: &[Need], source: &mut Source<'_>) -> Result<(), StoreError> {
        let streams: BTreeSet<StreamId> = needs.iter().map(|need| stream_of(*need)).collect();
        let streams: Vec<StreamId> = streams.into_iter().collect();
        let rows = source.streams(&streams, self.head.position).await?;
        let mut by_stream: BTreeMap<StreamId, Vec<EventRow>> = BTreeMap::new();
        for row in rows {
            if let Some(stream) = row.stream() {
                by_stream.entry(stream).or_default().push(row);
            }
        }
        let today = self.tenant.day(self.head.recorded_at.max(self.clock.now()));
        for stream in streams {
            let rows = by_stream.remove(&stream).unwrap_or_default();
            self.cache.put(stream, Cached::of_rows(&rows, today));
        }
        Ok(())
    }

    /// Puts what is needed into `loaded`, if it is at hand: as the batch has changed it, else as cached.
    fn fill(&mut self, loaded: &mut Loaded, need: Need, batch: Option<&Batch>) -> bool {
        let stream = stream_of(need);
        let changed = batch.and_then(|batch| batch.changed.get(&stream));
        let Some(cached) = changed.or_else(|| self.cache.get(stream)) else {
            return false;
        };
        match need {
            Need::State(_) => {
                loaded.states.insert(stream, cached.live.state.0.clone());
                true
            }
            Need::Events(_) => match &cached.events {
                Some(events) => {
                    loaded.events.insert(stream, events.clone());
                    true
                }
                None if cached.unreadable.is_some() => {
                    loaded.events.insert(stream, Arc::default());
                    true
                }
                None => false,
            },
        }
    }

    async fn one(
        &mut self,
        order: &Order,
        needs: Vec<Need>,
        batch: &mut Batch,
        source: &mut Source<'_>,
    ) -> Result<Accepted, Halt> {
        let digest = digest(self.region_key, order);
        if let Some((before, accepted)) = batch.commands.get(&order.submission.id) {
            return if *before == digest {
                Ok(*accepted)
            } else {
                Err(Halt::Verdict(Verdict::Failed(CommandError::OtherContent)))
            };
        }
        let moment = self.moment(order, Some(batch));
        let decided = self.decided(order, &moment, needs, batch, source).await?;
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
        batch.landing.commands.push(CommandRow {
            id: order.submission.id.0,
            digest,
            first_position: stored(first_position),
            events: i32::try_from(n_events).unwrap_or(i32::MAX),
        });
        Ok(accepted)
    }

    async fn decided(
        &mut self,
        order: &Order,
        moment: &Moment,
        needs: Vec<Need>,
        batch: &Batch,
        source: &mut Source<'_>,
    ) -> Result<Vec<Decided>, Halt> {
        let mut loaded = Loaded::default();
        let mut wanted = needs;
        loop {
            for need in wanted {
                if !self.fill(&mut loaded, need, Some(batch)) {
                    self.make_ready(need, batch, source).await?;
                    if !self.fill(&mut loaded, need, Some(batch)) {
                        // Its events changed in this batch without being listed: list them.
                        let events = self.events_of(stream_of(need), batch, source).await?;
                        loaded.events.insert(stream_of(need), Arc::new(events));
                    }
                }
                if let Some(why) = self
                    .cache
                    .get(stream_of(need))
                    .and_then(|cached| cached.unreadable.clone())
                {
                    tracing::error!(command = %order.submission.id, why, "a stream cannot be read");
                    return Err(Halt::Verdict(Verdict::Failed(CommandError::Internal)));
                }
            }
            match rule::decide(&order.submission, &loaded, moment) {
                Ok(decided) => return Ok(decided),
                Err(Stop::Refused(rejection)) => return Err(rejection.into()),
                Err(Stop::Needs(more)) => wanted = more,
            }
        }
    }

    async fn make_ready(
        &mut self,
        need: Need,
        batch: &Batch,
        source: &mut Source<'_>,
    ) -> Result<(), StoreError> {
        if batch.changed.contains_key(&stream_of(need)) {
            Ok(())
        } else {
            self.load(&[need], source).await
        }
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
        batch: &Batch,
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
            } else if self.cached(stream, source).await?.version > 0 {
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
            None => self.cached(stream, source).await?,
        };
        let position = batch.tip.position + 1;
        let recorded = Recorded {
            position,
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
        let mut row = row(&recorded, &sealed, chance::bytes::<16>(self.chance));
        let hash = chain::next(batch.tip.log_id, &batch.tip.hash, &row);
        row.hash = hash.to_vec();
        if cached.push(&recorded).is_err() {
            if cached.events.is_none() {
                let events = self.events_of(stream, batch, source).await?;
                cached.events = Some(Arc::new(events));
            }
            cached.refold(&recorded, moment.today);
        }
        batch.changed.insert(stream, cached);
        batch.take(recorded, row, sealed, hash, self.tenant);
        Ok(())
    }

    async fn cached(
        &mut self,
        stream: StreamId,
        source: &mut Source<'_>,
    ) -> Result<Cached, StoreError> {
        if self.cache.get(stream).is_none() {
            self.load(&[Need::State(stream)], source).await?;
        }
        Ok(self.cache.get(stream).cloned().unwrap_or_default())
    }
}

impl Batch {
    fn take(
        &mut self,
        recorded: Recorded,
        row: EventRow,
        sealed: Sealed,
        hash: chain::Hash,
        tenant: &Tenant,
    ) {
        let position = row.position;
        let ids = about::about(&recorded.event, tenant.region());
        self.documents
            .extend(changed_by(&recorded.event, &ids, tenant.region()));
        for id in ids {
            self.landing.abouts.push((id, position));
            self.about.insert(id);
        }
        for (text, wrapped) in sealed.texts {
            self.texts.insert(text);
            self.landing.texts.push(KeyRow {
                id: text.0,
                position,
                wrapped: Some(wrapped),
            });
        }
        for (person, key) in sealed.persons {
            // Postgres updates a row once a statement: the newest name wins here already.
            self.landing.persons.retain(|row| row.id != person.0);
            self.landing.persons.push(KeyRow {
                id: person.0,
                position,
                wrapped: Some(key.wrapped.clone()),
            });
            self.persons.insert(person, key);
        }
        self.tip = Head {
            position: recorded.position,
            hash,
            recorded_at: recorded.recorded_at,
            ..self.tip
        };
        self.landing.events.push(row);
        self.recorded.push(recorded);
    }
}

const fn stream_of(need: Need) -> StreamId {
    match need {
        Need::State(stream) | Need::Events(stream) => stream,
    }
}

fn row(recorded: &Recorded, sealed: &Sealed, salt: [u8; 16]) -> EventRow {
    let (effective_from, effective_to) = match recorded.effective {
        Effective::Days { from, to } => (Some(from), Some(to)),
        Effective::Unknown => (None, None),
    };
    EventRow {
        position: stored(recorded.position),
        stream_kind: recorded.stream.kind.name().to_owned(),
        stream_id: recorded.stream.id,
        version: i32::try_from(recorded.version).unwrap_or(i32::MAX),
        name: sealed.name.clone(),
        payload: sealed.payload.clone(),
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
