//! The event store: one append-only log per region in Postgres.
//!
//! Events enter through [`land`] alone, everything else goes through a [`scope::TenantScope`]. SQL is written here and
//! in `views`, nowhere else.

pub mod accounts;
pub mod bench;
pub mod chain;
pub mod connect;
pub mod copy;
pub mod erased;
pub mod error;
pub mod feed;
pub mod files;
pub mod keys;
pub mod land;
pub mod mails;
pub mod newer;
pub mod passkeys;
pub mod providers;
pub mod read;
pub mod rotate;
pub mod row;
pub mod scope;
pub mod sessions;
pub mod tenants;
pub mod tokens;

pub use connect::{Store, UnreadableUrl};
pub use error::StoreError;
