//! What a Python extension module must be.
//!
//! Source: the "Stable ABI" page of Python's C API reference, and PEP 489 for the init function.

use std::collections::HashSet;

use super::super::finding::{Finding, code};
use super::super::{Binary, Extension, Member, Pe, stable_abi};
use super::list;
use crate::target::Release;

/// Checks `extension`; gives the least Python whose stable ABI has all that it uses, where it is
/// to keep to the stable ABI.
pub(in crate::audit) fn check(
    extension: &Extension<'_>,
    members: &[Member],
    findings: &mut Vec<Finding>,
) -> Option<Release> {
    let path = extension.path;
    let Some(member) = members.iter().find(|member| member.path == path) else {
        findings.push(Finding::new(
            code::EXTENSION_MISSING,
            path,
            "is to be an extension module, but is no readable binary of this wheel",
        ));
        return None;
    };
    let module = extension.module.rsplit('.').next().unwrap_or_default();
    // Python spells the names of other modules in Punycode (PEP 489).
    if module.is_ascii() {
        let inits = [format!("PyInit_{module}"), format!("PyModExport_{module}")];
        let lacks = |image: &&[String]| !image.iter().any(|name| inits.contains(name));
        if member.exported().iter().any(lacks) {
            let what = format!("does not export {}, without which it cannot be imported", inits[0]);
            findings.push(Finding::new(code::EXTENSION_INIT, path, what));
        }
    }
    let floor = extension.abi3?;
    if let Binary::Pe(pe) = &member.binary {
        python_dll(path, pe, findings);
    }
    // A library of the wheel may have functions of its own that are named like Python's.
    let ours: HashSet<&str> =
        members.iter().flat_map(Member::exported).flatten().map(String::as_str).collect();
    let mut used: Vec<_> = undefined(member)
        .into_iter()
        .filter(|name| stable_abi::is_python(name) && !ours.contains(name))
        .collect();
    used.sort_unstable();
    used.dedup();
    let foreign: Vec<_> =
        used.iter().copied().filter(|name| stable_abi::added(name).is_none()).collect();
    if !foreign.is_empty() {
        let what = format!("uses {}, outside Python's stable ABI", list(&foreign));
        findings.push(Finding::new(code::ABI3_SYMBOL, path, what));
    }
    let newer: Vec<_> = used
        .iter()
        .copied()
        .filter(|name| stable_abi::added(name).is_some_and(|added| added > floor))
        .collect();
    let least = used.iter().filter_map(|name| stable_abi::added(name)).max();
    if let (false, Some(least)) = (newer.is_empty(), least) {
        let what = format!("uses {}, which Python {floor} does not have", list(&newer));
        let fix = format!("raise requires-python to {least}, or do without");
        findings.push(Finding::new(code::ABI3_TOO_NEW, path, what).with_fix(fix));
    }
    least
}

/// An extension for the stable ABI may import `python3.dll` only, and free-threaded `python3t.dll`.
fn python_dll(path: &str, pe: &Pe, findings: &mut Vec<Finding>) {
    let of_one_release = pe.imports.iter().map(|import| import.dll.as_str()).find(|dll| {
        let rest = dll.strip_prefix("python3").unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit())
    });
    if let Some(dll) = of_one_release {
        let what = format!("imports {dll}, which one Python release has");
        findings.push(Finding::new(code::ABI3_PYTHON_DLL, path, what));
    }
}

/// What it takes from elsewhere and cannot do without.
pub(in crate::audit) fn undefined(member: &Member) -> Vec<&str> {
    match &member.binary {
        Binary::Elf(elf) => {
            let strong = elf.undefined.iter().filter(|symbol| !symbol.weak);
            strong.map(|symbol| symbol.name.as_str()).collect()
        }
        Binary::MachO(slices) => {
            slices.iter().flat_map(|slice| slice.undefined.iter().map(String::as_str)).collect()
        }
        Binary::Pe(pe) => {
            pe.imports.iter().flat_map(|import| import.symbols.iter().map(String::as_str)).collect()
        }
    }
}
