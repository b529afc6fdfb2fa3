//! `pygo toolchain`: gets the tools ready before the first build. `install` downloads the pinned ones.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::print;
use super::tool_args::PythonArg;
use super::warm::Warm;
use crate::error::Result;
use crate::process::Environment;
use crate::report::{Detail, Progress};
use crate::toolchain::Tools;

/// Manage the tools in pygo's cache
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Install(Install),
    Warm(Warm),
}

/// Download the pinned Go, zig, cffi and setuptools into the cache
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(flatten)]
    python: PythonArg,
}

impl Command {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let install = match self {
            Self::Install(install) => install,
            Self::Warm(warm) => return warm.run(environment, detail),
        };
        let progress = Progress::new(environment, detail, &[]);
        let lookup = install.python.lookup(environment);
        let tools =
            Tools::new(environment, lookup, move |download| progress.downloading(&download));
        print(tools.provide_all()?.iter().map(|dir| dir.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
