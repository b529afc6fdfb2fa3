//! Carries out a plan and reports the outcome of each target.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::c_inputs;
use super::costs::Costs;
use super::derive::{exports, with_derived};
use super::event::{Event, Observer, Work};
use super::flow::Flow;
use super::inputs::Inputs;
use super::monitor::{Monitor, StageTime};
use super::notes_once::NotesOnce;
use super::pipeline::{Outcome, pipeline};
use super::plan::Plan;
use super::store::{LIMIT, Limits, Store, prune};
use crate::error::Result;
use crate::project::Profile;
use crate::toolchain::{Tools, Version};

/// The result of a run.
#[derive(Debug)]
pub struct Results {
    /// The outcome of each wheel, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// The time that each stage took, in the order in which they ended.
    pub times: Vec<StageTime>,
    /// The Go that built, if one did: a go.mod may require a newer one than was found.
    pub go: Option<Version>,
    /// The profile of the native code.
    pub profile: Profile,
}

/// Builds every wheel of `plan`. A target that fails does not stop the others. Each wheel is moved
/// into place as soon as it is finished.
///
/// # Errors
/// Only what prevents all targets from starting.
pub fn run(plan: &Plan, tools: &Tools, observer: &dyn Observer) -> Result<Results> {
    let observer = &NotesOnce::new(observer);
    let first = plan.of_share();
    c_inputs::check(&first)?;
    tools.check(&first.tools())?;
    let cache = tools.cache()?;
    if let Some(note) = cache.note() {
        observer.event(&Event::Note(&note));
    }
    let in_use = cache.in_use()?;
    let work = cache.temporary("run")?;
    let name = work.path().file_name().unwrap_or_default();
    let logs = cache.dir("logs")?.join(name);
    let options = &first.options;
    let mut monitor = Monitor::new(observer, &options.targets, logs.clone(), options.fail_fast);
    if tools.uses_cache() {
        monitor.store = Store::new(cache, &plan.project.root, tools.environment());
    }
    // Of the whole plan: each share of a matrix must get the same declarations.
    let inputs = Inputs::new(plan, tools, observer, work.path())?;
    let complete = with_derived(&inputs, &monitor)?.map(|complete| complete.of_share());
    let plan = complete.as_ref().unwrap_or(&first);
    for note in &plan.project.notes {
        observer.event(&Event::Note(note));
    }
    let inputs = inputs.of(plan, observer);
    let costs = Costs::of_earlier_runs(cache, &plan.project.root);
    let mut flow = Flow::new(&monitor, costs.clone());
    let outcomes = pipeline(&mut flow, &inputs, &monitor);
    flow.run(options.jobs)?;
    let has_built = monitor.kept.load(Ordering::SeqCst);
    if has_built {
        prune(cache, Limits::default());
    }
    if let Some(note) = monitor.store.as_ref().and_then(Store::note) {
        observer.event(&Event::Note(&note));
    }
    drop(in_use);
    // The wheels are built: what cannot be removed now is left to a later run.
    if has_built && let Err(failure) = cache.prune(LIMIT) {
        observer.event(&Event::Note(&failure.to_string()));
    }
    // Every node has run, so every slot is filled.
    let outcomes: Vec<_> = outcomes.iter().filter_map(|slot| slot.get().cloned()).collect();
    let times = monitor.finish()?;
    if has_built {
        costs.remember(&times, cache, &plan.project.root);
    }
    let go = inputs.go_version();
    for note in notes(&outcomes) {
        observer.event(&Event::Note(&note));
    }
    if outcomes.iter().all(|outcome| outcome.result.is_ok()) {
        let _ = fs_err::remove_dir_all(&logs);
    }
    Ok(Results { outcomes, times, go, profile: options.profile })
}

/// The stages that a run of `plan` has, in an order in which they can run. Locates no tool.
///
/// # Errors
/// If a Go file of the project cannot be read.
pub fn stages(plan: &Plan, tools: &Tools) -> Result<Vec<Work>> {
    let silent = |_: &Event<'_>| {};
    let plan = &plan.of_share();
    c_inputs::check(plan)?;
    let monitor = Monitor::new(&silent, &plan.options.targets, PathBuf::new(), false);
    let inputs = Inputs::new(plan, tools, &silent, Path::new(""))?;
    let mut flow = Flow::new(&monitor, Costs::default());
    exports(&mut flow, &inputs);
    pipeline(&mut flow, &inputs, &monitor);
    Ok(flow.stages())
}

/// What `pygo check` reports about wheels that were written: without targets if it concerns all.
fn notes(outcomes: &[Outcome]) -> Vec<String> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for outcome in outcomes {
        for finding in outcome.result.iter().flat_map(|wheel| &wheel.findings) {
            let subject = if finding.member.is_empty() { "the wheel " } else { "" };
            let text = format!("{subject}{finding}; {}", finding.fix);
            found.entry(text).or_default().push(outcome.target.name());
        }
    }
    let written = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let note = |(text, targets): (String, Vec<&str>)| {
        if targets.len() < written { format!("{}: {text}", targets.join(", ")) } else { text }
    };
    found.into_iter().map(note).collect()
}
