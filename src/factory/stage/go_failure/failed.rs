//! What is known about a `go build` that failed, besides its output.

use std::path::Path;

use crate::project::GoLibrary;
use crate::target::Slice;

/// A `go build` that failed.
pub(in crate::factory::stage) struct GoFailure<'a> {
    pub(in crate::factory::stage) library: &'a GoLibrary,
    pub(in crate::factory::stage) slice: Slice,
    /// The C compiler.
    pub(in crate::factory::stage) cc: &'a Path,
    /// Whether `--offline` was given.
    pub(in crate::factory::stage) offline: bool,
}
