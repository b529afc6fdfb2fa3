//! Checks that something defines every symbol that the binaries Python loads need.
//!
//! In: the binaries and their resolved needs. Out: a [`Finding`] for each binary with symbols that
//! neither the wheel, nor Python, nor the system defines.
//!
//! Only extension modules, Go libraries and what these load are checked: another library may be a
//! plugin of a program that defines its symbols. A symbol counts as defined if any binary of the wheel
//! exports it, because a package may load that binary first and globally. Where a library of unknown
//! contents is needed, nothing is reported.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::search::Node;
use super::wheel::{Outside, is_libpython};
use crate::audit::checks::{go, list};
use crate::audit::exports::hash;
use crate::audit::macho::{MachoSlice, Origin, Unbound};
use crate::audit::system_symbols::{first_version, glibc_defines};
use crate::audit::{Binary, BinaryFile, Elf, Finding, Pe, Report, catalogue, stable_abi};
use crate::relative_path::file_name;
use crate::target::Libc;

/// Libraries of glibc, whose symbols are known. The others in [`RUNTIMES`] are known by prefix.
const GLIBC: &[&str] = &[
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
];

/// Libraries of compilers, and how the names of their symbols start.
const RUNTIMES: &[(&str, &[&str])] = &[
    ("libatomic.so.1", &["__"]),
    ("libgcc_s.so.1", &["__", "_Unwind_"]),
    ("libstdc++.so.6", &["__", "_Z"]),
];

/// Libraries of macOS that a linker would have bound a symbol to. With another one, such as
/// Objective-C's, symbols may be found there.
const MACOS: &[&str] = &[
    "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation",
    "/System/Library/Frameworks/Security.framework/Versions/A/Security",
    "/usr/lib/libSystem.B.dylib",
    "/usr/lib/libc++.1.dylib",
    "/usr/lib/libresolv.9.dylib",
];

/// How the names start that GraalPy adds to the C API.
const GRAALPY: &str = "GraalPy";

/// The linker or the loader defines these.
const LINKER: &[&str] = &["_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__bss_start", "_edata", "_end"];

pub(super) fn judge<'a>(
    files: &'a [BinaryFile],
    nodes: &[Node<'_>],
    libc: Libc,
    outside: &mut [Outside<'a>],
    findings: &mut Vec<Finding>,
) {
    let mut judged = BTreeSet::new();
    let roots = nodes.iter().enumerate().filter(|(_, node)| {
        files.get(node.file).is_some_and(|file| file.is_library() && is_root(file))
    });
    for (root, _) in roots {
        let scope = scope(root, nodes);
        if is_known(&scope, nodes, files, libc) {
            judged.extend(scope);
        }
    }
    let mut needs: HashSet<&str> = HashSet::new();
    for node in judged.iter().filter_map(|number| nodes.get(*number)) {
        needs.extend(node.needs.iter().map(|need| need.name));
    }
    let mut defined = HashMap::new();
    for number in judged {
        let Some(node) = nodes.get(number) else { continue };
        let Some(file) = files.get(node.file) else { continue };
        let rule = match &file.binary {
            Binary::Elf(_) => catalogue::ELF_SYMBOL_UNDEFINED,
            _ => catalogue::MACHO_SYMBOL_UNDEFINED,
        };
        let wanted = match &file.binary {
            Binary::Elf(elf) => unversioned(elf, &needs),
            Binary::MachO(slices) => slices
                .iter()
                .filter(|slice| slice.cpu == node.cpu)
                .flat_map(|slice| flat(slice))
                .collect(),
            Binary::Pe(_) => continue,
        };
        if let (Binary::Elf(elf), Some(outside)) = (&file.binary, outside.get_mut(node.file)) {
            outside.unversioned = of_the_system(elf, node.cpu, &needs, files);
        }
        if wanted.is_empty() {
            continue;
        }
        // Once for each processor: wheels with hundreds of modules have many exports.
        let defined = defined.entry(node.cpu).or_insert_with(|| {
            files.iter().flat_map(|file| exports(file, node.cpu)).copied().collect::<HashSet<_>>()
        });
        let missing: Vec<_> =
            wanted.into_iter().filter(|name| !defined.contains(&hash(name))).collect();
        if !missing.is_empty() {
            findings.report(rule, &file.path, nobody(&missing));
        }
    }
    for node in nodes {
        let Some(file) = files.get(node.file) else { continue };
        if let Binary::MachO(slices) = &file.binary {
            for slice in slices.iter().filter(|slice| slice.cpu == node.cpu) {
                two_level(file, slice, node, nodes, files, findings);
            }
        }
    }
    for file in files {
        if let Binary::Pe(pe) = &file.binary {
            dlls(file, pe, files, findings);
        }
    }
}

fn nobody(missing: &[&str]) -> String {
    let word = if missing.len() == 1 { "the symbol" } else { "the symbols" };
    format!("needs {word} {}, which no library that it can use defines", list(missing))
}

/// Whether Python loads `file` directly.
fn is_root(file: &BinaryFile) -> bool {
    file.is_module() || file.go_builds().iter().any(|(_, info)| go::is_library(info))
}

/// `root` and everything that it loads from the wheel.
fn scope(root: usize, nodes: &[Node<'_>]) -> BTreeSet<usize> {
    let mut scope = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(node) = open.pop().and_then(|number| nodes.get(number)) {
        let found = node.needs.iter().filter_map(|need| need.found);
        open.extend(found.filter(|found| scope.insert(*found)).collect::<Vec<_>>());
    }
    scope
}

/// Whether the symbols of all libraries outside the wheel that `scope` needs are known.
fn is_known(scope: &BTreeSet<usize>, nodes: &[Node<'_>], files: &[BinaryFile], libc: Libc) -> bool {
    scope.iter().filter_map(|number| nodes.get(*number)).all(|node| {
        let outside = node.needs.iter().filter(|need| need.found.is_none()).map(|need| need.name);
        match files.get(node.file).map(|file| &file.binary) {
            Some(Binary::Elf(elf)) => {
                elf.libc().unwrap_or(libc) == Libc::Glibc
                    && outside.into_iter().all(|name| {
                        GLIBC.contains(&name)
                            || name.starts_with("ld-linux")
                            || name.starts_with("ld64.so")
                            || RUNTIMES.iter().any(|(known, _)| *known == name)
                            || is_libpython(name)
                    })
            }
            Some(_) => outside.into_iter().all(|name| MACOS.contains(&name) || is_libpython(name)),
            None => false,
        }
    })
}

/// The required symbols of `elf` without a version that neither Python nor the system defines.
/// Symbols with a version are a matter of the policies.
fn unversioned<'a>(elf: &'a Elf, needs: &HashSet<&str>) -> Vec<&'a str> {
    let runtimes = RUNTIMES.iter().filter(|(library, _)| needs.contains(library));
    let prefixes: Vec<&str> = runtimes.flat_map(|(_, prefixes)| *prefixes).copied().collect();
    let is_own = |name: &&str| {
        !stable_abi::concerns_python(name)
            && !name.starts_with(GRAALPY)
            && !LINKER.contains(name)
            && !glibc_defines(name)
            && !prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    let strong = elf.undefined.iter().filter(|symbol| !symbol.weak && symbol.requirement.is_none());
    strong.map(|symbol| symbol.name.as_str()).filter(is_own).collect()
}

/// The required symbols of `elf` without a version that the system defines and the wheel does not, and
/// the version that has them first.
fn of_the_system<'a>(
    elf: &'a Elf,
    cpu: u32,
    needs: &HashSet<&str>,
    files: &[BinaryFile],
) -> Vec<(&'static str, &'a str)> {
    let Some(arch) = elf.arch else { return Vec::new() };
    let strong = elf.undefined.iter().filter(|symbol| !symbol.weak && symbol.requirement.is_none());
    // Most of them are Python's, and without the others no table has to be read.
    let others = strong.filter(|symbol| !stable_abi::concerns_python(&symbol.name));
    let known = others.filter_map(|symbol| {
        let version = first_version(&symbol.name, arch, |library| needs.contains(library))?;
        Some((version, symbol.name.as_str()))
    });
    let is_inside = |name: &str| files.iter().any(|file| exports(file, cpu).contains(&hash(name)));
    known.filter(|(_, name)| !is_inside(name)).collect()
}

/// The required symbols of `slice` that dyld looks for everywhere and that are not Python's.
fn flat(slice: &MachoSlice) -> Vec<&str> {
    let flat = |from| from == Origin::Anywhere;
    let strong = slice.undefined.iter().filter(|symbol| !symbol.weak && flat(symbol.from));
    let names = strong.map(|symbol| symbol.name.as_str());
    // The C library of macOS has the well-known names of glibc, and its own with an underscore.
    let is_system = |name: &str| name.starts_with('_') || glibc_defines(name);
    let is_python = |name: &str| stable_abi::concerns_python(name) || name.starts_with(GRAALPY);
    names.filter(|name| !is_python(name) && !is_system(name)).collect()
}

/// What the images of `file` for the processor `cpu` export.
fn exports(file: &BinaryFile, cpu: u32) -> &[u64] {
    match &file.binary {
        Binary::Elf(elf) if u32::from(elf.machine) == cpu => elf.exports.hashes(),
        Binary::MachO(slices) => {
            let slice = slices.iter().find(|slice| slice.cpu == cpu);
            slice.map_or(&[], |slice| slice.exports.hashes())
        }
        _ => &[],
    }
}

/// Checks the symbols of `slice` that must come from one library of the wheel.
fn two_level(
    file: &BinaryFile,
    slice: &MachoSlice,
    node: &Node<'_>,
    nodes: &[Node<'_>],
    files: &[BinaryFile],
    findings: &mut Vec<Finding>,
) {
    for (number, need) in node.needs.iter().enumerate() {
        let library = need.found.and_then(|found| files.get(nodes.get(found)?.file));
        let Some(Binary::MachO(images)) = library.map(|library| &library.binary) else {
            continue;
        };
        let Some(image) = images.iter().find(|image| image.cpu == slice.cpu) else { continue };
        // What a re-exported library exports is not known here.
        if image.reexports || image.exports.is_empty() {
            continue;
        }
        let exported: HashSet<u64> = image.exports.hashes().iter().copied().collect();
        let from = |symbol: &&Unbound| !symbol.weak && symbol.from == Origin::Library(number);
        let names = slice.undefined.iter().filter(from).map(|symbol| symbol.name.as_str());
        let missing: Vec<_> = names.filter(|name| !exported.contains(&hash(name))).collect();
        if let (false, Some(library)) = (missing.is_empty(), library) {
            let what =
                format!("needs {} from {}, which does not export it", list(&missing), library.path);
            findings.report(catalogue::MACHO_SYMBOL_UNDEFINED, &file.path, what);
        }
    }
}

/// Checks what `pe` imports by name from DLLs of the wheel.
fn dlls(file: &BinaryFile, pe: &Pe, files: &[BinaryFile], findings: &mut Vec<Finding>) {
    for import in &pe.imports {
        let mut exported: HashSet<u64> = HashSet::new();
        let mut library = None;
        for other in files {
            let Binary::Pe(dll) = &other.binary else { continue };
            let is_meant = file_name(&other.path).eq_ignore_ascii_case(&import.dll);
            if is_meant && dll.machine == pe.machine {
                exported.extend(dll.exports.hashes().iter().copied());
                library = Some(other);
            }
        }
        let Some(library) = library else { continue };
        let names = import.symbols.iter().map(String::as_str);
        let missing: Vec<_> = names.filter(|name| !exported.contains(&hash(name))).collect();
        if !missing.is_empty() {
            let what = format!(
                "imports {} from {}, which does not export it",
                list(&missing),
                library.path
            );
            findings.report(catalogue::PE_SYMBOL_UNDEFINED, &file.path, what);
        }
    }
}
