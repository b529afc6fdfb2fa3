//! `--dry-run`: prints the plan.

use std::process::ExitCode;

use super::output::{Format, print, print_json};
use crate::error::Result;
use crate::factory::{self, Plan};
use crate::process::Environment;
use crate::report::PlanDocument;
use crate::toolchain::{Checkup, Lookup, Tool, Tools, diagnose, pinned_version};

/// Prints what a build of `plan` would do.
pub(super) fn dry_run(
    environment: &Environment,
    lookup: Lookup,
    plan: &Plan,
    format: Format,
) -> Result<ExitCode> {
    let document = document(environment, lookup, &plan.of_share())?;
    match format {
        Format::Text => print(document.lines())?,
        Format::Json => print_json("writing the plan", &document)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Describes what a build of `plan` would do. Looks for tools, and runs them for their versions.
pub(super) fn document(
    environment: &Environment,
    lookup: Lookup,
    plan: &Plan,
) -> Result<PlanDocument> {
    let diagnosis = diagnose(environment, &lookup)?;
    let needed = plan.tools();
    let is_needed =
        |checkup: &&Checkup| checkup.tool == Tool::Python || needed.contains(&checkup.tool);
    let checkups: Vec<_> = diagnosis.tools.iter().filter(is_needed).collect();
    let go = checkups.iter().find(|checkup| checkup.tool == Tool::Go);
    let version = go.and_then(|go| match go.used {
        Some(used) => go.found.get(used)?.2.clone().ok(),
        None => go.download.as_ref().and_then(|_| pinned_version(Tool::Go)),
    });
    let forecasts = factory::forecast(plan, version);
    let tools = Tools::new(environment, lookup, |_| {});
    let stages = factory::stages(plan, &tools)?;
    Ok(PlanDocument::new(plan, &stages, &forecasts, &checkups))
}
