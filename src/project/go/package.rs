//! The Go package that a library or a program is built from, and its module.

use std::path::{Path, PathBuf};

use pep440_rs::Version;

use super::super::c_inputs::CInputs;
use super::exports::GoExport;

/// The go.mod that Go finds for a package in `dir` (`findModuleRoot` and `Init` in
/// cmd/go/internal/modload): the nearest file upward, unless it is directly in the system's
/// directory for temporary files.
pub(in crate::project) fn find_go_mod(dir: &Path) -> Option<PathBuf> {
    let is_file = |path: &PathBuf| path.metadata().is_ok_and(|metadata| !metadata.is_dir());
    let found = dir.ancestors().map(|dir| dir.join("go.mod")).find(is_file)?;
    let temporary = std::env::temp_dir();
    let temporary = fs_err::canonicalize(&temporary).unwrap_or(temporary);
    (found.parent() != Some(&temporary)).then_some(found)
}

/// A Go package that a library or a program is built from: package main.
#[derive(Debug, Clone)]
pub struct GoPackage {
    /// The name of what is built from it, for messages.
    pub name: String,
    /// Its directory, absolute and without links.
    pub dir: PathBuf,
    /// The same directory relative to the project, links included.
    pub go_dir: PathBuf,
    /// The names of its Go files, sorted, without tests.
    pub files: Vec<String>,
    /// Go's build tags.
    pub build_tags: Vec<String>,
    /// Flags for Go's linker, with `{version}` where the version is and only the backend knows it.
    pub ldflags: Vec<String>,
    /// The words of each command that runs before Go.
    pub before: Vec<Vec<String>>,
    /// The inputs that its C code is compiled and linked with besides its own files.
    pub c: CInputs,
    /// The import path of the package, if another module has it: Go then builds that one, in the
    /// module of `dir`.
    pub import: Option<String>,
    /// The functions that C can call.
    pub exports: Vec<GoExport>,
    /// The go.mod of its module. Without one, `go build -overlay` has to add it.
    pub go_mod: Option<PathBuf>,
}

impl GoPackage {
    /// What stands for the version of the project in [`ldflags`](Self::ldflags).
    const VERSION: &str = "{version}";

    /// The same package in `copy`, a copy of the project at `root`; `None` if its go.mod is outside
    /// of the project.
    pub fn in_copy(&self, root: &Path, copy: &Path) -> Option<Self> {
        let inside = |path: &PathBuf| Some(copy.join(path.strip_prefix(root).ok()?));
        let go_mod = match &self.go_mod {
            Some(path) => Some(inside(path)?),
            None => None,
        };
        Some(Self { dir: copy.join(&self.go_dir), go_mod, ..self.clone() })
    }

    /// Whether its flags contain a version that only the backend knows.
    pub fn needs_version(&self) -> bool {
        self.ldflags.iter().any(|flag| flag.contains(Self::VERSION))
    }

    /// Its flags for Go's linker in `version` of the project.
    pub fn ldflags_in(&self, version: &Version) -> Vec<String> {
        let version = version.to_string();
        self.ldflags.iter().map(|flag| flag.replace(Self::VERSION, &version)).collect()
    }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn the_nearest_go_mod_upward_counts() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        fs::create_dir_all(deep.join("go.mod")).unwrap();
        assert_eq!(find_go_mod(&deep), None);
        fs::write(dir.path().join("go.mod"), "module x").unwrap();
        assert_eq!(find_go_mod(&deep), Some(dir.path().join("go.mod")));
    }
}
