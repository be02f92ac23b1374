//! Tests of the whole domain through its public face.
// A test may fail, print and read which histories to run.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_macros,
    clippy::disallowed_methods
)]

mod documents;
mod keeping;
mod random_histories;
