//! The files that a build from source needs, even if the project's packaging rules leave them out.
//!
//! Input: a project and its files. Output: those files that Go, cgo and pygo read: the sources of
//! the library's modules, embedded files, vendored modules, the configuration. Go's rules are in
//! `cmd/go` (which files build), `go help mod` and `embed`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::part::Part;
use super::super::root::Project;
use super::super::tree::{Entry, EntryKind, sources};
use super::cgo_files::Named;
use super::descriptions;
use super::embed::Embed;
use super::includes::included as included_by;
use super::modules::Modules;
use crate::error::Result;

/// Files at the root of a project that describe it.
pub(super) const CONFIGURATION: &[&str] =
    &["config.json", "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in"];

/// Files of a module other than sources.
const MODULE: &[&str] = &["go.mod", "go.sum", "go.work", "go.work.sum"];

/// Those of a workspace.
pub(super) const WORKSPACE: &[&str] = &["go.work", "go.work.sum"];

/// The extensions of files that `go build` passes to a compiler, an assembler or the linker.
const SOURCES: &[&str] = &[
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S",
    "sx", "swig", "swigcxx", "syso", "a",
];

/// Whether Go may read a file of this name in the directory of a package that it builds.
pub fn is_go_source(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let counts = name == "default.pgo" || has_extension(path, SOURCES);
    counts && !name.ends_with("_test.go") && !name.starts_with(['.', '_'])
}

/// Those that are binary.
const LINKED: &[&str] = &["syso", "a"];

/// Whether the file at `path` is binary, for the linker.
pub(super) fn is_linked(path: &Path) -> bool {
    has_extension(path, LINKED)
}

/// Those for a C compiler or an assembler, which Go's cache knows in the directory of a package.
const COMPILED: &[&str] = &[
    "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx",
];

/// The files of the modules that a project's Go libraries are built from.
#[derive(Debug)]
pub struct GoTree<'a> {
    project: &'a Project,
    modules: Modules<'a>,
    /// Whether the project is built without a go.work.
    without_workspace: bool,
}

impl<'a> GoTree<'a> {
    /// Those of an archive of the project, made where GOWORK is off if `without_workspace`.
    ///
    /// # Errors
    /// A module with an absolute path, which an archive cannot have; an unreadable go.mod or go.work.
    pub(super) fn of_archive(project: &'a Project, without_workspace: bool) -> Result<Self> {
        let modules = Modules::of_archive(project, !without_workspace)?;
        Ok(Self { project, modules, without_workspace })
    }

    /// Those that the project is built from where it is, in or outside of it.
    ///
    /// # Errors
    /// An unreadable go.mod or go.work.
    pub fn with_outside(project: &'a Project, gowork: Option<&OsStr>) -> Result<Self> {
        let modules = Modules::in_place(project, gowork)?;
        Ok(Self { project, modules, without_workspace: false })
    }

    /// The modules.
    pub(super) fn modules(&self) -> &Modules<'a> {
        &self.modules
    }

    /// The directories of modules outside the project.
    pub fn outside(&self) -> Vec<PathBuf> {
        self.modules.outside().map(Path::to_owned).collect()
    }

    /// The directories of the modules and workspaces, in the project and outside of it.
    pub fn places(&self) -> Vec<PathBuf> {
        self.modules.places()
    }

    /// Whether `path`, relative to the project, is in one of the modules.
    pub fn contains(&self, path: &Path) -> bool {
        self.modules.contain(path)
    }

    /// Whether the file at `path` is one of a workspace that GOWORK turns off: the archive, which is
    /// built where GOWORK is not set, must lack it.
    pub fn is_unused(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let dir = path.parent().unwrap_or(Path::new(""));
        self.without_workspace && WORKSPACE.contains(&name) && self.modules.are_below(dir)
    }

    /// Files for a C compiler or assembler of which Go's cache may not notice a change: their names
    /// and places. Go knows those in the directory of a package for that package, and nothing that
    /// they include from elsewhere (golang/go#24355).
    ///
    /// # Errors
    /// What is wrong with the directory of a module outside the project.
    pub fn unseen(&self, entries: &[Entry]) -> Result<Vec<(String, PathBuf)>> {
        let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
        let included = self.included(&files);
        let is_compiled = |path: &Path| has_extension(path, COMPILED);
        let found = files.into_iter().filter(|entry| {
            let path = entry.path.as_path();
            included.contains(path)
                || (self.contains(path) && is_compiled(path))
                || self.project.variants().any(|part| part.go.c.is_header(path))
        });
        let mut found: Vec<_> = found.collect();
        if let Some(first) = found.first().and_then(|entry| entry.path.parent())
            && entries
                .iter()
                .any(|e| e.path.parent() == Some(first) && has_extension(&e.path, &["go"]))
            && found.iter().all(|e| e.path.parent() == Some(first) && is_compiled(&e.path))
        {
            found.clear();
        }
        let named =
            |entry: &Entry| (entry.path.to_string_lossy().into_owned(), entry.source.clone());
        let mut named_files: Vec<_> = found.into_iter().map(named).collect();
        for (index, dir) in self.modules.outside().enumerate() {
            if !dir.is_dir() {
                continue;
            }
            let entries = sources(dir, None)?;
            let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
            let starts = |path: &Path| has_extension(path, SOURCES) && !is_linked(path);
            let included = included_by(&files, starts);
            let is_read = |e: &&&Entry| is_compiled(&e.path) || included.contains(&e.path);
            let read = files.iter().filter(is_read);
            // Its place differs from machine to machine.
            named_files
                .extend(read.map(|e| (format!("{index}/{}", e.path.display()), e.source.clone())));
        }
        Ok(named_files)
    }

    /// What the sources of the modules include, whatever its extension.
    fn included(&self, files: &[&Entry]) -> BTreeSet<PathBuf> {
        included_by(files, |path| {
            self.contains(path) && has_extension(path, SOURCES) && !is_linked(path)
        })
    }

    /// The files among `entries` that a build needs.
    ///
    /// # Errors
    /// An unreadable Go file.
    pub fn needed<'e>(&self, entries: &'e [Entry]) -> Result<Vec<&'e Entry>> {
        let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
        let (mut embedded, mut named) = (Vec::new(), Vec::new());
        for entry in files.iter().filter(|entry| has_extension(&entry.path, &["go"])) {
            if self.contains(&entry.path) {
                embedded.extend(Embed::all_in(entry)?);
                named.extend(Named::all_in(entry)?);
            }
        }
        for entry in files.iter().filter(|e| has_extension(&e.path, &["pc"])) {
            if self.is_for_c(&entry.path) {
                named.extend(descriptions::all_in(entry)?);
            }
        }
        let included = self.included(&files);
        let needed = |entry: &&Entry| {
            let path = entry.path.as_path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let dir = path.parent().unwrap_or(Path::new(""));
            let top = path.components().count() == 1;
            (top && CONFIGURATION.contains(&name))
                || (MODULE.contains(&name) && (self.modules.are_below(dir) || self.contains(path)))
                || (self.contains(path) && (self.has_commands() || has_extension(path, SOURCES)))
                || self.modules.vendor(path)
                || included.contains(path)
                || embedded.iter().any(|embed| embed.matches(path))
                || named.iter().any(|named| named.is(path))
                || self.is_declared_in(path)
                || self.is_for_c(path)
        };
        Ok(files.into_iter().filter(needed).filter(|e| !self.is_unused(&e.path)).collect())
    }

    /// Whether the configuration names the file at `path` for C code.
    fn is_for_c(&self, path: &Path) -> bool {
        self.project.variants().any(|part| part.go.c.contain(path))
    }

    /// Whether commands run before Go, which may read any file.
    fn has_commands(&self) -> bool {
        self.project.variants().any(|part| !part.go.before.is_empty())
    }

    /// Whether the file at `path` has declarations of an extension.
    fn is_declared_in(&self, path: &Path) -> bool {
        let extensions = self.project.variants().filter_map(Part::extension);
        extensions.filter_map(|extension| extension.cdef.as_deref()).any(|file| file == path)
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e))
}

/// Whether the entry is a file or a link to one: Go reads both.
fn is_file(entry: &Entry) -> bool {
    match entry.kind {
        EntryKind::File { .. } => true,
        EntryKind::Link { .. } => entry.source.is_file(),
        EntryKind::Dir => false,
    }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::project::sources;

    const MAIN: &str = "package main\n\nimport \"C\"\nimport _ \"embed\"\n\n//go:embed data/*.txt all:tree \"with blank\"\nvar x string\n\n\
                        //export Hello\nfunc Hello() {}\n\nfunc main() {}\n";
    const CONFIG: &str = "[tool.pygo-tools]\npackage = 'p'\nextension = 'p._p'\nlibrary = 'p'\n\
                          go-dir = 'go/cmd'\nsignatures = ['void Hello();']\n";

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Vec<String>>) {
        let dir = tempfile::tempdir().unwrap();
        let own = [("pyproject.toml", CONFIG), ("go/cmd/main.go", MAIN), ("p/__init__.py", "")];
        for (path, text) in own.iter().chain(files) {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let needed = || {
            let project = Project::read(dir.path(), None)?;
            let entries = sources(&project.root, None)?;
            let needed = GoTree::of_archive(&project, false)?.needed(&entries)?;
            Ok(needed.iter().map(|entry| entry.path.display().to_string()).collect())
        };
        let needed = needed();
        (dir, needed)
    }

    #[test]
    fn exactly_the_files_that_go_reads_are_needed() {
        let (_dir, needed) = project(&[
            ("go/go.mod", "module p\n\nreplace example.org/q => ../q // here\n"),
            ("go/go.sum", ""),
            ("go/cmd/cbits.h", ""),
            ("go/cmd/include/deep.h", ""),
            ("go/cmd/notes.md", ""),
            (
                "go/cmd/flags.go",
                "package main\n\n// #cgo LDFLAGS: -L${SRCDIR}/../../third/lib -lx\n",
            ),
            ("third/lib/libx.a", ""),
            ("third/lib/NOTES", ""),
            ("go/cmd/data/one.txt", ""),
            ("go/cmd/data/one.bin", ""),
            ("go/cmd/tree/_hidden/x", ""),
            ("go/cmd/with blank", ""),
            ("go/vendor/modules.txt", ""),
            ("go/vendor/example.org/r/LICENSE", ""),
            ("q/go.mod", "module example.org/q\n"),
            ("q/q.go", "package q\n"),
            ("other/x.go", ""),
            ("go.work", "go 1.21\n"),
            ("README.md", ""),
        ]);
        let wanted = [
            "go/cmd/cbits.h",
            "go/cmd/data/one.txt",
            "go/cmd/flags.go",
            "go/cmd/include/deep.h",
            "go/cmd/main.go",
            "go/cmd/tree/_hidden/x",
            "go/cmd/with blank",
            "go/go.mod",
            "go/go.sum",
            "go/vendor/example.org/r/LICENSE",
            "go/vendor/modules.txt",
            "go.work",
            "pyproject.toml",
            "q/go.mod",
            "q/q.go",
            "third/lib/libx.a",
        ];
        assert_eq!(needed.unwrap(), wanted);
    }

    #[test]
    fn included_files_and_modules_of_a_workspace_are_needed() {
        let (_dir, needed) = project(&[
            ("go/go.mod", "module p\n"),
            ("go/a.c", "#include \"../common/table.inc\"\n"),
            ("common/table.inc", "#include <deep.def>\n"),
            ("common/deep.def", ""),
            ("common/other.inc", ""),
            ("go.work", "go 1.21\nuse (\n\t./go\n\t./libs/calc // needed\n)\nuse ./more\n"),
            ("libs/calc/go.mod", "module calc\n"),
            ("libs/calc/calc.go", "package calc\n"),
            ("more/go.mod", "module more\n"),
        ]);
        let needed = needed.unwrap();
        for path in [
            "common/table.inc",
            "common/deep.def",
            "go.work",
            "libs/calc/go.mod",
            "libs/calc/calc.go",
            "more/go.mod",
        ] {
            assert!(needed.iter().any(|n| n == path), "{path}: {needed:?}");
        }
        assert!(!needed.iter().any(|n| n == "common/other.inc"));
    }

    #[test]
    fn gowork_decides_whether_an_archive_has_a_workspace() {
        let (dir, needed) = project(&[
            ("go/go.mod", "module p\n"),
            ("go.work", "use ./go\nuse ./more\n"),
            ("go.work.sum", ""),
            ("vendor/modules.txt", ""),
            ("more/go.mod", "module more\n"),
        ]);
        let needed = needed.unwrap();
        for path in ["go.work", "go.work.sum", "vendor/modules.txt", "more/go.mod"] {
            assert!(needed.iter().any(|n| n == path), "{path}: {needed:?}");
        }
        let project = Project::read(dir.path(), None).unwrap();
        let tree = GoTree::of_archive(&project, true).unwrap();
        let entries = sources(&project.root, None).unwrap();
        let paths = tree.needed(&entries).unwrap();
        let paths: Vec<_> = paths.iter().map(|entry| entry.path.display().to_string()).collect();
        assert_eq!(paths, ["go/cmd/main.go", "go/go.mod", "pyproject.toml"]);
        assert!(tree.is_unused(Path::new("go.work")) && !tree.is_unused(Path::new("go/go.mod")));
    }

    #[test]
    fn a_workspace_above_the_project_counts_where_the_project_is() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("p/pyproject.toml", CONFIG);
        put("p/go/cmd/main.go", MAIN);
        put("p/go/go.mod", "module p\n");
        put("go.work", "use ./p/go\nuse ./q\n");
        put("q/go.mod", "module q\n");
        put("q/q.c", "#include \"../common.h\"\n");
        let project = Project::read(&dir.path().join("p"), None).unwrap();
        let entries = sources(&project.root, None).unwrap();
        let seen = |gowork| {
            let tree = GoTree::with_outside(&project, gowork).unwrap();
            tree.unseen(&entries).unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(seen(None), ["0/q.c"]);
        assert!(seen(Some(OsStr::new("off"))).is_empty());
    }
}
