//! What the pages ask of the server: who is signed in, pages put together from views, orders to the executor.
//!
//! Names and words are opened last, at the edge of the answer ([`directory`]); until then everything holds ids.

mod bearers;
mod bounds;
mod directory;
mod documents;
mod events;
pub mod files;
mod pages;
pub mod people;
pub mod register;
mod sessions;
mod standing;
mod story;
mod streams;

use crate::executor::{CommandError, Executors, Landed, Order};
use crate::feed::Feed;
use crate::store::newer::Newer;
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use crate::views::registry::Kept;
use app::backend::{Backend, Caller};
use app::error::AppError;
use app::forms::Fields;
use app::query::{Accepted, Around, Asked, Door, Doors, Known, Part, Query, Reply, Viewer};
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::ids::PersonId;
use domain::meeting::command::MeetingCommand;
use domain::time::{AsOf, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::broadcast;
use uuid::Uuid;

pub(crate) use bearers::Denied;
pub(crate) use documents::{Document, NetworkLine, RegionLine};
pub(crate) use events::{CloudEvent, EventsPage};
pub use streams::Patience;
use streams::Streams;
pub(crate) use streams::{Full, Place};

/// Whether people may enter by choosing a demo person: only where the server listens on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoDoors {
    /// Anybody on this machine may be any demo person.
    Open,
    /// Nobody.
    Shut,
}

/// The pages' other side, on Postgres.
pub struct PgBackend {
    executors: Executors,
    doors: DemoDoors,
    /// What tells of other processes' landings; without it, this process' own are heard of.
    feed: Option<Feed>,
    streams: Streams,
}

/// Who asks, in which region.
pub(crate) struct Visit {
    pub tenant: Tenant,
    pub person: PersonId,
    pub today: NaiveDate,
    pub now: Timestamp,
    /// Whether something that was read ends before what a newer release recorded.
    pub newer: AtomicBool,
}

impl Visit {
    /// Remembers that something ends before what a newer release recorded.
    pub fn met(&self, newer: Option<&Newer>) {
        if let Some(newer) = newer
            && !self.newer.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(region = %self.tenant.slug, %newer, "a page ends before it");
        }
    }
}

impl PgBackend {
    /// Answers from these.
    #[must_use]
    pub fn new(executors: Executors, doors: DemoDoors) -> Self {
        Self {
            executors,
            doors,
            feed: None,
            streams: Streams::default(),
        }
    }

    /// Hears of what other processes land, too.
    #[must_use]
    pub fn hearing(mut self, feed: Feed) -> Self {
        self.feed = Some(feed);
        self
    }

    /// With streams as patient as this.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.streams = Streams::new(patience);
        self
    }

    /// The streams of this process.
    pub(crate) const fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Ends every stream: their readers go on elsewhere, or later, where they were.
    pub fn end_streams(&self) {
        self.streams.end();
    }

    /// Hears of growing logs. A hint.
    pub(crate) fn grown(&self) -> broadcast::Receiver<Landed> {
        self.feed
            .as_ref()
            .map_or_else(|| self.executors.landings(), Feed::grown)
    }

    const fn store(&self) -> &Store {
        self.executors.store()
    }

    /// Whether nobody but this machine can knock.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.doors == DemoDoors::Open
    }

    /// Whether the database answers.
    pub async fn is_alive(&self) -> bool {
        self.store().is_alive().await
    }

    /// Keeps a refused form.
    ///
    /// # Errors
    /// [`AppError::SignInRequired`] without a session in this region.
    pub async fn keep_draft(
        &self,
        caller: &Caller,
        region: &str,
        fields: &Fields,
        error: &AppError,
    ) -> Result<Uuid, AppError> {
        let visit = self.visit(caller, region).await?;
        let draft = crate::chance::id(self.executors.chance(), visit.now);
        let kept: BTreeMap<&String, &String> = fields
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "command" | "back" | "then"))
            .collect();
        let body =
            serde_json::to_string(&(kept, error)).map_err(|error| internal(caller, &error))?;
        self.store()
            .keep_draft(visit.tenant.tenant(), draft, visit.person, &body, visit.now)
            .await
            .map_err(|error| internal(caller, &error))?;
        Ok(draft)
    }

    /// Takes an order of a visitor.
    pub(crate) async fn take(
        &self,
        caller: &Caller,
        visit: &Visit,
        submission: Submission,
    ) -> Result<Accepted, AppError> {
        // What is in a file comes with it or not at all.
        if matches!(
            submission.command,
            Command::Meeting(MeetingCommand::AddFile { .. })
        ) {
            return Err(AppError::Forbidden);
        }
        self.hand_on(caller, visit, submission).await
    }

    /// Hands an order of a visitor to the executor.
    async fn hand_on(
        &self,
        caller: &Caller,
        visit: &Visit,
        submission: Submission,
    ) -> Result<Accepted, AppError> {
        bounds::check(&submission)?;
        let executor = self
            .executors
            .of(visit.tenant.tenant())
            .await
            .map_err(|error| internal(caller, &error))?;
        match executor
            .submit(Order::new(submission, Actor::Person(visit.person)))
            .await
        {
            Ok(accepted) => Ok(Accepted {
                position: accepted.first_position,
                events: accepted.events,
            }),
            Err(CommandError::Refused(rejection)) => Err(AppError::Rejected { rejection }),
            Err(CommandError::OtherContent) => Err(AppError::Repeated),
            Err(CommandError::TryAgain) => Err(AppError::Busy),
            Err(CommandError::Newer(_)) => Err(AppError::Newer),
            Err(error @ CommandError::Internal) => Err(internal(caller, &error)),
        }
    }

    /// A view's document as of a time.
    pub(crate) async fn view<V: Kept>(
        &self,
        visit: &Visit,
        key: Uuid,
        as_of: AsOf,
    ) -> Result<crate::views::Read<V>, StoreError> {
        let read = crate::views::read(self.store(), &visit.tenant, key, as_of, visit.now).await?;
        visit.met(read.newer.as_ref());
        Ok(read)
    }
}

/// Logs an error once, with the request's id, and says no more than that to the caller.
pub(crate) fn internal(caller: &Caller, error: &dyn std::error::Error) -> AppError {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(request = %caller.request, error = %chain, "a request failed");
    AppError::Internal {
        reference: caller.request.clone(),
    }
}

#[async_trait::async_trait]
impl Backend for PgBackend {
    async fn read(
        &self,
        caller: &Caller,
        region: &str,
        query: Query,
        as_of: Asked,
    ) -> Result<Reply, AppError> {
        let visit = self.visit(caller, region).await?;
        let as_of = AsOf {
            // A day in the future is today: nothing in the log lies there.
            on: as_of.on.filter(|on| *on < visit.today),
            known_at: as_of.known_at.map(|known| match known {
                Known::At(moment) => moment,
                Known::EndOf(day) => visit.tenant.end_of(day),
            }),
        };
        let page = pages::answer(self, caller, &visit, query, as_of).await?;
        let directory = directory::open(self, caller, &visit, &page.answer, as_of).await?;
        let mut person = self
            .person(&visit)
            .await
            .map_err(|error| internal(caller, &error))?;
        let works_at = std::mem::take(&mut person.works_at).into_iter().collect();
        let viewer = Viewer {
            person: visit.person,
            name: directory
                .names
                .get(&visit.person)
                .cloned()
                .flatten()
                .unwrap_or_default(),
            slug: visit.tenant.slug.clone(),
            region: visit.tenant.name.clone(),
            language: caller
                .language
                .clone()
                .unwrap_or_else(|| visit.tenant.language.clone()),
            works_at,
            today: visit.today,
            demo: visit.tenant.demo,
        };
        let around = Around {
            directory,
            viewer,
            standings: page.standings,
            as_of,
            unknown_days: page.unknown_days,
            newer: visit.newer.load(Ordering::Relaxed),
        };
        Ok(Reply {
            answer: page.answer,
            around: Part::of(&around).map_err(|error| internal(caller, &error))?,
            position: page.position,
            fresh: crate::chance::id(self.executors.chance(), visit.now),
        })
    }

    async fn submit(
        &self,
        caller: &Caller,
        region: &str,
        submission: Submission,
    ) -> Result<Accepted, AppError> {
        let visit = self.visit(caller, region).await?;
        self.take(caller, &visit, submission).await
    }

    async fn doors(&self, caller: &Caller) -> Result<Doors, AppError> {
        self.demo_doors()
            .await
            .map_err(|error| internal(caller, &error))
    }

    async fn draft(
        &self,
        caller: &Caller,
        region: &str,
        id: Uuid,
    ) -> Result<Option<(BTreeMap<String, String>, AppError)>, AppError> {
        let visit = self.visit(caller, region).await?;
        let body = self
            .store()
            .find_draft(visit.tenant.tenant(), id, visit.person)
            .await
            .map_err(|error| internal(caller, &error))?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }
}

impl PgBackend {
    async fn demo_doors(&self) -> Result<Doors, StoreError> {
        let mut doors = Doors::default();
        if self.doors == DemoDoors::Shut {
            return Ok(doors);
        }
        for region in crate::demo::Region::ALL {
            let Some(tenant) = self.store().find_tenant(region.slug()).await? else {
                continue;
            };
            if !tenant.demo {
                continue;
            }
            let mut scope = self.store().reading(tenant.tenant()).await?;
            let events = scope.head().await?.position;
            drop(scope);
            let cast = crate::demo::cast(region);
            let persons: Vec<PersonId> = cast.iter().map(|suggested| suggested.person).collect();
            let names = directory::names(self, tenant.tenant(), &persons).await?;
            let people = cast
                .iter()
                .filter_map(|suggested| {
                    let name = names.get(&suggested.person)?.clone()?;
                    Some((suggested.person, name, suggested.label.to_owned()))
                })
                .collect::<Vec<_>>();
            if !people.is_empty() {
                doors.regions.push(Door {
                    slug: tenant.slug,
                    name: tenant.name,
                    language: tenant.language,
                    events,
                    people,
                });
            }
        }
        Ok(doors)
    }
}
