//! An organisation's answer to "what do we do until next time?": a commitment or a refusal with its reason, and what
//! became of it. There is one a meeting and organisation ([`crate::ids::commitment_id`]).
//!
//! ```text
//! (none) ──┬── make ─────▶ made ── report (again) ──▶ reported ── carry over ──▶ goes on in another
//!          └── decline ──▶ declined ── make ──▶ made
//! ```

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;
