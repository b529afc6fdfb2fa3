//! The names that a binary exports.
//!
//! In: names. Out: a compact set, as a large library exports tens of thousands of names that are
//! only ever looked up. It holds hashes: if two names ever had the same one, a missing symbol would
//! go unnoticed.

use std::hash::{DefaultHasher, Hasher};

/// A set of exported names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exports(Vec<u64>);

impl Exports {
    /// Adds `name`.
    pub fn insert(&mut self, name: &str) {
        self.0.push(hash(name));
    }

    /// The hashes of all names, unsorted.
    pub fn hashes(&self) -> &[u64] {
        &self.0
    }

    /// Whether nothing is exported.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The hash of `name` in [`Exports::hashes`].
pub fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}
