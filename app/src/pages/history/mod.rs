//! The history of the region or of one network: the river that can be pulled through the years, and under it the
//! story in sentences. All of the page's state is in its address ([`model::Address`]); only while the slider moves is
//! the picture ahead of it.

pub mod model;
mod river;
pub mod sentence;
mod story;

use crate::format;
use crate::parts::ask::ask_at;
use crate::query::{Asked, Query, RiverPage, Story, StoryQuery};
use domain::ids::NetworkId;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use model::Address;
use river::RiverBlock;
use story::StoryBlock;

/// The history of a region or network.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let location = use_location();
    let network = Memo::new(move |_| {
        let id = params.read().get("network")?;
        id.parse::<NetworkId>().ok()
    });
    let address = Memo::new(move |_| {
        let query = query.read();
        Address::read(location.pathname.get(), |field| query.get(field))
    });
    let asked = Memo::new(move |_| {
        let address = address.get();
        Query::Story(StoryQuery {
            about: address.about.or(network.get().map(|network| network.0)),
            kinds: address.kinds.clone(),
            after: address.after,
            school_year: address.day.map(format::school_year_of),
        })
    });
    let about = Memo::new(move |_| address.get().about);
    let river = ask_at(
        Signal::derive(move || Query::River(network.get())),
        Signal::stored(Asked::default()),
        move |page: RiverPage| {
            // Whose story it is changes the heading, not the question.
            (move || view! { <RiverBlock page=page.clone() address=address about=about.get() /> })
                .into_any()
        },
    );
    let story = ask_at(
        asked,
        Signal::derive(move || address.get().asked()),
        move |story: Story| view! { <StoryBlock story=story address=address /> }.into_any(),
    );
    view! { <div class="history">{river} {story}</div> }
}
