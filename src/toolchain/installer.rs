//! What installs distributions into a directory: uv or pip.

use std::path::{Path, PathBuf};

use super::python::Python;
use super::requirements::distribution;
use crate::error::{Failure, Kind, Result};
use crate::process::Call;

/// What sends pip's installations elsewhere than into the directory that it is given.
const PIP_ELSEWHERE: &[&str] =
    &["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIREMENT"];

/// What pip's user may have set, in the environment or in `pip.conf`, against installing into a
/// directory. Only a value in the environment outweighs `pip.conf`.
const PIP_ANYWHERE: &[(&str, &str)] = &[("PIP_REQUIRE_VIRTUALENV", "0"), ("PIP_USER", "0")];

/// What chooses versions. It has no say where they are pinned, and refuses pins that it does not
/// fit; where they are not, it is how users pin what their backend needs.
const UV_CHOICE: &[&str] = &["UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER"];

/// What installs distributions: uv where it runs this or is on `PATH`, else the interpreter's pip. Either
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
        // uv names itself to what it starts, a build backend for one, and is seldom on PATH there.
        let named = std::env::var_os("UV").filter(|uv| !uv.is_empty()).map(PathBuf::from);
        let uv = named.filter(|uv| uv.is_file()).or_else(|| which::which("uv").ok());
        Self { python: python.clone(), uv, offline }
    }

    /// `uv` or `pip`, whichever is used; `None` if there is neither.
    pub fn name(&self) -> Option<&'static str> {
        if self.uv.is_some() { Some("uv") } else { self.python.pip.as_ref().map(|_| "pip") }
    }

    /// Installs the wheel at `wheel`, of the distribution `name`, and what it requires, for the
    /// interpreter itself, in the place of any that is there.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] with the tool's last words.
    pub fn install_wheel(&self, name: &str, wheel: &Path, log: &Path) -> Result<()> {
        let python = &self.python;
        let doing = format!("installing {name} for {}", python.exe.display());
        let mut calls = Vec::new();
        match (&self.uv, &python.pip) {
            (Some(uv), _) => calls.push(
                Call::new("uv", uv, &doing)
                    .args(["pip", "install", "--quiet", "--reinstall-package", name, "--python"])
                    .args([&python.exe])
                    .args(self.offline.then_some("--offline")),
            ),
            (None, Some(pip)) => {
                // pip would take all that is required anew as well; so the wheel goes first alone.
                let alone = ["--force-reinstall", "--no-deps"].as_slice();
                let steps = if self.offline { vec![alone] } else { vec![alone, &[]] };
                calls.extend(steps.into_iter().map(|options| {
                    python
                        .call(&doing)
                        .args(pip)
                        .args(["install", "--quiet", "--no-input", "--disable-pip-version-check"])
                        .args(options)
                        .without_envs(PIP_ELSEWHERE.iter().copied())
                }));
            }
            (None, None) => return Err(self.neither(doing)),
        }
        for call in calls {
            let finished = call.args([wheel]).log(log).finish()?;
            if !finished.status.success() {
                let help =
                    "activate a virtual environment for it, or name its Python with --python";
                return Err(finished.failure(Kind::Toolchain, finished.last_words(), help));
            }
        }
        Ok(())
    }

    fn neither(&self, doing: String) -> Failure {
        Failure::toolchain(
            doing,
            format!("neither uv on PATH nor pip in {}", self.python.exe.display()),
            "install one of them: `python -m ensurepip`, or uv",
        )
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
        let names: Vec<_> = lines.iter().map(|line| distribution(line)).collect();
        let doing =
            format!("installing {} with {}", names.join(", "), self.name().unwrap_or("pip"));
        let list = scratch.join("requirements.txt");
        let write = |path: &Path, text: &str| {
            fs_err::write(path, text).map_err(|error| Failure::io(&doing, &error))
        };
        write(&list, &(lines.join("\n") + "\n"))?;
        let call = match (&self.uv, &self.python.pip) {
            (Some(uv), _) => {
                // uv takes settings from the project that it finds itself in, or above. These
                // files are a project without any.
                write(&scratch.join("pyproject.toml"), "")?;
                write(&scratch.join("uv.toml"), "")?;
                let call = Call::new("uv", uv, &doing)
                    .args(["pip", "install", "--quiet", "--project"])
                    .args([scratch.as_os_str(), "--python".as_ref(), self.python.exe.as_os_str()])
                    .args(self.offline.then_some("--offline"));
                match pinned {
                    true => call.without_envs(UV_CHOICE.iter().copied()),
                    false => call.without_envs(["UV_REQUIRE_HASHES"]),
                }
            }
            (None, Some(pip)) => self
                .python
                .call(&doing)
                .args(pip)
                .args(["install", "--quiet", "--no-compile"])
                .args(["--no-input", "--disable-pip-version-check", "--no-warn-script-location"])
                .args(self.offline.then_some("--no-index"))
                .without_envs(PIP_ELSEWHERE.iter().copied())
                .envs(PIP_ANYWHERE.iter().copied())
                .envs([match pinned {
                    // An empty file: pip.conf may name another.
                    true => ("PIP_CONSTRAINT", "/dev/null"),
                    false => ("PIP_REQUIRE_HASHES", "0"),
                }]),
            (None, None) => return Err(self.neither(doing)),
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
        let help = match (self.offline, &self.uv) {
            (true, Some(_)) => {
                "run once without --offline, so that uv has it in its cache, or install it \
                 yourself and use --no-isolation"
            }
            (true, None) => {
                "install it yourself and use --no-isolation: pip fetches anew each time; with uv \
                 on PATH it is enough to run once without --offline"
            }
            (false, _) => "check the network and the index that pip or uv is set up with",
        };
        Err(finished.failure(Kind::Toolchain, finished.last_words(), help))
    }
}
