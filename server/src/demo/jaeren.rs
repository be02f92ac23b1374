//! Jæren: seven leader networks composed by type and size of school, a central group with somebody from each, host
//! rotation, start meetings and ordinary meetings by the two templates; from 2021 on. Units and people are invented.

use super::people;
use super::register::{Entry, Founded, assessment, enter, found, head_label, midweek, own_reading};
use super::world::{Body, Course, Done, Manner, Sitting, World, day, working};
use chrono::{NaiveDate, TimeDelta};
use domain::actor::Actor;
use domain::ids::{PersonId, SeatId};
use domain::network::command::NetworkCommand;
use domain::network::event::{NetworkKind, NetworkRole, Relation, Vote};
use domain::organisation::event::{OrganisationKind, SchoolType};
use domain::person::WorkRole;
use domain::region::RegionCommand;
use domain::time::Effective;

/// Name, type of school, pupils from and to.
const NETWORKS: [(&str, SchoolType, i64, i64); 7] = [
    (
        "Leiarnettverk for små barneskular",
        SchoolType::Primary,
        40,
        119,
    ),
    (
        "Leiarnettverk for mellomstore barneskular",
        SchoolType::Primary,
        120,
        249,
    ),
    (
        "Leiarnettverk for store barneskular",
        SchoolType::Primary,
        250,
        480,
    ),
    (
        "Leiarnettverk for små 1–10-skular",
        SchoolType::Combined,
        60,
        179,
    ),
    (
        "Leiarnettverk for store 1–10-skular",
        SchoolType::Combined,
        180,
        460,
    ),
    (
        "Leiarnettverk for ungdomsskular i bygdene",
        SchoolType::LowerSecondary,
        90,
        219,
    ),
    (
        "Leiarnettverk for store ungdomsskular",
        SchoolType::LowerSecondary,
        220,
        560,
    ),
];

const IN_EACH: usize = 6;
const OWNERS: [&str; 4] = [
    "Klepp kommune",
    "Time kommune",
    "Hå kommune",
    "Gjesdal kommune",
];
const OFFICE: usize = 0;
const OWNER: usize = 1;
const SCHOOL: usize = OWNER + OWNERS.len();
const CENTRAL: usize = 7;

fn successions(org: usize) -> Vec<NaiveDate> {
    if org < SCHOOL {
        return Vec::new();
    }
    let id = people::named(super::Region::Jaeren, &format!("succession/{org}"));
    let [.., a] = *id.as_bytes();
    if a % 5 < 3 {
        vec![day(2022 + i32::from(a % 4), 8, 1)]
    } else {
        Vec::new()
    }
}

fn last_head(org: usize) -> PersonId {
    PersonId(people::named(
        super::Region::Jaeren,
        &head_label(org, successions(org).len()),
    ))
}

/// The leader of the first network, and so on: see [`super::cast`].
pub fn cast() -> [PersonId; 6] {
    [
        last_head(SCHOOL),
        last_head(SCHOOL + IN_EACH + 1),
        PersonId(people::named(super::Region::Jaeren, "resource/0")),
        last_head(SCHOOL + 3),
        last_head(OWNER),
        PersonId(people::named(super::Region::Jaeren, "administrator")),
    ]
}

/// Puts everything that begins by itself into the calendar.
pub fn begin(world: &mut World) -> Done {
    let opened = world.moment(day(2021, 6, 7), 8, 30);
    world.at(opened, register);
    let founded = world.moment(day(2021, 6, 14), 9, 0);
    world.at(founded, |world| {
        networks(world)?;
        readings(world);
        for org in SCHOOL..world.orgs.len() {
            for (n, since) in successions(org).into_iter().enumerate() {
                let days = world.between(4, 30);
                let entered = world.office_hours(since + TimeDelta::days(days));
                world.at(entered, move |world| {
                    world.succeeds(org, since, Some(&head_label(org, n + 1)))
                });
            }
        }
        Ok(())
    });
    Ok(())
}

fn register(world: &mut World) -> Done {
    let office = Entry::plain(
        OrganisationKind::Other,
        "Kontoret for Jærskulen",
        WorkRole::DevelopmentAdviser,
    );
    enter(world, Actor::Operator, &office)?;
    let administrator = world.administrator;
    world.order(
        Actor::Operator,
        RegionCommand::NameAdministrator {
            person: administrator,
        },
    )?;
    let by = Actor::Person(administrator);
    for name in OWNERS {
        enter(
            world,
            by,
            &Entry::plain(
                OrganisationKind::Municipality,
                name,
                WorkRole::EducationOfficer,
            ),
        )?;
    }
    for (network, (_, school_type, low, high)) in NETWORKS.into_iter().enumerate() {
        for n in 0..IN_EACH {
            let pupils = world.between(low, high);
            let word = if school_type == SchoolType::LowerSecondary {
                "ungdomsskule"
            } else {
                "skule"
            };
            let name = format!("{} {word}", people::place(130 + network * IN_EACH + n));
            let entry = Entry {
                kind: OrganisationKind::School,
                name: &name,
                parent: Some(OWNER + (network + n) % OWNERS.len()),
                school_type: Some(school_type),
                pupils: u32::try_from(pupils).ok(),
                role: WorkRole::Principal,
            };
            enter(world, by, &entry)?;
        }
    }
    for org in SCHOOL..world.orgs.len() {
        let implementation = world.between(6, 40);
        let institutionalisation = implementation + world.between(24, 60);
        let mood = world.between(-6, 6);
        world.orgs[org].course = Course {
            implementation,
            institutionalisation,
            relapse: None,
            mood,
        };
    }
    Ok(())
}

fn networks(world: &mut World) -> Done {
    let by = world.administrator;
    let today = Effective::day(world.today());
    let central = found(
        world,
        &Founded {
            name: "Sentral arbeidsgruppe",
            kind: NetworkKind::CoordinationGroup,
            purpose: "Legg felles tema for nettverka, held kalenderen og har ein fast deltakar i kvart av dei sju.",
            since: today,
            parent: None,
        },
    )?;
    for (network, (name, _, _, _)) in NETWORKS.into_iter().enumerate() {
        let id = found(
            world,
            &Founded {
                name,
                kind: NetworkKind::LeaderNetwork,
                purpose: "Skular av same slag og storleik møtest for å læra av praksisen til kvarandre.",
                since: today,
                parent: Some((central, Relation::Sub)),
            },
        )?;
        world
            .bodies
            .push(Body::new(id, Manner::Leaders, Sitting::Head));
        let first = SCHOOL + network * IN_EACH;
        let orgs: Vec<usize> = (first..first + IN_EACH).collect();
        world.seat(by, network, &orgs, Vote::NonVoting, None)?;
        world.role(by, network, NetworkRole::Leader, first + network % 3, None)?;
        world.role(
            by,
            network,
            NetworkRole::Deputy,
            first + network % 3 + 1,
            None,
        )?;
        second_leaders(world, network, &orgs)?;
        let shift = TimeDelta::days(i64::try_from(network).unwrap_or(0));
        world.bodies[network].start_meeting = true;
        world.bodies[network].dates = dates(network);
        world.begin_meeting(network);
        for (version, year) in [(1, 2023), (2, 2025)] {
            let when = world.office_hours(day(year, 8, 21) + shift);
            world.at(when, move |world| {
                world.charter(network, version, world.runs(network))
            });
        }
        let when = world.office_hours(day(2023, 9, 4) + shift);
        world.at(when, move |world| world.elect(network));
        let when = world.office_hours(day(2025, 9, 15) + shift);
        world.at(when, move |world| {
            world.role(
                world.administrator,
                network,
                NetworkRole::Leader,
                first,
                None,
            )?;
            world.role(
                world.administrator,
                network,
                NetworkRole::Deputy,
                first + 1,
                None,
            )
        });
    }
    let group = Manner::Cases { votes: 0 };
    world.bodies.push(Body::new(central, group, Sitting::Head));
    let members: Vec<usize> = (0..NETWORKS.len())
        .map(|network| SCHOOL + network * IN_EACH + 3)
        .collect();
    world.seat(by, CENTRAL, &members, Vote::NonVoting, None)?;
    world.seat(by, CENTRAL, &[OFFICE, OWNER], Vote::NonVoting, None)?;
    world.role(by, CENTRAL, NetworkRole::Leader, SCHOOL + 3, None)?;
    world.role(by, CENTRAL, NetworkRole::Deputy, OFFICE, None)?;
    world.role(by, CENTRAL, NetworkRole::MinuteTaker, OWNER, None)?;
    world.charter(CENTRAL, 0, world.runs(CENTRAL))?;
    let mut meetings = Vec::new();
    for year in 2021..=2027 {
        for (month, on) in [(2, 3), (6, 2), (10, 20), (12, 9)] {
            let on = midweek(day(year, month, on));
            if on > day(2021, 9, 1) && on < day(2027, 4, 1) {
                meetings.push(on);
            }
        }
    }
    world.bodies[CENTRAL].dates = meetings;
    world.begin_meeting(CENTRAL);
    // Whoever leads the central group stays when the principal's post changes hands.
    let when = world.office_hours(day(2025, 9, 24));
    world.at(when, move |world| {
        world.role(
            world.administrator,
            CENTRAL,
            NetworkRole::Leader,
            SCHOOL + 3,
            None,
        )
    });
    Ok(())
}

/// A large school has one leader more as a permanent member, without a second vote; one school has a resource teacher.
fn second_leaders(world: &mut World, network: usize, orgs: &[usize]) -> Done {
    let by = world.administrator;
    for &org in orgs {
        let large = world.orgs[org].pupils.is_some_and(|pupils| pupils >= 240);
        let teacher = org == SCHOOL + 2;
        if !large && !teacher {
            continue;
        }
        let label = teacher.then_some("resource/0");
        let person = world.person(by, label)?;
        let role = if teacher {
            WorkRole::ResourceTeacher
        } else {
            WorkRole::DepartmentHead
        };
        world.joins(by, person, org, role, Effective::month(2020, 8))?;
        let command = NetworkCommand::CreateSeat {
            network: world.bodies[network].id,
            seat: SeatId(world.id()),
            organisation: world.orgs[org].id,
            vote: Vote::NonVoting,
            person: Some(person),
        };
        world.order(by, command)?;
    }
    Ok(())
}

fn dates(network: usize) -> Vec<NaiveDate> {
    let shift = TimeDelta::days(i64::try_from(network).unwrap_or(0));
    let mut dates = Vec::new();
    for year in 2021..=2026 {
        for (month, on) in [(1, 18), (3, 9), (5, 4), (9, 14), (11, 24)] {
            let on = midweek(day(year, month, on) + shift);
            // The last network skips the dark months of its last autumn.
            let skipped = network == NETWORKS.len() - 1 && on > day(2026, 10, 1);
            if on > day(2021, 8, 20) && !skipped {
                dates.push(on);
            }
        }
    }
    dates.push(midweek(day(2027, 1, 19) + shift));
    dates.push(midweek(day(2027, 3, 9) + shift));
    dates
}

fn readings(world: &mut World) {
    for year in 2021..=2026 {
        for month in [5, 11] {
            if year == 2021 && month == 5 || year == 2026 && month == 11 {
                continue;
            }
            let months = i64::from(year - 2021) * 12 + i64::from(month) - 6;
            for org in SCHOOL..world.orgs.len() {
                let body = (org - SCHOOL) / IN_EACH;
                let days = world.between(0, 13);
                let asked = day(year, month, 2) + TimeDelta::days(days);
                if world.chance(90) {
                    let when = world.office_hours(asked);
                    world.at(when, move |world| {
                        own_reading(world, body, org, months, working(asked))
                    });
                }
                if month == 11 && world.chance(70) {
                    let when = world.office_hours(asked + TimeDelta::days(21));
                    world.at(when, move |world| {
                        let by = world.runs(body);
                        assessment(world, body, by, org, months, asked)
                    });
                }
            }
        }
    }
}
