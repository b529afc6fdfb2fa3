//! A binary of a wheel: where it lies and what it says, without its bytes.
//!
//! In: a path and bytes. Out: a [`Member`] that owns what it needs, so that the bytes of one binary
//! can go before those of the next are read.

use super::{Bytes, Elf, Format, GoBuildInfo, MachO, MachoSlice, Malformed, Pe};

/// A binary, read.
#[derive(Debug, Clone)]
pub enum Binary {
    /// An ELF file.
    Elf(Box<Elf>),
    /// The images of a Mach-O file.
    MachO(Vec<MachoSlice>),
    /// A PE file.
    Pe(Box<Pe>),
}

/// A binary and where it lies in the wheel.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its path in the wheel, with `/`.
    pub path: String,
    /// What its first bytes say that it is.
    pub format: Format,
    /// What it says.
    pub binary: Binary,
    /// What Go says of an ELF or PE file; that of a Mach-O file is with its images.
    pub go: Option<GoBuildInfo>,
}

/// A binary that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// What it begins like.
    pub format: Format,
    /// What is wrong.
    pub why: Malformed,
}

impl Member {
    /// Reads `bytes`; `None` where they are no ELF, Mach-O or PE file.
    ///
    /// # Errors
    /// [`Damaged`], where they begin as such a file and are none.
    pub fn read<'a>(path: &str, bytes: impl Into<Bytes<'a>>) -> Result<Option<Self>, Damaged> {
        let bytes: Bytes<'_> = bytes.into();
        let Some(format) = Format::of(bytes) else {
            return Ok(None);
        };
        let damaged = |why| Damaged { format, why };
        let binary = match format {
            Format::Elf => Elf::parse(bytes).map(|elf| Binary::Elf(Box::new(elf))),
            Format::MachO | Format::FatMachO => MachO::parse(bytes).map(Binary::MachO),
            Format::Pe => Pe::parse(bytes).map(|pe| Binary::Pe(Box::new(pe))),
            Format::Archive => return Ok(None),
        };
        let binary = binary.map_err(damaged)?;
        let go = match binary {
            Binary::MachO(_) => None,
            _ => GoBuildInfo::read(bytes),
        };
        Ok(Some(Self { path: path.to_owned(), format, binary, go }))
    }

    /// The processors it is for, as tags of its system name them.
    pub fn archs(&self) -> Vec<&'static str> {
        match &self.binary {
            Binary::Elf(elf) => elf.arch.into_iter().collect(),
            Binary::MachO(slices) => slices.iter().filter_map(|slice| slice.arch).collect(),
            Binary::Pe(pe) => pe.arch.into_iter().collect(),
        }
    }

    /// What Go says of each image that it built, with the image's processor.
    pub fn go_builds(&self) -> Vec<(Option<&'static str>, &GoBuildInfo)> {
        match &self.binary {
            Binary::Elf(elf) => self.go.iter().map(|go| (elf.arch, go)).collect(),
            Binary::Pe(pe) => self.go.iter().map(|go| (pe.arch, go)).collect(),
            Binary::MachO(slices) => {
                slices.iter().filter_map(|slice| Some((slice.arch, slice.go.as_ref()?))).collect()
            }
        }
    }

    /// Of the names that each image exports, those that are named as Python's are.
    pub fn exported(&self) -> Vec<&[String]> {
        match &self.binary {
            Binary::Elf(elf) => vec![&elf.exported],
            Binary::MachO(slices) => slices.iter().map(|slice| &*slice.exported).collect(),
            Binary::Pe(pe) => vec![&pe.exported],
        }
    }

    /// Whether any image exports a function that Python calls to import a module.
    pub fn is_module(&self) -> bool {
        let starts = ["PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_"];
        let names = self.exported().into_iter().flatten();
        names.into_iter().any(|name| starts.iter().any(|start| name.starts_with(start)))
    }

    /// Whether it makes a wheel native: libraries and programs do. A program for Windows may be an
    /// installer's launcher, which is data, a library for .NET runs anywhere, and an object file is
    /// the compiler's.
    pub fn is_native(&self) -> bool {
        use super::elf::Kind;
        match &self.binary {
            Binary::Elf(elf) => matches!(elf.kind, Kind::Shared | Kind::Program),
            Binary::MachO(_) => true,
            Binary::Pe(pe) => pe.is_dll && !pe.is_managed,
        }
    }

    /// Whether it is a library, to be loaded into a process, and not a program or an object file.
    pub fn is_library(&self) -> bool {
        use super::elf::Kind;
        use super::macho::ImageKind;
        match &self.binary {
            Binary::Elf(elf) => elf.kind == Kind::Shared && elf.interpreter.is_none(),
            Binary::MachO(slices) => slices
                .iter()
                .any(|slice| matches!(slice.kind, ImageKind::Dylib | ImageKind::Bundle)),
            Binary::Pe(pe) => pe.is_dll,
        }
    }
}
