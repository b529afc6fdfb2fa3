//! `pygo toolchain install`: downloads the pinned tools, so that builds need not.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::print;
use super::tool_args::PythonArg;
use crate::error::Result;
use crate::process::Environment;
use crate::report::{Detail, Progress};
use crate::toolchain::Tools;

/// Manage the tools in pygo's cache
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Install(Install),
}

/// Download the pinned Go, zig, cffi and setuptools into the cache
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(flatten)]
    python: PythonArg,
}

impl Command {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let Self::Install(install) = self;
        let progress = Progress::new(environment, detail, &[]);
        let lookup = install.python.lookup(environment);
        let tools =
            Tools::new(environment, lookup, move |download| progress.downloading(&download));
        print(tools.provide_all()?.iter().map(|dir| dir.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
