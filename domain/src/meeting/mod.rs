//! Meetings, before, during and after.
//!
//! ```text
//! plan ──▶ planned ── publish notice ──▶ called ── open ──▶ open ── close ──▶ closed ── publish minutes ──▶ minuted
//!             │                            │
//!             └───────── cancel ───────────┘
//! ```
//! A meeting closes only when each participating organisation has a commitment or a recorded refusal, the contract
//! for next time exists and the evaluation was opened; each of the three can be waived with a reason.

pub mod command;
pub mod decide;
pub mod event;
pub mod file;
pub mod state;

#[cfg(test)]
mod tests;
