//! A failure in reports for programs.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::factory::Stage;
use crate::printable::without_passwords;

/// A failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedFailure {
    /// The stage, if the run got that far.
    pub stage: Option<Stage>,
    /// The part that the stage ran for, if a single one.
    pub part: Option<String>,
    /// The platform that the stage ran for: `all`, a slice or a target.
    pub of: Option<String>,
    /// The kind, which determines the exit code: `build`, `usage`, `project`, `toolchain`,
    /// `backend`, `output` or `interrupted`.
    pub kind: String,
    /// The exit code of that kind.
    pub exit_code: u8,
    /// The action that failed.
    pub doing: String,
    /// The problem.
    pub found: String,
    /// How to fix it.
    pub help: String,
    /// The file with the output of the tools.
    pub log: Option<PathBuf>,
}

impl ReportedFailure {
    pub(super) fn of(failure: &Failure) -> Self {
        Self {
            stage: None,
            part: None,
            of: None,
            kind: failure.kind.name().to_owned(),
            exit_code: failure.kind.exit_code(),
            doing: without_passwords(&failure.doing).into_owned(),
            found: without_passwords(&failure.found).into_owned(),
            help: without_passwords(&failure.help).into_owned(),
            log: failure.log.clone(),
        }
    }
}
