//! Time stamps of tools' files, looked at once in a run.
//!
//! The libraries of all targets are built from the same thousands of files of Go, which nobody
//! edits while they are built.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::toolchain::stamp;

/// Places and their stamps.
#[derive(Debug, Default)]
pub(super) struct Stamps(Mutex<HashMap<PathBuf, String>>);

impl Stamps {
    /// Whether the stamp of `path` is `known`.
    pub(super) fn is(&self, path: &Path, known: &str) -> bool {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(path) {
            return found == known;
        }
        // Other threads go on meanwhile.
        let found = stamp(path);
        let is_same = found == known;
        lock().insert(path.to_owned(), found);
        is_same
    }
}
