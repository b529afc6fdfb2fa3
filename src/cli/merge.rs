//! `pygo merge`: joins what several machines built to one release.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::check::{Set, checked};
use super::choice::read;
use super::matrix::ready;
use super::output::print;
use crate::error::Result;
use crate::process::Environment;
use crate::release::{Expected, ExpectedWheel, Merged, Parts, SUMS, merge, place};
use crate::report::{Detail, PlanDocument, Report, tell};

/// Join the wheels, sdists and reports of several machines
///
/// Checks that they are complete and from the same sources, and every wheel as `pygo check` does.
/// Then copies the files to one directory, with SHA256SUMS and one report.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Directories to search for wheels, sdists and reports
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Directory for the release
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out_dir: PathBuf,
    /// Plan that lists the targets of the release: the output of `pygo plan --format json`
    #[arg(long, value_name = "FILE.json")]
    plan: Option<PathBuf>,
    /// Targets of the release [default: those of the plan, or of the shards]
    #[arg(long, value_name = "LIST", conflicts_with = "plan", allow_hyphen_values = true)]
    targets: Option<String>,
    /// Write the joined report to this file [default: OUT_DIR/report.json]
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let expected = self.expected()?;
        let parts = Parts::find(&self.dirs)?;
        let Merged { files, wheels, report, name, verified } = merge(&parts, &expected)?;
        let paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
        checked(environment, detail, &paths, "merging the parts of a release", Set::Defects)?;
        ready(&self.out_dir)?;
        let own_report = self.out_dir.join("report.json");
        let report_file = self.report.as_ref().unwrap_or(&own_report);
        // In the output directory, a link is replaced like one in place of a wheel.
        if self.report.is_some() || !own_report.is_symlink() {
            Report::try_place(report_file)?;
        }
        let placed = place(&files, &self.out_dir)?;
        let report = report.placed_in(&self.out_dir);
        match &self.report {
            Some(file) => report.write(file)?,
            None => report.place(&own_report)?,
        }
        if detail != Detail::Quiet {
            let machines = parts.reports.len();
            let sdist = if files.len() > wheels { " and an sdist" } else { "" };
            tell(format_args!(
                "{name}: {wheels} wheels{sdist} from {machines} reports; {}",
                self.out_dir.join(SUMS).display()
            ));
            if !verified.is_empty() {
                let names = verified.join(", ");
                tell(format_args!("built more than once, with the same bytes: {names}"));
            }
        }
        print(placed.iter().map(|path| path.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn expected(&self) -> Result<Expected> {
        if let Some(path) = &self.plan {
            let plan = PlanDocument::read(path)?;
            let wheels = plan.targets.into_iter().map(|planned| ExpectedWheel {
                abi: Some(planned.abi).filter(|abi| !abi.is_empty()),
                target: planned.target,
            });
            return Ok(Expected::Wheels(wheels.collect()));
        }
        let Some(list) = &self.targets else { return Ok(Expected::Shards) };
        let choice = read(list)?;
        let wheels = choice
            .targets
            .iter()
            .map(|target| ExpectedWheel { target: target.name().to_owned(), abi: None });
        Ok(Expected::Wheels(wheels.collect()))
    }
}
