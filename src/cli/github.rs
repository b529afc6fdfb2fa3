//! What a job of GitHub Actions learns of a run besides its log: folded groups of lines, the page of
//! the step, and outputs for later steps.
//!
//! Sources: "Workflow commands for GitHub Actions", "Default environment variables".

use std::io::Write as _;
use std::path::Path;

use crate::error::{Failure, Result};
use crate::factory::Outcome;
use crate::printable::without_passwords;
use crate::process::Environment;
use crate::report::{build_summary, group, tell_raw};

/// Whether a runner of GitHub Actions reads what pygo prints.
pub(super) fn is_runner(environment: &Environment) -> bool {
    environment.get("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Runs `work`; the runner folds what is printed meanwhile under `title`.
pub(super) fn grouped<T>(environment: &Environment, title: &str, work: impl FnOnce() -> T) -> T {
    if !is_runner(environment) {
        return work();
    }
    let [begin, end] = group(title);
    tell_raw(begin);
    let done = work();
    tell_raw(end);
    done
}

/// Writes the table of wheels to the page of the step, and their paths as its output `wheels`, a JSON
/// array.
///
/// # Errors
/// A file of the runner that cannot be written.
pub(super) fn write_results(environment: &Environment, outcomes: &[Outcome]) -> Result<()> {
    if !is_runner(environment) {
        return Ok(());
    }
    write_summary(environment, &build_summary(outcomes))?;
    let wheels = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    let paths = wheels.map(|wheel| wheel.path.to_string_lossy()).collect::<Vec<_>>();
    // JSON has no line ends, so no name can add another output.
    let line = format!("wheels={}\n", serde_json::json!(paths));
    append(environment, "GITHUB_OUTPUT", &line, "writing the outputs of the step").map(drop)
}

/// Appends `page`, Markdown, to the page of the step. Returns whether there is one.
///
/// # Errors
/// The file of the runner cannot be written.
pub(super) fn write_summary(environment: &Environment, page: &str) -> Result<bool> {
    let page = without_passwords(page);
    append(environment, "GITHUB_STEP_SUMMARY", &page, "writing the step summary")
}

/// Appends `text` to the file that `variable` names, to which other commands of the step write too.
fn append(environment: &Environment, variable: &str, text: &str, doing: &str) -> Result<bool> {
    let Some(path) = environment.get(variable).filter(|path| !path.is_empty()) else {
        return Ok(false);
    };
    let opened = fs_err::OpenOptions::new().append(true).create(true).open(Path::new(path));
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::io(doing, &error))?;
    Ok(true)
}
