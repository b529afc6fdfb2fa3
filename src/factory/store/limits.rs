//! How much of a store stays when entries are removed.

use std::time::Duration;

/// The size in bytes above which entries are removed.
pub const LIMIT: u64 = 2_000_000_000;

/// The limits for entries that may stay when others are removed.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes; entries used least recently go first.
    pub keep: u64,
    /// Entries that were not used for so long go.
    pub unused: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { keep: LIMIT, unused: None }
    }
}
