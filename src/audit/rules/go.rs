//! What Go says that it built, against what the wheel is for.

use super::super::finding::{Finding, code};
use super::super::go_build_info::GoBuildInfo;
use crate::target::{Slice, Target};

/// Checks the settings of one image; `arch` is its processor as tags name it.
pub(in crate::audit) fn check(
    path: &str,
    info: &GoBuildInfo,
    arch: Option<&str>,
    target: Target,
    findings: &mut Vec<Finding>,
) {
    let is_built_for = |slice: &Slice| {
        Some(slice.arch.tag(slice.system)) == arch
            && info.setting("GOOS").is_none_or(|goos| goos == slice.system.goos())
            && info.setting("GOARCH").is_none_or(|goarch| goarch == slice.arch.goarch())
    };
    // A binary for another processor has its own finding.
    if super::serves(target, arch) && !target.slices().iter().any(is_built_for) {
        findings.push(Finding::error(
            path,
            code::GO_TARGET,
            format!(
                "says that Go built it for {}/{}, but the wheel is for {target}",
                info.setting("GOOS").unwrap_or("?"),
                info.setting("GOARCH").unwrap_or("?")
            ),
            "build it with the GOOS and GOARCH of the target",
        ));
    }
}
