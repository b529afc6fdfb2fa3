//! Where the objects of a shared store are: a directory, or anything else that can list, read and
//! write.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::process::write_atomically;

/// Where the objects of a store are: names with `/`, and bytes.
pub(super) trait Place: Send + Sync {
    /// The names of the objects directly below `dir`.
    fn list(&self, dir: &str) -> io::Result<Vec<String>>;
    /// The bytes of an object, if there is one.
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>>;
    /// Writes an object, completely or not at all.
    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()>;
}

/// A directory that must exist: a place that is not mounted is not filled.
pub(super) struct Directory(pub(super) PathBuf);

impl Place for Directory {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        fs::metadata(&self.0)?;
        let Some(entries) = found(fs::read_dir(self.0.join(dir)))? else { return Ok(Vec::new()) };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        found(fs::read(self.0.join(name)))
    }

    fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        fs::metadata(&self.0)?;
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        write_atomically(&path, &bytes)
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
