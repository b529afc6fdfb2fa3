//! What a Python extension module must be.
//!
//! Source: the "Stable ABI" page of Python's C API reference, and PEP 489 for the init function.

use std::collections::HashSet;

use super::super::finding::{Finding, code};
use super::super::{Binary, Extension, Member, Pe, stable_abi};
use super::list;
use crate::target::Release;

/// Checks `extension`, whose file `member` is, in a wheel that exports the names `ours`; gives the least Python whose stable ABI has all that it uses, where it is
/// to keep to the stable ABI.
pub(in crate::audit) fn check(
    extension: &Extension<'_>,
    member: Option<&Member>,
    ours: &HashSet<&str>,
    findings: &mut Vec<Finding>,
) -> Option<Release> {
    let path = extension.path;
    let Some(member) = member else {
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
    for import in &pe.imports {
        let whose = match PythonDll::read(&import.dll) {
            Some(PythonDll { is_debug: true, .. }) => "debug builds of Python have",
            Some(PythonDll { minor: Some(_), .. }) => "one Python release has",
            _ => continue,
        };
        let what = format!("imports {}, which only {whose}", import.dll);
        findings.push(Finding::new(code::ABI3_PYTHON_DLL, path, what));
    }
}

/// What the name of a DLL of Python says: `python3.dll`, `python313t.dll`, `python312_d.dll`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) struct PythonDll {
    /// The `13` of `python313.dll`; none of the DLL for the stable ABI.
    pub(in crate::audit) minor: Option<u16>,
    pub(in crate::audit) is_free_threaded: bool,
    pub(in crate::audit) is_debug: bool,
}

impl PythonDll {
    /// Reads a file name in lower case; `None` where it is no DLL of Python 3.
    pub(in crate::audit) fn read(dll: &str) -> Option<Self> {
        let rest = dll.strip_suffix(".dll")?.strip_prefix("python3")?;
        let (rest, is_debug) = rest.strip_suffix("_d").map_or((rest, false), |rest| (rest, true));
        let (rest, is_free_threaded) =
            rest.strip_suffix('t').map_or((rest, false), |rest| (rest, true));
        let minor = match rest {
            "" => None,
            digits => Some(digits.parse().ok()?),
        };
        Some(Self { minor, is_free_threaded, is_debug })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_pythons_dlls_are_read() {
        let read =
            |name| PythonDll::read(name).map(|dll| (dll.minor, dll.is_free_threaded, dll.is_debug));
        assert_eq!(read("python3.dll"), Some((None, false, false)));
        assert_eq!(read("python3t_d.dll"), Some((None, true, true)));
        assert_eq!(read("python313t.dll"), Some((Some(13), true, false)));
        assert_eq!(read("python312_d.dll"), Some((Some(12), false, true)));
        assert_eq!(read("python3x.dll"), None);
        assert_eq!(read("pythoncom312.dll"), None);
    }
}
