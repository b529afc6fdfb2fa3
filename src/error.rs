//! Errors in three parts, and their exit codes.
//!
//! Every error message says what pygo was doing, what it found and how to fix it. [`Failure`]
//! holds these parts; [`Kind`] determines the exit code.

use std::fmt;
use std::path::PathBuf;

/// A `Result` whose error is a [`Failure`].
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The kind of a failure, which callers and pipelines branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A target failed to build: Go, the C compiler or the audit reported errors.
    Build,
    /// The command line is invalid.
    Usage,
    /// The project is invalid: configuration, layout, signatures or Go exports.
    Project,
    /// A tool is missing, too old or broken, or could not be downloaded.
    Toolchain,
    /// The project's build backend failed or built an impure wheel.
    Backend,
    /// A file could not be read or written: permissions, a full disk.
    Output,
    /// Interrupted by the signal with this number.
    Interrupted(u8),
}

impl Kind {
    /// Every kind except interruptions, in the order of their exit codes.
    pub const ALL: &[Self] =
        &[Self::Build, Self::Usage, Self::Project, Self::Toolchain, Self::Backend, Self::Output];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Usage => "usage",
            Self::Project => "project",
            Self::Toolchain => "toolchain",
            Self::Backend => "backend",
            Self::Output => "output",
            Self::Interrupted(_) => "interrupted",
        }
    }

    /// The meaning of the exit code, for the documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Build => {
                "a target failed to build, a checked wheel has errors, or merged parts do not match"
            }
            Self::Usage => "the command line is invalid",
            Self::Project => {
                "the project is invalid: configuration, layout, signatures or Go exports"
            }
            Self::Toolchain => "a tool is missing, too old or broken, or could not be downloaded",
            Self::Backend => "the project's build backend failed, or its wheel is not pure",
            Self::Output => "a file could not be read, written or uploaded",
            Self::Interrupted(_) => "a signal interrupted the run",
        }
    }

    /// Whether a signal interrupted the run.
    pub fn is_interruption(self) -> bool {
        matches!(self, Self::Interrupted(_))
    }

    /// The exit code of the process: 1 to 6, or 128 + the number of a signal.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Build => 1,
            Self::Usage => 2,
            Self::Project => 3,
            Self::Toolchain => 4,
            Self::Backend => 5,
            Self::Output => 6,
            Self::Interrupted(signal) => 128 + signal,
        }
    }
}

/// A failed action: what pygo was doing, what it found and how to fix it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Determines the exit code.
    pub kind: Kind,
    /// The failed action, as a participle: `reading config.json`.
    pub doing: String,
    /// The problem; may have several lines.
    pub found: String,
    /// How to fix it; may have several lines.
    pub help: String,
    /// The file with the complete output of the tool that failed, if any.
    pub log: Option<PathBuf>,
}

impl Failure {
    /// A failure of `kind`.
    pub fn new(
        kind: Kind,
        doing: impl Into<String>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, doing: doing.into(), found: found.into(), help: help.into(), log: None }
    }

    /// A [`Kind::Project`] failure.
    pub fn project(
        doing: impl Into<String>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Project, doing, found, help)
    }

    /// A [`Kind::Toolchain`] failure.
    pub fn toolchain(
        doing: impl Into<String>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Toolchain, doing, found, help)
    }

    /// A [`Kind::Build`] failure.
    pub fn build(
        doing: impl Into<String>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Build, doing, found, help)
    }

    /// A failure to read or write a file, with help that depends on the error.
    ///
    /// `error` must name the file, as errors from `fs_err` do.
    pub fn io(doing: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as E;
        let help = match error.kind() {
            E::PermissionDenied | E::ReadOnlyFilesystem => {
                "make the file or directory writable, or choose another"
            }
            E::StorageFull | E::QuotaExceeded | E::FileTooLarge => {
                "free some space, or choose another directory"
            }
            E::NotFound => "check that the path exists",
            E::IsADirectory => "choose the path of a file",
            E::NotADirectory | E::AlreadyExists => "move the existing file, or choose another path",
            _ => "check the file and its file system",
        };
        Self::new(Kind::Output, doing, error.to_string(), help)
    }

    /// Adds the file with the complete output of a tool.
    pub fn with_log(mut self, log: impl Into<PathBuf>) -> Self {
        self.log = Some(log.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.doing)?;
        let log = self.log.as_ref().map(|path| path.display().to_string());
        let parts = [
            ("found", Some(self.found.as_str())),
            ("help", Some(self.help.as_str())),
            ("log", log.as_deref()),
        ];
        for (label, text) in parts {
            let Some(text) = text.filter(|text| !text.is_empty()) else {
                continue;
            };
            for (number, line) in text.trim_end().lines().enumerate() {
                let label = if number == 0 { label } else { "" };
                let colon = if number == 0 { ':' } else { ' ' };
                let line = format!("{label:>7}{colon} {line}");
                write!(f, "\n{}", line.trim_end())?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// More bytes than a name that somebody mistyped.
const MAX_WORD: usize = 200;

/// The candidate most similar to `word`, if similar enough to suggest. Longer ones than
/// `MAX_WORD` are skipped: the time grows with the product of both lengths.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_WORD {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_WORD)
        .map(|candidate| (candidate, strsim::jaro_winkler(&word, &candidate.to_lowercase())))
        .filter(|(_, score)| *score > 0.8)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(candidate, _)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_aligned_and_their_lines_indented() {
        let failure = Failure::project("reading config.json", "one\ntwo", "do this");
        assert_eq!(
            failure.to_string(),
            "reading config.json\n  found: one\n         two\n   help: do this"
        );
    }

    #[test]
    fn nearest_suggests_only_similar_words() {
        assert_eq!(nearest("libary", ["library", "package"]), Some("library"));
        assert_eq!(nearest("zzz", ["library", "package"]), None);
        assert_eq!(nearest("LIBARY", ["Library"]), Some("Library"));
        let long = "library".repeat(30);
        assert_eq!(nearest(&long, [&*long]), None);
        assert_eq!(nearest("library", [&*long]), None);
    }
}
