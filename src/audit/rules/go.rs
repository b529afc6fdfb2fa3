//! What Go says that it built, against what the wheel is for.

use super::super::aim::goarch;
use super::super::finding::{Finding, code};
use super::super::go_build_info::GoBuildInfo;
use super::super::{Aim, Loader, Member};
use crate::target::{Libc, Release, System, least_glibc_for_go};

/// Checks every image of `member` that Go built.
pub(in crate::audit) fn check(member: &Member, aims: &[&Aim], findings: &mut Vec<Finding>) {
    let path = &member.path;
    for (arch, info) in member.go_builds() {
        target(path, info, arch, aims, findings);
        build_mode(path, info, findings);
        macos_floor(path, info, aims, findings);
        linux_floor(path, info, aims, findings);
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
    path: &str,
    info: &GoBuildInfo,
    arch: Option<&str>,
    aims: &[&Aim],
    findings: &mut Vec<Finding>,
) {
    let is_built_for = |aim: &&Aim| {
        aim.serves(arch)
            && info.setting("GOOS").is_none_or(|goos| goos == aim.loader.goos())
            && info.setting("GOARCH").is_none_or(|own| arch.and_then(goarch) == Some(own))
    };
    // A binary for another processor has its own finding.
    if super::serves(aims, arch) && !aims.iter().any(is_built_for) {
        findings.push(Finding::new(
            code::GO_TARGET,
            path,
            format!(
                "says that Go built it for {}/{}, but the wheel is for {}",
                info.setting("GOOS").unwrap_or("?"),
                info.setting("GOARCH").unwrap_or("?"),
                super::names(aims)
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

fn macos_floor(path: &str, info: &GoBuildInfo, aims: &[&Aim], findings: &mut Vec<Finding>) {
    let Some(least) = info.minor().map(|minor| System::MacOs.least_for_go(minor)) else {
        return;
    };
    if let Some(aim) = below(aims, Loader::MacOs, least) {
        let what = format!(
            "was built by {}, which needs macOS {least}, but the wheel is for {aim}",
            version(info)
        );
        findings.push(Finding::new(code::GO_MACOS_FLOOR, path, what));
    }
}

fn linux_floor(path: &str, info: &GoBuildInfo, aims: &[&Aim], findings: &mut Vec<Finding>) {
    let Some(least) = info.minor().map(least_glibc_for_go) else {
        return;
    };
    if let Some(aim) = below(aims, Loader::Linux(Libc::Glibc), least) {
        let what = format!(
            "was built by {}, which needs a kernel as systems have from glibc {least} on, but the \
             wheel is for {aim}",
            version(info)
        );
        findings.push(Finding::new(code::GO_LINUX_FLOOR, path, what));
    }
}

/// Of the aims for `loader`, the one that promises least, if that is below `least`.
fn below<'a>(aims: &[&'a Aim], loader: Loader, least: Release) -> Option<&'a Aim> {
    let claims = aims.iter().filter(|aim| aim.loader == loader);
    let lowest = claims.filter_map(|aim| Some((aim.claims?, *aim))).min_by_key(|(claim, _)| *claim);
    lowest.filter(|(claim, _)| *claim < least).map(|(_, aim)| aim)
}

fn version(info: &GoBuildInfo) -> &str {
    info.go_version.split(' ').next().unwrap_or_default()
}
