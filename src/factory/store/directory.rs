//! Where the objects of a shared store are: a directory, or anything else that can list, read, write
//! and remove.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;

use crate::process::write_atomically;

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
    /// The bytes of an object, if there is one.
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>>;
    /// Writes an object, completely or not at all.
    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()>;
    /// Removes an object, if there is one.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A directory that must exist: a place that is not mounted is not filled.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    fn walk(&self, dir: &str, depth: usize) -> io::Result<Vec<Object>> {
        fs::metadata(&self.0)?;
        let mut objects = Vec::new();
        for entry in walkdir::WalkDir::new(self.0.join(dir)).max_depth(depth) {
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

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        found(fs::read(self.0.join(name)))
    }

    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        fs::metadata(&self.0)?;
        let path = self.0.join(name);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
            write_atomically(&path, &bytes)
        };
        match write() {
            // Another process may have removed the directory while it was empty.
            Err(error) if error.kind() == io::ErrorKind::NotFound => write(),
            result => result,
        }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.0.join(name);
        found(fs::remove_file(&path))?;
        if let Some(dir) = path.parent() {
            // Fails unless it is empty.
            let _ = std::fs::remove_dir(dir);
        }
        Ok(())
    }
}

/// Nothing if it does not exist.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
