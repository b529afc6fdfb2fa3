//! Carries out a plan: the stages in parallel, each shared one once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::event::{Event, Observer, Of, Stage, Work};
use super::plan::{Floors, Plan};
use super::schedule::Graph;
use super::stage::{self, BaseWheel, CffiSource, Context, Library, Wheel};
use crate::error::{Failure, Kind, Result};
use crate::process::check_stopped;
use crate::target::{Slice, Target};
use crate::toolchain::{Fetching, Toolchain, Version};

/// What became of one target.
#[derive(Debug)]
pub struct Outcome {
    /// The target.
    pub target: Target,
    /// Its wheel, or what broke.
    pub result: Result<Wheel, Broken>,
    /// From the beginning of the run until nothing more was to be done for it.
    pub elapsed: Duration,
}

/// Work that failed, or that was not begun because of other work that failed.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The work that failed.
    pub work: Work,
    /// Why.
    pub failure: Arc<Failure>,
    /// Whether the work was begun; it is not when something else failed before.
    pub begun: bool,
}

/// How long one piece of work took.
#[derive(Debug, Clone, Copy)]
pub struct StageTime {
    /// The work.
    pub work: Work,
    /// From its beginning to its end.
    pub elapsed: Duration,
}

/// A value that one piece of work makes and others take, once it has been made.
type Slot<T> = OnceLock<Result<T, Broken>>;

struct Run<'a> {
    context: Context<'a>,
    observer: &'a dyn Observer,
    logs: PathBuf,
    start: Instant,
    failed: AtomicBool,
    /// Something failed without which no target can be built.
    hopeless: AtomicBool,
    times: Mutex<Vec<StageTime>>,
}

/// What a run came to.
#[derive(Debug)]
pub struct Results {
    /// What became of each target, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// How long each piece of work took, in the order in which they ended.
    pub times: Vec<StageTime>,
    /// The Go that built: a go.mod may have asked for a newer one than was found.
    pub go: Version,
}

/// Builds every wheel of `plan`. One target that fails does not stop the others. Wheels are put
/// in place as they are finished.
///
/// # Errors
/// Only what keeps all targets from starting.
pub fn run(plan: &Plan, toolchain: &Toolchain, observer: &dyn Observer) -> Result<Results> {
    // Of several libraries, the one that asks for the newest Go asks for the newest system.
    let mut go = None;
    for library in &plan.project.libraries {
        go = go.max(Some(toolchain.go.version_in(&library.dir, plan.options.offline)?));
    }
    let go = go.unwrap_or(toolchain.go.0.version);
    let floors = Floors::new(&plan.options, go)?;
    let work = toolchain.host.cache.temporary("run")?;
    let name = work.path().file_name().unwrap_or_default();
    let run = Run {
        context: Context { plan, toolchain, floors, work: work.path() },
        observer,
        logs: toolchain.host.cache.dir("logs")?.join(name),
        start: Instant::now(),
        failed: AtomicBool::new(false),
        hopeless: AtomicBool::new(false),
        times: Mutex::default(),
    };
    let systems: BTreeSet<_> = plan.options.targets.iter().map(|target| target.os()).collect();
    for caveat in systems.into_iter().filter_map(|os| toolchain.compiler.caveat(os)) {
        observer.event(&Event::Note(&caveat));
    }
    let outcomes = run.all()?;
    for note in notes(&outcomes) {
        observer.event(&Event::Note(&note));
    }
    if outcomes.iter().all(|outcome| outcome.result.is_ok()) {
        let _ = fs_err::remove_dir_all(&run.logs);
    }
    let times = run.times.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Results { outcomes, times, go })
}

/// What was found in wheels that are written all the same: once where it is said of all, else with
/// the targets.
fn notes(outcomes: &[Outcome]) -> Vec<String> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for outcome in outcomes {
        for finding in outcome.result.iter().flat_map(|wheel| &wheel.findings) {
            let what = match finding.member.as_str() {
                "" => format!("the wheel {finding}; {}", finding.fix),
                _ => format!("{finding}; {}", finding.fix),
            };
            found.entry(what).or_default().push(outcome.target.name());
        }
    }
    let written = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    found
        .into_iter()
        .map(|(what, targets)| match targets.len() < written {
            true => format!("{}: {what}", targets.join(", ")),
            false => what,
        })
        .collect()
}

impl Run<'_> {
    fn all(&self) -> Result<Vec<Outcome>> {
        let plan = self.context.plan;
        let base: Slot<BaseWheel> = OnceLock::new();
        let source: Slot<Vec<CffiSource>> = OnceLock::new();
        let libraries: Vec<Slot<Vec<Library>>> =
            plan.slices.iter().map(|_| OnceLock::new()).collect();
        let binaries: Vec<Slot<Vec<(String, PathBuf)>>> =
            plan.slices.iter().map(|_| OnceLock::new()).collect();
        let outcomes: Vec<OnceLock<Outcome>> =
            plan.options.targets.iter().map(|_| OnceLock::new()).collect();

        let mut graph = Graph::default();
        let based = graph.add(&[], || fill(&base, self.base_wheel()));
        let sourced = graph.add(&[], || fill(&source, self.cffi_source()));
        let mut built = Vec::new();
        for (index, slice) in plan.slices.iter().enumerate() {
            let (slot, out) = (&libraries[index], &binaries[index]);
            let source = &source;
            let library = graph.add(&[], move || fill(slot, self.libraries(*slice)));
            built.push(graph.add(&[library, sourced], move || {
                fill(out, both(source, slot).and_then(|(s, l)| self.extensions(*slice, l, s)));
            }));
        }
        for (target, slot) in plan.options.targets.iter().zip(&outcomes) {
            let needs = |slice: &Slice| plan.slices.iter().position(|other| other == slice);
            let slices: Vec<usize> = target.slices().iter().filter_map(needs).collect();
            let mut after: Vec<_> = slices.iter().map(|index| built[*index]).collect();
            after.push(based);
            let (base, binaries) = (&base, &binaries);
            graph.add(&after, move || {
                // What every target needs is asked first: it is the better reason.
                let result = take(base).and_then(|base| {
                    let parts: Result<Vec<_>, Broken> =
                        slices.iter().map(|index| take(&binaries[*index])).collect();
                    self.wheel(*target, base, &parts?)
                });
                self.observer.event(&Event::Ended { target: *target, whole: result.is_ok() });
                let elapsed = self.start.elapsed();
                let _ = slot.set(Outcome { target: *target, result, elapsed });
            });
        }
        graph.run(plan.options.jobs).map_err(|error| {
            Failure::toolchain(
                "starting the threads of the run",
                error.to_string(),
                "try fewer --jobs",
            )
        })?;
        // Every piece of work was run, the last ones among them, so each slot is filled.
        Ok(outcomes.into_iter().filter_map(OnceLock::into_inner).collect())
    }

    fn base_wheel(&self) -> Result<BaseWheel, Broken> {
        let fetching = |fetching: Fetching| self.observer.event(&Event::Fetching(&fetching));
        let base = self.step(Stage::BaseWheel, Of::All, |log| {
            stage::base_wheel(&self.context, &fetching, log)
        })?;
        if !base.left_out.is_empty() {
            let list: Vec<_> =
                base.left_out.iter().map(|(path, what)| format!("{path} ({what})")).collect();
            self.observer.event(&Event::Note(&format!(
                "left out of the wheels, as outputs of an earlier build: {}",
                list.join(", ")
            )));
        }
        let project = &self.context.plan.project;
        let metadata = &base.wheel.metadata;
        if !project.extensions.is_empty() && !metadata.requires("cffi") {
            self.observer.event(&Event::Note(
                "the project does not name cffi among its dependencies; its wheels will, but an \
                 installer that reads pyproject.toml alone cannot know: add it there",
            ));
        }
        Ok(base)
    }

    fn cffi_source(&self) -> Result<Vec<CffiSource>, Broken> {
        self.step(Stage::CffiSource, Of::All, |log| stage::cffi_source(&self.context, log))
    }

    fn libraries(&self, slice: Slice) -> Result<Vec<Library>, Broken> {
        self.step(Stage::Library, Of::Slice(slice), |log| {
            let libraries = &self.context.plan.project.libraries;
            libraries
                .iter()
                .map(|library| stage::library(&self.context, library, slice, log))
                .collect()
        })
    }

    /// Builds the extensions of a slice; gives all its binaries with their paths in the wheel.
    fn extensions(
        &self,
        slice: Slice,
        libraries: &[Library],
        sources: &[CffiSource],
    ) -> Result<Vec<(String, PathBuf)>, Broken> {
        let project = &self.context.plan.project;
        let mut members: Vec<_> = project
            .libraries
            .iter()
            .zip(libraries)
            .map(|(library, built)| {
                (self.context.plan.place(&library.wheel_path(slice.os)), built.binary.clone())
            })
            .collect();
        self.step(Stage::Extension, Of::Slice(slice), |log| {
            for (extension, source) in project.extensions.iter().zip(sources) {
                let library = &libraries[extension.library];
                let file = stage::extension(&self.context, extension, source, library, slice, log)?;
                members.push((self.context.plan.place(&extension.wheel_path()), file));
            }
            Ok(())
        })?;
        Ok(members)
    }

    fn wheel(
        &self,
        target: Target,
        base: &BaseWheel,
        slices: &[&Vec<(String, PathBuf)>],
    ) -> Result<Wheel, Broken> {
        let of = Of::Target(target);
        let fused = || stage::native_part(target, slices);
        let native = match slices.len() {
            1 => fused().map_err(|failure| self.broken(Stage::Audit, of, failure))?,
            _ => self.step(Stage::Fuse, of, |_| fused())?,
        };
        let verdict =
            self.step(Stage::Audit, of, |_| stage::audit(&self.context, target, base, &native))?;
        for warning in &verdict.findings {
            // What is an error among them has stopped the target by now.
            self.observer
                .event(&Event::Note(&format!("{target}: {}; {}", warning.what, warning.fix)));
        }
        self.step(Stage::Pack, of, |_| stage::pack(&self.context, target, base, &native, &verdict))
    }

    /// Does one piece of work: tells the observer, takes the time, and does not begin when the
    /// run is to stop.
    fn step<T>(
        &self,
        stage: Stage,
        of: Of,
        body: impl FnOnce(&std::path::Path) -> Result<T>,
    ) -> Result<T, Broken> {
        let plan = self.context.plan;
        let serves = match of {
            Of::All => plan.options.targets.clone(),
            Of::Slice(slice) => plan.served_by(slice),
            Of::Target(target) => vec![target],
        };
        let work = Work { stage, of };
        check_stopped(&format!("{stage} for {of}"))
            .map_err(|failure| self.broken(stage, of, failure))?;
        let give_up = plan.options.fail_fast && self.failed.load(Ordering::SeqCst);
        if give_up || self.hopeless.load(Ordering::SeqCst) {
            return Err(Broken {
                work,
                failure: Arc::new(Failure::build(
                    format!("{stage} for {of}"),
                    "not begun, because something else failed before",
                    "mend that first",
                )),
                begun: false,
            });
        }
        self.observer.event(&Event::Started { work, serves: &serves });
        let log = self.logs.join(format!("{of}-{stage}.log"));
        let start = Instant::now();
        let result = body(&log);
        let elapsed = start.elapsed();
        self.times.lock().unwrap_or_else(PoisonError::into_inner).push(StageTime { work, elapsed });
        let failure = result.as_ref().err();
        self.observer.event(&Event::Finished {
            work,
            serves: &serves,
            elapsed,
            log: &log,
            failure,
        });
        result.map_err(|failure| self.broken(stage, of, failure))
    }

    fn broken(&self, stage: Stage, of: Of, failure: Failure) -> Broken {
        self.failed.store(true, Ordering::SeqCst);
        if of == Of::All {
            self.hopeless.store(true, Ordering::SeqCst);
        }
        Broken { work: Work { stage, of }, failure: Arc::new(failure), begun: true }
    }
}

fn fill<T>(slot: &Slot<T>, value: Result<T, Broken>) {
    // The graph runs each piece of work once, so the slot is empty.
    let _ = slot.set(value);
}

fn take<T>(slot: &Slot<T>) -> Result<&T, Broken> {
    match slot.get() {
        Some(Ok(value)) => Ok(value),
        Some(Err(broken)) => Err(broken.clone()),
        None => Err(not_made(Work { stage: Stage::BaseWheel, of: Of::All })),
    }
}

fn both<'s, A, B>(a: &'s Slot<A>, b: &'s Slot<B>) -> Result<(&'s A, &'s B), Broken> {
    Ok((take(a)?, take(b)?))
}

fn not_made(work: Work) -> Broken {
    let failure = Failure::new(
        Kind::Build,
        format!("{} for {}", work.stage, work.of),
        "it was never run",
        "this is a bug of pygo: please report it with the command line",
    );
    Broken { work, failure: Arc::new(failure), begun: true }
}
