//! A sentence for every event: the story in words, in the reader's language. Exhaustive, so that a new event without a
//! sentence does not compile.

use super::model::{is_backdated, lower_first};
use crate::format::{self, fill};
use crate::parts::shown::Shown;
use crate::parts::words::words;
use crate::query::StoryLine;
use crate::words::Words;
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::commitment::event::{CommitmentEvent, Outcome};
use domain::correction::{CorrectionEvent, Instead};
use domain::event::Event;
use domain::ids::{NetworkId, OrganisationId, PersonId};
use domain::meeting::event::{
    Contract, DecisionKind, DecisionMethod, ItemTitle, MeetingEvent, NoticeAnswer, Presence,
    Requirement,
};
use domain::network::event::{NetworkEvent, Relation, Vote};
use domain::organisation::event::{OrganisationEvent, PhaseReading};
use domain::person::PersonEvent;
use domain::region::RegionEvent;
use domain::text::Prose;
use domain::time::Effective;
use domain::withdrawal::TextEvent;

/// What a sentence needs beside the event: names, and the reader's words and day.
pub trait Telling {
    /// A person's name.
    fn person(&self, id: PersonId) -> String;
    /// A text's words.
    fn text(&self, prose: Prose) -> String;
    /// An organisation's name.
    fn organisation(&self, id: OrganisationId) -> String;
    /// A network's name.
    fn network(&self, id: NetworkId) -> String;
    /// The words.
    fn words(&self) -> &'static Words;
    /// The day, so that days can be told as people say them.
    fn today(&self) -> NaiveDate;
}

impl Telling for Shown {
    fn person(&self, id: PersonId) -> String {
        self.name(id)
    }
    fn text(&self, prose: Prose) -> String {
        Shown::text(*self, prose)
    }
    fn organisation(&self, id: OrganisationId) -> String {
        Shown::organisation(*self, id)
    }
    fn network(&self, id: NetworkId) -> String {
        Shown::network(*self, id)
    }
    fn words(&self) -> &'static Words {
        words()
    }
    fn today(&self) -> NaiveDate {
        Shown::today(*self)
    }
}

/// The sentence of a line, with what has to be said about it: that it was corrected, or entered afterwards.
#[must_use]
pub fn sentence(line: &StoryLine, shown: Shown) -> String {
    tell_line(line, &shown)
}

fn tell_line(line: &StoryLine, telling: &impl Telling) -> String {
    let words = &telling.words().history;
    let told = tell(&line.recorded.event, telling);
    if !line.before.is_empty() {
        format!("{told} ({})", words.corrected)
    } else if is_backdated(&line.recorded) {
        format!("{told} ({})", words.backdated)
    } else {
        told
    }
}

/// The day an event was true, as people say it.
#[must_use]
pub fn true_on(effective: Effective, telling: &impl Telling) -> String {
    format::effective(effective, telling.today(), telling.words())
}

/// Who issued a command.
#[must_use]
pub fn who(actor: Actor, telling: &impl Telling) -> String {
    match actor {
        Actor::Person(person) => telling.person(person),
        Actor::Operator => telling.words().history.operator.clone(),
        Actor::Clock => telling.words().history.clock.clone(),
    }
}

/// The sentence of an event alone.
#[must_use]
pub fn tell(event: &Event, telling: &impl Telling) -> String {
    match event {
        Event::Region(event) => region(event, telling),
        Event::Organisation(event) => organisation(event, telling),
        Event::Person(event) => person(event, telling),
        Event::Network(event) => network(event, telling),
        Event::Meeting(event) => meeting(event, telling),
        Event::Commitment(event) => commitment(event, telling),
        Event::Correction(event) => correction(event, telling),
        Event::Text(TextEvent::Withdrawn { reason, .. }) => fill(
            &telling.words().history.text_withdrawn,
            &[("text", &telling.text(*reason))],
        ),
    }
}

fn region(event: &RegionEvent, telling: &impl Telling) -> String {
    let words = &telling.words().history;
    let (template, person) = match event {
        RegionEvent::AdministratorNamed { person } => (&words.admin_named, person),
        RegionEvent::AdministratorDismissed { person } => (&words.admin_dismissed, person),
    };
    fill(template, &[("who", &telling.person(*person))])
}

fn organisation(event: &OrganisationEvent, telling: &impl Telling) -> String {
    let all = telling.words();
    let words = &all.history;
    match event {
        OrganisationEvent::Registered { called, .. } => {
            fill(&words.org_registered, &[("org", called.as_str())])
        }
        OrganisationEvent::Renamed { from, to, .. } => fill(
            &words.org_renamed,
            &[("from", from.as_str()), ("to", to.as_str())],
        ),
        OrganisationEvent::NumberGiven {
            organisation,
            number,
        } => fill(
            &words.org_number_given,
            &[
                ("org", &telling.organisation(*organisation)),
                ("number", &number.to_string()),
            ],
        ),
        OrganisationEvent::Closed { organisation } => fill(
            &words.org_closed,
            &[("org", &telling.organisation(*organisation))],
        ),
        OrganisationEvent::PhaseReported(reading) => phase(&words.phase_own, reading, telling),
        OrganisationEvent::PhaseAssessed(reading) => phase(&words.phase_assessed, reading, telling),
        OrganisationEvent::MotivationCounted {
            network,
            organisation,
            counts,
            ..
        } => fill(
            &words.motivation_read,
            &[
                ("count", &counts.iter().sum::<u32>().to_string()),
                ("org", &telling.organisation(*organisation)),
                ("network", &telling.network(*network)),
                ("mean", &super::model::mean_of(*counts, &all.language)),
            ],
        ),
    }
}

fn phase(sentence: &str, reading: &PhaseReading, telling: &impl Telling) -> String {
    let name = telling.words().domain.phase(reading.phase);
    fill(
        sentence,
        &[
            ("org", &telling.organisation(reading.organisation)),
            ("phase", &lower_first(name)),
            ("network", &telling.network(reading.network)),
        ],
    )
}

fn person(event: &PersonEvent, telling: &impl Telling) -> String {
    let all = telling.words();
    let words = &all.history;
    match event {
        PersonEvent::Registered { person, .. } => fill(
            &words.person_registered,
            &[("who", &telling.person(*person))],
        ),
        PersonEvent::Renamed { person, .. } => {
            fill(&words.person_renamed, &[("who", &telling.person(*person))])
        }
        PersonEvent::Joined {
            person,
            organisation,
            role,
        } => fill(
            &words.person_joined,
            &[
                ("who", &telling.person(*person)),
                ("org", &telling.organisation(*organisation)),
                ("role", &lower_first(all.domain.work_role(*role))),
            ],
        ),
        PersonEvent::Left {
            person,
            organisation,
            role,
        } => {
            let (who, org) = (telling.person(*person), telling.organisation(*organisation));
            match role {
                Some(role) => fill(
                    &words.person_left_role,
                    &[
                        ("who", &who),
                        ("org", &org),
                        ("role", &lower_first(all.domain.work_role(*role))),
                    ],
                ),
                None => fill(&words.person_left, &[("who", &who), ("org", &org)]),
            }
        }
        PersonEvent::Erased { .. } => words.person_erased.clone(),
    }
}

fn network(event: &NetworkEvent, telling: &impl Telling) -> String {
    let words = &telling.words().history;
    match event {
        NetworkEvent::Proposed {
            called, purpose, ..
        } => fill(
            &words.net_proposed,
            &[
                ("network", called.as_str()),
                ("text", &telling.text(*purpose)),
            ],
        ),
        NetworkEvent::Established { network } => fill(
            &words.net_established,
            &[("network", &telling.network(*network))],
        ),
        NetworkEvent::Renamed { from, to, .. } => fill(
            &words.net_renamed,
            &[("from", from.as_str()), ("to", to.as_str())],
        ),
        NetworkEvent::Related {
            network,
            to,
            relation,
        } => two_networks(
            match relation {
                Relation::Sub => &words.net_sub,
                Relation::Side => &words.net_side,
            },
            *network,
            *to,
            telling,
        ),
        NetworkEvent::Unrelated { network, to } => {
            two_networks(&words.net_unrelated, *network, *to, telling)
        }
        NetworkEvent::Merged {
            network,
            into,
            reason,
        } => fill(
            &words.net_merged,
            &[
                ("network", &telling.network(*network)),
                ("other", &telling.network(*into)),
                ("text", &telling.text(*reason)),
            ],
        ),
        NetworkEvent::Ended { network, reason } => fill(
            &words.net_ended,
            &[
                ("network", &telling.network(*network)),
                ("text", &telling.text(*reason)),
            ],
        ),
        NetworkEvent::SeatCreated { .. }
        | NetworkEvent::SeatVoteSet { .. }
        | NetworkEvent::SeatFilled { .. }
        | NetworkEvent::SeatVacated { .. }
        | NetworkEvent::SeatEnded { .. }
        | NetworkEvent::RoleGiven { .. }
        | NetworkEvent::RoleEnded { .. }
        | NetworkEvent::CharterSectionWritten { .. }
        | NetworkEvent::CharterAdopted { .. } => inside_network(event, telling),
    }
}

fn two_networks(
    template: &str,
    network: NetworkId,
    other: NetworkId,
    telling: &impl Telling,
) -> String {
    fill(
        template,
        &[
            ("network", &telling.network(network)),
            ("other", &telling.network(other)),
        ],
    )
}

fn inside_network(event: &NetworkEvent, telling: &impl Telling) -> String {
    let all = telling.words();
    let words = &all.history;
    let seat = |template: &str, network, organisation, person: Option<PersonId>| {
        let who = person.map(|person| telling.person(person));
        fill(
            template,
            &[
                ("network", &telling.network(network)),
                ("org", &telling.organisation(organisation)),
                ("who", who.as_deref().unwrap_or_default()),
            ],
        )
    };
    match event {
        NetworkEvent::SeatCreated {
            network,
            organisation,
            vote,
            ..
        } => seat(
            match vote {
                Vote::Voting => &words.seat_created_voting,
                Vote::NonVoting => &words.seat_created_quiet,
            },
            *network,
            *organisation,
            None,
        ),
        NetworkEvent::SeatVoteSet {
            network,
            organisation,
            vote,
            ..
        } => seat(
            match vote {
                Vote::Voting => &words.seat_vote_voting,
                Vote::NonVoting => &words.seat_vote_quiet,
            },
            *network,
            *organisation,
            None,
        ),
        NetworkEvent::SeatFilled {
            network,
            organisation,
            person,
            ..
        } => seat(&words.seat_filled, *network, *organisation, Some(*person)),
        NetworkEvent::SeatVacated {
            network,
            organisation,
            person,
            ..
        } => seat(&words.seat_vacated, *network, *organisation, Some(*person)),
        NetworkEvent::SeatEnded {
            network,
            organisation,
            ..
        } => seat(&words.seat_ended, *network, *organisation, None),
        NetworkEvent::RoleGiven {
            network,
            role,
            person,
            before,
        } => {
            let role = lower_first(all.domain.role(*role));
            let other = before.map(|before| telling.person(before));
            fill(
                match before {
                    Some(_) => &words.role_given_after,
                    None => &words.role_given,
                },
                &[
                    ("who", &telling.person(*person)),
                    ("role", &role),
                    ("network", &telling.network(*network)),
                    ("before", other.as_deref().unwrap_or_default()),
                ],
            )
        }
        NetworkEvent::RoleEnded {
            network,
            role,
            person,
        } => fill(
            &words.role_ended,
            &[
                ("who", &telling.person(*person)),
                ("role", &lower_first(all.domain.role(*role))),
                ("network", &telling.network(*network)),
            ],
        ),
        NetworkEvent::CharterSectionWritten {
            network, section, ..
        } => fill(
            &words.charter_written,
            &[
                ("network", &telling.network(*network)),
                ("section", all.domain.charter_section(*section)),
            ],
        ),
        NetworkEvent::CharterAdopted {
            network, version, ..
        } => fill(
            &words.charter_adopted,
            &[
                ("network", &telling.network(*network)),
                ("version", &version.to_string()),
            ],
        ),
        NetworkEvent::Proposed { .. }
        | NetworkEvent::Established { .. }
        | NetworkEvent::Renamed { .. }
        | NetworkEvent::Related { .. }
        | NetworkEvent::Unrelated { .. }
        | NetworkEvent::Merged { .. }
        | NetworkEvent::Ended { .. } => network(event, telling),
    }
}

fn meeting(event: &MeetingEvent, telling: &impl Telling) -> String {
    let all = telling.words();
    let words = &all.history;
    let day = |day| format::day(day, telling.today(), all);
    let only = |template: &str, network: &NetworkId| {
        fill(template, &[("network", &telling.network(*network))])
    };
    let saying = |template: &str, network: &NetworkId, text: &Prose| {
        fill(
            template,
            &[
                ("network", &telling.network(*network)),
                ("text", &telling.text(*text)),
            ],
        )
    };
    match event {
        MeetingEvent::Planned {
            network,
            on,
            starts,
            theme,
            ..
        } => {
            let text = theme.map(|theme| telling.text(theme));
            fill(
                match text {
                    Some(_) => &words.meeting_planned_theme,
                    None => &words.meeting_planned,
                },
                &[
                    ("network", &telling.network(*network)),
                    ("day", &day(*on)),
                    ("time", &format::time(*starts, all)),
                    ("text", text.as_deref().unwrap_or_default()),
                ],
            )
        }
        MeetingEvent::Rescheduled {
            network,
            from,
            to,
            starts,
            reason,
            ..
        } => fill(
            &words.meeting_moved,
            &[
                ("network", &telling.network(*network)),
                ("from", &day(*from)),
                ("day", &day(*to)),
                ("time", &format::time(*starts, all)),
                ("text", &telling.text(*reason)),
            ],
        ),
        MeetingEvent::Cancelled {
            network, reason, ..
        } => saying(&words.meeting_cancelled, network, reason),
        MeetingEvent::NoticePublished {
            network,
            lead_days,
            late,
            ..
        } => fill(
            if *late {
                &words.notice_published_late
            } else {
                &words.notice_published
            },
            &[
                ("network", &telling.network(*network)),
                ("days", &lead_days.to_string()),
            ],
        ),
        MeetingEvent::NoticeAnswered {
            network,
            organisation,
            person,
            answer,
            ..
        } => fill(
            match answer {
                NoticeAnswer::Coming => &words.notice_coming,
                NoticeAnswer::NotComing => &words.notice_not_coming,
            },
            &[
                ("network", &telling.network(*network)),
                ("org", &telling.organisation(*organisation)),
                ("who", &telling.person(*person)),
            ],
        ),
        MeetingEvent::Opened { network, .. } => only(&words.meeting_opened, network),
        MeetingEvent::AttendanceRecorded {
            network,
            organisation,
            person,
            presence,
            ..
        } => {
            let who = person.map(|person| telling.person(person));
            fill(
                match (presence, &who) {
                    (Presence::Present, Some(_)) => &words.present_by,
                    (Presence::Present, None) => &words.present,
                    (Presence::Absent, _) => &words.absent,
                },
                &[
                    ("network", &telling.network(*network)),
                    ("org", &telling.organisation(*organisation)),
                    ("who", who.as_deref().unwrap_or_default()),
                ],
            )
        }
        MeetingEvent::DecisionTaken {
            network,
            kind,
            method,
            text,
            ..
        } => {
            let told = saying(
                match kind {
                    DecisionKind::Resolution => &words.decided_resolution,
                    DecisionKind::Recommendation => &words.decided_recommendation,
                    DecisionKind::Noted => &words.decided_noted,
                },
                network,
                text,
            );
            match method {
                DecisionMethod::Agreement => told,
                DecisionMethod::Vote { ayes, noes, blank } => {
                    let votes = fill(
                        &words.decided_votes,
                        &[
                            ("ayes", &ayes.to_string()),
                            ("noes", &noes.to_string()),
                            ("blank", &blank.to_string()),
                        ],
                    );
                    format!("{told} {votes}")
                }
            }
        }
        MeetingEvent::ContractAgreed {
            network, contract, ..
        } => agreed(*network, contract, telling),
        MeetingEvent::EvaluationOpened { network, .. } => only(&words.evaluation_opened, network),
        MeetingEvent::ChangeAgreed { network, text, .. } => {
            saying(&words.change_agreed, network, text)
        }
        MeetingEvent::RequirementWaived {
            network,
            requirement,
            reason,
            ..
        } => saying(
            match requirement {
                Requirement::Commitments => &words.waived_commitments,
                Requirement::Contract => &words.waived_contract,
                Requirement::Evaluation => &words.waived_evaluation,
            },
            network,
            reason,
        ),
        MeetingEvent::MinutesWritten { network, .. } => only(&words.minutes_written, network),
        MeetingEvent::FileAdded { network, file, .. } => saying(&words.file_added, network, file),
        MeetingEvent::Closed { network, .. } => only(&words.meeting_closed, network),
        MeetingEvent::MinutesPublished { network, .. } => only(&words.minutes_published, network),
        MeetingEvent::ItemAdded { .. }
        | MeetingEvent::ItemMoved { .. }
        | MeetingEvent::ItemWithdrawn { .. }
        | MeetingEvent::ItemStarted { .. }
        | MeetingEvent::ItemEnded { .. } => agenda(event, telling),
    }
}

fn agreed(network: NetworkId, contract: &Contract, telling: &impl Telling) -> String {
    let all = telling.words();
    let host = contract.host.map(|host| telling.organisation(host));
    fill(
        match host {
            Some(_) => &all.history.contract_agreed_host,
            None => &all.history.contract_agreed,
        },
        &[
            ("network", &telling.network(network)),
            ("day", &format::day(contract.on, telling.today(), all)),
            ("time", &format::time(contract.starts, all)),
            ("org", host.as_deref().unwrap_or_default()),
            ("text", &telling.text(contract.theme)),
        ],
    )
}

fn agenda(event: &MeetingEvent, telling: &impl Telling) -> String {
    let all = telling.words();
    let words = &all.history;
    let put = |template: &str, network: &NetworkId, name: &str, value: &str| {
        fill(
            template,
            &[("network", &telling.network(*network)), (name, value)],
        )
    };
    match event {
        MeetingEvent::ItemAdded {
            network,
            title,
            minutes,
            ..
        } => {
            let title = match title {
                ItemTitle::Template(item) => all.domain.template_item(*item).to_owned(),
                ItemTitle::Own(text) => telling.text(*text),
            };
            let number = minutes.map(|minutes| minutes.to_string());
            fill(
                match minutes {
                    Some(_) => &words.item_added_minutes,
                    None => &words.item_added,
                },
                &[
                    ("network", &telling.network(*network)),
                    ("item", &title),
                    ("minutes", number.as_deref().unwrap_or_default()),
                ],
            )
        }
        MeetingEvent::ItemMoved { network, to, .. } => {
            let place = (u32::from(*to) + 1).to_string();
            put(&words.item_moved, network, "place", &place)
        }
        MeetingEvent::ItemWithdrawn { network, .. } => put(&words.item_withdrawn, network, "", ""),
        MeetingEvent::ItemStarted { network, .. } => put(&words.item_started, network, "", ""),
        MeetingEvent::ItemEnded {
            network, minutes, ..
        } => put(&words.item_ended, network, "minutes", &minutes.to_string()),
        MeetingEvent::Planned { .. }
        | MeetingEvent::Rescheduled { .. }
        | MeetingEvent::Cancelled { .. }
        | MeetingEvent::NoticePublished { .. }
        | MeetingEvent::NoticeAnswered { .. }
        | MeetingEvent::Opened { .. }
        | MeetingEvent::AttendanceRecorded { .. }
        | MeetingEvent::DecisionTaken { .. }
        | MeetingEvent::ContractAgreed { .. }
        | MeetingEvent::EvaluationOpened { .. }
        | MeetingEvent::ChangeAgreed { .. }
        | MeetingEvent::RequirementWaived { .. }
        | MeetingEvent::MinutesWritten { .. }
        | MeetingEvent::FileAdded { .. }
        | MeetingEvent::Closed { .. }
        | MeetingEvent::MinutesPublished { .. } => meeting(event, telling),
    }
}

fn commitment(event: &CommitmentEvent, telling: &impl Telling) -> String {
    let words = &telling.words().history;
    let (template, organisation, text) = match event {
        CommitmentEvent::Made {
            organisation,
            text,
            carried_from: None,
            ..
        } => (&words.committed, organisation, Some(text)),
        CommitmentEvent::Made {
            organisation,
            text,
            carried_from: Some(_),
            ..
        } => (&words.committed_on, organisation, Some(text)),
        CommitmentEvent::Reworded {
            organisation, text, ..
        } => (&words.reworded, organisation, Some(text)),
        CommitmentEvent::Declined {
            organisation,
            reason,
            ..
        } => (&words.declined, organisation, Some(reason)),
        CommitmentEvent::Reported {
            organisation,
            outcome,
            learned,
            ..
        } => {
            let template = match outcome {
                Outcome::Done => &words.reported_done,
                Outcome::Partly => &words.reported_partly,
                Outcome::Not => &words.reported_not,
            };
            let told = fill(template, &[("org", &telling.organisation(*organisation))]);
            return match learned {
                Some(learned) => {
                    let learned = fill(
                        &words.reported_learned,
                        &[("text", &telling.text(*learned))],
                    );
                    format!("{told} {learned}")
                }
                None => told,
            };
        }
        CommitmentEvent::CarriedOver { organisation, .. } => {
            (&words.carried_over, organisation, None)
        }
    };
    let text = text.map(|text| telling.text(*text));
    fill(
        template,
        &[
            ("org", &telling.organisation(*organisation)),
            ("text", text.as_deref().unwrap_or_default()),
        ],
    )
}

fn correction(event: &CorrectionEvent, telling: &impl Telling) -> String {
    let words = &telling.words().history;
    let CorrectionEvent::Made {
        instead, reason, ..
    } = event;
    let text = telling.text(*reason);
    match instead {
        Instead::Replacement { event, .. } => fill(
            &words.correction_replaced,
            &[("instead", &tell(event, telling)), ("text", &text)],
        ),
        Instead::Retracted => fill(&words.correction_retracted, &[("text", &text)]),
    }
}

#[cfg(test)]
mod tests;
