//! The pipeline: every stage in order, with what it needs. Read it from top to bottom.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::binding;
use super::event::{Event, Scope, Stage, Work};
use super::flow::{Flow, Node};
use super::inputs::Inputs;
use super::monitor::{Monitor, StageError};
use super::stage::{Library, Prepared, Wheel};
use crate::error::Failure;
use crate::project::{Extension, Part};
use crate::target::{PythonAbi, Slice, Target};

/// The outcome of one wheel.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its target.
    pub target: Target,
    /// The ABI of Python that its extension modules are for.
    pub abi: PythonAbi,
    /// Its wheel, or why there is none.
    pub result: Result<Wheel, StageError>,
    /// From the start of the run until nothing was left to do for the wheel.
    pub elapsed: Duration,
}

/// Where the outcome of a wheel appears.
pub(super) type Slot = Arc<OnceLock<Outcome>>;

/// The wheels of a target that are not finished.
struct Left {
    count: AtomicUsize,
    /// Why the first of those that failed did so.
    failure: OnceLock<Arc<Failure>>,
}

impl Left {
    fn new(count: usize) -> Self {
        Self { count: AtomicUsize::new(count), failure: OnceLock::new() }
    }

    /// One of them ended; returns whether that was the last.
    fn ended(&self, error: Option<&StageError>) -> bool {
        if let Some(error) = error {
            let _ = self.failure.set(Arc::clone(&error.failure));
        }
        self.count.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

/// The `library` of a part, once its signatures were compared with its header.
fn compared<'g>(
    flow: &mut Flow<'g>,
    inputs: &'g Inputs<'g>,
    (part, extension, slice): (&'g Part, &'g Extension, Slice),
    library: Node<Library>,
    prepared: Option<Node<Prepared>>,
) -> Node<Library> {
    let scope = Scope::Slice(part.id.clone(), slice);
    let work = Work { stage: Stage::Signatures, scope: scope.clone() };
    let compared = flow.stage(scope, (library.clone(), prepared), move |(library, prepared)| {
        inputs.compare(part, extension, slice, library, prepared.as_deref())
    });
    flow.value(work, (library, compared), |(library, _)| Ok(Library::clone(&library)))
}

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

    // Once per slice and part: its library, then its extension for each ABI of Python; or its program.
    let mut binaries = BTreeMap::new();
    for slice in plan.slices.iter().copied() {
        let abis = binding::abis(plan.project.parts_on(slice), slice, &plan.options.abis);
        let mut of_slice = vec![Vec::new(); abis.len()];
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
                of_slice.iter_mut().for_each(|all| all.push((None, Some(built.clone()))));
                continue;
            }
            let build = |abi: PythonAbi| {
                let scope = if uses_python { scope.clone().on(abi) } else { scope.clone() };
                flow.stage(scope, needs.clone(), move |(base, prepared)| {
                    inputs.go_build(part, slice, abi, base.as_deref(), prepared.as_deref())
                })
            };
            let own = binding::own_abis(part, &abis).iter().copied();
            let mut libraries: Vec<_> = own.map(build).collect();
            // What only declares functions is compared with them before anything uses the library.
            if let Some(extension) = binding::of(part).only_declares() {
                libraries = libraries
                    .into_iter()
                    .map(|library| {
                        compared(flow, inputs, (part, extension, slice), library, prepared.clone())
                    })
                    .collect();
            }
            for (index, abi) in abis.iter().copied().enumerate() {
                let Some(library) = libraries.get(index).or(libraries.first()) else { continue };
                let module = binding::of(part).extension(&abi.module_suffix(slice));
                let extension = module.zip(source.clone()).map(|(module, source)| {
                    let needs = ((library.clone(), source), prepared.clone());
                    flow.stage(scope.clone().on(abi), needs, move |(built, prepared)| {
                        inputs.compile(part, module, (slice, abi), built, prepared.as_deref())
                    })
                });
                if let Some(all) = of_slice.get_mut(index) {
                    all.push((Some(library.clone()), extension));
                }
            }
        }
        for (abi, built) in abis.iter().zip(of_slice) {
            binaries.insert((slice, *abi), built);
        }
    }

    // Once per target and ABI: its binaries, the tag they allow, its wheel.
    let mut outcomes = Vec::new();
    let wheels = plan.options.targets.iter().copied().flat_map(|target| {
        let left = Arc::new(Left::new(plan.abis(target).len()));
        plan.abis(target).into_iter().map(move |abi| ((target, abi), Arc::clone(&left)))
    });
    for (wheel, left) in wheels {
        let (target, abi) = wheel;
        let scope = Scope::Target(target).on(abi);
        let slices = target.slices().iter();
        let slices: Vec<_> =
            slices.filter_map(|slice| binaries.get(&(*slice, abi)).cloned()).collect();
        // A failed base wheel concerns every target, so its error comes first.
        let needs = (base.clone(), slices);
        let native = if target.slices().len() > 1 {
            flow.stage(scope.clone(), needs, move |(base, slices)| {
                Ok(inputs.fuse(wheel, &base, slices))
            })
        } else {
            let work = Work { stage: Stage::Audit, scope: scope.clone() };
            flow.value(work, needs, move |(base, slices)| inputs.native(wheel, &base, slices))
        };
        let needs = (base.clone(), native.clone());
        let verdict = flow
            .stage(scope.clone(), needs, move |(base, native)| inputs.audit(wheel, &base, native));
        let own = target.slices().first().and_then(|slice| sources.get(slice)).cloned();
        let needs = ((base.clone(), own), (native, verdict));
        let packed = flow.stage(scope, needs, move |((base, sources), (native, verdict))| {
            inputs.pack(wheel, base, &sources.unwrap_or_default(), native, verdict)
        });

        let slot = Slot::default();
        outcomes.push(Arc::clone(&slot));
        flow.finally(packed, move |result| {
            let result = result.map(Arc::unwrap_or_clone);
            if left.ended(result.as_ref().err()) {
                let failure = left.failure.get().map(|failure| &**failure);
                monitor.observer.event(&Event::Ended { target, failure });
            }
            let elapsed = monitor.start.elapsed();
            let _ = slot.set(Outcome { target, abi, result, elapsed });
        });
    }
    outcomes
}
