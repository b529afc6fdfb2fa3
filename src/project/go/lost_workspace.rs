//! What an archive of a project loses if the go.work in use is not part of it: one above the
//! project, or one that GOWORK names.
//!
//! Input: the modules of an archive, and GOWORK. Output: notes about packages that a build of the
//! archive takes from elsewhere, or a failure if it could not find them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::text::{self, MAX_SIZE};
use super::super::tree::Entry;
use super::modfile::{ModFile, nearest_work_file, work_file};
use super::package::GoPackage;
use super::packages::imports;
use super::tree::GoTree;
use crate::error::{Failure, Result};
use crate::relative_path::{clean, relative_path_to};

/// A module that a go.work provides.
struct Provided {
    /// The path that its packages are imported by.
    module: String,
    /// The go.work and the line.
    place: String,
    /// Its directory, if it is local.
    dir: Option<PathBuf>,
}

/// Notes about modules that builds of `tree`'s project take from a go.work outside of an archive.
/// GOWORK is `gowork`.
///
/// # Errors
/// A package that only that go.work provides: no build of the archive would find it.
pub fn lost_workspace(
    tree: &GoTree<'_>,
    entries: &[Entry],
    gowork: Option<&OsStr>,
) -> Result<Vec<String>> {
    let project = tree.modules().project();
    let mut notes = BTreeSet::new();
    let mut imported = None;
    for library in project.variants().map(|part| &part.go) {
        let (Some(go_mod), Some(work)) = (&library.go_mod, work_file(&library.dir, gowork)) else {
            continue;
        };
        if nearest_work_file(&library.dir, &project.root).is_some_and(|own| same(&own, &work)) {
            continue;
        }
        let main = read(go_mod)?;
        let imported = imported.get_or_insert_with(|| all_imports(tree, entries));
        for provided in provided(&work)? {
            let is_in_archive = provided.dir.as_ref().is_some_and(|dir| {
                dir.strip_prefix(&project.root).is_ok_and(|inner| tree.modules().has(inner))
            });
            let replaced = main.replaces.iter().any(|by| by.module == provided.module);
            let user = imported.iter().find(|(import, _)| is_below(import, &provided.module));
            let Some((import, file)) = user.filter(|_| !is_in_archive && !replaced) else {
                continue;
            };
            if is_vendored(go_mod, import) {
                continue;
            }
            match main.required(&provided.module) {
                Some(version) if version != UNPUBLISHED => {
                    notes.insert(format!(
                        "the sdist does not contain {}: wheels built from it use {} {version}",
                        provided.place, provided.module
                    ));
                }
                _ => return Err(failure(library, go_mod, &project.root, &provided, import, file)),
            }
        }
    }
    Ok(notes.into_iter().collect())
}

/// The version that authors require of modules that a go.work or `replace` line provides.
const UNPUBLISHED: &str = "v0.0.0";

fn failure(
    library: &GoPackage,
    go_mod: &Path,
    root: &Path,
    provided: &Provided,
    import: &str,
    file: &Path,
) -> Failure {
    let shown = go_mod.strip_prefix(root).unwrap_or(go_mod).display();
    let found = format!(
        "{} imports {import}, which {} provides; an sdist contains only the project",
        file.display(),
        provided.place
    );
    let dir = go_mod.parent().unwrap_or(go_mod);
    let module = &provided.module;
    let help = match &provided.dir {
        Some(inside) if inside.starts_with(root) => {
            let path = relative_path_to(dir, inside).display().to_string();
            let path = if path.starts_with("..") { path } else { format!("./{path}") };
            format!("add `replace {module} => {path}` to {shown}, or move go.work into the project")
        }
        _ => format!(
            "publish {module} and require it in {shown}, vendor it (`pygo go work vendor`, then \
             move go.work and vendor into the project), or move it into the project"
        ),
    };
    Failure::project(format!("collecting the Go sources of {}", library.name), found, help)
}

/// The modules that the go.work `work` provides.
fn provided(work: &Path) -> Result<Vec<Provided>> {
    let top = work.parent().unwrap_or(work);
    let file = read(work)?;
    let place = |line: usize| format!("{}:{line}", work.display());
    let mut all = Vec::new();
    for (line, used) in &file.uses {
        let dir = clean(&top.join(used));
        // Go reports a directory without a module.
        let Ok(ModFile { module: Some(module), .. }) = read(&dir.join("go.mod")) else { continue };
        all.push(Provided { module, place: place(*line), dir: Some(dir) });
    }
    all.extend(file.replaces.iter().map(|replace| Provided {
        module: replace.module.clone(),
        place: place(replace.line),
        dir: replace.directory().map(|dir| clean(&top.join(dir))),
    }));
    Ok(all)
}

/// The packages that the sources of an archive import, each with a file that does.
fn all_imports(tree: &GoTree<'_>, entries: &[Entry]) -> Vec<(String, PathBuf)> {
    let is_go = |entry: &&Entry| {
        let name = entry.path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.ends_with(".go") && !name.ends_with("_test.go") && tree.contains(&entry.path)
    };
    let of_file = |entry: &Entry| {
        let text = text::bytes(&entry.source, "", MAX_SIZE).unwrap_or_default();
        let imports = imports(&String::from_utf8_lossy(&text));
        imports.into_iter().map(|import| (import, entry.path.clone())).collect::<Vec<_>>()
    };
    entries.iter().filter(is_go).flat_map(of_file).collect()
}

fn is_below(import: &str, module: &str) -> bool {
    import.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_vendored(go_mod: &Path, import: &str) -> bool {
    let dir = text::inside(import).zip(go_mod.parent());
    dir.is_some_and(|(inner, top)| top.join("vendor").join(inner).is_dir())
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || fs_err::canonicalize(b).is_ok_and(|b| b == a)
}

fn read(path: &Path) -> Result<ModFile> {
    let bytes = text::bytes(path, &format!("reading {}", path.display()), MAX_SIZE)?;
    Ok(ModFile::read(&String::from_utf8_lossy(&bytes)))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::project::{Project, sources};

    const MAIN: &str = "package main\n\nimport \"C\"\nimport \"example.org/calc/sum\"\n\n\
                        //export Hello\nfunc Hello() { sum.Of() }\n\nfunc main() {}\n";
    const CONFIG: &str = "[tool.pygo-tools]\npackage = 'p'\nextension = 'p._p'\nlibrary = 'p'\n\
                          go-dir = 'go'\nsignatures = ['void Hello();']\n";
    const CALC: (&str, &str) = ("libs/calc/go.mod", "module example.org/calc\n");
    const WORK: (&str, &str) = ("go.work", "go 1.21\nuse (\n\t./project/go\n\t./libs/calc\n)\n");

    /// What is lost of the project in `project`, which has `go_mod`.
    fn lost(go_mod: &str, files: &[(&str, &str)], gowork: Option<&str>) -> Result<Vec<String>> {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        let own = [
            ("project/pyproject.toml", CONFIG),
            ("project/go/main.go", MAIN),
            ("project/go/go.mod", go_mod),
            ("project/p/__init__.py", ""),
        ];
        for (path, text) in own.iter().chain(files) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let gowork = gowork.map(|value| value.replace("ROOT", &root.display().to_string()));
        let gowork = gowork.as_deref().map(OsStr::new);
        let project = Project::read(&root.join("project"), None)?;
        let tree = GoTree::of_archive(&project, gowork == Some(OsStr::new("off")))?;
        let shown = |text: String| text.replace(&root.display().to_string(), "ROOT");
        match lost_workspace(&tree, &sources(&project.root, None)?, gowork) {
            Ok(notes) => Ok(notes.into_iter().map(shown).collect()),
            Err(failure) => Err(Failure {
                found: shown(failure.found.clone()),
                help: shown(failure.help.clone()),
                ..failure
            }),
        }
    }

    #[test]
    fn a_module_that_only_a_workspace_above_provides_is_an_error() {
        for go_mod in ["module p\n", "module p\nrequire example.org/calc v0.0.0\n"] {
            let failure = lost(go_mod, &[WORK, CALC], None).unwrap_err();
            assert_eq!(
                failure.found,
                "go/main.go imports example.org/calc/sum, which ROOT/go.work:4 provides; an sdist \
                 contains only the project"
            );
            assert!(
                failure.help.starts_with("publish example.org/calc and require it in go/go.mod")
            );
        }
        let inside = [
            ("go.work", "use (\n\t./project/go\n\t./project/calc\n)\n"),
            ("project/calc/go.mod", "module example.org/calc\n"),
        ];
        let failure = lost("module p\n", &inside, None).unwrap_err();
        assert!(
            failure.help.starts_with("add `replace example.org/calc => ../calc` to go/go.mod"),
            "{}",
            failure.help
        );
    }

    #[test]
    fn a_published_module_is_a_note() {
        let go_mod = "module p\nrequire example.org/calc v1.2.0\n";
        let notes = lost(go_mod, &[WORK, CALC], None).unwrap();
        let note = "the sdist does not contain ROOT/go.work:4: wheels built from it use \
                    example.org/calc v1.2.0";
        assert_eq!(notes, [note]);
        let replacing =
            ("go.work", "use ./project/go\nreplace example.org/calc => example.org/f v1.0.0\n");
        assert_eq!(lost(go_mod, &[replacing], None).unwrap().len(), 1);
    }

    #[test]
    fn what_an_archive_has_is_not_lost() {
        let none: Vec<String> = Vec::new();
        let go_mod = "module p\nrequire example.org/calc v0.0.0\n";
        assert_eq!(lost(go_mod, &[WORK, CALC], Some("off")).unwrap(), none);
        let local = format!("{go_mod}replace example.org/calc => ../calc\n");
        let calc = ("project/calc/go.mod", "module example.org/calc\n");
        assert_eq!(lost(&local, &[WORK, CALC, calc], None).unwrap(), none);
        let vendored = ("project/go/vendor/example.org/calc/sum/sum.go", "package sum\n");
        assert_eq!(lost(go_mod, &[WORK, CALC, vendored], None).unwrap(), none);
        let own = ("project/go.work", "use ./go\nuse ./calc\n");
        assert_eq!(lost(go_mod, &[WORK, CALC, own, calc], None).unwrap(), none);
        let named = Some("ROOT/project/go.work");
        assert_eq!(lost(go_mod, &[WORK, CALC, own, calc], named).unwrap(), none);
    }

    #[test]
    fn a_workspace_that_gowork_names_is_judged_too() {
        let go_mod = "module p\nrequire example.org/calc v0.0.0\n";
        let dev = ("project/dev.work", "use ./go\nuse ../libs/calc\n");
        let failure = lost(go_mod, &[dev, CALC], Some("ROOT/project/dev.work")).unwrap_err();
        assert!(failure.found.contains("ROOT/project/dev.work:2 provides"), "{}", failure.found);
    }
}
