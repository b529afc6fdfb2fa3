//! What `go build` says when it fails, put for the author of the project: Go's own message, its
//! paths as the author knows them, and advice for what we recognise.

use std::path::Path;

use crate::error::{Failure, Kind};
use crate::process::Finished;
use crate::project::GoLibrary;

/// How many lines of Go's are shown; the log has them all.
const SHOWN: usize = 20;

/// Texts in what Go says, the family of failure they mean, and what to do. The first that fits
/// counts; an empty list fits always.
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
        "a compiler or linker died: run again; if it repeats, try another version of it (see \
         `pygo doctor`), and look for memory running out",
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
        "a Go program that imports \"plugin\" cannot be linked for macOS by zig; build it without",
    ),
    (
        &[
            "missing go.sum entry",
            "no required module provides package",
            "updates to go.mod needed",
        ],
        Kind::Build,
        "run `go mod tidy` in the Go directory (`go mod init NAME` before, if there is no go.mod) \
         and commit go.mod and go.sum",
    ),
    (&[], Kind::Build, "mend the Go code; `go vet` in the Go directory shows the same"),
];

/// The failure that `finished`, a `go build` of `library` with the C compiler `cc`, means.
pub(super) fn go_failure(library: &GoLibrary, cc: &Path, finished: &Finished) -> Failure {
    let cc = cc.to_string_lossy();
    let lines: Vec<_> = finished
        .stderr
        .lines()
        // Headings of packages, and the linker's command line.
        .filter(|line| !line.starts_with("# ") && !line.starts_with(&*cc))
        .map(|line| told(line, library))
        .collect();
    let mut found = lines[..lines.len().min(SHOWN)].join("\n");
    if lines.len() > SHOWN {
        found.push_str("\n…");
    }
    let fits = |texts: &[&str]| {
        texts.is_empty() || texts.iter().any(|text| finished.stderr.contains(text))
    };
    let (kind, help) = ADVICE
        .iter()
        .find(|(texts, ..)| fits(texts))
        .map_or((Kind::Build, ""), |(_, kind, help)| (*kind, *help));
    finished.failure(kind, found, help)
}

/// A line of Go's: with the path from the project, and without the paths of our own tools.
fn told(line: &str, library: &GoLibrary) -> String {
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
