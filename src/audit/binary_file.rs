//! A binary of a wheel, parsed, without its bytes.
//!
//! In: a path and bytes. Out: a [`BinaryFile`] that owns what it needs, so that the bytes of one
//! binary can be dropped before the next is read.

use super::elf::Kind;
use super::macho::ImageKind;
use super::{Bytes, Elf, Format, GoBuildInfo, MachO, MachoSlice, Malformed, Pe, stable_abi};
use crate::target::Libc;

/// The contents of a binary.
#[derive(Debug, Clone)]
pub enum Binary {
    /// An ELF file.
    Elf(Box<Elf>),
    /// The images of a Mach-O file.
    MachO(Vec<MachoSlice>),
    /// A PE file.
    Pe(Box<Pe>),
}

/// A binary and its path in the wheel.
#[derive(Debug, Clone)]
pub struct BinaryFile {
    /// Its path in the wheel, with `/`.
    pub path: String,
    /// The format its first bytes indicate.
    pub format: Format,
    /// Its contents.
    pub binary: Binary,
    /// The Go build info of an ELF or PE file; that of a Mach-O file is in its images.
    pub go: Option<GoBuildInfo>,
}

impl BinaryFile {
    /// Parses `bytes`; `None` if they are not an ELF, Mach-O or PE file.
    ///
    /// # Errors
    /// [`Malformed`], if they start like one but cannot be parsed.
    pub fn read<'a>(path: &str, bytes: impl Into<Bytes<'a>>) -> Result<Option<Self>, Malformed> {
        let bytes: Bytes<'_> = bytes.into();
        let Some(format) = Format::of(bytes) else {
            return Ok(None);
        };
        let binary = match format {
            Format::Elf => Binary::Elf(Box::new(Elf::parse(bytes)?)),
            Format::MachO | Format::FatMachO => Binary::MachO(MachO::parse(bytes)?),
            Format::Pe => Binary::Pe(Box::new(Pe::parse(bytes)?)),
            Format::Archive => return Ok(None),
        };
        let go = match binary {
            Binary::MachO(_) => None,
            _ => GoBuildInfo::read(bytes),
        };
        Ok(Some(Self { path: path.to_owned(), format, binary, go }))
    }

    /// The C library that it needs, if it is an ELF file and needs one.
    pub fn libc(&self) -> Option<Libc> {
        match &self.binary {
            Binary::Elf(elf) => elf.libc(),
            Binary::MachO(_) | Binary::Pe(_) => None,
        }
    }

    /// Its architectures, as in the platform tags of its system.
    pub fn archs(&self) -> Vec<&'static str> {
        match &self.binary {
            Binary::Elf(elf) => elf.arch.into_iter().collect(),
            Binary::MachO(slices) => slices.iter().filter_map(|slice| slice.arch).collect(),
            Binary::Pe(pe) => pe.arch.into_iter().collect(),
        }
    }

    /// The build info of each image that Go built, with the image's architecture.
    pub fn go_builds(&self) -> Vec<(Option<&'static str>, &GoBuildInfo)> {
        match &self.binary {
            Binary::Elf(elf) => self.go.iter().map(|go| (elf.arch, go)).collect(),
            Binary::Pe(pe) => self.go.iter().map(|go| (pe.arch, go)).collect(),
            Binary::MachO(slices) => {
                slices.iter().filter_map(|slice| Some((slice.arch, slice.go.as_ref()?))).collect()
            }
        }
    }

    /// The exported names of each image that look like Python's.
    pub fn exported(&self) -> Vec<&[String]> {
        match &self.binary {
            Binary::Elf(elf) => vec![&elf.exported],
            Binary::MachO(slices) => slices.iter().map(|slice| &*slice.exported).collect(),
            Binary::Pe(pe) => vec![&pe.exported],
        }
    }

    /// Whether an image exports a function that Python calls to import a module.
    pub fn is_module(&self) -> bool {
        self.exported().into_iter().flatten().any(|name| stable_abi::is_init(name))
    }

    /// Whether it ties the wheel to a platform, as libraries and programs do. Windows programs may
    /// be data, such as an installer's launcher; .NET libraries run anywhere; object files are
    /// never loaded.
    pub fn is_native(&self) -> bool {
        match &self.binary {
            Binary::Elf(elf) => matches!(elf.kind, Kind::Shared | Kind::Program),
            Binary::MachO(_) => true,
            Binary::Pe(pe) => pe.is_dll && !pe.is_managed,
        }
    }

    /// Whether it is a program.
    pub fn is_program(&self) -> bool {
        match &self.binary {
            Binary::Elf(elf) => {
                elf.kind == Kind::Program || (elf.kind == Kind::Shared && elf.interpreter.is_some())
            }
            Binary::MachO(slices) => slices.iter().all(|slice| slice.kind == ImageKind::Program),
            Binary::Pe(pe) => !pe.is_dll,
        }
    }

    /// Whether it is a library that a process loads, not a program or an object file.
    pub fn is_library(&self) -> bool {
        match &self.binary {
            Binary::Elf(elf) => elf.kind == Kind::Shared && elf.interpreter.is_none(),
            Binary::MachO(slices) => slices
                .iter()
                .any(|slice| matches!(slice.kind, ImageKind::Dylib | ImageKind::Bundle)),
            Binary::Pe(pe) => pe.is_dll,
        }
    }
}
