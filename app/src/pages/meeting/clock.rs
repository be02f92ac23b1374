//! The browser's clock: the page of a meeting that goes on follows what others do, and counts the minutes of the row
//! that runs. The server renders without a clock.

use super::model::minutes_since;
use crate::parts::ask::Refetch;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often an open meeting's page looks for what others did.
const FOLLOW: Duration = Duration::from_millis(2_500);
/// How often the minutes are counted.
const COUNT: Duration = Duration::from_secs(5);

#[cfg(feature = "hydrate")]
#[allow(clippy::cast_possible_truncation)]
fn now() -> Option<i64> {
    // Milliseconds since 1970 fit for 290 million years.
    Some(js_sys::Date::now() as i64)
}

#[cfg(not(feature = "hydrate"))]
const fn now() -> Option<i64> {
    None
}

fn every(interval: Duration, tick: impl Fn() + 'static) {
    if let Ok(handle) = set_interval_with_handle(tick, interval) {
        on_cleanup(move || handle.clear());
    }
}

/// Asks again every few seconds while the page is looked at.
pub fn follow(going_on: bool) {
    let refetch = use_context::<Refetch>();
    Effect::new(move |_| {
        if let Some(refetch) = refetch.filter(|_| going_on) {
            every(FOLLOW, move || {
                if !document().hidden() {
                    refetch.now();
                }
            });
        }
    });
}

/// Minutes since a moment (in milliseconds since 1970), counting; none until the browser has taken over.
pub fn minutes(since: i64) -> ReadSignal<Option<u16>> {
    let (minutes, set) = signal(None);
    Effect::new(move |_| {
        let count = move || set.set(now().map(|now| minutes_since(since, now)));
        count();
        every(COUNT, count);
    });
    minutes
}

/// Which version of a text each field was last built on. It outlives the page's being built anew.
#[derive(Clone, Default)]
pub struct Versions(Arc<Mutex<BTreeMap<String, (u64, bool)>>>);

impl Versions {
    /// Whether somebody else saved a newer version while something was typed in the field with this id.
    pub fn overtaken(&self, field: &str, version: u64) -> bool {
        let typed = typed(field);
        let mut versions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (built_on, was) = versions.get(field).copied().unwrap_or((version, false));
        let overtaken = typed && (was || built_on < version);
        versions.insert(field.to_owned(), (version, overtaken));
        overtaken
    }
}

#[cfg(feature = "hydrate")]
fn typed(field: &str) -> bool {
    let Some(element) = document().get_element_by_id(field) else {
        return false;
    };
    let text = |name: &str| {
        js_sys::Reflect::get(&element, &name.into())
            .ok()
            .and_then(|value| value.as_string())
    };
    text("value") != text("defaultValue")
}

#[cfg(not(feature = "hydrate"))]
fn typed(field: &str) -> bool {
    let _ = field;
    false
}
