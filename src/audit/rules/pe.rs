//! What a PE file of a wheel must be, seen by itself.

use super::super::finding::{Finding, code};
use super::super::{Pe, PlatformClaim};

pub(in crate::audit) fn check(
    path: &str,
    pe: &Pe,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    // A program may be there for another Windows on purpose: installers carry one for each.
    // A library for .NET is for any.
    if pe.is_dll && !pe.is_managed && !claims.is_empty() && !super::serves(claims, pe.arch) {
        let arch = pe.arch.map_or_else(|| format!("machine {:#x}", pe.machine), str::to_owned);
        let what = format!("is for {arch}, but the wheel is for {}", super::names(claims));
        findings.push(Finding::new(code::PE_ARCH, path, what));
    }
}
