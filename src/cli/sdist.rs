//! `pygo sdist`: builds the source distribution.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::build_args::ProjectArgs;
use super::matrix::ready;
use super::output::print;
use super::tool_args::PythonArg;
use crate::error::Result;
use crate::factory::{self, Plan};
use crate::process::Environment;
use crate::project::Project;
use crate::report::{Detail, Progress};
use crate::toolchain::{Lookup, Tools};

/// Build a source distribution
///
/// It includes everything that a build of wheels needs.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    project: ProjectArgs,
    /// Directory for the finished sdist [default: PROJECT/dist]
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    python: PythonArg,
    /// Download nothing; report missing tools instead
    #[arg(long)]
    offline: bool,
}

impl Arguments {
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        self.project.find(environment, detail);
        let project = Project::read(self.project.path(), environment.get("GOWORK"))?;
        let out_dir = self.project.out_dir(self.out_dir.as_ref());
        let plan = Plan::new(project, self.project.options(environment, out_dir, self.offline)?)?;
        ready(&plan.options.out_dir)?;
        let lookup = Lookup { offline: self.offline, ..self.python.lookup(environment) };
        let progress = Arc::new(Progress::new(environment, detail, &[]));
        let shown = Arc::clone(&progress);
        let tools = Tools::new(environment, self.project.lookup(lookup), move |download| {
            shown.downloading(&download);
        });
        let path = factory::sdist(&plan, tools.host()?, &*progress);
        progress.finish();
        print([path?.display()])?;
        Ok(ExitCode::SUCCESS)
    }
}
