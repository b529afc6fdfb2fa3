//! Checks a Python extension module.
//!
//! Source: the "Stable ABI" page of Python's C API reference, and PEP 489 for the init function.

use std::collections::HashSet;

use super::list;
use crate::audit::closure::is_libpython;
use crate::audit::macho::{Origin, Unbound};
use crate::audit::{Binary, BinaryFile, Finding, Pe, Report, catalogue, policy, stable_abi};
use crate::target::{Libc, Release};

/// A Python extension module of a wheel.
#[derive(Debug, Clone, Copy)]
pub struct Extension<'a> {
    /// Its path in the wheel: `example/_example.abi3.so`.
    pub path: &'a str,
    /// The module's name, with or without its package: `example._example`.
    pub module: &'a str,
    /// The oldest Python in the wheel's tag, if the tag is `abi3`.
    pub abi3: Option<Release>,
}

/// Checks `extension`, whose binary is `file`. `own` are the names that the wheel itself exports.
/// Returns the oldest Python whose stable ABI has everything it uses, if it must use the stable ABI.
pub(in crate::audit) fn check(
    extension: &Extension<'_>,
    file: Option<&BinaryFile>,
    own: &HashSet<&str>,
    findings: &mut Vec<Finding>,
) -> Option<Release> {
    let path = extension.path;
    let Some(file) = file else {
        let what =
            "should be an extension module, but the wheel has no readable binary at that path";
        findings.report(catalogue::EXTENSION_MISSING, path, what);
        return None;
    };
    let module = extension.module.rsplit('.').next().unwrap_or_default();
    // Python encodes non-ASCII module names in Punycode (PEP 489).
    if module.is_ascii() {
        let inits = [format!("PyInit_{module}"), format!("PyModExport_{module}")];
        let lacks = |image: &&[String]| !image.iter().any(|name| inits.contains(name));
        if file.exported().iter().any(lacks) {
            let what = format!("does not export {}, which Python calls to import it", inits[0]);
            findings.report(catalogue::EXTENSION_INIT, path, what);
        }
    }
    let tagged = extension.abi3?;
    if let Binary::Pe(pe) = &file.binary {
        python_dll(path, pe, findings);
    }
    let has_others = has_other_libraries(file);
    let is_used = |name: &&str| {
        stable_abi::is_python(name)
            && !own.contains(name)
            && (!has_others || stable_abi::is_in_family(name))
    };
    let mut used: Vec<_> = undefined(file).into_iter().filter(is_used).collect();
    used.sort_unstable();
    used.dedup();
    let (mut unstable, mut newer, mut min) = (Vec::new(), Vec::new(), None);
    for name in used {
        let added = stable_abi::added(name);
        min = min.max(added);
        match added {
            None => unstable.push(name),
            Some(added) if added > tagged => newer.push(name),
            Some(_) => {}
        }
    }
    if !unstable.is_empty() {
        let what = format!("uses {}, outside Python's stable ABI", list(&unstable));
        findings.report(catalogue::ABI3_SYMBOL, path, what);
    }
    if let (false, Some(min)) = (newer.is_empty(), min) {
        let what = format!("uses {}, which Python {tagged} does not have", list(&newer));
        let fix = format!("raise requires-python to {min}, or avoid these functions");
        findings.push(Finding::new(catalogue::ABI3_TOO_NEW, path, what).with_fix(fix));
    }
    min
}

/// A stable-ABI extension may import only `python3.dll`, or `python3t.dll` if free-threaded.
fn python_dll(path: &str, pe: &Pe, findings: &mut Vec<Finding>) {
    for import in &pe.imports {
        let owner = match PythonDll::read(&import.dll) {
            Some(PythonDll { is_debug: true, .. }) => "debug builds of Python",
            Some(PythonDll { minor: Some(_), .. }) => "one Python release",
            _ => continue,
        };
        let what = format!("imports {}, which belongs to {owner}", import.dll);
        findings.report(catalogue::ABI3_PYTHON_DLL, path, what);
    }
}

/// The parts of a Python DLL's name: `python3.dll`, `python313t.dll`, `python312_d.dll`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) struct PythonDll {
    /// The `13` of `python313.dll`; `None` for the stable ABI's DLL.
    pub(in crate::audit) minor: Option<u16>,
    pub(in crate::audit) is_free_threaded: bool,
    pub(in crate::audit) is_debug: bool,
}

impl PythonDll {
    /// Parses a lower-case file name; `None` if it is not a DLL of Python 3.
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

/// Whether it needs libraries that may define functions whose names look like Python's. The C
/// library, the compiler's libraries and Python itself do not.
fn has_other_libraries(file: &BinaryFile) -> bool {
    let Binary::Elf(elf) = &file.binary else {
        return false;
    };
    elf.needed.iter().any(|name| {
        !is_libpython(name)
            && ![Libc::Glibc, Libc::Musl].iter().any(|libc| policy::is_system_library(*libc, name))
    })
}

/// Functions that an init function calls to create its module. Those of cffi pass a pointer to its
/// backend, which does that.
const CREATORS: &[&str] = &[
    "PyLong_FromVoidPtr",
    "PyModuleDef_Init",
    "PyModule_Create2",
    "PyModule_Create2TraceRefs",
    "PyModule_FromDefAndSpec2",
    "PyModule_FromSlotsAndSpec",
    "PyModule_New",
    "PyModule_NewObject",
];

/// Whether `file` uses Python, but cannot be a module, even if its init function is missing by mistake:
/// it exports functions, but neither it nor a library that it needs calls one that creates a module.
pub(in crate::audit) fn creates_no_module(file: &BinaryFile) -> bool {
    let is_own = |name: &str| {
        let system = ["/usr/lib/", "/System/Library/"];
        !is_libpython(name) && !system.iter().any(|start| name.starts_with(start))
    };
    let is_alone = match &file.binary {
        Binary::Elf(elf) => !has_other_libraries(file) && !elf.exports.is_empty(),
        Binary::MachO(slices) => slices.iter().all(|slice| {
            !slice.exports.is_empty() && !slice.dylibs.iter().any(|dylib| is_own(&dylib.name))
        }),
        // Most DLLs that a DLL needs are Windows's, under many names.
        Binary::Pe(_) => false,
    };
    let used = undefined(file);
    is_alone
        && !file.is_module()
        && used.iter().any(|name| stable_abi::is_python(name))
        && !used.iter().any(|name| CREATORS.contains(name))
}

/// The required symbols that Python may have to define.
pub(in crate::audit) fn undefined(file: &BinaryFile) -> Vec<&str> {
    match &file.binary {
        Binary::Elf(elf) => {
            let strong = elf.undefined.iter().filter(|symbol| !symbol.weak);
            strong.map(|symbol| symbol.name.as_str()).collect()
        }
        Binary::MachO(slices) => {
            let pythons = slices.iter().flat_map(|slice| {
                // With a two-level namespace, a symbol that comes from a library is not Python's.
                let is_python = |symbol: &&Unbound| match symbol.from {
                    Origin::Library(number) => {
                        slice.dylibs.get(number).is_none_or(|dylib| is_libpython(&dylib.name))
                    }
                    Origin::Anywhere | Origin::Other => true,
                };
                slice.undefined.iter().filter(is_python)
            });
            pythons.map(|symbol| symbol.name.as_str()).collect()
        }
        Binary::Pe(pe) => {
            // Other DLLs may export names that look like Python's.
            let python = pe.imports.iter().filter(|import| import.dll.starts_with("python"));
            python.flat_map(|import| import.symbols.iter().map(String::as_str)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_python_dlls_are_parsed() {
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
