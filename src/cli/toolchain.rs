//! `pygo toolchain install`: provisions the pinned tools now, so that builds fetch nothing.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::build_args::PythonArg;
use super::output::print;
use crate::error::Result;
use crate::report::{Detail, Progress};
use crate::toolchain::{Lookup, provision_all};

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
    pub(super) fn run(self) -> Result<ExitCode> {
        let Self::Install(install) = self;
        let progress = Progress::new(Detail::Normal, &[]);
        let lookup = Lookup { python: install.python.named(), ..Lookup::default() };
        let places = provision_all(&lookup, &|fetching| progress.fetching(&fetching))?;
        print(places.iter().map(|place| place.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
