//! Calls the project's own build backend for everything that is not native: a wheel, an editable
//! wheel, or an sdist.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Failure, Kind, Result};
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::Io;
use crate::factory::plan::{BackendSettings, Plan};
use crate::process::Finished;
use crate::project::{BuildSystem, Part};
use crate::toolchain::{BuildEnvironment, Host, Requirements};

use super::WorkDir;
use super::backend_failure::BackendFailure;

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

/// A project's backend, and how to call it.
pub(in crate::factory) struct Backend<'a> {
    pub(in crate::factory) build_system: &'a BuildSystem,
    /// Its `config_settings`.
    pub(in crate::factory) settings: &'a BackendSettings,
    /// Run it in an environment of its own.
    pub(in crate::factory) isolation: bool,
    pub(in crate::factory) host: &'a Host,
    /// The modules that exist only once pygo has built them, after the package around them.
    pub(in crate::factory) own: Vec<String>,
    pub(in crate::factory) dir: WorkDir,
}

/// The package of the library of `part`, and its extension.
fn own_modules(part: &Part) -> impl Iterator<Item = String> {
    let extension = part.module().map(ToString::to_string);
    let package = part.package().map(|package| package.to_string());
    package.into_iter().chain(extension)
}

const SCRIPTS: &[(&str, &str)] = &[
    ("backend.py", include_str!("../scripts/backend.py")),
    ("own_code.py", include_str!("../scripts/own_code.py")),
];

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Requires(Vec<String>),
    Missing(String),
    File { name: String, doubt: Option<String> },
}

/// What a hook made.
#[derive(Debug)]
pub(in crate::factory) struct Made {
    /// The file.
    pub(in crate::factory) path: PathBuf,
    /// Why code of the project may make another file next time, with the same project.
    pub(in crate::factory) doubt: Option<String>,
}

impl<'a> Backend<'a> {
    /// The backend of the plan's project.
    pub(in crate::factory) fn of(plan: &'a Plan, host: &'a Host, dir: WorkDir) -> Self {
        Self {
            build_system: &plan.project.build_system,
            settings: &plan.options.backend_settings,
            isolation: plan.options.isolation,
            host,
            own: plan.project.variants().flat_map(own_modules).collect(),
            dir,
        }
    }

    /// Installs what the backend requires, calls `hook` in the directory `project`, and returns the
    /// file that the hook made. `attributes` are those that its settings look up in modules, if
    /// they are known.
    ///
    /// # Errors
    /// [`Kind::Backend`] if it fails or has no such hook, [`Kind::Toolchain`] if what it requires
    /// cannot be installed.
    pub(in crate::factory) fn call(
        &self,
        hook: Hook,
        project: &Path,
        attributes: Option<&[String]>,
        io: &Io<'_>,
    ) -> Result<Made> {
        let build_system = self.build_system;
        let isolated = |requirements: &Requirements| {
            BuildEnvironment::isolated(self.host, requirements, io.log)
        };
        let mut requirements = Requirements::new(&build_system.requires);
        let mut environment = if self.isolation {
            isolated(&requirements)?
        } else {
            BuildEnvironment::shared(self.host)?
        };
        let mut satisfied = Vec::new();
        // A backend may require more once it has seen the project (PEP 517), but only once.
        for _ in 0..2 {
            match self.ask(hook, &environment, project, attributes, &satisfied, io.log)? {
                Answer::File { name, doubt } => {
                    return Ok(Made { path: self.into(hook).join(name), doubt });
                }
                Answer::Missing(name) => {
                    let found = format!("{} has no hook `{name}`", build_system.backend);
                    let help = "use a backend, or a newer version of this one, that has it";
                    return Err(self.failure(hook, found, help, io.log));
                }
                Answer::Requires(more) => {
                    requirements.add(&more);
                    satisfied.extend(more);
                    if self.isolation {
                        environment = isolated(&requirements)?;
                    }
                }
            }
        }
        let found = format!("{} asks for other requirements each time", build_system.backend);
        let help = "list what it needs under `requires` in [build-system]";
        Err(self.failure(hook, found, help, io.log))
    }

    /// Whether pygo pins everything that it requires.
    pub(super) fn is_pinned(&self) -> bool {
        Requirements::new(&self.build_system.requires).all_pinned()
    }

    /// A failure of `hook`.
    pub(in crate::factory) fn failure(
        &self,
        hook: Hook,
        found: impl Into<String>,
        help: &str,
        log: &Path,
    ) -> Failure {
        Failure::new(Kind::Backend, self.doing(hook), found, help).with_log(log)
    }

    /// Feeds what decides the backend's output, the project's files aside.
    pub(super) fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { build_system, settings, isolation, host, own: _, dir: _ } = self;
        into.value("scripts", &SCRIPTS)?;
        into.value("backend", &(&build_system.backend, &build_system.backend_path))?;
        into.value("requires", &build_system.requires)?;
        into.value("settings", settings)?;
        into.value("isolation", isolation)?;
        into.value("python", &host.python.found.fingerprint())
    }

    fn doing(&self, hook: Hook) -> String {
        format!("building {} with {}", hook.what(), self.build_system.backend)
    }

    fn into(&self, hook: Hook) -> PathBuf {
        self.dir.own.join(hook.name())
    }

    fn ask(
        &self,
        hook: Hook,
        environment: &BuildEnvironment,
        project: &Path,
        attributes: Option<&[String]>,
        satisfied: &[String],
        log: &Path,
    ) -> Result<Answer> {
        let build_system = self.build_system;
        let doing = self.doing(hook);
        let into = self.into(hook);
        fs_err::create_dir_all(&into).map_err(|error| Failure::io(&doing, &error))?;
        let answer = self.dir.own.join("backend.json");
        let backend_path: Vec<_> =
            build_system.backend_path.iter().map(|path| project.join(path)).collect();
        let task = serde_json::json!({
            "backend": build_system.backend,
            "backend_path": backend_path,
            "path": environment.path(),
            "hook": hook.name(),
            "settings": self.settings,
            "satisfied": satisfied,
            "attributes": attributes,
            // Without isolation the user takes care of the requirements.
            "isolated": self.isolation,
            "into": into,
            "answer": answer,
        });
        let script = self.host.cache.files("scripts", SCRIPTS, false)?.join("backend.py");
        let finished = environment
            .call(&doing)
            .args([script])
            .input(task.to_string())
            .envs(self.dir.env())
            .envs([("PYGO_BASE_WHEEL", "1"), ("GIT_OPTIONAL_LOCKS", "0")])
            .dir(project)
            .log(log)
            .finish()?;
        if !finished.status.success() {
            return Err(self.explain(project, &finished));
        }
        let text = fs_err::read_to_string(&answer).map_err(|error| Failure::io(&doing, &error))?;
        serde_json::from_str(&text).map_err(|error| {
            finished.failure(
                Kind::Backend,
                format!("cannot read its answer: {error}"),
                "report this bug",
            )
        })
    }

    fn explain(&self, project: &Path, finished: &Finished) -> Failure {
        let failure = BackendFailure {
            backend: &self.build_system.backend,
            isolation: self.isolation,
            own: &self.own,
            project,
        };
        let found = failure.found(&finished.stderr).unwrap_or_else(|| finished.last_words());
        finished.failure(Kind::Backend, found, failure.help(&finished.stderr))
    }
}
