//! `pygo test`: installs wheels into fresh environments and runs commands there.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::check::wheels_in;
use super::output::{Format, print, print_failure, print_failure_of, print_json};
use super::roots::RootArgs;
use super::tool_args::{PythonArg, program};
use crate::error::{Failure, Kind, Result};
use crate::process::Environment;
use crate::project::{Config, TestSettings, enclosing, is_project};
use crate::report::{Detail, TestReport, tell, test_line, test_totals};
use crate::tester::{self, Outcome, Runtime, Task, Tested};
use crate::toolchain::{Host, Lookup, Tool, Tools};

/// Test wheels, each in a fresh virtual environment
///
/// Each wheel is installed and tested with every Python that can install it: those of this machine,
/// and those of other systems that --root names and qemu runs. A wheel that none can install is
/// reported as not run.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Wheels, or directories with wheels [default: dist in the project]
    #[arg(value_name = "WHEEL|DIR")]
    wheels: Vec<PathBuf>,
    /// Command that must succeed, instead of the project's `test-command`; repeatable. It runs
    /// without a shell; `{project}` and `{wheel}` stand for paths
    #[arg(long, value_name = "COMMAND", allow_hyphen_values = true)]
    command: Vec<String>,
    /// Python to test with; repeatable [default: the one in use]
    #[arg(long, value_name = "FILE")]
    python: Vec<PathBuf>,
    #[command(flatten)]
    other: RootArgs,
    /// Fail if a wheel was not run
    #[arg(long)]
    require_all: bool,
    /// Output format; docs/test.schema.json describes the JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// Download nothing: requirements come from uv's cache, or from PIP_FIND_LINKS
    #[arg(long)]
    offline: bool,
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let project = project(environment);
        let settings = match &project {
            Some(path) => {
                let root = fs_err::canonicalize(path)
                    .map_err(|error| Failure::io("looking for the project", &error))?;
                Some((Config::read(&root, path)?.settings.test, root))
            }
            None => None,
        };
        let mut task = settings.map_or_else(Task::default, |(settings, root)| task(settings, root));
        if !self.command.is_empty() {
            let words = self.command.iter().map(|line| TestSettings::command(line));
            task.commands = words.collect::<Result<_>>()?;
        }
        if task.commands.is_empty() {
            return Err(Failure::new(
                Kind::Usage,
                "testing wheels",
                "neither --command nor the project's `test-command` names a command",
                "pass one: --command 'python -c \"import demo\"', or add it to the project's \
                 `test-command`",
            ));
        }
        let named = match (self.wheels.is_empty(), &project) {
            (false, _) => self.wheels.clone(),
            (true, Some(path)) => vec![path.join("dist")],
            (true, None) => vec![PathBuf::from("dist")],
        };
        let wheels = wheels_in(&named)?;
        let lookups = lookups(environment, &self.python, self.offline);
        let tests = run(environment, lookups, &self.other, &task, &wheels, |test| {
            show_output(detail, test);
            match self.format {
                Format::Text => print([test_line(test)]),
                Format::Json => Ok(()),
            }
        })?;
        if self.format == Format::Json {
            print_json("writing the report", &TestReport::of(&tests))?;
        }
        let kind = conclude(environment, detail, &task, &tests, self.require_all);
        Ok(kind.map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code())))
    }
}

/// Prints what the commands printed, if the user wants to see everything.
fn show_output(detail: Detail, test: &Tested) {
    let output = test.output.trim_end();
    if detail == Detail::Verbose && !output.is_empty() {
        tell(output);
    }
}

/// Tests `wheels`, which were just built, with the Python of `lookup`.
pub(super) fn of_built(
    environment: &Environment,
    detail: Detail,
    lookup: Lookup,
    other: &RootArgs,
    task: &Task,
    wheels: &[PathBuf],
) -> Result<(Vec<Tested>, Option<Kind>)> {
    let tests = run(environment, vec![lookup], other, task, wheels, |test| {
        show_output(detail, test);
        // Standard output belongs to the list of wheels.
        if detail != Detail::Quiet {
            tell(test_line(test));
        }
        Ok(())
    })?;
    let kind = conclude(environment, detail, task, &tests, false);
    Ok((tests, kind))
}

/// The project that the current directory is, or is in.
fn project(environment: &Environment) -> Option<PathBuf> {
    let home = environment.get("HOME").map(Path::new);
    let dir = environment.current_dir();
    let here = || is_project(dir).then(|| PathBuf::from("."));
    enclosing(dir, home).or_else(here)
}

/// What `settings` of the project `root` test.
pub(super) fn task(settings: TestSettings, root: PathBuf) -> Task {
    let TestSettings { commands, requires, extras } = settings;
    Task { commands, requires, extras, project: Some(root) }
}

/// How each Python is found.
fn lookups(environment: &Environment, pythons: &[PathBuf], offline: bool) -> Vec<Lookup> {
    let named = |exe: &PathBuf| Lookup {
        named: [(Tool::Python, program(environment, exe))].into(),
        offline,
        ..Lookup::default()
    };
    let default = || vec![Lookup { offline, ..PythonArg::of(environment).lookup(environment) }];
    if pythons.is_empty() { default() } else { pythons.iter().map(named).collect() }
}

/// Tests `wheels` with each Python, and announces every result.
fn run(
    environment: &Environment,
    lookups: Vec<Lookup>,
    other: &RootArgs,
    task: &Task,
    wheels: &[PathBuf],
    mut announce: impl FnMut(&Tested) -> Result<()>,
) -> Result<Vec<Tested>> {
    let hosts = lookups.into_iter().map(|lookup| {
        let tools = Tools::new(environment, lookup, |_| {});
        tools.host().cloned()
    });
    let hosts: Vec<Host> = hosts.collect::<Result<_>>()?;
    let mut runtimes = hosts.iter().map(Runtime::native).collect::<Result<Vec<_>>>()?;
    for root in &other.roots {
        runtimes.push(Runtime::emulated(environment, root)?);
    }
    // There is always one: the Python in use.
    let Some(host) = hosts.first() else { return Ok(Vec::new()) };
    let mut tests = Vec::new();
    for wheel in wheels {
        for test in tester::test(host, &runtimes, task, wheel)? {
            announce(&test)?;
            tests.push(test);
        }
    }
    Ok(tests)
}

/// Prints failures and the number of results. Returns what determines the exit code: the first
/// failure, or that no wheel was run.
fn conclude(
    environment: &Environment,
    detail: Detail,
    task: &Task,
    tests: &[Tested],
    require_all: bool,
) -> Option<Kind> {
    let mut kind = None;
    for test in tests {
        if let Outcome::Failed(failure) = &test.outcome {
            print_failure_of(environment, task.project.as_deref(), "pygo test", failure);
            kind = kind.or(Some(failure.kind));
        }
    }
    if detail != Detail::Quiet {
        tell(test_totals(tests));
    }
    let is_not_run = |test: &&Tested| matches!(test.outcome, Outcome::NotRun(_));
    let not_run: Vec<_> = tests.iter().filter(is_not_run).collect();
    if not_run.len() == tests.len() || (require_all && !not_run.is_empty()) {
        let reason = |test: &&Tested| match &test.outcome {
            Outcome::NotRun(reason) => {
                format!("{}: {reason}", test.wheel.file_name().unwrap_or_default().display())
            }
            Outcome::Passed | Outcome::Failed(_) => String::new(),
        };
        let found = not_run.iter().map(reason).collect::<Vec<_>>().join("\n");
        let help = "name a Python that can install them with --python, or one of another system \
                    with --root; or test on a machine that can run them";
        let doing = match not_run.len() == tests.len() {
            true => "testing wheels, of which none was run",
            false => "testing wheels, of which some were not run",
        };
        print_failure(environment, "pygo test", &Failure::build(doing, found, help));
        kind = kind.or(Some(Kind::Build));
    }
    kind
}
