//! C compilers: a table with one row, and one file, for each.

mod clang;
mod compiler;
mod gcc;
mod link;
mod own_library;
mod zig;

use std::path::Path;

use compiler::Setup;
pub use compiler::{CCompiler, Driver};
pub use link::{LINK_COMMAND, link};
pub use own_library::OwnLibrary;

use super::python::Host;
use super::tool::{Found, Lookup, Tool};
use crate::error::Result;
use crate::project::CompilerName;
use crate::target::{Os, Release, Slice};

/// Every C compiler, the default first.
pub(super) const ALL: &[&dyn CCompiler] = &[&zig::Zig, &clang::Clang, &gcc::Gcc];

/// The row of the compiler called `name`. A test makes sure that there is one.
pub(super) fn row(name: CompilerName) -> usize {
    let named = |compiler: &&dyn CCompiler| compiler.program().tool == Tool::Cc(name);
    ALL.iter().position(named).unwrap_or_default()
}

/// Whether the C compiler `tool` includes the C library that it links with, of any release.
pub fn includes_libraries(tool: Tool) -> bool {
    ALL.iter().any(|cc| cc.program().tool == tool && cc.includes_libraries())
}

/// A C compiler that was found and works.
#[derive(Clone)]
pub struct Cc {
    /// The program and its version.
    pub found: Found,
    compiler: &'static dyn CCompiler,
    host: Host,
}

impl Cc {
    pub(super) fn locate(name: CompilerName, lookup: &Lookup, host: &Host) -> Result<Self> {
        let compiler = ALL[row(name)];
        let found = compiler.program().locate(lookup, host, |_| Ok(()))?;
        Ok(Self { found, compiler, host: host.clone() })
    }

    /// Its name in messages and reports.
    pub fn name(&self) -> &'static str {
        self.found.tool.name()
    }

    /// The note for users about the wheels that it builds for `os`.
    pub fn caveat(&self, os: &Os) -> Option<String> {
        self.compiler.caveat(self.found.version, os)
    }

    /// The compiler for `slice`, whose output runs on the OS release `min` and later, as far as the
    /// compiler decides that. Headers and libraries are in `sysroot`, if it is named; stray output
    /// goes to the directory `scratch`.
    pub fn driver(
        &self,
        slice: Slice,
        min: Release,
        sysroot: Option<&Path>,
        scratch: &Path,
    ) -> Result<Driver> {
        let (exe, version, host) = (&*self.found.path, self.found.version, &self.host);
        self.compiler.driver(&Setup { exe, version, host, slice, min, sysroot, scratch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_row() {
        let rows: Vec<_> = ALL.iter().map(|compiler| compiler.program().tool).collect();
        assert_eq!(rows, CompilerName::ALL.map(Tool::Cc));
    }
}
