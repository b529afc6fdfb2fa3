//! The plan of a run, for pipelines: what would be built, and by which steps.
//!
//! The types document its shape. [`PLAN_FORMAT`] changes when a field is removed or changes its
//! meaning; new fields do not change it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::seconds;
use crate::error::{Failure, Result};
use crate::factory::{Forecast, Plan, Share, Stage, Work};
use crate::plural::plural;
use crate::project::{Extension, Part, Profile};
use crate::toolchain::Checkup;

/// The number of this shape.
pub const PLAN_FORMAT: u32 = 1;

/// The wheels that a run would build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanDocument {
    /// [`PLAN_FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: String,
    /// The file that configures the project, relative to it.
    pub config: PathBuf,
    /// The build backend that builds the pure part.
    pub backend: String,
    /// Whether the wheels are editable (PEP 660).
    pub editable: bool,
    /// The profile of the native code: `release` or `debug`.
    #[serde(default)]
    pub profile: String,
    /// The directory for finished wheels.
    pub out_dir: PathBuf,
    /// The native parts of every wheel.
    pub parts: Vec<PlannedPart>,
    /// The tools that the steps use.
    pub tools: Vec<PlannedTool>,
    /// One entry per wheel, in the requested order.
    pub targets: Vec<PlannedTarget>,
    /// Every step, in an order in which they can run.
    pub steps: Vec<PlannedStep>,
    /// The split of the targets over several machines.
    #[serde(default)]
    pub shards: Vec<PlannedShard>,
}

/// A part of the matrix that one machine builds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedShard {
    /// Which one: `2/4`.
    pub shard: String,
    /// Its targets; none if there are more shards than targets.
    pub targets: Vec<String>,
    /// The cost of its stages together, in seconds of one job, as far as known.
    pub seconds: f64,
}

/// A native part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedPart {
    /// Its id.
    pub id: String,
    /// The kind of the part: `cffi`, `cffi-abi`, `ctypes`, `capi` or `bin`.
    pub binding: String,
    /// The Go package, relative to the project.
    pub go_dir: PathBuf,
    /// The functions that Go exports.
    pub exports: Vec<String>,
    /// The extension module, if the binding has one.
    pub extension: Option<String>,
    /// The number of signatures of the extension that its author wrote.
    pub signatures: usize,
    /// Whether the functions of the extension are derived from the exports.
    #[serde(default)]
    pub is_derived: bool,
}

/// A wheel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTarget {
    /// The target.
    pub target: String,
    /// The ABI of Python that its extension modules are for: `abi3`, `abi3t`, `cp313`, `cp314t`.
    #[serde(default)]
    pub abi: String,
    /// The slices that are built for it: one, or one per architecture of a fat binary.
    pub slices: Vec<String>,
    /// The name of its file, with `*` for what only the project's backend knows.
    pub wheel: String,
    /// Its platform tag, unless the binaries need a later one; `null` if Go is unknown or does
    /// not support what was requested.
    pub tag: Option<String>,
}

/// A tool of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTool {
    /// Its name.
    pub name: String,
    /// The version that would be used.
    pub version: Option<String>,
    /// Its path; `null` if it has to be downloaded or is missing.
    pub path: Option<PathBuf>,
    /// The file that would be downloaded.
    pub download: Option<String>,
}

/// A stage that would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedStep {
    /// Which one.
    pub stage: Stage,
    /// The part that it runs for, if a single one.
    pub part: Option<String>,
    /// The platform that it runs for: `all`, a slice or a target.
    pub of: String,
    /// The targets that need it.
    pub serves: Vec<String>,
}

impl PlanDocument {
    /// The document of `plan`, whose run has `stages` and uses `tools`.
    pub fn new(plan: &Plan, stages: &[Work], forecasts: &[Forecast], tools: &[&Checkup]) -> Self {
        let Plan { project, options, .. } = plan;
        let config = project.config_file.strip_prefix(&project.root);
        Self {
            format: PLAN_FORMAT,
            pygo: env!("CARGO_PKG_VERSION").to_owned(),
            config: config.unwrap_or(&project.config_file).to_owned(),
            backend: project.build_system.backend.clone(),
            editable: options.editable,
            profile: options.profile.to_string(),
            out_dir: options.out_dir.clone(),
            parts: project.parts.iter().map(part).collect(),
            tools: tools.iter().map(|checkup| tool(checkup)).collect(),
            targets: forecasts
                .iter()
                .map(|Forecast { target, abi, wheel, platform }| PlannedTarget {
                    target: target.name().to_owned(),
                    abi: abi.to_string(),
                    slices: target.slices().iter().map(|slice| slice.name()).collect(),
                    wheel: wheel.clone(),
                    tag: platform.clone(),
                })
                .collect(),
            steps: stages
                .iter()
                .map(|work| PlannedStep {
                    stage: work.stage,
                    part: work.scope.part().map(ToString::to_string),
                    of: work.scope.platform(),
                    serves: options
                        .targets
                        .iter()
                        .filter(|target| work.scope.serves(**target))
                        .map(|target| target.name().to_owned())
                        .collect(),
                })
                .collect(),
            shards: Vec::new(),
        }
    }

    /// The document with the `shares` of several machines.
    pub fn with_shares(self, shares: &[Share]) -> Self {
        Self { shards: shares.iter().map(PlannedShard::new).collect(), ..self }
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// [`Kind::Project`](crate::error::Kind) if `path` is not a plan of this [`PLAN_FORMAT`].
    pub fn read(path: &Path) -> Result<Self> {
        let doing = format!("reading the plan {}", path.display());
        let bytes = fs_err::read(path).map_err(|error| Failure::io(&doing, &error))?;
        super::versioned(&bytes, PLAN_FORMAT).map_err(|found| {
            Failure::project(doing, found, "use the output of `pygo plan --format json`")
        })
    }

    /// The plan for people, a line for each thing.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for part in &self.parts {
            lines.push(part.line());
            lines.extend(part.extension_line());
        }
        if self.profile == Profile::Debug.as_str() {
            lines.push(format!("profile: {}", self.profile));
        }
        lines.push(format!("base wheel: {}, once", self.backend));
        let by_go = |step: &&PlannedStep| matches!(step.stage, Stage::Library | Stage::Program);
        for step in self.steps.iter().filter(by_go) {
            let part = step.part.as_deref().unwrap_or_default();
            lines.push(format!("build {part}: {}, for {}", step.of, step.serves.join(", ")));
        }
        for PlannedTool { name, version, path, download } in &self.tools {
            let version = version.as_deref().unwrap_or_default();
            lines.push(match (path, download) {
                (Some(path), _) => format!("tool {name}: {version}, {}", path.display()),
                (None, Some(what)) => format!("tool {name}: {what}, to be downloaded"),
                (None, None) => format!("tool {name}: missing"),
            });
        }
        let wheel = |planned: &PlannedTarget| {
            let path = self.out_dir.join(&planned.wheel);
            format!("wheel {}: {}", planned.target, path.display())
        };
        lines.extend(self.targets.iter().map(wheel));
        lines.extend(self.shards.iter().map(|planned| match &planned.targets[..] {
            [] => format!("shard {}: nothing", planned.shard),
            targets => {
                let cost = Duration::try_from_secs_f64(planned.seconds).unwrap_or_default();
                format!("shard {}: {}, about {}", planned.shard, targets.join(", "), seconds(cost))
            }
        }));
        lines
    }
}

impl PlannedPart {
    /// What Go builds.
    fn line(&self) -> String {
        let what = if self.binding == "bin" { "program" } else { "library" };
        if !self.exports.is_empty() {
            return format!("{what} {}: exports {}", self.id, self.exports.join(", "));
        }
        // Only Go knows what the files of another module or of a command export.
        let is_top = self.go_dir.as_os_str().is_empty();
        let dir = if is_top { Path::new(".") } else { &self.go_dir };
        format!("{what} {}: {}", self.id, dir.display())
    }

    /// The module through which Python reaches it.
    fn extension_line(&self) -> Option<String> {
        let extension = self.extension.as_ref()?;
        let count = self.signatures;
        Some(match (self.is_derived, count) {
            (true, 0) => format!("extension {extension}: signatures derived from the Go exports"),
            (true, _) => format!(
                "extension {extension}: {}, and signatures derived from the Go exports",
                plural(count, "declaration")
            ),
            (false, 0) => format!("extension {extension}: written in C and Go"),
            (false, _) => format!("extension {extension}: {}", plural(count, "signature")),
        })
    }
}

impl PlannedShard {
    fn new(share: &Share) -> Self {
        Self {
            shard: share.shard.to_string(),
            targets: share.targets.iter().map(|target| target.name().to_owned()).collect(),
            seconds: (share.seconds * 1000.0).round() / 1000.0,
        }
    }
}

fn tool(checkup: &Checkup) -> PlannedTool {
    let used = checkup.used.and_then(|index| checkup.found.get(index));
    PlannedTool {
        name: checkup.tool.name().to_owned(),
        version: used.and_then(|(_, _, version)| version.as_ref().ok()).map(ToString::to_string),
        path: used.map(|(path, _, _)| path.clone()),
        download: checkup.download.as_ref().map(|download| download.what.clone()),
    }
}

fn part(part: &Part) -> PlannedPart {
    let extension = part.extension();
    PlannedPart {
        id: part.id.to_string(),
        binding: part.kind.name().to_owned(),
        go_dir: part.go.go_dir.clone(),
        exports: part.go.exports.iter().map(|export| export.name.clone()).collect(),
        extension: part.module().map(ToString::to_string),
        signatures: extension.map_or(0, |extension| extension.signatures.len()),
        is_derived: extension.is_some_and(Extension::is_derived),
    }
}

/// The JSON Schema of [`PlanDocument`], generated from the types.
pub fn plan_schema() -> serde_json::Value {
    schemars::schema_for!(PlanDocument).to_value()
}
