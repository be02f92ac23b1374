//! The whole route table. Every page is complete in the server's HTML, so that it can be read without script. A browser
//! loads a page's code when the page is first opened: of a region it needs the frame and one page to begin with.

use crate::pages::commitment::CommitmentPage;
use crate::pages::commitments::CommitmentsPage;
use crate::pages::doors::DoorsPage;
use crate::pages::history::HistoryPage;
use crate::pages::meeting::MeetingPage;
use crate::pages::network::NetworkPage;
use crate::pages::networks::NetworksPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::organisation::OrganisationPage;
use crate::pages::plan::PlanPage;
use crate::pages::today::TodayPage;
use crate::parts::frame::Frame;
use crate::root::StartPage;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::{Lazy, LazyRoute, SsrMode, lazy_route, path};

/// Pages that are loaded when they are first opened, each with its own name for what is loaded.
macro_rules! loaded {
    ($($name:ident: $page:ident),+ $(,)?) => {$(
        struct $name;

        #[lazy_route]
        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            fn view(_this: Self) -> AnyView {
                view! { <$page/> }.into_any()
            }
        }
    )+};
}

loaded! {
    Doors: DoorsPage,
    Today: TodayPage,
    Networks: NetworksPage,
    Network: NetworkPage,
    Plan: PlanPage,
    Meeting: MeetingPage,
    Commitments: CommitmentsPage,
    Commitment: CommitmentPage,
    Organisation: OrganisationPage,
    History: HistoryPage,
}

/// All pages by address; [`crate::paths`] makes the addresses.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/") view={Lazy::<Doors>::new()} ssr=SsrMode::Async/>
            <ParentRoute path=path!("/:region") view=Frame ssr=SsrMode::Async>
                <Route path=path!("") view={Lazy::<Today>::new()} ssr=SsrMode::Async/>
                <Route path=path!("app") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("networks") view={Lazy::<Networks>::new()} ssr=SsrMode::Async/>
                <Route path=path!("networks/:network") view={Lazy::<Network>::new()} ssr=SsrMode::Async/>
                <Route path=path!("networks/:network/plan") view={Lazy::<Plan>::new()} ssr=SsrMode::Async/>
                <Route path=path!("meetings/:meeting") view={Lazy::<Meeting>::new()} ssr=SsrMode::Async/>
                <Route path=path!("commitments") view={Lazy::<Commitments>::new()} ssr=SsrMode::Async/>
                <Route path=path!("commitments/:commitment") view={Lazy::<Commitment>::new()} ssr=SsrMode::Async/>
                <Route path=path!("organisations/:organisation") view={Lazy::<Organisation>::new()} ssr=SsrMode::Async/>
                <Route path=path!("history") view={Lazy::<History>::new()} ssr=SsrMode::Async/>
                <Route path=path!("history/:network") view={Lazy::<History>::new()} ssr=SsrMode::Async/>
                <Route path=path!("*any") view=NotFoundPage ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
    }
}
