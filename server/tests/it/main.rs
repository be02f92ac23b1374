//! Everything that needs a real Postgres, in one binary. See `helpers` for where it comes from.

mod helpers;
mod store_contract;
