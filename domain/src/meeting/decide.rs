//! What an order to a meeting brings.

use super::command::MeetingCommand;
use super::event::{DecisionMethod, ItemKind, ItemTitle, MeetingEvent, Presence, Requirement};
use super::state::{Meeting, MeetingStatus};
use crate::event::Event;
use crate::ids::{ItemId, MeetingId, NetworkId, OrganisationId, StreamId, commitment_id};
use crate::limits::{
    AGENDA_ITEMS_MAX, FILE_BYTES_MAX, FILES_MAX, ITEM_MINUTES_MAX, NOTICE_LEAD_DAYS, PLAN_YEARS_MAX,
};
use crate::moment::Moment;
use crate::network::state::NetworkStatus;
use crate::rejection::Rejection;
use crate::rule::{Loaded, Stop};
use crate::templates;
use crate::time::Effective;
use chrono::{Datelike, NaiveDate};

type Events = Result<Vec<MeetingEvent>, Stop>;

/// Decides. `effective` is the day the order was true: a notice recorded later than it went out is judged by that day.
///
/// # Errors
/// [`Stop`]: more is needed, or a refusal.
pub fn decide(
    command: &MeetingCommand,
    loaded: &Loaded,
    moment: &Moment,
    effective: Effective,
) -> Result<Vec<(StreamId, Event)>, Stop> {
    let day = effective.from().unwrap_or(moment.today);
    let events = match command {
        MeetingCommand::Plan { .. } => plan(command, loaded, moment, day)?,
        _ => on_agenda(command, loaded, moment, day)?,
    };
    let stream = command.meeting().into();
    Ok(events
        .into_iter()
        .map(|event| (stream, event.into()))
        .collect())
}

fn within_reach(on: NaiveDate, moment: &Moment) -> Result<(), Rejection> {
    if on.year() > moment.today.year() + PLAN_YEARS_MAX {
        Err(Rejection::TooFarAhead)
    } else {
        Ok(())
    }
}

fn plan(command: &MeetingCommand, loaded: &Loaded, moment: &Moment, day: NaiveDate) -> Events {
    let MeetingCommand::Plan {
        meeting,
        network,
        kind,
        on,
        starts,
        place,
        host,
        theme,
        previous,
    } = *command
    else {
        return Ok(Vec::new());
    };
    if loaded.any(meeting)?.meeting.is_some() {
        return Err(Rejection::AlreadyRegistered.into());
    }
    let body = loaded.network(network)?;
    let first_conference = kind == super::event::MeetingKind::DialogueConference
        || kind == super::event::MeetingKind::Start;
    let may_meet = body.status == NetworkStatus::AtWork
        || (body.status == NetworkStatus::Proposed && first_conference);
    if !may_meet {
        return Err(Rejection::NotAtWork.into());
    }
    if on < day {
        return Err(Rejection::InThePast.into());
    }
    within_reach(on, moment)?;
    if let Some(host) = host
        && loaded.organisation(host)?.closed
    {
        return Err(Rejection::OrganisationClosed.into());
    }
    let changes = match previous {
        Some(previous) => {
            let before = loaded.meeting(previous)?;
            if before.network != Some(network) {
                return Err(Rejection::UnknownMeeting.into());
            }
            before.changes.as_slice()
        }
        None => &[],
    };
    let planned = MeetingEvent::Planned {
        meeting,
        network,
        kind,
        on,
        starts,
        place,
        host,
        theme,
        previous,
    };
    let rows = templates::items(kind).iter().map(|&(item, kind, minutes)| {
        let delta: i16 = changes
            .iter()
            .filter(|(_, row, _)| *row == Some(item))
            .map(|change| change.2)
            .sum();
        let because = changes.iter().rfind(|(_, row, _)| *row == Some(item));
        MeetingEvent::ItemAdded {
            meeting,
            network,
            item: templates::item_id(meeting, item),
            kind,
            title: ItemTitle::Template(item),
            minutes: Some(
                minutes
                    .saturating_add_signed(delta)
                    .clamp(1, ITEM_MINUTES_MAX),
            ),
            presenter: None,
            because: because.and_then(|change| previous.map(|previous| (previous, change.0))),
        }
    });
    Ok(std::iter::once(planned).chain(rows).collect())
}

fn on_agenda(command: &MeetingCommand, loaded: &Loaded, moment: &Moment, day: NaiveDate) -> Events {
    let meeting = command.meeting();
    let state = loaded.meeting(meeting)?;
    let network = state.network()?;
    let event = match *command {
        MeetingCommand::Plan { .. } => return plan(command, loaded, moment, day),
        MeetingCommand::Reschedule {
            on,
            starts,
            reason,
            seen,
            ..
        } => {
            let (from, from_time, changed) = state.when.ok_or(Rejection::UnknownMeeting)?;
            state.require_ahead()?;
            if state.status == MeetingStatus::Open {
                return Err(Rejection::MeetingAlreadyOpen.into());
            }
            if changed > seen {
                return Err(Rejection::Changed { position: changed }.into());
            }
            if (from, from_time) == (on, starts) {
                return Err(Rejection::SameTime.into());
            }
            if on < day {
                return Err(Rejection::InThePast.into());
            }
            within_reach(on, moment)?;
            MeetingEvent::Rescheduled {
                meeting,
                network,
                from,
                to: on,
                starts,
                reason,
            }
        }
        MeetingCommand::Cancel { reason, .. } => {
            state.require_ahead()?;
            if state.status == MeetingStatus::Open {
                return Err(Rejection::MeetingAlreadyOpen.into());
            }
            MeetingEvent::Cancelled {
                meeting,
                network,
                reason,
            }
        }
        MeetingCommand::AddItem {
            item,
            kind,
            title,
            minutes,
            presenter,
            ..
        } => {
            state.require_ahead()?;
            if state.item(item).is_ok() {
                return Err(Rejection::AlreadyRegistered.into());
            }
            if state.items.len() >= AGENDA_ITEMS_MAX {
                return Err(Rejection::AgendaFull.into());
            }
            if minutes.is_some_and(|minutes| minutes == 0 || minutes > ITEM_MINUTES_MAX) {
                return Err(Rejection::ItemMinutes.into());
            }
            if let Some(presenter) = presenter {
                loaded.known_person(presenter)?;
            }
            MeetingEvent::ItemAdded {
                meeting,
                network,
                item,
                kind,
                title,
                minutes,
                presenter,
                because: None,
            }
        }
        MeetingCommand::MoveItem { item, to, seen, .. } => {
            state.require_ahead()?;
            state.item(item)?;
            if usize::from(to) >= state.items.len() {
                return Err(Rejection::NoSuchPlace.into());
            }
            if state.ordered > seen {
                return Err(Rejection::Changed {
                    position: state.ordered,
                }
                .into());
            }
            let from = state
                .items
                .iter()
                .position(|other| other.id == item)
                .unwrap_or_default();
            let from = u16::try_from(from).unwrap_or(u16::MAX);
            if from == to {
                return Err(Rejection::NoSuchPlace.into());
            }
            MeetingEvent::ItemMoved {
                meeting,
                network,
                item,
                from,
                to,
            }
        }
        MeetingCommand::WithdrawItem { item, .. } => {
            state.require_ahead()?;
            state.item(item)?;
            if state.running.is_some_and(|(running, _)| running == item) {
                return Err(Rejection::ItemRunning.into());
            }
            MeetingEvent::ItemWithdrawn {
                meeting,
                network,
                item,
            }
        }
        MeetingCommand::PublishNotice { .. } => notice(state, meeting, network, day)?,
        MeetingCommand::AnswerNotice {
            organisation,
            answer,
            ..
        } => {
            state.require_ahead()?;
            if state.status == MeetingStatus::Planned {
                return Err(Rejection::NoNotice.into());
            }
            takes_part(loaded, network, organisation)?;
            let person = moment.actor.person().ok_or(Rejection::NotPermitted)?;
            MeetingEvent::NoticeAnswered {
                meeting,
                network,
                organisation,
                person,
                answer,
            }
        }
        MeetingCommand::Open { .. } => {
            state.require_ahead()?;
            if state.status == MeetingStatus::Open {
                return Err(Rejection::MeetingAlreadyOpen.into());
            }
            MeetingEvent::Opened { meeting, network }
        }
        MeetingCommand::RecordAttendance {
            organisation,
            presence,
            ..
        } => {
            state.require_open()?;
            let seats = &loaded.network(network)?.seats;
            takes_part(loaded, network, organisation)?;
            let seat = seats
                .values()
                .find(|seat| seat.organisation == organisation);
            let person = match presence {
                Presence::Present => seat.and_then(|seat| seat.person),
                Presence::Absent => None,
            };
            MeetingEvent::AttendanceRecorded {
                meeting,
                network,
                organisation,
                person,
                presence,
            }
        }
        MeetingCommand::StartItem { item, .. } => {
            state.require_open()?;
            state.item(item)?;
            if state.running.is_some_and(|(running, _)| running == item) {
                return Err(Rejection::ItemRunning.into());
            }
            let mut events: Vec<_> = ended(state, meeting, network, moment).into_iter().collect();
            events.push(MeetingEvent::ItemStarted {
                meeting,
                network,
                item,
            });
            return Ok(events);
        }
        MeetingCommand::EndItem { item, .. } => {
            state.require_open()?;
            if state.running.is_none_or(|(running, _)| running != item) {
                return Err(Rejection::ItemNotRunning.into());
            }
            return Ok(ended(state, meeting, network, moment).into_iter().collect());
        }
        MeetingCommand::Decide {
            decision,
            item,
            kind,
            method,
            text,
            ..
        } => {
            state.require_open()?;
            recordable(state, item)?;
            count(loaded, network, method)?;
            MeetingEvent::DecisionTaken {
                meeting,
                network,
                decision,
                item,
                kind,
                method,
                text,
            }
        }
        MeetingCommand::AgreeContract { contract, seen, .. } => {
            state.require_open()?;
            if state.contracted > seen {
                return Err(Rejection::Changed {
                    position: state.contracted,
                }
                .into());
            }
            if state.when.is_some_and(|(on, _, _)| contract.on <= on) {
                return Err(Rejection::ContractNotAfter.into());
            }
            within_reach(contract.on, moment)?;
            if let Some(host) = contract.host {
                loaded.organisation(host)?;
            }
            if let Some(responsible) = contract.responsible {
                loaded.known_person(responsible)?;
            }
            MeetingEvent::ContractAgreed {
                meeting,
                network,
                contract,
            }
        }
        MeetingCommand::OpenEvaluation { .. } => {
            state.require_open()?;
            if state.evaluation {
                return Err(Rejection::EvaluationAlreadyOpen.into());
            }
            MeetingEvent::EvaluationOpened { meeting, network }
        }
        MeetingCommand::AgreeChange {
            change,
            item,
            minutes_delta,
            text,
            ..
        } => {
            state.require_open()?;
            if !state.evaluation {
                return Err(Rejection::EvaluationNotOpen.into());
            }
            if minutes_delta.unsigned_abs() > ITEM_MINUTES_MAX {
                return Err(Rejection::ItemMinutes.into());
            }
            MeetingEvent::ChangeAgreed {
                meeting,
                network,
                change,
                item,
                minutes_delta,
                text,
            }
        }
        MeetingCommand::Waive {
            requirement,
            reason,
            ..
        } => {
            state.require_open()?;
            if state.waived.contains(&requirement) || has(state, requirement) {
                return Err(Rejection::NothingToWaive.into());
            }
            MeetingEvent::RequirementWaived {
                meeting,
                network,
                requirement,
                reason,
            }
        }
        MeetingCommand::WriteMinutes { text, seen, .. } => {
            match state.status {
                MeetingStatus::Open | MeetingStatus::Closed => {}
                MeetingStatus::Planned | MeetingStatus::Called => {
                    return Err(Rejection::MeetingNotOpen.into());
                }
                MeetingStatus::Minuted => return Err(Rejection::MinutesPublished.into()),
                MeetingStatus::Cancelled => return Err(Rejection::MeetingCancelled.into()),
            }
            if state.minutes > seen {
                return Err(Rejection::Changed {
                    position: state.minutes,
                }
                .into());
            }
            MeetingEvent::MinutesWritten {
                meeting,
                network,
                text,
            }
        }
        MeetingCommand::AddFile {
            file,
            kind,
            bytes,
            digest,
            ..
        } => {
            if state.files.iter().any(|known| known.file == file) {
                return Err(Rejection::AlreadyRegistered.into());
            }
            if bytes == 0 || bytes > FILE_BYTES_MAX || state.files.len() >= FILES_MAX {
                return Err(Rejection::TooLarge.into());
            }
            MeetingEvent::FileAdded {
                meeting,
                network,
                file,
                kind,
                bytes,
                digest,
            }
        }
        MeetingCommand::Close { .. } => return close(loaded, state, meeting, network, moment),
        MeetingCommand::PublishMinutes { .. } => {
            match state.status {
                MeetingStatus::Closed => {}
                MeetingStatus::Minuted => return Err(Rejection::MinutesPublished.into()),
                MeetingStatus::Cancelled => return Err(Rejection::MeetingCancelled.into()),
                MeetingStatus::Planned | MeetingStatus::Called | MeetingStatus::Open => {
                    return Err(Rejection::MeetingNotClosed.into());
                }
            }
            if state.minutes == 0 {
                return Err(Rejection::NoMinutes.into());
            }
            MeetingEvent::MinutesPublished { meeting, network }
        }
    };
    Ok(vec![event])
}

fn notice(
    state: &Meeting,
    meeting: MeetingId,
    network: NetworkId,
    day: NaiveDate,
) -> Result<MeetingEvent, Rejection> {
    state.require_ahead()?;
    if state.status != MeetingStatus::Planned {
        return Err(Rejection::NoticeAlreadyOut);
    }
    if state.items.is_empty() {
        return Err(Rejection::EmptyAgenda);
    }
    let on = state.when.map_or(day, |(on, _, _)| on);
    let lead_days = (on - day).num_days();
    Ok(MeetingEvent::NoticePublished {
        meeting,
        network,
        lead_days,
        late: lead_days < NOTICE_LEAD_DAYS,
    })
}

fn takes_part(
    loaded: &Loaded,
    network: NetworkId,
    organisation: OrganisationId,
) -> Result<(), Stop> {
    if loaded
        .network(network)?
        .organisations()
        .contains(&organisation)
    {
        Ok(())
    } else {
        Err(Rejection::NotTakingPart.into())
    }
}

/// The end of the row that runs, with how long it took by the clock.
fn ended(
    state: &Meeting,
    meeting: MeetingId,
    network: NetworkId,
    moment: &Moment,
) -> Option<MeetingEvent> {
    let (item, since) = state.running?;
    let minutes = ((moment.now - since).num_seconds() + 30) / 60;
    let minutes = u16::try_from(minutes.max(0)).unwrap_or(u16::MAX);
    Some(MeetingEvent::ItemEnded {
        meeting,
        network,
        item,
        minutes,
    })
}

fn recordable(state: &Meeting, item: Option<ItemId>) -> Result<(), Rejection> {
    match item {
        Some(item) if state.item(item)?.kind == ItemKind::OffRecord => Err(Rejection::OffTheRecord),
        Some(_) | None => Ok(()),
    }
}

fn count(loaded: &Loaded, network: NetworkId, method: DecisionMethod) -> Result<(), Stop> {
    let DecisionMethod::Vote { ayes, noes, blank } = method else {
        return Ok(());
    };
    let cast = [ayes, noes, blank]
        .into_iter()
        .try_fold(0_u32, u32::checked_add);
    let seats = loaded.network(network)?.votes();
    match cast {
        Some(0) => Err(Rejection::NoVotes.into()),
        Some(cast) if usize::try_from(cast).is_ok_and(|cast| cast <= seats) => Ok(()),
        Some(_) | None => Err(Rejection::TooManyVotes.into()),
    }
}

fn has(state: &Meeting, requirement: Requirement) -> bool {
    match requirement {
        Requirement::Commitments => false,
        Requirement::Contract => state.contract.is_some(),
        Requirement::Evaluation => state.evaluation,
    }
}

fn close(
    loaded: &Loaded,
    state: &Meeting,
    meeting: MeetingId,
    network: NetworkId,
    moment: &Moment,
) -> Events {
    state.require_open()?;
    let organisations = loaded.network(network)?.organisations();
    loaded.ensure(
        organisations
            .iter()
            .map(|&organisation| commitment_id(meeting, organisation).into()),
    )?;
    let mut without = Vec::new();
    for organisation in organisations {
        if loaded
            .any(commitment_id(meeting, organisation))?
            .commitment
            .is_none()
        {
            without.push(organisation);
        }
    }
    let mut missing = Vec::new();
    if !without.is_empty() && !state.waived.contains(&Requirement::Commitments) {
        missing.push(Requirement::Commitments);
    }
    for requirement in [Requirement::Contract, Requirement::Evaluation] {
        if !has(state, requirement) && !state.waived.contains(&requirement) {
            missing.push(requirement);
        }
    }
    if !missing.is_empty() {
        if !missing.contains(&Requirement::Commitments) {
            without.clear();
        }
        return Err(Rejection::MeetingIncomplete {
            missing,
            organisations: without,
        }
        .into());
    }
    let mut events: Vec<_> = ended(state, meeting, network, moment).into_iter().collect();
    events.push(MeetingEvent::Closed { meeting, network });
    Ok(events)
}
