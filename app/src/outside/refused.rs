//! A page that is not for whoever asks, or something that could not be done, in plain words.

use super::{Outside, paragraph};
use crate::error::AppError;
use crate::parts::words::words;
use crate::words::refusals;
use leptos::prelude::*;

/// Why there is no page.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The reason.
    pub error: AppError,
    /// Where to go on.
    pub back: String,
    /// Whose page it would have been.
    pub whose: Whose,
}

/// Whom a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The region's administrators.
    Administrators,
    /// Those in a network.
    Network,
}

impl Outside for Refused {
    fn title(&self) -> String {
        let frame = &words().frame;
        match self.error {
            AppError::Forbidden => &frame.forbidden_title,
            AppError::NotFound => &frame.not_found_title,
            _ => &frame.error_title,
        }
        .clone()
    }

    fn body(self) -> AnyView {
        let frame = &words().frame;
        let why = match self.error {
            AppError::Forbidden => match self.whose {
                Whose::Administrators => super::words::words().people_forbidden.clone(),
                Whose::Network => frame.forbidden.clone(),
            },
            AppError::NotFound => frame.not_found.clone(),
            error => refusals::said(&error, words()),
        };
        view! {
            {paragraph(&why)}
            <p><a class="ds-button" href=self.back>{frame.not_found_do.clone()}</a></p>
        }
        .into_any()
    }
}
