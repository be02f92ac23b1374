//! Having signed out here, on the way to sign out of the provider, too.

use super::words::words;
use super::{Outside, paragraph};
use crate::format;
use crate::paths;
use leptos::prelude::*;

/// Signed out here; the provider is told next. A page rather than an answer that leads on: the form that signs out may
/// not lead to another site.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// What people call the provider.
    pub provider: String,
    /// Where it signs out.
    pub to: String,
}

impl Outside for Leaving {
    fn title(&self) -> String {
        words().leaving_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        let told = format::fill(&w.leaving, &[("provider", &self.provider)]);
        let label = format::fill(&w.leaving_on, &[("provider", &self.provider)]);
        view! {
            {paragraph(&told)}
            <p><a class="ds-button" rel="nofollow" href=self.to>{label}</a></p>
            <p><a class="ds-link" href=paths::DOORS>{w.leaving_stay.clone()}</a></p>
        }
        .into_any()
    }

    fn onward(&self) -> Option<String> {
        Some(self.to.clone())
    }
}
