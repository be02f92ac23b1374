//! `cargo xtask …`: builds, runs and checks everything, from nothing, on any machine with Rust and Node.
//!
//! One file per job. It keeps few dependencies of its own, so that it starts at once; what takes long to build
//! (`xtask-bindgen`) is a program of its own. It never decides what the service does: that is `samspor`.

mod api;
mod bench;
mod browser;
mod build;
mod dependencies;
mod dev;
mod files;
mod licences;
mod node;
mod postgres;
mod serve;
mod shell;
mod stamp;
mod storm;
mod styles;
mod test;
mod timing;
mod wasm;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  serve [ARGUMENTS]    builds everything, loads the demo regions, and runs the service; the arguments go to
                       `samspor serve` (such as --listen 127.0.0.1:3000)
  build                only builds: target/release/samspor and its folder target/site
  dev [ARGUMENTS]      as serve, unoptimised, and again after every change
  test [--only STEP]   installs what the tests need and runs all of them, or only the named steps
  bench [ARGUMENTS]    measures on a Postgres of its own: append, load, rebuild, verify and transfer, and other event
                       stores beside ours; or as the arguments say, such as `bench append` or `bench peers --quick`
  storm [ARGUMENTS]    breaks things under the running service on purpose and checks that nothing is lost; --seed N,
                       --seconds S
  help                 this text

Without DATABASE_URL the data is kept in .data, by a Postgres of its own.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    files::enter_project()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = arguments
        .split_first()
        .map_or(("help", &[][..]), |(first, rest)| (first, rest));
    match command {
        "serve" => serve::run(rest),
        "build" => none(rest).and_then(|()| build::release()),
        "dev" => dev::run(rest),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "storm" => storm::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}\nSteps of test:\n");
            test::list_steps();
            Ok(())
        }
        other => bail!("there is no command {other:?}; see `cargo xtask help`"),
    }
}

fn none(arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => Err(anyhow::anyhow!("{argument:?} is one argument too many"))
            .context("this command takes no arguments"),
    }
}
