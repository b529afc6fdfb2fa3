//! Files that appear whole: written beside their place, synced, renamed into it.
//!
//! What is no regular file (a device, a pipe, this process's own output) cannot be replaced
//! without harm, and is written to as it is.

use std::io::{Error, ErrorKind, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::process::Temporary;

/// What a path that is to be written stands for.
enum Place {
    /// Standard output or standard error, whatever it leads to.
    Stream(std::fs::File),
    /// Something else that is there and is no regular file.
    Special(PathBuf),
    /// A regular file, there or not, behind all symbolic links.
    Regular(PathBuf),
}

/// Writes `bytes` to the file `path`, whole or not at all, or into the device or pipe that it is.
///
/// # Errors
/// If `path` is a directory, or it or the directory that it is in cannot be written to.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = match Place::of(path)? {
        Place::Stream(mut stream) => return stream.write_all(bytes),
        Place::Special(path) => {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
        Place::Regular(path) => path,
    };
    let dir = parent(&path);
    let (part, mut file) = Temporary::file_in(dir)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    part.put(&path)
}

/// Tries whether [`write_whole`] could write to `path`, as far as that shows without writing.
///
/// # Errors
/// Those that [`write_whole`] would meet.
pub fn try_whole(path: &Path) -> Result<()> {
    match Place::of(path)? {
        Place::Regular(path) => try_dir(parent(&path)),
        // To open a pipe and close it again would end it for its reader.
        Place::Stream(_) | Place::Special(_) => Ok(()),
    }
}

/// Tries whether files can be made in `dir`.
///
/// # Errors
/// If they cannot.
pub fn try_dir(dir: &Path) -> Result<()> {
    Temporary::file_in(dir).map(drop)
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let there = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            there => Some(there?),
        };
        let Some(there) = there else { return Ok(Self::Regular(followed(path))) };
        // Opened anew by its name, a stream that goes to a file would be written from its start.
        for stream in [std::io::stdout().as_fd(), std::io::stderr().as_fd()] {
            if let Some(stream) = same(stream, &there) {
                return Ok(Self::Stream(stream));
            }
        }
        if there.is_dir() {
            let found = format!("`{}` is a directory", path.display());
            return Err(Error::new(ErrorKind::IsADirectory, found));
        }
        Ok(match there.is_file() {
            true => Self::Regular(followed(path)),
            false => Self::Special(path.to_owned()),
        })
    }
}

/// The open file `stream`, if it is the one that `there` describes.
fn same(stream: BorrowedFd<'_>, there: &std::fs::Metadata) -> Option<std::fs::File> {
    let file = std::fs::File::from(stream.try_clone_to_owned().ok()?);
    let open = file.metadata().ok()?;
    (open.dev() == there.dev() && open.ino() == there.ino()).then_some(file)
}

/// Where `path` leads, also where nothing is there yet.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // As many links as the kernel follows.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = parent(&path).join(target);
    }
    path
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn links_lead_to_what_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::os::unix::fs::symlink("two", at("one")).unwrap();
        fs::os::unix::fs::symlink("deep/file", at("two")).unwrap();
        for text in ["not there before", "there before"] {
            write_whole(&at("one"), text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("deep/file")).unwrap(), text);
        }
        assert!(fs::symlink_metadata(at("one")).unwrap().is_symlink());
        assert!(fs::symlink_metadata(at("two")).unwrap().is_symlink());
        assert_eq!(names(dir.path()), ["deep", "one", "two"]);
        assert_eq!(names(&at("deep")), ["file"]);
    }

    #[test]
    fn what_cannot_be_written_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::os::unix::fs::symlink("loop", at("loop")).unwrap();
        for (name, kind) in [
            ("deep", Some(ErrorKind::IsADirectory)),
            ("no/file", Some(ErrorKind::NotFound)),
            ("loop", None),
        ] {
            let tried = try_whole(&at(name)).unwrap_err();
            let error = write_whole(&at(name), b"x").unwrap_err();
            assert_eq!(error.to_string(), tried.to_string());
            assert!(kind.is_none_or(|kind| error.kind() == kind), "{error}");
            assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
        }
        try_whole(&at("new")).unwrap();
        assert_eq!(names(dir.path()), ["deep", "loop"]);
    }
}
