//! Writing a file atomically: to a temporary file next to it, synced, then renamed.
//!
//! Input: a path and bytes. Output: the complete file, or none. A device, a pipe or this process's
//! own output cannot be replaced, and is written to directly.

use std::io::{Error, ErrorKind, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::temporary::{Temporary, parent};

/// What a path to be written denotes.
enum Destination {
    /// Standard output or standard error, wherever it leads.
    Stream(std::fs::File),
    /// Anything else that exists and is not a regular file.
    Special(PathBuf),
    /// A regular file, which need not exist, behind all symbolic links.
    Regular(PathBuf),
}

/// Writes `bytes` to the file `path` completely or not at all, or to the device or pipe `path`.
///
/// # Errors
/// If `path` is a directory, or if it or its directory is not writable.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = match Destination::of(path)? {
        Destination::Stream(mut stream) => return stream.write_all(bytes),
        Destination::Special(path) => {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
        Destination::Regular(path) => path,
    };
    let dir = parent(&path);
    let (part, mut file) = Temporary::file_in(dir)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    part.put(&path)
}

/// Checks that [`write_atomically`] could write to `path`, as far as possible without writing.
pub fn check_writable(path: &Path) -> Result<()> {
    match Destination::of(path)? {
        Destination::Regular(path) => check_dir_writable(parent(&path)),
        // Opening and closing a pipe would end it for its reader.
        Destination::Stream(_) | Destination::Special(_) => Ok(()),
    }
}

/// Checks that files can be created in `dir`.
pub fn check_dir_writable(dir: &Path) -> Result<()> {
    Temporary::file_in(dir).map(drop)
}

/// Whether this process may create files in `dir`, or create `dir` first if it does not exist.
/// Changes nothing.
pub fn may_write_into(dir: &Path) -> bool {
    use nix::unistd::{AccessFlags, access};
    let exists = |path: &&Path| path.symlink_metadata().is_ok();
    let existing = dir.ancestors().find(exists).unwrap_or(Path::new("/"));
    existing.is_dir() && access(existing, AccessFlags::W_OK | AccessFlags::X_OK).is_ok()
}

impl Destination {
    fn of(path: &Path) -> Result<Self> {
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self::Regular(followed(path)));
            }
            metadata => metadata?,
        };
        // Opened by name, a stream redirected to a file would be overwritten from its start.
        for stream in [std::io::stdout().as_fd(), std::io::stderr().as_fd()] {
            if let Some(stream) = same(stream, &metadata) {
                return Ok(Self::Stream(stream));
            }
        }
        if metadata.is_dir() {
            let found = format!("`{}` is a directory", path.display());
            return Err(Error::new(ErrorKind::IsADirectory, found));
        }
        Ok(if metadata.is_file() {
            Self::Regular(followed(path))
        } else {
            Self::Special(path.to_owned())
        })
    }
}

/// A handle of `stream`, if `metadata` is its.
fn same(stream: BorrowedFd<'_>, metadata: &std::fs::Metadata) -> Option<std::fs::File> {
    let file = std::fs::File::from(stream.try_clone_to_owned().ok()?);
    let open = file.metadata().ok()?;
    (open.dev() == metadata.dev() && open.ino() == metadata.ino()).then_some(file)
}

/// Where `path` leads through symbolic links, even to a file that does not exist.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // The kernel follows as many links.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = parent(&path).join(target);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwritable_paths_stay_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::os::unix::fs::symlink("loop", at("loop")).unwrap();
        for (name, kind) in [
            ("deep", Some(ErrorKind::IsADirectory)),
            ("no/file", Some(ErrorKind::NotFound)),
            ("loop", None),
        ] {
            let tried = check_writable(&at(name)).unwrap_err();
            let error = write_atomically(&at(name), b"x").unwrap_err();
            assert_eq!(error.to_string(), tried.to_string());
            assert!(kind.is_none_or(|kind| error.kind() == kind), "{error}");
            assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
        }
        check_writable(&at("new")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "only the directory and the link");
    }
}
