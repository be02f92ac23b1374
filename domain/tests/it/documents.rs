//! Documents stay small with twenty years in them.

use super::keeping;
use chrono::{Datelike, Days, NaiveDate};
use domain::commitment::event::{CommitmentEvent, Outcome};
use domain::event::Event;
use domain::ids::commitment_id;
use domain::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemTitle, MeetingEvent, MeetingKind, NoticeAnswer,
    Presence,
};
use domain::network::event::{CharterSection, NetworkEvent};
use domain::organisation::event::{
    OrganisationEvent, OrganisationKind, Phase, PhaseReading, ReadingSource,
};
use domain::templates::{self, TemplateItem, item_id};
use domain::testing::{
    Log, at, change, day, decision, entered, established, meeting, morning, name, network,
    organisation, person, proposed, reading, registered, school, seated, sits, tenant, text,
    works_at,
};
use domain::time::Effective;

const BYTES_MAX: usize = 32 * 1024;

fn check(log: &Log) -> Vec<String> {
    let mut too_large = Vec::new();
    for mut view in keeping::all() {
        view.fold_all(log, &mut log.keys());
        let sizes = view.sizes();
        if let Some((document, bytes)) = sizes.iter().max_by_key(|size| size.1) {
            println!("largest: {document}, {bytes} bytes");
        }
        for (document, bytes) in sizes {
            if bytes >= BYTES_MAX {
                too_large.push(format!("{document}: {bytes} bytes"));
            }
        }
    }
    too_large
}

struct Years {
    log: Log,
    texts: u32,
    ids: u32,
}

impl Years {
    fn happened(&mut self, event: impl Into<Event>) {
        let today = Effective::day(self.log.today());
        self.log.given(event, today);
    }

    fn text(&mut self) -> domain::text::Prose {
        self.texts += 1;
        text(self.texts)
    }

    fn id(&mut self) -> u32 {
        self.ids += 1;
        self.ids
    }

    fn to(&mut self, on: NaiveDate) {
        self.log.move_to(morning(on));
    }

    fn begin(schools: u32) -> Self {
        let mut years = Self {
            log: Log::new(tenant(1), morning(day(2006, 1, 9))),
            texts: 1_000,
            ids: 0,
        };
        years.happened(proposed(1));
        years.happened(established(1));
        for n in 1..=schools {
            for event in [
                school(n),
                entered(n),
                works_at(n, n),
                seated(1, n),
                sits(1, n),
            ] {
                years.happened(event);
            }
        }
        years
    }

    fn meeting(&mut self, n: u32, schools: u32) {
        let (id, network) = (meeting(n), network(1));
        let on = self.log.today();
        let (place, theme) = (self.text(), self.text());
        self.happened(MeetingEvent::Planned {
            meeting: id,
            network,
            kind: MeetingKind::Ordinary,
            on,
            starts: at(9, 0),
            place: Some(place),
            host: Some(organisation(n % schools + 1)),
            theme: Some(theme),
            previous: (n > 1).then(|| meeting(n - 1)),
        });
        let rows = templates::items(MeetingKind::Ordinary);
        for (row, kind, minutes) in rows {
            self.happened(MeetingEvent::ItemAdded {
                meeting: id,
                network,
                item: item_id(id, *row),
                kind: *kind,
                title: ItemTitle::Template(*row),
                minutes: Some(*minutes),
                presenter: Some(person(1)),
                because: (n > 1).then(|| (meeting(n - 1), change(n - 1))),
            });
        }
        self.happened(MeetingEvent::NoticePublished {
            meeting: id,
            network,
            lead_days: 14,
            late: false,
        });
        self.happened(MeetingEvent::Opened {
            meeting: id,
            network,
        });
        for (row, _, minutes) in rows {
            let item = item_id(id, *row);
            self.happened(MeetingEvent::ItemStarted {
                meeting: id,
                network,
                item,
            });
            self.happened(MeetingEvent::ItemEnded {
                meeting: id,
                network,
                item,
                minutes: *minutes,
            });
        }
        for school in 1..=schools {
            self.school_in_meeting(n, school);
        }
        for _ in 0..3 {
            let (decided, words) = (decision(self.id()), self.text());
            self.happened(MeetingEvent::DecisionTaken {
                meeting: id,
                network,
                decision: decided,
                item: Some(item_id(id, TemplateItem::Priorities)),
                kind: DecisionKind::Resolution,
                method: DecisionMethod::Vote {
                    ayes: 20,
                    noes: 8,
                    blank: 2,
                },
                text: words,
            });
        }
        self.close(n, on, schools);
    }

    fn school_in_meeting(&mut self, n: u32, school: u32) {
        let (id, network, organisation) = (meeting(n), network(1), organisation(school));
        self.happened(MeetingEvent::NoticeAnswered {
            meeting: id,
            network,
            organisation,
            person: person(school),
            answer: NoticeAnswer::Coming,
        });
        self.happened(MeetingEvent::AttendanceRecorded {
            meeting: id,
            network,
            organisation,
            person: Some(person(school)),
            presence: Presence::Present,
        });
        let commitment = commitment_id(id, organisation);
        let (words, learned) = (self.text(), self.text());
        let earlier = (n > 1).then(|| commitment_id(meeting(n - 1), organisation));
        self.happened(CommitmentEvent::Made {
            commitment,
            meeting: id,
            network,
            organisation,
            text: words,
            due: Some(self.log.today() + Days::new(45)),
            carried_from: earlier,
        });
        self.happened(CommitmentEvent::Reported {
            commitment,
            meeting: id,
            network,
            organisation,
            outcome: Outcome::Partly,
            learned: Some(learned),
        });
        if let Some(earlier) = earlier {
            self.happened(CommitmentEvent::CarriedOver {
                commitment: earlier,
                meeting: meeting(n - 1),
                network,
                organisation,
                to: commitment,
            });
        }
    }

    fn close(&mut self, n: u32, on: NaiveDate, schools: u32) {
        let (id, network) = (meeting(n), network(1));
        let (place, theme, words, minutes) = (self.text(), self.text(), self.text(), self.text());
        let contract = Contract {
            on: on + Days::new(45),
            starts: at(9, 0),
            place: Some(place),
            host: Some(organisation((n + 1) % schools + 1)),
            theme,
            responsible: Some(person(1)),
        };
        self.happened(MeetingEvent::ContractAgreed {
            meeting: id,
            network,
            contract,
        });
        self.happened(MeetingEvent::EvaluationOpened {
            meeting: id,
            network,
        });
        self.happened(MeetingEvent::ChangeAgreed {
            meeting: id,
            network,
            change: change(n),
            item: Some(TemplateItem::Dialogue),
            minutes_delta: 5,
            text: words,
        });
        self.happened(MeetingEvent::MinutesWritten {
            meeting: id,
            network,
            text: minutes,
        });
        self.happened(MeetingEvent::Closed {
            meeting: id,
            network,
        });
        self.happened(MeetingEvent::MinutesPublished {
            meeting: id,
            network,
        });
    }

    fn half_year(&mut self, version: u32, schools: u32) {
        for n in 1..=schools {
            for source in [ReadingSource::SelfReported, ReadingSource::Assessed] {
                let reading = reading(self.id());
                let phase = Phase::ALL[(version as usize + n as usize) % 3];
                let (network, organisation) = (network(1), organisation(n));
                let read = PhaseReading {
                    reading,
                    network,
                    organisation,
                    phase,
                };
                self.happened(read.by(source));
            }
            let reading = reading(self.id());
            self.happened(OrganisationEvent::MotivationCounted {
                reading,
                network: network(1),
                organisation: organisation(n),
                counts: [1, 2, 3, 4, 5],
            });
        }
        let sections: Vec<_> = CharterSection::ALL
            .map(|section| (section, self.text()))
            .into();
        for (section, text) in sections.clone() {
            self.happened(NetworkEvent::CharterSectionWritten {
                network: network(1),
                section,
                text,
            });
        }
        self.happened(NetworkEvent::CharterAdopted {
            network: network(1),
            version,
            sections,
        });
    }
}

#[test]
fn twenty_years_of_a_busy_network_fit_into_small_documents() {
    let schools = 25;
    let mut years = Years::begin(schools);
    let mut n = 0;
    for half in 0..40 {
        let first = day(2006, 2, 1) + chrono::Months::new(6 * half);
        for month in 0..4 {
            n += 1;
            years.to(first + chrono::Months::new(month));
            years.meeting(n, schools);
        }
        years.half_year(half + 1, schools);
        if half % 8 == 7 {
            let to = name(&format!("Network 1, form {half}"));
            let from = name("Network 1");
            years.happened(NetworkEvent::Renamed {
                network: network(1),
                from,
                to,
            });
        }
    }
    assert!(years.log.today().year() >= 2025);
    assert!(
        years.log.events().len() > 20_000,
        "{}",
        years.log.events().len()
    );
    let too_large = check(&years.log);
    assert!(too_large.is_empty(), "{too_large:#?}");
}

#[test]
fn a_meeting_of_all_units_of_a_region_fits_into_small_documents() {
    let units = 130;
    let mut years = Years::begin(units);
    for n in 1..=15 {
        years.happened(registered(1_000 + n, OrganisationKind::Municipality));
    }
    for n in 2..=30 {
        years.happened(proposed(n));
        years.happened(established(n));
    }
    years.meeting(1, units);
    years.meeting(2, units);
    years.half_year(1, units);
    let too_large = check(&years.log);
    assert!(too_large.is_empty(), "{too_large:#?}");
}
