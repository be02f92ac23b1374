//! The command line: arguments, start, exit code.
//!
//! Exit codes: 0 done; 1 something did not fit (a broken chain, a differing view) or did not work; 2 wrong input. What
//! went wrong is one plain sentence on standard error.

mod bench;
mod demo;
mod place;
mod progress;
mod serve;
mod show;
mod tenant;
mod transfer;
mod verify;
mod views;

use clap::{Parser, Subcommand};
use place::Place;
use std::path::PathBuf;
use std::process::ExitCode;

/// Samspor: the shared memory of regional learning networks.
#[derive(Parser)]
#[command(name = "samspor", version, disable_help_subcommand = true)]
struct Arguments {
    /// The database; without it Samspor keeps its own cluster in the data folder.
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<String>,
    /// The data folder: the kept cluster and the master key.
    #[arg(long, global = true, default_value = ".data", value_name = "DIR")]
    data: PathBuf,
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Runs the service.
    Serve(serve::Serve),
    /// Loads the demo regions.
    Demo(demo::Demo),
    /// Opens and lists regions.
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Writes a region's log as JSON Lines to standard output.
    Export(transfer::Export),
    /// Reads an exported log into an empty region.
    Import(transfer::Import),
    /// Checks the hash chain of one region, of all, or of an exported file.
    Verify(verify::Verify),
    /// Fills or checks the snapshots of views.
    #[command(subcommand)]
    Views(views::Views),
    /// Shows one view as JSON, as of a date.
    Show(show::Show),
    /// Measures.
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Input that makes no sense: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(pub String);

/// A check that failed: exit code 1, its sentence on standard output already.
#[derive(Debug, thiserror::Error)]
#[error("it does not fit")]
pub(crate) struct DoesNotFit;

/// Input that makes no sense, as an error.
pub(crate) fn wrong(sentence: impl Into<String>) -> anyhow::Error {
    Wrong(sentence.into()).into()
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            eprintln!("{}", first.strip_prefix("error: ").unwrap_or(first));
            return ExitCode::from(2);
        }
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::builder()
                .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
                .from_env_lossy(),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.is::<DoesNotFit>() {
                return ExitCode::FAILURE;
            }
            eprintln!("{error:#}");
            if error.is::<Wrong>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = Place {
        url: arguments.database_url,
        data: arguments.data,
    };
    match arguments.order {
        Order::Serve(order) => order.run(&place).await,
        Order::Demo(order) => order.run(&place).await,
        Order::Tenant(order) => order.run(&place).await,
        Order::Export(order) => order.run(&place).await,
        Order::Import(order) => order.run(&place).await,
        Order::Verify(order) => order.run(&place).await,
        Order::Views(order) => order.run(&place).await,
        Order::Show(order) => order.run(&place).await,
        Order::Bench(order) => order.run(&place).await,
    }
}
