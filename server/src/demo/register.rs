//! What both regions begin with: organisations with somebody who speaks for them, networks, the course that units take.

use super::people;
use super::world::{Course, Done, Org, World};
use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::actor::Actor;
use domain::command::Command;
use domain::correction::Instead;
use domain::ids::{NetworkId, OrganisationId, PersonId, ReadingId};
use domain::network::command::NetworkCommand;
use domain::network::event::{NetworkKind, Relation};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{OrganisationKind, Phase, ReadingSource, SchoolType};
use domain::person::WorkRole;
use domain::text::Name;
use domain::time::Effective;

/// The label of whoever speaks for an organisation, the n-th since the beginning.
pub fn head_label(org: usize, generation: usize) -> String {
    format!("head/{org}/{generation}")
}

/// An organisation to enter.
pub struct Entry<'a> {
    pub kind: OrganisationKind,
    pub name: &'a str,
    pub parent: Option<usize>,
    pub school_type: Option<SchoolType>,
    pub pupils: Option<u32>,
    pub role: WorkRole,
}

impl<'a> Entry<'a> {
    /// One without owner and children.
    pub const fn plain(kind: OrganisationKind, name: &'a str, role: WorkRole) -> Self {
        Self {
            kind,
            name,
            parent: None,
            school_type: None,
            pupils: None,
            role,
        }
    }
}

/// Enters an organisation and whoever speaks for it; the first one's is the region's administrator.
pub fn enter(world: &mut World, by: Actor, entry: &Entry<'_>) -> Done {
    let org = world.orgs.len();
    let id = OrganisationId(people::named(world.region, &format!("organisation/{org}")));
    let called = Name::parse(entry.name).expect("the demo's names are neither empty nor too long");
    let since = Effective::year(2000).expect("a year of the calendar");
    let parent = entry.parent.map(|parent| world.orgs[parent].id);
    let command = OrganisationCommand::Register {
        organisation: id,
        called,
        kind: entry.kind,
        parent,
        school_type: entry.school_type,
        pupils: entry.pupils,
    };
    world.order_on(by, since, command)?;
    let label = if org == 0 {
        "administrator".to_owned()
    } else {
        head_label(org, 0)
    };
    let head = world.person(by, Some(&label))?;
    world.orgs.push(Org {
        id,
        name: entry.name.to_owned(),
        parent: entry.parent,
        pupils: entry.pupils,
        head,
        head_role: entry.role,
        resource: None,
        course: Course::default(),
    });
    let began = 2004 + i32::try_from(world.between(0, 11)).unwrap_or(0);
    world.joins(by, head, org, entry.role, Effective::month(began, 8))
}

/// A network to found.
pub struct Founded<'a> {
    pub name: &'a str,
    pub kind: NetworkKind,
    pub purpose: &'a str,
    pub since: Effective,
    pub parent: Option<(NetworkId, Relation)>,
}

/// Proposes and establishes a network on the day it began.
pub fn found(world: &mut World, founded: &Founded<'_>) -> Result<NetworkId, super::DemoError> {
    let by = world.administrator;
    let network = NetworkId(people::named(
        world.region,
        &format!("network/{}", founded.name),
    ));
    let purpose = world.say(founded.purpose);
    let called =
        Name::parse(founded.name).expect("the demo's names are neither empty nor too long");
    let command = NetworkCommand::Propose {
        network,
        called,
        kind: founded.kind,
        purpose,
        parent: founded.parent,
    };
    world.order_on(by, founded.since, command)?;
    world.order_on(by, founded.since, NetworkCommand::Establish { network })?;
    Ok(network)
}

/// Tuesday to Thursday of that week.
pub fn midweek(on: NaiveDate) -> NaiveDate {
    match on.weekday().num_days_from_monday() {
        0 => on + TimeDelta::days(1),
        4 => on - TimeDelta::days(1),
        5 => on - TimeDelta::days(2),
        6 => on + TimeDelta::days(2),
        _ => on,
    }
}

/// The phase a unit is in, so many months after the work began.
pub fn phase(course: Course, months: i64) -> Phase {
    if course
        .relapse
        .is_some_and(|(from, to)| (from..to).contains(&months))
    {
        // A new project was started in the middle of the dip.
        return Phase::Initiation;
    }
    if months < course.implementation {
        Phase::Initiation
    } else if months < course.institutionalisation {
        Phase::Implementation
    } else {
        Phase::Institutionalisation
    }
}

/// Tenths of a point, 10 to 50: enthusiasm, a dip around the third year, then a rise.
pub const fn mood(months: i64) -> i64 {
    match months {
        ..10 => 43,
        10..20 => 37,
        20..28 => 30,
        28..44 => 25,
        44..56 => 30,
        56..70 => 35,
        70..84 => 39,
        _ => 41,
    }
}

/// The unit itself tells its phase, and how a round about motivation came out.
pub fn own_reading(
    world: &mut World,
    body: usize,
    org: usize,
    months: i64,
    asked: NaiveDate,
) -> Done {
    let network = world.bodies[body].id;
    let by = world.orgs[org].head;
    let organisation = world.orgs[org].id;
    let course = world.orgs[org].course;
    let effective = Effective::day(asked.min(world.today()));
    let reading = ReadingId(world.id());
    let phase = phase(course, months);
    let source = ReadingSource::SelfReported;
    world.order_on(
        by,
        effective,
        OrganisationCommand::ReadPhase {
            reading,
            network,
            organisation,
            phase,
            source,
        },
    )?;
    let low = world.orgs[org].pupils.unwrap_or(60) / 12;
    let answers = world.between(5, 7 + i64::from(low.min(30)));
    let middle = mood(months) + course.mood;
    let mut counts = [0; 5];
    for _ in 0..answers {
        let answer = (middle + world.between(-9, 9) + world.between(-9, 9) + 5)
            .div_euclid(10)
            .clamp(1, 5);
        counts[usize::try_from(answer - 1).unwrap_or(0)] += 1;
    }
    let round = |reading| OrganisationCommand::ReadMotivation {
        reading,
        network,
        organisation,
        counts,
    };
    let reading = ReadingId(world.id());
    world.order_on(by, effective, round(reading))?;
    // Somebody sends the form twice now and then; it is taken back when it is noticed.
    if world.chance(1) && months > 12 {
        let reading = ReadingId(world.id());
        let of = world.order_on(by, effective, round(reading))?;
        let noticed = world.between(9, 30);
        let when = world.office_hours(world.today() + TimeDelta::days(noticed));
        world.at(when, move |world| {
            let reason = world.say(world.words.sent_twice);
            let command = Command::Correct {
                stream: organisation.into(),
                of,
                instead: Instead::Retracted,
                reason,
            };
            world.order(world.administrator, command)?;
            Ok(())
        });
    }
    Ok(())
}

/// A school tells its phase in the work of its own leader network.
pub fn own_network_reading(world: &mut World, body: usize, org: usize, months: i64) -> Done {
    let command = OrganisationCommand::ReadPhase {
        reading: ReadingId(world.id()),
        network: world.bodies[body].id,
        organisation: world.orgs[org].id,
        phase: phase(world.orgs[org].course, months),
        source: ReadingSource::SelfReported,
    };
    let by = world.orgs[org].head;
    world.order(by, command)?;
    Ok(())
}

/// Evaluators judge somewhat later than the units do themselves.
pub fn assessment(
    world: &mut World,
    body: usize,
    by: PersonId,
    org: usize,
    months: i64,
    asked: NaiveDate,
) -> Done {
    let behind = world.between(0, 14);
    let phase = phase(world.orgs[org].course, months - behind);
    let command = OrganisationCommand::ReadPhase {
        reading: ReadingId(world.id()),
        network: world.bodies[body].id,
        organisation: world.orgs[org].id,
        phase,
        source: ReadingSource::Assessed,
    };
    world.order_on(by, Effective::day(asked), command)?;
    Ok(())
}
