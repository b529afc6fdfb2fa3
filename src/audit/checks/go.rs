//! Compares the build info of Go binaries with the platforms the wheel is for.

use super::{list, serves};
use crate::audit::claim::names;
use crate::audit::go_build_info::GoBuildInfo;
use crate::audit::{BinaryFile, Finding, PlatformClaim, Report, catalogue};
use crate::target::{Arch, LINUX, MACOS, Os, Release};

/// Checks every image of `file` that Go built.
pub(in crate::audit) fn check(
    file: &BinaryFile,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let path = &file.path;
    for (arch, info) in file.go_builds() {
        target(file, info, arch, claims, findings);
        build_mode(path, info, findings);
        min_system(path, info, claims, findings);
        for (name, baseline) in [("GOAMD64", "v1"), ("GOARM64", "v8.0")] {
            if let Some(level) = info.setting(name).filter(|level| *level != baseline) {
                let what = format!("was built with {name}={level}");
                findings.report(catalogue::GO_ISA_LEVEL, path, what);
            }
        }
        // Old Go releases record no settings, so their absence means nothing.
        if !info.settings.is_empty() && info.setting("-trimpath") != Some("true") {
            findings.report(catalogue::GO_TRIMPATH, path, "was built by Go without -trimpath");
        }
        let unversioned: Vec<_> = info
            .deps
            .iter()
            .map(|dep| dep.replace.as_deref().unwrap_or(dep))
            .filter(|module| matches!(module.version.as_str(), "" | "(devel)"))
            .map(|module| module.path.as_str())
            .collect();
        if !unversioned.is_empty() {
            let what = format!("contains Go modules without a version: {}", list(&unversioned));
            findings.report(catalogue::GO_MODULE_VERSION, path, what);
        }
    }
}

/// Whether Go built a library, which brings its own runtime into a process.
pub(in crate::audit) fn is_library(info: &GoBuildInfo) -> bool {
    matches!(info.setting("-buildmode"), Some("c-shared" | "c-archive" | "plugin" | "shared"))
}

fn target(
    file: &BinaryFile,
    info: &GoBuildInfo,
    arch: Option<&str>,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let (goos, goarch) = (info.setting("GOOS"), info.setting("GOARCH"));
    let row = file.format.binary().and_then(|format| Arch::tagged(format, arch?));
    let own = row.map(|arch| arch.goarch);
    let is_built_for = |claim: &&PlatformClaim| {
        claim.serves(arch)
            && goos.is_none_or(|goos| goos == claim.os.goos)
            && goarch.is_none_or(|goarch| own == Some(goarch))
    };
    // Binaries for another architecture have a finding of their own.
    if serves(claims, arch) && !claims.iter().any(is_built_for) {
        let (goos, goarch) = (goos.unwrap_or("?"), goarch.unwrap_or("?"));
        let wheel = names(claims);
        let what = format!("was built by Go for {goos}/{goarch}, but the wheel is for {wheel}");
        findings.report(catalogue::GO_TARGET, &file.path, what);
    }
}

fn build_mode(path: &str, info: &GoBuildInfo, findings: &mut Vec<Finding>) {
    let is_named_library = [".so", ".dylib", ".dll", ".pyd"].iter().any(|end| path.ends_with(end));
    if let (true, Some(mode @ ("exe" | "pie"))) = (is_named_library, info.setting("-buildmode")) {
        let what = format!("is named like a library, but Go built it with -buildmode={mode}");
        findings.report(catalogue::GO_BUILD_MODE, path, what);
    }
}

/// Reports a Go release that needs a newer system than the tags promise.
fn min_system(
    path: &str,
    info: &GoBuildInfo,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let Some(minor) = info.minor() else {
        return;
    };
    let go = info.go_version.split(' ').next().unwrap_or_default();
    let macos = MACOS.min_for_go(minor);
    if let Some(claim) = below(claims, MACOS, macos) {
        let what =
            format!("was built by {go}, which needs macOS {macos}, but the wheel is for {claim}");
        findings.report(catalogue::GO_MACOS_FLOOR, path, what);
    }
    let glibc = LINUX.min_for_go(minor);
    if let Some(claim) = below(claims, LINUX, glibc) {
        let what = format!(
            "was built by {go}, which needs the kernel of systems with glibc {glibc} or later, but \
             the wheel is for {claim}"
        );
        findings.report(catalogue::GO_LINUX_FLOOR, path, what);
    }
}

/// The claim for `os` with the lowest release, if that is below `min`.
fn below<'a>(claims: &[&'a PlatformClaim], os: &Os, min: Release) -> Option<&'a PlatformClaim> {
    let own = claims.iter().filter(|claim| claim.os == os);
    let lowest =
        own.filter_map(|claim| Some((claim.min_release?, *claim))).min_by_key(|(own, _)| *own);
    lowest.filter(|(own, _)| *own < min).map(|(_, claim)| claim)
}
