//! Audit: the finished binaries say what they need; what was asked for is held against it.

use super::{BaseWheel, Context, NativePart};
use crate::audit::{self, Finding, Subject, Verdict};
use crate::error::{Failure, Result};
use crate::factory::python_floor::python_floor;
use crate::target::{Release, Target};

/// Reads the native part of `target`.
///
/// # Errors
/// If a binary is not what the target needs, or needs a newer system than was asked for.
pub(in crate::factory) fn audit(
    context: &Context<'_>,
    target: Target,
    base: &BaseWheel,
    native: &NativePart,
) -> Result<Verdict> {
    let members: Vec<_> =
        native.members.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    judge(context, target, base, &members)
}

/// The oldest Python that the wheel is tagged for.
pub(super) fn floor(base: &BaseWheel) -> Release {
    Release::new(3, python_floor(base.wheel.metadata.requires_python()))
}

/// Judges `members`, files of a wheel or of what becomes one.
pub(super) fn judge(
    context: &Context<'_>,
    target: Target,
    base: &BaseWheel,
    members: &[(&str, &[u8])],
) -> Result<Verdict> {
    let paths: Vec<_> = context
        .plan
        .project
        .extensions
        .iter()
        .map(|extension| (context.plan.place(&extension.wheel_path()), extension.module.as_str()))
        .collect();
    let abi3 = Some(floor(base));
    let extensions: Vec<_> =
        paths.iter().map(|(path, module)| audit::Extension { path, module, abi3 }).collect();
    let subject = Subject { target, members, extensions: &extensions };
    let verdict = audit::judge(&subject).map_err(|findings| refused(target, &findings))?;
    match verdict.exceeds(context.floors.newest(target)) {
        Some(finding) => Err(refused(target, &[finding])),
        None => Ok(verdict),
    }
}

/// The failure that findings make: each with what is wrong and how to mend it.
fn refused(target: Target, findings: &[Finding]) -> Failure {
    let found: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
    let mut help: Vec<&str> = findings.iter().map(|finding| finding.fix.as_str()).collect();
    help.dedup();
    let doing = format!("auditing what was built for {target}");
    Failure::build(doing, found.join("\n"), help.join("\n"))
}
