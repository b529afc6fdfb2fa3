//! Tests finished wheels: each in a fresh virtual environment of every Python that can install it.
//!
//! Input: wheels, Pythons and commands. Output: one [`Tested`] for each wheel and Python. A wheel that
//! no Python can install has the result [`Outcome::NotRun`], which is never taken for a success.

mod accepts;
mod environment;
mod runtime;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use accepts::Accepts;
pub use runtime::{Emulator, Root, Runtime};

use crate::error::{Failure, Kind, Result};
use crate::toolchain::Host;
use crate::wheel::WheelName;
use environment::TestEnvironment;

/// A wheel to test, and the way to test it.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// The words of each command; `{wheel}` stands for the wheel's path, `{project}` for the
    /// project's.
    pub commands: Vec<Vec<String>>,
    /// The requirements that are installed besides the wheel.
    pub requires: Vec<String>,
    /// The extras of the wheel that are installed.
    pub extras: Vec<String>,
    /// The directory of the project, if there is one.
    pub project: Option<PathBuf>,
}

/// The test of a wheel with one Python.
pub struct Tested {
    /// The wheel.
    pub wheel: PathBuf,
    /// The Python; `None` if none can install the wheel.
    pub python: Option<TestedPython>,
    /// Its outcome.
    pub outcome: Outcome,
    /// The output of the commands, if all succeeded.
    pub output: String,
    /// Its duration.
    pub elapsed: Duration,
}

/// The Python of a test.
#[derive(Debug, Clone)]
pub struct TestedPython {
    /// The interpreter.
    pub path: PathBuf,
    /// Its version.
    pub version: String,
    /// The newest platform tag that it supports.
    pub platform: String,
    /// The qemu that ran it, if any.
    pub emulator: Option<PathBuf>,
}

impl TestedPython {
    fn of(runtime: &Runtime) -> Self {
        Self {
            path: runtime.python.clone(),
            version: runtime.version.clone(),
            platform: runtime.accepts.platform.to_string(),
            emulator: runtime.emulator.as_ref().map(|emulator| emulator.qemu.clone()),
        }
    }
}

/// The outcome of a test.
pub enum Outcome {
    /// Every command exited with 0.
    Passed,
    /// The wheel could not be installed, or a command failed.
    Failed(Failure),
    /// No Python could install the wheel, for these reasons.
    NotRun(String),
}

/// Tests `wheel` with every one of `runtimes` that can install it. The installer of `host` installs
/// it.
///
/// # Errors
/// A file name that is not a wheel's; an interruption.
pub fn test(host: &Host, runtimes: &[Runtime], task: &Task, wheel: &Path) -> Result<Vec<Tested>> {
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    let parsed: WheelName = name.parse().map_err(|error| {
        let doing = format!("testing {}", wheel.display());
        let help = "pass wheels, or directories with wheels";
        Failure::new(Kind::Usage, doing, format!("{error}"), help)
    })?;
    let mut tested = Vec::new();
    let mut reasons = Vec::new();
    for runtime in runtimes {
        if let Err(reason) = runtime.accepts.check(&parsed.tag) {
            reasons.push(format!("{}: {reason}", runtime.python.display()));
            continue;
        }
        let start = Instant::now();
        let mut output = String::new();
        let outcome = match test_with(host, runtime, task, wheel) {
            Ok(printed) => {
                output = printed;
                Outcome::Passed
            }
            Err(failure) if failure.kind.is_interruption() => return Err(failure),
            Err(failure) => Outcome::Failed(failure),
        };
        let python = Some(TestedPython::of(runtime));
        let (wheel, elapsed) = (wheel.to_owned(), start.elapsed());
        tested.push(Tested { wheel, python, outcome, output, elapsed });
    }
    if tested.is_empty() {
        tested.push(Tested {
            wheel: wheel.to_owned(),
            python: None,
            outcome: Outcome::NotRun(reasons.join("; ")),
            output: String::new(),
            elapsed: Duration::ZERO,
        });
    }
    Ok(tested)
}

/// Returns what the commands printed.
fn test_with(host: &Host, runtime: &Runtime, task: &Task, wheel: &Path) -> Result<String> {
    let shown = wheel.file_name().unwrap_or_default().display();
    let doing = format!("testing {shown} with Python {}", runtime.version);
    let work = host.cache.temporary("test")?;
    let run = work.path().file_name().unwrap_or_default();
    let logs = host.cache.dir("logs")?.join(run);
    let log = logs.join("test.log");
    let environment = TestEnvironment::make(host, runtime, work.path().join("venv"), &log)?;
    let wheel = std::path::absolute(wheel).map_err(|error| Failure::io(&doing, &error))?;
    let mut requirements = vec![requirement(&wheel, &task.extras)];
    requirements.extend(task.requires.iter().cloned());
    host.installer.install_for(&environment.python(), &doing, &requirements, &log)?;
    environment.wrap_programs().map_err(|error| Failure::io(&doing, &error))?;
    // Of its own, so that tests import what is installed and not the sources of the project.
    let dir = work.path().join("work");
    fs_err::create_dir(&dir).map_err(|error| Failure::io(&doing, &error))?;
    let mut output = String::new();
    for command in &task.commands {
        let mut words = command.iter().map(|word| replaced(word, &wheel, task.project.as_deref()));
        let Some(program) = words.next() else { continue };
        let doing = format!("{doing}: {}", command.join(" "));
        let call = environment.call(&host.environment, &program, &doing);
        let finished = call.args(words).dir(&dir).log(&log).finish()?;
        if !finished.status.success() {
            let code = finished.status.code().unwrap_or_default();
            let said = finished.last_words();
            let found = format!("it exited with {code}\n{said}");
            let help = "fix the code, or the command of the test";
            return Err(finished.failure(Kind::Build, found.trim_end(), help));
        }
        output.push_str(&finished.stdout);
        output.push_str(&finished.stderr);
    }
    // Logs of failed runs only are kept.
    let _ = fs_err::remove_dir_all(&logs);
    Ok(output)
}

/// What installs `wheel` with `extras`.
fn requirement(wheel: &Path, extras: &[String]) -> String {
    match extras {
        [] => wheel.display().to_string(),
        extras => format!("{}[{}]", wheel.display(), extras.join(",")),
    }
}

/// `word` of a command with paths in the place of its placeholders.
fn replaced(word: &str, wheel: &Path, project: Option<&Path>) -> String {
    let word = word.replace("{wheel}", &wheel.display().to_string());
    match project {
        Some(project) => word.replace("{project}", &project.display().to_string()),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_paths() {
        let (wheel, project) = (Path::new("/d/x.whl"), Path::new("/p"));
        assert_eq!(replaced("{project}/tests", wheel, Some(project)), "/p/tests");
        assert_eq!(replaced("{wheel}", wheel, None), "/d/x.whl");
        assert_eq!(replaced("{project}", wheel, None), "{project}");
        let extras = ["a".to_owned(), "b".to_owned()];
        assert_eq!(requirement(wheel, &extras), "/d/x.whl[a,b]");
    }
}
