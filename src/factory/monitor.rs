//! What all stages of a run share, and how one of them runs.
//!
//! In: a stage's [`Work`], the stages before it, and how to make its input. Out: its output, made or
//! kept by an earlier run, with events, times and a fingerprint on the way.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::event::{Event, Observer, Work};
use super::fingerprint::Hasher;
use super::input::{Input, Io};
use super::store::Store;
use crate::error::{Failure, Result};
use crate::process::check_stopped;
use crate::target::Target;

/// A stage that failed or was skipped.
#[derive(Debug, Clone)]
pub struct StageError {
    /// The stage and its scope.
    pub work: Work,
    /// The reason.
    pub failure: Arc<Failure>,
    /// Whether it started; an earlier failure elsewhere may prevent that.
    pub started: bool,
}

/// The time that a stage took, and its input.
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
    /// The time that making the output took, now or then.
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

    /// Runs `work`, which needs the outputs of `after`.
    pub(super) fn run<I: Input>(
        &self,
        work: &Work,
        after: &[Work],
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
        self.observer.event(&Event::Started { work, serves: &serves, after });
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
        let tools = input.tools();
        if let Some(mut found) = store.find(&key, tools.clone()) {
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
        let (start, clock) = (store.clock(), Instant::now());
        let result = input.run(&io);
        if let Some(saved) = result.as_ref().ok().and_then(I::save) {
            let notes = io.into_notes();
            store.keep(&key, tools, saved, notes, (start, clock.elapsed()));
            self.kept.store(true, Ordering::SeqCst);
        }
        (result, None)
    }

    /// Records that `work` failed.
    pub(super) fn failed(&self, work: &Work, failure: Failure) -> StageError {
        self.failed.store(true, Ordering::SeqCst);
        if work.scope.concerns_all() {
            self.hopeless.store(true, Ordering::SeqCst);
        }
        StageError { work: work.clone(), failure: Arc::new(failure), started: true }
    }
}
