//! What dyld makes of the needs and search paths of a Mach-O image.

use super::super::finding::code;
use super::super::macho::{ImageKind, MachoSlice};
use super::super::{Binary, Finding, Member};
use super::search::{Need, Node, directory, installed, join};
use super::{Wheel, is_libpython};

pub(super) fn node<'a>(member: usize, path: &str, slice: &'a MachoSlice) -> Node<'a> {
    let path = installed(path);
    let here = directory(&path);
    let rpaths = slice.rpaths.iter();
    Node {
        member,
        cpu: slice.cpu,
        own: Vec::new(),
        lent: rpaths.filter_map(|entry| join(here, after_loader_path(entry)?)).collect(),
        borrows: true,
        needs: slice
            .dylibs
            .iter()
            .map(|dylib| Need {
                name: &dylib.name,
                fixed: after_loader_path(&dylib.name).and_then(|rest| join(here, rest)),
                search: dylib.name.strip_prefix("@rpath/"),
                weak: dylib.weak,
                found: None,
            })
            .collect(),
        path,
    }
}

fn after_loader_path(entry: &str) -> Option<&str> {
    let rest = entry.strip_prefix("@loader_path")?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// What every Mac has: these directories are sealed parts of the system.
fn is_system(path: &str) -> bool {
    path.starts_with("/usr/lib/") || path.starts_with("/System/Library/") || path == "/usr/lib"
}

pub(super) fn judge(
    wheel: &Wheel<'_, '_>,
    member: &Member,
    node: &Node<'_>,
    findings: &mut Vec<Finding>,
) {
    let Binary::MachO(slices) = &member.binary else {
        return;
    };
    let Some(slice) = slices.iter().find(|slice| slice.cpu == node.cpu) else {
        return;
    };
    for entry in &slice.rpaths {
        if after_loader_path(entry).is_none() && !is_system(entry) {
            findings.push(Finding::new(
                code::MACHO_RPATH,
                &member.path,
                format!("has the rpath {entry}, which means another place on every machine"),
            ));
        }
    }
    let foreign_id = slice.id.as_deref().filter(|id| {
        // delocate writes /DLC/ for "inside this wheel", on purpose a path that is nowhere.
        let is_path = id.starts_with('/') && !id.starts_with("/DLC/");
        slice.kind == ImageKind::Dylib && is_path && !is_system(id)
    });
    if let Some(id) = foreign_id {
        findings.push(Finding::new(
            code::MACHO_INSTALL_NAME,
            &member.path,
            format!("has the install name {id}, a path of the machine it was built on"),
        ));
    }
    for need in &node.needs {
        if need.found.is_some() || need.weak || is_system(need.name) {
            continue;
        }
        let is_searched = need.search.is_some() || after_loader_path(need.name).is_some();
        if is_searched || is_libpython(need.name) {
            let paths = match slice.rpaths.as_slice() {
                [] => "no rpath".to_owned(),
                entries => format!("rpath {}", entries.join(", ")),
            };
            findings.push(wheel.missing(member, code::MACHO_DYLIB_OUTSIDE, need.name, &paths));
        } else {
            findings.push(Finding::new(
                code::MACHO_DYLIB_PATH,
                &member.path,
                format!("needs {}, a path that other Macs do not have", need.name),
            ));
        }
    }
}
