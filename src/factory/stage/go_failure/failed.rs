//! What is known about a `go build` that failed, besides its output.

use std::path::Path;

use crate::project::GoPackage;
use crate::target::Slice;

/// A `go build` that failed.
pub(in crate::factory::stage) struct GoFailure<'a> {
    pub(in crate::factory::stage) library: &'a GoPackage,
    pub(in crate::factory::stage) slice: Slice,
    /// The C compiler, if one takes part.
    pub(in crate::factory::stage) cc: Option<&'a Path>,
    /// Whether `--offline` was given.
    pub(in crate::factory::stage) offline: bool,
}
