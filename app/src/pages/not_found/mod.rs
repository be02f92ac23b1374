//! What is at an address that nothing is at.

use crate::error::AppError;
use crate::parts::ask::NoAnswer;
use leptos::prelude::*;

/// Nothing is here.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let nothing: Result<(), AppError> = Err(AppError::NotFound);
        let told = crate::reader::finish(nothing);
        debug_assert!(told.is_err());
    }
    view! { <NoAnswer error=AppError::NotFound/> }
}
