//! What Go says that it built, against what the wheel is for.

use super::super::finding::{Finding, code};
use super::super::go_build_info::GoBuildInfo;
use super::super::{Member, PlatformClaim};
use crate::target::{Arch, LINUX, MACOS, Os, Release};

/// Checks every image of `member` that Go built.
pub(in crate::audit) fn check(
    member: &Member,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let path = &member.path;
    for (arch, info) in member.go_builds() {
        target(member, info, arch, claims, findings);
        build_mode(path, info, findings);
        macos_floor(path, info, claims, findings);
        linux_floor(path, info, claims, findings);
        if let Some(level) = info.setting("GOAMD64").filter(|level| *level != "v1") {
            let what = format!("was built by Go with GOAMD64={level}");
            findings.push(Finding::new(code::GO_ISA_LEVEL, path, what));
        }
        // Before Go recorded settings there is nothing to be read from their absence.
        if !info.settings.is_empty() && info.setting("-trimpath") != Some("true") {
            let what = "was built by Go without -trimpath";
            findings.push(Finding::new(code::GO_TRIMPATH, path, what));
        }
        let unversioned: Vec<_> = info
            .deps
            .iter()
            .map(|dep| dep.replace.as_deref().unwrap_or(dep))
            .filter(|module| matches!(module.version.as_str(), "" | "(devel)"))
            .map(|module| module.path.as_str())
            .collect();
        if !unversioned.is_empty() {
            let what = format!("holds Go modules without a version: {}", super::list(&unversioned));
            findings.push(Finding::new(code::GO_MODULE_VERSION, path, what));
        }
    }
}

/// Whether Go built something to be loaded into a process, which brings a runtime with it.
pub(in crate::audit) fn is_library(info: &GoBuildInfo) -> bool {
    matches!(info.setting("-buildmode"), Some("c-shared" | "c-archive" | "plugin" | "shared"))
}

fn target(
    member: &Member,
    info: &GoBuildInfo,
    arch: Option<&str>,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let format = member.format.binary();
    let row = format.and_then(|format| Arch::tagged(format, arch?));
    let goarch = row.map(|arch| arch.goarch);
    let is_built_for = |claim: &&PlatformClaim| {
        claim.serves(arch)
            && info.setting("GOOS").is_none_or(|goos| goos == claim.os.goos)
            && info.setting("GOARCH").is_none_or(|own| goarch == Some(own))
    };
    // A binary for another processor has its own finding.
    if super::serves(claims, arch) && !claims.iter().any(is_built_for) {
        findings.push(Finding::new(
            code::GO_TARGET,
            &member.path,
            format!(
                "says that Go built it for {}/{}, but the wheel is for {}",
                info.setting("GOOS").unwrap_or("?"),
                info.setting("GOARCH").unwrap_or("?"),
                super::names(claims)
            ),
        ));
    }
}

fn build_mode(path: &str, info: &GoBuildInfo, findings: &mut Vec<Finding>) {
    let is_named_library = [".so", ".dylib", ".dll", ".pyd"].iter().any(|end| path.ends_with(end));
    if let (true, Some(mode @ ("exe" | "pie"))) = (is_named_library, info.setting("-buildmode")) {
        let what = format!("is named as a library, but Go built it with -buildmode={mode}");
        findings.push(Finding::new(code::GO_BUILD_MODE, path, what));
    }
}

fn macos_floor(
    path: &str,
    info: &GoBuildInfo,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let Some(least) = info.minor().map(|minor| MACOS.min_for_go(minor)) else {
        return;
    };
    if let Some(claim) = below(claims, MACOS, least) {
        let what = format!(
            "was built by {}, which needs macOS {least}, but the wheel is for {claim}",
            version(info)
        );
        findings.push(Finding::new(code::GO_MACOS_FLOOR, path, what));
    }
}

fn linux_floor(
    path: &str,
    info: &GoBuildInfo,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let Some(least) = info.minor().map(|minor| LINUX.min_for_go(minor)) else {
        return;
    };
    if let Some(claim) = below(claims, LINUX, least) {
        let what = format!(
            "was built by {}, which needs a kernel as systems have from glibc {least} on, but the \
             wheel is for {claim}",
            version(info)
        );
        findings.push(Finding::new(code::GO_LINUX_FLOOR, path, what));
    }
}

/// Of the claims for `os`, the one that promises least, if that is below `least`.
fn below<'a>(claims: &[&'a PlatformClaim], os: &Os, least: Release) -> Option<&'a PlatformClaim> {
    let own = claims.iter().filter(|claim| claim.os == os);
    let lowest =
        own.filter_map(|claim| Some((claim.min_release?, *claim))).min_by_key(|(min, _)| *min);
    lowest.filter(|(min, _)| *min < least).map(|(_, claim)| claim)
}

fn version(info: &GoBuildInfo) -> &str {
    info.go_version.split(' ').next().unwrap_or_default()
}
