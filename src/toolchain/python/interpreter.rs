//! The interpreter: where it is looked for, what it says about itself, and how it is called.
//!
//! There is no pinned Python, because the pinned tools are installed with Python.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::installed::Installed;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment};
use crate::target::PythonRelease;
use crate::toolchain::answers::is_binary;
use crate::toolchain::cache::Cache;
use crate::toolchain::tool::{Candidates, Found, Lookup, Origin, Tool, first};
use crate::toolchain::version::Version;
use crate::wheel::Metadata;

/// The oldest Python that can drive a build.
const MIN_PYTHON: Version = Version::new(3, 10, 0);

const ADVICE: &str = "name a Python 3.10 or newer with --python or PYGO_PYTHON";

/// A Python interpreter that was found and works.
#[derive(Debug, Clone)]
pub struct Interpreter {
    /// The interpreter itself, not a shim for it, and its version.
    pub found: Found,
    /// The arguments that start its pip, either an installed one or the one that Python bundles.
    pub(super) pip: Option<Vec<String>>,
    /// Differs between interpreters that cannot load each other's extension modules.
    pub(super) abi: String,
    /// Its release, if it is CPython.
    pub release: Option<PythonRelease>,
    packages: BTreeMap<String, Package>,
    /// Where it looks for modules, and where installers put them.
    search: Vec<PathBuf>,
    /// The variables of environment markers (PEP 508), without those that an update of the system
    /// changes.
    markers: BTreeMap<String, String>,
    pub(super) environment: Environment,
}

/// A tool installed as a Python package.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Package {
    version: String,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Probe {
    executable: PathBuf,
    version: String,
    implementation: String,
    platform: String,
    free_threaded: bool,
    pip: Option<Vec<String>>,
    packages: BTreeMap<String, Package>,
    /// Where it looks for modules, and where installers put them.
    search: Vec<PathBuf>,
    markers: BTreeMap<String, String>,
}

/// The files that decide which Python the shim `exe` of pyenv starts in `dir`, whether they exist
/// or not; nothing if it is no such shim. Variables can decide it as well.
fn pyenv_files(exe: &Path, dir: &Path) -> Option<Vec<PathBuf>> {
    let shims = exe.parent().filter(|dir| dir.ends_with("shims"))?;
    let root = shims.parent()?;
    let versions = root.join("versions");
    let is_shim = versions.is_dir() && root.join("libexec/pyenv").is_file();
    let local = dir.ancestors().map(|dir| dir.join(".python-version"));
    is_shim.then(|| local.chain([root.join("version"), versions]).collect())
}

impl Interpreter {
    /// Every Python that may be meant: a named one; the active environment; `PATH`.
    pub(in crate::toolchain) fn candidates(
        environment: &Environment,
        lookup: &Lookup,
    ) -> Candidates {
        if let Some(named) = lookup.named.get(&Tool::Python) {
            return vec![(named.clone(), Origin::Named)];
        }
        let active = ["VIRTUAL_ENV", "CONDA_PREFIX"]
            .into_iter()
            .filter_map(|name| Some(Path::new(environment.get(name)?).join("bin/python")))
            .filter(|exe| exe.exists())
            .map(|exe| (exe, Origin::PythonEnvironment));
        let names = ["python3", "python"].into_iter();
        let on_path = names.filter_map(|name| Some((environment.which(name)?, Origin::Path)));
        active.chain(on_path).collect()
    }

    /// The first candidate that can drive a build.
    pub(in crate::toolchain) fn locate(
        environment: &Environment,
        lookup: &Lookup,
        cache: Option<&Cache>,
    ) -> Result<Self> {
        let check = |exe: &Path, origin| {
            let variables =
                ["PATH", "HOME", "VIRTUAL_ENV", "CONDA_*", "PYENV_*", "LD_*", "LC_*", "LANG"];
            let dir = environment.current_dir();
            let question = ("python", exe, dir, environment.select(&variables));
            let ask = || Probe::of(environment, exe);
            // Another script than a shim of pyenv may start another Python tomorrow.
            let chosen_by = if is_binary(exe) { Some(vec![]) } else { pyenv_files(exe, dir) };
            let probe = match cache.zip(chosen_by) {
                Some((cache, chosen_by)) => {
                    let about = |probe: &Probe| [probe.about(exe), chosen_by].concat();
                    cache.remembered(&question, about, ask)?
                }
                None => ask()?,
            };
            Self::from_probe(environment, exe, probe, origin)
        };
        first(Self::candidates(environment, lookup), check)?.map_err(|rejected| {
            let none = "there is no python3 on PATH, and no virtual environment is active";
            let found = if rejected.is_empty() { none.to_owned() } else { rejected.join("\n") };
            let help = "install Python 3.10 or newer, or name one with --python or PYGO_PYTHON";
            Failure::toolchain("looking for Python", found, help)
        })
    }

    /// Runs the interpreter `exe`, reads what it says about itself, and refuses an old one.
    pub(in crate::toolchain) fn probe(
        environment: &Environment,
        exe: &Path,
        origin: Origin,
    ) -> Result<Self> {
        Self::from_probe(environment, exe, Probe::of(environment, exe)?, origin)
    }

    fn from_probe(
        environment: &Environment,
        exe: &Path,
        probe: Probe,
        origin: Origin,
    ) -> Result<Self> {
        let version = Version::find_in(&probe.version).unwrap_or(Version::new(0, 0, 0));
        if version < MIN_PYTHON {
            let Version { major, minor, .. } = MIN_PYTHON;
            let exe = exe.display();
            let found = format!("{exe} is Python {version}, older than {major}.{minor}");
            return Err(Failure::toolchain("looking for Python", found, ADVICE));
        }
        let Probe { executable: path, implementation, platform, pip, packages, .. } = probe;
        let Probe { search, markers, .. } = probe;
        let threads = if probe.free_threaded { "t" } else { "" };
        let abi =
            format!("{implementation}-{}.{}{threads}-{platform}", version.major, version.minor);
        let full_version = format!("{} {abi}", probe.version);
        let found = Found { tool: Tool::Python, path, version, full_version, origin };
        let release = (implementation.eq_ignore_ascii_case("cpython"))
            .then(|| u16::try_from(version.minor).ok())
            .flatten()
            .map(|minor| PythonRelease { minor, free_threaded: probe.free_threaded });
        let environment = environment.clone();
        Ok(Self { found, pip, abi, release, packages, search, markers, environment })
    }

    /// The same interpreter with every package of the environment it runs in, including those on
    /// `PYTHONPATH`, which pip's isolated build environments use.
    pub(in crate::toolchain) fn with_inherited_packages(self) -> Result<Self> {
        let exe = &self.found.path;
        let doing = format!("asking {} for its packages", exe.display());
        // Not in the current directory: a script on standard input would import modules from it.
        let call = python(&self.environment, exe, doing, false).dir(Path::new("/"));
        let probe = Probe::run(call)?;
        Ok(Self { packages: probe.packages, ..self })
    }

    /// The package that provides `tool`, if one is installed: its version, and the program or the
    /// directory that contains it.
    pub(in crate::toolchain) fn package(&self, tool: Tool) -> Option<(Version, PathBuf)> {
        let package = self.packages.get(tool.name())?;
        Some((Version::find_in(&package.version)?, package.path.clone()))
    }

    /// The distributions that are installed for it now.
    pub fn installed(&self) -> Installed {
        Installed::within(&self.search)
    }

    /// Whether everything is installed for it that a distribution with `metadata` requires. In
    /// doubt it is not.
    pub fn satisfies(&self, metadata: &Metadata) -> bool {
        self.installed().satisfies(metadata, &self.markers)
    }

    /// A call that sees only what is installed for this interpreter: no `PYTHON*` variables, no
    /// packages of the user's home, no current directory.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        python(&self.environment, &self.found.path, doing, true)
    }
}

impl Probe {
    /// What the interpreter `exe` says about itself.
    fn of(environment: &Environment, exe: &Path) -> Result<Self> {
        let doing = format!("asking {} for its version", exe.display());
        // In the current directory, which can decide which Python a pyenv shim starts.
        Self::run(python(environment, exe, doing, true))
    }

    /// The files that decide what `exe` says: itself, its environment, and what is installed.
    fn about(&self, exe: &Path) -> Vec<PathBuf> {
        let configuration = exe.ancestors().skip(1).take(2).map(|dir| dir.join("pyvenv.cfg"));
        let packages = self.packages.values().map(|package| package.path.clone());
        [exe.to_owned(), self.executable.clone()]
            .into_iter()
            .chain(configuration)
            .chain(self.search.iter().cloned())
            .chain(packages)
            .collect()
    }

    fn run(call: Call) -> Result<Self> {
        let call = call.args(["-"]).input(include_str!("../scripts/probe.py"));
        let finished = call.run(Kind::Toolchain, ADVICE)?;
        serde_json::from_str(&finished.stdout).map_err(|error| {
            finished.failure(Kind::Toolchain, format!("it is not a Python: {error}"), ADVICE)
        })
    }
}

/// A call of the Python `exe`. If `isolated`, it and the Pythons that it starts see only what is
/// installed for it; otherwise everything in its user's environment.
pub(super) fn python(
    environment: &Environment,
    exe: &Path,
    doing: impl Into<String>,
    isolated: bool,
) -> Call {
    let call = Call::new(environment, "python", exe, doing)
        .args(["-B"])
        // They replace the interpreter or its library.
        .without_envs(["PYTHONHOME", "__PYVENV_LAUNCHER__"]);
    if isolated { call.args(["-I"]).without_envs(["PYTHONPATH"]) } else { call }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn what_a_shim_of_pyenv_starts_depends_on_files_up_to_the_root() {
        let root = tempfile::tempdir().unwrap();
        let exe = root.path().join("shims/python3");
        for dir in ["shims", "versions", "libexec"] {
            fs::create_dir(root.path().join(dir)).unwrap();
        }
        assert_eq!(pyenv_files(&exe, Path::new("/a/b")), None);
        fs::write(root.path().join("libexec/pyenv"), "").unwrap();
        let files = pyenv_files(&exe, Path::new("/a/b")).unwrap();
        let local = ["/a/b/.python-version", "/a/.python-version", "/.python-version"];
        assert_eq!(files[..3], local.map(PathBuf::from));
        assert_eq!(files[3..], [root.path().join("version"), root.path().join("versions")]);
        assert_eq!(pyenv_files(Path::new("/usr/bin/python3"), Path::new("/a")), None);
    }
}
