use super::*;
use crate::words::{LANGUAGES, of};
use domain::recorded::Recorded;
use domain::wire::decode;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every name says what it is of, so that a sentence shows what it put where.
struct Told(&'static Words);

impl Telling for Told {
    fn person(&self, _: PersonId) -> String {
        "Kari Nordmann".into()
    }
    fn text(&self, _: Prose) -> String {
        "{who} sa det".into()
    }
    fn organisation(&self, _: OrganisationId) -> String {
        "Straumsnes skole".into()
    }
    fn network(&self, _: NetworkId) -> String {
        "Leiarnettverk Tingvoll".into()
    }
    fn words(&self) -> &'static Words {
        self.0
    }
    fn today(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 13).expect("a day")
    }
}

/// Every event ever released, by the name of its golden file.
fn golden() -> BTreeMap<String, Event> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src/wire/golden");
    let mut events = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the golden files are there") {
        let path = entry.expect("an entry").path();
        let json = std::fs::read_to_string(&path).expect("a golden file can be read");
        let json: Value = serde_json::from_str(&json).expect("a golden file is JSON");
        let name = json["name"].as_str().expect("it has a name");
        let event = decode(name, &json["data"].to_string()).expect("it can be decoded");
        let stem = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        events.insert(stem, event);
    }
    assert!(events.len() > 50, "all golden files were found");
    events
}

#[test]
fn every_event_is_told_in_every_language() {
    for (stem, event) in golden() {
        let told = LANGUAGES.map(|language| tell(&event, &Told(of(language))));
        for sentence in &told {
            assert!(sentence.chars().count() > 12, "{stem}: {sentence}");
            assert!(
                !sentence.contains("  "),
                "{stem}: a place stayed empty: {sentence}"
            );
            assert!(!sentence.contains("«»"), "{stem}: {sentence}");
            // What somebody wrote stands as it was written, braces and all; nothing else has braces.
            let rest = sentence.replace("{who} sa det", "");
            assert!(!rest.contains(['{', '}']), "{stem}: {sentence}");
        }
        assert_ne!(told[0], told[2], "{stem}: English is another language");
    }
}

#[test]
fn sentences_read_as_they_should() {
    let golden = golden();
    let nb = |stem: &str| tell(&golden[stem], &Told(of("nb")));
    assert_eq!(
        nb("commitment.declined.v1"),
        "Straumsnes skole tok ikke noe oppdrag denne gangen. «{who} sa det»"
    );
    assert_eq!(
        nb("meeting.closed.v1"),
        "Leiarnettverk Tingvoll holdt møte."
    );
    assert_eq!(
        nb("person.left.v1"),
        "Kari Nordmann sluttet ved Straumsnes skole."
    );
    assert!(
        nb("meeting.decision_taken.v1").contains(" for, "),
        "votes are told"
    );
    assert!(!nb("meeting.decision_taken.v1.agreement").contains(" for, "));
    let corrected = nb("correction.made.v1");
    assert!(corrected.contains("institusjonalisering"), "{corrected}");
}

#[test]
fn a_line_says_that_it_was_corrected_or_entered_afterwards() {
    let golden = golden();
    let day = NaiveDate::from_ymd_opt(2021, 3, 4).expect("a day");
    let recorded = |recorded_on: &str| Recorded {
        position: 7,
        stream: domain::ids::MeetingId(uuid::Uuid::nil()).into(),
        version: 1,
        event: golden["meeting.closed.v1"].clone(),
        actor: Actor::Operator,
        command: domain::ids::CommandId(uuid::Uuid::nil()),
        correlation: uuid::Uuid::nil(),
        causation: None,
        recorded_at: recorded_on.parse().expect("a moment"),
        effective: Effective::day(day),
        occurred_at: None,
    };
    let line = |recorded_on, before| StoryLine {
        recorded: recorded(recorded_on),
        before,
    };
    let nb = Told(of("nb"));
    let at_once = line("2021-03-04T15:00:00Z", Vec::new());
    assert_eq!(
        tell_line(&at_once, &nb),
        "Leiarnettverk Tingvoll holdt møte."
    );
    let later = line("2021-06-04T15:00:00Z", Vec::new());
    assert!(tell_line(&later, &nb).ends_with("(ført inn i ettertid)"));
    let corrected = line(
        "2021-03-04T15:00:00Z",
        vec![recorded("2021-03-04T15:00:00Z")],
    );
    assert!(tell_line(&corrected, &nb).ends_with("(rettet)"));
}
