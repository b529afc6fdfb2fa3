//! What a rule is: its names, how bad a breach is, why it matters, where it comes from.
//!
//! The rules themselves are in [`catalogue`], one file for each group. Codes
//! and names are stable: people write them into their pipelines.

use std::cmp::Ordering;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It works, but something is left to improve.
    Warning,
    /// The wheel will not work somewhere its name says that it does, or will not be taken.
    Error,
}

impl Severity {
    /// The word that people and pipelines read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// The zip file itself.
    Archive,
    /// The file name, the tags, and what WHEEL says of them.
    Tags,
    /// METADATA and its neighbours.
    Metadata,
    /// RECORD.
    Record,
    /// Binaries of Linux.
    Elf,
    /// Binaries of macOS.
    MachO,
    /// Binaries of Windows.
    Pe,
    /// What an extension module asks of Python.
    Abi,
    /// What was built by Go.
    Go,
    /// What the index alone refuses.
    Index,
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
    ];

    /// What the codes of its rules begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Archive => "ARC",
            Self::Tags => "TAG",
            Self::Metadata => "MET",
            Self::Record => "REC",
            Self::Elf => "ELF",
            Self::MachO => "MAC",
            Self::Pe => "PE",
            Self::Abi => "ABI",
            Self::Go => "GO",
            Self::Index => "IDX",
        }
    }

    /// What a person calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Archive => "Archive",
            Self::Tags => "Name and tags",
            Self::Metadata => "Metadata",
            Self::Record => "RECORD",
            Self::Elf => "ELF",
            Self::MachO => "Mach-O",
            Self::Pe => "PE",
            Self::Abi => "Python's ABI",
            Self::Go => "Go",
            Self::Index => "Index",
        }
    }
}

/// A rule.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Its code: `ELF004`.
    pub code: &'static str,
    /// Its name: `elf-needed-outside`.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad a breach is.
    pub severity: Severity,
    /// Why it matters, in a sentence.
    pub why: &'static str,
    /// The standard or the source that it comes from.
    pub source: &'static str,
    /// What to do about a breach.
    pub fix: &'static str,
}

impl Rule {
    /// The rule that `word` names, by its code or its name, in any case.
    pub fn find(word: &str) -> Option<&'static Self> {
        catalogue::all().find(|rule| {
            rule.code.eq_ignore_ascii_case(word) || rule.name.eq_ignore_ascii_case(word)
        })
    }
}

// A rule is its code: what is written about it does not make it another one.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

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
