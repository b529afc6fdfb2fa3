//! What a finished run comes to: its failures as people read them, and the family of its exit code.

use super::build_args::names;
use super::complain;
use crate::error::{Failure, Kind};
use crate::factory::{Broken, Of, Outcome};
use crate::target::Target;

/// Says each failure once, however many targets it struck, and gives the family that decides the
/// exit code: the failures' own if no wheel was built and all are of one, else [`Kind::Build`].
/// `None` if every wheel was built.
pub(super) fn verdict(outcomes: &[Outcome]) -> Option<Kind> {
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
    let first = kinds.next()?;
    let stopped =
        broken.iter().map(|(_, cause)| cause.failure.kind).find(|kind| kind.is_interruption());
    let all_alike = broken.len() == outcomes.len() && kinds.all(|kind| kind == first);
    Some(stopped.unwrap_or(if all_alike { first } else { Kind::Build }))
}

/// Whether two targets broke in the same way, so that saying it once is enough.
fn alike(one: &Broken, other: &Broken) -> bool {
    one.work.stage == other.work.stage
        && one.begun == other.begun
        && one.failure.found == other.failure.found
        && one.failure.help == other.failure.help
}
