//! Everything impure: Postgres, time, randomness, HTTP, the command line. What is decided and shown is `domain`'s.
//!
//! Reading order: [`store`] (the log), [`executor`] (how a command gets into it), [`views`] (how it is read),
//! [`open`] (how sealed words and names are read), [`accounts`] and [`mail`] (how people come in), [`run`] (the service), [`cli`] (the command line).

// Docs here are for who works on it: links lead into private modules too.
#![allow(rustdoc::private_intra_doc_links)]

pub mod accounts;
pub mod backend;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod executor;
pub mod feed;
pub mod history;
pub mod http;
pub mod mail;
pub mod metrics;
pub mod open;
pub mod people;
pub mod privacy;
pub mod register;
pub mod run;
pub mod store;
pub mod tokens;
pub mod transfer;
pub mod views;
