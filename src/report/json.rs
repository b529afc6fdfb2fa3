//! The report that pipelines read.
//!
//! The types are the documentation of its shape. [`FORMAT`] changes when a field goes or changes
//! its meaning; fields may be added without that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::{try_whole, write_whole};
use crate::error::{Failure, Kind, Result};
use crate::factory::{Of, Outcome, Results, StageTime};
use crate::target::Target;
use crate::toolchain::{Origin, Toolchain, Version};

/// The number of this shape.
pub const FORMAT: u32 = 1;

/// One run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: &'static str,
    /// How many pieces of work ran at the same time.
    pub jobs: usize,
    /// From start to end, in seconds.
    pub seconds: f64,
    /// What built; `null` if the run failed before it was found.
    pub tools: Option<Tools>,
    /// One entry for each target, in the order in which they were asked for.
    pub targets: Vec<ReportedTarget>,
    /// Why nothing was built, if the run failed before any target was begun.
    pub failure: Option<ReportedFailure>,
}

/// The tools of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tools {
    /// Go: the version that built, which a project's go.mod may have asked for, and the program
    /// that was found.
    pub go: ReportedTool,
    /// The C compiler: `zig`.
    pub c: ReportedTool,
    /// The Python that ran the build backend and cffi.
    pub python: ReportedTool,
    /// The version of cffi.
    #[schemars(with = "String")]
    pub cffi: Version,
}

/// One tool.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedTool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    #[schemars(with = "String")]
    pub version: Version,
    /// The program.
    pub path: PathBuf,
    /// `named`, `path`, `python-environment` or `cache`.
    #[schemars(with = "String")]
    pub origin: Origin,
}

/// One target.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedTarget {
    /// Its name.
    pub target: &'static str,
    /// `built`, `failed`, or `not-begun` when something else failed before.
    pub result: &'static str,
    /// The wheel's path; this and the next five are `null` for a target without one.
    pub wheel: Option<PathBuf>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its tag, as in the file name.
    pub tag: Option<String>,
    /// Its tags, one for each combination.
    pub tags: Option<Vec<String>>,
    /// What in its binaries decides the platform tag, where something does.
    pub because: Option<String>,
    /// From the beginning of the run to the end of this target, in seconds.
    pub seconds: f64,
    /// The work that was done for it, also that which other targets share.
    pub stages: Vec<ReportedStage>,
    /// What broke, if there is no wheel.
    pub failure: Option<ReportedFailure>,
}

/// One piece of work.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedStage {
    /// `base-wheel`, `cffi-source`, `library`, `extension`, `fuse`, `audit` or `pack`.
    pub stage: String,
    /// What it was done for: `all`, a slice or a target.
    pub of: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A failure.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedFailure {
    /// The stage, if the run had come that far.
    pub stage: Option<String>,
    /// What the stage was for.
    pub of: Option<String>,
    /// The family that decides the exit code: `build`, `usage`, `project`, `toolchain`, `backend`,
    /// `output` or `interrupted`.
    #[schemars(with = "String")]
    #[serde(serialize_with = "name")]
    pub kind: Kind,
    /// The exit code of that family.
    pub exit_code: u8,
    /// What was being done.
    pub doing: String,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub help: String,
    /// The file with what the tools said.
    pub log: Option<PathBuf>,
}

impl Report {
    /// The report of a run that came to its end.
    pub fn finished(
        jobs: usize,
        elapsed: Duration,
        toolchain: &Toolchain,
        results: &Results,
    ) -> Self {
        let target = |outcome| reported(outcome, &results.times);
        let targets = results.outcomes.iter().map(target).collect();
        let tools = Some(Tools::of(toolchain, results.go));
        Self { tools, targets, ..Self::empty(jobs, elapsed) }
    }

    /// The report of a run that failed before it began a target.
    pub fn failed(jobs: usize, elapsed: Duration, failure: &Failure) -> Self {
        let failure = Some(ReportedFailure::of(failure));
        Self { failure, ..Self::empty(jobs, elapsed) }
    }

    fn empty(jobs: usize, elapsed: Duration) -> Self {
        Self {
            format: FORMAT,
            pygo: env!("CARGO_PKG_VERSION"),
            jobs,
            seconds: rounded(elapsed),
            tools: None,
            targets: Vec::new(),
            failure: None,
        }
    }

    /// Writes the report to `path`, whole or not at all; into it, if it is a device or a pipe.
    ///
    /// # Errors
    /// [`Kind::Output`] if it cannot be written there.
    pub fn write(&self, path: &Path) -> Result<()> {
        let written = serde_json::to_vec_pretty(self).map_err(std::io::Error::from);
        let written = written.and_then(|mut bytes| {
            bytes.push(b'\n');
            write_whole(path, &bytes)
        });
        written.map_err(|error| unwritten(path, &error))
    }

    /// Tries whether a report could be written to `path`, before there is one.
    ///
    /// # Errors
    /// [`Kind::Output`], as [`Report::write`] would fail.
    pub fn try_place(path: &Path) -> Result<()> {
        try_whole(path).map_err(|error| unwritten(path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(format!("writing the report {}", path.display()), error)
}

impl Tools {
    fn of(toolchain: &Toolchain, go: Version) -> Self {
        let tool = |name, found: &crate::toolchain::Found| ReportedTool {
            name,
            version: found.version,
            path: found.exe.clone(),
            origin: found.origin,
        };
        let python = &toolchain.host.python;
        Self {
            go: ReportedTool { version: go, ..tool("go", &toolchain.go.0) },
            c: tool(toolchain.compiler.name(), toolchain.compiler.found()),
            python: ReportedTool {
                name: "python",
                version: python.version,
                path: python.exe.clone(),
                origin: python.origin,
            },
            cffi: toolchain.cffi,
        }
    }
}

impl ReportedFailure {
    fn of(failure: &Failure) -> Self {
        Self {
            stage: None,
            of: None,
            kind: failure.kind,
            exit_code: failure.kind.exit_code(),
            doing: failure.doing.clone(),
            found: failure.found.clone(),
            help: failure.help.clone(),
            log: failure.log.clone(),
        }
    }
}

fn reported(outcome: &Outcome, times: &[StageTime]) -> ReportedTarget {
    let wheel = outcome.result.as_ref().ok();
    let failure = outcome.result.as_ref().err().map(|broken| ReportedFailure {
        stage: Some(broken.work.stage.to_string()),
        of: Some(broken.work.of.to_string()),
        ..ReportedFailure::of(&broken.failure)
    });
    ReportedTarget {
        target: outcome.target.name(),
        result: match &outcome.result {
            Ok(_) => "built",
            Err(broken) if broken.begun => "failed",
            Err(_) => "not-begun",
        },
        wheel: wheel.map(|wheel| wheel.path.clone()),
        sha256: wheel.map(|wheel| wheel.sha256.clone()),
        size: wheel.map(|wheel| wheel.size),
        tag: wheel.map(|wheel| wheel.name.tag.to_string()),
        tags: wheel.map(|wheel| wheel.name.tag.expanded()),
        because: wheel.and_then(|wheel| wheel.because.clone()),
        seconds: rounded(outcome.elapsed),
        stages: stages(outcome.target, times),
        failure,
    }
}

/// The work done for `target`, in the order of the stages.
fn stages(target: Target, times: &[StageTime]) -> Vec<ReportedStage> {
    let mut own: Vec<_> = times
        .iter()
        .filter(|time| match time.work.of {
            Of::All => true,
            Of::Slice(slice) => target.slices().contains(&slice),
            Of::Target(other) => other == target,
        })
        .collect();
    own.sort_by_key(|time| time.work.stage);
    own.iter()
        .map(|time| ReportedStage {
            stage: time.work.stage.to_string(),
            of: time.work.of.to_string(),
            seconds: rounded(time.elapsed),
        })
        .collect()
}

/// The JSON Schema of [`Report`], made from the types.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Report).to_value()
}

fn name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// Seconds to the millisecond.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}
