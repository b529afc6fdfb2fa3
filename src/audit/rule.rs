//! What a rule is: its code and name, severity, explanation, source and effect.
//!
//! The rules themselves are in [`catalogue`](super::catalogue).

use std::cmp::Ordering;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The severity of a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The wheel works, but could be better.
    Warning,
    /// The wheel does not work everywhere its name claims, or the index or an installer rejects it.
    Error,
}

impl Severity {
    /// The name shown to people and pipelines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The subject of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// The zip file itself.
    Archive,
    /// The file name, the tags and WHEEL.
    Tags,
    /// METADATA and entry_points.txt.
    Metadata,
    /// RECORD.
    Record,
    /// Linux binaries.
    Elf,
    /// macOS binaries.
    MachO,
    /// Windows binaries.
    Pe,
    /// What an extension module needs from Python.
    Abi,
    /// Binaries built by Go.
    Go,
    /// What only the index rejects.
    Index,
    /// Source distributions.
    Sdist,
}

impl Group {
    /// Every group, in the order of the list.
    pub const ALL: &[Self] = &[
        Self::Archive,
        Self::Tags,
        Self::Metadata,
        Self::Record,
        Self::Elf,
        Self::MachO,
        Self::Pe,
        Self::Abi,
        Self::Go,
        Self::Index,
        Self::Sdist,
    ];

    /// The prefix of the group's rule codes, and its title.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Archive => ("ARC", "Archive"),
            Self::Tags => ("TAG", "Name and tags"),
            Self::Metadata => ("MET", "Metadata"),
            Self::Record => ("REC", "RECORD"),
            Self::Elf => ("ELF", "ELF"),
            Self::MachO => ("MAC", "Mach-O"),
            Self::Pe => ("PE", "PE"),
            Self::Abi => ("ABI", "Python's ABI"),
            Self::Go => ("GO", "Go"),
            Self::Index => ("IDX", "Index"),
            Self::Sdist => ("SDI", "Source distribution"),
        }
    }

    /// The prefix of the group's rule codes.
    pub fn prefix(self) -> &'static str {
        self.names().0
    }

    /// The title shown to people.
    pub fn title(self) -> &'static str {
        self.names().1
    }
}

/// The effect of a finding beyond the report, for the rest of the inspection and for `--fix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// `--fix` fixes it by replacing the platform tags.
    FixPlatform,
    /// `--fix` fixes it by rewriting the file name, WHEEL and RECORD.
    FixName,
    /// A file could not be read, so nothing is known about what it needs or provides.
    Unreadable,
    /// A library was not found; an unreadable file may contain it.
    MissingLibrary,
    /// It applies to binaries for macOS, but not to Mach-O files for other systems.
    MacOsOnly,
}

/// A rule.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The code: `ELF004`.
    pub code: &'static str,
    /// The name: `elf-needed-outside`.
    pub name: &'static str,
    /// Its subject.
    pub group: Group,
    /// The severity of a finding.
    pub severity: Severity,
    /// The problem in the file, in one sentence, and its consequence.
    pub why: &'static str,
    /// The standard or other source that it comes from.
    pub source: &'static str,
    /// How to fix a finding.
    pub fix: &'static str,
    /// The effect of a finding beyond the report.
    #[serde(skip)]
    pub effect: Effect,
}

impl Rule {
    /// The problem in the file: the first sentence of the reason.
    pub fn summary(&self) -> &'static str {
        self.why.split_inclusive(". ").next().unwrap_or(self.why).trim_end()
    }
}

impl PartialOrd for Rule {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rule {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.group, self.code).cmp(&(other.group, other.code))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}
