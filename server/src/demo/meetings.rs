//! How a network's year goes: plan, agenda, notice, answers, the meeting itself, minutes, and then the next one.

use super::DemoError;
use super::world::{Body, Done, Manner, Open, Sitting, World, working};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::commitment::command::CommitmentCommand;
use domain::commitment::event::Outcome;
use domain::ids::{
    ChangeId, DecisionId, ItemId, MeetingId, NetworkId, PersonId, SeatId, commitment_id,
};
use domain::meeting::command::MeetingCommand;
use domain::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemKind, ItemTitle, MeetingKind, NoticeAnswer,
    Presence, Requirement,
};
use domain::network::command::NetworkCommand;
use domain::network::event::{CharterSection, NetworkRole, Vote};
use domain::templates::{TemplateItem, item_id};
use domain::time::Effective;
use std::collections::{BTreeMap, VecDeque};

/// One meeting on its way.
#[derive(Clone, Copy)]
struct Going {
    body: usize,
    index: usize,
    meeting: MeetingId,
    kind: MeetingKind,
    host: Option<usize>,
    topic: usize,
    theme: &'static str,
    /// Entered weeks later: everything carries this day.
    late: Option<NaiveDate>,
}

impl Body {
    /// A body that has not met yet.
    pub fn new(id: NetworkId, manner: Manner, sitting: Sitting) -> Self {
        Self {
            id,
            manner,
            sitting,
            seats: Vec::new(),
            dates: Vec::new(),
            starts: NaiveTime::from_hms_opt(9, 0, 0).expect("a time of day"),
            last: None,
            open: BTreeMap::new(),
            theme: None,
            start_meeting: false,
            past: VecDeque::new(),
        }
    }
}

impl World {
    /// Gives organisations a seat, with whoever sits for them.
    pub fn seat(
        &mut self,
        by: PersonId,
        body: usize,
        orgs: &[usize],
        vote: Vote,
        since: Option<Effective>,
    ) -> Done {
        for &org in orgs {
            let seat = SeatId(self.id());
            let command = NetworkCommand::CreateSeat {
                network: self.bodies[body].id,
                seat,
                organisation: self.orgs[org].id,
                vote,
                person: Some(self.sits(body, org)),
            };
            match since {
                Some(since) => self.order_on(by, since, command)?,
                None => self.order(by, command)?,
            };
            self.bodies[body].seats.push((org, seat));
        }
        Ok(())
    }

    /// Gives a role to whoever sits for an organisation.
    pub fn role(
        &mut self,
        by: PersonId,
        body: usize,
        role: NetworkRole,
        org: usize,
        since: Option<Effective>,
    ) -> Done {
        let person = self.sits(body, org);
        let network = self.bodies[body].id;
        let held = self
            .shadow
            .network(network)
            .and_then(|network| network.roles.get(&role).copied());
        if held != Some(person) {
            let command = NetworkCommand::GiveRole {
                network,
                role,
                person,
            };
            match since {
                Some(since) => self.order_on(by, since, command)?,
                None => self.order(by, command)?,
            };
        }
        Ok(())
    }

    /// The body elects leader and deputy among its seats, others than before.
    pub fn elect(&mut self, body: usize) -> Done {
        let by = self.administrator;
        let seats = self.bodies[body].seats.len();
        let turn = self.below(seats);
        for (role, step) in [
            (NetworkRole::Leader, 0),
            (NetworkRole::Deputy, 1),
            (NetworkRole::MinuteTaker, 2),
        ] {
            let org = self.bodies[body].seats[(turn + step) % seats].0;
            self.role(by, body, role, org, None)?;
        }
        Ok(())
    }

    /// Somebody new speaks for an organisation; it is entered some weeks after it happened.
    pub fn succeeds(&mut self, org: usize, since: NaiveDate, label: Option<&str>) -> Done {
        let by = self.administrator;
        let person = self.person(by, label)?;
        let day = since;
        let since = Effective::day(since);
        let role = self.orgs[org].head_role;
        self.joins(by, person, org, role, Some(since))?;
        let before = std::mem::replace(&mut self.orgs[org].head, person);
        let bodies: Vec<(usize, SeatId)> = (0..self.bodies.len())
            .filter(|&body| {
                self.bodies[body].sitting == Sitting::Head || self.orgs[org].resource.is_none()
            })
            .flat_map(|body| {
                self.bodies[body]
                    .seats
                    .iter()
                    .map(move |seat| (body, *seat))
            })
            .filter(|(_, (seated, _))| *seated == org)
            .map(|(body, (_, seat))| (body, seat))
            .collect();
        for (body, seat) in bodies {
            let network = self.bodies[body].id;
            // A body that is over keeps its last seats as they were.
            let Some(held) = self
                .shadow
                .network(network)
                .and_then(|network| network.seats.get(&seat))
            else {
                continue;
            };
            if held.person != Some(before) {
                continue;
            }
            let freed = self.shadow.free_since(network, seat, before, day);
            self.order_on(
                by,
                Effective::day(freed),
                NetworkCommand::FillSeat {
                    network,
                    seat,
                    person,
                },
            )?;
            if self.lacks(body, NetworkRole::Leader) {
                let seats = self.bodies[body].seats.len();
                let turn = self.below(seats);
                let org = self.bodies[body].seats[turn].0;
                self.role(by, body, NetworkRole::Leader, org, None)?;
            }
        }
        let command = domain::person::PersonCommand::Leave {
            person: before,
            organisation: self.orgs[org].id,
        };
        self.order_on(by, since, command)?;
        Ok(())
    }

    /// Writes sections of the charter and adopts it as a new version.
    pub fn charter(&mut self, body: usize, version: usize, by: PersonId) -> Done {
        let network = self.bodies[body].id;
        for (n, (section, texts)) in self.words.charter.iter().enumerate() {
            let first = version == 0;
            if !first && !(n + version + body).is_multiple_of(3) {
                continue;
            }
            let text = texts[if first {
                0
            } else {
                (version + body) % texts.len()
            }];
            let text = if *section == CharterSection::Members {
                format!(
                    "{text} Ved versjon {} er vi {} seter.",
                    version + 1,
                    self.bodies[body].seats.len()
                )
            } else {
                text.to_owned()
            };
            let seen = self
                .shadow
                .network(network)
                .and_then(|network| network.charter.get(section))
                .map_or(0, |(_, position)| *position);
            let text = self.say(&text);
            self.order(
                by,
                NetworkCommand::WriteCharterSection {
                    network,
                    section: *section,
                    text,
                    seen,
                },
            )?;
            let seconds = self.between(40, 400);
            self.pass(seconds);
        }
        self.order(by, NetworkCommand::AdoptCharter { network })?;
        Ok(())
    }

    /// Plans the body's next meeting; everything else follows from that.
    pub fn plan(&mut self, body: usize, index: usize) -> Done {
        let Some(&on) = self.bodies[body].dates.get(index) else {
            return Ok(());
        };
        let manner = self.bodies[body].manner;
        let (topic, theme) = match self.bodies[body].theme {
            Some(agreed) => agreed,
            None => self.new_theme(body, index),
        };
        let kind = match manner {
            Manner::Gathering => MeetingKind::DialogueConference,
            _ if index == 0 && self.bodies[body].start_meeting => MeetingKind::Start,
            Manner::Leaders | Manner::Cases { .. } => MeetingKind::Ordinary,
        };
        let host = self.host(body, index);
        let going = Going {
            body,
            index,
            meeting: MeetingId(self.id()),
            kind,
            host,
            topic,
            theme,
            late: None,
        };
        let (next_year, quiet) = (on.year() >= 2026, manner == Manner::Leaders && index > 2);
        // A few meetings were held in a busy week and entered by the leader some weeks after.
        if quiet && !next_year && self.chance(4) {
            let weeks = self.between(15, 24);
            let entered = self.office_hours(on + TimeDelta::days(weeks));
            self.at(entered, move |world| {
                world.enter_late(Going {
                    late: Some(on),
                    ..going
                })
            });
            return Ok(());
        }
        self.planned(going, on, None)?;
        if quiet && !next_year && self.chance(6) {
            let week = on + TimeDelta::days(7);
            let free = self.bodies[body]
                .dates
                .get(index + 1)
                .is_none_or(|next| week + TimeDelta::days(21) < *next);
            let moved = self.office_hours(on - TimeDelta::days(24));
            if free && moved > self.now() {
                self.bodies[body].dates[index] = week;
                self.at(moved, move |world| world.move_meeting(going, week));
            }
        }
        let on = self.bodies[body].dates[index];
        self.before(going, on);
        Ok(())
    }

    fn before(&mut self, going: Going, on: NaiveDate) {
        let Going { body, .. } = going;
        let ahead = (on - super::LAST_DAY).num_days();
        let lead = if (1..40).contains(&ahead) {
            // What comes right after the last day has its notice out.
            ahead + self.between(4, 9)
        } else if self.chance(14) {
            self.between(6, 12)
        } else {
            self.between(15, 22)
        };
        let notice = self
            .office_hours(on - TimeDelta::days(lead))
            .max(self.now() + TimeDelta::hours(1));
        self.at(notice, move |world| {
            world.agenda(going)?;
            world.order(
                world.runs(body),
                MeetingCommand::PublishNotice {
                    meeting: going.meeting,
                },
            )?;
            world.invite_answers(going, on);
            Ok(())
        });
        let open: Vec<usize> = self.bodies[body].open.keys().copied().collect();
        for org in open {
            if self.chance(88) {
                let days = self.between(1, 11);
                let told = self
                    .office_hours(on - TimeDelta::days(days))
                    .max(self.now() + TimeDelta::minutes(30));
                self.at(told, move |world| world.report(body, org));
            }
        }
        let starts = self.bodies[body].starts;
        let opened = self.moment(on, 0, 0) + (starts - NaiveTime::MIN) - TimeDelta::minutes(2);
        let closed_spring = (2020, 3, 13) <= (on.year(), on.month(), on.day())
            && on < super::world::day(2020, 6, 8);
        let percent = usize::from(going.index > 2 && on.year() < 2026);
        if closed_spring || self.chance(percent) {
            let days = if closed_spring {
                self.between(3, 8)
            } else {
                self.between(1, 2)
            };
            let when = self
                .office_hours(on - TimeDelta::days(days))
                .max(notice + TimeDelta::hours(3));
            self.at(when, move |world| world.cancel(going, closed_spring));
        } else {
            self.at(opened, move |world| world.hold(going, on));
        }
    }

    fn new_theme(&mut self, body: usize, index: usize) -> (usize, &'static str) {
        let topics = self.words.topics;
        // A network stays with an area for a year or so, then goes on to the next.
        let topic = (body + index / 4 + usize::from(self.chance(15))) % topics.len();
        (topic, self.pick(topics[topic].themes))
    }

    fn host(&self, body: usize, index: usize) -> Option<usize> {
        let body = &self.bodies[body];
        match body.manner {
            Manner::Leaders => Some(body.seats[index % body.seats.len()].0),
            Manner::Cases { .. } | Manner::Gathering => None,
        }
    }

    fn place(&mut self, host: Option<usize>) -> domain::text::Prose {
        let place = match host {
            Some(org) => self
                .pick(self.words.places)
                .replace("{}", &self.orgs[org].name),
            None => self.pick(self.words.own_places).to_owned(),
        };
        self.say(&place)
    }

    fn planned(&mut self, going: Going, on: NaiveDate, effective: Option<Effective>) -> Done {
        let Going {
            body,
            meeting,
            kind,
            host,
            theme,
            ..
        } = going;
        let place = Some(self.place(host));
        let theme = Some(self.say(theme));
        let command = MeetingCommand::Plan {
            meeting,
            network: self.bodies[body].id,
            kind,
            on,
            starts: self.bodies[body].starts,
            place,
            host: host.map(|org| self.orgs[org].id),
            theme,
            previous: self.bodies[body].last,
        };
        let by = self.runs(body);
        match effective {
            Some(effective) => self.order_on(by, effective, command)?,
            None => self.order(by, command)?,
        };
        Ok(())
    }

    fn move_meeting(&mut self, going: Going, on: NaiveDate) -> Done {
        let Some((_, starts, seen)) = self
            .shadow
            .meeting(going.meeting)
            .and_then(|meeting| meeting.when)
        else {
            return Ok(());
        };
        let reason = self.pick(self.words.moved);
        let reason = self.say(reason);
        let by = self.runs(going.body);
        self.order(
            by,
            MeetingCommand::Reschedule {
                meeting: going.meeting,
                on,
                starts,
                reason,
                seen,
            },
        )?;
        Ok(())
    }

    fn cancel(&mut self, going: Going, closed_spring: bool) -> Done {
        let reason = if closed_spring {
            self.words.pandemic
        } else {
            self.pick(self.words.cancelled)
        };
        let reason = self.say(reason);
        let by = self.runs(going.body);
        self.order(
            by,
            MeetingCommand::Cancel {
                meeting: going.meeting,
                reason,
            },
        )?;
        self.go_on(going);
        Ok(())
    }

    /// After one meeting comes the next.
    fn go_on(&mut self, going: Going) {
        let days = self.between(2, 9);
        let when = self
            .office_hours(self.today() + TimeDelta::days(days))
            .max(self.now() + TimeDelta::hours(1));
        self.at(when, move |world| world.plan(going.body, going.index + 1));
    }

    /// The rows that the template does not have: what members propose, the cases of a body that decides.
    fn agenda(&mut self, going: Going) -> Done {
        let Going {
            body,
            meeting,
            kind,
            ..
        } = going;
        if kind == MeetingKind::Start {
            return Ok(());
        }
        if let Manner::Cases { .. } = self.bodies[body].manner {
            let by = self.runs(body);
            for row in [TemplateItem::SchoolWalk, TemplateItem::HostThemes] {
                let item = item_id(meeting, row);
                self.order(by, MeetingCommand::WithdrawItem { meeting, item })?;
            }
            for n in 0..2 {
                let case = self.pick(self.words.cases);
                let number = format!("{}/{}", going.index * 2 + n + 1, self.today().year());
                let title = self.say(&case.replace("{}", &number));
                let item = ItemId(self.id());
                let command = MeetingCommand::AddItem {
                    meeting,
                    item,
                    kind: ItemKind::Decision,
                    title: ItemTitle::Own(title),
                    minutes: Some(25),
                    presenter: None,
                };
                self.order(by, command)?;
                self.move_item(going, item, u16::try_from(n).unwrap_or(0), by)?;
            }
        } else if self.chance(35) {
            let seats = self.bodies[body].seats.len();
            let turn = self.below(seats);
            let org = self.bodies[body].seats[turn].0;
            let proposer = self.sits(body, org);
            let title = self.pick(self.words.own_items);
            let title = self.say(title);
            let off_record = self.chance(12);
            let item = ItemId(self.id());
            let command = MeetingCommand::AddItem {
                meeting,
                item,
                kind: if off_record {
                    ItemKind::OffRecord
                } else {
                    ItemKind::Discussion
                },
                title: ItemTitle::Own(title),
                minutes: Some(15),
                presenter: (!off_record).then_some(proposer),
            };
            self.order(proposer, command)?;
            let by = self.runs(body);
            let rows = self
                .shadow
                .meeting(meeting)
                .map_or(0, |meeting| meeting.items.len());
            // Before what every meeting ends with: commitments and evaluation.
            self.move_item(
                going,
                item,
                u16::try_from(rows.saturating_sub(3)).unwrap_or(0),
                by,
            )?;
        }
        Ok(())
    }

    fn move_item(&mut self, going: Going, item: ItemId, to: u16, by: PersonId) -> Done {
        let seen = self
            .shadow
            .meeting(going.meeting)
            .map_or(0, |meeting| meeting.ordered);
        self.order(
            by,
            MeetingCommand::MoveItem {
                meeting: going.meeting,
                item,
                to,
                seen,
            },
        )?;
        Ok(())
    }

    fn invite_answers(&mut self, going: Going, on: NaiveDate) {
        let seats: Vec<usize> = self.participants(going.body);
        let some = if seats.len() > 30 { 35 } else { 82 };
        for org in seats {
            if !self.chance(some) {
                continue;
            }
            let days = self.between(0, 6);
            let today = self.today();
            let answered = self
                .office_hours(today + TimeDelta::days(days))
                .max(self.now() + TimeDelta::minutes(20));
            if self.shadow.day(answered) >= on {
                continue;
            }
            let answer = if self.chance(91) {
                NoticeAnswer::Coming
            } else {
                NoticeAnswer::NotComing
            };
            self.at(answered, move |world| {
                let called = world
                    .shadow
                    .meeting(going.meeting)
                    .is_some_and(|meeting| meeting.require_ahead().is_ok());
                if called {
                    let organisation = world.orgs[org].id;
                    let by = world.sits(going.body, org);
                    world.order(
                        by,
                        MeetingCommand::AnswerNotice {
                            meeting: going.meeting,
                            organisation,
                            answer,
                        },
                    )?;
                }
                Ok(())
            });
        }
    }

    /// The organisations with a seat, each once.
    fn participants(&self, body: usize) -> Vec<usize> {
        let mut orgs: Vec<usize> = self.bodies[body]
            .seats
            .iter()
            .map(|(org, _)| *org)
            .collect();
        orgs.dedup();
        orgs
    }

    /// An organisation tells how its commitment went.
    fn report(&mut self, body: usize, org: usize) -> Done {
        let Some(open) = self.bodies[body]
            .open
            .get(&org)
            .copied()
            .filter(|open| !open.told)
        else {
            return Ok(());
        };
        let roll = self.below(100);
        let (outcome, learned) = match roll {
            0..54 => (
                Outcome::Done,
                self.pick(self.words.topics[open.topic].learned),
            ),
            54..84 => (
                Outcome::Partly,
                self.pick(self.words.topics[open.topic].learned),
            ),
            _ => (Outcome::Not, self.pick(self.words.not_done)),
        };
        let learned = if outcome == Outcome::Not || self.chance(78) {
            Some(self.say(learned))
        } else {
            None
        };
        let by = self.sits(body, org);
        self.order(
            by,
            CommitmentCommand::Report {
                commitment: open.id,
                outcome,
                learned,
            },
        )?;
        let carry = outcome != Outcome::Done && self.chance(45);
        self.bodies[body].open.insert(
            org,
            Open {
                told: true,
                carry,
                ..open
            },
        );
        Ok(())
    }

    fn tell(
        &mut self,
        going: Going,
        by: PersonId,
        command: MeetingCommand,
    ) -> Result<(), DemoError> {
        match going.late {
            Some(day) => self.order_on(by, Effective::day(day), command)?,
            None => self.order(by, command)?,
        };
        Ok(())
    }

    /// The whole meeting, entered weeks after it was held: no clock on the rows, the rest as it was.
    fn enter_late(&mut self, going: Going) -> Done {
        let Some(on) = going.late else { return Ok(()) };
        self.planned(going, on, Some(Effective::day(on - TimeDelta::days(20))))?;
        let by = self.runs(going.body);
        let noticed = Effective::day(on - TimeDelta::days(16));
        self.order_on(
            by,
            noticed,
            MeetingCommand::PublishNotice {
                meeting: going.meeting,
            },
        )?;
        self.tell(
            going,
            by,
            MeetingCommand::Open {
                meeting: going.meeting,
            },
        )?;
        let present = self.attend(going, by)?;
        let row = item_id(going.meeting, TemplateItem::Priorities);
        self.decide_something(going, by, Some(row))?;
        self.promise(going, by, &present)?;
        self.evaluate(going, by)?;
        self.end(going, by)
    }

    fn hold(&mut self, going: Going, on: NaiveDate) -> Done {
        let (body, meeting) = (going.body, going.meeting);
        let by = self.runs(body);
        self.order(by, MeetingCommand::Open { meeting })?;
        let present = self.attend(going, by)?;
        let rows: Vec<(ItemId, ItemKind)> = self
            .shadow
            .meeting(meeting)
            .map(|meeting| {
                meeting
                    .items
                    .iter()
                    .map(|item| (item.id, item.kind))
                    .collect()
            })
            .unwrap_or_default();
        // Some leaders let the clock run for every row, others never look at it.
        let clock = going.kind != MeetingKind::DialogueConference && self.chance(68);
        let mut when = self.now() + TimeDelta::minutes(4);
        for (item, kind) in rows {
            let minutes = match kind {
                ItemKind::Information => self.between(8, 19),
                ItemKind::Experience | ItemKind::OffRecord => self.between(10, 20),
                ItemKind::Walk => self.between(24, 41),
                ItemKind::Dialogue => self.between(28, 52),
                ItemKind::Discussion | ItemKind::Commitments => self.between(15, 32),
                ItemKind::Decision => self.between(9, 24),
                ItemKind::Evaluation => self.between(7, 16),
            };
            if clock {
                self.at(when, move |world| {
                    let by = world.runs(body);
                    world.order(by, MeetingCommand::StartItem { meeting, item })?;
                    Ok(())
                });
            }
            when += TimeDelta::minutes(minutes);
            let present = present.clone();
            // What a row brings is written down towards its end.
            let noted = when - TimeDelta::minutes(minutes.min(6));
            self.at(noted, move |world| world.row(going, item, kind, &present));
        }
        self.at(when + TimeDelta::minutes(1), move |world| {
            // Somebody else may have been elected since the meeting began.
            let by = world.runs(body);
            let running = world
                .shadow
                .meeting(meeting)
                .and_then(|meeting| meeting.running);
            if let Some((item, _)) = running {
                world.order(by, MeetingCommand::EndItem { meeting, item })?;
            }
            if going.kind == MeetingKind::Start {
                world.charter(body, 0, by)?;
            }
            world.end(going, by)
        });
        debug_assert!(self.today() == on, "a meeting is held on its day");
        Ok(())
    }

    fn attend(&mut self, going: Going, by: PersonId) -> Result<Vec<usize>, DemoError> {
        let mut present = Vec::new();
        for org in self.participants(going.body) {
            let presence = if self.chance(92) {
                Presence::Present
            } else {
                Presence::Absent
            };
            if presence == Presence::Present {
                present.push(org);
            }
            let organisation = self.orgs[org].id;
            let command = MeetingCommand::RecordAttendance {
                meeting: going.meeting,
                organisation,
                presence,
            };
            self.tell(going, by, command)?;
        }
        Ok(present)
    }

    fn row(&mut self, going: Going, item: ItemId, kind: ItemKind, present: &[usize]) -> Done {
        let by = self.runs(going.body);
        match kind {
            ItemKind::Decision => {
                if self.chance(88) {
                    self.decide_something(going, by, Some(item))?;
                }
            }
            ItemKind::Discussion => {
                if self.chance(35) {
                    self.decide_something(going, by, Some(item))?;
                }
            }
            ItemKind::Commitments => self.promise(going, by, present)?,
            ItemKind::Evaluation => self.evaluate(going, by)?,
            ItemKind::Information
            | ItemKind::Experience
            | ItemKind::Dialogue
            | ItemKind::Walk
            | ItemKind::OffRecord => {}
        }
        Ok(())
    }

    fn decide_something(&mut self, going: Going, by: PersonId, item: Option<ItemId>) -> Done {
        let manner = self.bodies[going.body].manner;
        let (kind, method, words) = match manner {
            Manner::Cases { votes } if votes > 0 && self.chance(40) => {
                let noes = self.below(3);
                let blank = self.below(2);
                let noes = u32::try_from(noes).unwrap_or(0);
                let blank = u32::try_from(blank).unwrap_or(0);
                let method = DecisionMethod::Vote {
                    ayes: votes - noes - blank,
                    noes,
                    blank,
                };
                (
                    DecisionKind::Resolution,
                    method,
                    self.pick(self.words.resolutions),
                )
            }
            Manner::Cases { votes } => {
                let kind = match (votes, self.below(4)) {
                    (0, 0 | 1) => DecisionKind::Recommendation,
                    (_, 2) => DecisionKind::Noted,
                    _ => DecisionKind::Resolution,
                };
                (
                    kind,
                    DecisionMethod::Agreement,
                    self.pick(self.words.resolutions),
                )
            }
            Manner::Leaders | Manner::Gathering => {
                let words = self.pick(self.words.topics[going.topic].decisions);
                (DecisionKind::Resolution, DecisionMethod::Agreement, words)
            }
        };
        let text = self.say(words);
        let decision = DecisionId(self.id());
        let meeting = going.meeting;
        self.tell(
            going,
            by,
            MeetingCommand::Decide {
                meeting,
                decision,
                item,
                kind,
                method,
                text,
            },
        )
    }

    /// The contract for next time, and what each organisation promises until then.
    fn promise(&mut self, going: Going, by: PersonId, present: &[usize]) -> Done {
        let (body, meeting) = (going.body, going.meeting);
        self.agree(going, by)?;
        let manner = self.bodies[body].manner;
        if manner == Manner::Leaders && going.index > 3 && self.chance(3) {
            let reason = self.pick(self.words.waived);
            return self.waive(going, by, Requirement::Commitments, reason);
        }
        for org in self.participants(body) {
            let answers = match manner {
                Manner::Leaders => true,
                Manner::Cases { .. } => self.chance(72),
                Manner::Gathering => self.chance(12),
            };
            if !answers {
                continue;
            }
            let organisation = self.orgs[org].id;
            let effective = going.late.map(Effective::day);
            let (actor, command) = if !present.contains(&org) {
                let reason = self.say(self.words.absent);
                (
                    by,
                    CommitmentCommand::Decline {
                        meeting,
                        organisation,
                        reason,
                    },
                )
            } else if self.chance(3) {
                let reason = self.pick(self.words.declined);
                let reason = self.say(reason);
                (
                    self.sits(body, org),
                    CommitmentCommand::Decline {
                        meeting,
                        organisation,
                        reason,
                    },
                )
            } else {
                let carried = self.bodies[body]
                    .open
                    .get(&org)
                    .copied()
                    .filter(|open| open.carry);
                let topic = carried.map_or(going.topic, |open| open.topic);
                let words = self.pick(self.words.topics[topic].commitments);
                let tail = self.pick(self.words.tails);
                let text = self.say(&format!("{words} {tail}"));
                let carried_from = carried.map(|open| open.id);
                (
                    self.sits(body, org),
                    CommitmentCommand::Make {
                        meeting,
                        organisation,
                        text,
                        carried_from,
                    },
                )
            };
            let made = matches!(command, CommitmentCommand::Make { .. });
            let topic = match &command {
                CommitmentCommand::Make {
                    carried_from: Some(_),
                    ..
                } => self.bodies[body]
                    .open
                    .get(&org)
                    .map_or(going.topic, |open| open.topic),
                _ => going.topic,
            };
            match effective {
                Some(effective) => self.order_on(actor, effective, command)?,
                None => self.order(actor, command)?,
            };
            if made {
                let open = Open {
                    id: commitment_id(meeting, organisation),
                    topic,
                    told: false,
                    carry: false,
                };
                self.bodies[body].open.insert(org, open);
            } else {
                self.bodies[body].open.remove(&org);
            }
        }
        // What an open commitment of somebody who was silent this time is worth, nobody asks any more.
        self.bodies[body].open.retain(|_, open| !open.told);
        if manner != Manner::Leaders {
            let reason = match manner {
                Manner::Gathering => self.words.waived_gathering,
                Manner::Leaders | Manner::Cases { .. } => self.words.waived[1],
            };
            self.waive(going, by, Requirement::Commitments, reason)?;
        }
        Ok(())
    }

    fn waive(
        &mut self,
        going: Going,
        by: PersonId,
        requirement: Requirement,
        reason: &str,
    ) -> Done {
        let reason = self.say(reason);
        self.tell(
            going,
            by,
            MeetingCommand::Waive {
                meeting: going.meeting,
                requirement,
                reason,
            },
        )
    }

    fn agree(&mut self, going: Going, by: PersonId) -> Done {
        let body = going.body;
        let Some(&on) = self.bodies[body].dates.get(going.index + 1) else {
            return Ok(());
        };
        let next = self.new_theme(body, going.index + 1);
        self.bodies[body].theme = Some(next);
        let host = self.host(body, going.index + 1);
        let place = Some(self.place(host));
        let theme = self.say(next.1);
        let contract = Contract {
            on,
            starts: self.bodies[body].starts,
            place,
            host: host.map(|org| self.orgs[org].id),
            theme,
            responsible: Some(by),
        };
        let seen = self
            .shadow
            .meeting(going.meeting)
            .map_or(0, |meeting| meeting.contracted);
        self.tell(
            going,
            by,
            MeetingCommand::AgreeContract {
                meeting: going.meeting,
                contract,
                seen,
            },
        )
    }

    fn evaluate(&mut self, going: Going, by: PersonId) -> Done {
        let meeting = going.meeting;
        self.tell(going, by, MeetingCommand::OpenEvaluation { meeting })?;
        if self.chance(72) {
            let (row, minutes_delta, words) = self.pick(self.words.changes);
            let withdrawn = matches!(row, TemplateItem::SchoolWalk | TemplateItem::HostThemes)
                && matches!(self.bodies[going.body].manner, Manner::Cases { .. });
            let text = self.say(words);
            let change = ChangeId(self.id());
            let item = (!withdrawn).then_some(row);
            let minutes_delta = if withdrawn { 0 } else { minutes_delta };
            self.tell(
                going,
                by,
                MeetingCommand::AgreeChange {
                    meeting,
                    change,
                    item,
                    minutes_delta,
                    text,
                },
            )?;
        }
        Ok(())
    }

    fn end(&mut self, going: Going, by: PersonId) -> Done {
        let (body, meeting) = (going.body, going.meeting);
        if going.kind == MeetingKind::Start {
            self.agree(going, by)?;
            self.waive(going, by, Requirement::Commitments, self.words.waived_start)?;
        }
        let contract = self
            .shadow
            .meeting(meeting)
            .is_some_and(|meeting| meeting.contract.is_some());
        if !contract {
            let reason = self.words.waived[1];
            self.waive(going, by, Requirement::Contract, reason)?;
        }
        self.tell(going, by, MeetingCommand::Close { meeting })?;
        self.bodies[body].last = Some(meeting);
        let (written, published) = (self.between(1, 4), self.between(5, 12));
        let (today, gap) = (self.today(), TimeDelta::hours(1));
        let write: DateTime<Utc> = self
            .office_hours(today + TimeDelta::days(written))
            .max(self.now() + gap);
        let publish = self
            .office_hours(today + TimeDelta::days(published))
            .max(write + gap);
        self.at(write, move |world| {
            let by = world.runs(body);
            let first = world.pick(world.words.minutes_first);
            let middle = world
                .pick(world.words.minutes_middle)
                .replace("{}", going.theme);
            let last = world.pick(world.words.minutes_last);
            let late = if going.late.is_some() {
                world.words.minutes_late
            } else {
                ""
            };
            let text = world.say(&format!("{first}\n\n{middle}\n\n{last} {late}"));
            world.order(
                by,
                MeetingCommand::WriteMinutes {
                    meeting,
                    text,
                    seen: 0,
                },
            )?;
            Ok(())
        });
        self.at(publish, move |world| {
            let by = world.runs(body);
            world.order(by, MeetingCommand::PublishMinutes { meeting })?;
            Ok(())
        });
        self.let_go(going);
        self.go_on(going);
        Ok(())
    }

    /// Streams of meetings three back are not touched any more.
    fn let_go(&mut self, going: Going) {
        let body = going.body;
        let organisations = self.participants(body);
        let ids = organisations
            .iter()
            .map(|org| commitment_id(going.meeting, self.orgs[*org].id))
            .collect();
        self.bodies[body].past.push_back((going.meeting, ids));
        if self.bodies[body].past.len() > 4
            && self.bodies[body].manner == Manner::Leaders
            && let Some((meeting, commitments)) = self.bodies[body].past.pop_front()
        {
            let open: Vec<_> = self.bodies[body]
                .open
                .values()
                .map(|open| open.id)
                .collect();
            self.shadow.let_go(meeting);
            for commitment in commitments.into_iter().filter(|id| !open.contains(id)) {
                self.shadow.let_go(commitment);
            }
        }
    }

    /// Meets for the first time: plans a month before the first day.
    pub fn begin_meeting(&mut self, body: usize) {
        if let Some(first) = self.bodies[body].dates.first().copied() {
            let planned = self.office_hours(working(first - TimeDelta::days(33)));
            self.at(planned, move |world| world.plan(body, 0));
        }
    }
}
