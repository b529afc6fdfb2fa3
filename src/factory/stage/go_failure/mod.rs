//! Explains a failed `go build`: Go's own message with paths relative to the project, and advice
//! for the causes that pygo recognises.

mod advice;
mod c_table;
mod failed;
mod limited_api;
mod row;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use self::advice::advise;
pub(super) use self::c_table::NO_PKG_CONFIG;
pub(super) use self::failed::GoFailure;
use crate::error::Failure;
use crate::process::Finished;
use crate::project::GoPackage;

/// How many lines of Go's output a message has; the log has them all.
const MAX_LINES: usize = 20;

impl GoFailure<'_> {
    /// The failure of `finished`.
    pub(super) fn explain(&self, finished: &Finished) -> Failure {
        let (kind, help) = advise(self, &finished.stderr);
        finished.failure(kind, self.found(&finished.stderr), help)
    }

    /// The start of Go's output, without what only says how it got there.
    fn found(&self, stderr: &str) -> String {
        let cc = self.cc.map(|cc| cc.display().to_string());
        let is_noise = |line: &str| {
            // Package headings and the linker's command line.
            line.starts_with("# ")
                || cc.as_ref().is_some_and(|cc| line.starts_with(cc))
                || line.starts_with("go: downloading ")
                // Go's temporary objects have no meaning for a reader.
                || line.contains("/go-link-")
        };
        let lines: Vec<_> =
            stderr.lines().filter(|line| !is_noise(line)).map(|line| self.shown(line)).collect();
        let mut found = lines[..lines.len().min(MAX_LINES)].join("\n");
        if lines.len() > MAX_LINES {
            found.push_str("\n…");
        }
        found
    }

    /// A line of Go's output with the path relative to the project, without the paths of our tools.
    fn shown(&self, line: &str) -> String {
        let GoPackage { dir, go_dir, .. } = self.library;
        if let Some((before, status)) = line.split_once("/cc failed: ")
            && before.contains("/link: running ")
        {
            return format!("linking failed: {status}");
        }
        let bare = line.strip_prefix("./").unwrap_or(line);
        let file = bare.split(':').next().unwrap_or_default();
        if !file.is_empty() && Path::new(file).is_relative() && dir.join(file).is_file() {
            return go_dir.join(bare).display().to_string();
        }
        line.replace(&dir.display().to_string(), &go_dir.display().to_string())
    }
}
