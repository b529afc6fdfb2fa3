//! What a Mach-O file of a wheel must be, seen by itself.

use super::super::finding::{Finding, code};
use super::super::macho::{ImageKind, MachoSlice, Signature};
use crate::target::Target;

pub(in crate::audit) fn check(
    path: &str,
    slices: &[MachoSlice<'_>],
    target: Target,
    findings: &mut Vec<Finding>,
) {
    processors(path, slices, target, findings);
    for slice in slices {
        image(path, slice, findings);
    }
}

fn processors(path: &str, slices: &[MachoSlice<'_>], target: Target, findings: &mut Vec<Finding>) {
    let wanted: Vec<_> = target.slices().iter().map(|slice| slice.arch.tag(slice.system)).collect();
    let has = |arch: &str| slices.iter().any(|slice| slice.arch == Some(arch));
    let present: Vec<_> = slices
        .iter()
        .map(|slice| slice.arch.map_or_else(|| format!("cpu {:#x}", slice.cpu), str::to_owned))
        .collect();
    if let Some(missing) = wanted.iter().find(|arch| !has(arch)) {
        findings.push(Finding::error(
            path,
            code::MACHO_ARCH,
            format!(
                "is for {}, but the wheel is for {target}: {missing} is missing",
                present.join(" and ")
            ),
            "build it for that target; a binary that was in the source tree must stay out",
        ));
    } else if slices.len() > wanted.len() {
        findings.push(Finding::warning(
            path,
            code::MACHO_ARCH,
            format!("is for {}, but the wheel is for {target} only", present.join(" and ")),
            "keep the one image that the wheel is for",
        ));
    }
}

fn image(path: &str, slice: &MachoSlice<'_>, findings: &mut Vec<Finding>) {
    let arch = slice.arch.unwrap_or("another processor");
    if slice.kind != ImageKind::Object && !(slice.is_macos && slice.minos.is_some()) {
        findings.push(Finding::error(
            path,
            code::MACHO_PLATFORM,
            format!("does not say which macOS it runs on ({arch})"),
            "link it for macOS, which writes LC_BUILD_VERSION",
        ));
    }
    match &slice.signature {
        Signature::None if slice.arch == Some("arm64") && slice.kind != ImageKind::Object => {
            findings.push(Finding::error(
                path,
                code::MACHO_SIGNATURE,
                "has no code signature, and an arm64 Mac kills what loads it",
                "sign it ad hoc after every change: codesign --force --sign - FILE",
            ));
        }
        Signature::Broken(why) => findings.push(Finding::error(
            path,
            code::MACHO_SIGNATURE,
            format!("has a code signature that does not hold ({arch}): {why}"),
            "change nothing after linking, or sign again: codesign --force --sign - FILE",
        )),
        Signature::None | Signature::Valid { .. } => {}
    }
    if slice.alignment.is_some() && !slice.offset.is_multiple_of(slice.page_size()) {
        findings.push(Finding::error(
            path,
            code::MACHO_ALIGNMENT,
            format!(
                "has its {arch} image at {:#x}, which is not on a page of {:#x} bytes",
                slice.offset,
                slice.page_size()
            ),
            "join the images again with x86_64 aligned to 2^12 and arm64 to 2^14",
        ));
    }
    if slice.has_debug_info {
        findings.push(Finding::warning(
            path,
            code::MACHO_UNSTRIPPED,
            format!("still holds debugging symbols ({arch})"),
            "link it with -Wl,-S or -s; for Go, -ldflags=\"-s -w\"",
        ));
    }
}
