//! What a linker wrote: its exit code is no proof of success.
//!
//! In: the path of its output. Out: an error that names the tool, or the content. Checks read tables of the
//! file, not all of it: binaries of Go have tens of megabytes.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::audit::{BinaryFile, Bytes, Format, Spooled};
use crate::error::{Failure, Result};
use crate::target::Slice;

/// Checks that a linker wrote a library for `slice`. Some flags make it write something else and
/// report success: with `-static`, zig writes an archive.
pub(super) fn library(path: &Path, tool: &str, doing: &str, slice: Slice) -> Result<()> {
    let file = opened(path, tool, doing)?;
    let Some(found) = not_a_library(&file, slice) else { return Ok(()) };
    Err(Failure::build(
        doing,
        format!("{tool} reported success, but its output is {found}"),
        "remove linker flags such as -static, -r and -c from `#cgo LDFLAGS`, CGO_LDFLAGS and GOFLAGS",
    ))
}

/// Checks that Go wrote an archive.
pub(super) fn archive(path: &Path, doing: &str) -> Result<()> {
    if Format::of(&opened(path, "go", doing)?) == Some(Format::Archive) {
        return Ok(());
    }
    Err(Failure::build(
        doing,
        "go reported success, but its output is not an archive",
        "remove flags that change what Go builds from GOFLAGS and `ldflags`",
    ))
}

/// Checks that a linker wrote a program for `slice`.
pub(super) fn program(path: &Path, tool: &str, doing: &str, slice: Slice) -> Result<()> {
    let file = opened(path, tool, doing)?;
    let found = match BinaryFile::read("", &file) {
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
fn not_a_library<'a>(bytes: impl Into<Bytes<'a>>, slice: Slice) -> Option<String> {
    let bytes: Bytes<'_> = bytes.into();
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

/// Opens the output of `tool`, which may not be empty.
pub(super) fn opened(path: &Path, tool: &str, doing: &str) -> Result<Spooled> {
    let failed = |error: std::io::Error| Failure::io(doing, &error);
    let file =
        Spooled::of(fs_err::File::open(path).map_err(failed)?.into_file()).map_err(failed)?;
    if file.is_empty() {
        return Err(Failure::toolchain(
            doing,
            format!("{tool} reported success, but its output is empty"),
            "this is a bug of that compiler: try another version of it (see `pygo doctor`)",
        ));
    }
    Ok(file)
}

/// Reads the output of a linker, which may not be empty, into memory that its users share.
///
/// # Errors
/// If it cannot be read or is empty.
pub(super) fn content(path: &Path, doing: &str) -> Result<Arc<[u8]>> {
    let length = opened(path, "the linker", doing)?.len();
    // Not by way of a vector, whose copy would take the memory twice.
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    let file = fs_err::File::open(path);
    let read = file.and_then(|mut file| match Arc::get_mut(&mut bytes) {
        Some(bytes) => file.read_exact(bytes),
        None => Ok(()),
    });
    read.map_err(|error| Failure::io(doing, &error))?;
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
