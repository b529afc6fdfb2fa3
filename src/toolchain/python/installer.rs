//! Installs distributions into a directory or for the interpreter, with uv or pip.
//!
//! uv is used if it runs pygo or is on `PATH`, else the interpreter's pip. Either way the user's
//! index, proxy and certificate settings for that tool apply.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::interpreter::Interpreter;
use super::pip;
use super::requirements::distribution;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, may_write_into};
use crate::toolchain::cache::Cache;

/// Variables that choose versions. uv refuses pins that do not fit them, so they must not apply to
/// pinned tools; elsewhere users pin the requirements of their build backend with them.
const UV_CHOICE: &[&str] = &["UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER"];

/// What pip and uv print if the index has no such distribution, or no version that fits.
const NO_SUCH: &[&str] = &[
    "No matching distribution found",
    "was not found in the package registry",
    "there is no version of",
];

/// The program that installs distributions.
#[derive(Debug, Clone)]
pub struct Installer {
    python: Interpreter,
    uv: Option<PathBuf>,
    /// The cache that replaces uv's, if that is not writable.
    uv_cache: Option<PathBuf>,
    /// Whether downloads are forbidden.
    pub(in crate::toolchain) offline: bool,
}

impl Installer {
    /// An installer for `python`, which may keep files in `cache`.
    pub(in crate::toolchain) fn new(python: &Interpreter, cache: &Cache, offline: bool) -> Self {
        let environment = &python.environment;
        let uv = pip::uv(environment);
        // A user without a home directory has no place for uv's cache, without which it fails.
        let has_place = || environment.cache_dir().is_ok_and(|dir| may_write_into(&dir.join("uv")));
        let is_named = environment.get("UV_CACHE_DIR").is_some();
        let uv_cache = (!is_named && !has_place()).then(|| cache.root().join("uv"));
        Self { python: python.clone(), uv, uv_cache, offline }
    }

    /// `uv` or `pip`, whichever is used; `None` if there is neither.
    pub fn name(&self) -> Option<&'static str> {
        if self.uv.is_some() { Some("uv") } else { self.python.pip.as_ref().map(|_| "pip") }
    }

    /// Installs the wheel `wheel` of the distribution `name` for the interpreter, replacing an
    /// installed version, and what it requires unless that is `satisfied`.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] with the end of the installer's output.
    pub fn install_wheel(
        &self,
        name: &str,
        wheel: &Path,
        satisfied: bool,
        log: &Path,
    ) -> Result<()> {
        let exe = &self.python.found.path;
        let doing = format!("installing {name} for {}", exe.display());
        let calls = if let Some(uv) = &self.uv {
            let options = ["--reinstall-package", name, "--python"];
            let alone = satisfied.then_some("--no-deps");
            vec![self.uv_install(uv, &doing).args(alone).args(options).args([exe])]
        } else {
            // pip would reinstall every requirement as well, so the wheel is installed first, alone.
            let alone = ["--force-reinstall", "--no-deps"].as_slice();
            let steps = if satisfied || self.offline { vec![alone] } else { vec![alone, &[]] };
            let call = |options: &[&str]| Ok(self.pip_install(&doing)?.args(options));
            steps.into_iter().map(call).collect::<Result<_>>()?
        };
        let help = "activate a virtual environment for it, or name its Python with --python";
        let run = |call: Call| call.args([wheel]).log(log).run(Kind::Toolchain, help).map(drop);
        calls.into_iter().try_for_each(run)
    }

    /// Installs `requirements` for the interpreter `exe` of another environment, which needs no pip.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] with the end of the installer's output.
    pub fn install_for(
        &self,
        exe: &Path,
        doing: &str,
        requirements: &[String],
        log: &Path,
    ) -> Result<()> {
        let call = match &self.uv {
            Some(uv) => self.uv_install(uv, doing).args(["--python".as_ref(), exe.as_os_str()]),
            None => {
                let with = ["--python".as_ref(), exe.as_os_str()];
                let offline = self.offline.then_some("--no-index");
                self.pip_call(doing, with)?.args(offline)
            }
        };
        let help = "check the requirements, the network, and the index that pip or uv is \
                    configured to use";
        call.args(["--"]).args(requirements).log(log).run(Kind::Toolchain, help).map(drop)
    }

    /// Installs the lines of a requirements file into the directory `into`; temporary files go
    /// to the directory `scratch`.
    ///
    /// With `pinned`, every line has hashes, nothing is resolved and only wheels are taken.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] with the end of the installer's output.
    pub(in crate::toolchain) fn install(
        &self,
        lines: &[String],
        into: &Path,
        pinned: bool,
        scratch: &Path,
        log: &Path,
    ) -> Result<()> {
        let names: Vec<_> = lines.iter().map(|line| distribution(line)).collect();
        let doing =
            format!("installing {} with {}", names.join(", "), self.name().unwrap_or("pip"));
        let list = scratch.join("requirements.txt");
        let write = |path: &Path, text: &str| {
            fs_err::write(path, text).map_err(|error| Failure::io(&doing, &error))
        };
        write(&list, &(lines.join("\n") + "\n"))?;
        let call = if let Some(uv) = &self.uv {
            // uv reads the settings of the project around it. These files make an empty one.
            write(&scratch.join("pyproject.toml"), "")?;
            write(&scratch.join("uv.toml"), "")?;
            let call = self
                .uv_install(uv, &doing)
                .args(["--project".as_ref(), scratch.as_os_str()])
                .args(["--python".as_ref(), self.python.found.path.as_os_str()]);
            if pinned {
                call.without_envs(UV_CHOICE.iter().copied())
            } else {
                call.without_envs(["UV_REQUIRE_HASHES"])
            }
        } else {
            let call = pip::into_directory(self.pip_install(&doing)?)
                .args(["--no-compile", "--no-warn-script-location"])
                .args(self.offline.then_some("--no-index"));
            if pinned {
                // An empty file overrides the one that pip.conf may name.
                call.envs([("PIP_CONSTRAINT", "/dev/null")])
            } else {
                call.envs([("PIP_REQUIRE_HASHES", "0")])
            }
        };
        let only_pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:"];
        let call = call
            .args(only_pinned.iter().filter(|_| pinned))
            .args(["--target".as_ref(), into.as_os_str(), "-r".as_ref(), list.as_os_str()])
            .envs([("TMPDIR", scratch)])
            .log(log);
        let help = match (self.offline, &self.uv) {
            (true, Some(_)) => {
                "run once without --offline to fill uv's cache, or install it yourself and use \
                 --no-isolation"
            }
            (true, None) => {
                "install it yourself and use --no-isolation; pip downloads anew each time, but \
                 with uv on PATH one run without --offline is enough"
            }
            (false, _) => "check the network, and the index that pip or uv is configured to use",
        };
        let finished = call.finish()?;
        if finished.status.success() {
            return Ok(());
        }
        let said = finished.last_words();
        // pip lists every version that exists.
        let lines = said.lines().map(|line| match line.split_once(" (from versions: ") {
            Some((start, versions)) if versions.len() > 200 => start,
            _ => line,
        });
        let found = lines.collect::<Vec<_>>().join("\n");
        let is_unknown = NO_SUCH.iter().any(|text| said.contains(text)) && !self.offline;
        let help = if is_unknown && !pinned {
            "correct the name and the versions in `requires`, or configure pip or uv for the index \
             that has them"
        } else {
            help
        };
        Err(finished.failure(Kind::Toolchain, found, help))
    }

    fn uv_install(&self, uv: &Path, doing: &str) -> Call {
        Call::new(&self.python.environment, "uv", uv, doing)
            .args(["pip", "install", "--quiet"])
            .args(self.offline.then_some("--offline"))
            .envs(self.uv_cache.iter().map(|dir| ("UV_CACHE_DIR", dir)))
    }

    fn pip_install(&self, doing: &str) -> Result<Call> {
        self.pip_call(doing, [] as [&OsStr; 0])
    }

    /// A call of `pip install` with `options` of pip itself.
    fn pip_call<'a>(
        &self,
        doing: &str,
        options: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<Call> {
        let Some(own) = &self.python.pip else {
            let exe = self.python.found.path.display();
            let found = format!("there is neither uv on PATH nor pip in {exe}");
            let help = "install one of them: `python -m ensurepip`, or uv";
            return Err(Failure::toolchain(doing, found, help));
        };
        let call = self.python.call(doing).args(own).args(options);
        let call = call.args(["install", "--quiet", "--no-input", "--disable-pip-version-check"]);
        Ok(pip::as_asked(call))
    }
}
