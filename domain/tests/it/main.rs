//! Tests of the whole domain through its public face.

mod documents;
mod keeping;
mod random_histories;
