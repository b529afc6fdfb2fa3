//! How the Linux loader resolves the needs of an ELF file.

use super::search::{Need, Node, directory, installed, join, top};
use super::wheel::{Outside, Rules, Wheel, is_libpython};
use crate::audit::elf::Elf;
use crate::audit::{Binary, BinaryFile, Finding, Report, catalogue, policy};
use crate::target::{Libc, Os};

/// The two ways of writing "the directory of this file" (ld.so(8), "Dynamic string tokens").
const ORIGIN: [&str; 2] = ["$ORIGIN", "${ORIGIN}"];

pub(super) fn node<'a>(file: usize, path: &str, elf: &'a Elf) -> Node<'a> {
    let path = installed(path);
    let here = directory(&path);
    let expand = |list: &[String]| -> Vec<String> {
        list.iter().filter_map(|entry| join(here, after_origin(entry)?)).collect()
    };
    // Android's loader does not read RPATH.
    let by_rpath = elf.runpath.is_empty() && elf.libc() != Some(Libc::Bionic);
    let outside = elf.search_path().iter().filter_map(|entry| top(here, after_origin(entry)?));
    Node {
        outside: outside.collect(),
        file,
        cpu: u32::from(elf.machine),
        own: expand(&elf.runpath),
        inherited: if by_rpath { expand(&elf.rpath) } else { Vec::new() },
        inherits: by_rpath,
        needs: elf
            .needed
            .iter()
            .map(|name| Need {
                name,
                fixed: None,
                search: (!name.contains('/')).then_some(name.as_str()),
                weak: false,
                found: None,
            })
            .collect(),
        path,
    }
}

/// The rest of an entry that starts with `$ORIGIN`.
fn after_origin(entry: &str) -> Option<&str> {
    let rest = ORIGIN.iter().find_map(|origin| entry.strip_prefix(origin))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

pub(super) fn judge<'a>(
    wheel: &Wheel<'_, 'a>,
    file: &'a BinaryFile,
    elf: &'a Elf,
    node: &Node<'a>,
    libc: Libc,
    outside: &mut Outside<'a>,
    findings: &mut Vec<Finding>,
) {
    let kind = if elf.runpath.is_empty() { "RPATH" } else { "RUNPATH" };
    for entry in elf.search_path() {
        // Only a warning: if a library is not found because of it, that is an error of its own.
        if after_origin(entry).is_none() {
            let entry = if entry.is_empty() { "the current directory" } else { entry };
            let what = format!("has {entry} in its {kind}, which is not relative to the file");
            findings.report(catalogue::ELF_RPATH, &file.path, what);
        }
    }
    for need in &node.needs {
        match need.found.and_then(|found| wheel.file_of(found)) {
            Some(library) => {
                outside.inside.get_or_insert(need.name);
                findings.extend(without_soname(library, file));
            }
            None if wheel.around.excluded.matches(need.name) => {}
            None if is_libpython(need.name) && Os::linux(libc).links_python => {}
            None if need.search.is_none() => findings.report(
                catalogue::ELF_NEEDED_PATH,
                &file.path,
                format!("needs {} by path, because that library had no soname", need.name),
            ),
            None if policy::is_system_library(libc, need.name) => outside.system.push(need.name),
            None => {
                let paths = match elf.search_path() {
                    [] => format!("no {kind}"),
                    entries => format!("{kind} {}", entries.join(":")),
                };
                const RULES: Rules = Rules {
                    missing: catalogue::ELF_NEEDED_OUTSIDE,
                    elsewhere: catalogue::ELF_NEEDED_ELSEWHERE,
                };
                let finding = wheel.missing(file, Some(node), RULES, need.name, &paths);
                if finding.rule != RULES.elsewhere {
                    outside.missing.push(need.name);
                }
                findings.push(finding);
            }
        }
    }
}

/// A needed library works without a soname, until something else links against it by path.
fn without_soname(library: &BinaryFile, needed_by: &BinaryFile) -> Option<Finding> {
    let Binary::Elf(elf) = &library.binary else {
        return None;
    };
    let what = format!("has no soname, but {} needs it", needed_by.path);
    elf.soname.is_none().then(|| Finding::new(catalogue::ELF_SONAME, &library.path, what))
}
