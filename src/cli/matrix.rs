//! `pygo matrix` and `pygo build`: wheels for many targets, or for the current machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::build_args::{BuildArgs, NativeArgs};
use super::choice::names;
use super::clean::clean;
use super::dry_run::dry_run;
use super::github::{grouped, write_results};
use super::output::{print, print_failure};
use super::shares::{CostArgs, share};
use super::test::{of_built, task};
use super::verdict::verdict;
use crate::error::{Failure, Kind, Result};
use crate::factory::{self, Event, Observer as _, Options, Outcome, Plan, Results, Shard, Wheel};
use crate::process::{Environment, check_dir_writable};
use crate::project::{Profile, Project};
use crate::report::{Detail, Progress, Provenance, Report, Timings, seconds, table, tell};
use crate::toolchain::{Lookup, Tools};

/// Build a wheel for every target
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Comma-separated targets: names, Go platforms (linux/arm64), triples, wheel tags, groups
    /// (`linux`, `arm64`, `all`), or `host`
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    targets: Option<String>,
    /// Build one of N parts of the targets, as split by `pygo plan --shards N`
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Option<Shard>,
    #[command(flatten)]
    costs: CostArgs,
    #[command(flatten)]
    build: BuildArgs,
}

fn shard(text: &str) -> Result<Shard, String> {
    text.parse()
}

/// Build a wheel for the current machine
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// Build an editable wheel (PEP 660), whose Python files stay in the project
    #[arg(long)]
    editable: bool,
    #[command(flatten)]
    build: BuildArgs,
}

impl Arguments {
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let request = Request {
            targets: self.targets.as_deref(),
            editable: false,
            shard: self.shard,
            costs: &self.costs,
        };
        run(environment, &mut self.build, detail, &request)
    }
}

impl BuildArguments {
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let request = Request {
            targets: Some("host"),
            editable: self.editable,
            shard: None,
            costs: &CostArgs::default(),
        };
        run(environment, &mut self.build, detail, &request)
    }
}

/// What the two commands do not share.
struct Request<'a> {
    targets: Option<&'a str>,
    editable: bool,
    shard: Option<Shard>,
    costs: &'a CostArgs,
}

/// The results of a completed run.
pub(super) struct Built {
    pub(super) results: Results,
    pub(super) tools: Tools,
}

fn run(
    environment: &Environment,
    args: &mut BuildArgs,
    detail: Detail,
    request: &Request<'_>,
) -> Result<ExitCode> {
    let start = Instant::now();
    args.native.project.find(environment, detail);
    let dir = args.native.project.out_dir(args.out_dir.as_ref());
    if let (Some(Shard { number, count }), None) = (request.shard, &args.report) {
        // `pygo merge` needs the report of each shard.
        args.report = Some(dir.join(format!("report-{number}-of-{count}.json")));
    }
    let args = &*args;
    let planned = plan(environment, &args.native, request.targets, &dir, |options| Options {
        fail_fast: args.fail_fast,
        editable: request.editable,
        ..options
    });
    let planned = planned.and_then(|plan| testable(plan, args));
    let planned = planned.and_then(|plan| share(environment, plan, request.costs, request.shard));
    if let (Ok(plan), true) = (&planned, args.dry_run) {
        let lookup = args.native.lookup(environment);
        let lookup = Lookup { go_dirs: plan.project.go_dirs(), ..lookup };
        return dry_run(environment, lookup, plan, args.format);
    }
    let planned = planned.and_then(|plan| {
        ready(&plan.options.out_dir)?;
        Ok(plan)
    });
    let (mut sources, mut provenance) = (BTreeMap::new(), Provenance::default());
    if let (Ok(plan), Some(path)) = (&planned, &args.report) {
        Report::try_place(path)?;
        sources = factory::source_digests(plan)?;
        let checkout = factory::checkout(environment, plan, path);
        provenance = Provenance::new(std::env::args_os().skip(1), plan, checkout);
    }
    let root = planned.as_ref().map_or(args.native.project.path(), |plan| &plan.project.root);
    let page = Page::of(args.timings(environment, root)?, root, start);
    if let (Ok(_), Some(page)) = (&planned, &page) {
        Timings::try_place(&page.path)?;
    }
    let tested = planned.as_ref().ok().map(|plan| {
        let project = &plan.project;
        task(project.settings.test.clone(), project.root.clone())
    });
    let lookup = args.native.lookup(environment);
    let timings = page.as_ref().map(|page| &page.timings);
    let built = planned.as_ref().map_err(Failure::clone).and_then(|plan| {
        if plan.targets().is_empty() {
            return Ok(None);
        }
        let title = format!("pygo: building for {}", names(plan.targets()));
        grouped(environment, &title, || build(environment, lookup, detail, plan, timings)).map(Some)
    });
    let (jobs, elapsed) = (args.native.jobs(), start.elapsed());
    let report = match &built {
        Ok(Some(Built { results, tools })) => Report::finished(jobs, elapsed, tools, results),
        Ok(None) => Report::empty(jobs, elapsed),
        Err(failure) => Report::failed(jobs, elapsed, failure),
    };
    let mut report = match &planned {
        Ok(plan) => report.of_matrix(plan, request.shard, sources, provenance),
        Err(_) => report,
    };
    let also = |before, result| also(environment, before, result);
    let kind = match built {
        Ok(Some(built)) => {
            let outcomes = &built.results.outcomes;
            let profile = built.results.profile;
            let kind = show(environment, detail, root, outcomes, profile, elapsed);
            let kind = also(kind, write_results(environment, outcomes));
            let clean = args.clean && kind.is_none();
            let cleaned = if clean { remove_earlier(detail, &dir, outcomes) } else { Ok(()) };
            let kind = also(kind, cleaned);
            match tested.filter(|_| args.test && kind.is_none()) {
                Some(task) => {
                    let wheels: Vec<_> = wheels(outcomes).map(|wheel| wheel.path.clone()).collect();
                    let lookup = args.native.lookup(environment);
                    match of_built(environment, detail, lookup, &args.other, &task, &wheels) {
                        Ok((tests, kind)) => {
                            report = report.with_tests(&tests);
                            kind
                        }
                        Err(failure) => {
                            report = report.with_failure(&failure);
                            also(None, Err(failure))
                        }
                    }
                }
                None => kind,
            }
        }
        Ok(None) => {
            if detail != Detail::Quiet {
                tell("nothing to build: there are more shards than targets");
            }
            None
        }
        Err(failure) => also(None, Err(failure)),
    };
    let kind = match &args.report {
        Some(path) => also(kind, report.write(path)),
        None => kind,
    };
    let kind = match &page {
        Some(page) => also(kind, page.write(detail, &report)),
        None => kind,
    };
    Ok(kind.map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code())))
}

/// The page of timings that `--timings` asks for.
struct Page {
    path: PathBuf,
    project: String,
    timings: Timings,
}

impl Page {
    /// A page at `path` about a run that started at `start`, for the project at `root`.
    fn of(path: Option<PathBuf>, root: &Path, start: Instant) -> Option<Self> {
        let name = root.file_name().unwrap_or(root.as_os_str());
        let project = name.to_string_lossy().into_owned();
        Some(Self { path: path?, project, timings: Timings::new(start) })
    }

    fn write(&self, detail: Detail, report: &Report) -> Result<()> {
        self.timings.write(&self.path, &self.project, report)?;
        if detail != Detail::Quiet {
            tell(format_args!("timings: {}", self.path.display()));
        }
        Ok(())
    }
}

/// The wheels that were built.
fn wheels(outcomes: &[Outcome]) -> impl Iterator<Item = &Wheel> {
    outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok())
}

/// Refuses to build wheels that cannot be tested afterwards.
fn testable(plan: Plan, args: &BuildArgs) -> Result<Plan> {
    let no_command = plan.project.settings.test.commands.is_empty();
    if !args.test || !(no_command || plan.options.editable) {
        return Ok(plan);
    }
    let (found, help) = match plan.options.editable {
        true => ("an editable wheel works in place only", "leave out --test"),
        false => (
            "the project has no `test-command`",
            "write one into the project's configuration: test-command = [\"pytest {project}\"]",
        ),
    };
    Err(Failure::project("testing the wheels after the build", found, help))
}

/// Makes the plan for the `targets` named on the command line. Reads the project and runs nothing.
pub(super) fn plan(
    environment: &Environment,
    native: &NativeArgs,
    targets: Option<&str>,
    out_dir: &Path,
    with: impl FnOnce(Options) -> Options,
) -> Result<Plan> {
    let project = Project::read(native.project.path(), environment.get("GOWORK"))?;
    let options = native.options(environment, &project, targets, out_dir.to_owned())?;
    Plan::new(project, with(options))
}

/// Creates the output directory, and checks that it is writable before anything is built.
pub(super) fn ready(out_dir: &Path) -> Result<()> {
    let doing = format!("preparing the output directory {}", out_dir.display());
    let made = fs_err::create_dir_all(out_dir).and_then(|()| check_dir_writable(out_dir));
    made.map_err(|error| Failure::io(doing, &error))
}

/// Builds, showing progress; `timings` sees the same events.
pub(super) fn build(
    environment: &Environment,
    lookup: Lookup,
    detail: Detail,
    plan: &Plan,
    timings: Option<&Timings>,
) -> Result<Built> {
    let progress = Arc::new(Progress::new(environment, detail, plan.targets()));
    let shown = Arc::clone(&progress);
    let lookup = Lookup { go_dirs: plan.project.go_dirs(), ..lookup };
    let tools = Tools::new(environment, lookup, move |download| shown.downloading(&download));
    let observer = |event: &Event<'_>| {
        progress.event(event);
        if let Some(timings) = timings {
            timings.event(event);
        }
    };
    // An editable wheel is for the Python that it is built with.
    let own = match plan.options.editable {
        true => tools.host()?.python.release.map(|release| plan.clone().for_python(release)),
        false => None,
    };
    let results = factory::run(own.as_ref().unwrap_or(plan), &tools, &observer);
    progress.finish();
    Ok(Built { results: results?, tools })
}

/// Prints the result of each target: the table, the paths of the wheels, the failures.
fn show(
    environment: &Environment,
    detail: Detail,
    root: &Path,
    outcomes: &[Outcome],
    profile: Profile,
    elapsed: Duration,
) -> Option<Kind> {
    if detail != Detail::Quiet {
        let built = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
        let count = outcomes.len();
        tell(format_args!(
            "{}{built} of {count} wheels in {}{}",
            table(outcomes),
            seconds(elapsed),
            of_profile(profile)
        ));
    }
    let printed = print(wheels(outcomes).map(|wheel| wheel.path.display()));
    also(environment, verdict(environment, root, outcomes), printed)
}

/// How closing lines end, by what was built.
pub(super) fn of_profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Release => "",
        Profile::Debug => ", with debug information",
    }
}

/// Removes the wheels of earlier builds from `dir`.
fn remove_earlier(detail: Detail, dir: &Path, outcomes: &[Outcome]) -> Result<()> {
    for name in clean(dir, &wheels(outcomes).collect::<Vec<_>>())? {
        if detail != Detail::Quiet {
            tell(format_args!("removed {name}"));
        }
    }
    Ok(())
}

/// Prints a failure in `result`. An earlier failure, `before`, still determines the exit code.
fn also(environment: &Environment, before: Option<Kind>, result: Result<()>) -> Option<Kind> {
    let Err(failure) = result else { return before };
    print_failure(environment, "pygo", &failure);
    before.or(Some(failure.kind))
}
