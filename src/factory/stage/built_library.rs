//! What Go built for a part and a slice, whether now or in an earlier run.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::archive_link::ArchiveLink;
use crate::error::{Failure, Result};
use crate::factory::fingerprint;
use crate::factory::store::{Bases, Reads};

/// The digest of a file, once it is known.
pub(super) type Digest = OnceLock<String>;

/// A Go library of one slice: the binary and the header that cgo wrote next to it.
#[derive(Debug, Clone)]
pub(in crate::factory) struct Library {
    /// The directory of both.
    pub(in crate::factory) dir: PathBuf,
    pub(in crate::factory) binary: PathBuf,
    /// Of the binary, once it is known.
    pub(super) digest: Digest,
    pub(in crate::factory) header: PathBuf,
    /// The flags that the header's preamble needs, with absolute paths.
    pub(in crate::factory) preamble_flags: Vec<String>,
    /// What it is linked with, if it is an archive.
    pub(in crate::factory) link: ArchiveLink,
    /// The files that Go and the C compiler read, if all of them are known.
    pub(in crate::factory) reads: Option<Reads>,
    /// Where the tools are that these files belong to.
    pub(super) bases: Bases,
}

impl Library {
    /// The digest of the binary, which nothing changes.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn digest(&self) -> Result<&str> {
        if self.digest.get().is_none() {
            let doing = || format!("fingerprinting {}", self.binary.display());
            let digest = fingerprint::of_content(&self.binary);
            let _ = self.digest.set(digest.map_err(|error| Failure::io(doing(), &error))?);
        }
        Ok(self.digest.get().map_or("", String::as_str))
    }
}
