//! Checks of one binary at a time. Each takes a parsed file and adds findings.

pub(super) mod elf;
pub(super) mod extension;
pub(super) mod go;
pub(super) mod macho;

use super::claim::names;
use super::{Finding, Pe, PlatformClaim, Report, catalogue};

/// Checks a PE file.
pub(super) fn pe(path: &str, pe: &Pe, claims: &[&PlatformClaim], findings: &mut Vec<Finding>) {
    // Programs for other architectures may be intended, as installers ship one for each; .NET
    // libraries run on any.
    if pe.is_dll && !pe.is_managed && !claims.is_empty() && !serves(claims, pe.arch) {
        let arch = pe.arch.map_or_else(|| format!("machine {:#x}", pe.machine), str::to_owned);
        let what = format!("is for {arch}, but the wheel is for {}", names(claims));
        findings.report(catalogue::PE_ARCH, path, what);
    }
}

/// Whether a binary for `arch` can run on any of `claims`.
pub(super) fn serves(claims: &[&PlatformClaim], arch: Option<&str>) -> bool {
    claims.iter().any(|claim| claim.serves(arch))
}

/// The number of names that a message lists before it abbreviates.
const LISTED: usize = 4;

/// `names`, for a sentence.
pub(super) fn list(names: &[&str]) -> String {
    let (listed, rest) = names.split_at(names.len().min(LISTED));
    match rest.len() {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}
