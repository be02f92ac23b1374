//! The river: how many units are in each phase, by quarter, and how motivation went. The same fold for a region (all
//! readings; a unit counts where it was read last) and for one network (its own readings).

use super::View;
use crate::event::Event;
use crate::history::Fold;
use crate::ids::{OrganisationId, TenantId};
use crate::meeting::event::MeetingEvent;
use crate::network::event::NetworkEvent;
use crate::organisation::event::{OrganisationEvent, Phase, PhaseReading, ReadingSource};
use crate::recorded::Recorded;
use crate::time::Quarter;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What changed in a quarter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterRow {
    /// Units that came into (or left) each phase, as they say themselves.
    #[serde(rename = "s")]
    pub self_reported: [i32; 3],
    /// The same, as evaluators say.
    #[serde(rename = "a")]
    pub assessed: [i32; 3],
    /// Answers 1 to 5 about motivation.
    #[serde(rename = "m")]
    pub motivation: [u32; 5],
    /// Meetings closed.
    #[serde(rename = "c")]
    pub meetings: u32,
    /// Bodies founded, renamed, merged, ended; charters adopted.
    #[serde(rename = "n")]
    pub changes: u32,
}

/// The river. Key: the region, or a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiverView {
    /// The phase each unit is in now: as it says itself, as evaluators say.
    pub units: BTreeMap<OrganisationId, (Option<Phase>, Option<Phase>)>,
    /// What changed, by quarter; readings without a known day are in `units` only.
    pub quarters: BTreeMap<Quarter, QuarterRow>,
}

/// The river's height at a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Which quarter.
    pub quarter: Quarter,
    /// Units in each phase, as they say themselves, at its end.
    pub self_reported: [u32; 3],
    /// The same, as evaluators say.
    pub assessed: [u32; 3],
    /// Mean of the answers about motivation in that quarter, 1 to 5; none without answers.
    pub motivation: Option<f32>,
    /// Meetings closed in that quarter.
    pub meetings: u32,
    /// Changes of bodies and charters in that quarter.
    pub changes: u32,
}

impl RiverView {
    /// The levels of all quarters from the first reading to the last change, without gaps.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        let (Some(first), Some(last)) = (
            self.quarters.keys().next(),
            self.quarters.keys().next_back(),
        ) else {
            return Vec::new();
        };
        let mut own = [0_i32; 3];
        let mut assessed = [0_i32; 3];
        let none = QuarterRow::default();
        (first.0..=last.0)
            .map(Quarter)
            .map(|quarter| {
                let row = self.quarters.get(&quarter).unwrap_or(&none);
                for phase in 0..3 {
                    own[phase] += row.self_reported[phase];
                    assessed[phase] += row.assessed[phase];
                }
                Level {
                    quarter,
                    self_reported: own.map(|count| u32::try_from(count).unwrap_or(0)),
                    assessed: assessed.map(|count| u32::try_from(count).unwrap_or(0)),
                    motivation: mean(row.motivation),
                    meetings: row.meetings,
                    changes: row.changes,
                }
            })
            .collect()
    }

    fn read(
        &mut self,
        organisation: OrganisationId,
        phase: Option<Phase>,
        source: ReadingSource,
        at: Option<Quarter>,
    ) {
        let unit = self.units.entry(organisation).or_default();
        let before = match source {
            ReadingSource::SelfReported => std::mem::replace(&mut unit.0, phase),
            ReadingSource::Assessed => std::mem::replace(&mut unit.1, phase),
        };
        let Some(quarter) = at else {
            return;
        };
        let row = self.quarters.entry(quarter).or_default();
        let counts = match source {
            ReadingSource::SelfReported => &mut row.self_reported,
            ReadingSource::Assessed => &mut row.assessed,
        };
        if let Some(before) = before {
            counts[before.index()] -= 1;
        }
        if let Some(phase) = phase {
            counts[phase.index()] += 1;
        }
    }
}

fn mean(answers: [u32; 5]) -> Option<f32> {
    let count: u32 = answers.iter().sum();
    let sum: u32 = answers
        .iter()
        .zip(1_u32..)
        .map(|(count, score)| count * score)
        .sum();
    if count == 0 {
        return None;
    }
    // Counts of people: far below where a float loses digits.
    #[allow(clippy::cast_precision_loss)]
    Some(sum as f32 / count as f32)
}

impl Fold for RiverView {
    fn apply(&mut self, recorded: &Recorded) {
        let quarter = recorded.effective.from().map(Quarter::of);
        match &recorded.event {
            Event::Organisation(
                event @ (OrganisationEvent::PhaseReported(_) | OrganisationEvent::PhaseAssessed(_)),
            ) => {
                if let Some((reading, source)) = event.phase_reading() {
                    self.read(reading.organisation, Some(reading.phase), source, quarter);
                }
            }
            Event::Organisation(OrganisationEvent::MotivationCounted { counts, .. }) => {
                if let Some(quarter) = quarter {
                    let row = self.quarters.entry(quarter).or_default();
                    for (sum, count) in row.motivation.iter_mut().zip(counts) {
                        *sum = sum.saturating_add(*count);
                    }
                }
            }
            Event::Organisation(OrganisationEvent::Closed { organisation })
                if self.units.contains_key(organisation) =>
            {
                self.read(*organisation, None, ReadingSource::SelfReported, quarter);
                self.read(*organisation, None, ReadingSource::Assessed, quarter);
                self.units.remove(organisation);
            }
            Event::Meeting(MeetingEvent::Closed { .. }) => {
                if let Some(quarter) = quarter {
                    self.quarters.entry(quarter).or_default().meetings += 1;
                }
            }
            Event::Network(
                NetworkEvent::Established { .. }
                | NetworkEvent::Renamed { .. }
                | NetworkEvent::Merged { .. }
                | NetworkEvent::Ended { .. }
                | NetworkEvent::CharterAdopted { .. },
            ) => {
                if let Some(quarter) = quarter {
                    self.quarters.entry(quarter).or_default().changes += 1;
                }
            }
            _ => {}
        }
    }
}

impl View for RiverView {
    const NAME: &'static str = "river";
    const READS: &'static [&'static str] = &[
        "organisation.phase_reported.v1",
        "organisation.phase_assessed.v1",
        "organisation.motivation_counted.v1",
        "organisation.closed.v1",
        "meeting.closed.v1",
        "network.established.v1",
        "network.renamed.v1",
        "network.merged.v1",
        "network.ended.v1",
        "network.charter_adopted.v1",
    ];

    fn keys(event: &Event, tenant: TenantId) -> Vec<Uuid> {
        match event {
            Event::Organisation(
                OrganisationEvent::PhaseReported(PhaseReading { network, .. })
                | OrganisationEvent::PhaseAssessed(PhaseReading { network, .. })
                | OrganisationEvent::MotivationCounted { network, .. },
            )
            | Event::Meeting(MeetingEvent::Closed { network, .. })
            | Event::Network(
                NetworkEvent::Established { network }
                | NetworkEvent::Renamed { network, .. }
                | NetworkEvent::Merged { network, .. }
                | NetworkEvent::Ended { network, .. }
                | NetworkEvent::CharterAdopted { network, .. },
            ) => vec![tenant.0, network.0],
            Event::Organisation(OrganisationEvent::Closed { .. }) => vec![tenant.0],
            _ => Vec::new(),
        }
    }
}
