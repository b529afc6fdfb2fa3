//! The pipeline: every stage in order, with what it needs. Read it from top to bottom.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::binding;
use super::event::{Event, Scope, Stage, Work};
use super::flow::Flow;
use super::inputs::Inputs;
use super::monitor::{Monitor, StageError};
use super::stage::Wheel;
use crate::target::{Slice, Target};

/// What became of one target.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The target.
    pub target: Target,
    /// Its wheel, or why there is none.
    pub result: Result<Wheel, StageError>,
    /// From the start of the run until nothing was left to do for it.
    pub elapsed: Duration,
}

/// Where the outcome of a target appears.
pub(super) type Slot = Arc<OnceLock<Outcome>>;

/// Adds the stages that build every wheel of the plan to `flow`.
pub(super) fn pipeline<'g>(
    flow: &mut Flow<'g>,
    inputs: &'g Inputs<'g>,
    monitor: &'g Monitor<'g>,
) -> Vec<Slot> {
    let plan = inputs.plan;

    // Once per run: the pure part of every wheel.
    let base = flow.stage(Scope::All, (), |()| inputs.base_wheel());

    // Once per part: the source of the module that cffi generates, if it has one. A slice for which the project
    // says something else may need another.
    let mut generate = |scope: Scope, module| {
        let own = scope.clone();
        flow.stage(scope, (), move |()| inputs.generate(&own, module))
    };
    let mut sources: BTreeMap<Slice, Vec<_>> = BTreeMap::new();
    let mut general = BTreeMap::new();
    for slice in plan.slices.iter().copied() {
        let mut of_slice = Vec::new();
        for part in plan.project.parts_on(slice) {
            let source = binding::of(part).source().map(|module| {
                let is_own = general.get(&part.id).is_some_and(|(known, _)| *known != module);
                if is_own {
                    return generate(Scope::Slice(part.id.clone(), slice), module);
                }
                let (_, node) = general.entry(part.id.clone()).or_insert_with(|| {
                    (module.clone(), generate(Scope::Part(part.id.clone()), module))
                });
                node.clone()
            });
            of_slice.push(source);
        }
        sources.insert(slice, of_slice);
    }

    // Once per slice and part: its library, then its extension; or its program.
    let mut binaries = Vec::new();
    for slice in plan.slices.iter().copied() {
        let mut of_slice = Vec::new();
        let sources = sources.get(&slice).cloned().unwrap_or_default();
        for (part, source) in plan.project.parts_on(slice).iter().zip(sources) {
            let scope = Scope::Slice(part.id.clone(), slice);
            // Only the base wheel has what the backend determines: versions of the project and of
            // Python.
            let uses_python = binding::of(part).python_headers().is_some();
            let version = (part.go.needs_version() || uses_python).then(|| base.clone());
            // Its own commands come before Go.
            let prepared = (!part.go.before.is_empty())
                .then(|| flow.stage(scope.clone(), (), move |()| inputs.prepare(part, slice)));
            let needs = (version, prepared.clone());
            if let Some(program) = binding::of(part).program() {
                let built = flow.stage(scope, needs, move |(base, prepared)| {
                    inputs.program(part, program, slice, base.as_deref(), prepared.as_deref())
                });
                of_slice.push((None, Some(built)));
                continue;
            }
            let library = flow.stage(scope.clone(), needs, move |(base, prepared)| {
                inputs.go_build(part, slice, base.as_deref(), prepared.as_deref())
            });
            let module = binding::of(part).extension(slice.os);
            let extension = module.zip(source).map(|(module, source)| {
                let needs = ((library.clone(), source), prepared);
                flow.stage(scope, needs, move |(built, prepared)| {
                    inputs.compile(part, module, slice, built, prepared.as_deref())
                })
            });
            of_slice.push((Some(library), extension));
        }
        binaries.push(of_slice);
    }

    // Once per target: its binaries, the tag they allow, its wheel.
    let mut outcomes = Vec::new();
    for target in plan.options.targets.iter().copied() {
        let scope = Scope::Target(target);
        let position = |slice: &Slice| plan.slices.iter().position(|other| other == slice);
        let slices: Vec<_> = target
            .slices()
            .iter()
            .filter_map(|slice| Some(binaries[position(slice)?].clone()))
            .collect();
        // A failed base wheel concerns every target, so its error comes first.
        let needs = (base.clone(), slices);
        let native = if target.slices().len() > 1 {
            flow.stage(scope.clone(), needs, move |(base, slices)| {
                Ok(inputs.fuse(target, &base, slices))
            })
        } else {
            let work = Work { stage: Stage::Audit, scope: scope.clone() };
            flow.value(work, needs, move |(base, slices)| inputs.native(target, &base, slices))
        };
        let needs = (base.clone(), native.clone());
        let verdict = flow
            .stage(scope.clone(), needs, move |(base, native)| inputs.audit(target, &base, native));
        let own = target.slices().first().and_then(|slice| sources.get(slice)).cloned();
        let needs = ((base.clone(), own), (native, verdict));
        let wheel = flow.stage(scope, needs, move |((base, sources), (native, verdict))| {
            inputs.pack(target, base, &sources.unwrap_or_default(), native, verdict)
        });

        let slot = Slot::default();
        outcomes.push(Arc::clone(&slot));
        flow.finally(wheel, move |result| {
            let result = result.map(Arc::unwrap_or_clone);
            let failure = result.as_ref().err().map(|error| &*error.failure);
            monitor.observer.event(&Event::Ended { target, failure });
            let elapsed = monitor.start.elapsed();
            let _ = slot.set(Outcome { target, result, elapsed });
        });
    }
    outcomes
}
