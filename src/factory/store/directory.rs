//! Where the objects of a shared store are: a directory, or anything else that can list, read, write
//! and remove.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt;
use nix::fcntl::OFlag;

use crate::process::Temporary;

/// Far more bytes than the description of any entry.
pub(super) const MAX_DESCRIPTION: u64 = 16_000_000;
/// More bytes than the files of any entry: wheels are smaller.
pub(super) const MAX_FILES: u64 = 4 << 30;

/// An object of a store.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object {
    /// Its name in the store, with `/`.
    pub(super) name: String,
    pub(super) size: u64,
    /// When it was written last.
    pub(super) written: SystemTime,
}

/// Where the objects of a store are: names with `/`, and bytes.
pub(super) trait Place: Send + Sync {
    /// The objects directly below `dir`.
    fn list(&self, dir: &str) -> io::Result<Vec<Object>>;
    /// All objects below `dir`, however deep.
    fn list_all(&self, dir: &str) -> io::Result<Vec<Object>>;
    /// The bytes of an object, if there is one; an error if there are more than `limit`.
    fn get(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>>;
    /// Writes an object, completely or not at all.
    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()>;
    /// Removes an object, if there is one.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A directory that must exist: a place that is not mounted is not filled. It may be a link; what
/// others put into it may not, because a link in it leads wherever they like.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    /// The path of `name`, if no directory on the way to it is a link.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let mut path = self.0.clone();
        for part in name.split('/') {
            if path != self.0
                && let Some(about) = found(fs::symlink_metadata(&path))?
                && !about.is_dir()
            {
                return Err(refused(&path, "is not a directory"));
            }
            path.push(part);
        }
        Ok(path)
    }

    fn walk(&self, dir: &str, depth: usize) -> io::Result<Vec<Object>> {
        fs::metadata(&self.0)?;
        let mut objects = Vec::new();
        let walk = walkdir::WalkDir::new(self.path(dir)?).max_depth(depth).follow_root_links(false);
        for entry in walk {
            let Some(entry) = found(entry.map_err(io::Error::from))? else { continue };
            if !entry.file_type().is_file() {
                continue;
            }
            let Some(about) = found(entry.metadata().map_err(io::Error::from))? else { continue };
            let name = entry.path().strip_prefix(&self.0).unwrap_or(entry.path());
            let (name, size) = (name.to_string_lossy().into_owned(), about.len());
            objects.push(Object { name, size, written: about.modified()? });
        }
        Ok(objects)
    }
}

impl Place for Directory {
    fn list(&self, dir: &str) -> io::Result<Vec<Object>> {
        self.walk(dir, 1)
    }

    fn list_all(&self, dir: &str) -> io::Result<Vec<Object>> {
        self.walk(dir, usize::MAX)
    }

    fn get(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(name)?;
        let Some(about) = found(fs::symlink_metadata(&path))? else { return Ok(None) };
        // Opening a pipe would wait for a writer, and a link could lead to one.
        if !about.is_file() {
            return Err(refused(&path, "is not a regular file"));
        }
        let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
        let open = fs::OpenOptions::new().read(true).custom_flags(flags).open(&path);
        let Some(file) = found(open)? else { return Ok(None) };
        if !file.metadata()?.is_file() {
            return Err(refused(&path, "is not a regular file"));
        }
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(too_large(name, limit));
        }
        Ok(Some(bytes))
    }

    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        fs::metadata(&self.0)?;
        let path = self.path(name)?;
        let dir = path.parent().unwrap_or(Path::new("/"));
        let write = || {
            fs::create_dir_all(dir)?;
            let (part, mut file) = Temporary::file_in(dir)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            // Replaces a link in its place.
            part.put(&path)
        };
        match write() {
            // Another process may have removed the directory while it was empty.
            Err(error) if error.kind() == io::ErrorKind::NotFound => write(),
            result => result,
        }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name)?;
        found(fs::remove_file(&path))?;
        if let Some(dir) = path.parent() {
            // Fails unless it is empty.
            let _ = std::fs::remove_dir(dir);
        }
        Ok(())
    }
}

fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::other(format!("{} {why}", path.display()))
}

pub(super) fn too_large(name: &str, limit: u64) -> io::Error {
    io::Error::other(format!("{name} has more than {} MB", limit / 1_000_000))
}

/// Nothing if it does not exist.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fs_err::os::unix::fs::symlink;

    use super::*;

    /// A shared directory, and one next to it with a file that nobody may touch.
    fn dirs() -> (tempfile::TempDir, Directory, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let (shared, other) = (dir.path().join("shared"), dir.path().join("other"));
        fs::create_dir(&shared).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("x"), "other").unwrap();
        (dir, Directory(shared), other)
    }

    #[test]
    fn links_are_replaced_and_never_followed() {
        let (_dir, place, other) = dirs();
        place.put("files/aa/x", b"x".to_vec()).unwrap();
        assert_eq!(place.get("files/aa/x", 1).unwrap().unwrap(), b"x");
        assert_eq!(place.list_all("files").unwrap().len(), 1);

        symlink(other.join("x"), place.0.join("files/aa/y")).unwrap();
        let error = place.get("files/aa/y", 10).unwrap_err().to_string();
        assert!(error.ends_with("files/aa/y is not a regular file"), "{error}");
        place.put("files/aa/y", b"y".to_vec()).unwrap();
        assert_eq!(place.get("files/aa/y", 1).unwrap().unwrap(), b"y");

        symlink(&other, place.0.join("files/bb")).unwrap();
        symlink(&other, place.0.join("entries")).unwrap();
        for name in ["files/bb/x", "files/bb/new", "entries/x"] {
            assert!(place.get(name, 10).is_err(), "{name}");
            assert!(place.put(name, Vec::new()).is_err(), "{name}");
            assert!(place.remove(name).is_err(), "{name}");
        }
        assert_eq!(place.list_all("files").unwrap().len(), 2);
        assert!(place.list("entries").unwrap().is_empty());
        assert!(place.list("entries/key").is_err());
        assert_eq!(fs::read_to_string(other.join("x")).unwrap(), "other");
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_that_is_a_link_is_a_store() {
        let (dir, place, _) = dirs();
        let link = dir.path().join("link");
        symlink(&place.0, &link).unwrap();
        let place = Directory(link);
        place.put("files/aa/x", b"x".to_vec()).unwrap();
        assert_eq!(place.list_all("files").unwrap().len(), 1);
    }

    #[test]
    fn pipes_and_large_files_are_not_read() {
        let (_dir, place, _) = dirs();
        place.put("files/large", vec![0; 11]).unwrap();
        let error = place.get("files/large", 10).unwrap_err().to_string();
        assert!(error.starts_with("files/large has more than"), "{error}");
        let pipe = place.0.join("files/pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(place.get("files/pipe", 10).is_err()));
        assert!(receiver.recv_timeout(Duration::from_secs(10)).unwrap());
    }
}
