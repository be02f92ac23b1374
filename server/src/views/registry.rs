//! The list of views. A new one gets a line here, nothing else.

use super::About;
use super::documents::Document;
use super::rebuild::growth::{AnyDocument, Growth};
use chrono::NaiveDate;
use domain::event::Event;
use domain::ids::TenantId;
use domain::recorded::Position;
use domain::views::View;
use uuid::Uuid;

/// A view whose documents are kept.
pub trait Kept: View {
    /// What its snapshots of this release are kept under: a hash of the sources that fold it (`build.rs`). Another
    /// release with the same code folds it alike; one with another code has rows of its own.
    const CODE: &'static str;
}

/// A view without its type.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What its snapshots are kept under.
    pub code: &'static str,
    pub(super) keys: fn(&Event, TenantId) -> Vec<Uuid>,
    pub(super) empty: fn() -> AnyDocument,
    pub(super) read: fn(Position, &str) -> Option<AnyDocument>,
    pub(super) fold: fn(&About, Uuid, TenantId, NaiveDate) -> AnyDocument,
}

impl Entry {
    /// A view's.
    #[must_use]
    pub const fn of<V: Kept>() -> Self {
        Self {
            name: V::NAME,
            code: V::CODE,
            keys: V::keys,
            empty: || Box::new(Growth::new(Document::<V>::default())),
            read: |position, body| {
                let document = Document::<V>::read(position, body).ok().flatten()?;
                Some(Box::new(Growth::new(document)))
            },
            fold: |about, key, tenant, today| Box::new(Growth::<V>::of(about, key, tenant, today)),
        }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.code)
    }
}

macro_rules! views {
    ($($file:ident :: $view:ident),+ $(,)?) => {
        /// All views.
        pub const ALL: &[Entry] = &[$(Entry::of::<domain::views::$file::$view>()),+];

        /// All views' names.
        pub const NAMES: &[&str] = &[$(<domain::views::$file::$view as View>::NAME),+];

        $(impl Kept for domain::views::$file::$view {
            const CODE: &'static str = env!(concat!("SAMSPOR_VIEW_CODE_", stringify!($file)));
        })+

        /// Does something with the view of a name: `with_view!(name, V => expression in V)`, `None` for another name.
        macro_rules! with_view {
            ($name:expr, $V:ident => $body:expr) => {
                match $name {
                    $(name if name == <domain::views::$file::$view as domain::views::View>::NAME => {
                        type $V = domain::views::$file::$view;
                        Some($body)
                    })+
                    _ => None,
                }
            };
        }
    };
}

views! {
    region::RegionView,
    region::OrganisationsView,
    network::NetworkView,
    meeting::MeetingView,
    organisation::OrganisationView,
    commitments::CommitmentsView,
    river::RiverView,
}

pub(crate) use with_view;

/// The documents an event belongs to, by view.
#[must_use]
pub fn keys(event: &Event, tenant: TenantId) -> Vec<(&'static str, Uuid)> {
    ALL.iter()
        .flat_map(|view| {
            let keys = (view.keys)(event, tenant);
            keys.into_iter().map(|key| (view.name, key))
        })
        .collect()
}

/// The view of this name, as the constant that is stored.
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    entry(name).map(|entry| entry.name)
}

/// The view of this name.
#[must_use]
pub fn entry(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_views_has_a_code_of_its_own() {
        let code = |name: &str| entry(name).expect("is a view").code;
        assert_eq!(code("region"), code("organisations"), "one file, one code");
        let codes: std::collections::BTreeSet<_> = ALL.iter().map(|view| view.code).collect();
        assert_eq!(codes.len(), ALL.len() - 1);
        assert!(codes.iter().all(|code| code.len() == 16), "{codes:?}");
    }
}
