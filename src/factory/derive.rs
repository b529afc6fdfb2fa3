//! Derives the declarations of extensions whose author declares no functions.
//!
//! Input: a plan and the tools. Output: the plan with all declarations; or, for `pygo signatures`,
//! what can be declared. cgo's header has the types, which only Go's own tools know.

use std::path::Path;

use super::event::Event;
use super::inputs::Inputs;
use super::plan::Plan;
use crate::error::{Failure, Result};
use crate::project::{
    Derived, Extension, Part, PartId, PartKind, Signature, derive, unfreed_strings,
};
use crate::target::{PythonAbi, Slice};
use crate::toolchain::Tools;

/// What can be declared of the exports of each library of `plan`, for its first target.
///
/// # Errors
/// A missing tool; Go's message about a package.
pub fn derived(plan: &Plan, tools: &Tools) -> Result<Vec<(PartId, Derived)>> {
    let cache = tools.cache()?;
    let work = cache.temporary("signatures")?;
    let name = work.path().file_name().unwrap_or_default();
    let logs = cache.dir("logs")?.join(name);
    let Some(slice) = plan.slices.first() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let parts = plan.project.parts_on(*slice).iter();
    for part in parts.filter(|part| part.library().is_some()) {
        found.push((part.id.clone(), of_part(plan, part, *slice, tools, work.path(), &logs)?));
    }
    let _ = fs_err::remove_dir_all(&logs);
    Ok(found)
}

/// `plan` with all declarations; `None` if its author wrote them.
///
/// # Errors
/// As for [`derived`]; an extension without a function that could be declared.
pub(super) fn with_derived(
    plan: &Plan,
    tools: &Tools,
    work: &Path,
    logs: &Path,
) -> Result<Option<Plan>> {
    let Plan { project, slices, .. } = plan;
    if !project.variants().filter_map(Part::extension).any(Extension::is_derived) {
        return Ok(None);
    }
    let mut complete = plan.clone();
    let mut notes = Vec::new();
    for (slice, parts) in complete.project.parts_to_build(slices) {
        for part in parts {
            if part.extension().is_some_and(Extension::is_derived) {
                let derived = of_part(plan, part, slice, tools, work, logs)?;
                declare(part, derived, &mut notes)?;
            }
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

fn of_part(
    plan: &Plan,
    part: &Part,
    slice: Slice,
    tools: &Tools,
    work: &Path,
    logs: &Path,
) -> Result<Derived> {
    if !part.go.before.is_empty() {
        return Err(Failure::project(
            format!("deriving the declarations of {} from the Go exports", part.id),
            "`before` runs commands first, which may change what Go exports",
            "declare the functions in `signatures` or in the file of `cdef`",
        ));
    }
    // The stages tell the same notes.
    let silent = |_: &Event<'_>| {};
    let inputs = Inputs::new(plan, tools, &silent, work)?;
    let log = logs.join(format!("signatures-{}.log", part.id));
    let header = inputs.go_build(part, slice, PythonAbi::Abi3, None, None)?.cgo_header(&log)?;
    let given = part.extension().map_or(&[][..], |extension| &extension.signatures);
    let types: Vec<_> = given.iter().filter(|given| given.declares_only_types()).cloned().collect();
    Ok(derive(&header, &types, &part.go.exports))
}
