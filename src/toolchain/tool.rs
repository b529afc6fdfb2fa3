//! The tools of a build: their names, where they were found, and what identifies them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::version::Version;
use crate::error::Result;
use crate::project::CompilerName;

/// A tool that a build can need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// The interpreter that runs build backends and cffi.
    Python,
    /// The Go distribution.
    Go,
    /// A C compiler.
    Cc(CompilerName),
    /// cffi, which turns signatures into C.
    Cffi,
    /// setuptools, for projects that use `pygo_tools`.
    Setuptools,
}

impl Tool {
    /// Its name in messages, in reports and in the lock.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Go => "go",
            Self::Cc(compiler) => compiler.as_str(),
            Self::Cffi => "cffi",
            Self::Setuptools => "setuptools",
        }
    }
}

/// The place where a tool was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Named by a flag or environment variable.
    Named,
    /// On `PATH`.
    Path,
    /// Installed in the active Python environment.
    PythonEnvironment,
    /// The pinned version, in pygo's cache.
    Cache,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Named => "named",
            Self::Path => "PATH",
            Self::PythonEnvironment => "Python environment",
            Self::Cache => "pygo's cache",
        })
    }
}

/// The user's choices about tools.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// The programs that flags (`--go`) or environment variables (`PYGO_GO`) name.
    pub named: BTreeMap<Tool, PathBuf>,
    /// `--offline`: download nothing.
    pub offline: bool,
    /// `--no-cache`: use nothing that earlier runs built, and keep nothing for later ones.
    pub rebuild: bool,
    /// `--no-cache`: ask tools again what earlier runs asked them.
    pub ask_again: bool,
    /// `--no-isolation`: packages anywhere on Python's path count as installed for it.
    pub no_isolation: bool,
    /// Directories in Go modules that Go has to build, whose go.mod may require a newer Go.
    pub go_dirs: Vec<PathBuf>,
    /// The executable of pygo, which the scripts of compilers ask for kept objects. None where pygo is
    /// a library in another program.
    pub pygo: Option<PathBuf>,
}

/// A tool that was found and works, and what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The tool.
    pub tool: Tool,
    /// The program, or the directory of a package.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
    /// Its version as it prints it, with everything that tells builds of one version apart.
    pub full_version: String,
    /// The place where it was found.
    pub origin: Origin,
}

impl Found {
    /// Everything that its output can depend on, for fingerprints. Where it is installed does not
    /// count.
    pub fn fingerprint(&self) -> String {
        format!("{} {}", self.tool.name(), self.full_version)
    }
}

/// The places where a tool may be, best first.
pub(super) type Candidates = Vec<(PathBuf, Origin)>;

/// The first of `candidates` that passes `check`, or why each did not. One that the user named is
/// used or refused.
pub(super) fn first<T>(
    candidates: Candidates,
    check: impl Fn(&Path, Origin) -> Result<T>,
) -> Result<Result<T, Vec<String>>> {
    let mut rejected = Vec::new();
    for (path, origin) in candidates {
        match check(&path, origin) {
            Err(failure) if origin != Origin::Named && !failure.kind.is_interruption() => {
                rejected.push(failure.found);
            }
            result => return result.map(Ok),
        }
    }
    Ok(Err(rejected))
}
