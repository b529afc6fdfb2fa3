//! What is known about a `go build` that failed, besides its output.

use std::path::Path;

use crate::factory::stage::python_api::PythonApi;
use crate::project::GoPackage;
use crate::target::Slice;

/// A `go build` that failed.
pub(in crate::factory::stage) struct GoFailure<'a> {
    pub(in crate::factory::stage) library: &'a GoPackage,
    pub(in crate::factory::stage) slice: Slice,
    /// The C compiler, if one takes part.
    pub(in crate::factory::stage) cc: Option<&'a Path>,
    /// The limited API of Python that C code was compiled with.
    pub(in crate::factory::stage) python: Option<&'a PythonApi>,
    /// Whether `--offline` was given.
    pub(in crate::factory::stage) offline: bool,
}
