//! The modules that a project's libraries are built from: their own, and local ones that go.mod or
//! go.work names.
//!
//! Input: a project. Output: directories of modules in the project, and of those outside with what
//! that means for an archive of it. The rules are those of `go help mod` and `go help work`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::root::Project;
use super::super::text::{self, MAX_SIZE};
use super::modfile::{ModFile, nearest_work_file, work_file};
use super::package::GoPackage;
use crate::error::{Failure, Result};
use crate::relative_path::{clean, join_below};

/// The modules that a project's Go libraries are built from.
#[derive(Debug)]
pub struct Modules<'a> {
    project: &'a Project,
    /// Their directories, relative to the project.
    dirs: BTreeSet<PathBuf>,
    /// Directories of go.work files, relative to the project.
    workspaces: BTreeSet<PathBuf>,
    /// Directories of modules outside the project.
    outside: Vec<PathBuf>,
    /// The first module that go.mod or go.work names by an absolute path: an archive cannot have it.
    absolute: Option<Failure>,
}

impl<'a> Modules<'a> {
    /// Those that an archive of the project is built from. Only a go.work in the project counts, and
    /// only `with_workspace`: GOWORK is not set where the archive is built.
    ///
    /// # Errors
    /// An unreadable go.mod or go.work, or one that names a module outside the project by an absolute
    /// path, where an archive has nothing.
    pub(super) fn of_archive(project: &'a Project, with_workspace: bool) -> Result<Self> {
        let mut modules = Self::collect(project, |library| {
            nearest_work_file(&library.dir, &project.root).filter(|_| with_workspace)
        })?;
        modules.absolute.take().map_or(Ok(modules), Err)
    }

    /// Those that the project is built from where it is, if GOWORK is `gowork`.
    ///
    /// # Errors
    /// An unreadable go.mod or go.work.
    pub(super) fn in_place(project: &'a Project, gowork: Option<&OsStr>) -> Result<Self> {
        Self::collect(project, |library| work_file(&library.dir, gowork))
    }

    /// The project.
    pub(super) fn project(&self) -> &'a Project {
        self.project
    }

    /// The directories of modules outside the project.
    pub(super) fn outside(&self) -> impl Iterator<Item = &Path> {
        self.outside.iter().map(PathBuf::as_path)
    }

    /// Whether a module is in `dir`, relative to the project.
    pub(super) fn has(&self, dir: &Path) -> bool {
        self.dirs.contains(dir)
    }

    /// Whether `path`, relative to the project, is in one of them.
    pub(super) fn contain(&self, path: &Path) -> bool {
        self.dirs.iter().any(|dir| path.starts_with(dir))
    }

    /// Whether one is in `dir`, or below it.
    pub(super) fn are_below(&self, dir: &Path) -> bool {
        self.dirs.iter().any(|module| module.starts_with(dir))
    }

    /// Whether `path` is a file of a module that one of them, or a workspace, vendors.
    pub(super) fn vendor(&self, path: &Path) -> bool {
        let mut dirs = self.dirs.iter().chain(&self.workspaces);
        dirs.any(|dir| path.starts_with(dir.join("vendor")))
    }

    /// The directories of the modules in the project, relative to it.
    pub(super) fn dirs(&self) -> impl Iterator<Item = &Path> {
        self.dirs.iter().map(PathBuf::as_path)
    }

    /// The directories of the go.work files in the project, relative to it.
    pub(super) fn workspaces(&self) -> impl Iterator<Item = &Path> {
        self.workspaces.iter().map(PathBuf::as_path)
    }

    /// The directories of the modules and workspaces, in the project and outside of it.
    pub(super) fn places(&self) -> Vec<PathBuf> {
        let own = self.workspaces.iter().chain(&self.dirs);
        let own = own.map(|dir| self.project.root.join(dir));
        own.chain(self.outside().map(Path::to_owned)).collect()
    }

    fn collect(
        project: &'a Project,
        workspace: impl Fn(&GoPackage) -> Option<PathBuf>,
    ) -> Result<Self> {
        let mut modules = Self {
            project,
            dirs: BTreeSet::new(),
            workspaces: BTreeSet::new(),
            outside: Vec::new(),
            absolute: None,
        };
        for library in project.variants().map(|part| &part.go) {
            modules.dirs.insert(library.go_dir.clone());
            if let Some(go_mod) = &library.go_mod {
                modules.module(go_mod, library)?;
                if let Some(file) = workspace(library) {
                    modules.workspace(&file, library)?;
                }
            } else if !library.dir.starts_with(&project.root) {
                modules.outside.push(library.dir.clone());
            }
        }
        Ok(modules)
    }

    /// Adds the module of `go_mod`, and the local modules of its `replace` lines.
    fn module(&mut self, go_mod: &Path, library: &GoPackage) -> Result<()> {
        let dir = go_mod.parent().unwrap_or(go_mod);
        let Ok(inner) = dir.strip_prefix(&self.project.root) else {
            self.outside.push(dir.to_owned());
            return Ok(());
        };
        if !self.dirs.insert(inner.to_owned()) && inner != library.go_dir {
            return Ok(());
        }
        let shown = inner.join("go.mod");
        let bytes = text::bytes(go_mod, &format!("reading {}", shown.display()), MAX_SIZE)?;
        let read = ModFile::read(&String::from_utf8_lossy(&bytes));
        self.replaced(&read, inner, &shown, library)
    }

    /// Adds the local modules of the `replace` lines of the file `shown` in `dir`.
    fn replaced(
        &mut self,
        file: &ModFile,
        dir: &Path,
        shown: &Path,
        library: &GoPackage,
    ) -> Result<()> {
        for replace in &file.replaces {
            if let Some(by) = replace.directory() {
                let place = format!("{}:{} replaces a module with", shown.display(), replace.line);
                self.local(dir, by, &place, library)?;
            }
        }
        Ok(())
    }

    /// Adds the module in `path`, relative to `dir`, which something at `place` names.
    fn local(&mut self, dir: &Path, path: &str, place: &str, library: &GoPackage) -> Result<()> {
        let inside = if dir.is_absolute() {
            let path = clean(&dir.join(path));
            // A workspace above may have a module around the project, with much else in it.
            if self.project.root.starts_with(&path) {
                return Ok(());
            }
            path.strip_prefix(&self.project.root).map(Path::to_owned).ok()
        } else {
            join_below(dir, path)
        };
        let Some(inside) = inside else {
            if Path::new(path).is_absolute() {
                self.absolute.get_or_insert_with(|| {
                    Failure::project(
                        format!("collecting the Go sources of {}", library.name),
                        format!("{place} {path}, an absolute path, which an sdist cannot contain"),
                        "write a relative path, publish that module, or vendor it (`pygo go mod \
                         vendor`)",
                    )
                });
            }
            self.outside.push(clean(&self.project.root.join(dir).join(path)));
            return Ok(());
        };
        let go_mod = self.project.root.join(&inside).join("go.mod");
        if !self.dirs.contains(&inside) && go_mod.is_file() {
            self.module(&go_mod, library)?;
        }
        Ok(())
    }

    /// Adds the modules of the go.work `file`.
    fn workspace(&mut self, file: &Path, library: &GoPackage) -> Result<()> {
        let dir = file.parent().unwrap_or(file);
        let inner = dir.strip_prefix(&self.project.root).ok();
        let shown = inner.map_or(file.to_owned(), |inner| inner.join("go.work"));
        self.workspaces.extend(inner.map(Path::to_owned));
        let dir = inner.unwrap_or(dir);
        let bytes = text::bytes(file, &format!("reading {}", shown.display()), MAX_SIZE)?;
        let read = ModFile::read(&String::from_utf8_lossy(&bytes));
        for (line, used) in &read.uses {
            let place = format!("{}:{line} uses the module in", shown.display());
            self.local(dir, used, &place, library)?;
        }
        self.replaced(&read, dir, &shown, library)
    }
}
