//! Time stamps of tools' files, looked at once in a run.
//!
//! The libraries of all targets are built from the same thousands of files of Go, which nobody
//! edits while they are built.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::toolchain::stamp;

/// Places and their stamps.
#[derive(Debug, Default)]
pub(super) struct Stamps(Mutex<HashMap<PathBuf, Arc<OnceLock<String>>>>);

impl Stamps {
    /// Whether the stamp of `path` is `known`.
    pub(super) fn is(&self, path: &Path, known: &str) -> bool {
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(all().entry(path.to_owned()).or_default());
        // Threads that ask for other places go on meanwhile.
        cell.get_or_init(|| stamp(path)) == known
    }
}
