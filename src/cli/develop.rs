//! `pygo develop`: installs the project in editable mode.

use std::process::ExitCode;

use clap::Args;
use console::style;

use super::build_args::NativeArgs;
use super::matrix::{Built, build, of_profile};
use super::verdict::verdict;
use crate::error::Result;
use crate::factory::{Options, Plan, install};
use crate::process::Environment;
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
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        self.native.project.find(environment, detail);
        let project = Project::read(self.native.project.path(), environment.get("GOWORK"))?;
        let work = Cache::new(environment)?.temporary("develop")?;
        let options =
            self.native.options(environment, &project, Some("host"), work.path().to_owned())?;
        let plan = Plan::new(project, Options { editable: true, ..options })?;
        let Built { results, tools } =
            build(environment, self.native.lookup(environment), detail, &plan, None)?;
        if let Some(kind) = verdict(environment, &plan.project.root, &results.outcomes) {
            return Ok(ExitCode::from(kind.exit_code()));
        }
        let host = tools.host()?;
        for wheel in results.outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()) {
            install(&plan, host, wheel)?;
            if detail != Detail::Quiet {
                tell(format_args!(
                    "{} {} {} in editable mode for {}{}",
                    style("installed").green().for_stderr(),
                    wheel.name.dist.normalized(),
                    wheel.name.version,
                    host.python.found.path.display(),
                    of_profile(results.profile),
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
