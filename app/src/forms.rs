//! What a form can order. A form is a map of fields; the same code turns it into a command in the browser (to check
//! it before it is sent) and in the server (with script or without). The field `form` says which form it is, the field
//! `command` is the command's id; every other id that the command creates follows from it, so that a form sent twice
//! is one order.

use crate::error::{AppError, FieldProblem};
use chrono::{NaiveDate, NaiveTime};
use domain::command::{Command, Submission};
use domain::commitment::command::CommitmentCommand;
use domain::correction::Instead;
use domain::ids::{CommandId, StreamId, StreamKind, TextId};
use domain::meeting::command::MeetingCommand;
use domain::meeting::event::{Contract, DecisionMethod, ItemKind, ItemTitle};
use domain::network::command::NetworkCommand;
use domain::organisation::command::OrganisationCommand;
use domain::text::{Name, Prose, Sentence, TextError, Words, Written};
use domain::time::Effective;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::str::FromStr;
use uuid::Uuid;

/// The fields of a form, by name.
pub type Fields = BTreeMap<String, String>;

/// An id that follows from another: time-ordered like it, the same each time.
#[must_use]
pub fn derived(seed: Uuid, label: &str) -> Uuid {
    let mut bytes = Uuid::new_v5(&seed, label.as_bytes()).into_bytes();
    bytes[..6].copy_from_slice(&seed.as_bytes()[..6]);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    Uuid::from_bytes(bytes)
}

fn problem(field: &str, problem: FieldProblem) -> AppError {
    AppError::Field {
        field: field.to_owned(),
        problem,
    }
}

struct Form<'a> {
    fields: &'a Fields,
    command: Uuid,
    texts: Vec<Written>,
}

impl<'a> Form<'a> {
    fn find(&self, field: &str) -> Option<&'a str> {
        self.fields
            .get(field)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn get(&self, field: &str) -> Result<&'a str, AppError> {
        self.find(field)
            .ok_or_else(|| problem(field, FieldProblem::Missing))
    }

    fn parsed<T: FromStr>(&self, field: &str, otherwise: FieldProblem) -> Result<T, AppError> {
        // The cause says no more than the problem does.
        self.get(field)?
            .parse()
            .map_err(|_cause: T::Err| problem(field, otherwise))
    }

    fn id<T: FromStr>(&self, field: &str) -> Result<T, AppError> {
        self.parsed(field, FieldProblem::Choice)
    }

    fn id_if_any<T: FromStr>(&self, field: &str) -> Result<Option<T>, AppError> {
        if self.find(field).is_some() {
            self.id(field).map(Some)
        } else {
            Ok(None)
        }
    }

    fn choice<T: DeserializeOwned>(&self, field: &str) -> Result<T, AppError> {
        let value = serde_json::Value::String(self.get(field)?.to_owned());
        serde_json::from_value(value)
            .map_err(|_cause: serde_json::Error| problem(field, FieldProblem::Choice))
    }

    fn choice_if_any<T: DeserializeOwned>(&self, field: &str) -> Result<Option<T>, AppError> {
        if self.find(field).is_some() {
            self.choice(field).map(Some)
        } else {
            Ok(None)
        }
    }

    fn day(&self, field: &str) -> Result<NaiveDate, AppError> {
        self.parsed(field, FieldProblem::Date)
    }

    fn time(&self, field: &str) -> Result<NaiveTime, AppError> {
        NaiveTime::parse_from_str(self.get(field)?, "%H:%M")
            .map_err(|_cause: chrono::ParseError| problem(field, FieldProblem::Time))
    }

    fn number<T: FromStr>(&self, field: &str) -> Result<T, AppError> {
        self.parsed(field, FieldProblem::Number)
    }

    fn number_if_any<T: FromStr>(&self, field: &str) -> Result<Option<T>, AppError> {
        if self.find(field).is_some() {
            self.number(field).map(Some)
        } else {
            Ok(None)
        }
    }

    fn seen(&self) -> Result<u64, AppError> {
        Ok(self.number_if_any("seen")?.unwrap_or(0))
    }

    fn new_id(&self, label: &str) -> Uuid {
        derived(self.command, label)
    }

    fn write(&mut self, field: &str, words: Words) -> Prose {
        let id = TextId(self.new_id(&format!("text {field}")));
        Submission::write(&mut self.texts, id, words)
    }

    fn name(&self, field: &str) -> Result<Name, AppError> {
        Name::parse(self.get(field)?).map_err(|error| problem(field, error.into()))
    }

    fn sentence(&mut self, field: &str) -> Result<Prose, AppError> {
        let words =
            Sentence::parse(self.get(field)?).map_err(|error| problem(field, error.into()))?;
        Ok(self.write(field, words.into()))
    }

    fn sentence_if_any(&mut self, field: &str) -> Result<Option<Prose>, AppError> {
        if self.find(field).is_some() {
            self.sentence(field).map(Some)
        } else {
            Ok(None)
        }
    }

    fn words(&mut self, field: &str) -> Result<Prose, AppError> {
        let words = Words::parse(self.get(field)?).map_err(|error| problem(field, error.into()))?;
        Ok(self.write(field, words))
    }

    /// The day it was true: `effective` as a day, `effective_month` as `2016-03`, `effective_year` as `2016`.
    fn effective(&self) -> Result<Option<Effective>, AppError> {
        if let Some(year) = self.number_if_any("effective_year")? {
            return Effective::year(year)
                .map(Some)
                .ok_or_else(|| problem("effective_year", FieldProblem::Date));
        }
        if let Some(month) = self.find("effective_month") {
            let parsed = month.split_once('-').and_then(|(year, month)| {
                Effective::month(year.parse().ok()?, month.parse().ok()?)
            });
            return parsed
                .map(Some)
                .ok_or_else(|| problem("effective_month", FieldProblem::Date));
        }
        if self.find("effective").is_some() {
            return Ok(Some(Effective::day(self.day("effective")?)));
        }
        Ok(None)
    }
}

impl From<TextError> for FieldProblem {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Missing,
            TextError::TooLong { max } => Self::TooLong { max },
            TextError::Character => Self::Character,
        }
    }
}

/// What a form's fields order.
///
/// # Errors
/// [`AppError::Field`] with the first field that was not accepted.
pub fn submission(fields: &Fields) -> Result<Submission, AppError> {
    let command: Uuid = fields
        .get("command")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| problem("command", FieldProblem::Missing))?;
    let mut form = Form {
        fields,
        command,
        texts: Vec::new(),
    };
    let order = order(&mut form)?;
    let effective = form.effective()?;
    let mut submission = Submission::new(CommandId(command), order);
    submission.effective = effective;
    submission.texts = form.texts;
    Ok(submission)
}

fn order(form: &mut Form<'_>) -> Result<Command, AppError> {
    let name = form.get("form")?;
    if let Some(command) = meeting(name, form)? {
        return Ok(command.into());
    }
    if let Some(command) = commitment(name, form)? {
        return Ok(command.into());
    }
    if let Some(command) = network(name, form)? {
        return Ok(command.into());
    }
    match name {
        "read_phase" => Ok(OrganisationCommand::ReadPhase {
            reading: domain::ids::ReadingId(form.new_id("reading")),
            network: form.id("network")?,
            organisation: form.id("organisation")?,
            phase: form.choice("phase")?,
            source: form.choice("source")?,
        }
        .into()),
        "read_motivation" => {
            let mut counts = [0; 5];
            for (count, field) in counts
                .iter_mut()
                .zip(["one", "two", "three", "four", "five"])
            {
                *count = form.number_if_any(field)?.unwrap_or(0);
            }
            Ok(OrganisationCommand::ReadMotivation {
                reading: domain::ids::ReadingId(form.new_id("reading")),
                network: form.id("network")?,
                organisation: form.id("organisation")?,
                counts,
            }
            .into())
        }
        "retract" => Ok(Command::Correct {
            stream: stream(form)?,
            of: form.number("of")?,
            instead: Instead::Retracted,
            reason: form.sentence("reason")?,
        }),
        // The event as it should have been travels as the page made it from the one shown: only its day or content
        // differ, and the domain checks that it is still the same kind of event.
        "correct" => {
            let event = serde_json::from_str(form.get("event")?)
                .map_err(|_cause: serde_json::Error| problem("event", FieldProblem::Choice))?;
            let effective = Effective::day(form.day("true_on")?);
            Ok(Command::Correct {
                stream: stream(form)?,
                of: form.number("of")?,
                instead: Instead::Replacement {
                    event: Box::new(event),
                    effective,
                },
                reason: form.sentence("reason")?,
            })
        }
        _ => Err(problem("form", FieldProblem::Choice)),
    }
}

fn stream(form: &Form<'_>) -> Result<StreamId, AppError> {
    let kind = StreamKind::parse(form.get("stream_kind")?);
    Ok(StreamId {
        kind: kind.ok_or_else(|| problem("stream_kind", FieldProblem::Choice))?,
        id: form.id("stream")?,
    })
}

fn meeting(name: &str, form: &mut Form<'_>) -> Result<Option<MeetingCommand>, AppError> {
    let command = match name {
        "plan_meeting" => {
            return Ok(Some(MeetingCommand::Plan {
                meeting: domain::ids::MeetingId(form.new_id("meeting")),
                network: form.id("network")?,
                kind: form.choice("kind")?,
                on: form.day("on")?,
                starts: form.time("starts")?,
                place: form.sentence_if_any("place")?,
                host: form.id_if_any("host")?,
                theme: form.sentence_if_any("theme")?,
                previous: form.id_if_any("previous")?,
            }));
        }
        "reschedule" => MeetingCommand::Reschedule {
            meeting: form.id("meeting")?,
            on: form.day("on")?,
            starts: form.time("starts")?,
            reason: form.sentence("reason")?,
            seen: form.seen()?,
        },
        "cancel_meeting" => MeetingCommand::Cancel {
            meeting: form.id("meeting")?,
            reason: form.sentence("reason")?,
        },
        "add_item" => {
            let kind: ItemKind = form.choice("kind")?;
            MeetingCommand::AddItem {
                meeting: form.id("meeting")?,
                item: domain::ids::ItemId(form.new_id("item")),
                kind,
                title: ItemTitle::Own(form.sentence("title")?),
                minutes: form.number_if_any("minutes")?,
                presenter: form.id_if_any("presenter")?,
            }
        }
        "move_item" => MeetingCommand::MoveItem {
            meeting: form.id("meeting")?,
            item: form.id("item")?,
            to: form.number("to")?,
            seen: form.seen()?,
        },
        "withdraw_item" => MeetingCommand::WithdrawItem {
            meeting: form.id("meeting")?,
            item: form.id("item")?,
        },
        "publish_notice" => MeetingCommand::PublishNotice {
            meeting: form.id("meeting")?,
        },
        "answer_notice" => MeetingCommand::AnswerNotice {
            meeting: form.id("meeting")?,
            organisation: form.id("organisation")?,
            answer: form.choice("answer")?,
        },
        "open_meeting" => MeetingCommand::Open {
            meeting: form.id("meeting")?,
        },
        "attendance" => MeetingCommand::RecordAttendance {
            meeting: form.id("meeting")?,
            organisation: form.id("organisation")?,
            presence: form.choice("presence")?,
        },
        "start_item" => MeetingCommand::StartItem {
            meeting: form.id("meeting")?,
            item: form.id("item")?,
        },
        "end_item" => MeetingCommand::EndItem {
            meeting: form.id("meeting")?,
            item: form.id("item")?,
        },
        "decide" => MeetingCommand::Decide {
            meeting: form.id("meeting")?,
            decision: domain::ids::DecisionId(form.new_id("decision")),
            item: form.id_if_any("item")?,
            kind: form.choice("kind")?,
            method: match form.find("method") {
                Some("vote") => DecisionMethod::Vote {
                    ayes: form.number_if_any("ayes")?.unwrap_or(0),
                    noes: form.number_if_any("noes")?.unwrap_or(0),
                    blank: form.number_if_any("blank")?.unwrap_or(0),
                },
                Some("agreement") | None => DecisionMethod::Agreement,
                Some(_) => return Err(problem("method", FieldProblem::Choice)),
            },
            text: form.sentence("text")?,
        },
        "contract" => MeetingCommand::AgreeContract {
            meeting: form.id("meeting")?,
            contract: Contract {
                on: form.day("on")?,
                starts: form.time("starts")?,
                place: form.sentence_if_any("place")?,
                host: form.id_if_any("host")?,
                theme: form.sentence("theme")?,
                responsible: form.id_if_any("responsible")?,
            },
            seen: form.seen()?,
        },
        "open_evaluation" => MeetingCommand::OpenEvaluation {
            meeting: form.id("meeting")?,
        },
        "agree_change" => MeetingCommand::AgreeChange {
            meeting: form.id("meeting")?,
            change: domain::ids::ChangeId(form.new_id("change")),
            item: form.choice_if_any("item")?,
            minutes_delta: form.number_if_any("minutes_delta")?.unwrap_or(0),
            text: form.sentence("text")?,
        },
        "waive" => MeetingCommand::Waive {
            meeting: form.id("meeting")?,
            requirement: form.choice("requirement")?,
            reason: form.sentence("reason")?,
        },
        "write_minutes" => MeetingCommand::WriteMinutes {
            meeting: form.id("meeting")?,
            text: form.words("text")?,
            seen: form.seen()?,
        },
        "close_meeting" => MeetingCommand::Close {
            meeting: form.id("meeting")?,
        },
        "publish_minutes" => MeetingCommand::PublishMinutes {
            meeting: form.id("meeting")?,
        },
        _ => return Ok(None),
    };
    Ok(Some(command))
}

fn commitment(name: &str, form: &mut Form<'_>) -> Result<Option<CommitmentCommand>, AppError> {
    Ok(Some(match name {
        "commit" => CommitmentCommand::Make {
            meeting: form.id("meeting")?,
            organisation: form.id("organisation")?,
            text: form.sentence("text")?,
            carried_from: form.id_if_any("carried_from")?,
        },
        "reword" => CommitmentCommand::Reword {
            commitment: form.id("commitment")?,
            text: form.sentence("text")?,
            seen: form.seen()?,
        },
        "decline" => CommitmentCommand::Decline {
            meeting: form.id("meeting")?,
            organisation: form.id("organisation")?,
            reason: form.sentence("reason")?,
        },
        "report" => CommitmentCommand::Report {
            commitment: form.id("commitment")?,
            outcome: form.choice("outcome")?,
            learned: form.sentence_if_any("learned")?,
        },
        _ => return Ok(None),
    }))
}

fn network(name: &str, form: &mut Form<'_>) -> Result<Option<NetworkCommand>, AppError> {
    Ok(Some(match name {
        "propose_network" => NetworkCommand::Propose {
            network: domain::ids::NetworkId(form.new_id("network")),
            called: form.name("called")?,
            kind: form.choice("kind")?,
            purpose: form.sentence("purpose")?,
            parent: match form.id_if_any("parent")? {
                Some(parent) => Some((parent, form.choice("relation")?)),
                None => None,
            },
        },
        "establish" => NetworkCommand::Establish {
            network: form.id("network")?,
        },
        "rename_network" => NetworkCommand::Rename {
            network: form.id("network")?,
            called: form.name("called")?,
        },
        "relate" => NetworkCommand::Relate {
            network: form.id("network")?,
            to: form.id("to")?,
            relation: form.choice("relation")?,
        },
        "unrelate" => NetworkCommand::Unrelate {
            network: form.id("network")?,
            to: form.id("to")?,
        },
        "merge" => NetworkCommand::Merge {
            network: form.id("network")?,
            into: form.id("into")?,
            reason: form.sentence("reason")?,
        },
        "end_network" => NetworkCommand::End {
            network: form.id("network")?,
            reason: form.sentence("reason")?,
        },
        "create_seat" => NetworkCommand::CreateSeat {
            network: form.id("network")?,
            seat: domain::ids::SeatId(form.new_id("seat")),
            organisation: form.id("organisation")?,
            vote: form.choice("vote")?,
            person: form.id_if_any("person")?,
        },
        "set_vote" => NetworkCommand::SetVote {
            network: form.id("network")?,
            seat: form.id("seat")?,
            vote: form.choice("vote")?,
        },
        "fill_seat" => NetworkCommand::FillSeat {
            network: form.id("network")?,
            seat: form.id("seat")?,
            person: form.id("person")?,
        },
        "vacate_seat" => NetworkCommand::VacateSeat {
            network: form.id("network")?,
            seat: form.id("seat")?,
        },
        "end_seat" => NetworkCommand::EndSeat {
            network: form.id("network")?,
            seat: form.id("seat")?,
        },
        "give_role" => NetworkCommand::GiveRole {
            network: form.id("network")?,
            role: form.choice("role")?,
            person: form.id("person")?,
        },
        "end_role" => NetworkCommand::EndRole {
            network: form.id("network")?,
            role: form.choice("role")?,
        },
        "charter_section" => NetworkCommand::WriteCharterSection {
            network: form.id("network")?,
            section: form.choice("section")?,
            text: form.words("text")?,
            seen: form.seen()?,
        },
        "adopt_charter" => NetworkCommand::AdoptCharter {
            network: form.id("network")?,
        },
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    const COMMAND: &str = "01890000-0000-7000-8000-000000000001";
    const OTHER: &str = "01890000-0000-7000-8000-000000000002";

    #[test]
    fn a_form_sent_twice_is_one_order() {
        let form = fields(&[
            ("form", "commit"),
            ("command", COMMAND),
            ("meeting", OTHER),
            ("organisation", OTHER),
            ("text", "Vi prøver ut kollegaveiledning."),
        ]);
        assert_eq!(submission(&form), submission(&form));
        assert!(submission(&form).is_ok_and(|order| order.texts.len() == 1));
    }

    #[test]
    fn an_empty_text_is_told_at_its_field() {
        let form = fields(&[
            ("form", "commit"),
            ("command", COMMAND),
            ("meeting", OTHER),
            ("organisation", OTHER),
            ("text", "   "),
        ]);
        assert_eq!(
            submission(&form),
            Err(problem("text", FieldProblem::Missing))
        );
    }

    #[test]
    fn a_wrong_date_and_an_unknown_form_are_told() {
        let form = fields(&[
            ("form", "reschedule"),
            ("command", COMMAND),
            ("meeting", OTHER),
            ("on", "31.02.2026"),
        ]);
        assert_eq!(submission(&form), Err(problem("on", FieldProblem::Date)));
        let form = fields(&[("form", "delete_everything"), ("command", COMMAND)]);
        assert_eq!(
            submission(&form),
            Err(problem("form", FieldProblem::Choice))
        );
    }

    #[test]
    fn a_derived_id_keeps_the_time_of_its_seed() {
        let seed: Uuid = COMMAND.parse().expect("an id");
        let id = derived(seed, "meeting");
        assert_eq!(id.as_bytes()[..6], seed.as_bytes()[..6]);
        assert_eq!(id.get_version_num(), 7);
        assert_ne!(id, derived(seed, "item"));
    }
}
