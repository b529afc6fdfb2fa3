//! Checks that extension modules are linked to Python on systems where it is a library in an app.
//!
//! In: an extension module, the other binaries and the tags. Out: findings about a module that is not
//! linked to Python, or linked to a release other than the tagged one.
//!
//! Source: PEP 738 and PEP 730.

use std::collections::HashSet;

use crate::audit::checks::extension::undefined;
use crate::audit::claim::{loading, names};
use crate::audit::closure::is_libpython;
use crate::audit::loaded::base;
use crate::audit::{
    Binary, BinaryFile, Elf, Finding, MachoSlice, PlatformClaim, Report, catalogue, stable_abi,
};
use crate::target::Libc;

/// Checks `file`, an extension module among `files`. `tagged` are the minor versions of the tagged
/// Pythons and whether each is free-threaded; it is empty if the module may be for any.
pub(super) fn check(
    file: &BinaryFile,
    files: &[BinaryFile],
    claims: &[PlatformClaim],
    tagged: &[(u16, bool)],
    findings: &mut Vec<Finding>,
) {
    let claims = loading(claims, file.format);
    if !claims.iter().any(|claim| claim.os.links_python) {
        return;
    }
    match &file.binary {
        Binary::Elf(elf) if elf.libc().is_none_or(|libc| libc == Libc::Bionic) => {
            let libraries = libraries(elf, files);
            let Some(python) = libraries.iter().find(|name| is_libpython(name)) else {
                if uses_python(file) {
                    let what = "uses Python, but is not linked to libpython";
                    findings.report(catalogue::ANDROID_LIBPYTHON, &file.path, what);
                }
                return;
            };
            if version(python).is_some_and(|own| !tagged.is_empty() && !tagged.contains(&own)) {
                let wheel = names(&claims);
                let what =
                    format!("is linked to {python}, but the wheel for {wheel} has another tag");
                findings.report(catalogue::PYTHON_DLL_MISMATCH, &file.path, what);
            }
        }
        Binary::MachO(slices) => {
            let is_linked =
                |slice: &MachoSlice| slice.dylibs.iter().any(|dylib| is_libpython(&dylib.name));
            if !slices.iter().all(is_linked) && uses_python(file) {
                let what = "uses Python, but is not linked to Python.framework";
                findings.report(catalogue::IOS_FRAMEWORK, &file.path, what);
            }
        }
        _ => {}
    }
}

fn uses_python(file: &BinaryFile) -> bool {
    undefined(file).into_iter().any(stable_abi::is_python)
}

/// Everything that `elf` is linked to, also through libraries of the wheel: where Android looks for its
/// symbols.
fn libraries<'a>(elf: &'a Elf, files: &'a [BinaryFile]) -> Vec<&'a str> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut all: Vec<&str> = elf.needed.iter().map(String::as_str).collect();
    let mut next = 0;
    while let Some(name) = all.get(next).copied() {
        next += 1;
        if !seen.insert(name) {
            continue;
        }
        for file in files.iter().filter(|file| base(&file.path) == base(name)) {
            if let Binary::Elf(library) = &file.binary {
                all.extend(library.needed.iter().map(String::as_str));
            }
        }
    }
    all
}

/// The `14` and the `t` of `libpython3.14t.so`; `None` for `libpython3.so`, the stable ABI's library.
fn version(library: &str) -> Option<(u16, bool)> {
    let version = library.strip_prefix("libpython3.")?.strip_suffix(".so")?;
    let digits = version.trim_end_matches('t');
    Some((digits.parse().ok()?, digits != version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_python_library_is_read() {
        assert_eq!(version("libpython3.14.so"), Some((14, false)));
        assert_eq!(version("libpython3.14t.so"), Some((14, true)));
        for other in ["libpython3.so", "libpython3.so.1.0", "libpython2.7.so", "libc.so"] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}
