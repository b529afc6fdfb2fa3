//! The report of a run, for pipelines: written, and read back by later steps.
//!
//! The types document its shape. [`FORMAT`] changes when a field is removed or changes its meaning;
//! new fields do not change it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::failure::ReportedFailure;
use super::provenance::{Invocation, Provenance, ReportedSource, times};
use super::rounded;
use super::tested::{ReportedTest, reported as reported_test};
use super::used_tools::Tools;
use crate::error::{Failure, Result};
use crate::factory::{Costs, Outcome, Plan, Results, Shard, Stage, StageTime};
use crate::process::{Temporary, check_writable, write_atomically};
use crate::tester::Tested;
use crate::toolchain;

/// The number of this shape.
pub const FORMAT: u32 = 1;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: String,
    /// The maximum number of stages that ran at the same time.
    pub jobs: usize,
    /// From start to end, in seconds.
    pub seconds: f64,
    /// When it started, as RFC 3339 in UTC: `2026-11-28T12:34:56Z`.
    #[serde(default)]
    pub started: Option<String>,
    /// When its wheels were finished, as RFC 3339 in UTC.
    #[serde(default)]
    pub finished: Option<String>,
    /// The profile of the native code: `release` or `debug`; `null` if nothing was built.
    pub profile: Option<String>,
    /// The tools in use; `null` if the run failed before they were found.
    pub tools: Option<Tools>,
    /// One entry per wheel, in the requested order: a target has one for each ABI of Python.
    pub targets: Vec<ReportedTarget>,
    /// The tests of the wheels, with `--test`.
    #[serde(default)]
    pub tests: Vec<ReportedTest>,
    /// The reason why the run failed, if no target and no test failed: before the first target was
    /// started, or because the tests could not be.
    pub failure: Option<ReportedFailure>,
    /// The part of the matrix that the run built, such as `2/4`, if others build the rest.
    #[serde(default)]
    pub shard: Option<String>,
    /// The targets of the whole matrix, of which `targets` are a part.
    #[serde(default)]
    pub matrix: Vec<String>,
    /// The ABIs of Python that each target of the matrix has a wheel for.
    #[serde(default)]
    pub abis: BTreeMap<String, Vec<String>>,
    /// A digest of each file and directory at the top of the project, by name.
    #[serde(default)]
    pub sources: BTreeMap<String, String>,
    /// The git checkout that the project is in; `null` without one, and without git on `PATH`.
    #[serde(default)]
    pub source: Option<ReportedSource>,
    /// The request; `null` if the run failed before that was known. If `pygo merge` joined several
    /// reports, `joined` has that of each.
    #[serde(default)]
    pub invocation: Option<Invocation>,
    /// The Go modules in the wheels: package URLs with checksums as in go.sum.
    #[serde(default)]
    pub modules: BTreeMap<String, String>,
    /// The reports that `pygo merge` joined to this one.
    #[serde(default)]
    pub joined: Vec<JoinedReport>,
}

/// One of several runs that together built a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JoinedReport {
    /// Its part of the matrix, such as `2/4`, if it had one.
    pub shard: Option<String>,
    /// Its targets.
    pub targets: Vec<String>,
    /// Its duration, in seconds.
    pub seconds: f64,
    /// When it started, as RFC 3339 in UTC.
    #[serde(default)]
    pub started: Option<String>,
    /// When its wheels were finished, as RFC 3339 in UTC.
    #[serde(default)]
    pub finished: Option<String>,
    /// The request.
    #[serde(default)]
    pub invocation: Option<Invocation>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedTarget {
    /// Its name.
    pub target: String,
    /// The ABI of Python that its extension modules are for: `abi3`, `abi3t`, `cp313`, `cp314t`.
    #[serde(default)]
    pub abi: String,
    /// The result of its build.
    pub result: TargetResult,
    /// The wheel's path; this and the next six are `null` for a target without a wheel.
    pub wheel: Option<PathBuf>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The size of its files before packing, in bytes.
    #[serde(default)]
    pub unpacked: Option<u64>,
    /// Its tag, as in the file name.
    pub tag: Option<String>,
    /// Its tags, expanded.
    pub tags: Option<Vec<String>>,
    /// The requirement of its binaries that determines the platform tag, if any.
    pub because: Option<String>,
    /// From the start of the run to the end of this target, in seconds.
    pub seconds: f64,
    /// The stages that ran for it, including those that other targets share.
    pub stages: Vec<ReportedStage>,
    /// The failure, if there is no wheel.
    pub failure: Option<ReportedFailure>,
}

/// The result of the build of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetResult {
    /// Its wheel is in place.
    Built,
    /// A stage failed.
    Failed,
    /// Not started after an earlier failure.
    Skipped,
    /// A signal ended the run first.
    Interrupted,
}

impl TargetResult {
    /// Its name in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedStage {
    /// Which one.
    pub stage: Stage,
    /// The part that it ran for, if a single one.
    pub part: Option<String>,
    /// The platform that it ran for: `all`, a slice or a target.
    pub of: String,
    /// Its duration, in seconds.
    pub seconds: f64,
    /// A digest of everything it read: equal digests, equal results.
    pub fingerprint: String,
    /// Whether its result is that of an earlier run.
    #[serde(default)]
    pub cached: bool,
    /// The duration of building the result, now or in that run, in seconds.
    #[serde(default)]
    pub cost: Option<f64>,
}

impl Report {
    /// The report of a run that finished.
    pub fn finished(
        jobs: usize,
        elapsed: Duration,
        tools: &toolchain::Tools,
        results: &Results,
    ) -> Self {
        let target = |outcome| reported(outcome, &results.times);
        let targets = results.outcomes.iter().map(target).collect();
        let wheels = results.outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
        let modules = wheels.flat_map(|wheel| wheel.modules.clone()).collect();
        let tools = Tools::of(tools, results);
        let profile = Some(results.profile.to_string());
        Self { profile, tools, targets, modules, ..Self::empty(jobs, elapsed) }
    }

    /// The report with what tells it from the others of its matrix: which part of it `plan` builds,
    /// from which `sources`, and who asked for it.
    pub fn of_matrix(
        self,
        plan: &Plan,
        shard: Option<Shard>,
        sources: BTreeMap<String, String>,
        provenance: Provenance,
    ) -> Self {
        let targets = &plan.options.targets;
        let matrix = targets.iter().map(|target| target.name().to_owned()).collect();
        let abis = targets.iter().map(|target| {
            let abis = plan.abis(*target);
            (target.name().to_owned(), abis.iter().map(ToString::to_string).collect())
        });
        let shard = shard.map(|shard| shard.to_string());
        let Provenance { invocation, source } = provenance;
        Self { shard, matrix, abis: abis.collect(), sources, invocation, source, ..self }
    }

    /// The costs of the stages of the run. A result of an earlier run whose cost is unknown has
    /// none.
    pub fn costs(&self) -> Costs {
        let mut costs = Costs::default();
        for run in self.targets.iter().flat_map(|target| &target.stages) {
            let measured = run.cost.or_else(|| (!run.cached).then_some(run.seconds));
            if let Some(seconds) = measured {
                costs.add(run.stage, run.part.as_deref(), &run.of, seconds);
            }
        }
        costs
    }

    /// The report of a run that failed before any target was started.
    pub fn failed(jobs: usize, elapsed: Duration, failure: &Failure) -> Self {
        Self::empty(jobs, elapsed).with_failure(failure)
    }

    /// The same report with what ended the run.
    pub fn with_failure(self, failure: &Failure) -> Self {
        Self { failure: Some(ReportedFailure::of(failure)), ..self }
    }

    /// The same report with the tests of its wheels.
    pub fn with_tests(self, tests: &[Tested]) -> Self {
        Self { tests: tests.iter().map(reported_test).collect(), ..self }
    }

    /// The report of a run that had nothing to do.
    pub fn empty(jobs: usize, elapsed: Duration) -> Self {
        let (started, finished) = times(elapsed);
        Self {
            format: FORMAT,
            pygo: env!("CARGO_PKG_VERSION").to_owned(),
            jobs,
            seconds: rounded(elapsed),
            started: Some(started),
            finished: Some(finished),
            profile: None,
            tools: None,
            targets: Vec::new(),
            tests: Vec::new(),
            failure: None,
            shard: None,
            matrix: Vec::new(),
            abis: BTreeMap::new(),
            sources: BTreeMap::new(),
            source: None,
            invocation: None,
            modules: BTreeMap::new(),
            joined: Vec::new(),
        }
    }

    /// The report with all wheels in `dir`.
    pub fn placed_in(mut self, dir: &Path) -> Self {
        for target in &mut self.targets {
            let name = target.wheel.as_ref().and_then(|path| path.file_name());
            target.wheel = name.map(|name| dir.join(name));
        }
        self
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`Kind::Project`](crate::error::Kind) if `path` is not a report of this [`FORMAT`].
    pub fn read(path: &Path) -> Result<Self> {
        let doing = format!("reading the report {}", path.display());
        let bytes = fs_err::read(path).map_err(|error| Failure::io(&doing, &error))?;
        super::versioned(&bytes, FORMAT)
            .map_err(|found| Failure::project(doing, found, "use a report of this version of pygo"))
    }

    /// Writes the report to `path` atomically; into it, if it is a device or a pipe.
    ///
    /// # Errors
    /// [`Kind::Output`](crate::error::Kind) if it cannot be written there.
    pub fn write(&self, path: &Path) -> Result<()> {
        let written = self.text().and_then(|text| write_atomically(path, &text));
        written.map_err(|error| unwritten(path, &error))
    }

    /// Writes the report to `path` atomically; a link there is replaced, not followed.
    ///
    /// # Errors
    /// [`Kind::Output`](crate::error::Kind) if it cannot be written there.
    pub fn place(&self, path: &Path) -> Result<()> {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        let write = || {
            let (part, mut file) = Temporary::file_in(dir.unwrap_or(Path::new(".")))?;
            file.write_all(&self.text()?)?;
            file.sync_all()?;
            part.put(path)
        };
        write().map_err(|error| unwritten(path, &error))
    }

    fn text(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Checks that a report can be written to `path`.
    ///
    /// # Errors
    /// As [`Report::write`].
    pub fn try_place(path: &Path) -> Result<()> {
        check_writable(path).map_err(|error| unwritten(path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(format!("writing the report {}", path.display()), error)
}

fn reported(outcome: &Outcome, times: &[StageTime]) -> ReportedTarget {
    let wheel = outcome.result.as_ref().ok();
    let failure = outcome.result.as_ref().err().map(|error| ReportedFailure {
        stage: Some(error.work.stage),
        part: error.work.scope.part().map(ToString::to_string),
        of: Some(error.work.scope.platform()),
        ..ReportedFailure::of(&error.failure)
    });
    ReportedTarget {
        target: outcome.target.name().to_owned(),
        abi: outcome.abi.to_string(),
        result: match &outcome.result {
            Ok(_) => TargetResult::Built,
            Err(error) if error.failure.kind.is_interruption() => TargetResult::Interrupted,
            Err(error) if error.started => TargetResult::Failed,
            Err(_) => TargetResult::Skipped,
        },
        wheel: wheel.map(|wheel| wheel.path.clone()),
        sha256: wheel.map(|wheel| wheel.sha256.clone()),
        size: wheel.map(|wheel| wheel.size),
        unpacked: wheel.map(|wheel| wheel.unpacked),
        tag: wheel.map(|wheel| wheel.name.tag.to_string()),
        tags: wheel.map(|wheel| wheel.name.tag.expanded()),
        because: wheel.and_then(|wheel| wheel.because.clone()),
        seconds: rounded(outcome.elapsed),
        stages: stages(outcome, times),
        failure,
    }
}

/// What ran for a wheel, in the order of the stages.
fn stages(outcome: &Outcome, times: &[StageTime]) -> Vec<ReportedStage> {
    let is_own = |time: &&StageTime| {
        let scope = &time.work.scope;
        scope.serves(outcome.target) && scope.abi().is_none_or(|abi| abi == outcome.abi)
    };
    let mut own: Vec<_> = times.iter().filter(is_own).collect();
    own.sort_by_key(|time| time.work.stage);
    let report = |time: &&StageTime| ReportedStage {
        stage: time.work.stage,
        part: time.work.scope.part().map(ToString::to_string),
        of: time.work.scope.platform(),
        seconds: rounded(time.elapsed),
        fingerprint: time.fingerprint.clone(),
        cached: time.cached,
        cost: Some(rounded(time.cost)),
    };
    own.iter().map(report).collect()
}

/// The JSON Schema of [`Report`], generated from the types.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Report).to_value()
}
