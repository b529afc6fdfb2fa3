//! What pygo has to know about a C compiler.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::process::Environment;
use crate::target::{Os, Release, Slice};
use crate::toolchain::locate::Program;
use crate::toolchain::python::Host;
use crate::toolchain::version::Version;

/// A C compiler that can be chosen with `--toolchain`.
pub trait CCompiler: Sync {
    /// How it is located.
    fn program(&self) -> &'static Program;

    /// Fails if pygo knows the compiler but cannot build with it yet.
    fn check_usable(&self, _environment: &Environment) -> Result<()> {
        Ok(())
    }

    /// What users should know about the wheels that `version` builds for `os`.
    fn caveat(&self, _version: Version, _os: &Os) -> Option<String> {
        None
    }

    /// The compiler, set up.
    fn driver(&self, setup: &Setup<'_>) -> Result<Driver>;
}

/// What a compiler is set up for.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The compiler's program.
    pub exe: &'a Path,
    /// Where it runs.
    pub host: &'a Host,
    /// What it compiles for.
    pub slice: Slice,
    /// The oldest release of the system that its output runs on.
    pub min: Release,
    /// A directory for stray output.
    pub scratch: &'a Path,
}

/// The compiler of one slice, ready to run.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Compiles and links C.
    pub cc: PathBuf,
    /// Compiles and links C++.
    pub cxx: PathBuf,
    /// Makes archives of objects.
    pub ar: PathBuf,
    /// Adds an index to archives.
    pub ranlib: PathBuf,
    /// The directory of its own headers, if known.
    pub headers: Option<PathBuf>,
    /// The variables it needs.
    pub env: Vec<(&'static str, PathBuf)>,
}
