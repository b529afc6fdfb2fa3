//! What every command prints: results on standard output, failures on standard error.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use console::style;

use crate::error::{Failure, Result};
use crate::printable::printable;
use crate::process::Environment;
use crate::report::{annotate, tell, tell_raw};

/// Prints lines to standard output. What they say of files cannot control the terminal or the runner.
/// A closed pipe (`| head`) is not an error.
pub(super) fn print(lines: impl IntoIterator<Item = impl Display>) -> Result<()> {
    print_raw(lines.into_iter().map(|line| printable(&line.to_string())))
}

/// Prints a JSON document.
pub(super) fn print_json_text(text: &str) -> Result<()> {
    // In JSON, such characters are in strings only: the old form of a runner's commands, and what
    // terminals take for the start of an escape sequence.
    let escape = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    let text: String = text.replace("##[", "\\u0023#[").chars().map(escape).collect();
    print_raw([text])
}

/// As [`print`], for lines that are meant to control a runner.
pub(super) fn print_raw(lines: impl IntoIterator<Item = impl Display>) -> Result<()> {
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
        tell_raw(annotate(title, failure));
    }
}
