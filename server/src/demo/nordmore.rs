//! Nordmøre: eight municipalities, forty-five schools, eighty kindergartens, seven bodies and a leader network in each
//! municipality, from 2016 on; what was before is entered afterwards. Unit names and people are invented.

use super::people;
use super::register::{
    Entry, Founded, assessment, enter, found, head_label, midweek, own_network_reading, own_reading,
};
use super::world::{Body, Course, Done, Manner, Sitting, World, day, working};
use chrono::{NaiveDate, TimeDelta};
use domain::actor::Actor;
use domain::command::Command;
use domain::correction::Instead;
use domain::event::Event;
use domain::ids::{NetworkId, PersonId};
use domain::meeting::event::MeetingEvent;
use domain::network::command::NetworkCommand;
use domain::network::event::{NetworkEvent, NetworkKind, NetworkRole, Relation, Vote};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{OrganisationEvent, OrganisationKind, Phase, SchoolType};
use domain::person::WorkRole;
use domain::recorded::Recorded;
use domain::region::RegionCommand;
use domain::text::Name;
use domain::time::Effective;

/// Municipality, schools, kindergartens: 45 and 80 in all.
const MUNICIPALITIES: [(&str, usize, usize); 8] = [
    ("Kristiansund", 10, 20),
    ("Averøy", 6, 10),
    ("Gjemnes", 4, 7),
    ("Tingvoll", 4, 7),
    ("Sunndal", 6, 12),
    ("Surnadal", 6, 11),
    ("Smøla", 4, 6),
    ("Aure", 5, 7),
];

/// The secretariat comes first; the municipalities, the partners, the schools and kindergartens follow.
const SECRETARIAT: usize = 0;
const MUNICIPALITY: usize = 1;
const PPT: usize = 9;
const PPT_INNER: usize = 10;
const ICT: usize = 11;
const UNION_TEACHERS: usize = 12;
const UNION_WORKERS: usize = 13;
const COUNTY: usize = 14;
const UNIVERSITY: usize = 15;
const KS: usize = 16;
const CENTRE_WRITING: usize = 17;
const CENTRE_ENVIRONMENT: usize = 18;
const SCHOOL: usize = 19;
const SCHOOLS: usize = 45;
const KINDERGARTEN: usize = SCHOOL + SCHOOLS;

/// Bodies in the order in which they are entered.
const STG: usize = 0;
const KOG: usize = 1;
const FAG: usize = 2;
const EVA: usize = 3;
const PRO: usize = 4;
const OPV: usize = 5;
const LEADERS: usize = 6;

/// The days on which somebody new came to speak for an organisation.
fn successions(org: usize) -> Vec<NaiveDate> {
    if org < SCHOOL && !(MUNICIPALITY..PPT).contains(&org) {
        return Vec::new();
    }
    let id = people::named(super::Region::Nordmore, &format!("succession/{org}"));
    let [.., a, b] = *id.as_bytes();
    let kindergarten = org >= KINDERGARTEN;
    let mut days = Vec::new();
    if a % 4 != 0 && !(kindergarten && a % 3 == 0) {
        days.push(day(
            2017 + i32::from(a % 3),
            if b % 5 == 0 { 1 } else { 8 },
            1,
        ));
    }
    if b % 3 != 0 && !kindergarten {
        days.push(day(2021 + i32::from(b % 4), 8, 1));
    }
    days
}

/// Who speaks for an organisation at the end.
fn last_head(org: usize) -> PersonId {
    let label = head_label(org, successions(org).len());
    PersonId(people::named(super::Region::Nordmore, &label))
}

fn first_school(municipality: usize) -> usize {
    SCHOOL
        + MUNICIPALITIES[..municipality]
            .iter()
            .map(|(_, schools, _)| schools)
            .sum::<usize>()
}

/// The leader of the leader network of Surnadal, and so on: see [`super::cast`].
pub fn cast() -> [PersonId; 6] {
    let resource = format!("resource/{}", first_school(4));
    [
        last_head(first_school(5)),
        last_head(first_school(4) + 1),
        PersonId(people::named(super::Region::Nordmore, &resource)),
        last_head(PPT),
        last_head(MUNICIPALITY + 5),
        PersonId(people::named(super::Region::Nordmore, "administrator")),
    ]
}

/// Puts everything that begins by itself into the calendar.
pub fn begin(world: &mut World, further: u32) -> Done {
    let opened = world.moment(day(2016, 1, 4), 8, 15);
    world.at(opened, register);
    let entered = world.moment(day(2016, 1, 6), 9, 0);
    world.at(entered, history);
    let networks = world.moment(day(2016, 1, 12), 9, 30);
    world.at(networks, move |world| {
        leader_networks(world)?;
        later(world);
        readings(world);
        corrections(world);
        for n in 0..further {
            let when = world.office_hours(day(2016, 2, 1) + TimeDelta::days(i64::from(n % 180)));
            world.at(when, move |world| further_network(world, n));
        }
        Ok(())
    });
    Ok(())
}

fn register(world: &mut World) -> Done {
    let secretariat = Entry::plain(
        OrganisationKind::Other,
        "Utviklingssekretariatet for Nordmøre",
        WorkRole::DevelopmentAdviser,
    );
    enter(world, Actor::Operator, &secretariat)?;
    let administrator = world.administrator;
    world.order(
        Actor::Operator,
        RegionCommand::NameAdministrator {
            person: administrator,
        },
    )?;
    let by = Actor::Person(administrator);
    for (name, _, _) in MUNICIPALITIES {
        let name = format!("{name} kommune");
        enter(
            world,
            by,
            &Entry::plain(
                OrganisationKind::Municipality,
                &name,
                WorkRole::EducationOfficer,
            ),
        )?;
    }
    let partners = [
        (
            OrganisationKind::Ppt,
            "PPT Ytre Nordmøre",
            WorkRole::PptLeader,
        ),
        (
            OrganisationKind::Ppt,
            "PPT Indre Nordmøre",
            WorkRole::PptLeader,
        ),
        (OrganisationKind::Other, "IKT ORKidé", WorkRole::Adviser),
        (
            OrganisationKind::Union,
            "Utdanningsforbundet på Nordmøre",
            WorkRole::ChiefShopSteward,
        ),
        (
            OrganisationKind::Union,
            "Fagforbundet på Nordmøre",
            WorkRole::ChiefShopSteward,
        ),
        (
            OrganisationKind::CountyGovernor,
            "Statsforvalteren",
            WorkRole::Adviser,
        ),
        (
            OrganisationKind::University,
            "Universitetspartneren",
            WorkRole::Researcher,
        ),
        (OrganisationKind::Ks, "KS", WorkRole::Adviser),
        (OrganisationKind::Other, "Skrivesenteret", WorkRole::Adviser),
        (
            OrganisationKind::Other,
            "Læringsmiljøsenteret",
            WorkRole::Adviser,
        ),
    ];
    for (kind, name, role) in partners {
        enter(world, by, &Entry::plain(kind, name, role))?;
    }
    let mut place = 0;
    for (municipality, (_, schools, _)) in MUNICIPALITIES.iter().enumerate() {
        for n in 0..*schools {
            let (school_type, word, pupils) = match n % 4 {
                1 => (
                    SchoolType::LowerSecondary,
                    "ungdomsskole",
                    world.between(110, 380),
                ),
                2 => (
                    SchoolType::Combined,
                    "oppvekstsenter",
                    world.between(45, 190),
                ),
                _ => (SchoolType::Primary, "skole", world.between(60, 340)),
            };
            let name = format!("{} {word}", people::place(place));
            place += 1;
            let entry = Entry {
                kind: OrganisationKind::School,
                name: &name,
                parent: Some(MUNICIPALITY + municipality),
                school_type: Some(school_type),
                pupils: u32::try_from(pupils).ok(),
                role: WorkRole::Principal,
            };
            enter(world, by, &entry)?;
        }
    }
    for (municipality, (_, _, kindergartens)) in MUNICIPALITIES.iter().enumerate() {
        for _ in 0..*kindergartens {
            let name = format!("{} barnehage", people::place(place));
            place += 1;
            let children = world.between(18, 110);
            let entry = Entry {
                kind: OrganisationKind::Kindergarten,
                name: &name,
                parent: Some(MUNICIPALITY + municipality),
                school_type: None,
                pupils: u32::try_from(children).ok(),
                role: WorkRole::KindergartenHead,
            };
            enter(world, by, &entry)?;
        }
    }
    for org in SCHOOL..world.orgs.len() {
        let implementation = world.between(9, 50);
        let institutionalisation = implementation + world.between(18, 66);
        let relapse = world
            .chance(18)
            .then(|| world.between(30, 60))
            .map(|from| (from, from + 12));
        let mood = world.between(-6, 6);
        world.orgs[org].course = Course {
            implementation,
            institutionalisation,
            relapse,
            mood,
        };
    }
    Ok(())
}

fn month(year: i32, month: u32) -> Effective {
    Effective::month(year, month).expect("a month of the calendar")
}

/// What was before 2016, entered in January 2016 as exactly as people remember.
fn history(world: &mut World) -> Done {
    let by = world.administrator;
    let year = |year| Effective::year(year).expect("a year of the calendar");
    let directors = found(
        world,
        &Founded {
            name: "Skolesjefforumet på Nordmøre",
            kind: NetworkKind::ProfessionalNetwork,
            purpose: "Skolesjefene møtes for å samarbeide om det ingen kommune klarer alene.",
            since: year(2001),
            parent: None,
        },
    )?;
    let steering = found(
        world,
        &Founded {
            name: "Styringsgruppa for skoleutvikling",
            kind: NetworkKind::SteeringGroup,
            purpose: "Kommunene styrer det felles utviklingsarbeidet sammen, med én stemme hver.",
            since: month(2004, 9),
            parent: None,
        },
    )?;
    let principals = found(
        world,
        &Founded {
            name: "Rektorkollegiet på Nordmøre",
            kind: NetworkKind::LeaderNetwork,
            purpose: "Rektorer på tvers av kommunene deler erfaringer fra egen skole.",
            since: year(2003),
            parent: Some((directors, Relation::Side)),
        },
    )?;
    let reading = found(
        world,
        &Founded {
            name: "Lesenettverket",
            kind: NetworkKind::ProcessNetwork,
            purpose: "Skolene arbeider sammen om den andre leseopplæringen.",
            since: month(2006, 1),
            parent: Some((directors, Relation::Sub)),
        },
    )?;
    let rename =
        |name: &str| Name::parse(name).expect("the demo's names are neither empty nor too long");
    world.order_on(
        by,
        month(2009, 1),
        NetworkCommand::Rename {
            network: directors,
            called: rename("FAG-nettverket"),
        },
    )?;
    world.order_on(
        by,
        month(2012, 8),
        NetworkCommand::Rename {
            network: steering,
            called: rename("Styringsgruppen (STG)"),
        },
    )?;
    world.order_on(
        by,
        month(2012, 8),
        NetworkCommand::Relate {
            network: directors,
            to: steering,
            relation: Relation::Sub,
        },
    )?;
    let coordination = found(
        world,
        &Founded {
            name: "Koordineringsgruppen (KOG)",
            kind: NetworkKind::CoordinationGroup,
            purpose: "Planlegger og gjennomfører fellesaktiviteter, og holder kontakten med universitet, KS og Statsforvalteren.",
            since: month(2009, 9),
            parent: Some((steering, Relation::Sub)),
        },
    )?;
    let evaluation = found(
        world,
        &Founded {
            name: "Evalueringsnettverket (EVA)",
            kind: NetworkKind::EvaluationNetwork,
            purpose: "Evaluerer prosesser og felles tiltak jevnlig og legger fram det som er funnet.",
            since: month(2012, 10),
            parent: Some((directors, Relation::Sub)),
        },
    )?;
    let process = found(
        world,
        &Founded {
            name: "Prosessnettverket (PRO)",
            kind: NetworkKind::ProcessNetwork,
            purpose: "Planlegger og leder prosesser i kommunene, på regionale samlinger og i de andre nettverkene.",
            since: month(2013, 2),
            parent: Some((directors, Relation::Sub)),
        },
    )?;
    let upbringing = found(
        world,
        &Founded {
            name: "Oppvekstnettverket (OPV)",
            kind: NetworkKind::UpbringingNetwork,
            purpose: "Alle ledere og ressurspersoner i barnehager og skoler møtes med PPT, foreldre, elever og politikere.",
            since: month(2011, 4),
            parent: Some((coordination, Relation::Side)),
        },
    )?;
    let merged = world.say("Rektorene gikk inn i Oppvekstnettverket sammen med barnehagene.");
    world.order_on(
        by,
        month(2012, 6),
        NetworkCommand::Merge {
            network: principals,
            into: upbringing,
            reason: merged,
        },
    )?;
    let ended = world.say(
        "Lesearbeidet er blitt en del av hverdagen på skolene; nettverket har gjort jobben sin.",
    );
    world.order_on(
        by,
        month(2014, 6),
        NetworkCommand::End {
            network: reading,
            reason: ended,
        },
    )?;

    let votes = |votes| Manner::Cases { votes };
    for (id, manner) in [
        (steering, votes(8)),
        (coordination, votes(0)),
        (directors, votes(0)),
        (evaluation, votes(0)),
        (process, votes(0)),
        (upbringing, Manner::Gathering),
    ] {
        world.bodies.push(Body::new(id, manner, Sitting::Head));
    }
    seats_of_bodies(world)
}

fn seats_of_bodies(world: &mut World) -> Done {
    let by = world.administrator;
    let municipalities: Vec<usize> = (MUNICIPALITY..PPT).collect();
    let without = Vote::NonVoting;
    world.seat(by, STG, &municipalities, Vote::Voting, Some(month(2015, 8)))?;
    let partners = [PPT, UNION_TEACHERS, UNION_WORKERS, ICT, SECRETARIAT];
    world.seat(by, STG, &partners, without, Some(month(2015, 8)))?;
    world.seat(
        by,
        KOG,
        &[
            SECRETARIAT,
            MUNICIPALITY + 4,
            MUNICIPALITY + 5,
            MUNICIPALITY,
            UNIVERSITY,
            COUNTY,
            KS,
        ],
        without,
        Some(month(2014, 1)),
    )?;
    world.seat(by, FAG, &municipalities, without, Some(month(2015, 8)))?;
    world.seat(
        by,
        FAG,
        &[PPT, PPT_INNER, UNION_TEACHERS, UNION_WORKERS],
        without,
        Some(month(2015, 8)),
    )?;
    world.seat(
        by,
        EVA,
        &[
            PPT,
            UNIVERSITY,
            MUNICIPALITY + 1,
            MUNICIPALITY + 7,
            UNION_TEACHERS,
            SECRETARIAT,
        ],
        without,
        Some(month(2014, 10)),
    )?;
    let process = [
        SECRETARIAT,
        MUNICIPALITY + 2,
        MUNICIPALITY + 6,
        first_school(0),
        first_school(3),
        KINDERGARTEN + 4,
    ];
    world.seat(by, PRO, &process, without, Some(month(2015, 1)))?;
    let mut units: Vec<usize> = vec![SECRETARIAT, PPT, PPT_INNER];
    units.extend(SCHOOL..world.orgs.len());
    world.seat(by, OPV, &units, without, Some(month(2015, 8)))?;
    for (body, leader, deputy, minutes) in [
        (STG, MUNICIPALITY + 4, MUNICIPALITY + 1, SECRETARIAT),
        (KOG, MUNICIPALITY + 5, MUNICIPALITY, SECRETARIAT),
        (FAG, MUNICIPALITY, MUNICIPALITY + 3, PPT_INNER),
        (EVA, PPT, UNIVERSITY, UNION_TEACHERS),
        (PRO, SECRETARIAT, MUNICIPALITY + 2, first_school(0)),
        (OPV, SECRETARIAT, PPT, PPT_INNER),
    ] {
        let since = Some(Effective::day(day(2016, 1, 1)));
        world.role(by, body, NetworkRole::Leader, leader, since)?;
        world.role(by, body, NetworkRole::Deputy, deputy, since)?;
        world.role(by, body, NetworkRole::MinuteTaker, minutes, since)?;
    }
    for body in [STG, KOG, FAG, EVA, PRO, OPV] {
        let signed = world
            .office_hours(day(2016, 1, 18) + TimeDelta::days(3 * i64::try_from(body).unwrap_or(0)));
        world.at(signed, move |world| {
            world.charter(body, 0, world.runs(body))
        });
        for (version, year) in [(1, 2019), (2, 2022), (3, 2025)] {
            let days = i64::try_from(body * 9).unwrap_or(0);
            let when = world.office_hours(day(year, 2, 4) + TimeDelta::days(days));
            world.at(when, move |world| {
                world.charter(body, version, world.runs(body))
            });
        }
    }
    for (body, months) in [
        (STG, &[(2, 9), (5, 24), (10, 18)][..]),
        (KOG, &[(1, 27), (3, 30), (8, 24), (11, 8)]),
        (FAG, &[(2, 23), (4, 26), (9, 7), (11, 22)]),
        (EVA, &[(3, 8), (10, 4)]),
        (PRO, &[(1, 20), (4, 12), (9, 27)]),
    ] {
        let mut dates = Vec::new();
        for year in 2016..=2027 {
            for (n, (month, on)) in months.iter().enumerate() {
                let thin = year > 2023 && n % 2 == 1 && !(body == FAG && year == 2026);
                let on = day(year, *month, *on);
                if !thin && on >= day(2016, 2, 15) && on < day(2027, 4, 1) {
                    dates.push(midweek(on));
                }
            }
        }
        world.bodies[body].dates = dates;
        world.begin_meeting(body);
    }
    // The gathering of 2017, where the region was shown to the OECD, was first entered with a wrong day.
    let gatherings = (2016..=2027).map(|year| {
        if year == 2017 {
            day(2017, 5, 11)
        } else {
            midweek(day(year, 5, 19))
        }
    });
    world.bodies[OPV].dates = gatherings.collect();
    world.begin_meeting(OPV);
    Ok(())
}

fn leader_networks(world: &mut World) -> Done {
    let by = world.administrator;
    let parent = world.bodies[OPV].id;
    for (municipality, (name, schools, _)) in MUNICIPALITIES.iter().enumerate() {
        let name = format!("Rektornettverk {name}");
        let purpose = format!(
            "Rektorene i kommunen lærer av hverandres praksis og holder hverandre i det de har lovet. {} skoler.",
            schools
        );
        let id = found(
            world,
            &Founded {
                name: &name,
                kind: NetworkKind::LeaderNetwork,
                purpose: &purpose,
                since: Effective::day(day(2016, 1, 11)),
                parent: Some((parent, Relation::Sub)),
            },
        )?;
        let body = LEADERS + municipality;
        world
            .bodies
            .push(Body::new(id, Manner::Leaders, Sitting::Head));
        let first = first_school(municipality);
        let orgs: Vec<usize> = (first..first + schools).collect();
        world.seat(by, body, &orgs, Vote::NonVoting, None)?;
        let since = None;
        world.role(by, body, NetworkRole::Leader, first + 1, since)?;
        world.role(by, body, NetworkRole::Deputy, first + 2, since)?;
        world.role(by, body, NetworkRole::MinuteTaker, first, since)?;
        world.bodies[body].start_meeting = true;
        world.bodies[body].dates = leader_dates(municipality);
        world.begin_meeting(body);
        for (version, year) in [(1, 2018), (2, 2020), (3, 2022), (4, 2024)] {
            let when = world.office_hours(
                day(year, 1, 9) + TimeDelta::days(4 * i64::try_from(municipality).unwrap_or(0)),
            );
            world.at(when, move |world| {
                world.charter(body, version, world.runs(body))
            });
        }
        for year in [2018, 2020, 2022, 2024] {
            let when = world.office_hours(
                day(year, 10, 2) + TimeDelta::days(i64::try_from(municipality).unwrap_or(0)),
            );
            world.at(when, move |world| world.elect(body));
        }
        let when = world.office_hours(
            day(2025, 9, 2) + TimeDelta::days(i64::try_from(municipality).unwrap_or(0)),
        );
        world.at(when, move |world| {
            world.role(world.administrator, body, NetworkRole::Leader, first, None)?;
            world.role(
                world.administrator,
                body,
                NetworkRole::Deputy,
                first + 1,
                None,
            )?;
            world.role(
                world.administrator,
                body,
                NetworkRole::MinuteTaker,
                first + 2,
                None,
            )
        });
    }
    Ok(())
}

fn leader_dates(municipality: usize) -> Vec<NaiveDate> {
    let shift = TimeDelta::days(2 * i64::try_from(municipality).unwrap_or(0));
    let mut dates = Vec::new();
    for year in 2016..=2023 {
        let months: &[(u32, u32)] = if year == 2016 {
            &[(2, 16), (4, 5), (5, 31), (9, 6), (10, 25)]
        } else {
            &[(1, 17), (3, 1), (4, 19), (6, 1), (9, 6), (10, 25)]
        };
        dates.extend(
            months
                .iter()
                .map(|(month, on)| midweek(day(year, *month, *on) + shift)),
        );
    }
    for year in 2024..=2026 {
        for (month, on) in [(2, 8), (5, 2), (9, 24)] {
            dates.push(midweek(day(year, month, on) + shift));
        }
    }
    if municipality % 4 != 3 {
        dates.push(midweek(day(2026, 11, 24) + shift));
    }
    dates.push(midweek(day(2027, 1, 19) + shift));
    dates.push(midweek(day(2027, 3, 16) + shift));
    dates
}

/// What happens by its date: people come and go, a network for resource teachers begins, names change, bodies elect.
fn later(world: &mut World) {
    for org in 0..world.orgs.len() {
        for (n, since) in successions(org).into_iter().enumerate() {
            let weeks = world.between(3, 40);
            let entered = world.office_hours(since + TimeDelta::days(weeks));
            world.at(entered, move |world| {
                world.succeeds(org, since, Some(&head_label(org, n + 1)))
            });
        }
    }
    for body in [STG, KOG, FAG] {
        for year in [2018, 2020, 2022, 2024] {
            let when = world.office_hours(day(year, 3, 15));
            world.at(when, move |world| {
                // Only seats of municipalities lead.
                let by = world.administrator;
                let turn = world.below(8);
                let orgs: Vec<usize> = world.bodies[body]
                    .seats
                    .iter()
                    .map(|seat| seat.0)
                    .filter(|org| (MUNICIPALITY..PPT).contains(org))
                    .collect();
                world.role(by, body, NetworkRole::Leader, orgs[turn % orgs.len()], None)?;
                world.role(
                    by,
                    body,
                    NetworkRole::Deputy,
                    orgs[(turn + 1) % orgs.len()],
                    None,
                )
            });
        }
    }
    let proposed = world.moment(day(2018, 1, 16), 10, 20);
    world.at(proposed, resource_teachers);
    let renamed = world.moment(day(2019, 8, 19), 9, 5);
    world.at(renamed, |world| {
        for (org, name) in [
            (KINDERGARTEN + 7, "Regnbuen naturbarnehage"),
            (first_school(6) + 2, "Storsteinen oppvekstsenter"),
        ] {
            let called =
                Name::parse(name).expect("the demo's names are neither empty nor too long");
            let organisation = world.orgs[org].id;
            name.clone_into(&mut world.orgs[org].name);
            let since = Effective::day(day(2019, 8, 1));
            world.order_on(
                world.administrator,
                since,
                OrganisationCommand::Rename {
                    organisation,
                    called,
                },
            )?;
        }
        Ok(())
    });
}

fn resource_teachers(world: &mut World) -> Done {
    let network = NetworkId(people::named(world.region, "network/REN"));
    let by = world.runs(FAG);
    let purpose = world.say(
        "Ressurslærere for læringsmiljø og for språk møtes, sammen med Skrivesenteret, Læringsmiljøsenteret og PPT.",
    );
    let called = Name::parse("Ressurslærernettverket (REN)").expect("a name");
    let parent = Some((world.bodies[FAG].id, Relation::Side));
    world.order(
        by,
        NetworkCommand::Propose {
            network,
            called,
            kind: NetworkKind::ResourceTeacherNetwork,
            purpose,
            parent,
        },
    )?;
    let established = world.moment(day(2018, 2, 26), 12, 40);
    world.at(established, move |world| {
        let by = world.administrator;
        let network = NetworkId(people::named(world.region, "network/REN"));
        world.order(by, NetworkCommand::Establish { network })?;
        let body = world.bodies.len();
        let mut ren = Body::new(network, Manner::Cases { votes: 0 }, Sitting::Resource);
        for year in 2018..=2027 {
            let months: &[(u32, u32)] = if year > 2023 {
                &[(4, 17), (12, 3)]
            } else {
                &[(4, 17), (9, 18), (11, 27)]
            };
            ren.dates.extend(
                months
                    .iter()
                    .map(|(month, on)| midweek(day(year, *month, *on)))
                    .filter(|on| *on < day(2027, 5, 1)),
            );
        }
        world.bodies.push(ren);
        let schools: Vec<usize> = (SCHOOL..KINDERGARTEN)
            .filter(|org| org % 2 == 0 || *org == first_school(4))
            .collect();
        for &org in &schools {
            let person = world.person(by, Some(&format!("resource/{org}")))?;
            world.joins(
                by,
                person,
                org,
                WorkRole::ResourceTeacher,
                Some(Effective::day(day(2018, 1, 1))),
            )?;
            world.orgs[org].resource = Some(person);
        }
        world.seat(by, body, &schools, Vote::NonVoting, None)?;
        world.seat(
            by,
            body,
            &[CENTRE_WRITING, CENTRE_ENVIRONMENT, PPT],
            Vote::NonVoting,
            None,
        )?;
        world.role(by, body, NetworkRole::Leader, schools[3], None)?;
        world.role(by, body, NetworkRole::Deputy, schools[8], None)?;
        world.charter(body, 0, world.runs(body))?;
        for (version, year) in [(1, 2020), (2, 2022), (3, 2024)] {
            let when = world.office_hours(day(year, 2, 18));
            world.at(when, move |world| {
                world.charter(body, version, world.runs(body))
            });
        }
        world.begin_meeting(body);
        Ok(())
    });
    Ok(())
}

fn readings(world: &mut World) {
    for year in 2016..=2026 {
        for (month, half) in [(6, 0), (12, 1)] {
            if year > 2023 && half == 1 {
                continue;
            }
            let months = i64::from(year - 2016) * 12 + i64::from(month);
            for org in SCHOOL..world.orgs.len() {
                if year > 2023 && !world.chance(60) {
                    continue;
                }
                let days = world.between(0, 13);
                let asked = day(year, month, 1) + TimeDelta::days(days);
                if world.chance(92) {
                    let slack = if world.chance(9) {
                        world.between(18, 45)
                    } else {
                        0
                    };
                    let when = world.office_hours(asked + TimeDelta::days(slack));
                    world.at(when, move |world| {
                        own_reading(world, OPV, org, months, working(asked))
                    });
                }
                if half == 0 && org < KINDERGARTEN {
                    let days = world.between(0, 6);
                    let when = world.office_hours(asked + TimeDelta::days(days));
                    let body =
                        LEADERS + world.orgs[org].parent.unwrap_or(MUNICIPALITY) - MUNICIPALITY;
                    world.at(when, move |world| {
                        own_network_reading(world, body, org, months)
                    });
                }
                if half == 1 && world.chance(80) {
                    let days = world.between(16, 40);
                    let when = world.office_hours(asked + TimeDelta::days(days));
                    world.at(when, move |world| {
                        assessment(world, OPV, world.orgs[PPT].head, org, months, asked)
                    });
                }
            }
        }
    }
}

/// What turned out to be wrong later.
fn corrections(world: &mut World) {
    for (noticed, on, reason) in [
        (
            day(2019, 2, 12),
            day(2017, 5, 18),
            "Samlingen med OECD var uka etter; det står i programmet.",
        ),
        (
            day(2021, 9, 7),
            day(2017, 5, 19),
            "Programmet gjaldt dagen før; selve samlingen var 19. mai.",
        ),
    ] {
        let when = world.moment(noticed, 10, 35);
        world.at(when, move |world| gathering_was(world, on, reason));
    }
    let when = world.moment(day(2020, 11, 3), 13, 10);
    world.at(when, reading_of_another_network);
    for (year, org) in [
        (2018, 3),
        (2019, 11),
        (2020, 17),
        (2020, 60),
        (2021, 29),
        (2022, 41),
        (2022, 95),
        (2023, 6),
    ] {
        let when = world.office_hours(day(year, 2, 20));
        world.at(when, move |world| phase_was(world, SCHOOL + org));
    }
    for (year, municipality) in [(2018, 0), (2019, 4), (2022, 5), (2024, 1)] {
        let when = world.office_hours(day(year, 11, 16));
        world.at(when, move |world| {
            seat_was_filled_later(world, LEADERS + municipality)
        });
    }
}

fn correct(world: &mut World, of: &Recorded, by: PersonId, instead: Instead, reason: &str) -> Done {
    let (stream, of) = (of.stream, of.position);
    let reason = world.say(reason);
    world.order(
        by,
        Command::Correct {
            stream,
            of,
            instead,
            reason,
        },
    )?;
    Ok(())
}

/// The day of the 2017 gathering; the second time it is the first correction that is corrected.
fn gathering_was(world: &mut World, day: NaiveDate, reason: &str) -> Done {
    let Some((meeting, _)) = world.bodies[OPV].past.get(1) else {
        return Ok(());
    };
    let events = world.shadow.events(*meeting);
    let planned = events
        .iter()
        .find(|recorded| matches!(recorded.event, Event::Meeting(MeetingEvent::Planned { .. })));
    let corrected = events
        .iter()
        .rfind(|recorded| matches!(recorded.event, Event::Correction(_)));
    let Some(planned) = planned.cloned() else {
        return Ok(());
    };
    let target = corrected.cloned().unwrap_or_else(|| planned.clone());
    let mut event = planned.event.clone();
    if let Event::Meeting(MeetingEvent::Planned { on, .. }) = &mut event {
        *on = day;
    }
    let instead = Instead::Replacement {
        event: Box::new(event),
        effective: planned.effective,
    };
    correct(world, &target, world.runs(OPV), instead, reason)
}

fn last_phase(world: &World, org: usize) -> Option<Recorded> {
    let id = world.orgs[org].id;
    let upbringing = world.bodies[OPV].id;
    let read = |recorded: &&Recorded| match recorded.event {
        Event::Organisation(OrganisationEvent::PhaseReported(reading)) => {
            reading.network == upbringing
        }
        _ => false,
    };
    world.shadow.readings(id).filter(read).last().cloned()
}

fn reading_of_another_network(world: &mut World) -> Done {
    let org = first_school(5) + 2;
    let Some(reading) = last_phase(world, org) else {
        return Ok(());
    };
    let mut event = reading.event.clone();
    if let Event::Organisation(OrganisationEvent::PhaseReported(reading)) = &mut event {
        reading.network = world.bodies[LEADERS + 5].id;
    }
    let instead = Instead::Replacement {
        event: Box::new(event),
        effective: reading.effective,
    };
    let by = world.administrator;
    correct(
        world,
        &reading,
        by,
        instead,
        "Skolen svarte for arbeidet i rektornettverket, ikke for oppvekstnettverket.",
    )
}

fn phase_was(world: &mut World, org: usize) -> Done {
    let Some(reading) = last_phase(world, org) else {
        return Ok(());
    };
    let mut event = reading.event.clone();
    if let Event::Organisation(OrganisationEvent::PhaseReported(reading)) = &mut event {
        reading.phase = match reading.phase {
            Phase::Initiation | Phase::Institutionalisation => Phase::Implementation,
            Phase::Implementation => Phase::Initiation,
        };
    }
    let instead = Instead::Replacement {
        event: Box::new(event),
        effective: reading.effective,
    };
    let by = world.administrator;
    correct(
        world,
        &reading,
        by,
        instead,
        "Ført på feil fase; enheten har selv meldt fra.",
    )
}

fn seat_was_filled_later(world: &mut World, body: usize) -> Done {
    let network = world.bodies[body].id;
    let filled = world.shadow.events(network).iter().rfind(|recorded| {
        matches!(
            recorded.event,
            Event::Network(NetworkEvent::SeatFilled { .. })
        ) && recorded
            .effective
            .from()
            .is_some_and(|from| from > day(2016, 6, 1))
    });
    let Some(filled) = filled.cloned() else {
        return Ok(());
    };
    let Some(from) = filled.effective.from() else {
        return Ok(());
    };
    let later = Effective::day(from + TimeDelta::days(14));
    let instead = Instead::Replacement {
        event: Box::new(filled.event.clone()),
        effective: later,
    };
    let by = world.runs(body);
    correct(
        world,
        &filled,
        by,
        instead,
        "Rektor tiltrådte to uker senere enn først ført.",
    )
}

/// A further network of a subject, for a larger load: five schools that meet every sixth week.
fn further_network(world: &mut World, n: u32) -> Done {
    const SUBJECTS: [&str; 9] = [
        "norsk",
        "matematikk",
        "engelsk",
        "naturfag",
        "samfunnsfag",
        "kunst og håndverk",
        "kroppsøving",
        "musikk",
        "valgfag",
    ];
    let n = usize::try_from(n).unwrap_or(0);
    let name = format!(
        "Faggruppe {} {}",
        SUBJECTS[n % SUBJECTS.len()],
        n / SUBJECTS.len() + 1
    );
    let since = Effective::day(world.today());
    let parent = Some((world.bodies[FAG].id, Relation::Sub));
    let purpose = "Lærere og ledere fra fem skoler utvikler faget sammen.";
    let kind = NetworkKind::ProfessionalNetwork;
    let id = found(
        world,
        &Founded {
            name: &name,
            kind,
            purpose,
            since,
            parent,
        },
    )?;
    let body = world.bodies.len();
    world
        .bodies
        .push(Body::new(id, Manner::Leaders, Sitting::Head));
    let orgs: Vec<usize> = (0..5).map(|k| SCHOOL + (n * 7 + k * 9) % SCHOOLS).collect();
    world.seat(world.administrator, body, &orgs, Vote::NonVoting, None)?;
    world.role(
        world.administrator,
        body,
        NetworkRole::Leader,
        orgs[0],
        None,
    )?;
    world.role(
        world.administrator,
        body,
        NetworkRole::Deputy,
        orgs[1],
        None,
    )?;
    world.charter(body, 0, world.runs(body))?;
    let first = world.today() + TimeDelta::days(40);
    let dates = (0..).map(|k| midweek(first + TimeDelta::days(42 * k)));
    world.bodies[body].dates = dates.take_while(|on| *on < day(2027, 2, 1)).collect();
    world.begin_meeting(body);
    Ok(())
}
