//! Base wheel: the pure part of the project, made by the project's own build backend.

use std::path::Path;

use serde::Deserialize;

use super::Context;
use crate::audit;
use crate::error::{Failure, Kind, Result};
use crate::factory::staging;
use crate::toolchain::{BuildEnvironment, Fetching, Finished, Requirements};
use crate::wheel::WheelFile;

/// The pure part of every wheel of the run.
#[derive(Debug, Clone)]
pub(in crate::factory) struct BaseWheel {
    /// The wheel as the backend made it, without the build outputs in it.
    pub(in crate::factory) wheel: WheelFile,
    /// What was left out: path in the wheel, and what it is.
    pub(in crate::factory) left_out: Vec<(String, &'static str)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Requires(Vec<String>),
    Wheel(String),
}

/// Has the backend make a wheel from a copy of the project, and takes from it what leftovers of
/// native builds its rules picked up.
///
/// # Errors
/// [`Kind::Backend`] if the backend fails, or if its wheel is not pure.
pub(in crate::factory) fn base_wheel(
    context: &Context<'_>,
    fetching: &dyn Fn(Fetching),
    log: &Path,
) -> Result<BaseWheel> {
    let options = &context.plan.options;
    let build_system = &context.plan.project.build_system;
    let staged = staging::stage(context.plan, &context.work.join("project"), log)?;
    let isolated = |requirements: &Requirements| {
        BuildEnvironment::isolated(context.toolchain, requirements, options.offline, fetching, log)
    };
    let mut requirements = Requirements::new(&build_system.requires);
    let mut environment = match options.isolation {
        true => isolated(&requirements)?,
        false => BuildEnvironment::shared(context.toolchain)?,
    };
    let mut satisfied = Vec::new();
    // A backend may ask for more once it has seen the project (PEP 517); asked again with that
    // installed, it must be content.
    for _ in 0..2 {
        match ask(context, &environment, &staged, &satisfied, log)? {
            Answer::Wheel(name) => return read(context, &name, log),
            Answer::Requires(more) => {
                requirements.add(&more);
                satisfied.extend(more);
                if options.isolation {
                    environment = isolated(&requirements)?;
                }
            }
        }
    }
    Err(Failure::new(
        Kind::Backend,
        doing(context),
        format!("{} asks for other requirements each time", build_system.backend),
        "list what it needs under `requires` in [build-system]",
    )
    .with_log(log))
}

fn doing(context: &Context<'_>) -> String {
    format!("building the pure part with {}", context.plan.project.build_system.backend)
}

fn ask(
    context: &Context<'_>,
    environment: &BuildEnvironment,
    staged: &Path,
    satisfied: &[String],
    log: &Path,
) -> Result<Answer> {
    let build_system = &context.plan.project.build_system;
    let wheels = context.dir("base-wheel")?;
    let answer = context.work.join("base-wheel.json");
    let task = serde_json::json!({
        "backend": build_system.backend,
        "backend_path": build_system.backend_path.iter().map(|path| staged.join(path)).collect::<Vec<_>>(),
        "path": environment.path(),
        "satisfied": satisfied,
        // Without isolation the user has seen to the requirements.
        "isolated": context.plan.options.isolation,
        "wheel_dir": wheels,
        "answer": answer,
    });
    let cache = &context.toolchain.cache;
    let script = cache.script("base_wheel.py", include_str!("../scripts/base_wheel.py"))?;
    let finished = environment
        .call(doing(context))
        .args([script])
        .input(task.to_string())
        .envs(context.env()?)
        .envs([("PYGO_BASE_WHEEL", "1"), ("GIT_OPTIONAL_LOCKS", "0")])
        .dir(staged)
        .log(log)
        .finish()?;
    if !finished.status.success() {
        return Err(explain(context, &finished));
    }
    let text =
        fs_err::read_to_string(&answer).map_err(|error| Failure::io(doing(context), &error))?;
    serde_json::from_str(&text).map_err(|error| {
        finished.failure(Kind::Backend, format!("it answered what cannot be read: {error}"), "")
    })
}

fn explain(context: &Context<'_>, finished: &Finished) -> Failure {
    let missing = finished.stderr.lines().rev().find(|line| line.contains("ModuleNotFoundError"));
    let help = match missing {
        Some(_) if context.plan.options.isolation => {
            "name the distribution it comes from under `requires` in [build-system] of \
             pyproject.toml, or build with --no-isolation"
        }
        Some(_) => "install the distribution it comes from, or build without --no-isolation",
        None => "mend what the backend complains of",
    };
    finished.failure(Kind::Backend, finished.last_words(), help)
}

fn read(context: &Context<'_>, name: &str, log: &Path) -> Result<BaseWheel> {
    let bad = |found: String, help: &str| {
        Failure::new(Kind::Backend, doing(context), found, help).with_log(log)
    };
    let path = context.work.join("base-wheel").join(name);
    let mut wheel = WheelFile::read(&path).map_err(|error| {
        bad(
            format!("it made {name}, which cannot be read: {error}"),
            "report this to the backend's authors",
        )
    })?;
    let tag = &wheel.name.tag;
    if !wheel.info.root_is_purelib || !tag.is_pure() {
        return Err(bad(
            format!("it made {name}, which is not pure"),
            "leave what is compiled to pygo: take ext_modules, cffi_modules and other native \
             parts out of what the backend builds",
        ));
    }
    let left_out: Vec<_> = wheel
        .contents
        .iter()
        .filter_map(|(path, file)| Some((path.to_string(), audit::build_output(&file.bytes)?)))
        .collect();
    for (path, _) in &left_out {
        wheel.contents.remove(path);
    }
    Ok(BaseWheel { wheel, left_out })
}
