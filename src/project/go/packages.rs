//! The packages that a library imports: where they are, and what they export.
//!
//! Input: the directory of package main, and its imports. Output: the functions that C can call in
//! the packages they lead to, of the same module, of local modules that go.mod or go.work names, and
//! of vendored ones. Downloaded modules are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err as fs;

use super::super::text::{self, MAX_SIZE};
use super::exports::{self, GoExport};
use super::modfile::{ModFile, work_file};
use super::package::find_go_mod;
use super::types::NamedTypes;
use crate::error::Result;
use crate::relative_path::clean;

/// The named types of one package, read file by file.
#[derive(Default)]
pub(super) struct Types {
    known: NamedTypes,
    ambiguous: BTreeSet<String>,
}

impl Types {
    /// Adds those of a file. What files for different systems define differently is unknown.
    pub(super) fn add(&mut self, types: &BTreeMap<String, String>) {
        for (name, text) in types {
            let before = self.known.insert(name.clone(), text.clone());
            if before.is_some_and(|before| before != *text) {
                self.ambiguous.insert(name.clone());
            }
        }
    }

    /// Gives them to the exports of the package.
    pub(super) fn apply(mut self, exports: &mut [GoExport]) {
        self.known.retain(|name, _| !self.ambiguous.contains(name));
        let named = Arc::new(self.known);
        for export in exports {
            export.named = Arc::clone(&named);
        }
    }
}

/// The packages around package main. The library contains those that it imports, directly or not,
/// with what they export.
pub(super) struct Packages {
    /// The modules with sources here: the path that packages are imported by, and the directory.
    modules: Vec<(String, PathBuf)>,
    /// Directories with vendored packages.
    vendor: Vec<PathBuf>,
    /// The directory that messages name files relative to.
    shown_from: PathBuf,
}

impl Packages {
    /// Those of the module around `dir`, which is `at` in the project, if GOWORK is `gowork`.
    pub(super) fn around(dir: &Path, at: &Path, gowork: Option<&OsStr>) -> Option<Self> {
        let go_mod = find_go_mod(dir)?;
        let (top, main) = (go_mod.parent()?, read(&go_mod)?);
        let at = at.strip_prefix(".").unwrap_or(at);
        let root = dir.ancestors().nth(at.components().count());
        let root = root.filter(|root| root.join(at) == dir);
        let mut out = Self {
            modules: vec![(main.module.clone()?, top.to_owned())],
            vendor: vec![top.join("vendor")],
            shown_from: root.unwrap_or(top).to_owned(),
        };
        out.replaced(&main, top);
        if let Some(file) = work_file(dir, gowork)
            && let (Some(top), Some(work)) = (file.parent(), read(&file))
        {
            for (_, used) in &work.uses {
                let dir = clean(&top.join(used));
                let path = read(&dir.join("go.mod")).and_then(|module| module.module);
                out.modules.extend(path.map(|path| (path, dir)));
            }
            out.replaced(&work, top);
            out.vendor.push(top.join("vendor"));
        }
        // The module of a package is the one with the longest path (go.dev/ref/mod#resolve-pkg-mod).
        out.modules.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Some(out)
    }

    fn replaced(&mut self, file: &ModFile, top: &Path) {
        let local = file.replaces.iter().filter_map(|replace| {
            Some((replace.module.clone(), clean(&top.join(replace.directory()?))))
        });
        self.modules.extend(local);
    }

    /// The functions that other packages export, of those that `imports` lead to.
    /// The second value is the packages of downloaded modules among them, which are not read.
    pub(super) fn exports(&self, imports: BTreeSet<String>) -> (Vec<GoExport>, Vec<String>) {
        let (mut all, mut unread) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut waiting = imports;
        while let Some(import) = waiting.pop_first() {
            if !seen.insert(import.clone()) {
                continue;
            }
            match self.directory(&import) {
                Some(dir) => all.extend(self.package(&dir, &import, &mut waiting)),
                // The standard library has no dot there.
                None if import.split('/').next().is_some_and(|first| first.contains('.')) => {
                    unread.push(import);
                }
                None => {}
            }
        }
        (all, unread)
    }

    /// The directory of the package that `import` names.
    fn directory(&self, import: &str) -> Option<PathBuf> {
        let of_module = |(path, dir): &(String, PathBuf)| {
            let below = import.strip_prefix(path.as_str())?;
            match below.strip_prefix('/') {
                Some(below) => Some(dir.join(text::inside(below)?)),
                None => below.is_empty().then(|| dir.clone()),
            }
        };
        let vendored = || {
            let place = text::inside(import)?;
            self.vendor.iter().map(|vendor| vendor.join(&place)).find(|dir| dir.is_dir())
        };
        self.modules.iter().filter_map(of_module).find(|dir| dir.is_dir()).or_else(vendored)
    }

    /// The exports of the package in `dir`. What is unreadable is Go's to report.
    fn package(&self, dir: &Path, import: &str, imports: &mut BTreeSet<String>) -> Vec<GoExport> {
        let names = file_names(dir, "").unwrap_or_default();
        let texts: Vec<(PathBuf, String)> = names
            .iter()
            .filter(|name| is_go(name))
            .filter_map(|name| {
                let path = dir.join(name);
                let bytes = text::bytes(&path, "", MAX_SIZE).ok()?;
                Some((path, String::from_utf8_lossy(&bytes).into_owned()))
            })
            .collect();
        // Vendored packages can be many, and most export nothing.
        let exporting = texts.iter().any(|(_, text)| text.contains("//export "));
        let (mut exports, mut types) = (Vec::new(), Types::default());
        for (path, text) in &texts {
            let shown = path.strip_prefix(&self.shown_from).unwrap_or(path).display().to_string();
            let text = if exporting { text } else { before_declarations(text) };
            let file = exports::read(text, &shown);
            if !file.ignored {
                types.add(&file.types);
                imports.extend(file.imports);
                exports.extend(file.exports);
            }
        }
        types.apply(&mut exports);
        for export in &mut exports {
            export.package = Some(import.to_owned());
        }
        exports
    }
}

/// The imports of a Go file.
pub(super) fn imports(text: &str) -> Vec<String> {
    let file = exports::read(before_declarations(text), "");
    if file.ignored { Vec::new() } else { file.imports }
}

/// The part of a Go file that has its imports: what is above the first other declaration.
fn before_declarations(text: &str) -> &str {
    let starts = ["\nfunc ", "\ntype ", "\nvar ", "\nconst ", "\nvar(", "\nconst(", "\ntype("];
    let end = starts.iter().filter_map(|start| text.find(start)).min();
    // A comment, such as a preamble, may contain one of these words; then its end is missing.
    match end.and_then(|end| text.get(..end)) {
        Some(head) if head.matches("/*").count() == head.matches("*/").count() => head,
        _ => text,
    }
}

fn read(path: &Path) -> Option<ModFile> {
    let bytes = text::bytes(path, "", MAX_SIZE).ok()?;
    Some(ModFile::read(&String::from_utf8_lossy(&bytes)))
}

/// The names of the files in a directory, sorted, without those that Go ignores.
pub(super) fn file_names(dir: &Path, doing: &str) -> Result<Vec<String>> {
    let failed = |error| text::unreadable(doing, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file());
        match entry.file_name().into_string() {
            Ok(name) if is_file && !name.starts_with(['_', '.']) => names.push(name),
            _ => {}
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a file of this name is part of a package.
pub(super) fn is_go(name: &str) -> bool {
    name.ends_with(".go") && !name.ends_with("_test.go")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORTING: &str =
        "package x\n\nimport \"C\"\n\n//export NAME\nfunc NAME(n C.int) C.int { return n }\n";

    /// The exports that package main in `go/cmd` gets from its imports.
    /// GOWORK is `gowork`; in it, `ROOT` stands for the project.
    fn exports(
        imports: &[&str],
        files: &[(&str, &str)],
        gowork: Option<&str>,
    ) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let root = dir.path();
        let gowork = gowork.map(|value| value.replace("ROOT", &root.display().to_string()));
        let gowork = gowork.as_deref().map(OsStr::new);
        let packages = Packages::around(&root.join("go/cmd"), Path::new("go/cmd"), gowork).unwrap();
        let imports = imports.iter().map(ToString::to_string).collect();
        let (exports, unread) = packages.exports(imports);
        assert_eq!(unread, ["example.net/downloaded"]);
        exports.into_iter().map(|export| (export.name, export.file)).collect()
    }

    #[test]
    fn exports_of_own_replaced_used_and_vendored_packages_are_found() {
        let named = |name: &str| EXPORTING.replace("NAME", name);
        let (own, root, replaced) = (named("Own"), named("Root"), named("Replaced"));
        let (used, vendored, deep) = (named("Used"), named("Vendored"), named("Deep"));
        let found = exports(
            &[
                "fmt",
                "example.org/p/own",
                "example.org/p",
                "example.org/q",
                "example.org/r/x",
                "example.net/downloaded",
            ],
            &[
                ("go/cmd/main.go", "package main\n"),
                ("go/go.mod", "module example.org/p\nreplace example.org/q v1.0.0 => ../libs/q\n"),
                ("go/root.go", &root),
                ("go/own/own.go", &own),
                ("libs/q/q.go", &replaced),
                // Without exports of its own, it leads to others.
                (
                    "go/vendor/example.org/r/x/x.go",
                    "package x\nimport (\n\t_ \"example.org/s\"\n\t_ \"example.org/u/deep\"\n)\n\
                     func f() {}\n",
                ),
                ("go/vendor/example.org/s/s.go", &vendored),
                ("go/vendor/example.org/t/t.go", &named("NotImported")),
                ("go.work", "use ./go\nuse ./libs/u\n"),
                ("libs/u/go.mod", "module example.org/u\n"),
                ("libs/u/u.go", &used),
                ("libs/u/deep/deep.go", &deep),
            ],
            None,
        );
        let found: Vec<_> =
            found.iter().map(|(name, file)| (name.as_str(), file.as_str())).collect();
        let wanted = [
            ("Root", "go/root.go"),
            ("Own", "go/own/own.go"),
            ("Replaced", "libs/q/q.go"),
            ("Vendored", "go/vendor/example.org/s/s.go"),
            ("Deep", "libs/u/deep/deep.go"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn gowork_selects_the_workspace_whose_packages_count() {
        let (near, named) = (EXPORTING.replace("NAME", "Near"), EXPORTING.replace("NAME", "Named"));
        let found = |gowork| {
            let found = exports(
                &["example.org/u", "example.net/downloaded"],
                &[
                    ("go/cmd/main.go", "package main\n"),
                    ("go/go.mod", "module example.org/p\nrequire example.org/u v1.0.0\n"),
                    ("go/vendor/example.org/u/u.go", "package u\n"),
                    ("go.work", "use ./go\nuse ./near\n"),
                    ("near/go.mod", "module example.org/u\n"),
                    ("near/u.go", &near),
                    ("dev/dev.work", "use ../go\nuse ./named\n"),
                    ("dev/named/go.mod", "module example.org/u\n"),
                    ("dev/named/u.go", &named),
                ],
                gowork,
            );
            found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(found(None), ["Near"]);
        assert_eq!(found(Some("auto")), ["Near"]);
        assert_eq!(found(Some("off")), [""; 0]);
        assert_eq!(found(Some("ROOT/dev/dev.work")), ["Named"]);
    }

    #[test]
    fn imports_are_read_whatever_is_above_them() {
        let text = "package a\n\n/*\nint x;\nconst char *text;\ntype \nconst int y;\n*/\n\
                    import \"C\"\nimport (\n\t\"b\"\n\tc \"d/e\"\n)\n\nfunc f() {}\n";
        let found: BTreeSet<String> = imports(text).into_iter().collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), ["C", "b", "d/e"]);
        assert!(imports("//go:build ignore\n\npackage a\n\nimport \"b\"\n").is_empty());
    }
}
