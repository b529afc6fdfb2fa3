//! `--ci` of `pygo new` and `pygo init`: the file that `pygo ci` writes, with the new project.

use std::path::Path;

use clap::Args;

use super::ci::{self, Service};
use super::written::{Written, in_the_way_of};
use crate::error::Result;
use crate::process::Environment;

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct CiArg {
    /// Also write the pipeline that `pygo ci` writes
    #[arg(long, value_enum, value_name = "SERVICE")]
    ci: Option<Service>,
}

impl CiArg {
    /// What is in the way of the file.
    pub(super) fn in_the_way(self, dir: &Path, doing: &str) -> Result<Option<String>> {
        self.ci.map_or(Ok(None), |service| in_the_way_of(dir, service.path(), doing))
    }

    /// Writes the file for the project in `dir`, whose own files are `written`. A failure removes
    /// all of them.
    pub(super) fn write(
        self,
        environment: &Environment,
        dir: &Path,
        mut written: Written,
        doing: &str,
    ) -> Result<Written> {
        let Some(service) = self.ci else { return Ok(written) };
        let file = ci::file(environment, dir, service, None);
        match file.and_then(|file| written.write(dir, &[file], doing)) {
            Ok(()) => Ok(written),
            Err(failure) => Err(written.undone(failure)),
        }
    }

    /// The last line for people; `project` is an argument that names the project, after a space, or
    /// nothing.
    pub(super) fn last_line(self, project: &str) -> String {
        match self.ci {
            Some(_) => format!("then: {}", ci::NEXT),
            None => format!(
                "then: `pygo ci github{project}`, or gitlab, writes a pipeline that builds, tests and \
                 publishes them"
            ),
        }
    }
}
