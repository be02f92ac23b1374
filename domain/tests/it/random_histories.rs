//! Random commands by several actors, with back-dated days, corrections of corrections and retractions; what must hold
//! is checked after each. `SAMSPOR_SEED=n` runs one history again, `SAMSPOR_HISTORIES=n` runs more of them.

use super::keeping::{self, Keep};
use chrono::{Days, TimeDelta};
use domain::actor::Actor;
use domain::command::{Command, Submission};
use domain::commitment::command::CommitmentCommand;
use domain::commitment::event::{CommitmentEvent, Outcome};
use domain::correction::{CorrectionEvent, Instead};
use domain::event::Event;
use domain::history::{Live, timeline};
use domain::ids::{StreamId, StreamKind, commitment_id};
use domain::meeting::command::MeetingCommand;
use domain::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingEvent, MeetingKind,
    NoticeAnswer, Presence, Requirement,
};
use domain::meeting::file::{FileDigest, FileKind};
use domain::network::command::NetworkCommand;
use domain::network::event::{
    CharterSection, NetworkEvent, NetworkKind, NetworkRole, Relation, Vote,
};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{
    OrganisationEvent, OrganisationKind, Phase, PhaseReading, ReadingSource,
};
use domain::organisation::number::OrganisationNumber;
use domain::person::{PersonCommand, PersonEvent, WorkRole};
use domain::recorded::Recorded;
use domain::region::RegionCommand;
use domain::rule::State;
use domain::templates::{TemplateItem, item_id};
use domain::testing::{
    Log, at, change, command, day, decision, item, meeting, morning, name, network, organisation,
    person, reading, seat, tenant, text,
};
use domain::text::{Named, PersonName};
use domain::time::Effective;
use domain::wire::names::NEWEST;
use domain::wire::{decode, encode};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const HISTORIES: u64 = 150;
const STEPS: u32 = 70;

/// Xorshift: small, and the same everywhere for ever.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, n: u32) -> u32 {
        u32::try_from(self.next() % u64::from(n)).unwrap()
    }

    /// 1 to n.
    fn one_of(&mut self, n: u32) -> u32 {
        self.below(n) + 1
    }

    fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(u32::try_from(all.len()).unwrap())).unwrap()]
    }
}

/// What came about in all histories, so that a generator gone dull is noticed.
#[derive(Default)]
struct Seen {
    names: BTreeMap<String, u32>,
    refused: BTreeMap<&'static str, u32>,
    of_corrections: u32,
    retractions: u32,
    moved_to_another_network: u32,
    moved_to_another_day_only: u32,
    back_dated: u32,
    kinds: BTreeSet<OrganisationKind>,
    folded_anew: usize,
}

struct History {
    log: Log,
    chance: Chance,
    commands: u32,
    texts: u32,
    views: Vec<Box<dyn Keep>>,
    streams: BTreeMap<StreamId, Live<State>>,
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            log: Log::new(tenant(1), morning(day(2024, 1, 15))),
            chance: Chance::new(seed),
            commands: 0,
            texts: 0,
            views: keeping::all(),
            streams: BTreeMap::new(),
        }
    }

    fn text(&mut self) -> domain::text::Prose {
        self.texts += 1;
        text(self.texts)
    }

    /// Sometimes what the last page showed, sometimes an old page.
    fn seen(&mut self) -> u64 {
        if self.chance.percent(80) {
            self.log.head()
        } else {
            0
        }
    }

    fn effective(&mut self) -> Option<Effective> {
        let back = Days::new(u64::from(self.chance.below(900)));
        let then = self.log.today() - back;
        use chrono::Datelike;
        match self.chance.below(20) {
            0..12 => None,
            12..16 => Some(Effective::day(then)),
            16 => Effective::month(then.year(), then.month()),
            17 => Effective::year(then.year()),
            18 => Some(Effective::Unknown),
            _ => Some(Effective::day(self.log.today() + Days::new(1))),
        }
    }

    fn order(&mut self, order: impl Into<Command>, seen: &mut Seen) {
        let order = order.into();
        // Readings are entered late all the time; in a meeting one thing follows another, and an order dated before the
        // last of them is refused.
        let beside = matches!(
            order,
            Command::Organisation(
                OrganisationCommand::ReadPhase { .. } | OrganisationCommand::ReadMotivation { .. }
            )
        );
        let effective = if beside || self.chance.percent(6) {
            self.effective()
        } else {
            None
        };
        let actor = match self.chance.below(10) {
            0..8 => Actor::Operator,
            _ => Actor::Person(person(self.chance.one_of(5))),
        };
        self.give(order, effective, actor, seen);
    }

    fn give(
        &mut self,
        order: Command,
        effective: Option<Effective>,
        actor: Actor,
        seen: &mut Seen,
    ) {
        self.commands += 1;
        let mut submission = Submission::new(command(self.commands), order);
        submission.effective = effective;
        if let Command::Person(
            PersonCommand::Register { person } | PersonCommand::Rename { person },
        ) = submission.command
        {
            let name = PersonName::parse("Kari Nes").unwrap();
            submission.names.push(Named { person, name });
        }
        let before = self.log.events().len();
        match self.log.submit(actor, &submission) {
            Ok(brought) => {
                assert_eq!(
                    brought,
                    self.log.events()[before..],
                    "exactly what it brought"
                );
                self.check(before, &brought, seen);
            }
            Err(rejection) => {
                assert_eq!(self.log.events().len(), before, "a refusal leaves no trace");
                *seen.refused.entry(rejection.code()).or_default() += 1;
                return;
            }
        }
        if self.chance.percent(10) {
            let head = self.log.head();
            assert!(
                self.log.submit(actor, &submission).is_ok(),
                "the first answer again"
            );
            assert_eq!(self.log.head(), head, "and nothing new");
        }
    }

    fn check(&mut self, before: usize, brought: &[Recorded], seen: &mut Seen) {
        for (n, recorded) in brought.iter().enumerate() {
            assert_eq!(
                recorded.position,
                (before + n + 1) as u64,
                "positions without gaps"
            );
            let (name, data) = encode(&recorded.event);
            assert_eq!(
                decode(&name, &data).unwrap(),
                recorded.event,
                "what is stored is read"
            );
            *seen.names.entry(name).or_default() += 1;
            let today = self.log.today();
            let from = recorded.effective.from();
            seen.back_dated += u32::from(from.is_some_and(|from| from < today));
            if let Event::Organisation(OrganisationEvent::Registered { kind, .. }) = recorded.event
            {
                seen.kinds.insert(kind);
            }
            let about = domain::about::about(&recorded.event, tenant(1));
            assert!(about.contains(&recorded.stream.id), "{:?}", recorded.event);
            if let Event::Meeting(MeetingEvent::Closed { .. }) = recorded.event {
                self.closed_as_it_must(recorded.stream);
            }
            if let Event::Correction(CorrectionEvent::Made {
                of, root, instead, ..
            }) = &recorded.event
            {
                seen.of_corrections += u32::from(of != root);
                seen.retractions += u32::from(*instead == Instead::Retracted);
            }
            self.keep(recorded);
        }
        for stream in brought.iter().map(|recorded| recorded.stream) {
            let events = self.log.stream(stream);
            for (n, recorded) in events.iter().enumerate() {
                assert_eq!(recorded.version as usize, n + 1, "versions without gaps");
            }
            let full = Live::<State>::of(&events, self.log.today());
            assert_eq!(self.streams[&stream], full, "{stream:?}");
            assert_eq!(self.log.kept_state(stream), full.state, "{stream:?}");
        }
        for view in &mut self.views {
            seen.folded_anew += view.take(&self.log, brought);
        }
    }

    fn keep(&mut self, recorded: &Recorded) {
        let live = self.streams.entry(recorded.stream).or_default();
        if live.push(recorded).is_err() {
            *live = Live::of(&self.log.stream(recorded.stream), self.log.today());
        }
    }

    fn closed_as_it_must(&self, stream: StreamId) {
        let meeting_id = domain::ids::MeetingId(stream.id);
        let state = self.log.state(stream).meeting.unwrap();
        let network = self.log.state(state.network.unwrap()).network.unwrap();
        let waived = |requirement| state.waived.contains(&requirement);
        assert!(state.contract.is_some() || waived(Requirement::Contract));
        assert!(state.evaluation || waived(Requirement::Evaluation));
        for organisation in network.organisations() {
            let answer = self
                .log
                .state(commitment_id(meeting_id, organisation))
                .commitment;
            assert!(
                answer.is_some() || waived(Requirement::Commitments),
                "{organisation}"
            );
        }
    }

    fn begin(&mut self, seen: &mut Seen) {
        let long_ago = Some(Effective::year(2015).unwrap());
        let operator = Actor::Operator;
        for n in 1..=5 {
            self.give(
                PersonCommand::Register { person: person(n) }.into(),
                long_ago,
                operator,
                seen,
            );
            let register = OrganisationCommand::Register {
                organisation: organisation(n),
                called: name(&format!("Organisation {n}")),
                // Units mostly: only they are read.
                kind: if self.chance.percent(60) {
                    OrganisationKind::School
                } else {
                    self.chance.pick(&[
                        OrganisationKind::Municipality,
                        OrganisationKind::School,
                        OrganisationKind::Kindergarten,
                        OrganisationKind::Ppt,
                        OrganisationKind::University,
                        OrganisationKind::Union,
                        OrganisationKind::CountyGovernor,
                        OrganisationKind::Ks,
                        OrganisationKind::Other,
                    ])
                },
                parent: (n > 1).then(|| organisation(n - 1)),
                school_type: None,
                pupils: None,
            };
            self.give(register.into(), long_ago, operator, seen);
        }
        for n in 1..=3 {
            let propose = NetworkCommand::Propose {
                network: network(n),
                called: name(&format!("Network {n}")),
                kind: NetworkKind::LeaderNetwork,
                purpose: self.text(),
                parent: (n > 1).then(|| (network(1), Relation::Sub)),
            };
            self.give(propose.into(), long_ago, operator, seen);
            if n < 3 {
                let establish = NetworkCommand::Establish {
                    network: network(n),
                };
                self.give(establish.into(), long_ago, operator, seen);
                let create = NetworkCommand::CreateSeat {
                    network: network(n),
                    seat: seat(n),
                    organisation: organisation(n),
                    vote: Vote::Voting,
                    person: Some(person(n)),
                };
                self.give(create.into(), long_ago, operator, seen);
            }
        }
    }

    /// Meetings that go on, so that what happens in them has a place to happen.
    fn begin_meetings(&mut self, seen: &mut Seen) {
        for n in 1..=2 {
            let plan = self.plan(n);
            self.give(plan.into(), None, Actor::Operator, seen);
            let meeting = meeting(n);
            for order in [
                MeetingCommand::PublishNotice { meeting },
                MeetingCommand::Open { meeting },
            ] {
                if self.chance.percent(80) {
                    self.give(order.into(), None, Actor::Operator, seen);
                }
            }
        }
    }

    fn step(&mut self, seen: &mut Seen) {
        if self.chance.percent(30) {
            let hours = i64::from(self.chance.below(24 * 40));
            self.log.pass(TimeDelta::hours(hours));
        }
        match self.chance.below(100) {
            0..13 => self.about_an_organisation(seen),
            13..18 => self.about_a_person(seen),
            18..40 => self.about_a_network(seen),
            40..66 => self.about_a_meeting(seen),
            66..72 => self.an_evening(seen),
            72..80 => self.about_a_commitment(seen),
            80..82 => {
                let person = person(self.chance.one_of(5));
                let order = if self.chance.percent(60) {
                    RegionCommand::NameAdministrator { person }
                } else {
                    RegionCommand::DismissAdministrator { person }
                };
                self.order(order, seen);
            }
            _ => self.a_correction(seen),
        }
    }

    fn about_an_organisation(&mut self, seen: &mut Seen) {
        let organisation = organisation(self.chance.one_of(6));
        let reading = reading(self.commands);
        let network = network(self.chance.one_of(3));
        let order = match self.chance.below(12) {
            0 if self.chance.percent(15) => OrganisationCommand::Close { organisation },
            // Two numbers, so that one is given again now and then.
            1 => OrganisationCommand::GiveNumber {
                organisation,
                number: OrganisationNumber::parse(match self.chance.below(4) {
                    0 => "971035854",
                    _ => "974760673",
                })
                .unwrap(),
            },
            0..3 => OrganisationCommand::Rename {
                organisation,
                called: name(&format!("Skole {}", self.chance.below(4))),
            },
            3..9 => OrganisationCommand::ReadPhase {
                reading,
                network,
                organisation,
                phase: self.chance.pick(&Phase::ALL),
                source: self
                    .chance
                    .pick(&[ReadingSource::SelfReported, ReadingSource::Assessed]),
            },
            _ => OrganisationCommand::ReadMotivation {
                reading,
                network,
                organisation,
                counts: [0; 5].map(|_: u32| self.chance.below(4)),
            },
        };
        self.order(order, seen);
    }

    fn about_a_person(&mut self, seen: &mut Seen) {
        let person = person(self.chance.one_of(5));
        let organisation = organisation(self.chance.one_of(5));
        let order = match self.chance.below(5) {
            _ if self.chance.percent(4) => PersonCommand::Forget { person },
            0 => PersonCommand::Rename { person },
            1 => self.leave(person, organisation),
            _ => PersonCommand::Join {
                person,
                organisation,
                role: self.chance.pick(&[WorkRole::Principal, WorkRole::Teacher]),
            },
        };
        self.order(order, seen);
    }

    /// Somebody leaves where somebody came to last; before anybody came, whoever leaves is not there.
    fn leave(
        &self,
        person: domain::ids::PersonId,
        organisation: domain::ids::OrganisationId,
    ) -> PersonCommand {
        let came = |recorded: &Recorded| match recorded.event {
            Event::Person(PersonEvent::Joined {
                person,
                organisation,
                ..
            }) => Some((person, organisation)),
            _ => None,
        };
        let last = self.log.events().iter().rev().find_map(came);
        let (person, organisation) = last.unwrap_or((person, organisation));
        PersonCommand::Leave {
            person,
            organisation,
        }
    }

    fn about_a_network(&mut self, seen: &mut Seen) {
        let network = network(self.chance.one_of(3));
        let to = domain::testing::network(self.chance.one_of(3));
        let seat = seat(self.chance.one_of(6));
        let person = person(self.chance.one_of(5));
        let role = self.chance.pick(&[
            NetworkRole::Leader,
            NetworkRole::Deputy,
            NetworkRole::MinuteTaker,
        ]);
        let vote = self.chance.pick(&[Vote::Voting, Vote::NonVoting]);
        let order = match self.chance.below(40) {
            0 => NetworkCommand::Establish { network },
            1..4 => NetworkCommand::Rename {
                network,
                called: name(&format!("Nettverk {}", self.chance.below(5))),
            },
            4..6 => NetworkCommand::Relate {
                network,
                to,
                relation: self.chance.pick(&[Relation::Sub, Relation::Side]),
            },
            6..8 => NetworkCommand::Unrelate { network, to },
            8 => NetworkCommand::Merge {
                network,
                into: to,
                reason: self.text(),
            },
            9 if self.chance.percent(30) => NetworkCommand::End {
                network,
                reason: self.text(),
            },
            9..16 => NetworkCommand::CreateSeat {
                network,
                seat,
                organisation: organisation(self.chance.one_of(5)),
                vote,
                person: self.chance.percent(50).then_some(person),
            },
            16..18 => NetworkCommand::SetVote {
                network,
                seat,
                vote,
            },
            18..23 => NetworkCommand::FillSeat {
                network,
                seat,
                person,
            },
            23..25 => NetworkCommand::VacateSeat { network, seat },
            25 => NetworkCommand::EndSeat { network, seat },
            26..30 => NetworkCommand::GiveRole {
                network,
                role,
                person,
            },
            30 => NetworkCommand::EndRole { network, role },
            31..37 => NetworkCommand::WriteCharterSection {
                network,
                section: self.chance.pick(&CharterSection::ALL),
                text: self.text(),
                seen: self.seen(),
            },
            _ => NetworkCommand::AdoptCharter { network },
        };
        self.order(order, seen);
    }

    fn plan(&mut self, n: u32) -> MeetingCommand {
        let ahead = Days::new(u64::from(self.chance.below(40)));
        MeetingCommand::Plan {
            meeting: meeting(n),
            network: network(self.chance.one_of(3)),
            kind: self.chance.pick(&[
                MeetingKind::Ordinary,
                MeetingKind::Start,
                MeetingKind::DialogueConference,
            ]),
            on: self.log.today() + ahead,
            starts: at(9, 0),
            place: None,
            host: self.chance.percent(50).then(|| organisation(1)),
            theme: None,
            previous: self.chance.percent(30).then(|| meeting(n.max(2) - 1)),
        }
    }

    fn contract(&mut self) -> Contract {
        Contract {
            on: self.log.today() + Days::new(100),
            starts: at(12, 0),
            place: None,
            host: self.chance.percent(50).then(|| organisation(2)),
            theme: self.text(),
            responsible: self.chance.percent(50).then(|| person(2)),
        }
    }

    fn about_a_meeting(&mut self, seen: &mut Seen) {
        let n = self.chance.one_of(3);
        let meeting = meeting(n);
        let row = if self.chance.percent(50) {
            item(self.chance.one_of(3))
        } else {
            let rows = [
                TemplateItem::Dialogue,
                TemplateItem::Evaluation,
                TemplateItem::Priorities,
            ];
            item_id(meeting, self.chance.pick(&rows))
        };
        let organisation = organisation(self.chance.one_of(5));
        let order = match self.chance.below(40) {
            0..6 => self.plan(n),
            6..8 => MeetingCommand::Reschedule {
                meeting,
                on: self.log.today() + Days::new(u64::from(self.chance.below(30))),
                starts: at(10, 0),
                reason: self.text(),
                seen: self.seen(),
            },
            8 => MeetingCommand::Cancel {
                meeting,
                reason: self.text(),
            },
            9..12 => MeetingCommand::AddItem {
                meeting,
                item: row,
                kind: self
                    .chance
                    .pick(&[ItemKind::Discussion, ItemKind::OffRecord]),
                title: ItemTitle::Own(self.text()),
                minutes: Some(u16::try_from(self.chance.below(60)).unwrap()),
                presenter: None,
            },
            12..15 => MeetingCommand::MoveItem {
                meeting,
                item: row,
                to: u16::try_from(self.chance.below(8)).unwrap(),
                seen: self.seen(),
            },
            15 => MeetingCommand::WithdrawItem { meeting, item: row },
            16..18 => MeetingCommand::PublishNotice { meeting },
            18..20 => MeetingCommand::AnswerNotice {
                meeting,
                organisation,
                answer: NoticeAnswer::Coming,
            },
            20..22 => MeetingCommand::Open { meeting },
            22..25 => MeetingCommand::RecordAttendance {
                meeting,
                organisation,
                presence: self.chance.pick(&[Presence::Present, Presence::Absent]),
            },
            25..28 => MeetingCommand::StartItem { meeting, item: row },
            28 => MeetingCommand::EndItem { meeting, item: row },
            29..31 => MeetingCommand::Decide {
                meeting,
                decision: decision(self.commands),
                item: self.chance.percent(50).then_some(row),
                kind: DecisionKind::Resolution,
                method: self.chance.pick(&[
                    DecisionMethod::Agreement,
                    DecisionMethod::Vote {
                        ayes: 1,
                        noes: 0,
                        blank: 0,
                    },
                ]),
                text: self.text(),
            },
            31 => MeetingCommand::AgreeContract {
                meeting,
                contract: self.contract(),
                seen: self.seen(),
            },
            32 => MeetingCommand::OpenEvaluation { meeting },
            33..35 => MeetingCommand::AgreeChange {
                meeting,
                change: change(self.commands),
                item: Some(TemplateItem::Dialogue),
                minutes_delta: 5,
                text: self.text(),
            },
            35 => MeetingCommand::Waive {
                meeting,
                requirement: self.chance.pick(&[
                    Requirement::Commitments,
                    Requirement::Contract,
                    Requirement::Evaluation,
                ]),
                reason: self.text(),
            },
            36 => MeetingCommand::WriteMinutes {
                meeting,
                text: self.text(),
                seen: self.seen(),
            },
            37..39 => MeetingCommand::Close { meeting },
            _ => MeetingCommand::PublishMinutes { meeting },
        };
        self.order(order, seen);
    }

    /// A meeting as it mostly goes, with now and then something left out, and how it went with what was promised.
    fn an_evening(&mut self, seen: &mut Seen) {
        let n = self.chance.one_of(6);
        let meeting = meeting(n);
        let row = item_id(meeting, TemplateItem::Evaluation);
        let mut orders: Vec<Command> = vec![
            self.plan(n).into(),
            MeetingCommand::PublishNotice { meeting }.into(),
            MeetingCommand::AnswerNotice {
                meeting,
                organisation: organisation(self.chance.one_of(2)),
                answer: self
                    .chance
                    .pick(&[NoticeAnswer::Coming, NoticeAnswer::NotComing]),
            }
            .into(),
            MeetingCommand::Open { meeting }.into(),
            MeetingCommand::StartItem { meeting, item: row }.into(),
            MeetingCommand::EndItem { meeting, item: row }.into(),
        ];
        for n in 1..=5 {
            orders.push(self.what_is_promised(meeting, organisation(n)).into());
        }
        orders.push(
            MeetingCommand::AgreeContract {
                meeting,
                contract: self.contract(),
                seen: 10_000,
            }
            .into(),
        );
        orders.push(
            MeetingCommand::AddFile {
                meeting,
                file: self.text(),
                kind: FileKind::Pdf,
                bytes: 48_213,
                digest: FileDigest([7; 32]),
            }
            .into(),
        );
        orders.push(MeetingCommand::OpenEvaluation { meeting }.into());
        orders.push(
            MeetingCommand::WriteMinutes {
                meeting,
                text: self.text(),
                seen: 10_000,
            }
            .into(),
        );
        orders.push(MeetingCommand::Close { meeting }.into());
        orders.push(MeetingCommand::PublishMinutes { meeting }.into());
        for n in 1..=2 {
            let commitment = commitment_id(meeting, organisation(n));
            orders.push(
                CommitmentCommand::Reword {
                    commitment,
                    text: self.text(),
                    seen: 10_000,
                }
                .into(),
            );
            orders.push(
                CommitmentCommand::Report {
                    commitment,
                    outcome: self
                        .chance
                        .pick(&[Outcome::Done, Outcome::Partly, Outcome::Not]),
                    learned: None,
                }
                .into(),
            );
        }
        for order in orders {
            // A notice is answered by a person.
            let actor = match order {
                Command::Meeting(MeetingCommand::AnswerNotice { .. }) => {
                    Actor::Person(person(self.chance.one_of(2)))
                }
                _ => Actor::Operator,
            };
            if self.chance.percent(92) {
                self.give(order, None, actor, seen);
            }
        }
    }

    /// Mostly a commitment, now and then one that goes on with an earlier one.
    fn what_is_promised(
        &mut self,
        meeting: domain::ids::MeetingId,
        organisation: domain::ids::OrganisationId,
    ) -> CommitmentCommand {
        let text = self.text();
        if self.chance.percent(20) {
            return CommitmentCommand::Decline {
                meeting,
                organisation,
                reason: text,
            };
        }
        let earlier: Vec<_> = self
            .log
            .events()
            .iter()
            .filter_map(|recorded| match recorded.event {
                Event::Commitment(CommitmentEvent::Made {
                    commitment,
                    organisation: whose,
                    ..
                }) => (whose == organisation).then_some(commitment),
                _ => None,
            })
            .collect();
        let goes_on = !earlier.is_empty() && self.chance.percent(40);
        CommitmentCommand::Make {
            meeting,
            organisation,
            text,
            carried_from: goes_on.then(|| self.chance.pick(&earlier)),
        }
    }

    fn about_a_commitment(&mut self, seen: &mut Seen) {
        let meeting = meeting(self.chance.one_of(3));
        let organisation = organisation(self.chance.one_of(5));
        let commitment = commitment_id(meeting, organisation);
        let text = self.text();
        let order = match self.chance.below(10) {
            0..3 => CommitmentCommand::Make {
                meeting,
                organisation,
                text,
                carried_from: Some(commitment_id(
                    domain::testing::meeting(self.chance.one_of(6)),
                    organisation,
                )),
            },
            3 => CommitmentCommand::Decline {
                meeting,
                organisation,
                reason: text,
            },
            4..6 => CommitmentCommand::Reword {
                commitment,
                text,
                seen: self.seen(),
            },
            _ => CommitmentCommand::Report {
                commitment,
                outcome: self
                    .chance
                    .pick(&[Outcome::Done, Outcome::Partly, Outcome::Not]),
                learned: self.chance.percent(50).then_some(text),
            },
        };
        self.order(order, seen);
    }

    /// Another version of an event: another network, another name, another vote, or the same on another day.
    fn otherwise(&mut self, event: &Event, seen: &mut Seen) -> Event {
        match event.clone() {
            Event::Organisation(
                event @ (OrganisationEvent::PhaseReported(_) | OrganisationEvent::PhaseAssessed(_)),
            ) => {
                let (reading, source) = event.phase_reading().unwrap();
                let network = network(self.chance.one_of(3));
                seen.moved_to_another_network += u32::from(network != reading.network);
                let phase = self.chance.pick(&Phase::ALL);
                PhaseReading {
                    network,
                    phase,
                    ..reading
                }
                .by(source)
                .into()
            }
            Event::Network(NetworkEvent::SeatCreated {
                network,
                seat,
                vote,
                ..
            }) => NetworkEvent::SeatCreated {
                network,
                seat,
                organisation: organisation(self.chance.one_of(5)),
                vote,
            }
            .into(),
            Event::Network(NetworkEvent::Renamed { network, from, .. }) => {
                let to = name(&format!("Retta {}", self.chance.below(5)));
                NetworkEvent::Renamed { network, from, to }.into()
            }
            Event::Network(NetworkEvent::Related {
                network: me,
                relation,
                ..
            }) => NetworkEvent::Related {
                network: me,
                to: network(self.chance.one_of(3)),
                relation,
            }
            .into(),
            Event::Commitment(CommitmentEvent::Reported {
                commitment,
                meeting,
                network,
                organisation,
                learned,
                ..
            }) => {
                let outcome = self.chance.pick(&[Outcome::Done, Outcome::Not]);
                CommitmentEvent::Reported {
                    commitment,
                    meeting,
                    network,
                    organisation,
                    outcome,
                    learned,
                }
                .into()
            }
            other => other,
        }
    }

    fn a_correction(&mut self, seen: &mut Seen) {
        let events = self.log.events();
        // The latest corrections often, so that corrections of corrections of corrections come about.
        let corrections: Vec<u64> = events
            .iter()
            .filter(|recorded| matches!(recorded.event, Event::Correction(_)))
            .map(|recorded| recorded.position)
            .collect();
        let readings: Vec<u64> = events
            .iter()
            .filter(|recorded| {
                matches!(
                    recorded.event,
                    Event::Organisation(
                        OrganisationEvent::PhaseReported(_) | OrganisationEvent::PhaseAssessed(_)
                    )
                )
            })
            .map(|recorded| recorded.position)
            .collect();
        let head = u32::try_from(events.len()).unwrap();
        let of = match self.chance.below(10) {
            0..4 if !corrections.is_empty() => self.chance.pick(&corrections),
            4..7 if !readings.is_empty() => self.chance.pick(&readings),
            _ => u64::from(self.chance.one_of(head)),
        };
        let target = self.log.events()[usize::try_from(of).unwrap() - 1].clone();
        let held = domain::about::texts(&target.event);
        if !held.is_empty() && self.chance.percent(8) {
            let order = Command::WithdrawText {
                stream: target.stream,
                of,
                text: self.chance.pick(&held),
                reason: self.text(),
            };
            self.give(order, None, Actor::Operator, seen);
            return;
        }
        let root = match target.event {
            Event::Correction(CorrectionEvent::Made { root, .. }) => root,
            _ => of,
        };
        let original = self.log.events()[usize::try_from(root).unwrap() - 1]
            .event
            .clone();
        let instead = if self.chance.percent(35) {
            Instead::Retracted
        } else {
            let effective = self.effective().unwrap_or(target.effective);
            let event = self.otherwise(&original, seen);
            let only_the_day = event == original && effective != target.effective;
            seen.moved_to_another_day_only += u32::from(only_the_day);
            Instead::Replacement {
                event: Box::new(event),
                effective,
            }
        };
        let order = Command::Correct {
            stream: target.stream,
            of,
            instead,
            reason: self.text(),
        };
        self.give(order, None, Actor::Operator, seen);
    }

    /// What must hold of the whole log.
    fn finish(&mut self) {
        let today = self.log.today();
        for view in &self.views {
            view.compare_all(&self.log);
        }
        let streams: Vec<StreamId> = self.log.streams().collect();
        for stream in streams {
            let events = self.log.stream(stream);
            let split = usize::try_from(self.chance.next()).unwrap() % (events.len() + 1);
            let mut live = Live::<State>::of(&events[..split], today);
            for (n, recorded) in events.iter().enumerate().skip(split) {
                if live.push(recorded).is_err() {
                    live = Live::of(&events[..=n], today);
                }
            }
            assert_eq!(
                live,
                Live::of(&events, today),
                "{stream:?} split at {split}"
            );
        }
        self.one_answer_an_organisation_and_meeting();
        let known_now = timeline(self.log.events(), today, Some(self.log.now()));
        assert_eq!(
            known_now,
            timeline(self.log.events(), today, None),
            "now is the latest moment"
        );
        let times = self.log.events().windows(2);
        assert!(
            times
                .into_iter()
                .all(|two| two[0].recorded_at <= two[1].recorded_at)
        );
    }

    fn one_answer_an_organisation_and_meeting(&self) {
        let mut answers: BTreeMap<(Uuid, Uuid), BTreeSet<Uuid>> = BTreeMap::new();
        for recorded in timeline(self.log.events(), self.log.today(), None).events {
            if let Event::Commitment(event) = recorded.event {
                let (commitment, meeting, organisation) = event.identity();
                assert_eq!(recorded.stream.kind, StreamKind::Commitment);
                assert_eq!(recorded.stream.id, commitment.0);
                answers
                    .entry((meeting.0, organisation.0))
                    .or_default()
                    .insert(commitment.0);
            }
        }
        assert!(answers.values().all(|ids| ids.len() == 1), "{answers:?}");
    }
}

fn run(seed: u64, seen: &mut Seen) {
    let mut history = History::new(seed);
    history.begin(seen);
    history.begin_meetings(seen);
    for _ in 0..STEPS {
        history.step(seen);
    }
    history.finish();
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn random_histories_keep_what_must_hold() {
    let seeds = match number("SAMSPOR_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("SAMSPOR_HISTORIES").unwrap_or(HISTORIES) + 1,
    };
    let alone = seeds.end - seeds.start == 1;
    let mut seen = Seen::default();
    for seed in seeds {
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(seed, &mut seen)));
        assert!(
            ran.is_ok(),
            "history {seed} failed; run it again with SAMSPOR_SEED={seed}"
        );
    }
    if alone {
        return;
    }
    let never: Vec<&str> = NEWEST
        .iter()
        .copied()
        .filter(|name| !seen.names.contains_key(*name))
        .collect();
    assert_eq!(never, [""; 0], "came about in no history: {:?}", seen.names);
    assert!(seen.refused.len() >= 40, "few refusals: {:?}", seen.refused);
    assert!(seen.names["meeting.closed.v1"] > 20, "{:?}", seen.names);
    assert!(seen.of_corrections > 100, "{}", seen.of_corrections);
    assert!(seen.retractions > 100, "{}", seen.retractions);
    assert!(
        seen.moved_to_another_network > 50,
        "{}",
        seen.moved_to_another_network
    );
    assert!(
        seen.moved_to_another_day_only > 50,
        "{}",
        seen.moved_to_another_day_only
    );
    assert!(seen.back_dated > 500, "{}", seen.back_dated);
    assert_eq!(seen.kinds.len(), 9, "{:?}", seen.kinds);
    assert!(seen.folded_anew > 1_000, "{}", seen.folded_anew);
}
