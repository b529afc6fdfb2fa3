//! The output of `pygo check --format json`, and docs/rules.md.
//!
//! The types document the JSON. [`CHECK_FORMAT`] changes when a field is removed or changes its
//! meaning, but not when one is added.

mod changes;
mod github;
mod grouped;
mod sarif;
mod text;

use std::fmt::Write;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::audit::{BinaryFacts, Finding, Group, Inspection, Rule, Severity, catalogue};

pub use changes::check_changes;
pub use github::{check_annotations, check_summary};
pub use sarif::check_sarif;
pub use text::{Layout, check_text, check_totals};

/// The version of the format.
pub const CHECK_FORMAT: u32 = 1;

/// One run of `pygo check`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckReport {
    /// [`CHECK_FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: &'static str,
    /// One entry for each wheel, in the order of the command line, directories sorted.
    pub wheels: Vec<CheckedWheel>,
}

/// One wheel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckedWheel {
    /// Its path.
    pub path: PathBuf,
    /// The size of the file, in bytes.
    pub size: u64,
    /// The number of files in it.
    pub files: usize,
    /// Whether it has no errors.
    pub ok: bool,
    /// The platform tags of its file name.
    pub claimed: Vec<String>,
    /// The lowest platform tags that fit its binaries; empty if none does.
    pub lowest: Vec<String>,
    /// The reason for them.
    pub because: Option<String>,
    /// Its binaries.
    pub binaries: Vec<CheckedBinary>,
    /// Its findings.
    pub findings: Vec<ReportedFinding>,
}

/// A binary in a wheel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckedBinary {
    /// Its path in the wheel.
    pub path: String,
    /// Its architectures, as in platform tags.
    pub arch: Vec<String>,
    /// The release of glibc, musl or macOS it needs: `2.17`.
    pub needs: Option<String>,
    /// The reason for that.
    pub because: Option<String>,
    /// For a stable-ABI module: the oldest Python with everything it uses.
    pub python: Option<String>,
    /// The Go release that built it, if Go did.
    pub go: Option<String>,
}

/// One problem.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedFinding {
    /// The rule's code: `ELF004`.
    pub code: &'static str,
    /// The rule's name: `elf-needed-outside`.
    pub name: &'static str,
    /// The subject of the rule.
    pub group: Group,
    /// Its severity: the rule's, unless the project set another one.
    pub severity: Severity,
    /// The file in the wheel; empty if the finding is about the wheel itself.
    pub member: String,
    /// The problem.
    pub what: String,
    /// How to fix it.
    pub fix: String,
}

impl CheckReport {
    /// The report on `wheels`, each with its path.
    pub fn new(wheels: &[(PathBuf, Inspection)]) -> Self {
        let wheels = wheels.iter().map(|(path, found)| CheckedWheel::new(path.clone(), found));
        Self { format: CHECK_FORMAT, pygo: env!("CARGO_PKG_VERSION"), wheels: wheels.collect() }
    }
}

impl CheckedWheel {
    fn new(path: PathBuf, found: &Inspection) -> Self {
        let name = found.name.as_ref();
        Self {
            path,
            size: found.size,
            files: found.files,
            ok: !found.has_errors(),
            claimed: name.map(|name| name.tag.platforms().to_vec()).unwrap_or_default(),
            lowest: found.compatible.platforms.clone(),
            because: found.compatible.reason.clone(),
            binaries: found.binaries.iter().map(CheckedBinary::new).collect(),
            findings: found.findings.iter().map(ReportedFinding::new).collect(),
        }
    }
}

impl CheckedBinary {
    fn new(facts: &BinaryFacts) -> Self {
        Self {
            path: facts.path.clone(),
            arch: facts.arch.clone(),
            needs: facts.needs.map(|release| release.to_string()),
            because: facts.reason.clone(),
            python: facts.python.map(|release| release.to_string()),
            go: facts.go.first().map(|info| info.go_version.clone()),
        }
    }
}

impl ReportedFinding {
    fn new(finding: &Finding) -> Self {
        let Rule { code, name, group, .. } = *finding.rule;
        let Finding { member, what, fix, severity, .. } = finding.clone();
        Self { code, name, group, severity, member, what, fix }
    }
}

/// The JSON schema of a [`CheckReport`].
pub fn check_schema() -> serde_json::Value {
    schemars::schema_for!(CheckReport).to_value()
}

/// The page `docs/rules.md`.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# Rules\n\nWhat `pygo check` looks for in a wheel, whatever tool built it. This page is \
         generated from the program's rule table. Codes and names are stable: `--select` and \
         `--ignore` accept them, and the prefix of a group, as does the key `severity` of \
         `[tool.pygo-tools.check]`.\n\nAn error means that the wheel does \
         not work everywhere its name claims, or that the index or an installer rejects it. A \
         warning means that it works but could be better, or may not work everywhere.\n",
    );
    for group in Group::ALL {
        let _ = write!(page, "\n## {} (`{}`)\n\n", group.title(), group.prefix());
        for rule in catalogue::all().filter(|rule| rule.group == *group) {
            let _ = write!(
                page,
                "### {} {}\n\n{}\n\n* Severity: {}\n* Source: {}\n* Fix: {}\n\n",
                rule.code,
                rule.name,
                rule.why,
                rule.severity.name(),
                rule.source,
                rule.fix
            );
        }
        page.pop();
    }
    page
}
