//! `--dry-run`: prints the plan.

use std::process::ExitCode;

use clap::ValueEnum;

use super::output::print;
use crate::error::{Failure, Result};
use crate::factory::{self, Plan};
use crate::report::PlanDocument;
use crate::toolchain::Tools;

/// How a plan is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// Lines for people.
    #[default]
    Text,
    /// JSON (docs/plan.schema.json).
    Json,
}

/// Prints what a build of `plan` would do.
pub(super) fn dry_run(plan: &Plan, tools: &Tools, format: PlanFormat) -> Result<ExitCode> {
    let document = PlanDocument::new(plan, &factory::stages(plan, tools)?);
    match format {
        PlanFormat::Text => print(document.lines())?,
        PlanFormat::Json => print([serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::io("writing the plan", &std::io::Error::from(error)))?])?,
    }
    Ok(ExitCode::SUCCESS)
}
