//! The description of what a stage made: names and digests of its files, values, and what it read.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reads::Reads;
use crate::factory::fingerprint;

/// What a stage made, without the bytes of its files.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    /// Names and digests; the files themselves are called by their position.
    pub(super) files: Vec<(String, String)>,
    pub(super) value: Value,
    pub(super) reads: Reads,
    pub(super) notes: Vec<String>,
    /// How long it took to make them.
    pub(super) elapsed: Duration,
}

impl Entry {
    /// Reads a description; nothing if it is damaged.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (digest, json) = str::from_utf8(text).ok()?.split_once('\n')?;
        let is_whole = fingerprint::of(json.as_bytes()) == digest;
        if is_whole { serde_json::from_str(json).ok() } else { None }
    }

    /// The description, after its digest.
    pub(super) fn write(&self) -> Option<String> {
        let json = serde_json::to_string(self).ok()?;
        Some(format!("{}\n{json}", fingerprint::of(json.as_bytes())))
    }
}
