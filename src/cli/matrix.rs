//! `pygo matrix` and `pygo build`: wheels for many targets, or for this machine.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::build_args::{BuildArgs, names};
use super::{complain, print};
use crate::error::{Failure, Kind, Result};
use crate::factory::{self, Broken, Of, Outcome, Plan};
use crate::project::Project;
use crate::report::{Progress, Report, seconds, table};
use crate::target::Target;
use crate::toolchain;

/// Build a wheel for each target, in one run
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The targets, separated by commas: names, Go's names (linux/arm64), triples, or host
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    targets: Option<String>,
    #[command(flatten)]
    build: BuildArgs,
}

/// Build a wheel for the machine that this runs on
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    build: BuildArgs,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        run(&self.build, self.targets.as_deref())
    }
}

impl BuildArguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        run(&self.build, Some("host"))
    }
}

fn run(args: &BuildArgs, targets: Option<&str>) -> Result<ExitCode> {
    let start = Instant::now();
    let result = build(args, targets, start);
    if let (Err(failure), Some(path)) = (&result, &args.report) {
        Report::failed(args.jobs(), start.elapsed(), failure).write(path)?;
    }
    result
}

fn build(args: &BuildArgs, targets: Option<&str>, start: Instant) -> Result<ExitCode> {
    let project = Project::read(&args.project)?;
    let lookup = args.lookup(&project);
    let plan = args.plan(project, targets)?;
    if args.dry_run {
        return dry_run(&plan);
    }
    let out_dir = &plan.options.out_dir;
    ready(out_dir)?;
    let progress = Progress::new(args.detail(), &plan.options.targets);
    let built = toolchain::find(&lookup, &|fetching| progress.fetching(&fetching))
        .and_then(|tools| Ok((factory::run(&plan, &tools, &progress)?, tools)));
    progress.finish();
    let ((outcomes, times), tools) = built?;
    if let Some(path) = &args.report {
        Report::finished(args.jobs(), start.elapsed(), &tools, &outcomes, &times).write(path)?;
    }
    if args.detail() != crate::report::Detail::Quiet {
        eprint!("{}", table(&outcomes));
        let whole = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
        eprintln!("{whole} of {} wheels in {}", outcomes.len(), seconds(start.elapsed()));
    }
    print(
        outcomes.iter().filter_map(|outcome| Some(outcome.result.as_ref().ok()?.path.display())),
    )?;
    Ok(verdict(&outcomes))
}

/// Says each failure once, however many targets it struck, and gives the exit code: that of the
/// failures' family if no wheel was built and all are of one, else 1.
fn verdict(outcomes: &[Outcome]) -> ExitCode {
    let broken: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome.target, outcome.result.as_ref().err()?)))
        .collect();
    let mut said: Vec<(&Broken, Vec<Target>)> = Vec::new();
    for (target, cause) in &broken {
        match said.iter_mut().find(|(other, _)| alike(other, cause)) {
            Some((_, struck)) => struck.push(*target),
            None => said.push((*cause, vec![*target])),
        }
    }
    for (cause, struck) in said.iter().filter(|(cause, _)| cause.begun) {
        let mut failure = Failure::clone(&cause.failure);
        if struck.len() > 1 && cause.work.of != Of::All {
            failure.doing = format!("{} (the same for {})", failure.doing, names(&struck[1..]));
        }
        complain(&format!("pygo: {}", names(struck)), &failure);
    }
    let mut kinds = broken.iter().map(|(_, cause)| cause.failure.kind);
    let Some(first) = kinds.next() else { return ExitCode::SUCCESS };
    let stopped =
        broken.iter().map(|(_, cause)| cause.failure.kind).find(|kind| kind.is_interruption());
    let all_alike = broken.len() == outcomes.len() && kinds.all(|kind| kind == first);
    let kind = stopped.unwrap_or(if all_alike { first } else { Kind::Build });
    ExitCode::from(kind.exit_code())
}

/// Whether two targets broke in the same way, so that saying it once is enough.
fn alike(one: &Broken, other: &Broken) -> bool {
    one.work.stage == other.work.stage
        && one.begun == other.begun
        && one.failure.found == other.failure.found
        && one.failure.help == other.failure.help
}

/// Makes the output directory, and tries whether it can be written to before anything is built.
fn ready(out_dir: &Path) -> Result<()> {
    let doing = format!("preparing the output directory {}", out_dir.display());
    let failed = |error: std::io::Error| Failure::io(&doing, &error);
    fs_err::create_dir_all(out_dir).map_err(failed)?;
    tempfile::Builder::new().prefix(".pygo-").tempfile_in(out_dir).map_err(failed)?;
    Ok(())
}

fn dry_run(plan: &Plan) -> Result<ExitCode> {
    let project = &plan.project;
    let library = |library: &crate::project::GoLibrary| {
        let exports: Vec<_> = library.exports.iter().map(|export| export.name.as_str()).collect();
        format!("library {}: exports {}", library.name, exports.join(", "))
    };
    let mut lines: Vec<String> = project.libraries.iter().map(library).collect();
    lines.extend(project.extensions.iter().map(|extension| {
        let count = extension.signatures.len();
        let plural = if count == 1 { "" } else { "s" };
        format!("extension {}: {count} signature{plural}", extension.module)
    }));
    lines.push(format!("base wheel: {}, once", project.build_system.backend));
    for slice in &plan.slices {
        let serves = names(&plan.served_by(*slice));
        let (goos, goarch) = (slice.system.goos(), slice.arch.goarch());
        lines.push(format!(
            "build {}: GOOS={goos} GOARCH={goarch} CGO_ENABLED=1, for {serves}",
            slice.name()
        ));
    }
    for target in &plan.options.targets {
        lines.push(format!("wheel {target}: into {}", plan.options.out_dir.display()));
    }
    print(lines)?;
    Ok(ExitCode::SUCCESS)
}
