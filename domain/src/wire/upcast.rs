//! One function a version step, JSON to JSON. An event is stored once and never rewritten; what an older release
//! wrote is brought up here when it is read.

use super::WireError;
use serde_json::{Map, Value, json};

type Data = Map<String, Value>;

/// A step from one version of an event to the next.
pub struct Step {
    /// The older name.
    pub from: &'static str,
    /// The names that it can become. Mostly one; several where an event was split.
    pub to: &'static [&'static str],
    /// The newer name and data; `None` where the data is not what the older version wrote.
    up: fn(Data) -> Option<(&'static str, Data)>,
    /// Back again, for a release that reads the newer version and still writes the older. What the older cannot say is
    /// left out.
    down: fn(&'static str, Data) -> Data,
}

/// Every step there ever was: none is removed as long as one such event is stored anywhere.
pub const STEPS: &[Step] = &[
    // A field added: as what the person worked there. Older events do not tell.
    Step {
        from: "person.left.v1",
        to: &["person.left.v2"],
        up: |mut data| {
            data.insert("role".to_owned(), Value::Null);
            Some(("person.left.v2", data))
        },
        down: |_, mut data| {
            data.remove("role");
            data
        },
    },
    // Renamed: what is kept are counts, and "read" said nothing of that.
    Step {
        from: "organisation.motivation_read.v1",
        to: &["organisation.motivation_counted.v1"],
        up: |data| Some(("organisation.motivation_counted.v1", data)),
        down: |_, data| data,
    },
    // Split: what a unit tells of itself and what evaluators judge are two facts.
    Step {
        from: "organisation.phase_read.v1",
        to: &[
            "organisation.phase_reported.v1",
            "organisation.phase_assessed.v1",
        ],
        up: |mut data| {
            let name = match data.remove("source")?.as_str()? {
                "self_reported" => "organisation.phase_reported.v1",
                "assessed" => "organisation.phase_assessed.v1",
                _ => return None,
            };
            Some((name, data))
        },
        down: |name, mut data| {
            let source = if name == "organisation.phase_reported.v1" {
                "self_reported"
            } else {
                "assessed"
            };
            data.insert("source".to_owned(), json!(source));
            data
        },
    },
];

fn step(name: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.from == name)
}

/// Brings stored data up to the newest version; `None` where it is the newest already.
///
/// # Errors
/// [`WireError::Data`] when the stored data is not what that version wrote.
pub fn upcast(name: &str, data: &str) -> Result<Option<(&'static str, String)>, WireError> {
    let Some(first) = step(name) else {
        return Ok(None);
    };
    let unfit = |source| WireError::Data {
        name: name.to_owned(),
        source,
    };
    let mut data: Data = serde_json::from_str(data).map_err(unfit)?;
    let (mut at, mut reached) = (first, first.from);
    loop {
        (reached, data) = (at.up)(data).ok_or_else(|| {
            unfit(serde::de::Error::custom(format!(
                "it is not what {reached} holds"
            )))
        })?;
        match step(reached) {
            Some(next) => at = next,
            None => return Ok(Some((reached, Value::Object(data).to_string()))),
        }
    }
}

/// Writes data of the newest version as an older one, where that one is written still.
pub(super) fn downcast(
    name: &'static str,
    data: Data,
    written: &[&'static str],
) -> (&'static str, Data) {
    let (mut reached, mut data) = (name, data);
    // A step leads to an older version, so this ends.
    for _ in STEPS {
        if written.contains(&reached) {
            break;
        }
        let Some(step) = STEPS.iter().find(|step| step.to.contains(&reached)) else {
            break;
        };
        if !leads_to(step.from, written) {
            break;
        }
        data = (step.down)(reached, data);
        reached = step.from;
    }
    (reached, data)
}

/// Whether a name, or an older one of the same event, is among those.
fn leads_to(name: &str, written: &[&str]) -> bool {
    let mut at = name;
    for _ in STEPS {
        if written.contains(&at) {
            return true;
        }
        match STEPS.iter().find(|step| step.to.contains(&at)) {
            Some(step) => at = step.from,
            None => return false,
        }
    }
    written.contains(&at)
}
