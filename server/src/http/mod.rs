//! HTTP: every route and layer in one place ([`router`]), one module a concern. What is asked and ordered goes to
//! [`crate::backend`]; nothing here knows a rule.
//!
//! A request: [`facts`] gives it an id and a nonce and reads its cookies → [`guard`] refuses writes from other sites →
//! a page, a server function, a plain form or other programs' [`api`] → the closing line in the log and the security headers.

mod api;
mod assets;
mod doors;
mod facts;
mod files;
mod forms;
mod functions;
mod guard;
mod limits;
mod passkeys;
mod people;
mod providers;
mod register;
mod serve;
mod sign_in;
mod words;

pub use facts::Proxy;
pub use serve::{HEADERS_TIME_MAX, serve};

use crate::accounts::Accounts;
use crate::backend::PgBackend;
use app::backend::BackendRef;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use facts::Facts;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// A form or an order is at most this long: the longest text, written in the most wasteful way (12 bytes a character).
/// Short enough that a refused form fits into a draft.
const BODY_BYTES_MAX: usize = 120 * 1024;
/// A request that takes longer has lost its reader.
const REQUEST_SECONDS_MAX: u64 = 30;

/// What every handler can reach.
#[derive(Clone)]
pub struct Site {
    /// The pages' other side.
    pub backend: Arc<PgBackend>,
    /// Where wasm, js, css and fonts lie.
    pub folder: PathBuf,
    /// Signing in.
    pub accounts: Accounts,
    /// Who says for whom it asks.
    pub proxy: Proxy,
    /// How often one address may ask.
    pub limits: limits::Limits,
    options: LeptosOptions,
}

impl Site {
    /// Whether browsers reach it by https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.accounts.site().scheme() == "https"
    }
}

impl axum::extract::FromRef<Site> for LeptosOptions {
    fn from_ref(site: &Site) -> Self {
        site.options.clone()
    }
}

/// Every route and layer, in order.
pub fn router(
    backend: Arc<PgBackend>,
    accounts: Accounts,
    proxy: Proxy,
    folder: PathBuf,
) -> Router {
    let options = LeptosOptions::builder()
        .output_name("app")
        .site_root(folder.display().to_string())
        .site_pkg_dir("pkg")
        .build();
    let site = Site {
        backend,
        folder,
        accounts,
        proxy,
        limits: limits::Limits::default(),
        options: options.clone(),
    };
    if tokio::runtime::Handle::try_current().is_ok() {
        let limits = site.limits.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(60)).await;
                limits.sweep();
            }
        });
    }
    let pages = generate_route_list(app::root::App);
    let shell = move || app::root::shell(options.clone());
    let given = site.clone();
    Router::new()
        .route("/api/v1/openapi.json", get(api::description))
        .route("/api/v1/regions/{region}", get(api::region))
        .route("/api/v1/regions/{region}/networks", get(api::networks))
        .route(
            "/api/v1/regions/{region}/views/{view}/{key}",
            get(api::view),
        )
        .route("/api/v1/regions/{region}/commands", post(api::submit))
        .route("/api/v1/regions/{region}/events", get(api::events))
        .route("/api/v1", any(api::nowhere))
        .route("/api/v1/", any(api::nowhere))
        .route("/api/v1/{*address}", any(api::nowhere))
        .route("/api/{*function}", post(server_function))
        .route("/{region}/do", post(forms::order))
        .route("/enter", post(doors::enter))
        .route("/leave", post(doors::leave))
        .route("/language", post(doors::language))
        .route("/sign-in", get(sign_in::form))
        .route("/sign-in", post(sign_in::ask))
        .route("/sign-in/passkeys.js", get(passkeys::script))
        .route("/sign-in/passkey/begin", post(passkeys::begin))
        .route("/sign-in/passkey", post(passkeys::sign_in))
        .route("/account/passkeys/begin", post(passkeys::begin_adding))
        .route("/account/passkeys", post(passkeys::add))
        .route("/account/passkeys/remove", post(passkeys::remove))
        .route("/sign-in/with/{provider}", get(providers::go))
        .route("/sign-in/back", get(providers::back))
        .route("/link/{token}", get(sign_in::look))
        .route("/link/{token}", post(sign_in::follow))
        .route("/account", get(sign_in::account))
        .route("/account/ways/drop", post(providers::drop_way))
        .route("/{region}/people", get(people::list))
        .route("/{region}/people", post(people::invite))
        .route("/{region}/people/forget", post(people::forget))
        .route("/{region}/register", get(register::form))
        .route(
            "/{region}/register",
            post(register::look).layer(DefaultBodyLimit::max(register::BODY_BYTES_MAX)),
        )
        .route(
            "/{region}/register/apply",
            post(register::keep).layer(DefaultBodyLimit::max(register::BODY_BYTES_MAX)),
        )
        .route("/{region}/my-data", get(people::my_data))
        .route("/{region}/meetings/{meeting}/files", get(files::list))
        .route(
            "/{region}/meetings/{meeting}/files",
            post(files::add).layer(DefaultBodyLimit::max(files::BODY_BYTES_MAX)),
        )
        .route(
            "/{region}/meetings/{meeting}/files/{file}",
            get(files::download),
        )
        .route(
            "/{region}/meetings/{meeting}/files/withdraw",
            post(files::withdraw),
        )
        .route("/account/sessions/end", post(sign_in::end))
        .route("/words/{file}", get(words::file))
        .route("/health", get(health))
        .route("/metrics", get(figures))
        .nest_service("/pkg", assets::folder(&site.folder, "pkg"))
        .nest_service("/fonts", assets::folder(&site.folder, "fonts"))
        .route("/favicon.svg", get(assets::favicon))
        .leptos_routes_with_context(&site, pages, move || provide(&given), shell)
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(functions::readable))
        .layer(middleware::from_fn(guard::same_site))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            Duration::from_secs(REQUEST_SECONDS_MAX),
        ))
        .layer(middleware::from_fn_with_state(site.clone(), limits::held))
        .layer(middleware::from_fn(api::problems))
        .layer(middleware::from_fn_with_state(site.clone(), facts::around))
        .with_state(site)
}

/// What pages and server functions find as contexts.
fn provide(site: &Site) {
    let backend: BackendRef = site.backend.clone();
    provide_context(backend);
    if let Some(parts) = leptos::prelude::use_context::<axum::http::request::Parts>()
        && let Some(facts) = parts.extensions.get::<Facts>()
    {
        provide_context(facts.caller.clone());
        provide_context(leptos::nonce::Nonce::from_value(facts.nonce.clone()));
    }
}

/// Those that are there have routes of their own, which come with the pages; this answers for all others.
async fn server_function(State(site): State<Site>, request: Request) -> impl IntoResponse {
    leptos_axum::handle_server_fns_with_context(move || provide(&site), request).await
}

async fn not_found(State(site): State<Site>, request: Request) -> Response {
    let options = site.options.clone();
    let handler = leptos_axum::render_app_to_stream_with_context(
        move || {
            provide(&site);
            if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
                response.set_status(StatusCode::NOT_FOUND);
            }
        },
        move || app::root::shell(options.clone()),
    );
    handler(request).await.into_response()
}

async fn health(State(site): State<Site>) -> (StatusCode, &'static str) {
    if site.backend.is_alive().await {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
    }
}

/// What this process counts about itself; not there for anybody outside this machine.
async fn figures(State(site): State<Site>, request: Request) -> Response {
    if !site.backend.is_on_loopback() {
        return not_found(State(site), request).await;
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, crate::metrics::text()).into_response()
}
