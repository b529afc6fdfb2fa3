//! The stages. Each has an input, a value that holds everything it reads, and an output; none
//! reaches back to the plan or looks for a tool.

mod archive_link;
mod audit;
mod backend;
mod backend_failure;
mod base_wheel;
mod build_files;
mod built_library;
mod c_definitions;
mod c_exports;
mod cgo_header;
mod cgo_packages;
mod cgo_questions;
mod dll_loader;
mod exports;
mod extension;
mod found_c;
mod fuse;
mod go_command;
mod go_failure;
mod go_flags;
mod impure;
mod library;
mod linked;
mod own_libraries;
mod pack;
mod package_advice;
mod packages;
mod pattern;
mod preamble_flags;
mod prepare;
mod program;
mod pure_backend;
mod python_api;
mod python_library;
mod requests;
mod setuptools_metadata;
mod signatures;
mod source;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub(super) use audit::Audit;
pub(super) use backend::{Backend, Hook};
pub(super) use base_wheel::{BaseWheel, BuildBase};
pub(super) use built_library::Library;
pub(super) use c_definitions::c_files;
pub(super) use exports::{Exports, ReadExports};
pub(super) use extension::Compile;
pub(super) use found_c::{FoundC, LIBDIR, Site};
pub(super) use fuse::{Fuse, NativePart};
pub(super) use go_flags::{UserFlags, check_variable};
pub(super) use library::GoBuild;
pub(super) use pack::Pack;
pub use pack::Wheel;
pub(super) use packages::Packages;
pub(super) use prepare::{Prepare, Prepared};
pub(super) use program::{BuildProgram, Cgo};
pub(super) use python_api::PythonApi;
pub(super) use python_library::PythonLibrary;
pub(super) use signatures::CompareSignatures;
pub(super) use source::{Generate, GeneratedSource};

use crate::factory::store::Reads;
use crate::process::file_clock;

/// Where a stage may write. It does not affect the output and stays out of fingerprints.
#[derive(Debug, Clone)]
pub(super) struct WorkDir {
    /// The stage's own directory.
    pub(super) own: PathBuf,
    /// For temporary files of tools, which then cannot outlive the run.
    pub(super) tmp: PathBuf,
}

impl WorkDir {
    /// The time now, by the clock of files.
    pub(super) fn clock(&self) -> SystemTime {
        file_clock(&self.own)
    }

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
    /// The files that it was built from besides the input of its stage, if all of them are known.
    pub(super) reads: Option<Reads>,
}
