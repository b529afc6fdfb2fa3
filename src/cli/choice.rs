//! Which targets a command is about: those of its command line, of the project, or the usual ones.

use crate::error::{Failure, Kind, Result};
use crate::factory::{default_targets, supports};
use crate::project::Project;
use crate::target::{Choice, Target, UnknownTarget, parse_list};

/// Reads a comma-separated list of the command line.
pub(super) fn read(list: &str) -> Result<Choice> {
    parse_list([list]).map_err(wrong)
}

/// The targets that `project` is built for: `named` ones, or those of its settings, or the defaults.
pub(super) fn choose(project: &Project, named: Option<Choice>) -> Result<Choice> {
    let mut choice = match named.or_else(|| project.settings.targets.clone()) {
        Some(choice) => choice,
        None => parse_list(default_targets(project).iter().copied()).map_err(wrong)?,
    };
    // A group stands for those of its targets that the project can be built for. Without any,
    // the plan says why.
    let is_meant = |target: &Target| supports(project, *target) || !choice.grouped.contains(target);
    let meant: Vec<_> = choice.targets.iter().copied().filter(is_meant).collect();
    if !meant.is_empty() {
        choice.targets = meant;
    }
    Ok(choice)
}

fn wrong(error: UnknownTarget) -> Failure {
    Failure::new(Kind::Usage, "reading the list of targets", error.to_string(), error.help())
}

/// The names of the targets, separated by commas.
pub(super) fn names(targets: &[Target]) -> String {
    targets.iter().map(|target| target.name()).collect::<Vec<_>>().join(", ")
}
