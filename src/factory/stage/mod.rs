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

use crate::audit::{BinaryFile, Format};
use crate::error::{Failure, Result};
use crate::factory::store::Reads;
use crate::target::Slice;

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
    /// The files that it was built from besides the input of its stage, if all of them are known.
    pub(super) reads: Option<Reads>,
}

/// Checks that a linker wrote a library for `slice`. Some flags make it write something else and
/// report success: with `-static`, zig writes an archive.
fn linked_library(path: &Path, tool: &str, doing: &str, slice: Slice) -> Result<()> {
    let bytes = linked(path, tool, doing)?;
    let Some(found) = not_a_library(&bytes, slice) else { return Ok(()) };
    Err(Failure::build(
        doing,
        format!("{tool} reported success, but its output is {found}"),
        "remove linker flags such as -static, -r and -c from `#cgo LDFLAGS`, CGO_LDFLAGS and GOFLAGS",
    ))
}

/// Checks that Go wrote an archive.
fn linked_archive(path: &Path, doing: &str) -> Result<()> {
    if linked(path, "go", doing)?.starts_with(b"!<arch>\n") {
        return Ok(());
    }
    Err(Failure::build(
        doing,
        "go reported success, but its output is not an archive",
        "remove flags that change what Go builds from GOFLAGS and `ldflags`",
    ))
}

/// Checks that a linker wrote a program for `slice`.
fn linked_program(path: &Path, tool: &str, doing: &str, slice: Slice) -> Result<()> {
    let bytes = linked(path, tool, doing)?;
    let found = match BinaryFile::read("", bytes.as_slice()) {
        Ok(Some(file)) => {
            let is_own = file.format.binary() == Some(slice.os.format)
                && file.archs() == [slice.tag_arch()]
                && file.is_program();
            (!is_own)
                .then(|| format!("{} for {}", file.format.indefinite(), file.archs().join(" and ")))
        }
        Ok(None) => Some("not a binary".to_owned()),
        Err(why) => Some(format!("damaged: {why}")),
    };
    let Some(found) = found else { return Ok(()) };
    Err(Failure::build(
        doing,
        format!(
            "{tool} reported success, but its output is not a program for {}: it is {found}",
            slice.name()
        ),
        "remove flags that change what Go builds from GOFLAGS and `ldflags`, and make sure that \
         the package is `main`",
    ))
}

/// What `bytes` are, if they are not a library for `slice`.
fn not_a_library(bytes: &[u8], slice: Slice) -> Option<String> {
    let wanted = slice.tag_arch();
    match BinaryFile::read("", bytes) {
        Ok(Some(file)) if file.format.binary() != Some(slice.os.format) => {
            Some(format!("{}, which {} does not load", file.format.indefinite(), slice.name()))
        }
        Ok(Some(file)) if !file.is_library() => {
            Some("a program or an object file, not a library".to_owned())
        }
        Ok(Some(file)) if file.archs() != [wanted] => {
            Some(format!("a library for {}, not for {wanted}", file.archs().join(" and ")))
        }
        Ok(Some(_)) => None,
        Ok(None) => Some(match Format::of(bytes) {
            Some(format) => format!("{}, not a library", format.indefinite()),
            None => "not a library".to_owned(),
        }),
        Err(why) => Some(format!("damaged: {why}")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, MACOS, X86_64};
    use crate::test_builders::{ElfBuilder, MachoBuilder, fat};

    #[test]
    fn only_a_library_for_the_slice_is_one() {
        let linux = |bytes: &[u8]| not_a_library(bytes, Slice::new(LINUX, X86_64));
        let library = || ElfBuilder::library("libx.so").build();
        assert_eq!(linux(&library()), None);
        let mut object = library();
        object[16] = 1;
        let mut damaged = library();
        damaged.truncate(300);
        for (bytes, found) in [
            (b"!<arch>\n".to_vec(), "a static archive, not a library"),
            (object, "a program or an object file, not a library"),
            (
                ElfBuilder::library("libx.so").aarch64().build(),
                "a library for aarch64, not for x86_64",
            ),
            (MachoBuilder::x86_64().build(), "a Mach-O binary, which linux-amd64 does not load"),
            (b"INPUT(libx.a)".to_vec(), "not a library"),
        ] {
            assert_eq!(linux(&bytes).as_deref(), Some(found));
        }
        assert!(linux(&damaged).is_some_and(|found| found.starts_with("damaged: ")));
        let macos = |bytes: &[u8]| not_a_library(bytes, Slice::new(MACOS, X86_64));
        assert_eq!(macos(&MachoBuilder::x86_64().id("@rpath/libx.dylib").build()), None);
        let both = fat(&[MachoBuilder::x86_64().build(), MachoBuilder::arm64().build()], 1 << 14);
        assert_eq!(macos(&both).as_deref(), Some("a library for x86_64 and arm64, not for x86_64"));
    }
}
