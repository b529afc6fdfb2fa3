//! Explains a failed `go build`: Go's own message with paths relative to the project, and advice
//! for the causes that pygo recognises.

use std::path::Path;

use crate::error::{Failure, Kind};
use crate::process::Finished;
use crate::project::GoLibrary;

/// How many lines of Go's output a message has; the log has them all.
const MAX_LINES: usize = 20;

/// Texts in Go's output, the kind of failure they indicate, and how to fix it. The first match
/// counts; an empty list always matches.
const ADVICE: &[(&[&str], Kind, &str)] = &[
    (
        &[
            "signal: segmentation fault",
            "signal: killed",
            "signal: aborted",
            "exit status 139",
            "exit status 134",
        ],
        Kind::Toolchain,
        "a compiler or linker crashed: run again; if it repeats, try another version of it (see \
         `pygo doctor`) and check whether memory runs out",
    ),
    (
        &["module lookup disabled by GOPROXY=off"],
        Kind::Toolchain,
        "run once without --offline, or vendor the modules (`go mod vendor`)",
    ),
    (
        &[
            "unable to find system framework",
            "unable to find framework",
            "unable to find dynamic system library",
        ],
        Kind::Build,
        "this needs more of Apple's SDK than the stubs that pygo ships: set SDKROOT to a macOS SDK",
    ),
    (
        &["-flat_namespace"],
        Kind::Build,
        "zig cannot link a Go program that imports \"plugin\" for macOS: remove the import",
    ),
    (
        &[
            "missing go.sum entry",
            "no required module provides package",
            "updates to go.mod needed",
        ],
        Kind::Build,
        "run `go mod tidy` in the Go directory (without a go.mod, `go mod init NAME` first) and \
         commit go.mod and go.sum",
    ),
    (&[], Kind::Build, "fix the Go code; `go vet` in the Go directory shows the same"),
];

/// The failure of `finished`, a `go build` of `library` with the C compiler `cc`.
pub(super) fn go_failure(library: &GoLibrary, cc: &Path, finished: &Finished) -> Failure {
    let cc = cc.to_string_lossy();
    let lines: Vec<_> = finished
        .stderr
        .lines()
        // Package headings and the linker's command line.
        .filter(|line| !line.starts_with("# ") && !line.starts_with(&*cc))
        .map(|line| shown(line, library))
        .collect();
    let mut found = lines[..lines.len().min(MAX_LINES)].join("\n");
    if lines.len() > MAX_LINES {
        found.push_str("\n…");
    }
    let matches = |texts: &[&str]| {
        texts.is_empty() || texts.iter().any(|text| finished.stderr.contains(text))
    };
    let (kind, help) = ADVICE
        .iter()
        .find(|(texts, ..)| matches(texts))
        .map_or((Kind::Build, ""), |(_, kind, help)| (*kind, *help));
    finished.failure(kind, found, help)
}

/// A line of Go's output with the path relative to the project, without the paths of our tools.
fn shown(line: &str, library: &GoLibrary) -> String {
    let bare = line.strip_prefix("./").unwrap_or(line);
    let file = bare.split(':').next().unwrap_or_default();
    if library.files.iter().any(|known| known == file) {
        return library.go_dir.join(bare).display().to_string();
    }
    match line.split_once("/cc failed: ") {
        Some((before, status)) if before.contains("/link: running ") => {
            format!("linking failed: {status}")
        }
        _ => line.to_owned(),
    }
}
