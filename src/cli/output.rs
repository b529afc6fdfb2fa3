//! What every command prints: results on standard output, failures on standard error.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use console::style;

use crate::error::{Failure, Result};
use crate::process::Environment;
use crate::report::{annotate, tell};

/// Prints lines to standard output. A closed pipe (`| head`) is not an error.
pub(super) fn print(lines: impl IntoIterator<Item = impl Display>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        match writeln!(out, "{line}") {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            other => other.map_err(|error| Failure::io("writing to standard output", &error))?,
        }
    }
    Ok(())
}

/// Prints a failure on standard error, and as an annotation if `environment` is that of GitHub
/// Actions.
pub(super) fn print_failure(environment: &Environment, title: &str, failure: &Failure) {
    let word = if failure.kind.is_interruption() {
        style("interrupted:").yellow()
    } else {
        style("error:").red()
    };
    tell(format_args!("{} {failure}", word.bold().for_stderr()));
    if environment.get("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        tell(annotate(title, failure));
    }
}
