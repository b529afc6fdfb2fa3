//! Derives the declarations of extensions whose author declares no functions.
//!
//! Input: a plan and the tools. Output: the plan with all declarations; or, for `pygo signatures`,
//! what can be declared. cgo's header has the types, which only Go's own tools know.

use std::collections::BTreeSet;

use super::costs::Costs;
use super::event::{Event, Scope};
use super::flow::{Flow, Input, Io, Node};
use super::inputs::Inputs;
use super::monitor::Monitor;
use super::plan::Plan;
use super::stage::Exports;
use crate::error::{Failure, Result};
use crate::project::{
    Derived, Extension, Part, PartId, PartKind, Signature, derive, unfreed_strings,
};
use crate::target::Slice;
use crate::toolchain::Tools;

/// The possible declarations of the exports of each library of `plan`, for its first target.
///
/// # Errors
/// A missing tool; Go's message about a package.
pub fn derived(plan: &Plan, tools: &Tools) -> Result<Vec<(PartId, Derived)>> {
    let cache = tools.cache()?;
    let work = cache.temporary("signatures")?;
    let name = work.path().file_name().unwrap_or_default();
    let logs = cache.dir("logs")?.join(name);
    let Some(slice) = plan.slices.first() else { return Ok(Vec::new()) };
    let silent = |_: &Event<'_>| {};
    let inputs = Inputs::new(plan, tools, &silent, work.path())?;
    let mut found = Vec::new();
    let parts = plan.project.parts_on(*slice).iter();
    for part in parts.filter(|part| part.library().is_some()) {
        check(part)?;
        let log = logs.join(format!("signatures-{}.log", part.id));
        let exports = inputs.exports(part, *slice)?.run(&Io::new(&silent, &log))?;
        found.push((part.id.clone(), of_part(part, &exports)));
    }
    let _ = fs_err::remove_dir_all(&logs);
    Ok(found)
}

/// A part without declarations: the slice for which they are derived, and its position there.
type Place = (Slice, usize);

/// The parts of `plan` whose author declares no functions.
fn places(plan: &Plan) -> Vec<Place> {
    let is_derived = |part: &Part| part.extension().is_some_and(Extension::is_derived);
    if !plan.project.variants().any(is_derived) {
        return Vec::new();
    }
    let mut places = Vec::new();
    for (slice, parts) in plan.project.clone().parts_to_build(&plan.slices) {
        let parts = parts.iter().enumerate().filter(|(_, part)| is_derived(part));
        places.extend(parts.map(|(at, _)| (slice, at)));
    }
    places
}

/// Adds the stages that read what Go exports to `flow`.
pub(super) fn exports<'g>(
    flow: &mut Flow<'g>,
    inputs: &'g Inputs<'g>,
) -> Vec<(Place, Node<Exports>)> {
    let mut seen = BTreeSet::new();
    let stage = |place: Place| {
        let (slice, at) = place;
        let part = inputs.plan.project.parts_on(slice).get(at)?;
        let scope = match seen.insert(part.id.clone()) {
            true => Scope::Part(part.id.clone()),
            false => Scope::Slice(part.id.clone(), slice),
        };
        Some((place, flow.stage(scope, (), move |()| inputs.exports(part, slice))))
    };
    places(inputs.plan).into_iter().filter_map(stage).collect()
}

/// The plan of `inputs` with all declarations; `None` if its author wrote them.
///
/// # Errors
/// As for [`derived`]; an extension without a function that could be declared.
pub(super) fn with_derived(inputs: &Inputs<'_>, monitor: &Monitor<'_>) -> Result<Option<Plan>> {
    let mut flow = Flow::new(monitor, Costs::default());
    let exports = exports(&mut flow, inputs);
    if exports.is_empty() {
        return Ok(None);
    }
    for ((slice, at), _) in &exports {
        inputs.plan.project.parts_on(*slice).get(*at).map_or(Ok(()), check)?;
    }
    flow.run(inputs.plan.options.jobs)?;
    let mut complete = inputs.plan.clone();
    let mut notes = Vec::new();
    for (slice, parts) in complete.project.parts_to_build(&inputs.plan.slices) {
        for ((_, at), node) in exports.iter().filter(|((of, _), _)| *of == slice) {
            // Every node has run.
            let (Some(part), Some(exports)) = (parts.get_mut(*at), node.output()) else { continue };
            let exports = exports.map_err(|error| (*error.failure).clone())?;
            let derived = of_part(part, &exports);
            declare(part, derived, &mut notes)?;
        }
    }
    notes.dedup();
    complete.project.notes.extend(notes);
    Ok(Some(complete))
}

/// Adds to `part` what is `derived`, and to `notes` what is not.
fn declare(part: &mut Part, derived: Derived, notes: &mut Vec<String>) -> Result<()> {
    let (PartKind::Cffi(_, extension)
    | PartKind::CffiStatic(_, extension)
    | PartKind::CffiAbi(_, extension)) = &mut part.kind
    else {
        return Ok(());
    };
    let reasons: Vec<_> = derived.left_out.iter().map(ToString::to_string).collect();
    if derived.signatures.is_empty() {
        return Err(Failure::project(
            format!("deriving the declarations of {} from the Go exports", extension.module),
            reasons.join("\n"),
            "change these functions, or declare them in `signatures`",
        ));
    }
    extension.signatures.extend(Signature::read_all(&derived.signatures));
    let left_out = |reason| format!("left out of {}: {reason}", extension.module);
    notes.extend(reasons.into_iter().map(left_out));
    notes.extend(unfreed_strings(&extension.signatures, &part.go.exports));
    Ok(())
}

/// Rejects a part whose exports may be others when it is built.
fn check(part: &Part) -> Result<()> {
    if part.go.before.is_empty() {
        return Ok(());
    }
    Err(Failure::project(
        format!("deriving the declarations of {} from the Go exports", part.id),
        "`before` runs commands first, which may change what Go exports",
        "declare the functions in `signatures` or in the file of `cdef`",
    ))
}

fn of_part(part: &Part, exports: &Exports) -> Derived {
    let given = part.extension().map_or(&[][..], |extension| &extension.signatures);
    let types: Vec<_> = given.iter().filter(|given| given.declares_only_types()).cloned().collect();
    derive(&exports.header, &types, &part.go.exports)
}
