//! Builds everything, then becomes the service.

use std::os::unix::process::CommandExt as _;

use anyhow::{Context as _, Result};

use crate::timing::step;
use crate::{build, postgres, shell};

/// Where the service keeps its data unless told otherwise.
pub const DATA: &str = ".data";

/// Builds, loads the demo regions where there are none, and serves. On success it never returns: this process
/// becomes the service, so that signals and the terminal are the service's own.
pub fn run(arguments: &[String]) -> Result<()> {
    build::release()?;
    step("database", postgres::ensure_programs)?;
    let program = build::program();
    let place = place(arguments);
    step("demo regions", || {
        shell::run(shell::command(&program).arg("demo").args(&place))
    })?;
    let mut serve = shell::command(&program);
    serve
        .arg("serve")
        .arg("--site")
        .arg(build::site())
        .args(default_place(arguments))
        .args(arguments);
    Err(serve.exec()).with_context(|| format!("cannot start {}", program.display()))
}

/// Where the arguments say that the data is, for the other commands of the service.
pub fn place(arguments: &[String]) -> Vec<String> {
    let mut place = default_place(arguments);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if is_place(argument) {
            place.push(argument.clone());
            if !argument.contains('=') {
                place.extend(rest.next().cloned());
            }
        }
    }
    place
}

/// `--data .data` where the arguments name no data folder.
pub fn default_place(arguments: &[String]) -> Vec<String> {
    match arguments
        .iter()
        .any(|argument| argument == "--data" || argument.starts_with("--data="))
    {
        true => Vec::new(),
        false => vec!["--data".to_owned(), DATA.to_owned()],
    }
}

fn is_place(argument: &str) -> bool {
    let name = argument.split('=').next().unwrap_or_default();
    name == "--data" || name == "--database-url"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(arguments: &str) -> String {
        place(
            &arguments
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
        .join(" ")
    }

    #[test]
    fn the_demo_goes_where_the_service_will_look() {
        assert_eq!(place_of(""), "--data .data");
        assert_eq!(place_of("--listen 0.0.0.0:80 --data other"), "--data other");
        assert_eq!(place_of("--data=other --listen x"), "--data=other");
        assert_eq!(
            place_of("--database-url postgres://a/b"),
            "--data .data --database-url postgres://a/b"
        );
    }
}
