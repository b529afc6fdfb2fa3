//! What pygo has to know about a C compiler.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::own_library::OwnLibrary;
use crate::error::{Failure, Result};
use crate::process::shell_quoted;
use crate::target::{Os, Release, Slice};
use crate::toolchain::locate::Program;
use crate::toolchain::python::Host;
use crate::toolchain::version::Version;

/// A C compiler that can be chosen with `--toolchain`.
pub trait CCompiler: Sync {
    /// How it is located.
    fn program(&self) -> &'static Program;

    /// Whether it includes the C library that it links with, of any release. Another compiler's is
    /// of the machine: what it links may need a newer system, and depends on more than its sources.
    fn includes_libraries(&self) -> bool {
        false
    }

    /// What users should know about the wheels that `version` builds for `os`.
    fn caveat(&self, _version: Version, _os: &Os) -> Option<String> {
        None
    }

    /// The compiler, set up.
    fn driver(&self, setup: &Setup<'_>) -> Result<Driver>;
}

/// The program, target and settings of a compiler.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The compiler's program.
    pub exe: &'a Path,
    /// Its version.
    pub version: Version,
    /// The machine on which it runs.
    pub host: &'a Host,
    /// The slice that it compiles for.
    pub slice: Slice,
    /// The oldest release of the system that its output runs on.
    pub min: Release,
    /// The directory with the C library and headers that the user names.
    pub sysroot: Option<&'a Path>,
    /// A directory for stray output.
    pub scratch: &'a Path,
}

impl Setup<'_> {
    /// Scripts in the cache that run programs with arguments that always come first: `name`,
    /// program, arguments. Go uses only the first word of `CC` for some of its questions.
    pub(super) fn scripts(&self, scripts: &[(&'static str, &Path, &[String])]) -> Result<PathBuf> {
        let text = |(name, exe, arguments): &(&'static str, &Path, &[String])| {
            let words = std::iter::once(quote(&exe.to_string_lossy()))
                .chain(arguments.iter().map(|argument| quote(argument)));
            (*name, format!("#!/bin/sh\nexec {} \"$@\"\n", words.collect::<Vec<_>>().join(" ")))
        };
        let scripts: Vec<_> = scripts.iter().map(text).collect();
        let files: Vec<_> = scripts.iter().map(|(name, text)| (*name, &**text)).collect();
        self.host.cache.files(&format!("cc-{}", self.slice.name()), &files, true)
    }

    /// A failure to set up `compiler`.
    pub(super) fn refused(&self, compiler: &str, found: impl Into<String>, help: &str) -> Failure {
        Failure::toolchain(
            format!("setting up {compiler} for {}", self.slice.name()),
            found,
            format!("{help}, or use --toolchain zig, which includes what it needs"),
        )
    }
}

/// `word` for a shell.
pub(super) fn quote(word: &str) -> String {
    shell_quoted(OsStr::new(word)).to_string_lossy().into_owned()
}

/// The compiler of one slice, ready to run.
#[derive(Debug, Clone, Default)]
pub struct Driver {
    /// Compiles and links C.
    pub cc: PathBuf,
    /// Compiles and links C++.
    pub cxx: PathBuf,
    /// Makes archives of objects.
    pub ar: PathBuf,
    /// Adds an index to archives.
    pub ranlib: PathBuf,
    /// Makes import libraries of DLLs, if it links for Windows.
    pub dlltool: Option<PathBuf>,
    /// The directory of its own headers, if known.
    pub headers: Option<PathBuf>,
    /// Its C runtime for the target, if it builds that from source, and in minutes.
    pub c_library: Option<OwnLibrary>,
    /// Its C++ library for the target, if it builds that from source.
    pub cxx_library: Option<OwnLibrary>,
    /// The variables it needs.
    pub env: Vec<(&'static str, PathBuf)>,
}
