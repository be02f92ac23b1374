//! `storm`: see the library. `cargo xtask storm` builds what it needs and runs it.

use anyhow::{Context as _, Result};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use storm::episodes::{Plan, Storm};
use storm::service::Program;

/// Breaks things under a running service on purpose, and checks after each that nothing was lost.
///
/// Exit codes: 0 nothing was found; 1 something was, or the storm could not go on; 2 wrong input.
#[derive(Parser)]
#[command(name = "storm")]
struct Arguments {
    /// Decides the order of the episodes and what is ordered; without it, one by chance, which is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// How long clients order, in all; each episode happens at least once, for at least five seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// The shipped program.
    #[arg(long, value_name = "FILE", default_value = "target/release/samspor")]
    samspor: PathBuf,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            let told = error.to_string();
            let first = told.lines().next().unwrap_or_default();
            eprintln!("{}", first.strip_prefix("error: ").unwrap_or(first));
            return ExitCode::from(2);
        }
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = runtime
        .context("no threads can be started")
        .and_then(|runtime| {
            runtime.block_on(async {
                // Dropped, it stops and takes away everything that it started.
                tokio::select! {
                    done = storm(&arguments) => done,
                    _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
                }
            })
        });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn storm(arguments: &Arguments) -> Result<bool> {
    let seed = arguments.seed.unwrap_or_else(|| {
        rand_core::TryRngCore::try_next_u64(&mut rand_core::OsRng).unwrap_or(1) % 1_000_000
    });
    let plan = Plan {
        seed,
        seconds: arguments.seconds,
        program: Program {
            path: arguments.samspor.clone(),
            master_key: "73746f726d206b65792c20776f727468206e6f7468696e6720656c7365776865"
                .to_owned(),
        },
    };
    println!(
        "seed {seed}: gathering: Postgres, the demo regions, two services, followers, clients"
    );
    let began = Instant::now();
    let mut storm = Storm::gather(plan).await?;
    let (mut n_weathered, mut n_skipped, mut n_found) = (0, 0, 0);
    storm
        .rage(|weathered| {
            let outcome = match (weathered.skipped, weathered.found.is_empty()) {
                (true, _) => "skipped",
                (_, true) => "ok",
                (_, false) => "FAILED",
            };
            let (at, name) = (began.elapsed().as_secs(), weathered.episode.name());
            println!("{at:>4} s  {name:<16} {outcome:<8} {}", weathered.how);
            for found in &weathered.found {
                println!("        {found}");
            }
            n_weathered += u32::from(!weathered.skipped);
            n_skipped += u32::from(weathered.skipped);
            n_found += weathered.found.len();
        })
        .await?;
    let (events, acknowledged) = storm.sum().await?;
    println!(
        "seed {seed}: {n_weathered} episodes, {n_skipped} skipped, {acknowledged} answers, {events} events in the logs: {}",
        match n_found {
            0 => "nothing lost, doubled, reordered or forged".to_owned(),
            n => format!("{n} promises broken"),
        }
    );
    Ok(n_found == 0)
}
