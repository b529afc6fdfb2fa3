//! What went wrong, told in three parts, and the exit code for it.
//!
//! Every message that a person meets says what was being done, what was found and what to do
//! about it. [`Failure`] holds these parts; [`Kind`] decides the exit code and nothing else.

use std::fmt;
use std::path::PathBuf;

/// A `Result` whose error is a [`Failure`].
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Which family a failure belongs to; a caller and a pipeline decide on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A target could not be built: Go, the C compiler or the audit said no.
    Build,
    /// The command line is wrong.
    Usage,
    /// The project is wrong: configuration, layout, signatures, Go exports.
    Project,
    /// A tool is missing, too old, broken, or could not be fetched.
    Toolchain,
    /// The project's own build backend failed, or did not give a pure wheel.
    Backend,
    /// The result could not be written: permissions, a full disk.
    Output,
    /// Stopped by a signal; holds its number.
    Interrupted(u8),
}

impl Kind {
    /// Every kind but the interruptions, in the order of their exit codes.
    pub const ALL: &[Self] =
        &[Self::Build, Self::Usage, Self::Project, Self::Toolchain, Self::Backend, Self::Output];

    /// Its name in reports.
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

    /// What its exit code means, for lists of them.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Build => "a target could not be built, or a wheel that was checked has errors",
            Self::Usage => "the command line is wrong",
            Self::Project => "the project is wrong: configuration, layout, signatures, Go exports",
            Self::Toolchain => "a tool is missing, too old or broken, or could not be fetched",
            Self::Backend => "the project's build backend failed, or its wheel is not pure",
            Self::Output => "the result could not be written, or a wheel could not be read",
            Self::Interrupted(_) => "a signal asked the run to stop",
        }
    }

    /// Whether a signal asked the run to stop: then nothing else is worth a try.
    pub fn is_interruption(self) -> bool {
        matches!(self, Self::Interrupted(_))
    }

    /// The process exit code: 1 to 6, and 128 + signal number for an interrupted run.
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

/// What was being done, what was found, what to do about it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: Kind,
    /// What was being done, as a participle: `reading config.json`.
    pub doing: String,
    /// What was found; may have several lines.
    pub found: String,
    /// What to do about it; may have several lines.
    pub help: String,
    /// Where the whole output of a tool is kept, if one had run.
    pub log: Option<PathBuf>,
}

impl Failure {
    /// A failure of `kind` in its three parts.
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

    /// A failure to read or write a file, with the advice that its kind allows.
    ///
    /// `error` is expected to name the file, as errors of `fs_err` do.
    pub fn io(doing: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as E;
        let help = match error.kind() {
            E::PermissionDenied | E::ReadOnlyFilesystem => {
                "make that place writable, or choose another"
            }
            E::StorageFull | E::QuotaExceeded | E::FileTooLarge => {
                "free some space, or choose another place"
            }
            E::NotFound => "check that the path exists",
            E::NotADirectory | E::AlreadyExists | E::IsADirectory => {
                "move what is in the way, or choose another place"
            }
            _ => "check the file and the file system it is on",
        };
        Self::new(Kind::Output, doing, error.to_string(), help)
    }

    /// The same failure, with the place where a tool's whole output is kept.
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
                let told = format!("{label:>7}{colon} {line}");
                write!(f, "\n{}", told.trim_end())?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// The candidate nearest to `word`, when it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| {
            let score = strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
            (candidate, score)
        })
        .filter(|(_, score)| *score > 0.8)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(candidate, _)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_are_aligned_and_long_parts_are_indented() {
        let failure = Failure::project("reading config.json", "one\ntwo", "do this");
        assert_eq!(
            failure.to_string(),
            "reading config.json\n  found: one\n         two\n   help: do this"
        );
    }

    #[test]
    fn nearest_is_silent_when_nothing_is_near() {
        assert_eq!(nearest("libary", ["library", "package"]), Some("library"));
        assert_eq!(nearest("zzz", ["library", "package"]), None);
    }
}
