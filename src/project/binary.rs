//! What is built for a part: a program, a library or an extension module, and its place in a wheel.

use std::path::PathBuf;

use super::c::signature::Signature;
use super::names::{LibraryName, ModuleName, ProgramName};
use super::wheel_path::WheelPath;
use crate::relative_path::relative_path_to;
use crate::target::Os;

/// A program that Go builds.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name, and that of the command if it is one.
    pub name: ProgramName,
    /// Its path in the wheel, for Python code that runs it. Without this, it is a command.
    pub place: Option<WheelPath>,
    /// Whether it is built with cgo, and so with a C compiler.
    pub cgo: bool,
}

impl Program {
    /// Its file name on `os`: `hello`, `hello.exe`.
    pub fn file(&self, os: &Os) -> String {
        format!("{}{}", self.name, os.program_suffix)
    }

    /// Whether installers put it on the user's PATH.
    pub fn is_command(&self) -> bool {
        self.place.is_none()
    }

    /// Its path on `os`: of a command below the `.data` directory of a wheel, `scripts/hello`, else
    /// in the wheel.
    pub fn path(&self, os: &Os) -> String {
        match &self.place {
            Some(place) => place.program(os),
            None => format!("scripts/{}", self.file(os)),
        }
    }
}

/// An extension module that Go builds itself.
#[derive(Debug, Clone)]
pub struct NativeModule {
    /// Its import name.
    pub module: ModuleName,
    /// The package that the configuration names.
    pub package: Option<ModuleName>,
}

impl NativeModule {
    /// The package with its Python code: by default the one that contains it.
    pub fn package(&self) -> Option<ModuleName> {
        self.package.clone().or_else(|| self.module.parent())
    }
}

/// The place of the shared library of a part.
#[derive(Debug, Clone)]
pub struct GoLibrary {
    /// Its name, without prefix and suffix.
    pub name: LibraryName,
    /// The package that contains it in the wheel, in the directory `lib`.
    pub package: ModuleName,
    /// Its path, if the author chose one.
    pub file: Option<WheelPath>,
}

impl GoLibrary {
    /// Its name and that of its package: `hello.example`, `core.acme-fast`.
    pub fn unique_name(&self) -> String {
        format!("{}.{}", self.name, self.package.as_str().replace('.', "-"))
    }

    /// Its directory in the wheel: `example/lib`.
    pub fn wheel_dir(&self) -> String {
        match &self.file {
            Some(file) => file.dir().to_owned(),
            None => format!("{}/lib", self.package.path()),
        }
    }
}

/// A module that cffi generates: an extension, or Python code in ABI mode.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Its import name.
    pub module: ModuleName,
    /// The C declarations it offers to Python.
    pub signatures: Vec<Signature>,
    /// The file that has a part of them, relative to the project.
    pub cdef: Option<PathBuf>,
}

impl Extension {
    /// Whether its functions are derived from the Go exports: the author declares none.
    pub fn is_derived(&self) -> bool {
        self.signatures.iter().all(Signature::declares_only_types)
    }

    /// The directory of `library` relative to its own, for an rpath: `example/lib`, `lib`,
    /// `../x/lib`.
    pub fn path_to(&self, library: &GoLibrary) -> String {
        let from = self.module.parent().map(|parent| parent.path()).unwrap_or_default();
        relative_path_to(from, library.wheel_dir()).display().to_string()
    }
}
