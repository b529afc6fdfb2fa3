//! The files that a build from source needs, even if the project's packaging rules leave them out.
//!
//! Input: a project and its files. Output: those files that Go, cgo and pygo read: the sources of
//! the library's modules, embedded files, vendored modules, the configuration. Go's rules are in
//! `cmd/go` (which files build), `go help mod` and `embed`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::part::GoLibrary;
use super::super::root::Project;
use super::super::text;
use super::super::tree::{Entry, EntryKind, sources};
use super::includes::included as included_by;
use super::source::MAX_SIZE;
use crate::error::{Failure, Result};
use crate::relative_path::join_below;

/// Files at the root of a project that describe it.
const CONFIGURATION: &[&str] =
    &["config.json", "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in"];

/// Files of a module other than sources.
const MODULE: &[&str] = &["go.mod", "go.sum", "go.work", "go.work.sum"];

/// The extensions of files that `go build` passes to a compiler, an assembler or the linker.
const SOURCES: &[&str] = &[
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S",
    "sx", "swig", "swigcxx", "syso", "a",
];

/// Those that are binary.
const LINKED: &[&str] = &["syso", "a"];

/// Those for a C compiler or an assembler, which Go's cache knows in the directory of a package.
const COMPILED: &[&str] = &[
    "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx",
];

/// The modules that a project's Go libraries are built from.
#[derive(Debug)]
pub struct GoTree<'a> {
    project: &'a Project,
    /// Directories of modules, relative to the project.
    modules: BTreeSet<PathBuf>,
    /// Directories of modules outside the project, and what that means for an archive of it.
    outside: Vec<(PathBuf, Failure)>,
}

impl<'a> GoTree<'a> {
    /// Finds the modules that the project's libraries are built from.
    ///
    /// # Errors
    /// A module, or its replacement in go.mod, is outside the project: an archive of the project
    /// would not build.
    pub fn of(project: &'a Project) -> Result<Self> {
        let mut tree = Self::with_outside(project)?;
        if tree.outside.is_empty() { Ok(tree) } else { Err(tree.outside.remove(0).1) }
    }

    /// The same, with modules that are outside the project.
    ///
    /// # Errors
    /// An unreadable go.mod or go.work.
    pub fn with_outside(project: &'a Project) -> Result<Self> {
        let mut tree = Self { project, modules: BTreeSet::new(), outside: Vec::new() };
        for library in project.parts.iter().map(|part| &part.library) {
            tree.modules.insert(library.go_dir.clone());
            if let Some(go_mod) = &library.go_mod {
                tree.module(go_mod, library)?;
                tree.workspace(go_mod, library)?;
            }
        }
        Ok(tree)
    }

    /// Adds the module of `go_mod`, and the local modules of its `replace` lines.
    fn module(&mut self, go_mod: &Path, library: &GoLibrary) -> Result<()> {
        let doing = format!("collecting the Go sources of {}", library.name);
        let dir = go_mod.parent().unwrap_or(go_mod);
        let Ok(inner) = dir.strip_prefix(&self.project.root) else {
            let failure = Failure::project(
                doing,
                format!("the module is in {}, outside the project", dir.display()),
                "move go.mod into the project: an sdist contains nothing else",
            );
            self.outside.push((dir.to_owned(), failure));
            return Ok(());
        };
        if !self.modules.insert(inner.to_owned()) && inner != library.go_dir {
            return Ok(());
        }
        let shown = inner.join("go.mod");
        let bytes = text::bytes(go_mod, &format!("reading {}", shown.display()), MAX_SIZE)?;
        for (line, replaced) in replacements(&String::from_utf8_lossy(&bytes)) {
            let place = format!("{}:{line} replaces a module with", shown.display());
            self.local(inner, &replaced, &place, library)?;
        }
        Ok(())
    }

    /// Adds the module in `path`, relative to `dir`, which something at `place` names.
    fn local(&mut self, dir: &Path, path: &str, place: &str, library: &GoLibrary) -> Result<()> {
        let Some(inside) = join_below(dir, path) else {
            let failure = Failure::project(
                format!("collecting the Go sources of {}", library.name),
                format!("{place} {path}, outside the project"),
                "publish that module, vendor it (`pygo go mod vendor`), or move it into the project",
            );
            self.outside.push((self.project.root.join(dir).join(path), failure));
            return Ok(());
        };
        let go_mod = self.project.root.join(&inside).join("go.mod");
        if !self.modules.contains(&inside) && go_mod.is_file() {
            self.module(&go_mod, library)?;
        }
        Ok(())
    }

    /// Adds the modules of the go.work around `go_mod`, which Go reads as well if it is in the
    /// project. One outside is not part of an archive, and Go builds without it.
    fn workspace(&mut self, go_mod: &Path, library: &GoLibrary) -> Result<()> {
        let inside = |dir: &&Path| dir.starts_with(&self.project.root);
        let mut dirs = go_mod.ancestors().skip(1).take_while(inside);
        let Some(dir) = dirs.find(|dir| dir.join("go.work").is_file()) else { return Ok(()) };
        let inner = dir.strip_prefix(&self.project.root).unwrap_or(dir).to_owned();
        let shown = inner.join("go.work");
        let doing = format!("reading {}", shown.display());
        let bytes = text::bytes(&dir.join("go.work"), &doing, MAX_SIZE)?;
        let text = String::from_utf8_lossy(&bytes);
        for (line, used) in uses(&text) {
            let place = format!("{}:{line} uses the module in", shown.display());
            self.local(&inner, &used, &place, library)?;
        }
        for (line, replaced) in replacements(&text) {
            let place = format!("{}:{line} replaces a module with", shown.display());
            self.local(&inner, &replaced, &place, library)?;
        }
        Ok(())
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
            included.contains(path) || (self.contains(path) && is_compiled(path))
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
        for (index, (dir, _)) in self.outside.iter().enumerate() {
            if !dir.is_dir() {
                continue;
            }
            let entries = sources(dir, None)?;
            let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
            let starts = |path: &Path| has_extension(path, SOURCES) && !has_extension(path, LINKED);
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
            self.contains(path) && has_extension(path, SOURCES) && !has_extension(path, LINKED)
        })
    }

    /// Whether `path`, relative to the project, is in one of the modules.
    pub fn contains(&self, path: &Path) -> bool {
        self.modules.iter().any(|module| path.starts_with(module))
    }

    /// The files among `entries` that a build needs.
    ///
    /// # Errors
    /// An unreadable Go file.
    pub fn needed<'e>(&self, entries: &'e [Entry]) -> Result<Vec<&'e Entry>> {
        let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
        let mut embedded = Vec::new();
        for entry in files.iter().filter(|entry| has_extension(&entry.path, &["go"])) {
            if self.contains(&entry.path) {
                embedded.extend(Embed::all_in(entry)?);
            }
        }
        let included = self.included(&files);
        let needed = |entry: &&Entry| {
            let path = entry.path.as_path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let top = path.components().count() == 1;
            (top && CONFIGURATION.contains(&name))
                || (self.above_a_module(path) && MODULE.contains(&name))
                || (self.contains(path)
                    && (MODULE.contains(&name)
                        || has_extension(path, SOURCES)
                        || self.is_vendored(path)))
                || included.contains(path)
                || embedded.iter().any(|embed| embed.matches(path))
        };
        Ok(files.into_iter().filter(needed).collect())
    }

    /// Whether `path` is in a directory around a module, as the files of a workspace are.
    fn above_a_module(&self, path: &Path) -> bool {
        let dir = path.parent().unwrap_or(Path::new(""));
        self.modules.iter().any(|module| module.starts_with(dir))
    }

    fn is_vendored(&self, path: &Path) -> bool {
        self.modules.iter().any(|module| path.starts_with(module.join("vendor")))
    }
}

/// A pattern of a `//go:embed` line.
struct Embed {
    dir: PathBuf,
    pattern: glob::Pattern,
    parts: usize,
    all: bool,
}

impl Embed {
    fn all_in(entry: &Entry) -> Result<Vec<Self>> {
        let doing = format!("reading {}", entry.path.display());
        let bytes = text::bytes(&entry.source, &doing, MAX_SIZE)?;
        let dir = entry.path.parent().unwrap_or(Path::new(""));
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("//go:embed"));
        Ok(lines.flat_map(words).filter_map(|word| Self::new(dir, &word)).collect())
    }

    fn new(dir: &Path, word: &str) -> Option<Self> {
        let (all, text) = word.strip_prefix("all:").map_or((false, word), |rest| (true, rest));
        let text = text.trim_end_matches('/');
        let pattern = glob::Pattern::new(text).ok()?;
        let parts = text.split('/').filter(|part| *part != ".").count();
        Some(Self { dir: dir.to_owned(), pattern, parts, all })
    }

    /// Whether the pattern matches `path` or a directory around it. In a directory, only `all:`
    /// matches names that start with `.` or `_`.
    fn matches(&self, path: &Path) -> bool {
        let Ok(rest) = path.strip_prefix(&self.dir) else { return false };
        let parts: Vec<_> =
            rest.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let whole = self.pattern.as_str() == ".";
        let matched = if whole { 0 } else { self.parts };
        if parts.len() < matched {
            return false;
        }
        let (head, tail) = parts.split_at(matched);
        let options =
            glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
        (whole || self.pattern.matches_with(&head.join("/"), options))
            && (self.all || !tail.iter().any(|part| part.starts_with(['.', '_'])))
    }
}

/// The words of a `//go:embed` line; a quoted word may contain spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '`' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// The directories in the `replace` lines of a go.mod, with line numbers.
fn replacements(go_mod: &str) -> Vec<(usize, String)> {
    let lines = go_mod.lines().enumerate();
    let local = lines.filter_map(|(index, line)| {
        let line = line.split_once("//").map_or(line, |(code, _)| code);
        let (_, by) = line.split_once("=>")?;
        let by = by.trim().trim_matches(['"', '`']);
        // A module path cannot start like this, so it is a local directory (`go help mod edit`).
        let is_path = by.starts_with("./") || by.starts_with("../") || by.starts_with('/');
        is_path.then(|| (index + 1, by.to_owned()))
    });
    local.collect()
}

/// The directories in the `use` lines of a go.work, with line numbers (go.dev/ref/mod#go-work-file).
fn uses(go_work: &str) -> Vec<(usize, String)> {
    let mut in_block = false;
    let mut found = Vec::new();
    for (index, line) in go_work.lines().enumerate() {
        let line = line.split_once("//").map_or(line, |(code, _)| code).trim();
        let after = line.strip_prefix("use").filter(|rest| {
            rest.starts_with(|c: char| c.is_whitespace() || c == '(' || c == '"' || c == '`')
        });
        let path = match (in_block, after) {
            (true, _) if line.starts_with(')') => {
                in_block = false;
                continue;
            }
            (true, _) => line,
            (false, Some(rest)) if rest.trim_start().starts_with('(') => {
                in_block = true;
                continue;
            }
            (false, Some(rest)) => rest.trim(),
            (false, None) => continue,
        };
        let path = path.trim_matches(['"', '`']);
        if !path.is_empty() {
            found.push((index + 1, path.to_owned()));
        }
    }
    found
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
            let project = Project::read(dir.path())?;
            let entries = sources(&project.root, None)?;
            let needed = GoTree::of(&project)?.needed(&entries)?;
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
        let (_dir, needed) =
            project(&[("go/go.mod", "module p\n"), ("go.work", "go 1.21\nuse ../other\n")]);
        let found = needed.unwrap_err().found;
        assert_eq!(found, "go.work:2 uses the module in ../other, outside the project");
    }

    #[test]
    fn a_module_outside_the_project_is_an_error() {
        let (_dir, needed) =
            project(&[("go/go.mod", "module p\nreplace (\n\tq v1.0.0 => ../../q\n)\n")]);
        let failure = needed.unwrap_err();
        assert_eq!(
            failure.found,
            "go/go.mod:3 replaces a module with ../../q, outside the project"
        );
    }
}
