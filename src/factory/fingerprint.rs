//! Fingerprints of stage inputs: equal fingerprints mean equal outputs.
//!
//! An input feeds everything that can change its stage's output: values, the contents of files,
//! the identity of tools. Places that change from run to run, such as the working directory, stay
//! out. Digests are BLAKE3: a run that changes nothing still reads every output, and SHA-256 is slow on
//! processors without instructions for it.

use std::path::Path;

use serde::Serialize;

use super::event::Stage;
use crate::error::{Failure, Result};

/// The digest of the content of a file, in hexadecimal.
pub(super) fn of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The digest of the content of the file `path`, which is not read into memory as a whole.
///
/// # Errors
/// If it is missing or cannot be read.
pub(super) fn of_content(path: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs_err::File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The digest of the content of the file `path`; `None` if it is missing.
///
/// # Errors
/// If it cannot be read.
pub(super) fn of_file(path: &Path) -> Result<Option<String>> {
    match of_content(path) {
        Ok(digest) => Ok(Some(digest)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(format!("fingerprinting {}", path.display()), &error)),
    }
}

/// Collects what goes into a fingerprint.
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// The fingerprint of an input of `stage`, for this version of pygo.
    ///
    /// # Errors
    /// None in practice: see [`value`](Self::value).
    pub fn new(stage: Stage) -> Result<Self> {
        let mut hasher = Self(blake3::Hasher::new());
        hasher.value("stage", &(env!("CARGO_PKG_VERSION"), stage))?;
        Ok(hasher)
    }

    /// The fingerprint in hexadecimal.
    pub fn finish(self) -> String {
        self.0.finalize().to_hex().to_string()
    }

    /// Adds a named value. Its name and length keep it apart from its neighbours.
    ///
    /// # Errors
    /// If `value` cannot be written as JSON: a bug.
    pub fn value(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_vec(value).map_err(|error| {
            Failure::build(format!("fingerprinting {name}"), error.to_string(), "report this bug")
        })?;
        self.bytes(name, &text);
        Ok(())
    }

    /// Adds the content of a file under `name`; a missing file is a value of its own.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn file(&mut self, name: &str, path: &Path) -> Result<()> {
        match fs_err::read(path) {
            Ok(bytes) => self.bytes(name, &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.bytes(&format!("missing {name}"), b"");
            }
            Err(error) => {
                return Err(Failure::io(format!("fingerprinting {name}"), &error));
            }
        }
        Ok(())
    }

    /// Adds `bytes` under `name`.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        for part in [name.as_bytes(), bytes] {
            self.0.update(&(part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }
}
