//! The project's own build backend, asked for what is not native: a wheel, an editable wheel, or
//! an sdist.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Failure, Kind, Result};
use crate::factory::plan::Plan;
use crate::process::Finished;
use crate::toolchain::{BuildEnvironment, Fetching, Host, Requirements};

/// A hook of PEP 517 or PEP 660.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::factory) enum Hook {
    /// `build_wheel`
    Wheel,
    /// `build_editable`
    Editable,
    /// `build_sdist`
    Sdist,
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Self::Wheel => "build_wheel",
            Self::Editable => "build_editable",
            Self::Sdist => "build_sdist",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Wheel => "the pure part",
            Self::Editable => "the editable pure part",
            Self::Sdist => "the sdist",
        }
    }
}

/// The backend of a plan's project, and where it runs.
pub(in crate::factory) struct Backend<'a> {
    pub(in crate::factory) plan: &'a Plan,
    pub(in crate::factory) host: &'a Host,
    /// A directory of the run.
    pub(in crate::factory) work: &'a Path,
    /// The environment that it gets besides the inherited one.
    pub(in crate::factory) env: Vec<(&'static str, PathBuf)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Requires(Vec<String>),
    Missing(String),
    File(String),
}

impl Backend<'_> {
    /// Calls `hook` in the directory `project`, with all that it requires installed, and gives the
    /// file that it made.
    ///
    /// # Errors
    /// [`Kind::Backend`] if it fails or has no such hook, [`Kind::Toolchain`] if what it requires
    /// cannot be installed.
    pub(in crate::factory) fn call(
        &self,
        hook: Hook,
        project: &Path,
        fetching: &dyn Fn(Fetching),
        log: &Path,
    ) -> Result<PathBuf> {
        let options = &self.plan.options;
        let build_system = &self.plan.project.build_system;
        let isolated = |requirements: &Requirements| {
            BuildEnvironment::isolated(self.host, requirements, options.offline, fetching, log)
        };
        let mut requirements = Requirements::new(&build_system.requires);
        let mut environment = match options.isolation {
            true => isolated(&requirements)?,
            false => BuildEnvironment::shared(self.host)?,
        };
        let mut satisfied = Vec::new();
        // A backend may ask for more once it has seen the project (PEP 517); asked again with that
        // installed, it must be content.
        for _ in 0..2 {
            match self.ask(hook, &environment, project, &satisfied, log)? {
                Answer::File(name) => return Ok(self.into(hook).join(name)),
                Answer::Missing(name) => {
                    let found = format!("{} has no hook `{name}`", build_system.backend);
                    let help = "take a backend, or a newer version of it, that has";
                    return Err(self.failure(hook, found, help, log));
                }
                Answer::Requires(more) => {
                    requirements.add(&more);
                    satisfied.extend(more);
                    if options.isolation {
                        environment = isolated(&requirements)?;
                    }
                }
            }
        }
        let found = format!("{} asks for other requirements each time", build_system.backend);
        let help = "list what it needs under `requires` in [build-system]";
        Err(self.failure(hook, found, help, log))
    }

    /// A failure of the backend while it makes what `hook` is for.
    pub(in crate::factory) fn failure(
        &self,
        hook: Hook,
        found: impl Into<String>,
        help: &str,
        log: &Path,
    ) -> Failure {
        Failure::new(Kind::Backend, self.doing(hook), found, help).with_log(log)
    }

    fn doing(&self, hook: Hook) -> String {
        format!("building {} with {}", hook.what(), self.plan.project.build_system.backend)
    }

    fn into(&self, hook: Hook) -> PathBuf {
        self.work.join(hook.name())
    }

    fn ask(
        &self,
        hook: Hook,
        environment: &BuildEnvironment,
        project: &Path,
        satisfied: &[String],
        log: &Path,
    ) -> Result<Answer> {
        let build_system = &self.plan.project.build_system;
        let doing = self.doing(hook);
        let into = self.into(hook);
        fs_err::create_dir_all(&into).map_err(|error| Failure::io(&doing, &error))?;
        let answer = self.work.join("backend.json");
        let backend_path: Vec<_> =
            build_system.backend_path.iter().map(|path| project.join(path)).collect();
        let task = serde_json::json!({
            "backend": build_system.backend,
            "backend_path": backend_path,
            "path": environment.path(),
            "hook": hook.name(),
            "settings": self.plan.options.backend_settings,
            "satisfied": satisfied,
            // Without isolation the user has seen to the requirements.
            "isolated": self.plan.options.isolation,
            "into": into,
            "answer": answer,
        });
        let script = self.host.cache.script("backend.py", include_str!("../scripts/backend.py"))?;
        let finished = environment
            .call(&doing)
            .args([script])
            .input(task.to_string())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .envs([("PYGO_BASE_WHEEL", "1"), ("GIT_OPTIONAL_LOCKS", "0")])
            .dir(project)
            .log(log)
            .finish()?;
        if !finished.status.success() {
            return Err(self.explain(&finished));
        }
        let text = fs_err::read_to_string(&answer).map_err(|error| Failure::io(&doing, &error))?;
        serde_json::from_str(&text).map_err(|error| {
            finished.failure(Kind::Backend, format!("it answered what cannot be read: {error}"), "")
        })
    }

    fn explain(&self, finished: &Finished) -> Failure {
        let missing =
            finished.stderr.lines().rev().find(|line| line.contains("ModuleNotFoundError"));
        let no_wheel = finished.stderr.contains("invalid command 'bdist_wheel'");
        let help = match missing {
            _ if no_wheel => "install setuptools 70.1 or newer, or `wheel` beside an older one",
            Some(_) if self.plan.options.isolation => {
                "name the distribution it comes from under `requires` in [build-system] of \
                 pyproject.toml, or build with --no-isolation"
            }
            Some(_) => "install the distribution it comes from, or build without --no-isolation",
            None => "mend what the backend complains of",
        };
        finished.failure(Kind::Backend, finished.last_words(), help)
    }
}
