//! What a Mach-O file of a wheel must be, seen by itself.

use super::super::PlatformClaim;
use super::super::finding::{Finding, code};
use super::super::macho::{ImageKind, MachoSlice, Signature};

pub(in crate::audit) fn check(
    path: &str,
    slices: &[MachoSlice],
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    processors(path, slices, claims, findings);
    for slice in slices {
        image(path, slice, findings);
    }
}

fn processors(
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
    let has = |arch: &str| slices.iter().any(|slice| slice.arch == Some(arch));
    let present: Vec<_> = slices
        .iter()
        .map(|slice| slice.arch.map_or_else(|| format!("cpu {:#x}", slice.cpu), str::to_owned))
        .collect();
    if let Some(missing) = wanted.iter().find(|arch| !has(arch)) {
        findings.push(Finding::new(
            code::MACHO_ARCH,
            path,
            format!(
                "is for {}, but the wheel is for {}: {missing} is missing",
                present.join(" and "),
                super::names(claims)
            ),
        ));
    } else if slices.len() > wanted.len() {
        findings.push(Finding::new(
            code::MACHO_ARCH_EXTRA,
            path,
            format!(
                "is for {}, but the wheel is for {} only",
                present.join(" and "),
                super::names(claims)
            ),
        ));
    }
}

fn image(path: &str, slice: &MachoSlice, findings: &mut Vec<Finding>) {
    let arch = slice.arch.unwrap_or("another processor");
    // Object files and the symbols that dsymutil sets aside are loaded by nothing.
    let is_loaded = !matches!(slice.kind, ImageKind::Object | ImageKind::Other);
    if is_loaded && !(slice.is_macos && slice.minos.is_some()) {
        let what = match slice.minos {
            Some(_) if !slice.is_macos => format!("is for another system of Apple's ({arch})"),
            _ => format!("does not say which macOS it runs on ({arch})"),
        };
        findings.push(Finding::new(code::MACHO_PLATFORM, path, what));
    }
    match &slice.signature {
        Signature::None if slice.must_be_signed() && is_loaded => {
            findings.push(Finding::new(
                code::MACHO_SIGNATURE,
                path,
                "has no code signature, and an arm64 Mac kills what loads it",
            ));
        }
        Signature::Broken(why) => findings.push(Finding::new(
            code::MACHO_SIGNATURE,
            path,
            format!("has a code signature that does not hold ({arch}): {why}"),
        )),
        Signature::None | Signature::Valid { .. } => {}
    }
    if is_loaded && slice.alignment.is_some() && !slice.offset.is_multiple_of(slice.page_size()) {
        findings.push(Finding::new(
            code::MACHO_ALIGNMENT,
            path,
            format!(
                "has its {arch} image at {:#x}, which is not on a page of {:#x} bytes",
                slice.offset,
                slice.page_size()
            ),
        ));
    }
    if slice.has_debug_info {
        let what = format!("still holds debugging symbols ({arch})");
        findings.push(Finding::new(code::MACHO_UNSTRIPPED, path, what));
    }
    if slice.stray_padding > 0 {
        let what = format!(
            "has {} stray bytes in the padding before its string table ({arch})",
            slice.stray_padding
        );
        findings.push(Finding::new(code::MACHO_PADDING, path, what));
    }
}
