//! Prints the failures of a finished run and determines its exit code.

use std::path::Path;

use super::choice::names;
use super::output::{print_failure, print_failure_of};
use crate::error::{Failure, Kind};
use crate::factory::{Outcome, StageError};
use crate::process::Environment;
use crate::target::Target;

/// Prints each failure once, however many targets it affects, and returns the kind that determines
/// the exit code: [`Kind::Build`] if some wheels were built or the failures differ in kind, their
/// common kind otherwise. Returns `None` if every wheel was built. `root` is the project's directory.
pub(super) fn verdict(
    environment: &Environment,
    root: &Path,
    outcomes: &[Outcome],
) -> Option<Kind> {
    let broken: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome.target, outcome.result.as_ref().err()?)))
        .collect();
    let mut distinct: Vec<(&StageError, Vec<Target>)> = Vec::new();
    for (target, cause) in &broken {
        match distinct.iter_mut().find(|(other, _)| alike(other, cause)) {
            Some((_, affected)) => affected.push(*target),
            None => distinct.push((*cause, vec![*target])),
        }
    }
    let is_interrupted = |cause: &StageError| cause.failure.kind.is_interruption();
    let failed = distinct.iter().filter(|(cause, _)| cause.started && !is_interrupted(cause));
    for (cause, affected) in failed {
        let mut failure = Failure::clone(&cause.failure);
        if affected.len() > 1 && !cause.work.scope.concerns_all() {
            failure.doing = format!("{} (also for {})", failure.doing, names(&affected[1..]));
        }
        let title = format!("pygo: {}", names(affected));
        print_failure_of(environment, Some(root), &title, &failure);
    }
    // A signal ends every target that is left, in whatever stage it is.
    let left: Vec<_> = broken.iter().filter(|(_, cause)| is_interrupted(cause)).collect();
    if let Some((_, cause)) = left.first() {
        let targets: Vec<_> = left.iter().map(|(target, _)| *target).collect();
        let doing = format!("building for {}", names(&targets));
        let failure = Failure { doing, log: None, ..Failure::clone(&cause.failure) };
        print_failure(environment, "pygo", &failure);
        return Some(failure.kind);
    }
    let mut kinds = broken.iter().map(|(_, cause)| cause.failure.kind);
    let first = kinds.next()?;
    let all_alike = broken.len() == outcomes.len() && kinds.all(|kind| kind == first);
    Some(if all_alike { first } else { Kind::Build })
}

/// Whether two targets failed in the same way.
fn alike(one: &StageError, other: &StageError) -> bool {
    one.work.stage == other.work.stage
        && one.started == other.started
        && one.failure.found == other.failure.found
        && one.failure.help == other.failure.help
}
