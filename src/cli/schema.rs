//! `pygo schema`: prints the JSON schema of the configuration.

use std::process::ExitCode;

use clap::Args;

use super::output::print;
use crate::error::Result;
use crate::project::config_schema;

/// Print the JSON schema of the configuration
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let Self {} = self;
        print([format!("{:#}", config_schema())])?;
        Ok(ExitCode::SUCCESS)
    }
}
