//! `pygo sdist`: builds the source distribution.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::build_args::{ProjectArgs, PythonArg};
use super::matrix::ready;
use super::output::print;
use crate::error::Result;
use crate::factory::{self, Plan};
use crate::project::Project;
use crate::report::Progress;
use crate::toolchain::{self, Lookup};

/// Build a source distribution that includes everything needed to build wheels
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
    pub(super) fn run(self) -> Result<ExitCode> {
        let project = Project::read(&self.project.project)?;
        let out_dir = self.project.out_dir(self.out_dir.as_ref());
        let plan = Plan::new(project, self.project.options(out_dir, self.offline)?)?;
        ready(&plan.options.out_dir)?;
        let lookup =
            Lookup { python: self.python.named(), offline: self.offline, ..Lookup::default() };
        let host = toolchain::find_host(&self.project.lookup(lookup))?;
        let progress = Progress::new(self.project.detail(), &[]);
        let path = factory::sdist(&plan, &host, &progress);
        progress.finish();
        print([path?.display()])?;
        Ok(ExitCode::SUCCESS)
    }
}
