//! What pygo has to know about a C compiler.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Result};
use crate::process::Environment;
use crate::target::{Os, Release, Slice};
use crate::toolchain::cache::Cache;
use crate::toolchain::locate::Program;
use crate::toolchain::version::Version;

/// A C compiler that can be chosen with `--toolchain`.
pub trait CCompiler: Sync {
    /// How it is located.
    fn program(&self) -> &'static Program;

    /// Why pygo cannot build with it, if it knows the compiler but cannot use it yet.
    fn refusal(&self, _environment: &Environment) -> Option<Failure> {
        None
    }

    /// What users should know about the wheels that `version` builds for `os`.
    fn caveat(&self, _version: Version, _os: &Os) -> Option<String> {
        None
    }

    /// The compiler `exe` set up for `slice`; its output runs on the OS release `min` and later.
    ///
    /// # Errors
    /// If it cannot be set up.
    fn driver(
        &self,
        exe: &Path,
        environment: &Environment,
        cache: &Cache,
        slice: Slice,
        min: Release,
        scratch: &Path,
    ) -> Result<Driver>;
}

/// The compiler of one slice, ready to run.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Compiles and links C.
    pub cc: PathBuf,
    /// Compiles and links C++.
    pub cxx: PathBuf,
    /// The variables it needs.
    pub env: Vec<(&'static str, PathBuf)>,
}
