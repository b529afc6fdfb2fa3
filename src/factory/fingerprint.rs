//! Fingerprints of stage inputs: equal fingerprints mean equal outputs.
//!
//! An input feeds everything that can change its stage's output: values, the contents of files,
//! the identity of tools. Places that change from run to run, such as the working directory, stay
//! out.

use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::event::Stage;
use crate::error::{Failure, Result};

/// A value that can be fingerprinted.
pub(super) trait Fingerprint {
    /// Feeds everything that matters to `into`.
    ///
    /// # Errors
    /// If a file cannot be read.
    fn feed(&self, into: &mut Hasher) -> Result<()>;
}

/// Collects what goes into a fingerprint.
pub(super) struct Hasher(Sha256);

impl Hasher {
    /// Adds a named value. The name and the length of the value keep neighbours apart.
    pub(super) fn value(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_vec(value).map_err(|error| {
            Failure::build(format!("fingerprinting {name}"), error.to_string(), "report this bug")
        })?;
        self.bytes(name, &text);
        Ok(())
    }

    /// Adds the content of a file under `name`; a missing file is a value of its own.
    pub(super) fn file(&mut self, name: &str, path: &Path) -> Result<()> {
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
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        for part in [name.as_bytes(), bytes] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }
}

/// The fingerprint of `input` for `stage` of this version of pygo, in hexadecimal.
///
/// # Errors
/// If a file cannot be read.
pub(super) fn fingerprint(stage: Stage, input: &impl Fingerprint) -> Result<String> {
    let mut hasher = Hasher(Sha256::new());
    hasher.value("pygo", &env!("CARGO_PKG_VERSION"))?;
    hasher.value("stage", &stage)?;
    input.feed(&mut hasher)?;
    Ok(hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
