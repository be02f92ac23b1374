//! What is urgent for me.

use crate::parts::ask::Ask;
use crate::parts::chrome::PageHead;
use crate::query::Query;
use leptos::prelude::*;

/// What is urgent for me.
#[component]
pub fn TodayPage() -> impl IntoView {
    view! {
        <Ask
            query=Signal::derive(|| Query::Today)
            view=|_| view! { <PageHead title=crate::parts::words::words().frame.today.clone()/> }.into_any()
        />
    }
}
