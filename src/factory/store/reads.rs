//! What a stage read besides its input: files and directories, each with what was seen there.
//!
//! In: the places that a tool read, or would have read. Out: a list that can be compared with the
//! file system later. A place that did not exist counts as well: a file may appear there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bases::{Bases, PROJECT};
use super::stamps::Stamps;
use crate::factory::fingerprint;
use crate::project::is_go_source;
use crate::toolchain::stamp;

/// How a place was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum How {
    /// The content of a file.
    Content,
    /// The names in a directory, and what they are.
    Names,
    /// The names and contents of the files in a directory that Go may read.
    Sources,
    /// The time stamps of a file, or of the files in a directory, which are never edited by hand.
    Stamp,
    /// The same of all files below a directory.
    Tree,
    /// The content of a file, or of the files in a directory; for other machines.
    Files,
    /// A downloaded Go module, by its checksum; for other machines.
    Module,
}

/// Places and what was seen there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::factory) struct Reads {
    pub(super) seen: Vec<Seen>,
    /// Directories that must be at the same place: the project, if places count that a copy of it
    /// elsewhere would not read, and those whose paths are in the output.
    pub(super) tied: BTreeSet<(String, PathBuf)>,
}

/// A place, and what was seen there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) how: How,
    /// The directory that `path` is relative to; empty if it is absolute.
    pub(super) base: String,
    pub(super) path: PathBuf,
    pub(super) known: String,
}

impl Seen {
    /// Where it is, if its directory is known.
    pub(super) fn place(&self, bases: &Bases) -> Option<PathBuf> {
        match &*self.base {
            "" => Some(self.path.clone()),
            base => bases.join(base, &self.path),
        }
    }

    /// Whether it is as it was seen.
    fn is_unchanged(&self, bases: &Bases, stamps: &Stamps) -> bool {
        self.place(bases).is_some_and(|path| {
            if self.how == How::Stamp && bases.is_tool(&self.base) {
                return stamps.is(&path, &self.known);
            }
            self.how.look(&path) == self.known
        })
    }
}

impl Reads {
    /// Whether everything is as it was seen.
    pub(super) fn are_unchanged(&self, bases: &Bases) -> bool {
        self.are_unchanged_by(bases, &Stamps::default())
    }

    /// The same, with the `stamps` of tools' files that were looked at before.
    pub(super) fn are_unchanged_by(&self, bases: &Bases, stamps: &Stamps) -> bool {
        self.tied.iter().all(|(name, place)| bases.get(name) == Some(place))
            && self.seen.par_iter().all(|seen| seen.is_unchanged(bases, stamps))
    }

    /// Whether everything is still as it was seen, and did not change meanwhile: a tool that has read the
    /// same places since `start` saw the same.
    pub(super) fn hold_since(&self, start: SystemTime, bases: &Bases) -> bool {
        let is_old = |seen: &Seen| {
            bases.is_tool(&seen.base)
                || seen.place(bases).is_some_and(|path| !seen.how.changed_after(&path, start))
        };
        self.seen.iter().all(is_old) && self.are_unchanged(bases)
    }

    /// Adds that the directories `places` must be where they are.
    pub(super) fn tie(&mut self, places: impl IntoIterator<Item = (&'static str, PathBuf)>) {
        self.tied.extend(places.into_iter().map(|(name, place)| (name.to_owned(), place)));
    }

    /// A digest of all of it.
    pub(in crate::factory) fn digest(&self) -> String {
        fingerprint::of(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Collects the places.
#[derive(Debug)]
pub(in crate::factory) struct Collector {
    bases: Bases,
    places: BTreeMap<(How, PathBuf), ()>,
}

impl Collector {
    /// Collects places, most of them in `bases`.
    pub(in crate::factory) fn new(bases: Bases) -> Self {
        Self { bases, places: BTreeMap::new() }
    }

    /// Whether `path` is of a tool that the key of the stage names.
    pub(in crate::factory) fn is_of_tool(&self, path: &Path) -> bool {
        self.bases.is_of_tool(path)
    }

    /// The content of the file `path`, or that there is none.
    pub(in crate::factory) fn content(&mut self, path: &Path) {
        let dir = path.parent().unwrap_or(path);
        if self.has(How::Stamp, dir) || (self.has(How::Sources, dir) && is_go_source(path)) {
            return;
        }
        self.places.insert((How::Content, path.to_owned()), ());
    }

    fn has(&self, how: How, place: &Path) -> bool {
        self.places.contains_key(&(how, place.to_owned()))
    }

    /// The names in the directory `path`, or that it is none.
    pub(in crate::factory) fn names(&mut self, path: &Path) {
        self.places.insert((How::Names, path.to_owned()), ());
    }

    /// The files in the directory `path` that Go may read.
    pub(in crate::factory) fn sources(&mut self, path: &Path) {
        self.places.insert((How::Sources, path.to_owned()), ());
    }

    /// The time stamps of `path`, in a place where nobody edits files.
    pub(in crate::factory) fn stamp(&mut self, path: &Path) {
        self.places.insert((How::Stamp, path.to_owned()), ());
    }

    /// Looks at every place. Returns nothing if one of them changed after `start`: what the tool
    /// read is unknown then.
    pub(in crate::factory) fn look(self, start: SystemTime) -> Option<Reads> {
        let mut reads = Reads::default();
        for (how, path) in self.places.into_keys() {
            let known = how.look(&path);
            // Go itself writes modules there while it builds, once and complete.
            if !self.bases.is_of_tool(&path) && how.changed_after(&path, start) {
                return None;
            }
            let (base, path) = match self.bases.split(&path) {
                Some((base, rest)) => (base, rest),
                None => {
                    reads.tie(self.bases.get(PROJECT).map(|root| (PROJECT, root.to_owned())));
                    ("", path)
                }
            };
            reads.seen.push(Seen { how, base: base.to_owned(), path, known });
        }
        Some(reads)
    }
}

impl How {
    pub(super) fn look(self, path: &Path) -> String {
        match self {
            Self::Content => content(path),
            Self::Names => listing(path, |_| true, |_| String::new()),
            Self::Sources => listing(path, is_go_source, content),
            Self::Stamp => stamp(path),
            Self::Tree => tree(path),
            // Compared otherwise: never the same here.
            Self::Files | Self::Module => String::new(),
        }
    }

    /// Whether a file or directory that it looks at changed after `start`.
    fn changed_after(self, path: &Path, start: SystemTime) -> bool {
        let changed = |path: &Path| changed_since(path, start);
        let inside = || fs::read_dir(path).into_iter().flatten().flatten();
        match self {
            Self::Content | Self::Names => changed(path),
            Self::Sources => {
                inside().any(|entry| is_go_source(&entry.path()) && changed(&entry.path()))
            }
            Self::Stamp | Self::Tree | Self::Files | Self::Module => {
                changed(path) || inside().any(|entry| changed(&entry.path()))
            }
        }
    }
}

/// Whether the file or directory `path` itself changed after `start`, or so shortly before that its time
/// stamp does not tell.
pub(in crate::factory) fn changed_since(path: &Path, start: SystemTime) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = fs::metadata(path) else { return false };
    let start = start.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let start = i128::from(start.as_secs()) * 1_000_000_000 + i128::from(start.subsec_nanos());
    // Time stamps of files are as coarse as the kernel's ticks.
    let tick = 10_000_000;
    i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()) + tick >= start
}

/// A digest of the time stamps of everything below `path`.
fn tree(path: &Path) -> String {
    let entries = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    let dirs = entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_dir());
    let lines: Vec<_> = dirs.map(|dir| format!("{:?} {}", dir.path(), stamp(dir.path()))).collect();
    fingerprint::of(lines.join("\n").as_bytes())
}

/// A digest of the file `path`, or what else is there.
pub(super) fn content(path: &Path) -> String {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => match fs::read(path) {
            Ok(bytes) => fingerprint::of(&bytes),
            Err(_) => "unreadable".to_owned(),
        },
        Ok(_) => "no file".to_owned(),
        Err(_) => "absent".to_owned(),
    }
}

/// A digest of the entries of the directory `path` that `counts` selects: the name, the kind and
/// `about` of each.
pub(super) fn listing(
    path: &Path,
    counts: impl Fn(&Path) -> bool,
    about: impl Fn(&Path) -> String,
) -> String {
    let Ok(metadata) = fs::symlink_metadata(path) else { return "absent".to_owned() };
    let Ok(entries) = fs::read_dir(path) else { return "no directory".to_owned() };
    let mut lines = Vec::new();
    for entry in entries {
        // What cannot be read is never equal to what was seen.
        let Ok(entry) = entry else { return "unreadable".to_owned() };
        let path = entry.path();
        if counts(&path) {
            let kind = entry.file_type().map(|kind| format!("{kind:?}")).unwrap_or_default();
            lines.push(format!("{:?} {kind} {}", entry.file_name(), about(&path)));
        }
    }
    lines.sort_unstable();
    let link = if metadata.is_symlink() { "link " } else { "" };
    format!("{link}{}", fingerprint::of(lines.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(60)
    }

    #[test]
    fn every_change_of_what_was_read_is_noticed_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let at = |name: &str| root.join(name);
        fs::create_dir(at("go")).unwrap();
        fs::create_dir(at("data")).unwrap();
        fs::write(at("go/main.go"), "package main").unwrap();
        fs::write(at("go/README.md"), "x").unwrap();
        fs::write(at("go.mod"), "module x").unwrap();
        fs::os::unix::fs::symlink("go.mod", at("link")).unwrap();
        let bases = Bases::default().project(root);
        let mut places = Collector::new(bases.clone());
        places.sources(&at("go"));
        places.names(&at("data"));
        for name in ["go.mod", "absent.h", "link", "go/also.h"] {
            places.content(&at(name));
        }
        let reads = places.look(later()).unwrap();
        assert_eq!(reads.seen.len(), 5, "a source in a directory that counts is part of it");
        let same = || reads.are_unchanged(&bases);
        assert!(same());
        fs::write(at("go/README.md"), "other").unwrap();
        fs::write(at("go/main_test.go"), "package main").unwrap();
        fs::write(at("python.py"), "").unwrap();
        assert!(same(), "nothing of that was read");

        let undone = |change: &dyn Fn(), undo: &dyn Fn(), what: &str| {
            change();
            assert!(!same(), "{what}");
            undo();
            assert!(same(), "{what}, undone");
        };
        let write = |name: &str, text: &str| fs::write(at(name), text).unwrap();
        let remove = |name: &str| fs::remove_file(at(name)).unwrap();
        undone(
            &|| write("go/main.go", "package mine"),
            &|| write("go/main.go", "package main"),
            "content",
        );
        undone(&|| write("go/x_linux.go", ""), &|| remove("go/x_linux.go"), "a new source");
        undone(&|| write("absent.h", ""), &|| remove("absent.h"), "a header that appears");
        undone(&|| write("data/new", ""), &|| remove("data/new"), "a new name");
        undone(
            &|| {
                remove("link");
                fs::os::unix::fs::symlink("python.py", at("link")).unwrap();
            },
            &|| {
                remove("link");
                fs::os::unix::fs::symlink("go.mod", at("link")).unwrap();
            },
            "a link to another file",
        );
        remove("go.mod");
        assert!(!same(), "a deleted file");
    }

    #[test]
    fn a_change_during_the_build_leaves_nothing_to_compare() {
        let dir = tempfile::tempdir().unwrap();
        let start = SystemTime::now();
        fs::write(dir.path().join("a.go"), "").unwrap();
        let places = || {
            let mut places = Collector::new(Bases::default().project(dir.path()));
            places.sources(dir.path());
            places
        };
        assert_eq!(places().look(start), None);
        assert!(places().look(later()).is_some());
    }

    #[test]
    fn places_in_and_above_the_project_move_with_it_and_others_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("a/one"), dir.path().join("a/two"));
        for project in [&one, &two] {
            fs::create_dir_all(project).unwrap();
            fs::write(project.join("x.c"), "x").unwrap();
        }
        let bases = |root: &Path, tool: &str| {
            Bases::default().project(root).tool("tool", &dir.path().join(tool))
        };
        for place in ["tool", "other"] {
            fs::create_dir(dir.path().join(place)).unwrap();
            fs::write(dir.path().join(place).join("x"), "x").unwrap();
        }
        let look = |outside: &str| {
            let mut places = Collector::new(bases(&one, "tool"));
            places.content(&one.join("x.c"));
            places.content(&dir.path().join(outside));
            places.look(later()).unwrap()
        };
        assert!(look("go.work").are_unchanged(&bases(&two, "tool")));
        assert!(look("tool/x").are_unchanged(&bases(&two, "other")), "the same content");
        assert!(!look("tool/x").are_unchanged(&bases(&two, "none")));
        assert!(!look("b/other.h").are_unchanged(&bases(&two, "tool")));
        assert!(look("b/other.h").are_unchanged(&bases(&one, "tool")));
        let mut tied = look("tool/x");
        tied.tie([("tool", dir.path().join("tool"))]);
        assert!(tied.are_unchanged(&bases(&two, "tool")));
        assert!(!tied.are_unchanged(&bases(&two, "other")), "its path is in the output");
    }
}
