//! A Postgres cluster of our own.
