//! The environment that a project's build backend runs in.

use std::path::{Path, PathBuf};

use fs_err as fs;
use sha2::{Digest, Sha256};

use super::cache::short;
use super::find::Host;
use super::lock::Tool;
use super::provision::{Fetching, install_pinned};
use super::python::{alone, inherited};
use super::requirements::Requirements;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Temporary};

/// The `pygo_tools` package that belongs to this program.
const PYGO_TOOLS: &[(&str, &str, bool)] = &[
    ("pygo_tools/__init__.py", include_str!("../../python/pygo_tools/__init__.py"), false),
    ("pygo_tools/__main__.py", include_str!("../../python/pygo_tools/__main__.py"), false),
    ("pygo_tools/_binary.py", include_str!("../../python/pygo_tools/_binary.py"), false),
    ("pygo_tools/_commands.py", include_str!("../../python/pygo_tools/_commands.py"), false),
    ("pygo_tools/_factory.py", include_str!("../../python/pygo_tools/_factory.py"), false),
    ("pygo_tools/_failure.py", include_str!("../../python/pygo_tools/_failure.py"), false),
    ("pygo_tools/_metadata.py", include_str!("../../python/pygo_tools/_metadata.py"), false),
    ("pygo_tools/_settings.py", include_str!("../../python/pygo_tools/_settings.py"), false),
    ("pygo_tools/_target.py", include_str!("../../python/pygo_tools/_target.py"), false),
    ("pygo_tools/_version.py", include_str!("../../python/pygo_tools/_version.py"), false),
    (
        "pygo_tools/config_settings.json",
        include_str!("../../python/pygo_tools/config_settings.json"),
        false,
    ),
    ("pygo_tools/backend.py", include_str!("../../python/pygo_tools/backend.py"), false),
    ("pygo_tools/build_ffi.py", include_str!("../../python/pygo_tools/build_ffi.py"), false),
    ("pygo_tools/config.py", include_str!("../../python/pygo_tools/config.py"), false),
    ("pygo_tools/setup.py", include_str!("../../python/pygo_tools/setup.py"), false),
    (
        concat!("pygo_tools-", env!("CARGO_PKG_VERSION"), ".dist-info/METADATA"),
        concat!(
            "Metadata-Version: 2.1\nName: pygo-tools\nVersion: ",
            env!("CARGO_PKG_VERSION"),
            "\n"
        ),
        false,
    ),
];

/// A Python with what a backend requires, and nothing else unless isolation is off.
#[derive(Debug)]
pub struct BuildEnvironment {
    python: PathBuf,
    path: Vec<PathBuf>,
    isolated: bool,
    _temporary: Option<Temporary>,
}

impl BuildEnvironment {
    /// A virtual environment with `requirements` installed.
    ///
    /// One whose every version is pinned by our lock is kept and used again; any other is
    /// resolved anew for each run and goes with it.
    ///
    /// # Errors
    /// If the environment cannot be made or a requirement cannot be installed.
    pub fn isolated(
        host: &Host,
        requirements: &Requirements,
        offline: bool,
        fetching: &dyn Fn(Fetching),
        log: &Path,
    ) -> Result<Self> {
        let cache = &host.cache;
        let mut path = vec![cache.files("pygo-tools", PYGO_TOOLS)?];
        if requirements.all_pinned() {
            if requirements.pinned_setuptools() {
                let tools = [Tool::Setuptools];
                path.push(install_pinned(cache, &host.python, &tools, offline, fetching)?);
            }
            let dir = bare_environment(host, log)?;
            return Ok(Self {
                python: dir.join("bin/python"),
                path,
                isolated: true,
                _temporary: None,
            });
        }
        let temporary = cache.temporary("env")?;
        let venv = temporary.path().join("venv");
        make_venv(host, &venv, log)?;
        let site = temporary.path().join("site");
        fs::create_dir(&site)
            .map_err(|error| Failure::io("preparing the build environment", &error))?;
        host.installer.install(&requirements.lines(), &site, false, temporary.path(), log)?;
        path.push(site);
        Ok(Self {
            python: venv.join("bin/python"),
            path,
            isolated: true,
            _temporary: Some(temporary),
        })
    }

    /// The Python that was found, with all that is installed for it, for the user, and on the
    /// user's `PYTHONPATH`; only `pygo_tools` is ours.
    ///
    /// # Errors
    /// If our `pygo_tools` cannot be written to the cache.
    pub fn shared(host: &Host) -> Result<Self> {
        let path = vec![host.cache.files("pygo-tools", PYGO_TOOLS)?];
        Ok(Self { python: host.python.exe.clone(), path, isolated: false, _temporary: None })
    }

    /// The directories that go before all others on `sys.path`.
    pub fn path(&self) -> &[PathBuf] {
        &self.path
    }

    /// A call of its interpreter.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        let programs = self.path.iter().map(|dir| dir.join("bin"));
        let user = std::env::var_os("PATH").unwrap_or_default();
        let own = self.python.parent().map(Path::to_owned);
        let search = own.into_iter().chain(programs).chain(std::env::split_paths(&user));
        let call = Call::new("python", &self.python, doing).args(["-B"]);
        let call = match self.isolated {
            true => alone(call),
            false => inherited(call),
        };
        // A PATH that cannot be joined again has a colon in a directory's name: leave it alone.
        match std::env::join_paths(search) {
            Ok(search) => call.envs([("PATH", search)]),
            Err(_) => call,
        }
    }
}

fn bare_environment(host: &Host, log: &Path) -> Result<PathBuf> {
    let exe = host.python.exe.as_os_str().as_encoded_bytes();
    let digest = Sha256::digest([exe, host.python.version.to_string().as_bytes()].concat());
    let dir = host.cache.dir("env")?.join(short(&digest));
    host.cache.publish(&dir, |dir| make_venv(host, dir, log))?;
    Ok(dir)
}

fn make_venv(host: &Host, dir: &Path, log: &Path) -> Result<()> {
    let finished = host
        .python
        .call("making an isolated environment for the build backend")
        .args(["-m", "venv", "--without-pip"])
        .args([dir])
        .log(log)
        .finish()?;
    if finished.status.success() {
        return Ok(());
    }
    Err(finished.failure(
        Kind::Toolchain,
        finished.last_words(),
        "install Python's venv module, or build with --no-isolation",
    ))
}

#[cfg(test)]
mod tests {
    use super::PYGO_TOOLS;

    #[test]
    fn the_whole_python_face_is_built_in() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/python/pygo_tools");
        for entry in fs_err::read_dir(dir).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let listed = PYGO_TOOLS.iter().any(|(path, ..)| *path == format!("pygo_tools/{name}"));
            assert!(listed || name == "__pycache__", "{name}");
        }
    }

    #[test]
    fn the_version_of_the_python_face_is_the_crates() {
        let version = format!("__version__ = \"{}\"\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(include_str!("../../python/pygo_tools/_version.py"), version);
    }
}
