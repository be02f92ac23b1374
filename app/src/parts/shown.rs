//! What a page shows its parts with: names, words, who looks, from which time.

use crate::forms::derived;
use crate::order::by_name;
use crate::parts::words::words;
use crate::query::{Around, Reply, Viewer};
use chrono::{NaiveDate, NaiveDateTime};
use domain::access::{Permission, Standing, may};
use domain::ids::{NetworkId, OrganisationId, PersonId};
use domain::organisation::event::OrganisationKind;
use domain::recorded::Position;
use domain::text::Prose;
use domain::time::{AsOf, Timestamp};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug)]
struct Facts {
    around: Around,
    position: Position,
    fresh: Uuid,
}

/// What is around a page's answer. Copied freely; it stays the page's own when the page is asked anew.
#[derive(Clone, Copy, Debug)]
pub struct Shown(StoredValue<Option<Arc<Facts>>>);

/// What the page around this part shows with.
///
/// # Panics
/// Outside of [`crate::parts::ask::ask`].
#[must_use]
pub fn shown() -> Shown {
    expect_context()
}

impl Shown {
    pub(crate) fn empty() -> Self {
        Self(StoredValue::new(None))
    }

    /// Takes over what came with an answer.
    pub(crate) fn fill(self, reply: &Reply) -> Result<(), serde_json::Error> {
        let facts = Facts {
            around: reply.around.read()?,
            position: reply.position,
            fresh: reply.fresh,
        };
        self.0
            .try_update_value(|kept| *kept = Some(Arc::new(facts)));
        Ok(())
    }

    /// Whether the answer ends before something that a newer release recorded.
    #[must_use]
    pub fn newer(self) -> bool {
        self.of(|facts| facts.around.newer).unwrap_or_default()
    }

    /// How many events in the answer have no known day.
    #[must_use]
    pub fn unknown_days(self) -> u32 {
        self.of(|facts| facts.around.unknown_days)
            .unwrap_or_default()
    }

    // A page that was left may still have an order under way: it finds nothing here, and does not fail.
    fn facts(self) -> Option<Arc<Facts>> {
        self.0.try_get_value().flatten()
    }

    fn of<T>(self, read: impl FnOnce(&Facts) -> T) -> Option<T> {
        self.facts().as_deref().map(read)
    }

    /// A person's name; of an erased person, that it was erased.
    #[must_use]
    pub fn name(self, person: PersonId) -> String {
        self.of(|facts| match facts.around.directory.names.get(&person) {
            Some(Some(name)) => name.clone(),
            Some(None) => words().frame.erased_person.clone(),
            None => words().frame.unknown_person.clone(),
        })
        .unwrap_or_default()
    }

    /// A text's words; of a withdrawn one, that it was withdrawn.
    #[must_use]
    pub fn text(self, text: Prose) -> String {
        self.of(|facts| facts.around.directory.texts.get(&text.0).cloned().flatten())
            .flatten()
            .unwrap_or_else(|| words().frame.withdrawn_text.clone())
    }

    /// An organisation's name on the day shown.
    #[must_use]
    pub fn organisation(self, organisation: OrganisationId) -> String {
        self.of(|facts| {
            let row = facts.around.directory.organisations.get(&organisation);
            row.map(|(name, _)| name.clone())
        })
        .flatten()
        .unwrap_or_else(|| words().frame.unknown_organisation.clone())
    }

    /// What an organisation is.
    #[must_use]
    pub fn organisation_kind(self, organisation: OrganisationId) -> Option<OrganisationKind> {
        self.of(|facts| {
            let row = facts.around.directory.organisations.get(&organisation);
            row.map(|(_, kind)| *kind)
        })
        .flatten()
    }

    /// Every organisation that the page knows, by name.
    #[must_use]
    pub fn organisations(self) -> Vec<(OrganisationId, String)> {
        self.of(|facts| {
            let rows = facts.around.directory.organisations.iter();
            by_name(rows.map(|(id, (name, _))| (*id, name.clone())))
        })
        .unwrap_or_default()
    }

    /// Every network that the page knows, by name.
    #[must_use]
    pub fn networks(self) -> Vec<(NetworkId, String)> {
        self.of(|facts| {
            let rows = facts.around.directory.networks.iter();
            by_name(rows.map(|(id, name)| (*id, name.clone())))
        })
        .unwrap_or_default()
    }

    /// A network's name on the day shown.
    #[must_use]
    pub fn network(self, network: NetworkId) -> String {
        self.of(|facts| facts.around.directory.networks.get(&network).cloned())
            .flatten()
            .unwrap_or_else(|| words().frame.unknown_network.clone())
    }

    /// Whether the viewer may, by the table that the server refuses by.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.of(|facts| may(&facts.around.standings, permission))
            .unwrap_or_default()
    }

    /// Whether the viewer may, and the page is live: only then is anything to be done on it.
    #[must_use]
    pub fn can(self, permission: Permission) -> bool {
        self.live() && self.may(permission)
    }

    /// What the viewer is here.
    #[must_use]
    pub fn standings(self) -> BTreeSet<Standing> {
        self.of(|facts| facts.around.standings.clone())
            .unwrap_or_default()
    }

    /// Who looks.
    #[must_use]
    pub fn viewer(self) -> Viewer {
        self.of(|facts| facts.around.viewer.clone())
            .unwrap_or(Viewer {
                person: PersonId(Uuid::nil()),
                name: String::new(),
                slug: String::new(),
                region: String::new(),
                language: crate::words::LANGUAGES[0].to_owned(),
                works_at: Vec::new(),
                today: NaiveDate::MIN,
                demo: false,
            })
    }

    /// Whether the viewer works at that organisation.
    #[must_use]
    pub fn is_mine(self, organisation: OrganisationId) -> bool {
        self.of(|facts| {
            let works_at = &facts.around.viewer.works_at;
            works_at.iter().any(|(place, _)| *place == organisation)
        })
        .unwrap_or_default()
    }

    /// The day it is in the region, also when the page shows another.
    #[must_use]
    pub fn today(self) -> NaiveDate {
        self.of(|facts| facts.around.viewer.today)
            .unwrap_or(NaiveDate::MIN)
    }

    /// The day the page shows.
    #[must_use]
    pub fn on(self) -> NaiveDate {
        self.as_of().on.unwrap_or_else(|| self.today())
    }

    /// Whether the page shows today as known now.
    #[must_use]
    pub fn live(self) -> bool {
        self.as_of().is_live()
    }

    /// The time the page shows.
    #[must_use]
    pub fn as_of(self) -> AsOf {
        self.of(|facts| facts.around.as_of).unwrap_or_default()
    }

    /// What the region's clock shows at a moment of the page's answer.
    #[must_use]
    pub fn clock(self, moment: Timestamp) -> NaiveDateTime {
        self.of(|facts| facts.around.directory.clock.shows(moment))
            .unwrap_or_else(|| moment.naive_utc())
    }

    /// Up to when the page knows, by the region's clock; none for now.
    #[must_use]
    pub fn known_at(self) -> Option<NaiveDateTime> {
        self.as_of().known_at.map(|moment| self.clock(moment))
    }

    /// The id of the command that a form of this page orders, the same each time the page is built.
    #[must_use]
    pub fn command_id(self, key: &str) -> Uuid {
        let fresh = self.of(|facts| facts.fresh).unwrap_or_else(Uuid::nil);
        derived(fresh, key)
    }

    /// The region's address.
    #[must_use]
    pub fn region(self) -> String {
        self.of(|facts| facts.around.viewer.slug.clone())
            .unwrap_or_default()
    }

    /// The position of the region's log that the page stands for.
    #[must_use]
    pub fn position(self) -> Position {
        self.of(|facts| facts.position).unwrap_or_default()
    }

    /// A link inside the page's own time: what shows another day leads on in that day.
    #[must_use]
    pub fn link(self, path: &str) -> String {
        crate::paths::as_of(path, self.as_of())
    }
}
