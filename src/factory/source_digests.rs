//! Digests of what a run builds from, which tell whether two runs had the same sources.
//!
//! Input: a plan. Output: a digest for each file and directory at the top of the project, over the
//! names, kinds and contents of everything in it that the build backend may see.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::plan::Plan;
use crate::error::{Failure, Result};
use crate::project::EntryKind;
use crate::wheel::Digest;

/// The digest, in hexadecimal, of each entry at the top of the project of `plan`.
///
/// # Errors
/// If a file cannot be read.
pub fn source_digests(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let mut hashers: BTreeMap<String, Sha256> = BTreeMap::new();
    for entry in &plan.sources {
        let Some(top) = entry.path.components().next() else { continue };
        let hasher = hashers.entry(top.as_os_str().to_string_lossy().into_owned()).or_default();
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(entry.path.as_os_str().as_encoded_bytes());
        part(format!("{:?}", entry.kind).as_bytes());
        if matches!(entry.kind, EntryKind::File { .. }) {
            let read = fs_err::read(&entry.source);
            part(&read.map_err(|error| Failure::io("reading the project's files", &error))?);
        }
    }
    let digest = |(top, hasher): (String, Sha256)| (top, Digest::from(hasher.finalize()).hex());
    Ok(hashers.into_iter().map(digest).collect())
}
