//! A region's log as a file: JSON Lines, a first line with format, log id and name, then every hashed field of every
//! event. The keys travel apart, under a passphrase.

pub mod import;
pub mod keys;
pub mod lines;
pub mod verify;
