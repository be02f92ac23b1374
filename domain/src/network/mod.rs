//! Networks and other bodies: how they hang together, who sits there, who leads, what they exist for.
//!
//! ```text
//! (none) ── propose ──▶ proposed ── establish ──▶ at work ──┬── merge ──▶ merged
//!                                                           └── end ────▶ ended
//! ```
//! Seats are an organisation's, from a day to a day, with vote or without; a person holds a seat. Leader, deputy and
//! minute taker hold seats. The charter is written section by section and adopted as version 1, 2, …

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;
