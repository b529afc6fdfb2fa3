//! Stages as nodes of a graph whose edges carry values.
//!
//! In: a stage's scope, the nodes it needs, and how to make its input from their outputs. Out: a
//! [`Node`] that later stages can need in turn. Every stage passes through [`Flow::stage`]: it
//! reports events, measures, fingerprints the input, and skips what can no longer succeed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::event::{Event, Observer, Scope, Work};
use super::fingerprint::Hasher;
pub(super) use super::input::{Input, Io};
use super::schedule::{Graph, NodeId};
use super::store::Store;
use crate::error::{Failure, Result};
use crate::process::check_stopped;
use crate::target::Target;

/// A stage that failed or was skipped.
#[derive(Debug, Clone)]
pub struct StageError {
    /// The stage and its scope.
    pub work: Work,
    /// Why.
    pub failure: Arc<Failure>,
    /// Whether it started; an earlier failure elsewhere may prevent that.
    pub started: bool,
}

/// How long a stage took, and of what input.
#[derive(Debug, Clone)]
pub struct StageTime {
    /// The stage and its scope.
    pub work: Work,
    /// From start to end.
    pub elapsed: Duration,
    /// Digest of its input, in hexadecimal.
    pub fingerprint: String,
    /// Whether its output is that of an earlier run.
    pub cached: bool,
    /// How long it took to make the output, now or then.
    pub cost: Duration,
}

/// What all stages of a run share: where they report to, and whether to go on.
pub(super) struct Monitor<'r> {
    pub(super) observer: &'r dyn Observer,
    pub(super) targets: &'r [Target],
    pub(super) logs: PathBuf,
    pub(super) fail_fast: bool,
    pub(super) start: Instant,
    /// Kept outputs of earlier runs, if they may be used.
    pub(super) store: Option<Store<'r>>,
    failed: AtomicBool,
    /// Set once no target can be built any more.
    hopeless: AtomicBool,
    /// The first failure to make an input: a missing tool or a request no tool can meet.
    unready: OnceLock<Failure>,
    times: Mutex<Vec<StageTime>>,
    /// Whether something was added to the kept outputs.
    pub(super) kept: AtomicBool,
}

impl<'r> Monitor<'r> {
    pub(super) fn new(
        observer: &'r dyn Observer,
        targets: &'r [Target],
        logs: PathBuf,
        fail_fast: bool,
    ) -> Self {
        Self {
            observer,
            targets,
            logs,
            fail_fast,
            start: Instant::now(),
            store: None,
            failed: AtomicBool::new(false),
            hopeless: AtomicBool::new(false),
            unready: OnceLock::new(),
            times: Mutex::default(),
            kept: AtomicBool::new(false),
        }
    }

    /// The stages that ran, in the order in which they ended.
    ///
    /// # Errors
    /// What kept stages from starting at all.
    pub(super) fn finish(self) -> Result<Vec<StageTime>> {
        match self.unready.into_inner() {
            Some(failure) => Err(failure),
            None => Ok(self.times.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn run<I: Input>(
        &self,
        work: &Work,
        input: impl FnOnce() -> Result<I>,
    ) -> Result<I::Output, StageError> {
        check_stopped(&work.to_string()).map_err(|failure| self.failed(work, failure))?;
        let give_up = self.fail_fast && self.failed.load(Ordering::SeqCst);
        if give_up || self.hopeless.load(Ordering::SeqCst) {
            let failure = Failure::build(
                work.to_string(),
                "skipped after an earlier failure",
                "fix that failure first",
            );
            return Err(StageError {
                work: work.clone(),
                failure: Arc::new(failure),
                started: false,
            });
        }
        let ready = input().and_then(|input| {
            let mut hasher = Hasher::new(I::STAGE)?;
            input.feed(&mut hasher)?;
            Ok((hasher.finish(), input))
        });
        let (fingerprint, input) = ready.map_err(|failure| {
            if !failure.kind.is_interruption() {
                let _ = self.unready.set(failure.clone());
            }
            self.hopeless.store(true, Ordering::SeqCst);
            self.failed(work, failure)
        })?;
        let targets = self.targets.iter().filter(|target| work.scope.serves(**target));
        let serves: Vec<Target> = targets.copied().collect();
        self.observer.event(&Event::Started { work, serves: &serves });
        let log = self.logs.join(format!("{}-{}.log", work.scope, work.stage));
        let start = Instant::now();
        let (result, then) = self.made(input, &log);
        let elapsed = start.elapsed();
        let (cached, cost) = (then.is_some(), then.unwrap_or(elapsed));
        let time = StageTime { work: work.clone(), elapsed, fingerprint, cached, cost };
        self.times.lock().unwrap_or_else(PoisonError::into_inner).push(time);
        let failure = result.as_ref().err();
        self.observer.event(&Event::Finished {
            work,
            serves: &serves,
            elapsed,
            cached,
            log: &log,
            failure,
        });
        result.map_err(|failure| self.failed(work, failure))
    }

    /// The output for `input`; if an earlier run made it, how long that took.
    fn made<I: Input>(&self, input: I, log: &Path) -> (Result<I::Output>, Option<Duration>) {
        let io = Io::new(self.observer, log);
        let key = |store: &Store<'_>| {
            let mut hasher = Hasher::new(I::STAGE).ok()?;
            hasher.value("for", &store.identity()).ok()?;
            input.key(&mut hasher).ok()?.then(|| hasher.finish())
        };
        let keyed = self.store.as_ref().and_then(|store| Some((store, key(store)?)));
        let Some((store, key)) = keyed else {
            return (input.run(&io), None);
        };
        if let Some(mut found) = store.find(&key) {
            let (notes, elapsed) = (std::mem::take(&mut found.notes), found.elapsed);
            match input.restore(found) {
                Ok(Some(output)) => {
                    notes.iter().for_each(|note| io.note(note));
                    return (Ok(output), Some(elapsed));
                }
                Ok(None) => {}
                Err(failure) => return (Err(failure), None),
            }
        }
        let start = Instant::now();
        let result = input.run(&io);
        if let Some(saved) = result.as_ref().ok().and_then(I::save) {
            let notes = io.into_notes();
            store.keep(&key, saved, notes, start.elapsed());
            self.kept.store(true, Ordering::SeqCst);
        }
        (result, None)
    }

    fn failed(&self, work: &Work, failure: Failure) -> StageError {
        self.failed.store(true, Ordering::SeqCst);
        if work.scope.concerns_all() {
            self.hopeless.store(true, Ordering::SeqCst);
        }
        StageError { work: work.clone(), failure: Arc::new(failure), started: true }
    }
}

/// A stage in the graph, and where its output appears.
pub(super) struct Node<T> {
    id: NodeId,
    slot: Arc<Slot<T>>,
}

type Slot<T> = OnceLock<Result<Arc<T>, StageError>>;

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self { id: self.id, slot: Arc::clone(&self.slot) }
    }
}

impl<T> Node<T> {
    /// Its output, once the graph has run it; `None` before that.
    pub(super) fn output(&self) -> Option<Result<Arc<T>, StageError>> {
        self.slot.get().cloned()
    }
}

/// The nodes that a stage needs, and the values it receives from them.
pub(super) trait Needs: Send {
    /// The outputs.
    type Values;
    /// The nodes to wait for.
    fn nodes(&self) -> Vec<NodeId>;
    /// Their outputs, or the first error among them; `None` before they have run.
    fn values(&self) -> Option<Result<Self::Values, StageError>>;
}

impl Needs for () {
    type Values = ();

    fn nodes(&self) -> Vec<NodeId> {
        Vec::new()
    }

    fn values(&self) -> Option<Result<(), StageError>> {
        Some(Ok(()))
    }
}

impl<T: Send + Sync> Needs for Node<T> {
    type Values = Arc<T>;

    fn nodes(&self) -> Vec<NodeId> {
        vec![self.id]
    }

    fn values(&self) -> Option<Result<Arc<T>, StageError>> {
        self.output()
    }
}

impl<N: Needs> Needs for Vec<N> {
    type Values = Vec<N::Values>;

    fn nodes(&self) -> Vec<NodeId> {
        self.iter().flat_map(Needs::nodes).collect()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        self.iter().map(Needs::values).try_fold(Ok(Vec::new()), |all, value| {
            Some(both(all, value?).map(|(mut all, value)| {
                all.push(value);
                all
            }))
        })
    }
}

impl<N: Needs> Needs for Option<N> {
    type Values = Option<N::Values>;

    fn nodes(&self) -> Vec<NodeId> {
        self.iter().flat_map(Needs::nodes).collect()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        self.as_ref().map_or(Some(Ok(None)), |needs| Some(needs.values()?.map(Some)))
    }
}

impl<A: Needs, B: Needs> Needs for (A, B) {
    type Values = (A::Values, B::Values);

    fn nodes(&self) -> Vec<NodeId> {
        [self.0.nodes(), self.1.nodes()].concat()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        Some(both(self.0.values()?, self.1.values()?))
    }
}

/// Both values, or the error that explains more: a stage that failed rather than one that was
/// skipped for it, and of two of a kind the first.
fn both<A, B>(
    first: Result<A, StageError>,
    second: Result<B, StageError>,
) -> Result<(A, B), StageError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(skipped), Err(failed)) if failed.started && !skipped.started => Err(failed),
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// The graph of a run while it is being put together.
pub(super) struct Flow<'g> {
    graph: Graph<'g>,
    stages: Vec<Work>,
    monitor: &'g Monitor<'g>,
}

impl<'g> Flow<'g> {
    pub(super) fn new(monitor: &'g Monitor<'g>) -> Self {
        Self { graph: Graph::default(), stages: Vec::new(), monitor }
    }

    /// Adds a stage. `input` is called when everything in `needs` has succeeded; where something
    /// failed, that error is this stage's too, and nothing runs.
    pub(super) fn stage<I: Input, N: Needs + 'g>(
        &mut self,
        scope: Scope,
        needs: N,
        input: impl FnOnce(N::Values) -> Result<I> + Send + 'g,
    ) -> Node<I::Output>
    where
        I::Output: 'g,
    {
        let monitor = self.monitor;
        let work = Work { stage: I::STAGE, scope };
        self.stages.push(work.clone());
        self.add(needs, move |values| monitor.run(&work, || input(values)))
    }

    /// Adds a value computed from others, which is not a stage: it has no events.
    pub(super) fn value<T: Send + Sync + 'g, N: Needs + 'g>(
        &mut self,
        work: Work,
        needs: N,
        compute: impl FnOnce(N::Values) -> Result<T> + Send + 'g,
    ) -> Node<T> {
        let monitor = self.monitor;
        self.add(needs, move |values| {
            compute(values).map_err(|failure| monitor.failed(&work, failure))
        })
    }

    /// Adds `end`, called when everything in `needs` has run, whatever came of it.
    pub(super) fn finally<N: Needs + 'g>(
        &mut self,
        needs: N,
        end: impl FnOnce(Result<N::Values, StageError>) + Send + 'g,
    ) {
        self.graph.add(&needs.nodes(), move || {
            if let Some(values) = needs.values() {
                end(values);
            }
        });
    }

    fn add<T: Send + Sync + 'g, N: Needs + 'g>(
        &mut self,
        needs: N,
        body: impl FnOnce(N::Values) -> Result<T, StageError> + Send + 'g,
    ) -> Node<T> {
        let slot = Arc::new(Slot::new());
        let output = Arc::clone(&slot);
        let id = self.graph.add(&needs.nodes(), move || {
            // The graph runs a node after all it needs, so the values exist.
            if let Some(values) = needs.values() {
                let _ = output.set(values.and_then(body).map(Arc::new));
            }
        });
        Node { id, slot }
    }

    /// The stages that were added, in that order.
    pub(super) fn stages(self) -> Vec<Work> {
        self.stages
    }

    /// Runs everything, at most `jobs` stages at a time.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub(super) fn run(self, jobs: usize) -> Result<()> {
        self.graph.run(jobs).map_err(|error| {
            Failure::toolchain(
                "starting the threads of the run",
                error.to_string(),
                "try fewer --jobs",
            )
        })
    }
}
