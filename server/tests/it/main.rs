//! Everything that needs a real Postgres, in one binary. See `helpers` for where it comes from.

mod access_coverage;
mod api;
mod command_line;
mod demo;
mod drift;
mod executors;
mod faults;
mod features_commitment;
mod features_forms;
mod features_guard;
mod features_history;
mod features_meeting;
mod features_network;
mod feed;
mod helpers;
mod isolation;
mod migrations;
mod newer_events;
mod plans;
mod policy_table;
mod store_contract;
mod tenants;
mod tidy;
mod torture;
mod transfer;
mod views_rebuild;
