//! The files outside a project that its Go code is built from, for an archive that has them too.
//!
//! Input: a project and its files. Output: the files that a build of the archive needs, and their
//! paths in it. Go records the paths of `replace` lines and modules in what it builds, so those files
//! stay where they are seen from each other: all that Go reads is below one directory of the
//! archive, and only pygo's own configuration names other paths.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::super::root::Project;
use super::super::text::{self, MAX_SIZE};
use super::super::tree::{Entry, EntryKind, sources};
use super::cgo_files::relative_paths;
use super::includes::written;
use super::lost_workspace::lost_workspace;
use super::modfile::nearest_work_file;
use super::tree::{CONFIGURATION, GoTree, WORKSPACE, is_linked};
use crate::error::Result;
use crate::relative_path::clean;

/// The directory in an archive for all that Go reads, if some of it is outside the project.
/// setuptools takes no directory with such a name for a package.
const DIRECTORY: &str = "_pygo";

/// The files that an archive of a project contains for Go.
#[derive(Debug)]
pub struct Archive {
    /// The project as seen from a directory around all that Go reads: its root.
    seen: Project,
    /// The files that Go may read, relative to that directory.
    entries: Vec<Entry>,
    /// The directory of the project in it; empty if the project has all that Go reads.
    inner: PathBuf,
    /// The project's own files.
    own: Vec<Entry>,
    without_workspace: bool,
    /// Directories and files that have them, without links.
    places: Vec<PathBuf>,
    /// Directories around the project that the configuration names for C.
    around: BTreeSet<PathBuf>,
    /// Notes for the author about files that are elsewhere.
    pub notes: Vec<String>,
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Its path in the archive.
    pub path: PathBuf,
    /// The path by which the project knows it.
    pub name: PathBuf,
    /// The path of its content.
    pub source: PathBuf,
    /// Whether anyone may execute it.
    pub executable: bool,
}

impl Archive {
    /// That of `project`, whose files are `own`, if GOWORK is `gowork` where the archive is made.
    ///
    /// # Errors
    /// A module that an archive cannot have: one with an absolute path, or one that only a file
    /// named by GOWORK provides. An unreadable file.
    pub fn of(project: &Project, own: &[Entry], gowork: Option<&OsStr>) -> Result<Self> {
        let without_workspace = gowork == Some(OsStr::new("off"));
        let mut outside = BTreeSet::new();
        loop {
            let mut archive = Self::around(project, own, &outside, without_workspace)?;
            let mut more = archive.elsewhere()?;
            if more.iter().all(|path| outside.contains(path)) {
                match lost_workspace(&archive.tree()?, &archive.entries, gowork) {
                    Ok(notes) => archive.notes.extend(notes),
                    Err(failure) => {
                        let dirs = project.variants().map(|part| &part.go.dir);
                        more.extend(dirs.filter_map(|dir| nearest_work_file(dir, Path::new("/"))));
                        if more.iter().all(|path| outside.contains(path)) {
                            return Err(failure);
                        }
                    }
                }
            }
            if more.iter().all(|path| outside.contains(path)) {
                return Ok(archive);
            }
            outside.extend(more);
        }
    }

    /// That with the files and directories `outside` the project, of which more may be needed.
    fn around(
        project: &Project,
        own: &[Entry],
        outside: &BTreeSet<PathBuf>,
        without_workspace: bool,
    ) -> Result<Self> {
        let is_around = |top: &&Path| outside.iter().all(|path| path.starts_with(top));
        let top = project.root.ancestors().find(is_around).unwrap_or(&project.root);
        let inner = project.root.strip_prefix(top).unwrap_or(Path::new("")).to_owned();
        let for_c = project.variants().flat_map(|part| part.go.c.places());
        let for_c = for_c.map(|path| clean(&project.root.join(path)));
        let mut archive = Self {
            around: for_c.filter(|dir| project.root.starts_with(dir)).collect(),
            seen: project.seen_from(top),
            entries: Vec::new(),
            inner,
            own: own.to_owned(),
            without_workspace,
            places: vec![project.root.clone()],
            notes: Vec::new(),
        };
        archive.entries = archive.listed(outside)?;
        Ok(archive)
    }

    /// The files of the project and in `outside`.
    fn listed(&mut self, outside: &BTreeSet<PathBuf>) -> Result<Vec<Entry>> {
        let top = self.seen.root.clone();
        let own = self.own.iter().map(|entry| at(&self.inner, entry.clone()));
        let mut all: BTreeMap<PathBuf, Entry> = own.map(|e| (e.path.clone(), e)).collect();
        for place in outside {
            let Ok(path) = place.strip_prefix(&top) else { continue };
            let is_in =
                |other: &&PathBuf| *other != place && place.starts_with(other) && other.is_dir();
            if outside.iter().any(|other| is_in(&other)) {
                continue;
            }
            let is_work_file = place.file_name() == Some(OsStr::new("go.work"));
            let mut found = Vec::new();
            self.places.extend(fs_err::canonicalize(if is_work_file {
                dir_of(place)
            } else {
                place
            }));
            if place.is_dir() {
                found.extend(sources(place, None)?.into_iter().map(|entry| at(path, entry)));
            } else if is_work_file {
                let dir = dir_of(path);
                let files = WORKSPACE.iter().map(|name| dir.join(name));
                let files = files.filter(|file| top.join(file).is_file());
                found.extend(files.map(|file| regular(&top, file)));
                let vendor = dir.join("vendor");
                if top.join(&vendor).is_dir() {
                    let entries = sources(&top.join(&vendor), None)?;
                    found.extend(entries.into_iter().map(|entry| at(&vendor, entry)));
                }
            } else if place.is_file() {
                found.push(regular(&top, path.to_owned()));
            }
            // Of a directory around the project, the rest counts.
            found.retain(|entry| {
                self.inner == Path::new("") || !entry.path.starts_with(&self.inner)
            });
            if !found.is_empty() {
                self.notes.push(format!(
                    "the sdist contains, in {DIRECTORY}/{}, what Go reads of {}, outside the project",
                    path.display(),
                    place.display()
                ));
            }
            all.extend(found.into_iter().map(|entry| (entry.path.clone(), entry)));
        }
        Ok(all.into_values().collect())
    }

    /// Files and directories outside the project that Go or a C compiler reads, absolute.
    fn elsewhere(&self) -> Result<Vec<PathBuf>> {
        let tree = self.tree()?;
        let top = &self.seen.root;
        let project = top.join(&self.inner);
        let is_own = |dir: &Path| dir.starts_with(&self.inner);
        let mut found: Vec<PathBuf> = tree.outside();
        found.extend(tree.modules().dirs().filter(|dir| !is_own(dir)).map(|dir| top.join(dir)));
        let workspaces = tree.modules().workspaces().filter(|dir| !is_own(dir));
        found.extend(workspaces.map(|dir| top.join(dir).join("go.work")));
        let for_c = self.seen.variants().flat_map(|part| part.go.c.places());
        let mut named: BTreeSet<_> = for_c.map(|path| clean(&top.join(path))).collect();
        let sources: Vec<_> =
            tree.needed(&self.entries)?.into_iter().map(|e| Source::read(e, top)).collect();
        named.extend(sources.iter().flat_map(|source| source.flags.iter().cloned()));
        named.extend(self.around.iter().cloned());
        // Of a directory around the project, only what is included counts.
        let (around, beside): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|dir| project.starts_with(dir));
        found.extend(beside);
        for source in &sources {
            let dirs = std::iter::once(&source.dir).chain(&around);
            let all =
                dirs.flat_map(|dir| source.included.iter().map(|name| clean(&dir.join(name))));
            found.extend(all.filter(|path| path.is_file()));
        }
        let listed = |path: &Path| path.strip_prefix(top).is_ok_and(|path| self.lists(path));
        found.retain(|path| !path.starts_with(&project) && path.exists() && !listed(path));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Whether the file or directory at `path` is among the entries.
    fn lists(&self, path: &Path) -> bool {
        let at = self.entries.partition_point(|entry| entry.path.as_path() < path);
        self.entries.get(at).is_some_and(|entry| entry.path.starts_with(path))
    }

    /// The modules.
    fn tree(&self) -> Result<GoTree<'_>> {
        GoTree::of_archive(&self.seen, self.without_workspace)
    }

    /// Whether all that Go reads is in the project.
    pub fn is_whole(&self) -> bool {
        self.inner.as_os_str().is_empty()
    }

    /// The place in the archive of the absolute `path` that the configuration names for Go or C:
    /// `_pygo/core` for `../core`.
    pub fn moved(&self, path: &Path) -> PathBuf {
        let path = clean(path);
        Path::new(DIRECTORY).join(path.strip_prefix(&self.seen.root).unwrap_or(&path))
    }

    /// The files that a build of the archive needs.
    ///
    /// # Errors
    /// An unreadable Go file.
    pub fn needed(&self) -> Result<Vec<Archived>> {
        let is_configuration = |path: &Path| {
            path.components().count() == 1
                && CONFIGURATION.iter().any(|name| path == Path::new(name))
        };
        let needed = self.tree()?.needed(&self.entries)?.into_iter();
        if self.is_whole() {
            return Ok(needed.map(|e| Archived::new(e, e.path.clone(), &e.path)).collect());
        }
        let own = self.own.iter().filter(|entry| is_configuration(&entry.path) && is_file(entry));
        let own = own.map(|entry| Archived::new(entry, entry.path.clone(), &entry.path));
        let needed = needed.filter(|entry| !is_configuration(&entry.path)).map(|entry| {
            let name = entry.path.strip_prefix(&self.inner).unwrap_or(&entry.path);
            Archived::new(entry, Path::new(DIRECTORY).join(&entry.path), name)
        });
        Ok(own.chain(needed).collect())
    }

    /// A note for each of the `needed` files whose content is elsewhere, because a link leads there.
    pub fn links(&self, needed: &[Archived]) -> Vec<String> {
        let is_elsewhere =
            |file: &&Archived| !self.places.iter().any(|place| file.source.starts_with(place));
        let note = |file: &Archived| {
            let (name, source) = (file.name.display(), file.source.display());
            format!("the sdist contains {source}, outside the project, which {name} is a link to")
        };
        needed.iter().filter(is_elsewhere).map(note).collect()
    }

    /// Whether Go links the archive or object file at `path`, relative to the project, because it is
    /// among its sources.
    pub fn contains(&self, path: &Path) -> bool {
        self.tree().is_ok_and(|tree| tree.contains(&self.inner.join(path)))
    }

    /// Whether the archive must lack the file at `path`, relative to the project.
    pub fn is_unused(&self, path: &Path) -> bool {
        self.tree().is_ok_and(|tree| tree.is_unused(&self.inner.join(path)))
    }
}

impl Archived {
    fn new(entry: &Entry, path: PathBuf, name: &Path) -> Self {
        let executable = match entry.kind {
            EntryKind::File { executable } => executable,
            _ => entry.source.metadata().is_ok_and(|data| data.permissions().mode() & 0o111 != 0),
        };
        Self { path, name: name.to_owned(), source: entry.source.clone(), executable }
    }
}

fn dir_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn is_file(entry: &Entry) -> bool {
    entry.kind != EntryKind::Dir && entry.source.is_file()
}

/// `entry` of the directory `dir`, relative to what that is relative to.
fn at(dir: &Path, entry: Entry) -> Entry {
    Entry { path: dir.join(&entry.path), ..entry }
}

/// The file at `path` in `top`.
fn regular(top: &Path, path: PathBuf) -> Entry {
    Entry { source: top.join(&path), path, kind: EntryKind::File { executable: false } }
}

/// A file that a source names, next to it or elsewhere.
struct Source {
    /// Its directory.
    dir: PathBuf,
    /// The names in its include directives.
    included: Vec<PathBuf>,
    /// The files and directories in its `#cgo` lines.
    flags: Vec<PathBuf>,
}

impl Source {
    /// Reads the file `entry` below `top`. One that cannot be read names nothing.
    fn read(entry: &Entry, top: &Path) -> Self {
        let dir = dir_of(&top.join(&entry.path)).to_owned();
        if is_linked(&entry.path) {
            return Self { dir, included: Vec::new(), flags: Vec::new() };
        }
        let bytes = text::bytes(&entry.source, "", MAX_SIZE).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let is_go = entry.path.extension().is_some_and(|extension| extension == "go");
        let flags = if is_go { relative_paths(&text) } else { Vec::new() };
        let flags = flags.into_iter().map(|path| clean(&dir.join(path))).collect();
        Self { included: written(&text).collect(), flags, dir }
    }
}
