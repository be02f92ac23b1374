//! Two demo regions, lived through year by year: a pure generator of ordinary commands with a clock and chance of
//! its own. The same commands every time; nothing real but the municipalities' names.
//!
//! [`Region::steps`] yields the commands in the order of recording. Each was decided once on the generator's own
//! shadow of the log ([`shadow`]), so its position is known before it is sent; a refusal ends the generation.

mod cast;
mod jaeren;
mod load;
mod meetings;
mod nordmore;
mod people;
mod register;
mod shadow;
mod words;
mod words_nb;
mod words_nn;
mod world;

#[cfg(test)]
mod tests;

pub use cast::{Suggested, cast};
pub use load::load;
pub use world::Steps;

use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Actor;
use domain::command::Submission;
use domain::ids::TenantId;
use domain::recorded::Position;
use std::collections::BTreeMap;

/// The day the demo regions' clocks stop; what is planned lies after it.
pub const LAST_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(2026, 11, 13).expect("a day of the calendar");

/// One command of a demo region.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who acts.
    pub actor: Actor,
    /// The region's clock when it is recorded.
    pub now: DateTime<Utc>,
    /// The command with its words.
    pub submission: Submission,
    /// Where its first event will lie in the region's log.
    pub first_position: Position,
}

/// A step that the rules refuse: a mistake in the generator.
#[derive(Debug, thiserror::Error)]
#[error("demo region {region}: step {number} was refused: {code} ({what})")]
pub struct DemoError {
    /// Which region.
    pub region: &'static str,
    /// Which step, from 1.
    pub number: u64,
    /// The refusal's code.
    pub code: &'static str,
    /// The command.
    pub what: String,
}

/// A demo region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    /// Eight municipalities, a network of networks over many years, in bokmål.
    Nordmore,
    /// Seven leader networks with charters and a craft of meeting, in nynorsk.
    Jaeren,
}

impl Region {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Nordmore, Self::Jaeren];

    /// The region's short name in addresses.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Nordmore => "nordmore",
            Self::Jaeren => "jaeren",
        }
    }

    /// The region's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nordmore => "Nordmøre",
            Self::Jaeren => "Jæren",
        }
    }

    /// The region's language.
    #[must_use]
    pub const fn language(self) -> &'static str {
        match self {
            Self::Nordmore => "nb",
            Self::Jaeren => "nn",
        }
    }

    /// The region's time zone.
    #[must_use]
    pub const fn time_zone(self) -> chrono_tz::Tz {
        match self {
            Self::Nordmore | Self::Jaeren => chrono_tz::Europe::Oslo,
        }
    }

    /// The region's id: always the same.
    #[must_use]
    pub fn tenant(self) -> TenantId {
        TenantId(people::named(self, "region"))
    }

    /// Its commands in the order of recording, with this many further networks beyond the region's own.
    ///
    /// # Errors
    /// [`DemoError`] when the set-up is refused.
    pub fn steps(self, further_networks: u32) -> Result<Steps, DemoError> {
        let mut world = world::World::new(self);
        match self {
            Self::Nordmore => nordmore::begin(&mut world, further_networks)?,
            Self::Jaeren => jaeren::begin(&mut world)?,
        }
        Ok(Steps::of(world))
    }

    /// Lives through the region and counts its events by stored name.
    ///
    /// # Errors
    /// [`DemoError`] when a step is refused.
    pub fn count(self, further_networks: u32) -> Result<BTreeMap<String, u64>, DemoError> {
        let mut steps = self.steps(further_networks)?;
        for step in &mut steps {
            step?;
        }
        Ok(steps.kinds().clone())
    }
}

fn total(counts: &BTreeMap<String, u64>) -> u64 {
    counts.values().sum()
}

/// How many further networks Nordmøre needs so that both regions together hold at least this many events.
///
/// # Errors
/// [`DemoError`] when a step is refused.
pub fn further_networks(events: u64) -> Result<u32, DemoError> {
    let own = total(&Region::Nordmore.count(0)?);
    let wanted = events.saturating_sub(total(&Region::Jaeren.count(0)?));
    if own >= wanted {
        return Ok(0);
    }
    // What a network brings differs a little from one to the next: measure some, then look, then add what is missing.
    let sample: u32 = 8;
    let each = (total(&Region::Nordmore.count(sample)?) - own) / u64::from(sample);
    let mut further = u32::try_from((wanted - own) / each.max(1))
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    loop {
        let held = total(&Region::Nordmore.count(further)?);
        if held >= wanted {
            return Ok(further);
        }
        let missing = u32::try_from((wanted - held) / each.max(1)).unwrap_or(u32::MAX);
        further = further.saturating_add(missing.saturating_add(1));
    }
}

/// A table of the events of both regions by stored name, as Markdown.
///
/// # Errors
/// [`DemoError`] when a step is refused.
pub fn table() -> Result<String, DemoError> {
    use std::fmt::Write;
    let [nordmore, jaeren] = [Region::Nordmore.count(0)?, Region::Jaeren.count(0)?];
    let mut names: Vec<&String> = nordmore.keys().chain(jaeren.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut table = String::from("| event | Nordmøre | Jæren |\n|---|---:|---:|\n");
    let of = |counts: &BTreeMap<String, u64>, name: &str| counts.get(name).copied().unwrap_or(0);
    for name in names {
        let _ = writeln!(
            table,
            "| `{name}` | {} | {} |",
            of(&nordmore, name),
            of(&jaeren, name)
        );
    }
    let _ = writeln!(
        table,
        "| **all** | **{}** | **{}** |",
        total(&nordmore),
        total(&jaeren)
    );
    Ok(table)
}
