//! What a check of wheels found, as pipelines read it and as docs/rules.md explains it.
//!
//! The types are the documentation of the JSON. [`CHECK_FORMAT`] changes when a field goes or changes its
//! meaning; fields may be added without that.

use std::fmt::Write;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::audit::{Finding, Group, Inspection, MemberFacts, Rule, Severity, catalogue};

/// The number of this shape.
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
    /// Where it is.
    pub path: PathBuf,
    /// The size of the file, in bytes.
    pub size: u64,
    /// How many files it holds.
    pub files: usize,
    /// Whether no finding is an error.
    pub ok: bool,
    /// The platform tags of its file name.
    pub claimed: Vec<String>,
    /// The lowest platform tags that would be true; empty where none would.
    pub lowest: Vec<String>,
    /// What decides them.
    pub because: Option<String>,
    /// Its binaries.
    pub binaries: Vec<CheckedBinary>,
    /// What is wrong.
    pub findings: Vec<ReportedFinding>,
}

/// A binary of a wheel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckedBinary {
    /// Its path in the wheel.
    pub path: String,
    /// The processors it is for, as platform tags name them.
    pub arch: Vec<String>,
    /// The release of glibc, musl or macOS that it needs: `2.17`.
    pub needs: Option<String>,
    /// What decides that.
    pub because: Option<String>,
    /// For a module of the stable ABI: the least Python that has all it uses.
    pub python: Option<String>,
    /// The Go release that built it, if one did.
    pub go: Option<String>,
}

/// Something that is wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedFinding {
    /// The rule's code: `ELF004`.
    pub code: &'static str,
    /// The rule's name: `elf-needed-outside`.
    pub name: &'static str,
    /// What the rule is about.
    pub group: Group,
    /// How bad it is.
    pub severity: Severity,
    /// The file in the wheel; empty where it is the wheel itself.
    pub member: String,
    /// What was found.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl CheckReport {
    /// The report of `wheels`, each with its path.
    pub fn new(wheels: &[(PathBuf, Inspection)]) -> Self {
        let wheels = wheels.iter().map(|(path, found)| CheckedWheel::new(path.clone(), found));
        Self { format: CHECK_FORMAT, pygo: env!("CARGO_PKG_VERSION"), wheels: wheels.collect() }
    }
}

impl CheckedWheel {
    fn new(path: PathBuf, found: &Inspection) -> Self {
        Self {
            path,
            size: found.size,
            files: found.files,
            ok: !found.has_errors(),
            claimed: found
                .name
                .as_ref()
                .map(|name| name.tag.platforms().to_vec())
                .unwrap_or_default(),
            lowest: found.truth.platforms.clone(),
            because: found.truth.because.clone(),
            binaries: found.members.iter().map(CheckedBinary::new).collect(),
            findings: found.findings.iter().map(ReportedFinding::new).collect(),
        }
    }
}

impl CheckedBinary {
    fn new(facts: &MemberFacts) -> Self {
        Self {
            path: facts.path.clone(),
            arch: facts.arch.clone(),
            needs: facts.needs.map(|release| release.to_string()),
            because: facts.because.clone(),
            python: facts.python.map(|release| release.to_string()),
            go: facts.go.first().map(|info| info.go_version.clone()),
        }
    }
}

impl ReportedFinding {
    fn new(finding: &Finding) -> Self {
        let Rule { code, name, group, severity, .. } = *finding.rule;
        let Finding { member, what, fix, .. } = finding.clone();
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
        "# Rules\n\nWhat `pygo check` looks for in a wheel, whoever built it. This page is made \
         from the program's own table; a test keeps it current. Codes and names are stable: \
         `--select` and `--ignore` take them, and the prefix of a group.\n\nAn error means that \
         the wheel will not work somewhere its name says that it does, or will not be taken by the \
         index or an installer; a warning, that something is left to improve.\n",
    );
    for group in Group::ALL {
        let _ = write!(page, "\n## {} (`{}`)\n\n", group.title(), group.prefix());
        for rule in catalogue::all().filter(|rule| rule.group == *group) {
            let _ = write!(
                page,
                "### {} {}\n\n{} ({})\n\n* Source: {}\n* Fix: {}\n\n",
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
