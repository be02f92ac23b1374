//! My organisations commitments.

use crate::parts::ask::Ask;
use crate::parts::chrome::PageHead;
use crate::query::Query;
use leptos::prelude::*;

/// My organisations commitments.
#[component]
pub fn CommitmentsPage() -> impl IntoView {
    view! {
        <Ask
            query=Signal::derive(|| Query::Commitments)
            view=|_| view! { <PageHead title=crate::parts::words::words().frame.commitments.clone()/> }.into_any()
        />
    }
}
