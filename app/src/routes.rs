//! The whole route table. Every page is complete in the server's HTML, so that it can be read without script. A browser
//! loads a page's code when the page, or one of its group, is first opened.

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
use leptos_router::{Lazy, LazyRoute, SsrMode, path};

/// Pages that are loaded together when the first of them is opened: `group { Name, its view, what loads it: page }`.
/// Pages that share much are one group; every group more would cut what groups share into more pieces.
macro_rules! loaded {
    ($($group:ident { $($name:ident, $view:ident, $load:ident: $page:ident),+ $(,)? })+) => {$($(
        #[lazy($group)]
        fn $view() -> AnyView {
            view! { <$page/> }.into_any()
        }

        struct $name;

        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                $view().await
            }

            async fn preload() {
                #[cfg(feature = "hydrate")]
                $load().await;
            }
        }
    )+)+};
}

loaded! {
    doors { Doors, doors_view, __preload_doors_view: DoorsPage }
    daily {
        Today, today_view, __preload_today_view: TodayPage,
        Commitments, commitments_view, __preload_commitments_view: CommitmentsPage,
        Commitment, commitment_view, __preload_commitment_view: CommitmentPage,
    }
    networks {
        Networks, networks_view, __preload_networks_view: NetworksPage,
        Network, network_view, __preload_network_view: NetworkPage,
        Organisation, organisation_view, __preload_organisation_view: OrganisationPage,
        Plan, plan_view, __preload_plan_view: PlanPage,
    }
    meeting { Meeting, meeting_view, __preload_meeting_view: MeetingPage }
    history { History, history_view, __preload_history_view: HistoryPage }
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
