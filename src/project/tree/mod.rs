//! The files of a project that a copy of it needs.
//!
//! In: the root of a project. Out: its entries, sorted, parents before children. Links that stay
//! in the project are kept as links, for packaging may depend on them; links that lead out are
//! replaced by what they lead to, for the copy stands somewhere else.

mod rules;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::text::shown;
use super::text::unreadable;
use crate::error::{Failure, Result};
use crate::relative_path::{join_below, relative_path_to};

/// One file, directory or link of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its place, relative to the root.
    pub path: PathBuf,
    /// Where its content is: elsewhere only for what a link out of the project leads to.
    pub source: PathBuf,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A directory.
    Dir,
    /// A regular file.
    File {
        /// Whether somebody may execute it.
        executable: bool,
    },
    /// A symbolic link.
    Link {
        /// What it says; always relative, where it leads anywhere.
        target: PathBuf,
    },
}

/// Lists the project at `root`. Left out are version control, caches, virtual environments,
/// what setuptools leaves, `dist`, and `out_dir` (where that is the root: the wheels in it).
/// What vanishes while this runs counts as never there; sockets, pipes and devices are skipped.
///
/// # Errors
/// A symbolic link that leads to itself or to a directory around it; what cannot be read.
pub fn sources(root: &Path, out_dir: Option<&Path>) -> Result<Vec<Entry>> {
    let doing = format!("listing the files of {}", root.display());
    let root = fs::canonicalize(root).map_err(|error| unreadable(&doing, &error))?;
    // An out-dir that does not exist has nothing to leave out.
    let out_dir = out_dir.and_then(|dir| fs::canonicalize(dir).ok());
    let mut walk = Walk { doing, out_dir, entries: Vec::new(), above: vec![root.clone()], root };
    let start = walk.root.clone();
    walk.directory(&start, Path::new(""))?;
    walk.entries.sort();
    Ok(walk.entries)
}

struct Walk {
    doing: String,
    root: PathBuf,
    out_dir: Option<PathBuf>,
    entries: Vec<Entry>,
    /// The directories that are being read, real paths, from the root down.
    above: Vec<PathBuf>,
}

impl Walk {
    fn failed(&self, error: &std::io::Error) -> Failure {
        unreadable(&self.doing, error)
    }

    fn push(&mut self, place: &Path, source: &Path, kind: EntryKind) {
        self.entries.push(Entry { path: place.to_owned(), source: source.to_owned(), kind });
    }

    /// Reads a directory whose real path is `dir` and that stands at `place` in the project.
    fn directory(&mut self, dir: &Path, place: &Path) -> Result<()> {
        let entries = match fs::read_dir(dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| self.failed(&error))?,
        };
        let mut names: Vec<OsString> = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|error| self.failed(&error))?.file_name());
        }
        // The first failure is then the same one in every run.
        names.sort();
        for name in names {
            let (path, place) = (dir.join(&name), place.join(&name));
            let metadata = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.map_err(|error| self.failed(&error))?,
            };
            if name.to_str().is_some_and(rules::by_name) {
                continue;
            }
            if metadata.is_symlink() {
                self.link(&path, &place)?;
            } else if metadata.is_dir() {
                self.enter(&path, &place)?;
            } else if metadata.is_file() {
                self.file(&path, &place)?;
            }
        }
        Ok(())
    }

    /// Lists a directory and what is in it, unless it is left out.
    fn enter(&mut self, real: &Path, place: &Path) -> Result<()> {
        if self.out_dir.as_deref() == Some(real) || rules::directory(real, place) {
            return Ok(());
        }
        self.push(place, real, EntryKind::Dir);
        self.above.push(real.to_owned());
        let done = self.directory(real, place);
        self.above.pop();
        done
    }

    fn file(&mut self, real: &Path, place: &Path) -> Result<()> {
        let wheel = place.extension().is_some_and(|extension| extension == "whl");
        if wheel && self.out_dir.as_deref() == real.parent() {
            return Ok(());
        }
        // Opened to learn now, and not halfway through a copy, that it cannot be read.
        let metadata = match fs::File::open(real).and_then(|file| file.metadata()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| self.failed(&error))?,
        };
        self.push(place, real, EntryKind::File { executable: is_executable(&metadata) });
        Ok(())
    }

    fn link(&mut self, path: &Path, place: &Path) -> Result<()> {
        let target = fs::read_link(path).map_err(|error| self.failed(&error))?;
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if leads_nowhere(&error) => {
                self.push(place, path, EntryKind::Link { target });
                return Ok(());
            }
            Err(_) if is_loop(path) => return Err(self.looped(place, &target)),
            Err(error) => return Err(self.failed(&error)),
        };
        let is_dir = real.is_dir();
        if is_dir && rules::directory(&real, place) {
            return Ok(());
        }
        if is_dir && self.above.iter().any(|above| above.starts_with(&real)) {
            return Err(self.looped(place, &target));
        }
        if let Ok(inner) = real.strip_prefix(&self.root) {
            let parent = place.parent().unwrap_or(Path::new(""));
            let as_written = path.starts_with(&self.root) && join_below(parent, &target).is_some();
            let target = if as_written { target } else { relative_path_to(parent, inner) };
            self.push(place, path, EntryKind::Link { target });
            return Ok(());
        }
        match is_dir {
            true => self.enter(&real, place),
            false if real.is_file() => self.file(&real, place),
            false => Ok(()),
        }
    }

    fn looped(&self, place: &Path, target: &Path) -> Failure {
        let found = format!(
            "the symbolic link {} leads to {}, which leads back to it",
            shown(&place.to_string_lossy()),
            shown(&target.to_string_lossy()),
        );
        Failure::project(&self.doing, found, "remove the link, or let it lead to another place")
    }
}

fn leads_nowhere(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Asks once more, without fs_err, whose errors do not pass the system's number on.
#[cfg(unix)]
fn is_loop(path: &Path) -> bool {
    path.canonicalize()
        .is_err_and(|error| error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32))
}

#[cfg(not(unix))]
fn is_loop(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}
