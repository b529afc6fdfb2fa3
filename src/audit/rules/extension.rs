//! What a Python extension module must be.
//!
//! Source: the "Stable ABI" page of Python's C API reference, and PEP 489 for the init function.

use std::collections::HashSet;

use super::super::finding::{Finding, code};
use super::super::{Binary, Extension, Member, stable_abi};
use crate::target::Release;

/// How many names a message lists before it says how many more there are.
const LISTED: usize = 4;

/// Checks `extension`; gives the least Python whose stable ABI has all that it uses, where it is
/// to keep to the stable ABI.
pub(in crate::audit) fn check(
    extension: &Extension<'_>,
    members: &[Member<'_>],
    findings: &mut Vec<Finding>,
) -> Option<Release> {
    let path = extension.path;
    let Some(member) = members.iter().find(|member| member.path == path) else {
        findings.push(Finding::error(
            path,
            code::EXTENSION_MISSING,
            "is to be an extension module, but is no readable binary of this wheel",
            "build it, and put it where its module name says",
        ));
        return None;
    };
    let module = extension.module.rsplit('.').next().unwrap_or_default();
    let init = format!("PyInit_{module}");
    let exported = exported(member);
    if exported.iter().any(|image| !image.contains(init.as_str())) {
        findings.push(Finding::error(
            path,
            code::EXTENSION_INIT,
            format!("does not export {init}, without which it cannot be imported"),
            "name the module in the source as the file is named, and export that function",
        ));
    }
    let floor = extension.abi3?;
    // A library of the wheel may have functions of its own that are named like Python's.
    let ours: HashSet<_> = members.iter().flat_map(self::exported).flatten().collect();
    let mut used: Vec<_> = undefined(member)
        .into_iter()
        .filter(|name| stable_abi::is_python(name) && !ours.contains(name))
        .collect();
    used.sort_unstable();
    used.dedup();
    let foreign: Vec<_> =
        used.iter().copied().filter(|name| stable_abi::added(name).is_none()).collect();
    if !foreign.is_empty() {
        findings.push(Finding::error(
            path,
            code::ABI3_SYMBOL,
            format!("uses {}, outside Python's stable ABI", list(&foreign)),
            "compile it with Py_LIMITED_API, or tag the wheel for one Python release",
        ));
    }
    let newer: Vec<_> = used
        .iter()
        .copied()
        .filter(|name| stable_abi::added(name).is_some_and(|added| added > floor))
        .collect();
    let least = used.iter().filter_map(|name| stable_abi::added(name)).max();
    if let (false, Some(least)) = (newer.is_empty(), least) {
        findings.push(Finding::error(
            path,
            code::ABI3_TOO_NEW,
            format!("uses {}, which Python {floor} does not have", list(&newer)),
            &format!("raise requires-python to {least}, or do without"),
        ));
    }
    least
}

/// The exported symbols of each image.
fn exported<'m>(member: &'m Member<'_>) -> Vec<HashSet<&'m str>> {
    match &member.binary {
        Binary::Elf(elf) => vec![elf.exported.iter().copied().collect()],
        Binary::MachO(slices) => {
            slices.iter().map(|slice| slice.exported.iter().map(String::as_str).collect()).collect()
        }
    }
}

fn undefined<'m>(member: &'m Member<'_>) -> Vec<&'m str> {
    match &member.binary {
        Binary::Elf(elf) => elf.undefined.iter().map(|symbol| symbol.name).collect(),
        Binary::MachO(slices) => {
            slices.iter().flat_map(|slice| slice.undefined.iter().copied()).collect()
        }
    }
}

fn list(names: &[&str]) -> String {
    let (listed, rest) = names.split_at(names.len().min(LISTED));
    match rest.len() {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}
