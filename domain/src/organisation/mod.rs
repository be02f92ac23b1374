//! Organisations: municipalities with their schools and kindergartens, and all others that sit in networks. A unit's
//! phase and motivation readings lie here too: they are the organisation's own facts.
//!
//! ```text
//! (none) ── register ──▶ at work ── close ──▶ closed        rename, give number, read phase, read motivation: while at work
//! ```

pub mod command;
pub mod decide;
pub mod event;
pub mod number;
pub mod state;

#[cfg(test)]
mod tests;
