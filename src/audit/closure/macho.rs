//! How dyld resolves the needs of a Mach-O image.

use super::search::{Need, Node, directory, installed, join, top};
use super::wheel::{Rules, Wheel, is_libpython};
use crate::audit::macho::{ImageKind, MachoSlice};
use crate::audit::{Binary, BinaryFile, Finding, Report, catalogue};

pub(super) fn node<'a>(file: usize, path: &str, slice: &'a MachoSlice) -> Node<'a> {
    let path = installed(path);
    let here = directory(&path);
    let rpaths = slice.rpaths.iter();
    let outside = rpaths.clone().filter_map(|entry| top(here, after_loader_path(entry)?));
    Node {
        outside: outside.collect(),
        file,
        cpu: slice.cpu,
        own: Vec::new(),
        inherited: rpaths.filter_map(|entry| join(here, after_loader_path(entry)?)).collect(),
        inherits: true,
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

/// Whether every Mac has `path`: these directories are read-only parts of the system.
fn is_system(path: &str) -> bool {
    path.starts_with("/usr/lib/") || path.starts_with("/System/Library/") || path == "/usr/lib"
}

pub(super) fn judge(
    wheel: &Wheel<'_, '_>,
    file: &BinaryFile,
    node: &Node<'_>,
    findings: &mut Vec<Finding>,
) {
    let Binary::MachO(slices) = &file.binary else {
        return;
    };
    let Some(slice) = slices.iter().find(|slice| slice.cpu == node.cpu) else {
        return;
    };
    for entry in &slice.rpaths {
        if after_loader_path(entry).is_none() && !is_system(entry) {
            let what = format!("has the rpath {entry}, which is not relative to the file");
            findings.report(catalogue::MACHO_RPATH, &file.path, what);
        }
    }
    let foreign_id = slice.id.as_deref().filter(|id| {
        // delocate writes /DLC/ for vendored libraries, a path that deliberately does not exist.
        let is_path = id.starts_with('/') && !id.starts_with("/DLC/");
        slice.kind == ImageKind::Dylib && is_path && !is_system(id)
    });
    if let Some(id) = foreign_id {
        let what = format!("has the install name {id}, a path on the build machine");
        findings.report(catalogue::MACHO_INSTALL_NAME, &file.path, what);
    }
    for need in &node.needs {
        let is_meant = need.weak || wheel.around.excluded.matches(need.name);
        // An app contains Python, and has an rpath to it.
        let is_of_app = is_libpython(need.name) && slice.os().is_some_and(|os| os.links_python);
        if need.found.is_some() || is_meant || is_of_app || is_system(need.name) {
            continue;
        }
        let is_searched = need.search.is_some() || after_loader_path(need.name).is_some();
        if is_searched || is_libpython(need.name) {
            let paths = match slice.rpaths.as_slice() {
                [] => "no rpath".to_owned(),
                entries => format!("rpath {}", entries.join(", ")),
            };
            const RULES: Rules = Rules {
                missing: catalogue::MACHO_DYLIB_OUTSIDE,
                elsewhere: catalogue::MACHO_DYLIB_ELSEWHERE,
            };
            findings.push(wheel.missing(file, Some(node), RULES, need.name, &paths));
        } else if let Some(clause) = wheel.clause_of_plugin(file, false) {
            let what = format!("needs {}, {clause}", need.name);
            findings.report(catalogue::MACHO_DYLIB_ELSEWHERE, &file.path, what);
        } else {
            let what = format!("needs {}, a path on the build machine", need.name);
            findings.report(catalogue::MACHO_DYLIB_PATH, &file.path, what);
        }
    }
}
