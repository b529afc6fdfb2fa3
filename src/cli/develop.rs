//! `pygo develop`: installs the project in editable mode.

use std::process::ExitCode;

use clap::Args;
use console::style;

use super::build_args::NativeArgs;
use super::matrix::{Built, build};
use super::verdict::verdict;
use crate::error::Result;
use crate::factory::{Options, Plan, install};
use crate::project::Project;
use crate::report::{Detail, tell};
use crate::toolchain::Cache;

/// Build for the current machine and install in editable mode
///
/// Installs into the active Python environment. Python files stay in the project, so edits take
/// effect immediately. Run it again after editing Go code.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    native: NativeArgs,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let project = Project::read(&self.native.project.project)?;
        let lookup = self.native.lookup(&project);
        let detail = self.native.project.detail();
        let work = Cache::from_env()?.temporary("develop")?;
        let options = self.native.options(&project, Some("host"), work.path().to_owned())?;
        let plan = Plan::new(project, Options { editable: true, ..options })?;
        let Built { results, tools } = build(detail, &plan, &lookup)?;
        if let Some(kind) = verdict(&results.outcomes) {
            return Ok(ExitCode::from(kind.exit_code()));
        }
        for wheel in results.outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()) {
            install(&plan, &tools.host, wheel)?;
            if detail != Detail::Quiet {
                tell(format_args!(
                    "{} {} {} in editable mode for {}",
                    style("installed").green().for_stderr(),
                    wheel.name.dist.normalized(),
                    wheel.name.version,
                    tools.host.python.exe.display(),
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
