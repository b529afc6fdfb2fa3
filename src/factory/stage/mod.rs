//! The stages. Each has an input, a value that holds everything it reads, and an output; none
//! reaches back to the plan or looks for a tool.

mod audit;
mod backend;
mod backend_failure;
mod base_wheel;
mod extension;
mod fuse;
mod go_failure;
mod library;
mod pack;
mod package_advice;
mod packages;
mod pattern;
mod source;

use std::path::{Path, PathBuf};

pub(super) use audit::Audit;
pub(super) use backend::{Backend, Hook};
pub(super) use base_wheel::{BaseWheel, BuildBase};
pub(super) use extension::Compile;
pub(super) use fuse::{Fuse, NativePart};
pub(super) use library::{GoBuild, Library};
pub(super) use pack::Pack;
pub use pack::Wheel;
pub(super) use packages::Packages;
pub(super) use source::{Generate, GeneratedSource};

use crate::error::{Failure, Result};

/// Where a stage may write. It does not affect the output and stays out of fingerprints.
#[derive(Debug, Clone)]
pub(super) struct WorkDir {
    /// The stage's own directory.
    pub(super) own: PathBuf,
    /// For temporary files of tools, which then cannot outlive the run.
    pub(super) tmp: PathBuf,
}

impl WorkDir {
    /// What every tool gets in its environment.
    pub(super) fn env(&self) -> [(&'static str, &Path); 1] {
        [("TMPDIR", &self.tmp)]
    }
}

/// A file of a finished binary and where it goes in the wheel.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    /// Its path in the wheel.
    pub(super) path: String,
    /// The file.
    pub(super) file: PathBuf,
}

/// Reads what a linker wrote, and does not take its exit code as proof of success.
fn linked(path: &Path, tool: &str, doing: &str) -> Result<Vec<u8>> {
    let bytes = fs_err::read(path).map_err(|error| Failure::io(doing, &error))?;
    if bytes.is_empty() {
        return Err(Failure::toolchain(
            doing,
            format!("{tool} reported success, but its output is empty"),
            "this is a bug of that compiler: try another version of it (see `pygo doctor`)",
        ));
    }
    Ok(bytes)
}
