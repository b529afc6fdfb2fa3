//! Files and directories that never outlive the run.

use std::fs::{File, OpenOptions};
use std::io::{Error, Result};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::children::{notify_guard, remove};

/// A path that is removed when this value is dropped, or by the guard if `pygo` is killed.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
    /// Takes ownership of `path`, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        notify_guard("+p", path.as_os_str().as_bytes());
        Self(path)
    }

    /// Creates a file in `dir`, with the permissions of any new file of this process.
    pub fn file_in(dir: &Path) -> Result<(Self, File)> {
        let create = |path: &Path| {
            // The guard learns of the file before it exists, because a kill can come at any time.
            // It would remove whatever has this name, so the name must be unused.
            let temporary = Self::new(path.to_owned());
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
            Ok((temporary, file))
        };
        let made = tempfile::Builder::new()
            .prefix(".pygo-")
            .suffix(".part")
            .rand_bytes(16)
            .disable_cleanup(true)
            .make_in(dir, create);
        // The random name means nothing to a reader; the directory does.
        let made = made.map_err(|error| {
            let found = format!("cannot create a file in `{}`: {error}", dir.display());
            Error::new(error.kind(), found)
        })?;
        Ok(made.into_parts().0)
    }

    /// Renames the complete file to `place`, in the same file system, where it stays.
    pub fn put(self, place: &Path) -> Result<()> {
        fs_err::rename(&self.0, place)?;
        // The rename is atomic either way; syncing makes it survive a power cut as well.
        let _ = fs_err::File::open(parent(place)).and_then(|dir| dir.sync_all());
        Ok(())
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = remove(&self.0);
        notify_guard("-p", self.0.as_os_str().as_bytes());
    }
}

/// The time that a file written to `dir` now would have. Files are compared with it to see whether they
/// changed since: the clock of the system may be set meanwhile, or differ from that of a file server. It is
/// the system's if `dir` is not writable.
pub fn file_clock(dir: &Path) -> SystemTime {
    let written = tempfile::tempfile_in(dir).and_then(|file| file.metadata()?.modified());
    written.unwrap_or_else(|_| SystemTime::now())
}

/// The directory of the file `path`.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
