//! The source files of a project, for a copy of it.
//!
//! Input: the root of a project. Output: its entries, sorted, parents before children. Links
//! within the project remain links because packaging may depend on them; links to other places are
//! replaced by their targets because the copy is in another place. A directory is left out by its
//! name only if no source directory has that name; otherwise its content decides.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use fs_err as fs;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, faccessat};

use super::text::{shown, unreadable};
use crate::error::{Failure, Result};
use crate::relative_path::{join_below, relative_path_to};

/// One file, directory or link of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its path relative to the root.
    pub path: PathBuf,
    /// The path of its content: outside the project only for the target of a link.
    pub source: PathBuf,
    /// Its kind.
    pub kind: EntryKind,
}

/// The kind of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A directory.
    Dir,
    /// A regular file.
    File {
        /// Whether anyone may execute it.
        executable: bool,
    },
    /// A symbolic link.
    Link {
        /// Its target; relative, unless the target does not exist.
        target: PathBuf,
    },
}

/// Lists the project at `root` without version control, caches, virtual environments, outputs of
/// setuptools, `dist` and `out_dir` (if that is the root, without the wheels in it). Files that
/// disappear during the listing, sockets, pipes and devices are skipped.
///
/// # Errors
/// A symbolic link to itself or to a directory around it; an unreadable file.
pub fn sources(root: &Path, out_dir: Option<&Path>) -> Result<Vec<Entry>> {
    let doing = format!("listing the files of {}", root.display());
    let root = fs::canonicalize(root).map_err(|error| unreadable(&doing, &error))?;
    // There is nothing to leave out in an output directory that does not exist.
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
    /// The directories being read, as real paths, from the root down.
    above: Vec<PathBuf>,
}

impl Walk {
    fn failed(&self, error: &std::io::Error) -> Failure {
        unreadable(&self.doing, error)
    }

    fn push(&mut self, place: &Path, source: &Path, kind: EntryKind) {
        self.entries.push(Entry { path: place.to_owned(), source: source.to_owned(), kind });
    }

    /// Reads the directory with the real path `dir` and the path `place` in the project.
    fn directory(&mut self, dir: &Path, place: &Path) -> Result<()> {
        let entries = match fs::read_dir(dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| self.failed(&error))?,
        };
        let mut names: Vec<OsString> = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|error| self.failed(&error))?.file_name());
        }
        // So that every run reports the same failure.
        names.sort();
        for name in names {
            let (path, place) = (dir.join(&name), place.join(&name));
            let metadata = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.map_err(|error| self.failed(&error))?,
            };
            if name.to_str().is_some_and(|name| NAMES.contains(&name)) {
                continue;
            }
            if metadata.is_symlink() {
                self.link(&path, &place)?;
            } else if metadata.is_dir() {
                self.enter(&path, &place)?;
            } else if metadata.is_file() {
                self.file(&path, &place, &metadata)?;
            }
        }
        Ok(())
    }

    /// Lists a directory and its content, unless it is left out.
    fn enter(&mut self, real: &Path, place: &Path) -> Result<()> {
        if self.out_dir.as_deref() == Some(real) || is_left_out(real, place) {
            return Ok(());
        }
        self.push(place, real, EntryKind::Dir);
        self.above.push(real.to_owned());
        let done = self.directory(real, place);
        self.above.pop();
        done
    }

    fn file(&mut self, real: &Path, place: &Path, metadata: &Metadata) -> Result<()> {
        let wheel = place.extension().is_some_and(|extension| extension == "whl");
        if wheel && self.out_dir.as_deref() == real.parent() {
            return Ok(());
        }
        // An unreadable file fails now and not halfway through a copy. Opening it gives the error.
        if !is_readable(real) {
            match fs::File::open(real) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                other => other.map_err(|error| self.failed(&error))?,
            };
        }
        let executable = metadata.permissions().mode() & 0o111 != 0;
        self.push(place, real, EntryKind::File { executable });
        Ok(())
    }

    fn link(&mut self, path: &Path, place: &Path) -> Result<()> {
        let target = fs::read_link(path).map_err(|error| self.failed(&error))?;
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                self.push(place, path, EntryKind::Link { target });
                return Ok(());
            }
            Err(_) if is_loop(path) => return Err(self.looped(place, &target)),
            Err(error) => return Err(self.failed(&error)),
        };
        let metadata = match fs::metadata(&real) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| self.failed(&error))?,
        };
        let is_dir = metadata.is_dir();
        if is_dir && is_left_out(&real, place) {
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
        if is_dir {
            self.enter(&real, place)
        } else if metadata.is_file() {
            self.file(&real, place, &metadata)
        } else {
            Ok(())
        }
    }

    fn looped(&self, place: &Path, target: &Path) -> Failure {
        let found = format!(
            "the symbolic link {} points to {}, which leads back to it",
            shown(&place.to_string_lossy()),
            shown(&target.to_string_lossy()),
        );
        Failure::project(&self.doing, found, "remove the link or change its target")
    }
}

/// Whether this process may read `path`.
fn is_readable(path: &Path) -> bool {
    faccessat(AT_FDCWD, path, AccessFlags::R_OK, AtFlags::AT_EACCESS).is_ok()
}

/// Repeats the call without fs_err, whose errors have no error number.
fn is_loop(path: &Path) -> bool {
    path.canonicalize()
        .is_err_and(|error| error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32))
}

/// Version control, caches and environments: names that are left out in every directory.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    ".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", "CVS",
    "__pycache__", "node_modules", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
];

/// The mark of a cache directory: <https://bford.info/cachedir/>.
const CACHE_TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Whether the directory `dir`, at `place` in the project, is left out.
fn is_left_out(dir: &Path, place: &Path) -> bool {
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    NAMES.contains(&name)
        || dir.join("pyvenv.cfg").exists()
        || is_cache(dir)
        || is_leftover(dir, place, name)
}

fn is_cache(dir: &Path) -> bool {
    use std::io::Read;
    let tag = dir.join("CACHEDIR.TAG");
    if !tag.is_file() {
        return false;
    }
    let mut start = Vec::new();
    let read = fs::File::open(tag)
        .and_then(|file| file.take(CACHE_TAG.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == CACHE_TAG
}

/// Whether a build left the directory next to setup.py (or in the `src` of a src layout).
fn is_leftover(dir: &Path, place: &Path, name: &str) -> bool {
    let parent = place.parent().unwrap_or(Path::new(""));
    let top = parent.as_os_str().is_empty();
    let is_package = || dir.join("__init__.py").exists();
    match name {
        "dist" | ".eggs" => top && !is_package(),
        "build" => top && !is_package() && has_build_output(dir),
        _ => {
            (top || parent == Path::new("src"))
                && name.ends_with(".egg-info")
                && !in_unpacked_sdist(dir, parent)
        }
    }
}

/// Whether the project with the directory `dir` in its directory `parent` is an unpacked sdist:
/// its `*.egg-info` replaces the version history.
fn in_unpacked_sdist(dir: &Path, parent: &Path) -> bool {
    let root = dir.ancestors().nth(1 + parent.components().count());
    root.is_some_and(|root| root.join("PKG-INFO").is_file())
}

/// Whether a `build` directory, also a common name for sources, is that of setuptools: it contains
/// `lib`, `lib.linux-x86_64`, `bdist.linux-x86_64` or `temp.linux-x86_64`.
fn has_build_output(dir: &Path) -> bool {
    let Ok(children) = fs::read_dir(dir) else { return false };
    children.flatten().any(|child| {
        let name = child.file_name();
        let name = name.to_string_lossy();
        name == "lib" || ["lib.", "bdist.", "temp."].iter().any(|start| name.starts_with(start))
    })
}
