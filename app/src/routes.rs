//! The whole route table. Every page is complete in the server's HTML, so that it can be read without script.

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
use leptos_router::{SsrMode, path};

/// All pages by address; [`crate::paths`] makes the addresses.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/") view=DoorsPage ssr=SsrMode::Async/>
            <ParentRoute path=path!("/:region") view=Frame ssr=SsrMode::Async>
                <Route path=path!("") view=TodayPage ssr=SsrMode::Async/>
                <Route path=path!("app") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("networks") view=NetworksPage ssr=SsrMode::Async/>
                <Route path=path!("networks/:network") view=NetworkPage ssr=SsrMode::Async/>
                <Route path=path!("networks/:network/plan") view=PlanPage ssr=SsrMode::Async/>
                <Route path=path!("meetings/:meeting") view=MeetingPage ssr=SsrMode::Async/>
                <Route path=path!("commitments") view=CommitmentsPage ssr=SsrMode::Async/>
                <Route path=path!("commitments/:commitment") view=CommitmentPage ssr=SsrMode::Async/>
                <Route path=path!("organisations/:organisation") view=OrganisationPage ssr=SsrMode::Async/>
                <Route path=path!("history") view=HistoryPage ssr=SsrMode::Async/>
                <Route path=path!("history/:network") view=HistoryPage ssr=SsrMode::Async/>
                <Route path=path!("*any") view=NotFoundPage ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
    }
}
