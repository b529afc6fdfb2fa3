//! What glibc's loader makes of the needs and search paths of an ELF file.

use super::super::elf::Elf;
use super::super::finding::code;
use super::super::{Binary, Finding, Member, policy};
use super::search::{Need, Node, directory, installed, join};
use super::{Outside, Wheel};
use crate::target::Libc;

/// The two ways of writing "the directory of this file" (ld.so(8), "Dynamic string tokens").
const ORIGIN: [&str; 2] = ["$ORIGIN", "${ORIGIN}"];

pub(super) fn node<'a>(member: usize, path: &str, elf: &'a Elf) -> Node<'a> {
    let path = installed(path);
    let here = directory(&path);
    let expand = |list: &[String]| -> Vec<String> {
        list.iter().filter_map(|entry| join(here, after_origin(entry)?)).collect()
    };
    let by_rpath = elf.runpath.is_empty();
    Node {
        member,
        cpu: u32::from(elf.machine),
        own: expand(&elf.runpath),
        lent: if by_rpath { expand(&elf.rpath) } else { Vec::new() },
        borrows: by_rpath,
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

/// What follows `$ORIGIN`, if an entry begins so.
fn after_origin(entry: &str) -> Option<&str> {
    let rest = ORIGIN.iter().find_map(|origin| entry.strip_prefix(origin))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

pub(super) fn judge<'a>(
    wheel: &Wheel<'_, 'a>,
    member: &'a Member,
    elf: &'a Elf,
    node: &Node<'a>,
    libc: Libc,
    outside: &mut Outside<'a>,
    findings: &mut Vec<Finding>,
) {
    let kind = if elf.runpath.is_empty() { "RPATH" } else { "RUNPATH" };
    for entry in elf.search_path() {
        // It still works where the libraries are found otherwise; where not, that is an error.
        if after_origin(entry).is_none() {
            let entry = if entry.is_empty() { "the current directory" } else { entry };
            findings.push(Finding::new(
                code::ELF_RPATH,
                &member.path,
                format!("has {entry} in its {kind}, which means another place on every machine"),
            ));
        }
    }
    for need in &node.needs {
        match need.found.and_then(|found| wheel.member_of(found)) {
            Some(library) => findings.extend(without_soname(library, member)),
            None if need.search.is_none() => findings.push(Finding::new(
                code::ELF_NEEDED_PATH,
                &member.path,
                format!("needs {}, a path, because that library had no soname", need.name),
            )),
            None if policy::is_system_library(libc, need.name) => outside.system.push(need.name),
            None => {
                let paths = match elf.search_path() {
                    [] => format!("no {kind}"),
                    entries => format!("{kind} {}", entries.join(":")),
                };
                let finding = wheel.missing(member, code::ELF_NEEDED_OUTSIDE, need.name, &paths);
                findings.push(finding);
                outside.nowhere.push(need.name);
            }
        }
    }
}

/// A library that is needed works without a soname, until somebody links with it by a path.
fn without_soname(library: &Member, needed_by: &Member) -> Option<Finding> {
    let Binary::Elf(elf) = &library.binary else {
        return None;
    };
    elf.soname.is_none().then(|| {
        Finding::new(
            code::ELF_SONAME,
            &library.path,
            format!("has no soname, and {} needs it", needed_by.path),
        )
    })
}
