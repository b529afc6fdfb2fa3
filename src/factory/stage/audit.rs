//! Audit: the finished binaries say what they need; what was asked for is held against it.

use super::{BaseWheel, Context, NativePart};
use crate::audit::{self, Finding, Subject, Verdict};
use crate::error::{Failure, Result};
use crate::factory::plan::MINIMUM_OPTIONS;
use crate::factory::python_floor::python_floor;
use crate::target::{Os, Release, Target};

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
    let subject = Subject { target, members: &members, extensions: &extensions };
    let verdict = audit::judge(&subject).map_err(|findings| refused(target, &findings))?;
    match verdict.exceeds(context.floors.newest(target)) {
        Some(finding) => {
            let fix = way_out(target.os(), verdict.release);
            Err(refused(target, &[finding.with_fix(fix)]))
        }
        None => Ok(verdict),
    }
}

/// What to do when binaries need `needed`, which is newer than the requested release.
fn way_out(os: &Os, needed: Release) -> String {
    // On Linux the C compiler's glibc raises it, elsewhere Go does.
    let (way, value) = match os.libc {
        Some(_) => ("--toolchain zig", needed.to_string().replace('.', "_")),
        None => ("an older Go", needed.to_string()),
    };
    let option = MINIMUM_OPTIONS.iter().find(|(of, _)| *of == os);
    let allow = option.map(|(_, option)| format!(", or allow {option} {value}"));
    format!("build with {way}{}", allow.unwrap_or_default())
}

/// The oldest Python that the wheel is tagged for.
pub(super) fn floor(base: &BaseWheel) -> Release {
    Release::new(3, python_floor(base.wheel.metadata.requires_python()))
}

/// The failure that findings make: each with what is wrong and how to mend it.
fn refused(target: Target, findings: &[Finding]) -> Failure {
    let found: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
    let mut help: Vec<&str> = findings.iter().map(|finding| finding.fix.as_str()).collect();
    help.dedup();
    let doing = format!("auditing what was built for {target}");
    Failure::build(doing, found.join("\n"), help.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, MACOS};

    #[test]
    fn the_fix_names_the_option_that_allows_what_is_needed() {
        assert_eq!(
            way_out(LINUX, Release::new(2, 34)),
            "build with --toolchain zig, or allow --manylinux 2_34"
        );
        assert_eq!(
            way_out(MACOS, Release::new(13, 0)),
            "build with an older Go, or allow --macos-deployment-target 13.0"
        );
    }
}
