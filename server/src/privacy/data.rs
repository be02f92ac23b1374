//! Everything there is about one person in one region, for that person.

use crate::open::{self, PersonKey};
use crate::store::row::{EventRow, name_place};
use crate::store::tenants::Tenant;
use crate::store::{Store, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::NaiveDate;
use domain::about::{names, texts};
use domain::actor::Actor;
use domain::event::Event;
use domain::history::timeline;
use domain::ids::{NetworkId, OrganisationId, PersonId, SeatId, StreamId, TextId};
use domain::network::event::{NetworkEvent, NetworkRole};
use domain::person::{PersonEvent, WorkRole};
use domain::recorded::{Position, Recorded};
use domain::region::RegionEvent;
use domain::time::{Effective, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The document.
#[derive(Clone, Debug, Serialize)]
pub struct MyData {
    /// The region's slug.
    pub region: String,
    /// Its name.
    pub region_name: String,
    /// Who.
    pub person: PersonId,
    /// When this was put together.
    pub at: Timestamp,
    /// Whether the person was forgotten: no name opens any more.
    pub erased: bool,
    /// Each name and since when it was recorded; without a value once forgotten.
    pub names: Vec<Name>,
    /// Where the person is written to.
    pub address: Option<String>,
    /// Where the person works and worked.
    pub workplaces: Vec<Workplace>,
    /// Seats in networks, now and before.
    pub seats: Vec<Sat>,
    /// Roles in networks, now and before.
    pub roles: Vec<Role>,
    /// When the person administered the region.
    pub administrator: Vec<Span>,
    /// Every event about the person or by them, in order.
    pub events: Vec<Told>,
    /// Sign-ins that are kept.
    pub sessions: Vec<Session>,
    /// What was typed into forms that were refused, kept for a day.
    pub drafts: Vec<Draft>,
}

/// A name.
#[derive(Clone, Debug, Serialize)]
pub struct Name {
    /// The event beside which it is sealed.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The name.
    pub name: Option<String>,
}

/// From when to when something was true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Its first day; none where that is not known.
    pub from: Option<NaiveDate>,
    /// The day it ended.
    pub to: Option<NaiveDate>,
    /// Whether it has ended.
    pub ended: bool,
}

/// A workplace.
#[derive(Clone, Debug, Serialize)]
pub struct Workplace {
    /// Where.
    pub organisation: OrganisationId,
    /// As what.
    pub role: WorkRole,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// A seat.
#[derive(Clone, Debug, Serialize)]
pub struct Sat {
    /// In which network.
    pub network: NetworkId,
    /// Which seat.
    pub seat: SeatId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// A role in a network.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// In which network.
    pub network: NetworkId,
    /// Which.
    pub role: NetworkRole,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// An event.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Where it lies in the region's log.
    pub position: Position,
    /// Its stream.
    pub stream: StreamId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was true.
    pub effective: Effective,
    /// When it was entered, as a device that was offline says.
    pub occurred_at: Option<Timestamp>,
    /// Whether the person brought it.
    pub by_me: bool,
    /// Whether it is about the person.
    pub about_me: bool,
    /// What it says: its name and data.
    pub event: Event,
    /// The texts that the person wrote with it; without words once withdrawn.
    pub wrote: BTreeMap<TextId, Option<String>>,
}

/// A sign-in.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// When it began.
    pub began_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// What was typed into a form.
#[derive(Clone, Debug, Serialize)]
pub struct Draft {
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: String,
}

/// Puts together everything about one person in one region, as it is at one moment.
///
/// # Errors
/// Of the database, or when an event cannot be read.
pub async fn my_data(
    store: &Store,
    tenant: &Tenant,
    person: PersonId,
    now: Timestamp,
) -> Result<MyData, StoreError> {
    let mut scope = store.reading(tenant.tenant()).await?;
    let about = scope.rows_about(person.0, 0, None, i64::MAX).await?;
    let by = scope.rows_by(Actor::Person(person)).await?;
    let about_me: BTreeSet<i64> = about.iter().map(|row| row.position).collect();
    let rows: BTreeMap<i64, EventRow> = about
        .into_iter()
        .chain(by)
        .map(|row| (row.position, row))
        .collect();
    let recorded: Vec<Recorded> = rows
        .values()
        .map(EventRow::recorded)
        .collect::<Result<_, _>>()?;
    let key = open::person_key(store, &mut scope, person).await?;
    let names = names_of(person, key.as_ref(), &rows, &recorded)?;
    let address = match (&key, scope.contact(person).await?) {
        (Some(key), Some(sealed)) => key.open(&sealed),
        _ => None,
    };
    let mine: Vec<TextId> = recorded
        .iter()
        .filter(|one| one.actor == Actor::Person(person))
        .flat_map(|one| texts(&one.event))
        .collect();
    let kept = scope.text_keys(&mine).await?;
    let opened = open::open_in(store, &mut scope, &mine, &[]).await?;
    let mut wrote: BTreeMap<Position, BTreeMap<TextId, Option<String>>> = BTreeMap::new();
    for one in kept {
        let text = TextId(one.id);
        let words = opened.words.get(&text).cloned().flatten();
        wrote.entry(one.position).or_default().insert(text, words);
    }
    let of_me: Vec<Recorded> = recorded
        .iter()
        .filter(|one| about_me.contains(&crate::store::row::stored(one.position)))
        .cloned()
        .collect();
    let erased = |one: &Recorded| matches!(one.event, Event::Person(PersonEvent::Erased { person: who }) if who == person);
    let mut data = MyData {
        region: tenant.slug.clone(),
        region_name: tenant.name.clone(),
        person,
        at: now,
        erased: of_me.iter().any(erased),
        names,
        address,
        workplaces: Vec::new(),
        seats: Vec::new(),
        roles: Vec::new(),
        administrator: Vec::new(),
        events: Vec::new(),
        sessions: Vec::new(),
        drafts: Vec::new(),
    };
    for one in &timeline(&of_me, tenant.day(now), None).events {
        data.take(one);
    }
    data.events = recorded
        .into_iter()
        .map(|one| Told {
            position: one.position,
            stream: one.stream,
            recorded_at: one.recorded_at,
            effective: one.effective,
            occurred_at: one.occurred_at,
            by_me: one.actor == Actor::Person(person),
            about_me: about_me.contains(&crate::store::row::stored(one.position)),
            event: one.event,
            wrote: if one.actor == Actor::Person(person) {
                wrote.remove(&one.position).unwrap_or_default()
            } else {
                BTreeMap::new()
            },
        })
        .collect();
    let sessions = scope.sessions_of(person).await?.into_iter();
    data.sessions = sessions
        .map(|(began_at, ends_at)| Session { began_at, ends_at })
        .collect();
    let drafts = scope.drafts_of(person).await?.into_iter();
    data.drafts = drafts.map(|(at, body)| Draft { at, body }).collect();
    Ok(data)
}

/// Every name that was sealed, opened with the person's one key.
fn names_of(
    person: PersonId,
    key: Option<&PersonKey>,
    rows: &BTreeMap<i64, EventRow>,
    recorded: &[Recorded],
) -> Result<Vec<Name>, StoreError> {
    let damaged = || StoreError::Damaged(format!("a name of {person}"));
    let mut all = Vec::new();
    for (row, one) in rows.values().zip(recorded) {
        if !names(&one.event).contains(&person) {
            continue;
        }
        let sealed = row.payload()?.sealed.remove(&name_place(person));
        let name = match (key, sealed) {
            (Some(key), Some(sealed)) => {
                let sealed = BASE64.decode(sealed).ok().ok_or_else(damaged)?;
                Some(key.open(&sealed).ok_or_else(damaged)?)
            }
            _ => None,
        };
        all.push(Name {
            position: one.position,
            recorded_at: one.recorded_at,
            name,
        });
    }
    Ok(all)
}

impl Span {
    const fn since(recorded: &Recorded) -> Self {
        Self {
            from: recorded.effective.from(),
            to: None,
            ended: false,
        }
    }

    const fn end(&mut self, recorded: &Recorded) {
        if !self.ended {
            self.to = recorded.effective.from();
            self.ended = true;
        }
    }
}

impl MyData {
    /// Takes in what was true next.
    fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Person(event) => self.on_person(event, recorded),
            Event::Network(event) => self.on_network(event, recorded),
            Event::Region(RegionEvent::AdministratorNamed { person }) if *person == self.person => {
                self.administrator.push(Span::since(recorded));
            }
            Event::Region(RegionEvent::AdministratorDismissed { person })
                if *person == self.person =>
            {
                for span in &mut self.administrator {
                    span.end(recorded);
                }
            }
            _ => {}
        }
    }

    fn on_person(&mut self, event: &PersonEvent, recorded: &Recorded) {
        match *event {
            PersonEvent::Joined {
                organisation, role, ..
            } => {
                self.leave(organisation, recorded);
                self.workplaces.push(Workplace {
                    organisation,
                    role,
                    span: Span::since(recorded),
                });
            }
            PersonEvent::Left { organisation, .. } => self.leave(organisation, recorded),
            PersonEvent::Registered { .. }
            | PersonEvent::Renamed { .. }
            | PersonEvent::Erased { .. } => {}
        }
    }

    fn leave(&mut self, organisation: OrganisationId, recorded: &Recorded) {
        for place in &mut self.workplaces {
            if place.organisation == organisation {
                place.span.end(recorded);
            }
        }
    }

    fn on_network(&mut self, event: &NetworkEvent, recorded: &Recorded) {
        match *event {
            NetworkEvent::SeatFilled {
                network,
                seat,
                organisation,
                person,
            } if person == self.person => self.seats.push(Sat {
                network,
                seat,
                organisation,
                span: Span::since(recorded),
            }),
            NetworkEvent::SeatVacated { seat, person, .. } if person == self.person => {
                for sat in self.seats.iter_mut().filter(|sat| sat.seat == seat) {
                    sat.span.end(recorded);
                }
            }
            NetworkEvent::RoleGiven {
                network,
                role,
                person,
                before,
            } => {
                if before == Some(self.person) {
                    self.lose(network, role, recorded);
                }
                if person == self.person {
                    self.roles.push(Role {
                        network,
                        role,
                        span: Span::since(recorded),
                    });
                }
            }
            NetworkEvent::RoleEnded {
                network,
                role,
                person,
            } if person == self.person => self.lose(network, role, recorded),
            _ => {}
        }
    }

    fn lose(&mut self, network: NetworkId, role: NetworkRole, recorded: &Recorded) {
        for had in &mut self.roles {
            if had.network == network && had.role == role {
                had.span.end(recorded);
            }
        }
    }
}
