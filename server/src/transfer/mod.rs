//! A region's log as a file: JSON Lines, a first line with format, log id and name, then every hashed field of every
//! event. The keys travel apart, under a passphrase. A part of a log travels with the leaves of all and the fields of
//! some. A checkpoint says, signed, what a log was at one position.
//!
//! Everything here streams: memory grows with the number of cores and by some 25 to 50 bytes for each stream of the
//! log (its version is remembered), not with the number of events.

pub mod checkpoint;
pub mod export;
pub mod file;
pub mod import;
pub mod keys;
pub mod lines;
pub mod ordered;
pub mod sample;
pub mod verify;
pub mod walk;
