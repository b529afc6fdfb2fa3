//! What every command prints: results on standard output, failures on standard error.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;

use clap::ValueEnum;
use console::style;
use serde::Serialize;

use super::github::is_runner;
use crate::error::{Failure, Result};
use crate::printable::printable;
use crate::process::Environment;
use crate::report::{Roots, annotate, tell, tell_raw};

/// Prints lines to standard output. What they say of files cannot control the terminal or the runner.
/// A closed pipe (`| head`) is not an error.
pub(super) fn print(lines: impl IntoIterator<Item = impl Display>) -> Result<()> {
    print_raw(lines.into_iter().map(|line| printable(&line.to_string())))
}

/// Output formats of commands that print text or JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    #[default]
    Text,
    /// JSON, for programs
    Json,
}

/// Prints `value` as a JSON document.
pub(super) fn print_json(doing: &str, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::io(doing, &std::io::Error::from(error)))?;
    print_raw([escaped(&text)])
}

/// `json` without characters that control a runner or a terminal. They occur only in strings, where
/// an escape means the same: the old form of a runner's commands, and what terminals interpret.
fn escaped(json: &str) -> String {
    let escape = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    json.replace("##[", "\\u0023#[").chars().map(escape).collect()
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
    print_failure_of(environment, None, title, failure);
}

/// As [`print_failure`], for a failure that names files of the project at `root`.
pub(super) fn print_failure_of(
    environment: &Environment,
    root: Option<&Path>,
    title: &str,
    failure: &Failure,
) {
    let word = if failure.kind.is_interruption() {
        style("interrupted:").yellow()
    } else {
        style("error:").red()
    };
    tell(format_args!("{} {failure}", word.bold().for_stderr()));
    if is_runner(environment) {
        let repository = environment.get("GITHUB_WORKSPACE").map(Path::new);
        let roots = Roots { project: root, here: Some(environment.current_dir()), repository };
        tell_raw(annotate(title, failure, &roots));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_safe_to_print_and_keeps_every_character() {
        let value = serde_json::json!({ "wheel": "a\u{9b}8m\u{202e}b ##[add-mask]c\u{1b}.whl" });
        let text = escaped(&value.to_string());
        assert_eq!(printable(&text), text);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
