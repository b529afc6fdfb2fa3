//! Checks a Mach-O file by itself.

use std::collections::HashSet;

use crate::audit::claim::names;
use crate::audit::macho::{ImageKind, MachoSlice, Signature};
use crate::audit::{Finding, PlatformClaim, Report, catalogue};
use crate::target::{MACOS, Os};

pub(in crate::audit) fn check(
    path: &str,
    slices: &[MachoSlice],
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    archs(path, slices, claims, findings);
    for slice in slices {
        image(path, slice, claims, findings);
    }
}

fn archs(
    path: &str,
    slices: &[MachoSlice],
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let mut wanted: Vec<&str> =
        claims.iter().flat_map(|claim| claim.archs.iter().map(String::as_str)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return;
    }
    let present: Vec<_> = slices
        .iter()
        .map(|slice| slice.arch.map_or_else(|| format!("cpu {:#x}", slice.cpu), str::to_owned))
        .collect();
    let (present, wheel) = (present.join(" and "), names(claims));
    let is_missing = |arch: &&&str| !slices.iter().any(|slice| slice.arch == Some(**arch));
    if let Some(missing) = wanted.iter().find(is_missing) {
        let what = format!("is for {present}, but the wheel is for {wheel}: {missing} is missing");
        findings.report(catalogue::MACHO_ARCH, path, what);
    } else if slices.len() > wanted.len() {
        let what = format!("is for {present}, but the wheel is only for {wheel}");
        findings.report(catalogue::MACHO_ARCH_EXTRA, path, what);
    }
}

fn image(path: &str, slice: &MachoSlice, claims: &[&PlatformClaim], findings: &mut Vec<Finding>) {
    let arch = slice.arch.unwrap_or("unknown architecture");
    // Object files and separate debug symbols are never loaded.
    let is_loaded = !matches!(slice.kind, ImageKind::Object | ImageKind::Other);
    let is_claimed = |os: &Os| match claims {
        [] => os == MACOS,
        claims => claims.iter().any(|claim| claim.os == os),
    };
    if is_loaded && !slice.os().is_some_and(is_claimed) {
        let wanted = claims.first().map_or(MACOS, |claim| claim.os);
        let what = match (slice.platform, slice.os()) {
            (None, _) => format!("does not name its {} version ({arch})", wanted.release_of),
            (_, Some(os)) => format!("is for {}, not for {} ({arch})", os.name, wanted.name),
            (_, None) => format!("is for an Apple system other than {} ({arch})", wanted.name),
        };
        findings.report(catalogue::MACHO_PLATFORM, path, what);
    }
    // Whoever builds an app signs everything in it.
    let is_in_app = slice.os().is_some_and(|os| os.links_python);
    if is_in_app && slice.kind == ImageKind::Bundle {
        let what = format!("is a bundle ({arch}), but apps may contain dynamic libraries only");
        findings.report(catalogue::MACHO_BUNDLE, path, what);
    }
    match &slice.signature {
        _ if is_in_app => {}
        Signature::None if slice.must_be_signed() && is_loaded => {
            let what = "has no code signature, which arm64 Macs require";
            findings.report(catalogue::MACHO_SIGNATURE, path, what);
        }
        Signature::Broken(why) => {
            let what = format!("has an invalid code signature ({arch}): {why}");
            findings.report(catalogue::MACHO_SIGNATURE, path, what);
        }
        Signature::None | Signature::Valid => {}
    }
    if is_loaded && slice.alignment.is_some() && !slice.offset.is_multiple_of(slice.page_size()) {
        let (offset, page) = (slice.offset, slice.page_size());
        let what =
            format!("has its {arch} image at {offset:#x}, which is not a multiple of {page:#x}");
        findings.report(catalogue::MACHO_ALIGNMENT, path, what);
    }
    let mut seen = HashSet::new();
    if let Some(twice) = slice.rpaths.iter().find(|rpath| !seen.insert(rpath.as_str())) {
        let what =
            format!("has the rpath {twice} twice ({arch}), which macOS 15.4 and later refuse");
        findings.report(catalogue::MACHO_RPATH_TWICE, path, what);
    }
    if slice.has_debug_info {
        let what = format!("still contains debug symbols ({arch})");
        findings.report(catalogue::MACHO_UNSTRIPPED, path, what);
    }
    if slice.stray_padding > 0 {
        let count = slice.stray_padding;
        let what =
            format!("has {count} stray bytes in the padding before its string table ({arch})");
        findings.report(catalogue::MACHO_PADDING, path, what);
    }
}
