//! The parts of a project: what ends up in a wheel besides its Python files.
//!
//! A part has an id and a kind. This file decides where each file goes in the wheel; paths use `/`
//! and are relative to the wheel's root.

use std::fmt;
use std::path::{Path, PathBuf};

use pep440_rs::Version;

use super::c::signature::Signature;
use super::go::exports::GoExport;
use super::names::{LibraryName, ModuleName};
use crate::relative_path::relative_path_to;
use crate::target::Os;

/// Names a part in events, logs, reports and SBOMs; unique within a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct PartId(String);

impl PartId {
    /// The id of the part built around `library`, unless another part of `others` has it: the
    /// name of the library, and its package only where two libraries have one name.
    pub(super) fn among(others: &[Part], library: &GoLibrary) -> Self {
        let short = Self(library.name.to_string());
        let is_taken = others.iter().any(|other| other.id == short);
        if is_taken { Self(library.unique_name()) } else { short }
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One part of a project: a Go library and the way Python reaches it.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its id.
    pub id: PartId,
    /// The Go library.
    pub library: GoLibrary,
    /// How Python reaches it.
    pub kind: PartKind,
}

impl Part {
    /// The part of a project that has `others` already.
    pub fn new(others: &[Self], library: GoLibrary, kind: PartKind) -> Self {
        Self { id: PartId::among(others, &library), library, kind }
    }

    /// The file name of its library on `os`: also its soname on Linux, behind `@rpath/` its
    /// install name on macOS, and its base name on Windows.
    ///
    /// A loader that looks for a library by name takes one of that name that another package has
    /// loaded. So a library that an extension is linked against has a name of its own in every
    /// environment: `libhello.example.so`. Its package makes it so, because an environment has
    /// one package of each name. Neither name contains `.` or `-`, so different pairs have
    /// different file names, and before the first `.` tools find a name that Python can import,
    /// as they ask of every `.so` in a package. A library that Python opens by its path keeps the plain name, `libhello.so`.
    pub fn library_file(&self, os: &Os) -> String {
        match self.kind {
            PartKind::Cffi(_) => os.library_file(self.library.unique_name()),
            PartKind::Ctypes => os.library_file(&self.library.name),
        }
    }

    /// The path of its library in the wheel: `example/lib/libhello.example.so`.
    pub fn library_path(&self, os: &Os) -> String {
        format!("{}/{}", self.library.wheel_dir(), self.library_file(os))
    }

    /// Its extension module, if its kind has one.
    pub fn extension(&self) -> Option<&Extension> {
        match &self.kind {
            PartKind::Cffi(extension) => Some(extension),
            PartKind::Ctypes => None,
        }
    }
}

/// How Python reaches a Go library, with what only that kind has.
#[derive(Debug, Clone)]
pub enum PartKind {
    /// Through an extension module that cffi generates (API mode).
    Cffi(Extension),
    /// Python opens the library itself, with ctypes or cffi's ABI mode.
    Ctypes,
}

impl PartKind {
    /// Every value of the key `binding`, the default first.
    pub const NAMES: [&str; 2] = ["cffi", "ctypes"];

    /// The value of `binding` that selects this kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cffi(_) => "cffi",
            Self::Ctypes => "ctypes",
        }
    }
}

/// The go.mod that Go finds for a package in `dir` (`findModuleRoot` and `Init` in
/// cmd/go/internal/modload): the nearest file upward, unless it is directly in the system's
/// directory for temporary files.
pub(super) fn find_go_mod(dir: &Path) -> Option<PathBuf> {
    let is_file = |path: &PathBuf| path.metadata().is_ok_and(|metadata| !metadata.is_dir());
    let found = dir.ancestors().map(|dir| dir.join("go.mod")).find(is_file)?;
    let temporary = std::env::temp_dir();
    let temporary = fs_err::canonicalize(&temporary).unwrap_or(temporary);
    (found.parent() != Some(&temporary)).then_some(found)
}

/// A shared library that Go builds.
#[derive(Debug, Clone)]
pub struct GoLibrary {
    /// Its name, without prefix and suffix.
    pub name: LibraryName,
    /// The package that contains it in the wheel, in the directory `lib`.
    pub package: ModuleName,
    /// The directory of the Go package, absolute and without links.
    pub dir: PathBuf,
    /// The same directory relative to the project, links included.
    pub go_dir: PathBuf,
    /// The names of its Go files, sorted, without tests.
    pub files: Vec<String>,
    /// Go's build tags.
    pub build_tags: Vec<String>,
    /// Flags for Go's linker, with `{version}` where the version is and only the backend knows it.
    pub ldflags: Vec<String>,
    /// The functions that C can call.
    pub exports: Vec<GoExport>,
    /// The go.mod of its module. Without one, `go build -overlay` has to add it.
    pub go_mod: Option<PathBuf>,
}

impl GoLibrary {
    /// What stands for the version of the project in [`ldflags`](Self::ldflags).
    const VERSION: &str = "{version}";

    /// Whether its flags contain a version that only the backend knows.
    pub fn needs_version(&self) -> bool {
        self.ldflags.iter().any(|flag| flag.contains(Self::VERSION))
    }

    /// Its flags for Go's linker in `version` of the project.
    pub fn ldflags_in(&self, version: &Version) -> Vec<String> {
        let version = version.to_string();
        self.ldflags.iter().map(|flag| flag.replace(Self::VERSION, &version)).collect()
    }

    /// Its name and that of its package: `hello.example`, `core.acme-fast`.
    pub fn unique_name(&self) -> String {
        format!("{}.{}", self.name, self.package.as_str().replace('.', "-"))
    }

    /// Its directory in the wheel: `example/lib`.
    pub fn wheel_dir(&self) -> String {
        format!("{}/lib", self.package.path())
    }
}

/// An extension module that cffi generates.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Its import name.
    pub module: ModuleName,
    /// The C declarations it offers to Python.
    pub signatures: Vec<Signature>,
}

impl Extension {
    /// The directory of `library` relative to its own, for an rpath: `example/lib`, `lib`,
    /// `../x/lib`.
    pub fn path_to(&self, library: &GoLibrary) -> String {
        let from = self.module.parent().map(|parent| parent.path()).unwrap_or_default();
        relative_path_to(from, library.wheel_dir()).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::target::{LINUX, MACOS, WINDOWS};

    fn library(package: &str) -> GoLibrary {
        GoLibrary {
            name: "hello".parse().unwrap(),
            package: package.parse().unwrap(),
            dir: PathBuf::new(),
            go_dir: PathBuf::new(),
            files: vec![],
            build_tags: vec![],
            ldflags: vec![],
            exports: vec![],
            go_mod: None,
        }
    }

    fn cffi(package: &str) -> Part {
        let extension = Extension { module: "_x".parse().unwrap(), signatures: vec![] };
        Part::new(&[], library(package), PartKind::Cffi(extension))
    }

    #[test]
    fn a_library_found_by_name_has_its_package_in_its_name() {
        let part = cffi("a.b");
        assert_eq!(part.library_path(LINUX), "a/b/lib/libhello.a-b.so");
        assert_eq!(part.library_path(MACOS), "a/b/lib/libhello.a-b.dylib");
        assert_eq!(part.library_file(WINDOWS), "hello.a-b.dll");
        assert_ne!(part.library_file(LINUX), cffi("a_b").library_file(LINUX));
    }

    #[test]
    fn a_library_opened_by_its_path_keeps_its_name() {
        let part = Part::new(&[], library("a.b"), PartKind::Ctypes);
        assert_eq!(part.library_path(LINUX), "a/b/lib/libhello.so");
    }

    #[test]
    fn ids_of_libraries_with_one_name_differ() {
        let first = cffi("a");
        let second = Part::new(std::slice::from_ref(&first), library("b.c"), PartKind::Ctypes);
        assert_eq!([&first, &second].map(|part| part.id.to_string()), ["hello", "hello.b-c"]);
    }

    #[test]
    fn the_way_from_an_extension_to_its_library() {
        for (module, package, path) in [
            ("_example", "example", "example/lib"),
            ("greet._greet", "greet", "lib"),
            ("greet._greet", "x", "../x/lib"),
            ("a.b._c", "a", "../lib"),
            ("a.b._c", "a.d", "../d/lib"),
            ("_c", "a.b", "a/b/lib"),
            ("a.lib._c", "a", "."),
        ] {
            let module = module.parse().unwrap();
            let extension = Extension { module, signatures: vec![] };
            assert_eq!(extension.path_to(&library(package)), path);
        }
    }

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
