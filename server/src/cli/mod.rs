//! The command line: arguments, start, exit code.
//!
//! Exit codes: 0 done; 1 something did not fit (a broken chain, a differing view) or did not work; 2 wrong input. What
//! went wrong is one plain sentence on standard error.

mod bench;
mod checkpoint;
mod demo;
mod feed;
mod mail;
mod place;
mod privacy;
mod progress;
mod provider;
mod register;
mod serve;
mod show;
mod tenant;
mod token;
mod transfer;
mod verify;
mod views;

use clap::{Parser, Subcommand};
use place::Place;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
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
    #[command(subcommand, arg_required_else_help = false)]
    Tenant(tenant::Tenant),
    /// Lets a region's people sign in with Feide, ID-porten, Entra ID or another provider.
    #[command(subcommand, arg_required_else_help = false)]
    Provider(provider::Provider),
    /// Makes, lists and revokes tokens for other programs.
    #[command(subcommand, arg_required_else_help = false)]
    Token(token::Token),
    /// Takes organisations and people from a file.
    #[command(subcommand, arg_required_else_help = false)]
    Register(register::Register),
    Export(transfer::Export),
    Import(transfer::Import),
    Verify(verify::Verify),
    Checkpoint(checkpoint::Checkpoint),
    /// Fills or checks the snapshots of views.
    #[command(subcommand, arg_required_else_help = false)]
    Views(views::Views),
    /// Shows how far followers have come, and helps them over what they stumbled on.
    #[command(subcommand)]
    Feed(feed::Feed),
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Shows one view as JSON, as of a date.
    Show(show::Show),
    /// Says what there is about somebody and what was erased, and replaces keys.
    #[command(subcommand)]
    Privacy(privacy::Privacy),
    /// Measures.
    #[command(subcommand, arg_required_else_help = false)]
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

/// What is wrong with the arguments, in one line: the first paragraph of what the parser says at length.
fn sentence(told: &str) -> String {
    let lines: Vec<&str> = told
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let (first, details) = lines.split_first().unwrap_or((&"", &[]));
    let first = first.strip_prefix("error: ").unwrap_or(first);
    if details.is_empty() {
        return first.to_owned();
    }
    format!("{first} {}", details.join(", "))
}

/// What went wrong and why, in one line. A cause that the error before it has said already is not said again.
fn causes(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

/// A new file that only its owner can read and write.
pub(crate) fn secret_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            eprintln!("{}", sentence(&error.to_string()));
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
            eprintln!("{}", causes(&error));
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
        Order::Provider(order) => order.run(&place).await,
        Order::Token(order) => order.run(&place).await,
        Order::Register(order) => order.run(&place).await,
        Order::Export(order) => order.run(&place).await,
        Order::Import(order) => order.run(&place).await,
        Order::Verify(order) => order.run(&place).await,
        Order::Checkpoint(order) => order.run(&place).await,
        Order::Views(order) => order.run(&place).await,
        Order::Feed(order) => order.run(&place).await,
        Order::Mail(order) => order.run(&place).await,
        Order::Show(order) => order.run(&place).await,
        Order::Privacy(order) => order.run(&place).await,
        Order::Bench(order) => order.run(&place).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str]) -> String {
        let arguments = std::iter::once("samspor").chain(arguments.iter().copied());
        let error = Arguments::try_parse_from(arguments).err();
        sentence(&error.expect("makes no sense").to_string())
    }

    #[test]
    fn arguments_that_make_no_sense_get_one_sentence() {
        for (arguments, expected) in [
            (&["nothing"][..], "unrecognized subcommand 'nothing'"),
            (
                &["tenant"],
                "'samspor tenant' requires a subcommand but one was not provided [subcommands: create, administrator, list]",
            ),
            (
                &["tenant", "create", "ny"],
                "the following required arguments were not provided: --name <NAME>, --language <LANGUAGE>",
            ),
            (
                &["tenant", "create", "ny", "--name", "Ny", "--language", "de"],
                "invalid value 'de' for '--language <LANGUAGE>' [possible values: nb, nn, en]",
            ),
            (
                &["show", "r", "network", "k", "--on", "2018-13-01"],
                "invalid value '2018-13-01' for '--on <DATE>': input is out of range",
            ),
        ] {
            assert_eq!(told(arguments), expected);
        }
    }

    #[test]
    fn a_cause_is_said_once() {
        let inner = anyhow::anyhow!("refused").context("no way there: refused");
        let error = inner.context("the database cannot be reached");
        assert_eq!(
            causes(&error),
            "the database cannot be reached: no way there: refused"
        );
    }
}
