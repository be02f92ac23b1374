//! The pages. Each asks one question ([`crate::parts::ask::ask`]) and shows its answer.

pub mod commitment;
pub mod commitments;
pub mod doors;
pub mod history;
pub mod meeting;
pub mod network;
pub mod networks;
pub mod not_found;
pub mod organisation;
pub mod plan;
pub mod today;
