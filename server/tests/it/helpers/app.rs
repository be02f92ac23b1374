//! The real service on a database of its own, with a clock that only the test moves and two regions that are set up
//! alike, so that whatever leaks from one to the other has something to be seen.

use super::http::{Answer, Call};
use super::{database, master, order};
use app::forms::Fields;
use app::query::{Accepted, Around, Query, Reply};
use axum::Router;
use chrono::{Days, NaiveDate, TimeDelta};
use domain::command::{Command, Submission};
use domain::ids::{CommandId, MeetingId, NetworkId, OrganisationId, PersonId, SeatId, TextId};
use domain::network::command::NetworkCommand;
use domain::network::event::{NetworkKind, NetworkRole, Vote};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::OrganisationKind;
use domain::person::{PersonCommand, WorkRole};
use domain::recorded::Position;
use domain::region::RegionCommand;
use domain::text::{Name, Named, PersonName, Prose, Sentence};
use domain::time::{AsOf, Effective, Timestamp};
use server::accounts::Accounts;
use server::backend::{DemoDoors, PgBackend};
use server::chance::OsChance;
use server::clock::{Clock, ManualClock};
use server::executor::Executors;
use server::http::Proxy;
use server::store::Store;
use server::store::chain::{self, GENESIS};
use server::store::tenants::{NewTenant, Opened, Tenant};
use server::views::registry::Kept;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Orders between two rebuilds of every snapshot: often enough that documents are folded from one and on top of one.
const ORDERS_BETWEEN_SNAPSHOTS: u32 = 5;

/// What somebody is in a region's first network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Leads; holds the first school's voting seat and is its principal.
    Leader,
    /// Deputy leader, with a seat without vote.
    Deputy,
    /// Takes the minutes, with a seat without vote.
    MinuteTaker,
    /// Holds the second school's voting seat, works nowhere that is known.
    Voting,
    /// A seat without vote.
    Member,
    /// Principal of the second school, without a seat.
    Representative,
    /// Administers the region.
    Administrator,
    /// Works at a school outside the network.
    Guest,
}

impl Who {
    pub const ALL: [Self; 8] = [
        Self::Leader,
        Self::Deputy,
        Self::MinuteTaker,
        Self::Voting,
        Self::Member,
        Self::Representative,
        Self::Administrator,
        Self::Guest,
    ];
}

/// A region with its people. Ids differ between regions, everything else is the same.
pub struct Place {
    pub tenant: Tenant,
    pub slug: &'static str,
    people: BTreeMap<Who, (PersonId, String)>,
    /// The schools of the network.
    pub first: OrganisationId,
    pub second: OrganisationId,
    /// The network everybody above is in.
    pub network: NetworkId,
    /// One beside it.
    pub beside: NetworkId,
    /// The seat without vote that [`Who::Member`] holds.
    pub seat: SeatId,
}

impl Place {
    pub fn person(&self, who: Who) -> PersonId {
        self.people[&who].0
    }

    /// The token of somebody's session.
    pub fn token(&self, who: Who) -> &str {
        &self.people[&who].1
    }
}

/// The service.
pub struct TestApp {
    pub router: Router,
    pub store: Store,
    pub executors: Executors,
    pub accounts: Accounts,
    pub clock: Arc<ManualClock>,
    pub url: String,
    pub alfa: Place,
    pub beta: Place,
    orders: AtomicU32,
    finished: bool,
}

/// The day every test begins.
pub fn today() -> NaiveDate {
    "2026-03-02".parse().expect("is a day")
}

/// So many days after that.
pub fn in_days(days: u64) -> String {
    (today() + Days::new(days)).to_string()
}

/// Fields of a form with a fresh command id.
pub fn fields(form: &str, pairs: &[(&str, &str)]) -> Fields {
    let mut fields: Fields = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    fields.insert("form".to_owned(), form.to_owned());
    fields
        .entry("command".to_owned())
        .or_insert_with(|| super::new_id().to_string());
    fields
}

/// The id that a form's command gives to what it creates.
pub fn created(fields: &Fields, label: &str) -> Uuid {
    let command = fields["command"].parse().expect("is an id");
    app::forms::derived(command, label)
}

/// What goes round an answer.
pub fn around(reply: &Reply) -> Around {
    reply.around.read().expect("what goes round an answer")
}

impl TestApp {
    pub async fn new() -> Self {
        let url = database().await;
        let store = Store::attach(&url, master()).await.expect("the pool opens");
        let clock = Arc::new(ManualClock::at(
            "2026-03-02T09:00:00Z".parse().expect("is a moment"),
        ));
        let executors = Executors::new(store.clone(), clock.clone(), Arc::new(OsChance));
        let backend = Arc::new(PgBackend::new(executors.clone(), DemoDoors::Open));
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/site");
        let site = "http://samspor.example:3000"
            .parse()
            .expect("is an address");
        let accounts = Accounts::new(executors.clone(), site);
        let router = server::http::router(backend.clone(), accounts.clone(), Proxy::None, folder);
        let alfa = set_up(&executors, &backend, "alfa").await;
        let beta = set_up(&executors, &backend, "beta").await;
        let app = Self {
            router,
            store,
            executors,
            accounts,
            clock,
            url,
            alfa,
            beta,
            orders: AtomicU32::new(0),
            finished: false,
        };
        app.snapshot().await;
        app
    }

    /// Lets time pass.
    pub fn days_pass(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }

    pub async fn send(&self, call: Call) -> Answer {
        call.send(&self.router).await
    }

    /// Asks a region, as a page with script does.
    pub async fn ask(&self, slug: &str, token: &str, query: &Query, as_of: AsOf) -> Answer {
        let body = serde_json::json!({ "region": slug, "query": query, "as_of": as_of });
        self.send(Call::post("/api/read").session(token).json(&body))
            .await
    }

    /// What somebody of a region reads there today.
    pub async fn read(&self, place: &Place, who: Who, query: Query) -> Reply {
        self.ask(place.slug, place.token(who), &query, AsOf::LIVE)
            .await
            .accepted()
    }

    /// What somebody reads as of another time.
    pub async fn read_as_of(&self, place: &Place, who: Who, query: Query, as_of: AsOf) -> Reply {
        self.ask(place.slug, place.token(who), &query, as_of)
            .await
            .accepted()
    }

    /// Orders something in a region, as a page with script does.
    pub async fn order(&self, slug: &str, token: &str, fields: &Fields) -> Answer {
        let body = serde_json::json!({ "region": slug, "fields": fields });
        let answer = self
            .send(Call::post("/api/submit").session(token).json(&body))
            .await;
        if answer.status.is_success()
            && self
                .orders
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(ORDERS_BETWEEN_SNAPSHOTS)
        {
            self.snapshot().await;
        }
        answer
    }

    /// Orders something as somebody of a region.
    pub async fn submit(&self, place: &Place, who: Who, fields: &Fields) -> Answer {
        self.order(place.slug, place.token(who), fields).await
    }

    /// Orders something that is accepted.
    #[track_caller]
    pub fn accept<'a>(
        &'a self,
        place: &'a Place,
        who: Who,
        form: &'a str,
        pairs: &'a [(&'a str, &'a str)],
    ) -> impl Future<Output = (Accepted, Fields)> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let fields = fields(form, pairs);
            let answer = self.submit(place, who, &fields).await;
            assert!(
                answer.status.is_success(),
                "{form} at {caller} by {who:?}: {answer}"
            );
            (answer.json(), fields)
        }
    }

    /// Orders something that is refused, and checks that it left no trace in the log.
    #[track_caller]
    pub fn refuse<'a>(
        &'a self,
        place: &'a Place,
        who: Who,
        form: &'a str,
        pairs: &'a [(&'a str, &'a str)],
        status: u16,
    ) -> impl Future<Output = app::error::AppError> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.heads().await;
            let answer = self.submit(place, who, &fields(form, pairs)).await;
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{form} at {caller}: {answer}"
            );
            assert_eq!(self.heads().await, before, "{form} at {caller}");
            answer.refused(status)
        }
    }

    /// Posts a form without script.
    pub async fn post_form(&self, place: &Place, who: Who, fields: &Fields) -> Answer {
        let path = app::paths::form(place.slug);
        self.send(Call::post(&path).session(place.token(who)).form(fields))
            .await
    }

    /// Opens a page.
    pub async fn page(&self, place: &Place, who: Who, path: &str) -> Answer {
        self.send(Call::get(path).session(place.token(who))).await
    }

    pub async fn head(&self, place: &Place) -> Position {
        self.store
            .reading(place.tenant.tenant())
            .await
            .expect("begins")
            .head()
            .await
            .expect("is there")
            .position
    }

    /// Where both logs end.
    pub async fn heads(&self) -> [Position; 2] {
        [self.head(&self.alfa).await, self.head(&self.beta).await]
    }

    /// The meeting as somebody sees it.
    pub async fn meeting(&self, place: &Place, who: Who, meeting: MeetingId) -> MeetingSeen {
        let reply = self.read(place, who, Query::Meeting(meeting)).await;
        MeetingSeen {
            page: reply.answer.read().expect("the answer to a meeting"),
            texts: around(&reply).directory.texts,
        }
    }

    /// A meeting that is planned and called for in four weeks.
    pub async fn called_meeting(&self, place: &Place) -> MeetingId {
        let network = place.network.to_string();
        let (_, plan) = self
            .accept(
                place,
                Who::Leader,
                "plan_meeting",
                &[
                    ("network", &network),
                    ("kind", "ordinary"),
                    ("on", &in_days(28)),
                    ("starts", "09:00"),
                    ("theme", "Kollegaveiledning"),
                ],
            )
            .await;
        let meeting = MeetingId(created(&plan, "meeting"));
        let id = meeting.to_string();
        self.accept(place, Who::Leader, "publish_notice", &[("meeting", &id)])
            .await;
        meeting
    }

    /// A meeting that goes on.
    pub async fn open_meeting(&self, place: &Place) -> MeetingId {
        let meeting = self.called_meeting(place).await;
        let id = meeting.to_string();
        self.accept(place, Who::Leader, "open_meeting", &[("meeting", &id)])
            .await;
        meeting
    }

    /// Contract, evaluation, a commitment of each school: everything a meeting needs before it closes.
    pub async fn close_meeting(&self, place: &Place, meeting: MeetingId) {
        let (id, first, second) = (
            meeting.to_string(),
            place.first.to_string(),
            place.second.to_string(),
        );
        let contract = [
            ("meeting", id.as_str()),
            ("on", &in_days(90)),
            ("starts", "12:00"),
            ("theme", "Klasseledelse"),
        ];
        self.accept(place, Who::Leader, "contract", &contract).await;
        self.accept(place, Who::Leader, "open_evaluation", &[("meeting", &id)])
            .await;
        for (who, organisation) in [(Who::Leader, &first), (Who::Representative, &second)] {
            let pairs = [
                ("meeting", id.as_str()),
                ("organisation", organisation),
                ("text", "Vi prøver kollegaveiledning på ett trinn."),
            ];
            self.accept(place, who, "commit", &pairs).await;
        }
        self.accept(place, Who::Leader, "close_meeting", &[("meeting", &id)])
            .await;
    }

    /// A view straight from the store.
    pub async fn view<V: Kept>(&self, place: &Place, key: Uuid) -> V {
        server::views::read::<V>(
            &self.store,
            &place.tenant,
            key,
            AsOf::LIVE,
            self.clock.now(),
        )
        .await
        .expect("reads")
        .view
    }

    /// Writes every snapshot, so that what is read later is a snapshot and its tail.
    pub async fn snapshot(&self) {
        for place in [&self.alfa, &self.beta] {
            let now = self.clock.now();
            server::views::rebuild::rebuild(&self.store, &place.tenant, None, now, |_| {})
                .await
                .expect("snapshots are written");
        }
    }

    /// What must hold after every test: each document is what a full fold gives, and the chain of each log verifies.
    pub async fn finish(mut self) {
        for place in [&self.alfa, &self.beta] {
            let now = self.clock.now();
            let checked = server::views::check::check(&self.store, &place.tenant, now, |_| {})
                .await
                .expect("documents can be compared");
            assert_eq!(checked.difference, None, "in {}", place.slug);
            assert!(checked.documents >= 10, "{checked:?}");
            let mut scope = self
                .store
                .reading(place.tenant.tenant())
                .await
                .expect("begins");
            let head = scope.head().await.expect("is there");
            let mut hash = GENESIS;
            let mut position = 0;
            for row in scope.rows_after(0, i64::MAX).await.expect("reads") {
                position += 1;
                assert_eq!(row.position, position, "positions have a gap");
                hash = chain::next(head.log_id, &hash, &row);
                assert_eq!(row.hash, hash, "position {position} of {}", place.slug);
            }
            assert_eq!((position.unsigned_abs(), hash), (head.position, head.hash));
        }
        self.finished = true;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            panic!("a test ends with `app.finish().await`");
        }
    }
}

/// A meeting's page with the words in it.
pub struct MeetingSeen {
    pub page: app::query::MeetingPage,
    texts: BTreeMap<TextId, Option<String>>,
}

impl MeetingSeen {
    #[track_caller]
    pub fn words(&self, text: Prose) -> &str {
        self.texts[&text.0].as_deref().expect("was not withdrawn")
    }
}

struct SetUp<'a> {
    executors: &'a Executors,
    tenant: &'a Tenant,
}

impl SetUp<'_> {
    async fn order(&self, submission: Submission) {
        let executor = self
            .executors
            .of(self.tenant.tenant())
            .await
            .expect("starts");
        let told = format!("{:?}", submission.command);
        if let Err(error) = executor.submit(order(submission)).await {
            panic!("{told}: {error}");
        }
    }

    /// Everything was true two years before the test begins.
    fn submission(command: impl Into<Command>) -> Submission {
        let mut submission = Submission::new(CommandId(super::new_id()), command);
        submission.effective = Some(Effective::day("2024-03-01".parse().expect("is a day")));
        submission
    }

    async fn give(&self, command: impl Into<Command>) {
        self.order(Self::submission(command)).await;
    }

    async fn school(&self, called: &str) -> OrganisationId {
        let organisation = super::organisation();
        self.give(OrganisationCommand::Register {
            organisation,
            called: Name::parse(called).expect("is a name"),
            kind: OrganisationKind::School,
            parent: None,
            school_type: None,
            pupils: Some(120),
        })
        .await;
        organisation
    }

    async fn person(&self, name: &str, works_at: Option<OrganisationId>) -> PersonId {
        let person = super::person();
        let mut enter = Self::submission(PersonCommand::Register { person });
        enter.names.push(Named {
            person,
            name: PersonName::parse(name).expect("is a name"),
        });
        self.order(enter).await;
        if let Some(organisation) = works_at {
            self.give(PersonCommand::Join {
                person,
                organisation,
                role: WorkRole::Principal,
            })
            .await;
        }
        person
    }

    async fn network(&self, called: &str) -> NetworkId {
        let network = NetworkId(super::new_id());
        let mut texts = Vec::new();
        let why = Sentence::parse("Å lære av hverandre.").expect("is a sentence");
        let purpose = Submission::write(&mut texts, TextId(super::new_id()), why);
        let mut propose = Self::submission(NetworkCommand::Propose {
            network,
            called: Name::parse(called).expect("is a name"),
            kind: NetworkKind::LeaderNetwork,
            purpose,
            parent: None,
        });
        propose.texts = texts;
        self.order(propose).await;
        self.give(NetworkCommand::Establish { network }).await;
        network
    }

    async fn seat(
        &self,
        network: NetworkId,
        organisation: OrganisationId,
        vote: Vote,
        person: PersonId,
    ) -> SeatId {
        let seat = SeatId(super::new_id());
        self.give(NetworkCommand::CreateSeat {
            network,
            seat,
            organisation,
            vote,
            person: Some(person),
        })
        .await;
        seat
    }
}

async fn set_up(executors: &Executors, backend: &PgBackend, slug: &'static str) -> Place {
    let new = NewTenant {
        slug,
        name: "Prøvemark",
        language: "nb",
        // The way in for tests is that of the demo: choose a person.
        demo: true,
        ids: None,
    };
    let Opened::New(tenant) = executors
        .store()
        .open_tenant(new, executors.clock().now(), &OsChance)
        .await
        .expect("opens")
    else {
        panic!("the region {slug} exists already")
    };
    let set_up = SetUp {
        executors,
        tenant: &tenant,
    };
    let first = set_up.school("Fjordvang skole").await;
    let second = set_up.school("Liaheim skole").await;
    let outside = set_up.school("Ytre skole").await;
    let mut people = BTreeMap::new();
    for (who, name, works_at) in [
        (Who::Leader, "Astrid Prøve", Some(first)),
        (Who::Deputy, "Bjørnar Prøve", None),
        (Who::MinuteTaker, "Cecilie Prøve", None),
        (Who::Voting, "Dagfinn Prøve", None),
        (Who::Member, "Eldbjørg Prøve", None),
        (Who::Representative, "Frode Prøve", Some(second)),
        (Who::Administrator, "Gunnhild Prøve", None),
        (Who::Guest, "Halvard Prøve", Some(outside)),
    ] {
        people.insert(who, set_up.person(name, works_at).await);
    }
    set_up
        .give(RegionCommand::NameAdministrator {
            person: people[&Who::Administrator],
        })
        .await;
    let network = set_up.network("Ledernettverk nord").await;
    let beside = set_up.network("Ressurslærernettverk").await;
    let mut seat = None;
    for (who, organisation, vote) in [
        (Who::Leader, first, Vote::Voting),
        (Who::Voting, second, Vote::Voting),
        (Who::Deputy, first, Vote::NonVoting),
        (Who::MinuteTaker, first, Vote::NonVoting),
        (Who::Member, first, Vote::NonVoting),
    ] {
        seat = Some(set_up.seat(network, organisation, vote, people[&who]).await);
    }
    for (who, role) in [
        (Who::Leader, NetworkRole::Leader),
        (Who::Deputy, NetworkRole::Deputy),
        (Who::MinuteTaker, NetworkRole::MinuteTaker),
    ] {
        set_up
            .give(NetworkCommand::GiveRole {
                network,
                role,
                person: people[&who],
            })
            .await;
    }
    let mut signed_in = BTreeMap::new();
    for (who, person) in people {
        let (token, _) = backend
            .enter(slug, person, TimeDelta::days(3650))
            .await
            .expect("enters");
        signed_in.insert(who, (person, token));
    }
    Place {
        tenant,
        slug,
        people: signed_in,
        first,
        second,
        network,
        beside,
        seat: seat.expect("the last seat is the member's"),
    }
}
