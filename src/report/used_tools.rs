//! The tools of a run in its report, with what identifies each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::factory::{Results, Stage, StageTime};
use crate::project::CompilerName;
use crate::toolchain::{self, Found, Origin, Tool};

/// The tools of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tools {
    /// Go: the program that was found, and the version that built, which go.mod may have selected.
    pub go: ReportedTool,
    /// The C compiler: `zig`; `null` if nothing needs one.
    pub c: Option<ReportedTool>,
    /// The Python that ran the build backend and cffi.
    pub python: ReportedTool,
    /// The version of cffi, if the project needs it.
    pub cffi: Option<String>,
    /// The pinned packages from pygo's cache that provided these tools: package URLs, each with the
    /// SHA-256 of the file, which was compared when it was downloaded.
    #[serde(default)]
    pub packages: BTreeMap<String, String>,
}

/// One tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedTool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The program.
    pub path: PathBuf,
    /// The place where it was found.
    pub origin: Origin,
    /// The SHA-256 of the program, in hexadecimal; `null` if go.mod selected another Go, or if nothing
    /// was built and no earlier run computed it.
    #[serde(default)]
    pub sha256: Option<String>,
}

impl Tools {
    /// The tools of the run with these `results`, if it used any.
    pub(super) fn of(tools: &toolchain::Tools, results: &Results) -> Option<Self> {
        let is_new = |time: &StageTime| time.work.stage == Stage::Pack && !time.cached;
        let has_built = results.times.iter().any(is_new);
        let mut compilers = CompilerName::ALL.into_iter().map(Tool::Cc);
        let tool = |tool| {
            let found = tools.located(tool)?;
            Some(ReportedTool::of(found, tools.digest(found, has_built)))
        };
        let version = results.go?.to_string();
        let found = tool(Tool::Go)?;
        let sha256 = found.sha256.filter(|_| found.version == version);
        Some(Self {
            go: ReportedTool { version, sha256, ..found },
            c: compilers.find_map(tool),
            python: tool(Tool::Python)?,
            cffi: tools.located(Tool::Cffi).map(|cffi| cffi.version.to_string()),
            packages: tools.packages(),
        })
    }
}

impl ReportedTool {
    fn of(found: &Found, sha256: Option<String>) -> Self {
        Self {
            name: found.tool.name().to_owned(),
            version: found.version.to_string(),
            path: found.path.clone(),
            origin: found.origin,
            sha256,
        }
    }
}
