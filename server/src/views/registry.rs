//! The list of views. A new one gets a line here, nothing else.

use domain::event::Event;
use domain::ids::TenantId;
use domain::views::View;
use uuid::Uuid;

/// What snapshots of this release are kept under: a hash of the source that folds them.
pub const CODE: &str = env!("SAMSPOR_VIEW_CODE");

macro_rules! views {
    ($($view:path),+ $(,)?) => {
        /// All views' names.
        pub const NAMES: &[&str] = &[$(<$view as View>::NAME),+];

        /// The documents an event belongs to, by view.
        #[must_use]
        pub fn keys(event: &Event, tenant: TenantId) -> Vec<(&'static str, Uuid)> {
            let mut keys = Vec::new();
            $(keys.extend(<$view as View>::keys(event, tenant).into_iter().map(|key| (<$view>::NAME, key)));)+
            keys
        }

        /// Does something with the view of a name: `with_view!(name, V => expression in V)`, `None` for another name.
        macro_rules! with_view {
            ($name:expr, $V:ident => $body:expr) => {
                match $name {
                    $(name if name == <$view as domain::views::View>::NAME => {
                        type $V = $view;
                        Some($body)
                    })+
                    _ => None,
                }
            };
        }
    };
}

views! {
    domain::views::region::RegionView,
    domain::views::region::OrganisationsView,
    domain::views::network::NetworkView,
    domain::views::meeting::MeetingView,
    domain::views::organisation::OrganisationView,
    domain::views::commitments::CommitmentsView,
    domain::views::river::RiverView,
}

pub(crate) use with_view;

/// The view of this name, as the constant that is stored.
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|known| **known == name).copied()
}
