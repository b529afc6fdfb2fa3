//! The Python environment of a project's build backend.

use std::path::{Path, PathBuf};

use fs_err as fs;
use sha2::{Digest, Sha256};

use super::host::Host;
use super::interpreter::python;
use super::requirements::Requirements;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment, Temporary};
use crate::toolchain::cache::short;
use crate::toolchain::tool::Tool;

/// The files of the `pygo_tools` package, each with its text.
macro_rules! package {
    ($($name:literal)*) => {
        &[
            $((
                concat!("pygo_tools/", $name),
                include_str!(concat!("../../../python/pygo_tools/", $name)),
            ),)*
            (
                concat!("pygo_tools-", env!("CARGO_PKG_VERSION"), ".dist-info/METADATA"),
                concat!(
                    "Metadata-Version: 2.1\nName: pygo-tools\nVersion: ",
                    env!("CARGO_PKG_VERSION"),
                    "\n"
                ),
            ),
        ]
    };
}

/// The `pygo_tools` package of this version.
const PYGO_TOOLS: &[(&str, &str)] = package! {
    "__init__.py" "__main__.py" "_binary.py" "_commands.py"
    "_factory.py" "_failure.py" "_inner.py" "_metadata.py" "_settings.py"
    "_target.py" "_version.py" "config_settings.json" "backend.py"
    "build_ffi.py" "config.py" "setup.py"
};

/// A Python with the requirements of a backend, and nothing else unless isolation is off.
#[derive(Debug)]
pub struct BuildEnvironment {
    environment: Environment,
    python: PathBuf,
    path: Vec<PathBuf>,
    isolated: bool,
    _temporary: Option<Temporary>,
}

impl BuildEnvironment {
    /// A virtual environment with `requirements` installed.
    ///
    /// If the lock pins every version, the environment is kept and reused; otherwise it is made
    /// for this run and removed with this value.
    pub fn isolated(host: &Host, requirements: &Requirements, log: &Path) -> Result<Self> {
        let mut this = Self { isolated: true, ..Self::shared(host)? };
        if requirements.all_pinned() {
            if requirements.pinned_setuptools() {
                this.path.push(host.provide(Tool::Setuptools)?);
            }
            let found = &host.python.found;
            let exe = found.path.as_os_str().as_encoded_bytes();
            let digest = Sha256::digest([exe, found.version.to_string().as_bytes()].concat());
            let venv = host.cache.dir("env")?.join(short(&digest));
            host.cache.publish(&venv, |dir| make_venv(host, dir, log))?;
            this.python = venv.join("bin/python");
            return Ok(this);
        }
        let temporary = host.cache.temporary("env")?;
        let (venv, site) = (temporary.path().join("venv"), temporary.path().join("site"));
        make_venv(host, &venv, log)?;
        fs::create_dir(&site)
            .map_err(|error| Failure::io("preparing the build environment", &error))?;
        host.installer.install(&requirements.lines(), &site, false, temporary.path(), log)?;
        this.path.push(site);
        this.python = venv.join("bin/python");
        this._temporary = Some(temporary);
        Ok(this)
    }

    /// The Python that was found with everything installed for it, for the user and on
    /// `PYTHONPATH`; only `pygo_tools` is replaced by this version's.
    pub fn shared(host: &Host) -> Result<Self> {
        Ok(Self {
            environment: host.environment.clone(),
            python: host.python.found.path.clone(),
            path: vec![host.cache.files("pygo-tools", PYGO_TOOLS, false)?],
            isolated: false,
            _temporary: None,
        })
    }

    /// The directories that come first on `sys.path`.
    pub fn path(&self) -> &[PathBuf] {
        &self.path
    }

    /// A call of its interpreter.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        let programs = self.path.iter().map(|dir| dir.join("bin"));
        let user = self.environment.get("PATH").unwrap_or_default();
        let own = self.python.parent().map(Path::to_owned);
        let search = own.into_iter().chain(programs).chain(std::env::split_paths(user));
        let call = python(&self.environment, &self.python, doing, self.isolated);
        // A colon in the name of a directory makes PATH impossible to extend; it stays as it is.
        match std::env::join_paths(search) {
            Ok(search) => call.envs([("PATH", search)]),
            Err(_) => call,
        }
    }
}

fn make_venv(host: &Host, dir: &Path, log: &Path) -> Result<()> {
    host.python
        .call("making an isolated environment for the build backend")
        .args(["-m", "venv", "--without-pip"])
        .args([dir])
        .log(log)
        .run(Kind::Toolchain, "install Python's venv module, or build with --no-isolation")
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::PYGO_TOOLS;

    #[test]
    fn every_file_of_the_python_package_is_built_in() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/python/pygo_tools");
        for entry in fs_err::read_dir(dir).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let listed = PYGO_TOOLS.iter().any(|(path, ..)| *path == format!("pygo_tools/{name}"));
            assert!(listed || name == "__pycache__", "{name}");
        }
    }

    #[test]
    fn the_python_package_has_the_version_of_the_crate() {
        let version = format!("__version__ = \"{}\"\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(include_str!("../../../python/pygo_tools/_version.py"), version);
    }
}
