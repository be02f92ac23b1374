use super::words::{Topic, Words};
use super::*;
use domain::commitment::event::{CommitmentEvent, Outcome};
use domain::correction::{CorrectionEvent, Instead};
use domain::event::Event;
use domain::history::{Live, timeline};
use domain::ids::{MeetingId, NetworkId, OrganisationId};
use domain::meeting::event::{ItemTitle, MeetingEvent, MeetingKind};
use domain::network::event::{NetworkEvent, NetworkKind, NetworkRole, Relation, Vote};
use domain::organisation::event::{OrganisationEvent, OrganisationKind, Phase, SchoolType};
use domain::recorded::Recorded;
use domain::rule::State;
use domain::testing::Log;
use domain::views::{View, commitments, document, meeting, network, organisation, region, river};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

struct Lived {
    steps: Vec<Step>,
    events: Vec<Recorded>,
}

/// A region lived through in a log that is not the generator's own: every step is decided a second time there.
fn lived(region: Region) -> &'static Lived {
    static LIVED: [OnceLock<Lived>; 2] = [OnceLock::new(), OnceLock::new()];
    LIVED[usize::from(region == Region::Jaeren)].get_or_init(|| {
        let mut log: Option<Log> = None;
        let mut steps = Vec::new();
        for (n, step) in region.steps(0).expect("set-up").enumerate() {
            let step = step.unwrap_or_else(|error| panic!("{error}"));
            let log = log.get_or_insert_with(|| Log::new(region.tenant(), step.now));
            log.move_to(step.now);
            let recorded = log
                .submit(step.actor, &step.submission)
                .unwrap_or_else(|rejection| {
                    panic!(
                        "step {} was refused: {} ({:?})",
                        n + 1,
                        rejection.code(),
                        step.submission.command
                    )
                });
            assert_eq!(recorded[0].position, step.first_position, "step {}", n + 1);
            steps.push(step);
        }
        Lived {
            steps,
            events: log.expect("a region has steps").events().to_vec(),
        }
    })
}

impl Lived {
    fn count(&self, counts: impl Fn(&Event) -> bool) -> usize {
        self.events
            .iter()
            .filter(|recorded| counts(&recorded.event))
            .count()
    }

    fn named(&self, name: &str) -> usize {
        self.count(|event| domain::wire::encode(event).0 == name)
    }

    fn fold<V: View>(&self, region: Region, key: uuid::Uuid, on: NaiveDate) -> V {
        let tenant = region.tenant();
        let mut about: Vec<Recorded> = self
            .events
            .iter()
            .filter(|r| domain::about::about(&r.event, tenant).contains(&key))
            .cloned()
            .collect();
        for (_, root) in document::chains(&about) {
            about.extend(
                self.events
                    .iter()
                    .filter(|r| document::in_chain(r, root))
                    .cloned(),
            );
        }
        about.sort_by_key(|recorded| recorded.position);
        about.dedup_by_key(|recorded| recorded.position);
        document::fold::<V>(key, tenant, &about, on, None).view
    }

    fn network(&self, called: &str) -> NetworkId {
        let named = |event: &Event| match event {
            Event::Network(NetworkEvent::Proposed {
                network,
                called: name,
                ..
            }) => (name.as_str() == called).then_some(*network),
            _ => None,
        };
        self.events
            .iter()
            .find_map(|r| named(&r.event))
            .expect("that network exists")
    }
}

fn organisations(lived: &Lived, of: OrganisationKind) -> usize {
    lived.count(|event| {
        matches!(event, Event::Organisation(OrganisationEvent::Registered { kind, .. }) if *kind == of)
    })
}

#[test]
fn nordmore_is_as_large_as_its_description() {
    let lived = lived(Region::Nordmore);
    assert_eq!(organisations(lived, OrganisationKind::Municipality), 8);
    assert_eq!(organisations(lived, OrganisationKind::School), 45);
    assert_eq!(organisations(lived, OrganisationKind::Kindergarten), 80);
    assert!(lived.named("meeting.closed.v1") >= 400);
    assert_eq!(
        lived.named("meeting.closed.v1"),
        lived.named("meeting.minutes_published.v1")
    );
    assert!(lived.named("commitment.made.v1") >= 2_500);
    assert!(lived.named("network.charter_adopted.v1") >= 60);
    assert_eq!(lived.named("network.merged.v1"), 1);
    assert_eq!(lived.named("network.ended.v1"), 1);
    assert_eq!(lived.named("network.renamed.v1"), 2);
    assert!(lived.events.len() + self::lived(Region::Jaeren).events.len() >= 20_000);
}

#[test]
fn what_was_promised_in_nordmore_has_outcomes() {
    let lived = lived(Region::Nordmore);
    let told: BTreeSet<uuid::Uuid> = lived
        .events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Commitment(CommitmentEvent::Reported { commitment, .. }) => Some(commitment.0),
            _ => None,
        })
        .collect();
    assert!(told.len() >= 2_500, "{} were told about", told.len());
    for wanted in [Outcome::Done, Outcome::Partly, Outcome::Not] {
        let so = lived.count(|event| {
            matches!(event, Event::Commitment(CommitmentEvent::Reported { outcome, .. }) if *outcome == wanted)
        });
        assert!(so >= 100, "{wanted:?}: {so}");
    }
    assert!(lived.named("commitment.declined.v1") >= 20);
    assert!(lived.named("commitment.carried_over.v1") >= 100);
}

#[test]
fn nordmore_has_the_seven_bodies_with_their_relations() {
    let lived = lived(Region::Nordmore);
    let body = |called| -> network::NetworkView {
        lived.fold(Region::Nordmore, lived.network(called).0, LAST_DAY)
    };
    // By the name each was proposed under.
    let steering = body("Styringsgruppa for skoleutvikling");
    let coordination = body("Koordineringsgruppen (KOG)");
    let professional = body("Skolesjefforumet på Nordmøre");
    let [evaluation, process] =
        ["Evalueringsnettverket (EVA)", "Prosessnettverket (PRO)"].map(body);
    let upbringing = body("Oppvekstnettverket (OPV)");
    let resource = body("Ressurslærernettverket (REN)");
    use NetworkKind as K;
    for (body, kind, hangs) in [
        (&steering, K::SteeringGroup, None),
        (
            &coordination,
            K::CoordinationGroup,
            Some((&steering, Relation::Sub)),
        ),
        (
            &professional,
            K::ProfessionalNetwork,
            Some((&steering, Relation::Sub)),
        ),
        (
            &evaluation,
            K::EvaluationNetwork,
            Some((&professional, Relation::Sub)),
        ),
        (
            &process,
            K::ProcessNetwork,
            Some((&professional, Relation::Sub)),
        ),
        (
            &upbringing,
            K::UpbringingNetwork,
            Some((&coordination, Relation::Side)),
        ),
        (
            &resource,
            K::ResourceTeacherNetwork,
            Some((&professional, Relation::Side)),
        ),
    ] {
        let called = body.called.as_ref();
        assert_eq!(body.kind, Some(kind), "{called:?}");
        let hangs = hangs.map(|(other, how)| (other.network.expect("is there"), how));
        let relations: Vec<_> = body.relations.iter().map(|(id, how)| (*id, *how)).collect();
        assert_eq!(relations, Vec::from_iter(hangs), "{called:?}");
        assert!(body.roles.contains_key(&NetworkRole::Leader), "{called:?}");
        assert!(body.held >= 10, "{called:?} met {} times", body.held);
    }
    let votes = |vote| {
        steering
            .seats
            .iter()
            .filter(|seat| seat.vote == vote)
            .count()
    };
    assert_eq!(votes(Vote::Voting), 8, "one for each municipality");
    assert!(votes(Vote::NonVoting) >= 4);
}

#[test]
fn the_years_of_nordmore_are_all_told_about() {
    let lived = lived(Region::Nordmore);
    let in_year = |year: i32, of: fn(&Event) -> bool| {
        lived
            .events
            .iter()
            .filter(|recorded| of(&recorded.event))
            .filter(|recorded| {
                recorded
                    .effective
                    .from()
                    .is_some_and(|day| chrono::Datelike::year(&day) == year)
            })
            .count()
    };
    for year in 2016..=2023 {
        let held = in_year(year, |event| {
            matches!(event, Event::Meeting(MeetingEvent::Closed { .. }))
        });
        assert!(held >= 30, "{held} meetings in {year}");
        let read = in_year(
            year,
            |event| matches!(event, Event::Organisation(event) if event.phase_reading().is_some()),
        );
        assert!(read >= 50, "{read} phases read in {year}");
    }
}

#[test]
fn jaeren_composes_its_leader_networks_by_type_and_size_of_school() {
    let lived = lived(Region::Jaeren);
    let mut schools = BTreeMap::new();
    for recorded in &lived.events {
        if let Event::Organisation(OrganisationEvent::Registered {
            organisation,
            school_type: Some(school_type),
            pupils: Some(pupils),
            ..
        }) = &recorded.event
        {
            schools.insert(*organisation, (*school_type, *pupils));
        }
    }
    let mut sizes: BTreeMap<SchoolType, Vec<(u32, u32)>> = BTreeMap::new();
    let region: region::RegionView =
        lived.fold(Region::Jaeren, Region::Jaeren.tenant().0, LAST_DAY);
    for id in region.networks.keys() {
        let network: network::NetworkView = lived.fold(Region::Jaeren, id.0, LAST_DAY);
        if network.kind != Some(NetworkKind::LeaderNetwork) {
            continue;
        }
        let members: Vec<_> = network
            .organisations()
            .into_iter()
            .filter_map(|organisation| schools.get(&organisation).copied())
            .collect();
        assert!(members.len() >= 5, "{:?}", network.called);
        let types: BTreeSet<_> = members
            .iter()
            .map(|(school_type, _)| *school_type)
            .collect();
        assert_eq!(types.len(), 1, "{:?} mixes types of school", network.called);
        let pupils = || members.iter().map(|(_, pupils)| *pupils);
        let (least, most) = (pupils().min().expect("one"), pupils().max().expect("one"));
        sizes.entry(members[0].0).or_default().push((least, most));
    }
    assert_eq!(sizes.values().map(Vec::len).sum::<usize>(), 7);
    for (school_type, mut sizes) in sizes {
        sizes.sort_unstable();
        assert!(
            sizes.windows(2).all(|two| two[0].1 < two[1].0),
            "{school_type:?}: sizes overlap: {sizes:?}"
        );
    }
}

#[test]
fn jaeren_meets_by_the_two_templates() {
    let lived = lived(Region::Jaeren);
    let planned = |kind: MeetingKind| {
        let mut by_network: BTreeMap<NetworkId, Vec<MeetingId>> = BTreeMap::new();
        for recorded in &lived.events {
            if let Event::Meeting(MeetingEvent::Planned {
                meeting,
                network,
                kind: of,
                ..
            }) = &recorded.event
                && *of == kind
            {
                by_network.entry(*network).or_default().push(*meeting);
            }
        }
        by_network
    };
    let rows = |meeting: MeetingId| {
        let mut rows = Vec::new();
        for recorded in &lived.events {
            if let Event::Meeting(MeetingEvent::ItemAdded {
                meeting: of,
                title: ItemTitle::Template(item),
                ..
            }) = &recorded.event
                && *of == meeting
            {
                rows.push(*item);
            }
        }
        rows
    };
    let (starts, ordinary) = (planned(MeetingKind::Start), planned(MeetingKind::Ordinary));
    assert_eq!(starts.len(), 7, "each leader network began with one");
    for (kind, network) in [
        (MeetingKind::Start, &starts),
        (MeetingKind::Ordinary, &ordinary),
    ] {
        let template: Vec<_> = domain::templates::items(kind)
            .iter()
            .map(|(item, ..)| *item)
            .collect();
        for meetings in network.values() {
            assert_eq!(rows(meetings[0]), template, "{kind:?}");
        }
    }
    for (network, meetings) in &ordinary {
        assert!(
            meetings.len() >= 15,
            "{network}: {} ordinary meetings",
            meetings.len()
        );
    }
}

#[test]
fn jaeren_has_seven_leader_networks_and_somebody_of_each_in_the_central_group() {
    let lived = lived(Region::Jaeren);
    let leaders = lived.count(|event| {
        matches!(
            event,
            Event::Network(NetworkEvent::Proposed {
                kind: NetworkKind::LeaderNetwork,
                ..
            })
        )
    });
    assert_eq!(leaders, 7);
    let central = lived.network("Sentral arbeidsgruppe");
    let central: network::NetworkView = lived.fold(Region::Jaeren, central.0, LAST_DAY);
    assert_eq!(central.related.len(), 7);
    let members: BTreeSet<OrganisationId> = central.organisations().into_iter().collect();
    for network in central.related.keys() {
        let one: network::NetworkView = lived.fold(Region::Jaeren, network.0, LAST_DAY);
        assert_eq!(
            one.organisations()
                .iter()
                .filter(|org| members.contains(org))
                .count(),
            1
        );
        assert_eq!(one.charter.len(), 9);
        assert!(one.charter_version >= 3);
        // Hosts take turns.
        let (least, most) = (one.hosted.values().min(), one.hosted.values().max());
        assert_eq!(one.hosted.len(), 6);
        assert!(most.unwrap_or(&0) - least.unwrap_or(&0) <= 1);
    }
}

#[test]
fn a_region_is_the_same_every_time() {
    for region in Region::ALL {
        let mut again = region.steps(0).expect("set-up");
        for (n, step) in lived(region).steps.iter().enumerate() {
            let other = again.next().expect("as many steps").expect("accepted");
            assert_eq!((other.now, other.actor), (step.now, step.actor), "step {n}");
            assert_eq!(other.submission, step.submission, "step {n}");
        }
        assert!(again.next().is_none());
    }
}

#[test]
fn time_never_goes_back_and_stops_on_the_last_day() {
    for region in Region::ALL {
        let lived = lived(region);
        assert!(
            lived
                .events
                .windows(2)
                .all(|pair| pair[0].recorded_at <= pair[1].recorded_at)
        );
        let last = lived.events.last().expect("events").recorded_at;
        assert_eq!(
            last.with_timezone(&region.time_zone()).date_naive(),
            LAST_DAY
        );
    }
}

#[test]
fn every_text_has_words_and_no_id_is_used_twice() {
    for region in Region::ALL {
        let (mut said, mut commands) = (BTreeSet::new(), BTreeSet::new());
        let mut steps = lived(region).steps.iter().peekable();
        for recorded in &lived(region).events {
            while let Some(step) = steps.next_if(|step| step.first_position <= recorded.position) {
                assert!(commands.insert(step.submission.id));
                for text in &step.submission.texts {
                    assert!(said.insert(text.id), "a text comes twice");
                }
            }
            for text in domain::about::texts(&recorded.event) {
                assert!(
                    said.contains(&text),
                    "the event at {} refers to a text without words",
                    recorded.position
                );
            }
        }
    }
}

#[test]
fn three_years_after_the_units_are_spread_over_the_phases() {
    let lived = lived(Region::Nordmore);
    let view: river::RiverView =
        lived.fold(Region::Nordmore, Region::Nordmore.tenant().0, LAST_DAY);
    let at = |year, quarter| {
        view.levels()
            .into_iter()
            .find(|level| level.quarter.year() == year && level.quarter.number() == quarter)
            .expect("a quarter with readings")
    };
    let [begun, used, ours] = at(2019, 1).self_reported;
    assert!(begun >= 15, "parts are still in initiation: {begun}");
    assert!(
        used > begun && used > 50,
        "many are in implementation: {used}"
    );
    assert!(
        (1..=20).contains(&ours),
        "few show signs of institutionalisation: {ours}"
    );
    let [.., later] = at(2023, 4).self_reported;
    assert!(later > 50);
    let judged: u32 = at(2023, 4).assessed.iter().sum();
    assert!(judged > 100, "evaluators have judged most units: {judged}");
    let mood = |year| at(year, 2).motivation.expect("answers");
    assert!(mood(2016) > mood(2018) + 0.8, "motivation dips");
    assert!(mood(2023) > mood(2019) + 0.8, "motivation rises again");
}

#[test]
fn the_gathering_has_two_days_after_its_first_as_known_before_and_after_the_corrections() {
    let lived = lived(Region::Nordmore);
    let target = NaiveDate::from_ymd_opt(2017, 5, 11);
    let meeting = lived
        .events
        .iter()
        .find_map(|recorded| match recorded.event {
            Event::Meeting(MeetingEvent::Planned { meeting, on, .. }) if Some(on) == target => {
                Some(meeting)
            }
            _ => None,
        });
    let meeting: MeetingId = meeting.expect("the gathering of 2017");
    let stream: Vec<Recorded> = lived
        .events
        .iter()
        .filter(|recorded| recorded.stream == meeting.into())
        .cloned()
        .collect();
    let day_known = |known_at: Option<&str>| {
        let known_at = known_at.map(|text| text.parse().expect("a moment"));
        let state: State = timeline(&stream, LAST_DAY, known_at).fold();
        state
            .meeting
            .and_then(|meeting| meeting.when)
            .expect("planned")
            .0
            .to_string()
    };
    assert_eq!(day_known(Some("2018-01-01T00:00:00Z")), "2017-05-11");
    assert_eq!(day_known(Some("2020-01-01T00:00:00Z")), "2017-05-18");
    assert_eq!(day_known(None), "2017-05-19");
}

#[test]
fn mistakes_are_corrected_moved_and_taken_back() {
    let lived = lived(Region::Nordmore);
    let corrections: Vec<(&Recorded, u64, u64, &Instead)> = lived
        .events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Correction(CorrectionEvent::Made {
                of, root, instead, ..
            }) => Some((recorded, *of, *root, instead)),
            _ => None,
        })
        .collect();
    assert!(
        corrections.iter().any(|(_, of, root, _)| of != root),
        "a correction is corrected"
    );
    assert!(
        corrections
            .iter()
            .any(|(.., instead)| **instead == Instead::Retracted),
        "something is taken back"
    );
    let seats = corrections.iter().filter(|(.., instead)| {
        matches!(instead, Instead::Replacement { event, .. }
            if matches!(**event, Event::Network(NetworkEvent::SeatFilled { .. })))
    });
    assert!(seats.count() >= 2, "seats were filled on other days");
    let moved = corrections.iter().any(|(_, _, root, instead)| {
        let before = &lived.events[usize::try_from(*root).expect("small") - 1].event;
        match (before, instead) {
            (
                Event::Organisation(OrganisationEvent::PhaseReported(before)),
                Instead::Replacement { event, .. },
            ) => matches!(**event, Event::Organisation(OrganisationEvent::PhaseReported(after)) if after.network != before.network),
            _ => false,
        }
    });
    assert!(moved, "a phase reading belonged to another network");
    let late = lived.events.iter().filter(|recorded| {
        recorded
            .effective
            .from()
            .is_some_and(|from| (recorded.recorded_at.date_naive() - from).num_days() > 10)
    });
    assert!(late.count() > 200, "much is entered weeks later");
}

#[test]
fn meetings_lie_ahead_and_promises_are_open() {
    for region in Region::ALL {
        let lived = lived(region);
        let view: region::RegionView = lived.fold(region, region.tenant().0, LAST_DAY);
        let (mut called, mut next_year) = (0, 0);
        let mut open = 0;
        for id in view.networks.keys() {
            let network: network::NetworkView = lived.fold(region, id.0, LAST_DAY);
            if let Some(next) = network.next_meeting(LAST_DAY) {
                assert!(next.on > LAST_DAY);
                called += u32::from(next.status == domain::meeting::state::MeetingStatus::Called);
                next_year += u32::from(next.on.to_string().starts_with("2027"));
            }
            let promises = &network.promises;
            open += promises.made - (promises.done + promises.partly + promises.not);
        }
        assert!(called >= 6, "{region:?}: {called} notices are out");
        assert!(next_year >= 1, "{region:?}: something is planned next year");
        assert!(open >= 30, "{region:?}: {open} commitments are open");
    }
}

#[test]
fn the_suggested_persons_are_what_their_labels_say() {
    for region in Region::ALL {
        let lived = lived(region);
        let [
            leader,
            principal,
            teacher,
            evaluator,
            officer,
            administrator,
        ] = cast(region).map(|one| one.person);
        let view: region::RegionView = lived.fold(region, region.tenant().0, LAST_DAY);
        assert!(view.administrators.contains(&administrator));
        let networks: Vec<network::NetworkView> = view
            .networks
            .keys()
            .map(|id| lived.fold(region, id.0, LAST_DAY))
            .collect();
        let leads = |person, called: &str| {
            networks.iter().any(|network| {
                network.roles.get(&NetworkRole::Leader) == Some(&person)
                    && network
                        .called
                        .as_ref()
                        .is_some_and(|name| name.as_str() == called)
            })
        };
        let sits = |person| {
            networks
                .iter()
                .any(|network| network.seats.iter().any(|seat| seat.person == Some(person)))
        };
        let (first, evaluates) = match region {
            Region::Nordmore => ("Rektornettverk Surnadal", "Evalueringsnettverket (EVA)"),
            Region::Jaeren => ("Leiarnettverk for små barneskular", "Sentral arbeidsgruppe"),
        };
        assert!(leads(leader, first), "{region:?}");
        assert!(leads(evaluator, evaluates), "{region:?}");
        assert!(sits(teacher) && sits(officer), "{region:?}");
        let school = networks
            .iter()
            .filter(|network| network.kind == Some(NetworkKind::LeaderNetwork))
            .flat_map(|network| &network.seats)
            .find(|seat| seat.person == Some(principal))
            .expect("the principal sits in a leader network");
        let promised: commitments::CommitmentsView =
            lived.fold(region, school.organisation.0, LAST_DAY);
        assert!(
            promised
                .commitments
                .iter()
                .any(commitments::CommitmentRow::is_open),
            "{region:?}"
        );
        assert_eq!(
            cast(region)
                .map(|one| one.person)
                .into_iter()
                .collect::<BTreeSet<_>>()
                .len(),
            6
        );
    }
}

/// The longest document of a view, in bytes.
fn longest<V: View>(lived: &Lived, region: Region) -> usize {
    let tenant = region.tenant();
    let mut by_key: BTreeMap<uuid::Uuid, Vec<&Recorded>> = BTreeMap::new();
    for recorded in &lived.events {
        for key in V::keys(&recorded.event, tenant) {
            by_key.entry(key).or_default().push(recorded);
        }
    }
    let size = |events: &Vec<&Recorded>| {
        let view: V = timeline(events.iter().copied(), LAST_DAY, None).fold();
        serde_json::to_vec(&view).expect("a view is JSON").len()
    };
    by_key.values().map(size).max().unwrap_or(0)
}

#[test]
fn documents_stay_small() {
    for region in Region::ALL {
        let lived = lived(region);
        let sizes = [
            ("region", longest::<region::RegionView>(lived, region)),
            ("network", longest::<network::NetworkView>(lived, region)),
            ("meeting", longest::<meeting::MeetingView>(lived, region)),
            (
                "organisation",
                longest::<organisation::OrganisationView>(lived, region),
            ),
            (
                "commitments",
                longest::<commitments::CommitmentsView>(lived, region),
            ),
            ("river", longest::<river::RiverView>(lived, region)),
        ];
        for (view, bytes) in sizes {
            assert!(
                bytes < 32 * 1024,
                "{region:?}: a document of {view} has {bytes} bytes"
            );
        }
    }
}

#[test]
fn units_do_not_only_go_forward() {
    let lived = lived(Region::Nordmore);
    let mut last: BTreeMap<OrganisationId, Phase> = BTreeMap::new();
    let mut back = 0;
    for recorded in &lived.events {
        if let Event::Organisation(OrganisationEvent::PhaseReported(reading)) = recorded.event {
            back += u32::from(
                last.insert(reading.organisation, reading.phase)
                    .is_some_and(|before| before > reading.phase),
            );
        }
    }
    assert!(
        back > 10,
        "a new project in the dip throws a unit back: {back}"
    );
}

#[test]
fn there_are_words_enough_to_read_like_a_region() {
    fn different<'a>(of: impl Fn(&'a Topic) -> &'static [&'static str], words: &'a Words) -> usize {
        words
            .topics
            .iter()
            .flat_map(|topic| of(topic).iter())
            .collect::<BTreeSet<_>>()
            .len()
    }
    for words in [&words_nb::WORDS, &words_nn::WORDS] {
        assert!(different(|topic| topic.commitments, words) >= 60);
        assert!(different(|topic| topic.learned, words) >= 40);
        assert!(different(|topic| topic.decisions, words) >= 30);
        assert!(different(|topic| topic.themes, words) >= 25);
        assert_eq!(words.charter.len(), 9);
    }
}

#[test]
fn the_generators_shadow_ends_where_a_full_fold_ends() {
    let region = Region::Jaeren;
    let mut steps = region.steps(0).expect("set-up");
    steps
        .by_ref()
        .for_each(|step| drop(step.expect("accepted")));
    let lived = lived(region);
    for body in &steps.world().bodies {
        let stream: Vec<Recorded> = lived
            .events
            .iter()
            .filter(|recorded| recorded.stream == body.id.into())
            .cloned()
            .collect();
        let full: Live<State> = Live::of(&stream, LAST_DAY);
        assert_eq!(
            steps.world().shadow.network(body.id),
            full.state.network.as_ref(),
            "{}",
            body.id
        );
    }
    assert_eq!(steps.events(), lived.events.len() as u64);
}

#[test]
fn more_events_come_from_further_networks() {
    let wanted = 80_000;
    let further = further_networks(wanted).expect("accepted");
    let events = total(&Region::Nordmore.count(further).expect("accepted"))
        + total(&Region::Jaeren.count(0).expect("accepted"));
    assert!(
        (wanted..wanted + 8_000).contains(&events),
        "{events} with {further} further networks"
    );
}

#[test]
fn the_table_names_every_event_and_adds_up() {
    let table = table().expect("accepted");
    let all = format!(
        "**{}** | **{}**",
        lived(Region::Nordmore).events.len(),
        lived(Region::Jaeren).events.len()
    );
    assert!(table.contains(&all), "{table}");
    assert!(table.contains("`commitment.made.v1`"));
    let readme = include_str!("../../../README.md");
    assert!(
        readme.contains(&table),
        "README.md should hold this table:\n{table}"
    );
}
