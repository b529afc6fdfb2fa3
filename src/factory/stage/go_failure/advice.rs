//! What to do about a failed `go build`.
//!
//! In: the output, and what was built. Out: the kind of failure and its help.

use super::failed::GoFailure;
use super::limited_api;
use super::row::When;
use super::table::TABLES;
use crate::error::Kind;
use crate::factory::stage::pattern::find;
use crate::target::Slice;

/// The kind of failure and the help for the first row of the table that applies.
pub(super) fn advise(failure: &GoFailure<'_>, output: &str) -> (Kind, String) {
    if let Some(help) = failure.python.and_then(|api| limited_api::advise(api, output)) {
        return (Kind::Build, help);
    }
    let applies = |when: When| match when {
        When::Always => true,
        When::For(format) => failure.slice.os.format == format,
        When::Offline => failure.offline,
        When::NoModule => failure.library.go_mod.is_none(),
    };
    let found = TABLES.iter().copied().flatten().find_map(|(texts, when, kind, help)| {
        let name = texts.iter().find_map(|text| find(text, output)).filter(|_| applies(*when))?;
        Some((*kind, filled(help, name, failure)))
    });
    found.unwrap_or_else(|| (Kind::Build, unrecognised(output).to_owned()))
}

fn filled(help: &str, name: &str, failure: &GoFailure<'_>) -> String {
    let Slice { os, arch } = failure.slice;
    let dir = failure.library.go_dir.display().to_string();
    let dir = if matches!(&*dir, "" | ".") { "the project's directory" } else { &dir };
    help.replace("{target}", &failure.slice.name())
        .replace("{where}", &format!("{},{}", os.goos, arch.goarch))
        .replace("{dir}", dir)
        .replace("{name}", name)
}

/// Go's own errors start with a position; where it is decides whose code is wrong.
fn unrecognised(output: &str) -> &'static str {
    let position = |line: &str| {
        let (file, rest) = line.split_once(".go:")?;
        rest.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{file}.go"))
    };
    match output.lines().find_map(position) {
        // Directories of the module cache are named after a version.
        Some(file) if file.contains('@') => {
            "the error is in a module that the Go code requires: try another version of it"
        }
        Some(_) => "fix the Go code",
        None => "see Go's message above; the log has its complete output",
    }
}
