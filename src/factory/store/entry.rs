//! The description of what a stage made: names and digests of its files, values, and what it read.

use std::path::{Component, Path};
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
    /// Reads a description; nothing if it is damaged, or if a file's name or digest would lead to
    /// another directory. Anybody who can write to a shared store chooses both.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (digest, json) = str::from_utf8(text).ok()?.split_once('\n')?;
        if fingerprint::of(json.as_bytes()) != digest {
            return None;
        }
        let entry: Self = serde_json::from_str(json).ok()?;
        let is_safe = |(name, digest): &(String, String)| is_name(name) && is_digest(digest);
        entry.files.iter().all(is_safe).then_some(entry)
    }

    /// The description, after its digest.
    pub(super) fn write(&self) -> Option<String> {
        let json = serde_json::to_string(self).ok()?;
        Some(format!("{}\n{json}", fingerprint::of(json.as_bytes())))
    }
}

/// Whether `name` is that of a file in a directory, not a path.
fn is_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let one = (parts.next(), parts.next());
    matches!(one, (Some(Component::Normal(part)), None) if part == name) && !name.contains('\0')
}

/// Whether `text` is a digest as [`fingerprint::of`] writes it.
pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str, digest: &str) -> bool {
        let entry = Entry {
            files: vec![(name.to_owned(), digest.to_owned())],
            value: Value::Null,
            reads: Reads::default(),
            notes: Vec::new(),
            elapsed: Duration::ZERO,
        };
        Entry::parse(entry.write().unwrap().as_bytes()).is_some()
    }

    #[test]
    fn names_and_digests_lead_nowhere_else() {
        let digest = fingerprint::of(b"");
        for name in ["libhello.so", "hello-0.1.0-py3-none-any.whl", "_a.c", "..x", "a b"] {
            assert!(parsed(name, &digest), "{name}");
        }
        for name in ["", ".", "..", "/etc/x", "../x", "a/b", "a/", "./a", "a/..", "a\0b"] {
            assert!(!parsed(name, &digest), "{name}");
        }
        let upper = digest.to_uppercase();
        for digest in ["", "..", "../../x", &digest[1..], &upper, &format!("/{}", &digest[1..])] {
            assert!(!parsed("a", digest), "{digest}");
        }
    }
}
