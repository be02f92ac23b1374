//! The pages, on server and in browser. No SQL and no business rule is here: what may be done is asked from
//! `domain`, what there is comes through [`reader`], what is to be done goes through [`outbox`].
//!
//! Reading order: [`query`] (what a page can ask), [`forms`] (what a form can order), [`reader`] and [`outbox`] (how
//! both travel), [`root`] and [`routes`], then any page. To add a page: a query and its answer, a module in
//! [`pages`], its words in three languages, a route.

// Views are deep types.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod format;
pub mod forms;
pub mod order;
pub mod outbox;
#[cfg(feature = "ssr")]
pub mod outside;
pub mod pages;
pub mod parts;
pub mod paths;
pub mod query;
pub mod reader;
pub mod root;
pub mod routes;
pub mod words;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    root::hydrate();
}
